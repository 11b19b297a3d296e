//! Paths to fields: symbolic, so that they outlive edits; only the edges resolve them to places in a text.

use std::fmt;

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// A mapping's key.
    Key(String),
    /// An item of a keyed list, by the values of its key fields in the schema's order.
    Item(Vec<String>),
    /// An item of a list without a key, by its 0-based position.
    Index(usize),
    /// An item of a list of differing scalars without a key, by its value.
    Member(String),
    /// An item of a list without a key that is no longer there, by the 0-based position it had. It leads
    /// nowhere in the later tree.
    Gone(usize),
}

impl Step {
    /// Whether it goes to an item of a list.
    pub fn is_item(&self) -> bool {
        !matches!(self, Step::Key(_))
    }
}

/// A path from the root of a record: `votes[A/RES/74/62].vote`, `statements[0].quote`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath(pub Vec<Step>);

impl FieldPath {
    /// The path of the whole record.
    pub fn root() -> Self {
        FieldPath(Vec::new())
    }

    /// This path with one more step.
    #[must_use]
    pub fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        FieldPath(steps)
    }

    /// This path with a mapping's key added.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// The path without its last step; `None` for the root.
    pub fn parent(&self) -> Option<FieldPath> {
        let (_, steps) = self.0.split_last()?;
        Some(FieldPath(steps.to_vec()))
    }

    /// Whether `other` is this path or lies below it.
    pub fn contains(&self, other: &FieldPath) -> bool {
        other.0.starts_with(&self.0)
    }

    /// The longest part of this path that ends in a list item, if it passes through one. A member of a set is
    /// no item with fields of its own: it belongs to the item its list stands in.
    pub fn item(&self) -> Option<FieldPath> {
        let at = self.0.iter().rposition(|step| step.is_item() && !matches!(step, Step::Member(_)))?;
        Some(FieldPath(self.0[..=at].to_vec()))
    }

    /// The path with every list item replaced by `[]`: the form in which rules and schemas name fields.
    pub fn pattern(&self) -> String {
        let mut out = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key) => push_key(&mut out, key),
                _ => out.push_str("[]"),
            }
        }
        out
    }
}

fn push_key(out: &mut String, key: &str) {
    if !out.is_empty() {
        out.push('.');
    }
    let plain =
        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | ':'));
    if plain {
        out.push_str(key);
    } else {
        out.push_str(&quoted(key));
    }
}

fn push_values(out: &mut String, values: &[String]) {
    let plain = |v: &String| !v.is_empty() && !v.contains([',', '[', ']', '"']) && !v.starts_with('#');
    let shown: Vec<String> = values.iter().map(|v| if plain(v) { v.clone() } else { quoted(v) }).collect();
    out.push('[');
    out.push_str(&shown.join(","));
    out.push(']');
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        for step in &self.0 {
            match step {
                Step::Key(key) => push_key(&mut out, key),
                Step::Index(at) => out.push_str(&format!("[#{at}]")),
                Step::Gone(at) => out.push_str(&format!("[#{at} before]")),
                Step::Member(value) => push_values(&mut out, std::slice::from_ref(value)),
                Step::Item(values) => push_values(&mut out, values),
            }
        }
        f.write_str(&out)
    }
}

impl serde::Serialize for FieldPath {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
