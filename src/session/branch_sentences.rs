//! What is said of one record from edition to edition. Each edition is read once and each two are compared
//! once, whatever is asked.

use crate::history::{DocumentStore, Edition, Timeline};
use crate::model::finding::StepSummary;
use crate::model::results::{Change, Observation, ObservationState, StepReport};
use crate::model::{Failure, ObjectId};
use crate::report::{ReadEdition, RecordReader};
use crate::rules::{Engine, Sighting, Subject};
use std::collections::HashMap;
use std::rc::Rc;

/// A date as it is written, and what stands under it: two editions that share both say the same.
type DatedBlob = (String, ObjectId);

fn key(edition: &Edition) -> DatedBlob {
    (edition.date.as_str().to_owned(), edition.revision.blob)
}

/// An edition, read, with what can be observed in it.
struct ObservedEdition<'a> {
    page: ReadEdition,
    sightings: Vec<Sighting<'a>>,
}

/// The sentences about a record, as its editions stand on one side of a comparison.
pub(super) struct BranchSentences<'a> {
    engine: &'a Engine<'a>,
    subject: &'a Subject<'a>,
    timeline: &'a Timeline,
    reading: RecordReader<'a, 'a, Failure>,
    observed: HashMap<DatedBlob, Rc<ObservedEdition<'a>>>,
    compared: HashMap<(DatedBlob, DatedBlob), Rc<[StepSummary]>>,
}

impl<'a> BranchSentences<'a> {
    /// Nothing is read yet.
    pub fn new(
        engine: &'a Engine<'a>,
        store: &'a DocumentStore,
        subject: &'a Subject<'a>,
        timeline: &'a Timeline,
    ) -> BranchSentences<'a> {
        let reading = RecordReader::new(engine, store, subject, timeline).whole();
        let (observed, compared) = (HashMap::new(), HashMap::new());
        BranchSentences { engine, subject, timeline, reading, observed, compared }
    }

    /// Every sentence about the record, step by step, but for the steps between its first editions that both
    /// sides share.
    pub fn all(&mut self, shared: usize) -> Result<Vec<StepSummary>, Failure> {
        let editions = &self.timeline.editions;
        let mut out = Vec::new();
        // The first edition is compared with nothing; what it observes stands.
        if let (0, Some(first)) = (shared, editions.first()) {
            let first = self.observed(first)?;
            let observed = self.engine.observations(self.subject, first.page.in_context());
            out.extend(observed.into_iter().map(|observation| StepSummary {
                from: None,
                to: first.page.name.last_updated.clone(),
                label: "stands".to_owned(),
                significance: observation.significance,
                message: observation.message,
                fingerprint: observation.fingerprint,
            }));
        }
        for pair in editions.get(shared.saturating_sub(1)..).unwrap_or_default().windows(2) {
            out.extend(self.step(&pair[0], &pair[1])?.iter().cloned());
        }
        Ok(out)
    }

    /// What stands in the newest edition, with its grounds: a calendar or a table can change those alone.
    pub fn grounds(&mut self) -> Result<Vec<StepSummary>, Failure> {
        let Some(edition) = self.timeline.editions.last() else { return Ok(Vec::new()) };
        let last = self.observed(edition)?;
        let stands = self.engine.observations(self.subject, last.page.in_context());
        let grounds = |observation: Observation| StepSummary {
            from: None,
            to: edition.date.clone(),
            label: "grounds".to_owned(),
            significance: observation.significance,
            message: format!("{}; {}", observation.message, observation.detail),
            fingerprint: observation.fingerprint,
        };
        Ok(stands.into_iter().filter(|observation| !observation.detail.is_empty()).map(grounds).collect())
    }

    /// What the report of a year says of the record, by the editions of a timeline.
    pub fn report(&mut self, timeline: &Timeline, year: i32) -> Result<Vec<String>, Failure> {
        let (Some(from), Some(to)) = (in_force(timeline, year - 1), in_force(timeline, year)) else {
            return Ok(in_force(timeline, year)
                .map(|edition| edition.date.to_string())
                .into_iter()
                .collect());
        };
        if from.revision.blob == to.revision.blob {
            return Ok(Vec::new());
        }
        let sentences = self.step(from, to)?;
        Ok(sentences.iter().map(|sentence| sentence.message.clone()).collect())
    }

    /// What one edition says of another.
    fn step(&mut self, from: &Edition, to: &Edition) -> Result<Rc<[StepSummary]>, Failure> {
        let both = (key(from), key(to));
        if let Some(known) = self.compared.get(&both) {
            return Ok(known.clone());
        }
        let (before, after) = (self.observed(from)?, self.observed(to)?);
        let (before, after) = (
            (before.page.in_context(), &before.sightings[..]),
            (after.page.in_context(), &after.sightings[..]),
        );
        let sentences: Rc<[StepSummary]> =
            spoken(self.engine.step_between(self.subject, before, after, false)).into();
        self.compared.insert(both, sentences.clone());
        Ok(sentences)
    }

    fn observed(&mut self, edition: &Edition) -> Result<Rc<ObservedEdition<'a>>, Failure> {
        let own = key(edition);
        if let Some(known) = self.observed.get(&own) {
            return Ok(known.clone());
        }
        let page = self.reading.page(edition)?;
        let sightings = self.engine.sightings(self.subject, page.in_context());
        let read = Rc::new(ObservedEdition { page, sightings });
        self.observed.insert(own, read.clone());
        Ok(read)
    }
}

/// The edition in force at the end of a year.
pub(super) fn in_force(timeline: &Timeline, year: i32) -> Option<&Edition> {
    timeline.editions.iter().rev().find(|edition| edition.date.year() <= year)
}

fn spoken(step: StepReport) -> Vec<StepSummary> {
    let (from, to) = (step.from.last_updated.clone(), step.to.last_updated.clone());
    let sentence = |label: String, significance, message: String, fingerprint: String| StepSummary {
        from: Some(from.clone()),
        to: to.clone(),
        label,
        significance,
        message,
        fingerprint,
    };
    let said: Vec<Change> = step.changes.iter().filter(|c| !step.says_again(c)).cloned().collect();
    let changes = said
        .into_iter()
        .map(|c| sentence(c.nature.kind.to_string(), c.significance, c.message, c.fingerprint));
    let is_news = |o: &Observation| o.state.is_some_and(|state| state != ObservationState::Continues);
    let news = step.observations.into_iter().filter(is_news);
    let observations = news.map(|o| sentence(o.label().to_owned(), o.significance, o.message, o.fingerprint));
    changes.chain(observations).collect()
}
