//! Raw objects out of the object database: a handle of one's own, ids, and what stands in for what.
//!
//! Owns the one place where an object's bytes are read, so that replacements, missing objects and the
//! library's cache are dealt with once. Must not interpret the bytes.

use super::errors::{GitError, Unsupported};
use super::loose::LooseObjects;
use super::oid::oid_of;
use super::pack_order::PackOrder;
use crate::model::ObjectId;
use foldhash::HashMap;
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Where a repository's objects are, and which of them stand in for others: enough to open a handle on any
/// thread.
#[derive(Debug)]
pub(super) struct ObjectStore {
    /// The `objects` folder; alternates are found from there.
    pub directory: PathBuf,
    /// `refs/replace`: read the second where the first is asked for, as git does.
    pub replacements: HashMap<ObjectId, ObjectId>,
    /// Whether a promisor remote holds objects that are not here.
    pub partial: bool,
    /// The loose objects, listed when the first object is read.
    pub loose: OnceLock<LooseObjects>,
    /// The places of the others, listed when many are read.
    pub packed: OnceLock<PackOrder>,
}

impl ObjectStore {
    /// The loose objects, as they were when first asked for.
    pub fn loose(&self) -> &LooseObjects {
        self.loose.get_or_init(|| LooseObjects::list(&self.directory))
    }

    /// The places of packed objects, as they were when first asked for.
    pub fn packed(&self) -> &PackOrder {
        self.packed.get_or_init(|| PackOrder::read(self.loose().folders()))
    }
}

/// The library caches each commit and each small tree it reads, up to 256 MiB, which one pass over history
/// never asks for again. After this many bytes the handle is exchanged for a fresh one.
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
        id: &ObjectId,
        kind: git2::ObjectType,
        use_bytes: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, GitError> {
        let stand_in = self.stand_in(id);
        if let Some(loose) = self.store.loose().read(stand_in) {
            let object = loose?;
            return if object.kind == kind {
                Ok(use_bytes(&object.bytes))
            } else {
                Err(wrong_kind(id, object.kind, kind))
            };
        }
        self.forget_cached()?;
        let odb = self.odb.borrow();
        let object = odb.read(oid_of(stand_in)).map_err(|error| self.failed(id, &error))?;
        if object.kind() != kind {
            return Err(wrong_kind(id, object.kind(), kind));
        }
        if object.len() < CACHED_OBJECT && kind != git2::ObjectType::Blob {
            self.cached.set(self.cached.get() + object.len() + CACHE_OVERHEAD);
        }
        Ok(use_bytes(object.data()))
    }

    /// The size in bytes of the object `id`, which must be of this kind, from its header.
    pub fn size(&self, id: &ObjectId, kind: git2::ObjectType) -> Result<u64, GitError> {
        let (found, size) = self.header(id)?;
        if found == kind { Ok(size) } else { Err(wrong_kind(id, found, kind)) }
    }

    /// What kind of object `id` is, from its header.
    pub fn kind(&self, id: &ObjectId) -> Result<git2::ObjectType, GitError> {
        Ok(self.header(id)?.0)
    }

    fn header(&self, id: &ObjectId) -> Result<(git2::ObjectType, u64), GitError> {
        let stand_in = self.stand_in(id);
        if let Some(loose) = self.store.loose().header(stand_in) {
            return loose;
        }
        let header = self.odb.borrow().read_header(oid_of(stand_in));
        let (size, kind) = header.map_err(|error| self.failed(id, &error))?;
        Ok((kind, size as u64))
    }

    fn stand_in<'a>(&'a self, id: &'a ObjectId) -> &'a ObjectId {
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

    fn failed(&self, id: &ObjectId, error: &git2::Error) -> GitError {
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
    odb.add_disk_alternate(&own_name(directory)).map_err(|error| GitError::library(&error))?;
    Ok(odb)
}

/// How many threads read packs by themselves, each with up to 16 MiB of bases of deltas; more share.
const READERS: usize = 8;

/// The folder as this thread names it. What the library knows of a pack is shared by all handles that name
/// its folder alike: its locks, and the bases of its deltas. By names of their own threads do not wait for
/// each other, and none drops the bases that another needs next.
fn own_name(directory: &str) -> String {
    let thread = rayon::current_thread_index().map_or(0, |thread| thread % READERS + 1);
    directory.to_owned() + &"/.".repeat(thread)
}

fn wrong_kind(id: &ObjectId, found: git2::ObjectType, wanted: git2::ObjectType) -> GitError {
    GitError::Corrupt { what: format!("object {id} is a {found} where a {wanted} belongs") }
}
