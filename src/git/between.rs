//! The commits that one revision has and another has not, and what each of them changed.

use super::errors::GitError;
use super::repository::Repository;
use super::trees::TreePlace;
use super::walk;
use super::walked::{CommitNode, Touch};
use crate::model::ObjectId;
use foldhash::{HashMap, HashSet};

/// A commit with its parents, as the clone has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitBetween {
    /// The commit.
    pub id: ObjectId,
    /// Its parents, the first parent first.
    pub parents: Vec<ObjectId>,
}

impl Repository {
    /// The commits that are reachable from `tip` and not from `base`, parents before children: those of `git
    /// rev-list base..tip`. Commits of `base` are read only where a line of `tip` leads past it.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn commits_between(&self, base: &ObjectId, tip: &ObjectId) -> Result<Vec<CommitBetween>, GitError> {
        let mut own = self.reachable(tip, Some(base))?;
        // What `base` reaches, too, goes on to a root.
        if own.values().any(Vec::is_empty) {
            let theirs = self.reachable(base, None)?;
            own.retain(|id, _| !theirs.contains_key(id));
        }
        let (mut out, mut seen) = (Vec::with_capacity(own.len()), HashSet::default());
        let mut open = vec![(*tip, false)];
        while let Some((id, is_done)) = open.pop() {
            let Some(parents) = own.get(&id) else { continue };
            if is_done {
                out.push(CommitBetween { id, parents: parents.clone() });
            } else if seen.insert(id) {
                open.push((id, true));
                open.extend(parents.iter().rev().map(|parent| (*parent, false)));
            }
        }
        Ok(out)
    }

    /// The commits after `base` up to `tip`, newest first, where each has one parent alone: from `tip` only
    /// they and what `base` reaches are reachable. `None` where that is not so, or where there are more than
    /// `most`.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn line_between(
        &self,
        base: &ObjectId,
        tip: &ObjectId,
        most: usize,
    ) -> Result<Option<Vec<CommitBetween>>, GitError> {
        let (mut out, mut id) = (Vec::new(), *tip);
        while id != *base {
            let (_, own) = walk::read_links(&self.objects, &id)?;
            let parents = self.parentage.parents(&id, own);
            let ([parent], true) = (&parents[..], out.len() < most) else { return Ok(None) };
            out.push(CommitBetween { id, parents: vec![*parent] });
            id = *parent;
        }
        Ok(Some(out))
    }

    /// The newest commits of the line of first parents from `tip`, newest first, `most` at most, each with
    /// its first parent alone. A commit without a parent ends the line.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn main_line(&self, tip: &ObjectId, most: usize) -> Result<Vec<CommitBetween>, GitError> {
        let (mut out, mut next) = (Vec::new(), Some(*tip));
        while let Some(id) = next.filter(|_| out.len() < most) {
            let (_, own) = walk::read_links(&self.objects, &id)?;
            next = self.parentage.parents(&id, own).first().copied();
            out.push(CommitBetween { id, parents: next.into_iter().collect() });
        }
        Ok(out)
    }

    /// Whether side branches were merged into the line of first parents from `tip`, and all of them began on
    /// it: there is one first commit.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn has_side_branches(&self, tip: &ObjectId) -> Result<bool, GitError> {
        let all = self.reachable(tip, None)?;
        let firsts = all.values().filter(|parents| parents.is_empty()).count();
        let on_main_line = std::iter::successors(Some(tip), |id| all[*id].first()).count();
        Ok(firsts == 1 && on_main_line < all.len())
    }

    /// All commits reachable from one, with their parents, without `stop` and what is reached by way of it
    /// alone.
    fn reachable(
        &self,
        from: &ObjectId,
        stop: Option<&ObjectId>,
    ) -> Result<HashMap<ObjectId, Vec<ObjectId>>, GitError> {
        let mut found = HashMap::default();
        let mut open = vec![*from];
        while let Some(id) = open.pop() {
            if Some(&id) == stop || found.contains_key(&id) {
                continue;
            }
            let (_, own) = walk::read_links(&self.objects, &id)?;
            let parents = self.parentage.parents(&id, own);
            open.extend(&parents);
            found.insert(id, parents);
        }
        Ok(found)
    }

    /// The paths in which each of some commits differs from all of its parents, in the order of the commits.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn touches_of(&self, commits: &[CommitBetween]) -> Result<Vec<Vec<Touch>>, GitError> {
        let mut place_of: HashMap<ObjectId, usize> = HashMap::default();
        let mut all: Vec<ObjectId> = Vec::new();
        let ids = commits.iter().map(|commit| commit.id);
        for id in ids.chain(commits.iter().flat_map(|commit| commit.parents.iter().copied())) {
            place_of.entry(id).or_insert_with(|| {
                all.push(id);
                all.len() - 1
            });
        }
        let root = |id: &ObjectId| Ok(TreePlace::Tree(walk::read_links(&self.objects, id)?.0));
        let places = all.iter().map(root).collect::<Result<Vec<_>, GitError>>()?;
        let node = |commit: &CommitBetween| {
            CommitNode::unordered(commit.id, commit.parents.iter().map(|parent| place_of[parent]).collect())
        };
        let nodes: Vec<CommitNode> = commits.iter().map(node).collect();
        let fresh: Vec<usize> = (0..nodes.len()).collect();
        let mut out = vec![Vec::new(); commits.len()];
        for touch in walk::compare_all(&self.store, &nodes, &fresh, &places, &[])? {
            out[touch.commit].push(touch);
        }
        Ok(out)
    }
}
