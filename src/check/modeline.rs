//! The first line of a record, by which editors find its schema (the YAML language server's modeline).

use super::Record;
use crate::model::{ByteSpan, Finding};
use crate::schema::CheckRule;
use serde_json::Value;

/// What the line starts with, after the `#`.
const MARK: &str = "yaml-language-server: $schema=";

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, out: &mut Vec<Finding>) {
    let Some(file) = record.file.source.file.as_str() else { return };
    let wanted = relative(file, &record.kind.schema_path);
    let line = format!("# {MARK}{wanted}");
    let found = record
        .file
        .source
        .reading
        .comments
        .iter()
        .find_map(|c| Some((c.span, c.text.strip_prefix(MARK)?.trim())));
    let (span, message, with) = match found {
        Some((_, named)) if named == wanted => return,
        Some((span, _)) => (span, "the first line names another schema for editors", line.clone()),
        None => {
            (ByteSpan::default(), "the first line does not name its schema for editors", format!("{line}\n"))
        }
    };
    let mut finding = record.file.finding(rule, (Some(span), None), Value::Null, message.to_owned());
    finding.help = Some(format!("write `{line}`"));
    finding.fix = Some(record.file.fix("name the schema", true, span, with));
    out.push(finding);
}

/// The way from a file to another, both from the repository's root.
fn relative(from: &str, to: &str) -> String {
    let (from, to): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count().min(from.len() - 1);
    let up = std::iter::repeat_n("..", from.len() - 1 - shared);
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn ways_between_files() {
        assert_eq!(relative("data/lights/north/a.yaml", "schema/p.json"), "../../../schema/p.json");
        assert_eq!(relative("data/a.yaml", "data/schema/p.json"), "schema/p.json");
        assert_eq!(relative("a.yaml", "p.json"), "p.json");
    }
}
