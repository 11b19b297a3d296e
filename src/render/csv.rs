//! CSV (RFC 4180) for tables: one change a row.
//!
//! A cell that a spreadsheet would take for a formula gets an apostrophe in front (OWASP, "CSV Injection"): text in records is a
//! stranger's.

use super::rows::{Row, Rows};
use crate::model::report::{ReportSentence, ReportView};
use csv::{Terminator, WriterBuilder};

/// What comes after the group and identity columns.
const COLUMNS: [&str; 21] = [
    "kind",
    "rule",
    "nature",
    "state",
    "significance",
    "uncertain",
    "undated",
    "date",
    "sentence",
    "detail",
    "told_first_as",
    "path",
    "before",
    "after",
    "from_edition",
    "to_edition",
    "commit",
    "file",
    "line",
    "sources",
    "fingerprint",
];

/// The answer of `report`: a row for every sentence, counted ones too.
pub fn report(view: &ReportView) -> String {
    let sentences: Vec<&ReportSentence> = view
        .parts
        .iter()
        .flat_map(|part| part.sections.iter().flat_map(|section| &section.items))
        .chain(&view.other_years)
        .chain(&view.late_reports)
        .chain(&view.corrections)
        .chain(&view.corrected_since.corrections)
        .collect();
    let names =
        |of: fn(&ReportSentence) -> Vec<&String>| sentences.first().map(|t| of(t)).unwrap_or_default();
    let identity: Vec<&String> = names(|t| t.identity.keys().collect());
    let groups: Vec<&String> = names(|t| t.groups.keys().filter(|g| !t.identity.contains_key(*g)).collect());
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let head = ["period", "section", "record", "heading"].into_iter().map(str::to_owned);
    let head = head.chain(identity.iter().map(|n| cell(n))).chain(groups.iter().map(|n| cell(n)));
    let write = "because writing to memory cannot fail";
    writer.write_record(head.chain(COLUMNS.iter().map(|c| (*c).to_owned()))).expect(write);
    for one in sentences {
        let mut row =
            vec![view.period.name.clone(), one.section.clone(), one.record.0.clone(), one.heading.clone()];
        row.extend(identity.iter().map(|name| one.identity.get(*name).cloned().unwrap_or_default()));
        row.extend(groups.iter().map(|name| one.groups.get(*name).cloned().unwrap_or_default()));
        row.extend(rest(one));
        writer.write_record(row.iter().map(|text| cell(text))).expect(write);
    }
    String::from_utf8(writer.into_inner().expect(write)).expect("because only text was written")
}

fn rest(one: &ReportSentence) -> Vec<String> {
    let (change, observation) = (one.change.as_ref(), one.observation.as_ref());
    let json = |value: Option<&serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    let evidence = change.map(|c| &c.evidence).or(observation.map(|o| &o.evidence));
    let place =
        evidence.and_then(|places| places.iter().rev().find(|e| e.side == crate::model::results::Side::To));
    let sources = change.map(|c| &c.sources).or(observation.map(|o| &o.sources));
    let sources = sources
        .map_or_else(String::new, |s| s.iter().map(|c| c.text.as_str()).collect::<Vec<_>>().join(" | "));
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    vec![
        one.kind.clone(),
        one.rule.clone(),
        text(one.nature),
        text(one.state),
        one.significance.to_owned(),
        one.uncertain.to_string(),
        one.undated.to_string(),
        one.date.as_ref().map_or_else(String::new, ToString::to_string),
        one.message.clone(),
        one.detail.clone(),
        one.earlier.clone().unwrap_or_default(),
        change.map_or_else(String::new, |c| c.path.to_string()),
        json(change.and_then(|c| c.before.as_ref())),
        json(change.and_then(|c| c.after.as_ref())),
        one.from.as_ref().map_or_else(String::new, |e| e.last_updated.to_string()),
        one.to.last_updated.to_string(),
        one.to.commit.to_string(),
        one.to.file.clone(),
        place.map_or_else(String::new, |e| e.start.line.to_string()),
        sources,
        one.fingerprint().to_owned(),
    ]
}

/// Rows with the columns that all answers share.
pub fn rows(view: &impl Rows) -> String {
    let rows = view.rows();
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let write = "because writing to memory cannot fail";
    let first = Row::default();
    let head = rows.first().unwrap_or(&first);
    writer.write_record(head.columns()).expect(write);
    for row in &rows {
        writer.write_record(row.cells().into_iter().map(cell)).expect(write);
    }
    String::from_utf8(writer.into_inner().expect(write)).expect("because only text was written")
}

/// Text that no spreadsheet runs, and that cannot steer a terminal.
fn cell(text: &str) -> String {
    let clean = super::plain(text);
    if clean
        .starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
    {
        format!("'{clean}")
    } else {
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn nothing_in_a_cell_is_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(cell("-1+cmd|'/c calc'!A0"), "'-1+cmd|'/c calc'!A0");
        assert_eq!(cell("in favour"), "in favour");
        assert_eq!(cell("a\u{1b}[2J"), "a\\u{1b}[2J");
    }
}
