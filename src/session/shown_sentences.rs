//! Which record each sentence is of that earlier answers showed: with it `explain` begins at the right
//! record.
//!
//! Only a help: a sentence that is not found where it was is looked for everywhere. Must not decide an
//! answer.

use super::Session;
use crate::cache::{Cache, Stamp, Stamping};
use crate::model::RecordId;
use crate::model::report::ReportView;
use crate::model::view::{ChangelogView, ObservationsView, RecordChangelog};
use std::collections::{BTreeMap, BTreeSet};

/// The fingerprints of shown sentences, by record.
pub struct ShownSentences<'s> {
    cache: &'s Cache,
    stamp: Stamp,
}

impl Session {
    /// What earlier answers showed.
    pub fn shown_sentences(&self) -> ShownSentences<'_> {
        ShownSentences { cache: &self.cache, stamp: Stamping::default().part("shown").stamp() }
    }
}

impl ShownSentences<'_> {
    /// Notes the sentences of a changelog.
    pub fn note_changelog(&self, view: &ChangelogView) {
        let prints = |record: &RecordChangelog| -> BTreeSet<String> {
            let changes = record.steps.iter().flat_map(|step| &step.changes).map(|one| &one.fingerprint);
            let observed = record.steps.iter().flat_map(|step| &step.observations);
            changes.chain(observed.map(|one| &one.fingerprint)).cloned().collect()
        };
        view.records.iter().for_each(|record| self.note(&record.heading.record, prints(record)));
    }

    /// Notes what stands.
    pub fn note_observations(&self, view: &ObservationsView) {
        for record in &view.records {
            let prints = record.observations.iter().map(|one| one.fingerprint.clone()).collect();
            self.note(&record.heading.record, prints);
        }
    }

    /// Notes the sentences of a report.
    pub fn note_report(&self, view: &ReportView) {
        let sections = view.parts.iter().flat_map(|part| &part.sections).flat_map(|section| &section.items);
        let beside = [&view.other_years, &view.late_reports, &view.corrections].into_iter().flatten();
        let mut prints: BTreeMap<&RecordId, BTreeSet<String>> = BTreeMap::new();
        for sentence in sections.chain(beside) {
            prints.entry(&sentence.record).or_default().insert(sentence.fingerprint().to_owned());
        }
        prints.into_iter().for_each(|(record, prints)| self.note(record, prints));
    }

    fn note(&self, record: &RecordId, mut prints: BTreeSet<String>) {
        if !self.cache.is_on() {
            return;
        }
        let known = self.known(record);
        let before = known.lines().count();
        prints.extend(known.lines().map(str::to_owned));
        if prints.len() > before {
            let list: Vec<String> = prints.into_iter().collect();
            self.cache.put_answer(&name(record), &self.stamp, list.join("\n").as_bytes());
        }
    }

    /// Whether a sentence was shown of a record.
    pub(super) fn has(&self, record: &RecordId, fingerprint: &str) -> bool {
        self.known(record).lines().any(|known| known == fingerprint)
    }

    fn known(&self, record: &RecordId) -> String {
        let bytes = self.cache.answer(&name(record), &self.stamp).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

fn name(record: &RecordId) -> String {
    format!("shown/{}", record.0)
}
