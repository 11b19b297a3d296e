//! What is imported, and the bytes of it.

use crate::model::{Failure, PartialDate};
use chrono::NaiveDate;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The largest file that is imported, in bytes.
const MAX_SOURCE: u64 = 256 * 1024 * 1024;

/// What is imported, and how.
#[derive(Clone, Debug)]
pub struct ImportQuestion {
    /// The name of a grammar.
    pub source: String,
    /// Pages, folders of them, or one table; `-` for standard input.
    pub files: Vec<String>,
    /// The folder from which files are named; the current one if `None`.
    pub directory: Option<PathBuf>,
    /// Whom pages are about: a code or name; found in the text if `None`.
    pub subject: Option<String>,
    /// Values for columns that a table lacks, `COLUMN=VALUE`.
    pub set: Vec<String>,
    /// The date of the new editions, if it is not that of the page or event.
    pub dated: Option<PartialDate>,
    /// Write the records and calendars; only drafted otherwise.
    pub write: bool,
    /// The day that counts as the present.
    pub today: NaiveDate,
}

/// Reads a source file; `-` is standard input.
pub(super) fn read_source(directory: Option<&PathBuf>, name: &str) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::new(error.to_string());
    let mut bytes = Vec::new();
    if name == "-" {
        std::io::stdin().take(MAX_SOURCE + 1).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let path = match directory {
            Some(folder) if Path::new(name).is_relative() => folder.join(name),
            _ => PathBuf::from(name),
        };
        let file = std::fs::File::open(&path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(Failure::new("this is a folder"));
        }
        file.take(MAX_SOURCE + 1).read_to_end(&mut bytes).map_err(failed)?;
    }
    if bytes.len() as u64 > MAX_SOURCE {
        return Err(Failure::new(format!("the file has more than {MAX_SOURCE} bytes")));
    }
    Ok(bytes)
}
