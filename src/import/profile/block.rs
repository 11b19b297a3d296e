//! A block of a page: a paragraph, a heading or an item of a list.

use super::flow::Flow;

/// A block of a page.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its text.
    pub flow: Flow,
    /// Whether the page marks it as a heading.
    pub heading: bool,
}
