//! What editions are grouped by.

use crate::model::PartialDate;

/// A date as editions are grouped by. Where all dates of a record are stamps (`by_moment`), equal moments are
/// one edition however they are written.
pub(super) fn date_key(
    date: &PartialDate,
    by_moment: bool,
) -> (chrono::NaiveDateTime, chrono::NaiveDateTime) {
    match date.moment().filter(|_| by_moment) {
        Some(moment) => (moment, moment),
        None => (date.range().start, date.range().end),
    }
}
