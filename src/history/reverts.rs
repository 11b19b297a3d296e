//! Which editions were taken back: a later commit gave the record the content it had before them.
//!
//! Content goes back when a revision has the blob of an earlier one and others stood between. What was stated
//! between, with a later date, is taken back, unless it is stated again afterwards: an older edition that is
//! inserted later is followed by the record's later editions stated anew, and that is no revert.

use super::endings::Endings;
use crate::model::ObjectId;

use super::marks::Mark;
use crate::git::CommitNode;
use crate::model::{Identity, PartialDate};
use foldhash::{HashMap, HashSet};
use std::cmp::Ordering;
use std::sync::OnceLock;

/// Which commit comes after which.
pub(super) struct Ancestry<'h> {
    commits: &'h [CommitNode],
    places: OnceLock<HashMap<ObjectId, usize>>,
    /// The tip, its first parent, and so on.
    main_line: OnceLock<Vec<ObjectId>>,
}

impl<'h> Ancestry<'h> {
    /// The ancestry of some commits, each before its parents.
    pub fn new(commits: &'h [CommitNode]) -> Self {
        Ancestry { commits, places: OnceLock::new(), main_line: OnceLock::new() }
    }

    /// The first commit of the main line that has a commit among its ancestors, or is that commit.
    pub fn on_main_line(&self, commit: ObjectId) -> Option<ObjectId> {
        let line = self.main_line.get_or_init(|| {
            let first = (!self.commits.is_empty()).then_some(0);
            let line = std::iter::successors(first, |at| self.commits[*at].parents.first().copied());
            line.map(|at| self.commits[at].hash()).collect()
        });
        // From the tip down, all that have it come before all that do not.
        let with = line.partition_point(|own| self.has(Some(*own), Some(commit)));
        with.checked_sub(1).map(|at| line[at])
    }

    /// Whether a commit has another among its ancestors, or is the same. The working tree comes after all.
    pub fn has(&self, newer: Option<ObjectId>, older: Option<ObjectId>) -> bool {
        let (Some(newer), Some(older)) = (newer, older) else { return newer.is_none() };
        let index = || self.commits.iter().enumerate().map(|(at, node)| (node.hash(), at)).collect();
        let places = self.places.get_or_init(index);
        let (Some(from), Some(to)) = (places.get(&newer), places.get(&older)) else { return false };
        let least = self.commits[*to].level;
        let mut open = vec![*from];
        let mut seen: HashSet<usize> = open.iter().copied().collect();
        while let Some(at) = open.pop() {
            if at == *to {
                return true;
            }
            let parents = self.commits[at].parents.iter().copied();
            open.extend(
                parents.filter(|parent| self.commits[*parent].level <= least && seen.insert(*parent)),
            );
        }
        false
    }
}

/// The revisions of a record that gave it content it had had before.
pub(super) struct Reverts<'r> {
    identity: &'r Identity,
    dated: Vec<(&'r PartialDate, Mark<'r>)>,
    /// By content, the oldest revision that has it.
    oldest: HashMap<Option<ObjectId>, (u32, u32)>,
    endings: &'r Endings<'r>,
    ancestry: &'r Ancestry<'r>,
}

impl<'r> Reverts<'r> {
    pub fn of(
        identity: &'r Identity,
        revisions: &[(&'r PartialDate, Mark<'r>)],
        endings: &'r Endings<'r>,
        ancestry: &'r Ancestry<'r>,
    ) -> Self {
        let mut oldest: HashMap<Option<ObjectId>, (u32, u32)> =
            HashMap::with_capacity_and_hasher(revisions.len(), Default::default());
        for (_, mark) in revisions {
            let rank = oldest.entry(mark.blob).or_insert(mark.rank);
            *rank = mark.rank.max(*rank);
        }
        let dated = if oldest.len() == revisions.len() {
            Vec::new()
        } else {
            revisions.iter().filter(|(_, mark)| oldest[&mark.blob] != mark.rank).copied().collect()
        };
        Reverts { identity, dated, oldest, endings, ancestry }
    }

    /// Whether an edition, given by its revisions, was taken back.
    pub fn take_back(&self, edition: &[(&PartialDate, Mark<'_>)]) -> bool {
        let Some((date, newest)) = edition.iter().min_by_key(|(_, mark)| (mark.rank, mark.path)) else {
            return false;
        };
        let first = edition.iter().map(|(_, mark)| mark.rank).max().unwrap_or(newest.rank);
        self.dated.iter().any(|(other, back)| {
            let later = back.rank.0 < newest.rank.0 && other.order(date) == Ordering::Less;
            // The content that came back had stood before the edition was first stated.
            let went_back = later && self.oldest.get(&back.blob).is_some_and(|rank| rank.0 > first.0);
            went_back && self.same_file(back, newest) && self.ancestry.has(back.commit, newest.commit)
        })
    }

    /// A copy of an old edition elsewhere takes nothing back while the file itself stands.
    fn same_file(&self, back: &Mark<'_>, newest: &Mark<'_>) -> bool {
        back.path == newest.path || self.endings.left_between(self.identity, newest, back.rank)
    }
}
