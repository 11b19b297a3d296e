//! Addresses in a text as links, the rest of it as text.

use minijinja::{HtmlEscape, Value};
use std::fmt::Write;

/// A text as HTML in which each web address is a link. Only `http` and `https` are addresses; a page that is followed is not told whence.
pub(super) fn linked(text: &str) -> Value {
    let mut out = String::new();
    let mut at = 0;
    while let Some(start) = next_address(text, at) {
        let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | '|');
        let end = text[start..].find(ends).map_or(text.len(), |length| start + length);
        let address = without_stop(&text[start..end]);
        let (before, link) = (HtmlEscape(&text[at..start]), HtmlEscape(address));
        write!(out, "{before}<a href=\"{link}\" rel=\"noopener noreferrer\">{link}</a>").expect(WRITES);
        at = start + address.len();
    }
    write!(out, "{}", HtmlEscape(&text[at..])).expect(WRITES);
    Value::from_safe_string(out)
}

const WRITES: &str = "because writing to a string cannot fail";

/// Where the next web address begins at or after a place.
fn next_address(text: &str, from: usize) -> Option<usize> {
    let schemes = ["http://", "https://"].iter().filter_map(|scheme| text[from..].find(scheme));
    schemes.min().map(|at| from + at)
}

/// An address without what ends the sentence it stands in, and without a bracket that was opened before it.
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

#[cfg(test)]
mod tests {
    use super::linked;

    #[test]
    fn only_web_addresses_are_links() {
        let html = |text: &str| linked(text).to_string().replace("&#x2f;", "/");
        let link = |to: &str| format!("<a href=\"{to}\" rel=\"noopener noreferrer\">{to}</a>");
        assert_eq!(html("Record, https://a.org/x."), format!("Record, {}.", link("https://a.org/x")));
        assert_eq!(html("(see http://a.org/b_(c))"), format!("(see {})", link("http://a.org/b_(c)")));
        assert!(!html("javascript:alert(1) data:text/html,x file:///etc").contains("<a"));
        let hostile = html("https://a.org/\"onmouseover=\"alert(1) <b>");
        assert!(!hostile.contains("<b>") && !hostile.contains("\"onmouseover"), "{hostile}");
    }
}
