//! The date gate: what an edit may do to a record that is already published.
//!
//! Compares the record at the base with the record as it is now. Content that moves must move the record's
//! date, and nothing else may; a past fact is only put right with a word about it. Wording, sources,
//! comments, layout and order are free.

use super::gate_words as words;
use super::kinds::Check;
use super::losses::losses;
use super::walk::Walk;
use super::{CheckedFile, Checker, File, KnownRecord, Role, applies, dates};
use crate::dataset::{self, Reference};
use crate::diff::{self, Delta};
use crate::document::{Comment, Reading};
use crate::model::finding::Related;
use crate::model::{
    Document, FieldPath, Finding, Identity, NatureKind, Node, ObjectId, PartialDate, Place, Step,
};
use crate::rules::natures;
use crate::schema::{CheckRule, DateChoice, NamePart, Op, RENAMES};
use serde_json::json;
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The ids of the rules that compare with a base.
pub const RULES: [&str; 13] = [
    "gate-backwards",
    "gate-before-facts",
    "gate-calendar",
    "gate-correction-removed",
    "gate-deleted",
    "gate-formerly",
    "gate-future",
    "gate-not-moved",
    "gate-past-changed",
    "gate-past-removed",
    "gate-renamed",
    "gate-table",
    "gate-unchanged",
];

/// Both sides of an edit.
struct Step2<'g> {
    checker: &'g Checker<'g>,
    file: File<'g>,
    before: &'g Document,
    after: &'g Document,
    old: &'g KnownRecord,
    base: &'g Base<'g>,
    from: PartialDate,
    to: PartialDate,
    deltas: Vec<Delta>,
    /// The corrections that the edit logs.
    corrections: natures::NewCorrections<'g>,
}

/// What was published: the commit that edits are compared with, and the calendars as it has them.
pub struct Base<'g> {
    /// The commit.
    pub commit: ObjectId,
    /// Its tables and calendars: an occasion is past by the date that was published.
    pub reference: &'g Reference,
}

/// By list without keys, its items as they stand now.
type StandingItems = HashMap<FieldPath, HashSet<String>>;

/// What an edit touches.
#[derive(Default)]
struct TouchedFields<'d> {
    content: Vec<&'d Delta>,
    editorial: Vec<&'d Delta>,
    reviewed: bool,
}

/// The findings about an edit of one record. A date that can no longer be read frees nothing: what was
/// published stays past.
pub fn edited(
    checker: &Checker<'_>,
    old: &KnownRecord,
    now: &KnownRecord,
    source: &CheckedFile,
    base: &Base<'_>,
) -> Vec<Finding> {
    let (Some(before), Some(after)) = (&old.document, &source.reading.document) else { return Vec::new() };
    let spec = &checker.policy.kinds[now.kind].spec;
    let date = |document: &Document| dataset::date_of(spec, &document.root);
    let (published, dated) = (date(before), date(after));
    let (moves, lost) = (published.is_some() && dated.is_some(), published.is_some() && dated.is_none());
    let from = published.unwrap_or_else(|| PartialDate::from_day(checker.today));
    let to = dated.unwrap_or_else(|| from.clone());
    let file = checker.file(source, Some(&now.identity));
    let deltas = diff::diff(&before.root, &after.root, &checker.policy.kinds[now.kind].shape);
    let corrections = natures::NewCorrections::of(&checker.policy.kinds[now.kind], &before.root, &after.root);
    let step = Step2 { checker, file, before, after, old, base, from, to, deltas, corrections };
    let mut out = Vec::new();
    if moves {
        step.dates(&mut out);
    } else if lost {
        out.extend(step.undated());
    }
    step.past(&mut out);
    step.log(&mut out);
    step.sources(&mut out);
    out
}

/// A record that is gone.
pub fn deleted(checker: &Checker<'_>, old: &KnownRecord, base: &Base<'_>) -> Option<Finding> {
    let id = old.identity.record_id();
    let mut found =
        checker.about_file("gate-deleted", &old.file, format!("the record {id} is deleted"), None)?;
    found.fingerprint = crate::rules::fingerprint(&json!(["gate-deleted", id]));
    let field = checker.policy.kinds[old.kind].spec.identity[0].field().unwrap_or_default();
    found.related.push(at_base(old, &field, base, "it stood here"));
    found.record = Some(id);
    Some(found)
}

/// A record that has another name now, without a word about it.
pub fn renamed(
    checker: &Checker<'_>,
    old: &KnownRecord,
    now: &KnownRecord,
    source: &CheckedFile,
    base: &Base<'_>,
) -> Option<Finding> {
    let spec = &checker.policy.kinds[now.kind].spec;
    let doc = source.reading.document.as_ref()?;
    let changed = spec.identity.iter().find(|p| old.identity.get(&p.name) != now.identity.get(&p.name))?;
    let path = changed.field().unwrap_or_default();
    let span = doc.root.at(&path, &|_| None)?.span;
    let (was, is) = (old.identity.record_id(), now.identity.record_id());
    let message = format!("the record {was} is called {is} now, and does not say so");
    let file = checker.file(source, Some(&now.identity));
    let mut found = file.by_id("gate-renamed", (Some(span), Some(&path)), json!([was]), message)?;
    let field = spec.formerly.as_deref();
    found.help = Some(match field {
        Some(RENAMES) => format!(
            "one commit that moves the file, and changes less than half of its lines, is followed; put {} \
             back, or join the commits that removed and added it",
            old.file
        ),
        Some(field) => format!(
            "add `{field}: [{}]`, or put the {} back",
            flow(&old.identity),
            checker.identity_fields(now.kind)
        ),
        None => "put the old name back, or name a field for former names under `formerly` in the manifest"
            .to_owned(),
    });
    found.related.push(at_base(old, &path, base, "its name at the base"));
    Some(found)
}

fn flow(identity: &Identity) -> String {
    let parts: Vec<String> =
        identity.0.iter().map(|(k, v)| format!("{k}: {}", crate::document::scalar(v))).collect();
    format!("{{{}}}", parts.join(", "))
}

fn at_base(old: &KnownRecord, field: &FieldPath, base: &Base<'_>, message: &str) -> Related {
    let doc = old.document.as_deref();
    let place = doc.and_then(|doc| {
        let span = doc.root.at(field, &|_| None)?.span;
        Some(Place { start: doc.place(span.start), end: doc.place(span.end), span: (span.start, span.end) })
    });
    let text = doc.map(|doc| doc.text.clone());
    Related { file: old.file.clone(), place, message: message.to_owned(), commit: Some(base.commit), text }
}

impl Step2<'_> {
    fn spec(&self) -> &crate::schema::RecordKind {
        &self.checker.policy.kinds[self.old.kind].spec
    }

    fn kind(&self) -> &crate::schema::Kind {
        &self.checker.policy.kinds[self.old.kind]
    }

    fn touched(&self) -> TouchedFields<'_> {
        let spec = self.spec();
        let mut touched = TouchedFields::default();
        for delta in &self.deltas {
            let Some(Step::Key(top)) = delta.path.0.first() else { continue };
            let names = |part: &NamePart| part.field().is_some_and(|field| field.contains(&delta.path));
            if spec.date.is_at(&delta.path)
                || spec.identity.iter().any(names)
                || spec.formerly.as_ref() == Some(top)
            {
                continue;
            }
            if spec.reviewed.as_ref() == Some(top) {
                touched.reviewed = true;
            } else if natures::declared(&delta.path, self.kind()) == Some(NatureKind::Editorial) {
                touched.editorial.push(delta);
            } else {
                touched.content.push(delta);
            }
        }
        touched
    }

    /// A finding at the record's date.
    fn at_date(
        &self,
        rule: &str,
        arguments: serde_json::Value,
        message: String,
        help: Option<String>,
    ) -> Option<Finding> {
        let span = dataset::date_node(self.spec(), &self.after.root)?.span;
        let path = self.date_path();
        let mut found = self.file.by_id(rule, (Some(span), Some(&path)), arguments, message)?;
        found.help = help.or(found.help);
        found.related.push(at_base(self.old, &path, self.base, "the date at the base"));
        Some(found)
    }

    /// The record had a date, and what stands there now is none.
    fn undated(&self) -> Option<Finding> {
        let field = self.spec().date.field();
        let now = dataset::date_node(self.spec(), &self.after.root)?.scalar_text();
        let now = match now.filter(|text| !text.is_empty()) {
            Some(text) if text.parse::<PartialDate>().is_ok() => format!("`{text}` names no day"),
            Some(text) => format!("`{text}` is no date"),
            None => "is empty now".to_owned(),
        };
        let message = format!("`{field}` was {} at the base, and {now}", self.from);
        let help = words::not_moved_help(field, &PartialDate::from_day(self.checker.today));
        self.at_date("gate-backwards", json!([self.from]), message, Some(help))
    }

    /// The field that dates the record.
    fn date_path(&self) -> FieldPath {
        let fields = self.spec().date.choices().iter().filter_map(|choice| match choice {
            DateChoice::Field(route) => {
                route.path().filter(|path| self.after.root.at(path, &|_| None).is_some())
            }
            _ => None,
        });
        fields.into_iter().next().unwrap_or_default()
    }

    fn dates(&self, out: &mut Vec<Finding>) {
        let touched = self.touched();
        let order = match self.is_same_day() {
            true => Ordering::Equal,
            false => self.to.order(&self.from),
        };
        let today = PartialDate::from_day(self.checker.today);
        let field = self.spec().date.field();
        let args = json!([self.from, self.to]);
        if order.is_lt() {
            let message = words::backwards(field, &self.from, &self.to);
            out.extend(self.at_date(
                "gate-backwards",
                args,
                message,
                Some(words::backwards_help(field, &self.from, &today)),
            ));
            return;
        }
        if order.is_eq() {
            out.extend(self.not_moved(&touched, &today));
            return;
        }
        if self.to.range().start > self.checker.last_day().end {
            let message = words::future(field, &self.to, &today);
            out.extend(self.at_date("gate-future", args, message, Some(words::future_help(field, &today))));
            return;
        }
        if touched.content.is_empty() {
            out.extend(self.unchanged(&touched));
        }
        out.extend(self.before_facts());
    }

    /// Whether the date is the same day, written more or less precisely: with a time, or as the month that
    /// begins with it. Two stamps with a time each are two moments.
    fn is_same_day(&self) -> bool {
        let (from, to) = (self.from.range(), self.to.range());
        let moments = self.from.moment().is_some() && self.to.moment().is_some();
        from.start.date() == to.start.date() && !moments
    }

    /// Content moved and the date did not. A second edit on the day of the date is an amendment.
    fn not_moved(&self, touched: &TouchedFields<'_>, today: &PartialDate) -> Option<Finding> {
        let day = today.range();
        let amendment =
            self.to.range().start >= day.start && self.to.range().start <= self.checker.last_day().end;
        let field = self.spec().date.field();
        if amendment || (touched.content.is_empty() && !touched.reviewed) {
            return None;
        }
        let message = match touched.content.as_slice() {
            [] => words::reviewed_alone(self.spec().reviewed.as_deref().unwrap_or_default(), field, &self.to),
            deltas => words::not_moved(field, &self.to, deltas),
        };
        let help = words::not_moved_help(field, today);
        let paths: Vec<String> = touched.content.iter().map(|delta| delta.path.to_string()).collect();
        let mut found = self.at_date("gate-not-moved", json!([self.to, paths]), message, Some(help))?;
        let span = dataset::date_node(self.spec(), &self.after.root)?.span;
        let exact = self.to.precision() == crate::model::date::Precision::Day;
        if exact && today.range().start > self.to.range().end {
            found.fix =
                Some(self.file.fix(format!("set `{field}` to {today}"), true, span, today.to_string()));
        }
        for delta in touched.content.iter().take(3) {
            found.related.push(self.at_delta(delta));
        }
        Some(found)
    }

    /// Where a difference is to be seen now: itself, or the nearest part above that survives.
    fn at_delta(&self, delta: &Delta) -> Related {
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let mut path = delta.path.clone();
        let words = words::changed(delta);
        loop {
            if let Some(node) = self.after.at(&path, &keys) {
                let span = if path.0.is_empty() {
                    self.after.root.entries().first().map_or(node.span, |entry| entry.key_span)
                } else {
                    super::first_line(self.after, node.span)
                };
                return self.file.related(span, words);
            }
            match path.parent() {
                Some(parent) => path = parent,
                None => return self.file.related(self.after.root.span, words),
            }
        }
    }

    /// The date moved and no content did, and nothing says that the record was reviewed.
    fn unchanged(&self, touched: &TouchedFields<'_>) -> Option<Finding> {
        let spec = self.spec();
        let reviewed = spec.reviewed.as_deref();
        let node = reviewed.and_then(|field| self.after.root.get(field));
        let stated = node.and_then(Node::scalar_text).and_then(|text| text.parse::<PartialDate>().ok());
        if stated.as_ref().is_some_and(|date| date.range() == self.to.range()) {
            return None;
        }
        let (field, editorial) = (spec.date.field(), !touched.editorial.is_empty());
        let message = match &stated {
            Some(date) => words::reviewed_otherwise(reviewed.unwrap_or_default(), date, field, &self.to),
            None if editorial => words::only_wording(field, &self.from, &self.to),
            None => words::nothing_changed(field, &self.from, &self.to),
        };
        self.at_date(
            "gate-unchanged",
            json!([self.from, self.to]),
            message,
            Some(words::unchanged_help(reviewed, field, &self.from, &self.to)),
        )
    }

    /// The date moved to a day before something that the record reports.
    fn before_facts(&self) -> Option<Finding> {
        let walk = Walk::of(self.after, &self.kind().shape);
        let record = super::Record {
            file: &self.file,
            doc: self.after,
            kind: self.kind(),
            walk: &walk,
            identity: None,
        };
        let limits = self.checker.edition_limits().map(|(_, limit)| limit);
        let late: Vec<_> = limits.flat_map(|limit| dates::later_than(&record, limit, &self.to)).collect();
        let newest =
            late.iter().max_by(|a, b| (a.range.start, a.range.end).cmp(&(b.range.start, b.range.end)))?;
        let field = self.spec().date.field();
        let message = words::before_facts(field, &self.to, &newest.date, late.len());
        let args = json!([self.to, newest.visit.path]);
        let mut found = self.at_date(
            "gate-before-facts",
            args,
            message,
            Some(words::before_facts_help(field, &newest.date)),
        )?;
        found.related.push(self.file.related(newest.visit.node.span, format!("dated {}", newest.date)));
        Some(found)
    }

    /// Past facts that are recorded otherwise, or no longer, without an entry in the log of corrections.
    fn past(&self, out: &mut Vec<Finding>) {
        let mut items: BTreeMap<FieldPath, Delta> = BTreeMap::new();
        let mut lists = StandingItems::default();
        let touched = self.touched();
        let lost = touched
            .content
            .iter()
            .filter(|delta| delta.op != Op::Added)
            .flat_map(|delta| losses(delta, self.kind()));
        for delta in lost {
            if natures::declared(&delta.path, self.kind()).is_none()
                && self.is_past(&delta)
                && !self.logged(&delta)
                && !self.still_stands(&delta, &mut lists)
            {
                items.entry(natures::item_or_parent(&delta.path)).or_insert(delta);
            }
        }
        for (item, delta) in items {
            out.extend(self.past_finding(&item, &delta));
        }
    }

    /// Whether what was published is past by the date that it was published with, whatever date it has now. A
    /// date that cannot be read frees nothing.
    fn is_past(&self, delta: &Delta) -> bool {
        match natures::published(delta, self.before, self.after, self.kind(), self.base.reference) {
            Some(when) => {
                let assessed = natures::assessed(&delta.path, self.before, &self.from, self.kind());
                when.range.is_on_or_before(&assessed)
            }
            None => natures::has_unreadable_date(delta, self.before, self.kind()),
        }
    }

    /// Whether the item of a list without keys that a difference is about stands in the list as it was,
    /// elsewhere.
    fn still_stands(&self, delta: &Delta, lists: &mut StandingItems) -> bool {
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let unkeyed =
            |path: &FieldPath| path.item().filter(|item| matches!(item.0.last(), Some(Step::Index(_))));
        let (Some(then), Some(now)) = (unkeyed(delta.path_before()), unkeyed(&delta.path)) else {
            return false;
        };
        let (Some(item), Some(list)) = (self.before.at(&then, &keys), now.parent()) else { return false };
        let standing = lists.entry(list).or_insert_with_key(|list| {
            let items = self.after.at(list, &keys).map_or(&[][..], Node::items);
            items.iter().map(Node::canonical).collect()
        });
        standing.contains(&item.canonical())
    }

    fn logged(&self, delta: &Delta) -> bool {
        self.corrections.on(&delta.path).is_some()
    }

    fn past_finding(&self, item: &FieldPath, delta: &Delta) -> Option<Finding> {
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let (rule, message) = match delta.op {
            Op::Removed => ("gate-past-removed", words::past_removed(&delta.path, delta)),
            _ => ("gate-past-changed", words::past_changed(&delta.path, delta)),
        };
        let span = match self.after.at(&delta.path, &keys) {
            Some(node) => super::first_line(self.after, node.span),
            None => self.at_delta(delta).place?.bytes(),
        };
        let mut found = self.file.by_id(
            rule,
            (Some(span), Some(&delta.path)),
            json!([item, delta.before.as_ref().map(Node::to_json)]),
            message,
        )?;
        found.help =
            Some(words::past_help(self.spec().corrections.as_deref(), &delta.path, &self.next_date()));
        if let Some(before) = &delta.before {
            let span = super::first_line(self.before, before.span);
            let place = Place {
                start: self.before.place(span.start),
                end: self.before.place(span.end),
                span: (span.start, span.end),
            };
            found.related.push(Related {
                file: self.old.file.clone(),
                place: Some(place),
                message: "what the base records".to_owned(),
                commit: Some(self.base.commit),
                text: Some(self.before.text.clone()),
            });
        }
        Some(found)
    }

    /// The date that the edition in hand will have: its own, or today's if that has still to move.
    fn next_date(&self) -> PartialDate {
        let moved = self.from.order(&self.to).is_ne();
        if moved { self.to.clone() } else { PartialDate::from_day(self.checker.today) }
    }

    /// Claims that change while their sources stay.
    fn sources(&self, out: &mut Vec<Finding>) {
        let sides = (self.before, self.after);
        let applies = |rule: &CheckRule| applies(rule, Some(&self.old.identity), Some(&self.after.root));
        for (rule, check) in self.checker.checks().filter(|(rule, _)| applies(rule)) {
            let Check::NewSource(check) = check else { continue };
            for change in check.unsourced(&self.deltas, sides, self.kind()) {
                if self.logged(change.delta) {
                    continue;
                }
                let place = self.at_delta(change.delta).place.map(|place| place.bytes());
                let path = &change.delta.path;
                let arguments = json!([change.delta.before.as_ref().map(Node::to_json)]);
                let message = words::unsourced(change.delta, &change.names);
                let mut found = self.file.finding(rule, (place, Some(path)), arguments, message);
                let log = self.spec().corrections.as_deref();
                found.help = found.help.or_else(|| Some(words::unsourced_help(&change.sources, log)));
                out.push(found);
            }
        }
    }

    /// The log of corrections only grows.
    fn log(&self, out: &mut Vec<Finding>) {
        let Some(field) = self.spec().corrections.as_deref() else { return };
        let entries = |root: &Node| root.get(field).map_or(Vec::new(), |list| list.items().to_vec());
        let keys = self.kind().shape.key_at(&FieldPath::root().key(field));
        let name = |entry: &Node| keys.and_then(|fields| entry.key_values(fields)).map(|key| key.join(", "));
        let now = entries(&self.after.root);
        let values: HashSet<String> = now.iter().map(Node::canonical).collect();
        let names: HashSet<String> = now.iter().filter_map(name).collect();
        for entry in entries(&self.before.root) {
            if values.contains(&entry.canonical()) || name(&entry).is_some_and(|name| names.contains(&name)) {
                continue;
            }
            let at = self.after.root.entry(field).or_else(|| self.after.root.entry(self.spec().date.field()));
            let Some(span) = at.map(|entry| entry.key_span) else { continue };
            let path = FieldPath::root().key(field);
            let message = words::correction_removed(field, &name(&entry).unwrap_or_default());
            let args = json!([entry.to_json()]);
            out.extend(
                self.file.by_id("gate-correction-removed", (Some(span), Some(&path)), args, message).map(
                    |mut found| {
                        found.related.push(at_base(
                            self.old,
                            &FieldPath::root().key(field),
                            self.base,
                            "the log at the base",
                        ));
                        found
                    },
                ),
            );
        }
    }
}

/// Findings of single files that a finding about the edit reports better: a date that the edit moved wrongly
/// is reported once.
pub fn supersede(checker: &Checker<'_>, findings: &mut Vec<Finding>) {
    let gate: HashSet<(String, &str)> = findings
        .iter()
        .filter_map(|found| {
            let rule = RULES.iter().find(|rule| **rule == found.rule)?;
            Some((found.record.as_ref()?.0.clone(), *rule))
        })
        .collect();
    let has = |finding: &Finding, rule: &str| {
        let gate_rule = RULES.iter().find(|known| **known == rule);
        let record = finding.record.as_ref().zip(gate_rule);
        record.is_some_and(|(record, rule)| gate.contains(&(record.0.clone(), *rule)))
    };
    findings.retain(|finding| match finding.rule.as_str() {
        "date-future" => !has(finding, "gate-future"),
        "path-identity" => !has(finding, "gate-renamed"),
        rule if checker.edition_limits().any(|(id, _)| id == rule) => {
            !has(finding, "gate-before-facts") && !has(finding, "gate-backwards")
        }
        _ => true,
    });
}

impl Checker<'_> {
    /// Whether findings of a rule come of comparing two states, so that one state alone cannot have them.
    pub(super) fn compares(&self, rule: &str) -> bool {
        let of_kind =
            |(own, check): (&CheckRule, &Check)| own.id == rule && matches!(check, Check::NewSource(_));
        RULES.contains(&rule) || self.checks().any(of_kind)
    }

    /// The rules that hold dates against the edition's own.
    fn edition_limits(&self) -> impl Iterator<Item = (&str, &dates::Limit)> {
        self.checks().filter_map(|(rule, check)| match check {
            Check::DateLimit(limit) if limit.is_edition() => Some((rule.id.as_str(), limit)),
            _ => None,
        })
    }
}

/// A source around a document that is already read, for comparisons in tests and examples.
pub fn source_of(known: &KnownRecord) -> Option<CheckedFile> {
    let doc = known.document.as_deref()?.clone();
    let text = doc.text.clone();
    let reading =
        Reading { document: Some(doc), text, problems: Vec::new(), comments: Vec::<Comment>::new() };
    Some(CheckedFile {
        file: known.file.clone(),
        key: known.key.clone(),
        leads: true,
        role: Role::Record(known.kind),
        reading,
    })
}
