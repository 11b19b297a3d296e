//! When a record was gone for a while: removed on the main line, and put back later.
//!
//! A file that moves takes no record away, and neither does what a side branch removed and put back before it
//! was merged.

use super::archive::Removal;
use super::endings::Endings;
use super::marks::Mark;
use super::reverts::Ancestry;
use crate::model::{Identity, ObjectId, PartialDate, RepoPath};
use foldhash::HashSet;

/// A revision with the date of its edition.
type DatedMark<'r> = (&'r PartialDate, Mark<'r>);

/// The revisions of one record, with what became of its files.
struct RecordLife<'r> {
    own: &'r [DatedMark<'r>],
    /// Those that only moved a file, too.
    written: &'r [DatedMark<'r>],
    ends: Vec<Mark<'r>>,
    ancestry: &'r Ancestry<'r>,
}

/// The removals of a record that its return followed, oldest first, given the revisions that brought
/// something new and all that wrote one of its files.
pub(super) fn find(
    identity: &Identity,
    (own, written): (&[DatedMark<'_>], &[DatedMark<'_>]),
    endings: &Endings<'_>,
    ancestry: &Ancestry<'_>,
) -> Vec<Removal> {
    let paths: HashSet<&RepoPath> = written.iter().map(|(_, mark)| mark.path).collect();
    let mut ends = endings.ends_at(identity, &paths);
    if ends.is_empty() {
        return Vec::new();
    }
    let commits: HashSet<Option<ObjectId>> = written.iter().map(|(_, mark)| mark.commit).collect();
    // What a commit takes from one place and writes in another has moved.
    ends.retain(|end| end.commit.is_some() && !commits.contains(&end.commit));
    if ends.is_empty() {
        return Vec::new();
    }
    ends.sort_by_key(|end| std::cmp::Reverse(end.rank));
    let life = RecordLife { own, written, ends, ancestry };
    let mut out: Vec<Removal> = Vec::new();
    for removal in life.ends.iter().filter_map(|end| life.removal(end)) {
        // Of several commits that took its files away, the first one ended it.
        if out.iter().all(|known| known.back != removal.back) {
            out.push(removal);
        }
    }
    out
}

impl RecordLife<'_> {
    /// The removal that a deletion is; `None` if the record stood on the main line when it came there, or
    /// never returned.
    fn removal(&self, end: &Mark<'_>) -> Option<Removal> {
        let after = |mark: &Mark<'_>| mark.commit.is_some() && mark.rank.0 < end.rank.0;
        if !self.own.iter().any(|(_, mark)| after(mark)) {
            return None;
        }
        let arrival = self.ancestry.on_main_line(end.commit?)?;
        if self.stands_at(arrival) {
            return None;
        }
        let later = self.own.iter().map(|(_, mark)| mark).filter(|mark| after(mark));
        let back = later
            .filter(|mark| self.ancestry.has(mark.commit, Some(arrival)))
            .max_by_key(|mark| mark.rank)?;
        let earlier = self.own.iter().filter(|(_, mark)| self.ancestry.has(end.commit, mark.commit));
        let (last, _) = earlier.min_by_key(|(_, mark)| mark.rank)?;
        Some(Removal { commit: end.commit_id(), back: back.commit_id(), last: (*last).clone() })
    }

    /// Whether some file of the record was there as of a commit.
    fn stands_at(&self, commit: ObjectId) -> bool {
        let is_known = |mark: &Mark<'_>| self.ancestry.has(Some(commit), mark.commit);
        let written = self.written.iter().map(|(_, mark)| mark).filter(|mark| is_known(mark));
        let gone = |written: &Mark<'_>| {
            let here = self.ends.iter().filter(|end| end.path == written.path);
            here.filter(|end| end.rank < written.rank).any(is_known)
        };
        // Of what was written at one path, the newest counts.
        let is_newest = |one: &&Mark<'_>| {
            let here = self.written.iter().filter(|(_, other)| other.path == one.path);
            here.filter(|(_, other)| other.rank < one.rank).all(|(_, other)| !is_known(other))
        };
        written.filter(is_newest).any(|mark| !gone(mark))
    }
}
