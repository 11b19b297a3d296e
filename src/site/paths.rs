//! Addresses: names of the dataset as parts of paths that every file system and web server takes, and that
//! lead nowhere else.

use crate::model::{PartialDate, RecordId};
use sha2::{Digest, Sha256};

/// The longest part of a path that is made of a name, in bytes.
const LONGEST: usize = 80;

/// Names that some file system keeps for devices.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// How the names of a site's own files end: a record's folder is called like none of them.
const ENDINGS: [&str; 6] = [".html", ".json", ".xml", ".css", ".js", ".csv"];

/// A name as one part of a path: ASCII letters, digits, `-`, `_` and inner dots stay, any other byte is `~`
/// and two hexadecimal digits. Two names never share a part.
pub fn segment(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (at, byte) in name.bytes().enumerate() {
        let is_inner_dot = byte == b'.' && at > 0 && at + 1 < name.len();
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_') || is_inner_dot {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("~{byte:02x}"));
        }
    }
    let stem = out.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_device = DEVICES.contains(&stem.trim_end_matches(|c: char| c.is_ascii_digit()));
    if out.len() > LONGEST {
        out.truncate(LONGEST - 17);
        out.push_str(&format!("~~{}", &hash(name)[..15]));
    } else if out.is_empty() || is_device || is_like_a_file(&out) {
        out.push('~');
    }
    out
}

fn is_like_a_file(part: &str) -> bool {
    let lower = part.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| lower.ends_with(ending))
}

/// The folder of a record, without a final slash.
pub fn record(id: &RecordId) -> String {
    let parts: Vec<String> = id.0.split('/').map(segment).collect();
    format!("records/{}", parts.join("/"))
}

/// The page of a member of a group.
pub fn group(group: &str, name: &str) -> String {
    format!("groups/{}/{}/index.html", segment(group), segment(name))
}

/// The page of an edition within its record's folder.
pub fn edition(date: &PartialDate) -> String {
    format!("as-of-{}.html", segment(&date.to_string()))
}

/// The way from a page's folder to the top: `../` for each folder.
pub fn root_of(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// Hexadecimal digits that name a text.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A name for a feed's entry that rests on nothing but `parts`: a UUID of version 8 (RFC 9562), made of their
/// hash.
pub fn urn(parts: &[&str]) -> String {
    let digits = hash(&parts.join("\u{0}"));
    format!(
        "urn:uuid:{}-{}-8{}-8{}-{}",
        &digits[..8],
        &digits[8..12],
        &digits[12..15],
        &digits[15..18],
        &digits[18..30]
    )
}

#[cfg(test)]
mod tests {
    use super::{root_of, segment, urn};

    #[test]
    fn names_lead_nowhere_else() {
        assert_eq!(segment("OWL"), "OWL");
        assert_eq!(segment("A/RES/51/45S"), "A~2fRES~2f51~2f45S");
        for name in
            ["..", ".", "", "a/../b", "con", "CON.txt", "a b", "é", "<script>", "a\u{0}b", "x.", ".git"]
        {
            let part = segment(name);
            assert!(!part.is_empty() && !part.starts_with('.') && !part.ends_with('.'), "{name:?}: {part}");
            assert!(
                part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b)),
                "{name:?}: {part}"
            );
        }
        for name in ["index.html", "data.JSON", "as-of-2020-01-01.html", "feed.xml"] {
            assert_eq!(segment(name), format!("{name}~"));
        }
        let long = segment(&"é".repeat(300));
        assert!(long.len() <= 80 && long != segment(&"é".repeat(301)));
        assert_eq!(root_of("records/OWL/night/index.html"), "../../../");
        assert_eq!(urn(&["a", "b"]).len(), "urn:uuid:".len() + 36);
        assert_ne!(urn(&["a", "b"]), urn(&["ab", ""]));
    }
}
