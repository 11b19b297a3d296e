//! Timelines and two moments → the yearly report.
//!
//! Owns which editions a period compares, how the sentences of its steps become one account in which each event stands once,
//! which earlier reports read differently with it, how sentences fall into sections, and the counts. Judges nothing that `rules`
//! do not: natures, words and observations are theirs. Must not read files, git, a clock or the terminal; documents are handed in.

mod again;
mod coverage;
mod pictures;
mod sections;
mod told;
mod window;

pub use again::Correction;
pub use coverage::Fate;
pub use sections::BY_RULE;
pub use told::{Said, Sentence, Story};
pub use window::Window;

use crate::history::Edition;
use crate::history::Series;
use crate::model::report::{Period, Pictures, ReportView, Retold};
use crate::model::results::EditionRef;
use crate::model::{Document, Identity};
use crate::rules::{Edited, Engine, Subject};
use crate::schema::ReportSpec;
use std::sync::Arc;

/// An edition, read.
#[derive(Clone, Debug)]
pub struct Page {
    /// How it is named.
    pub name: EditionRef,
    /// Its text and tree.
    pub document: Arc<Document>,
}

impl Page {
    /// As the rules take it.
    pub fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.name }
    }
}

/// What reads an edition, given what was read of its record before.
pub type Read<'r, E> = dyn Fn(&mut Series, &Edition) -> Result<Page, E> + Sync + 'r;

/// How to make a report.
pub struct Reporter<'r, E> {
    /// The rules.
    pub engine: &'r Engine<'r>,
    /// What reads editions.
    pub read: &'r Read<'r, E>,
    /// After how many years a record is stale.
    pub stale_years: u32,
    /// Whether pictures are wanted.
    pub draws: bool,
}

/// What a report has to say of one record.
#[derive(Debug)]
pub struct Account<'r> {
    /// The record.
    pub identity: &'r Identity,
    /// Its name, words and kind.
    pub subject: Subject<'r>,
    /// The sentences of the period, and what was undone in it.
    pub story: Story,
    /// Earlier reports that read differently.
    pub retold: Vec<Retold>,
    /// What later editions put right in this period.
    pub corrected: Vec<Sentence>,
    /// The sentences of this report that read differently with it.
    pub reread: Vec<Retold>,
    /// How it fared.
    pub fate: Fate,
    /// What pages draw of it.
    pub drawn: pictures::Drawn,
}

impl<'r, E> Reporter<'r, E> {
    /// What there is to say of one record; `None` if it had no edition by the end of the period.
    ///
    /// # Errors
    /// What `read` could not give.
    pub fn account<'w>(&self, window: &Window<'w>, period: &Period) -> Result<Option<Account<'w>>, E>
    where
        'r: 'w,
    {
        let timeline = window.timeline;
        let subject = self.engine.subject(&timeline.identity, timeline.kind);
        let Some(last) = window.last() else {
            return Ok(timeline.editions.is_empty().then(|| self.unreadable(timeline, subject)));
        };
        let series = &mut Series::default();
        let mut pages = vec![match &window.before {
            Some(before) => (self.read)(series, before)?,
            None => window.blank(),
        }];
        for edition in &window.within {
            pages.push((self.read)(series, edition)?);
        }
        let newest = pages.last().expect("because the first page is always there").clone();
        let mut story = told::tell(self.engine, &subject, &pages, window.before.is_none());
        let late = again::late(&story.sentences);
        let retold = again::earlier_reports(self, series, &subject, window, &late)?;
        // What the sentences rest on is in them; the trees it was found in are not kept for all records at once.
        story.sentences.iter_mut().chain(&mut story.undone).for_each(Sentence::forget_deltas);
        let mut corrected = again::later_corrections(self, series, &subject, window, &newest)?;
        let corrections: Vec<Correction> = again::late(&corrected);
        let reread = again::this_report(self, series, &subject, window, &corrections, period)?;
        corrected.iter_mut().for_each(Sentence::forget_deltas);
        let fate = coverage::fate(window, last, &newest, &story, subject.kind, self.stale_years);
        let drawn = if self.draws {
            pictures::draw(self.engine, &subject, &newest)
        } else {
            pictures::Drawn::default()
        };
        let identity = &timeline.identity;
        Ok(Some(Account { identity, subject, story, retold, corrected, reread, fate, drawn }))
    }

    fn unreadable<'w>(&self, timeline: &'w crate::history::Timeline, subject: Subject<'w>) -> Account<'w> {
        Account {
            identity: &timeline.identity,
            subject,
            story: Story::default(),
            retold: Vec::new(),
            corrected: Vec::new(),
            reread: Vec::new(),
            fate: Fate::unreadable(),
            drawn: pictures::Drawn::default(),
        }
    }
}

/// Puts the accounts of all records together.
pub fn compile(
    engine: &Engine<'_>,
    accounts: Vec<Account<'_>>,
    period: Period,
    by: Option<&str>,
    stale_years: u32,
) -> ReportView {
    let spec: &ReportSpec = &engine.policy().manifest.report;
    let pictures = if accounts.iter().any(|a| !a.drawn.is_empty()) {
        pictures::assemble(engine, spec, &accounts)
    } else {
        Pictures::default()
    };
    let coverage = coverage::sum(&accounts, stale_years);
    let title = engine.policy().manifest.title.clone();
    sections::sort(engine, spec, accounts, sections::Frame { title, period, by, coverage, pictures })
}
