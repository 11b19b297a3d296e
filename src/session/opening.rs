//! An open dataset: what every question needs, read once.
//!
//! Owns the order in which repository, policy, tables and records are read. Questions are answered in files
//! of their own.

use super::cached_history::CachedHistory;
use super::dates;
use super::memo::Asked;
use super::options::Options;
use super::place::{self, DatasetPlace};
use super::stamped::Stamped;
use super::suggestions::nearest;
use crate::cache::{Cache, Stamp, Stamping};
use crate::dataset::names::{NamedRecords, fold};
use crate::dataset::{RecordNames, Reference};
use crate::files::{CommitFiles, Files, WorkFiles};
use crate::git::{GitError, Horizon, Reach, Repository};
use crate::history::{
    Archive, DocumentStore, HistoryQuestion, Pick, RevisionProblem, Selection, Timeline, WorkFile,
};
use crate::model::text::or_list;
use crate::model::{Failure, Identity, Node, ObjectId, PartialDate, RepoPath};
use crate::rules::{Engine, and_list};
use crate::schema::{FieldRoute, Policy};
use chrono::NaiveDate;
use serde::Serialize;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The largest working file that is read as a record, in bytes.
const MAX_RECORD: u64 = 64 * 1024 * 1024;

/// Commits within so many days were made in one go.
const ONE_GO: i64 = 31;

/// The most groups that an error names.
const GROUPS_LISTED: usize = 12;

/// A repository and what its dataset says of itself.
pub struct Session {
    pub(super) repo: Repository,
    /// The commit that answers are given as of.
    pub(super) tip: ObjectId,
    /// The dataset's policy, as the newest commit (or the working tree) has it, or the commit that was asked
    /// for.
    pub(super) policy: Policy,
    /// The commit that the policy was read from; `None` for the working tree.
    pub(super) policy_commit: Option<ObjectId>,
    /// Tables and calendars as known at `tip`.
    pub(super) reference: Reference,
    pub(super) names: RecordNames,
    pub(super) store: DocumentStore,
    pub(super) cache: Cache,
    /// What is known of the history below a working tree that is read.
    below_worktree: Cache,
    /// All that sentences depend on besides the records: the build, the policy, tables and calendars.
    pub(super) words: Stamp,
    pub(super) options: Options,
    pub(super) work: Option<Vec<WorkFile>>,
    noted: RefCell<Vec<String>>,
}

/// A dataset that is open, or what an earlier run answered.
pub enum Opened {
    /// The dataset.
    Session(Box<Session>),
    /// The answer to the question.
    Answer(String),
}

impl Session {
    /// Opens a dataset.
    ///
    /// # Errors
    /// There is no repository or dataset here, or its policy, tables or calendars cannot be used.
    pub fn open(options: &Options) -> Result<Session, Failure> {
        Session::open_at(DatasetPlace::find(options)?, options)
    }

    /// Opens a dataset, unless the answer to a question is remembered: then not even the policy is read.
    /// `form` is what else decides the bytes of the answer.
    ///
    /// # Errors
    /// As [`Session::open`].
    pub fn open_unless_answered(
        options: &Options,
        (command, question, form): (&str, &impl Serialize, &str),
    ) -> Result<Opened, Failure> {
        let place = DatasetPlace::find(options)?;
        let Some((answer, notes)) = place.answered(&Asked::new(command, question, form), options) else {
            return Ok(Opened::Session(Box::new(Session::open_at(place, options)?)));
        };
        place::say_of_worktree(&place.repo, place.dirty, options);
        notes.iter().for_each(|note| place::say(options, note));
        Ok(Opened::Answer(answer))
    }

    /// Opens a dataset whose place is known.
    fn open_at(place: DatasetPlace, options: &Options) -> Result<Session, Failure> {
        let DatasetPlace { repo, tip, policy_commit, root, cache, dirty } = place;
        let worktree = if options.worktree { Some(WorkFiles::new(&repo)?) } else { None };
        let working = worktree.as_ref().map(|files| files as &dyn Files);
        let committed = CommitFiles::new(&repo, policy_commit.unwrap_or(tip));
        let files = working.filter(|_| policy_commit.is_none()).unwrap_or(&committed);
        let policy_files = Stamped::new(files, &options.build);
        let policy = Policy::load(&policy_files, &root)?;
        let known = CommitFiles::new(&repo, tip);
        let known_files = Stamped::new(working.unwrap_or(&known), &options.build);
        let reference = Reference::load(&known_files, &policy)?;
        let words = Stamping::default().part(policy_files.stamp()).part(known_files.stamp()).stamp();
        let names = RecordNames::new(&policy.manifest, &reference);
        let mut store = DocumentStore::new(&repo)?;
        let work = match worktree {
            Some(_) => Some(read_worktree(&repo, &policy, &mut store)?),
            None => None,
        };
        // The working tree changes from one moment to the next: of it no answers are kept, but of the history
        // below it what is known.
        let (cache, below_worktree) = match options.worktree {
            true => (Cache::none(), cache),
            false => (cache, Cache::none()),
        };
        let session = Session {
            repo,
            tip,
            policy,
            policy_commit,
            reference,
            names,
            store,
            cache,
            below_worktree,
            words,
            options: options.clone(),
            work,
            noted: RefCell::default(),
        };
        place::say_of_worktree(&session.repo, dirty, options);
        Ok(session)
    }

    /// The dataset's policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What qualifies the answers given so far.
    pub fn notes(&self) -> Vec<String> {
        self.noted.borrow().clone()
    }

    /// The rules, ready to be applied.
    pub(super) fn engine(&self) -> Result<Engine<'_>, Failure> {
        Ok(Engine::new(&self.policy, &self.reference)?)
    }

    /// Notes what qualifies an answer.
    pub(super) fn note(&self, text: &str) {
        self.noted.borrow_mut().push(text.to_owned());
        place::say(&self.options, text);
    }

    /// The stamp of everything that answers and their notes depend on, the question aside.
    pub(super) fn moment(&self) -> Stamp {
        place::moment(&self.repo, &self.options, &self.policy.root, [Some(self.tip), self.policy_commit])
    }

    /// Which edition `--as-of` names.
    pub(super) fn pick_as_of(&self, text: &str) -> Result<Pick, Failure> {
        let pick = dates::pick(text)?;
        if let Pick::Through(date) = &pick {
            self.refuse_future(date)?;
        }
        Ok(pick)
    }

    /// Refuses a date that has not begun.
    pub(super) fn refuse_future(&self, date: &PartialDate) -> Result<(), Failure> {
        match self.options.today {
            Some(today) if date.earliest() > today => Err(Failure::new(format!(
                "nothing is known of {}: it is after today, {today}",
                date.in_words()
            ))
            .hint("`last` names the newest edition of each record")),
            _ => Ok(()),
        }
    }

    /// The timelines of the records that were asked for. A name that matches nothing is an error.
    pub(super) fn archive(&self, words: &[String]) -> Result<Archive, Failure> {
        let named = self.names.read(words)?;
        named.notes.iter().for_each(|note| self.note(note));
        let selection = self.selection(&named.all())?;
        let archive = self.load(&self.tip, &selection, self.work.as_deref(), self.place())?;
        let known: Vec<_> = archive.timelines.values().map(|t| &t.identity).collect();
        let missing = selection.without_match(&known).into_iter().find(|name| !named.is_optional(name));
        if let Some(name) = missing {
            return self.archive_by_value(&named, name);
        }
        self.qualify(&archive.horizon);
        self.qualify_known_at(&archive);
        self.qualify_gaps(&archive, words.is_empty());
        if archive.timelines.is_empty() {
            let folders: Vec<String> =
                self.policy.manifest.records.iter().map(|kind| self.policy.path(&kind.path)).collect();
            return Err(Failure::new("no record was ever committed here")
                .hint(format!("records lie at `{}`", folders.join("`, `")))
                .hint("`--worktree` reads records that are not committed yet"));
        }
        Ok(archive)
    }

    /// The timelines of records whose names were written in another case or without accents. `missing` is a
    /// pattern that matched none.
    fn archive_by_value(&self, named: &NamedRecords, missing: &str) -> Result<Archive, Failure> {
        let mut archive = self.load(&self.tip, &Selection::all(), self.work.as_deref(), self.place())?;
        let known: Vec<Identity> =
            archive.timelines.values().map(|timeline| timeline.identity.clone()).collect();
        let mut patterns: Vec<String> = Vec::new();
        for pattern in named.all() {
            let found = match by_value(&pattern, &known) {
                found if found.is_empty() => by_path(&pattern, &archive).unwrap_or_default(),
                found => found,
            };
            let found = if found.is_empty() { self.by_alias(&pattern, &archive)? } else { found };
            if found.is_empty() { patterns.push(pattern) } else { patterns.extend(found) }
        }
        let selection = self.selection(&patterns)?;
        let identities: Vec<&Identity> = known.iter().collect();
        let missed = selection.without_match(&identities).into_iter().find(|name| !named.is_optional(name));
        if let Some(name) = missed {
            let first = patterns.iter().any(|pattern| pattern == missing);
            return Err(self.unknown_record(if first { missing } else { name }, &archive));
        }
        archive.timelines.retain(|_, timeline| selection.names(&timeline.identity));
        self.qualify(&archive.horizon);
        self.qualify_gaps(&archive, false);
        Ok(archive)
    }

    /// The records whose newest edition lists a name among its aliases.
    fn by_alias(&self, name: &str, archive: &Archive) -> Result<Vec<String>, Failure> {
        let wanted = fold(name);
        let mut found = Vec::new();
        for timeline in archive.timelines.values() {
            let spec = &self.policy.kinds[timeline.kind].spec;
            let (Some(field), Some(last)) = (&spec.aliases, timeline.editions.last()) else { continue };
            let document = self.store.edition(&last.revision)?;
            let nodes = FieldRoute::parse(field).find(&document.root);
            let texts = nodes.into_iter().flat_map(|node| match node.items() {
                [] => std::slice::from_ref(node),
                items => items,
            });
            if texts.filter_map(Node::scalar_text).any(|text| fold(&text) == wanted) {
                found.push(timeline.id.0.clone());
            }
        }
        if !found.is_empty() {
            self.note(&format!("`{name}` is another name of {}", and_list(&found)));
        }
        Ok(found)
    }

    /// The timelines as another commit held them, for `rev:NAME`.
    pub(super) fn archive_at(&self, names: &[String], revision: &str) -> Result<Archive, Failure> {
        let tip = self.repo.resolve(revision).map_err(|error| match dates::is_meant(revision) {
            true => Failure::new(format!("`{revision}` is not a date that can be read")).hint(dates::HOW),
            false => Failure::from(error).hint(format!(
                "`{revision}` is no date, `first`, `last` or `previous`, so it was read as a git revision; \
                    for a date {}",
                dates::HOW
            )),
        })?;
        let selection = self.selection(&self.names.read(names)?.all())?;
        Ok(self.load(&tip, &selection, None, "side")?)
    }

    /// Where the timelines of the tip are remembered.
    pub(super) fn place(&self) -> &'static str {
        if self.options.known_at.is_some() { "side" } else { "tip" }
    }

    /// Reads a history, or takes what earlier runs learned of it. `place` names where one tip's timelines are
    /// remembered.
    pub(super) fn load(
        &self,
        tip: &ObjectId,
        selection: &Selection,
        work: Option<&[WorkFile]>,
        place: &'static str,
    ) -> Result<Archive, GitError> {
        let (repo, store, policy) = (&self.repo, &self.store, &self.policy);
        let asked = HistoryQuestion { repo, store, policy, tip, selection, worktree: work };
        let cache = if self.options.worktree { &self.below_worktree } else { &self.cache };
        CachedHistory::new(cache, place, &self.options.build, policy, repo).load(&asked)
    }

    pub(super) fn selection(&self, names: &[String]) -> Result<Selection, Failure> {
        Selection::parse(names)
    }

    fn unknown_record(&self, name: &str, all: &Archive) -> Failure {
        let failure = match self.names.label(name) {
            Some(label) => Failure::new(format!("there is no record of {label}")),
            None => Failure::new(format!("no record named `{name}`")),
        };
        // Where tables give names, suggestions come from them: the codes of two countries differ by a letter.
        let near = match self.names.is_empty() {
            true => nearest(name, all.timelines.keys().map(|id| id.0.as_str())),
            false => None,
        };
        let failure = match near {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure,
        };
        if dates::is_relative(name) {
            return failure.hint(format!("if a date is meant: {}; `last` is the newest edition", dates::HOW));
        }
        if self.policy.kinds.iter().any(|kind| kind.shape.properties.contains_key(name)) {
            return failure.hint(format!(
                "`{name}` is a field: `--field {name}` keeps the sentences about it, and `sincewhen blame \
                    REC {name}` says who first said it"
            ));
        }
        if let Some(siblings) = siblings(name, all) {
            return failure.hint(siblings);
        }
        let failure =
            self.names.short_lists(GROUPS_LISTED).into_iter().fold(failure, |failure, (field, values)| {
                failure.hint(format!("`{field}` is {}", or_list(&values)))
            });
        let groups = self.names.groups();
        let failure = match groups.len() {
            1..=GROUPS_LISTED => failure.hint(format!("groups of records: `{}`", groups.join("`, `"))),
            _ => failure,
        };
        failure.hint("`sincewhen log` lists all records; names may have wildcards: `'*/NAME'`")
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
            self.note(
                "grafts or replacement objects change this repository's history; the answer follows them, as \
                    git does",
            );
        }
        for hint in horizon.hints() {
            self.note(&hint);
        }
    }

    /// Says of a question about what was known at a date that the history was committed all at once, long
    /// after its editions.
    fn qualify_known_at(&self, archive: &Archive) {
        let is_date =
            self.options.known_at.as_deref().is_some_and(|text| matches!(dates::read(text), Ok(Some(_))));
        if !is_date {
            return;
        }
        let ends = |timeline: &crate::history::Timeline| {
            let ends = [timeline.editions.first(), timeline.editions.last()];
            ends.into_iter().flatten().map(|e| (e.date.earliest(), e.revision.commit)).collect::<Vec<_>>()
        };
        let editions: Vec<_> = archive.timelines.values().flat_map(ends).collect();
        let commits: HashSet<&ObjectId> = editions.iter().map(|(_, commit)| commit).collect();
        let days = commits.iter().filter_map(|commit| self.repo.commit_info(commit).ok());
        let days: Vec<NaiveDate> = days.map(|info| info.committer_time.date_naive()).collect();
        let stated = editions.iter().map(|(date, _)| *date);
        let spans = (span(days.iter().copied()), span(stated));
        let (Some((first, last)), Some((oldest, newest))) = spans else { return };
        if (last - first).num_days() <= ONE_GO && (newest - oldest).num_days() > 365 {
            let when = if first == last { format!("on {first}") } else { format!("from {first} to {last}") };
            self.note(&format!(
                "these editions, of {oldest} to {newest}, were all committed {when}: --known-at says what \
                    the repository held \
                 then, --as-of what the records stated"
            ));
        }
    }

    /// Says that revisions are left out, because they cannot be read or dated or attributed to a record: an
    /// edition, and what it said, may be among them. Those that belong to no known record concern a question
    /// about all records (`whole`).
    fn qualify_gaps(&self, archive: &Archive, whole: bool) {
        let mut gaps: Vec<(String, &RevisionProblem)> = Vec::new();
        let mut seen = HashSet::new();
        for timeline in archive.timelines.values() {
            let editions = timeline.editions.iter().chain(&timeline.withdrawn);
            let used: HashSet<&ObjectId> = editions
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
            more => self.note(&format!("{} revisions are left out; `sincewhen log -v` says why", more.len())),
        }
    }
}

fn read_worktree(
    repo: &Repository,
    policy: &Policy,
    store: &mut DocumentStore,
) -> Result<Vec<WorkFile>, Failure> {
    let prefix = RepoPath::from(policy.root.as_str());
    let committed: HashMap<RepoPath, ObjectId> = repo
        .head()
        .and_then(|head| repo.tree(&head, &prefix))
        .map(|files| files.into_iter().map(|f| (f.path, f.blob)).collect())
        .unwrap_or_default();
    let conversions = repo.conversions()?;
    let mut out = Vec::new();
    for file in repo.worktree_files(&prefix)? {
        if policy.kind_of(&file.path).is_none() || file.kind == crate::git::EntryKind::Symlink {
            continue;
        }
        let bytes = conversions.read(&file, MAX_RECORD)?;
        let blob = repo.hash_bytes(&bytes)?;
        if committed.get(&file.path) != Some(&blob) {
            store.lay_over(blob, bytes);
        }
        out.push(WorkFile { path: file.path, blob });
    }
    Ok(out)
}

/// What can follow the parts of a name that records have, where the part after them is unknown.
fn siblings(name: &str, all: &Archive) -> Option<String> {
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
    (1..parts.len()).rev().find_map(|count| {
        let known = parts[..count].join("/");
        let selection = Selection::parse(std::slice::from_ref(&known)).ok()?;
        let chosen = all.timelines.values().filter(|timeline| selection.names(&timeline.identity));
        let next = chosen.filter_map(|timeline| Some(timeline.identity.0.get(count)?.1.as_str()));
        let next: BTreeSet<&str> = next.collect();
        let listed: Vec<&str> = next.into_iter().collect();
        (!listed.is_empty()).then(|| format!("after `{known}/` comes {}", or_list(&listed)))
    })
}

/// The first and the last of some days.
pub(super) fn span(days: impl Iterator<Item = NaiveDate> + Clone) -> Option<(NaiveDate, NaiveDate)> {
    Some((days.clone().min()?, days.max()?))
}

/// The records of which a pattern names every part in another case or without accents.
fn by_value(pattern: &str, known: &[Identity]) -> Vec<String> {
    let parts: Vec<String> = pattern.split('/').filter(|part| !part.is_empty()).map(fold).collect();
    let same = |identity: &&Identity| {
        let values: Vec<&str> = identity.values().collect();
        parts.len() <= values.len() && parts.iter().zip(values).all(|(part, value)| *part == fold(value))
    };
    known.iter().filter(same).map(|identity| identity.record_id().0).collect()
}

/// The records whose newest edition lies in the file that a pattern names: the end of its path, or all of it.
fn by_path(pattern: &str, archive: &Archive) -> Option<Vec<String>> {
    let path = pattern.trim_start_matches("./");
    let ends = |file: &str| file == path || file.strip_suffix(path).is_some_and(|rest| rest.ends_with('/'));
    let is_file = |timeline: &&Timeline| {
        timeline.editions.last().is_some_and(|edition| edition.revision.path.as_str().is_some_and(ends))
    };
    let found: Vec<String> =
        archive.timelines.values().filter(is_file).map(|timeline| timeline.id.0.clone()).collect();
    (path.contains('.') && !found.is_empty()).then_some(found)
}
