//! The working tree's records and calendars as an import meets them, and the files it would write.

use super::planner::{DraftPlanner, Overlay, is_older};
use super::planner::{Making, WorktreeRecord};
use crate::check::Checker;
use crate::dataset::{self, Reference, read_head};
use crate::document::{self, ReadOptions};
use crate::files::write::{self, FileWrite, Recovered, WriteTarget};
use crate::files::{Files, WorkFiles};
use crate::git::Repository;
use crate::import::occasions::NewEntry;
use crate::import::rewrite::rewrite;
use crate::import::{Draft, GrammarHead, Reads};
use crate::model::draft::{DraftedEntry, DraftedRecord};
use crate::model::{Failure, FieldPath, Identity, Node, NodeValue, RepoPath};
use crate::rules::Engine;
use crate::schema::read_typed;
use crate::session::{Options, Session};
use chrono::NaiveDate;
use rayon::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// What an import works on.
pub struct Workspace {
    /// The repository, the policy, the tables and calendars of the working tree.
    pub session: Session,
    /// Where the files are written.
    pub target: WriteTarget,
    /// The folder from which source files are named.
    pub directory: Option<PathBuf>,
    pub(super) records: HashMap<Vec<(String, String)>, WorktreeRecord>,
    pub(super) changed: BTreeMap<String, (Option<Vec<u8>>, Vec<u8>)>,
    /// The day that counts as today.
    pub today: NaiveDate,
}

/// Puts back what an import that was cut short while it wrote had begun, so that this one does not build on
/// half of it.
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

    pub(super) fn files(&self) -> Result<WorkFiles<'_>, Failure> {
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

    /// Merges drafts into their records, says what that would change, and remembers the files to write. A
    /// draft of a record that is not there is left out where the grammar has no file for it.
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
