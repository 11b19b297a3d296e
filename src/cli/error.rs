//! What could not be done, and what to do about it.

use super::args::Global;
use crate::git::GitError;
use crate::history::PickError;
use crate::schema::PolicyError;
use std::fmt;
use std::io::Write;

/// Why a command could not answer: exit code 2.
#[derive(Debug)]
pub struct CommandError {
    /// What is wrong.
    pub message: String,
    /// What to try, most helpful first.
    pub hints: Vec<String>,
}

impl CommandError {
    /// An error without hints.
    pub fn new(message: impl Into<String>) -> Self {
        CommandError { message: message.into(), hints: Vec::new() }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Prints it to standard error.
    pub fn report(&self, global: &Global) {
        let (bold, red) = (anstyle::Style::new().bold(), anstyle::AnsiColor::Red.on_default().bold());
        let mut text = format!("{red}error{red:#}{bold}:{bold:#} {}\n", crate::render::plain(&self.message));
        for hint in &self.hints {
            text.push_str(&format!("{bold}hint:{bold:#} {}\n", crate::render::plain(hint)));
        }
        let choice = super::output::choice(global, || anstream::AutoStream::choice(&std::io::stderr()));
        // With standard error closed there is nobody to tell; the exit code says it.
        let _ = anstream::AutoStream::new(std::io::stderr(), choice).write_all(text.as_bytes());
    }
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CommandError {}

impl From<GitError> for CommandError {
    fn from(error: GitError) -> Self {
        CommandError { message: error.to_string(), hints: error.hints() }
    }
}

impl From<PolicyError> for CommandError {
    fn from(error: PolicyError) -> Self {
        CommandError::new(error.to_string())
    }
}

impl From<PickError> for CommandError {
    fn from(error: PickError) -> Self {
        let hint = match &error {
            PickError::BeforeFirst { .. } => {
                Some("`first` names the first edition; `sincewhen log` lists them all")
            }
            PickError::NoPrevious { .. } => {
                Some("`sincewhen show` prints it; there is nothing to compare it with")
            }
            PickError::NoEdition { .. } => Some("`sincewhen log` shows what is wrong with its revisions"),
        };
        CommandError { message: error.to_string(), hints: hint.into_iter().map(str::to_owned).collect() }
    }
}
