//! The parts that Markdown answers share.

use crate::model::results::Evidence;
use std::fmt::Write;

/// Text in which nothing is markup, an HTML tag, a link or a mention.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::render::plain(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '!' | '&' => {
                out.push('\\');
                out.push(c);
            }
            // A word joiner after it keeps an at sign from calling anybody.
            '@' => out.push_str("@\u{2060}"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text as code, whatever backticks it holds.
pub fn code(text: &str) -> String {
    let clean = crate::render::plain(text).replace('\n', " ");
    let mut ticks = "`".to_owned();
    while clean.contains(&ticks) {
        ticks.push('`');
    }
    let pad = if clean.starts_with('`') || clean.ends_with('`') { " " } else { "" };
    format!("{ticks}{pad}{clean}{pad}{ticks}")
}

pub(super) fn line(out: &mut String, text: &str) {
    writeln!(out, "{text}").expect("because writing to a string cannot fail");
}

pub(super) fn finish(mut out: String) -> String {
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

pub(super) fn proof(out: &mut String, evidence: &[Evidence], fingerprint: &str, verbose: bool) {
    if !verbose {
        return;
    }
    for one in evidence {
        let place = format!("{}:{}:{}:{}", one.commit.short(), one.file, one.start.line, one.start.column);
        line(out, &format!("  - {} {}", code(&place), code(&one.path.to_string())));
    }
    line(out, &format!("  - {}", code(fingerprint)));
}
