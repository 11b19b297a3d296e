//! The edits of a text.

use crate::model::{FieldPath, Node};

/// One change to a text. Paths name what is there before this edit and after the ones before it.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Puts another value at a path. Comments inside the old value go with it; one behind a value on one line
    /// stays. An equal value is written anew, in quotes where they are needed: this is how `NO` becomes
    /// `"NO"`.
    Replace {
        /// Where.
        path: FieldPath,
        /// What shall stand there; spans do not count.
        value: Node,
    },
    /// Adds an entry to a mapping; nothing (`a:`) counts as an empty mapping.
    InsertKey {
        /// The mapping.
        path: FieldPath,
        /// The new key, which must not be there yet.
        key: String,
        /// Its value; spans do not count.
        value: Node,
        /// The 0-based position among the entries; `None` for the end.
        at: Option<usize>,
    },
    /// Adds an item to a list; nothing (`a:`) counts as an empty list.
    InsertItem {
        /// The list.
        path: FieldPath,
        /// The item; spans do not count.
        item: Node,
        /// The 0-based position among the items; `None` for the end.
        at: Option<usize>,
    },
    /// Removes an entry or item with its comments: behind it, and on lines of their own directly above it,
    /// except at the top of a text.
    Remove {
        /// What to remove; not the root.
        path: FieldPath,
    },
    /// Gives a mapping's entry another key.
    RenameKey {
        /// The entry.
        path: FieldPath,
        /// The new key, which must not be there yet.
        key: String,
    },
    /// Adds a comment on a line of its own above an entry or item of a block collection.
    CommentAbove {
        /// The entry or item.
        path: FieldPath,
        /// The words after `# `, one line.
        text: String,
    },
    /// Adds a comment behind an entry or item of a block collection, on the line where it starts. If a
    /// comment is there already, ` # ` and the words are added to it.
    CommentAfter {
        /// The entry or item.
        path: FieldPath,
        /// The words after `# `, one line.
        text: String,
    },
}

impl Edit {
    pub(super) fn path(&self) -> &FieldPath {
        match self {
            Edit::Replace { path, .. }
            | Edit::InsertKey { path, .. }
            | Edit::InsertItem { path, .. }
            | Edit::Remove { path }
            | Edit::RenameKey { path, .. }
            | Edit::CommentAbove { path, .. }
            | Edit::CommentAfter { path, .. } => path,
        }
    }

    pub(super) fn comment(&self) -> Option<&str> {
        match self {
            Edit::CommentAbove { text, .. } | Edit::CommentAfter { text, .. } => Some(text),
            _ => None,
        }
    }
}
