//! What a page allows itself (CSP, https://www.w3.org/TR/CSP3/): its own style and scripts, by their hash,
//! and nothing else.

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

/// The policy of a page with one style sheet and one script, for a `meta` element. The texts are those
/// between the tags, to the byte.
///
/// Nothing is fetched, no form is sent, and no `base` element turns the page's links elsewhere.
pub fn of(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}

/// A hash source: the text's SHA-256 in base64.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64.encode(&Sha256::digest(text.as_bytes())))
}

#[cfg(test)]
mod tests {
    /// The example of the specification, section 2.3.1 and 8.4: `alert('Hello, world.');`.
    #[test]
    fn a_hash_as_the_specification_has_it() {
        let hash = super::hash("alert('Hello, world.');");
        assert_eq!(hash, "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='");
    }
}
