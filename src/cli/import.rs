//! `import`: drafts of records from published profiles and tables, what they would change, and with `--write` the files.
//!
//! Owns reading the source files, the meeting of drafts and records, and the answer; what the sources mean is `crate::import`'s.

mod desk;
mod pages;
mod tables;

use super::args::{Format, Global, ImportArgs};
use super::output;
use super::session::only;
use crate::files::write;
use crate::import::Reads;
use crate::model::draft::{DraftSummary, DraftView};
use crate::model::{Failure, Level};
use crate::render;
use desk::Desk;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The largest file that is imported, in bytes.
const MAX_SOURCE: u64 = 256 * 1024 * 1024;

pub(super) fn run(global: &Global, args: &ImportArgs) -> Result<ExitCode, Failure> {
    only(global, "import", &[Format::Text, Format::Json])?;
    if global.known_at.is_some() {
        return Err(Failure::new("import works on the working tree; --known-at makes no sense with it"));
    }
    let mut desk = Desk::open(global)?;
    let mut view = match desk.reads(&args.source)? {
        Reads::Pages => pages::draft(global, &mut desk, args)?,
        Reads::Tables => tables::draft(&mut desk, args)?,
    };
    let go = args.write;
    view.summary = summary(&view);
    let hindrance = hindrance(&view);
    if go && hindrance.is_none() {
        let changes = desk.changes();
        view.summary.written = changes.len();
        let bar = bar(global, changes.len(), "writing");
        write::write_all(&desk.target, &changes, &mut |done| bar.set_position(done as u64))
            .map_err(not_written)?;
        bar.finish_and_clear();
    }
    let answer = match global.format {
        Format::Json => render::json::write(&view),
        _ => render::text::draft(
            &view,
            render::text::Layout { width: output::width(), verbose: global.verbose > 0 },
            go,
        ),
    };
    output::write(global, &answer)?;
    match hindrance {
        Some(error) if go || view.summary.failed > 0 => Err(error),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// A progress bar on a terminal; nothing elsewhere.
fn bar(global: &Global, length: usize, words: &'static str) -> indicatif::ProgressBar {
    if global.quiet || length < 3 {
        return indicatif::ProgressBar::hidden();
    }
    let style = indicatif::ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}")
        .expect("because the template is written here");
    indicatif::ProgressBar::new(length as u64).with_style(style).with_message(words)
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

/// Reads a source file; `-` is standard input.
fn read_source(global_directory: Option<&PathBuf>, name: &str) -> Result<Vec<u8>, Failure> {
    let told = |error: std::io::Error| Failure::new(error.to_string());
    let mut bytes = Vec::new();
    if name == "-" {
        std::io::stdin().take(MAX_SOURCE + 1).read_to_end(&mut bytes).map_err(told)?;
    } else {
        let path = match global_directory {
            Some(folder) if Path::new(name).is_relative() => folder.join(name),
            _ => PathBuf::from(name),
        };
        let file = std::fs::File::open(&path).map_err(told)?;
        if file.metadata().map_err(told)?.is_dir() {
            return Err(Failure::new("this is a folder"));
        }
        file.take(MAX_SOURCE + 1).read_to_end(&mut bytes).map_err(told)?;
    }
    if bytes.len() as u64 > MAX_SOURCE {
        return Err(Failure::new(format!("the file has more than {MAX_SOURCE} bytes")));
    }
    Ok(bytes)
}
