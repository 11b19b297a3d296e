//! What became of files and items.

use super::marks::Mark;
use crate::model::{Identity, ObjectId, RepoPath};
use foldhash::{HashMap, HashSet};

/// What became of the files at paths that once held records.
pub(super) struct Endings<'s> {
    pub(super) worktree: bool,
    pub(super) standing: &'s HashMap<RepoPath, ObjectId>,
    /// By path, the revisions that deleted the file or wrote it, with the identity they wrote.
    pub(super) ends: HashMap<&'s RepoPath, Vec<(Mark<'s>, Option<&'s Identity>)>>,
    /// By record, the commits that took its item away or replaced it.
    pub(super) items: HashMap<&'s Identity, Vec<Mark<'s>>>,
}

impl Endings<'_> {
    /// Whether a record's file was deleted, or became another record's, after one of its revisions and by
    /// another one.
    pub fn left_between(&self, identity: &Identity, after: &Mark<'_>, until: (u32, u32)) -> bool {
        let here = self.ends.get(after.path).map_or(&[][..], Vec::as_slice);
        let other = |end: &Option<&Identity>| end.is_some_and(|id| id != identity);
        here.iter().any(|(mark, owner)| {
            (mark.blob.is_none() || other(owner)) && mark.rank.0 < after.rank.0 && mark.rank.0 >= until.0
        })
    }

    /// The revisions that took a record away from some paths: they deleted the file, made it another record,
    /// or left its item out.
    pub(super) fn ends_at<'e>(&'e self, identity: &Identity, paths: &HashSet<&RepoPath>) -> Vec<Mark<'e>> {
        let is_end = |(mark, owner): &&(Mark<'e>, Option<&Identity>)| {
            mark.blob.is_none() || owner.is_some_and(|id| id != identity)
        };
        let files = paths.iter().filter_map(|path| self.ends.get(*path)).flatten();
        let items = self.items.get(identity).into_iter().flatten();
        files.filter(is_end).map(|(mark, _)| *mark).chain(items.copied()).collect()
    }

    /// The commit after which a record was no more: the first after its newest revision that deleted the
    /// file, or made it another record. `None` while the file stands and nobody can say whose it is.
    pub(super) fn end_of<'r>(
        &self,
        identity: &Identity,
        revisions: impl Iterator<Item = Mark<'r>>,
    ) -> Option<ObjectId> {
        let newest = revisions.min_by_key(|mark| (mark.rank, mark.path))?;
        if newest.item.is_some() {
            let ends = self.items.get(identity).map_or(&[][..], Vec::as_slice);
            let after = ends.iter().filter(|end| end.rank < newest.rank).max_by_key(|end| end.rank);
            return after.map(|end| end.commit_id());
        }
        let other = |end: &&(Mark<'_>, Option<&Identity>)| {
            end.0.blob.is_none() || end.1.is_some_and(|id| id != identity)
        };
        let here = self.ends.get(newest.path).map_or(&[][..], Vec::as_slice);
        let after =
            here.iter().filter(|end| end.0.rank < newest.rank).filter(other).max_by_key(|end| end.0.rank);
        let stands = self.standing.contains_key(newest.path);
        match after {
            Some((end, _)) => Some(end.commit_id()),
            None if stands => None,
            // Gone in the working tree only.
            None if self.worktree => Some(ObjectId::worktree()),
            // Deleted on a branch that lies no nearer to the tip than the newest revision.
            None => here.iter().filter(other).min_by_key(|end| end.0.rank).map(|(end, _)| end.commit_id()),
        }
    }
}
