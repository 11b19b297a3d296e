//! `export`: records and all that is said of them as tables, in a folder that is taken into use when all of
//! it is written.

use super::filter::{Filter, FilterQuestion, names_field};
use super::output_folder::refuse_links;
use super::{Options, Progress, Session};
use crate::export::{
    ABOUT_NAME, Committed, DATASETTE_NAME, ExportFormat, PACKAGE_NAME, Provenance, RecordExport, RecordRows,
    TableWriter, Tables, Wanted, WrittenTable, changed_rows, writer,
};
use crate::history::{Archive, DocumentStore, Selection, Timeline};
use crate::model::view::{ExportView, ExportedTable};
use crate::model::{Failure, FieldPath, RecordId};
use crate::rules::Engine;
use chrono::NaiveDate;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How many records are held in memory at a time.
const TOGETHER: usize = 32;

/// Records and all that is said of them, as tables.
#[derive(Clone, Debug, Serialize)]
pub struct ExportQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
    /// What to write.
    #[serde(skip)]
    pub format: ExportFormat,
    /// The folder to write into: a new one, an empty one, or that of an earlier export, which is replaced.
    pub out: PathBuf,
    /// Instead of all rows, those that a copy made as of this git revision lacks or must change.
    pub since_commit: Option<String>,
    /// Which sentences are wanted; fields narrow the statements, too.
    pub filter: FilterQuestion,
}

impl Session {
    /// Writes the tables.
    ///
    /// # Errors
    /// A name or revision that is not known, a folder that holds something else, a format that this program
    /// was built without, columns that a copy cannot have, or what the system refuses. The folder is then as
    /// it was.
    pub fn export(&self, question: &ExportQuestion, progress: &Progress<'_>) -> Result<ExportView, Failure> {
        let filter = Filter::read(&question.filter, &self.policy)?;
        let engine = self.engine()?;
        let tables = Tables::new(&self.policy, &self.reference)?;
        let target = ExportFolder::check(&question.out)?;
        let staging = target.staging()?;
        let is_difference = question.since_commit.is_some();
        let described = if is_difference { tables.with_operations() } else { tables.clone() };
        // A format that this program cannot write is refused before any history is read.
        let mut writer = writer(question.format, &described, staging.path(), is_difference)?;
        let archive = self.archive(&question.records)?;
        let new = ExportSide::new(self, &engine, &tables, &archive)?;
        match &question.since_commit {
            None => {
                let all: Vec<&RecordId> = archive.timelines.keys().collect();
                fill(writer.as_mut(), &all, progress, &|id| new.rows(id, &filter))?;
            }
            Some(revision) => {
                self.fill_changed(writer.as_mut(), (question, revision, &filter), &new, progress)?;
            }
        }
        let written = writer.finish()?;
        let provenance = self.provenance(question, &filter);
        for (name, text) in provenance.files(question.format, &described, &written) {
            let path = staging.path().join(name);
            std::fs::write(&path, text).map_err(|error| Failure::system(path.display(), error))?;
        }
        target.take(staging)?;
        Ok(view(question, &provenance, written))
    }

    /// The tables that [`Session::export`] writes, with what their columns mean.
    ///
    /// # Errors
    /// The manifest's section `export` names what there is not.
    pub fn export_tables(&self) -> Result<Tables, Failure> {
        Tables::new(&self.policy, &self.reference)
    }

    /// Writes what changed since a copy was made: each record as it was reported then, with the policy of
    /// that time, and as it is now.
    fn fill_changed(
        &self,
        writer: &mut dyn TableWriter,
        (question, revision, filter): (&ExportQuestion, &str, &Filter),
        new: &ExportSide<'_>,
        progress: &Progress<'_>,
    ) -> Result<(), Failure> {
        let then = Session::open(&Options {
            known_at: Some(revision.to_owned()),
            policy_from: self.options.policy_from.clone().or_else(|| Some(revision.to_owned())),
            worktree: false,
            on_note: None,
            ..self.options.clone()
        })
        .map_err(|failure| failure.about("--since-commit"))?;
        let engine = then.engine()?;
        let tables = Tables::new(&then.policy, &then.reference)?;
        if tables.tables != new.tables.tables {
            return Err(Failure::new(format!(
                "--since-commit: at `{revision}` the tables had other columns"
            ))
            .hint("a copy made then cannot be brought up to date; export the whole anew"));
        }
        let selection = match question.records.is_empty() {
            true => Selection::all(),
            false => self.selection(&self.names.read(&question.records)?.all())?,
        };
        let archive = then.load(&then.tip, &selection, None, "side")?;
        let old = ExportSide::new(&then, &engine, &tables, &archive)?;
        let all: BTreeSet<&RecordId> =
            old.archive.timelines.keys().chain(new.archive.timelines.keys()).collect();
        let same_words = then.words == self.words;
        let rows = |id: &RecordId| -> Result<Option<RecordRows>, Failure> {
            if same_words && old.is_same(new, id) {
                return Ok(None);
            }
            let (before, after) = (old.rows(id, filter)?, new.rows(id, filter)?);
            Ok(Some(changed_rows(new.tables, before.as_ref(), after.as_ref())))
        };
        fill(writer, &all.into_iter().collect::<Vec<_>>(), progress, &rows)
    }

    fn provenance(&self, question: &ExportQuestion, filter: &Filter) -> Provenance {
        Provenance {
            title: self.policy.manifest.title.clone(),
            known_at: if self.work.is_some() { "worktree".to_owned() } else { self.tip.to_string() },
            policy: self
                .policy_commit
                .as_ref()
                .map_or_else(|| "worktree".to_owned(), |commit| commit.to_string()),
            since_commit: question.since_commit.clone(),
            selection: question.records.clone(),
            filtered: filter.narrows(),
        }
    }
}

/// Writes the rows of records, in the order of their names; some at a time, so that memory does not grow with
/// their number.
fn fill(
    writer: &mut dyn TableWriter,
    records: &[&RecordId],
    progress: &Progress<'_>,
    rows: &(dyn Fn(&RecordId) -> Result<Option<RecordRows>, Failure> + Sync),
) -> Result<(), Failure> {
    let mut done = 0;
    for some in records.chunks(TOGETHER) {
        let made = some.par_iter().map(|id| rows(id)).collect::<Result<Vec<_>, Failure>>()?;
        made.iter().flatten().try_for_each(|rows| writer.write(rows))?;
        done += some.len();
        progress("records", done, records.len());
    }
    Ok(())
}

/// A dataset as of one commit. A session's repository handle stays on the thread that opened it, so what it
/// knows is asked beforehand.
struct ExportSide<'s> {
    engine: &'s Engine<'s>,
    tables: &'s Tables,
    archive: &'s Archive,
    store: &'s DocumentStore,
    committed: Committed,
    ends: BTreeMap<RecordId, NaiveDate>,
}

impl<'s> ExportSide<'s> {
    fn new(
        session: &'s Session,
        engine: &'s Engine<'s>,
        tables: &'s Tables,
        archive: &'s Archive,
    ) -> Result<ExportSide<'s>, Failure> {
        let mut committed = Committed::new();
        for edition in archive.timelines.values().flat_map(|timeline| &timeline.editions) {
            let commit = &edition.revision.commit;
            if !commit.is_worktree() && !committed.contains_key(commit) {
                committed.insert(*commit, session.repo.commit_info(commit)?.committer_time);
            }
        }
        let ends = session.ends(engine, archive.timelines.values())?;
        let ends = ends.into_iter().filter_map(|(id, ends)| Some((id, ends.last?.on.earliest()))).collect();
        Ok(ExportSide { engine, tables, archive, store: &session.store, committed, ends })
    }

    /// The rows of a record, if there is one with editions.
    fn rows(&self, id: &RecordId, filter: &Filter) -> Result<Option<RecordRows>, Failure> {
        let timeline = self.archive.timelines.get(id).filter(|timeline| !timeline.editions.is_empty());
        let Some(timeline) = timeline else { return Ok(None) };
        let fields = filter.fields();
        let names = |asked: &String, path: &FieldPath| {
            names_field(asked, &path.to_string()) || names_field(asked, &path.pattern())
        };
        let wanted = Wanted {
            change: &|change, date| filter.keeps_change(change, date),
            observation: &|observation| filter.keeps(observation),
            field: &|path| fields.is_empty() || fields.iter().any(|asked| names(asked, path)),
        };
        let export = RecordExport {
            engine: self.engine,
            tables: self.tables,
            source: self.store,
            committed: &self.committed,
            wanted: &wanted,
        };
        export.rows(timeline, self.ends.get(id).copied()).map(Some)
    }

    /// Whether both have the same editions of a record, brought by the same commits.
    fn is_same(&self, other: &ExportSide<'_>, id: &RecordId) -> bool {
        let shown = |timeline: &Timeline| {
            let editions = timeline.editions.iter().map(|edition| {
                let amendments: Vec<_> = edition.amendments.iter().map(|one| one.blob).collect();
                let revision = &edition.revision;
                let item = revision.item.as_ref().map(|item| format!("{item:?}"));
                let place = (revision.commit, revision.blob, revision.path.clone(), item);
                (edition.date.clone(), place, amendments)
            });
            (timeline.kind, timeline.ended, editions.collect::<Vec<_>>())
        };
        let of = |side: &ExportSide<'_>| side.archive.timelines.get(id).map(shown);
        of(self) == of(other)
    }
}

/// The folder that an export is written into.
struct ExportFolder {
    folder: PathBuf,
    parent: PathBuf,
}

impl ExportFolder {
    /// Refuses a folder that holds anything but an earlier export, or that is reached by a link.
    fn check(folder: &Path) -> Result<ExportFolder, Failure> {
        let refused = |error| Failure::system(format!("--out {}", folder.display()), error);
        refuse_links(folder)?;
        if folder.symlink_metadata().is_ok() {
            let is_empty = std::fs::read_dir(folder).map_err(refused)?.next().is_none();
            if !is_empty && !folder.join(ABOUT_NAME).is_file() {
                return Err(Failure::new(format!("--out {}: the folder is not empty", folder.display()))
                    .hint(format!(
                        "name a new folder, or one with the `{ABOUT_NAME}` of an earlier \
                        export, which is replaced"
                    )));
            }
            if let Some(other) = foreign_file(folder).map_err(refused)? {
                let message =
                    format!("--out {}: no export wrote {} there", folder.display(), other.display());
                return Err(Failure::new(message).hint("move it elsewhere, or name a new folder"));
            }
        }
        let folder = folder.to_owned();
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new(".")).to_owned();
        std::fs::create_dir_all(&parent).map_err(refused)?;
        Ok(ExportFolder { folder, parent })
    }

    /// A folder beside it, which goes away unless it is taken.
    fn staging(&self) -> Result<tempfile::TempDir, Failure> {
        tempfile::Builder::new()
            .prefix(".sincewhen-export-")
            .tempdir_in(&self.parent)
            .map_err(|error| Failure::system(self.parent.display(), error))
    }

    /// Puts the finished folder in its place; what stood there goes.
    fn take(&self, staging: tempfile::TempDir) -> Result<(), Failure> {
        let refused = |error| Failure::system(self.folder.display(), error);
        open_to_all(staging.path()).map_err(refused)?;
        let aside = self.staging()?;
        let earlier = aside.path().join("earlier");
        let had_one = self.folder.exists();
        if had_one {
            std::fs::rename(&self.folder, &earlier).map_err(refused)?;
        }
        let finished = staging.keep();
        if let Err(error) = std::fs::rename(&finished, &self.folder) {
            if had_one {
                std::fs::rename(&earlier, &self.folder).map_err(refused)?;
            }
            std::fs::remove_dir_all(&finished).map_err(refused)?;
            return Err(refused(error));
        }
        Ok(())
    }
}

/// A file in the folder of an earlier export that its description does not list: it is somebody's, and stays.
fn foreign_file(folder: &Path) -> std::io::Result<Option<PathBuf>> {
    let about = std::fs::read(folder.join(ABOUT_NAME)).unwrap_or_default();
    let about: serde_json::Value = serde_json::from_slice(&about).unwrap_or_default();
    let tables = about["tables"].as_array().into_iter().flatten();
    let mut own: BTreeSet<&Path> = tables
        .flat_map(|table| table["files"].as_array())
        .flatten()
        .filter_map(|name| name.as_str())
        .map(Path::new)
        .collect();
    own.extend([ABOUT_NAME, PACKAGE_NAME, DATASETTE_NAME].map(Path::new));
    let mut folders = vec![folder.to_owned()];
    while let Some(below) = folders.pop() {
        for entry in std::fs::read_dir(below)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if !path.strip_prefix(folder).is_ok_and(|name| own.contains(name)) {
                return Ok(Some(path));
            }
        }
    }
    Ok(None)
}

/// Temporary folders are their owner's alone; an export is a folder like any other.
#[cfg(unix)]
fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let sibling =
        tempfile::Builder::new().permissions(std::fs::Permissions::from_mode(0o777)).tempdir_in(folder)?;
    let usual = sibling.path().metadata()?.permissions();
    sibling.close()?;
    std::fs::set_permissions(folder, usual)
}

#[cfg(not(unix))]
fn open_to_all(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

fn view(question: &ExportQuestion, provenance: &Provenance, written: Vec<WrittenTable>) -> ExportView {
    let table = |written: WrittenTable| ExportedTable {
        name: written.table.as_str(),
        rows: written.rows,
        files: written.files,
    };
    ExportView {
        format: "sincewhen.export/1",
        folder: question.out.display().to_string(),
        written_as: question.format.as_str(),
        known_at: provenance.known_at.clone(),
        since_commit: provenance.since_commit.clone(),
        tables: written.into_iter().map(table).collect(),
    }
}
