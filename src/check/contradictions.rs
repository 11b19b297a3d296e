//! What one record says of a thing that another record is about: the two must agree.
//!
//! Looks at several records of one state together, so it runs after each was checked by itself.

use super::kinds::Check;
use super::other_record::OtherRecord;
use super::stages::stage_on;
use super::words::{capitalised, or_list, shown, uncapitalised};
use super::{Checker, KnownRecord, applies, first_line, ignore_hint};
use crate::dataset;
use crate::model::finding::Related;
use crate::model::{ByteSpan, Document, FieldPath, Finding, Identity, Node, Place};
use crate::rules::fingerprint;
use crate::schema::{CheckRule, OneOrMany};
use indexmap::IndexMap;
use serde_json::json;
use std::collections::HashMap;

/// An identity with some fields changed; `None` if it has none of these fields, or is that other record
/// itself.
fn changed(identity: &Identity, fields: &IndexMap<String, String>) -> Option<Identity> {
    let mut out = identity.clone();
    for (field, value) in fields {
        out.0.iter_mut().find(|(name, _)| name == field)?.1.clone_from(value);
    }
    (out != *identity).then_some(out)
}

impl Checker<'_> {
    fn comparisons(&self) -> impl Iterator<Item = (&CheckRule, &OtherRecord)> {
        self.checks().filter_map(|(rule, check)| match check {
            Check::OtherRecord(other) => Some((rule, other)),
            _ => None,
        })
    }

    /// The records that a record is compared with, on either side.
    pub(super) fn compared_with(&self, identity: &Identity) -> Vec<Identity> {
        let mut out = Vec::new();
        for (rule, other) in self.comparisons() {
            if applies(rule, Some(identity), None) {
                out.extend(changed(identity, &other.other));
            }
            if other.other.iter().any(|(field, value)| identity.get(field) != Some(value)) {
                continue;
            }
            // The records that are compared with this one.
            let mut origins = vec![IndexMap::new()];
            for field in other.other.keys() {
                let values = rule.applies.get(field).map_or(&[][..], OneOrMany::as_slice);
                origins = origins
                    .iter()
                    .flat_map(|so_far| values.iter().map(move |value| with(so_far, field, value)))
                    .collect();
            }
            let origins = origins.iter().filter_map(|fields| changed(identity, fields));
            out.extend(origins.filter(|origin| applies(rule, Some(origin), None)));
        }
        out.sort_by_key(Identity::record_id);
        out.dedup();
        out
    }
}

fn with(fields: &IndexMap<String, String>, field: &str, value: &str) -> IndexMap<String, String> {
    let mut out = fields.clone();
    out.insert(field.to_owned(), value.to_owned());
    out
}

/// The fields of records that other records contradict.
pub fn contradictions(checker: &Checker<'_>, known: &[KnownRecord]) -> Vec<Finding> {
    let mut out = Vec::new();
    let name = |kind: usize, identity: &Identity| (kind, identity.record_id());
    let by_name: HashMap<_, &KnownRecord> =
        known.iter().map(|one| (name(one.kind, &one.identity), one)).collect();
    for (rule, parameters) in checker.comparisons() {
        for one in known.iter().filter(|one| applies(rule, Some(&one.identity), None)) {
            let Some(wanted) = changed(&one.identity, &parameters.other) else { continue };
            let Some(other) = by_name.get(&name(one.kind, &wanted)) else { continue };
            if let (Some(own), Some(theirs)) = (one.document.as_deref(), other.document.as_deref()) {
                let docs = (own, theirs);
                let pair = RecordPair { checker, rule, parameters, one, other, docs };
                out.extend(parameters.fields.iter().filter_map(|field| pair.contradiction(field)));
            }
        }
    }
    out
}

/// A record and the one it is compared with.
struct RecordPair<'p> {
    checker: &'p Checker<'p>,
    rule: &'p CheckRule,
    parameters: &'p OtherRecord,
    one: &'p KnownRecord,
    other: &'p KnownRecord,
    docs: (&'p Document, &'p Document),
}

impl RecordPair<'_> {
    fn contradiction(&self, field: &str) -> Option<Finding> {
        let (own, other) = self.docs;
        let node = own.root.at_keys(field.split('.'))?;
        let keys = self.parameters.with.as_deref().unwrap_or(field);
        let against = other.root.at_keys(keys.split('.'))?;
        let (value, said) = (node.scalar_text()?, self.value_then(against)?);
        let agreeing = self.parameters.agrees.get(&value).map(OneOrMany::as_slice);
        let agrees = agreeing.map_or_else(|| value == said, |values| values.contains(&said));
        (!agrees).then(|| self.finding((field, node, &value), (keys, against, &said)))
    }

    /// What the other record's field was on the day of this record's edition.
    fn value_then(&self, now: &Node) -> Option<String> {
        let spec = &self.checker.policy.kinds[self.one.kind].spec;
        let day = |doc: &Document| dataset::date_of(spec, &doc.root);
        let (own, other) = (day(self.docs.0), day(self.docs.1));
        match (own, other) {
            (Some(own), Some(other))
                if !self.parameters.stages.is_empty() && other.range().is_after(&own.range()) =>
            {
                stage_on(&self.parameters.stages, &self.docs.1.root, &own.range()).map(str::to_owned)
            }
            _ => now.scalar_text(),
        }
    }

    fn finding(&self, own: (&str, &Node, &str), against: (&str, &Node, &str)) -> Finding {
        let ((field, node, value), (keys, there, said)) = (own, against);
        let (path, their_path) = (path_of(field), path_of(keys));
        let title = |path: &FieldPath| uncapitalised(&self.checker.title_of(self.one.kind, path));
        let other = self.other.identity.record_id();
        let message = format!(
            "{} is `{}`, and the {} of {other} is `{}`",
            capitalised(&title(&path)),
            shown(value),
            title(&their_path),
            shown(said)
        );
        let arguments = json!([value, other, their_path, said]);
        let mut found = self.checker.about_record((self.rule, self.one), (&path, node), arguments, message);
        found.related.push(Related {
            file: self.other.file.clone(),
            place: Some(place_of(self.docs.1, there.span)),
            message: "the other record says so here".to_owned(),
            commit: None,
            text: Some(self.docs.1.text.clone()),
        });
        found.help = found.help.or_else(|| {
            let mut agreeing: Vec<&str> = Vec::new();
            for (value, values) in &self.parameters.agrees {
                if values.as_slice().iter().any(|one| one == said) {
                    agreeing.push(value);
                }
            }
            (!agreeing.is_empty())
                .then(|| format!("write {}, or put the other record right", or_list(&agreeing)))
        });
        found
    }
}

fn path_of(keys: &str) -> FieldPath {
    keys.split('.').fold(FieldPath::root(), |path, key| path.key(key))
}

fn place_of(doc: &Document, span: ByteSpan) -> Place {
    let span = first_line(doc, span);
    Place { start: doc.place(span.start), end: doc.place(span.end), span: (span.start, span.end) }
}

impl Checker<'_> {
    /// What people call a field of a kind of record.
    fn title_of(&self, kind: usize, path: &FieldPath) -> String {
        let title = self.policy.kinds[kind].shape.at(path).and_then(|shape| shape.title.clone());
        title.unwrap_or_else(|| format!("`{path}`"))
    }

    /// A finding at a field of a record that is looked at together with others.
    fn about_record(
        &self,
        (rule, one): (&CheckRule, &KnownRecord),
        (path, node): (&FieldPath, &Node),
        arguments: serde_json::Value,
        message: String,
    ) -> Finding {
        let id = one.identity.record_id();
        let mut found = self
            .about_file(&rule.id, &one.file, message, None)
            .expect("because the rule is one of this checker's own");
        found.fingerprint = fingerprint(&json!([rule.id, id, path, arguments]));
        found.record = Some(id);
        found.path = Some(path.clone());
        if let Some(doc) = one.document.as_deref() {
            found.place = Some(place_of(doc, node.span));
            found.text = Some(doc.text.clone());
            found.ignore_hint = Some(ignore_hint::hint(&rule.id));
        }
        found
    }
}
