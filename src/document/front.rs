//! The front matter of a text: YAML between two lines of three dashes, at its very start; or TOML between two
//! of three plus signs, or in a fenced block.
//!
//! The convention of static site generators (Jekyll's "front matter", Hugo's and Zola's in TOML); the fenced
//! block is that of RustSec's advisories. What follows is not looked at.

use super::toml_tree::FENCES;

/// The front matter's bytes, from the first line to before the line that ends it; `None` if the text has
/// none, or nothing follows it.
pub fn front_matter(bytes: &[u8]) -> Option<&[u8]> {
    let first = memchr::memchr(b'\n', bytes)?;
    let opening = bytes[..first].trim_ascii_end();
    let closing = match opening {
        b"---" => "---",
        _ => FENCES.iter().find(|(line, _)| line.as_bytes() == opening)?.1,
    };
    let mut at = first + 1;
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        if bytes[at..end].trim_ascii_end() == closing.as_bytes() {
            return Some(&bytes[..at]);
        }
        at = end + 1;
    }
    None
}
