//! The sentences of a published record: each once, with the editions that say it; and the rows that pages
//! list.

use super::paths;
use crate::model::published::PublishedRecord;
use crate::model::results::{Change, Citation, Evidence, Observation, ObservationState};
use crate::model::{NatureKind, PartialDate, RecordId, Significance};
use indexmap::IndexMap;
use serde::Serialize;

/// A sentence as a step of a record's changelog says it.
#[derive(Clone, Debug)]
pub struct StepSentence {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The sentence.
    pub message: String,
    /// Its grounds or reason.
    pub detail: String,
    /// How it came about, or what became of a standing fact.
    pub nature: String,
    /// The edition before.
    pub from: PartialDate,
    /// The edition that brought it.
    pub edition: PartialDate,
    /// Whether it is more than wording, sources, a review or silence.
    pub is_news: bool,
    /// How much it weighs.
    pub significance: Significance,
}

/// A sentence with its proof, once for all editions that say it.
#[derive(Debug)]
pub struct Proven<'s> {
    /// Its fingerprint.
    pub fingerprint: &'s str,
    /// The rule that worded it.
    pub rule: &'s str,
    /// The sentence.
    pub message: &'s str,
    /// How it came about, of a change.
    pub nature: Option<&'static str>,
    /// Its grounds or reason.
    pub detail: &'s str,
    /// Which of the record's editions say it, newest first, by their places in the row of editions.
    pub editions: Vec<usize>,
    /// Where the proof stands.
    pub evidence: &'s [Evidence],
    /// What the record cites for it.
    pub sources: &'s [Citation],
}

/// An edition with its page.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EditionLink {
    /// Its date.
    pub date: PartialDate,
    /// Its page in the record's folder.
    pub page: String,
}

/// A sentence as a row of a page.
#[derive(Clone, Debug, Serialize)]
pub struct SentenceRow {
    /// The record and the edition, or the step between editions on the record's own pages.
    #[serde(rename = "where")]
    pub place: String,
    /// The record; `None` on its own pages.
    #[serde(skip)]
    pub heading: Option<String>,
    /// The edition, or the step to it.
    #[serde(skip)]
    pub step: String,
    /// The sentence.
    pub message: String,
    /// Its grounds or reason.
    pub detail: String,
    /// How it came about.
    pub nature: String,
    /// Its address.
    pub link: String,
    /// The groups of its record.
    pub groups: IndexMap<String, String>,
    /// The edition that brought it, to sort by.
    #[serde(skip)]
    pub edition: PartialDate,
    /// How much it weighs.
    pub significance: Significance,
}

/// The address of a sentence, from the site's top.
pub fn link(record: &RecordId, fingerprint: &str) -> String {
    format!("{}/sentences.html#{fingerprint}", paths::record(record))
}

/// The sentences of all steps, oldest first.
pub fn said(published: &PublishedRecord) -> Vec<StepSentence> {
    (0..published.editions.len()).flat_map(|at| said_of(published, at)).collect()
}

/// The sentences of the step to one edition.
pub fn said_of(published: &PublishedRecord, at: usize) -> Vec<StepSentence> {
    let Some(step) = &published.editions[at].step else { return Vec::new() };
    let (from, edition) = (&step.from.last_updated, &step.to.last_updated);
    let has_begun = |o: &&Observation| o.state.is_some_and(|state| state != ObservationState::Continues);
    let changes = step.changes.iter().map(|change| of_change(change, from, edition));
    let observations = step.observations.iter().filter(has_begun).map(|observation| {
        let said = of_observation(observation, from, edition);
        StepSentence { is_news: !is_corrected(observation, &step.changes), ..said }
    });
    changes.chain(observations).collect()
}

/// Whether an observation reads otherwise because a fact that it rests on was corrected, and for no new fact:
/// the correction is the news, once.
fn is_corrected(observation: &Observation, changes: &[Change]) -> bool {
    let touches = |change: &Change| {
        let paths = || change.explains.iter().chain([&change.path]);
        let mut facts = observation.evidence.iter().map(|place| &place.path);
        facts.any(|fact| paths().any(|path| path.contains(fact) || fact.contains(path)))
    };
    let touching = changes.iter().filter(|change| !change.is_quiet() && touches(change));
    let mut kinds = touching.map(|change| change.nature.kind).peekable();
    kinds.peek().is_some()
        && kinds.all(|kind| matches!(kind, NatureKind::Correction | NatureKind::Retraction))
}

fn of_change(change: &Change, from: &PartialDate, edition: &PartialDate) -> StepSentence {
    StepSentence {
        fingerprint: change.fingerprint.clone(),
        message: change.message.clone(),
        detail: change.reason.clone().unwrap_or_default(),
        nature: change.nature.kind.to_string(),
        from: from.clone(),
        edition: edition.clone(),
        is_news: !change.is_quiet(),
        significance: change.significance,
    }
}

fn of_observation(observation: &Observation, from: &PartialDate, edition: &PartialDate) -> StepSentence {
    StepSentence {
        fingerprint: observation.fingerprint.clone(),
        message: observation.in_step(),
        detail: observation.detail.clone(),
        nature: observation.label().to_owned(),
        from: from.clone(),
        edition: edition.clone(),
        is_news: true,
        significance: observation.significance,
    }
}

/// Rows of a record's own pages.
pub fn own_rows<'s>(said: impl IntoIterator<Item = &'s StepSentence>) -> Vec<SentenceRow> {
    let row = |one: &StepSentence| SentenceRow {
        place: format!("{} → {}", one.from, one.edition),
        heading: None,
        step: format!("{} → {}", one.from, one.edition),
        message: one.message.clone(),
        detail: one.detail.clone(),
        nature: one.nature.clone(),
        link: format!("sentences.html#{}", one.fingerprint),
        groups: IndexMap::new(),
        edition: one.edition.clone(),
        significance: one.significance,
    };
    said.into_iter().map(row).collect()
}

/// Rows of pages about many records.
pub fn shared_rows(published: &PublishedRecord, said: &[StepSentence]) -> Vec<SentenceRow> {
    let row = |one: &StepSentence| SentenceRow {
        place: format!("{}, {}", published.heading.heading, one.edition),
        heading: Some(published.heading.heading.clone()),
        step: one.edition.to_string(),
        message: one.message.clone(),
        detail: one.detail.clone(),
        nature: one.nature.clone(),
        link: link(&published.heading.record, &one.fingerprint),
        groups: published.groups.clone(),
        edition: one.edition.clone(),
        significance: one.significance,
    };
    said.iter().filter(|one| one.is_news).map(row).collect()
}

/// Every sentence that is said of a record, once, newest first.
pub fn proven(published: &PublishedRecord) -> Vec<Proven<'_>> {
    let mut out: IndexMap<&str, Proven<'_>> = IndexMap::new();
    for (at, edition) in published.editions.iter().enumerate().rev() {
        for change in edition.step.iter().flat_map(|step| &step.changes) {
            let one = Proven {
                fingerprint: &change.fingerprint,
                rule: &change.rule,
                message: &change.message,
                nature: Some(change.nature.kind.as_str()),
                detail: change.reason.as_deref().unwrap_or_default(),
                editions: Vec::new(),
                evidence: &change.evidence,
                sources: &change.sources,
            };
            note(&mut out, one, at);
        }
        let of_step = edition.step.iter().flat_map(|step| &step.observations);
        for observation in edition.profile.standing.iter().chain(of_step) {
            let one = Proven {
                fingerprint: &observation.fingerprint,
                rule: &observation.rule,
                message: &observation.message,
                nature: None,
                detail: &observation.detail,
                editions: Vec::new(),
                evidence: &observation.evidence,
                sources: &observation.sources,
            };
            note(&mut out, one, at);
        }
    }
    out.into_values().collect()
}

fn note<'s>(out: &mut IndexMap<&'s str, Proven<'s>>, one: Proven<'s>, edition: usize) {
    let known = out.entry(one.fingerprint).or_insert(one);
    if known.editions.last() != Some(&edition) {
        known.editions.push(edition);
    }
}
