//! The sources of a record in words. Its editions cite the same ones over and over: each is worded once.

use crate::model::{Node, NodeValue};
use foldhash::HashMap;
use std::sync::Mutex;

/// By the name of a source, its words with the fields they were made of.
#[derive(Debug, Default)]
pub(super) struct KnownCitations(Mutex<HashMap<String, Vec<(Node, String)>>>);

impl KnownCitations {
    /// The words for a source, found by `in_words` where no source of that name with the same fields was
    /// seen.
    pub fn get(&self, name: &str, fields: &Node, in_words: impl FnOnce() -> String) -> String {
        let known = || self.0.lock().expect("because no thread panics while it holds the citations");
        let alike = |list: &Vec<(Node, String)>| {
            list.iter().find(|(known, _)| is_same(known, fields)).map(|(_, words)| words.clone())
        };
        if let Some(words) = known().get(name).and_then(alike) {
            return words;
        }
        let words = in_words();
        known().entry(name.to_owned()).or_default().push((fields.clone(), words.clone()));
        words
    }
}

/// Whether two values are written alike, in the same order: numbers that are equal may read otherwise.
fn is_same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (NodeValue::Map(one), NodeValue::Map(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(a, b)| a.key == b.key && is_same(&a.value, &b.value))
        }
        (NodeValue::List(one), NodeValue::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same(a, b))
        }
        (NodeValue::Text(one), NodeValue::Text(other)) => one == other,
        (NodeValue::Decimal(one), NodeValue::Decimal(other)) => one == other,
        (NodeValue::Int(one), NodeValue::Int(other)) => one == other,
        (NodeValue::Float(one), NodeValue::Float(other)) => one.to_bits() == other.to_bits(),
        (NodeValue::Bool(one), NodeValue::Bool(other)) => one == other,
        (NodeValue::Null, NodeValue::Null) => true,
        _ => false,
    }
}
