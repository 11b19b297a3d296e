//! A repository: where it is, what its revisions are called, and the questions that can be put to it.
//!
//! Owns opening, resolving names and dates to commits, and the entry points of this module. Must not write,
//! run a program or read the environment.

use super::commits::{self, CommitInfo};
use super::errors::GitError;
use super::horizon::{Horizon, Parentage, Reach};
use super::memory::WalkMemory;
use super::objects::{ObjectStore, Objects};
use super::oid::{id_of, oid_of};
use super::pack_order;
use super::trees::{self, TreeCache, TreeFile, TreePlace};
use super::walk::{self};
use super::walked::History;
use crate::model::{ObjectId, RepoPath};
use chrono::{DateTime, TimeZone};
use foldhash::HashMap;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once, OnceLock};

/// An open repository; may be moved to another thread, not shared (see [`Repository::reader`]).
pub struct Repository {
    pub(super) inner: git2::Repository,
    pub(super) store: Arc<ObjectStore>,
    pub(super) objects: Objects,
    pub(super) parentage: Parentage,
}

impl Repository {
    /// Opens the repository that holds `start`, which may be any folder within its working tree, a linked
    /// worktree, or a bare repository.
    ///
    /// # Errors
    /// `NotARepository`, `Embedded`, `OtherOwner`, `Unsupported` (SHA-256, reftable), `Corrupt`, `Io`.
    pub fn discover(start: &Path) -> Result<Repository, GitError> {
        std::fs::metadata(start).map_err(|error| GitError::io(start, error))?;
        let inner = git2::Repository::discover(start).map_err(|error| GitError::on_open(&error, start))?;
        if let Some(outer) = embedded_in(&inner) {
            return Err(GitError::Embedded { path: inner.path().to_owned(), outer });
        }
        Repository::of(inner)
    }

    /// Opens the repository at `path` itself: its working tree or its git folder.
    ///
    /// Turns off, for the whole process, the git library's second SHA-1 over each packed object it reads. git
    /// itself makes none when reading: packs were hashed when they were fetched, their bytes carry zlib's
    /// checksum, and `git fsck` hashes them again. With the second hash, walking a history takes more than
    /// twice as long. Loose objects, which a crash can damage, are hashed by this module.
    ///
    /// # Errors
    /// As [`Repository::discover`].
    pub fn open(path: &Path) -> Result<Repository, GitError> {
        Repository::of(git2::Repository::open(path).map_err(|error| GitError::on_open(&error, path))?)
    }

    fn of(inner: git2::Repository) -> Result<Repository, GitError> {
        static TRUST_STORED_OBJECTS: Once = Once::new();
        TRUST_STORED_OBJECTS.call_once(|| git2::opts::strict_hash_verification(false));
        let parentage = Parentage::read(inner.commondir())?;
        let store = Arc::new(ObjectStore {
            directory: inner.commondir().join("objects"),
            replacements: replacements(&inner)?,
            partial: has_promisor(&inner)?,
            loose: OnceLock::new(),
            packed: OnceLock::new(),
        });
        let objects = Objects::open(Arc::clone(&store))?;
        Ok(Repository { inner, store, objects, parentage })
    }

    /// How many bytes the repository's packs have with their indexes, and those of repositories that it
    /// borrows from.
    pub fn packed_bytes(&self) -> u64 {
        pack_order::packed_bytes(self.store.loose().folders())
    }

    /// The same repository as it was committed: no replacement of an object (`git replace`) and no graft is
    /// obeyed. They are no part of what is fetched or merged, and could show a judge something else.
    ///
    /// # Errors
    /// `Unsupported`, `Corrupt`.
    pub fn as_committed(self) -> Result<Repository, GitError> {
        if self.store.replacements.is_empty() && !self.parentage.is_grafted() {
            return Ok(self);
        }
        let store = Arc::new(ObjectStore {
            directory: self.store.directory.clone(),
            replacements: HashMap::default(),
            partial: self.store.partial,
            loose: OnceLock::new(),
            packed: OnceLock::new(),
        });
        let objects = Objects::open(Arc::clone(&store))?;
        Ok(Repository { inner: self.inner, store, objects, parentage: self.parentage.without_grafts() })
    }

    /// Whether replacements or grafts show another history than was committed.
    pub fn is_altered(&self) -> bool {
        !self.store.replacements.is_empty() || self.parentage.is_grafted()
    }

    /// Whether there is no working tree.
    pub fn is_bare(&self) -> bool {
        self.inner.is_bare()
    }

    /// The root of the working tree; `None` in a bare repository.
    pub fn workdir(&self) -> Option<&Path> {
        self.inner.workdir()
    }

    /// The git folder: `.git`, or a linked worktree's own folder within it.
    pub fn git_dir(&self) -> &Path {
        self.inner.path()
    }

    /// The git folder that all worktrees share; [`git_dir`](Repository::git_dir) where there is one only.
    pub fn common_dir(&self) -> &Path {
        self.inner.commondir()
    }

    /// Whether the clone was made with a depth, so that some commits have parents that are not here.
    pub fn is_shallow(&self) -> bool {
        self.parentage.is_shallow()
    }

    /// The commit that `HEAD` stands on, on a branch or detached.
    ///
    /// # Errors
    /// `EmptyRepository` where the branch has no commit yet.
    pub fn head(&self) -> Result<ObjectId, GitError> {
        self.resolve("HEAD")
    }

    /// The commit by a name as git takes it: branch, tag (followed to its commit), full or abbreviated id,
    /// `HEAD~2`, `main@{1}`, `:/words`.
    ///
    /// # Errors
    /// `UnknownRevision`, `AmbiguousRevision`, `NotACommit`, `EmptyRepository` (for `HEAD` without a commit),
    /// `MissingObject`, `Corrupt`.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, GitError> {
        let at = revision.find(['~', '^']).filter(|_| !revision.contains(':')).unwrap_or(revision.len());
        let (name, suffix) = revision.split_at(at);
        let Some(steps) = steps(suffix) else {
            return self.peel(self.named(revision, revision)?, revision);
        };
        let mut commit = self.peel(self.named(name, revision)?, revision)?;
        for parent in steps.into_iter().flat_map(|(parent, times)| std::iter::repeat_n(parent, times)) {
            let (_, own) = walk::read_links(&self.objects, &commit)?;
            let parent = self.parentage.parents(&commit, own).get(parent).copied();
            commit = parent.ok_or_else(|| self.unknown(revision))?;
        }
        Ok(commit)
    }

    /// The object by this name, which is all of `revision` or what its `~` and `^` start from.
    fn named(&self, name: &str, revision: &str) -> Result<ObjectId, GitError> {
        if let Some(hash) = ObjectId::from_hex(name.as_bytes()) {
            return match self.objects.kind(&hash) {
                Err(GitError::MissingObject { .. }) => Err(self.unknown(revision)),
                Err(error) => Err(error),
                Ok(_) => Ok(hash),
            };
        }
        if let Some(hash) = self.referred(name) {
            return Ok(hash);
        }
        let object = self.inner.revparse_single(name).map_err(|error| self.on_resolve(&error, revision))?;
        Ok(id_of(object.id()))
    }

    /// What a name without operators refers to: found without the library reading an object, see
    /// [`super::loose`].
    fn referred(&self, name: &str) -> Option<ObjectId> {
        let name = if name == "@" { "HEAD" } else { name };
        if name.is_empty() || name.contains(['~', '^', '@', ':', ' ']) {
            return None;
        }
        let reference = self.inner.resolve_reference_from_short_name(name).ok()?;
        Some(id_of(reference.resolve().ok()?.target()?))
    }

    /// Follows tags to a commit.
    fn peel(&self, mut hash: ObjectId, revision: &str) -> Result<ObjectId, GitError> {
        let not_a_commit = |kind| GitError::NotACommit { revision: revision.to_owned(), kind };
        loop {
            match self.objects.kind(&hash)? {
                git2::ObjectType::Commit => return Ok(hash),
                git2::ObjectType::Tree => return Err(not_a_commit("tree")),
                git2::ObjectType::Blob => return Err(not_a_commit("blob")),
                _ => {
                    let target = self.objects.read(&hash, git2::ObjectType::Tag, commits::tagged)?;
                    hash = target
                        .ok_or_else(|| GitError::Corrupt { what: format!("tag {hash} is malformed") })?;
                }
            }
        }
    }

    fn unknown(&self, revision: &str) -> GitError {
        GitError::UnknownRevision { revision: revision.to_owned(), shallow: self.is_shallow() }
    }

    fn on_resolve(&self, error: &git2::Error, revision: &str) -> GitError {
        use git2::ErrorCode::{Ambiguous, InvalidSpec, NotFound, UnbornBranch};
        let unborn = || self.inner.head().is_err_and(|error| error.code() == UnbornBranch);
        match error.code() {
            UnbornBranch | NotFound if revision.starts_with("HEAD") && unborn() => {
                GitError::EmptyRepository { path: self.git_dir().to_owned() }
            }
            Ambiguous => GitError::AmbiguousRevision { revision: revision.to_owned() },
            NotFound | InvalidSpec | UnbornBranch => self.unknown(revision),
            _ => GitError::library(error),
        }
    }

    /// The best common ancestor of two commits; `None` for unrelated histories. Of several (criss-cross
    /// merges) any one that is no ancestor of another.
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject`, `Corrupt`.
    pub fn merge_base(&self, a: &ObjectId, b: &ObjectId) -> Result<Option<ObjectId>, GitError> {
        let (a, b) = (commit(a)?, commit(b)?);
        walk::read_links(&self.objects, &a)?;
        walk::read_links(&self.objects, &b)?;
        if self.parentage.library_agrees()
            && self.store.replacements.is_empty()
            && self.store.loose().is_empty()
        {
            // The library stops as soon as it has an answer, but reads parents past shallow boundaries and
            // grafts, does not distinguish a missing commit from an unrelated history by its code, and may
            // not come back from a damaged loose one.
            match self.inner.merge_base(oid_of(&a), oid_of(&b)) {
                Ok(oid) => return Ok(Some(id_of(oid))),
                Err(error) if error.class() == git2::ErrorClass::Merge => return Ok(None),
                Err(_) => {}
            }
        }
        let base = walk::merge_base(&self.objects, &self.parentage, a, b)?;
        Ok(base)
    }

    /// What the repository held at a moment: the newest commit on the first-parent line from `tip` whose
    /// committer time is not after `time`. `None` if the line begins later, or is cut off later
    /// ([`Repository::is_shallow`]).
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject`, `Corrupt`.
    pub fn commit_at_or_before<Z: TimeZone>(
        &self,
        tip: &ObjectId,
        time: DateTime<Z>,
    ) -> Result<Option<ObjectId>, GitError> {
        let moment = time.timestamp();
        let mut next = Some(commit(tip)?);
        while let Some(hash) = next {
            let read = |bytes: &[u8]| (commits::committer_seconds(bytes), commits::links(bytes));
            let (seconds, links) = self.objects.read(&hash, git2::ObjectType::Commit, read)?;
            if seconds <= moment {
                return Ok(Some(hash));
            }
            let (_, own) =
                links.ok_or_else(|| GitError::Corrupt { what: format!("commit {hash} is malformed") })?;
            next = self.parentage.parents(&hash, own).first().copied();
        }
        Ok(None)
    }

    /// One walk over all commits reachable from `tip`, with every change at or below `prefix` (empty: the
    /// whole tree).
    ///
    /// Runs on all threads of the current rayon pool; the result does not depend on their number, nor on
    /// commit times. Costs time in proportion to the commits and the folders that differ.
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject` (a commit or folder; file contents are not read), `Corrupt`.
    pub fn history(&self, tip: &ObjectId, prefix: &RepoPath) -> Result<History, GitError> {
        self.history_beyond(&WalkMemory::default(), tip, prefix)
    }

    /// The same history as [`Repository::history`], by a walk that reads only commits and folders of commits
    /// that are not `known` (and of a new commit's parent where its folders are). `known` must stem from
    /// walks with this prefix and these [`alterations`](Repository::alterations); from which tips does not
    /// matter.
    ///
    /// # Errors
    /// As [`Repository::history`]; objects of known commits that were damaged since may go unnoticed.
    pub fn history_beyond(
        &self,
        known: &WalkMemory,
        tip: &ObjectId,
        prefix: &RepoPath,
    ) -> Result<History, GitError> {
        self.history_along(known, tip, prefix, false)
    }

    /// As [`Repository::history_beyond`]; with `main_line` only first parents are followed, and a merge is
    /// compared with its first parent alone. `known` must stem from walks with the same `main_line`.
    ///
    /// # Errors
    /// As [`Repository::history_beyond`].
    pub fn history_along(
        &self,
        known: &WalkMemory,
        tip: &ObjectId,
        prefix: &RepoPath,
        main_line: bool,
    ) -> Result<History, GitError> {
        let first_parents = main_line.then(|| self.parentage.of_main_line());
        let parentage = first_parents.as_ref().unwrap_or(&self.parentage);
        walk::history(&self.objects, parentage, known, self::commit(tip)?, prefix)
    }

    /// What stands between this clone and the whole history, without a walk: the boundaries are those of the
    /// whole clone.
    pub fn horizon(&self) -> Horizon {
        let boundaries: Vec<_> = self.parentage.boundaries();
        Horizon {
            reach: if boundaries.is_empty() { Reach::Complete } else { Reach::Shallow { boundaries } },
            grafted: self.parentage.is_grafted(),
            replaced: !self.store.replacements.is_empty(),
            partial: self.store.partial,
        }
    }

    /// Everything in this clone, besides a tip, that decides which history is read from it: shallow
    /// boundaries, grafts, replacements and whether objects were left out. With the same lines, a tip's
    /// history is the same.
    pub fn alterations(&self) -> Vec<String> {
        let mut lines = self.parentage.lines();
        let mut replaced: Vec<_> =
            self.store.replacements.iter().map(|(id, other)| format!("replace {id} {other}")).collect();
        replaced.sort();
        lines.append(&mut replaced);
        lines.push(format!("partial {}", self.store.partial));
        lines
    }

    /// Who made a commit, when, and its first line.
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject`, `Corrupt`.
    pub fn commit_info(&self, id: &ObjectId) -> Result<CommitInfo, GitError> {
        let hash = commit(id)?;
        self.objects.read(&hash, git2::ObjectType::Commit, |bytes| commits::info(*id, bytes))
    }

    /// All files of a commit at or below `prefix` (empty: the whole tree), in the order of their paths'
    /// bytes.
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject`, `Corrupt`. A prefix that is not there gives an empty list.
    pub fn tree(&self, commit: &ObjectId, prefix: &RepoPath) -> Result<Vec<TreeFile>, GitError> {
        self.snapshot(commit)?.files(prefix)
    }

    /// The file at `path` in a commit; `None` if nothing or a folder is there.
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject`, `Corrupt`.
    pub fn file_at(&self, commit: &ObjectId, path: &RepoPath) -> Result<Option<TreeFile>, GitError> {
        self.snapshot(commit)?.file(path)
    }

    /// The files of one commit, for whoever asks for many.
    ///
    /// # Errors
    /// `UnknownRevision`, `MissingObject`, `Corrupt`.
    pub fn snapshot(&self, commit: &ObjectId) -> Result<Snapshot<'_>, GitError> {
        let (root, _) = walk::read_links(&self.objects, &self::commit(commit)?)?;
        Ok(Snapshot { root, trees: RefCell::new(TreeCache::new(&self.objects)) })
    }
}

/// The files of one commit. Folders that were opened once stay in memory.
pub struct Snapshot<'r> {
    root: ObjectId,
    trees: RefCell<TreeCache<'r>>,
}

impl Snapshot<'_> {
    /// All files at or below `prefix`, as [`Repository::tree`].
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn files(&self, prefix: &RepoPath) -> Result<Vec<TreeFile>, GitError> {
        trees::list(&mut self.trees.borrow_mut(), &self.root, &trees::components(prefix))
    }

    /// The file at `path`, as [`Repository::file_at`].
    ///
    /// # Errors
    /// `MissingObject`, `Corrupt`.
    pub fn file(&self, path: &RepoPath) -> Result<Option<TreeFile>, GitError> {
        let parts = trees::components(path);
        let mut trees = self.trees.borrow_mut();
        trees.tree(Some(&self.root))?;
        let TreePlace::Leaf(mode, id) = trees::find(&mut trees, &self.root, &parts)? else { return Ok(None) };
        Ok(Some(TreeFile { path: RepoPath(parts.join(&b'/')), mode, blob: id }))
    }
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Repository").field("git_dir", &self.git_dir()).finish_non_exhaustive()
    }
}

/// The parents to go to, counted from 0, and how many times, for a suffix of `~`, `~3`, `^` and `^2`; `None`
/// for anything else.
fn steps(suffix: &str) -> Option<Vec<(usize, usize)>> {
    let mut steps = Vec::new();
    let mut rest = suffix;
    while let Some(operator) = rest.chars().next() {
        rest = &rest[operator.len_utf8()..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: usize = if digits == 0 { 1 } else { rest[..digits].parse().ok()? };
        rest = &rest[digits..];
        match (operator, number) {
            ('~', generations) => steps.push((0, generations)),
            ('^', 0) => {}
            ('^', number) => steps.push((number - 1, 1)),
            _ => return None,
        }
    }
    Some(steps)
}

/// The working tree around a repository, if the repository's own folder is content of it. git takes any
/// folder that holds `HEAD`, `objects` and `refs` for a bare repository, with the settings in it, and a
/// branch can carry one (`safe.bareRepository`).
fn embedded_in(repository: &git2::Repository) -> Option<PathBuf> {
    // No commit can hold a path with `.git` in it.
    if repository.path().iter().any(|part| part == ".git") {
        return None;
    }
    let outer = git2::Repository::discover(repository.path().parent()?).ok()?;
    let root = outer.workdir()?.to_owned();
    let head = repository.path().strip_prefix(&root).ok()?.join("HEAD");
    let is_committed = || {
        let tree = outer.head().and_then(|head| head.peel_to_tree());
        tree.is_ok_and(|tree| tree.get_path(&head).is_ok())
    };
    let is_staged = || outer.index().is_ok_and(|index| index.get_path(&head, 0).is_some());
    (is_committed() || is_staged()).then_some(root)
}

/// `refs/replace/ID`: which object is read for which, unless `core.useReplaceRefs` says otherwise.
fn replacements(repository: &git2::Repository) -> Result<HashMap<ObjectId, ObjectId>, GitError> {
    let mut found = HashMap::default();
    let used = repository.config().and_then(|config| config.get_bool("core.usereplacerefs")).unwrap_or(true);
    if !used {
        return Ok(found);
    }
    for reference in
        repository.references_glob("refs/replace/*").map_err(|error| GitError::library(&error))?
    {
        let Ok(reference) = reference else { continue };
        let name = reference.name_bytes();
        let id = name.rsplit(|byte| *byte == b'/').next().and_then(ObjectId::from_hex);
        if let (Some(id), Some(target)) = (id, reference.target()) {
            found.insert(id, id_of(target));
        }
    }
    Ok(found)
}

/// Whether a remote is marked to hold objects that were not fetched (`remote.NAME.promisor`).
fn has_promisor(repository: &git2::Repository) -> Result<bool, GitError> {
    let broken = |error: git2::Error| GitError::Corrupt { what: error.message().to_owned() };
    let config = repository.config().and_then(|mut config| config.snapshot()).map_err(broken)?;
    let mut entries =
        config.entries(Some("^(remote\\..*\\.promisor|extensions\\.partialclone)$")).map_err(broken)?;
    let mut promisor = false;
    while let Some(entry) = entries.next() {
        let entry = entry.map_err(broken)?;
        promisor |= entry.value().map_or(true, |value| !matches!(value, "false" | "no" | "off" | "0" | ""));
    }
    Ok(promisor)
}

/// The repository's path for messages about it.
pub(super) fn shown_path(repository: &git2::Repository) -> PathBuf {
    repository.workdir().unwrap_or_else(|| repository.path()).to_owned()
}

/// A commit's id; the working tree is none.
fn commit(id: &ObjectId) -> Result<ObjectId, GitError> {
    id.object().ok_or_else(|| GitError::UnknownRevision { revision: id.to_string(), shallow: false })
}
