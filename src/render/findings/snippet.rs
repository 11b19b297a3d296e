//! The lines of a file that an excerpt shows: harmless on a terminal, and cut where they are very long.

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

/// The lines from the first to the last of some spans. A span of many lines is cut after some.
pub fn excerpt(text: &str, spans: &[(usize, usize)]) -> Excerpt {
    let lines = lines(text);
    let line_of = |byte: usize| lines.partition_point(|(start, _)| *start <= byte).saturating_sub(1);
    let spans: Vec<(usize, usize)> = spans.iter().map(|span| shortened(*span, &lines, &line_of)).collect();
    let first = spans.iter().map(|(start, _)| line_of(*start)).min().unwrap_or(0);
    let last = spans.iter().map(|(_, end)| line_of(*end)).max().unwrap_or(first).max(first);
    let mut out = Excerpt { source: String::new(), first_line: first + 1, spans: Vec::new(), faithful: true };
    let mut places: BTreeMap<usize, usize> =
        spans.iter().flat_map(|(start, end)| [(*start, 0), (*end, 0)]).collect();
    for (number, (start, end)) in lines.iter().enumerate().take(last + 1).skip(first) {
        if number > first {
            out.source.push('\n');
        }
        let marks: Vec<usize> = places.range(*start..=*end).map(|(at, _)| *at).collect();
        line(text, (*start, *end), &marks, &mut places, &mut out);
    }
    out.spans = spans.iter().map(|(start, end)| places[start]..places[end].max(places[start])).collect();
    out
}

/// Start and end of each line, without its line break (LF, CRLF or CR).
fn lines(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let (mut start, bytes) = (0, text.as_bytes());
    for (at, byte) in bytes.iter().enumerate() {
        let feed = *byte == b'\n';
        let alone = *byte == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        if feed || alone {
            let end = if feed && at > start && bytes[at - 1] == b'\r' { at - 1 } else { at };
            out.push((start, end));
            start = at + 1;
        }
    }
    out.push((start, bytes.len()));
    out
}

fn shortened(
    (start, end): (usize, usize),
    lines: &[(usize, usize)],
    line_of: &dyn Fn(usize) -> usize,
) -> (usize, usize) {
    let (first, last) = (line_of(start), line_of(end));
    let keep = if last - first >= TALLEST { first + TALLEST - 1 } else { last };
    let inside = |byte: usize| {
        let (from, to) = lines[line_of(byte)];
        byte.clamp(from, to)
    };
    let end = if keep < last { lines[keep].1 } else { inside(end) };
    let start = inside(start);
    (start, end.max(start))
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
    if whole.len() > WIDEST && whole.chars().count() > WIDEST {
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
