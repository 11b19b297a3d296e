//! Text in which every character knows its place in the source, with quotation marks, dashes and blanks made
//! alike.

use super::super::SourcePlace;
use std::ops::Range;

/// A text with the place of each character.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// The text, normalized: straight quotes, hyphens for dashes, single blanks.
    pub text: String,
    /// For each byte of the text, line and column of its character in the source, and the column behind it.
    at: Vec<(usize, usize)>,
}

/// How a character of the source stands in a flow; `None` for one that says nothing.
fn normal(c: char) -> Option<char> {
    Some(match c {
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{201f}' | '\u{ab}' | '\u{bb}' | '\u{2033}' | '\u{ff02}' => {
            '"'
        }
        '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}' | '\u{2039}' | '\u{203a}' | '\u{2032}'
        | '\u{b4}' | '`' | '\u{2bc}' => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2060}'
        | '\u{feff}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => {
            return None;
        }
        c if c.is_whitespace() => ' ',
        c if c.is_control() => return None,
        c => c,
    })
}

impl Flow {
    /// Adds a character of the source; a blank after a blank is dropped.
    pub fn push(&mut self, c: char, line: usize, column: usize) {
        let Some(c) = normal(c) else { return };
        if c == ' ' && (self.text.is_empty() || self.text.ends_with(' ')) {
            return;
        }
        self.text.push(c);
        self.at.extend(std::iter::repeat_n((line, column), c.len_utf8()));
    }

    /// Adds another flow behind a blank.
    pub fn join(&mut self, other: &Flow) {
        if let (Some((line, column)), false) =
            (self.at.last().copied(), self.text.ends_with(' ') || self.text.is_empty())
        {
            self.text.push(' ');
            self.at.push((line, column));
        }
        self.text.push_str(&other.text);
        self.at.extend_from_slice(&other.at);
    }

    /// A part of it, without blanks at its ends.
    pub fn part(&self, range: Range<usize>) -> Flow {
        let text = &self.text[range.clone()];
        let start = range.start + (text.len() - text.trim_start().len());
        let end = (range.start + text.trim_end().len()).max(start);
        Flow { text: self.text[start..end].to_owned(), at: self.at[start..end].to_vec() }
    }

    /// The text without some parts of it, which stand in order, and the byte of the result at which each was.
    /// Words that a part held apart stay apart.
    pub fn cut(&self, parts: &[Range<usize>]) -> (Flow, Vec<usize>) {
        let (mut out, mut seams) = (Flow::default(), Vec::with_capacity(parts.len()));
        let mut from = 0;
        for part in parts {
            out.text.push_str(&self.text[from.min(part.start)..part.start]);
            out.at.extend_from_slice(&self.at[from.min(part.start)..part.start]);
            from = part.end.max(from);
            seams.push(out.text.len());
            if self.text[from..].starts_with(char::is_alphanumeric)
                && !out.text.is_empty()
                && !out.text.ends_with(' ')
            {
                out.text.push(' ');
                out.at.push(self.at[part.start]);
            }
        }
        out.text.push_str(&self.text[from..]);
        out.at.extend_from_slice(&self.at[from..]);
        (out, seams)
    }

    /// The place of a part in the source.
    pub fn place(&self, range: Range<usize>) -> SourcePlace {
        let first = self.at.get(range.start).or(self.at.last()).copied().unwrap_or((1, 1));
        let last = range
            .end
            .checked_sub(1)
            .and_then(|at| self.at.get(at))
            .or(self.at.last())
            .copied()
            .unwrap_or(first);
        SourcePlace { line: first.0, column: first.1, end_line: last.0, end_column: last.1 + 1 }
    }

    /// The place of all of it.
    pub fn whole(&self) -> SourcePlace {
        self.place(0..self.text.len())
    }
}
