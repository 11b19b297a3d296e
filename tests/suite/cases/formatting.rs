//! Formatting keeps comments where they belong, and makes nothing that another reader refuses.

use sincewhen::document::format;

#[track_caller]
fn stays(text: &str) {
    assert_eq!(format(text).as_deref(), Ok(text));
}

#[test]
fn a_comment_keeps_its_side_of_the_column() {
    // Above the first dash as above the others.
    stays("list:\n    # one\n  - k: 1\n    # two\n  - k: 2\n    # three\n  - k: 3\n");
    stays("list:\n  # one\n  - k: 1\n  # two\n  - k: 2\n");
    // Under an empty list, and at the end.
    stays("empty: []\n  # - id: an example\n  #   of an item\nlast: 1\n");
    stays("empty: []\n  # - id: an example\n");
    stays("a: 1\n# about b\nb: 2\n");
    // In mappings, and between an item and what follows the list.
    stays("m:\n    # deeper\n  k: 1\n  # beside\n  l: 2\n");
    stays("list:\n  - a\n  # after the list\nnext: 1\n");
    // A list at its key's column moves, and its comments with it.
    assert_eq!(
        format("list:\n# one\n- k: 1\n  # two\n- k: 2\n").as_deref(),
        Ok("list:\n  # one\n  - k: 1\n    # two\n  - k: 2\n")
    );
}

#[test]
fn comments_of_a_flow_list_stand_with_its_items() {
    stays("needs: [\n    x,\n    y,\n    # z,\n    # q,\n  ]\n");
    assert_eq!(
        format("needs: [\n  x,\n  y,\n  # z,\n  # q,\n  ]\n").as_deref(),
        Ok("needs: [\n    x,\n    y,\n    # z,\n    # q,\n  ]\n")
    );
    stays("m: {\n    # first\n    a: 1,\n    b: 2 # second\n  }\n");
}

/// What was read by libyaml's lineage before is read so after.
#[test]
fn nothing_is_made_that_another_reader_refuses() {
    for text in [
        "a: {x: 1, \"y\":2}\n",
        "- [a, b: c]\n",
        "k: 'it''s'\n",
        "t: |2\n    deep\n  text\n",
        "? a\n: b\n",
        "u: !!str 1\n",
    ] {
        if let Ok(after) = format(text) {
            let before_reads = sincewhen::document::is_readable_elsewhere(text);
            assert!(
                !before_reads || sincewhen::document::is_readable_elsewhere(&after),
                "{text:?} → {after:?}"
            );
        }
    }
}
