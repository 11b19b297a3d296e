//! Plain text or HTML → blocks: headings and paragraphs in their order.

use super::block::Block;
use super::flow::Flow;
use crate::import::html;
use crate::import::source;
use crate::model::Failure;

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Its blocks.
    pub blocks: Vec<Block>,
    /// The title of a saved page.
    pub title: String,
    /// How it was read.
    pub read_as: String,
    /// The text of the file.
    pub text: String,
}

/// Lines shorter than this do not run on into the next.
const WRAPPED: usize = 45;

/// Reads a page.
///
/// # Errors
/// What is no text.
pub fn read(bytes: &[u8]) -> Result<Page, Failure> {
    let declared = html::declared_encoding(bytes);
    let decoded = source::decode(bytes, declared.as_deref())?;
    if html::is_html(&decoded.text) {
        let (blocks, title) = html::blocks(&decoded.text);
        return Ok(Page {
            blocks,
            title,
            read_as: format!("HTML, {}", decoded.encoding),
            text: decoded.text,
        });
    }
    let read_as = format!("text, {}", decoded.encoding);
    Ok(Page { blocks: paragraphs(&decoded.text), title: String::new(), read_as, text: decoded.text })
}

/// The blocks of a plain text: lines up to a blank one, where they run on into each other.
fn paragraphs(text: &str) -> Vec<Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut open = false;
    for (number, line) in lines(text).into_iter().enumerate() {
        let mut flow = Flow::default();
        let mut column = 0;
        for c in line.chars() {
            column += 1;
            flow.push(c, number + 1, column);
        }
        let flow = flow.part(0..flow.text.len());
        let marked = flow.text.starts_with('#');
        let rule = !flow.text.is_empty()
            && flow.text.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '~' | '#' | ' '));
        if flow.text.is_empty() || rule {
            open = false;
            continue;
        }
        let runs_on = out.last().is_some_and(|block| open && !block.heading && runs_on(&block.flow, &flow));
        match out.last_mut() {
            Some(block) if runs_on && !marked => block.flow.join(&flow),
            _ => {
                let start = flow.text.len() - flow.text.trim_start_matches(['#', '*', ' ']).len();
                let end = if start > 0 {
                    flow.text.trim_end_matches(['#', '*', ' ']).len().max(start)
                } else {
                    flow.text.len()
                };
                out.push(Block { flow: flow.part(start..end), heading: marked });
            }
        }
        open = true;
    }
    out
}

/// Whether a line goes on in the next: it is a long one, and the next does not begin a list or note.
fn runs_on(block: &Flow, next: &Flow) -> bool {
    let last_line = block.whole().end_line;
    let length = block.text.len().min(block.place(0..block.text.len()).end_column);
    let starts = next.text.starts_with(['[', '*', '•', '('])
        || next.text.starts_with(|c: char| c.is_ascii_digit() || is_raised(c));
    let ends = block.text.ends_with(['.', ':', '!', '?', '"', ']']);
    last_line > 0 && length >= WRAPPED && !(ends && starts) && !(ends && next.text.len() < WRAPPED)
}

/// Whether a character is a raised digit.
pub fn is_raised(c: char) -> bool {
    matches!(c, '\u{b9}' | '\u{b2}' | '\u{b3}' | '\u{2070}' | '\u{2074}'..='\u{2079}')
}

/// The lines of a text, whatever ends them.
fn lines(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let ends = match c {
            '\r' => !matches!(chars.peek(), Some((_, '\n'))),
            '\n' => true,
            _ => false,
        };
        if ends {
            out.push(text[start..at].trim_end_matches('\r'));
            start = at + c.len_utf8();
        }
    }
    out.push(&text[start..]);
    out
}
