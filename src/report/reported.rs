//! What a report has to say of one record.

use super::period::PeriodSentences;
use super::period_sentence::PeriodSentence;
use super::record_coverage::RecordCoverage;
use crate::model::Identity;
use crate::model::report::{EndedRecord, RevisedReport};
use crate::rules::Subject;
use chrono::NaiveDateTime;

/// What a report has to say of one record.
#[derive(Debug)]
pub struct ReportedRecord<'r> {
    /// The record.
    pub identity: &'r Identity,
    /// Its name, words and kind.
    pub subject: Subject<'r>,
    /// The sentences of the period, and what was undone in it.
    pub said: PeriodSentences,
    /// Earlier reports that read differently.
    pub revised: Vec<RevisedReport>,
    /// What later editions put right in this period.
    pub corrected: Vec<PeriodSentence>,
    /// The sentences of this report that read differently with it.
    pub reread: Vec<RevisedReport>,
    /// How it fared.
    pub fate: RecordCoverage,
    /// What pages draw of it.
    pub drawn: super::record_pictures::RecordPictures,
    /// Its ends, if it was removed in the period.
    pub ended: Vec<EndedRecord>,
    /// The two moments between which the period lies.
    pub(super) period: (NaiveDateTime, NaiveDateTime),
}
