//! Records in TOML: what is taken for it, and where its parts stand.

use super::{ids, lenient, spans};
use sincewhen::document::is_toml;

#[test]
fn a_text_is_toml_by_its_first_lines() {
    for text in [
        "name = \"x\"\n",
        "\n# a comment\n[owner]\nname = 1\n",
        "[[people]]\n\"full name\" = 'x'\n",
        "since = 1999-01-01\n",
        "url = \"a: b\"\n",
        "list = [\n  1,\n]\n",
        "+++\ntitle = \"x\"\n+++\nprose\n",
        "name = \"not closed\n",
    ] {
        assert!(is_toml(text.as_bytes()), "{text:?}");
    }
    for text in [
        "",
        "name: x\n",
        "- a = 1\n",
        "\"=0: \": 1\n",
        "'=0:\"': 1\n",
        "a = 5: x\n",
        "a = \"x\": 1\n",
        "a = [x: 1\n",
        "a = 1:\n  b: 2\n",
        "[a]: b\n",
        "+++: 1\n",
        "\"a = 1\": 2\n",
    ] {
        assert!(!is_toml(text.as_bytes()), "{text:?}");
    }
}

#[test]
fn parts_stand_where_they_are_written() {
    let found = spans("# c\nname = \"é\" # d\n\n[office]\nroom = [1, 22]\n");
    let slice = |path: &str| found.iter().find(|(own, _)| own == path).map(|(_, text)| text.as_str());
    assert_eq!(slice("/name"), Some("\"é\""));
    assert_eq!(slice("/office/room"), Some("[1, 22]"));
    assert_eq!(slice("/office/room/1"), Some("22"));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let reading = lenient("name = \"x\"\nname = 2\n");
    assert_eq!(ids(&reading.problems), ["yaml-syntax"], "{:?}", reading.problems);
    assert_eq!(reading.problems[0].span.start, 11, "{:?}", reading.problems);
    assert!(reading.problems[0].message.starts_with("not TOML: "), "{:?}", reading.problems);
}
