//! The parts of pages that repeat with every line of a record and every sentence: profiles, rows, sources,
//! rows of editions.

use super::firsts::LineSince;
use super::markup::Markup;
use super::sentences::{EditionLink, SentenceRow, StepSentence};
use crate::model::PartialDate;
use crate::model::results::Observation;
use crate::model::view::{Profile, ProfileLine, ProfileSection};
use minijinja::Value;

/// The deepest indentation that the style sheet knows.
const DEEPEST: usize = 4;

/// The parts of a record as of one edition, and the prose; beside each line the edition since which it
/// stands, where those are given.
pub fn profile(of: &Profile, since: &[LineSince<'_>]) -> Value {
    let mut out = Markup::default();
    let mut since = since.iter();
    for section in of.sections.iter().chain(&of.prose) {
        add_section(&mut out, section, &mut since);
    }
    out.value()
}

fn add_section<'s>(
    out: &mut Markup,
    section: &ProfileSection,
    since: &mut impl Iterator<Item = &'s LineSince<'s>>,
) {
    out.raw("<section class=\"part\">\n<h3>").text(&section.title);
    if let Some(through) = &section.assessed_through {
        out.raw(" <span class=\"n\">assessed through ").text(through).raw("</span>");
    }
    out.raw("</h3>\n<ul class=\"facts\">\n");
    for line in &section.lines {
        add_line(out, line, since.next());
    }
    out.raw("</ul>\n</section>\n");
}

fn add_line(out: &mut Markup, line: &ProfileLine, since: Option<&LineSince<'_>>) {
    match line.depth {
        0 => out.raw("<li>"),
        depth => out.raw("<li class=\"d").of(&depth.min(DEEPEST)).raw("\">"),
    };
    if let Some(label) = &line.label {
        out.raw("<b>").text(label).raw("</b>");
        if !line.text.is_empty() {
            out.raw(": ");
        }
    }
    out.text(&line.text);
    for note in &line.notes {
        out.raw(" <a class=\"note\" href=\"#source-").of(note).raw("\">[").of(note).raw("]</a>");
    }
    if let Some(since) = since {
        out.raw(" <a class=\"since\" href=\"").text(since.page).raw("\" title=\"").text(&since.edition);
        out.raw("\">recorded since ").text(&since.date).raw("</a>");
    }
    out.raw("</li>\n");
}

/// The sources that a profile numbers.
pub fn sources(list: &[String]) -> Value {
    let mut out = Markup::default();
    for (at, source) in list.iter().enumerate() {
        out.raw("<li id=\"source-").of(&(at + 1)).raw("\">").linked(source).raw("</li>\n");
    }
    out.value()
}

/// The editions of a record in a row: a slider whose stops are links.
pub fn editions(list: &[EditionLink], current: &PartialDate) -> Value {
    let mut out = Markup::default();
    out.raw("<nav class=\"slider\" aria-label=\"Editions\"><ol class=\"editions\">\n");
    for one in list {
        out.raw("<li><a href=\"").text(&one.page).raw("\"");
        if one.date == *current {
            out.raw(" aria-current=\"page\"");
        }
        out.raw(">").of(&one.date).raw("</a></li>\n");
    }
    out.raw("</ol></nav>");
    out.value()
}

/// What stands, each with its grounds; the proof is on the page of sentences.
pub fn standing(list: &[Observation]) -> Value {
    let mut out = Markup::default();
    for one in list {
        out.raw("<li><a href=\"sentences.html#")
            .text(&one.fingerprint)
            .raw("\">")
            .text(&one.message)
            .raw("</a>");
        if !one.detail.is_empty() {
            out.raw("<br><span class=\"quiet\">").text(&one.detail).raw("</span>");
        }
        out.raw("</li>\n");
    }
    out.value()
}

/// Sentences as rows of a table; `base` leads from the page to where the rows' addresses begin.
pub fn said(list: &[SentenceRow], base: &str) -> Value {
    let mut out = Markup::default();
    for one in list {
        let groups =
            serde_json::to_string(&one.groups).expect("because a mapping of texts can be written as JSON");
        out.raw("<tr data-groups=\"").text(&groups).raw("\" data-nature=\"").text(&one.nature);
        out.raw("\">\n<th scope=\"row\">");
        if let Some(heading) = &one.heading {
            out.text(heading).raw(", ");
        }
        out.raw("<span class=\"day\">").text(&one.step).raw("</span></th>\n");
        add_said(&mut out, (&one.message, &one.detail), (base, &one.link), &one.nature);
        out.raw("</tr>\n");
    }
    out.value()
}

/// The sentences of the step to one edition as rows of a table, on the edition's own page.
pub fn step(list: &[StepSentence]) -> Value {
    let mut out = Markup::default();
    for one in list {
        out.raw("<tr>\n");
        let address = ("sentences.html#", one.fingerprint.as_str());
        add_said(&mut out, (&one.message, &one.detail), address, &one.nature);
        out.raw("</tr>\n");
    }
    out.value()
}

/// A sentence with its grounds, both parts of its address, and its nature, as cells of a row.
fn add_said(out: &mut Markup, (message, detail): (&str, &str), address: (&str, &str), nature: &str) {
    out.raw("<td><details><summary>").text(message).raw("</summary>\n<p class=\"quiet\">");
    if !detail.is_empty() {
        out.text(detail).raw(if detail.ends_with(['.', '!', '?']) { " " } else { ". " });
    }
    out.raw("<a href=\"").text(address.0).text(address.1);
    out.raw("\">Proof, and the address of this sentence</a></p></details></td>\n<td class=\"when\">");
    out.text(&nature.replace('-', " ")).raw("</td>\n");
}
