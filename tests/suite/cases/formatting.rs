//! Formatting makes nothing that another reader refuses.

use sincewhen::document::format;

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
