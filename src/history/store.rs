//! Blobs → documents. May be shared between threads; keeps no document, so that memory does not grow with history.

use super::Revision;
use super::timeline::FileRevision;
use crate::document::{self, Series};
use crate::git::{BlobReader, GitError, ObjectHash, Repository};
use crate::model::{BlobId, Document, Node, NodeValue};
use rayon::prelude::*;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Reads documents by blob id. Contents of the working tree are laid over the repository's.
pub struct Store {
    seed: Mutex<BlobReader>,
    spare: Mutex<Vec<BlobReader>>,
    overlay: HashMap<BlobId, Vec<u8>>,
    /// Texts of items by themselves.
    items: Mutex<HashMap<ObjectHash, Arc<str>>>,
    gaps: AtomicBool,
}

impl Store {
    /// A store over a repository.
    ///
    /// # Errors
    /// What git cannot open.
    pub fn new(repo: &Repository) -> Result<Self, GitError> {
        Ok(Store {
            seed: Mutex::new(repo.reader()?),
            spare: Mutex::default(),
            overlay: HashMap::new(),
            items: Mutex::default(),
            gaps: AtomicBool::new(false),
        })
    }

    /// Whether git could not give some blob when heads were read: what was learned then may be otherwise another time.
    pub fn has_gaps(&self) -> bool {
        self.gaps.load(Ordering::Relaxed)
    }

    /// Lays the content of a working file over the repository's.
    pub fn lay_over(&mut self, blob: BlobId, bytes: Vec<u8>) {
        self.overlay.insert(blob, bytes);
    }

    /// Remembers an item's text by itself.
    pub(super) fn lay_item(&self, id: ObjectHash, text: &str) {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.entry(id).or_insert_with(|| Arc::from(text));
    }

    /// Notes that git could not give some blob.
    pub(super) fn note_gap(&self) {
        self.gaps.store(true, Ordering::Relaxed);
    }

    fn item(&self, id: &BlobId) -> Option<Arc<str>> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.is_empty() { None } else { items.get(&ObjectHash::try_from(id).ok()?).cloned() }
    }

    /// The text of a revision: of its file, or of its item by itself.
    ///
    /// # Errors
    /// See [`Store::bytes`].
    pub fn text(&self, revision: &Revision) -> Result<Vec<u8>, GitError> {
        let Some(place) = &revision.item else { return self.bytes(&revision.blob) };
        if let Some(text) = self.item(&revision.blob) {
            return Ok(text.as_bytes().to_vec());
        }
        let file = self.bytes(&place.file)?;
        let mut text = vec![b' '; place.blanks.unwrap_or(0)];
        text.extend(file.get(place.span.0..place.span.1).unwrap_or_default());
        if text.last() != Some(&b'\n') {
            text.push(b'\n');
        }
        Ok(text)
    }

    /// The document of a revision, with the places it has in its file; one that cannot be read as YAML is empty.
    ///
    /// # Errors
    /// See [`Store::bytes`].
    pub fn edition(&self, revision: &Revision) -> Result<Arc<Document>, GitError> {
        let document = or_empty(read_front(&self.text(revision)?).map(Arc::new));
        Ok(placed(document, revision))
    }

    /// As [`Store::edition`], for revisions that are read one after another and have much in common.
    ///
    /// # Errors
    /// See [`Store::bytes`].
    pub fn edition_in(&self, series: &mut Series, revision: &Revision) -> Result<Arc<Document>, GitError> {
        let bytes = self.text(revision)?;
        let document = match document::front_matter(&bytes) {
            Some(_) => read_front(&bytes).map(Arc::new),
            None => series.tree(&bytes).0,
        };
        Ok(placed(or_empty(document), revision))
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// What git cannot give: a missing or corrupt object.
    pub fn bytes(&self, blob: &BlobId) -> Result<Vec<u8>, GitError> {
        if let Some(bytes) = self.overlay.get(blob) {
            return Ok(bytes.clone());
        }
        if let Some(text) = self.item(blob) {
            return Ok(text.as_bytes().to_vec());
        }
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match spare {
            Some(reader) => reader,
            None => self.seed.lock().unwrap_or_else(PoisonError::into_inner).another()?,
        };
        let bytes = reader.read(blob);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        bytes
    }

    /// The document a blob holds; one that cannot be read as YAML is empty (the problem stands in the timeline).
    ///
    /// # Errors
    /// See [`Store::bytes`].
    pub fn document(&self, blob: &BlobId) -> Result<Arc<Document>, GitError> {
        Ok(or_empty(read_front(&self.bytes(blob)?).map(Arc::new)))
    }

    /// Calls `f` on the bytes of each version, with all cores; results in the order asked for. A blob that git cannot give is an
    /// error in words, as unreadable content is.
    pub(super) fn heads<T: Send>(
        &self,
        versions: &[&FileRevision<'_>],
        f: impl Fn(&FileRevision<'_>, &[u8]) -> Option<Result<T, String>> + Sync,
    ) -> Vec<Option<Result<T, String>>> {
        let read = |version: &&FileRevision<'_>| match self.bytes(&version.blob.blob_id()) {
            Ok(bytes) => f(version, &bytes),
            Err(error) => {
                self.note_gap();
                Some(Err(error.to_string()))
            }
        };
        versions.par_iter().with_min_len(16).map(read).collect()
    }
}

/// The tree of a text, or of its front matter.
fn read_front(bytes: &[u8]) -> Option<Document> {
    match document::front_matter(bytes) {
        Some(front) => document::tree(front).0,
        None => document::tree(bytes).0,
    }
}

/// A document with the lines that stand before it in its file.
fn placed(document: Arc<Document>, revision: &Revision) -> Arc<Document> {
    match &revision.item {
        Some(place) if place.lines_before > 0 => {
            let mut document = Arc::unwrap_or_clone(document);
            document.lines_before = place.lines_before;
            Arc::new(document)
        }
        _ => document,
    }
}

/// What cannot be read as YAML is empty.
fn or_empty(document: Option<Arc<Document>>) -> Arc<Document> {
    let empty =
        || Document::new(Arc::from(""), Node { value: NodeValue::Map(Vec::new()), span: Default::default() });
    document.unwrap_or_else(|| Arc::new(empty()))
}
