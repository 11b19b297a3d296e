//! The editions of one record as they are read, each with what was on record as of it.

use super::Window;
use super::known_steps::KnownSteps;
use super::period_sentence::PeriodSentence;
use super::read_edition::ReadEdition;
use crate::history::{DocumentSeries, Edition, LineFields, LineHashes, Timeline};
use crate::model::results::EditionRef;
use crate::model::{Document, ObjectId, PartialDate};
use crate::rules::{Engine, OnRecord, Subject};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Where editions are read from.
pub trait EditionSource<E>: Sync {
    /// The YAML text of an edition.
    ///
    /// # Errors
    /// What cannot be given.
    fn yaml(&self, edition: &Edition) -> Result<Vec<u8>, E>;

    /// Hashes of the lines of some of an edition's fields, comparable within the source; `None` where its
    /// text is not read in pieces.
    ///
    /// # Errors
    /// What cannot be given.
    fn lines(&self, edition: &Edition, fields: &LineFields) -> Result<Option<LineHashes>, E>;

    /// The name of an edition and the document its text holds, given what was read of its record before.
    fn document(
        &self,
        series: &mut DocumentSeries,
        edition: &Edition,
        yaml: &[u8],
    ) -> (EditionRef, Arc<Document>);
}

/// Names a record, with the fields of an edition where the manifest asks for them.
///
/// # Errors
/// What the source could not give.
pub fn subject_as_of<'s, E>(
    engine: &'s Engine<'_>,
    source: &dyn EditionSource<E>,
    timeline: &'s Timeline,
    edition: Option<&Edition>,
) -> Result<Subject<'s>, E> {
    let Some(edition) = edition.filter(|_| engine.names_by_fields(timeline.kind)) else {
        return Ok(engine.subject(&timeline.identity, timeline.kind));
    };
    let yaml = source.yaml(edition)?;
    let (_, document) = source.document(&mut DocumentSeries::default(), edition, &yaml);
    Ok(engine.subject_of(&timeline.identity, timeline.kind, Some(&document.root)))
}

/// One record's editions as they are read, each with what was on record as of it.
///
/// Where editions before one are not asked for themselves, only those are parsed whose entries no later one
/// repeats to the byte: the others add nothing to what is on record.
pub struct RecordReader<'r, 'w, E> {
    pub(super) engine: &'r Engine<'r>,
    source: &'r dyn EditionSource<E>,
    pub(super) subject: &'r Subject<'w>,
    timeline: &'w Timeline,
    series: DocumentSeries,
    /// The pages that were made, by the place of their editions in the timeline.
    pub(super) pages: BTreeMap<usize, ReadEdition>,
    /// What was asked of those pages.
    pub(super) known: KnownSteps<'r>,
    /// How many of the timeline's editions are accounted for in `on_record`.
    next: usize,
    pub(super) on_record: OnRecord,
    /// Whether each edition gets a page, since one that was passed over was asked for later.
    reads_all: bool,
    /// Of steps that were looked at, by their editions: what they bring that has a date or puts something
    /// right.
    pub(super) accounts: HashMap<(StepEnd, StepEnd), Vec<PeriodSentence>>,
}

/// An edition's commit and date.
pub(super) type StepEnd = (ObjectId, PartialDate);

impl<'r, 'w, E> RecordReader<'r, 'w, E> {
    /// Nothing of the record is read yet.
    pub fn new(
        engine: &'r Engine<'r>,
        source: &'r dyn EditionSource<E>,
        subject: &'r Subject<'w>,
        timeline: &'w Timeline,
    ) -> Self {
        RecordReader {
            engine,
            source,
            subject,
            timeline,
            series: DocumentSeries::default(),
            pages: BTreeMap::new(),
            known: KnownSteps::default(),
            next: 0,
            on_record: OnRecord::default(),
            reads_all: false,
            accounts: HashMap::new(),
        }
    }

    /// The same, with every edition on record as a whole: what is said of changes rests on all that earlier
    /// editions say, not on dated entries alone.
    pub fn whole(self) -> Self {
        RecordReader { reads_all: true, ..self }
    }

    /// An edition with what it and those before it recorded.
    ///
    /// # Errors
    /// What the source could not give.
    pub fn page(&mut self, edition: &Edition) -> Result<ReadEdition, E> {
        let editions = &self.timeline.editions;
        let commit = &edition.revision.commit;
        let is_it = |known: &Edition| known.revision.commit == *commit && known.date == edition.date;
        if let Some(at) = editions.iter().rposition(is_it) {
            return self.page_at(at);
        }
        // An edition of another revision's history.
        let mut on_record = self.before(edition)?;
        let yaml = self.source.yaml(edition)?;
        let (name, document) = self.source.document(&mut self.series, edition, &yaml);
        on_record.add(self.engine, self.subject, &document, &name);
        Ok(ReadEdition { name, document, on_record: Arc::new(on_record) })
    }

    /// Lets go of all pages but the last two that were made, where no other will be asked for again.
    pub fn forget_earlier(&mut self) {
        self.pages = self.pages.split_off(&self.next.saturating_sub(2));
    }

    /// What the editions before one recorded.
    pub(super) fn before(&mut self, edition: &Edition) -> Result<OnRecord, E> {
        let editions = &self.timeline.editions;
        let start = edition.date.range().start;
        let before = editions.iter().take_while(|known| known.date.range().start < start).count();
        Ok(match before.checked_sub(1) {
            Some(at) => (*self.page_at(at)?.on_record).clone(),
            None => OnRecord::default(),
        })
    }

    fn page_at(&mut self, at: usize) -> Result<ReadEdition, E> {
        if let Some(page) = self.pages.get(&at) {
            return Ok(page.clone());
        }
        if at < self.next {
            (self.next, self.on_record, self.reads_all) = (0, OnRecord::default(), true);
            self.pages.clear();
            self.known = KnownSteps::default();
        }
        if !self.reads_all && self.next < at {
            self.pass_over(at)?;
        }
        while self.next <= at {
            let edition = &self.timeline.editions[self.next];
            let (name, document) = self.add(edition)?;
            let on_record = Arc::new(self.on_record.clone());
            self.pages.insert(self.next, ReadEdition { name, document, on_record });
            self.next += 1;
        }
        Ok(self.pages[&at].clone())
    }

    fn add(&mut self, edition: &Edition) -> Result<(EditionRef, Arc<Document>), E> {
        let yaml = self.source.yaml(edition)?;
        let (name, document) = self.source.document(&mut self.series, edition, &yaml);
        self.on_record.add(self.engine, self.subject, &document, &name);
        Ok((name, document))
    }

    /// Accounts for the editions before one without making pages of them.
    ///
    /// An entry stands on record as the newest edition has it that has it at all. So, the newest first, an
    /// edition counts if some entry is not in a newer one; and so that corrections stay where they were made,
    /// if its log of them is not that of the next.
    fn pass_over(&mut self, until: usize) -> Result<(), E> {
        let fields = self.engine.policy().recorded_fields();
        let mut newer: HashSet<u64> = HashSet::new();
        let mut next_log: Option<u64> = None;
        let mut counting: Vec<usize> = Vec::new();
        for at in (self.next..=until).rev() {
            let lines = self.source.lines(&self.timeline.editions[at], &fields)?;
            let is_known = |lines: &LineHashes| {
                Some(lines.whole) == next_log && lines.items.iter().all(|hash| newer.contains(hash))
            };
            if lines.as_ref().is_some_and(is_known) {
                continue;
            }
            next_log = lines.as_ref().map(|lines| lines.whole);
            newer.extend(lines.iter().flat_map(|lines| lines.items.iter()));
            counting.push(at);
        }
        // The edition itself is made a page of.
        for at in counting.into_iter().rev().filter(|at| *at < until) {
            self.add(&self.timeline.editions[at])?;
        }
        self.next = until;
        Ok(())
    }

    /// An edition by itself, where nothing is compared with it.
    pub(super) fn alone(&mut self, edition: &Edition) -> Result<ReadEdition, E> {
        let yaml = self.source.yaml(edition)?;
        let (name, document) = self.source.document(&mut self.series, edition, &yaml);
        Ok(ReadEdition { name, document, on_record: Arc::default() })
    }

    /// The edition in force before a period, or a blank page for a record that is new, and those within it.
    pub(super) fn pages_of(&mut self, window: &Window<'_>) -> Result<Vec<ReadEdition>, E> {
        let first = match &window.before {
            Some(before) => self.page(before)?,
            None => window.blank(),
        };
        let within = window.within.iter().map(|edition| self.page(edition));
        std::iter::once(Ok(first)).chain(within).collect()
    }
}
