//! The working tree's records and calendars as an import meets them, and the files it would write.

use crate::check::{CheckedFile, Checker};
use crate::dataset::{self, Calendar, Occasion, Reference, read_head};
use crate::document::{self, ReadOptions, Reading};
use crate::files::write::{self, FileWrite, Recovered, WriteTarget};
use crate::files::{Files, WorkFiles};
use crate::git::Repository;
use crate::history::{Archive, Pick};
use crate::import::merge::{self, MergeSpec, Merged};
use crate::import::occasions::NewEntry;
use crate::import::rewrite::rewrite;
use crate::import::{Draft, Fact, FactOutcome, GrammarHead, Reads};
use crate::model::draft::{DraftedEntry, DraftedFact, DraftedRecord};
use crate::model::results::{EditionRef, StepReport};
use crate::model::{
    CommitId, Document, Failure, FieldPath, Finding, Identity, Level, Node, NodeValue, PartialDate, RepoPath,
    Step,
};
use crate::rules::{Edited, Engine};
use crate::schema::{Kind, Role, Shape, read_typed};
use crate::session::{Options, Session, edition_ref};
use chrono::NaiveDate;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

/// The most errors that are listed for one draft.
const MOST_ERRORS: usize = 10;

/// What an import works on.
pub struct Workspace {
    /// The repository, the policy, the tables and calendars of the working tree.
    pub session: Session,
    /// Where the files are written.
    pub target: WriteTarget,
    /// The folder from which source files are named.
    pub directory: Option<PathBuf>,
    records: HashMap<Vec<(String, String)>, WorktreeRecord>,
    changed: BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
    /// The day that counts as today.
    pub today: NaiveDate,
}

/// A record as the working tree has it.
#[derive(Clone)]
struct WorktreeRecord {
    path: String,
    date: Option<PartialDate>,
    document: Document,
}

/// How a draft is to become an edition.
pub struct Making<'m> {
    /// The kind of record.
    pub kind: &'m str,
    /// How drafts meet records.
    pub spec: &'m MergeSpec,
    /// The day that `--dated` gives.
    pub dated: Option<&'m PartialDate>,
    /// Names a new record's file, below the dataset's folder; without it, records that are not there are left out.
    pub new_file: Option<&'m NewFile<'m>>,
    /// The lines that a new record begins with.
    pub header: &'m str,
    /// Whether a record of a later day is compared with its edition of that time.
    pub look_back: bool,
    /// Whether to list what the source does not mention.
    pub unmentioned: bool,
}

/// Names the file of a new record.
pub type NewFile<'f> = dyn Fn(&Identity) -> Result<String, Failure> + 'f;

/// Puts back what an import that was cut short while it wrote had begun, so that this one does not build on half of it.
fn undo_interrupted(options: &Options) -> Result<(), Failure> {
    let repo = Repository::discover(&options.start)?;
    let Some(root) = repo.workdir() else { return Ok(()) };
    let recovered = write::recover(&WriteTarget::new(root, repo.git_dir())).map_err(|error| {
        Failure::new(format!("an import was interrupted while it wrote, and cannot be undone: {error}"))
            .hint("its journal and the old files are in `sincewhen-staging`, in the git folder")
    })?;
    match (recovered, options.on_note) {
        (Recovered::Undone(files), Some(hear)) => hear(&format!(
            "an import was interrupted while it wrote {files} files; all of them are as they were before it"
        )),
        (Recovered::Busy, _) => return Err(Failure::new("another import is writing; run this one after it")),
        _ => {}
    }
    Ok(())
}

impl Workspace {
    /// Opens the working tree.
    pub fn open(
        options: &Options,
        directory: Option<PathBuf>,
        today: NaiveDate,
    ) -> Result<Workspace, Failure> {
        undo_interrupted(options)?;
        let session = Session::open(&Options { worktree: true, ..options.clone() })?;
        let root = session.repo.workdir().expect("because a session on the working tree has one");
        let target = WriteTarget::new(root, session.repo.git_dir());
        let mut workspace = Workspace {
            session,
            target,
            directory,
            records: HashMap::new(),
            changed: BTreeMap::new(),
            today,
        };
        workspace.read_records()?;
        Ok(workspace)
    }

    fn files(&self) -> Result<WorkFiles<'_>, Failure> {
        WorkFiles::new(&self.session.repo)
    }

    fn read_records(&mut self) -> Result<(), Failure> {
        let policy = &self.session.policy;
        let mut files = Vec::new();
        for path in self.files()?.list(&policy.root)? {
            let Some(kind) = policy.kind_of(&RepoPath::from(path.as_str())) else { continue };
            let Some(bytes) = self.files()?.read(&path)? else { continue };
            files.push((path, kind, bytes));
        }
        let read = |(path, kind, bytes): (String, usize, Vec<u8>)| {
            let Some(document) = document::read(&bytes, &ReadOptions::lenient()).document else {
                return Err(Failure::new(format!("`{path}` cannot be read as YAML"))
                    .hint("`sincewhen check` shows where"));
            };
            let place = dataset::RecordPlace { file: &path, key: None };
            let head = read_head(&policy.kinds[kind], &document.root, place);
            Ok(head.identity.map(|identity| (identity, WorktreeRecord { path, date: head.date, document })))
        };
        let records: Vec<Result<Option<(Identity, WorktreeRecord)>, Failure>> =
            files.into_par_iter().map(read).collect();
        for record in records {
            let Some((identity, standing)) = record? else { continue };
            let path = standing.path.clone();
            if let Some(other) = self.records.insert(identity.0, standing) {
                return Err(Failure::new(format!("`{path}` and `{}` are the same record", other.path)));
            }
        }
        Ok(())
    }

    /// What the grammar of a name is for.
    pub fn reads(&self, name: &str) -> Result<Reads, Failure> {
        let wanted = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        let there = self.grammars()?;
        if let Some((_, head)) = there.iter().find(|(own, _)| wanted && own == name) {
            return Ok(head.reads.expect("because files without it are left out"));
        }
        let all: Vec<String> = there.iter().map(|(name, head)| format!("{name} ({})", head.title)).collect();
        Err(Failure::new(format!("nothing is imported as `{name}`"))
            .hint(format!("grammars: {}", if all.is_empty() { "none".to_owned() } else { all.join(", ") })))
    }

    /// The grammars that are there, by name.
    fn grammars(&self) -> Result<Vec<(String, GrammarHead)>, Failure> {
        let Some(folder) = &self.session.policy.manifest.imports else { return Ok(Vec::new()) };
        let folder = self.session.policy.path(folder);
        let mut out = Vec::new();
        for path in self.files()?.list(&folder)? {
            let Some(name) = path.rsplit('/').next().and_then(|file| file.strip_suffix(".yaml")) else {
                continue;
            };
            let Some(bytes) = self.files()?.read(&path)? else { continue };
            let head: GrammarHead = read_typed(&path, &bytes)?;
            if head.reads.is_some() {
                out.push((name.to_owned(), head));
            }
        }
        out.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(out)
    }

    /// Reads a grammar.
    pub fn grammar<T: DeserializeOwned>(&self, name: &str) -> Result<T, Failure> {
        let Some(folder) = &self.session.policy.manifest.imports else {
            return Err(Failure::new("this dataset has no grammars to import with")
                .hint("the manifest names their folder: `imports: ../schema/import`"));
        };
        let path = self.session.policy.path(&format!("{folder}/{name}.yaml"));
        let bytes = self.files()?.read(&path)?;
        let bytes = bytes.ok_or_else(|| Failure::new(format!("`{path}` is not there")))?;
        Ok(read_typed(&path, &bytes)?)
    }

    /// The content of a record, if there is one.
    pub fn content(&self, identity: &Identity) -> Option<Value> {
        self.records.get(&identity.0).map(|standing| standing.document.root.to_json())
    }

    /// The files to write.
    pub fn changes(&self) -> Vec<FileWrite> {
        let change = |(path, (before, after)): (&String, &(Option<Vec<u8>>, Vec<u8>))| FileWrite {
            path: path.clone(),
            before: before.clone(),
            after: after.clone(),
        };
        self.changed.iter().map(change).collect()
    }

    /// Adds entries to calendars, and reads the calendars anew so that changes are worded with them.
    pub fn add_entries(&mut self, entries: &[NewEntry]) -> Result<Vec<DraftedEntry>, Failure> {
        let mut out = Vec::new();
        for new in entries {
            let spec = self.session.policy.manifest.calendars.get(&new.calendar);
            let spec = spec
                .ok_or_else(|| Failure::new(format!("the manifest has no calendar `{}`", new.calendar)))?
                .clone();
            let path = self.session.policy.path(&spec.path);
            let before = self.files()?.read(&path)?;
            let before = before.ok_or_else(|| Failure::new(format!("`{path}` is not there")))?;
            let text = self.changed.get(&path).map_or(&before, |(_, after)| after).clone();
            let document = document::read(&text, &ReadOptions::lenient()).document;
            let document =
                document.ok_or_else(|| Failure::new(format!("`{path}` cannot be read as YAML")))?;
            let root = with_entry(&document.root, &spec.entries, &spec.id, &spec.start, new);
            let fields = [spec.id.clone()];
            let list = FieldPath::root().key(&spec.entries);
            let keys = |path: &FieldPath| (*path == list).then_some(&fields[..]);
            let after = rewrite(&document, &root, &keys)
                .map_err(|error| Failure::new(format!("`{path}`: {error}")))?;
            self.changed.insert(path.clone(), (Some(before), after.into_bytes()));
            out.push(DraftedEntry {
                calendar: new.calendar.clone(),
                file: path,
                id: new.id.clone(),
                entry: new.entry.clone(),
            });
        }
        if !out.is_empty() {
            let files = Overlay { files: &self.files()?, changed: &self.changed };
            self.session.reference = Reference::load(&files, &self.session.policy)?;
        }
        Ok(out)
    }

    /// Merges drafts into their records, says what that would change, and remembers the files to write. A draft of a record that is
    /// not there is left out where the grammar has no file for it.
    pub fn make(
        &mut self,
        drafts: &[(Draft, String)],
        making: &Making<'_>,
        tick: &mut dyn FnMut(),
    ) -> Result<Vec<DraftedRecord>, Failure> {
        let policy = &self.session.policy;
        let kind_at = policy.kinds.iter().position(|kind| kind.spec.kind == making.kind);
        let kind_at = kind_at.ok_or_else(|| {
            Failure::new(format!("the manifest has no records of the kind `{}`", making.kind))
        })?;
        let older: Vec<String> = drafts
            .iter()
            .filter(|(draft, _)| {
                making.look_back && is_older(self.records.get(&draft.identity.0), making.dated_of(draft))
            })
            .map(|(draft, _)| draft.identity.record_id().0)
            .collect();
        let files = WorkFiles::new(&self.session.repo)?;
        let mut maker = DraftPlanner {
            session: &self.session,
            files: &files,
            engine: Engine::new(policy, &self.session.reference)?,
            kind_at,
            kind: &policy.kinds[kind_at],
            checker: Checker::new(policy, &self.session.reference, self.today)?,
            archive: if older.is_empty() { None } else { Some(self.session.archive(&older)?) },
            records: &mut self.records,
            changed: &mut self.changed,
        };
        let mut out = Vec::new();
        for (draft, source) in drafts {
            out.extend(maker.make(draft, source, making)?);
            tick();
        }
        Ok(out)
    }
}

impl Making<'_> {
    /// The day of the edition that a draft makes.
    fn dated_of<'a>(&'a self, draft: &'a Draft) -> Option<&'a PartialDate> {
        self.dated.or(draft.dated.as_ref())
    }
}

/// Whether a record is of a later day than the one that is wanted.
fn is_older(standing: Option<&WorktreeRecord>, wanted: Option<&PartialDate>) -> bool {
    let both = standing.and_then(|standing| standing.date.as_ref()).zip(wanted);
    both.is_some_and(|(has, wants)| wants.range().start < has.range().start)
}

/// What all drafts of one import share.
struct DraftPlanner<'d> {
    session: &'d Session,
    files: &'d WorkFiles<'d>,
    engine: Engine<'d>,
    kind_at: usize,
    kind: &'d Kind,
    checker: Checker<'d>,
    /// The timelines of the records that are of a later day than their draft.
    archive: Option<Archive>,
    records: &'d mut HashMap<Vec<(String, String)>, WorktreeRecord>,
    changed: &'d mut BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
}

/// An edition to compare with.
type BaseEdition = Option<(EditionRef, Document)>;

impl DraftPlanner<'_> {
    fn make(
        &mut self,
        draft: &Draft,
        source: &str,
        making: &Making<'_>,
    ) -> Result<Option<DraftedRecord>, Failure> {
        let standing = self.records.get(&draft.identity.0).cloned();
        let path = match (&standing, &making.new_file) {
            (Some(standing), _) => standing.path.clone(),
            (None, Some(new_file)) => self.session.policy.path(&new_file(&draft.identity)?),
            (None, None) => return Ok(None),
        };
        let wanted = making.dated_of(draft).cloned();
        let is_older = is_older(standing.as_ref(), wanted.as_ref());
        let base = self.base(draft, standing.as_ref(), is_older && making.look_back, wanted.as_ref())?;
        let kind = self.kind;
        let before = base
            .as_ref()
            .map_or_else(|| identity_only(&draft.identity), |(_, document)| document.root.to_json());
        let order = |shape: &Shape, item: &Value| order_of(&self.session.reference, shape, item);
        let mut merged = merge::merge(&before, draft, &kind.shape, making.spec, &order)?;
        let changes = merged.differs || standing.is_none();
        if let (Some(date), Value::Object(map), true) = (&wanted, &mut merged.content, changes) {
            map.insert(kind.spec.date.field().to_owned(), date.to_string().into());
        }
        let state = match (&standing, is_older) {
            (None, _) => "new",
            (Some(_), _) if !changes => "unchanged",
            (Some(_), true) => "older",
            (Some(_), false) => "changed",
        };
        let mut record = DraftedRecord {
            record: draft.identity.record_id(),
            heading: self.engine.subject(&draft.identity, self.kind_at).heading,
            source: source.to_owned(),
            file: path,
            state,
            last_updated: wanted,
            changelog: None,
            base: base.as_ref().map(|(edition, _)| edition.clone()),
            stands: standing.and_then(|standing| standing.date),
            unmentioned: if making.unmentioned { unmentioned(&before, &merged, kind) } else { Vec::new() },
            facts: facts(draft, &merged),
            not_understood: draft.not_understood.clone(),
            set_aside: draft.set_aside.clone(),
            invalid: Vec::new(),
            content: merged.content,
        };
        if state != "unchanged" {
            self.put_on_paper(draft, base.as_ref(), making, &mut record)?;
        }
        Ok(Some(record))
    }

    /// The text of a drafted record: what it changes, whether it holds together, and that it is to be written.
    fn put_on_paper(
        &mut self,
        draft: &Draft,
        base: Option<&(EditionRef, Document)>,
        making: &Making<'_>,
        record: &mut DraftedRecord,
    ) -> Result<(), Failure> {
        let path = record.file.clone();
        // A grammar is proposed by strangers, too: a record goes where records are, and nowhere else.
        if !self.kind.glob.is_match(&path) {
            let pattern = &self.kind.spec.path;
            return Err(Failure::new(format!(
                "`{path}` is no place for a record: it does not fit `{pattern}`"
            ))
            .hint("correct `file` in the grammar of the import"));
        }
        let text = new_text(base.map(|(_, document)| document), &record.content, self.kind, making.header)
            .map_err(|error| error.about(format!("`{path}`")))?;
        let reading = document::read(text.as_bytes(), &ReadOptions::strict());
        let document = reading.document.clone();
        let document = document.ok_or_else(|| Failure::new(format!("`{path}`: the draft is no YAML")))?;
        record.invalid = match &record.last_updated {
            // What is not to be written need not hold together.
            _ if record.state == "older" => Vec::new(),
            Some(_) => self.invalid(&path, reading, base.map(|(_, document)| document)),
            None => vec![format!("it has no `{}`; `--dated DATE` gives one", self.kind.spec.date.field())],
        };
        let to = worktree_ref(&path, record.last_updated.as_ref());
        record.changelog = base.map(|base| self.step(draft, base, &to, &document));
        if record.state != "older" {
            self.remember(draft, path, text, record.last_updated.clone(), document)?;
        }
        Ok(())
    }

    /// The errors that `check` would find in a drafted text and does not find in the text it is made from.
    fn invalid(&self, path: &str, reading: Reading, before: Option<&Document>) -> Vec<String> {
        let errors = |reading: Reading| {
            let source = CheckedFile {
                file: RepoPath::from(path),
                key: None,
                role: Role::Record(self.kind_at),
                reading,
            };
            let mut found = self.checker.check(&source).findings;
            found.retain(|finding| finding.level == Level::Error);
            found
        };
        let drafted = errors(reading);
        if drafted.is_empty() {
            return Vec::new();
        }
        let before =
            before.map(|document| errors(document::read(document.text.as_bytes(), &ReadOptions::strict())));
        let known: HashSet<String> =
            before.into_iter().flatten().map(|finding| finding.fingerprint).collect();
        let line = |finding: &Finding| match &finding.path {
            Some(path) if !path.0.is_empty() => format!("{path}: {} [{}]", finding.message, finding.rule),
            _ => format!("{} [{}]", finding.message, finding.rule),
        };
        drafted
            .iter()
            .filter(|finding| !known.contains(&finding.fingerprint))
            .map(line)
            .take(MOST_ERRORS)
            .collect()
    }

    /// What a draft is compared with: the record as it stands, or for a source of an earlier day its edition of that time.
    fn base(
        &self,
        draft: &Draft,
        standing: Option<&WorktreeRecord>,
        then: bool,
        wanted: Option<&PartialDate>,
    ) -> Result<BaseEdition, Failure> {
        Ok(match standing {
            Some(_) if then => self.edition_then(&draft.identity, wanted)?,
            Some(s) => Some((worktree_ref(&s.path, s.date.as_ref()), s.document.clone())),
            None => None,
        })
    }

    /// Keeps what is to be written. A later draft of the same record builds on it.
    fn remember(
        &mut self,
        draft: &Draft,
        path: String,
        text: String,
        date: Option<PartialDate>,
        document: Document,
    ) -> Result<(), Failure> {
        let old = match self.changed.get(&path) {
            Some((old, _)) => old.clone(),
            None => self.files.read(&path)?,
        };
        self.changed.insert(path.clone(), (old, text.into_bytes()));
        self.records.insert(draft.identity.0.clone(), WorktreeRecord { path, date, document });
        Ok(())
    }

    fn edition_then(
        &self,
        identity: &Identity,
        wanted: Option<&PartialDate>,
    ) -> Result<BaseEdition, Failure> {
        let timeline = self.archive.as_ref().and_then(|archive| archive.timelines.get(&identity.record_id()));
        let (Some(timeline), Some(wanted)) = (timeline, wanted) else { return Ok(None) };
        let Ok(moment) = Pick::Through(wanted.clone()).from_timeline(timeline, None) else { return Ok(None) };
        let document = self.session.store.edition(&moment.edition.revision)?;
        Ok(Some((edition_ref(&moment.edition), (*document).clone())))
    }

    fn step(
        &self,
        draft: &Draft,
        (from, before): &(EditionRef, Document),
        to: &EditionRef,
        document: &Document,
    ) -> StepReport {
        let subject = self.engine.subject(&draft.identity, self.kind_at);
        let (from, to) = (Edited { document: before, edition: from }, Edited { document, edition: to });
        let mut step = self.engine.step(&subject, from, to);
        step.observations.retain(|o| o.state != Some(crate::model::results::ObservationState::Continues));
        step
    }
}

/// The working tree with files that are not written yet.
struct Overlay<'o> {
    files: &'o WorkFiles<'o>,
    changed: &'o BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
}

impl Files for Overlay<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        match self.changed.get(path) {
            Some((_, after)) => Ok(Some(after.clone())),
            None => self.files.read(path),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        self.files.list(folder)
    }
}

fn worktree_ref(path: &str, date: Option<&PartialDate>) -> EditionRef {
    let date = date.cloned().unwrap_or_else(|| "0001".parse().expect("because 0001 is a year"));
    EditionRef {
        last_updated: date,
        dated_by_commit: false,
        commit: CommitId::worktree(),
        file: path.to_owned(),
    }
}

fn identity_only(identity: &Identity) -> Value {
    Value::Object(identity.0.iter().map(|(field, value)| (field.clone(), value.clone().into())).collect())
}

/// A calendar's tree with one more entry, in the order of dates.
fn with_entry(root: &Node, entries: &str, id: &str, start: &str, new: &NewEntry) -> Node {
    let mut root = root.clone();
    let NodeValue::Map(fields) = &mut root.value else { return root };
    let entry = document::from_json(&new.entry);
    for field in fields.iter_mut() {
        if field.key == entries
            && let NodeValue::List(items) = &mut field.value.value
        {
            let key = |item: &Node| {
                (item.get(start).and_then(Node::scalar_text), item.get(id).and_then(Node::scalar_text))
            };
            let at = items.iter().position(|item| key(item) > key(&entry)).unwrap_or(items.len());
            items.insert(at, entry.clone());
        }
        if let Some((list, sources)) = &new.sources
            && field.key == *list
            && let NodeValue::Map(known) = &mut field.value.value
        {
            for (name, source) in
                sources.iter().filter(|(name, _)| known.iter().all(|e| e.key != **name)).collect::<Vec<_>>()
            {
                let value = document::from_json(source);
                known.push(crate::model::Entry { key: name.clone(), key_span: Default::default(), value });
            }
        }
    }
    root
}

/// Where an item belongs in its list: by its occasion's day, or its own date.
fn order_of(reference: &Reference, shape: &Shape, item: &Value) -> Option<String> {
    let day = |occasion: &Occasion| format!("{} {}", occasion.range.start, occasion.id);
    if let Some((field, calendars)) = shape.occasion_property() {
        let id = item.get(field)?.as_str()?;
        let found = calendars
            .iter()
            .filter_map(|name| reference.calendars.get(name))
            .find_map(|c: &Calendar| c.get(id));
        return found.map(day);
    }
    item.get(shape.date.as_ref()?)?.as_str().map(str::to_owned)
}

fn new_text(base: Option<&Document>, content: &Value, kind: &Kind, header: &str) -> Result<String, Failure> {
    let root = document::from_json(content);
    match base {
        Some(document) => rewrite(document, &root, &|path: &FieldPath| kind.shape.key_at(path)),
        None => {
            let header = header.trim_end();
            let gap = if header.is_empty() { "" } else { "\n" };
            Ok(format!("{header}{gap}{}", document::to_yaml(&root)))
        }
    }
}

fn facts(draft: &Draft, merged: &Merged) -> Vec<DraftedFact> {
    let drafted =
        |(fact, (fate, path, before)): (&Fact, &(FactOutcome, FieldPath, Option<Value>))| DraftedFact {
            path: path.clone(),
            value: fact.value.clone(),
            before: before.clone(),
            fate: *fate,
            confidence: fact.confidence,
            reader: fact.reader.clone(),
            place: fact.place,
            excerpt: fact.excerpt.clone(),
            notes: fact.notes.clone(),
            sources: fact.sources.clone(),
        };
    let mut out: Vec<DraftedFact> = draft.facts.iter().zip(&merged.fates).map(drafted).collect();
    out.sort_by_key(|fact| (fact.place.line, fact.place.column));
    out
}

/// The parts that the record was assessed on and the source does not mention: items of lists, and fields of mappings.
fn unmentioned(before: &Value, merged: &Merged, kind: &Kind) -> Vec<FieldPath> {
    let mentioned = |path: &FieldPath| {
        merged.fates.iter().any(|(_, stated, _)| path.contains(stated) || stated.contains(path))
    };
    let mut out = Vec::new();
    for field in kind.spec.assessed.iter().flat_map(|spec| &spec.fields) {
        let path = FieldPath::root().key(field);
        let Some(shape) = kind.shape.at(&path).filter(|shape| shape.nature.is_none()) else { continue };
        match before.get(field) {
            Some(Value::Array(items)) => {
                for item in items {
                    let key = shape.key.as_deref().unwrap_or_default();
                    let node = document::from_json(item);
                    if let Some(values) = node.key_values(key).filter(|values| !values.is_empty()) {
                        out.push(path.then(Step::Item(values)));
                    }
                }
            }
            Some(Value::Object(map)) => {
                let lists_sources = |inner: Option<&Shape>| {
                    inner.and_then(|s| s.items.as_deref()).is_some_and(|s| s.reference.is_some())
                };
                out.extend(
                    map.keys()
                        .filter(|key| !lists_sources(shape.properties.get(*key)))
                        .map(|key| path.key(key)),
                );
            }
            Some(_) => out.push(path),
            None => {}
        }
    }
    out.retain(|path| !mentioned(path));
    out
}
