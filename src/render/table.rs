//! The table of formats: which answer can be written in which format, and by what.
//!
//! A new format is a file beside this one and a row for each answer it can write. Help pages list what stands
//! here.

use super::layout::{Format, Layout};
use super::{cite, csv, findings, html, json, markdown, rows, text};
use crate::model::Failure;
use crate::model::cite::VerificationView;
use crate::model::draft::DraftView;
use crate::model::finding::{FindingsView, PullRequestView, RuleListView};
use crate::model::report::ReportView;
use crate::model::view::{
    BlameView, ChangelogView, DiffView, ExportView, LogView, ObservationsView, ProofView, RuleView, ShowView,
    SiteView,
};

/// A format, and what writes an answer in it.
pub type FormatRow<A> = (Format, fn(&A, Layout) -> String);

/// An answer that can be written.
pub trait Answer: Sized + 'static {
    /// The command or form of it whose answer this is.
    const COMMAND: &'static str;
    /// The formats it can be written in; the first is the default.
    const FORMATS: &'static [FormatRow<Self>];
}

/// Refuses a format in which an answer cannot be written.
///
/// # Errors
/// The format is not in the answer's rows; the hint lists those that are.
pub fn check<A: Answer>(format: Format) -> Result<(), Failure> {
    if A::FORMATS.iter().any(|(known, _)| *known == format) {
        return Ok(());
    }
    let known: Vec<&str> = A::FORMATS.iter().map(|(known, _)| known.name()).collect();
    Err(Failure::new(format!("`{}` does not write {}", A::COMMAND, format.name()))
        .hint(format!("it writes {}", known.join(", "))))
}

/// Writes an answer.
///
/// # Errors
/// As [`check`].
pub fn write<A: Answer>(answer: &A, format: Format, layout: Layout) -> Result<String, Failure> {
    check::<A>(format)?;
    let row = A::FORMATS.iter().find(|(known, _)| *known == format);
    let (_, writer) = row.expect("because the format was checked");
    Ok(writer(answer, layout))
}

/// The formats that a command writes, for its help page; none for a command without an answer of its own.
pub fn formats_of(command: &str) -> Vec<Format> {
    fn names<A: Answer>() -> (&'static str, Vec<Format>) {
        (A::COMMAND, A::FORMATS.iter().map(|(format, _)| *format).collect())
    }
    let all = [
        names::<LogView>(),
        names::<ShowView>(),
        names::<DiffView>(),
        names::<ChangelogView>(),
        names::<ObservationsView>(),
        names::<ReportView>(),
        names::<BlameView>(),
        names::<ProofView>(),
        names::<FindingsView>(),
        names::<DraftView>(),
        names::<ExportView>(),
        names::<VerificationView>(),
        names::<SiteView>(),
    ];
    all.into_iter().find(|(name, _)| *name == command).map(|(_, formats)| formats).unwrap_or_default()
}

/// Text for people, or for a program that reads it line by line.
fn piped_or<A: rows::Rows>(view: &A, layout: Layout, text: fn(&A, Layout) -> String) -> String {
    if layout.piped && !layout.verbose { rows::lines(view) } else { text(view, layout) }
}

impl Answer for LogView {
    const COMMAND: &'static str = "log";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| piped_or(view, layout, text::log)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Jsonl, |view, _| rows::jsonl(view)),
        (Format::Csv, |view, _| csv::rows(view)),
        (Format::Markdown, |view, _| markdown::log(view)),
    ];
}

impl Answer for ShowView {
    const COMMAND: &'static str = "show";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, text::profile),
        (Format::Json, |view, _| json::write(view)),
        (Format::Markdown, |view, _| markdown::profile(view)),
        // The command line writes the bytes themselves: a file need not be UTF-8.
        (Format::Yaml, |view, _| String::from_utf8_lossy(&view.bytes).into_owned()),
    ];
}

impl Answer for DiffView {
    const COMMAND: &'static str = "diff";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| piped_or(view, layout, text::diff)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Jsonl, |view, _| rows::jsonl(view)),
        (Format::Csv, |view, _| csv::rows(view)),
        (Format::Markdown, |view, _| markdown::diff(view)),
    ];
}

impl Answer for ChangelogView {
    const COMMAND: &'static str = "changelog";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| piped_or(view, layout, text::changelog)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Jsonl, |view, _| rows::jsonl(view)),
        (Format::Csv, |view, _| csv::rows(view)),
        (Format::Markdown, |view, layout| markdown::changelog(view, layout.verbose)),
    ];
}

impl Answer for ObservationsView {
    const COMMAND: &'static str = "since";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| piped_or(view, layout, text::since)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Jsonl, |view, _| rows::jsonl(view)),
        (Format::Csv, |view, _| csv::rows(view)),
        (Format::Markdown, |view, layout| markdown::since(view, layout.verbose)),
    ];
}

impl Answer for ReportView {
    const COMMAND: &'static str = "report";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| piped_or(view, layout, text::report)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Jsonl, |view, _| rows::jsonl(view)),
        (Format::Markdown, |view, layout| markdown::report(view, layout.verbose)),
        (Format::Csv, |view, _| csv::rows(view)),
        (Format::Html, |view, _| html::report(view)),
    ];
}

impl Answer for BlameView {
    const COMMAND: &'static str = "blame";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| piped_or(view, layout, text::blame)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Jsonl, |view, _| rows::jsonl(view)),
        (Format::Csv, |view, _| csv::rows(view)),
        (Format::Markdown, |view, _| markdown::blame(view)),
    ];
}

impl Answer for ProofView {
    const COMMAND: &'static str = "explain";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, text::proofs),
        (Format::Json, |view, _| json::write(view)),
        (Format::Markdown, |view, _| markdown::proofs(view)),
    ];
}

impl Answer for RuleView {
    const COMMAND: &'static str = "explain RULE";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, text::rule),
        (Format::Json, |view, _| json::write(view)),
        (Format::Markdown, |view, _| markdown::rule(view)),
    ];
}

impl Answer for FindingsView {
    const COMMAND: &'static str = "check";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| findings::text::write(view, layout.width, layout.verbose)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Sarif, |view, _| findings::sarif::write(view)),
        (Format::Github, |view, _| findings::github::write(view)),
        (Format::Junit, |view, _| findings::junit::write(view)),
        (Format::Markdown, |view, _| findings::markdown::write(view)),
    ];
}

impl Answer for RuleListView {
    const COMMAND: &'static str = "check --list-rules";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, _| findings::text::rules(view)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Markdown, |view, _| findings::markdown::rules(view)),
    ];
}

impl Answer for PullRequestView {
    const COMMAND: &'static str = "changelog BASE...HEAD";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, layout| findings::pull_request::text(view, layout.width, layout.verbose)),
        (Format::Json, |view, _| json::write(view)),
        (Format::Markdown, |view, _| findings::pull_request::write(view)),
    ];
}

impl Answer for ExportView {
    const COMMAND: &'static str = "export";
    // The tables are in the folder by then: what is printed is a list of them.
    const FORMATS: &'static [FormatRow<Self>] =
        &[(Format::Csv, text::exported), (Format::Sqlite, text::exported), (Format::Parquet, text::exported)];
}

impl Answer for DraftView {
    const COMMAND: &'static str = "import";
    const FORMATS: &'static [FormatRow<Self>] =
        &[(Format::Text, text::draft), (Format::Json, |view, _| json::write(view))];
}

impl Answer for VerificationView {
    const COMMAND: &'static str = "verify";
    const FORMATS: &'static [FormatRow<Self>] =
        &[(Format::Text, |view, _| cite::verification(view)), (Format::Json, |view, _| json::write(view))];
}

impl Answer for SiteView {
    const COMMAND: &'static str = "site";
    const FORMATS: &'static [FormatRow<Self>] = &[
        (Format::Text, |view, _| {
            format!("{} files, {} written, {} removed\n", view.files, view.written, view.removed)
        }),
        (Format::Json, |view, _| json::write(view)),
    ];
}
