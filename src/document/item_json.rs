//! Lists and mappings of records in JSON: where items begin and end, by brackets and quotation marks alone.
//!
//! What an item holds is the parser's to read, and so is every text with anything that is not JSON: comments,
//! other quotation marks, names without any.

use super::item_bound::{Bound, ShapedItem};
use crate::model::ByteSpan;

/// A list or mapping in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct JsonShape {
    is_list: bool,
    /// How many mappings it stands in.
    depth: usize,
}

/// The shape of the list or mapping at some keys, and where its first item begins.
pub(super) fn first(text: &str, keys: &[&str]) -> Option<(JsonShape, usize)> {
    let bytes = text.as_bytes();
    let mut at = blank(bytes, 0);
    for wanted in keys {
        if bytes.get(at) != Some(&b'{') {
            return None;
        }
        at = blank(bytes, at + 1);
        loop {
            let (key, value) = member(text, at)?;
            if key == *wanted {
                at = value;
                break;
            }
            at = blank(bytes, past_value(bytes, value)?);
            if bytes.get(at) != Some(&b',') {
                return None;
            }
            at = blank(bytes, at + 1);
        }
    }
    let is_list = match bytes.get(at)? {
        b'[' => true,
        b'{' => false,
        _ => return None,
    };
    Some((JsonShape { is_list, depth: keys.len() }, blank(bytes, at + 1)))
}

/// What stands at a byte that follows an item and its comma.
pub(super) fn bound(shape: JsonShape, text: &str, at: usize) -> Option<Bound> {
    match text.as_bytes().get(at)? {
        b']' if shape.is_list => Some(Bound::End),
        b'}' if !shape.is_list => Some(Bound::End),
        b'{' | b'[' | b'"' if shape.is_list => Some(Bound::Item),
        b'"' => Some(Bound::Item),
        _ => None,
    }
}

/// The item that begins at a byte.
pub(super) fn item(shape: JsonShape, text: &str, at: usize) -> Option<ShapedItem<'_>> {
    let bytes = text.as_bytes();
    let (key, start) = if shape.is_list {
        (None, at)
    } else {
        let (key, value) = member(text, at)?;
        (Some(key), value)
    };
    let end = past_value(bytes, start)?;
    let mut stop = blank(bytes, end);
    if bytes.get(stop) == Some(&b',') {
        stop = blank(bytes, stop + 1);
        // A comma with nothing after it is no JSON.
        if matches!(bytes.get(stop), Some(b']' | b'}')) {
            return None;
        }
    } else if !matches!(bytes.get(stop), Some(b']' | b'}')) {
        return None;
    }
    Some(ShapedItem { key, span: ByteSpan { start, end }, stop })
}

/// Whether what follows the last item closes what is open, and nothing else.
pub(super) fn can_follow(shape: JsonShape, text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (blank(bytes, at + 1), shape.depth);
    while at < bytes.len() {
        let after = match bytes[at] {
            _ if depth == 0 => None,
            b'}' => {
                depth -= 1;
                Some(at + 1)
            }
            b',' => member(text, blank(bytes, at + 1)).and_then(|(_, value)| past_value(bytes, value)),
            _ => None,
        };
        let Some(after) = after else { return false };
        at = blank(bytes, after);
    }
    depth == 0
}

/// The key of a member and where its value begins. A key with an escape is the parser's to read.
fn member(text: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes();
    let end = past_text(bytes, at)?;
    let colon = blank(bytes, end);
    if bytes.get(colon) != Some(&b':') {
        return None;
    }
    let key = &text[at + 1..end - 1];
    (!key.contains('\\')).then(|| (key, blank(bytes, colon + 1)))
}

fn blank(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// Past a text in quotation marks.
fn past_text(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// Past a value of any kind.
fn past_value(bytes: &[u8], at: usize) -> Option<usize> {
    let (mut at, mut depth) = (at, 0_usize);
    loop {
        match *bytes.get(at)? {
            b'"' => at = past_text(bytes, at)?,
            b'{' | b'[' => (at, depth) = (at + 1, depth + 1),
            b'}' | b']' => (at, depth) = (at + 1, depth.checked_sub(1)?),
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' if depth > 0 => at += 1,
            byte if is_of_scalar(byte) => {
                at += bytes[at..].iter().take_while(|byte| is_of_scalar(**byte)).count();
            }
            _ => return None,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

fn is_of_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}
