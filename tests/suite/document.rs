//! The document module, from the outside: tables of texts with what they mean and where. Edits, formatting
//! and laws have their own files.

mod edits;
mod formatting;
mod laws;
mod plain;
mod toml;

use sincewhen::document::{Problem, ReadOptions, Reading, format, read, second_reading, to_serde, typed};
use sincewhen::model::{Document, Node};

fn strict(text: &str) -> Reading {
    read(text.as_bytes(), &ReadOptions::strict())
}

fn lenient(text: &str) -> Reading {
    read(text.as_bytes(), &ReadOptions::lenient())
}

fn tree(text: &str) -> Document {
    let reading = lenient(text);
    reading.document.unwrap_or_else(|| panic!("no tree for {text:?}: {:?}", reading.problems))
}

fn ids(problems: &[Problem]) -> Vec<&'static str> {
    problems.iter().map(|problem| problem.kind.id()).collect()
}

/// Every node with its path, depth first.
fn walk<'a>(node: &'a Node, path: String, out: &mut Vec<(String, &'a Node)>) {
    out.push((path.clone(), node));
    for (at, item) in node.items().iter().enumerate() {
        walk(item, format!("{path}/{at}"), out);
    }
    for entry in node.entries() {
        walk(&entry.value, format!("{path}/{}", entry.key), out);
    }
}

fn spans(text: &str) -> Vec<(String, String)> {
    let document = tree(text);
    let mut nodes = Vec::new();
    walk(&document.root, String::new(), &mut nodes);
    nodes.into_iter().map(|(path, node)| (path, document.slice(node.span).to_owned())).collect()
}

/// Texts, and what stands at the paths of some of their nodes.
const SPANS: &[(&str, &[(&str, &str)])] = &[
    ("a: 1\n", &[("", "a: 1"), ("/a", "1")]),
    ("\u{feff}a: é # x\r\nb: 日本\r\n", &[("", "a: é # x\r\nb: 日本"), ("/a", "é"), ("/b", "日本")]),
    ("a:\nb: ~\nc :  \n", &[("", "a:\nb: ~\nc :"), ("/a", ""), ("/b", "~"), ("/c", "")]),
    ("a: 'it''s' # x\nb: \"x\\ny\n  z\"\n", &[("/a", "'it''s'"), ("/b", "\"x\\ny\n  z\"")]),
    ("a: d\n e # t\nb: 1\n", &[("/a", "d\n e")]),
    (
        "a:\n  - x\n  - y # c\n\n# end\nb:\n- 1\n-\n- - p\n  - q\n",
        &[
            ("/a", "- x\n  - y"),
            ("/b", "- 1\n-\n- - p\n  - q"),
            ("/b/1", ""),
            ("/b/2", "- p\n  - q"),
            ("/b/2/1", "q"),
        ],
    ),
    (
        "a: >-\n    fold\n    ed\n\n    x\n\n# comment\nb: |\n  lit\n\n\nc: 1\n",
        &[
            ("/a", ">-\n    fold\n    ed\n\n    x"),
            ("/b", "|\n  lit"),
            ("", "a: >-\n    fold\n    ed\n\n    x\n\n# comment\nb: |\n  lit\n\n\nc: 1"),
        ],
    ),
    (
        "a: | # why\n  x\r\n  y\r\n\r\nb: |+\n\n  x\n\n\nc: >\n\n# c\nd: |\n     \n\n",
        &[("/a", "| # why\n  x\r\n  y"), ("/b", "|+\n\n  x\n\n\n"), ("/c", ">"), ("/d", "|")],
    ),
    (
        "a: |\n\n\n   x\n     \n  \nb: |-1\n   x\n   y\n  z\n",
        &[("/a", "|\n\n\n   x\n     "), ("/b", "|-1\n   x\n   y\n  z")],
    ),
    (
        "- - |\n   x\n  - y\n-\n  # c |\n  &x !!str >\n   x\n- *x\n",
        &[("/0/0", "|\n   x"), ("/1", ">\n   x"), ("/2", ">\n   x")],
    ),
    (
        "a: &x\n  b: 1\nc: *x\n",
        &[("/a", "b: 1"), ("/c", "b: 1"), ("/c/b", "1"), ("", "a: &x\n  b: 1\nc: *x")],
    ),
    (
        "a: [x, b: c, {y: z, w}, ] # d\nb: {}\n",
        &[
            ("/a", "[x, b: c, {y: z, w}, ]"),
            ("/a/1", "b: c"),
            ("/a/2", "{y: z, w}"),
            ("/a/2/w", ""),
            ("/b", "{}"),
        ],
    ),
    ("a: [\n  x,\n\n  # c\n  ]\n", &[("/a", "[\n  x,\n\n  # c\n  ]")]),
    ("? k\n# c\n: v\n? w\n", &[("/k", "v"), ("/w", ""), ("", "? k\n# c\n: v\n? w")]),
    ("a: z\rb: |\r  x\r  y\r", &[("/a", "z"), ("/b", "|\r  x\r  y")]),
    ("--- |\n abc\n", &[("", "|\n abc")]),
    ("a: |\n  x", &[("/a", "|\n  x")]),
    ("a:\t[1,\t2]\n", &[("/a", "[1,\t2]")]),
    ("a: &x\nb: !!str\n", &[("/a", ""), ("/b", "")]),
];

#[test]
fn spans_are_the_bytes_as_written() {
    for (text, expected) in SPANS {
        let found = spans(text);
        for (path, slice) in *expected {
            let span =
                found.iter().find(|(at, _)| at == path).unwrap_or_else(|| panic!("{path} in {text:?}"));
            assert_eq!(span.1, *slice, "{path} in {text:?}");
        }
    }
}

#[test]
fn problems_have_kinds_and_places() {
    // Text, ids in strict reading, ids in lenient reading, what the first strict problem covers.
    let cases: &[(&str, &[&str], &[&str], &str)] = &[
        ("a: 1\n", &[], &[], ""),
        ("", &[], &[], ""),
        ("# only\n", &[], &[], ""),
        ("a: 1\nb: 2\na: 3\n", &["yaml-duplicate-key"], &["yaml-duplicate-key"], "a"),
        ("1: x\n\"1\": y\n", &["yaml-duplicate-key"], &["yaml-duplicate-key"], "\"1\""),
        ("a: b: c\n", &["yaml-syntax"], &["yaml-syntax"], ":"),
        ("a: 'x\n", &["yaml-syntax"], &["yaml-syntax"], "'"),
        ("a: [1\n", &["yaml-syntax"], &["yaml-syntax"], "["),
        ("\u{feff}a: 1\n", &["yaml-bom"], &[], ""),
        ("a: 1\n---\nb: 2\n", &["yaml-multiple-documents"], &["yaml-multiple-documents"], "---"),
        ("---\na: 1\n...\n", &[], &[], ""),
        ("%YAML 1.2\n---\na: 1\n", &["yaml-directive"], &[], "%YAML 1.2"),
        ("a: !!str 12\n", &["yaml-tag"], &[], "!!str"),
        ("a: !mine 12\n", &["yaml-tag"], &["yaml-tag"], "!mine"),
        ("a: &x 1\nb: *x\n", &["yaml-alias"], &[], "*x"),
        ("a: *x\n", &["yaml-alias"], &["yaml-alias"], "*x"),
        ("&a [*a]\n", &["yaml-alias"], &["yaml-alias"], "*a"),
        ("<<: {a: 1}\n", &["yaml-merge-key"], &["yaml-merge-key"], "<<"),
        ("[a]: 1\n", &["yaml-key-type"], &["yaml-key-type"], "[a]"),
        (": 1\n", &["yaml-key-type"], &["yaml-key-type"], ""),
        ("a: .inf\n", &["yaml-number"], &["yaml-number"], ".inf"),
        ("a: 99999999999999999999\n", &["yaml-number"], &["yaml-number"], "99999999999999999999"),
        ("a:\n\tb: 1\n", &["yaml-tab"], &["yaml-tab"], "\t"),
        ("a: \u{7f}\n", &["yaml-encoding"], &["yaml-encoding"], "\u{fffd}"),
    ];
    for (text, in_strict, in_lenient, covered) in cases {
        let reading = strict(text);
        assert_eq!(ids(&reading.problems), *in_strict, "{text:?} {:?}", reading.problems);
        assert_eq!(ids(&lenient(text).problems), *in_lenient, "{text:?}");
        if let Some(first) = reading.problems.first() {
            assert_eq!(&reading.text[first.span.start..first.span.end], *covered, "{text:?}: {first:?}");
        }
        let without_tree = ["yaml-syntax", "yaml-encoding", "yaml-limits"];
        let fatal = in_strict.iter().any(|id| without_tree.contains(id)) || text.contains("\n\t");
        assert_eq!(reading.document.is_none(), fatal, "{text:?}");
    }
}

#[test]
fn hostile_input_is_answered() {
    let laughs: String = (0..12).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, at| {
        let item = format!("*a{at}, ").repeat(9);
        text + &format!("a{}: &a{} [{}]\n", at + 1, at + 1, item.trim_end_matches(", "))
    });
    let wide = format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(10_000), "*a, ".repeat(10_000));
    let deep_alias: String =
        (0..300).map(|at| format!("k{at}: &k{at} [[[[[[[[*k{}]]]]]]]]\n", at - 1)).collect();
    let deep_alias = format!("k-1: &k-1 x\n{deep_alias}");
    let nested_anchors = format!(
        "{}x{}\nb: [*a0]\n",
        (0..100).map(|at| format!("&a{at} [")).collect::<String>(),
        "]".repeat(100)
    );
    let cases: Vec<(&str, String, &[&str])> = vec![
        ("brackets", "[".repeat(100_000), &["yaml-limits"]),
        ("braces", "{a: ".repeat(100_000), &["yaml-limits"]),
        ("dashes", "- ".repeat(20_000), &["yaml-limits"]),
        ("question marks", "? ".repeat(20_000), &["yaml-limits"]),
        ("billion laughs", laughs, &["yaml-limits"]),
        ("wide alias", wide, &["yaml-limits"]),
        (
            "long text aliased",
            format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), "*a, ".repeat(10_000)),
            &["yaml-limits"],
        ),
        ("aliases of aliases", deep_alias, &["yaml-limits"]),
        ("nested anchors", nested_anchors, &["yaml-syntax"]),
        ("comments", format!("a:\n{}  b: 1\n", "  # c\n".repeat(5_000)), &[]),
        ("many keys", (0..50_000).map(|at| format!("k{at}: {at}\n")).collect(), &[]),
        ("many equal keys", "k: 1\n".repeat(50_000), &["yaml-duplicate-key"]),
        ("long line", format!("a: {}\nb: '{0}'\n", "x y".repeat(100_000)), &[]),
        ("nul", "a: \0\n".to_owned(), &["yaml-encoding"]),
        ("lone cr", "a: |\r  x\r\r\rb: 1".to_owned(), &[]),
        ("long key", format!("{}: 1\n", "k".repeat(5_000)), &["yaml-syntax"]),
        ("empty block scalars", "- |\n".repeat(20_000), &[]),
        ("blank lines", format!("a: |\n  x\n{}b: 1\n", "\n".repeat(100_000)), &[]),
    ];
    for (name, text, expected) in cases {
        let start = std::time::Instant::now();
        let reading = lenient(&text);
        let mut found = ids(&reading.problems);
        found.dedup();
        assert_eq!(found, expected, "{name}");
        if let Some(document) = &reading.document {
            let _ = (second_reading(document), format(&text));
        }
        assert!(start.elapsed().as_secs_f64() < 8.0, "{name} took {:?}", start.elapsed());
        let _ = read(text.as_bytes(), &ReadOptions { max_nodes: 100, ..ReadOptions::strict() });
    }
}

#[test]
fn bytes_that_are_not_utf8() {
    let bytes = b"a: x\nb: caf\xe9 # y\n";
    let reading = read(bytes, &ReadOptions::strict());
    assert!(reading.document.is_none());
    assert_eq!(reading.problems[0].message, "byte 11 of the file (0xe9) is not UTF-8");
    assert_eq!(reading.place(reading.problems[0].span.start).column, 7);
    let reading = read(bytes, &ReadOptions::lenient());
    assert_eq!(reading.document.expect("a tree").root.get("b").and_then(Node::text), Some("caf\u{fffd}"));
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain("a: é\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let reading = read(&utf16, &ReadOptions::lenient());
    assert_eq!(reading.document.expect("a tree").root.get("a").and_then(Node::text), Some("é"));
    for odd in [&b"\xff\xfe"[..], b"\xfe\xff\x00", b"\xef\xbb\xbf", b"\xef\xbb", b"\xf0\x9f", b"\x80\x80\x80"]
    {
        let _ = read(odd, &ReadOptions::lenient());
        let _ = read(odd, &ReadOptions::strict());
    }
}

#[derive(serde::Deserialize, Debug)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "what is read is only shown when a test fails")]
struct Kind {
    name: String,
    #[serde(default)]
    rank: u8,
    #[serde(default)]
    parts: Vec<Kind>,
}

#[test]
fn typed_reading_says_where() {
    let cases = [
        ("name: x\nrank: many\n", "rank", "many"),
        ("name: x\nparts:\n  - {name: y, rank: 300}\n", "parts[0].rank", "300"),
        ("name: x\nparts:\n  - name: y\n    colour: red\n", "parts[0].colour", "colour"),
        ("name: x\nparts:\n  - rank: 1\n", "parts[0]", "rank"),
        ("name: x\nparts: {}\n", "parts", "parts"),
        ("rank: 1\n", ".", "rank"),
        ("name: 12\n", "name", "12"),
        ("- x\n", ".", "- x"),
    ];
    for (text, path, covered) in cases {
        let document = tree(text);
        let error = typed::<Kind>(&document).expect_err(text);
        assert_eq!((error.path.as_str(), document.slice(error.span)), (path, covered), "{text:?}: {error}");
    }
    let kind: Kind = typed(&tree("name: x\nparts: [{name: y}]\n")).expect("a value");
    assert_eq!(kind.parts[0].name, "y");
}

/// Where serde_yaml (libyaml's lineage) and this reader give different values, and why.
#[test]
fn differences_from_the_second_reader_are_known() {
    let known: &[(&str, &str)] = &[
        (
            "a: 18446744073709551615\nb: 9223372036854775808\n",
            "integers past 63 bits are text here, u64 there",
        ),
        ("a: 0b11\n", "binary numbers are YAML 1.1, and theirs"),
        ("a: |\n  x", "a block text at the end of the file without a line break has none there"),
        ("a: 'x\n\u{2028}  y'\n", "U+2028 and U+0085 are line breaks of YAML 1.1"),
        (TRICKY[2], "a key that is a list is a text here, the one it is written as"),
        (
            "a: !!str 12\nb: !mine {c: d}\ne: !!map\n  f: g\n",
            "tags of one's own are ignored here, and kept there",
        ),
        ("a: # c\n\n  x\nb: !t # d\n\nc: 1\n", "tags of one's own are ignored here, and kept there"),
        ("key with spaces: v\n'quoted': w\n\"dq\": x\n1: y\ntrue: z\n~: q\n", "keys are always texts here"),
    ];
    let plain = |text: &str| {
        let document = lenient(text).document?;
        let other: serde_yaml::Value = serde_yaml::from_str(document.text.as_ref()).ok()?;
        Some((to_serde(&document.root), other))
    };
    let mut differing = Vec::new();
    for text in TRICKY.iter().chain(known.iter().map(|(text, _)| text)) {
        let Some((ours, theirs)) = plain(text) else { continue };
        if ours != theirs && !differing.contains(text) {
            differing.push(*text);
        }
    }
    for text in differing.iter().copied() {
        assert!(known.iter().any(|(known, _)| *known == text), "{text:?}: {:?}", plain(text));
    }
}

#[test]
fn what_others_read_otherwise_is_reported() {
    // Text, what the problem covers, a part of its message, its help.
    let cases = [
        ("country: NO\n", "NO", "the truth value false", "type \"NO\""),
        ("- off\n", "off", "the truth value false", "type \"off\""),
        ("on: push\n", "on", "the truth value true", "type \"on\""),
        ("t: 1:30\n", "1:30", "a number to base 60", "type \"1:30\""),
        ("t: 012\n", "012", "an octal number", "type \"012\""),
        ("t: 1_000\n", "1_000", "a number with separators", "type \"1_000\""),
        ("t: 0o17\n", "0o17", "an octal number", "type 15, or \"0o17\" if it is a text"),
        ("t: 1e3\n", "1e3", "a number in one version", "type 1000.0, or \"1e3\" if it is a text"),
        (
            "t: 18446744073709551615\n",
            "18446744073709551615",
            "the number 18446744073709551615",
            "put the value in quotes",
        ),
        ("t: |\n  x", "|\n  x", "the text \"x\"", "end the file with a line break"),
        ("- a\n-\tb\n", "\t", "refuse this text", "write the value in quotes, or more plainly"),
    ];
    for (text, covered, message, help) in cases {
        let document = tree(text);
        let found = second_reading(&document);
        let [problem] = found.as_slice() else { panic!("{text:?}: {found:?}") };
        assert_eq!(document.slice(problem.span), covered, "{text:?}: {problem:?}");
        assert!(problem.message.contains(message), "{text:?}: {problem:?}");
        assert_eq!(problem.help.as_deref(), Some(help), "{text:?}");
    }
    for text in
        ["a: 'NO'\nb: |\n  NO\nc: 2013-04-15\nd: Norway\n", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "a: *x\n"]
    {
        assert_eq!(second_reading(&tree(text)), [], "{text:?}");
    }
}

/// Texts that are hard in one way or another: for laws that must hold, or be refused, whatever the text.
const TRICKY: &[&str] = &[
    "a: &x [1, 2]\nb: *x\nc: [*x, *x]\n",
    "a: &x\n  k: 1\nb:\n  - *x # c\n  - *x\n",
    "? a\n: - b\n  - c\n? - d\n: e\n",
    "? |\n  k\n: v\n",
    "a: |\n\n\n   x\n     \n  \nb: |-1\n   x\n   y\n  z\n",
    "a: |+\n\n\nb: >+\n  x\n\n\n# c\nc: |-\n\n",
    "- - |\n   x\n  - >-\n   y\n - z\n",
    "- - |\n   x\n  - >-\n    y\n",
    "a: \"x\\ty\\\n   z \\  \n   w\"\nb: 'p\n\n\n  q'\n",
    "a: [x, 'y'\n , z # c\n ] # d\nb: {p: [q, {r: s}], t: u}\n",
    "[? a : b, c : , ? ]",
    "{a: , b: 1, ? c, \"d\":1, : x}",
    "a: !!str 12\nb: !mine {c: d}\ne: !!map\n  f: g\n",
    "&a k: v\n!!str z: &b w\n",
    "- &m\n  - x\n- &n k: v\n- !!map\n  k: v\n",
    "a:\r\n  - x # c\r\n\r\n\r\n  - y\r\nb: |\r\n  p\r\n  q\r\n",
    "a: x\rb: |\r  y\r",
    "\u{feff}# c\na: é\n日本: [ü, 'ß']\n",
    "a: 1\n\n\n\n# c\n\n\n\n",
    "a:\n\n\n  # c1\n  # c2\n  b: 1\n # c3\n",
    "--- # c\na: 1\n...\n# after\n",
    "%YAML 1.2\n---\na: 1\n",
    "--- |\n abc\n",
    "--- &x\na: 1\n",
    "a: b\n c\n  d # e\nf: g\n",
    "a: [\n  x,\n\n  # c\n  ]\n",
    "a:\t1\nb:  [1,\t2]\n",
    "x\n\n  y\n",
    "\"x\n\n  y\"",
    "a: >\n  x\n\n\n  y\n    z\n\n  w\n\n\n",
    "a:\n- b:\n  - c\n  d: e\n- f\n# g\nh:\n",
    "a: {\n  b: 1, # c\n  # d\n  e: [\n    f\n  ]\n}\n",
    "a: - 1\n",
    "key with spaces: v\n'quoted': w\n\"dq\": x\n1: y\ntrue: z\n~: q\n",
    "a: 'x' # 'c'\nb: \"y # z\"\nc: d#e\nf: g #h\n",
    "a: http://x/y#z\nb: x:y\nc: -1\nd: - - x\n",
    "a: http://x/y#z\nb: x:y\nc: -1\nd: -x\n",
    "- # c\n  a: 1\n-\n  # d\n  - e\n",
    "a: [{b: c, d: e}, {f: g}] # h\ni: [[], {}, [[]], '']\n",
    "a: 012\nb: 1_000\nc: 0o17\nd: 1e3\ne: 1:30\nf: NO\ng: 2013-04-15\nh: .5\ni: +1\nj: 0x1F\n",
    "a: 18446744073709551615\nb: 9223372036854775808\n",
    "a: |\n  # not a comment\n  x: y\n# comment\nb: 1\n",
    "a: |\n  x\n # c\n  # d\nb: 1\n",
    "a: # c\n\n  x\nb: !t # d\n\nc: 1\n",
    "- a\n-\tb\n- \n- c",
    "a:  \n  b:   \n    c:    \n",
    "{}\n",
    "[]",
    "''",
    "~",
    "-",
    "a: \"\\u00e9\\x41\\n\"\n",
    "a: |2-\n    x\n  y\n",
    "- |1\n  x\n",
    "a: |\n \t\n x\n",
];
