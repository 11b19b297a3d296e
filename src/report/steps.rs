//! What is said of the steps between a record's editions, looked at once however many periods ask for it.

use super::known_steps::KnownChanges;
use super::read_edition::ReadEdition;
use super::reader::RecordReader;
use crate::model::results::{Observation, StepReport};
use crate::rules::Sighting;
use std::sync::Arc;

impl<'r, E> RecordReader<'r, '_, E> {
    /// The place in the timeline of an edition that is just as it was read: one that was altered, or that is
    /// looked at by itself, has none.
    fn place(&self, page: &ReadEdition) -> Option<usize> {
        let is_it = |known: &ReadEdition| {
            Arc::ptr_eq(&known.document, &page.document) && Arc::ptr_eq(&known.on_record, &page.on_record)
        };
        self.pages.iter().find(|(_, known)| is_it(known)).map(|(at, _)| *at)
    }

    fn places(&self, from: &ReadEdition, to: &ReadEdition) -> Option<(usize, usize)> {
        Some((self.place(from)?, self.place(to)?))
    }

    /// The changes from one edition to another, if they were asked for before.
    pub(super) fn known_changes(&self, from: &ReadEdition, to: &ReadEdition) -> Option<Arc<KnownChanges>> {
        self.known.changes.get(&self.places(from, to)?).map(Arc::clone)
    }

    /// The changes from one edition to another.
    pub(super) fn changes(&mut self, from: &ReadEdition, to: &ReadEdition) -> Arc<KnownChanges> {
        if let Some(known) = self.known_changes(from, to) {
            return known;
        }
        let differences = self.engine.differences(self.subject, from.edited(), to.in_context());
        let worded = self.engine.sentences(self.subject, &differences);
        let found = Arc::new(KnownChanges { deltas: differences.deltas, worded });
        if let Some(places) = self.places(from, to) {
            self.known.changes.insert(places, Arc::clone(&found));
        }
        found
    }

    /// What an edition shows.
    pub(super) fn sightings(&mut self, page: &ReadEdition) -> Arc<Vec<Sighting<'r>>> {
        let place = self.place(page);
        if let Some(known) = place.and_then(|at| self.known.seen.get(&at)) {
            return Arc::clone(known);
        }
        let found = Arc::new(self.engine.sightings(self.subject, page.in_context()));
        if let Some(at) = place {
            self.known.seen.insert(at, Arc::clone(&found));
        }
        found
    }

    /// The observations of an edition; looks at it once for these and for the steps that it stands in.
    pub fn standing(&mut self, page: &ReadEdition) -> Vec<Observation> {
        let (seen, standing) = self.engine.sightings_and_observations(self.subject, page.in_context());
        if let Some(at) = self.place(page) {
            self.known.seen.insert(at, Arc::new(seen));
        }
        standing
    }

    /// What became of the observations of one edition in another, but for those that continue.
    pub(super) fn observed(&mut self, from: &ReadEdition, to: &ReadEdition) -> Arc<Vec<Observation>> {
        let places = self.places(from, to);
        if let Some(known) = places.and_then(|pair| self.known.observed.get(&pair)) {
            return Arc::clone(known);
        }
        let (before, after) = (self.sightings(from), self.sightings(to));
        let sides = ((from.in_context(), &before[..]), (to.in_context(), &after[..]));
        let found = Arc::new(self.engine.observed(self.subject, sides.0, sides.1));
        if let Some(pair) = places {
            self.known.observed.insert(pair, Arc::clone(&found));
        }
        found
    }

    /// What two editions say of each other: changes, and what became of the observations, but for those that
    /// continue.
    pub fn step(&mut self, from: &ReadEdition, to: &ReadEdition) -> StepReport {
        let worded = self.changes(from, to).worded.clone();
        let observed = self.observed(from, to).to_vec();
        self.engine.step_of((from.edited(), to.edited()), worded, observed)
    }
}
