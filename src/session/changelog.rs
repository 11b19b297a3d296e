//! `changelog`: what changed between editions, in sentences.

use super::Session;
use super::edition::LoadedEdition;
use super::memo::{Asked, StoredAnswer};
use super::range::{EditionChain, EditionRange, RangeQuestion};
use crate::document::Series;
use crate::history::{Archive, Pick, Store, Timeline};
use crate::model::Failure;
use crate::model::results::{RecordHeading, StepReport};
use crate::model::view::{ChangelogView, RecordChangelog};
use crate::rules::Engine;
use rayon::prelude::*;
use serde::Serialize;

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
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A record, date or revision that is not known, or a range that is reversed.
    pub fn changelog(&self, question: &ChangelogQuestion) -> Result<ChangelogView, Failure> {
        let archive = self.archive(&question.records)?;
        let chains = self.chains(question, &archive)?;
        let engine = self.engine()?;
        let maker = Maker { engine: &engine, store: &self.store, question };
        let records = chains.into_par_iter().map(|(timeline, chain)| maker.record(timeline, chain));
        Ok(ChangelogView { format: FORMAT, records: records.collect::<Result<_, Failure>>()? })
    }

    /// Answers the question as `write` writes each record; what it wrote is remembered by question and `form`. Each record is
    /// written as soon as it is compared, so that no more than its words stay in memory.
    ///
    /// # Errors
    /// As [`Session::changelog`].
    pub fn changelog_written(
        &self,
        question: &ChangelogQuestion,
        form: &str,
        write: &(dyn Fn(&ChangelogView) -> String + Sync),
    ) -> Result<Vec<String>, Failure> {
        let archive = self.archive(&question.records)?;
        let chains = self.chains(question, &archive)?;
        let asked = Asked::new("changelog", &question.of_one_record(), form);
        let (cache, words) = (&self.cache, &self.words);
        let stored: Vec<(StoredAnswer<'_>, Option<String>)> = chains
            .par_iter()
            .map(|(timeline, chain)| {
                let editions = chain.editions.iter().map(|edition| (*timeline, edition));
                let stored =
                    StoredAnswer::new(cache, words, (&asked, &timeline.id.0), editions, &chain.notes);
                let text = stored.get();
                (stored, text)
            })
            .collect();
        if stored.iter().all(|(_, text)| text.is_some()) {
            return Ok(stored.into_iter().filter_map(|(_, text)| text).collect());
        }
        let engine = self.engine()?;
        let maker = Maker { engine: &engine, store: &self.store, question };
        let written = chains.into_par_iter().zip(stored).map(|((timeline, chain), (stored, text))| {
            if let Some(text) = text {
                return Ok(text);
            }
            let text =
                write(&ChangelogView { format: FORMAT, records: vec![maker.record(timeline, chain)?] });
            stored.put(&text);
            Ok(text)
        });
        written.collect()
    }

    /// The editions of each record that has any.
    fn chains<'a>(
        &self,
        question: &ChangelogQuestion,
        archive: &'a Archive,
    ) -> Result<Vec<(&'a Timeline, EditionChain)>, Failure> {
        let (from, to) = question.range.picks();
        let (from, to) = (from.unwrap_or(Pick::First), to.unwrap_or(Pick::Last));
        let range = EditionRange::open(self, &question.records, from, to)?;
        let timelines: Vec<&Timeline> =
            archive.timelines.values().filter(|timeline| !timeline.editions.is_empty()).collect();
        let alone = timelines.len() == 1;
        timelines.into_iter().map(|timeline| Ok((timeline, range.chain(timeline, alone)?))).collect()
    }
}

/// The name that every answer states under `format`.
pub const FORMAT: &str = "sincewhen.changelog/1";

impl ChangelogQuestion {
    /// The question without what the editions that are compared say already.
    fn of_one_record(&self) -> ChangelogQuestion {
        ChangelogQuestion { records: Vec::new(), range: RangeQuestion::default(), ..self.clone() }
    }
}

/// What the threads share; a session's repository handle stays on the thread that opened it.
struct Maker<'s> {
    engine: &'s Engine<'s>,
    store: &'s Store,
    question: &'s ChangelogQuestion,
}

impl Maker<'_> {
    fn record(&self, timeline: &Timeline, chain: EditionChain) -> Result<RecordChangelog, Failure> {
        let subject = self.engine.subject(&timeline.identity, timeline.kind);
        let mut editions = chain.editions;
        if self.question.direct && editions.len() > 2 {
            editions.drain(1..editions.len() - 1);
        }
        let mut steps = Vec::new();
        let mut series = Series::default();
        let mut earlier = LoadedEdition::next(self.store, &mut series, &editions[0])?;
        let mut seen = self.engine.sightings(&subject, earlier.edited());
        for edition in &editions[1..] {
            let later = LoadedEdition::next(self.store, &mut series, edition)?;
            let seen_later = self.engine.sightings(&subject, later.edited());
            let (from, to) = ((earlier.edited(), &seen[..]), (later.edited(), &seen_later[..]));
            let step = self.engine.step_between(&subject, from, to, self.question.continuing);
            steps.push(self.filtered(step));
            (earlier, seen) = (later, seen_later);
        }
        if !self.question.oldest_first {
            steps.reverse();
        }
        let heading = RecordHeading { record: timeline.id.clone(), heading: subject.heading };
        Ok(RecordChangelog { heading, notes: chain.notes, steps })
    }

    fn filtered(&self, mut step: StepReport) -> StepReport {
        if self.question.no_editorial {
            step.changes.retain(|change| !change.is_quiet());
        }
        step
    }
}
