//! Raw objects out of the object database: a handle of one's own, ids, and what stands in for what.
//!
//! Owns the one place where an object's bytes are read, so that replacements, missing objects and the library's cache are
//! dealt with once. Must not interpret the bytes.

use super::errors::{GitError, Unsupported};
use super::loose::LooseObjects;
use crate::model::{BlobId, CommitId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// An object's SHA-1 id in its 20 bytes: the compact form for tables of many; [`fmt::Display`] gives the 40 digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectHash([u8; 20]);

impl ObjectHash {
    /// Reads 40 hexadecimal digits.
    pub fn from_hex(hex: &[u8]) -> Option<Self> {
        let mut bytes = [0; 20];
        if hex.len() != 40 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
        }
        Some(ObjectHash(bytes))
    }

    /// The id that some bytes would have as a blob.
    ///
    /// # Errors
    /// What the git library cannot do.
    pub fn of_blob(bytes: &[u8]) -> Result<Self, GitError> {
        let oid = git2::Oid::hash_object(git2::ObjectType::Blob, bytes)
            .map_err(|error| GitError::library(&error))?;
        Ok(ObjectHash::from_oid(oid))
    }

    /// The 20 bytes.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    pub(super) fn from_bytes(bytes: [u8; 20]) -> Self {
        ObjectHash(bytes)
    }

    pub(super) fn from_oid(oid: git2::Oid) -> Self {
        let bytes = oid
            .as_bytes()
            .try_into()
            .expect("because the library is built for SHA-1, whose ids have 20 bytes");
        ObjectHash(bytes)
    }

    pub(super) fn oid(&self) -> git2::Oid {
        git2::Oid::from_bytes(&self.0).expect("because 20 bytes are a SHA-1 id")
    }

    /// This id as a commit's.
    pub fn commit_id(&self) -> CommitId {
        CommitId(self.to_string())
    }

    /// This id as a blob's.
    pub fn blob_id(&self) -> BlobId {
        BlobId(self.to_string())
    }
}

impl From<[u8; 20]> for ObjectHash {
    fn from(bytes: [u8; 20]) -> Self {
        ObjectHash(bytes)
    }
}

impl TryFrom<&CommitId> for ObjectHash {
    type Error = GitError;

    fn try_from(id: &CommitId) -> Result<Self, GitError> {
        let unknown = || GitError::UnknownRevision { revision: id.to_string(), shallow: false };
        ObjectHash::from_hex(id.0.as_bytes()).ok_or_else(unknown)
    }
}

impl TryFrom<&BlobId> for ObjectHash {
    type Error = GitError;

    fn try_from(id: &BlobId) -> Result<Self, GitError> {
        ObjectHash::from_hex(id.0.as_bytes())
            .ok_or_else(|| GitError::MissingObject { id: id.0.clone(), partial: false })
    }
}

impl fmt::Display for ObjectHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 40];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.write_str(std::str::from_utf8(&text).expect("because hexadecimal digits are ASCII"))
    }
}

impl fmt::Debug for ObjectHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|value| value as u8)
}

/// Where a repository's objects are, and which of them stand in for others: enough to open a handle on any thread.
#[derive(Debug)]
pub(super) struct ObjectStore {
    /// The `objects` folder; alternates are found from there.
    pub directory: PathBuf,
    /// `refs/replace`: read the second where the first is asked for, as git does.
    pub replacements: HashMap<ObjectHash, ObjectHash>,
    /// Whether a promisor remote holds objects that are not here.
    pub partial: bool,
    /// The loose objects, listed when the first object is read.
    pub loose: OnceLock<LooseObjects>,
}

impl ObjectStore {
    /// The loose objects, as they were when first asked for.
    pub fn loose(&self) -> &LooseObjects {
        self.loose.get_or_init(|| LooseObjects::list(&self.directory))
    }
}

/// The library caches each commit and each small tree it reads, up to 256 MiB, which one pass over history never asks
/// for again. After this many bytes the handle is exchanged for a fresh one.
const CACHED_AT_MOST: usize = 16 << 20;
/// Objects larger than this are not cached by the library.
const CACHED_OBJECT: usize = 4096;
/// What the library's cache adds to the size of each object, roughly.
const CACHE_OVERHEAD: usize = 128;

/// A handle on the object database for one thread.
pub(super) struct Objects {
    store: Arc<ObjectStore>,
    odb: RefCell<git2::Odb<'static>>,
    cached: Cell<usize>,
}

impl Objects {
    /// What the handle was opened on.
    pub fn store(&self) -> &Arc<ObjectStore> {
        &self.store
    }

    /// Opens a handle; fails where the folder's path is not UTF-8 or a pack cannot be opened.
    pub fn open(store: Arc<ObjectStore>) -> Result<Self, GitError> {
        let odb = RefCell::new(open_database(&store)?);
        Ok(Objects { store, odb, cached: Cell::new(0) })
    }

    /// Gives the bytes of the object `id`, which must be of this kind, to `use_bytes`.
    pub fn read<T>(
        &self,
        id: &ObjectHash,
        kind: git2::ObjectType,
        use_bytes: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, GitError> {
        let stand_in = self.stand_in(id);
        if let Some(loose) = self.store.loose().read(stand_in) {
            let object = loose.map_err(|what| GitError::Corrupt { what: format!("object {id}: {what}") })?;
            return if object.kind == kind {
                Ok(use_bytes(&object.bytes))
            } else {
                Err(wrong_kind(id, object.kind, kind))
            };
        }
        self.forget_cached()?;
        let odb = self.odb.borrow();
        let object = odb.read(stand_in.oid()).map_err(|error| self.failed(id, &error))?;
        if object.kind() != kind {
            return Err(wrong_kind(id, object.kind(), kind));
        }
        if object.len() < CACHED_OBJECT && kind != git2::ObjectType::Blob {
            self.cached.set(self.cached.get() + object.len() + CACHE_OVERHEAD);
        }
        Ok(use_bytes(object.data()))
    }

    /// The size in bytes of the object `id`, which must be of this kind, from its header.
    pub fn size(&self, id: &ObjectHash, kind: git2::ObjectType) -> Result<u64, GitError> {
        let (found, size) = self.header(id)?;
        if found == kind { Ok(size) } else { Err(wrong_kind(id, found, kind)) }
    }

    /// What kind of object `id` is, from its header.
    pub fn kind(&self, id: &ObjectHash) -> Result<git2::ObjectType, GitError> {
        Ok(self.header(id)?.0)
    }

    fn header(&self, id: &ObjectHash) -> Result<(git2::ObjectType, u64), GitError> {
        let stand_in = self.stand_in(id);
        if let Some(loose) = self.store.loose().header(stand_in) {
            return loose.map_err(|what| GitError::Corrupt { what: format!("object {id}: {what}") });
        }
        let header = self.odb.borrow().read_header(stand_in.oid());
        let (size, kind) = header.map_err(|error| self.failed(id, &error))?;
        Ok((kind, size as u64))
    }

    fn stand_in<'a>(&'a self, id: &'a ObjectHash) -> &'a ObjectHash {
        if self.store.replacements.is_empty() { id } else { self.store.replacements.get(id).unwrap_or(id) }
    }

    fn forget_cached(&self) -> Result<(), GitError> {
        if self.cached.get() > CACHED_AT_MOST {
            // The new handle is opened first, so that the packs and their delta bases stay in memory.
            let fresh = open_database(&self.store)?;
            self.odb.replace(fresh);
            self.cached.set(0);
        }
        Ok(())
    }

    fn failed(&self, id: &ObjectHash, error: &git2::Error) -> GitError {
        if error.code() == git2::ErrorCode::NotFound {
            return GitError::MissingObject { id: id.to_string(), partial: self.store.partial };
        }
        GitError::Corrupt { what: format!("object {id}: {}", error.message()) }
    }
}

fn open_database(store: &ObjectStore) -> Result<git2::Odb<'static>, GitError> {
    let unreadable = || GitError::Unsupported { what: Unsupported::PathEncoding(store.directory.clone()) };
    let directory = store.directory.to_str().ok_or_else(unreadable)?;
    let odb = git2::Odb::new().map_err(|error| GitError::library(&error))?;
    odb.add_disk_alternate(directory).map_err(|error| GitError::library(&error))?;
    Ok(odb)
}

fn wrong_kind(id: &ObjectHash, found: git2::ObjectType, wanted: git2::ObjectType) -> GitError {
    GitError::Corrupt { what: format!("object {id} is a {found} where a {wanted} belongs") }
}
