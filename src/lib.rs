//! `sincewhen`: editions by date over git-tracked YAML records, what changed between them, and since when
//! things stand.
//!
//! The stages are git objects → blobs → documents (trees with spans) → timelines → deltas → changes and
//! observations → view → bytes. Each module's head says what it owns and what it must not do;
//! `ARCHITECTURE.md` has the map.
#![warn(missing_docs)]

pub mod cache;
pub mod check;
pub mod cli;
pub mod dataset;
pub mod diff;
pub mod document;
pub mod export;
pub mod files;
pub mod git;
pub mod history;
#[cfg(feature = "import")]
pub mod import;
pub mod model;
pub mod render;
pub mod report;
pub mod rules;
pub mod schema;
pub mod session;
pub mod site;
