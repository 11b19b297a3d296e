//! Files that no commit holds yet: the working tree and the index.
//!
//! Owns listing them as git would see them and reading them without following a link. Must not write, refresh
//! the index on disk or run filters: contents are the bytes on disk.

use super::errors::GitError;
use super::oid::id_of;
use super::repository::{Repository, shown_path};
use super::trees::{self, EntryKind};
use crate::model::{ObjectId, RepoPath};
use std::collections::BTreeSet;
use std::fs::{self, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A file of the working tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorktreeFile {
    /// The path from the repository's root.
    pub path: RepoPath,
    /// What is there now: a file or a symbolic link.
    pub kind: EntryKind,
    /// Whether the index knows it.
    pub tracked: bool,
    /// The size in bytes when it was listed.
    pub size: u64,
    /// The blob of a file that a sparse checkout leaves out of the working tree.
    pub(super) absent: Option<ObjectId>,
    location: PathBuf,
}

/// A file of the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedFile {
    /// The path from the repository's root.
    pub path: RepoPath,
    /// The mode, as git shows it: 100644, 100755, 120000 or 160000 (octal).
    pub mode: u32,
    /// The blob; may be missing for an entry added by intent only.
    pub blob: ObjectId,
    /// 0; in an unresolved merge 1 (common ancestor), 2 (ours) or 3 (theirs), an entry for each side that has
    /// the file.
    pub stage: u8,
    /// Whether a sparse checkout leaves the file out of the working tree.
    pub sparse: bool,
    /// Whether the file is only meant to be added (`git add --intent-to-add`): no content is staged.
    pub intended: bool,
}

impl WorktreeFile {
    /// Whether a sparse checkout leaves the file out of the working tree.
    pub fn is_sparse(&self) -> bool {
        self.absent.is_some()
    }

    pub(super) fn is_link(&self) -> bool {
        is_link(self.kind)
    }

    /// Where the file is.
    pub fn location(&self) -> &Path {
        &self.location
    }

    /// The file's bytes; for a symbolic link the path it points to, as git stores it. Links are never
    /// followed.
    ///
    /// # Errors
    /// `TooLarge` above `limit` bytes, `Io`, also if the file has become something else since it was listed.
    pub fn read(&self, limit: u64) -> Result<Vec<u8>, GitError> {
        let failed = |error| GitError::io(&self.location, error);
        let metadata = fs::symlink_metadata(&self.location).map_err(failed)?;
        if kind_on_disk(&metadata).map(is_link) != Some(is_link(self.kind)) {
            return Err(failed(std::io::Error::other("no longer a file of the kind it was")));
        }
        if is_link(self.kind) {
            return Ok(path_bytes(&fs::read_link(&self.location).map_err(failed)?));
        }
        let too_large = |size| GitError::TooLarge { path: self.location.clone(), size, limit };
        if metadata.len() > limit {
            return Err(too_large(metadata.len()));
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(&self.location).map_err(failed)?;
        file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > limit { Err(too_large(bytes.len() as u64)) } else { Ok(bytes) }
    }
}

impl Repository {
    /// The files at or below `prefix` in the working tree that are tracked or not ignored, in the order of
    /// their paths' bytes.
    ///
    /// Symbolic links are listed, never entered; other repositories and `.git` are left out. Files that a
    /// sparse checkout leaves out of the working tree are listed as the index has them.
    ///
    /// # Errors
    /// `NoWorkingTree`, `Io`, `Unsupported` (an index the library cannot read).
    pub fn worktree_files(&self, prefix: &RepoPath) -> Result<Vec<WorktreeFile>, GitError> {
        let root = self.worktree_root()?;
        let staged = self.staged_files(prefix)?;
        let tracked: BTreeSet<Vec<u8>> = staged.iter().map(|file| file.path.0.clone()).collect();
        let mut location = root.to_owned();
        let mut path = Vec::new();
        for part in trees::components(prefix) {
            if part == b".." || part.eq_ignore_ascii_case(b".git") {
                return Ok(Vec::new());
            }
            // A link on the way leads out of the tree, as far as git is concerned.
            if !path.is_empty() && !fs::symlink_metadata(&location).is_ok_and(|metadata| metadata.is_dir()) {
                return Ok(Vec::new());
            }
            location.push(native(part, &location)?);
            trees::extend_path(&mut path, part);
        }
        let mut listing = FolderWalk { repository: self, tracked, files: Vec::new() };
        match fs::symlink_metadata(&location) {
            Ok(metadata) => listing.visit(path, location, &metadata)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(GitError::io(&location, error)),
        }
        listing.add_sparse(staged);
        listing.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(listing.files)
    }

    /// What says, on any thread, whether the working tree has uncommitted changes; `None` for a bare
    /// repository.
    pub fn cleanliness(&self) -> Option<Cleanliness> {
        let git_dir = self.inner.path().to_owned();
        self.workdir().is_some().then_some(Cleanliness { git_dir })
    }

    /// Takes another index than the repository's own, as git does where `GIT_INDEX_FILE` names one: `git
    /// commit -a` and `git commit PATH` hand their hooks the index of the commit to be. A relative name
    /// starts at the working tree's root.
    ///
    /// # Errors
    /// `Unsupported` (a split index), `Corrupt`, `Library`.
    pub fn use_index(&self, name: &Path) -> Result<(), GitError> {
        let path = self.workdir().map_or_else(|| name.to_owned(), |root| root.join(name));
        let set = git2::Index::open(&path).and_then(|mut index| self.inner.set_index(&mut index));
        set.map_err(|error| GitError::library(&error))
    }

    /// The index's entries at or below `prefix`, in the order of their paths' bytes.
    ///
    /// # Errors
    /// `Unsupported` (a split index), `Corrupt`.
    pub fn staged_files(&self, prefix: &RepoPath) -> Result<Vec<StagedFile>, GitError> {
        let mut index = self.inner.index().map_err(|error| GitError::library(&error))?;
        index.read(false).map_err(|error| GitError::library(&error))?;
        let prefix = trees::components(prefix).join(&b'/');
        let entries = index.iter().filter(|entry| is_below(&entry.path, &prefix));
        Ok(entries.map(staged).collect())
    }

    /// The id that a file's bytes on disk would have as a blob; nothing is written, no filter is run.
    ///
    /// # Errors
    /// `Io`; a folder or a link is refused too.
    pub fn hash_file(&self, location: &Path) -> Result<ObjectId, GitError> {
        let metadata = fs::symlink_metadata(location).map_err(|error| GitError::io(location, error))?;
        if !metadata.is_file() {
            return Err(GitError::io(location, std::io::Error::other("not a file")));
        }
        let bytes = fs::read(location).map_err(|error| GitError::io(location, error))?;
        self.hash_bytes(&bytes)
    }

    /// The id that these bytes would have as a blob; nothing is written.
    ///
    /// # Errors
    /// `Library`, which bytes in memory do not cause.
    pub fn hash_bytes(&self, bytes: &[u8]) -> Result<ObjectId, GitError> {
        let oid = git2::Oid::hash_object(git2::ObjectType::Blob, bytes)
            .map_err(|error| GitError::library(&error))?;
        Ok(id_of(oid))
    }

    fn worktree_root(&self) -> Result<&Path, GitError> {
        self.workdir().ok_or_else(|| GitError::NoWorkingTree { path: shown_path(&self.inner) })
    }
}

/// A walk over the folders of the working tree.
struct FolderWalk<'a> {
    repository: &'a Repository,
    tracked: BTreeSet<Vec<u8>>,
    files: Vec<WorktreeFile>,
}

impl FolderWalk<'_> {
    fn visit(&mut self, path: Vec<u8>, location: PathBuf, metadata: &Metadata) -> Result<(), GitError> {
        if metadata.is_dir() {
            return self.visit_folder(&path, &location);
        }
        let Some(kind) = kind_on_disk(metadata) else { return Ok(()) };
        let tracked = self.tracked.contains(&path);
        if tracked || !self.is_ignored(&path)? {
            let size = metadata.len();
            self.files.push(WorktreeFile {
                path: RepoPath(path),
                kind,
                tracked,
                size,
                absent: None,
                location,
            });
        }
        Ok(())
    }

    fn add_sparse(&mut self, staged: Vec<StagedFile>) {
        let there: foldhash::HashSet<&RepoPath> = self.files.iter().map(|file| &file.path).collect();
        let left_out: Vec<StagedFile> = staged
            .into_iter()
            .filter(|file| file.sparse && file.stage == 0 && !there.contains(&file.path))
            .collect();
        for file in left_out {
            let Some(kind) = EntryKind::of_mode(file.mode) else { continue };
            let location = PathBuf::from(file.path.to_string());
            let absent = Some(file.blob);
            self.files.push(WorktreeFile { path: file.path, kind, tracked: true, size: 0, absent, location });
        }
    }

    fn visit_folder(&mut self, path: &[u8], location: &Path) -> Result<(), GitError> {
        let is_root = path.is_empty();
        if !is_root && location.join(".git").symlink_metadata().is_ok() {
            return Ok(());
        }
        if !is_root && !self.holds_tracked(path) && self.is_ignored(&[path, b"/"].concat())? {
            return Ok(());
        }
        let failed = |error| GitError::io(location, error);
        for entry in fs::read_dir(location).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            if name == ".git" {
                continue;
            }
            let mut below = path.to_vec();
            trees::extend_path(&mut below, &path_bytes(Path::new(&name)));
            let location = entry.path();
            match fs::symlink_metadata(&location) {
                Ok(metadata) => self.visit(below, location, &metadata)?,
                // Gone since the folder was listed.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(GitError::io(&location, error)),
            }
        }
        Ok(())
    }

    fn holds_tracked(&self, folder: &[u8]) -> bool {
        let start = [folder, b"/"].concat();
        self.tracked.range(start.clone()..).next().is_some_and(|path| path.starts_with(&start))
    }

    fn is_ignored(&self, path: &[u8]) -> Result<bool, GitError> {
        let path = native(path, self.repository.git_dir())?;
        self.repository.inner.is_path_ignored(path).map_err(|error| GitError::library(&error))
    }
}

fn staged(entry: git2::IndexEntry) -> StagedFile {
    let stage = u8::try_from((entry.flags >> 12) & 3).unwrap_or(0);
    let extended = git2::IndexEntryExtendedFlag::from_bits_truncate(entry.flags_extended);
    StagedFile {
        path: RepoPath(entry.path),
        mode: entry.mode,
        blob: id_of(entry.id),
        stage,
        sparse: extended.is_skip_worktree(),
        intended: extended.is_intent_to_add(),
    }
}

fn is_below(path: &[u8], prefix: &[u8]) -> bool {
    prefix.is_empty() || path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

fn is_link(kind: EntryKind) -> bool {
    kind == EntryKind::Symlink
}

fn kind_on_disk(metadata: &Metadata) -> Option<EntryKind> {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        return Some(EntryKind::Symlink);
    }
    kind.is_file().then(|| if is_executable(metadata) { EntryKind::Executable } else { EntryKind::File })
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

/// git's bytes of a path as a path of this system.
#[cfg(unix)]
pub(super) fn native(path: &[u8], _: &Path) -> Result<PathBuf, GitError> {
    use std::os::unix::ffi::OsStrExt;
    Ok(PathBuf::from(std::ffi::OsStr::from_bytes(path)))
}

#[cfg(not(unix))]
pub(super) fn native(path: &[u8], near: &Path) -> Result<PathBuf, GitError> {
    let text = std::str::from_utf8(path)
        .map_err(|_| GitError::io(near, std::io::Error::other("a name that is not UTF-8")))?;
    Ok(PathBuf::from(text))
}

#[cfg(unix)]
fn path_bytes(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;
    path.as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn path_bytes(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}

/// Asks, on any thread, whether the working tree has uncommitted changes.
pub struct Cleanliness {
    git_dir: PathBuf,
}

impl Cleanliness {
    /// Whether anything at or below `prefix` differs between `HEAD`, the index and the working tree,
    /// untracked files included, ignored ones and submodules not.
    ///
    /// The library compares sizes and times with the index and hashes the files that remain in doubt, after
    /// the built-in line-end conversion only; it knows no filter programs and no file system monitor, and the
    /// index is not rewritten.
    ///
    /// # Errors
    /// What the library cannot open or compare.
    pub fn is_dirty(&self, prefix: &RepoPath) -> Result<bool, GitError> {
        let inner = git2::Repository::open(&self.git_dir)
            .map_err(|error| GitError::on_open(&error, &self.git_dir))?;
        let mut options = git2::StatusOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(false)
            .include_ignored(false)
            .exclude_submodules(true);
        options.update_index(false).no_refresh(false).disable_pathspec_match(true);
        let path = trees::components(prefix).join(&b'/');
        if !path.is_empty() {
            options.pathspec(path);
        }
        let statuses = inner.statuses(Some(&mut options)).map_err(|error| GitError::library(&error))?;
        Ok(!statuses.is_empty())
    }
}
