//! A first manifest, schemas and rules for a folder that has none: what is there is read and a guess made of
//! it.

use super::locate::repo_path;
use crate::check::strays_among;
use crate::dataset::Reference;
use crate::dataset::guess::{
    Candidate, FilesFound, Guess, Neighbours, RecordChange, guess, passed_over, template,
};
use crate::document::{self, ReadOptions};
use crate::files::{Files, WorkFiles, join};
use crate::git::{EntryKind, Repository, Touch};
use crate::model::{Document, Failure, ObjectId, RepoPath};
use crate::rules::Engine;
use crate::schema::{Policy, Role, manifest};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The largest file that is looked at, in bytes.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// The largest file of which earlier versions are looked at, in bytes: a larger one holds many records.
const MAX_EARLIER: u64 = 128 * 1024;

/// How many commits of the main line, the newest, are asked what moves when a record changes.
const COMMITS: usize = 500;

/// The most changes that are read, in all and of one commit.
const CHANGES: usize = 300;
const OF_ONE_COMMIT: usize = 5;

/// A commit of so many files or more that touches over half of all changes no record in particular.
const FEW_FILES: usize = 3;

/// How many times as many files there must be as are called templates for these to be no records.
const FEW_TEMPLATES: usize = 4;

/// A guess at a dataset, and where its files belong.
#[derive(Clone, Debug)]
pub struct FirstManifest {
    /// What was guessed; the files are relative to `place`.
    pub guess: Guess,
    /// The folder, from the repository's root.
    pub folder: RepoPath,
    /// The folder on disk.
    pub place: PathBuf,
}

/// Guesses a dataset from the files below a folder of the working tree, and from the history of these files.
/// Writes nothing.
///
/// # Errors
/// No repository or working tree, no such folder, no file that is a record.
pub fn first_manifest(start: &Path, folder: &Path) -> Result<FirstManifest, Failure> {
    let repo = Repository::discover(start)?;
    let inside = repo_path(&repo, start, folder)?;
    let Some(root) = repo.workdir() else {
        return Err(Failure::new("a bare repository has no working tree"));
    };
    let place = root.join(inside.as_str().ok_or_else(|| Failure::new("the folder's name is not UTF-8"))?);
    if !place.is_dir() {
        return Err(Failure::new(format!("{} is no folder", folder.display())));
    }
    let mut found = candidates(&repo, &inside)?;
    found.changes = recent_changes(&repo, &inside, &found.candidates);
    found.has_side_branches = repo.head().and_then(|tip| repo.has_side_branches(&tip)).unwrap_or_default();
    let title =
        place.file_name().map_or_else(|| "Records".to_owned(), |name| name.to_string_lossy().into_owned());
    let mut guess = guess(&title, &found).map_err(|error| {
        Failure::new(error.to_string())
            .hint("a record is a file of fields, in YAML, JSON, TOML, or the front matter of Markdown")
    })?;
    prove(&mut guess, &repo, &inside)?;
    Ok(FirstManifest { guess, folder: inside, place })
}

/// Where in a file a record may stand, by the ending of its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RecordText {
    Whole,
    FrontMatter,
}

impl RecordText {
    fn of(path: &str) -> Option<RecordText> {
        match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
            "yaml" | "yml" | "json" | "toml" => Some(RecordText::Whole),
            // Pages in HTML are those of a site.
            "html" | "htm" => None,
            _ if manifest::is_of_pages(path) => Some(RecordText::FrontMatter),
            _ => None,
        }
    }

    fn read(self, bytes: &[u8]) -> Option<Document> {
        let options = ReadOptions::lenient();
        let reading = match self {
            RecordText::Whole => document::read(bytes, &options),
            RecordText::FrontMatter => document::read_front_matter(bytes, &options),
        };
        reading.document
    }
}

/// What the newest commits of the main line changed in files that may be records, newest first. History that
/// cannot be read says nothing: a guess is possible without it.
fn recent_changes(repo: &Repository, folder: &RepoPath, candidates: &[Candidate]) -> Vec<RecordChange> {
    let start = if folder.0.is_empty() { String::new() } else { format!("{folder}/") };
    let known: HashMap<&str, &Candidate> = candidates.iter().map(|one| (one.path.as_str(), one)).collect();
    let pairs = recent_pairs(repo, &start, &known).unwrap_or_default();
    let mut read: HashMap<(String, ObjectId), Option<Document>> = HashMap::new();
    let mut document = |path: &str, blob: ObjectId| {
        let slot = read.entry((path.to_owned(), blob)).or_insert_with(|| {
            let small = repo.blob_size(&blob).is_ok_and(|size| size <= MAX_EARLIER);
            let bytes = repo.read_blob(&blob).ok().filter(|_| small)?;
            RecordText::of(path)?.read(&bytes)
        });
        slot.clone()
    };
    let change = |(path, before, after): (String, ObjectId, ObjectId)| {
        let (before, after) = (document(&path, before)?, document(&path, after)?);
        Some(RecordChange { path, before, after })
    };
    pairs.into_iter().filter_map(change).collect()
}

/// Paths below the folder with their contents before and after a change.
fn recent_pairs(
    repo: &Repository,
    start: &str,
    known: &HashMap<&str, &Candidate>,
) -> Result<Vec<(String, ObjectId, ObjectId)>, Failure> {
    let commits = repo.main_line(&repo.head()?, COMMITS)?;
    let mut newer: HashMap<String, (ObjectId, usize)> = HashMap::new();
    // How many changes of each commit may still be taken.
    let mut left: Vec<usize> = Vec::new();
    let mut out = Vec::new();
    for touches in repo.touches_of(&commits)? {
        let below = |touch: &Touch| {
            let path = touch.path().as_str()?.strip_prefix(start).filter(|path| known.contains_key(path))?;
            Some((path.to_owned(), touch.entry.map(|entry| entry.blob())))
        };
        let touched: Vec<(String, Option<ObjectId>)> = touches.iter().filter_map(below).collect();
        let few = touched.len() < FEW_FILES || touched.len() * 2 <= known.len();
        let this = left.len();
        left.push(if few { OF_ONE_COMMIT } else { 0 });
        for (path, blob) in touched {
            let after = match blob {
                Some(blob) => newer.insert(path.clone(), (blob, this)),
                None => newer.remove(&path),
            };
            if let (Some(before), Some((after, commit))) = (blob, after)
                && left[commit] > 0
            {
                left[commit] -= 1;
                out.push((path, before, after));
            }
        }
        if out.len() >= CHANGES {
            break;
        }
    }
    Ok(out)
}

/// The files below a folder that may be records and can be read: YAML, JSON, TOML, Markdown with front
/// matter.
fn candidates(repo: &Repository, folder: &RepoPath) -> Result<FilesFound, Failure> {
    let start = if folder.0.is_empty() { String::new() } else { format!("{folder}/") };
    let (mut out, mut others, mut by_name) = (Vec::new(), Vec::new(), Vec::new());
    let mut passed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let files = repo.worktree_files(folder)?;
    // A folder with a manifest is a dataset of its own.
    let own_manifest = format!("/{}", manifest::FILE_NAME);
    let inner: Vec<String> = files
        .iter()
        .filter_map(|file| file.path.as_str()?.strip_prefix(&start)?.strip_suffix(&own_manifest))
        .map(|dataset| format!("{dataset}/"))
        .collect();
    for file in files {
        let Some(path) = file.path.as_str().and_then(|path| path.strip_prefix(&start)) else { continue };
        let own = path == manifest::FILE_NAME
            || path == manifest::BASELINE_NAME
            || inner.iter().any(|dataset| path.starts_with(dataset));
        let Some(inside) = RecordText::of(path) else { continue };
        if own || file.kind == EntryKind::Symlink {
            continue;
        }
        if let Some(pattern) = passed_over(path) {
            // A file that is passed over for its own name may be a record of that name.
            let read = || inside.read(&file.read(MAX_FILE).ok()?);
            if let Some(document) = (pattern == path).then(read).flatten() {
                by_name.push(Candidate { path: path.to_owned(), document });
            } else {
                passed.entry(pattern).or_default().push(path.to_owned());
            }
            continue;
        }
        let Ok(bytes) = file.read(MAX_FILE) else { continue };
        match inside.read(&bytes) {
            Some(document) if is_json_schema(&document) => {
                passed.entry(path.to_owned()).or_default().push(path.to_owned());
            }
            Some(document) => out.push(Candidate { path: path.to_owned(), document }),
            None if inside == RecordText::FrontMatter => others.push(path.to_owned()),
            None => {}
        }
    }
    let neighbours = Neighbours::of(&out);
    let (records, passed_by_name): (Vec<_>, Vec<_>) =
        by_name.into_iter().partition(|file| neighbours.have_like(file));
    passed.extend(passed_by_name.into_iter().map(|file| (file.path.clone(), vec![file.path])));
    out.extend(records);
    out.sort_by(|a, b| a.path.cmp(&b.path));
    let candidates = without_templates(out, &mut passed);
    Ok(FilesFound { candidates, others, passed, ..FilesFound::default() })
}

/// Where they are few among records, what is called a template is one; else templates are the records.
fn without_templates(files: Vec<Candidate>, passed: &mut BTreeMap<String, Vec<String>>) -> Vec<Candidate> {
    let templates = files.iter().filter(|file| template(&file.path).is_some()).count();
    if templates * FEW_TEMPLATES > files.len() {
        return files;
    }
    let (templates, records): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| template(&file.path).is_some());
    for path in templates.into_iter().map(|file| file.path) {
        passed.entry(template(&path).unwrap_or_default()).or_default().push(path);
    }
    records
}

/// Whether a document is a JSON Schema.
fn is_json_schema(document: &Document) -> bool {
    let named = document.root.get("$schema").and_then(|schema| schema.text());
    named.is_some_and(|schema| schema.contains("json-schema.org/"))
}

/// Files in memory, by path below the dataset's folder.
struct Proposed<'g> {
    files: &'g BTreeMap<String, String>,
    folder: &'g str,
}

impl Proposed<'_> {
    fn paths(&self) -> impl Iterator<Item = String> {
        self.files.keys().map(|path| join(self.folder, path))
    }
}

impl Files for Proposed<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let inside = match self.folder {
            "" => Some(path),
            folder => path.strip_prefix(folder).and_then(|path| path.strip_prefix('/')),
        };
        Ok(inside.and_then(|path| self.files.get(path)).map(|text| text.as_bytes().to_vec()))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let start = format!("{folder}/");
        Ok(self.paths().filter(|path| folder.is_empty() || path.starts_with(&start)).collect())
    }
}

/// What is proposed must be taken by the program itself, before anything is written. Files that it would take
/// for misplaced records are excepted.
fn prove(made: &mut Guess, repo: &Repository, folder: &RepoPath) -> Result<(), Failure> {
    let folder = folder.as_str().unwrap_or_default();
    let files = Proposed { files: &made.files, folder };
    debug_assert!(made.files.contains_key(manifest::FILE_NAME), "a guess has a manifest");
    let policy = Policy::load(&files, folder)?;
    let reference = Reference::default();
    Engine::new(&policy, &reference)?;
    let below = |path: &RepoPath| {
        let path = path.as_str()?;
        if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
            .map(str::to_owned)
    };
    let tree = WorkFiles::new(repo)?;
    let strays: Vec<String> =
        strays_among(&tree, &policy, &|_| true)?.iter().filter_map(|stray| below(&stray.path)).collect();
    if !strays.is_empty() {
        let all = tree.paths(&RepoPath::from(folder))?;
        let records = all.iter().filter(|path| matches!(policy.role_of(path), Some(Role::Record(_))));
        let records: Vec<String> = records.filter_map(below).collect();
        made.except(&strays, &records);
    }
    Ok(())
}
