//! Any bytes are read, formatted and edited without a panic, and what comes out says the same but for the
//! edit.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::document::{Edit, ReadOptions, apply, format, from_json, read};
use sincewhen::model::FieldPath;

fuzz_target!(|bytes: &[u8]| {
    let reading = read(bytes, &ReadOptions::lenient());
    read(bytes, &ReadOptions::strict());
    let (Some(document), Ok(text)) = (reading.document, std::str::from_utf8(bytes)) else { return };
    if let Ok(tidy) = format(text) {
        let again = read(tidy.as_bytes(), &ReadOptions::lenient())
            .document
            .expect("because a tidy text is a document");
        assert!(again.root.same_value(&document.root), "formatting changed the values");
        assert_eq!(format(&tidy).as_deref(), Ok(tidy.as_str()), "formatting twice is the same as once");
    }
    for entry in document.root.entries().iter().take(4) {
        let path = FieldPath::root().key(&entry.key);
        let edits = [
            Edit::Replace {
                path: path.clone(),
                value: from_json(&serde_json::json!(["a: b", null, {"c": "#"}])),
            },
            Edit::CommentAbove { path: path.clone(), text: "above".to_owned() },
            Edit::CommentAfter { path: path.clone(), text: "after".to_owned() },
            Edit::RenameKey { path: path.clone(), key: "another name".to_owned() },
            Edit::Remove { path },
        ];
        for edit in edits {
            // What is done, the edit itself reads again and compares; here nothing may panic.
            let _ = apply(text, &[edit], &|_| None);
        }
    }
});
