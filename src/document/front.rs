//! The front matter of a text: YAML between two lines of three dashes, at its very start.
//!
//! The convention of static site generators (Jekyll's "front matter"); what follows it is not looked at.

/// The front matter's bytes, from the first line to before the line that ends it; `None` if the text has
/// none, or nothing follows it.
pub fn front_matter(bytes: &[u8]) -> Option<&[u8]> {
    let rest = bytes.strip_prefix(b"---")?;
    let mut at = 3 + rest.iter().position(|byte| *byte == b'\n')? + 1;
    if !bytes[3..at].iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        if bytes[at..end].trim_ascii_end() == b"---" && bytes[at..].starts_with(b"---") {
            return Some(&bytes[..at]);
        }
        at = end + 1;
    }
    None
}
