//! Which act claims which delta: the most specific first, each delta once. What no act claims is left to the
//! lifecycle.

use super::comparison::{Comparison, JudgedNature, Label, Parts};
use super::known_sentences::{IsKnown, KnownSentences, PartlyWorded, SaidChange};
use super::{Differences, Edited, Engine, Subject, evidence, lifecycle, natures};
use crate::diff::Delta;
use crate::model::results::Change;
use crate::model::text::aside;
use crate::model::{ByteSpan, FieldPath, Node};
use crate::schema::{ChangeRule, FrameName, MatchSpec, OneOrMany};
use foldhash::HashMap;
use serde_json::Value as Json;

/// One way in which an act can claim a delta.
struct CandidateClaim {
    rule: usize,
    spec: usize,
    delta: usize,
    weight: (usize, usize),
}

/// What a sentence takes: indices of deltas.
struct ClaimedDeltas {
    /// The deltas it is about: the one that started it first, then those worded together with it.
    about: Vec<usize>,
    /// What it explains besides.
    along: Vec<usize>,
}

/// What is said of the differences between two editions.
#[derive(Clone, Debug, Default)]
pub struct WordedChanges {
    /// The sentences, news first.
    pub changes: Vec<Change>,
    /// The fields that differ and that no sentence is about: dates of review, in a step that has more to say.
    pub silent: Vec<FieldPath>,
}

pub(super) fn changes(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    differences: &Differences<'_>,
) -> WordedChanges {
    let said = say(engine, subject, differences, None).into_iter();
    let worded = said.filter_map(|one| match one {
        SaidChange::Known(..) => None,
        SaidChange::Worded(change, alone) => Some((*change, alone)),
    });
    leave_out(worded.collect())
}

/// The fingerprints of all changes between two editions, without their words; and of those that are left out
/// beside weightier ones.
pub(super) fn fingerprints(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    differences: &Differences<'_>,
) -> Vec<String> {
    let said = say(engine, subject, differences, Some(&|_| true)).into_iter();
    let print = |one| match one {
        SaidChange::Known(print, _) => print,
        SaidChange::Worded(change, _) => change.fingerprint,
    };
    said.map(print).collect()
}

/// As [`changes`], with words only for sentences that are not known. Nothing where one of these reads like a
/// known one: then each has to say which of them it is.
pub(super) fn unknown_changes(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    differences: &Differences<'_>,
    known: &KnownSentences<'_>,
) -> Option<PartlyWorded> {
    let (mut named, mut worded) = (Vec::new(), Vec::new());
    for one in say(engine, subject, differences, Some(&|print| known(print).is_some())) {
        match one {
            SaidChange::Known(print, alone) => named.push((print, alone)),
            SaidChange::Worded(change, alone) => worded.push((*change, alone)),
        }
    }
    let of = |print: &str| known(print).expect("because it is known");
    let reads_alike = |(change, _): &(Change, bool)| {
        let begins = change.message.trim_end_matches(')');
        let mut others = named.iter().map(|(print, _)| of(print));
        !change.is_quiet() && others.any(|o| o.rule == change.rule && o.message.starts_with(begins))
    };
    if worded.iter().any(reads_alike) {
        return None;
    }
    let is_loud = |(print, alone): &(String, bool)| !alone && is_heard(of(print).rule, of(print).is_quiet);
    let other = worded.iter().any(|(one, alone)| !alone && is_heard(&one.rule, one.is_quiet()));
    if named.iter().any(is_loud) || other {
        worded.retain(|(_, alone)| !alone);
        named.retain(|(_, alone)| !alone);
    }
    let known = named.into_iter().map(|(print, _)| print).collect();
    Some(PartlyWorded { known, changes: leave_out(worded).changes })
}

/// Each sentence on some differences.
fn say(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    differences: &Differences<'_>,
    known: Option<IsKnown<'_>>,
) -> Vec<SaidChange> {
    let comparison = Comparison::new(engine, subject, differences);
    let acts = Acts { comparison: &comparison };
    let mut taken = vec![false; differences.deltas.len()];
    let say = |(rule, claims): (&ChangeRule, ClaimedDeltas)| {
        let print = |_: &IsKnown<'_>| comparison.fingerprint(&rule.id, &acts.deltas(&claims.about));
        match known.as_ref().map(print).filter(|print| known.is_some_and(|known| known(print))) {
            Some(print) => SaidChange::Known(print, rule.alone),
            None => SaidChange::Worded(Box::new(acts.word_claims(rule, &claims)), rule.alone),
        }
    };
    let mut out: Vec<SaidChange> = acts.claim_all(&mut taken).into_iter().map(say).collect();
    out.extend(lifecycle::say_rest(&comparison, &mut taken, known));
    out
}

/// Whether a sentence is more than wording, sources, a review or silence.
fn is_heard(rule: &str, is_quiet: bool) -> bool {
    !is_quiet || rule == FrameName::Repeated.as_str()
}

/// Puts the changes in order. Where something weightier is said, the sentences that only stand alone are left
/// out, and what they explain stays silent.
fn leave_out(out: Vec<(Change, bool)>) -> WordedChanges {
    let loud = out.iter().any(|(change, alone)| !alone && is_heard(&change.rule, change.is_quiet()));
    let (left, kept): (Vec<_>, Vec<_>) = out.into_iter().partition(|(_, alone)| *alone && loud);
    let mut changes: Vec<Change> = kept.into_iter().map(|(change, _)| change).collect();
    changes.sort_by_key(|change| (change.nature.kind, change.significance));
    number_alike(&mut changes);
    let silent = left.into_iter().flat_map(|(change, _)| change.explains).collect();
    WordedChanges { changes, silent }
}

/// Marks sentences of one step that would read alike, as of two statements of one month: each stands for an
/// event of its own.
fn number_alike(changes: &mut [Change]) {
    let mut alike: HashMap<(String, String), Vec<usize>> = HashMap::default();
    for (at, change) in changes.iter().enumerate().filter(|(_, change)| !change.is_quiet()) {
        alike.entry((change.rule.clone(), change.message.clone())).or_default().push(at);
    }
    for places in alike.into_values().filter(|places| places.len() > 1) {
        for (place, at) in places.iter().enumerate() {
            let which = match (place, places.len()) {
                (0, 2) => "first of two".to_owned(),
                (_, 2) => "second of two".to_owned(),
                (place, n) => format!("number {} of {n}", place + 1),
            };
            changes[*at].message = aside(&changes[*at].message, &which);
        }
    }
}

/// Which acts could claim which delta, and how specific each is about it: the heaviest claims it. Two acts of
/// one weight on one delta are a fault of the rules; their tests look for it.
pub(super) fn contenders(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    from: Edited<'_>,
    to: Edited<'_>,
) -> Vec<(FieldPath, String, (usize, usize))> {
    let differences = Differences::new(engine, subject, from, to.into());
    let comparison = Comparison::new(engine, subject, &differences);
    let named = |c: CandidateClaim| {
        (differences.deltas[c.delta].path.clone(), engine.policy.rules.acts[c.rule].id.clone(), c.weight)
    };
    Acts { comparison: &comparison }.candidates().into_iter().map(named).collect()
}

/// The paths of all deltas that the changes explain, for the law that each is worded once.
pub fn claimed(changes: &[Change]) -> Vec<&FieldPath> {
    changes.iter().flat_map(|change| &change.explains).collect()
}

struct Acts<'c, 's> {
    comparison: &'c Comparison<'s>,
}

impl<'s> Acts<'_, 's> {
    /// What each act takes, the most specific first.
    fn claim_all(&self, taken: &mut [bool]) -> Vec<(&'s ChangeRule, ClaimedDeltas)> {
        let mut out = Vec::new();
        for candidate in self.candidates() {
            if !taken[candidate.delta] {
                let rule = &self.comparison.engine.policy.rules.acts[candidate.rule];
                out.push((rule, self.claim(&candidate, rule, taken)));
            }
        }
        out
    }

    fn deltas(&self, at: &[usize]) -> Vec<&'s Delta> {
        at.iter().map(|at| &self.comparison.deltas[*at]).collect()
    }

    fn candidates(&self) -> Vec<CandidateClaim> {
        let engine = self.comparison.engine;
        let mut out = Vec::new();
        // What is mentioned again is no act of this step.
        let repeated = &self.comparison.differences.repeated;
        let deltas = self.comparison.deltas.iter().enumerate();
        for (delta_at, delta) in deltas.filter(|(_, delta)| !repeated.contains_key(&delta.path)) {
            for (rule_at, spec_at) in engine.openings.of(&delta.path) {
                let rule = &engine.policy.rules.acts[rule_at];
                let (spec, pattern) = (&rule.matches[spec_at], &engine.patterns[rule_at].matches[spec_at]);
                if pattern.matches(&delta.path) && self.fits(rule, spec_at, spec, delta) {
                    let conditions =
                        [spec.op.is_some(), spec.from.is_some(), spec.to.is_some(), spec.when.is_some()];
                    let weight = (pattern.exactness(), conditions.iter().filter(|c| **c).count());
                    out.push(CandidateClaim { rule: rule_at, spec: spec_at, delta: delta_at, weight });
                }
            }
        }
        out.sort_by_key(|c| (std::cmp::Reverse(c.weight), c.rule, c.spec, c.delta));
        out
    }

    fn fits(&self, rule: &ChangeRule, spec_at: usize, spec: &MatchSpec, delta: &Delta) -> bool {
        let op = spec.op.as_ref().is_none_or(|ops| ops.as_slice().contains(&delta.op));
        let one_of = |wanted: &Option<OneOrMany<Json>>, node: &Option<Node>| {
            wanted
                .as_ref()
                .is_none_or(|values| node.as_ref().is_some_and(|n| values.as_slice().contains(&n.to_json())))
        };
        op && one_of(&spec.from, &delta.before) && one_of(&spec.to, &delta.after) && {
            spec.when.is_none() || {
                let name = format!("act/{}/when/{spec_at}", rule.id);
                let context = self.comparison.context(&name, rule, &[delta], None);
                self.comparison.engine.words.holds(&name, context)
            }
        }
    }

    /// Takes the candidate's delta and what the rule explains along with it.
    fn claim(&self, candidate: &CandidateClaim, rule: &ChangeRule, taken: &mut [bool]) -> ClaimedDeltas {
        let comparison = self.comparison;
        let compiled = &comparison.engine.patterns[candidate.rule];
        let first = &comparison.deltas[candidate.delta];
        taken[candidate.delta] = true;
        let mut claims = ClaimedDeltas { about: vec![candidate.delta], along: Vec::new() };
        let item = natures::item_or_parent(&first.path);
        let logged = comparison.log_of(Some(rule), first);
        let cited = if rule.cited { self.cited(&item) } else { Vec::new() };
        for (at, delta) in comparison.deltas.iter().enumerate().filter(|(at, _)| *at != candidate.delta) {
            let explained = compiled.also.iter().any(|pattern| {
                if pattern.relative {
                    pattern.matches_below(&item, &delta.path)
                } else {
                    pattern.matches(&delta.path)
                }
            });
            let alike = rule.together
                && rule.matches.iter().enumerate().any(|(spec_at, spec)| {
                    compiled.matches[spec_at].matches(&delta.path) && self.fits(rule, spec_at, spec, delta)
                });
            let log = logged
                .as_ref()
                .is_some_and(|l| delta.after.as_ref().is_some_and(|after| after.span == l.entry.span));
            let cited = cited.iter().any(|source| source.contains(&delta.path));
            if (explained || alike || log || cited) && !taken[at] {
                taken[at] = true;
                if alike { claims.about.push(at) } else { claims.along.push(at) }
            }
        }
        // What the log says of something that is explained here goes along, too.
        let of_log = |at: &usize| comparison.log_of(None, &comparison.deltas[*at]);
        let logs: Vec<ByteSpan> = claims.along.iter().filter_map(of_log).map(|log| log.entry.span).collect();
        for (at, delta) in comparison.deltas.iter().enumerate().filter(|_| !logs.is_empty()) {
            if delta.after.as_ref().is_some_and(|after| logs.contains(&after.span)) && !taken[at] {
                taken[at] = true;
                claims.along.push(at);
            }
        }
        claims
    }

    /// The places of the sources that an item names, in either edition.
    fn cited(&self, item: &FieldPath) -> Vec<FieldPath> {
        let named = |edition| evidence::named_in(self.comparison.subject, edition, item);
        let (from, to) = (self.comparison.from, self.comparison.to);
        named(to)
            .into_iter()
            .chain(named(from))
            .map(|(table, id)| FieldPath::root().key(&table).key(&id))
            .collect()
    }

    fn word_claims(&self, rule: &ChangeRule, claims: &ClaimedDeltas) -> Change {
        let comparison = self.comparison;
        let (about, along) = (self.deltas(&claims.about), self.deltas(&claims.along));
        let judged = comparison.nature(Some(rule), about[0]);
        let message = word(comparison, rule, &about, &judged);
        // Only what the sentence would be another without is proof of it.
        let needed = along.iter().filter(|delta| {
            !comparison.is_quiet(delta)
                && comparison.without(delta, |other| {
                    other.nature(Some(rule), about[0]) != judged
                        || word(other, rule, &about, &judged) != message
                })
        });
        let proof: Vec<&Delta> = about.iter().chain(needed).copied().collect();
        let label = Label { rule: &rule.id, significance: rule.significance };
        let (nature, own) = judged;
        let beside = || along.iter().find_map(|delta| comparison.nature(None, delta).1);
        let judged = (nature, own.or_else(beside));
        comparison.change(&label, judged, message, &Parts { about, along, proof })
    }
}

fn word(comparison: &Comparison<'_>, rule: &ChangeRule, about: &[&Delta], judged: &JudgedNature) -> String {
    let words = &comparison.engine.words;
    let template = format!("act/{}/{}", rule.id, judged.0.kind);
    let template = if words.has(&template) { template } else { format!("act/{}/any", rule.id) };
    let said = words.render(&template, comparison.context(&template, rule, about, Some(judged)));
    comparison.with_beyond(Some(rule), about[0], said)
}
