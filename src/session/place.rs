//! Where a dataset is: repository, commits and folder, all that is known of it before its policy is read.
//!
//! An answer that an earlier run gave to the same question at the same place needs no more than that.

use super::locate::{find_dataset, known_at};
use super::memo::{Asked, StoredAnswer};
use super::options::Options;
use crate::cache::{Cache, Stamp, Stamping};
use crate::files::{CommitFiles, Files, WorkFiles, write};
use crate::git::Repository;
use crate::model::{Failure, ObjectId, RepoPath};
use std::thread::{JoinHandle, spawn};

/// Repository, commits and folder of a dataset.
pub(super) struct DatasetPlace {
    pub repo: Repository,
    /// The commit that answers are given as of.
    pub tip: ObjectId,
    /// The commit to read the policy from; `None` for the working tree.
    pub policy_commit: Option<ObjectId>,
    /// The folder of the manifest, from the repository's root.
    pub root: String,
    /// What earlier runs learned.
    pub cache: Cache,
    /// Finds out whether the working tree differs from what is read.
    pub dirty: Option<JoinHandle<bool>>,
}

impl DatasetPlace {
    /// Looks for the dataset that the options name.
    ///
    /// # Errors
    /// There is no repository or dataset here, or no commit of that name or date.
    pub fn find(options: &Options) -> Result<DatasetPlace, Failure> {
        let repo = Repository::discover(&options.start)?;
        let head = repo.head()?;
        let tip = match &options.known_at {
            Some(text) => known_at(&repo, &head, text)?,
            None => head,
        };
        let asked = options.policy_from.as_deref().map(|text| known_at(&repo, &head, text)).transpose()?;
        let policy_commit = if options.worktree { asked } else { Some(asked.unwrap_or(head)) };
        let root = {
            let committed = CommitFiles::new(&repo, policy_commit.unwrap_or(head));
            let worktree = if policy_commit.is_none() { Some(WorkFiles::new(&repo)?) } else { None };
            find_dataset(options, &repo, worktree.as_ref().map_or(&committed as &dyn Files, |files| files))?
        };
        // Looking for changes takes as long as reading the policy; both go on at once.
        let unread = if options.worktree || options.known_at.is_some() { None } else { repo.cleanliness() };
        let prefix = RepoPath::from(root.as_str());
        let dirty = unread.map(|clean| spawn(move || clean.is_dirty(&prefix).unwrap_or(false)));
        let cache = match &options.cache {
            Some(folder) => Cache::open(folder, repo.common_dir()).at_most(2 * repo.packed_bytes()),
            None => Cache::none(),
        };
        Ok(DatasetPlace { repo, tip, policy_commit, root, cache, dirty })
    }

    /// The answer that an earlier run gave to a question here, with what it noted.
    pub fn answered(&self, asked: &Asked, options: &Options) -> Option<(String, Vec<String>)> {
        // Of a working tree no answers are kept.
        if options.worktree {
            return None;
        }
        let moment = moment(&self.repo, options, &self.root, [Some(self.tip), self.policy_commit]);
        StoredAnswer::whole(&self.cache, asked, (moment, options.today)).get_whole()
    }
}

/// The stamp of everything that answers and their notes depend on, the question aside: the build, the tip,
/// the commit of the policy, and how history is read from them.
pub(super) fn moment(
    repo: &Repository,
    options: &Options,
    root: &str,
    commits: [Option<ObjectId>; 2],
) -> Stamp {
    let mut stamp = Stamping::default();
    stamp.part(&options.build).part(root);
    for commit in commits {
        stamp.part(commit.as_ref().map(ObjectId::digits).unwrap_or_default());
    }
    // A date is answered with a note that the commit it names is not.
    stamp.part(options.known_at.as_deref().unwrap_or_default());
    repo.alterations().iter().for_each(|line| {
        stamp.part(line);
    });
    stamp.stamp()
}

/// Says what a reader should know of the working tree, which is not what is read.
pub(super) fn say_of_worktree(repo: &Repository, dirty: Option<JoinHandle<bool>>, options: &Options) {
    // A bare repository has no files to write.
    let target = repo.workdir().map(|root| write::WriteTarget::new(root, repo.git_dir()));
    if target.is_some_and(|target| target.is_interrupted()) {
        say(
            options,
            "an import was interrupted while it wrote, so files of the working tree may be half written; the \
             next `sincewhen import` puts them back",
        );
    }
    if dirty.is_some_and(|thread| thread.join().unwrap_or(false)) {
        say(options, "the working tree has changes that are not committed; `--worktree` reads them");
    }
}

/// Says what qualifies an answer.
pub(super) fn say(options: &Options, text: &str) {
    if let Some(hear) = options.on_note {
        hear(text);
    }
}
