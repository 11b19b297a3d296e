//! The canonical form, byte for byte.

use super::TRICKY;
use sincewhen::document::format;

/// Texts, and their canonical form.
const FORMS: &[(&str, &str)] = &[
    ("", ""),
    // A literal or folded text that ends the file gets the line break that it lacks.
    ("|\n  é # text\n  a # text", "|\n  é # text\n  a # text\n"),
    ("a: |\n    b", "a: |\n  b\n"),
    ("a:\n- >+\n  b\n  c", "a:\n  - >+\n    b\n    c\n"),
    ("\n\n", ""),
    ("# only\r\n\r\n\r\n#  more", "# only\n\n#  more\n"),
    ("\u{feff}a:   1   \r\nb:\t2\r\n", "a: 1\nb: 2\n"),
    ("a:\n- x\n-   y # c\n\n\n\n- z\nb: 1", "a:\n  - x\n  - y # c\n\n  - z\nb: 1\n"),
    ("a:\n- x\n# about b\nb: 1\n", "a:\n  - x\n# about b\nb: 1\n"),
    (
        "a:\n    - x\n    # about the list\n  # about a\n# about b\nb: 1\n",
        "a:\n  - x\n  # about the list\n# about a\n# about b\nb: 1\n",
    ),
    ("a:\n    b:   # c\n\n        # d\n\n        c: 1\n", "a:\n  b:   # c\n\n    # d\n\n    c: 1\n"),
    (
        "a: 'x'\nb: 'it''s'\nc: '\"'\nd: 'a\\b'\ne: \"x\"\nf: ''\n'k': v\n",
        "a: \"x\"\nb: \"it's\"\nc: '\"'\nd: 'a\\b'\ne: \"x\"\nf: \"\"\n\"k\": v\n",
    ),
    (
        "a: {x: 1,y: [1,2 , 3],  \"z\":4 , w, v: }   # c\n",
        "a: {x: 1, y: [1, 2, 3], \"z\": 4, w, v: }   # c\n",
    ),
    ("a: [\n  x, y, # c\n # own\n  z,\n]\n", "a: [\n    x, y, # c\n    # own\n    z,\n  ]\n"),
    ("a: [x,]\nb: []\nc: { }\nd: [ # c\n  ]\n", "a: [x]\nb: []\nc: {}\nd: [ # c\n  ]\n"),
    (
        "a: >-\n     fold\n     ed\n\n       more\nb: |  # c\n x  \n\n\n\nc: 1\n",
        "a: >-\n  fold\n  ed\n\n    more\nb: |  # c\n  x  \n\nc: 1\n",
    ),
    (
        "l:\n- |2\n    x\n   y\n- |+\n  z\n\n\n- q\n",
        "l:\n  - |2\n      x\n     y\n  - |+\n    z\n\n\n  - q\n",
    ),
    (
        "a: plain\n     folded\n\n     text   \nb: \"x \\\n      y\n   z\"\n",
        "a: plain\n  folded\n\n  text\nb: \"x \\\n  y\n  z\"\n",
    ),
    (
        "-   a: 1\n    b: 2\n-\n    c: 3\n- # c\n  d: 4\n-\n- - x\n  - y\n",
        "- a: 1\n  b: 2\n- c: 3\n- # c\n  d: 4\n-\n- - x\n  - y\n",
    ),
    ("a:\n  x\nb: # c\n  y\n", "a: x\nb: # c\n  y\n"),
    (
        "a:  &x   !!str   v\nb:  *x  # c\nc: &y\n   k: v\n*x : w\n",
        "a: &x !!str v\nb: *x  # c\nc: &y\n  k: v\n*x : w\n",
    ),
    ("? k\n# c\n: v\n? w\n", "k:\n  # c\n  v\nw:\n"),
    (
        "# top\n%YAML 1.2\n---   # c\n\n\na: 1\n...\n# end\n\n",
        "# top\n%YAML 1.2\n---   # c\n\na: 1\n...\n# end\n",
    ),
    ("--- text\n", "---\ntext\n"),
    ("'x'", "\"x\"\n"),
    ("[a,\n b]", "[a,\n  b]\n"),
    ("a: 1 # é\r# own\rb: 日本\r", "a: 1 # é\n# own\nb: 日本\n"),
];

#[test]
fn formatting() {
    let mut wrong = String::new();
    for (text, expected) in FORMS {
        let found = format(text).unwrap_or_else(|error| error.to_string());
        if found != *expected {
            wrong += &format!("{text:?}\n  wanted {expected:?}\n  found  {found:?}\n");
        } else if format(&found).as_ref() != Ok(&found) {
            wrong += &format!("{text:?}\n  not stable: {:?}\n", format(&found));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for text in ["a: [", "a: 1\na: 2\n", "a: 1\n---\nb: 2\n", "[a]: 1\n", "a: *x\n"] {
        assert!(format(text).is_err(), "{text:?}");
    }
}

#[test]
fn tricky_texts_are_formatted_or_refused() {
    let refused: Vec<&str> = TRICKY.iter().copied().filter(|text| format(text).is_err()).collect();
    let expected = [
        "? a\n: - b\n  - c\n? - d\n: e\n",
        "? |\n  k\n: v\n",
        "- - |\n   x\n  - >-\n   y\n - z\n",
        "[? a : b, c : , ? ]",
        "{a: , b: 1, ? c, \"d\":1, : x}",
        "a: - 1\n",
        "a: http://x/y#z\nb: x:y\nc: -1\nd: - - x\n",
    ];
    assert_eq!(refused, expected);
    for text in TRICKY {
        if let Ok(once) = format(text) {
            assert_eq!(format(&once).as_ref(), Ok(&once), "{text:?}");
        }
    }
}

/// A comment stays on its side of the column of what it stands beside: at it, or to the right of it.
#[test]
fn comments_keep_their_side() {
    let cases: &[(&str, &str)] = &[
        // Above the first item and above others, alike.
        (
            "list:\n    # one\n  - k: 1\n    # two\n  - k: 2\n    # three\n  - k: 3\n",
            "list:\n    # one\n  - k: 1\n    # two\n  - k: 2\n    # three\n  - k: 3\n",
        ),
        ("list:\n  # one\n  - k: 1\n  # two\n  - k: 2\n", "list:\n  # one\n  - k: 1\n  # two\n  - k: 2\n"),
        (
            "list:\n      # one\n    - a\n      # two\n    - b\n",
            "list:\n    # one\n  - a\n    # two\n  - b\n",
        ),
        // Below an empty list, an empty value, and any scalar.
        (
            "a: []\n  # - id: an example\n  #   of an item\nb: 1\n",
            "a: []\n  # - id: an example\n  #   of an item\nb: 1\n",
        ),
        ("a:\n    # nothing yet\nb: 1\n", "a:\n  # nothing yet\nb: 1\n"),
        ("a: 1\n  # more\n# about b\nb: 1\n    # end\n", "a: 1\n  # more\n# about b\nb: 1\n  # end\n"),
        ("a: {x: 1}\n  # y: 2\nb: 1\n", "a: {x: 1}\n  # y: 2\nb: 1\n"),
        // Below a list at the column of its key.
        ("a:\n- x\n  # y\n# about b\nb: 1\n", "a:\n  - x\n    # y\n# about b\nb: 1\n"),
        // Within brackets: at the column of the items.
        ("a: [\n  x,\n  y,\n  # z,\n  # q,\n  ]\n", "a: [\n    x,\n    y,\n    # z,\n    # q,\n  ]\n"),
        ("a: {\n  x: 1,\n# y: 2\n}\n", "a: {\n    x: 1,\n    # y: 2\n  }\n"),
        // Never into a literal or folded text.
        ("a: |\n      text\n   # c\nb: 1\n", "a: |\n  text\n# c\nb: 1\n"),
        ("a: |\n      text\n# c\n    # d\nb: 1\n", "a: |\n  text\n# c\n# d\nb: 1\n"),
        (
            "a:\n    - x: >-\n            text\n      # c\n        # d\n    - y\n",
            "a:\n  - x: >-\n      text\n    # c\n    # d\n  - y\n",
        ),
    ];
    let mut wrong = String::new();
    for (text, expected) in cases {
        let found = format(text).unwrap_or_else(|error| error.to_string());
        if found != *expected {
            wrong += &format!("{text:?}\n  wanted {expected:?}\n  found  {found:?}\n");
        } else if format(&found).as_ref() != Ok(&found) {
            wrong += &format!("{text:?}\n  not stable: {:?}\n", format(&found));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
