//! Texts: remarks in brackets, addresses of the web, characters that readers must know of.

use std::ops::Range;

/// Whether a character is not seen, or turns the direction of what follows (Unicode 16, `Default_Ignorable_Code_Point`, as far
/// as no script needs it: joiners and variation selectors are letters' business).
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A text without characters that steer a terminal or a reader of lines, or that are not seen: they are written as
/// `\u{…}`. Line breaks and tabs stay.
pub fn visible(text: &str) -> String {
    let is_hidden = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible(c);
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { out.push_str(&format!("\\u{{{:x}}}", u32::from(c))) } else { out.push(c) }
    }
    out
}

/// A text with a remark in brackets, inside those that it ends with: `attended 9MSP (Geneva, 2019; first recorded here)`.
pub fn aside(text: &str, remark: &str) -> String {
    let text = text.trim();
    match text.strip_suffix(')') {
        Some(open) if text.contains('(') => format!("{open}; {remark})"),
        _ => format!("{text} ({remark})"),
    }
}

/// Where a text has addresses of the web, as ranges of bytes. Only `http` and `https` are addresses; what ends the
/// sentence that one stands in is no part of it, nor is a bracket that was opened before it.
pub fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(start) = next_address(text, from) {
        let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`|".contains(c);
        let length = text[start..].find(ends).unwrap_or(text.len() - start);
        let end = start + without_stop(&text[start..start + length]).len();
        out.push(start..end);
        from = end;
    }
    out
}

/// Where the next address begins at or after a place.
fn next_address(text: &str, from: usize) -> Option<usize> {
    let schemes = ["http://", "https://"].iter().filter_map(|scheme| text[from..].find(scheme));
    schemes.min().map(|at| from + at)
}

fn without_stop(address: &str) -> &str {
    let mut rest = address;
    loop {
        let closes_nothing = rest.ends_with(')') && rest.matches(')').count() > rest.matches('(').count();
        match rest.strip_suffix(['.', ',', ';', ':', '!', '?', '\u{bb}', '\u{201d}', '\u{2019}']) {
            Some(shorter) => rest = shorter,
            None if closes_nothing => rest = &rest[..rest.len() - 1],
            None => return rest,
        }
    }
}
