//! File contents by id, one or very many.
//!
//! Owns reading blobs, on one thread or on all. Must not keep or interpret them.

use super::errors::GitError;
use super::objects::{ObjectStore, Objects};
use super::pack_order::PackOrder;
use super::repository::Repository;
use crate::model::ObjectId;
use rayon::prelude::*;
use std::sync::Arc;

/// A handle on the repository's blobs for one thread.
pub struct BlobReader {
    objects: Objects,
}

impl BlobReader {
    fn open(store: &Arc<ObjectStore>) -> Result<Self, GitError> {
        Ok(BlobReader { objects: Objects::open(Arc::clone(store))? })
    }

    /// Another handle on the same repository, for another thread.
    ///
    /// # Errors
    /// `Unsupported`, `Library`.
    pub fn another(&self) -> Result<BlobReader, GitError> {
        BlobReader::open(self.objects.store())
    }

    /// The places of packed objects: read in that order, each delta finds its base read just before it.
    pub fn pack_order(&self) -> &PackOrder {
        self.objects.store().packed()
    }

    /// The blob's bytes.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn read(&self, id: &ObjectId) -> Result<Vec<u8>, GitError> {
        self.objects.read(id, git2::ObjectType::Blob, <[u8]>::to_vec)
    }

    /// The blob's size in bytes, without reading it.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn size(&self, id: &ObjectId) -> Result<u64, GitError> {
        self.objects.size(id, git2::ObjectType::Blob)
    }
}

/// The least blobs worth a thread's own handle.
const CHUNK: usize = 64;

impl Repository {
    /// The blob's bytes.
    ///
    /// # Errors
    /// `MissingObject` (`partial` where the clone left it out), `Corrupt`.
    pub fn read_blob(&self, id: &ObjectId) -> Result<Vec<u8>, GitError> {
        self.objects.read(id, git2::ObjectType::Blob, <[u8]>::to_vec)
    }

    /// The blob's size in bytes, without reading it.
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn blob_size(&self, id: &ObjectId) -> Result<u64, GitError> {
        self.objects.size(id, git2::ObjectType::Blob)
    }

    /// A handle of its own for another thread.
    ///
    /// # Errors
    /// `Unsupported`, `Library`.
    pub fn reader(&self) -> Result<BlobReader, GitError> {
        BlobReader::open(&self.store)
    }

    /// Reads the blobs on all threads of the current rayon pool and gives each with its index to `f`; the
    /// results stand in the order of `ids`.
    ///
    /// Fastest when blobs that resemble each other (versions of one file, newest first) stand together.
    pub fn read_many<T: Send>(
        &self,
        ids: &[ObjectId],
        f: impl Fn(usize, Result<Vec<u8>, GitError>) -> T + Sync,
    ) -> Vec<T> {
        let store = &self.store;
        let size = ids.len().div_ceil(rayon::current_num_threads() * 8).max(CHUNK);
        let of_chunk = |(number, chunk): (usize, &[ObjectId])| {
            let reader = BlobReader::open(store);
            let read = |id: &ObjectId| match &reader {
                Ok(reader) => reader.read(id),
                Err(_) => BlobReader::open(store).and_then(|reader| reader.read(id)),
            };
            chunk.iter().enumerate().map(|(index, id)| f(number * size + index, read(id))).collect::<Vec<T>>()
        };
        ids.par_chunks(size).enumerate().flat_map_iter(of_chunk).collect()
    }
}
