//! Revisions → editions → timelines.
//!
//! Owns which revision is which record, which edition stands, and which document a blob holds. Must not classify or word.

pub mod blame;
mod blob_index;
mod dated;
mod items;
mod lines;
mod loading;
mod pick;
mod renames;
mod reverts;
mod selection;
mod store;
mod timeline;
use loading::date_key;
pub use loading::{HistoryQuestion, WorkFile, load, sort};

/// What reads the editions of a record one after another, and says which of their lines differ.
pub use crate::document::{DocumentSeries, LineFields, LineHashes};
pub use items::ItemPlace;
pub use pick::{Moment, Pick, PickError};
pub use selection::Selection;
pub use store::{DocumentStore, document_in};
pub use timeline::{Archive, Edition, Revision, RevisionProblem, Timeline};

pub use blob_index::{BlobHead, BlobIndex, BlobSummary, HeadKey};
