//! Laws that hold for whatever text or tree: generated ones, tricky ones, and tricky ones broken at random.

use super::edits::value;
use super::{TRICKY, lenient, strict, tree, walk};
use proptest::prelude::*;
use sincewhen::document::{
    Edit, EditError, apply, format, from_json, scalar, second_reading, to_serde, to_yaml,
};
use sincewhen::model::{FieldPath, Node, Step};

/// How many cases a law is tried on: `PROPTEST_CASES` overrides it.
pub(super) fn config(cases: u32) -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|given| given.parse().ok()).unwrap_or(cases);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Any tree of at most a few levels, with texts that are hard to write.
fn any_node() -> impl Strategy<Value = Node> {
    let text = prop_oneof![
        "[ -~]{0,12}",
        "[a-z:#,\\[\\]{}&*!|>'\"%@` \\-?\\\\]{0,8}",
        "[\\PC\t\n\r \u{85}\u{2028}\u{feff}\u{0}-\u{1f}]{0,10}",
        "[a-z é\n]{0,30}",
        "[-+0-9.:_eExob]{1,7}",
        proptest::sample::select(vec![
            "",
            "NO",
            "yes",
            "~",
            "null",
            "012",
            "1:30",
            "2013-04-15",
            "<<",
            "=",
            "---",
            "...",
            "- x",
            "a: b",
            "x #y",
            "|",
            "1e3",
            ".inf"
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<f64>().prop_map(serde_json::Value::from),
        text.clone().prop_map(serde_json::Value::from),
        text.clone().prop_map(serde_json::Value::from),
    ];
    let tree = leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(serde_json::Value::from),
            prop::collection::vec((text.clone(), inner), 0..6)
                .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
        ]
    });
    tree.prop_map(|value| from_json(&value))
}

/// A generated tree written by hand-like choices: styles, comments, blank lines, line ends.
fn any_text() -> impl Strategy<Value = String> {
    (any_node(), any::<[bool; 4]>(), prop::collection::vec(0u8..8, 40)).prop_map(
        |(node, [crlf, bom, ended, _], choices)| {
            let mut out = String::new();
            for (at, line) in to_yaml(&node).lines().enumerate() {
                let choice = choices[at % choices.len()];
                let block_start = line.trim_end().ends_with(['|', '-']) || line.ends_with("|-");
                out += line;
                // Inside a literal block this becomes part of the text, which is as good a case.
                out += match choice {
                    0 if !block_start => " # comment",
                    1 if !block_start => "   ",
                    _ => "",
                };
                out += if choice == 2 { "\n\n" } else { "\n" };
            }
            let out = if ended { out } else { out.trim_end().to_owned() };
            let out = if crlf { out.replace('\n', "\r\n") } else { out };
            if bom { format!("\u{feff}{out}") } else { out }
        },
    )
}

/// All paths of a tree, as positions made into steps.
fn all_paths(node: &Node, at: FieldPath, out: &mut Vec<FieldPath>) {
    for (index, item) in node.items().iter().enumerate() {
        all_paths(item, at.then(Step::Index(index)), out);
    }
    for entry in node.entries() {
        all_paths(&entry.value, at.key(&entry.key), out);
    }
    out.push(at);
}

/// Says for which scalar, if any, the bytes of its span do not read back as the scalar.
fn wrong_span(text: &str) -> Option<String> {
    let document = lenient(text).document?;
    let mut nodes = Vec::new();
    walk(&document.root, String::new(), &mut nodes);
    nodes.into_iter().filter(|(_, node)| node.items().is_empty() && node.entries().is_empty()).find_map(
        |(path, node)| {
            let written = document.slice(node.span);
            let is_block = written.starts_with(['|', '>']);
            // A block scalar is read where it stands: its indentation counts from the key above it.
            let again =
                if is_block { document.text[..node.span.end].to_owned() } else { format!("[{written}]") };
            let root = lenient(&again).document.map(|document| document.root)?;
            let mut found = Vec::new();
            walk(&root, String::new(), &mut found);
            let found = found.iter().rev().find(|(at, _)| if is_block { *at == path } else { at == "/0" });
            let same =
                found.map_or(node.is_null() && written.is_empty(), |(_, found)| found.same_value(node));
            (!same).then(|| format!("{path} in {text:?}: {written:?} is {found:?}, not {:?}", node.value))
        },
    )
}

#[test]
fn spans_of_tricky_texts_read_back() {
    for text in TRICKY.iter().filter(|text| !text.contains("!!str")) {
        assert_eq!(wrong_span(text), None);
    }
}

#[test]
fn tricky_texts_survive_every_edit() {
    for text in TRICKY {
        let Some(document) = lenient(text).document else { continue };
        let mut paths = Vec::new();
        all_paths(&document.root, FieldPath::root(), &mut paths);
        for path in paths {
            let new = value("{p: [1, \"x\\ny\\n\"]}");
            let edits = [
                Edit::Replace { path: path.clone(), value: value("NO") },
                Edit::Replace { path: path.clone(), value: new.clone() },
                Edit::Replace { path: path.clone(), value: value("[]") },
                Edit::Remove { path: path.clone() },
                Edit::InsertKey { path: path.clone(), key: "new".to_owned(), value: new.clone(), at: None },
                Edit::InsertKey { path: path.clone(), key: "new".to_owned(), value: value("x"), at: Some(0) },
                Edit::InsertItem { path: path.clone(), item: new.clone(), at: None },
                Edit::InsertItem { path: path.clone(), item: new.clone(), at: Some(0) },
                Edit::RenameKey { path: path.clone(), key: "new".to_owned() },
                Edit::CommentAbove { path: path.clone(), text: "c".to_owned() },
                Edit::CommentAfter { path: path.clone(), text: "c".to_owned() },
            ];
            for edit in edits {
                let _ = apply(text, std::slice::from_ref(&edit), &|_| None);
            }
        }
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn what_is_printed_reads_back(node in any_node()) {
        let text = to_yaml(&node);
        let reading = strict(&text);
        prop_assert_eq!(&reading.problems, &vec![], "{}", text);
        let document = reading.document.expect("a tree");
        prop_assert!(document.root.same_value(&node), "{}", text);
        // The other lineage of readers takes it for the same, dates being texts to both.
        let fault = |e: serde_yaml::Error| TestCaseError::fail(format!("{e}\n{text}"));
        let other: serde_yaml::Value = serde_yaml::from_str(&text).map_err(fault)?;
        prop_assert_eq!(other, to_serde(&node), "{}", text);
    }

    #[test]
    fn scalars_read_back_everywhere(text in "[ -~é\n\t]{0,16}") {
        let written = scalar(&text);
        for (around, path) in [(format!("k: {written} # c\n"), "k"), (format!("{{k: {written}, l: \
            1}}\n"), "k"), (format!("{{k: [{written}]}}\n"), "k")] {
            let document = tree(&around);
            let node = document.root.get(path).expect("the key");
            let node = node.items().first().unwrap_or(node);
            prop_assert_eq!(node.text(), Some(text.as_str()), "{}", around);
            prop_assert_eq!(document.slice(node.span), &written);
        }
        let document = tree(&format!("{written}: 1\n"));
        prop_assert_eq!(&document.root.entries()[0].key, &text);
    }
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn edits_of_what_was_printed_succeed(
        text in any_text(),
        pick in any::<prop::sample::Index>(),
        which in 0..6,
        new in any_node(),
        at in 0..4usize,
    ) {
        let reading = lenient(&text);
        prop_assume!(reading.document.is_some());
        let document = reading.document.expect("a tree");
        let mut paths = Vec::new();
        all_paths(&document.root, FieldPath::root(), &mut paths);
        let path = paths[pick.index(paths.len())].clone();
        let at = Some(at);
        let edit = match which {
            0 => Edit::Replace { path, value: new },
            1 => Edit::Remove { path },
            2 => Edit::InsertKey { path, key: "new key".to_owned(), value: new, at },
            3 => Edit::InsertItem { path, item: new, at },
            4 => Edit::CommentAfter { path, text: "said so".to_owned() },
            _ => Edit::RenameKey { path, key: "new key".to_owned() },
        };
        let result = apply(&text, std::slice::from_ref(&edit), &|_| None);
        match &result {
            Ok(after) => prop_assert_eq!(after.starts_with('\u{feff}'), text.starts_with('\u{feff}')),
            Err(EditError::Refused { why, .. }) if which == 4 || why.contains("line of its \
                own") || why.contains("whole text") || why.contains("no key") => {}
            Err(EditError::WrongKind { .. }) => {}
            Err(error) => prop_assert!(false, "{error}\n{text:?}\n{edit:?}"),
        }
    }
}

fn mutated(text: &str, seeds: &[(usize, u8)]) -> String {
    const BITS: &[&str] = &[
        " ", "\n", "\r\n", "\t", "-", ":", "#", " #", "[", "]", "{", "}", ",", "'", "\"", "|", ">", "&a ",
        "*a", "!t ", "? ", "- ", ": ", "é", "x", "0", "\\",
    ];
    let mut text = text.to_owned();
    for (at, what) in seeds {
        let mut at = at % (text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        match what % 3 {
            0 => drop(text.pop()),
            1 => {
                let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
                text.replace_range(at..end, "");
            }
            _ => text.insert_str(at, BITS[usize::from(*what) % BITS.len()]),
        }
    }
    text
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn broken_texts_are_answered(
        which in 0..TRICKY.len(),
        seeds in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        pick in any::<prop::sample::Index>(),
    ) {
        let text = mutated(TRICKY[which], &seeds);
        let (a, b) = (strict(&text), lenient(&text));
        prop_assert!(a.document.is_some() || !a.problems.is_empty());
        prop_assert!(b.document.is_some() || !b.problems.is_empty());
        if let (Some(a), Some(b)) = (&a.document, &b.document) {
            prop_assert!(a.root.same_value(&b.root));
        }
        if let Ok(once) = format(&text) {
            prop_assert_eq!(format(&once), Ok(once.clone()), "{:?}", text);
        }
        let Some(document) = b.document else { return Ok(()) };
        let _ = second_reading(&document);
        let mut paths = Vec::new();
        all_paths(&document.root, FieldPath::root(), &mut paths);
        let path = paths[pick.index(paths.len())].clone();
        let edits = [
            Edit::Remove { path: path.clone() },
            Edit::Replace { path: path.clone(), value: value("NO") },
            Edit::CommentAbove { path, text: "c".to_owned() },
        ];
        for edit in edits {
            let _ = apply(&text, &[edit], &|_| None);
        }
    }

    #[test]
    fn spans_read_back(text in any_text()) {
        prop_assert_eq!(wrong_span(&text), None);
    }

    #[test]
    fn what_was_printed_is_formatted(text in any_text()) {
        let is_harmless = |id: &str| matches!(id, "yaml-number" | "yaml-merge-key");
        prop_assume!(lenient(&text).problems.iter().all(|problem| is_harmless(problem.kind.id())));
        let once = format(&text).map_err(|error| TestCaseError::fail(format!("{error}\n{text:?}")))?;
        prop_assert_eq!(format(&once), Ok(once.clone()), "{:?}", text);
    }
}
