//! The names things go by in sources → the keys they have in the dataset's tables.
//!
//! Spelling is compared without case, accents, punctuation and the article. Must not guess: what is not found
//! is an error with the nearest name.

pub use crate::dataset::names::fold;
use crate::dataset::names::likeness;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;

/// Which names a table's rows go by.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportNames {
    /// The table in the manifest.
    pub table: String,
    /// Fields of a row that hold a code: they must be written as they are.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Fields of a row that hold a name, or a list of names.
    #[serde(default)]
    pub names: Vec<String>,
    /// Further names: a row's key with the names sources use for it.
    #[serde(default)]
    pub also: indexmap::IndexMap<String, Vec<String>>,
}

/// The names of a table's rows.
#[derive(Clone, Debug, Default)]
pub struct Names {
    codes: HashMap<String, String>,
    names: HashMap<String, String>,
    shown: Vec<(String, String)>,
}

impl Names {
    /// Reads the names of a table as `tables` holds it.
    pub fn new(spec: &ImportNames, tables: &serde_json::Map<String, Value>) -> Names {
        let mut out = Names::default();
        for (key, row) in tables.get(&spec.table).and_then(Value::as_object).into_iter().flatten() {
            out.codes.insert(key.clone(), key.clone());
            for field in &spec.codes {
                if let Some(code) = row.get(field).and_then(Value::as_str) {
                    out.codes.insert(code.to_owned(), key.clone());
                }
            }
            let named = spec.names.iter().filter_map(|field| row.get(field)).flat_map(texts);
            let also = spec.also.get(key).into_iter().flatten().map(String::as_str);
            for name in named.chain(also) {
                out.names.entry(fold(name)).or_insert_with(|| key.clone());
                out.shown.push((name.to_owned(), key.clone()));
            }
        }
        out
    }

    /// The key of the row that goes by a code or name.
    pub fn find(&self, text: &str) -> Option<&str> {
        let text = text.trim();
        self.codes.get(text).or_else(|| self.names.get(&fold(text))).map(String::as_str)
    }

    /// The names and codes that are near a text that was not found: "Kazakhstan (KAZ)".
    pub fn near(&self, text: &str) -> Vec<String> {
        let wanted = fold(text);
        let mut near: Vec<(f32, String)> = self
            .shown
            .iter()
            .map(|(name, key)| (likeness(&wanted, &fold(name)), format!("{name} ({key})")))
            .filter(|(likeness, _)| *likeness >= 0.7)
            .collect();
        if text.trim().len() <= 3 {
            let upper = text.trim().to_uppercase();
            near.extend(
                self.codes
                    .iter()
                    .filter(|(code, _)| **code == upper)
                    .map(|(code, key)| (2.0, format!("{code} ({key})"))),
            );
            let letters = |code: &str| {
                let mut letters: Vec<char> = code.chars().collect();
                letters.sort_unstable();
                letters
            };
            let off = |code: &str| code.chars().zip(upper.chars()).filter(|(a, b)| a != b).count();
            let alike = self.codes.iter().filter(|(code, _)| code.len() == upper.len());
            near.extend(alike.filter_map(|(code, key)| match off(code) {
                1 => Some((0.6, format!("{code} ({key})"))),
                _ if letters(code) == letters(&upper) => Some((0.9, format!("{code} ({key})"))),
                _ => None,
            }));
        }
        near.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.cmp(y)));
        near.dedup_by(|a, b| a.1 == b.1);
        let best = near.first().map_or(0.0, |(likeness, _)| *likeness);
        near.into_iter().filter(|(likeness, _)| best - likeness < 0.1).take(3).map(|(_, name)| name).collect()
    }

    /// All names of a key, as they are written.
    pub fn of<'n>(&'n self, key: &'n str) -> impl Iterator<Item = &'n str> {
        self.shown.iter().filter(move |(_, k)| k == key).map(|(name, _)| name.as_str())
    }

    /// All names with their keys, as they are written.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.shown.iter().map(|(name, key)| (name.as_str(), key.as_str()))
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
