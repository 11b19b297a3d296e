//! What stands where an item may end, and an item that was cut.

use crate::model::ByteSpan;

/// What stands at a byte where an item may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Another item begins.
    Item,
    /// The list or mapping has ended.
    End,
    /// What belongs to the item before.
    Inside,
}

/// An item that was cut: its key, its bytes, and where the next one begins.
pub(super) struct ShapedItem<'t> {
    pub key: Option<&'t str>,
    pub span: ByteSpan,
    pub stop: usize,
}

/// The column at which an item begins, in characters; 0 where its line is shared with another, that ended at
/// `last`: what others say must not change its text.
pub(super) fn column_alone(text: &str, start: usize, last: usize) -> usize {
    match text[last..start].rfind('\n') {
        Some(at) => text[last + at + 1..start].chars().count(),
        None if last == 0 => text[..start].chars().count(),
        None => 0,
    }
}
