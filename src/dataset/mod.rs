//! What a tree of files holds besides records: look-up tables and calendars of occasions.
//!
//! Owns which path is what and how a record is known from its fields. Must not look at history.

mod calendar;
pub mod guess;
pub mod names;
mod record;
mod reference;
pub use reference::Reference;

pub use calendar::{Calendar, Occasion};
pub use names::RecordNames;
pub use record::{HeadProblem, RecordHead, RecordPlace, date_node, date_of, identity_of, read_head};
