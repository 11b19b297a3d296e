//! Policies and editions without a repository, for tests of the engine itself.

use super::files_below;
use sincewhen::dataset::Reference;
use sincewhen::document::{self, ReadOptions};
use sincewhen::files::Files;
use sincewhen::model::results::EditionRef;
use sincewhen::model::{Document, Failure, Identity, ObjectId, PartialDate};
use sincewhen::rules::Edited;
use sincewhen::schema::Policy;
use std::collections::BTreeMap;
use std::path::Path;

/// Files in memory.
#[derive(Default)]
pub struct MapFiles(pub BTreeMap<String, Vec<u8>>);

impl MapFiles {
    /// The files below a folder's named parts.
    pub fn read_from(folder: &Path, parts: &[&str]) -> MapFiles {
        let mut files = MapFiles::default();
        for part in parts {
            for (path, bytes) in files_below(&folder.join(part)) {
                files.0.insert(format!("{part}/{path}").trim_start_matches("./").to_owned(), bytes);
            }
        }
        files
    }

    /// Adds a file.
    pub fn with(mut self, path: &str, text: &str) -> MapFiles {
        self.0.insert(path.to_owned(), text.as_bytes().to_vec());
        self
    }

    /// The policy and the reference that they hold.
    #[track_caller]
    pub fn load(&self, root: &str) -> (Policy, Reference) {
        let policy = Policy::load(self, root).unwrap_or_else(|error| panic!("{error}"));
        let reference = Reference::load(self, &policy).unwrap_or_else(|error| panic!("{error}"));
        (policy, reference)
    }
}

impl Files for MapFiles {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.0.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        Ok(self.0.keys().filter(|path| path.starts_with(&start)).cloned().collect())
    }
}

/// An edition in memory.
pub struct Held {
    /// Its text and tree.
    pub document: Document,
    /// Its name.
    pub edition: EditionRef,
}

impl Held {
    /// Reads a text as an edition of a date.
    #[track_caller]
    pub fn new(text: &str, date: &str) -> Held {
        let reading = document::read(text.as_bytes(), &ReadOptions::lenient());
        let document = reading.document.unwrap_or_else(|| panic!("{:?}\n{text}", reading.problems));
        Held::of(document, date)
    }

    /// A document as an edition of a date.
    #[track_caller]
    pub fn of(document: Document, date: &str) -> Held {
        let last_updated: PartialDate = date.parse().unwrap_or_else(|error| panic!("{error}"));
        Held {
            document,
            edition: EditionRef {
                last_updated,
                dated_by_commit: false,
                commit: ObjectId::worktree(),
                file: "record.yaml".to_owned(),
            },
        }
    }

    /// As the rules take it.
    pub fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.edition }
    }
}

/// An identity from pairs.
pub fn identity(fields: &[(&str, &str)]) -> Identity {
    Identity(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}
