//! The parameters of `other-record`: which other record must agree, and in which fields. The comparison
//! itself needs more than one record: see [`super::contradictions()`].

use super::stages::DatedStage;
use crate::schema::{CheckRule, OneOrMany};
use indexmap::IndexMap;
use serde::Deserialize;

/// Parameters of `other-record`. Paths are keys joined with dots, from the root of a record.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OtherRecord {
    /// The identity fields in which the other record differs, with its values there.
    pub(super) other: IndexMap<String, String>,
    /// The fields that are compared.
    pub(super) fields: Vec<String>,
    /// The field of the other record that they are compared with; by default the one of the same name.
    #[serde(default)]
    pub(super) with: Option<String>,
    /// Value here → values of the other record that agree with it; by default only the same value does.
    #[serde(default)]
    pub(super) agrees: IndexMap<String, OneOrMany<String>>,
    /// How to find the other record's value on the day of an edition that is older than its own.
    #[serde(default)]
    pub(super) stages: Vec<DatedStage>,
}

impl OtherRecord {
    /// What is wrong with the parameters, given the rule they belong to.
    pub(super) fn fault(&self, rule: &CheckRule) -> Option<String> {
        if self.other.is_empty() {
            return Some("`other` names no field".to_owned());
        }
        let unbound = self.other.keys().find(|field| !rule.applies.contains_key(*field));
        unbound.map(|field| format!("`other` changes `{field}`, and `applies` does not say for which values"))
    }
}
