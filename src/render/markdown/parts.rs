//! The parts that Markdown answers share.

use crate::model::results::Evidence;
use std::fmt::Write;

/// Text in which nothing is markup, an HTML tag or a link, and nothing calls anybody. GitHub makes links of
/// more than Markdown does (its documentation, "Autolinked references and URLs"): addresses of the web, mail
/// addresses, `@names`, `#1`, `GH-1` and commits. Addresses and commits stand as code, which stays as it is
/// and can be copied; the others are parted by a word joiner, which is invisible.
pub fn escape(text: &str) -> String {
    let clean = crate::render::plain(text);
    let mut out = String::with_capacity(clean.len());
    let mut rest = clean.as_str();
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let length = match linked(rest, before) {
            Some(length) => {
                out.push_str(&code(&rest[..length]));
                length
            }
            None => {
                escape_one(c, rest, before, &mut out);
                c.len_utf8()
            }
        };
        before = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
    out
}

/// A character that begins nothing that is written as code.
fn escape_one(c: char, rest: &str, before: char, out: &mut String) {
    match c {
        '#' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => out.push_str("\\#\u{2060}"),
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '!' | '&' => {
            out.push('\\');
            out.push(c);
        }
        '@' => out.push_str("@\u{2060}"),
        '-' if before.eq_ignore_ascii_case(&'h') && rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            out.push_str("-\u{2060}");
        }
        '\n' | '\r' => out.push(' '),
        c => out.push(c),
    }
}

/// What begins addresses of the web, wherever it stands.
const ADDRESSES: [&str; 4] = ["http://", "https://", "ftp://", "www."];

/// How much of a text is an address or a commit at its start.
fn linked(rest: &str, before: char) -> Option<usize> {
    let begins = |start: &&&str| rest.get(..start.len()).is_some_and(|own| own.eq_ignore_ascii_case(start));
    if ADDRESSES.iter().find(begins).is_some() {
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\');
        let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
        return Some(address.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']']).len());
    }
    if before.is_ascii_alphanumeric() {
        return None;
    }
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let word = &rest[..length];
    let is_commit = (7..=40).contains(&length)
        && word.bytes().all(|b| b.is_ascii_hexdigit())
        && word.bytes().any(|b| b.is_ascii_digit());
    // Without a digit it is a word: `acceded`.
    is_commit.then_some(length)
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
