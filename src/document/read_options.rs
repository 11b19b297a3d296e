//! How a text is read, and what stands for nothing.

use crate::model::{ByteSpan, Node, NodeValue};

/// How to read a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadOptions {
    /// For texts being written now: indentation by the letter of YAML 1.2.2, and a problem for whatever other
    /// readers may take otherwise (tags, aliases, directives, a byte order mark, tabs). Without it, for old
    /// revisions, only what makes the tree doubtful is a problem, and a text with bytes that are not UTF-8 or
    /// with control characters has a tree, with U+FFFD for them.
    pub strict: bool,
    /// The largest text, in bytes.
    pub max_bytes: usize,
    /// The most nodes a tree may have. A tenth of them may be copies made for aliases, where each 64 bytes of
    /// text count as a node too.
    pub max_nodes: usize,
    /// How deep lists and mappings may nest, aliases followed; at most 255.
    pub max_depth: usize,
}

/// More problems than this in one text have one cause.
pub(super) const MAX_PROBLEMS: usize = 500;

impl ReadOptions {
    /// For texts being written now: see [`ReadOptions::strict`].
    pub fn strict() -> Self {
        ReadOptions { strict: true, ..ReadOptions::lenient() }
    }

    /// For old revisions, so that history stays readable.
    pub fn lenient() -> Self {
        ReadOptions { strict: false, max_bytes: 16 << 20, max_nodes: 1_000_000, max_depth: 128 }
    }
}

/// A null without a place of its own.
pub(super) fn null_at(byte: usize) -> Node {
    Node { value: NodeValue::Null, span: ByteSpan { start: byte, end: byte } }
}
