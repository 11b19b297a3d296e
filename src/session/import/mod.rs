//! `import`: drafts of records from published profiles and tables, what they would change, and writing them.
//!
//! Owns reading the source files, the meeting of drafts and records, and the answer; what the sources mean is
//! `crate::import`'s.

pub mod grammars;
mod pages;
mod planner;
mod source;
mod tables;
mod workspace;
pub use source::ImportQuestion;
use source::read_source;

use super::{Options, Progress};
use crate::files::write;
use crate::import::Reads;
use crate::model::draft::{DraftSummary, DraftView};
use crate::model::{Failure, Level};
use workspace::Workspace;

/// Drafts records from sources and, if that is asked for and nothing stands in the way, writes them, all or
/// none. Gives the draft and what stands in the way of writing it.
///
/// # Errors
/// A source that cannot be read, a grammar or dataset that cannot be used, or files that cannot be written.
pub fn import(
    options: &Options,
    question: &ImportQuestion,
    progress: &Progress<'_>,
) -> Result<(DraftView, Option<Failure>), Failure> {
    if options.known_at.is_some() {
        return Err(Failure::new("import works on the working tree; --known-at makes no sense with it"));
    }
    let mut workspace = Workspace::open(options, question.directory.clone(), question.today)?;
    let mut view = match workspace.reads(&question.source)? {
        Reads::Pages => pages::draft(&mut workspace, question, progress)?,
        Reads::Tables => tables::draft(&mut workspace, question)?,
    };
    view.summary = summary(&view);
    let hindrance = hindrance(&view);
    if question.write && hindrance.is_none() {
        let changes = workspace.changes();
        view.summary.written = changes.len();
        write::write_all(&workspace.target, &changes, &mut |done| progress("writing", done, changes.len()))
            .map_err(not_written)?;
    }
    Ok((view, hindrance))
}

fn not_written(error: write::WriteError) -> Failure {
    let error = Failure::new(format!("nothing was written: {error}"));
    match error.message.contains("changed while") {
        true => error.hint("run it again: it reads the file anew"),
        false => error,
    }
}

/// What stands in the way of writing.
fn hindrance(view: &DraftView) -> Option<Failure> {
    let failed: Vec<String> = view
        .sources
        .iter()
        .filter_map(|source| source.error.as_ref().map(|error| format!("{}: {error}", source.file)))
        .collect();
    if !failed.is_empty() {
        let many = if failed.len() == 1 { "a file".to_owned() } else { format!("{} files", failed.len()) };
        return Some(Failure::new(format!(
            "{many} could not be imported; nothing was written\n{}",
            failed.join("\n")
        )));
    }
    if let Some(found) = view.findings.iter().find(|found| found.level == Level::Error) {
        let at = found
            .place
            .map_or_else(String::new, |place| format!(":{}:{}", place.start.line, place.start.column));
        return Some(Failure::new(format!("{}{at}: {}; nothing was written", found.file, found.message)));
    }
    let invalid: Vec<String> = view
        .records
        .iter()
        .flat_map(|r| r.invalid.iter().map(move |message| format!("{}: {message}", r.record)))
        .take(10)
        .collect();
    if !invalid.is_empty() {
        return Some(
            Failure::new(format!(
                "the drafts would not be records; nothing was written\n{}",
                invalid.join("\n")
            ))
            .hint("`--format json` shows the whole draft"),
        );
    }
    let older: Vec<String> =
        view.records.iter().filter(|r| r.state == "older").map(|r| r.record.to_string()).take(10).collect();
    if !older.is_empty() {
        return Some(
            Failure::new(format!(
                "of a later day than the source, so nothing was written: {}",
                older.join(", ")
            ))
            .hint("`--dated DATE` dates the new edition, if it is only learned of now"),
        );
    }
    None
}

fn summary(view: &DraftView) -> DraftSummary {
    let state = |name: &str| view.records.iter().filter(|r| r.state == name).count();
    DraftSummary {
        files: view.sources.len(),
        failed: view.sources.iter().filter(|s| s.error.is_some()).count(),
        new: state("new"),
        changed: state("changed"),
        unchanged: state("unchanged"),
        older: state("older"),
        facts: view.records.iter().map(|r| r.facts.len()).sum(),
        not_understood: view.records.iter().map(|r| r.not_understood.len()).sum(),
        findings: view.findings.len(),
        written: 0,
    }
}
