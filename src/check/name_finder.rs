//! Texts that can hold one of many names: found in one pass over the text, however many names there are.

use crate::model::Identity;
use aho_corasick::AhoCorasick;
use std::collections::{HashMap, HashSet};

/// Finds texts in which all values of a name stand.
pub struct NameFinder {
    /// Finds the values; none where the names cannot be looked for so, and every text can hold one.
    values: Option<AhoCorasick>,
    /// Of each name, its values by number.
    names: Vec<Vec<usize>>,
}

impl NameFinder {
    /// Looks for some identities.
    pub fn of(identities: &[&Identity]) -> NameFinder {
        let texts = |identity: &&Identity| identity.0.iter().map(|(_, value)| value.clone()).collect();
        NameFinder::of_values(identities.iter().map(texts).collect())
    }

    /// Looks for names that are made of these values each.
    pub fn of_values(names: Vec<Vec<String>>) -> NameFinder {
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut texts: Vec<String> = Vec::new();
        let mut number = |value: String| {
            *numbers.entry(value.clone()).or_insert_with(|| {
                texts.push(value);
                texts.len() - 1
            })
        };
        let names = names.into_iter().map(|values| values.into_iter().map(&mut number).collect()).collect();
        NameFinder { values: AhoCorasick::new(&texts).ok(), names }
    }

    /// Whether a text holds all values of a name.
    pub fn is_in(&self, text: &[u8]) -> bool {
        let Some(finder) = &self.values else { return !self.names.is_empty() };
        if self.names.is_empty() {
            return false;
        }
        let found: HashSet<usize> =
            finder.find_overlapping_iter(text).map(|found| found.pattern().as_usize()).collect();
        self.names.iter().any(|values| values.iter().all(|value| found.contains(value)))
    }
}
