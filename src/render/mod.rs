//! Answers → bytes: one file a format, fed by the views of `model`; `table` says which answer has which formats.
//!
//! Must not import anything but `model`. Text out of records is a stranger's: each format makes it harmless in its own way.

pub mod cite;
pub mod csv;
pub mod findings;
pub mod html;
pub mod json;
pub mod markdown;
pub mod rows;
pub mod table;
pub mod template;
pub mod text;

pub use table::{Answer, Format, Layout, write};

/// Text that cannot steer a terminal: control characters, and characters that nobody sees, are shown as `\u{…}`.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\n' && c != '\t' {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character steers what is shown, or shows nothing itself: control characters, and what `model` calls invisible.
fn is_hidden(c: char) -> bool {
    c.is_control() || crate::model::text::is_invisible(c)
}
