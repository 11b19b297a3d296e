//! Blobs → documents. May be shared between threads; keeps no document, so that memory does not grow with
//! history.

use super::Revision;
use super::marks::FileRevision;
use crate::document::{self, DocumentSeries, Hashing, LineFields, LineHashes};
use crate::git::{BlobReader, GitError, Repository};
use crate::model::{ByteSpan, Document, Failure, Node, NodeValue, ObjectId};
use foldhash::HashMap;
use foldhash::fast::RandomState;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

/// Reads documents by blob id. Contents of the working tree are laid over the repository's.
pub struct DocumentStore {
    seed: Mutex<BlobReader>,
    /// The handles that are not in use, by the thread that used them last: each keeps the bases of deltas
    /// that its thread read.
    spare: Mutex<HashMap<Option<usize>, Vec<BlobReader>>>,
    texts: KeptTexts,
    overlay: HashMap<ObjectId, Vec<u8>>,
    /// Texts of items by themselves.
    items: Mutex<HashMap<ObjectId, Arc<str>>>,
    gaps: AtomicBool,
    lines: BlobLines,
}

/// How many bytes of texts are kept in memory at once.
const TEXTS: usize = 64 << 20;

/// Texts that were read and will be asked for again, as many as may be kept.
#[derive(Default)]
struct KeptTexts {
    wanted: AtomicBool,
    bytes: AtomicUsize,
    by_blob: RwLock<HashMap<ObjectId, Vec<u8>>>,
}

impl KeptTexts {
    fn get(&self, blob: &ObjectId) -> Option<Vec<u8>> {
        self.by_blob.read().unwrap_or_else(PoisonError::into_inner).get(blob).cloned()
    }

    fn keep(&self, blob: ObjectId, text: Vec<u8>) {
        let (size, wanted) = (text.len(), self.wanted.load(Ordering::Relaxed));
        if !wanted || self.bytes.fetch_add(size, Ordering::Relaxed) + size > TEXTS {
            return;
        }
        self.by_blob.write().unwrap_or_else(PoisonError::into_inner).insert(blob, text);
    }
}

/// Hashes of lines by blob, where heads are read with them.
#[derive(Default)]
struct BlobLines {
    state: RandomState,
    fields: OnceLock<LineFields>,
    known: Mutex<HashMap<ObjectId, LineHashes>>,
}

impl DocumentStore {
    /// A store over a repository.
    ///
    /// # Errors
    /// What git cannot open.
    pub fn new(repo: &Repository) -> Result<Self, GitError> {
        Ok(DocumentStore {
            seed: Mutex::new(repo.reader()?),
            spare: Mutex::default(),
            texts: KeptTexts::default(),
            overlay: HashMap::default(),
            items: Mutex::default(),
            gaps: AtomicBool::new(false),
            lines: BlobLines::default(),
        })
    }

    /// Whether git could not give some blob when heads were read: what was learned then may be otherwise
    /// another time.
    pub fn has_gaps(&self) -> bool {
        self.gaps.load(Ordering::Relaxed)
    }

    /// From now on reads heads with the lines of some fields, since they will be asked for.
    pub fn keep_lines(&self, fields: LineFields) {
        let _ = self.lines.fields.set(fields);
    }

    /// From now on keeps the texts that heads are read from, as many as may stay in memory, since all of them
    /// will be asked for.
    pub fn keep_texts(&self) {
        self.texts.wanted.store(true, Ordering::Relaxed);
    }

    /// Puts what is to be read into the order in which it is read fastest: that of the packs, in which each
    /// delta finds its base read just before it; what lies in none is read last.
    pub(super) fn put_in_order<T>(&self, wanted: &mut [T], blob: impl Fn(&T) -> ObjectId) {
        let seed = self.seed.lock().unwrap_or_else(PoisonError::into_inner);
        let places = seed.pack_order();
        wanted.sort_by_cached_key(|one| {
            let place = places.place(&blob(one));
            (place.is_none(), place)
        });
    }

    /// How lines are hashed, where heads are read with them.
    pub(super) fn hashing(&self) -> Option<Hashing<'_>> {
        Some((self.lines.fields.get()?, &self.lines.state))
    }

    /// Keeps the lines that were read with a head.
    pub(super) fn lay_lines(&self, blob: ObjectId, hashes: LineHashes) {
        self.lines.known.lock().unwrap_or_else(PoisonError::into_inner).insert(blob, hashes);
    }

    /// The lines of some fields in a revision; `None` where its text can only be read as a whole. Comparable
    /// within this store.
    ///
    /// # Errors
    /// See [`DocumentStore::bytes`].
    pub fn lines(&self, revision: &Revision, fields: &LineFields) -> Result<Option<LineHashes>, GitError> {
        if self.lines.fields.get() == Some(fields)
            && let Some(blob) = revision.blob.object()
            && let Some(known) = self.lines.known.lock().unwrap_or_else(PoisonError::into_inner).get(&blob)
        {
            return Ok(Some(known.clone()));
        }
        Ok(fields.hashes(&self.yaml(revision)?, &self.lines.state))
    }

    /// Lays the content of a working file over the repository's.
    pub fn lay_over(&mut self, blob: ObjectId, bytes: Vec<u8>) {
        self.overlay.insert(blob, bytes);
    }

    /// Remembers an item's text by itself.
    pub(super) fn lay_item(&self, id: ObjectId, text: &str) {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.entry(id).or_insert_with(|| Arc::from(text));
    }

    /// Notes that git could not give some blob.
    pub(super) fn note_gap(&self) {
        self.gaps.store(true, Ordering::Relaxed);
    }

    fn item(&self, id: &ObjectId) -> Option<Arc<str>> {
        let items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if items.is_empty() { None } else { items.get(id).cloned() }
    }

    /// The text of a revision: of its file, or of its item by itself.
    ///
    /// # Errors
    /// See [`DocumentStore::bytes`].
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

    /// The document of a revision, with the places it has in its file; one that cannot be read as YAML is
    /// empty.
    ///
    /// # Errors
    /// See [`DocumentStore::bytes`].
    pub fn edition(&self, revision: &Revision) -> Result<Arc<Document>, GitError> {
        let document = or_empty(read_front(&self.text(revision)?).map(Arc::new));
        Ok(placed(document, revision))
    }

    /// As [`DocumentStore::edition`], for revisions that are read one after another and have much in common.
    ///
    /// # Errors
    /// See [`DocumentStore::bytes`].
    pub fn edition_in(
        &self,
        series: &mut DocumentSeries,
        revision: &Revision,
    ) -> Result<Arc<Document>, GitError> {
        Ok(document_in(series, revision, &self.yaml(revision)?))
    }

    /// The YAML of a revision: its text, or that text's front matter.
    ///
    /// # Errors
    /// See [`DocumentStore::bytes`].
    pub fn yaml(&self, revision: &Revision) -> Result<Vec<u8>, GitError> {
        let mut text = self.text(revision)?;
        to_front(&mut text);
        Ok(text)
    }

    /// The bytes of a blob.
    ///
    /// # Errors
    /// What git cannot give: a missing or corrupt object.
    pub fn bytes(&self, blob: &ObjectId) -> Result<Vec<u8>, GitError> {
        if let Some(bytes) = self.overlay.get(blob) {
            return Ok(bytes.clone());
        }
        if let Some(text) = self.item(blob) {
            return Ok(text.as_bytes().to_vec());
        }
        if let Some(text) = self.texts.get(blob) {
            return Ok(text);
        }
        let thread = rayon::current_thread_index();
        let spare =
            self.spare.lock().unwrap_or_else(PoisonError::into_inner).get_mut(&thread).and_then(Vec::pop);
        let reader = match spare {
            Some(reader) => reader,
            None => self.seed.lock().unwrap_or_else(PoisonError::into_inner).another()?,
        };
        let bytes = reader.read(blob);
        self.spare.lock().unwrap_or_else(PoisonError::into_inner).entry(thread).or_default().push(reader);
        bytes
    }

    /// The document a blob holds; one that cannot be read as YAML is empty (the problem stands in the
    /// timeline).
    ///
    /// # Errors
    /// See [`DocumentStore::bytes`].
    pub fn document(&self, blob: &ObjectId) -> Result<Arc<Document>, GitError> {
        Ok(or_empty(read_front(&self.bytes(blob)?).map(Arc::new)))
    }

    /// Calls `f` on the bytes of each version, with all cores; results in the order asked for. A blob that
    /// git cannot give is an failure, as unreadable content is.
    pub(super) fn heads<T: Send>(
        &self,
        versions: &[&FileRevision<'_>],
        f: impl Fn(&FileRevision<'_>, &[u8]) -> Option<Result<T, Failure>> + Sync,
    ) -> Vec<Option<Result<T, Failure>>> {
        let read = |version: &&FileRevision<'_>| match self.bytes(&version.blob) {
            Ok(bytes) => {
                let head = f(version, &bytes);
                if head.is_some() {
                    self.texts.keep(version.blob, bytes);
                }
                head
            }
            Err(error) => {
                self.note_gap();
                Some(Err(error.into()))
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

/// The document that a revision's YAML holds, read after others of its record, with the places it has in its
/// file.
pub fn document_in(series: &mut DocumentSeries, revision: &Revision, yaml: &[u8]) -> Arc<Document> {
    placed(or_empty(series.tree(yaml).0), revision)
}

/// Leaves of a text with front matter only that.
fn to_front(text: &mut Vec<u8>) {
    if let Some(length) = document::front_matter(text).map(<[u8]>::len) {
        text.truncate(length);
    }
}

/// A document with the lines that stand before it in its file. Of a text that was written anew, each part
/// stands where the item begins.
fn placed(document: Arc<Document>, revision: &Revision) -> Arc<Document> {
    let Some(place) = &revision.item else { return document };
    if place.lines_before == 0 && place.blanks.is_some() {
        return document;
    }
    let mut document = Arc::unwrap_or_clone(document);
    document.lines_before = place.lines_before;
    if place.blanks.is_none() {
        document.root.put_at(ByteSpan::default());
    }
    Arc::new(document)
}

/// What cannot be read as YAML is empty.
fn or_empty(document: Option<Arc<Document>>) -> Arc<Document> {
    let empty =
        || Document::new(Arc::from(""), Node { value: NodeValue::Map(Vec::new()), span: Default::default() });
    document.unwrap_or_else(|| Arc::new(empty()))
}
