//! The files to guess from, and the names that fields commonly have.

use crate::model::Document;

/// A file that may be a record.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its path below the folder.
    pub path: String,
    /// Its text and tree.
    pub document: Document,
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
