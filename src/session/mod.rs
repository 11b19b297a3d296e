//! The front door.

pub(crate) mod stamped;
