//! Edits of YAML text that touch only the bytes they must: comments, layout and quoting elsewhere stay as
//! they are.
//!
//! Owns what an edit means for the tree and the check that the edited text says exactly that. How bytes are
//! replaced is in `splice`. An edit that cannot be done safely is refused; no wrong text is ever returned.

use super::edits::Edit;
use super::parse::{Reading, read};

use super::read_options::ReadOptions;
use super::splice::{self, Splice};
use crate::model::{ByteSpan, Document, Entry, FieldPath, Node, NodeValue, Step};

/// Gives the key fields of the list at a path, for paths with keyed items; as in [`Node::at`].
pub type Keys<'k> = dyn Fn(&FieldPath) -> Option<&'k [String]> + 'k;

/// Why an edit was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text has no tree.
    #[error("the text cannot be edited: {0}")]
    NotYaml(String),
    /// Nothing stands at the path.
    #[error("nothing stands at `{0}`")]
    NoSuchPath(FieldPath),
    /// The key is there already.
    #[error("`{0}` stands there already")]
    KeyExists(FieldPath),
    /// What stands at the path is not what the edit is for.
    #[error("`{path}` is not {wanted}")]
    WrongKind {
        /// The path.
        path: FieldPath,
        /// "a list", "a mapping", "an entry of a mapping".
        wanted: &'static str,
    },
    /// The edit cannot be done without touching more than it should.
    #[error("`{path}` cannot be edited here: {why}")]
    Refused {
        /// The path.
        path: FieldPath,
        /// Why, in a few words.
        why: String,
    },
}

/// Makes the edits, one after the other, and gives the new text. After each the result is read again: it must
/// hold the expected tree, and every comment that was not removed on purpose. Line breaks stay what they are
/// (LF, CRLF), as does a missing last one.
///
/// # Errors
/// The first edit that is not possible; then nothing is changed.
pub fn apply<'k>(text: &str, edits: &[Edit], keys: &Keys<'k>) -> Result<String, EditError> {
    let (bom, body) =
        if let Some(rest) = text.strip_prefix('\u{feff}') { ("\u{feff}", rest) } else { ("", text) };
    let mut current = reading(body)?;
    for edit in edits {
        current = apply_one(&current, edit, keys)?;
    }
    Ok(format!("{bom}{}", current.0.text))
}

/// A document with its comments' spans and words.
type CommentedDocument = (Document, Vec<(ByteSpan, String)>);

fn reading(text: &str) -> Result<CommentedDocument, EditError> {
    if super::is_toml(text.as_bytes()) {
        return Err(EditError::NotYaml("it is TOML, which is read and not written".to_owned()));
    }
    let Reading { document, problems, comments, text: read_text } =
        read(text.as_bytes(), &ReadOptions::lenient());
    let refused = || problems.first().map_or_else(String::new, |problem| problem.message.clone());
    let document = document.filter(|_| *read_text == *text).ok_or_else(|| EditError::NotYaml(refused()))?;
    Ok((document, comments.into_iter().map(|comment| (comment.span, comment.text)).collect()))
}

fn apply_one<'k>(
    before: &CommentedDocument,
    edit: &Edit,
    keys: &Keys<'k>,
) -> Result<CommentedDocument, EditError> {
    let (document, comments) = before;
    let path = edit.path();
    let refuse = |why: &str| EditError::Refused { path: path.clone(), why: why.to_owned() };
    let route = route(&document.root, path, keys).ok_or_else(|| EditError::NoSuchPath(path.clone()))?;
    let expected = expected_tree(document, &route, edit)?;
    let mut splices = splice::splices(document, &route, edit).map_err(|why| refuse(&why.message))?;
    splices.sort_by_key(|splice| splice.at.start);
    let text = spliced(&document.text, &splices).ok_or_else(|| refuse("its parts overlap"))?;
    let after = reading(&text).map_err(|_| refuse("the result would not be YAML"))?;
    if !identical(&after.0.root, &expected) {
        return Err(refuse("another value would change with it"));
    }
    let kept = comments.iter().filter(|(span, _)| !splices.iter().any(|splice| splice.covers(*span)));
    if !comments_are(&after.1, kept.map(|(_, words)| words.as_str()), edit) {
        return Err(refuse("a comment would be lost or changed"));
    }
    Ok(after)
}

fn spliced(text: &str, splices: &[Splice]) -> Option<String> {
    let mut out =
        String::with_capacity(text.len() + splices.iter().map(|splice| splice.with.len()).sum::<usize>());
    let mut at = 0;
    for splice in splices {
        out.push_str(text.get(at..splice.at.start)?);
        out.push_str(&splice.with);
        at = splice.at.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

/// Whether the comments are the kept ones in their order, and the one the edit adds.
fn comments_are<'a>(found: &[(ByteSpan, String)], kept: impl Iterator<Item = &'a str>, edit: &Edit) -> bool {
    let mut found = found.iter().map(|(_, words)| words.as_str()).peekable();
    let mut missing = edit.comment().map(str::trim);
    for words in kept {
        if found.peek() != Some(&words) {
            let Some(added) = missing.take() else { return false };
            match found.next() {
                Some(next) if next == added => {}
                Some(next) if next == format!("{words} # {added}") => continue,
                _ => return false,
            }
        }
        if found.next() != Some(words) {
            return false;
        }
    }
    found.next() == missing && found.next().is_none()
}

/// The positions that lead to a path: of entries in mappings, of items in lists.
fn route<'k>(root: &Node, path: &FieldPath, keys: &Keys<'k>) -> Option<Vec<usize>> {
    let mut node = root;
    let mut walked = FieldPath::root();
    let mut route = Vec::with_capacity(path.0.len());
    for step in &path.0 {
        let at = match step {
            Step::Key(key) => node.entries().iter().position(|entry| entry.key == *key)?,
            Step::Index(at) => *at,
            Step::Member(value) => {
                node.items().iter().position(|item| item.scalar_str().is_some_and(|text| text == **value))?
            }
            Step::Gone(_) => return None,
            Step::Item(values) => {
                let fields = keys(&walked)?;
                node.items().iter().position(|item| item.key_values(fields).as_ref() == Some(values))?
            }
        };
        node = splice::child(node, at)?;
        route.push(at);
        walked = walked.then(step.clone());
    }
    Some(route)
}

/// What the tree must be after the edit.
fn expected_tree(document: &Document, route: &[usize], edit: &Edit) -> Result<Node, EditError> {
    let mut root = document.root.clone();
    let path = edit.path();
    let wrong = |wanted: &'static str| EditError::WrongKind { path: path.clone(), wanted };
    match edit {
        Edit::Replace { value, .. } => *node_mut(&mut root, route) = value.clone(),
        Edit::InsertKey { key, value, at, .. } => {
            let entries = entries_mut(node_mut(&mut root, route)).ok_or_else(|| wrong("a mapping"))?;
            if entries.iter().any(|entry| entry.key == *key) {
                return Err(EditError::KeyExists(path.key(key)));
            }
            let entry = Entry { key: key.clone(), key_span: ByteSpan::default(), value: value.clone() };
            entries.insert(at.unwrap_or(usize::MAX).min(entries.len()), entry);
        }
        Edit::InsertItem { item, at, .. } => {
            let items = items_mut(node_mut(&mut root, route)).ok_or_else(|| wrong("a list"))?;
            items.insert(at.unwrap_or(usize::MAX).min(items.len()), item.clone());
        }
        Edit::Remove { .. } => {
            let (last, parents) = route.split_last().ok_or_else(|| wrong("an entry or item"))?;
            match &mut node_mut(&mut root, parents).value {
                NodeValue::Map(entries) => drop(entries.remove(*last)),
                NodeValue::List(items) => drop(items.remove(*last)),
                _ => return Err(wrong("an entry or item")),
            }
        }
        Edit::RenameKey { key, .. } => {
            let (last, parents) = route.split_last().ok_or_else(|| wrong("an entry of a mapping"))?;
            let NodeValue::Map(entries) = &mut node_mut(&mut root, parents).value else {
                return Err(wrong("an entry of a mapping"));
            };
            if entries.iter().enumerate().any(|(at, entry)| at != *last && entry.key == *key) {
                return Err(EditError::KeyExists(path.parent().unwrap_or_default().key(key)));
            }
            entries[*last].key.clone_from(key);
        }
        Edit::CommentAbove { text, .. } | Edit::CommentAfter { text, .. } => {
            if route.is_empty() || text.contains(['\n', '\r']) {
                return Err(wrong("an entry or item, or the comment is not one line"));
            }
        }
    }
    Ok(root)
}

fn node_mut<'n>(root: &'n mut Node, route: &[usize]) -> &'n mut Node {
    route.iter().fold(root, |node, at| match &mut node.value {
        NodeValue::Map(entries) => &mut entries[*at].value,
        NodeValue::List(items) => &mut items[*at],
        _ => panic!("because a route only passes through collections"),
    })
}

fn entries_mut(node: &mut Node) -> Option<&mut Vec<Entry>> {
    if node.is_null() {
        node.value = NodeValue::Map(Vec::new());
    }
    match &mut node.value {
        NodeValue::Map(entries) => Some(entries),
        _ => None,
    }
}

fn items_mut(node: &mut Node) -> Option<&mut Vec<Node>> {
    if node.is_null() {
        node.value = NodeValue::List(Vec::new());
    }
    match &mut node.value {
        NodeValue::List(items) => Some(items),
        _ => None,
    }
}

/// Whether two trees hold the same values, mappings in the same order.
pub(super) fn identical(a: &Node, b: &Node) -> bool {
    match (&a.value, &b.value) {
        (NodeValue::List(a), NodeValue::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| identical(a, b))
        }
        (NodeValue::Map(a), NodeValue::Map(b)) => {
            a.len() == b.len()
                && a.iter().zip(b).all(|(a, b)| a.key == b.key && identical(&a.value, &b.value))
        }
        _ => a.same_value(b),
    }
}
