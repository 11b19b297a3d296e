//! `show`: a record as of a date.

use super::edition::{edition_ref, heading_of};
use super::range::{one_record, pick_one};
use super::{Session, profile};
use crate::history::{Archive, Edition, Timeline};
use crate::model::Failure;
use crate::model::view::ShowView;
use crate::report::{RecordReader, subject_as_of};
use crate::rules::Engine;
use serde::Serialize;

/// The most records that one name shows.
const MOST_SHOWN: usize = 10;

/// A record as of a date.
#[derive(Clone, Debug, Serialize)]
pub struct ShowQuestion {
    /// The words that name one record.
    pub record: Vec<String>,
    /// Which edition: `last`, `first`, a date, a git revision.
    pub as_of: String,
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A name that stands for no record or for several, or no edition as of then.
    pub fn show(&self, question: &ShowQuestion) -> Result<ShowView, Failure> {
        let archive = self.archive(&question.record)?;
        one_record(&archive, &question.record.join(" "))?;
        let mut shown = self.shown(question, &archive)?;
        Ok(shown.swap_remove(0))
    }

    /// Answers the question for each record that a name stands for: a country has one for each treaty.
    ///
    /// # Errors
    /// A name that stands for no record or for very many, or no edition of any as of then.
    pub fn show_each(&self, question: &ShowQuestion) -> Result<Vec<ShowView>, Failure> {
        let archive = self.archive(&question.record)?;
        if archive.timelines.len() > MOST_SHOWN {
            one_record(&archive, &question.record.join(" "))?;
        }
        self.shown(question, &archive)
    }

    fn shown(&self, question: &ShowQuestion, archive: &Archive) -> Result<Vec<ShowView>, Failure> {
        let engine = self.engine()?;
        self.store.keep_lines(self.policy.recorded_fields());
        let picked = pick_one(self, &question.record, archive, &question.as_of)?;
        picked.iter().map(|(timeline, edition)| self.shown_one(&engine, timeline, edition)).collect()
    }

    fn shown_one(
        &self,
        engine: &Engine<'_>,
        timeline: &Timeline,
        edition: &Edition,
    ) -> Result<ShowView, Failure> {
        let subject = subject_as_of(engine, &self.store, timeline, Some(edition))?;
        let bytes = self.store.text(&edition.revision)?;
        let document = self.store.edition(&edition.revision)?;
        let page = RecordReader::new(engine, &self.store, &subject, timeline).page(edition)?;
        let mut profile = profile::of(engine, &subject, &document);
        profile.standing = engine.observations(&subject, page.in_context());
        profile.standing.sort_by_key(|observation| observation.significance);
        Ok(ShowView {
            format: "sincewhen.record/1",
            heading: heading_of(timeline, &subject, Some(page.edited())),
            edition: edition_ref(edition),
            file: edition.revision.path.to_string(),
            content: document.root.to_json(),
            bytes,
            profile,
        })
    }
}
