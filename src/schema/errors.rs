//! A fault in a manifest, schema or rule file.

use crate::model::{Failure, FailureKind, LineColumn};
use std::fmt;

/// A fault in a manifest, schema or rule file.
#[derive(Clone, Debug, thiserror::Error)]
pub struct PolicyError {
    /// The file, as a path from the repository's root.
    pub file: String,
    /// Where in the file, if a place is known.
    pub place: Option<LineColumn>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.place {
            Some(LineColumn { line, column }) => write!(f, "{}:{line}:{column}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl PolicyError {
    /// A fault of a file as a whole.
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        PolicyError { file: file.to_owned(), place: None, message: message.into() }
    }
}

impl From<PolicyError> for Failure {
    fn from(error: PolicyError) -> Self {
        Failure::of(FailureKind::Policy, error.to_string()).caused_by(error)
    }
}
