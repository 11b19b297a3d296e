//! The parts that answers in text share.

use super::super::{Layout, plain};
use crate::model::NatureKind;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

pub(super) const BOLD: Style = Style::new().bold();

pub(super) const DIM: Style = Style::new().dimmed();

pub(super) fn heading(out: &mut String, text: &str, id: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    writeln!(out, "{BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}", plain(text), plain(id))
        .expect("because writing to a string cannot fail");
}

pub(super) fn trim_end(mut out: String) -> String {
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

pub(super) fn nature_style(kind: NatureKind) -> Style {
    match kind {
        NatureKind::Development | NatureKind::Added => AnsiColor::Green.on_default(),
        NatureKind::LateReport => AnsiColor::Cyan.on_default(),
        NatureKind::Correction | NatureKind::Changed => AnsiColor::Yellow.on_default(),
        NatureKind::Retraction | NatureKind::Removed => AnsiColor::Magenta.on_default(),
        NatureKind::Omission | NatureKind::Editorial | NatureKind::Review => DIM,
    }
}

/// Where the sentence begins, after its label.
pub(super) const INDENT: usize = 14;

pub(super) fn labelled(out: &mut String, layout: Layout, label: &str, style: Style, message: &str) {
    let first = format!("  {style}{label:<11}{style:#} ");
    paragraph(out, layout, (INDENT, &first), message, Style::new());
}

/// A wrapped paragraph: `first` stands in place of the first line's indent.
pub(super) fn paragraph(
    out: &mut String,
    layout: Layout,
    (indent, first): (usize, &str),
    text: &str,
    style: Style,
) {
    let width = layout.width.saturating_sub(indent).max(20);
    let clean = plain(text);
    let lines = textwrap::wrap(
        &clean,
        textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation),
    );
    for (at, line) in lines.iter().enumerate() {
        let lead = if at == 0 && !first.is_empty() { first.to_owned() } else { " ".repeat(indent) };
        writeln!(out, "{lead}{style}{line}{style:#}").expect("because writing to a string cannot fail");
    }
}

pub(super) fn long_text(value: &Option<serde_json::Value>) -> Option<&str> {
    value.as_ref().and_then(serde_json::Value::as_str).filter(|text| text.contains(' '))
}

/// The longest two texts that are compared word by word, in bytes together.
const LONGEST_COMPARED: usize = 100_000;

/// The words that differ between two texts: `[-gone-]{+new+}`, with what lies far from any difference left
/// out.
///
/// Texts of very many words are shown whole: comparing them takes time that grows with the square of their
/// length.
pub fn words_changed(before: &str, after: &str) -> String {
    if before.len() + after.len() > LONGEST_COMPARED {
        return format!("[-{}-]{{+{}+}}", before.trim_end(), after.trim_end());
    }
    let diff = similar::TextDiff::configure()
        .algorithm(similar::Algorithm::Histogram)
        .diff_unicode_words(before, after);
    let mut out = String::new();
    for op in diff.ops() {
        let old: String = op.old_range().filter_map(|at| diff.old_slice(at)).collect();
        let new: String = op.new_range().filter_map(|at| diff.new_slice(at)).collect();
        match op.tag() {
            similar::DiffTag::Equal => out.push_str(&shortened(&old)),
            tag => {
                if tag != similar::DiffTag::Insert {
                    out.push_str(&format!("[-{}-]", old.trim_end()));
                }
                if tag != similar::DiffTag::Delete {
                    out.push_str(&format!("{{+{}+}}", new.trim_end()));
                }
                if old.ends_with(' ') || new.ends_with(' ') {
                    out.push(' ');
                }
            }
        }
    }
    out
}

fn shortened(text: &str) -> String {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    if words.len() <= 12 {
        return text.to_owned();
    }
    format!("{}… {}", words[..5].concat(), words[words.len() - 5..].concat())
}
