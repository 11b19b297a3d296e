//! How records fared: each has one state, so the counts add up to the number of records.

use super::record_coverage::RecordCoverage;
use super::{PeriodSentences, ReadEdition, ReportedRecord, Window};
use crate::history::Edition;
use crate::model::PartialDate;
use crate::model::report::{Coverage, RecordState};
use crate::schema::Kind;
use chrono::{Months, NaiveDateTime};

pub(super) fn fate(
    window: &Window<'_>,
    (last, newest): (&Edition, &ReadEdition),
    said: &PeriodSentences,
    kind: &Kind,
    stale_years: u32,
) -> RecordCoverage {
    let state = if is_unreadable(window, last) {
        "unreadable"
    } else if window.is_gone() {
        "ended"
    } else if window.before.is_none() {
        "new"
    } else if window.within.is_empty() {
        "unchanged"
    } else if said.sentences.is_empty() {
        "reviewed"
    } else {
        "changed"
    };
    let assessed = assessed_through(newest, kind);
    let stale =
        !matches!(state, "ended" | "unreadable") && is_before(assessed.as_ref(), window.until, stale_years);
    RecordCoverage { state, last_updated: Some(last.date.clone()), assessed, stale }
}

/// Whether the newest revision cannot be read, and the edition in force is the last that could be.
fn is_unreadable(window: &Window<'_>, last: &Edition) -> bool {
    let timeline = window.timeline;
    let Some(broken) = timeline.problems.first() else { return false };
    let read = timeline
        .editions
        .iter()
        .chain(&timeline.withdrawn)
        .flat_map(|e| std::iter::once(&e.revision).chain(&e.amendments));
    window.later.is_empty()
        && timeline.ended.is_none()
        && timeline.editions.last().is_some_and(|e| e.revision == last.revision)
        && read.map(|r| r.rank).min().is_some_and(|newest| broken.revision.rank < newest)
}

/// Through when all of an edition was assessed: the earliest of the dates that the manifest names, or the
/// edition's own. `None` where one of those dates is not recorded: those parts were never assessed.
pub fn assessed_through(page: &ReadEdition, kind: &Kind) -> Option<PartialDate> {
    crate::rules::assessed_through(kind, &page.document.root, &page.name.last_updated)
}

fn is_before(assessed: Option<&PartialDate>, until: NaiveDateTime, years: u32) -> bool {
    let limit = until.checked_sub_months(Months::new(years.saturating_mul(12)));
    limit.is_some_and(|limit| assessed.is_none_or(|assessed| assessed.range().end < limit))
}

pub(super) fn sum(accounts: &[ReportedRecord<'_>], stale_years: u32) -> Coverage {
    let count = |state: &str| accounts.iter().filter(|a| a.fate.state == state).count();
    let states = accounts.iter().map(|a| RecordState {
        record: a.subject.id.clone(),
        heading: a.subject.heading.clone(),
        state: a.fate.state,
        last_updated: a.fate.last_updated.clone(),
        assessed_through: a.fate.assessed.clone(),
        stale: a.fate.stale,
    });
    Coverage {
        records: accounts.len(),
        changed: count("changed"),
        reviewed: count("reviewed"),
        unchanged: count("unchanged"),
        new: count("new"),
        ended: count("ended"),
        unreadable: count("unreadable"),
        stale_years,
        stale: accounts.iter().filter(|a| a.fate.stale).count(),
        never_assessed: accounts.iter().filter(|a| a.fate.stale && a.fate.assessed.is_none()).count(),
        states: states.collect(),
    }
}
