//! `show`: a record as of a date.

use super::edition::{edition_ref, heading_of};
use super::range::{one_record, pick_one};
use super::{Session, profile};
use crate::model::Failure;
use crate::model::view::ShowView;
use crate::report::{RecordReader, subject_as_of};
use serde::Serialize;

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
        let engine = self.engine()?;
        let names = &question.record;
        self.store.keep_lines(self.policy.recorded_fields());
        let archive = self.archive(names)?;
        one_record(&archive, &names.join(" "))?;
        let picked = pick_one(self, names, &archive, &question.as_of)?;
        let (timeline, edition) = &picked[0];
        let subject = subject_as_of(&engine, &self.store, timeline, Some(edition))?;
        let bytes = self.store.text(&edition.revision)?;
        let document = self.store.edition(&edition.revision)?;
        let page = RecordReader::new(&engine, &self.store, &subject, timeline).page(edition)?;
        let mut profile = profile::of(&engine, &subject, &document);
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
