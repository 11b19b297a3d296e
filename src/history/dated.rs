//! The days that commits give to editions, for records without dates of their own.
//!
//! A commit counts for the day its committer wrote, in the committer's own time zone, when it came to the
//! main line: a commit of a side branch has the day of the merge that brought it. Days never go backwards
//! along the main line, whatever clocks said.

use crate::git::{GitError, History, Repository};
use crate::model::ObjectId;
use crate::model::PartialDate;
use foldhash::HashMap;

/// Days by commit.
#[derive(Default)]
pub(super) struct Days {
    days: HashMap<ObjectId, PartialDate>,
    newest: Option<PartialDate>,
}

impl Days {
    /// The day of a commit; of the working tree, that of the newest commit.
    pub fn of(&self, commit: Option<ObjectId>) -> Option<&PartialDate> {
        match commit {
            Some(commit) => self.days.get(&commit),
            None => self.newest.as_ref(),
        }
    }
}

/// The days of all commits of a history.
pub(super) fn days(repo: &Repository, history: &History) -> Result<Days, GitError> {
    // The tip comes first, and each commit's first parent first among its parents.
    let next = |at: &usize| history.commits[*at].parents.first().copied();
    let mut main_line: Vec<usize> =
        std::iter::successors((!history.commits.is_empty()).then_some(0), next).collect();
    main_line.reverse();
    let mut out = Days::default();
    let mut newest: Option<chrono::NaiveDate> = None;
    for at in main_line {
        let written = repo.commit_info(&history.commits[at].id())?.committer_time.date_naive();
        let day = newest.map_or(written, |newest| newest.max(written));
        newest = Some(day);
        let date = PartialDate::from_day(day);
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            let node = &history.commits[at];
            if out.days.contains_key(&node.hash()) {
                continue;
            }
            out.days.insert(node.hash(), date.clone());
            open.extend(&node.parents);
        }
        out.newest = Some(date);
    }
    Ok(out)
}
