//! Text for people: styled with ANSI codes (the writer strips them where they are not wanted), wrapped to a
//! width.

mod alike;
mod draft;
mod parts;
mod profile;
mod proof;
mod report;
mod sentences;
mod strip;
pub use parts::words_changed;
use parts::{BOLD, DIM, INDENT, heading, labelled, nature_style, paragraph, trim_end};

pub use draft::draft;
pub use profile::profile;
pub use proof::{proofs, rule};
pub use report::report;
use sentences::{change_lines, observation_lines};

use super::{Layout, plain};
use crate::model::NatureKind;
use crate::model::results::{Change, EditionRef, StepReport};
use crate::model::view::{
    BlameView, ChangelogView, DiffView, ExportView, LogView, ObservationsView, RecordLog,
};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// The answer of `export`: the tables with their numbers of rows.
pub fn exported(view: &ExportView, _: Layout) -> String {
    let what = match &view.since_commit {
        None => "all rows".to_owned(),
        Some(revision) => format!("what changed since {}", plain(revision)),
    };
    let mut out = format!("{}: {} as {}\n", plain(&view.folder), what, view.written_as);
    for table in &view.tables {
        writeln!(out, "  {:<14}{:>10}", table.name, table.rows)
            .expect("because writing to a string cannot fail");
    }
    out
}

/// The answer of `changelog`.
pub fn changelog(view: &ChangelogView, layout: Layout) -> String {
    let mut out = String::new();
    for record in &view.records {
        heading(&mut out, &record.heading.heading, &record.heading.record.0);
        for note in &record.notes {
            paragraph(&mut out, layout, (2, ""), &format!("note: {note}"), DIM);
        }
        if record.steps.is_empty() {
            out.push_str("  nothing to compare\n");
        }
        for ended in record.ends() {
            let on = format!("{} → ended {}", ended.last_updated, ended.on);
            writeln!(out, "\n{BOLD}{on}{BOLD:#}  {DIM}{}{DIM:#}", ended.commit.short())
                .expect("because writing to a string cannot fail");
            paragraph(&mut out, layout, (2, ""), &ended.in_words(), Style::new());
        }
        if layout.verbose {
            record.steps.iter().for_each(|one| step(&mut out, layout, one));
        } else {
            alike::runs(&record.steps).iter().for_each(|run| steps(&mut out, layout, run));
        }
        out.push('\n');
    }
    trim_end(out)
}

/// Steps that say alike in one line; a step that has more to say by itself.
fn steps(out: &mut String, layout: Layout, run: &alike::StepRun<'_>) {
    let [first, .., last] = run.steps else {
        return run.steps.iter().for_each(|one| step(out, layout, one));
    };
    let (from, to) = if first.to.last_updated.range().start < last.to.last_updated.range().start {
        (&first.from, &last.to)
    } else {
        (&last.from, &first.to)
    };
    let count = run.steps.len();
    writeln!(out, "\n{BOLD}{}{BOLD:#}  {DIM}{count} editions{DIM:#}", from.step_to(to))
        .expect("because writing to a string cannot fail");
    let nature = NatureKind::Development;
    labelled(out, layout, nature.as_str(), nature_style(nature), &run.sentence());
    let nature = NatureKind::Editorial;
    let edited = match run.edited() {
        0 => return,
        all if all == count => "texts and sources revised in each edition".to_owned(),
        1 => "texts and sources revised in one of the editions".to_owned(),
        some => format!("texts and sources revised in {some} of the editions"),
    };
    labelled(out, layout, nature.as_str(), nature_style(nature), &edited);
}

/// A step between two editions: the news, what stands or no longer does, and the rest.
fn step(out: &mut String, layout: Layout, step: &StepReport) {
    writeln!(out, "\n{BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}", step.from.step_to(&step.to), step.to.commit.short())
        .expect("because writing to a string cannot fail");
    if step.changes.is_empty() && step.observations.is_empty() {
        out.push_str("  nothing in the record changed\n");
    }
    let (news, rest) = step.news_first();
    let shown = |change: &&&Change| layout.verbose || !step.says_again(change);
    news.iter().filter(shown).for_each(|change| change_lines(out, layout, change, step));
    step.observations.iter().for_each(|observation| observation_lines(out, layout, observation));
    rest.iter().filter(shown).for_each(|change| change_lines(out, layout, change, step));
}

fn edition_line(out: &mut String, edition: &EditionRef) {
    writeln!(out, "{DIM}edition of {} ({}){DIM:#}", edition.dated(), edition.commit.short())
        .expect("because writing to a string cannot fail");
}

/// The answer of `since`.
pub fn since(view: &ObservationsView, layout: Layout) -> String {
    let mut out = String::new();
    for record in &view.records {
        heading(&mut out, &record.heading.heading, &record.heading.record.0);
        edition_line(&mut out, &record.edition);
        if let Some(commit) = &record.ended {
            writeln!(out, "  the record ended with commit {}", commit.short())
                .expect("because writing to a string cannot fail");
        }
        if record.observations.is_empty() {
            out.push_str("  nothing to observe\n");
        }
        for observation in &record.observations {
            paragraph(&mut out, layout, (4, "  • "), &observation.message, BOLD);
            if !observation.detail.is_empty() {
                paragraph(&mut out, layout, (4, ""), &observation.detail, Style::new());
            }
            if layout.verbose {
                proof::examined(&mut out, layout, observation);
                proof::places(&mut out, &observation.evidence);
                proof::citations(&mut out, layout, &observation.sources);
            }
            if layout.verbose {
                writeln!(out, "    {DIM}{} {}{DIM:#}", observation.rule, observation.fingerprint)
                    .expect("because writing to a string cannot fail");
            }
        }
        strip::draw(&mut out, &record.strips, layout.width);
    }
    trim_end(out)
}

/// The answer of `log`.
pub fn log(view: &LogView, layout: Layout) -> String {
    let mut out = String::new();
    for record in &view.records {
        log_record(&mut out, record, layout);
    }
    if !view.orphans.is_empty() {
        out.push_str("\nRevisions that belong to no known record:\n");
        problems(&mut out, &view.orphans);
    }
    trim_end(out)
}

fn log_record(out: &mut String, record: &RecordLog, layout: Layout) {
    heading(out, &record.heading.heading, &record.heading.record.0);
    let ids = |ids: &[crate::model::RecordId]| {
        plain(&ids.iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" and "))
    };
    if let Some(commit) = &record.ended {
        let what = match record.continued_in.as_slice() {
            [] => "the record is gone".to_owned(),
            heirs => format!("the record is continued in {}", ids(heirs)),
        };
        writeln!(out, "  ended: {what} since {}", commit.short())
            .expect("because writing to a string cannot fail");
    }
    if !record.continues.is_empty() {
        let own = if record.continues.len() == 1 {
            "has a history of its own"
        } else {
            "have histories of their own"
        };
        writeln!(out, "  continues {}, which {own}", ids(&record.continues))
            .expect("because writing to a string cannot fail");
    }
    for (editions, mark) in [(&record.withdrawn, "withdrawn"), (&record.editions, "")] {
        for edition in editions {
            let subject: String = plain(&edition.subject);
            let (date, commit) = (edition.dated(), edition.commit.short());
            let line = format!("  {date}  {DIM}{commit}{DIM:#}  {subject}");
            let mark = if mark.is_empty() {
                String::new()
            } else {
                format!("  {mark}: taken back by a later commit, not used")
            };
            writeln!(out, "{line}{mark}").expect("because writing to a string cannot fail");
            for amendment in &edition.amendments {
                writeln!(
                    out,
                    "              {DIM}{}{DIM:#}  amended: {}",
                    amendment.commit.short(),
                    plain(&amendment.subject)
                )
                .expect("because writing to a string cannot fail");
            }
            problems(out, &edition.problems);
        }
    }
    problems(out, &record.problems);
    strip::draw(out, &record.strips, layout.width);
}

fn problems(out: &mut String, list: &[crate::model::view::LoggedProblem]) {
    let red = AnsiColor::Red.on_default();
    for problem in list {
        let place = match (problem.line, problem.column) {
            (Some(line), Some(column)) => format!(":{line}:{column}"),
            _ => String::new(),
        };
        writeln!(
            out,
            "    {red}problem{red:#} {} {}{place}: {}",
            problem.commit.short(),
            plain(&problem.file),
            plain(&problem.message)
        )
        .expect("because writing to a string cannot fail");
    }
}

/// The answer of `diff`.
pub fn diff(view: &DiffView, layout: Layout) -> String {
    let mut out = String::new();
    for record in &view.records {
        heading(&mut out, &record.heading.heading, &record.heading.record.0);
        writeln!(out, "{BOLD}{}{BOLD:#}", record.from.step_to(&record.to))
            .expect("because writing to a string cannot fail");
        if record.deltas.is_empty() {
            out.push_str("  no difference\n");
        }
        for delta in &record.deltas {
            let (mark, style) = match delta.op {
                "added" => ("+", AnsiColor::Green.on_default()),
                "removed" => ("-", AnsiColor::Red.on_default()),
                _ => ("~", AnsiColor::Yellow.on_default()),
            };
            writeln!(out, "{style}{mark}{style:#} {}", plain(&delta.path.to_string()))
                .expect("because writing to a string cannot fail");
            let say =
                |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            match (&delta.before, &delta.after) {
                (Some(before), Some(after)) => {
                    match (before.as_str().filter(|t| t.contains(' ')), after.as_str()) {
                        (Some(b), Some(a)) => {
                            paragraph(&mut out, layout, (4, ""), &words_changed(b, a), Style::new())
                        }
                        _ => paragraph(
                            &mut out,
                            layout,
                            (4, ""),
                            &format!("{} → {}", say(before), say(after)),
                            Style::new(),
                        ),
                    }
                }
                (one, other) => {
                    if let Some(value) = one.as_ref().or(other.as_ref()) {
                        paragraph(&mut out, layout, (4, ""), &say(value), Style::new());
                    }
                }
            }
            if layout.verbose {
                proof::places(&mut out, &delta.evidence);
            }
        }
    }
    trim_end(out)
}

/// The answer of `blame`: a line a fact.
pub fn blame(view: &BlameView, layout: Layout) -> String {
    let mut out = String::new();
    heading(&mut out, &view.heading.heading, &view.heading.record.0);
    edition_line(&mut out, &view.edition);
    for fact in &view.facts {
        let value = fact.value.as_str().map_or_else(|| fact.value.to_string(), str::to_owned);
        let room = layout.width.saturating_sub(26).max(20);
        let shown = plain(&format!("{}: {}", fact.path, value.replace('\n', " ")));
        let cut: String = if shown.chars().count() > room {
            shown.chars().take(room - 1).chain(['…']).collect()
        } else {
            shown
        };
        writeln!(out, "{} {DIM}{}{DIM:#}  {cut}", fact.last.last_updated, fact.last.commit.short())
            .expect("because writing to a string cannot fail");
        if fact.first != fact.last {
            writeln!(out, "{DIM}  first {} {}{DIM:#}", fact.first.last_updated, fact.first.commit.short())
                .expect("because writing to a string cannot fail");
        }
    }
    trim_end(out)
}

/// The answer of `blame --annotate`: the file, each line that holds a fact with the edition and commit of it
/// in a comment. A fact of several lines has its comment above it, so that the text stays the same YAML.
pub fn annotated(view: &BlameView) -> String {
    let mut above: std::collections::BTreeMap<usize, String> = std::collections::BTreeMap::new();
    for fact in &view.facts {
        let first = if fact.first == fact.last {
            String::new()
        } else {
            format!(", first {} {}", fact.first.last_updated, fact.first.commit.short())
        };
        let note = format!("{} {}{first}", fact.last.last_updated, fact.last.commit.short());
        let slot = above.entry(fact.line).or_default();
        if !slot.split("; ").any(|known| known == note) {
            slot.push_str(if slot.is_empty() { "" } else { "; " });
            slot.push_str(&note);
        }
    }
    let mut out = String::new();
    for (at, line) in view.text.lines().enumerate() {
        let indent: String = line.chars().take_while(|c| *c == ' ').collect();
        if let Some(note) = above.get(&(at + 1)) {
            writeln!(out, "{indent}{DIM}# {note}{DIM:#}").expect("because writing to a string cannot fail");
        }
        writeln!(out, "{}", plain(line)).expect("because writing to a string cannot fail");
    }
    out
}
