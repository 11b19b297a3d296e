//! The editions of one record that a period compares.

use super::ReadEdition;
use crate::history::{Edition, Timeline};
use crate::model::report::EndedRecord;
use crate::model::results::EditionRef;
use crate::model::{Document, Node, NodeValue, ObjectId, PartialDate};
use chrono::{NaiveDate, NaiveDateTime};
use std::sync::Arc;

/// The editions of one record around a period. The moments are the ends of the two dates that were asked for;
/// where an edition was named instead, the end of its own date.
#[derive(Clone, Debug)]
pub struct Window<'t> {
    /// The record.
    pub timeline: &'t Timeline,
    /// The edition in force at the earlier moment; `None` for a record that is new.
    pub before: Option<Edition>,
    /// The editions after it, up to and with the one in force at the later moment, oldest first.
    pub within: Vec<Edition>,
    /// The editions after the later moment, oldest first.
    pub later: Vec<Edition>,
    /// The earlier moment.
    pub since: NaiveDateTime,
    /// The later moment.
    pub until: NaiveDateTime,
    /// Whether and when the record was removed.
    pub ending: Ending,
    /// Its removals in the period that its return followed.
    pub removals: Vec<EndedRecord>,
}

/// What became of a record as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// It stood at the end of the period.
    #[default]
    Stands,
    /// It was removed in the period, on the committer's day of a commit.
    Within(NaiveDate, ObjectId),
    /// It had been removed before the period.
    Before,
}

impl<'t> Window<'t> {
    /// The window of a record that has no edition in the period, and none around it.
    pub fn of_nothing(timeline: &'t Timeline) -> Window<'t> {
        let far = NaiveDateTime::MIN;
        Window {
            timeline,
            before: None,
            within: Vec::new(),
            later: Vec::new(),
            since: far,
            until: far,
            ending: Ending::Stands,
            removals: Vec::new(),
        }
    }

    /// The editions of a timeline between the ends of two dates.
    pub fn between(timeline: &'t Timeline, since: &PartialDate, until: &PartialDate) -> Window<'t> {
        let (since, until) = (since.range().end, until.range().end);
        let start = |edition: &Edition| edition.date.range().start;
        let all = &timeline.editions;
        let before = all.iter().rfind(|e| start(e) <= since).cloned();
        let within = all.iter().filter(|e| start(e) > since && start(e) <= until).cloned().collect();
        let later = all.iter().filter(|e| start(e) > until).cloned().collect();
        Window { before, within, later, since, until, ..Window::of_nothing(timeline) }
    }

    /// Notes when the record was removed: on the committer's day of a commit. `is_open` says that the period
    /// ends with the last edition rather than on a day.
    pub fn note_end(&mut self, on: NaiveDate, commit: &ObjectId, is_open: bool) {
        self.ending = if on <= self.since.date() {
            Ending::Before
        } else if is_open || on <= self.until.date() {
            Ending::Within(on, *commit)
        } else {
            Ending::Stands
        };
    }

    /// Notes a removal that the record's return followed, if it lies in the period.
    pub fn note_removal(&mut self, removal: &EndedRecord) {
        let on = removal.on.earliest();
        if on > self.since.date() && on <= self.until.date() {
            self.removals.push(removal.clone());
        }
    }

    /// Whether the record was gone at the end of the period.
    pub(super) fn is_gone(&self) -> bool {
        let is_away =
            |one: &EndedRecord| one.back.as_ref().is_none_or(|back| back.earliest() > self.until.date());
        matches!(self.ending, Ending::Within(..)) || self.removals.iter().any(is_away)
    }

    /// The edition in force at the later moment.
    pub fn last(&self) -> Option<&Edition> {
        self.within.last().or(self.before.as_ref())
    }

    /// A page on which nothing stands, dated the earlier moment: what a new record is compared with.
    pub(super) fn blank(&self) -> ReadEdition {
        let root = Node { value: NodeValue::Map(Vec::new()), span: Default::default() };
        let name = EditionRef {
            last_updated: PartialDate::from_day(self.since.date()),
            dated_by_commit: false,
            commit: ObjectId::worktree(),
            file: String::new(),
        };
        ReadEdition {
            name,
            document: Arc::new(Document::new(Arc::from(""), root)),
            on_record: Arc::default(),
        }
    }
}
