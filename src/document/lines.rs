//! Hashes of lines: whether two editions say the same in some fields, without parsing them.

use super::plain::{TextOutline, outline};
use crate::model::ByteSpan;
use foldhash::fast::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};

/// Fields whose lines are wanted as hashes, and how they are hashed.
pub type Hashing<'h> = (&'h LineFields, &'h RandomState);

/// Root entries of texts that are compared by their lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFields {
    /// Those that are compared as a whole.
    pub whole: Vec<String>,
    /// Those that are compared item by item, where the value is a list or mapping on lines of its own.
    pub by_item: Vec<String>,
}

/// Hashes of the lines of some root entries of a text: equal ones stand for lines that are equal to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineHashes {
    /// Of the entries that are compared as a whole.
    pub whole: u64,
    /// Of each item of the others, with the entry's name.
    pub items: Box<[u64]>,
}

impl LineFields {
    /// The hashes of a text's lines; `None` where the text can only be read as a whole. The front matter's
    /// first line may stand first.
    pub fn hashes(&self, yaml: &[u8], state: &RandomState) -> Option<LineHashes> {
        let text = std::str::from_utf8(yaml.strip_prefix(b"---\n").unwrap_or(yaml)).ok()?;
        Some(self.hashes_of(text, &outline(text)?, state))
    }

    pub(super) fn hashes_of(&self, text: &str, outline: &TextOutline, state: &RandomState) -> LineHashes {
        let cut = |span: &ByteSpan| &text[span.start..span.end];
        let (mut whole, mut items) = (state.build_hasher(), Vec::new());
        for piece in &outline.entries {
            let key = cut(&piece.key);
            if self.whole.iter().any(|name| name == key) {
                cut(&piece.lines).hash(&mut whole);
            } else if self.by_item.iter().any(|name| name == key) {
                let lines =
                    if piece.items.is_empty() { std::slice::from_ref(&piece.lines) } else { &piece.items };
                items.extend(lines.iter().map(|lines| state.hash_one((key, cut(lines)))));
            }
        }
        LineHashes { whole: whole.finish(), items: items.into() }
    }
}
