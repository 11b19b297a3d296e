//! The codebook's table of fields, compared with the schema. `UPDATE=1 cargo test --test suite codebook`
//! writes it anew.

use serde_json::Value;
use std::path::Path;

const HEAD: &str = "| field | what it is | values |\n| --- | --- | --- |\n";

#[test]
fn the_table_of_fields_is_what_the_schema_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read(root.join("schema/position.schema.json")).expect("the schema can be read");
    let schema: Value = serde_json::from_slice(&text).expect("the schema is JSON");
    let mut rows = String::new();
    properties(&schema, &schema, "", &mut rows);
    let wanted = format!("{HEAD}{rows}");
    let path = root.join("dataset/README.md");
    let page = std::fs::read_to_string(&path).expect("the codebook can be read");
    let start = page.find(HEAD).expect("the codebook has a table of fields");
    let end = page[start..].find("\n\n").map_or(page.len(), |at| start + at + 1);
    if std::env::var_os("UPDATE").is_some() {
        let rest = page[end..].trim_start_matches('\n');
        let gap = if rest.is_empty() { "" } else { "\n" };
        std::fs::write(&path, format!("{}{wanted}{gap}{rest}", &page[..start]))
            .expect("the codebook can be written");
        return;
    }
    let differs = page[start..end].lines().zip(wanted.lines()).find(|(stands, wanted)| stands != wanted);
    assert!(
        page[start..end] == wanted,
        "dataset/README.md is not what the schema says; `UPDATE=1 cargo test --test suite codebook` writes \
            it\n{differs:#?}"
    );
}

/// The rows of an object's properties. Lists of sources are alike everywhere and have no row.
fn properties(schema: &Value, root: &Value, prefix: &str, rows: &mut String) {
    for (name, property) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let shape = Resolved { own: property, root };
        let is_citation = shape.get("items").and_then(|items| items.get("x-ref")).is_some();
        if is_citation {
            continue;
        }
        let path = format!("{prefix}{name}");
        row(&shape, &path, rows);
        properties(shape.whole(), root, &format!("{path}."), rows);
        if let Some(items) = shape.get("items") {
            properties(Resolved { own: items, root }.whole(), root, &format!("{path}[]."), rows);
        }
        if let Some(other) = shape.get("additionalProperties").filter(|other| other.is_object()) {
            properties(Resolved { own: other, root }.whole(), root, &format!("{path}.*."), rows);
        }
    }
}

fn row(shape: &Resolved<'_>, path: &str, rows: &mut String) {
    let text = |key: &str| shape.get(key).and_then(Value::as_str).unwrap_or_default();
    let what = format!("{}. {}", text("title"), text("description"));
    rows.push_str(&format!("| `{path}` | {} | {} |\n", what.replace('|', "\\|"), values(shape)));
}

fn values(shape: &Resolved<'_>) -> String {
    if let Some(values) = shape.get("enum").and_then(Value::as_array) {
        let said = shape.get("x-words");
        let one = |value: &Value| {
            let value = value.as_str().unwrap_or_default();
            let said = said.and_then(|said| said.get(value)).and_then(Value::as_str);
            said.filter(|said| *said != value)
                .map_or_else(|| format!("`{value}`"), |said| format!("`{value}` ({said})"))
        };
        return values.iter().map(one).collect::<Vec<_>>().join(", ");
    }
    match (shape.get("format").and_then(Value::as_str), shape.get("type")) {
        (Some("date"), _) => "date, day".to_owned(),
        (Some("partial-date"), _) => "date, day, month or year".to_owned(),
        (_, Some(Value::Array(_))) => "number or text".to_owned(),
        (_, Some(Value::String(kind))) => match kind.as_str() {
            "boolean" => "`true`, `false`".to_owned(),
            "integer" | "number" => "number".to_owned(),
            "object" => "map".to_owned(),
            "array" => list(shape),
            _ => "text".to_owned(),
        },
        _ => "any".to_owned(),
    }
}

fn list(shape: &Resolved<'_>) -> String {
    if let Some(key) = shape.get("x-key").and_then(Value::as_array) {
        let key: Vec<String> = key.iter().filter_map(Value::as_str).map(|key| format!("`{key}`")).collect();
        return format!("list, one entry for each {}", key.join(" and "));
    }
    let Some(items) = shape.get("items") else { return "list".to_owned() };
    let items = Resolved { own: items, root: shape.root };
    match values(&items).as_str() {
        "text" => "list of texts".to_owned(),
        "map" => "list of maps".to_owned(),
        other => format!("list of {other}"),
    }
}

/// A schema with what it refers to: its own keywords first.
struct Resolved<'s> {
    own: &'s Value,
    root: &'s Value,
}

impl<'s> Resolved<'s> {
    fn target(&self) -> Option<&'s Value> {
        self.root.pointer(self.own.get("$ref")?.as_str()?.strip_prefix('#')?)
    }

    fn get(&self, key: &str) -> Option<&'s Value> {
        self.own.get(key).or_else(|| self.target()?.get(key))
    }

    /// The schema that has the properties.
    fn whole(&self) -> &'s Value {
        self.target().filter(|_| self.own.get("properties").is_none()).unwrap_or(self.own)
    }
}
