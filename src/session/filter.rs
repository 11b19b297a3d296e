//! Which sentences of an answer are wanted, and in which order.

use super::dates;
use super::suggestions::nearest;
use crate::model::results::{Change, Evidence, Observation};
use crate::model::{Failure, NatureKind, PartialDate, Significance};
use crate::schema::{ObservationKind, Policy};
use globset::{Glob, GlobSet, GlobSetBuilder};
use serde::Serialize;

/// Which sentences are wanted: those that meet every condition that is given.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FilterQuestion {
    /// Rules by id, with wildcards, or kinds of observation.
    pub rules: Vec<String>,
    /// Natures of changes, and what became of observations: `correction`, `began`.
    pub natures: Vec<String>,
    /// `major`, `minor`, `editorial`.
    pub significances: Vec<String>,
    /// Fields, by their path or its last parts: `stores.oil`, `oil`.
    pub fields: Vec<String>,
    /// Only what began by the end of this date.
    pub started_before: Option<String>,
    /// Only what began on or after this date.
    pub started_after: Option<String>,
    /// How the sentences are ordered.
    pub sort: Option<SentenceOrder>,
}

/// How sentences are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum SentenceOrder {
    /// By record, as without a filter.
    Record,
    /// What has held longest first.
    Since,
    /// The weightiest first.
    Significance,
}

/// Words for what becomes of an observation, which stand among the natures.
const STATES: [&str; 4] = ["began", "changed", "ended", "continues"];

/// A filter that was read.
pub(super) struct Filter {
    rules: Option<GlobSet>,
    question: FilterQuestion,
    before: Option<PartialDate>,
    after: Option<PartialDate>,
}

impl Filter {
    /// Reads a filter and checks that what it names exists.
    pub fn read(question: &FilterQuestion, policy: &Policy) -> Result<Filter, Failure> {
        let date = |name: &str, text: &Option<String>| {
            let read = |text: &str| dates::read_only(text).map_err(|failure| failure.about(name));
            text.as_deref().map(read).transpose()
        };
        let mut known_natures: Vec<&str> = NatureKind::ALL.iter().map(|kind| kind.as_str()).collect();
        known_natures.extend(STATES.iter().filter(|state| **state != NatureKind::Changed.as_str()));
        known("--nature", &question.natures, &known_natures)?;
        known("--significance", &question.significances, &["major", "minor", "editorial"])?;
        Ok(Filter {
            rules: rules(&question.rules, policy)?,
            before: date("--started-before", &question.started_before)?,
            after: date("--started-after", &question.started_after)?,
            question: question.clone(),
        })
    }

    /// Whether anything is left out.
    pub fn narrows(&self) -> bool {
        let q = &self.question;
        self.rules.is_some()
            || !q.natures.is_empty()
            || !q.significances.is_empty()
            || !q.fields.is_empty()
            || self.before.is_some()
            || self.after.is_some()
    }

    /// The fields that are wanted; none for all.
    pub fn fields(&self) -> &[String] {
        &self.question.fields
    }

    /// The order that is asked for.
    pub fn order(&self) -> SentenceOrder {
        self.question.sort.unwrap_or(SentenceOrder::Record)
    }

    /// Whether a change is wanted; `date` is that of the event, where one is known.
    pub fn keeps_change(&self, change: &Change, date: Option<&PartialDate>) -> bool {
        let field = change.path.to_string();
        self.rule(&change.rule, "change")
            && self.nature(&[change.nature.kind.as_str()])
            && self.significance(change.significance)
            && (self.field(&field) || change.explains.iter().any(|path| self.field(&path.to_string())))
            && self.date(date)
    }

    /// Whether an observation is wanted. A start that is not known is neither before nor after anything.
    pub fn keeps(&self, observation: &Observation) -> bool {
        let natures = observation.nature.map(|nature| nature.kind.as_str()).into_iter();
        let natures: Vec<&str> = natures.chain(observation.state.map(|state| state.as_str())).collect();
        self.rule(&observation.rule, observation.kind)
            && self.nature(&natures)
            && self.significance(observation.significance)
            && self.place(&observation.evidence)
            && self.date(observation.since.as_ref())
    }

    /// Whether it must be known when the events of changes took place.
    pub fn needs_dates(&self) -> bool {
        self.before.is_some() || self.after.is_some() || self.order() == SentenceOrder::Since
    }

    fn rule(&self, id: &str, kind: &str) -> bool {
        self.rules.as_ref().is_none_or(|rules| rules.is_match(id) || rules.is_match(kind))
    }

    fn nature(&self, own: &[&str]) -> bool {
        self.question.natures.is_empty()
            || self.question.natures.iter().any(|name| own.contains(&name.as_str()))
    }

    fn significance(&self, own: Significance) -> bool {
        let wanted = &self.question.significances;
        wanted.is_empty() || wanted.iter().any(|name| name == own.as_str())
    }

    fn field(&self, path: &str) -> bool {
        self.question.fields.is_empty() || self.question.fields.iter().any(|field| names_field(field, path))
    }

    fn place(&self, evidence: &[Evidence]) -> bool {
        self.question.fields.is_empty() || evidence.iter().any(|one| self.field(&one.path.to_string()))
    }

    fn date(&self, date: Option<&PartialDate>) -> bool {
        let since = date.map(PartialDate::range);
        let before = self.before.as_ref();
        let after = self.after.as_ref();
        before.is_none_or(|limit| since.is_some_and(|s| s.end <= limit.range().end))
            && after.is_none_or(|limit| since.is_some_and(|s| s.start >= limit.range().start))
    }
}

/// Whether a text names a field: its path, the path of something above it, or the same without what stands in
/// front. `oil` names `stores.oil`, `stores.oil.level` and nothing named `old_oil`.
pub(super) fn names_field(asked: &str, path: &str) -> bool {
    let plain = |text: &str| -> String {
        let mut depth = 0;
        let keep = |c: &char| {
            depth += i32::from(*c == '[') - i32::from(*c == ']');
            depth == 0 && *c != ']'
        };
        text.chars().filter(keep).collect()
    };
    let starts = |path: &str, asked: &str| {
        path.match_indices(asked).any(|(at, _)| {
            let before = at == 0 || path[..at].ends_with('.');
            let after = path[at + asked.len()..].chars().next().is_none_or(|c| matches!(c, '.' | '['));
            before && after
        })
    };
    starts(path, asked) || starts(&plain(path), asked)
}

/// What `--rule` can name: acts, rules of fields, observations and their kinds, and changes of any rule.
pub(super) fn rule_names(policy: &Policy) -> Vec<String> {
    let acts = policy.rules.acts.iter().map(|rule| rule.id.clone());
    let observations = policy.rules.observations.iter();
    let ids = observations.clone().map(|rule| rule.id.clone());
    let kinds = observations.map(|rule| rule.kind.as_str().to_owned());
    let of_fields = crate::rules::fields::ids(policy);
    acts.chain(of_fields).chain(ids).chain(kinds).chain(["change".to_owned()]).collect()
}

/// The rules that patterns name; each must name one.
fn rules(patterns: &[String], policy: &Policy) -> Result<Option<GlobSet>, Failure> {
    if patterns.is_empty() {
        return Ok(None);
    }
    let all = rule_names(policy);
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let glob = Glob::new(pattern)
            .map_err(|error| Failure::new(format!("--rule `{pattern}`: {}", error.kind())))?;
        let matcher = glob.compile_matcher();
        if !all.iter().any(|id| matcher.is_match(id)) {
            let failure = Failure::new(format!("--rule: no rule or kind is named `{pattern}`"));
            let failure = match super::nearest(
                pattern,
                all.iter().map(String::as_str).chain(ObservationKind::ALL.map(ObservationKind::as_str)),
            ) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure,
            };
            let kinds = ObservationKind::ALL.map(ObservationKind::as_str).join(", ");
            return Err(failure
                .hint("`sincewhen changelog -v` and `since -v` show the rule of each sentence")
                .hint(format!("kinds of observation: {kinds}")));
        }
        set.add(glob);
    }
    let set = set.build().map_err(|error| Failure::new(format!("--rule: {error}")))?;
    Ok(Some(set))
}

fn known(option: &str, given: &[String], known: &[&str]) -> Result<(), Failure> {
    match given.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => {
            let failure = Failure::new(format!("{option}: `{name}` is none of them"));
            let failure = match nearest(name, known.iter().copied()) {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure,
            };
            Err(failure.hint(format!("one of: {}", known.join(", "))))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::names_field;

    #[test]
    fn the_last_parts_of_a_path_name_it() {
        assert!(names_field("oil", "stores.oil.level"));
        assert!(names_field("stores.oil", "stores.oil"));
        assert!(names_field("visits", "visits[A/1].by"));
        assert!(names_field("visits[A/1]", "visits[A/1].by"));
        assert!(names_field("visits.by", "visits[A/1].by"));
        assert!(!names_field("oil", "stores.old_oil"));
        assert!(!names_field("sto", "stores.oil"));
    }
}
