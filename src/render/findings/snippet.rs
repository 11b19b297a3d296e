//! The lines of a file that an excerpt shows: harmless on a terminal, and cut where they are very long.

use crate::model::Place;
use std::collections::BTreeMap;

/// The widest line that is shown whole, in characters.
const WIDEST: usize = 2000;
/// How much of a wider line is shown on either side of what matters.
const AROUND: usize = 80;
/// The most lines of a marked span that are shown.
const TALLEST: usize = 6;

/// A part of a text, with the marked spans moved along.
pub struct Excerpt {
    /// The lines.
    pub source: String,
    /// The number of the first of them, 1-based.
    pub first_line: usize,
    /// The spans in `source`, in the order they were asked for.
    pub spans: Vec<std::ops::Range<usize>>,
    /// Whether every character stands in its own column.
    pub faithful: bool,
}

/// The lines from the first to the last of some places. A place of many lines is cut after some. Looks at no
/// other part of the text: a file with thousands of findings is drawn in time that grows with them alone.
pub fn excerpt(text: &str, marked: &[Place]) -> Excerpt {
    let spans: Vec<(usize, usize)> = marked.iter().map(|place| shortened(text, place.span)).collect();
    let first_line = marked.iter().map(|place| place.start.line).min().unwrap_or(1);
    let from = spans.iter().map(|(start, _)| line_start(text, *start)).min().unwrap_or(0);
    let to = spans.iter().map(|(_, end)| line_end(text, *end)).max().unwrap_or(from).max(from);
    let mut out = Excerpt { source: String::new(), first_line, spans: Vec::new(), faithful: true };
    let mut places: BTreeMap<usize, usize> =
        spans.iter().flat_map(|(start, end)| [(*start, 0), (*end, 0)]).collect();
    let mut next = Some(from);
    while let Some(start) = next {
        if start > from {
            out.source.push('\n');
        }
        let end = line_end(text, start);
        let marks: Vec<usize> = places.range(start..=end).map(|(at, _)| *at).collect();
        line(text, (start, end), &marks, &mut places, &mut out);
        next = if end < to { line_after(text, end) } else { None };
    }
    out.spans = spans.iter().map(|(start, end)| places[start]..places[end].max(places[start])).collect();
    out
}

/// Where the line of a byte begins. Lines end with LF, CRLF or CR.
fn line_start(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut from = at.min(bytes.len());
    // Between the two bytes of a CRLF the line has not ended.
    if from > 0 && bytes.get(from) == Some(&b'\n') && bytes[from - 1] == b'\r' {
        from -= 1;
    }
    bytes[..from].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1)
}

/// Where the line of a byte ends, without its line break.
fn line_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    if at > 0 && bytes.get(at) == Some(&b'\n') && bytes[at - 1] == b'\r' {
        return at - 1;
    }
    let length = bytes[at..].iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    length.map_or(bytes.len(), |length| at + length)
}

/// Where the line begins that follows one with this end.
fn line_after(text: &str, end: usize) -> Option<usize> {
    let rest = text.get(end..)?;
    match rest.as_bytes() {
        [b'\r', b'\n', ..] => Some(end + 2),
        [_, ..] => Some(end + 1),
        [] => None,
    }
}

/// A span inside its lines, and of at most so many of them.
fn shortened(text: &str, (start, end): (usize, usize)) -> (usize, usize) {
    let start = start.min(line_end(text, start));
    let mut last = line_end(text, start);
    for _ in 1..TALLEST {
        match line_after(text, last).filter(|next| *next <= end) {
            Some(next) => last = line_end(text, next),
            None => break,
        }
    }
    (start, end.min(last).max(start))
}

/// Adds one line, cut around its marks if it is long; notes where each mark comes to lie.
fn line(
    text: &str,
    (start, end): (usize, usize),
    marks: &[usize],
    places: &mut BTreeMap<usize, usize>,
    excerpt: &mut Excerpt,
) {
    let whole = &text[start..end];
    let (mut from, mut to) = (start, end);
    if whole.len() > WIDEST && whole.chars().nth(WIDEST).is_some() {
        let (low, high) = (marks.first().copied().unwrap_or(start), marks.last().copied().unwrap_or(start));
        let high = high.min(low + step(&text[low..end], WIDEST - AROUND));
        from = start + back(&text[start..low], AROUND);
        to = high + step(&text[high..end], AROUND);
    }
    excerpt.faithful &= from == start && to == end;
    let out = &mut excerpt.source;
    if from > start {
        out.push('…');
    }
    for (at, c) in text[from..to].char_indices().map(|(at, c)| (from + at, c)) {
        if let Some(place) = places.get_mut(&at) {
            *place = out.len();
        }
        excerpt.faithful &= push(out, c);
    }
    for mark in marks {
        if *mark >= to || *mark < from {
            places.insert(*mark, out.len());
        }
    }
    if to < end {
        out.push('…');
    }
}

/// The bytes of the first characters of a text.
fn step(text: &str, count: usize) -> usize {
    text.char_indices().nth(count).map_or(text.len(), |(at, _)| at)
}

/// The byte at which the last characters of a text begin.
fn back(text: &str, count: usize) -> usize {
    let mut indices = text.char_indices().rev();
    indices.nth(count.saturating_sub(1)).map_or(0, |(at, _)| at)
}

/// Adds a character; whether it is itself.
fn push(out: &mut String, c: char) -> bool {
    let mut buffer = [0; 4];
    let one: &str = c.encode_utf8(&mut buffer);
    let shown = crate::render::plain(one);
    out.push_str(&shown);
    shown == one
}
