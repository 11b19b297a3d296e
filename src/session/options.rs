//! Which dataset to open, as of when, and who hears of progress.

use chrono::NaiveDate;
use std::path::PathBuf;

/// Hears how far something has come: what is being done, how many of how many.
pub type Progress<'p> = dyn Fn(&'static str, usize, usize) + Sync + 'p;

/// Which dataset to open, and as of when.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A folder in the repository.
    pub start: PathBuf,
    /// The folder of the manifest, from the repository's root; `None` to look for it.
    pub dataset: Option<String>,
    /// Answer as the repository stood: a git revision, or a date.
    pub known_at: Option<String>,
    /// Take manifest, schemas and rules from this git revision, or as they stood at this date; `None` for the
    /// newest commit, or the working tree where that is read.
    pub policy_from: Option<String>,
    /// Read the working tree as the newest revision.
    pub worktree: bool,
    /// The folder in which to remember what was learned; `None` to remember nothing.
    pub cache: Option<PathBuf>,
    /// The day that counts as the present: what is asked as of a later one is refused. `None` to refuse
    /// nothing.
    pub today: Option<NaiveDate>,
    /// What distinguishes this build of the program from any other: what another build wrote is not what this
    /// one writes.
    pub build: String,
    /// Hears what qualifies an answer, as soon as it is known.
    pub on_note: Option<fn(&str)>,
}
