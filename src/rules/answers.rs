//! What the rules say of editions: differences, changes, observations, marks. The questions that the rest of
//! the crate asks.

use super::assessed_through;
use super::claims::WordedChanges;
use super::differences::Differences;
use super::engine::{Edited, Engine, Subject};
use super::known_sentences::{KnownSentences, PartlyWorded};
use super::observations::{InContext, Sighting};
use super::{claims, evidence, natures, observations, outcomes, steps, strips};
use crate::diff::Delta;
use crate::model::results::{Change, Examined, Observation, StepReport, Strip};
use crate::model::{DateRange, FieldPath, Node, PartialDate};
use crate::schema::{AssessedSpec, OutcomeSpec};

impl<'a> Engine<'a> {
    /// How two editions differ, with what other editions before the later one recorded, where that is given.
    pub fn differences<'e>(
        &self,
        subject: &Subject<'_>,
        from: Edited<'e>,
        to: impl Into<InContext<'e>>,
    ) -> Differences<'e> {
        Differences::new(self, subject, from, to.into())
    }

    /// The changes from one edition to another. Each difference is explained by one of them, or is silent.
    pub fn changes<'e>(
        &self,
        subject: &Subject<'_>,
        from: Edited<'e>,
        to: impl Into<InContext<'e>>,
    ) -> Vec<Change> {
        self.sentences(subject, &self.differences(subject, from, to)).changes
    }

    /// As [`Engine::changes`], for differences that are known already, with the fields that no sentence is
    /// about.
    pub fn sentences(&self, subject: &Subject<'_>, differences: &Differences<'_>) -> WordedChanges {
        claims::changes(self, subject, differences)
    }

    /// The fingerprints of the changes from one edition to another, without their words; some may be of
    /// sentences that are left out beside weightier ones.
    pub fn change_fingerprints<'e>(
        &self,
        subject: &Subject<'_>,
        from: Edited<'e>,
        to: impl Into<InContext<'e>>,
    ) -> Vec<String> {
        claims::fingerprints(self, subject, &self.differences(subject, from, to))
    }

    /// As [`Engine::changes`], with words only for sentences that are not known by their fingerprints.
    /// Nothing where all of them need words, since one of them may read like a known one.
    pub fn unknown_changes<'e>(
        &self,
        subject: &Subject<'_>,
        from: Edited<'e>,
        to: impl Into<InContext<'e>>,
        known: &KnownSentences<'_>,
    ) -> Option<PartlyWorded> {
        claims::unknown_changes(self, subject, &self.differences(subject, from, to), known)
    }

    /// When the event took place that a change is about, if the record or a calendar dates it.
    pub fn event(
        &self,
        subject: &Subject<'_>,
        (from, to): (Edited<'_>, Edited<'_>),
        deltas: &[Delta],
        change: &Change,
    ) -> Option<natures::When<'a>> {
        let delta = deltas.iter().find(|delta| delta.path == change.path)?;
        let rule = self.policy.rules.acts.iter().find(|rule| rule.id == change.rule);
        let explicit = rule.and_then(|rule| rule.date.as_deref());
        natures::when(delta, explicit, (from.document, to.document), subject.kind, self.reference)
    }

    /// When what a difference records took place, if the record or a calendar dates it.
    pub fn date_of(
        &self,
        subject: &Subject<'_>,
        (from, to): (Edited<'_>, Edited<'_>),
        delta: &Delta,
    ) -> Option<DateRange> {
        let when = natures::when(delta, None, (from.document, to.document), subject.kind, self.reference);
        when.map(|when| when.range)
    }

    /// Which acts could claim which delta, with their weights, heaviest first.
    pub fn contenders(
        &self,
        subject: &Subject<'_>,
        from: Edited<'_>,
        to: Edited<'_>,
    ) -> Vec<(crate::model::FieldPath, String, (usize, usize))> {
        claims::contenders(self, subject, from, to)
    }

    /// The observations that can be made of one edition, with what earlier ones recorded where that is given.
    pub fn observations<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
    ) -> Vec<Observation> {
        observations::observe(self, subject, edition.into())
    }

    /// The observations of one edition before they are put into words, for [`Engine::step_between`].
    pub fn sightings<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
    ) -> Vec<Sighting<'a>> {
        observations::look(self, subject, edition.into())
    }

    /// As [`Engine::sightings`] and [`Engine::observations`] at once.
    pub fn sightings_and_observations<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
    ) -> (Vec<Sighting<'a>>, Vec<Observation>) {
        observations::look_and_observe(self, subject, edition.into())
    }

    /// As [`Engine::observations`], given what the edition shows, of those that are not known by their
    /// fingerprints; the fingerprints of the others.
    pub fn unknown_observations<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
        seen: &[Sighting<'_>],
        is_known: &dyn Fn(&str) -> bool,
    ) -> (Vec<String>, Vec<Observation>) {
        observations::unknown_observations(self, subject, edition.into(), seen, is_known)
    }

    /// Whether all that two editions show holds alike on both: then [`Engine::observed`] has nothing to say.
    pub fn are_alike(&self, before: &[Sighting<'_>], after: &[Sighting<'_>]) -> bool {
        steps::are_alike(before, after)
    }

    /// What two editions say of each other: changes, and what became of the observations, those that continue
    /// among them.
    pub fn step<'f, 't>(
        &self,
        subject: &Subject<'_>,
        from: impl Into<InContext<'f>>,
        to: impl Into<InContext<'t>>,
    ) -> StepReport {
        let (from, to) = (from.into(), to.into());
        let before = self.sightings(subject, from);
        let after = self.sightings(subject, to);
        self.step_between(subject, (from, &before), (to, &after), true)
    }

    /// What became of the observations of one edition in another, but for those that continue.
    pub fn observed<'f, 't>(
        &self,
        subject: &Subject<'_>,
        from: (impl Into<InContext<'f>>, &[Sighting<'_>]),
        to: (impl Into<InContext<'t>>, &[Sighting<'_>]),
    ) -> Vec<Observation> {
        steps::compare(self, subject, (from.0.into(), from.1), (to.0.into(), to.1), false)
    }

    /// As [`Engine::step`], for sightings that are known already; observations that continue only where
    /// `continuing` says so. What only says again what a change says is left out.
    pub fn step_between<'f, 't>(
        &self,
        subject: &Subject<'_>,
        from: (impl Into<InContext<'f>>, &[Sighting<'_>]),
        to: (impl Into<InContext<'t>>, &[Sighting<'_>]),
        continuing: bool,
    ) -> StepReport {
        let (from, to) = ((from.0.into(), from.1), (to.0.into(), to.1));
        let differences = self.differences(subject, from.0.edition, to.0);
        let worded = self.sentences(subject, &differences);
        let observations = steps::compare(self, subject, from, to, continuing);
        self.step_of((from.0.edition, to.0.edition), worded, observations)
    }

    /// As [`Engine::step_between`], of changes and observations that are known already.
    pub fn step_of(
        &self,
        (from, to): (Edited<'_>, Edited<'_>),
        worded: WordedChanges,
        mut observations: Vec<Observation>,
    ) -> StepReport {
        let WordedChanges { changes, silent } = worded;
        observations.retain(|observation| {
            !steps::is_echo(self, observation, &changes)
                && !changes.iter().any(|c| observation.is_ended_by(c))
        });
        let (from, to) = (from.edition.clone(), to.edition.clone());
        StepReport { from, to, changes, silent, observations }
    }

    /// Through when all of an edition was assessed: see [`assessed_through`].
    pub fn assessed_through(&self, subject: &Subject<'_>, edition: Edited<'_>) -> Option<PartialDate> {
        assessed_through(subject.kind, &edition.document.root, edition.date())
    }

    /// How far the parts were assessed that the manifest dates apart, where that is not as far as the
    /// edition's own date.
    pub fn assessed_short(&self, subject: &Subject<'_>, edition: Edited<'_>) -> Vec<String> {
        let note = |spec: &AssessedSpec| {
            let through = edition.document.root.at_keys(spec.through.split('.')).and_then(Node::scalar_text);
            match through.and_then(|text| text.parse::<PartialDate>().ok()) {
                None => Some(format!("{} never assessed", spec.title)),
                Some(through) if through.range().end < edition.date().range().end => {
                    Some(format!("{} assessed through {}", spec.title, through.in_words()))
                }
                Some(_) => None,
            }
        };
        subject.kind.spec.assessed.iter().filter_map(note).collect()
    }

    /// The fields that an observation rests on: those it cites and those that its rule looks at.
    pub fn rests_on(&self, observation: &Observation) -> Vec<crate::model::FieldPath> {
        steps::rests_on(self, observation)
    }

    /// As [`Engine::event`], its date alone.
    pub fn event_date(
        &self,
        subject: &Subject<'_>,
        sides: (Edited<'_>, Edited<'_>),
        deltas: &[Delta],
        change: &Change,
    ) -> Option<PartialDate> {
        self.event(subject, sides, deltas, change).map(|when| when.date)
    }

    /// The names of the sources that an edition cites for a path: those of its item, or of the part that it
    /// stands in.
    pub fn cited(&self, subject: &Subject<'_>, edition: Edited<'_>, path: &FieldPath) -> Vec<String> {
        evidence::cited_for(subject, edition, path).into_iter().map(|(_, name)| name).collect()
    }

    /// What an edition and those before it say of the occasions of a calendar up to the edition's date,
    /// oldest first.
    pub fn outcomes<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
        spec: &OutcomeSpec,
    ) -> Vec<Examined> {
        outcomes::of(self, subject, edition.into(), spec)
    }

    /// Whether the manifest may have rows of marks for such records.
    pub fn has_strips(&self, subject: &Subject<'_>) -> bool {
        strips::chosen(self, subject, None).next().is_some()
    }

    /// The rows of marks for an edition.
    pub fn strips<'e>(&self, subject: &Subject<'_>, edition: impl Into<InContext<'e>>) -> Vec<Strip> {
        strips::draw(self, subject, edition.into()).into_iter().map(|(_, strip)| strip).collect()
    }

    /// The rows of marks for an edition, each with its position in the manifest.
    pub fn placed_strips<'e>(
        &self,
        subject: &Subject<'_>,
        edition: impl Into<InContext<'e>>,
    ) -> Vec<(usize, Strip)> {
        strips::draw(self, subject, edition.into())
    }
}
