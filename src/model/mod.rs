//! Plain values that every stage shares: dates, paths, trees with spans, identities, results.
//!
//! Owns meaning and nothing else. Must not do I/O, read a clock, or import another module of this crate.

/// The program's version, as answers name it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The version, and the commit that the program was built from where that is known, as `--version` and
/// citations name it.
pub const BUILT_FROM: &str = env!("SINCEWHEN_VERSION");

pub mod cite;
pub mod date;
pub mod draft;
pub mod failure;
pub mod finding;
pub mod ids;
pub mod nature;
pub mod path;
pub mod published;
pub mod report;
pub mod results;
pub mod text;
pub mod tree;
pub mod view;

pub use date::{DateRange, PartialDate, Precision};
pub use failure::{Failure, FailureKind};
pub use finding::{Finding, Level, Place};
pub use ids::{Identity, ObjectId, RecordId, RepoPath};
pub use nature::{Nature, NatureKind, Significance};
pub use path::{FieldPath, Step};
pub use tree::{ByteSpan, Document, Entry, LineColumn, Node, NodeValue};
