//! Edits: what they write, byte for byte, and what they refuse.

use super::tree;
use sincewhen::document::{Edit, EditError, apply};
use sincewhen::model::{FieldPath, Node, Step};

/// A path of keys, with `#2` for the item at 2 and `[x]` for the item with key x.
fn path(text: &str) -> FieldPath {
    let step = |part: &str| match (part.strip_prefix('#'), part.strip_prefix('[')) {
        (Some(at), _) => Step::Index(at.parse().expect("a number")),
        (_, Some(item)) => Step::Item(vec![item.trim_end_matches(']').to_owned()]),
        _ => Step::Key(part.to_owned()),
    };
    FieldPath(text.split_whitespace().map(step).collect())
}

fn edited(text: &str, edit: Edit) -> Result<String, EditError> {
    let id = ["id".to_owned()];
    apply(text, &[edit], &|_| Some(&id[..]))
}

pub fn value(text: &str) -> Node {
    tree(text).root
}

fn set(at: &str, text: &str) -> Edit {
    Edit::Replace { path: path(at), value: value(text) }
}

fn key(at: &str, key: &str, text: &str) -> Edit {
    Edit::InsertKey { path: path(at), key: key.to_owned(), value: value(text), at: None }
}

fn item(at: &str, text: &str) -> Edit {
    Edit::InsertItem { path: path(at), item: value(text), at: None }
}

fn gone(at: &str) -> Edit {
    Edit::Remove { path: path(at) }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn edits_touch_only_what_they_must() {
    let cases: Vec<(&str, Edit, &str)> = vec![
        // Scalars in every position.
        ("a: 1   # c\nb: 2\n", set("a", "x"), "a: x   # c\nb: 2\n"),
        ("a:   'x' # c\r\nb: 2\r\n", set("a", "NO"), "a:   \"NO\" # c\r\nb: 2\r\n"),
        ("a: NO\n", set("a", "NO"), "a: \"NO\"\n"),
        ("a: # c\nb: 2", set("a", "x"), "a: x # c\nb: 2"),
        ("a:\nb: 2", set("a", "x"), "a: x\nb: 2"),
        ("a: |  # c\n  x\n  y\n\n# d\nb: 2\n", set("a", "z"), "a: z  # c\n\n# d\nb: 2\n"),
        ("a: z # c\nb: 2\n", set("a", "\"x\\ny\""), "a: |- # c\n  x\n  y\nb: 2\n"),
        ("a: z # c\r\nb: 2\r\n", set("a", "\"x\\ny\""), "a: |- # c\r\n  x\r\n  y\r\nb: 2\r\n"),
        ("a: >-\n  x\n  y\nb: 2\n", set("a", "\"x\\ny\""), "a: |-\n  x\n  y\nb: 2\n"),
        ("a: {b: 1, c: } # d\n", set("a b", "z"), "a: {b: z, c: } # d\n"),
        ("a: {b: 1, c: } # d\n", set("a c", "z"), "a: {b: 1, c: z } # d\n"),
        ("a: {b: 1, c} # d\n", set("a c", "z"), "a: {b: 1, c: z} # d\n"),
        ("a: [x, # c\n  y]\n", set("a #1", "[p, {q: r}]"), "a: [x, # c\n  [p, {q: r}]]\n"),
        ("a: {\"b\":1}\n", set("a b", "2"), "a: {\"b\": 2}\n"),
        ("a:\n  x\nb: 1\n", set("a", "q"), "a:\n  q\nb: 1\n"),
        ("a: !!str 1\n", set("a", "2"), "a: 2\n"),
        ("- x # c\n- y\n", set("#0", "z"), "- z # c\n- y\n"),
        ("x # c\n", set("", "z"), "z # c\n"),
        ("# c\n", set("", "a: 1"), "# c\na: 1\n"),
        ("\u{feff}a: 1\n", set("a", "2"), "\u{feff}a: 2\n"),
        // Collections for scalars and back.
        ("a: x # c\nb: 2\n", set("a", "{k: v}"), "a: # c\n  k: v\nb: 2\n"),
        ("a: # c\n  # d\n  k: v # e\nb: 2\n", set("a", "x"), "a: x # c\nb: 2\n"),
        ("a:\n- x\n- y # e\nb: 2\n", set("a", "[z]"), "a: [z]\nb: 2\n"),
        ("- k: v # c\n  l: w\n- x\n", set("#0", "q"), "- q\n- x\n"),
        ("- x # c\n", set("#0", "{k: {l: m}}"), "- k: # c\n    l: m\n"),
        ("a: &x\n  k: v\nb: 2\n", set("a", "1"), "a: 1\nb: 2\n"),
        ("a: &x 1\nb: *x\n", set("b", "2"), "a: &x 1\nb: 2\n"),
        (
            "-   k: v\n    l: w\n-   x # c\n",
            set("#0", "{p: {q: r}, s: t}"),
            "- p:\n    q: r\n  s: t\n-   x # c\n",
        ),
        ("-   k: v\n-   x # c\n", set("#1", "{p: {q: r}, s: t}"), "-   k: v\n- p: # c\n    q: r\n  s: t\n"),
        ("-\n    x\n- z\n", set("#0", "{p: {q: r}}"), "- p:\n    q: r\n- z\n"),
        // Keys and items added.
        (
            "a: 1\nb:\n  c: 1 # c\n\n  # own\n# d\ne: 1\n",
            key("b", "d", "x"),
            "a: 1\nb:\n  c: 1 # c\n  d: x\n\n  # own\n# d\ne: 1\n",
        ),
        ("a: 1", key("", "b", "2"), "a: 1\nb: 2"),
        ("a: |\n  x\n\n\n", key("", "b", "2"), "a: |\n  x\nb: 2\n\n\n"),
        ("a: |+\n  x\n\n", key("", "b", "2"), "a: |+\n  x\n\nb: 2\n"),
        ("a: {x: 1} # c\n", key("a", "q", "NO"), "a: {x: 1, q: \"NO\"} # c\n"),
        ("a: {} # c\nb: 1\n", key("a", "q", "[1]"), "a: # c\n  q: [1]\nb: 1\n"),
        ("a:\nb: 1\n", key("a", "q", "1"), "a:\n  q: 1\nb: 1\n"),
        ("a: [{id: x}]\n", key("a [x]", "q", "[1]"), "a: [{id: x, q: [1]}]\n"),
        (
            "z: &z 1\nl:\n- id: x\n  b: *z # c\n",
            key("l [x]", "q", "1"),
            "z: &z 1\nl:\n- id: x\n  b: *z # c\n  q: 1\n",
        ),
        ("", key("", "a", "1"), "a: 1\n"),
        (
            "a:\n  - x # c\n\n# d\nb: 1\n",
            item("a", "{id: q, m: 1}"),
            "a:\n  - x # c\n  - {id: q, m: 1}\n\n# d\nb: 1\n",
        ),
        ("a:\n- x\nb: 1\n", item("a", "q"), "a:\n- x\n- q\nb: 1\n"),
        ("a: [x, y, ]\n", item("a", "z"), "a: [x, y, z, ]\n"),
        ("a: []\n", item("a", "z"), "a: [z]\n"),
        ("a: [\n  x, # c\n  y # d\n]\n", item("a", "z"), "a: [\n  x, # c\n  y, z # d\n]\n"),
        // Removals.
        ("# top\na: 1\nb: 2\n", gone("a"), "# top\nb: 2\n"),
        ("a: 1\n\n# far\n\n# own\n# more\nb: 2 # own\nc: 3\n", gone("b"), "a: 1\n\n# far\n\nc: 3\n"),
        ("a: 1\nb: 2", gone("b"), "a: 1"),
        ("a: 1\r\nb:\r\n  - x\r\nc: 1\r\n", gone("b"), "a: 1\r\nc: 1\r\n"),
        ("l:\n  - id: x\n    # about n\n    n: 1\n  - id: y\n", gone("l [x]"), "l:\n  - id: y\n"),
        ("l:\n  - id: x\n    # about n\n    n: 1\n", gone("l #0 id"), "l:\n  - # about n\n    n: 1\n"),
        ("l:\n  - id: x # c\n    n: 1\n", gone("l #0 id"), "l:\n  - n: 1\n"),
        ("l:\n  - x # c\nm: 1\n", gone("l #0"), "l: []\nm: 1\n"),
        ("a: {x: 1, y: 2, z: 3}\n", gone("a x"), "a: {y: 2, z: 3}\n"),
        ("a: {x: 1, y: 2, z: 3}\n", gone("a z"), "a: {x: 1, y: 2}\n"),
        ("a: [x,]\n", gone("a #0"), "a: []\n"),
        ("a: [\n  x, # cx\n  y, # cy\n]\n", gone("a #1"), "a: [\n  x, # cx\n]\n"),
        ("a: [\n  x, # cx\n  y # cy\n]\n", gone("a #0"), "a: [\n  y # cy\n]\n"),
        ("a: 1\nb: |+\n  x\n\nc: 1\n", gone("b"), "a: 1\nc: 1\n"),
        // Keys renamed, comments added.
        ("a: {\"x\": 1}\n", Edit::RenameKey { path: path("a x"), key: "y z".into() }, "a: {y z: 1}\n"),
        (
            "a:\n  b: 1\n",
            Edit::CommentAbove { path: path("a b"), text: "why".into() },
            "a:\n  # why\n  b: 1\n",
        ),
        (
            "- a: 1\n  b: 2\n",
            Edit::CommentAbove { path: path("#0 a"), text: "why".into() },
            "- # why\n  a: 1\n  b: 2\n",
        ),
        (
            "a: 1 # x\nb: 2\n",
            Edit::CommentAfter { path: path("a"), text: "why".into() },
            "a: 1 # x # why\nb: 2\n",
        ),
        (
            "a: 1 # x\t\nb: 2\n",
            Edit::CommentAfter { path: path("a"), text: "why".into() },
            "a: 1 # x # why\t\nb: 2\n",
        ),
        (
            "a: |\n  x\nb: 2\n",
            Edit::CommentAfter { path: path("a"), text: "why".into() },
            "a: | # why\n  x\nb: 2\n",
        ),
        (
            "a:\n  - x\nb: 2\n",
            Edit::CommentAfter { path: path("a"), text: "why".into() },
            "a: # why\n  - x\nb: 2\n",
        ),
        (
            "a: [{id: x, n: 1}]\nb: 2\n",
            Edit::CommentAfter { path: path("a [x] n"), text: "why".into() },
            "a: [{id: x, n: 1}] # why\nb: 2\n",
        ),
    ];
    let mut wrong = String::new();
    for (text, edit, expected) in cases {
        let found = edited(text, edit.clone()).unwrap_or_else(|error| format!("refused: {error}"));
        if found != expected {
            wrong += &format!("{text:?}\n  wanted {expected:?}\n  found  {found:?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn edits_are_refused_with_a_reason() {
    let cases: Vec<(&str, Edit, &str)> = vec![
        ("a: 1\n", set("b", "x"), "nothing stands at `b`"),
        ("a: 1\n", key("a", "b", "x"), "`a` is not a mapping"),
        ("a: 1\n", item("a", "x"), "`a` is not a list"),
        ("a: 1\n", key("", "a", "x"), "`a` stands there already"),
        ("a: [\n", set("a", "x"), "the text cannot be edited: a `[` opened here is never closed"),
        ("a: &x 1\nb: *x\n", set("a", "2"), "`a` cannot be edited here: another value would change with it"),
        ("a: &x {k: 1}\nb: *x\n", set("b k", "2"), "`b.k` cannot be edited here: it stands behind an alias"),
        (
            "a: \"x\n  y\"\n",
            Edit::CommentAbove { path: path("a"), text: "x\ny".into() },
            "`a` is not an entry or item, or the comment is not one line",
        ),
    ];
    for (text, edit, expected) in cases {
        assert_eq!(edited(text, edit).expect_err(text).to_string(), expected, "{text:?}");
    }
}
