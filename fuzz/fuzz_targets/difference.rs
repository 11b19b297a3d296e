//! A difference applied to the one side gives the other, with and without keys; nothing differs from itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::diff::{apply, diff, same};
use sincewhen::document::tree;
use sincewhen::schema::Shape;

fuzz_target!(|bytes: &[u8]| {
    // Two texts, parted by the first byte that no text has.
    let mut halves = bytes.splitn(2, |byte| *byte == 0xff);
    let (Some(a), Some(b)) = (halves.next(), halves.next()) else { return };
    let (Some(a), Some(b)) = (tree(a).0, tree(b).0) else { return };
    let mut keyed = Shape::default();
    let list = Shape { key: Some(vec!["id".to_owned()]), ..Shape::default() };
    keyed.properties.insert("marks".to_owned(), list);
    for shape in [Shape::default(), keyed] {
        assert!(diff(&a.root, &a.root, &shape).is_empty());
        let made = apply(&diff(&a.root, &b.root, &shape), &a.root, &shape);
        assert!(same(&made, &b.root, &shape));
    }
});
