//! The yearly report, over small histories made with git.

mod forms;
mod story;
pub mod support;
