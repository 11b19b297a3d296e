//! The days on which editions were in force, and rows that stand from one edition until another supersedes
//! them.

use super::cell::{Cell, ExportRow};
use crate::history::Edition;
use chrono::NaiveDate;

/// An edition on a record's timeline.
pub(super) struct EditionStage<'s> {
    pub edition: &'s Edition,
    /// From when it was in force. Editions go by their order; where stamps in several time zones are written
    /// on other days than that order has, the earlier one gives way.
    pub held_from: NaiveDate,
    pub next: Option<&'s Edition>,
    pub held_until: Option<NaiveDate>,
}

/// The editions of a timeline with the days on which they were in force.
pub(super) fn stages(editions: &[Edition]) -> Vec<EditionStage<'_>> {
    let mut out: Vec<EditionStage<'_>> = Vec::new();
    let (mut next, mut until): (Option<&Edition>, Option<NaiveDate>) = (None, None);
    for edition in editions.iter().rev() {
        let own = edition.date.range().start.date();
        let held_from = until.map_or(own, |until| until.min(own));
        out.push(EditionStage { edition, held_from, next, held_until: until });
        (next, until) = (Some(edition), Some(held_from));
    }
    out.reverse();
    out
}

/// A row that stands from one edition until another supersedes it.
#[derive(Debug)]
pub(super) struct StandingRow {
    pub row: ExportRow,
    /// Where `superseded_by` and `held_until` stand, and the id of the closing commit if the table has one.
    places: (usize, usize, Option<usize>),
}

impl StandingRow {
    pub fn new(row: ExportRow, places: (usize, usize, Option<usize>)) -> StandingRow {
        StandingRow { row, places }
    }

    /// Says which edition supersedes it.
    pub fn close(&mut self, by: &EditionStage<'_>) {
        let (superseded, until, commit) = self.places;
        self.row[superseded] = Cell::text(by.edition.date.as_str());
        self.row[until] = Cell::Day(by.held_from);
        if let Some(at) = commit {
            self.row[at] = Cell::commit(&by.edition.revision.commit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Revision;
    use crate::model::{ObjectId, RepoPath};

    fn edition(date: &str) -> Edition {
        let revision = Revision {
            commit: ObjectId::worktree(),
            rank: (0, 0),
            path: RepoPath::from("a"),
            blob: ObjectId::worktree(),
            item: None,
        };
        let date = date.parse().expect("a date");
        Edition { date, by_commit: false, revision, amendments: Vec::new(), restated: Vec::new() }
    }

    /// What `--as-of` picks: the last edition in order that had begun by the end of the day.
    #[test]
    fn editions_are_in_force_on_the_days_on_which_they_are_picked() {
        // By the moment the second of these is the later one, and by the day as written the earlier.
        let stamps = ["2020-03-02T01:00:00+13:00", "2020-03-01T20:00:00-11:00", "2020-03-05T00:00:00Z"];
        for dates in [&["2019-01-01", "2020-03-01", "2020-03-04"][..], &stamps[..]] {
            let editions: Vec<Edition> = dates.iter().map(|date| edition(date)).collect();
            let stages = stages(&editions);
            for day in NaiveDate::from_ymd_opt(2020, 2, 27).expect("a day").iter_days().take(9) {
                let picked = editions.iter().rposition(|e| e.date.range().start.date() <= day);
                let in_force: Vec<usize> = (0..stages.len())
                    .filter(|at| {
                        stages[*at].held_from <= day && stages[*at].held_until.is_none_or(|until| until > day)
                    })
                    .collect();
                assert_eq!(in_force, picked.into_iter().collect::<Vec<_>>(), "{day}");
            }
        }
    }
}
