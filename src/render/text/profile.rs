//! A record as a profile to read.

use super::{BOLD, DIM, Layout, heading, paragraph, plain, trim_end};
use crate::model::view::{ProfileSection, ShowView};
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

const WRITES: &str = "because writing to a string cannot fail";

/// The answer of `show`.
pub fn profile(view: &ShowView, layout: Layout) -> String {
    let mut out = String::new();
    heading(&mut out, &view.heading.heading, &view.heading.record.0);
    let edition = &view.edition;
    writeln!(out, "{DIM}edition of {} ({}){DIM:#}", edition.dated_in_words(), edition.commit.short())
        .expect(WRITES);
    if !view.profile.standing.is_empty() {
        title(&mut out, "What stands", None);
        for observation in &view.profile.standing {
            paragraph(&mut out, layout, (4, "  • "), &observation.message, BOLD);
            if layout.verbose && !observation.detail.is_empty() {
                paragraph(&mut out, layout, (4, ""), &observation.detail, Style::new());
            }
        }
    }
    view.profile.sections.iter().for_each(|one| section(&mut out, one, layout));
    view.profile.prose.iter().for_each(|one| section(&mut out, one, layout));
    if !view.profile.sources.is_empty() {
        title(&mut out, "Sources", None);
        for (at, source) in view.profile.sources.iter().enumerate() {
            paragraph(
                &mut out,
                layout,
                (7, &format!("{:>5}  ", format!("[{}]", at + 1))),
                source,
                Style::new(),
            );
        }
    }
    trim_end(out)
}

fn title(out: &mut String, text: &str, assessed: Option<&str>) {
    let style = AnsiColor::Cyan.on_default().bold();
    let assessed = assessed.map_or_else(String::new, |date| format!("  {DIM}assessed through {date}{DIM:#}"));
    writeln!(out, "\n{style}{}{style:#}{assessed}", plain(text)).expect(WRITES);
}

fn section(out: &mut String, section: &ProfileSection, layout: Layout) {
    title(out, &section.title, section.assessed_through.as_deref());
    for line in &section.lines {
        let indent = 2 + 2 * line.depth;
        let notes: String = line.notes.iter().map(|number| format!("[{number}]")).collect();
        let gap = if notes.is_empty() || line.text.is_empty() && line.label.is_none() { "" } else { " " };
        let text = match &line.label {
            Some(label) if line.text.is_empty() => format!("{label}{gap}{notes}"),
            Some(label) => format!("{label}: {}{gap}{notes}", line.text),
            None => format!("{}{gap}{notes}", line.text),
        };
        paragraph(out, layout, (indent + 2, &" ".repeat(indent)), &text, Style::new());
    }
}
