//! Both sides of an edit of one record, and where a finding about it stands.
//!
//! Owns what an edit touches. Must not judge.

use super::gate_words as words;
use super::{Checker, File, KnownRecord};
use crate::dataset::{self, Reference};
use crate::diff::Delta;
use crate::model::finding::Related;
use crate::model::text::is_invisible;
use crate::model::{ByteSpan, Document, FieldPath, Finding, NatureKind, ObjectId, PartialDate, Place, Step};
use crate::rules::natures;
use crate::schema::{DateChoice, NamePart};

/// Both sides of an edit.
pub(super) struct EditSides<'g> {
    pub(super) checker: &'g Checker<'g>,
    pub(super) file: File<'g>,
    pub(super) before: &'g Document,
    pub(super) after: &'g Document,
    pub(super) old: &'g KnownRecord,
    pub(super) base: &'g Base<'g>,
    pub(super) from: PartialDate,
    pub(super) to: PartialDate,
    pub(super) deltas: Vec<Delta>,
    /// The corrections that the edit logs.
    pub(super) corrections: natures::NewCorrections<'g>,
}

/// What was published: the commit that edits are compared with, and the calendars as it has them.
pub struct Base<'g> {
    /// The commit.
    pub commit: ObjectId,
    /// Its tables and calendars: an occasion is past by the date that was published.
    pub reference: &'g Reference,
}

/// What an edit touches.
#[derive(Default)]
pub(super) struct TouchedFields<'d> {
    pub(super) content: Vec<&'d Delta>,
    pub(super) editorial: Vec<&'d Delta>,
    pub(super) reviewed: bool,
}

/// A field of a record at the base.
pub(super) fn at_base(old: &KnownRecord, field: &FieldPath, base: &Base<'_>, message: &str) -> Related {
    let doc = old.document.as_deref();
    let place = doc.and_then(|doc| {
        let span = doc.root.at(field, &|_| None)?.span;
        Some(Place { start: doc.place(span.start), end: doc.place(span.end), span: (span.start, span.end) })
    });
    let text = doc.map(|doc| doc.text.clone());
    Related { file: old.file.clone(), place, message: message.to_owned(), commit: Some(base.commit), text }
}

impl EditSides<'_> {
    pub(super) fn spec(&self) -> &crate::schema::RecordKind {
        &self.checker.policy.kinds[self.old.kind].spec
    }

    pub(super) fn kind(&self) -> &crate::schema::Kind {
        &self.checker.policy.kinds[self.old.kind]
    }

    pub(super) fn touched(&self) -> TouchedFields<'_> {
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
    pub(super) fn at_date(
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

    /// The field that dates the record.
    pub(super) fn date_path(&self) -> FieldPath {
        let fields = self.spec().date.choices().iter().filter_map(|choice| match choice {
            DateChoice::Field(route) => {
                route.path().filter(|path| self.after.root.at(path, &|_| None).is_some())
            }
            _ => None,
        });
        fields.into_iter().next().unwrap_or_default()
    }

    /// Where a difference is to be seen now: itself, or the nearest part above that survives.
    pub(super) fn at_delta(&self, delta: &Delta) -> Related {
        self.nearest(&delta.path, words::changed(delta))
    }

    /// A field as it stands now, or the nearest part above that does.
    pub(super) fn nearest(&self, path: &FieldPath, message: impl Into<String>) -> Related {
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let mut path = path.clone();
        loop {
            if let Some(node) = self.after.at(&path, &keys) {
                let span = if path.0.is_empty() {
                    self.after.root.entries().first().map_or(node.span, |entry| entry.key_span)
                } else {
                    super::first_line(self.after, node.span)
                };
                return self.file.related(span, message);
            }
            match path.parent() {
                Some(parent) => path = parent,
                None => return self.file.related(self.after.root.span, message),
            }
        }
    }

    /// A part of the record at the base.
    pub(super) fn stood_at(&self, span: ByteSpan, message: &str) -> Related {
        let span = super::first_line(self.before, span);
        let place = Place {
            start: self.before.place(span.start),
            end: self.before.place(span.end),
            span: (span.start, span.end),
        };
        Related {
            file: self.old.file.clone(),
            place: Some(place),
            message: message.to_owned(),
            commit: Some(self.base.commit),
            text: Some(self.before.text.clone()),
        }
    }

    pub(super) fn logged(&self, delta: &Delta) -> bool {
        self.is_logged(&delta.path)
    }

    /// Whether the edit logs a correction of a field, with a reason that can be read.
    pub(super) fn is_logged(&self, path: &FieldPath) -> bool {
        let is_letter = |c: char| c.is_alphanumeric() && !is_invisible(c);
        self.corrections.on(path).is_some_and(|logged| logged.reason.chars().any(is_letter))
    }

    /// The date that the edition in hand will have: its own, or today's if that has still to move.
    pub(super) fn next_date(&self) -> PartialDate {
        let moved = self.from.order(&self.to).is_ne();
        if moved { self.to.clone() } else { PartialDate::from_day(self.checker.today) }
    }
}
