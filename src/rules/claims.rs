//! Which rule tells which delta: the most specific first, each delta once, and nothing left over.

use super::natures::{self, When};
use super::{Edited, Engine, Subject, evidence, map_of, value_of, value_of_node};
use crate::diff::Delta;
use crate::model::results::Change;
use crate::model::{DateRange, FieldPath, Nature, NatureKind, Node, Step};
use crate::schema::{ChangeRule, FieldPattern, MatchSpec, OneOrMany, Op};
use minijinja::Value;
use minijinja::value::merge_maps;
use serde_json::{Value as Json, json};
use std::cell::OnceCell;
use std::collections::HashMap;

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

/// Which patterns can name paths that begin with a key: rules and patterns by position.
#[derive(Default)]
pub(super) struct Openings {
    named: HashMap<String, Vec<(usize, usize)>>,
    any: Vec<(usize, usize)>,
}

impl Openings {
    pub(super) fn new(rules: &[Compiled]) -> Openings {
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

    fn of(&self, path: &FieldPath) -> impl Iterator<Item = (usize, usize)> {
        let named = match path.0.first() {
            Some(Step::Key(key)) => self.named.get(key).map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        named.iter().chain(&self.any).copied()
    }
}

/// One way in which a rule can tell a delta.
struct Candidate {
    rule: usize,
    spec: usize,
    delta: usize,
    weight: (usize, usize),
}

/// The deltas of a sentence.
struct Parts<'d> {
    /// Those it is about.
    told: Vec<&'d Delta>,
    /// Those it explains besides.
    along: Vec<&'d Delta>,
    /// Those it rests on.
    proof: Vec<&'d Delta>,
}

/// What several parts of the telling need.
struct Telling<'e, 's> {
    engine: &'s Engine<'e>,
    subject: &'s Subject<'s>,
    from: Edited<'s>,
    to: Edited<'s>,
    deltas: &'s [Delta],
    /// The two records as templates see them, made when first asked for.
    records: OnceCell<(Value, Value)>,
}

pub(super) fn changes(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    from: Edited<'_>,
    to: Edited<'_>,
    deltas: &[Delta],
) -> Vec<Change> {
    let telling = Telling { engine, subject, from, to, deltas, records: OnceCell::new() };
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
    leave_out(out)
}

/// Puts the changes in order. Where something weightier is told, the sentences that only stand alone are left out; what they explain
/// goes to the first sentence of the step, so that every delta stays accounted for.
fn leave_out(out: Vec<(Change, bool)>) -> Vec<Change> {
    let loud = out.iter().any(|(change, alone)| !alone && !change.is_quiet());
    let (left, told): (Vec<_>, Vec<_>) = out.into_iter().partition(|(_, alone)| *alone && loud);
    let mut told: Vec<Change> = told.into_iter().map(|(change, _)| change).collect();
    told.sort_by_key(|change| (change.nature.kind, change.significance));
    if let Some(first) = told.first_mut() {
        first.explains.extend(left.into_iter().flat_map(|(change, _)| change.explains));
    }
    told
}

/// What a sentence takes: indices of deltas.
struct Claims {
    /// The deltas it is about: the one that started it first, then those told together with it.
    told: Vec<usize>,
    /// What it explains besides.
    along: Vec<usize>,
}

/// Which rules could tell which delta, and how specific each is about it: the heaviest tells it. Two rules of one weight on one
/// delta are a fault of the rules; their tests look for it.
pub(super) fn contenders(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    from: Edited<'_>,
    to: Edited<'_>,
) -> Vec<(FieldPath, String, (usize, usize))> {
    let deltas = crate::diff::diff(&from.document.root, &to.document.root, &subject.kind.shape);
    let telling = Telling { engine, subject, from, to, deltas: &deltas, records: OnceCell::new() };
    let named = |c: Candidate| {
        (deltas[c.delta].path.clone(), engine.policy.rules.changes[c.rule].id.clone(), c.weight)
    };
    telling.candidates().into_iter().map(named).collect()
}

/// The paths of all deltas that the changes explain, for the law that each is told once.
pub fn claimed(changes: &[Change]) -> Vec<&FieldPath> {
    changes.iter().flat_map(|change| &change.explains).collect()
}

impl Telling<'_, '_> {
    fn candidates(&self) -> Vec<Candidate> {
        let mut out = Vec::new();
        for (delta_at, delta) in self.deltas.iter().enumerate() {
            for (rule_at, spec_at) in self.engine.openings.of(&delta.path) {
                let rule = &self.engine.policy.rules.changes[rule_at];
                let (spec, pattern) =
                    (&rule.matches[spec_at], &self.engine.patterns[rule_at].matches[spec_at]);
                if pattern.matches(&delta.path) && self.fits(rule, spec_at, spec, delta) {
                    let conditions =
                        [spec.op.is_some(), spec.from.is_some(), spec.to.is_some(), spec.when.is_some()];
                    let weight = (pattern.exactness(), conditions.iter().filter(|c| **c).count());
                    out.push(Candidate { rule: rule_at, spec: spec_at, delta: delta_at, weight });
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
                let name = format!("change/{}/when/{spec_at}", rule.id);
                self.engine.words.holds(&name, self.context(&name, rule, delta, &[delta], None))
            }
        }
    }

    /// Takes the candidate's delta and what the rule explains along with it.
    fn claim(&self, candidate: &Candidate, rule: &ChangeRule, taken: &mut [bool]) -> Claims {
        let compiled = &self.engine.patterns[candidate.rule];
        let first = &self.deltas[candidate.delta];
        taken[candidate.delta] = true;
        let mut claims = Claims { told: vec![candidate.delta], along: Vec::new() };
        let item = natures::item_or_parent(&first.path);
        let logged = self.nature_and_log(Some(rule), first).1;
        let cited = if rule.cited { self.cited(&item) } else { Vec::new() };
        for (at, delta) in self.deltas.iter().enumerate().filter(|(at, _)| *at != candidate.delta) {
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
                if alike { claims.told.push(at) } else { claims.along.push(at) }
            }
        }
        claims
    }

    /// The places of the sources that an item names, in either edition.
    fn cited(&self, item: &FieldPath) -> Vec<FieldPath> {
        let named = |edition| evidence::named_in(self.subject, edition, item);
        named(self.to)
            .into_iter()
            .chain(named(self.from))
            .map(|(table, id)| FieldPath::root().key(&table).key(&id))
            .collect()
    }

    fn when(&self, rule: Option<&ChangeRule>, delta: &Delta) -> Option<When<'_>> {
        let explicit = rule.and_then(|rule| rule.date.as_deref());
        let (from, to) = (&self.from.document.root, &self.to.document.root);
        natures::when(delta, explicit, from, to, self.subject.kind, self.engine.reference)
    }

    /// The date that decides about the nature: that of the earlier edition where it is past, whatever date is given now.
    fn when_published(
        &self,
        rule: Option<&ChangeRule>,
        delta: &Delta,
        assessed: &DateRange,
    ) -> Option<When<'_>> {
        let (from, to) = (&self.from.document.root, &self.to.document.root);
        let plain = delta.op == Op::Changed && rule.is_none_or(|rule| rule.date.is_none());
        let published = plain
            .then(|| natures::published(delta, from, to, self.subject.kind, self.engine.reference))
            .flatten();
        published.filter(|when| when.range.is_on_or_before(assessed)).or_else(|| self.when(rule, delta))
    }

    fn nature(&self, rule: Option<&ChangeRule>, delta: &Delta) -> (Nature, Option<String>) {
        let (nature, logged) = self.nature_and_log(rule, delta);
        (nature, logged.map(|logged| logged.reason))
    }

    /// The nature, and the correction that the later edition logs for it. An entry on a whole part says nothing of wording and
    /// sources inside it: those are corrected only where the entry names them.
    fn nature_and_log(
        &self,
        rule: Option<&ChangeRule>,
        delta: &Delta,
    ) -> (Nature, Option<natures::Logged<'_>>) {
        let assessed: DateRange =
            natures::assessed(&delta.path, self.from.document, self.from.date(), self.subject.kind);
        let declared =
            rule.and_then(|rule| rule.nature).or_else(|| natures::declared(&delta.path, self.subject.kind));
        let nature =
            natures::nature(delta, self.when_published(rule, delta, &assessed).as_ref(), &assessed, declared);
        let quiet = matches!(nature.kind, NatureKind::Editorial | NatureKind::Review);
        let (from, to) = (&self.from.document.root, &self.to.document.root);
        match natures::correction(&delta.path, self.subject.kind, from, to) {
            Some(logged) if !quiet || logged.exact => {
                // What the schema has a nature for is corrected where it goes: a quotation, an account of another source.
                let withdrawn = delta.op == Op::Removed && declared.is_none();
                let kind = if withdrawn { NatureKind::Retraction } else { NatureKind::Correction };
                (Nature::certain(kind), Some(logged))
            }
            _ => (nature, None),
        }
    }

    /// What a template sees: what it uses and no more.
    fn context(
        &self,
        template: &str,
        rule: &ChangeRule,
        delta: &Delta,
        all: &[&Delta],
        judged: Option<(Nature, Option<&str>)>,
    ) -> Value {
        let words = &self.engine.words;
        let mut context = self.describe(Some(rule), delta, &|name| words.uses(template, name));
        let (nature, reason) = judged.map_or((None, None), |(nature, reason)| (Some(nature), reason));
        context.extend([
            ("nature", Value::from(nature.map(|n| n.kind.as_str()))),
            ("uncertain", Value::from(nature.is_some_and(|n| n.uncertain))),
            ("undated", Value::from(nature.is_some_and(|n| n.undated))),
            ("reason", Value::from(reason)),
            ("n", Value::from(all.len())),
        ]);
        if words.uses(template, "items") {
            let describe = |delta: &&Delta| {
                // The item of a field outside lists and parts would be the whole record.
                let whole = natures::item_or_parent(&delta.path).0.is_empty();
                let one =
                    self.describe(Some(rule), delta, &|name| !(whole && matches!(name, "item" | "old_item")));
                map_of(one)
            };
            context.push(("items", all.iter().map(describe).collect()));
        }
        if words.uses(template, "record") || words.uses(template, "old_record") {
            let both = || (words.record(&self.from.document.root), words.record(&self.to.document.root));
            let (old, new) = self.records.get_or_init(both).clone();
            context.extend([("old_record", old), ("record", new)]);
        }
        merge_maps([self.subject.words.clone(), map_of(context)])
    }

    /// What the words see of one delta.
    fn describe(
        &self,
        rule: Option<&ChangeRule>,
        delta: &Delta,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Vec<(&'static str, Value)> {
        let shape = self.subject.kind.shape.at(&delta.path);
        let keys = |path: &FieldPath| self.subject.kind.shape.key_at(path);
        let item = natures::item_or_parent(&delta.path);
        let at = |root: &Node, path: &FieldPath| root.at(path, &keys).map(value_of_node);
        let said = |node: &Option<Node>| {
            let text = node.as_ref().and_then(Node::scalar_text);
            let is_date = |text: &str| text.parse::<crate::model::PartialDate>().is_ok();
            text.map(|text| {
                shape.filter(|_| !is_date(&text)).map_or_else(|| text.clone(), |shape| shape.said(&text))
            })
        };
        let key = delta.path.0.iter().rev().find_map(|step| match step {
            Step::Item(values) => Some(values.join(", ")),
            _ => None,
        });
        let when = if wanted("occasion") || wanted("date") { self.when(rule, delta) } else { None };
        let op = match delta.op {
            Op::Added => "added",
            Op::Removed => "removed",
            Op::Changed => "changed",
        };
        let mut context = Vec::new();
        let mut add = |name: &'static str, value: &dyn Fn() -> Value| {
            if wanted(name) {
                context.push((name, value()));
            }
        };
        add("op", &|| Value::from(op));
        add("path", &|| Value::from(delta.path.to_string()));
        add("title", &|| {
            Value::from(shape.and_then(|s| s.title.clone()).unwrap_or_else(|| delta.path.to_string()))
        });
        add("key", &|| Value::from(key.clone()));
        add("before", &|| Value::from(delta.before.as_ref().map(value_of_node)));
        add("after", &|| Value::from(delta.after.as_ref().map(value_of_node)));
        add("said_before", &|| Value::from(said(&delta.before)));
        add("said_after", &|| Value::from(said(&delta.after)));
        add("direction", &|| Value::from(shape.and_then(|shape| direction(&shape.scale, delta))));
        add("item", &|| Value::from(at(&self.to.document.root, &item)));
        add("old_item", &|| Value::from(at(&self.from.document.root, &item)));
        add("occasion", &|| {
            value_of(when.as_ref().and_then(|w| w.occasion).map(super::observations::occasion_json))
        });
        add("date", &|| Value::from(when.as_ref().map(|w| w.date.to_string())));
        add("from", &|| Value::from(self.from.date().to_string()));
        add("to", &|| Value::from(self.to.date().to_string()));
        context
    }

    fn tell(&self, rule: &ChangeRule, claims: &Claims) -> Change {
        let of = |at: &[usize]| -> Vec<&Delta> { at.iter().map(|at| &self.deltas[*at]).collect() };
        let (told, along) = (of(&claims.told), of(&claims.along));
        let judged = self.nature(Some(rule), told[0]);
        let message = self.word(rule, &told, &judged);
        let needed = along
            .iter()
            .filter(|delta| !self.is_quiet(delta) && self.needs(rule, &told, delta, &judged, &message));
        let proof: Vec<&Delta> = told.iter().chain(needed).copied().collect();
        self.change(&rule.id, rule.significance, judged, message, &Parts { told, along, proof })
    }

    fn word(&self, rule: &ChangeRule, told: &[&Delta], judged: &(Nature, Option<String>)) -> String {
        let template = format!("change/{}/{}", rule.id, judged.0.kind);
        let template =
            if self.engine.words.has(&template) { template } else { format!("change/{}/any", rule.id) };
        let context = self.context(&template, rule, told[0], told, Some((judged.0, judged.1.as_deref())));
        self.engine.words.render(&template, context)
    }

    /// Whether the sentence would read otherwise, or be of another nature, had a delta that came along not come about. Only such a
    /// delta is proof of it.
    fn needs(
        &self,
        rule: &ChangeRule,
        told: &[&Delta],
        delta: &Delta,
        judged: &(Nature, Option<String>),
        message: &str,
    ) -> bool {
        let without: Vec<Delta> =
            self.deltas.iter().filter(|other| other.path != delta.path).cloned().collect();
        let mut document = self.to.document.clone();
        document.root = crate::diff::apply(&without, &self.from.document.root, &self.subject.kind.shape);
        let to = Edited { document: &document, edition: self.to.edition };
        let records = OnceCell::new();
        let other = Telling {
            engine: self.engine,
            subject: self.subject,
            from: self.from,
            to,
            deltas: &without,
            records,
        };
        other.nature(Some(rule), told[0]) != *judged || other.word(rule, told, judged) != message
    }

    /// A delta that no rule tells: said in the plainest words, so that nothing is lost.
    fn tell_plainly(&self, at: usize) -> Change {
        let delta = &self.deltas[at];
        let judged = self.nature(None, delta);
        let say = |node: &Option<Node>| node.as_ref().map_or_else(String::new, plain);
        let message = match delta.op {
            Op::Added => format!("{}: {}", delta.path, say(&delta.after)),
            Op::Removed => format!("{}: no longer {}", delta.path, say(&delta.before)),
            Op::Changed => format!("{}: {} (before: {})", delta.path, say(&delta.after), say(&delta.before)),
        };
        let parts = Parts { told: vec![delta], along: Vec::new(), proof: vec![delta] };
        self.change("field-changed", crate::model::Significance::Minor, judged, message, &parts)
    }

    fn change(
        &self,
        rule: &str,
        significance: crate::model::Significance,
        (nature, reason): (Nature, Option<String>),
        message: String,
        parts: &Parts<'_>,
    ) -> Change {
        let first = parts.told[0];
        let json_of = |node: &Option<Node>| node.as_ref().map(Node::to_json);
        let facts: Vec<Json> =
            parts.told.iter().map(|d| json!([d.path, json_of(&d.before), json_of(&d.after)])).collect();
        Change {
            rule: rule.to_owned(),
            nature,
            significance,
            message,
            reason,
            path: first.path.clone(),
            before: json_of(&first.before),
            after: json_of(&first.after),
            explains: parts.told.iter().chain(&parts.along).map(|d| d.path.clone()).collect(),
            evidence: evidence::of_deltas(self.subject, self.from, self.to, &parts.proof),
            sources: evidence::sources_of_deltas(self.engine, self.subject, self.from, self.to, &parts.proof),
            fingerprint: super::fingerprint(&json!([rule, self.subject.id, facts])),
        }
    }

    /// Whether the schema counts a delta as wording or review: taken along by a sentence, it proves nothing.
    fn is_quiet(&self, delta: &Delta) -> bool {
        matches!(
            natures::declared(&delta.path, self.subject.kind),
            Some(NatureKind::Editorial | NatureKind::Review)
        )
    }
}

/// `up` or `down` on an ordered scale that holds both values.
fn direction(scale: &[String], delta: &Delta) -> Option<&'static str> {
    let place = |node: &Option<Node>| {
        let text = node.as_ref()?.scalar_text()?;
        scale.iter().position(|value| *value == text)
    };
    match place(&delta.after)?.cmp(&place(&delta.before)?) {
        std::cmp::Ordering::Greater => Some("up"),
        std::cmp::Ordering::Less => Some("down"),
        std::cmp::Ordering::Equal => None,
    }
}

fn plain(node: &Node) -> String {
    node.scalar_text().unwrap_or_else(|| node.to_json().to_string())
}
