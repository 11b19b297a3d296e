//! Where files are read from, a commit, the index or the working tree, behind one trait; and writing them so
//! that nothing is left half-written.
//!
//! Owns bytes and paths. Must not know what a file means.

mod commit;
mod found;
mod index;
mod state;
mod work;
pub mod write;
pub use found::{Content, Files, FoundFile, MAX_RECORD, join};
use found::{blob_content, odd};
pub use state::FilesState;

pub use commit::CommitFiles;
pub use index::IndexFiles;
pub use work::WorkFiles;
