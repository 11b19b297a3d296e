//! The front door: open a dataset once, ask a question, get a view.
//!
//! A program that is not this crate's command line (a site builder, an editor's server, a test) uses this
//! module alone: [`Session::open`], then one method a question, each in a file of its own. Owns what is
//! remembered between runs. Must not print, read a clock, the environment or arguments.

mod amended_editions;
mod blame;
mod branch_sentences;
mod cached_history;
mod changelog;
mod checking;
mod cite;
mod compare;
pub mod dates;
mod diff;
mod edition;
mod explain;
mod export;
mod filter;
mod grammars;
mod grown_history;
#[cfg(feature = "import")]
pub mod import;
mod init;
mod kept_heads;
mod kept_timelines;
mod locate;
mod log;
mod memo;
mod opening;
mod options;
pub mod output_folder;
mod past_sentences;
mod place;
mod plain_records;
mod profile;
mod published;
mod question;
mod range;
mod report;
mod show;
mod shown_sentences;
mod since;
mod stamped;
mod stated_revisions;
mod suggestions;
mod verify;
mod vocabulary;
pub use opening::{Opened, Session};
pub use options::{Options, Progress};
use suggestions::nearest;

pub use blame::BlameQuestion;
pub use cached_history::CachedHistory;
pub use changelog::{ChangelogQuestion, FORMAT as CHANGELOG_FORMAT};
pub use checking::{CheckQuestion, CheckScope, Checking};
pub use cite::{FIELD as CITE_FIELD, digest};
pub use compare::{CompareQuestion, compare};
pub use diff::DiffQuestion;
pub use edition::edition_ref;
pub use explain::{ExplainQuestion, Explained};
pub use export::ExportQuestion;
pub use filter::{FilterQuestion, SentenceOrder};
pub use init::{FirstManifest, first_manifest};
pub use locate::{find_dataset, repo_path};
pub use log::LogQuestion;
pub use published::VisitPublished;
pub use question::Question;
pub use range::RangeQuestion;
pub use report::ReportQuestion;
pub use show::ShowQuestion;
pub use shown_sentences::ShownSentences;
pub use since::SinceQuestion;
pub use verify::{VerifyQuestion, verify};

pub use crate::export::ExportFormat;
