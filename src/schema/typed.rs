//! YAML policy files as typed values.

use super::errors::PolicyError;
use crate::document::{self, ReadOptions};
use crate::model::LineColumn;
use serde::de::DeserializeOwned;

/// Reads a YAML policy file into a typed value; unknown keys are errors where `T` says so.
///
/// # Errors
/// The first problem of the YAML itself, or the first place at which the value is not what `T` asks for.
pub fn read_typed<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, PolicyError> {
    refuse_conflict(file, bytes)?;
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

/// Where the value of a key of the root stands in a policy file.
pub(super) fn place_of(bytes: &[u8], key: &str) -> Option<LineColumn> {
    let doc = document::read(bytes, &ReadOptions::lenient()).document?;
    Some(doc.place(doc.root.get(key)?.span.start))
}

/// Refuses a file in which git left a merge conflict: whatever else is wrong with it comes from that.
///
/// # Errors
/// The place of the first conflict.
pub fn refuse_conflict(file: &str, bytes: &[u8]) -> Result<(), PolicyError> {
    let text = String::from_utf8_lossy(bytes);
    let Some(span) = document::conflict(&text) else { return Ok(()) };
    let line = 1 + text[..span.start].matches('\n').count();
    Err(PolicyError {
        file: file.to_owned(),
        place: Some(LineColumn { line, column: 1 }),
        message: "a merge conflict is not resolved here".to_owned(),
    })
}
