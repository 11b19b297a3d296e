//! The yearly report, over small histories made with git.

mod forms;
mod period;
pub mod support;
