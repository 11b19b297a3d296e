//! How far back and how faithfully this clone can show history.
//!
//! Owns the signs of an incomplete or altered history: shallow boundaries, grafts, replacements, promisor
//! remotes. Must not judge what an answer loses by them.

use super::errors::GitError;
use crate::model::ObjectId;
use foldhash::{HashMap, HashSet};
use std::path::Path;

/// What stands between this clone and the whole history as it was committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Horizon {
    /// How far back the commits go.
    pub reach: Reach,
    /// `info/grafts` gives commits other parents than they were made with; it is obeyed, as git does.
    pub grafted: bool,
    /// `refs/replace` puts objects in the place of others; it is obeyed, as git does.
    pub replaced: bool,
    /// Some objects are only at a promisor remote (`git clone --filter`).
    pub partial: bool,
}

/// How far back the commits go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// To the first commit of each line.
    #[default]
    Complete,
    /// To these commits, whose parents were not fetched: what looks added there may be older.
    Shallow {
        /// The boundaries that the walk met, nearest first.
        boundaries: Vec<ObjectId>,
    },
}

impl Horizon {
    /// Whether nothing needs to be said about the history.
    pub fn is_complete(&self) -> bool {
        *self == Horizon::default()
    }

    /// Whether the walk met a shallow boundary.
    pub fn is_shallow(&self) -> bool {
        self.reach != Reach::Complete
    }

    /// The commands that would lift each restriction.
    pub fn hints(&self) -> Vec<String> {
        let said = [
            (
                self.is_shallow(),
                "fetch the rest of the history: `git fetch --unshallow` (in GitHub Actions: `fetch-depth: \
                    0`)",
            ),
            (self.partial, "fetch the objects left out: `git fetch --refetch --no-filter`"),
            (self.grafted, "history as it was committed: remove `info/grafts` from the git folder"),
            (
                self.replaced,
                "history as it was committed: `git replace --list`, then `git replace --delete ID`",
            ),
        ];
        said.iter().filter(|(applies, _)| *applies).map(|(_, hint)| (*hint).to_owned()).collect()
    }
}

/// The parents that a commit is said to have, in place of those it was made with.
#[derive(Clone, Debug, Default)]
pub(super) struct Parentage {
    /// Whether only first parents count.
    main_line: bool,
    shallow: HashSet<ObjectId>,
    grafts: HashMap<ObjectId, Vec<ObjectId>>,
    /// Whether there are grafts that are not obeyed.
    ignores_grafts: bool,
}

impl Parentage {
    /// Reads `shallow` and `info/grafts` of the repository's common folder.
    pub fn read(common_dir: &Path) -> Result<Self, GitError> {
        let shallow = lines(&common_dir.join("shallow"))?;
        let mut grafts = HashMap::default();
        for ids in lines(&common_dir.join("info/grafts"))? {
            // Of two lines about one commit git obeys the first.
            if let Some((commit, parents)) = ids.split_first() {
                grafts.entry(*commit).or_insert_with(|| parents.to_vec());
            }
        }
        Ok(Parentage {
            main_line: false,
            shallow: shallow.iter().filter_map(|ids| ids.first().copied()).collect(),
            grafts,
            ignores_grafts: false,
        })
    }

    /// The same, with first parents only: the main line of history.
    pub fn of_main_line(&self) -> Parentage {
        Parentage { main_line: true, ..self.clone() }
    }

    /// The same, with the parents that commits were made with.
    pub fn without_grafts(self) -> Parentage {
        let ignores_grafts = self.ignores_grafts || self.is_grafted();
        Parentage { grafts: HashMap::default(), ignores_grafts, ..self }
    }

    /// Whether the library, which obeys grafts, sees the same parents.
    pub fn library_agrees(&self) -> bool {
        self.is_plain() && !self.ignores_grafts
    }

    /// Whether any commit is said to have other parents than its own.
    pub fn is_plain(&self) -> bool {
        self.shallow.is_empty() && self.grafts.is_empty() && !self.main_line
    }

    pub fn is_shallow(&self) -> bool {
        !self.shallow.is_empty()
    }

    pub fn is_grafted(&self) -> bool {
        !self.grafts.is_empty()
    }

    /// Whether the commit's parents were not fetched.
    pub fn is_boundary(&self, commit: &ObjectId) -> bool {
        self.shallow.contains(commit)
    }

    /// All boundaries of the clone, in the order of their ids.
    pub fn boundaries(&self) -> Vec<ObjectId> {
        let mut ids: Vec<_> = self.shallow.iter().copied().collect();
        ids.sort();
        ids
    }

    /// Every commit with other parents than its own, with them, in the order of their ids.
    pub fn lines(&self) -> Vec<String> {
        let grafts = self.grafts.iter().map(|(commit, parents)| format!("graft {commit} {parents:?}"));
        let mut lines: Vec<_> =
            self.shallow.iter().map(|commit| format!("shallow {commit}")).chain(grafts).collect();
        lines.sort();
        lines
    }

    /// The parents to go on with.
    pub fn parents(&self, commit: &ObjectId, own: Vec<ObjectId>) -> Vec<ObjectId> {
        if self.is_plain() {
            return own;
        }
        // Of a boundary git obeys no graft.
        let mut parents = match self.grafts.get(commit) {
            _ if self.shallow.contains(commit) => Vec::new(),
            Some(others) => others.clone(),
            None => own,
        };
        if self.main_line {
            parents.truncate(1);
        }
        parents
    }
}

/// The ids on each line of a file that need not exist; comments and lines that hold anything else are left
/// out, as git does.
fn lines(path: &Path) -> Result<Vec<Vec<ObjectId>>, GitError> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(GitError::io(path, error)),
    };
    let ids = |line: &[u8]| {
        line.trim_ascii().split(|byte| *byte == b' ').map(ObjectId::from_hex).collect::<Option<Vec<_>>>()
    };
    Ok(text.split(|byte| *byte == b'\n').filter_map(ids).collect())
}
