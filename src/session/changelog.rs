//! `changelog`: what changed between editions, in sentences.

use super::Session;
use super::edition::{RecordEnds, heading_of};
use super::filter::{Filter, FilterQuestion, SentenceOrder};
use super::memo::{Asked, StoredAnswer};
use super::range::{EditionChain, EditionRange, RangeQuestion};
use crate::history::{Archive, DocumentStore, Pick, Timeline};
use crate::model::results::{Change, StepReport};
use crate::model::view::{ChangelogView, EventDates, RecordChangelog};
use crate::model::{Failure, PartialDate, RecordId};
use crate::report::{ReadEdition, RecordReader, subject_as_of};
use crate::rules::{Engine, Subject};
use chrono::NaiveDateTime;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// What changed between two editions of records, step by step.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChangelogQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
    /// The two editions; the first and the last by default.
    pub range: RangeQuestion,
    /// Compare the two editions at once, not step by step through those between them.
    pub direct: bool,
    /// List the oldest step first.
    pub oldest_first: bool,
    /// Leave out changes of wording, sources and reviews.
    pub no_editorial: bool,
    /// List the observations that continue, too.
    pub continuing: bool,
    /// Find out when the events of changes took place.
    pub dates: bool,
    /// Which sentences are wanted.
    pub filter: FilterQuestion,
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A record, date or revision that is not known, or a range that is reversed.
    pub fn changelog(&self, question: &ChangelogQuestion) -> Result<ChangelogView, Failure> {
        self.store.keep_texts();
        let archive = self.archive(&question.records)?;
        let chains = self.chains(question, &archive)?;
        let engine = self.engine()?;
        let filter = Filter::read(&question.filter, &self.policy)?;
        let ends = self.ends(&engine, chains.iter().map(|(timeline, _)| *timeline))?;
        let maker =
            ChangelogBuilder { engine: &engine, store: &self.store, ends: &ends, question, filter: &filter };
        let records = chains.into_par_iter().map(|(timeline, chain)| maker.record(timeline, chain));
        let mut records = records.collect::<Result<Vec<RecordChangelog>, Failure>>()?;
        records.retain(|record| !filter.narrows() || !record.steps.is_empty());
        if filter.order() == SentenceOrder::Since {
            in_time(&mut records);
        }
        Ok(ChangelogView { format: FORMAT, records })
    }

    /// Answers the question as `write` writes each record; what it wrote is remembered by question and
    /// `form`. Each record is written as soon as it is compared, so that no more than its words stay in
    /// memory.
    ///
    /// # Errors
    /// As [`Session::changelog`].
    pub fn changelog_written(
        &self,
        question: &ChangelogQuestion,
        form: &str,
        write: &(dyn Fn(&ChangelogView) -> String + Sync),
    ) -> Result<Vec<String>, Failure> {
        if question.filter.sort == Some(SentenceOrder::Since) {
            // The order depends on all records at once.
            let records = self.changelog(question)?.records.into_iter();
            let alone = |record| write(&ChangelogView { format: FORMAT, records: vec![record] });
            return Ok(records.map(alone).collect());
        }
        self.store.keep_texts();
        let archive = self.archive(&question.records)?;
        let chains = self.chains(question, &archive)?;
        let asked = Asked::new("changelog", &question.of_one_record(), form);
        let (cache, words) = (&self.cache, &self.words);
        let stored: Vec<(StoredAnswer<'_>, Option<String>)> = chains
            .par_iter()
            .map(|(timeline, chain)| {
                // What is on record depends on the editions before the range, too.
                let first = chain.editions[0].date.range().start;
                let earlier = timeline.editions.iter().filter(|e| e.date.range().start < first);
                let editions = earlier.chain(&chain.editions).map(|edition| (*timeline, edition));
                let removals = timeline.removals.iter().flat_map(|one| [&one.commit, &one.back]);
                let end = timeline.ended.iter().chain(removals).map(|commit| commit.digits());
                // The same editions may be compared from the first of them or from a later one.
                let start = format!("compared from {}", chain.editions[0].date);
                let notes: Vec<String> = chain.notes.iter().cloned().chain(end).chain([start]).collect();
                let stored = StoredAnswer::new(cache, words, (&asked, &timeline.id.0), editions, &notes);
                let text = stored.get();
                (stored, text)
            })
            .collect();
        if stored.iter().all(|(_, text)| text.is_some()) {
            return Ok(stored
                .into_iter()
                .filter_map(|(_, text)| text)
                .filter(|text| !text.is_empty())
                .collect());
        }
        let engine = self.engine()?;
        let filter = Filter::read(&question.filter, &self.policy)?;
        let ends = self.ends(&engine, chains.iter().map(|(timeline, _)| *timeline))?;
        let maker =
            ChangelogBuilder { engine: &engine, store: &self.store, ends: &ends, question, filter: &filter };
        let written = chains.into_par_iter().zip(stored).map(|((timeline, chain), (stored, text))| {
            if let Some(text) = text {
                return Ok(text);
            }
            let record = maker.record(timeline, chain)?;
            // A record of which a filter leaves nothing has no part in the answer.
            let text = match record.steps.is_empty() && filter.narrows() {
                true => String::new(),
                false => write(&ChangelogView { format: FORMAT, records: vec![record] }),
            };
            stored.put(&text);
            Ok(text)
        });
        written.filter(|text| !matches!(text, Ok(text) if text.is_empty())).collect()
    }

    /// Remembers an answer of few records as a whole, too: the next time nothing but it is read.
    ///
    /// # Errors
    /// A date that cannot be read.
    pub fn remember_changelog(
        &self,
        question: &ChangelogQuestion,
        form: &str,
        parts: &[String],
    ) -> Result<(), Failure> {
        let (from, to) = question.range.picks()?;
        // What another git revision holds may change under the same name.
        let is_fixed = ![from, to].iter().any(|pick| matches!(pick, Some(Pick::Revision(_))));
        let size: usize = parts.iter().map(String::len).sum();
        if is_fixed && size <= MOST_REMEMBERED && !self.store.has_gaps() {
            let asked = Asked::new("changelog", question, form);
            let whole = StoredAnswer::whole(&self.cache, &asked, (self.moment(), self.options.today));
            whole.put_whole(&parts.concat(), &self.notes());
        }
        Ok(())
    }

    /// The editions of each record that has any.
    fn chains<'a>(
        &self,
        question: &ChangelogQuestion,
        archive: &'a Archive,
    ) -> Result<Vec<(&'a Timeline, EditionChain)>, Failure> {
        let (from, to) = question.range.picks()?;
        let (from, to) = (from.unwrap_or(Pick::First), to.unwrap_or(Pick::Last));
        let range = EditionRange::open(self, &question.records, from, to)?;
        let timelines = range.begun(archive)?;
        let alone = EditionRange::is_alone(archive);
        timelines.into_iter().map(|timeline| Ok((timeline, range.chain(timeline, alone)?))).collect()
    }
}

/// The longest changelog that is remembered as a whole, in bytes: what it says is remembered record by record
/// already.
const MOST_REMEMBERED: usize = 256 * 1024;

/// Puts the steps of each record in the order of time, and the records in that of what happened first in
/// them. What has no known date comes last.
fn in_time(records: &mut [RecordChangelog]) {
    let start = |date: &PartialDate| date.range().start;
    for record in &mut *records {
        record.steps.sort_by_key(|step| start(&step.to.last_updated));
    }
    records.sort_by_key(|record| {
        // `dates` has those of sentences that a filter left out, too.
        let changed = record.steps.iter().flat_map(|step| &step.changes);
        let changed = changed.filter_map(|change| record.dates.get(&change.fingerprint));
        let observed = record.steps.iter().flat_map(|step| &step.observations);
        let dates = changed.chain(observed.filter_map(|one| one.since.as_ref()));
        dates.map(start).min().map_or((true, None), |first| (false, Some(first)))
    });
}

/// The name that every answer states under `format`.
pub const FORMAT: &str = "sincewhen.changelog/1";

impl ChangelogQuestion {
    /// The question without what the editions that are compared say already.
    fn of_one_record(&self) -> ChangelogQuestion {
        ChangelogQuestion { records: Vec::new(), range: RangeQuestion::default(), ..self.clone() }
    }
}

/// Whether a range of editions, given by the beginnings of their dates, holds the edition of a date.
fn is_within([from, to]: &[NaiveDateTime; 2], date: &PartialDate) -> bool {
    let start = date.range().start;
    *from <= start && start <= *to
}

/// What the threads share; a session's repository handle stays on the thread that opened it.
struct ChangelogBuilder<'s> {
    engine: &'s Engine<'s>,
    store: &'s DocumentStore,
    /// When and by which commit records were removed.
    ends: &'s BTreeMap<RecordId, RecordEnds>,
    question: &'s ChangelogQuestion,
    filter: &'s Filter,
}

impl ChangelogBuilder<'_> {
    fn record(&self, timeline: &Timeline, chain: EditionChain) -> Result<RecordChangelog, Failure> {
        let EditionChain { mut editions, mut notes } = chain;
        let subject = subject_as_of(self.engine, self.store, timeline, editions.last())?;
        let is_last = editions.last().map(|e| &e.date) == timeline.editions.last().map(|e| &e.date);
        let span = [&editions[0], &editions[editions.len() - 1]].map(|edition| edition.date.range().start);
        if self.question.direct && editions.len() > 2 {
            editions.drain(1..editions.len() - 1);
        }
        let (mut steps, mut dates) = (Vec::new(), EventDates::new());
        let mut reader = RecordReader::new(self.engine, self.store, &subject, timeline).whole();
        let mut earlier = reader.page(&editions[0])?;
        let mut seen = self.engine.sightings(&subject, earlier.in_context());
        for edition in &editions[1..] {
            let later = reader.page(edition)?;
            let seen_later = self.engine.sightings(&subject, later.in_context());
            let (from, to) = ((earlier.in_context(), &seen[..]), (later.in_context(), &seen_later[..]));
            let step = self.engine.step_between(&subject, from, to, self.question.continuing);
            let known = self.dates(&subject, &step, &earlier, &later);
            steps.extend(self.filtered(step, &known));
            dates.extend(known);
            (earlier, seen) = (later, seen_later);
            reader.forget_earlier();
        }
        if !self.question.oldest_first {
            steps.reverse();
        }
        let heading = heading_of(timeline, &subject, Some(earlier.edited()));
        notes.extend(self.engine.assessed_short(&subject, earlier.edited()));
        let ends = self.ends.get(&timeline.id).cloned().unwrap_or_default();
        let ended = ends.last.filter(|_| is_last);
        let removals = ends.removals.into_iter().filter(|one| is_within(&span, &one.last_updated)).collect();
        Ok(RecordChangelog { heading, notes, steps, ended, removals, dates })
    }

    /// The dates of the events that a step's changes are about, by fingerprint, where they are needed.
    fn dates(
        &self,
        subject: &Subject<'_>,
        step: &StepReport,
        from: &ReadEdition,
        to: &ReadEdition,
    ) -> EventDates {
        if !self.question.dates && !self.filter.needs_dates() {
            return EventDates::new();
        }
        let differences = self.engine.differences(subject, from.edited(), to.in_context());
        let date = |change: &Change| {
            let editions = (from.edited(), to.edited());
            let date = self.engine.event_date(subject, editions, &differences.deltas, change)?;
            Some((change.fingerprint.clone(), date))
        };
        step.changes.iter().filter_map(date).collect()
    }

    /// The step with what is wanted of it; `None` if a filter leaves nothing.
    fn filtered(&self, mut step: StepReport, dates: &EventDates) -> Option<StepReport> {
        step.changes.retain(|change| {
            let date = dates.get(&change.fingerprint);
            !(self.question.no_editorial && change.is_quiet()) && self.filter.keeps_change(change, date)
        });
        step.observations.retain(|observation| self.filter.keeps(observation));
        if self.filter.order() == SentenceOrder::Significance {
            step.changes.sort_by_key(|change| change.significance);
            step.observations.sort_by_key(|observation| observation.significance);
        }
        let is_empty = step.changes.is_empty() && step.observations.is_empty();
        (!is_empty || !self.filter.narrows()).then_some(step)
    }
}
