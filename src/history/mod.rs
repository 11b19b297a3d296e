//! Revisions → editions → timelines.
//!
//! Owns which revision is which record, which edition stands, and which document a blob holds. Must not
//! classify or word.

mod archive;
pub mod blame;
mod blob_index;
mod date_key;
mod dated;
mod endings;
mod head_key;
mod item_place;
mod items;
mod lines;
mod loading;
mod marks;
mod pick;
mod question;
mod removals;
mod renames;
mod reverts;
mod selection;
mod store;
mod timeline;
use date_key::date_key;
pub use loading::{load, read_one_head, sort};
pub use question::{HistoryQuestion, WorkFile};

/// What reads the editions of a record one after another, and says which of their lines differ.
pub use crate::document::{DocumentSeries, LineFields, LineHashes};
pub use archive::{Archive, Edition, Removal, Revision, RevisionProblem, Timeline};
pub use item_place::ItemPlace;
pub use pick::{Moment, Pick, PickError};
pub use renames::share_most_lines;
pub use selection::Selection;
pub use store::{DocumentStore, document_in};

pub use blob_index::{BlobHead, BlobIndex, BlobSummary};

pub use head_key::HeadKey;
