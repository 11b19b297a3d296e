//! `show`: a record as of a date.

use super::Session;
use super::edition::edition_ref;
use super::range::{one_record, pick_one};
use crate::model::Failure;
use crate::model::results::RecordHeading;
use crate::model::view::ShowView;
use serde::Serialize;

/// A record as of a date.
#[derive(Clone, Debug, Serialize)]
pub struct ShowQuestion {
    /// The record by name.
    pub record: String,
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
        let names = vec![question.record.clone()];
        let archive = self.archive(&names)?;
        one_record(&archive, &question.record)?;
        let picked = pick_one(self, &names, &archive, &question.as_of)?;
        let (timeline, edition) = &picked[0];
        let subject = engine.subject(&timeline.identity, timeline.kind);
        let bytes = self.store.bytes(&edition.revision.blob)?;
        let document = self.store.document(&edition.revision.blob)?;
        Ok(ShowView {
            format: "sincewhen.record/1",
            heading: RecordHeading { record: timeline.id.clone(), heading: subject.heading },
            edition: edition_ref(edition),
            file: edition.revision.path.to_string(),
            content: document.root.to_json(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }
}
