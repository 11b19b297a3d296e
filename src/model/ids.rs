//! Names of things: records, commits, blobs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A record's identity: the values of its identity fields in the manifest's order, joined by `/` for people
/// (`KAZ/mine-ban`).
///
/// Identity comes from the fields in the file, never from its path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub String);

/// The identity fields with their values, in the manifest's order: `[("country", "KAZ"), ("topic",
/// "mine-ban")]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity(pub Vec<(String, String)>);

impl Identity {
    /// The name by which people call the record.
    pub fn record_id(&self) -> RecordId {
        RecordId(self.values().collect::<Vec<_>>().join("/"))
    }

    /// What the parts of the name say, without those that say nothing: a wildcard of a path may stand for no
    /// folder.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of one identity field.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a commit or a blob, as git names objects: 20 bytes, written as 40 hexadecimal digits. The id of
/// nothing but zeros, which git gives no object, stands for the working tree; answers write it as an empty
/// text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId([u8; 20]);

impl ObjectId {
    /// The working tree, which no commit holds yet.
    pub const fn worktree() -> Self {
        ObjectId([0; 20])
    }

    /// Whether this stands for the working tree.
    pub fn is_worktree(&self) -> bool {
        *self == ObjectId::worktree()
    }

    /// The id, where it is that of an object.
    pub fn object(&self) -> Option<ObjectId> {
        (!self.is_worktree()).then_some(*self)
    }

    /// Reads 40 hexadecimal digits.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        let mut bytes = [0; 20];
        if hex.len() != 40 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
        }
        Some(ObjectId(bytes))
    }

    /// The 20 bytes.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The first ten digits, or `worktree`.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(10);
        text
    }

    /// The 40 digits; nothing for the working tree.
    pub fn digits(&self) -> String {
        if self.is_worktree() { String::new() } else { self.to_string() }
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}

impl From<[u8; 20]> for ObjectId {
    fn from(bytes: [u8; 20]) -> Self {
        ObjectId(bytes)
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        if self.is_worktree() {
            return f.write_str("worktree");
        }
        let mut text = [0; 40];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).expect("because hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.digits())
    }
}

impl<'de> Deserialize<'de> for ObjectId {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        if text.is_empty() {
            return Ok(ObjectId::worktree());
        }
        let fault = || serde::de::Error::custom(format!("`{text}` is no object id of 40 hexadecimal digits"));
        ObjectId::from_hex(text.as_bytes()).ok_or_else(fault)
    }
}

/// A path inside a repository, `/` between its parts, in the bytes git holds: not always UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepoPath(pub Vec<u8>);

impl RepoPath {
    /// The path as text where it is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// Whether this is another path, or a folder above it; the empty path is the repository's root.
    pub fn is_at_or_above(&self, other: &RepoPath) -> bool {
        let rest = other.0.strip_prefix(self.0.as_slice());
        rest.is_some_and(|rest| self.0.is_empty() || rest.is_empty() || rest[0] == b'/')
    }
}

impl From<&str> for RepoPath {
    fn from(path: &str) -> Self {
        RepoPath(path.as_bytes().to_vec())
    }
}

impl fmt::Display for RepoPath {
    /// Bytes that are not UTF-8 or are control characters are shown as `\xNN`, so that no path can steer a
    /// terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if c.is_control() { write!(f, "\\x{:02x}", u32::from(c))? } else { write!(f, "{c}")? }
            }
            for byte in chunk.invalid() {
                write!(f, "\\x{byte:02x}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for RepoPath {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
