//! A sentence of a period, with the step it stands in.

use super::known_steps::KnownChanges;
use super::read_edition::ReadEdition;
use crate::diff::Delta;
use crate::model::results::{Change, EditionRef, Observation};
use crate::model::text::as_recorded_in;
use crate::model::{DateRange, FieldPath, Nature, NatureKind, PartialDate, Step};
use crate::rules::{Engine, Sighting, Subject, natures, without_beyond};
use crate::schema::{Kind, Op};

/// A sentence with the step it stands in.
#[derive(Clone, Debug)]
pub struct PeriodSentence {
    /// The sentence.
    pub said: SentenceContent,
    /// The earlier edition; `None` if the record is new.
    pub from: Option<EditionRef>,
    /// The later edition.
    pub to: EditionRef,
    /// When the event took place, as it is written and as an interval.
    pub when: Option<(PartialDate, DateRange)>,
    /// How an edition within the same period had recorded it first.
    pub earlier: Option<String>,
    /// The differences that it is made of.
    pub deltas: Vec<Delta>,
    /// The fields it is about, wording and sources left out.
    pub(super) paths: Vec<FieldPath>,
    /// The place of the step in the period.
    pub(super) step: usize,
}

/// A change or an observation.
#[derive(Clone, Debug)]
pub enum SentenceContent {
    /// A change.
    Change(Box<Change>),
    /// An observation that began, changed or ended.
    Observation(Box<Observation>),
}

impl PeriodSentence {
    /// How it came about.
    pub fn nature(&self) -> Option<crate::model::Nature> {
        match &self.said {
            SentenceContent::Change(change) => Some(change.nature),
            SentenceContent::Observation(observation) => observation.nature,
        }
    }

    /// The words alone, with what became of an observation before them.
    pub fn words(&self) -> String {
        match &self.said {
            SentenceContent::Change(change) => change.message.clone(),
            SentenceContent::Observation(o) => o.in_step(),
        }
    }

    /// Whether its event is dated after its own edition, so that the edition did not have it on its day.
    pub(super) fn is_beyond(&self, kind: &Kind) -> bool {
        let (Some(change), Some((_, when))) = (self.change(), &self.when) else { return false };
        change.after.is_some() && natures::is_beyond(&change.path, when, &self.to.last_updated, kind)
    }

    /// Of an event that is dated after its own edition: as a later edition says it, if that could know of it.
    pub(super) fn as_known_later(&self, kind: &Kind, later: &PartialDate) -> Option<PeriodSentence> {
        let could_know = self.when.as_ref().is_some_and(|(_, range)| range.end <= later.range().end);
        let mut known = Some(self.clone()).filter(|_| could_know && self.is_beyond(kind))?;
        if let SentenceContent::Change(change) = &mut known.said {
            change.message = without_beyond(&change.message, &self.to.last_updated);
            change.nature = Nature::certain(NatureKind::Development);
        }
        Some(known)
    }

    /// Whether it gives a date, and nothing else, to what another sentence recorded without one.
    pub(super) fn dates(&self, other: &PeriodSentence, kind: &Kind) -> bool {
        let (Some(date), Some(fact)) = (self.change(), other.change()) else { return false };
        self.step > other.step
            && date.before.is_none()
            && lead_of_date(kind, &date.path).is_some_and(|lead| fact.explains.contains(&lead))
    }

    /// Whether it is about what another sentence is about, too.
    pub(super) fn says_lead_of(&self, other: &PeriodSentence) -> bool {
        match (self.change(), other.change()) {
            (Some(own), Some(other)) => own.explains.contains(&other.path),
            _ => false,
        }
    }

    /// What it is about, for finding the same sentence in another account.
    pub(super) fn about(&self) -> (String, String) {
        match &self.said {
            SentenceContent::Change(change) => (change.rule.clone(), change.path.to_string()),
            // Of a return or a turn, that very one.
            SentenceContent::Observation(o) if o.is_event() => (o.rule.clone(), o.fingerprint.clone()),
            SentenceContent::Observation(o) => (o.rule.clone(), o.identity.clone()),
        }
    }

    /// Lets go of the differences it is made of, once nothing is held against them.
    pub(super) fn forget_deltas(&mut self) {
        self.deltas = Vec::new();
    }

    pub(super) fn is(&self, kind: NatureKind) -> bool {
        self.nature().is_some_and(|nature| nature.kind == kind)
    }

    /// Whether it puts something right or takes it back.
    pub(super) fn takes_back(&self) -> bool {
        self.is(NatureKind::Correction) || self.is(NatureKind::Retraction)
    }

    /// Whether it takes back just what another sentence said.
    pub(super) fn undoes(&self, other: &PeriodSentence) -> bool {
        let replaces = match (self.change(), other.change()) {
            (Some(now), Some(then)) => now.before == then.after,
            _ => false,
        };
        self.overlaps(other) && (self.is(NatureKind::Retraction) || (self.takes_back() && replaces))
    }

    /// Whether it has late what another sentence takes out at another place, for one and the same reason: the
    /// fact moved within the record, and the reason says where to.
    pub(super) fn is_moved_by(&self, other: &PeriodSentence) -> bool {
        let (Some(own), Some(taken)) = (self.change(), other.change()) else { return false };
        let is_new = own.before.is_none() && self.is(NatureKind::LateReport);
        let is_gone = taken.after.is_none() && other.is(NatureKind::Retraction);
        let range = |one: &PeriodSentence| one.when.as_ref().map(|(_, range)| *range);
        is_new && is_gone && range(self) == range(other) && self.shares_reason_of(other)
    }

    /// The reason that an entry of the record's corrections gives.
    pub(super) fn reason(&self) -> Option<&str> {
        self.change().and_then(|change| change.reason.as_deref())
    }

    /// Whether one entry of an edition's corrections gives the reason for both.
    pub(super) fn shares_reason_of(&self, other: &PeriodSentence) -> bool {
        self.reason().is_some() && self.reason() == other.reason() && self.to == other.to
    }

    /// Whether it says what took the place of what another sentence said, or that it went.
    pub(super) fn replaces(&self, other: &PeriodSentence) -> bool {
        let about_one = |(now, then): (&Change, &Change)| {
            now.explains.contains(&then.path) || then.path.contains(&now.path)
        };
        let is_of_value = self.change().is_some_and(|change| change.before.is_some());
        is_of_value && self.change().zip(other.change()).is_some_and(about_one)
    }

    /// Has it name the edition that recorded it.
    pub(super) fn name_edition(&mut self) {
        let edition = &self.to.last_updated;
        if let SentenceContent::Change(change) = &mut self.said {
            change.message = as_recorded_in(&change.message, edition);
        }
    }

    pub(super) fn change(&self) -> Option<&Change> {
        match &self.said {
            SentenceContent::Change(change) => Some(change),
            SentenceContent::Observation(_) => None,
        }
    }

    /// Whether it says that one value took the place of another.
    pub(super) fn is_replacement(&self) -> bool {
        self.change().is_some_and(|change| change.before.is_some() && change.after.is_some())
    }

    /// Whether both say that the same item came, in the same sort of sentence.
    pub(super) fn adds_alike(&self, other: &PeriodSentence) -> bool {
        let (Some(own), Some(theirs)) = (self.change(), other.change()) else { return false };
        let are_new = own.before.is_none() && theirs.before.is_none();
        are_new && (&own.rule, &own.path) == (&theirs.rule, &theirs.path)
    }

    /// Whether it says by another rule that the same item came: a decision of a state that was taken for a
    /// party is no decision of a party.
    pub(super) fn rewords(&self, other: &PeriodSentence) -> bool {
        let (Some(now), Some(then)) = (self.change(), other.change()) else { return false };
        let is_new = now.before.is_none() && then.before.is_none();
        let is_news = self.is(NatureKind::Development) && other.is(NatureKind::Development);
        is_new && is_news && now.path == then.path && now.rule != then.rule
    }

    /// Whether both say by the same rule that the same item came, and this one, of the whole period, in other
    /// words: later editions added to it.
    pub(super) fn says_more_of(&self, other: &PeriodSentence) -> bool {
        let is_news = self.is(NatureKind::Development) && other.is(NatureKind::Development);
        let are_items = self.change().is_some_and(|change| change.path.item().as_ref() == Some(&change.path));
        is_news && are_items && self.adds_alike(other) && self.words() != other.words()
    }

    /// Whether both say by the same rule that items came, of the same day.
    pub(super) fn is_sibling_of(&self, other: &PeriodSentence) -> bool {
        let (Some(own), Some(theirs)) = (self.change(), other.change()) else { return false };
        let range = |s: &PeriodSentence| s.when.as_ref().map(|(_, range)| *range);
        let is_of_day = range(self).is_some() && range(self) == range(other);
        let are_new = own.before.is_none() && theirs.before.is_none();
        is_of_day && are_new && own.rule == theirs.rule && own.path != theirs.path
    }

    /// Whether it is about what another source says.
    pub(super) fn is_account(&self, kind: &Kind) -> bool {
        self.change().is_some_and(|change| natures::account(&change.path, kind).is_some())
    }

    /// Whether a later edition's addition to the item that it says came is within what it says.
    pub(super) fn says_detail(&self, detail: &PeriodSentence, kind: &Kind) -> bool {
        let (Some(event), Some(added)) = (self.change(), detail.change()) else { return false };
        let is_addition = event.before.is_none() && added.before.is_none();
        let is_late = self.is(NatureKind::Development) && detail.is(NatureKind::LateReport);
        let is_inside = event.path != added.path && event.path.contains(&added.path);
        let has_it = || self.to.last_updated.range().start >= detail.to.last_updated.range().start;
        is_addition && is_late && is_inside && has_it() && added.reason.is_none() && !detail.is_account(kind)
    }

    /// Whether it is an observation of the same thing as a sighting.
    pub(super) fn is_of(&self, sighting: &Sighting<'_>) -> bool {
        matches!(&self.said, SentenceContent::Observation(o) if o.identity == sighting.identity())
    }

    /// Whether it is an observation of something that happened once: a turn, or that somebody came back.
    pub(super) fn is_event(&self) -> bool {
        matches!(&self.said, SentenceContent::Observation(o) if o.is_event())
    }

    /// Whether other sentences are about all that it is about.
    pub(super) fn is_within(&self, others: &[&PeriodSentence]) -> bool {
        let is_among = |path: &FieldPath| {
            let mut theirs = others.iter().flat_map(|other| &other.paths);
            theirs.any(|other| other.contains(path) || path.contains(other))
        };
        self.paths.iter().all(is_among)
    }

    /// Whether what it was before is just what another sentence recorded, so that its own words say it.
    pub(super) fn names_what_was(&self, earlier: &PeriodSentence) -> bool {
        match (self.change(), earlier.change()) {
            (Some(now), Some(then)) => {
                now.path == then.path && now.before.is_some() && now.before == then.after
            }
            _ => false,
        }
    }

    /// Whether it reports the event of another sentence, with more.
    pub(super) fn says_again(&self, other: &PeriodSentence) -> bool {
        match (&self.said, other.change()) {
            (SentenceContent::Observation(own), Some(change)) => own.says_again(change),
            _ => false,
        }
    }

    pub(super) fn overlaps(&self, other: &PeriodSentence) -> bool {
        self.paths.iter().any(|a| other.paths.iter().any(|b| a.contains(b) || b.contains(a)))
    }
}

/// The changes of one step that say more than wording and review.
pub(super) fn sentences_of(
    (engine, subject): (&Engine<'_>, &Subject<'_>),
    known: &KnownChanges,
    (from, to): (&ReadEdition, &ReadEdition),
    step: usize,
) -> Vec<PeriodSentence> {
    let deltas = &known.deltas;
    let changes = known.worded.changes.iter();
    changes
        .filter(|change| !change.is_quiet())
        .map(|change| {
            let when = engine.event(subject, (from.edited(), to.edited()), deltas, change);
            let when = when.map(|when| (when.date, when.range));
            let mut deltas: Vec<Delta> =
                deltas.iter().filter(|d| change.explains.contains(&d.path)).cloned().collect();
            let mut dated: Vec<Delta> =
                deltas.iter().filter_map(|delta| dated_lead(subject, delta, to)).collect();
            dated.retain(|lead| deltas.iter().all(|delta| !delta.path.contains(&lead.path)));
            deltas.extend(dated);
            let paths = weighty(subject, change);
            let (from, to) = (Some(from.name.clone()), to.name.clone());
            PeriodSentence {
                said: SentenceContent::Change(Box::new(change.clone())),
                from,
                to,
                when,
                earlier: None,
                deltas,
                paths,
                step,
            }
        })
        .collect()
}

/// What a date that comes alone is the date of, as its edition has it: by itself a date is no event.
fn dated_lead(subject: &Subject<'_>, delta: &Delta, to: &ReadEdition) -> Option<Delta> {
    let lead = lead_of_date(subject.kind, &delta.path).filter(|_| delta.op == Op::Added)?;
    let value = to.document.at(&lead, &|path: &FieldPath| subject.kind.shape.key_at(path))?;
    Some(Delta { path: lead, from_path: None, op: Op::Added, before: None, after: Some(value.clone()) })
}

/// The field that leads the part whose date a path is.
fn lead_of_date(kind: &Kind, path: &FieldPath) -> Option<FieldPath> {
    let (around, Some(Step::Key(key))) = (path.parent()?, path.0.last()) else { return None };
    let shape = kind.shape.at(&around)?;
    let lead = shape.leads.first().filter(|_| shape.date.as_ref() == Some(key))?;
    Some(around.key(lead))
}

fn weighty(subject: &Subject<'_>, change: &Change) -> Vec<FieldPath> {
    let quiet = |path: &&FieldPath| subject.is_quiet(path);
    let paths: Vec<FieldPath> = change.explains.iter().filter(|path| !quiet(path)).cloned().collect();
    if paths.is_empty() { vec![change.path.clone()] } else { paths }
}
