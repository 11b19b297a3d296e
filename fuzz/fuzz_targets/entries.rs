//! What is read in pieces is what is read as a whole, values, places and problems: single entries, and a text
//! after another that has most of its lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::document::{DocumentSeries, ReadOptions, entries, read};
use sincewhen::model::{Node, NodeValue};

fuzz_target!(|bytes: &[u8]| {
    in_series(bytes);
    let whole = read(bytes, &ReadOptions::lenient());
    let Some(slow) = whole.document else {
        assert!(entries(bytes, &["name", "dated"]).0.is_none(), "a tree where the parser has none");
        return;
    };
    let mut names: Vec<&str> =
        slow.root.entries().iter().map(|entry| entry.key.as_str()).step_by(2).collect();
    names.push("dated");
    let (few, problems) = entries(bytes, &names);
    assert_eq!(problems, whole.problems);
    let few = few.expect("because the parser has a tree");
    for name in names {
        let (quick, slow) = (few.root.entry(name), slow.root.entry(name));
        assert_eq!(quick.is_some(), slow.is_some(), "{name}");
        if let (Some(quick), Some(slow)) = (quick, slow) {
            assert!(quick.key_span == slow.key_span && quick.value.span == slow.value.span, "{name}");
            assert!(quick.value.same_value(&slow.value), "{name}");
        }
    }
});

/// The text after one without a third of its lines, and that after the text.
fn in_series(bytes: &[u8]) {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n').enumerate();
    let fewer =
        lines.filter(|(at, _)| at % 3 != 1).flat_map(|(_, line)| line.iter().copied()).collect::<Vec<u8>>();
    let mut series = DocumentSeries::default();
    for text in [&fewer[..], bytes, &fewer] {
        let whole = read(text, &ReadOptions::lenient());
        let (document, problems) = series.tree(text);
        assert_eq!(problems, whole.problems);
        assert_eq!(document.is_some(), whole.document.is_some());
        if let (Some(joined), Some(alone)) = (document, whole.document) {
            assert!(identical(&joined.root, &alone.root), "{:#?}\n{:#?}", joined.root, alone.root);
        }
    }
}

fn identical(a: &Node, b: &Node) -> bool {
    let parts = match (&a.value, &b.value) {
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
    a.span == b.span && parts
}
