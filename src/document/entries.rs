//! Some entries of a text, parsed alone where the text can be cut.

use super::lines::{Hashing, LineHashes};
use super::parse::tree;
use super::problem::Problem;
use crate::model::Document;
use std::sync::Arc;

/// As [`tree`], but of a root that is a mapping only these entries need be there. Finding what a revision is
/// called and when it is dated needs no more; of most texts only their lines are parsed for that, to the same
/// entries.
pub fn entries(bytes: &[u8], names: &[&str]) -> (Option<Document>, Vec<Problem>) {
    let (document, problems, _) = entries_and_lines(bytes, names, None);
    (document, problems)
}

/// As [`entries`], with the hashes of some lines where they are asked for and the text can be cut.
pub fn entries_and_lines(
    bytes: &[u8],
    names: &[&str],
    also: Option<Hashing<'_>>,
) -> (Option<Document>, Vec<Problem>, Option<LineHashes>) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some((root, hashes)) = super::series::entries(text, names, also)
    {
        return (Some(Document::new(Arc::from(text), root)), Vec::new(), hashes);
    }
    let (document, problems) = tree(bytes);
    (document, problems, None)
}
