//! What earlier runs learned, kept in a file: only ever a help. An answer is the same without it.
//!
//! Owns the file, one a repository, an embedded database (`redb`) of compressed values under short names.
//! Each value carries a stamp, the hash of all that it was made from, and a checksum over name, stamp and
//! content; a value whose stamp is not the one asked for or whose checksum is wrong is not there. Facts stay;
//! answers, which are made of them, are dropped when the file has become too large. Whatever else is wrong
//! with the file (another program's, cut short, altered, in use by another process, on a full disk, in a
//! folder that cannot be written) makes it empty, never an error. Must not know what it keeps.

mod panic_guard;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use panic_guard::without_panic;
use redb::{Database, ReadOnlyDatabase, ReadOnlyTable, ReadableDatabase, TableDefinition};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The version of the file's layout: part of its name, so that another version's file is left alone.
const FORMAT: u32 = 5;
/// A file that has grown past this is begun anew.
const LIMIT: u64 = 1 << 30;
/// The start of every file's name, so that nothing else is ever removed.
const PREFIX: &str = "history-";

type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;
const FACTS: Table = TableDefinition::new("values");
const ANSWERS: Table = TableDefinition::new("answers");
/// No file is too large below this: an empty one has a megabyte and a half.
const SMALL: u64 = 8 << 20;

/// A value is kept in pieces of so many bytes: the database gives each the next power of two, and a large
/// value in one piece would take up to twice its size.
const PIECE: usize = 60 << 10;
const STAMP: usize = 32;
const CHECKSUM: usize = 16;

/// A hash of everything that a value was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp([u8; STAMP]);

/// Puts a [`Stamp`] together from parts, each with its length, so that no two lists of parts give one stamp.
#[derive(Clone, Default)]
pub struct Stamping(Sha256);

impl Stamping {
    /// Adds a part.
    pub fn part(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        let bytes = bytes.as_ref();
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    /// The stamp of all parts so far.
    pub fn stamp(&self) -> Stamp {
        Stamp(self.0.clone().finalize().into())
    }
}

impl AsRef<[u8]> for Stamp {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Stamp {
    /// The first half in hexadecimal digits: enough to distinguish names.
    pub fn short(&self) -> String {
        self.0[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The values kept for one repository. May be shared between threads.
pub struct Cache {
    file: Option<PathBuf>,
    /// From how many bytes on the file's answers are dropped.
    limit: u64,
    open: Mutex<Option<OpenCache>>,
    fresh: Mutex<Fresh>,
}

type StoredValues = BTreeMap<Vec<u8>, Vec<u8>>;

/// What was put since the file was written.
#[derive(Default)]
struct Fresh {
    facts: StoredValues,
    answers: StoredValues,
}

struct OpenCache {
    facts: Option<ReadOnlyTable<&'static [u8], &'static [u8]>>,
    answers: Option<ReadOnlyTable<&'static [u8], &'static [u8]>>,
    _database: ReadOnlyDatabase,
}

impl Cache {
    /// A cache that holds nothing and keeps nothing.
    pub fn none() -> Cache {
        Cache { file: None, limit: LIMIT, open: Mutex::default(), fresh: Mutex::default() }
    }

    /// The cache of the repository whose git folder is `repository`, in `folder`. Never fails: what cannot be
    /// opened is empty.
    pub fn open(folder: &Path, repository: &Path) -> Cache {
        let whole = repository.canonicalize().unwrap_or_else(|_| repository.to_owned());
        let mut name = Stamping::default();
        name.part(whole.as_os_str().as_encoded_bytes());
        let file = folder.join(format!("{PREFIX}{}-v{FORMAT}.redb", name.stamp().short()));
        let open = if file.is_file() { without_panic(&file, || open(&file)).flatten() } else { None };
        Cache { file: Some(file), limit: LIMIT, open: Mutex::new(open), fresh: Mutex::default() }
    }

    /// The same, with answers that are dropped when the file has more than so many bytes. A file of a few
    /// megabytes is never too large.
    pub fn at_most(mut self, bytes: u64) -> Cache {
        self.limit = bytes.clamp(SMALL, LIMIT);
        self
    }

    /// Whether values are kept at all.
    pub fn is_on(&self) -> bool {
        self.file.is_some()
    }

    /// The fact of this name, if it was made from what the stamp says.
    pub fn get(&self, name: &str, stamp: &Stamp) -> Option<Vec<u8>> {
        self.find(name, stamp, |fresh| &fresh.facts, |open| open.facts.as_ref())
    }

    /// The answer of this name, if it was made from what the stamp says.
    pub fn answer(&self, name: &str, stamp: &Stamp) -> Option<Vec<u8>> {
        self.find(name, stamp, |fresh| &fresh.answers, |open| open.answers.as_ref())
    }

    fn find(
        &self,
        name: &str,
        stamp: &Stamp,
        fresh: impl Fn(&Fresh) -> &StoredValues,
        table: impl Fn(&OpenCache) -> Option<&ReadOnlyTable<&'static [u8], &'static [u8]>>,
    ) -> Option<Vec<u8>> {
        if let Some(value) = fresh(&self.fresh()).get(name.as_bytes()) {
            return content(name, stamp, value);
        }
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let table = table(open.as_ref()?)?;
        let value = without_panic(self.file.as_deref()?, || pieces(table, name.as_bytes())).flatten()?;
        content(name, stamp, &value)
    }

    /// Keeps a fact for later runs, in the place of any other of its name; [`Cache::save`] writes it.
    pub fn put(&self, name: &str, stamp: &Stamp, value: &[u8]) {
        if let (true, Some(value)) = (self.is_on(), compressed(value)) {
            self.fresh().facts.insert(name.as_bytes().to_vec(), sealed(name, stamp, &value));
        }
    }

    /// Keeps an answer for later runs, until there are too many.
    pub fn put_answer(&self, name: &str, stamp: &Stamp, value: &[u8]) {
        if let (true, Some(value)) = (self.is_on(), compressed(value)) {
            self.fresh().answers.insert(name.as_bytes().to_vec(), sealed(name, stamp, &value));
        }
    }

    fn fresh(&self) -> std::sync::MutexGuard<'_, Fresh> {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what was put since, all of it or nothing. What stands in the way is passed over in silence: the
    /// next run finds less.
    pub fn save(&self) {
        let fresh = std::mem::take(&mut *self.fresh());
        let Some(file) = self.file.as_deref().filter(|_| !fresh.is_empty()) else { return };
        // Whoever writes must be alone with the file.
        without_panic(file, || *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None);
        let Some(folder) = file.parent() else { return };
        if std::fs::create_dir_all(folder).is_err() {
            return;
        }
        if std::fs::metadata(file).is_ok_and(|meta| meta.len() > LIMIT) {
            let _ = std::fs::remove_file(file);
        }
        match without_panic(file, || write(file, &fresh, self.limit)) {
            Some(Ok(())) | Some(Err(CacheFailure::Busy)) => {}
            // A file that cannot be opened or written is of no use to anybody: it is begun anew, once.
            Some(Err(CacheFailure::Unusable)) | None => {
                if std::fs::remove_file(file).is_ok() {
                    let written = without_panic(file, || write(file, &fresh, self.limit));
                    if !matches!(written, Some(Ok(()) | Err(CacheFailure::Busy))) {
                        let _ = std::fs::remove_file(file);
                    }
                }
            }
        }
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        self.save();
    }
}

impl Fresh {
    fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.answers.is_empty()
    }
}

fn open(file: &Path) -> Option<OpenCache> {
    let database = ReadOnlyDatabase::open(file).ok()?;
    let read = database.begin_read().ok()?;
    let (facts, answers) = (read.open_table(FACTS).ok(), read.open_table(ANSWERS).ok());
    Some(OpenCache { facts, answers, _database: database })
}

enum CacheFailure {
    /// Another process has the file open.
    Busy,
    /// The file is damaged, or the disk is full.
    Unusable,
}

fn write(file: &Path, fresh: &Fresh, limit: u64) -> Result<(), CacheFailure> {
    let mut database = Database::create(file).map_err(|error| match error {
        redb::DatabaseError::DatabaseAlreadyOpen => CacheFailure::Busy,
        _ => CacheFailure::Unusable,
    })?;
    fill(&mut database, file, fresh, limit).map_err(|_| CacheFailure::Unusable)
}

/// Writes what is new. Where the file becomes too large, the answers that were there are dropped, and those
/// of this run, too, if they alone are too many.
fn fill(database: &mut Database, file: &Path, fresh: &Fresh, limit: u64) -> Result<(), redb::Error> {
    insert(database, &[(FACTS, &fresh.facts), (ANSWERS, &fresh.answers)])?;
    if fits(database, file, limit)? {
        return Ok(());
    }
    drop_answers(database)?;
    insert(database, &[(ANSWERS, &fresh.answers)])?;
    if fits(database, file, limit)? {
        return Ok(());
    }
    drop_answers(database)?;
    fits(database, file, limit).map(|_| ())
}

/// Whether the file has at most so many bytes, without the room that nothing uses.
fn fits(database: &mut Database, file: &Path, limit: u64) -> Result<bool, redb::Error> {
    let is_small = || std::fs::metadata(file).map_or(0, |meta| meta.len()) <= limit;
    if is_small() {
        return Ok(true);
    }
    database.compact()?;
    Ok(is_small())
}

fn drop_answers(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    transaction.delete_table(ANSWERS)?;
    transaction.commit()?;
    Ok(())
}

fn insert(database: &Database, tables: &[(Table, &StoredValues)]) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    for (table, values) in tables {
        let mut table = transaction.open_table(*table)?;
        for (name, value) in *values {
            let all = piece_names(name);
            table.retain_in(&all.start[..]..&all.end[..], |_, _| false)?;
            let (first, rest) = value.split_at(value.len().min(PIECE));
            table.insert(name.as_slice(), first)?;
            for (at, piece) in rest.chunks(PIECE).enumerate() {
                table.insert(piece_name(name, at).as_slice(), piece)?;
            }
        }
    }
    transaction.commit()?;
    Ok(())
}

/// A value of all its pieces: the first has the name of the value itself.
fn pieces(table: &ReadOnlyTable<&'static [u8], &'static [u8]>, name: &[u8]) -> Option<Vec<u8>> {
    let mut value = table.get(name).ok()??.value().to_vec();
    let rest = piece_names(name);
    for piece in table.range(&rest.start[..]..&rest.end[..]).ok()? {
        value.extend_from_slice(piece.ok()?.1.value());
    }
    Some(value)
}

/// The name of a further piece of a value, in the order of the pieces. Should a record's name have a NUL,
/// what is found may not be what the checksum is of, and counts as not there.
fn piece_name(name: &[u8], at: usize) -> Vec<u8> {
    [name, &[0], &(at as u64).to_be_bytes()].concat()
}

/// From the first name that a further piece of a value can have to the first that none has.
fn piece_names(name: &[u8]) -> std::ops::Range<Vec<u8>> {
    [name, &[0]].concat()..[name, &[1]].concat()
}

/// A value as it is kept: a tenth is left of sentences, half of what is known of a history.
fn compressed(value: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(value).ok()?;
    encoder.finish().ok()
}

/// The value that was compressed, unless it is damaged or larger than any that is kept.
fn decompressed(value: &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    ZlibDecoder::new(value).take(LIMIT).read_to_end(&mut content).ok()?;
    Some(content)
}

/// A value with its checksum and stamp, as it is kept.
fn sealed(name: &str, stamp: &Stamp, value: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(CHECKSUM + STAMP + value.len());
    bytes.extend_from_slice(&checksum(name, stamp, value));
    bytes.extend_from_slice(&stamp.0);
    bytes.extend_from_slice(value);
    bytes
}

fn checksum(name: &str, stamp: &Stamp, value: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = Stamping::default();
    let Stamp(sum) = sum.part(name).part(stamp).part(value).stamp();
    let mut short = [0; CHECKSUM];
    short.copy_from_slice(&sum[..CHECKSUM]);
    short
}

/// The content of a kept value, if it is the one asked for and whole.
fn content(name: &str, wanted: &Stamp, value: &[u8]) -> Option<Vec<u8>> {
    let (sum, rest) = value.split_at_checked(CHECKSUM)?;
    let (stamp, content) = rest.split_at_checked(STAMP)?;
    (stamp == wanted.0 && sum == checksum(name, wanted, content)).then(|| decompressed(content))?
}

/// The files of a cache folder with their sizes in bytes.
pub fn files(folder: &Path) -> Vec<(PathBuf, u64)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.starts_with(PREFIX) && name.ends_with(".redb"))
    });
    let mut files: Vec<(PathBuf, u64)> = ours
        .filter_map(|entry| {
            Some((entry.path(), entry.metadata().ok().filter(std::fs::Metadata::is_file)?.len()))
        })
        .collect();
    files.sort();
    files
}

/// Removes the files of a cache folder. Gives how many.
///
/// # Errors
/// The first file that could not be removed.
pub fn clear(folder: &Path) -> std::io::Result<usize> {
    let files = files(folder);
    files.iter().try_for_each(|(file, _)| std::fs::remove_file(file))?;
    Ok(files.len())
}
