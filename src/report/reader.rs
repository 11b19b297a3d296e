//! The editions of one record as they are read, each with what was on record as of it.

use super::Window;
use crate::history::{Edition, Series, Timeline};
use crate::model::results::EditionRef;
use crate::model::{Document, PartialDate};
use crate::rules::{Edited, Engine, InContext, OnRecord, Subject};
use std::sync::Arc;

/// What reads an edition, given what was read of its record before.
pub type Read<'r, E> = dyn Fn(&mut Series, &Edition) -> Result<(EditionRef, Arc<Document>), E> + Sync + 'r;

/// An edition, read.
#[derive(Clone, Debug)]
pub struct Page {
    /// How it is named.
    pub name: EditionRef,
    /// Its text and tree.
    pub document: Arc<Document>,
    /// What it and earlier editions recorded.
    pub on_record: Arc<OnRecord>,
}

impl Page {
    /// As the rules take it.
    pub fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.name }
    }

    /// With what earlier editions recorded.
    pub fn in_context(&self) -> InContext<'_> {
        self.edited().with(&self.on_record)
    }
}

/// One record's editions as they are read, each with what was on record as of it.
pub struct RecordReader<'r, 'w, E> {
    pub(super) engine: &'r Engine<'r>,
    read: &'r Read<'r, E>,
    pub(super) subject: &'r Subject<'w>,
    timeline: &'w Timeline,
    series: Series,
    /// The first of the timeline's editions.
    pages: Vec<Page>,
    on_record: OnRecord,
}

impl<'r, 'w, E> RecordReader<'r, 'w, E> {
    /// Nothing of the record is read yet.
    pub fn new(
        engine: &'r Engine<'r>,
        read: &'r Read<'r, E>,
        subject: &'r Subject<'w>,
        timeline: &'w Timeline,
    ) -> Self {
        let (series, pages, on_record) = (Series::default(), Vec::new(), OnRecord::default());
        RecordReader { engine, read, subject, timeline, series, pages, on_record }
    }

    /// An edition with what it and those before it recorded.
    ///
    /// # Errors
    /// What the reader could not give.
    pub fn page(&mut self, edition: &Edition) -> Result<Page, E> {
        let start = |date: &PartialDate| date.range().start;
        while let Some(next) = self.timeline.editions.get(self.pages.len())
            && start(&next.date) <= start(&edition.date)
        {
            let (name, document) = (self.read)(&mut self.series, next)?;
            self.on_record.add(self.engine, self.subject, &document, &name);
            self.pages.push(Page { name, document, on_record: Arc::new(self.on_record.clone()) });
        }
        let commit = &edition.revision.commit;
        let is_it = |page: &&Page| page.name.commit == *commit && page.name.last_updated == edition.date;
        if let Some(page) = self.pages.iter().rev().find(is_it) {
            return Ok(page.clone());
        }
        // An edition of another revision's history.
        let (name, document) = (self.read)(&mut self.series, edition)?;
        let before =
            self.pages.iter().rev().find(|page| start(&page.name.last_updated) < start(&edition.date));
        let mut on_record = before.map_or_else(OnRecord::default, |page| (*page.on_record).clone());
        on_record.add(self.engine, self.subject, &document, &name);
        Ok(Page { name, document, on_record: Arc::new(on_record) })
    }

    /// An edition by itself, where nothing is compared with it.
    pub(super) fn alone(&mut self, edition: &Edition) -> Result<Page, E> {
        let (name, document) = (self.read)(&mut self.series, edition)?;
        Ok(Page { name, document, on_record: Arc::default() })
    }

    /// The edition in force before a period, or a blank page for a record that is new, and those within it.
    pub(super) fn pages_of(&mut self, window: &Window<'_>) -> Result<Vec<Page>, E> {
        let first = match &window.before {
            Some(before) => self.page(before)?,
            None => window.blank(),
        };
        let within = window.within.iter().map(|edition| self.page(edition));
        std::iter::once(Ok(first)).chain(within).collect()
    }
}
