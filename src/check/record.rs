//! A file and a record while they are checked: findings with their places, and what all checks ask of a
//! record.

use super::basis::CheckBasis;
use super::checked_file::CheckedFile;
use super::walk::Walk;
use super::{ignore_hint, words};
use crate::dataset;
use crate::document::Reading;
use crate::model::finding::{Fix, Related, Replacement};
use crate::model::{ByteSpan, Document, FieldPath, Finding, Identity, Node, PartialDate, Place, RecordId};
use crate::rules::fingerprint;
use crate::schema::{Acceptors, CheckRule, Kind, Role, record_text};

/// A file while it is checked.
pub(super) struct File<'f> {
    pub basis: &'f CheckBasis<'f>,
    pub source: &'f CheckedFile,
    pub kind: Option<&'f Kind>,
    pub record: Option<RecordId>,
}

/// A record while it is checked.
pub(super) struct Record<'f> {
    pub file: &'f File<'f>,
    pub doc: &'f Document,
    pub kind: &'f Kind,
    pub walk: &'f Walk<'f>,
    pub identity: Option<&'f Identity>,
}

impl Record<'_> {
    /// The record's own date, if it has one.
    pub(super) fn date(&self) -> Option<PartialDate> {
        dataset::date_of(&self.kind.spec, &self.doc.root)
    }

    /// What people call a field: its title in the schema, or its path.
    pub(super) fn title(&self, path: &FieldPath) -> String {
        let title = self.kind.shape.at(path).and_then(|shape| shape.title.clone());
        title.unwrap_or_else(|| format!("`{path}`"))
    }

    /// Which entry of a list a field belongs to, in words that follow the field's name; nothing for other
    /// fields.
    pub(super) fn entry_of(&self, path: &FieldPath) -> String {
        let item = path.item().filter(|item| item.0.len() < path.0.len());
        let Some((item, crate::model::Step::Item(key))) =
            item.as_ref().and_then(|item| Some((item, item.0.last()?)))
        else {
            return String::new();
        };
        let title = self
            .kind
            .shape
            .at(item)
            .and_then(|shape| shape.title.clone())
            .unwrap_or_else(|| "the entry".to_owned());
        format!(" of {} `{}`", words::uncapitalised(&title), words::shown(&key.join(", ")))
    }

    /// The node and path below a node, by keys joined with dots.
    pub(super) fn below<'n>(
        &self,
        base: &FieldPath,
        node: &'n Node,
        keys: &str,
    ) -> Option<(FieldPath, &'n Node)> {
        let found = node.at_keys(keys.split('.'))?;
        Some((keys.split('.').fold(base.clone(), |path, key| path.key(key)), found))
    }
}

impl File<'_> {
    /// A finding of a rule at a place of this file. `arguments` distinguish it from others of the same rule
    /// and field.
    pub(super) fn finding(
        &self,
        rule: &CheckRule,
        (span, path): (Option<ByteSpan>, Option<&FieldPath>),
        arguments: serde_json::Value,
        message: String,
    ) -> Finding {
        let subject = self.record.as_ref().map_or_else(|| self.source.file.to_string(), |id| id.0.clone());
        let print = serde_json::json!([rule.id, subject, path, arguments]);
        Finding {
            rule: rule.id.clone(),
            level: rule.level,
            message,
            file: self.source.file.clone(),
            place: span.map(|span| self.place(span)),
            commit: None,
            ended_by: None,
            record: self.record.clone(),
            path: path.cloned(),
            related: Vec::new(),
            help: rule.help.clone(),
            fix: None,
            ignore_hint: span
                .filter(|_| rule.accept != Acceptors::Never)
                .map(|_| ignore_hint::hint(&rule.id)),
            fingerprint: fingerprint(&print),
            new: false,
            text: Some(self.source.reading.text.clone()),
        }
    }

    /// As [`File::finding`], for a rule by its id. A rule that is not there finds nothing.
    pub(super) fn by_id(
        &self,
        rule: &str,
        (span, path): (Option<ByteSpan>, Option<&FieldPath>),
        arguments: serde_json::Value,
        message: String,
    ) -> Option<Finding> {
        self.basis.rule(rule).map(|rule| self.finding(rule, (span, path), arguments, message))
    }

    pub(super) fn place(&self, span: ByteSpan) -> Place {
        place_in(&self.source.reading, span)
    }

    pub(super) fn related(&self, span: ByteSpan, message: impl Into<String>) -> Related {
        Related {
            file: self.source.file.clone(),
            place: Some(self.place(span)),
            message: message.into(),
            commit: None,
            text: Some(self.source.reading.text.clone()),
        }
    }

    pub(super) fn fix(
        &self,
        title: impl Into<String>,
        safe: bool,
        span: ByteSpan,
        with: impl Into<String>,
    ) -> Fix {
        let replacement = Replacement { place: self.place(span), with: with.into() };
        Fix { title: title.into(), safe, replacements: vec![replacement] }
    }
}

impl CheckBasis<'_> {
    /// A file as it is checked, with the identity of its record.
    pub(super) fn file<'f>(&'f self, source: &'f CheckedFile, identity: Option<&Identity>) -> File<'f> {
        let kind = match source.role {
            Role::Record(kind) => Some(&self.policy.kinds[kind]),
            _ => None,
        };
        File { basis: self, source, kind, record: identity.map(Identity::record_id) }
    }
}

/// Whether a rule is about a record, by its identity and, where the record is at hand, by any of its fields.
pub(super) fn applies(rule: &CheckRule, identity: Option<&Identity>, root: Option<&Node>) -> bool {
    rule.applies.iter().all(|(field, values)| {
        record_text(identity, root, field).is_some_and(|own| values.as_slice().contains(&own))
    })
}

/// By place, then by rule: the order in which findings are shown.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let places = a.file.cmp(&b.file).then_with(|| a.place.cmp(&b.place));
        places.then_with(|| (&a.rule, &a.message).cmp(&(&b.rule, &b.message)))
    });
}

/// The place of a span in a text.
pub(super) fn place_in(reading: &Reading, span: ByteSpan) -> Place {
    let end = span.end.max(span.start);
    Place { start: reading.place(span.start), end: reading.place(end), span: (span.start, end) }
}

/// The span of a node's first line: what is shown of a value that stands on several.
pub(super) fn first_line(doc: &Document, span: ByteSpan) -> ByteSpan {
    let text = doc.slice(span);
    let line = text.split(['\n', '\r']).next().unwrap_or("").trim_end();
    ByteSpan { start: span.start, end: span.start + line.len() }
}
