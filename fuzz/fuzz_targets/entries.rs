//! The quick reader that finds a record's name and date gives what the parser gives: values, places and problems.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::document::{ReadOptions, entries, read};

fuzz_target!(|bytes: &[u8]| {
    let whole = read(bytes, &ReadOptions::lenient());
    let Some(slow) = whole.document else {
        assert!(entries(bytes, &["name", "dated"]).0.is_none(), "a tree where the parser has none");
        return;
    };
    let mut names: Vec<&str> = slow.root.entries().iter().map(|entry| entry.key.as_str()).step_by(2).collect();
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
