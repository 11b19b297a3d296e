//! Texts that hold many records: where each item stands, and its text by itself.
//!
//! An item's text is made of its own lines, with blanks for whatever stands before it on its first line, so
//! that columns stay and only lines must be counted on; where several share a line, without. A list or
//! mapping in block style, or in JSON, is cut without reading what it holds, and items that stood in another
//! version of the text are found by comparing bytes; anything else is read as a whole first. The text of an
//! item in TOML, or of one with aliases, is written anew: it has no lines of the file.

use super::item_bound::{Bound, ShapedItem, column_alone};
use super::item_shape::ItemShape;
use super::print::to_yaml;
use super::tree;
use crate::model::{ByteSpan, Failure, Node, NodeValue};
use std::sync::Arc;

/// An item of a text.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its key, where the text holds a mapping.
    pub key: Option<Arc<str>>,
    /// Its bytes in the text.
    pub span: ByteSpan,
    blanks: usize,
    /// Its text by itself, where that is not made of its bytes.
    anew: Option<Arc<str>>,
}

/// What distinguishes the items of texts: the key, and what the text by itself is made of.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ItemName<'t> {
    key: Option<&'t str>,
    blanks: usize,
    text: &'t [u8],
}

impl Item {
    /// How many blanks its text by itself starts with; `None` if it is not made of the item's bytes.
    pub fn blanks(&self) -> Option<usize> {
        self.anew.is_none().then_some(self.blanks)
    }

    /// What distinguishes it. `bytes` are the text's.
    pub fn name<'t>(&'t self, bytes: &'t [u8]) -> ItemName<'t> {
        let text = match &self.anew {
            Some(anew) => anew.as_bytes(),
            None => bytes.get(self.span.start..self.span.end).unwrap_or_default(),
        };
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        ItemName { key: self.key.as_deref(), blanks: self.blanks, text }
    }

    /// Its text by itself. `bytes` are the text's.
    pub fn text(&self, bytes: &[u8]) -> String {
        let mut out = " ".repeat(self.blanks);
        out.push_str(&String::from_utf8_lossy(self.name(bytes).text));
        out.push('\n');
        out
    }
}

/// The items of a text.
#[derive(Clone, Debug, Default)]
pub struct CutItems {
    /// The items, in the order of the text.
    pub items: Vec<Item>,
    /// For each, its place among the items of the text that this one was compared with, where it stood there
    /// to the byte.
    pub known: Vec<Option<usize>>,
    cut: Option<Cut>,
}

/// Where a text was cut.
#[derive(Clone, Debug)]
struct Cut {
    shape: ItemShape,
    /// Where each item's lines begin, and where those of the last one end.
    starts: Vec<usize>,
}

/// How many items ahead one is looked for: so many may have gone at one place at once.
const AHEAD: usize = 4;

/// The items at some keys of a text: of a list, or the values of a mapping. `before` is another text with its
/// items, most of which may stand here, too.
///
/// # Errors
/// Why there are none: the text cannot be read, or has no list or mapping there.
pub fn items(bytes: &[u8], keys: &[&str], before: Option<(&[u8], &CutItems)>) -> Result<CutItems, Failure> {
    let is_toml = super::is_toml(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && !is_toml
        && let Some(cut) = cut(text, keys, before)
    {
        return Ok(cut);
    }
    let (document, problems) = tree(bytes);
    let Some(document) = document else {
        let first = problems.into_iter().next();
        return Err(Failure::data(first.map_or_else(|| "cannot be read as YAML".to_owned(), |p| p.message)));
    };
    let place = || if keys.is_empty() { "the file".to_owned() } else { format!("`{}`", keys.join(".")) };
    let node = document
        .root
        .at_keys(keys.iter().copied())
        .ok_or_else(|| Failure::data(format!("no {} in the file", place())))?;
    let has_aliases = document.text.contains('*') && document.text.contains('&');
    let is_bare = !is_toml && !has_aliases;
    // What is written anew has lines of its own, and spans count in the bytes.
    let is_bare = is_bare && document.text.as_bytes() == bytes;
    let mut last = 0;
    let mut item = |key: Option<&str>, node: &Node| {
        let key = key.map(Arc::from);
        let span = node.span;
        if !is_bare {
            return Item { key, span, blanks: 0, anew: Some(Arc::from(to_yaml(node))) };
        }
        let blanks = column_alone(&document.text, span.start, last);
        last = span.end;
        Item { key, span, blanks, anew: None }
    };
    let items: Vec<Item> = match &node.value {
        NodeValue::List(items) => items.iter().map(|node| item(None, node)).collect(),
        NodeValue::Map(entries) => entries.iter().map(|e| item(Some(&e.key), &e.value)).collect(),
        NodeValue::Null => Vec::new(),
        _ => return Err(Failure::data(format!("{} is no list or mapping of records", place()))),
    };
    Ok(CutItems { known: vec![None; items.len()], items, cut: None })
}

/// Cuts a text whose list or mapping has a shape that can be cut; `None` where it must be read as a whole.
fn cut(text: &str, keys: &[&str], before: Option<(&[u8], &CutItems)>) -> Option<CutItems> {
    let (shape, mut at) = ItemShape::of(text, keys)?;
    let old = before.and_then(|(bytes, items)| {
        let cut = items.cut.as_ref().filter(|cut| cut.shape == shape)?;
        Some((std::str::from_utf8(bytes).ok()?, items, cut))
    });
    let mut out = CutItems::default();
    let mut starts = Vec::new();
    let mut next = 0;
    while shape.bound(text, at)? == Bound::Item {
        let known = old.and_then(|(old_text, items, cut)| {
            (next..(next + AHEAD).min(items.items.len())).find_map(|place| {
                let lines = &old_text[cut.starts[place]..cut.starts[place + 1]];
                let stop = at + lines.len();
                let same = text.as_bytes()[at..].starts_with(lines.as_bytes());
                (same && shape.can_end(text, stop))
                    .then(|| (place, stop, &items.items[place], cut.starts[place]))
            })
        });
        starts.push(at);
        let last = out.items.last().map_or(0, |item| item.span.end);
        let (item, place, stop) = match known {
            Some((place, stop, item, start)) => {
                let span = ByteSpan { start: item.span.start - start + at, end: item.span.end - start + at };
                next = place + 1;
                let blanks = shape.blanks(text, span.start, (at, last));
                let place = (blanks == item.blanks).then_some(place);
                (Item { span, blanks, ..item.clone() }, place, stop)
            }
            None => {
                let ShapedItem { key, span, stop } = shape.item(text, at)?;
                let blanks = shape.blanks(text, span.start, (at, last));
                (Item { key: key.map(Arc::from), span, blanks, anew: None }, None, stop)
            }
        };
        out.items.push(item);
        out.known.push(place);
        at = stop;
    }
    let same_end = old.is_some_and(|(old_text, items, cut)| {
        cut.starts.get(items.items.len()).is_some_and(|end| old_text[*end..] == text[at..])
    });
    if !same_end && !shape.can_follow(text, at) {
        return None;
    }
    starts.push(at);
    out.cut = Some(Cut { shape, starts });
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{CutItems, cut, items};
    use crate::document::tree;

    fn texts(text: &str, cut: &CutItems) -> Vec<String> {
        cut.items.iter().map(|item| item.text(text.as_bytes())).collect()
    }

    #[test]
    fn items_are_cut_as_they_are_read() {
        let texts: [(&str, &[&str]); 10] = [
            ("- id: a\n  n: 1\n# of b\n- id: b\n  t: |\n    x\n    - y\n\n- {id: c}\n", &[]),
            ("# head\npeople:\n  - id: a\n    n: [1,\n      2]\n  -\n    id: b\nlast: 1\n", &["people"]),
            ("people:\n- id: a\n- id: b\n  c:\n  - d\nlast: 1\n", &["people"]),
            ("a:\n  n: 1\nb: {n: 2}\nc: # of c\n  n: 3\n", &[]),
            ("x: 1\nterms:\n  t1:\n    n: 1\n  t2:\n    n: 2\n", &["terms"]),
            ("---\n- id: a\n- id: b\n", &[]),
            ("[{\"id\": \"a\"}, {\"id\": \"b, }\\\"]\", \"n\": [1, {}]}]", &[]),
            ("[\n  {\n    \"id\": \"é\"\n  },\n  {\"id\": 2}\n]\n", &[]),
            ("{\"v\": [\"]\"], \"all\": {\"a\": {\"n\": 1},\n \"b\": {\"n\": 2}}, \"w\": null}", &["all"]),
            ("{\"a\": {\"x\": [ ]}, \"b\": [{\"k\": -1.5e3}]}", &["b"]),
        ];
        for (text, keys) in texts {
            let cut = cut(text, keys, None).unwrap_or_else(|| panic!("not cut: {text:?}"));
            let root = tree(text.as_bytes()).0.expect("a tree").root;
            let list = root.at_keys(keys.iter().copied()).expect("the list");
            let whole: Vec<String> = list
                .items()
                .iter()
                .chain(list.entries().iter().map(|e| &e.value))
                .map(|node| node.canonical())
                .collect();
            let pieces: Vec<String> = cut
                .items
                .iter()
                .map(|item| tree(item.text(text.as_bytes()).as_bytes()).0.expect("a tree").root.canonical())
                .collect();
            assert_eq!(pieces, whole, "{text:?}");
        }
    }

    #[test]
    fn items_that_stood_in_another_text_are_the_same_as_without_it() {
        let block = [
            "- id: a\n  n: 1\n",
            "- id: b\n  t: |\n    x\n\n",
            "# of c\n- id: c\n",
            "  m: 2\n",
            "- {id: d}\n",
        ];
        let json =
            ["{\"id\": 1},\n  ", "{\"id\": 2, \"t\": [1, 2]},\n  ", "{\"id\": 3},\n", "   {\"id\": 4}, "];
        let keyed = ["  a:\n    n: 1\n", "  b: {n: 2}\n", "    # c\n", "  c:\n    n: 3\n\n", "  d: {}\n"];
        let made = |parts: &[&str], head: &str, tail: &str, chosen: u32| {
            let parts = parts.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
            format!("{head}{}{tail}", parts.map(|(_, part)| *part).collect::<String>())
        };
        let mut found = 0;
        for one in 1..32_u32 {
            for other in 1..32_u32 {
                let pairs = [
                    (made(&block, "", "", one), made(&block, "", "", other), vec![]),
                    (
                        made(&json, "[", "{\"id\": 5}]", one),
                        made(&json, "[ ", "{\"id\": 6} ]", other),
                        vec![],
                    ),
                    (
                        made(&keyed, "all:\n", "z: 1\n", one),
                        made(&keyed, "all:\n", "z: 2\n", other),
                        vec!["all"],
                    ),
                ];
                for (old, new, keys) in pairs {
                    let (Some(before), Some(alone)) = (cut(&old, &keys, None), cut(&new, &keys, None)) else {
                        continue;
                    };
                    let after = cut(&new, &keys, Some((old.as_bytes(), &before))).expect("cut as well");
                    assert_eq!(texts(&new, &after), texts(&new, &alone), "{old:?} {new:?}");
                    let spans = |cut: &CutItems| cut.items.iter().map(|item| item.span).collect::<Vec<_>>();
                    assert_eq!(spans(&after), spans(&alone), "{old:?} {new:?}");
                    for (item, known) in after.items.iter().zip(&after.known) {
                        let Some(place) = known else { continue };
                        found += 1;
                        assert!(item.name(new.as_bytes()) == before.items[*place].name(old.as_bytes()));
                    }
                }
            }
        }
        assert!(found > 1500, "{found} items were found in the other text");
    }

    #[test]
    fn only_what_changed_is_cut_anew() {
        let text = |changed: &[usize], json: bool| {
            let note = |n: usize| if changed.contains(&n) { "another note" } else { "a note" };
            if json {
                let all: Vec<String> =
                    (0..500).map(|n| format!("  {{\"id\": {n}, \"note\": \"{}\"}}", note(n))).collect();
                return format!("[\n{}\n]\n", all.join(",\n"));
            }
            (0..500).map(|n| format!("- id: {n}\n  note: {}\n", note(n))).collect()
        };
        for json in [false, true] {
            let (old, new) = (text(&[], json), text(&[0, 250, 499], json));
            let before = cut(&old, &[], None).expect("cut");
            let after = cut(&new, &[], Some((old.as_bytes(), &before))).expect("cut");
            let anew: Vec<usize> = (0..500).filter(|at| after.known[*at].is_none()).collect();
            assert_eq!(anew, [0, 250, 499]);
        }
    }

    #[test]
    fn what_others_on_a_line_say_does_not_change_an_item() {
        let (one, other) = ("[{\"a\": 1}, {\"b\": 2}]", "[{\"a\": 1000}, {\"b\": 2}]");
        let second = |text: &str| texts(text, &items(text.as_bytes(), &[], None).expect("items"))[1].clone();
        assert_eq!(second(one), second(other));
    }

    #[test]
    fn what_cannot_be_cut_is_read_whole() {
        for text in [
            "- &a {id: a}\n- {id: b, of: *a}\n",
            "[{'id': 'a'}, {'id': 'b'}]",
            "- id: a\n...\n",
            "[{\"id\": \"a\"}, {\"id\": \"b\"}] # all",
        ] {
            assert!(cut(text, &[], None).is_none(), "{text:?}");
            let found = texts(text, &items(text.as_bytes(), &[], None).expect("items"));
            assert!(!found.is_empty() && found.iter().all(|item| item.contains("id")), "{found:?}");
        }
        assert!(items(b"people: 1\n", &["people"], None).is_err());
        assert!(items(b"a: 1\n", &["people"], None).is_err());
    }

    #[test]
    fn items_in_toml_are_written_anew() {
        let text =
            "[[people]]\nname = \"A\" # first\n\n[[people]]\nname = \"B\"\n[people.born]\nyear = 1950\n";
        let found = items(text.as_bytes(), &["people"], None).expect("items");
        assert_eq!(texts(text, &found), ["name: A\n", "name: B\nborn:\n  year: 1950\n"]);
        assert_eq!(&text[found.items[1].span.start..found.items[1].span.end], &text[31..text.len() - 1]);
        assert!(found.items[1].blanks().is_none());
    }
}
