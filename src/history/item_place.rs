//! Where in a file of many records one stands.

use crate::model::ObjectId;

/// Where in a file an item stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPlace {
    /// The file's content.
    pub file: ObjectId,
    /// The item's bytes in it.
    pub span: (usize, usize),
    /// How many blanks its text by itself starts with; `None` if it is not made of those bytes.
    pub blanks: Option<usize>,
    /// How many lines stand before it.
    pub lines_before: usize,
    /// Its key, where the file holds a mapping.
    pub key: Option<String>,
}
