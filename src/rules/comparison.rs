//! Two editions of a record side by side: what the words of a change see, and what a finished change is made
//! of.

use super::natures::{self, When};
use super::phrases::{PhraseForm, Phrases};
use super::{Differences, Edited, Engine, Subject, evidence, map_of, value_of, value_of_node};
use crate::diff::Delta;
use crate::model::results::{Change, Evidence};
use crate::model::text::edition_in_words;
use crate::model::{
    DateRange, Document, FieldPath, Nature, NatureKind, Node, PartialDate, Significance, Step,
};
use crate::schema::{ChangeRule, Natures, Op};
use minijinja::Value;
use minijinja::value::merge_maps;
use serde_json::{Value as Json, json};
use std::cell::OnceCell;

/// Two editions of a record and how they differ.
pub(super) struct Comparison<'s> {
    pub engine: &'s Engine<'s>,
    pub subject: &'s Subject<'s>,
    pub from: Edited<'s>,
    pub to: Edited<'s>,
    pub deltas: &'s [Delta],
    /// What other editions recorded of them.
    pub differences: &'s Differences<'s>,
    /// The two records as templates see them, made when first asked for.
    records: OnceCell<(Value, Value)>,
    /// The corrections that the later edition logs, read when first asked for.
    corrections: OnceCell<natures::NewCorrections<'s>>,
}

/// What is said of an event that is dated after the edition that records it.
fn beyond(edition: &PartialDate) -> String {
    format!("dated after {}", edition_in_words(edition))
}

/// A sentence without the remark that its event is dated after its edition.
pub(crate) fn without_beyond(sentence: &str, edition: &PartialDate) -> String {
    let beyond = beyond(edition);
    let sentence = sentence.replace(&format!(" ({beyond})"), "").replace(&format!("; {beyond})"), ")");
    sentence.strip_prefix(&format!("{beyond}: ")).map_or(sentence.clone(), str::to_owned)
}

/// A nature, and the reason that a logged correction gives for it.
pub(super) type JudgedNature = (Nature, Option<String>);

/// What a sentence is called and how much it weighs.
pub(super) struct Label<'l> {
    pub rule: &'l str,
    pub significance: Significance,
}

/// The deltas of a sentence.
pub(super) struct Parts<'d> {
    /// Those it is about.
    pub about: Vec<&'d Delta>,
    /// Those it explains besides.
    pub along: Vec<&'d Delta>,
    /// Those it rests on.
    pub proof: Vec<&'d Delta>,
}

impl<'s> Comparison<'s> {
    pub fn new(
        engine: &'s Engine<'s>,
        subject: &'s Subject<'s>,
        differences: &'s Differences<'s>,
    ) -> Comparison<'s> {
        let (from, to) = (differences.earlier(), differences.to);
        let deltas = &differences.deltas[..];
        let (records, corrections) = (OnceCell::new(), OnceCell::new());
        Comparison { engine, subject, from, to, deltas, differences, records, corrections }
    }

    /// The phrases of the earlier edition.
    pub fn before(&self) -> Phrases<'s> {
        Phrases { engine: self.engine, subject: self.subject, edition: self.from, deltas: self.deltas }
    }

    /// The phrases of the later edition.
    pub fn after(&self) -> Phrases<'s> {
        Phrases { engine: self.engine, subject: self.subject, edition: self.to, deltas: self.deltas }
    }

    /// When the event behind a delta took place; an act may say where that date stands.
    pub fn when(&self, rule: Option<&ChangeRule>, delta: &Delta) -> Option<When<'_>> {
        let explicit = rule.and_then(|rule| rule.date.as_deref());
        let (from, to) = (self.from.document, self.to.document);
        natures::when(delta, explicit, (from, to), self.subject.kind, self.engine.reference)
    }

    /// The date that decides about the nature: of a past event that of the earlier edition, whatever date is
    /// given now. What a part says of the present moves on with its date.
    fn when_published(
        &self,
        rule: Option<&ChangeRule>,
        delta: &Delta,
        assessed: &DateRange,
    ) -> Option<When<'_>> {
        let (from, to) = (self.from.document, self.to.document);
        let is_past_event = delta.op == Op::Changed
            && rule.is_none_or(|rule| rule.date.is_none())
            && natures::is_of_an_event(&delta.path, self.subject.kind);
        let published = is_past_event
            .then(|| natures::published(delta, from, to, self.subject.kind, self.engine.reference))
            .flatten();
        published.filter(|when| when.range.is_on_or_before(assessed)).or_else(|| self.when(rule, delta))
    }

    pub fn nature(&self, rule: Option<&ChangeRule>, delta: &Delta) -> JudgedNature {
        let (nature, logged) = self.nature_and_log(rule, delta);
        (nature, logged.map(|logged| logged.reason))
    }

    /// The correction that the later edition logs for a delta, as in [`Comparison::nature_and_log`].
    pub fn log_of(&self, rule: Option<&ChangeRule>, delta: &Delta) -> Option<natures::Logged<'s>> {
        // Of most deltas it logs none, and then their nature is not asked for.
        self.logged(&delta.path)?;
        self.nature_and_log(rule, delta).1
    }

    /// The corrections that the later edition logs.
    fn corrections(&self) -> &natures::NewCorrections<'s> {
        let (from, to) = (&self.from.document.root, &self.to.document.root);
        self.corrections.get_or_init(|| natures::NewCorrections::of(self.subject.kind, from, to))
    }

    /// The nature, and the correction that the later edition logs for it. An entry on a whole part says
    /// nothing of wording and sources inside it: those are corrected only where the entry names them.
    pub fn nature_and_log(
        &self,
        rule: Option<&ChangeRule>,
        delta: &Delta,
    ) -> (Nature, Option<natures::Logged<'s>>) {
        if self.differences.repeated.contains_key(&delta.path) {
            return (Nature::certain(NatureKind::Editorial), None);
        }
        if self.differences.put_back.contains(&delta.path) {
            return (Nature::certain(NatureKind::Correction), None);
        }
        let assessed: DateRange =
            natures::assessed(&delta.path, self.from.document, self.from.date(), self.subject.kind);
        let kind = self.subject.kind;
        let (from, to) = (self.from.document, self.to.document);
        let by_form = || natures::by_form(delta, (from, to), kind, &assessed);
        let declared = rule
            .and_then(|rule| rule.nature)
            .or_else(|| natures::declared(&delta.path, kind))
            .or_else(|| match kind.spec.natures {
                Natures::Dated => by_form(),
                Natures::Neutral => by_form()
                    .filter(|form| *form == NatureKind::Editorial)
                    .or_else(|| Some(natures::neutral(delta.op))),
            });
        let logged = self.logged(&delta.path);
        // Of a nature that is declared no date is asked.
        let moved_on = (declared.is_none() || logged.is_some())
            && natures::has_moved_on(delta, self.from.document, self.to.document, kind);
        let when = if declared.is_none() { self.when_published(rule, delta, &assessed) } else { None };
        let mut nature = natures::nature(delta, when.as_ref(), &assessed, declared, moved_on);
        let is_beyond =
            when.is_some_and(|when| natures::is_beyond(&delta.path, &when.range, self.to.date(), kind));
        if nature.kind == NatureKind::Development && is_beyond {
            nature = Nature::certain(NatureKind::LateReport);
        }
        // No date says when it came about, but one says as of when it was so.
        nature.undated = nature.undated && !natures::has_day_of_saying(delta, self.to.document, kind);
        let quiet = matches!(nature.kind, NatureKind::Editorial | NatureKind::Review);
        match logged {
            // An act that knows what came about says so, whatever the log calls it.
            Some(logged) if rule.is_some_and(|rule| rule.nature.is_some()) => (nature, Some(logged)),
            // What the record lacked, or had of an earlier time, is made good; nothing it said was wrong.
            Some(logged) if !quiet && (delta.op == Op::Added || moved_on) => (nature, Some(logged)),
            Some(logged) if !quiet || logged.exact => {
                // Wording that goes is corrected; a fact that goes is taken back.
                let withdrawn = delta.op == Op::Removed
                    && matches!(declared, None | Some(NatureKind::Omission | NatureKind::Removed));
                let kind = if withdrawn { NatureKind::Retraction } else { NatureKind::Correction };
                (Nature::certain(kind), Some(logged))
            }
            _ => (nature, None),
        }
    }

    /// The correction that the later edition logs for a path or a part above it.
    pub fn logged(&self, path: &FieldPath) -> Option<natures::Logged<'s>> {
        self.corrections().on(path)
    }

    /// The records as templates see them, the earlier first.
    pub fn records(&self) -> (Value, Value) {
        let words = &self.engine.words;
        let both = || (words.record(&self.from.document.root), words.record(&self.to.document.root));
        self.records.get_or_init(both).clone()
    }

    /// What a template of an act sees: what it uses and no more.
    pub fn context(
        &self,
        template: &str,
        rule: &ChangeRule,
        all: &[&Delta],
        judged: Option<&JudgedNature>,
    ) -> Value {
        let words = &self.engine.words;
        let mut context = self.describe(Some(rule), all[0], &|name| words.uses(template, name));
        let nature = judged.map(|(nature, _)| *nature);
        let late = match nature.map(|nature| nature.kind) {
            Some(NatureKind::LateReport) => self.late(Some(rule), all[0]),
            _ => String::new(),
        };
        context.extend([
            // The arguments of `{% filter %}` are not among the names that a template is known to use.
            ("late", Value::from(late)),
            ("nature", Value::from(nature.map(|n| n.kind.as_str()))),
            ("uncertain", Value::from(nature.is_some_and(|n| n.uncertain))),
            ("undated", Value::from(nature.is_some_and(|n| n.undated))),
            ("reason", Value::from(judged.and_then(|(_, reason)| reason.as_deref()))),
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
            let (old, new) = self.records();
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
        let at = |document: &Document, path: &FieldPath| document.at(path, &keys).map(value_of_node);
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
        add("was", &|| Value::from(self.before().fact(&delta.path, PhraseForm::Whole)));
        add("now", &|| Value::from(self.after().fact(&delta.path, PhraseForm::Whole)));
        add("accounts", &|| Value::from(self.after().accounts(&item)));
        add("direction", &|| Value::from(shape.and_then(|shape| direction(&shape.scale, delta))));
        add("item", &|| Value::from(at(self.to.document, &item)));
        add("old_item", &|| Value::from(at(self.from.document, &item)));
        add("occasion", &|| {
            value_of(when.as_ref().and_then(|w| w.occasion).map(super::observations::occasion_json))
        });
        add("date", &|| Value::from(when.as_ref().map(|w| w.date.to_string())));
        add("from", &|| Value::from(self.from.date().to_string()));
        add("to", &|| Value::from(self.to.date().to_string()));
        add("counted", &|| {
            Value::from(super::observations::counts_as_missed(
                self.engine,
                self.subject,
                self.differences.from,
                &delta.path,
            ))
        });
        // The arguments of `{% filter %}` are not among the names that a template is known to use.
        context.push(("edition", Value::from(self.edition_of(delta))));
        context
    }

    /// The edition that first recorded what a difference is about, for a sentence on the later one. Between
    /// two editions that are no neighbours, that may be an edition between them; of a field that goes back to
    /// what it was, one before both.
    pub fn edition_of(&self, delta: &Delta) -> String {
        let earlier = self.differences.recorded_earlier.get(&delta.path);
        edition_in_words(earlier.unwrap_or_else(|| self.to.date()))
    }

    /// What a late report says of how late the record has it; nothing where that is said already, since its
    /// own edition could not know of it.
    pub fn late(&self, rule: Option<&ChangeRule>, delta: &Delta) -> String {
        match self.beyond(rule, delta) {
            Some(_) => String::new(),
            None => format!("first recorded in {}", self.edition_of(delta)),
        }
    }

    /// What is said of an event that its own edition could not know of, or of a text that says as of when it
    /// holds: a field added later under an old date.
    pub fn beyond(&self, rule: Option<&ChangeRule>, delta: &Delta) -> Option<String> {
        let edition = self.to.date();
        let is_event = delta.after.is_some() && !self.is_quiet(delta);
        let when = if is_event { self.when(rule, delta).map(|when| when.range) } else { None };
        let when = when.or_else(|| natures::said_as_of(delta, self.subject.kind).filter(|_| is_event));
        let is_beyond =
            when.is_some_and(|when| natures::is_beyond(&delta.path, &when, edition, self.subject.kind));
        is_beyond.then(|| beyond(edition))
    }

    /// A sentence with that remark, where it applies.
    pub fn with_beyond(&self, rule: Option<&ChangeRule>, delta: &Delta, sentence: String) -> String {
        match self.beyond(rule, delta) {
            Some(remark) => crate::model::text::aside(&sentence, &remark),
            None => sentence,
        }
    }

    /// Runs a test on these editions as they would be had one delta not come about.
    pub fn without<T>(&self, delta: &Delta, test: impl FnOnce(&Comparison<'_>) -> T) -> T {
        let others: Vec<Delta> =
            self.deltas.iter().filter(|other| other.path != delta.path).cloned().collect();
        let root = crate::diff::apply(&others, &self.from.document.root, &self.subject.kind.shape);
        let document = self.to.document.with_root(root);
        let to = Edited { document: &document, edition: self.to.edition };
        let differences = self.differences.of(self.from, to, others);
        test(&Comparison::new(self.engine, self.subject, &differences))
    }

    /// Whether the schema counts a delta as wording or review: taken along by a sentence, it proves nothing.
    pub fn is_quiet(&self, delta: &Delta) -> bool {
        self.subject.is_quiet(&delta.path)
    }

    /// Whether a delta of a second account brings, or takes away, only what the record itself has.
    pub fn agrees(&self, delta: &Delta) -> bool {
        let (path, document) = match delta.op {
            Op::Removed => (delta.path_before(), self.from.document),
            _ => (&delta.path, self.to.document),
        };
        natures::agrees(path, document, self.subject.kind)
    }

    /// The places of some deltas in the editions that they stand in.
    fn proof(&self, deltas: &[&Delta]) -> Vec<Evidence> {
        let of = |delta: &&Delta| {
            evidence::of_deltas(self.subject, self.differences.earlier_of(delta), self.to, &[delta])
        };
        deltas.iter().flat_map(of).collect()
    }

    /// The finished sentence.
    pub fn change(
        &self,
        label: &Label<'_>,
        (nature, reason): JudgedNature,
        message: String,
        parts: &Parts<'_>,
    ) -> Change {
        let first = parts.about[0];
        let json_of = |node: &Option<Node>| node.as_ref().map(Node::to_json);
        Change {
            rule: label.rule.to_owned(),
            nature,
            significance: label.significance,
            message,
            reason,
            path: first.path.clone(),
            before: json_of(&first.before),
            after: json_of(&first.after),
            explains: parts.about.iter().chain(&parts.along).map(|d| d.path.clone()).collect(),
            evidence: self.proof(&parts.proof),
            sources: evidence::sources_of_deltas(self.engine, self.subject, self.from, self.to, &parts.proof),
            fingerprint: self.fingerprint(label.rule, &parts.about),
        }
    }

    /// The fingerprint of a sentence about some deltas.
    pub fn fingerprint(&self, rule: &str, about: &[&Delta]) -> String {
        let json_of = |node: &Option<Node>| node.as_ref().map(Node::to_json);
        let facts: Vec<Json> =
            about.iter().map(|d| json!([d.path, json_of(&d.before), json_of(&d.after)])).collect();
        super::fingerprint(&json!([rule, self.subject.id, facts]))
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
