//! The date gate: what an edit may do to a record that is already published.
//!
//! Compares the record at the base with the record as it is now. Content that moves must move the record's
//! date, and nothing else may; a past fact is only put right with a word about it. Wording, sources,
//! comments, layout and order are free.

pub use super::gate_sides::Base;
use super::gate_sides::{EditSides, TouchedFields, at_base};
use super::gate_words as words;
use super::kinds::Check;
use super::walk::Walk;
use super::{CheckedFile, Checker, KnownRecord, Role, dates};
use crate::dataset;
use crate::diff;
use crate::document::{Comment, Reading};
use crate::model::{Document, Finding, Identity, Node, PartialDate};
use crate::rules::natures;
use crate::schema::{CheckRule, RENAMES};
use serde_json::json;
use std::cmp::Ordering;
use std::collections::HashSet;

/// The ids of the rules that compare with a base.
pub const RULES: [&str; 14] = [
    "gate-backwards",
    "gate-before-facts",
    "gate-calendar",
    "gate-correction-removed",
    "gate-coverage",
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
    let step = EditSides { checker, file, before, after, old, base, from, to, deltas, corrections };
    let mut out = Vec::new();
    if moves {
        step.dates(&mut out);
    } else if lost {
        out.extend(step.undated());
    }
    step.past(&mut out);
    step.coverage(&mut out);
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

impl EditSides<'_> {
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
