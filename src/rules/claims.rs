//! Which rule tells which delta: the most specific first, each delta once, and nothing left over.

use super::natures::{self, When};
use super::{Edited, Engine, Subject, evidence, value_of};
use crate::diff::Delta;
use crate::model::results::Change;
use crate::model::{DateRange, FieldPath, Nature, NatureKind, Node};
use crate::schema::{ChangeRule, FieldPattern, MatchSpec, OneOrMany, Op};
use serde_json::{Map, Value as Json, json};

/// A change rule with its patterns read.
pub struct Compiled {
    matches: Vec<FieldPattern>,
    also: Vec<FieldPattern>,
}

impl Compiled {
    pub(super) fn new(rule: &ChangeRule) -> Self {
        Compiled {
            matches: rule.matches.iter().map(|spec| FieldPattern::parse(&spec.field)).collect(),
            also: rule.also.iter().map(|text| FieldPattern::parse(text)).collect(),
        }
    }
}

/// One way in which a rule can tell a delta.
struct Candidate {
    rule: usize,
    spec: usize,
    delta: usize,
    weight: (usize, usize),
}

/// What several parts of the telling need.
struct Telling<'e, 's> {
    engine: &'s Engine<'e>,
    subject: &'s Subject<'s>,
    from: Edited<'s>,
    to: Edited<'s>,
    deltas: &'s [Delta],
    records: (minijinja::Value, minijinja::Value),
}

pub(super) fn changes(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    from: Edited<'_>,
    to: Edited<'_>,
    deltas: &[Delta],
) -> Vec<Change> {
    let records = (value_of(from.document.root.to_json()), value_of(to.document.root.to_json()));
    let telling = Telling { engine, subject, from, to, deltas, records };
    let mut taken = vec![false; deltas.len()];
    let mut out: Vec<(Change, bool)> = Vec::new();
    for candidate in telling.candidates() {
        if taken[candidate.delta] {
            continue;
        }
        let rule = &engine.policy.rules.changes[candidate.rule];
        let claims = telling.claim(&candidate, rule, &mut taken);
        out.push((telling.tell(rule, &claims), rule.alone));
    }
    for at in (0..deltas.len()).filter(|at| !taken[*at]) {
        out.push((telling.tell_plainly(at), false));
    }
    let loud = out.iter().any(|(change, alone)| !alone && !change.is_quiet());
    let mut told: Vec<Change> = out.into_iter().filter(|(_, alone)| !(*alone && loud)).map(|(change, _)| change).collect();
    told.sort_by_key(|change| (change.nature.kind, change.significance));
    told
}

/// The paths of all deltas that the changes explain, for the law that each is told once.
pub fn claimed(changes: &[Change]) -> Vec<&FieldPath> {
    changes.iter().flat_map(|change| &change.explains).collect()
}

impl Telling<'_, '_> {
    fn candidates(&self) -> Vec<Candidate> {
        let mut out = Vec::new();
        for (rule_at, rule) in self.engine.policy.rules.changes.iter().enumerate() {
            for (spec_at, spec) in rule.matches.iter().enumerate() {
                let pattern = &self.engine.patterns[rule_at].matches[spec_at];
                for (delta_at, delta) in self.deltas.iter().enumerate() {
                    if pattern.matches(&delta.path) && self.fits(rule, spec_at, spec, delta) {
                        let conditions = [spec.op.is_some(), spec.from.is_some(), spec.to.is_some(), spec.when.is_some()];
                        let weight = (pattern.exactness(), conditions.iter().filter(|c| **c).count());
                        out.push(Candidate { rule: rule_at, spec: spec_at, delta: delta_at, weight });
                    }
                }
            }
        }
        out.sort_by_key(|c| (std::cmp::Reverse(c.weight), c.rule, c.spec, c.delta));
        out
    }

    fn fits(&self, rule: &ChangeRule, spec_at: usize, spec: &MatchSpec, delta: &Delta) -> bool {
        let op = spec.op.as_ref().is_none_or(|ops| ops.as_slice().contains(&delta.op));
        let one_of = |wanted: &Option<OneOrMany<Json>>, node: &Option<Node>| {
            wanted.as_ref().is_none_or(|values| node.as_ref().is_some_and(|n| values.as_slice().contains(&n.to_json())))
        };
        op && one_of(&spec.from, &delta.before) && one_of(&spec.to, &delta.after) && {
            spec.when.is_none() || {
                let name = format!("change/{}/when/{spec_at}", rule.id);
                self.engine.words.holds(&name, self.context(rule, delta, &[delta], None))
            }
        }
    }

    /// Takes the candidate's delta and what the rule explains along with it. The first index is the delta that started it.
    fn claim(&self, candidate: &Candidate, rule: &ChangeRule, taken: &mut [bool]) -> Vec<usize> {
        let compiled = &self.engine.patterns[candidate.rule];
        let first = &self.deltas[candidate.delta];
        taken[candidate.delta] = true;
        let mut claims = vec![candidate.delta];
        let item = natures::item_or_parent(&first.path);
        let logged = self.logged(first);
        for (at, delta) in self.deltas.iter().enumerate().filter(|(at, _)| *at != candidate.delta) {
            let explained = compiled.also.iter().any(|pattern| {
                if pattern.relative { pattern.matches_below(&item, &delta.path) } else { pattern.matches(&delta.path) }
            });
            let alike = rule.together
                && rule.matches.iter().enumerate().any(|(spec_at, spec)| {
                    compiled.matches[spec_at].matches(&delta.path) && self.fits(rule, spec_at, spec, delta)
                });
            let log = logged.as_ref().is_some_and(|l| delta.after.as_ref().is_some_and(|after| after.span == l.entry.span));
            if (explained || alike || log) && !taken[at] {
                taken[at] = true;
                claims.push(at);
            }
        }
        claims
    }

    fn logged(&self, delta: &Delta) -> Option<natures::Logged<'_>> {
        natures::correction(&delta.path, self.subject.kind, &self.from.document.root, &self.to.document.root)
    }

    fn when(&self, rule: Option<&ChangeRule>, delta: &Delta) -> Option<When<'_>> {
        let explicit = rule.and_then(|rule| rule.date.as_deref());
        let (from, to) = (&self.from.document.root, &self.to.document.root);
        natures::when(delta, explicit, from, to, self.subject.kind, self.engine.reference)
    }

    fn nature(&self, rule: Option<&ChangeRule>, delta: &Delta) -> (Nature, Option<String>) {
        let assessed: DateRange = natures::assessed(&delta.path, self.from.document, self.from.date(), self.subject.kind);
        let declared = natures::declared(&delta.path, self.subject.kind).or(rule.and_then(|rule| rule.nature));
        let nature = natures::nature(delta, self.when(rule, delta).as_ref(), &assessed, declared);
        let quiet = matches!(nature.kind, NatureKind::Editorial | NatureKind::Review);
        match self.logged(delta) {
            Some(logged) if !quiet => (Nature::certain(NatureKind::Correction), Some(logged.reason)),
            _ => (nature, None),
        }
    }

    fn context(
        &self,
        rule: &ChangeRule,
        delta: &Delta,
        all: &[&Delta],
        judged: Option<(Nature, Option<&str>)>,
    ) -> minijinja::Value {
        let mut context: Map<String, Json> = self.engine.base_context(self.subject);
        self.describe(&mut context, Some(rule), delta);
        let (nature, reason) = judged.map_or((None, None), |(nature, reason)| (Some(nature), reason));
        context.insert("nature".to_owned(), json!(nature.map(|n| n.kind.as_str())));
        context.insert("uncertain".to_owned(), json!(nature.is_some_and(|n| n.uncertain)));
        context.insert("undated".to_owned(), json!(nature.is_some_and(|n| n.undated)));
        context.insert("reason".to_owned(), json!(reason));
        context.insert("n".to_owned(), json!(all.len()));
        let items: Vec<Json> = all
            .iter()
            .map(|delta| {
                let mut one = Map::new();
                self.describe(&mut one, Some(rule), delta);
                Json::Object(one)
            })
            .collect();
        context.insert("items".to_owned(), Json::Array(items));
        let (old, new) = self.records.clone();
        minijinja::context! { old_record => old, record => new, ..value_of(context) }
    }

    /// What the words see of one delta.
    fn describe(&self, context: &mut Map<String, Json>, rule: Option<&ChangeRule>, delta: &Delta) {
        let shape = self.subject.kind.shape.at(&delta.path);
        let keys = |path: &FieldPath| self.subject.kind.shape.key_at(path);
        let item = natures::item_or_parent(&delta.path);
        let at = |root: &Node, path: &FieldPath| root.at(path, &keys).map(Node::to_json);
        let said = |node: &Option<Node>| {
            let text = node.as_ref().and_then(Node::scalar_text);
            text.map(|text| shape.map_or_else(|| text.clone(), |shape| shape.said(&text)))
        };
        let key = delta.path.0.iter().rev().find_map(|step| match step {
            crate::model::Step::Item(values) => Some(values.join(", ")),
            _ => None,
        });
        let when = self.when(rule, delta);
        let op = match delta.op {
            Op::Added => "added",
            Op::Removed => "removed",
            Op::Changed => "changed",
        };
        let title = shape.and_then(|s| s.title.clone()).unwrap_or_else(|| delta.path.to_string());
        let entries = [
            ("op", json!(op)),
            ("path", json!(delta.path)),
            ("title", json!(title)),
            ("key", json!(key)),
            ("before", json!(delta.before.as_ref().map(Node::to_json))),
            ("after", json!(delta.after.as_ref().map(Node::to_json))),
            ("said_before", json!(said(&delta.before))),
            ("said_after", json!(said(&delta.after))),
            ("item", json!(at(&self.to.document.root, &item))),
            ("old_item", json!(at(&self.from.document.root, &item))),
            ("occasion", json!(when.as_ref().and_then(|w| w.occasion).map(super::observations::occasion_json))),
            ("date", json!(when.as_ref().map(|w| w.date.to_string()))),
            ("from", json!(self.from.date())),
            ("to", json!(self.to.date())),
        ];
        context.extend(entries.into_iter().map(|(name, value)| (name.to_owned(), value)));
    }

    fn tell(&self, rule: &ChangeRule, claims: &[usize]) -> Change {
        let first = &self.deltas[claims[0]];
        let (nature, reason) = self.nature(Some(rule), first);
        let all: Vec<&Delta> = claims.iter().map(|at| &self.deltas[*at]).collect();
        let template = format!("change/{}/{}", rule.id, nature.kind);
        let template = if self.engine.words.has(&template) { template } else { format!("change/{}/any", rule.id) };
        let message = self.engine.words.render(&template, self.context(rule, first, &all, Some((nature, reason.as_deref()))));
        self.change(&rule.id, rule.significance, nature, reason, message, &all)
    }

    /// A delta that no rule tells: said in the plainest words, so that nothing is lost.
    fn tell_plainly(&self, at: usize) -> Change {
        let delta = &self.deltas[at];
        let (nature, reason) = self.nature(None, delta);
        let say = |node: &Option<Node>| node.as_ref().map_or_else(String::new, |n| plain(n));
        let message = match delta.op {
            Op::Added => format!("{}: {}", delta.path, say(&delta.after)),
            Op::Removed => format!("{}: no longer {}", delta.path, say(&delta.before)),
            Op::Changed => format!("{}: {} (before: {})", delta.path, say(&delta.after), say(&delta.before)),
        };
        self.change("field-changed", crate::model::Significance::Minor, nature, reason, message, &[delta])
    }

    fn change(
        &self,
        rule: &str,
        significance: crate::model::Significance,
        nature: Nature,
        reason: Option<String>,
        message: String,
        all: &[&Delta],
    ) -> Change {
        let first = all[0];
        let json_of = |node: &Option<Node>| node.as_ref().map(Node::to_json);
        let (before, after) = (json_of(&first.before), json_of(&first.after));
        let paths: Vec<String> = all.iter().map(|d| d.path.to_string()).collect();
        let fingerprint = super::fingerprint(&json!([rule, self.subject.id, paths, before, after]));
        Change {
            rule: rule.to_owned(),
            nature,
            significance,
            message,
            reason,
            path: first.path.clone(),
            before,
            after,
            explains: all.iter().map(|d| d.path.clone()).collect(),
            evidence: evidence::of_deltas(self.subject, self.from, self.to, all),
            sources: evidence::sources_of_deltas(self.engine, self.subject, self.from, self.to, all),
            fingerprint,
        }
    }
}

fn plain(node: &Node) -> String {
    node.scalar_text().unwrap_or_else(|| node.to_json().to_string())
}
