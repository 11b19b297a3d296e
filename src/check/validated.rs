//! A document that a schema has judged, and what kind of value a node is.

use super::record::File;
use super::walk::Walk;
use crate::model::{Document, Node};

/// A document that a schema has judged.
pub(super) struct ValidatedDocument<'j, 'f> {
    pub file: &'j File<'f>,
    pub doc: &'j Document,
    pub walk: &'j Walk<'j>,
}

/// Whether a node is what a schema calls by a type's name.
pub(super) fn kind_of(node: &Node) -> &'static str {
    use crate::model::NodeValue as V;
    match &node.value {
        V::Null => "nothing",
        V::Bool(_) => "a truth value",
        V::Int(_) => "a whole number",
        V::Float(_) | V::Decimal(_) => "a number",
        V::Text(_) => "a text",
        V::List(_) => "a list",
        V::Map(_) => "a mapping",
    }
}
