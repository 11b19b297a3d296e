//! What a dataset says about itself: its manifest, the annotations in its JSON Schemas, and its rule files.
//!
//! Owns the reading and checking of policy, with places in the files for its own errors. Must not judge data.

pub mod check_rules;
pub mod export;
pub mod lifecycle;
pub mod manifest;
pub mod places;
pub mod policy;
pub mod report;
pub mod roles;
pub mod rule_files;
pub mod shape;
pub mod weight;

pub use check_rules::{Acceptors, CheckExample, CheckRule};
pub use export::{ExportSpec, OutcomeSpec, PanelSpec};
pub use lifecycle::{Frame, FrameName, Lifecycle};
pub use manifest::{
    AssessedSpec, CalendarSpec, Manifest, NamesSpec, Natures, RENAMES, RecordKind, StripSpec, TableSpec,
};
pub use places::{DateChoice, DateSpec, FieldRoute, HistoryLine, NamePart, NameSource};
pub use policy::{Kind, Policy};
pub use report::{LeadSpec, MapSpec, ReportSpec, SectionSpec, SeriesSpec, TakeSpec, TallySpec};
pub use roles::{PolicyPart, Role};
pub use rule_files::{
    CalendarChoice, ChangeRule, Example, FieldPattern, MatchSpec, ObservationKind, ObservationRule,
    OneOrMany, Op, RuleSet,
};
pub use shape::{RelativePointer, Says, Shape};

use crate::document::{self, ReadOptions};
use crate::model::{Failure, FailureKind, LineColumn};
use serde::de::DeserializeOwned;
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

/// Reads a YAML policy file into a typed value; unknown keys are errors where `T` says so.
///
/// # Errors
/// The first problem of the YAML itself, or the first place at which the value is not what `T` asks for.
pub fn read_typed<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, PolicyError> {
    let reading = document::read(bytes, &ReadOptions::strict());
    let Some(doc) = reading.document else {
        let message = reading
            .problems
            .first()
            .map_or_else(|| "cannot be read as YAML".to_owned(), |p| p.message.clone());
        return Err(PolicyError::whole(file, message));
    };
    if let Some(problem) = reading.problems.first() {
        return Err(PolicyError {
            file: file.to_owned(),
            place: Some(doc.place(problem.span.start)),
            message: problem.message.clone(),
        });
    }
    document::typed(&doc).map_err(|error| PolicyError {
        file: file.to_owned(),
        place: Some(doc.place(error.span.start)),
        message: if error.path.is_empty() || error.path == "." {
            error.message
        } else {
            format!("{}: {}", error.path, error.message)
        },
    })
}
