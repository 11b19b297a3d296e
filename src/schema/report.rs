//! The manifest's words on the yearly report: its sections, the groups it can be read by, and what its
//! pictures show.
//!
//! All of it is data, so that no part of the program knows which field a reader wants to see on a map.

use super::rule_files::{FieldPattern, OneOrMany};
use crate::model::{NatureKind, Significance};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// How many years without an assessment make a record stale, where the manifest does not say.
const STALE_YEARS: u32 = 3;

/// What a report says in which order, and what it draws.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReportSpec {
    /// A record not assessed for this many years is stale.
    pub stale_years: u32,
    /// What the report says first, in numbers.
    pub lead: Vec<LeadSpec>,
    /// Ways to group sentences, by the name that `--by` uses: templates over the identity fields and tables.
    pub groups: IndexMap<String, String>,
    /// The sections, in order. What none of them takes stands in the last one, `other`, which need not be
    /// named here.
    pub sections: Vec<SectionSpec>,
    /// Changes that several records may have alike, and which are then one sentence that counts and names
    /// them.
    pub fold: Vec<FoldSpec>,
    /// Events that another record of the same subject reports, and that are left to it where it does so in
    /// the same period.
    pub said_elsewhere: Vec<SaidElsewhereSpec>,
    /// Maps of the world, one a topic.
    pub maps: Vec<MapSpec>,
    /// Which of the manifest's strips are summed up by group and occasion.
    pub series: Option<SeriesSpec>,
    /// Which of the manifest's strips are drawn record by record.
    pub heat: Vec<String>,
    /// The colour of a strip's mark: 1 to 6 of the page's palette, 0 for what is not known.
    pub tones: IndexMap<String, u8>,
}

impl Default for ReportSpec {
    fn default() -> Self {
        ReportSpec {
            stale_years: STALE_YEARS,
            lead: Vec::new(),
            groups: IndexMap::new(),
            sections: Vec::new(),
            fold: Vec::new(),
            said_elsewhere: Vec::new(),
            maps: Vec::new(),
            series: None,
            heat: Vec::new(),
            tones: IndexMap::new(),
        }
    }
}

/// One section of developments.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SectionSpec {
    /// Its name in JSON and CSV.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// What falls into it; any one of these.
    #[serde(default)]
    pub take: Vec<TakeSpec>,
    /// For sentences that are many and alike: they are counted by a value instead of listed.
    #[serde(default)]
    pub tally: Option<TallySpec>,
    /// Whether what several subjects did alike, by the rule's own words for it, is one sentence that counts
    /// and names them.
    #[serde(default)]
    pub fold: bool,
}

/// Changes that are one sentence where several records have them alike: `Twelve states attended …: A, B and
/// C`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FoldSpec {
    /// Which changes; any one of these.
    pub take: Vec<TakeSpec>,
    /// What several subjects are called: `states`.
    pub many: String,
}

/// Events that other sentences report: of another record of the same subject, or of the same record.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SaidElsewhereSpec {
    /// The sentences that only mention the event; any one of these.
    pub take: Vec<TakeSpec>,
    /// The identity fields in which the record that the event belongs to differs, with their values; none
    /// where it is the same record.
    pub record: IndexMap<String, String>,
    /// The sentences by which that record reports the event; any one of these.
    pub by: Vec<TakeSpec>,
}

/// A count that a report leads with.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LeadSpec {
    /// What is counted; any one of these.
    pub take: Vec<TakeSpec>,
    /// The group whose members are counted; the sentences themselves where none is named.
    #[serde(default)]
    pub by: Option<String>,
    /// The words for one.
    pub one: String,
    /// The words for several: `{n}` stands for how many.
    pub many: String,
}

/// A choice of sentences. Each part that is given must hold.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TakeSpec {
    /// Ids of rules, with `*` for any run of letters, or kinds of observation.
    pub rules: Option<OneOrMany<String>>,
    /// Patterns of the field that a change is about.
    pub fields: Option<OneOrMany<String>>,
    /// How it came about.
    pub natures: Option<OneOrMany<NatureKind>>,
    /// What became of an observation: `began`, `changed`, `ended`.
    pub states: Option<OneOrMany<String>>,
    /// Which of an observation's sentences it is.
    pub variants: Option<OneOrMany<String>>,
    /// Its weight.
    pub significance: Option<OneOrMany<Significance>>,
}

/// How sentences are counted.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TallySpec {
    /// The group whose members are counted apart, if any.
    #[serde(default)]
    pub by: Option<String>,
    /// The field of the item that a change adds, by whose values it is counted.
    pub value: String,
}

/// A map of the world coloured by a field.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MapSpec {
    /// Its heading.
    pub title: String,
    /// The records it is for, by identity field.
    #[serde(default)]
    pub applies: IndexMap<String, String>,
    /// The field that colours it.
    pub field: String,
    /// A template for the three-letter code of ISO 3166-1 by which the shapes go.
    pub code: String,
    /// Value → colour of the page's palette, in the order of the legend.
    pub tones: IndexMap<String, u8>,
}

/// Sums of strips.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeriesSpec {
    /// The heading.
    pub title: String,
    /// The labels of the strips.
    pub strips: Vec<String>,
    /// The group whose members get a picture each.
    pub by: String,
}

impl TakeSpec {
    /// Whether a name or a kind is one of the rules asked for.
    pub fn takes_rule(&self, rule: &str, kind: Option<&str>) -> bool {
        let fits = |wanted: &String| kind == Some(wanted.as_str()) || wildcard(wanted, rule);
        self.rules.as_ref().is_none_or(|rules| rules.as_slice().iter().any(fits))
    }

    /// Whether a change of this field is asked for; an observation has none.
    pub fn takes_field(&self, path: Option<&crate::model::FieldPath>) -> bool {
        self.fields.as_ref().is_none_or(|fields| {
            path.is_some_and(|path| fields.as_slice().iter().any(|f| FieldPattern::parse(f).matches(path)))
        })
    }
}

/// `*` stands for any run of letters, also none.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::wildcard;

    #[test]
    fn a_star_stands_for_any_run() {
        assert!(wildcard("tide*", "tide-high") && wildcard("tide*", "tide") && wildcard("*-ab", "no-x-ab"));
        assert!(wildcard("no-*-ab", "no-long-name-ab") && wildcard("a*", "a"));
        assert!(!wildcard("tide", "tide-high") && !wildcard("*-ab", "no-x-cd") && !wildcard("ab*ba", "aba"));
    }
}
