//! Pages → drafts, one file or many.

use super::workspace::Workspace;

use super::planner::Making;
use super::{ImportQuestion, read_source};
use crate::session::Progress;

use crate::import::profile::grammar::ProfileSpec;
use crate::import::profile::{Given, PageDraft, ProfileReader};
use crate::import::{Draft, Fault};
use crate::model::draft::{DraftSummary, DraftView, SourceFile};
use crate::model::{Failure, Finding, Identity, LineColumn, Place, RepoPath};
use crate::rules::fingerprint;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The names of files in a folder that are pages.
const PAGES: [&str; 4] = ["txt", "html", "htm", "xhtml"];

/// A file with what its page says, or why it cannot be read.
type ReadPage = (String, Result<PageDraft, Failure>);

/// Drafts what pages say.
pub fn draft(
    workspace: &mut Workspace,
    question: &ImportQuestion,
    progress: &Progress<'_>,
) -> Result<DraftView, Failure> {
    if let Some(pair) = question.set.first() {
        return Err(Failure::new(format!("--set {pair}: pages have no columns")));
    }
    let mut spec: ProfileSpec = workspace.grammar(&question.source)?;
    spec.dates = Some(workspace.grammar("dates")?);
    let names = workspace.grammar("names")?;
    let read = read_all(
        workspace,
        question,
        &ProfileReader::new(&spec, &names, &workspace.session.reference)?,
        progress,
    )?;
    // One file is an error of its own; among many, the others are still shown.
    if let [(file, Err(error))] = read.as_slice() {
        return Err(error.clone().about(file));
    }
    let mut view = DraftView {
        format: "sincewhen.draft/1",
        import: question.source.clone(),
        reads: "pages",
        sources: Vec::new(),
        records: Vec::new(),
        entries: Vec::new(),
        findings: Vec::new(),
        remarks: Vec::new(),
        summary: DraftSummary::default(),
        to_write: question.write,
    };
    let mut drafts: Vec<(Draft, String)> = Vec::new();
    for (file, page) in read {
        match page {
            Ok(page) => {
                let faults = page.faults.iter().chain(page.drafts.iter().flat_map(|draft| &draft.faults));
                view.findings.extend(findings(&file, &page.text, faults));
                drafts.extend(page.drafts.into_iter().map(|draft| (draft, file.clone())));
                view.sources.push(SourceFile { file, read_as: page.read_as, error: None });
            }
            Err(error) => {
                view.sources.push(SourceFile { file, read_as: String::new(), error: Some(error.message) })
            }
        }
    }
    refuse_repeats(&drafts)?;
    let reference = workspace.session.reference.clone();
    let reader = ProfileReader::new(&spec, &names, &reference)?;
    let new_file = |identity: &Identity| reader.new_file(identity);
    let making = Making {
        kind: &spec.record,
        spec: &spec.merge,
        dated: question.dated.as_ref(),
        new_file: Some(&new_file),
        header: &spec.header,
        look_back: question.dated.is_none(),
        unmentioned: true,
    };
    let (mut done, all) = (0, drafts.len());
    view.records = workspace.make(&drafts, &making, &mut || {
        done += 1;
        progress("merging", done, all);
    })?;
    Ok(view)
}

/// Reads all pages, each with what is wrong with it.
fn read_all(
    workspace: &Workspace,
    question: &ImportQuestion,
    reader: &ProfileReader<'_>,
    progress: &Progress<'_>,
) -> Result<Vec<ReadPage>, Failure> {
    let subject = question.subject.as_deref().map(|name| reader.subject(name)).transpose()?;
    let given = Given { subject: subject.as_deref(), dated: question.dated.as_ref() };
    let current = |identity: &Identity| workspace.content(identity);
    let files = files(workspace, &question.files)?;
    let all = files.len();
    let mut out = Vec::with_capacity(all);
    for (at, file) in files.into_iter().enumerate() {
        let page = read_source(workspace.directory.as_ref(), &file)
            .and_then(|bytes| reader.read(&bytes, given, &current));
        out.push((file, page));
        progress("reading", at + 1, all);
    }
    Ok(out)
}

/// The files that were named, and those in folders that were named, in order.
fn files(workspace: &Workspace, named: &[String]) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for name in named {
        let path = match &workspace.directory {
            Some(folder) if Path::new(name).is_relative() && name != "-" => folder.join(name),
            _ => PathBuf::from(name),
        };
        if name == "-" || !path.is_dir() {
            out.push(name.clone());
            continue;
        }
        let mut found = Vec::new();
        pages_in(&path, Path::new(name), &mut found)?;
        if found.is_empty() {
            return Err(Failure::new(format!("`{name}` has no pages"))
                .hint(format!("pages are files named .{}", PAGES.join(", ."))));
        }
        found.sort();
        out.extend(found);
    }
    Ok(out)
}

fn pages_in(folder: &Path, shown: &Path, out: &mut Vec<String>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::new(format!("{}: {error}", shown.display()));
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let shown = shown.join(entry.file_name());
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() {
            pages_in(&entry.path(), &shown, out)?;
        } else if kind.is_file()
            && shown.extension().is_some_and(|ext| PAGES.iter().any(|page| ext.eq_ignore_ascii_case(page)))
        {
            out.push(shown.display().to_string());
        }
    }
    Ok(())
}

/// Two pages on one record would be two editions of it in one go.
fn refuse_repeats(drafts: &[(Draft, String)]) -> Result<(), Failure> {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for (draft, file) in drafts {
        let id = draft.identity.record_id().to_string();
        if let Some(other) = seen.insert(id.clone(), file) {
            return Err(Failure::new(format!("`{other}` and `{file}` are both about {id}"))
                .hint("each makes an edition: import the older one, commit it, then import the newer"));
        }
    }
    Ok(())
}

/// Faults of a text as findings, each with its place in the text.
fn findings<'f>(file: &str, text: &str, faults: impl Iterator<Item = &'f Fault>) -> Vec<Finding> {
    let shared: Arc<str> = Arc::from(text);
    let starts = line_starts(text);
    let byte = |line: usize, column: usize| {
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(text.len());
        text[start..].char_indices().nth(column.saturating_sub(1)).map_or(text.len(), |(at, _)| start + at)
    };
    let finding = |fault: &Fault| {
        let at = fault.place;
        let span = (byte(at.line, at.column), byte(at.end_line, at.end_column));
        let start = LineColumn { line: at.line, column: at.column };
        let end = LineColumn { line: at.end_line, column: at.end_column };
        let subject = fault.record.as_ref().map_or(file, |record| record.0.as_str());
        Finding {
            rule: fault.rule.to_owned(),
            level: fault.level,
            message: fault.message.clone(),
            file: RepoPath::from(file),
            place: Some(Place { start, end, span }),
            commit: None,
            ended_by: None,
            record: fault.record.clone(),
            path: None,
            related: Vec::new(),
            help: fault.help.clone(),
            fix: None,
            ignore_hint: None,
            fingerprint: fingerprint(&serde_json::json!([
                fault.rule,
                subject,
                &text[span.0.min(span.1)..span.1]
            ])),
            new: false,
            text: Some(shared.clone()),
        }
    };
    faults.map(finding).collect()
}

/// The byte at which each line starts, whatever ends the lines.
fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = |at: usize| bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    std::iter::once(0).chain((0..bytes.len()).filter(|at| ends(*at)).map(|at| at + 1)).collect()
}
