//! JSON: the views as they are, indented, one answer a document. Field names are stable; `format` comes
//! first.

use serde::Serialize;

/// An answer as JSON text with a final newline.
pub fn write(view: &impl Serialize) -> String {
    let mut text = inert(&pretty(view));
    text.push('\n');
    text
}

fn pretty(view: &impl Serialize) -> String {
    serde_json::to_string_pretty(view).expect("because views hold only strings as keys and finite numbers")
}

/// JSON in which what could steer a terminal, or a runner that reads `##[command]` in any line, is escaped:
/// the same values.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Outside strings a bracket never follows a `#`.
            '[' if out.ends_with("##") => out.push_str("\\u005b"),
            c if !c.is_ascii() && super::is_hidden(c) => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// A value as JSON on one line.
pub fn one_line(of: &impl Serialize) -> String {
    inert(&serde_json::to_string(of).expect("because views hold only strings as keys and finite numbers"))
}

/// A view as a JSON value.
pub fn value(view: &impl Serialize) -> serde_json::Value {
    serde_json::to_value(view).expect("because views hold only strings as keys and finite numbers")
}

/// An answer that [`write`] wrote, with one more field at its end.
pub fn with_field(answer: &str, name: &str, field: &impl Serialize) -> String {
    let open = answer.trim_end().strip_suffix('}').expect("because an answer is an object").trim_end();
    let field = inert(&pretty(field)).replace('\n', "\n  ");
    format!("{open},\n  \"{name}\": {field}\n}}\n")
}

/// One object of a list that [`list`] puts together: as [`write`] would write it there.
pub fn item(view: &impl Serialize) -> String {
    let text = inert(&pretty(view));
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for (at, line) in text.lines().enumerate() {
        out.push_str(if at == 0 { "    " } else { "\n    " });
        out.push_str(line);
    }
    out
}

/// An answer that is a format's name and one list, in parts: together what [`write`] gives for the whole
/// view.
pub fn list(format: &str, name: &str, items: Vec<String>) -> Vec<String> {
    let mut parts = vec![format!("{{\n  \"format\": \"{format}\",\n  \"{name}\": [")];
    let any = !items.is_empty();
    for (at, item) in items.into_iter().enumerate() {
        parts.extend([if at == 0 { "\n" } else { ",\n" }.to_owned(), item]);
    }
    parts.push(if any { "\n  ]\n}\n" } else { "]\n}\n" }.to_owned());
    parts
}
