//! Blobs → documents. May be shared between threads; keeps no document, so that memory does not grow with history.

use super::blob_index::HeadKey;
use crate::document::{self, Series};
use crate::git::{BlobReader, GitError, Repository};
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

    /// The bytes of a blob.
    ///
    /// # Errors
    /// What git cannot give: a missing or corrupt object.
    pub fn bytes(&self, blob: &BlobId) -> Result<Vec<u8>, GitError> {
        if let Some(bytes) = self.overlay.get(blob) {
            return Ok(bytes.clone());
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
        Ok(or_empty(document::tree(&self.bytes(blob)?).0.map(Arc::new)))
    }

    /// As [`Store::document`], for blobs that are read one after another and have much in common.
    ///
    /// # Errors
    /// See [`Store::bytes`].
    pub fn document_in(&self, series: &mut Series, blob: &BlobId) -> Result<Arc<Document>, GitError> {
        Ok(or_empty(series.tree(&self.bytes(blob)?).0))
    }

    /// Calls `f` on the bytes of each blob, with all cores; results in the order asked for. A blob that git cannot give is an error
    /// in words, as unreadable content is.
    pub(super) fn heads<T: Send>(
        &self,
        blobs: &[HeadKey],
        f: impl Fn(usize, &[u8]) -> Option<Result<T, String>> + Sync,
    ) -> Vec<Option<Result<T, String>>> {
        let read = |(kind, blob): &HeadKey| match self.bytes(&blob.blob_id()) {
            Ok(bytes) => f(*kind, &bytes),
            Err(error) => {
                self.gaps.store(true, Ordering::Relaxed);
                Some(Err(error.to_string()))
            }
        };
        blobs.par_iter().with_min_len(16).map(read).collect()
    }
}

/// What cannot be read as YAML is empty.
fn or_empty(document: Option<Arc<Document>>) -> Arc<Document> {
    let empty =
        || Document::new(Arc::from(""), Node { value: NodeValue::Map(Vec::new()), span: Default::default() });
    document.unwrap_or_else(|| Arc::new(empty()))
}
