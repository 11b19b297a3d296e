//! `since`: what has stayed so, and since when.

use super::Session;
use super::edition::heading_of;
use super::filter::{Filter, FilterQuestion, SentenceOrder};
use super::memo::{Asked, StoredAnswer};
use super::range::pick_one;
use crate::history::{Edition, Pick, Timeline};
use crate::model::Failure;
use crate::model::results::Observation;
use crate::model::view::{ObservationsView, ObservedLine, RecordObservations};
use crate::report::{RecordReader, subject_as_of};
use rayon::prelude::*;
use serde::Serialize;

/// What has stayed so in records, and since when.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SinceQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
    /// Which edition: `last`, `first`, a date, a git revision.
    pub as_of: String,
    /// Which observations are wanted.
    pub filter: FilterQuestion,
}

/// The records, each with the edition that is looked at.
type Picked<'a> = Vec<(&'a Timeline, Edition)>;

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A record, rule, date or revision that is not known.
    pub fn since(&self, question: &SinceQuestion) -> Result<ObservationsView, Failure> {
        let filter = Filter::read(&question.filter, &self.policy)?;
        self.note_without_observations();
        self.store.keep_lines(self.policy.recorded_fields());
        let archive = self.archive(&question.records)?;
        let picked = pick_one(self, &question.records, &archive, &question.as_of)?;
        self.observed(question, &filter, &picked)
    }

    /// An answer without a line could be taken for one about the records.
    fn note_without_observations(&self) {
        if self.policy.rules.observations.is_empty() {
            self.note(
                "this dataset has no rules about standing facts (`observations` among its rules), so there \
                 are none to report; `sincewhen changelog` reports changes",
            );
        }
    }

    /// Answers the question as `write` writes it; what it wrote is remembered by question and `form`.
    ///
    /// # Errors
    /// As [`Session::since`].
    pub fn since_written(
        &self,
        question: &SinceQuestion,
        form: &str,
        write: &dyn Fn(&ObservationsView) -> String,
    ) -> Result<String, Failure> {
        let filter = Filter::read(&question.filter, &self.policy)?;
        let asked = Asked::new("since", question, form);
        let is_fixed = !matches!(self.pick_as_of(&question.as_of)?, Pick::Revision(_));
        let whole = StoredAnswer::whole(&self.cache, &asked, (self.moment(), self.options.today));
        if let Some((answer, notes)) = whole.get_whole().filter(|_| is_fixed) {
            notes.iter().for_each(|note| self.note(note));
            return Ok(answer);
        }
        self.note_without_observations();
        self.store.keep_lines(self.policy.recorded_fields());
        let archive = self.archive(&question.records)?;
        let picked = pick_one(self, &question.records, &archive, &question.as_of)?;
        // What is on record depends on the editions before it, too.
        let editions = picked.iter().flat_map(|(timeline, edition)| {
            let start = edition.date.range().start;
            let earlier = timeline.editions.iter().filter(move |e| e.date.range().start < start);
            earlier.chain([edition]).map(|edition| (*timeline, edition))
        });
        let ends = picked.iter().flat_map(|(timeline, _)| &timeline.ended).map(|commit| commit.digits());
        let ends: Vec<String> = ends.collect();
        let stored = StoredAnswer::new(&self.cache, &self.words, (&asked, ""), editions, &ends);
        let answer = match stored.get() {
            Some(answer) => answer,
            None => {
                let answer = write(&self.observed(question, &filter, &picked)?);
                stored.put(&answer);
                answer
            }
        };
        if is_fixed && !self.store.has_gaps() {
            whole.put_whole(&answer, &self.notes());
        }
        Ok(answer)
    }

    fn observed(
        &self,
        question: &SinceQuestion,
        filter: &Filter,
        picked: &Picked<'_>,
    ) -> Result<ObservationsView, Failure> {
        let engine = self.engine()?;
        let store = &self.store;
        let records = picked
            .par_iter()
            .map(|(timeline, edition)| {
                let subject = subject_as_of(&engine, store, timeline, Some(edition))?;
                let page = RecordReader::new(&engine, store, &subject, timeline).page(edition)?;
                let mut observations = engine.observations(&subject, page.in_context());
                observations.retain(|o| filter.keeps(o));
                observations.sort_by_key(|o| o.significance);
                let strips = engine.strips(&subject, page.in_context());
                let heading = heading_of(timeline, &subject, Some(page.edited()));
                let ended = timeline.ended;
                Ok(RecordObservations { heading, edition: page.name, observations, ended, strips })
            })
            .collect::<Result<Vec<RecordObservations>, Failure>>()?;
        let mut records: Vec<RecordObservations> = records
            .into_iter()
            .filter(|record| !filter.narrows() || !record.observations.is_empty())
            .collect();
        if filter.order() == SentenceOrder::Since {
            // What has no known start comes last.
            let start =
                |o: &Observation| o.since.as_ref().map_or((true, None), |d| (false, Some(d.range().start)));
            records.iter_mut().for_each(|record| record.observations.sort_by_key(start));
            records.sort_by_key(|record| record.observations.first().map_or((true, None), start));
        }
        let observations = records.iter().flat_map(lines).collect();
        Ok(ObservationsView {
            format: "sincewhen.observations/1",
            as_of: question.as_of.clone(),
            observations,
            records,
        })
    }
}

/// The observations of a record for the flat list.
fn lines(record: &RecordObservations) -> Vec<ObservedLine> {
    let line = |observation: &Observation| ObservedLine {
        record: record.heading.record.clone(),
        edition: record.edition.clone(),
        ended: record.ended,
        observation: observation.clone(),
    };
    record.observations.iter().map(line).collect()
}
