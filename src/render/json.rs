//! JSON: the views as they are, indented, one answer a document. Field names are stable; `format` comes first.

use serde::Serialize;

/// An answer as JSON text with a final newline.
pub fn write(view: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(view).expect("because views hold only strings as keys and finite numbers");
    text.push('\n');
    text
}
