//! What every command begins with: the repository, its policy and reference, the records that were asked for.

use super::args::{Format, Global, RangeArgs};
use crate::cache::{Cache, Stamp, Stamping};
use crate::dataset::Reference;
use crate::document::Series;
use crate::files::{CommitFiles, Files, WorkFiles, join, write};
use crate::git::{GitError, Horizon, Reach, Repository};
use crate::history::{self, Archive, Pick, RevisionProblem, Selection, Shelf, Store, WorkFile};
use crate::model::results::EditionRef;
use crate::model::{BlobId, CommitId, Document, Failure, PartialDate, RepoPath};
use crate::rules::Edited;
use crate::schema::{Policy, manifest};
use crate::session::stamped::Stamped;
use anstream::eprintln;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest working file that is read as a record, in bytes.
const MAX_RECORD: u64 = 64 * 1024 * 1024;

/// The repository and what its dataset says of itself.
pub struct Session {
    /// The repository.
    pub repo: Repository,
    /// The commit that answers are given as of.
    pub tip: CommitId,
    /// The dataset's policy, as the newest commit (or the working tree) has it.
    pub policy: Policy,
    /// Tables and calendars as known at `tip`.
    pub reference: Reference,
    /// Documents by blob.
    pub store: Store,
    /// What earlier runs learned.
    pub cache: Cache,
    /// All that sentences depend on besides the records: the tool, the policy, tables and calendars.
    pub words: Stamp,
    tool: String,
    past: bool,
    work: Option<Vec<WorkFile>>,
    quiet: bool,
    noted: RefCell<Vec<String>>,
}

impl Session {
    /// Opens what the global options name.
    pub fn open(global: &Global) -> Result<Session, Failure> {
        let start = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
        let repo = Repository::discover(&start)?;
        let head = repo.head()?;
        let tip = match &global.known_at {
            Some(text) => known_at(&repo, &head, text)?,
            None => head.clone(),
        };
        let workdir = repo.workdir().map(Path::to_owned);
        let worktree = match (global.worktree, &workdir) {
            (true, None) => return Err(Failure::new("--worktree: a bare repository has no working tree")),
            (true, Some(_)) => Some(WorkFiles::new(&repo)?),
            (false, _) => None,
        };
        let committed = CommitFiles::new(&repo, head);
        let files: &dyn Files = worktree.as_ref().map_or(&committed as &dyn Files, |w| w as &dyn Files);
        let root = find_dataset(global, &repo, files, &start)?;
        let tool = super::cache::tool();
        // Looking for changes takes as long as reading the policy; both go on at once.
        let unread = if global.worktree || global.known_at.is_some() { None } else { repo.cleanliness() };
        let prefix = RepoPath::from(root.as_str());
        let dirty = unread.map(|clean| std::thread::spawn(move || clean.is_dirty(&prefix).unwrap_or(false)));
        let policy_files = Stamped::new(files, &tool);
        let policy = Policy::load(&policy_files, &root)?;
        let known = CommitFiles::new(&repo, tip.clone());
        let known_files =
            Stamped::new(worktree.as_ref().map_or(&known as &dyn Files, |w| w as &dyn Files), &tool);
        let reference = Reference::load(&known_files, &policy)?;
        let words = Stamping::default().part(policy_files.stamp()).part(known_files.stamp()).stamp();
        let mut store = Store::new(&repo)?;
        let work = match worktree {
            Some(_) => Some(read_worktree(&repo, &policy, &mut store)?),
            None => None,
        };
        let cache = super::cache::open(global, &repo);
        let past = global.known_at.is_some();
        let session = Session {
            repo,
            tip,
            policy,
            reference,
            store,
            cache,
            words,
            tool,
            past,
            work,
            quiet: global.quiet,
            noted: RefCell::default(),
        };
        if session.write_target().is_some_and(|target| target.is_interrupted()) {
            session.tell(
                "an import was interrupted while it wrote, so files of the working tree may be half written; \
                 the next `sincewhen import` puts them back",
            );
        }
        if dirty.is_some_and(|thread| thread.join().unwrap_or(false)) {
            session.tell("the working tree has changes that are not committed; `--worktree` reads them");
        }
        Ok(session)
    }

    /// Where files of the working tree are written; `None` for a bare repository.
    pub fn write_target(&self) -> Option<write::Target> {
        self.repo.workdir().map(|root| write::Target::new(root, self.repo.git_dir()))
    }

    /// A note for people, on standard error: it qualifies the answer.
    pub fn note(&self, text: &str) {
        self.noted.borrow_mut().push(text.to_owned());
        self.tell(text);
    }

    /// What was noted so far.
    pub fn noted(&self) -> Vec<String> {
        self.noted.borrow().clone()
    }

    /// The stamp of everything that answers depend on, the question aside.
    pub fn moment(&self) -> Stamp {
        let shelf = Shelf::new(&self.cache, "", &self.tool, &self.policy, &self.repo);
        Stamping::default().part(self.words).part(shelf.of_tip(&self.tip)).stamp()
    }

    fn tell(&self, text: &str) {
        if !self.quiet {
            eprintln!("note: {}", crate::render::plain(text));
        }
    }

    /// The timelines of the records that were asked for. A name that matches nothing is an error.
    pub fn archive(&self, names: &[String]) -> Result<Archive, Failure> {
        let selection = self.selection(names)?;
        let archive =
            self.load(&self.tip, &selection, self.work.as_deref(), if self.past { "side" } else { "tip" })?;
        self.qualify(&archive.horizon);
        self.qualify_gaps(&archive, names.is_empty());
        let known: Vec<_> = archive.timelines.values().map(|t| &t.identity).collect();
        if let Some(name) = selection.without_match(&known).first() {
            return Err(self.unknown_record(name));
        }
        if archive.timelines.is_empty() {
            return Err(Failure::new("no record was ever committed here")
                .hint(format!(
                    "records lie at `{}`",
                    self.policy
                        .manifest
                        .records
                        .iter()
                        .map(|k| self.policy.path(&k.path))
                        .collect::<Vec<_>>()
                        .join("`, `")
                ))
                .hint("`--worktree` reads records that are not committed yet"));
        }
        Ok(archive)
    }

    /// The timelines as another commit held them, for `rev:NAME`.
    pub fn archive_at(&self, names: &[String], revision: &str) -> Result<Archive, Failure> {
        let tip = self.repo.resolve(revision).map_err(|error| {
            Failure::from(error).hint(format!("`{revision}` is no date (2019, 2019-12, 2019-12-18), `first`, `last` or `previous`, so it was read as a git revision"))
        })?;
        let selection = self.selection(names)?;
        Ok(self.load(&tip, &selection, None, "side")?)
    }

    /// Reads a history, or takes what earlier runs learned of it. `shelf` names the place where one tip's timelines are kept.
    fn load(
        &self,
        tip: &CommitId,
        selection: &Selection,
        work: Option<&[WorkFile]>,
        shelf: &'static str,
    ) -> Result<Archive, GitError> {
        let shelf = Shelf::new(&self.cache, shelf, &self.tool, &self.policy, &self.repo);
        history::load(&self.repo, &self.store, &self.policy, tip, selection, work, &shelf)
    }

    fn selection(&self, names: &[String]) -> Result<Selection, Failure> {
        Selection::parse(names).map_err(|message| Failure::new(format!("no record can be called {message}")))
    }

    fn unknown_record(&self, name: &str) -> Failure {
        let error = Failure::new(format!("no record is called `{name}`"));
        let shelf = if self.past { "side" } else { "tip" };
        let Ok(all) = self.load(&self.tip, &Selection::all(), self.work.as_deref(), shelf) else {
            return error;
        };
        let near = nearest(name, all.timelines.keys().map(|id| id.0.as_str()));
        let error = match near {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        };
        error.hint("`sincewhen log` lists all records; names may have wildcards: `'*/NAME'`")
    }

    fn qualify(&self, horizon: &Horizon) {
        if let Reach::Shallow { boundaries } = &horizon.reach {
            let known = boundaries.first().and_then(|id| self.repo.commit_info(id).ok());
            let back = known.map_or_else(String::new, |info| {
                format!(" back to commit {} of {}", info.id.short(), info.committer_time.format("%Y-%m-%d"))
            });
            self.note(&format!(
                "this clone is shallow: history is known{back} only; editions before it may be missing"
            ));
        }
        if horizon.grafted || horizon.replaced {
            self.note("grafts or replacement objects change this repository's history; the answer follows them, as git does");
        }
        for hint in horizon.hints() {
            self.note(&hint);
        }
    }

    /// Says that revisions are left out, because nobody can read or date them or say which record of one name they are of: an edition, and what it said, may be among them. Those
    /// of which nobody knows whose they are concern a question about all records (`whole`).
    fn qualify_gaps(&self, archive: &Archive, whole: bool) {
        let mut gaps: Vec<(String, &RevisionProblem)> = Vec::new();
        let mut seen = HashSet::new();
        for timeline in archive.timelines.values() {
            let editions = timeline.editions.iter().chain(&timeline.withdrawn);
            let used: HashSet<&BlobId> = editions
                .flat_map(|e| e.amendments.iter().chain([&e.revision]))
                .map(|revision| &revision.blob)
                .collect();
            let unused = timeline.problems.iter().filter(|problem| !used.contains(&problem.revision.blob));
            gaps.extend(unused.map(|problem| (timeline.id.to_string(), problem)));
        }
        let orphans = archive.orphans.iter().filter(|_| whole);
        gaps.extend(orphans.map(|problem| (problem.revision.path.to_string(), problem)));
        gaps.retain(|(_, problem)| seen.insert((&problem.revision.commit, &problem.revision.path)));
        match gaps.as_slice() {
            [] => {}
            [(name, one)] => self.note(&format!(
                "{name}: the revision of commit {} is left out: {}",
                one.revision.commit.short(),
                one.message
            )),
            more => {
                self.note(&format!("{} revisions are left out; `sincewhen log` says why", more.len()));
            }
        }
    }
}

/// How an edition is named in answers.
pub fn edition_ref(edition: &history::Edition) -> EditionRef {
    EditionRef {
        last_updated: edition.date.clone(),
        commit: edition.revision.commit.clone(),
        file: edition.revision.path.to_string(),
    }
}

/// An edition with its document, ready for the rules.
pub struct Loaded {
    /// How it is named.
    pub name: EditionRef,
    /// Its text and tree.
    pub document: Arc<Document>,
}

impl Loaded {
    /// Reads an edition.
    pub fn read(store: &Store, edition: &history::Edition) -> Result<Loaded, Failure> {
        Ok(Loaded { name: edition_ref(edition), document: store.document(&edition.revision.blob)? })
    }

    /// Reads an edition after others of its record.
    pub fn next(store: &Store, series: &mut Series, edition: &history::Edition) -> Result<Loaded, Failure> {
        Ok(Loaded {
            name: edition_ref(edition),
            document: store.document_in(series, &edition.revision.blob)?,
        })
    }

    /// As the rules take it.
    pub fn edited(&self) -> Edited<'_> {
        Edited { document: &self.document, edition: &self.name }
    }
}

/// Record names, and the two ends of a range that was given with them.
pub type Ranged = (Vec<String>, Option<Pick>, Option<Pick>);

/// Splits a trailing `A..B` from the record names and joins it with `--from` and `--to`.
pub fn split_range(records: &[String], range: &RangeArgs) -> Result<Ranged, Failure> {
    let (spans, names): (Vec<&String>, Vec<&String>) = records.iter().partition(|text| text.contains(".."));
    let names = names.into_iter().cloned().collect();
    let pick = |text: &str| (!text.is_empty()).then(|| Pick::parse(text));
    match spans.as_slice() {
        [] => Ok((names, range.from.as_deref().and_then(pick), range.to.as_deref().and_then(pick))),
        [_] if range.from.is_some() || range.to.is_some() => {
            Err(Failure::new("a range `A..B` and --from or --to say the same twice")
                .hint("leave one of them out"))
        }
        [span] => {
            let (from, to) = span.split_once("..").unwrap_or((span, ""));
            Ok((names, pick(from), pick(to.trim_start_matches('.'))))
        }
        _ => Err(Failure::new(format!("two ranges: `{}` and `{}`", spans[0], spans[1]))),
    }
}

/// Refuses the formats that make no sense for a command, before any work.
pub fn only(global: &Global, command: &str, formats: &[Format]) -> Result<(), Failure> {
    if formats.contains(&global.format) {
        return Ok(());
    }
    let name = |format: &Format| format!("{format:?}").to_lowercase();
    let list: Vec<String> = formats.iter().map(name).collect();
    Err(Failure::new(format!("`{command}` does not write {}", name(&global.format)))
        .hint(format!("it writes {}", list.join(", "))))
}

fn known_at(repo: &Repository, head: &CommitId, text: &str) -> Result<CommitId, Failure> {
    let Ok(date) = text.parse::<PartialDate>() else { return Ok(repo.resolve(text)?) };
    let end = date.range().end.and_utc();
    repo.commit_at_or_before(head, end)?.ok_or_else(|| {
        Failure::new(format!("nothing was committed by the end of {date}"))
            .hint("`git log --first-parent --format='%h %ci'` lists the commits")
    })
}

pub(super) fn find_dataset(
    global: &Global,
    repo: &Repository,
    files: &dyn Files,
    start: &Path,
) -> Result<String, Failure> {
    let has = |folder: &str| -> Result<bool, Failure> {
        let path = join(folder, manifest::FILE_NAME);
        let read = files.read(&path).map_err(|failure| unreadable(global, repo, &path, &failure.message))?;
        Ok(read.is_some())
    };
    if let Some(named) = &global.dataset {
        let folder = join("", named);
        return if has(&folder)? {
            Ok(folder)
        } else {
            Err(Failure::new(format!("`{}` has no {}", named, manifest::FILE_NAME)))
        };
    }
    let inside = repo.workdir().and_then(|root| {
        let (root, start) = (root.canonicalize().ok()?, start.canonicalize().ok()?);
        Some(start.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
    });
    let mut folder = inside.unwrap_or_default();
    loop {
        for candidate in [folder.clone(), join(&folder, "dataset")] {
            if has(&candidate)? {
                return Ok(candidate);
            }
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above.to_owned(),
            None if folder.is_empty() => break,
            None => folder.clear(),
        }
    }
    let error =
        Failure::new(format!("no {} here, in a folder above, or in a folder `dataset`", manifest::FILE_NAME));
    Err(if global.worktree {
        error.hint("`--dataset DIR` names another folder")
    } else {
        error
            .hint("only committed files are read; `--worktree` reads the working tree")
            .hint("`--dataset DIR` names another folder")
    })
}

/// The dataset is here, and what it says of itself is not.
fn unreadable(global: &Global, repo: &Repository, path: &str, message: &str) -> Failure {
    let error = Failure::new(format!("{path}: {message}"));
    let mut hints = repo.horizon().hints();
    if hints.is_empty() && !global.worktree {
        hints.push("see what is damaged: `git fsck --full`".to_owned());
    }
    hints.into_iter().fold(error, |error, hint| error.hint(hint))
}

fn read_worktree(repo: &Repository, policy: &Policy, store: &mut Store) -> Result<Vec<WorkFile>, Failure> {
    let prefix = RepoPath::from(policy.root.as_str());
    let committed: HashMap<RepoPath, BlobId> = repo
        .head()
        .and_then(|head| repo.tree(&head, &prefix))
        .map(|files| files.into_iter().map(|f| (f.path, f.blob)).collect())
        .unwrap_or_default();
    let mut out = Vec::new();
    for file in repo.worktree_files(&prefix)? {
        if policy.kind_of(&file.path).is_none() || file.kind == crate::git::EntryKind::Symlink {
            continue;
        }
        let bytes = file.read(MAX_RECORD)?;
        let blob = repo.hash_bytes(&bytes)?;
        if committed.get(&file.path) != Some(&blob) {
            store.lay_over(blob.clone(), bytes);
        }
        out.push(WorkFile { path: file.path, blob });
    }
    Ok(out)
}

/// The known name that differs least from a misspelt one, if it is near.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let wanted = name.to_lowercase();
    known
        .flat_map(|id| [id.to_owned(), id.split('/').next().unwrap_or(id).to_owned()])
        .map(|id| (similar::TextDiff::from_chars(wanted.as_str(), id.to_lowercase().as_str()).ratio(), id))
        .filter(|(ratio, _)| *ratio >= 0.6)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))
        .map(|(_, id)| id)
}
