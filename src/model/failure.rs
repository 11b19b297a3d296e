//! Why something could not be done, and what to do about it: the one failure type of the crate's upper
//! stages.
//!
//! A problem in the data is a [`super::Finding`], not a failure. Lower modules may have errors of their own
//! where callers distinguish their cases apart (`GitError`, `PolicyError`); each of them turns into a
//! failure.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

/// What stood in the way, for callers that act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The question cannot be answered as it was asked: an unknown name, an impossible date, options at odds.
    Question,
    /// The manifest, a schema, a rule file, a table or a calendar cannot be used.
    Policy,
    /// A file of the dataset, or a source to import, is not what it should be.
    Data,
    /// The repository could not give what was asked of it.
    Repository,
    /// The operating system refused to read or write.
    System,
}

/// Why something could not be done. Shown as its message; the hints follow it, most helpful first.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What stood in the way.
    pub kind: FailureKind,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What to try, most helpful first.
    pub hints: Vec<String>,
    source: Option<Arc<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A question that cannot be answered as it was asked.
    pub fn new(message: impl Into<String>) -> Self {
        Failure::of(FailureKind::Question, message)
    }

    /// A failure of a kind.
    pub fn of(kind: FailureKind, message: impl Into<String>) -> Self {
        Failure { kind, message: message.into(), hints: Vec::new(), source: None }
    }

    /// Something in the data or in a source that is not what it should be.
    pub fn data(message: impl Into<String>) -> Self {
        Failure::of(FailureKind::Data, message)
    }

    /// A key or value of the manifest, a schema, a rule file or a grammar that cannot be used.
    pub fn policy(message: impl Into<String>) -> Self {
        Failure::of(FailureKind::Policy, message)
    }

    /// What the operating system refused, with the file or stream it is about.
    pub fn system(subject: impl fmt::Display, error: std::io::Error) -> Self {
        Failure::of(FailureKind::System, format!("{subject}: {error}")).caused_by(error)
    }

    /// Says what it is about: a file, a source, an option.
    #[must_use]
    pub fn about(mut self, subject: impl fmt::Display) -> Self {
        self.message = format!("{subject}: {}", self.message);
        self
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn caused_by(mut self, source: impl Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}
