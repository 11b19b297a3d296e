//! Spans: the text at every place the tool names, read again, is the value it reports.

use crate::support::policy::{Held, MapFiles, identity};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sincewhen::document::{self, ReadOptions};
use sincewhen::model::results::{Evidence, Side};
use sincewhen::model::{ByteSpan, Document, LineColumn, Node};
use sincewhen::rules::Engine;

/// How a text is written.
#[derive(Clone, Copy, Debug)]
enum Style {
    Plain,
    Single,
    Double,
    Literal(&'static str),
    Folded(&'static str),
}

/// One field of a random file.
#[derive(Clone, Debug)]
enum Field {
    Text { value: Vec<&'static str>, style: Style, anchor: bool, comment: bool },
    Alias,
    Word(&'static str),
    Flow(Vec<&'static str>),
    FlowMap(Vec<&'static str>),
    Block(Vec<&'static str>),
    Items(Vec<Vec<&'static str>>),
    Nothing,
}

const WORDS: &[&str] = &["tower", "Käse", "日本", "é", "a'b", "say “so”", "🗼", "x-y", "n"];

fn style() -> impl Strategy<Value = Style> {
    select(vec![
        Style::Plain,
        Style::Single,
        Style::Double,
        Style::Literal("|"),
        Style::Literal("|-"),
        Style::Literal("|+"),
        Style::Literal("|2-"),
        Style::Folded(">"),
        Style::Folded(">-"),
    ])
}

fn field() -> impl Strategy<Value = Field> {
    let words = || vec(select(WORDS.to_vec()), 1..4);
    prop_oneof![
        6 => (words(), style(), any::<bool>(), any::<bool>())
            .prop_map(|(value, style, anchor, comment)| Field::Text { value, style, anchor, comment }),
        1 => Just(Field::Alias),
        2 => select(vec!["12", "-3.5", "true", "null", "~", "0x1F", "2019-08-20", "2019"])
            .prop_map(Field::Word),
        2 => words().prop_map(Field::Flow),
        1 => words().prop_map(Field::FlowMap),
        1 => words().prop_map(Field::Block),
        2 => vec(words(), 1..3).prop_map(Field::Items),
        1 => Just(Field::Nothing),
    ]
}

/// Writes fields as a file. Key fields of items are distinct.
fn file(fields: &[Field], crlf: bool, comment_first: bool) -> String {
    let mut out = String::new();
    if comment_first {
        out.push_str("# ünï ▲ first\n");
    }
    let mut anchored = None;
    for (at, field) in fields.iter().enumerate() {
        out.push_str(&format!("f{at}:"));
        match field {
            Field::Text { value, style, anchor, comment } => {
                if *anchor {
                    out.push_str(&format!(" &a{at}"));
                }
                text(&mut out, value, *style, *comment);
                if *anchor {
                    anchored = Some(at);
                }
            }
            Field::Alias => match anchored {
                Some(at) => out.push_str(&format!(" *a{at}\n")),
                None => out.push_str(" none\n"),
            },
            Field::Word(word) => out.push_str(&format!(" {word}  # a comment\n")),
            Field::Flow(words) => {
                let words: Vec<String> = words.iter().map(|w| quoted(w)).collect();
                out.push_str(&format!(" [{},\n    last ]\n", words.join(" , ")));
            }
            Field::FlowMap(words) => {
                let entries: Vec<String> =
                    words.iter().enumerate().map(|(n, w)| format!("k{n}: {}", quoted(w))).collect();
                out.push_str(&format!(" {{ {} }}\n", entries.join(", ")));
            }
            Field::Block(words) => {
                out.push('\n');
                for (n, word) in words.iter().enumerate() {
                    out.push_str(&format!("  k{n}: {}\n", quoted(word)));
                }
            }
            Field::Items(items) => {
                out.push('\n');
                for (n, words) in items.iter().enumerate() {
                    out.push_str(&format!("  - id: i{n}\n    # between\n    text: >-\n"));
                    for word in words {
                        out.push_str(&format!("      {word}\n"));
                    }
                    out.push_str(&format!("    flow: {{q: {}}}\n", quoted(words[0])));
                }
            }
            Field::Nothing => out.push('\n'),
        }
    }
    if crlf { out.replace('\n', "\r\n") } else { out }
}

fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

fn text(out: &mut String, words: &[&str], style: Style, comment: bool) {
    let tail = if comment { "  # après" } else { "" };
    match style {
        Style::Plain => out.push_str(&format!(" x{}{tail}\n", words.join(" "))),
        Style::Single => out.push_str(&format!(" '{}'{tail}\n", words.join(" ").replace('\'', "''"))),
        Style::Double => {
            out.push_str(&format!(" \"{}\\t\\u00e9\n    {}\"{tail}\n", words.join("\\n"), words[0]))
        }
        Style::Literal(head) | Style::Folded(head) => {
            out.push_str(&format!(" {head}{tail}\n"));
            for (at, word) in words.iter().enumerate() {
                out.push_str(&format!("  {word}\n"));
                if at == 0 && words.len() > 1 {
                    out.push('\n');
                }
            }
        }
    }
}

/// Reads a slice again as a text of its own. Its first line is moved to the column it stood in, so that the
/// lines of a block keep their places to each other.
fn again(slice: &str, column: usize) -> Option<Node> {
    let padded = format!("{}{slice}", " ".repeat(column - 1));
    document::read(padded.as_bytes(), &ReadOptions::lenient()).document.map(|doc| doc.root)
}

fn all_nodes<'n>(node: &'n Node, out: &mut Vec<&'n Node>) {
    out.push(node);
    node.entries().iter().for_each(|entry| all_nodes(&entry.value, out));
    node.items().iter().for_each(|item| all_nodes(item, out));
}

/// A byte from a place for people. Made without the code under test: lines end with LF, CR LF or CR, columns
/// are code points.
fn byte_of(text: &str, place: LineColumn) -> usize {
    let (mut line, mut column) = (1, 1);
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        if (c != '\n' || before != '\r') && (line, column) == (place.line, place.column) {
            return at;
        }
        match c {
            '\n' if before == '\r' => {}
            '\n' | '\r' => (line, column) = (line + 1, 1),
            _ => column += 1,
        }
        before = c;
    }
    text.len()
}

fn read(text: &str) -> Document {
    let reading = document::read(text.as_bytes(), &ReadOptions::lenient());
    reading.document.unwrap_or_else(|| panic!("{:?}\n{text}", reading.problems))
}

fn check_span(document: &Document, node: &Node) -> Result<(), TestCaseError> {
    let ByteSpan { start, end } = node.span;
    prop_assert!(start <= end && end <= document.text.len());
    let slice = document.slice(node.span);
    // An alias inside a part has its anchor outside; the scalar under the alias is checked by itself.
    if slice.contains('*') && node.scalar_text().is_none() {
        return Ok(());
    }
    let read = again(slice, document.place(start).column);
    prop_assert!(
        read.as_ref().is_some_and(|read| read.same_value(node)),
        "{slice:?} is {:?}, not {:?}",
        read,
        node.value
    );
    Ok(())
}

const SCHEMA: &str = r#"{"type": "object", "additionalProperties": {"x-key": ["id"]}}"#;
const MANIFEST: &str = "format: sincewhen.manifest/1\nrecords: [{kind: k, path: '*.yaml', \
    schema: k.json, identity: [f0], date: d}]\n";

fn check_evidence(
    document: &Document,
    evidence: &Evidence,
    reported: &serde_json::Value,
) -> Result<(), TestCaseError> {
    let (start, end) = (byte_of(&document.text, evidence.start), byte_of(&document.text, evidence.end));
    let slice = &document.text[start..end];
    if slice.contains('*') {
        return Ok(());
    }
    let read = again(slice, evidence.start.column);
    prop_assert_eq!(
        read.map(|node| node.to_json()),
        Some(reported.clone()),
        "{:?} at {:?}",
        slice,
        evidence.start
    );
    prop_assert!(slice.starts_with(evidence.excerpt.trim_end_matches('…')));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_span_reads_again_as_its_value(
        fields in vec(field(), 1..7),
        crlf in any::<bool>(),
        first in any::<bool>(),
    ) {
        let document = read(&file(&fields, crlf, first));
        let mut nodes = Vec::new();
        all_nodes(&document.root, &mut nodes);
        for node in nodes {
            check_span(&document, node)?;
        }
    }

    #[test]
    fn every_piece_of_evidence_reads_again_as_the_value_reported(
        a in vec(field(), 1..6), b in vec(field(), 1..6), crlf in any::<bool>(), first in any::<bool>(),
    ) {
        let files = MapFiles::default().with("sincewhen.yaml", MANIFEST).with("k.json", SCHEMA);
        let (policy, reference) = files.load("");
        let engine = Engine::new(&policy, &reference).expect("because there are no rules");
        let identity = identity(&[("f0", "x")]);
        let subject = engine.subject(&identity, 0);
        let from = Held::of(read(&file(&a, false, first)), "2018-01-01");
        let to = Held::of(read(&file(&b, crlf, !first)), "2019-01-01");
        for change in engine.changes(&subject, from.edited(), to.edited()) {
            for evidence in change.evidence.iter().filter(|e| e.path == change.path) {
                match evidence.side {
                    Side::From => check_evidence(&from.document, evidence, &change.before.clone().expect("it \
                        is cited"))?,
                    Side::To => check_evidence(&to.document, evidence, &change.after.clone().expect("it is \
                        cited"))?,
                }
            }
            prop_assert!(!change.evidence.is_empty(), "no sentence without evidence: {}", change.message);
        }
    }
}
