//! The hash that names a sentence.

/// The first 12 hexadecimal digits of the SHA-256 of some parts: enough to distinguish a dataset's sentences.
pub(crate) fn fingerprint(parts: &serde_json::Value) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(parts.to_string().as_bytes());
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
