//! Editions with their documents.

use crate::document::Series;
use crate::history::{Edition, Store};
use crate::model::results::EditionRef;
use crate::model::{Document, Failure};
use crate::rules::Edited;
use std::sync::Arc;

/// How an edition is named in answers.
pub fn edition_ref(edition: &Edition) -> EditionRef {
    EditionRef {
        last_updated: edition.date.clone(),
        commit: edition.revision.commit.clone(),
        file: edition.revision.path.to_string(),
    }
}

/// An edition with its document, ready for the rules.
pub(super) struct LoadedEdition {
    /// How it is named.
    pub name: EditionRef,
    /// Its text and tree.
    pub document: Arc<Document>,
}

impl LoadedEdition {
    /// Reads an edition.
    pub fn read(store: &Store, edition: &Edition) -> Result<LoadedEdition, Failure> {
        Ok(LoadedEdition { name: edition_ref(edition), document: store.document(&edition.revision.blob)? })
    }

    /// Reads an edition after others of its record.
    pub fn next(store: &Store, series: &mut Series, edition: &Edition) -> Result<LoadedEdition, Failure> {
        Ok(LoadedEdition {
            name: edition_ref(edition),
            document: store.document_in(series, &edition.revision.blob)?,
        })
    }

    /// As the rules take it.
    pub fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.name }
    }
}
