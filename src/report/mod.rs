//! Timelines and two moments → the yearly report.
//!
//! Owns which editions a period compares, how the sentences of its steps become one account in which each
//! event stands once, which earlier reports read differently with it, how sentences fall into sections, and
//! the counts. Judges nothing that `rules` do not: natures, words and observations are theirs. Must not read
//! files, git, a clock or the terminal; documents are handed in.

mod again;
mod coverage;
mod elsewhere;
mod folds;
mod known_steps;
mod lead;
mod path_index;
mod period;
mod period_sentence;
mod pictures;
mod read_edition;
mod reader;
mod record_coverage;
mod record_pictures;
mod reported;
mod sections;
mod steps;
mod takes;
mod window;
pub use reported::ReportedRecord;

pub use again::Correction;
pub use coverage::assessed_through;
pub use period::PeriodSentences;
pub use period_sentence::{PeriodSentence, SentenceContent};
pub use read_edition::ReadEdition;
pub use reader::{EditionSource, RecordReader, subject_as_of};
pub use record_coverage::RecordCoverage;
pub use record_pictures::Draws;
pub use sections::BY_RULE;
pub use window::{Ending, Window};

use crate::history::{Edition, Timeline};
use crate::model::PartialDate;
use crate::model::report::{EndedRecord, Period, Pictures, ReportView};
use crate::rules::{Engine, Subject};
use crate::schema::ReportSpec;
use chrono::NaiveDateTime;

/// How to make a report.
pub struct Reporter<'r, E> {
    /// The rules.
    pub engine: &'r Engine<'r>,
    /// Where editions are read from.
    pub source: &'r dyn EditionSource<E>,
    /// After how many years a record is stale.
    pub stale_years: u32,
    /// Which pictures are wanted.
    pub draws: Draws,
}

/// The ends of a record in a period, oldest first.
fn ended(
    engine: &Engine<'_>,
    window: &Window<'_>,
    last: &Edition,
    subject: &Subject<'_>,
) -> Vec<EndedRecord> {
    let (heading, groups) = (&subject.heading, engine.groups(subject));
    let removals = window.removals.iter().rev().cloned();
    let of_record = |one| EndedRecord { heading: heading.clone(), groups: groups.clone(), ..one };
    let mut out: Vec<EndedRecord> = removals.map(of_record).collect();
    if let Ending::Within(on, commit) = &window.ending {
        out.push(EndedRecord {
            record: subject.id.clone(),
            heading: heading.clone(),
            on: PartialDate::from_day(*on),
            commit: *commit,
            last_updated: last.date.clone(),
            back: None,
            identity: subject.identity.0.iter().cloned().collect(),
            groups,
        });
    }
    out
}

impl<'r, E> Reporter<'r, E> {
    /// What there is to say of one record; `None` if it had no edition by the end of the period.
    ///
    /// # Errors
    /// What the source could not give.
    pub fn account<'w>(&self, window: &Window<'w>, period: &Period) -> Result<Option<ReportedRecord<'w>>, E>
    where
        'r: 'w,
    {
        let timeline = window.timeline;
        let newest = window.last().or(timeline.editions.last());
        let subject = subject_as_of(self.engine, self.source, timeline, newest)?;
        let mut reading = RecordReader::new(self.engine, self.source, &subject, timeline).whole();
        self.account_in(&mut reading, window, period)
    }

    /// The same, for a record of which editions are read already, and named as of its window.
    ///
    /// # Errors
    /// What the source could not give.
    pub fn account_in<'s, 'w>(
        &self,
        reading: &mut RecordReader<'_, 's, E>,
        window: &Window<'w>,
        period: &Period,
    ) -> Result<Option<ReportedRecord<'w>>, E>
    where
        'r: 'w,
        's: 'w,
    {
        let timeline = window.timeline;
        let subject: Subject<'w> = reading.subject.clone();
        if window.ending == Ending::Before {
            return Ok(None);
        }
        let Some(last) = window.last() else {
            return Ok(timeline.editions.is_empty().then(|| self.unreadable(timeline, subject)));
        };
        let is_quiet = window.within.is_empty() && window.later.is_empty() && self.draws == Draws::Nothing;
        let pages = match &window.before {
            Some(before) if is_quiet => vec![reading.alone(before)?],
            _ => reading.pages_of(window)?,
        };
        let newest = pages.last().expect("because the first page is always there").clone();
        let mut said = period::compose(reading, &pages, window.before.is_none());
        let late = again::late(&subject, &said.sentences);
        let revised = again::earlier_reports(reading, window, &late)?;
        // What the sentences rest on is in them; the trees it was found in are not kept for all records at
        // once.
        said.sentences.iter_mut().chain(&mut said.undone).for_each(PeriodSentence::forget_deltas);
        let mut corrected = again::later_accounts(reading, window, &newest, &said.sentences)?;
        let later: Vec<Correction> = again::dated(&subject, corrected.iter());
        let reread = again::this_report(reading, window, &later, period)?;
        corrected.retain(PeriodSentence::takes_back);
        corrected.iter_mut().for_each(PeriodSentence::forget_deltas);
        let fate = coverage::fate(window, (last, &newest), &said, subject.kind, self.stale_years);
        let first = window.before.is_some().then(|| pages.first()).flatten();
        let drawn = pictures::draw(self.engine, &subject, (first, &newest), self.draws);
        let identity = &timeline.identity;
        let ended = ended(self.engine, window, last, &subject);
        let period = (window.since, window.until);
        Ok(Some(ReportedRecord {
            identity,
            subject,
            said,
            revised,
            corrected,
            reread,
            fate,
            drawn,
            ended,
            period,
        }))
    }

    fn unreadable<'w>(&self, timeline: &'w Timeline, subject: Subject<'w>) -> ReportedRecord<'w> {
        ReportedRecord {
            identity: &timeline.identity,
            subject,
            said: PeriodSentences::default(),
            revised: Vec::new(),
            corrected: Vec::new(),
            reread: Vec::new(),
            fate: RecordCoverage::unreadable(),
            drawn: record_pictures::RecordPictures::default(),
            ended: Vec::new(),
            period: (NaiveDateTime::MIN, NaiveDateTime::MAX),
        }
    }
}

/// Puts the accounts of all records together.
pub fn compile(
    engine: &Engine<'_>,
    mut accounts: Vec<ReportedRecord<'_>>,
    period: Period,
    by: Option<&str>,
    stale_years: u32,
) -> ReportView {
    let spec: &ReportSpec = &engine.policy().manifest.report;
    elsewhere::leave_to_own_records(spec, &mut accounts);
    let pictures = if accounts.iter().any(|a| !a.drawn.is_empty()) {
        pictures::assemble(engine, spec, &accounts)
    } else {
        Pictures::default()
    };
    let coverage = coverage::sum(&accounts, stale_years);
    let title = engine.policy().manifest.title.clone();
    sections::sort(engine, spec, accounts, sections::ReportFrame { title, period, by, coverage, pictures })
}
