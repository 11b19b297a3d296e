//! Addresses in a text as links, the rest of it as text; and where the pages of records are.

use crate::model::RecordId;
use crate::model::text::addresses;
use minijinja::{HtmlEscape, Value};
use std::fmt::Write;
use std::ops::Range;

/// The page of a record, for pages that stand beside others.
pub type LinkTo<'l> = &'l dyn Fn(&RecordId) -> Option<String>;

/// The address of a sentence with its proof, by record and fingerprint, for pages that need not repeat it.
pub type ProofAt<'l> = &'l dyn Fn(&RecordId, &str) -> Option<String>;

/// A text as HTML in which each web address is a link. The page that is followed does not learn where from.
pub(super) fn linked(text: &str) -> Value {
    let mut out = String::new();
    let mut at = 0;
    for Range { start, end } in addresses(text) {
        let (before, link) = (HtmlEscape(&text[at..start]), HtmlEscape(&text[start..end]));
        write!(out, "{before}<a href=\"{link}\" rel=\"noopener noreferrer\">{link}</a>").expect(WRITES);
        at = end;
    }
    write!(out, "{}", HtmlEscape(&text[at..])).expect(WRITES);
    Value::from_safe_string(out)
}

const WRITES: &str = "because writing to a string cannot fail";

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
