//! The arguments of the commands that guard a dataset: `check`, `fmt`, `init`.

use crate::check::step::PolicyFrom;
use crate::model::Level;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `check`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nothing at or above --fail-on was found; 1 something was; 2 it could not be \
        checked.\n\nExamples:\n  sincewhen check\n  sincewhen check --base HEAD --format github\n  sincewhen \
        check --staged\n  sincewhen check --list-rules"
)]
pub struct CheckArgs {
    /// Files or folders; the whole dataset by default
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only what this branch adds since its merge base with REV: new findings, and the date gate
    #[arg(long, value_name = "REV", conflicts_with_all = ["history", "staged"])]
    pub base: Option<String>,
    /// With --base: the commit that is judged; the working tree by default, and HEAD with --policy-from base
    #[arg(long, value_name = "REV", requires = "base", conflicts_with = "fix")]
    pub head: Option<String>,
    /// Every revision that was ever committed, by the rules of today
    #[arg(long, conflicts_with_all = ["staged", "fix", "write_baseline"])]
    pub history: bool,
    /// Only what is staged, compared with HEAD: for a hook before the commit
    #[arg(long)]
    pub staged: bool,
    /// The least grave level that makes the exit status 1
    #[arg(long, value_name = "LEVEL", value_enum, default_value_t = FailOn::Error)]
    pub fail_on: FailOn,
    /// Make the safe edits that findings propose, then check again
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show the edits, write nothing
    #[arg(long, requires = "fix")]
    pub diff: bool,
    /// Accept everything that is found now, in `baseline.yaml` beside the manifest
    #[arg(long, conflicts_with_all = ["base", "staged", "fix", "paths"])]
    pub write_baseline: bool,
    /// Accept the findings with these fingerprints, as a maintainer; `-v` and `--format json` show
    /// fingerprints
    #[arg(long, value_name = "FINGERPRINT", value_delimiter = ',')]
    pub accept: Vec<String>,
    /// List the rules
    #[arg(long)]
    pub list_rules: bool,
    /// Which side's rules, schema and manifest to use, with --base or --staged
    #[arg(long, value_name = "SIDE", value_enum, default_value_t = PolicySide::Head)]
    pub policy_from: PolicySide,
}

/// Which side's rules, schema and manifest to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PolicySide {
    /// The rules, schema and manifest of the base
    Base,
    /// Those of the state that is checked
    Head,
}

impl From<PolicySide> for PolicyFrom {
    fn from(side: PolicySide) -> Self {
        match side {
            PolicySide::Base => PolicyFrom::Base,
            PolicySide::Head => PolicyFrom::Head,
        }
    }
}

/// The least grave level that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors
    Error,
    /// Errors and warnings
    Warning,
    /// Anything
    Note,
    /// Nothing
    Never,
}

impl FailOn {
    /// Whether a finding of a level fails.
    pub fn fails(self, level: Level) -> bool {
        match self {
            FailOn::Error => level <= Level::Error,
            FailOn::Warning => level <= Level::Warning,
            FailOn::Note => true,
            FailOn::Never => false,
        }
    }
}

/// Arguments of `fmt`.
#[derive(Debug, Args)]
#[command(
    after_help = "Comments, quotations and the choice between one line and several stay; indentation, blanks \
        and quotation marks are made alike.\n\nExamples:\n  sincewhen fmt --check\n  sincewhen fmt --diff \
        dataset/calendars"
)]
pub struct FmtArgs {
    /// Files or folders; the whole dataset by default
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Write nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show what would change, and exit with 1 if anything would
    #[arg(long)]
    pub diff: bool,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
#[command(
    after_help = "The files are a beginning, to be read and put right: what was guessed is said. Nothing \
        that is there is overwritten.\n\nExamples:\n  sincewhen init --dry-run dataset"
)]
pub struct InitArgs {
    /// The folder of records
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Say what would be guessed, write nothing
    #[arg(long)]
    pub dry_run: bool,
}
