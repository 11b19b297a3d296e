//! Answers → bytes: one file a format, fed by the views of `model`; `table` says which answer has which formats.
//!
//! Must not import anything but `model`. Text out of records is a stranger's: each format makes it harmless in its own way.

pub mod csv;
pub mod findings;
pub mod html;
pub mod json;
pub mod markdown;
pub mod table;
pub mod template;
pub mod text;

pub use table::{Answer, Format, Layout, write};

/// Text that cannot steer a terminal: control characters and bidirectional overrides are shown as `\u{…}`.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let overrides = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}');
        if overrides || (c.is_control() && c != '\n' && c != '\t') {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}
