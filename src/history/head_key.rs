//! What the head of a blob is found under.

use crate::model::ObjectId;

/// A kind of record, as an index into the policy's kinds, and a blob: as one kind it may say something else
/// than as another. Where the path names the record, a number for the path as well; else 0.
pub type HeadKey = (usize, ObjectId, u64);
