//! The patterns of acts, read once, and which of them can name a path.

use crate::model::{FieldPath, Step};
use crate::schema::{ChangeRule, FieldPattern};
use foldhash::HashMap;

/// A change rule with its patterns read.
pub struct CompiledRule {
    pub(super) matches: Vec<FieldPattern>,
    pub(super) also: Vec<FieldPattern>,
}

impl CompiledRule {
    pub(super) fn new(rule: &ChangeRule) -> Self {
        CompiledRule {
            matches: rule.matches.iter().map(|spec| FieldPattern::parse(&spec.field)).collect(),
            also: rule.also.iter().map(|text| FieldPattern::parse(text)).collect(),
        }
    }
}

/// Which patterns can name paths that begin with a key: rules and patterns by position.
#[derive(Default)]
pub(super) struct Openings {
    named: HashMap<String, Vec<(usize, usize)>>,
    pub(super) any: Vec<(usize, usize)>,
}

impl Openings {
    pub(super) fn new(rules: &[CompiledRule]) -> Openings {
        let mut openings = Openings::default();
        for (rule, compiled) in rules.iter().enumerate() {
            for (at, pattern) in compiled.matches.iter().enumerate() {
                match pattern.first_key() {
                    Some(key) => openings.named.entry(key.to_owned()).or_default().push((rule, at)),
                    None => openings.any.push((rule, at)),
                }
            }
        }
        openings
    }

    pub(super) fn of(&self, path: &FieldPath) -> impl Iterator<Item = (usize, usize)> {
        let named = match path.0.first() {
            Some(Step::Key(key)) => self.named.get(key).map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        named.iter().chain(&self.any).copied()
    }
}
