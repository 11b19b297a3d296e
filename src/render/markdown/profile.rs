//! A record as a profile to paste into a document.

use super::{escape, finish, line};
use crate::model::view::{ProfileSection, ShowView};

/// The answer of `show`.
pub fn profile(view: &ShowView) -> String {
    let mut out = String::new();
    line(&mut out, &format!("## {}\n", escape(&view.heading.heading)));
    line(&mut out, &format!("Edition of {}.\n", view.edition.dated_in_words()));
    if !view.profile.standing.is_empty() {
        line(&mut out, "### What stands\n");
        for observation in &view.profile.standing {
            let detail = match observation.detail.as_str() {
                "" => String::new(),
                detail => format!("; {}", escape(detail)),
            };
            line(&mut out, &format!("- **{}**{detail}", escape(&observation.message)));
        }
        out.push('\n');
    }
    view.profile.sections.iter().chain(&view.profile.prose).for_each(|one| section(&mut out, one));
    if !view.profile.sources.is_empty() {
        line(&mut out, "### Sources\n");
        for (at, source) in view.profile.sources.iter().enumerate() {
            line(&mut out, &format!("{}. {}", at + 1, escape(source)));
        }
    }
    finish(out)
}

fn section(out: &mut String, section: &ProfileSection) {
    line(out, &format!("### {}\n", escape(&section.title)));
    if let Some(date) = &section.assessed_through {
        line(out, &format!("*Assessed through {date}.*\n"));
    }
    let alone = section.lines.len() == 1 && section.lines[0].label.is_none();
    for one in &section.lines {
        let notes: String = one.notes.iter().map(|number| format!("\\[{number}\\]")).collect();
        let notes = if notes.is_empty() { notes } else { format!(" {notes}") };
        let text = match &one.label {
            Some(label) if one.text.is_empty() => format!("{}{notes}", escape(label)),
            Some(label) => format!("**{}**: {}{notes}", escape(label), escape(&one.text)),
            None => format!("{}{notes}", escape(&one.text)),
        };
        let mark = if alone { "" } else { "- " };
        line(out, &format!("{}{mark}{text}", "  ".repeat(one.depth)));
    }
    out.push('\n');
}
