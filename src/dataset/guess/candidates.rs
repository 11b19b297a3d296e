//! The files to guess from, and the names that fields commonly have.

use crate::model::Document;
use std::collections::BTreeMap;

/// A file that may be a record.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its path below the folder.
    pub path: String,
    /// Its text and tree.
    pub document: Document,
}

/// A change of a file that may be a record.
#[derive(Clone, Debug)]
pub struct RecordChange {
    /// Its path below the folder.
    pub path: String,
    /// What it held before.
    pub before: Document,
    /// What it holds after.
    pub after: Document,
}

/// The files below a folder.
#[derive(Clone, Debug, Default)]
pub struct FilesFound {
    /// Those that may be records.
    pub candidates: Vec<Candidate>,
    /// The paths of those that can hold no record and may lie among those that do.
    pub others: Vec<String>,
    /// Those that are passed over: their paths by the pattern that excepts them.
    pub passed: BTreeMap<String, Vec<String>>,
    /// What was changed lately in those that may be records.
    pub changes: Vec<RecordChange>,
    /// Whether side branches were merged into the main line, all of which began on it.
    pub has_side_branches: bool,
}

/// Names that dates of records often have, likeliest first; without dashes, underscores and capitals. Those
/// from [`CREATED`] on say when a record was made: they date it where it was not changed since, and never
/// alone.
pub(super) const DATE_NAMES: [&str; 20] = [
    "lastupdated",
    "updated",
    "updatedat",
    "lastupdate",
    "lastmodified",
    "modified",
    "modifiedat",
    "datemodified",
    "lastmod",
    "asof",
    "reviewed",
    "lastreviewed",
    "date",
    "timestamp",
    "published",
    "publishedat",
    "datepublished",
    "creationdate",
    "created",
    "createdat",
];

/// Where the names begin that say when a record was made.
pub(super) const CREATED: usize = 14;

/// Names that identify records often have.
pub(super) const NAMES: [&str; 6] = ["id", "slug", "key", "code", "name", "title"];

/// The most kinds, files and fields that a line of what was guessed names.
pub(super) const LISTED: usize = 6;

/// A name without dashes, underscores and capitals.
pub(super) fn plain_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}
