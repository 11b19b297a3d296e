//! HTML of what a site has by the hundred thousand, written without a template: markup is text of the program
//! (`&'static str`), whatever else is added is escaped.

use crate::model::text::{addresses, is_hidden};
use minijinja::Value;
use std::fmt::{Display, Write};

/// HTML that is being written.
#[derive(Debug, Default)]
pub struct Markup(String);

impl Markup {
    /// Adds markup of the program.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Adds text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        escape_into(&mut self.0, text);
        self
    }

    /// Adds a number, a date or the like as text.
    pub fn of(&mut self, value: &impl Display) -> &mut Self {
        write!(Escaped(&mut self.0), "{value}").expect("because writing to a string cannot fail");
        self
    }

    /// Adds text in which addresses of the web are links.
    pub fn linked(&mut self, text: &str) -> &mut Self {
        let mut at = 0;
        for found in addresses(text) {
            let address = &text[found.clone()];
            self.text(&text[at..found.start]);
            self.raw("<a href=\"").text(address).raw("\" rel=\"external nofollow noreferrer\">");
            self.text(address).raw("</a>");
            at = found.end;
        }
        self.text(&text[at..])
    }

    /// For a template, which does not escape it again.
    pub fn value(self) -> Value {
        Value::from_safe_string(self.0)
    }
}

/// Escapes what is written to it.
struct Escaped<'o>(&'o mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        escape_into(self.0, text);
        Ok(())
    }
}

/// Adds a text to HTML or XML: inert in an element and in a quoted attribute, without characters that are
/// not seen or that XML does not have.
pub fn escape_into(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let entity = match c {
            '<' => "&lt;",
            '>' => "&gt;",
            '&' => "&amp;",
            '"' => "&quot;",
            '\'' => "&#x27;",
            _ if is_hidden(c) => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(entity);
        if entity.is_empty() {
            write!(out, "\\u{{{:x}}}", u32::from(c)).expect("because writing to a string cannot fail");
        }
        from = at + c.len_utf8();
    }
    out.push_str(&text[from..]);
}

#[cfg(test)]
mod tests {
    use super::Markup;

    #[test]
    fn only_the_programs_own_text_is_markup() {
        let mut out = Markup::default();
        out.raw("<p>")
            .text("<b> & \"'\u{1b}é")
            .of(&"<i>")
            .linked("see https://a.example/x?a=1&b=2.")
            .raw("</p>");
        let wanted = "<p>&lt;b&gt; &amp; &quot;&#x27;\\u{1b}é&lt;i&gt;see \
                      <a href=\"https://a.example/x?a=1&amp;b=2\" rel=\"external nofollow noreferrer\">\
                      https://a.example/x?a=1&amp;b=2</a>.</p>";
        assert_eq!(out.0, wanted);
    }
}
