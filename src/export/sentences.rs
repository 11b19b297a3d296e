//! Changes and observations: one row a sentence.

use super::cell::{Cell, ExportRow};
use super::context::RecordExport;
use super::stages::{EditionStage, StandingRow};
use crate::model::results::{Change, Citation, Observation, ObservationState, StepReport};
use crate::report::ReadEdition;
use crate::rules::{Sighting, Subject};
use std::collections::{HashMap, HashSet};

/// Where `superseded_by` and `held_until` stand in the row of an observation, and when an occasion ended it.
const PLACES: (usize, usize, Option<usize>) = (3, 5, None);
const ENDED_ON: usize = 17;

/// The sentences of a record's editions, which are added one after another.
pub(super) struct SentenceRows<'s> {
    export: &'s RecordExport<'s>,
    subject: &'s Subject<'s>,
    changes: Vec<ExportRow>,
    observations: Vec<StandingRow>,
    /// What the edition before showed.
    seen: Vec<Sighting<'s>>,
    /// The observations that stand, by what makes each the same one over editions.
    open: HashMap<String, (usize, Observation)>,
}

impl<'s> SentenceRows<'s> {
    pub fn new(export: &'s RecordExport<'s>, subject: &'s Subject<'s>) -> Self {
        SentenceRows {
            export,
            subject,
            changes: Vec::new(),
            observations: Vec::new(),
            seen: Vec::new(),
            open: HashMap::new(),
        }
    }

    /// Adds the next edition, given the one before it. Returns all that is observed of it.
    pub fn add(
        &mut self,
        stage: &EditionStage<'_>,
        earlier: Option<&ReadEdition>,
        later: &ReadEdition,
    ) -> Vec<Observation> {
        let engine = self.export.engine;
        let seen = engine.sightings(self.subject, later.in_context());
        let before = std::mem::replace(&mut self.seen, seen);
        let step = earlier.map(|earlier| {
            let from = (earlier.in_context(), &before[..]);
            let to = (later.in_context(), &self.seen[..]);
            let step = engine.step_between(self.subject, from, to, false);
            self.add_changes(&step, earlier, later);
            step
        });
        let observed = engine.observations(self.subject, later.in_context());
        self.add_observations(stage, step.as_ref(), &observed);
        observed
    }

    /// All rows: changes, and observations.
    pub fn rows(self) -> (Vec<ExportRow>, Vec<ExportRow>) {
        (self.changes, self.observations.into_iter().map(|standing| standing.row).collect())
    }

    fn add_changes(&mut self, step: &StepReport, earlier: &ReadEdition, later: &ReadEdition) {
        let engine = self.export.engine;
        let differences = engine.differences(self.subject, earlier.edited(), later.in_context());
        let sides = (earlier.edited(), later.edited());
        for (at, change) in step.changes.iter().enumerate() {
            let date = engine.event_date(self.subject, sides, &differences.deltas, change);
            if !(self.export.wanted.change)(change, date.as_ref()) {
                continue;
            }
            let row = change_row(self.subject, step, at + 1, change, Cell::dated(date.as_ref()));
            self.changes.push(row);
        }
    }

    fn add_observations(
        &mut self,
        stage: &EditionStage<'_>,
        step: Option<&StepReport>,
        observed: &[Observation],
    ) {
        let wanted = self.export.wanted.observation;
        let in_step = |fingerprint: &str, states: &[ObservationState]| {
            let of_step = step.into_iter().flat_map(|step| &step.observations);
            of_step
                .filter(|one| one.state.is_some_and(|state| states.contains(&state)))
                .find(|one| one.fingerprint == fingerprint)
        };
        let began = [ObservationState::Began, ObservationState::Changed];
        let mut number = 0;
        let mut still: HashMap<String, (usize, Observation)> = HashMap::with_capacity(observed.len());
        let mut before = std::mem::take(&mut self.open);
        for one in observed.iter().filter(|one| wanted(one)) {
            // Of several alike each is its own.
            let mut key = one.identity.clone();
            while still.contains_key(&key) {
                key.push('+');
            }
            let known = before.remove(&key);
            if let Some((at, known)) = &known
                && says_the_same(known, one)
            {
                still.insert(key, (*at, one.clone()));
                continue;
            }
            let how = match (&known, step) {
                (_, None) => "stands",
                (Some(_), _) => "changed",
                (None, _) => "began",
            };
            if let Some((at, _)) = known {
                self.observations[at].close(stage);
            }
            number += 1;
            let nature = in_step(&one.fingerprint, &began).and_then(|one| one.nature);
            let row = observation_row(self.subject, stage, number, (how, nature), one);
            still.insert(key, (self.observations.len(), one.clone()));
            self.observations.push(StandingRow::new(row, PLACES));
        }
        let mut gone: Vec<(usize, Observation)> = before.into_values().collect();
        gone.sort_by_key(|(at, _)| *at);
        for (at, one) in gone {
            let ended =
                in_step(&one.fingerprint, &[ObservationState::Ended]).and_then(|one| one.ended.as_ref());
            self.observations[at].row[ENDED_ON] = Cell::from(ended.map(|date| date.as_str()));
            self.observations[at].close(stage);
        }
        let standing: HashSet<&str> = still.values().map(|(_, one)| one.fingerprint.as_str()).collect();
        let events = step.into_iter().flat_map(|step| &step.observations);
        let events = events.filter(|one| one.state.is_some_and(|state| began.contains(&state)));
        for one in events.filter(|one| wanted(one) && !standing.contains(one.fingerprint.as_str())) {
            number += 1;
            let row = observation_row(self.subject, stage, number, ("event", one.nature), one);
            let mut event = StandingRow::new(row, PLACES);
            event.close(stage);
            self.observations.push(event);
        }
        self.open = still;
    }
}

/// Whether a later edition says the same of the same thing, in the same words and as far assessed.
fn says_the_same(one: &Observation, other: &Observation) -> bool {
    one.fingerprint == other.fingerprint
        && one.message == other.message
        && one.detail == other.detail
        && one.since == other.since
        && one.assessed_through == other.assessed_through
        && one.significance == other.significance
        && one.variant == other.variant
        && names(&one.sources) == names(&other.sources)
}

fn names(sources: &[Citation]) -> Vec<&String> {
    sources.iter().map(|source| &source.id).collect()
}

fn change_row(
    subject: &Subject<'_>,
    step: &StepReport,
    number: usize,
    change: &Change,
    date: [Cell; 3],
) -> ExportRow {
    let [happened_on, happened_from, happened_until] = date;
    vec![
        Cell::text(subject.id.0.clone()),
        Cell::text(step.from.last_updated.as_str()),
        Cell::text(step.to.last_updated.as_str()),
        Cell::count(number),
        Cell::text(change.rule.clone()),
        Cell::text(change.nature.kind.as_str()),
        Cell::Truth(change.nature.uncertain),
        Cell::Truth(change.nature.undated),
        Cell::text(change.significance.as_str()),
        Cell::text(change.message.clone()),
        Cell::text(change.path.to_string()),
        Cell::json(change.before.as_ref()),
        Cell::json(change.after.as_ref()),
        happened_on,
        happened_from,
        happened_until,
        Cell::from(change.reason.clone()),
        Cell::names(names(&change.sources)),
        Cell::commit(&step.to.commit),
        Cell::text(change.fingerprint.clone()),
    ]
}

fn observation_row(
    subject: &Subject<'_>,
    stage: &EditionStage<'_>,
    number: usize,
    (how, nature): (&str, Option<crate::model::Nature>),
    one: &Observation,
) -> ExportRow {
    let [since_on, since_from, since_until] = Cell::dated(one.since.as_ref());
    vec![
        Cell::text(subject.id.0.clone()),
        Cell::text(stage.edition.date.as_str()),
        Cell::count(number),
        Cell::Null,
        Cell::Day(stage.held_from),
        Cell::Null,
        Cell::text(one.rule.clone()),
        Cell::text(one.kind),
        Cell::text(one.variant),
        Cell::text(how),
        Cell::from(nature.map(|nature| nature.kind.as_str())),
        Cell::text(one.significance.as_str()),
        Cell::text(one.message.clone()),
        Cell::text(one.detail.clone()),
        since_on,
        since_from,
        since_until,
        Cell::Null,
        Cell::from(one.assessed_through.clone()),
        Cell::names(names(&one.sources)),
        Cell::text(one.fingerprint.clone()),
    ]
}
