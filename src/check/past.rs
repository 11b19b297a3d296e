//! What was published before the base: its history, read once, and only when an edit asks for it.
//!
//! A record that comes back is judged by what was published last under its name; an edition that is taken
//! back, by the editions before it; a day that a commit gives, by the commit before it. Must not judge.

use super::KnownRecord;
use super::name_finder::NameFinder;
use super::state::{self, DatasetFile};
use crate::dataset;
use crate::files::Content;
use crate::git::{EntryKind, History, Repository, Touch};
use crate::model::{Failure, Identity, ObjectId, RepoPath};
use crate::schema::{NameSource, Policy, Role};
use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

/// A record's name: its kind, an index into the policy's kinds, and its identity.
pub type RecordName = (usize, Identity);

/// The history behind a base.
pub struct PublishedPast<'r> {
    repo: &'r Repository,
    base: ObjectId,
    /// The base's policy: it says which files were records.
    policy: &'r Policy,
    read: OnceCell<ReadHistory>,
}

struct ReadHistory {
    history: History,
    /// By path, the places of its changes, the newest first.
    by_path: HashMap<RepoPath, Vec<usize>>,
}

/// What was published last under a name.
pub struct LastPublished {
    /// The record.
    pub record: KnownRecord,
    /// The commit that brought it.
    pub commit: ObjectId,
}

/// A revision in which a name is looked for.
struct NamedRevision {
    kind: usize,
    /// Its place among the changes: a smaller one is newer.
    place: usize,
    /// Whether the text is read only if it holds one of the names.
    by_text: bool,
}

/// How many texts are looked through at once.
const AT_ONCE: usize = 512;

impl<'r> PublishedPast<'r> {
    /// Nothing is read yet.
    pub fn new(repo: &'r Repository, base: ObjectId, policy: &'r Policy) -> PublishedPast<'r> {
        PublishedPast { repo, base, policy, read: OnceCell::new() }
    }

    /// The changes of a file, the newest first: the commit, and what stood there from then on.
    ///
    /// # Errors
    /// A history that cannot be read.
    pub fn changes_of(
        &self,
        path: &RepoPath,
    ) -> Result<impl DoubleEndedIterator<Item = (ObjectId, Option<ObjectId>)> + '_, Failure> {
        let read = self.read()?;
        let places = read.by_path.get(path).map_or(&[][..], Vec::as_slice);
        let change = |place: &usize| {
            let touch = &read.history.touches[*place];
            (read.history.commits[touch.commit].id(), touch.entry.map(|entry| entry.blob()))
        };
        Ok(places.iter().map(change))
    }

    fn read(&self) -> Result<&ReadHistory, Failure> {
        if let Some(read) = self.read.get() {
            return Ok(read);
        }
        let root = RepoPath::from(self.policy.root.as_str());
        let inside = self.policy.data_prefixes().iter().all(|prefix| root.is_at_or_above(prefix));
        let prefix = if inside { root } else { RepoPath::from("") };
        let history = self.repo.history(&self.base, &prefix)?;
        let mut by_path: HashMap<RepoPath, Vec<usize>> = HashMap::new();
        for (place, touch) in history.touches.iter().enumerate() {
            by_path.entry(touch.path().clone()).or_default().push(place);
        }
        Ok(self.read.get_or_init(|| ReadHistory { history, by_path }))
    }

    /// What was published last under some names that the base does not have any more.
    ///
    /// # Errors
    /// A history that cannot be read.
    pub fn editions(
        &self,
        names: &HashSet<RecordName>,
    ) -> Result<HashMap<RecordName, LastPublished>, Failure> {
        let mut found: HashMap<RecordName, LastPublished> = HashMap::new();
        if names.is_empty() {
            return Ok(found);
        }
        let read = self.read()?;
        let finder = finder(self.policy, names);
        for chunk in self.candidates(names)?.chunks(AT_ONCE) {
            let touch = |candidate: &NamedRevision| &read.history.touches[candidate.place];
            let blobs: Vec<ObjectId> =
                chunk.iter().filter_map(|one| Some(touch(one).entry?.blob())).collect();
            let texts = self.repo.read_many(&blobs, |at, bytes| {
                bytes.map(|bytes| {
                    let (candidate, touch) = (&chunk[at], touch(&chunk[at]));
                    let is_read =
                        !candidate.by_text || finder.as_ref().is_none_or(|finder| finder.is_in(&bytes));
                    if is_read {
                        records(self.policy, candidate.kind, touch.path(), bytes)
                    } else {
                        Vec::new()
                    }
                })
            });
            for (candidate, records) in chunk.iter().zip(texts) {
                let commit = read.history.commits[touch(candidate).commit].id();
                for record in records? {
                    let name = (record.kind, record.identity.clone());
                    if names.contains(&name) {
                        found.entry(name).or_insert(LastPublished { record, commit });
                    }
                }
            }
            if found.len() == names.len() {
                break;
            }
        }
        self.without_standing(found)
    }

    /// Leaves out the names of records that stand at the base.
    fn without_standing(
        &self,
        mut found: HashMap<RecordName, LastPublished>,
    ) -> Result<HashMap<RecordName, LastPublished>, Failure> {
        let base = self.repo.snapshot(&self.base)?;
        let mut standing: HashMap<RepoPath, HashSet<RecordName>> = HashMap::new();
        for edition in found.values() {
            let (path, kind) = (&edition.record.file, edition.record.kind);
            let Some(file) = base.file(path)?.filter(|_| !standing.contains_key(path)) else { continue };
            let there = records(self.policy, kind, path, self.repo.read_blob(&file.blob)?);
            standing.insert(
                path.clone(),
                there.into_iter().map(|record| (record.kind, record.identity)).collect(),
            );
        }
        found.retain(|name, edition| {
            standing.get(&edition.record.file).is_none_or(|there| !there.contains(name))
        });
        Ok(found)
    }

    /// The revisions in which names are looked for, the newest first: what stood last in each file that is
    /// gone, and where names stand in the text alone, every text that was ever there.
    fn candidates(&self, names: &HashSet<RecordName>) -> Result<Vec<NamedRevision>, Failure> {
        let (read, policy) = (self.read()?, self.policy);
        let kinds: HashSet<usize> = names.iter().map(|(kind, _)| *kind).collect();
        let everywhere: HashSet<usize> =
            kinds.iter().copied().filter(|kind| is_named_by_text(policy, *kind)).collect();
        let base = self.repo.snapshot(&self.base)?;
        let mut seen: HashSet<ObjectId> = HashSet::new();
        let mut out = Vec::new();
        for (path, places) in &read.by_path {
            let Some(Role::Record(kind)) = policy.role_of(path) else { continue };
            if !kinds.contains(&kind) {
                continue;
            }
            let with_text = places.iter().copied().filter(|place| is_text(&read.history.touches[*place]));
            if everywhere.contains(&kind) {
                out.extend(with_text.map(|place| NamedRevision { kind, place, by_text: true }));
            } else if base.file(path)?.is_none() {
                out.extend(with_text.take(1).map(|place| NamedRevision { kind, place, by_text: false }));
            }
        }
        out.sort_by_key(|candidate| candidate.place);
        out.retain(|candidate| {
            let blob = read.history.touches[candidate.place].entry.map(|entry| entry.blob());
            !candidate.by_text || blob.is_some_and(|blob| seen.insert(blob))
        });
        Ok(out)
    }
}

fn is_text(touch: &Touch) -> bool {
    let kind = touch.entry.map(|entry| entry.kind());
    matches!(kind, Some(EntryKind::File | EntryKind::Executable))
}

/// Whether records of a kind can stand anywhere, or many in a file: their names are in the text alone.
fn is_named_by_text(policy: &Policy, kind: usize) -> bool {
    let kind = &policy.kinds[kind];
    let is_in_path = kind.spec.path.matches('*').count() == kind.spec.identity.len()
        && !kind.spec.path.contains("**")
        && !kind.spec.path.contains(['?', '[', '{']);
    kind.spec.items.is_some() || !(is_in_path || kind.spec.is_named_by_path())
}

fn records(policy: &Policy, kind: usize, path: &RepoPath, bytes: Vec<u8>) -> Vec<KnownRecord> {
    let role = Role::Record(kind);
    let file = DatasetFile { path: path.clone(), role, content: Content::Bytes(bytes) };
    let sources = file.sources(policy, false);
    let named = sources.iter().filter_map(|source| {
        let root = &source.reading.document.as_ref()?.root;
        let identity = dataset::identity_of(&policy.kinds[kind], root, source.standing())?;
        state::known(source, identity)
    });
    named.collect()
}

/// What finds the texts that can hold one of some names; none where a value could be written otherwise.
fn finder(policy: &Policy, names: &HashSet<RecordName>) -> Option<NameFinder> {
    let written = |(kind, identity): &RecordName| -> Vec<String> {
        let parts = policy.kinds[*kind].spec.identity.iter().zip(&identity.0);
        let in_text = parts.filter(|(part, _)| {
            part.sources.iter().all(|source| matches!(source, NameSource::Field(_) | NameSource::Key))
        });
        in_text.map(|(_, (_, value))| value.clone()).collect()
    };
    let names: Vec<Vec<String>> = names.iter().map(written).collect();
    // A value with other characters can be written with escapes.
    let plain =
        |word: &String| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    let can_be_found = names.iter().all(|values| !values.is_empty() && values.iter().all(plain));
    can_be_found.then(|| NameFinder::of_values(names))
}
