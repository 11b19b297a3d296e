//! What is read in pieces is what is read as a whole: single entries, and texts after others that have much
//! in common. Over every text this repository's dataset ever held, over texts written to mislead, and over
//! those altered at random.

use super::{TRICKY, lenient};
use proptest::prelude::*;
use sincewhen::document::{DocumentSeries, entries, is_plain, second_reading, second_reading_of_whole};
use sincewhen::model::{Document, Node, NodeValue};
use std::collections::HashSet;
use std::path::Path;
use std::process::Command;

/// Two trees alike in values and places.
fn identical(a: &Node, b: &Node) -> bool {
    let same_parts = match (&a.value, &b.value) {
        (NodeValue::List(x), NodeValue::List(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| identical(x, y))
        }
        (NodeValue::Map(x), NodeValue::Map(y)) => {
            x.len() == y.len()
                && x.iter()
                    .zip(y)
                    .all(|(x, y)| x.key == y.key && x.key_span == y.key_span && identical(&x.value, &y.value))
        }
        _ => a.same_value(b),
    };
    a.span == b.span && same_parts
}

#[track_caller]
fn agree(text: &[u8]) {
    let reading = sincewhen::document::read(text, &sincewhen::document::ReadOptions::lenient());
    let shown = || String::from_utf8_lossy(text).into_owned();
    let all: Vec<&str> = reading
        .document
        .iter()
        .flat_map(|slow| slow.root.entries())
        .map(|entry| entry.key.as_str())
        .collect();
    let (document, problems) = entries(text, &all);
    assert_eq!(problems, reading.problems, "{}", shown());
    assert_eq!(document.is_some(), reading.document.is_some(), "{}", shown());
    let (Some(quick), Some(slow)) = (document, &reading.document) else { return };
    assert!(identical(&quick.root, &slow.root), "{}\n{:#?}\n{:#?}", shown(), quick.root, slow.root);
    assert_eq!(quick.text, slow.text);
    agree_with_the_second_reader(slow);
    let names: Vec<&str> = all.into_iter().step_by(2).collect();
    let (few, problems) = entries(text, &names);
    assert_eq!(problems, reading.problems, "{}", shown());
    let few = few.expect("because the whole has a tree");
    assert_eq!(few.root.span, slow.root.span);
    for name in names {
        let (some, all) = (few.root.entry(name).expect("asked for"), slow.root.entry(name).expect("there"));
        assert!(some.key_span == all.key_span && identical(&some.value, &all.value), "{}", shown());
    }
}

/// The second reader finds in some scalars what it finds in the whole text.
#[track_caller]
fn agree_with_the_second_reader(document: &Document) {
    // It has no budget for aliases.
    if !document.text.contains(['&', '*']) {
        assert_eq!(second_reading(document), second_reading_of_whole(document), "{}", document.text);
    }
}

/// One text after the other reads as each alone.
#[track_caller]
fn agree_in_series<'t>(texts: impl IntoIterator<Item = &'t [u8]>) {
    let mut series = DocumentSeries::default();
    for text in texts {
        let shown = || String::from_utf8_lossy(text).into_owned();
        let (document, problems) = series.tree(text);
        let (alone, said) = sincewhen::document::tree(text);
        assert_eq!(problems, said, "{}", shown());
        assert_eq!(document.is_some(), alone.is_some(), "{}", shown());
        let (Some(document), Some(alone)) = (document, alone) else { continue };
        assert_eq!(document.text, alone.text);
        assert!(
            identical(&document.root, &alone.root),
            "{}\n{:#?}\n{:#?}",
            shown(),
            document.root,
            alone.root
        );
    }
}

/// The texts of YAML in the history of this repository's dataset, those of one path together, of one path in
/// four.
fn texts_of_history() -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let git = |args: &[&str]| {
        Command::new("git").args(args).current_dir(root).output().expect("because git is installed")
    };
    let listed = git(&["rev-list", "--objects", "HEAD", "--", "dataset"]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let mut ids: Vec<(&str, &str)> = listed
        .lines()
        .filter(|line| line.ends_with(".yaml"))
        .filter_map(|line| line.split_once(' '))
        .collect();
    ids.sort_by_key(|(_, path)| *path);
    let mut paths: Vec<&str> = ids.iter().map(|(_, path)| *path).collect();
    paths.dedup();
    let chosen: HashSet<&str> = paths.into_iter().step_by(4).collect();
    ids.retain(|(_, path)| chosen.contains(path));
    let repository =
        sincewhen::git::Repository::open(root).expect("because the tests run in their repository");
    ids.iter().map(|(id, _)| repository.read_blob(&crate::support::object_id(id)).expect("a blob")).collect()
}

#[test]
fn texts_of_the_datasets_history_read_alike() {
    let texts = texts_of_history();
    texts.iter().for_each(|text| agree(text));
    agree_in_series(texts.iter().map(Vec::as_slice));
    let plain = texts.iter().filter(|text| is_plain(text)).count();
    assert!(plain * 20 > texts.len() * 19, "most are read in pieces: {plain} of {} are plain", texts.len());
}

#[test]
fn texts_that_mislead_read_alike() {
    for text in TRICKY.iter().chain(MISLEADING) {
        agree(text.as_bytes());
        let around = "x: 1\nlist:\n  - p\n  - {q: r}\nmap:\n  s: [t]\n  u: >-\n    v\n";
        let inside = around.replace("  - p\n", &format!("  - {}\n  - p\n", text.replace('\n', "\n    ")));
        let after = format!("{around}{text}");
        agree_in_series([around, &inside, &after, text, around, &after].map(str::as_bytes));
        agree(format!("a: 1\n{text}").as_bytes());
        agree(format!("{text}\nz: 1\n").as_bytes());
        agree(format!("key:\n  {}\n", text.replace('\n', "\n  ")).as_bytes());
        agree(format!("list:\n  - {}\n", text.replace('\n', "\n    ")).as_bytes());
    }
    assert!(lenient("a: 1\n").problems.is_empty());
}

/// Texts near the border of what the quick reader knows.
const MISLEADING: &[&str] = &[
    "a:\n- 1\n- 2\nb: 3\n",
    "a:\n  - 1\n - 2\n",
    "a:\n  b: 1\n c: 2\n",
    "a: b\n  c\n",
    "a: b # note\n",
    "a: b# no note\n",
    "a: 'it''s'\n",
    "a: \"say \\\"no\\\" \\\\ \"\n",
    "a: \"x\"y\n",
    "a: \"x\" #y\n",
    "a: \"x\"#y\n",
    "a: [x, 'y', \"z\", {p: q}]\n",
    "a: [x, ]\n",
    "a: [x,]\n",
    "a: {p: q, p: r}\n",
    "a: {p, q}\n",
    "a: {p: , q: 1}\n",
    "a: [b: c]\n",
    "a: [http://x/y, a:b, a#b, a #b]\n",
    "a: [a:]\n",
    "a: [-1, - 1]\n",
    "a: {p:q}\n",
    "a: >-\n  one\n  two\n\n  three\nb: |\n  x\n   y\n\n\n",
    "a: >\n  one\n   two\n",
    "a: >-\n\n  late\n",
    "a: >-\n  one  \n  two\n",
    "a: |-\n  x\n # no\n",
    "a: |-\n  x\n# yes\nb: 1\n",
    "a: >-\n",
    "a: >- # note\n  x\n",
    "a: >-\n  # not a comment\n  x: y\n",
    "- a: |\n    x\n  b: 1\n",
    "a:\n  - b: 1\n    c:\n    - 2\n    d: >-\n      x\n  - - 1\n",
    "a: 1\na: 2\n",
    "a:\n",
    "a:\nb: 1\n",
    "a: ~\nb: null\nc: 0x1F\nd: 012\ne: 1e400\nf: .inf\ng: -5\nh: -\ni: -x\n",
    "a: b: c\n",
    "a: b:\n",
    "a: -- b\n",
    "a : 1\n",
    "a:    1   \n",
    "a: 1\n   \nb: 2\n",
    "a: 1\n---\nb: 2\n",
    "--- \na: 1\n",
    "a: 1\n...\n",
    "# only\n",
    "",
    "a: x\u{a0}y\n",
    "a: x\u{85}y\n",
    "a: x\u{feff}y\n",
    "a: x\u{2028}y\n",
    "a: x\ty\n",
    "a: x\r\nb: y\r\n",
    "a: \u{1f600} b\n",
    "a: (x)\n",
    "a: /x\n",
    "a: $x\n",
    "a: <<\n<<: x\n",
    "a: &x 1\nb: *x\n",
    "a: !!str 1\n",
    "? a\n: b\n",
    "'a': 1\n",
    "a b: 1\n",
    "1: x\ntrue: y\nnull: z\n",
    "a:\n  # note\n  b: 1\n # odd\n  c: 2\n",
    "a:\n  - b\n# note\n  - c\n",
    "a:\n    b: 1\n  # note\n    c: 2\n",
    "a: x\u{2029}y\nb: 2\n",
    "a: 1_000\nb: 0o17\nc: 0b11\nd: +5\ne: -0\nf: 00\ng: 08\nh: -07\n",
    "a: 1.\nb: .5\nc: 1e3\nd: 1.50\ne: -.5\nf: +.5\ng: 1E-2\nh: 1.2.3\n",
    "a: .nan\nb: -.inf\nc: .INF\nd: .foo\ne: .\nf: ...x\n",
    "a: 2011-05\nb: 2011-05-03\nc: 2011-05-03 10:00\nd: 20110503\ne: 2011-5-3\nf: 1234-567\n",
    "a: NULL\nb: Null\nc: nULL\nd: True\ne: tRUE\nf: y\ng: No\nh: on\n",
    "a: [1, -2, 0.10, 0x, 1:30, 190:20:30, ~x, +x]\n",
    "a: 18446744073709551615\nb: 9223372036854775808\nc: 99999999999999999999\n",
    "a: (1)\nb: $1\nc: _1\nd: /1\ne: é1\n",
];

proptest! {
    #![proptest_config(super::laws::config(400))]

    #[test]
    fn altered_records_read_alike(
        seed in any::<u64>(),
        edits in prop::collection::vec((any::<u32>(), 0..ALTERATIONS.len(), any::<bool>()), 1..6),
    ) {
        let records = records();
        let first = &records[(seed % records.len() as u64) as usize];
        let mut text = first.clone();
        for (at, with, replaces) in edits {
            let mut at = at as usize % (text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = if replaces { text[at..].chars().next().map_or(at, |c| at + c.len_utf8()) } else { at };
            text.replace_range(at..end, ALTERATIONS[with]);
        }
        agree(text.as_bytes());
        agree_in_series([first, &text, first].map(|text| text.as_bytes()));
    }

    #[test]
    fn lines_put_together_at_random_read_alike(
        lines in prop::collection::vec((0..5_usize, 0..PIECES.len()), 1..12),
    ) {
        let line = |(indent, piece): &(usize, usize)| format!("{}{}\n", " ".repeat(*indent), PIECES[*piece]);
        let text: String = lines.iter().map(line).collect();
        let shorter: String = lines.iter().skip(1).map(line).collect();
        agree(text.as_bytes());
        agree_in_series([&shorter, &text, &shorter].map(|text| text.as_bytes()));
    }
}

const ALTERATIONS: &[&str] = &[
    "", " ", "  ", "\n", "\n\n", ":", ": ", " #", "#", "-", "- ", ",", "[", "]", "{", "}", "'", "\"", "|",
    ">", "&", "*", "!", "%", "@", "~", "\\", "\t", "\r\n", "?", "? ", "é", "\u{feff}", "\u{85}", "0", "x",
    "---\n", "a: 1\n", "<<: ", ">-\n", "|\n",
];

const PIECES: &[&str] = &[
    "a: 1",
    "b: x y",
    "c:",
    "d: >-",
    "e: |",
    "- 1",
    "- f: 2",
    "-",
    "- - 3",
    "# note",
    "",
    "text",
    "g: [1, {h: 2}]",
    "i: {j: k}",
    "l: 'm'",
    "n: \"o\"",
    "- [p]",
    "q: r # s",
    "a: 2",
    "t: ~",
];

/// The shorter records of the dataset as they are now, and the reader's own border cases.
fn records() -> &'static [String] {
    static RECORDS: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    RECORDS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dataset/countries");
        let mut folders: Vec<_> =
            std::fs::read_dir(folder).expect("the dataset").flatten().map(|entry| entry.path()).collect();
        folders.sort();
        let files = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
        let texts = files
            .filter_map(|entry| std::fs::read_to_string(entry.path()).ok())
            .filter(|text| text.len() < 6000);
        texts.take(60).chain(MISLEADING.iter().map(|text| (*text).to_owned())).collect()
    })
}
