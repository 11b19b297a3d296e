//! A file to be checked, and what was found in it.

use crate::dataset;
use crate::document::Reading;
use crate::model::{Finding, Identity, RepoPath};
use crate::schema::Role;

/// A file to be checked.
#[derive(Clone, Debug)]
pub struct CheckedFile {
    /// Its path from the repository's root.
    pub file: RepoPath,
    /// What it is.
    pub role: Role,
    /// The item's key, where the file holds a mapping of records.
    pub key: Option<String>,
    /// Whether what is found in a file's text as a whole is reported with this record: it is the file's only
    /// one, or its first.
    pub leads: bool,
    /// Its text, tree, comments and problems; of an item, its own tree in the file's text.
    pub reading: Reading,
}

impl CheckedFile {
    /// Where it stands, as far as that can name a record.
    pub fn standing(&self) -> dataset::RecordPlace<'_> {
        dataset::RecordPlace { file: self.file.as_str().unwrap_or_default(), key: self.key.as_deref() }
    }
}

/// What was found in one file.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The findings, by place.
    pub findings: Vec<Finding>,
    /// The record's identity, if the file is a record and has one.
    pub identity: Option<Identity>,
}
