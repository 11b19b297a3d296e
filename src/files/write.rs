//! Writing several files of the working tree as one: either all of them are replaced, or none is.
//!
//! Owns the staging folder, its journal and the way back. New contents are written and flushed into the
//! staging folder first, the old ones are kept there under a second name, and only then the files are renamed
//! one by one. Until the journal is removed the way back is open: [`recover`] undoes what an interrupted run
//! had begun.
//!
//! The staging folder lies in the git folder of the working tree, which a commit cannot carry: a journal in
//! the working tree could be anybody's. What the journal names is held to the same rules as what is written:
//! a plain file below the root, reached through no link, and nothing of git's own. Must not know what the
//! files hold.

use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The staging folder, below the git folder of the working tree.
const FOLDER: &str = "sincewhen-staging";
const JOURNAL: &str = "journal.json";
const LOCK: &str = "lock";

/// How often a lock that is held is tried again, ten milliseconds apart.
const PATIENCE: u32 = 20;

/// Where files are written, and where they are prepared.
#[derive(Clone, Debug)]
pub struct WriteTarget {
    root: PathBuf,
    staging: PathBuf,
}

impl WriteTarget {
    /// A working tree and the git folder that is its own (that of a linked worktree, not the shared one).
    pub fn new(root: &Path, git_dir: &Path) -> WriteTarget {
        WriteTarget { root: root.to_owned(), staging: git_dir.join(FOLDER) }
    }

    /// Whether an interrupted run left files half written. Nothing is changed.
    pub fn is_interrupted(&self) -> bool {
        self.staging.join(JOURNAL).exists()
    }
}

/// A file to write.
#[derive(Clone, Debug)]
pub struct FileWrite {
    /// Its path below the root, `/` between the parts.
    pub path: String,
    /// What must stand there now; `None` for no file.
    pub before: Option<Vec<u8>>,
    /// What shall stand there.
    pub after: Vec<u8>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Another run is writing.
    #[error("another run is writing to `{0}`")]
    Busy(PathBuf),
    /// A file changed after it was read.
    #[error("`{0}` changed while this ran")]
    Changed(String),
    /// A path that leads elsewhere.
    #[error("`{0}` is no plain file below the dataset")]
    NotAFile(String),
    /// The system refused.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// What [`recover`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recovered {
    /// Nothing was left behind.
    Clean,
    /// Another run is writing now.
    Busy,
    /// An interrupted run was undone; this many files had been touched or were about to be.
    Undone(usize),
}

#[derive(Debug, Deserialize, Serialize)]
struct Journal {
    entries: Vec<JournalEntry>,
    /// Folders that were made for new files, outermost first.
    folders: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
struct JournalEntry {
    path: String,
    existed: bool,
}

/// Writes all files or none. `step` is given the number of files that stand in place, from none to all.
///
/// # Errors
/// See [`WriteError`]; every file is as it was before.
pub fn write_all(
    target: &WriteTarget,
    changes: &[FileWrite],
    step: &mut dyn FnMut(usize),
) -> Result<(), WriteError> {
    if changes.is_empty() {
        return Ok(());
    }
    let staging = Staging::open(target)?.ok_or_else(|| WriteError::Busy(target.root.clone()))?;
    staging.undo()?;
    let outcome = staging.prepare(changes).and_then(|()| staging.put_in_place(changes, step));
    if let Err(error) = outcome {
        // The first error is the one to report; what cannot be undone now is undone by the next run.
        let _ = staging.undo();
        return Err(error);
    }
    staging.remove();
    Ok(())
}

/// Undoes what an interrupted [`write_all`] left behind.
///
/// # Errors
/// What the system refused; the journal stays for another try.
pub fn recover(target: &WriteTarget) -> Result<Recovered, WriteError> {
    if !target.staging.is_dir() {
        return Ok(Recovered::Clean);
    }
    let Some(staging) = Staging::open(target)? else { return Ok(Recovered::Busy) };
    let undone = staging.undo()?;
    staging.remove();
    Ok(if undone == 0 { Recovered::Clean } else { Recovered::Undone(undone) })
}

/// Puts bytes in the place of a file, keeping its permissions.
pub fn replace(location: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = location.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut new = tempfile::Builder::new().prefix(".sincewhen-").tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    if let Ok(metadata) = std::fs::metadata(location) {
        std::fs::set_permissions(new.path(), metadata.permissions())?;
    }
    new.persist(location).map_err(|error| error.error)?;
    Ok(())
}

struct Staging<'r> {
    root: &'r Path,
    folder: &'r Path,
    _lock: File,
}

impl<'r> Staging<'r> {
    /// Opens the staging folder; `None` if another run holds it.
    fn open(target: &'r WriteTarget) -> Result<Option<Self>, WriteError> {
        let (root, folder) = (target.root.as_path(), target.staging.as_path());
        let mut tries = 0;
        loop {
            fs::create_dir_all(folder).map_err(at(folder))?;
            let path = folder.join(LOCK);
            let lock = match File::create(&path) {
                Ok(lock) => lock,
                // The run that held the folder has just removed it.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(source) => return Err(WriteError::Io { path, source }),
            };
            match lock.try_lock() {
                Ok(()) if path.exists() => return Ok(Some(Staging { root, folder, _lock: lock })),
                Ok(()) => {}
                // A program that is just being started holds it for a moment, too, if this process starts
                // one.
                Err(fs::TryLockError::WouldBlock) if tries < PATIENCE => {
                    tries += 1;
                    std::thread::sleep(std::time::Duration::from_millis(10));
                }
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(source)) => return Err(WriteError::Io { path, source }),
            }
        }
    }

    fn outgoing(&self, at: usize) -> PathBuf {
        self.folder.join(format!("{at}.old"))
    }

    fn incoming(&self, at: usize) -> PathBuf {
        self.folder.join(format!("{at}.new"))
    }

    /// Writes the new contents, keeps the old ones, and last the journal.
    fn prepare(&self, changes: &[FileWrite]) -> Result<(), WriteError> {
        let mut journal = Journal { entries: Vec::new(), folders: Vec::new() };
        for (number, change) in changes.iter().enumerate() {
            let target = self.root.join(&change.path);
            let metadata = self.stands(&target, change)?;
            write_synced(&self.incoming(number), &change.after)?;
            if let Some(metadata) = &metadata {
                fs::set_permissions(self.incoming(number), metadata.permissions())
                    .map_err(at(&self.incoming(number)))?;
                keep(&target, &self.outgoing(number))?;
            }
            journal.entries.push(JournalEntry { path: change.path.clone(), existed: metadata.is_some() });
            for folder in missing_folders(self.root, &change.path) {
                if !journal.folders.contains(&folder) {
                    journal.folders.push(folder);
                }
            }
        }
        sync_folder(self.folder)?;
        let text = serde_json::to_vec(&journal).expect("because a journal holds only texts");
        write_synced(&self.folder.join("journal.part"), &text)?;
        rename(&self.folder.join("journal.part"), &self.folder.join(JOURNAL))?;
        sync_folder(self.folder)?;
        for folder in &journal.folders {
            let path = self.root.join(folder);
            fs::create_dir_all(&path).map_err(at(&path))?;
        }
        Ok(())
    }

    /// Refuses a path that leads out of the root, through a link, or to what is git's own.
    fn plain(&self, path: &str) -> Result<(), WriteError> {
        let odd = |part: &str| {
            matches!(part, "" | "." | "..")
                || part.eq_ignore_ascii_case(".git")
                || part.contains(['\\', ':', '\0'])
        };
        let mut above = self.root.to_owned();
        let folders = Path::new(path).parent().into_iter().flat_map(Path::iter);
        let through_link = folders.into_iter().any(|part| {
            above.push(part);
            above.symlink_metadata().is_ok_and(|metadata| !metadata.is_dir())
        });
        match path.split('/').any(odd) || through_link {
            true => Err(WriteError::NotAFile(path.to_owned())),
            false => Ok(()),
        }
    }

    /// Whether what is to be replaced still stands there. No link is followed.
    fn stands(&self, target: &Path, change: &FileWrite) -> Result<Option<fs::Metadata>, WriteError> {
        self.plain(&change.path)?;
        match (target.symlink_metadata(), &change.before) {
            (Ok(metadata), _) if !metadata.is_file() => Err(WriteError::NotAFile(change.path.clone())),
            (Ok(metadata), Some(before)) => {
                let same = fs::read(target).map_err(at(target))? == *before;
                if same { Ok(Some(metadata)) } else { Err(WriteError::Changed(change.path.clone())) }
            }
            (Err(error), None) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            (Err(source), _) if source.kind() != io::ErrorKind::NotFound => {
                Err(WriteError::Io { path: target.to_owned(), source })
            }
            _ => Err(WriteError::Changed(change.path.clone())),
        }
    }

    fn put_in_place(&self, changes: &[FileWrite], step: &mut dyn FnMut(usize)) -> Result<(), WriteError> {
        step(0);
        for (number, change) in changes.iter().enumerate() {
            place(&self.incoming(number), &self.root.join(&change.path))?;
            step(number + 1);
        }
        let mut folders: Vec<PathBuf> = changes
            .iter()
            .filter_map(|change| self.root.join(&change.path).parent().map(Path::to_owned))
            .collect();
        folders.sort();
        folders.dedup();
        folders.iter().try_for_each(|folder| sync_folder(folder))?;
        let journal = self.folder.join(JOURNAL);
        fs::remove_file(&journal).map_err(at(&journal))?;
        sync_folder(self.folder)
    }

    /// Puts back what the journal names. Returns how many files it names.
    fn undo(&self) -> Result<usize, WriteError> {
        let path = self.folder.join(JOURNAL);
        let mut text = Vec::new();
        match File::open(&path) {
            Ok(mut file) => file.read_to_end(&mut text).map_err(at(&path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            Err(source) => return Err(WriteError::Io { path, source }),
        };
        let journal: Journal = serde_json::from_slice(&text)
            .map_err(|error| WriteError::Io { path: path.clone(), source: error.into() })?;
        let folders = journal.folders.iter().map(String::as_str);
        journal
            .entries
            .iter()
            .map(|entry| entry.path.as_str())
            .chain(folders)
            .try_for_each(|path| self.plain(path))?;
        for (number, entry) in journal.entries.iter().enumerate() {
            let target = self.root.join(&entry.path);
            let (incoming, outgoing) = (self.incoming(number), self.outgoing(number));
            if entry.existed {
                if outgoing.exists() {
                    place(&outgoing, &target)?;
                }
            } else if !incoming.exists() || same(&incoming, &target) {
                remove(&target)?;
            }
        }
        for folder in journal.folders.iter().rev() {
            // A folder that somebody else has put a file into stays.
            let _ = fs::remove_dir(self.root.join(folder));
        }
        fs::remove_file(&path).map_err(at(&path))?;
        sync_folder(self.folder)?;
        Ok(journal.entries.len())
    }

    /// Removes the folder; what cannot be removed does no harm without a journal.
    fn remove(self) {
        let _ = fs::remove_dir_all(self.folder);
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> WriteError {
    let path = path.to_owned();
    move |source| WriteError::Io { path, source }
}

fn remove(path: &Path) -> Result<(), WriteError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

fn same(one: &Path, other: &Path) -> bool {
    matches!((fs::read(one), fs::read(other)), (Ok(one), Ok(other)) if one == other)
}

/// Puts a prepared file in its place at once, by way of a copy beside that place where the git folder is on
/// another file system.
fn place(from: &Path, to: &Path) -> Result<(), WriteError> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {}
        outcome => return outcome.map_err(at(to)),
    }
    let folder = to.parent().unwrap_or(Path::new("."));
    let mut beside = tempfile::NamedTempFile::new_in(folder).map_err(at(folder))?;
    let mut prepared = File::open(from).map_err(at(from))?;
    io::copy(&mut prepared, beside.as_file_mut()).map_err(at(to))?;
    let permissions = prepared.metadata().map_err(at(from))?.permissions();
    beside
        .as_file()
        .set_permissions(permissions)
        .and_then(|()| beside.as_file().sync_all())
        .map_err(at(to))?;
    beside.persist(to).map_err(|error| at(to)(error.error))?;
    remove(from)
}

fn rename(from: &Path, to: &Path) -> Result<(), WriteError> {
    fs::rename(from, to).map_err(at(to))
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let mut file = File::create(path).map_err(at(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(at(path))
}

/// Keeps a file's content under a second name: the file itself where the file system can, else a copy.
fn keep(from: &Path, to: &Path) -> Result<(), WriteError> {
    remove(to)?;
    if fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    fs::copy(from, to).and_then(|_| File::open(to)?.sync_all()).map_err(at(to))
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> Result<(), WriteError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(at(path))
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> Result<(), WriteError> {
    Ok(())
}

fn missing_folders(root: &Path, path: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut folder = String::new();
    let parts: Vec<&str> = path.split('/').collect();
    for part in &parts[..parts.len() - 1] {
        if !folder.is_empty() {
            folder.push('/');
        }
        folder.push_str(part);
        if !root.join(&folder).exists() {
            out.push(folder.clone());
        }
    }
    out
}
