//! An edition as the rules take it, with what was on record.

use crate::model::Document;
use crate::model::results::EditionRef;
use crate::rules::{Edited, InContext, OnRecord};
use std::sync::Arc;

/// An edition, read.
#[derive(Clone, Debug)]
pub struct ReadEdition {
    /// How it is named.
    pub name: EditionRef,
    /// Its text and tree.
    pub document: Arc<Document>,
    /// What it and earlier editions recorded.
    pub on_record: Arc<OnRecord>,
}

impl ReadEdition {
    /// As the rules take it.
    pub fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.name }
    }

    /// With what earlier editions recorded.
    pub fn in_context(&self) -> InContext<'_> {
        self.edited().with(&self.on_record)
    }
}
