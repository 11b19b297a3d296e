//! Names of things: records, commits, blobs.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A record's identity: the values of its identity fields in the manifest's order, joined by `/` for people (`KAZ/mine-ban`).
///
/// Identity comes from the fields in the file, never from its path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordId(pub String);

/// The identity fields with their values, in the manifest's order: `[("country", "KAZ"), ("topic", "mine-ban")]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity(pub Vec<(String, String)>);

impl Identity {
    /// The name by which people call the record.
    pub fn record_id(&self) -> RecordId {
        RecordId(self.0.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("/"))
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

/// A commit's object id, 40 hexadecimal digits; empty for the working tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommitId(pub String);

impl CommitId {
    /// The working tree, which no commit holds yet.
    pub fn worktree() -> Self {
        CommitId(String::new())
    }

    /// Whether this stands for the working tree.
    pub fn is_worktree(&self) -> bool {
        self.0.is_empty()
    }

    /// The first ten digits, or `worktree`.
    pub fn short(&self) -> &str {
        if self.is_worktree() { "worktree" } else { &self.0[..self.0.len().min(10)] }
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_worktree() { "worktree" } else { &self.0 })
    }
}

/// A blob's object id, 40 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BlobId(pub String);

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
    /// Bytes that are not UTF-8 or are control characters are shown as `\xNN`, so that no path can steer a terminal.
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
