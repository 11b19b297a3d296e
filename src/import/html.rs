//! Saved pages → blocks of text that know their place in the file.
//!
//! Owns which tags part blocks, which are not read, and how raised numbers and numbered lists become marks of
//! notes. The tokenizer is `html5gum`'s.

use super::profile::block::Block;
use super::profile::flow::Flow;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use regex::Regex;
use std::cell::Cell;
use std::sync::LazyLock;

/// Tags that begin and end a block.
const BLOCKS: [&str; 34] = [
    "p",
    "div",
    "br",
    "hr",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "section",
    "article",
    "main",
    "body",
    "html",
    "head",
    "title",
    "blockquote",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "pre",
    "aside",
];
/// Tags whose content is not read.
const UNREAD: [&str; 11] =
    ["script", "style", "nav", "noscript", "template", "svg", "form", "select", "button", "iframe", "footer"];

static CHARSET: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)<meta[^>]{0,200}charset\s*=\s*["']?([\w-]+)"#).expect("because it is written here")
});

/// Whether a text is HTML.
pub fn is_html(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(2000).collect::<String>().to_lowercase();
    let tags = [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<div",
        "<p>",
        "<p ",
        "<h1",
        "<h2",
        "<article",
        "<section",
    ];
    start.starts_with('<') && tags.iter().any(|tag| start.contains(tag)) || text.matches("</p>").count() > 2
}

/// The encoding that a page states of itself.
pub fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    CHARSET.captures(&start).map(|found| found[1].to_owned())
}

/// The blocks of a page, and its title.
pub fn blocks(text: &str) -> (Vec<Block>, String) {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut reader = HtmlReader::new(text);
    for token in Tokenizer::new_with_emitter(text, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let (line, column) = reader.place(tag.span.start);
                reader.open(&String::from_utf8_lossy(&tag.name), tag.self_closing, line, column);
            }
            Token::EndTag(tag) => reader.close(&String::from_utf8_lossy(&tag.name)),
            Token::String(string) => {
                reader.text(&String::from_utf8_lossy(&string), string.span.start, string.span.end)
            }
            _ => {}
        }
    }
    reader.end_block();
    (reader.out, reader.title)
}

struct HtmlReader<'t> {
    source: &'t str,
    /// The byte at which each line starts.
    lines: Vec<usize>,
    /// A byte, and how many characters stand before it in its line.
    counted: Cell<(usize, usize)>,
    out: Vec<Block>,
    block: Block,
    title: String,
    in_title: bool,
    /// The open tags that are not read, the innermost last, as places in [`UNREAD`].
    unread: Vec<usize>,
    /// How many of each of those are open.
    opened: [usize; UNREAD.len()],
    raised: bool,
    /// The number of the next item of each open list; `None` for a list without numbers.
    lists: Vec<Option<usize>>,
}

impl<'t> HtmlReader<'t> {
    fn new(source: &'t str) -> Self {
        let mut lines = vec![0];
        lines.extend(source.match_indices('\n').map(|(at, _)| at + 1));
        HtmlReader {
            source,
            lines,
            counted: Cell::new((0, 0)),
            out: Vec::new(),
            block: Block::default(),
            title: String::new(),
            in_title: false,
            unread: Vec::new(),
            opened: [0; UNREAD.len()],
            raised: false,
            lists: Vec::new(),
        }
    }

    fn open(&mut self, name: &str, closed: bool, line: usize, column: usize) {
        if let Some(tag) = UNREAD.iter().position(|tag| *tag == name).filter(|_| !closed) {
            self.unread.push(tag);
            self.opened[tag] += 1;
        }
        if !self.unread.is_empty() {
            return;
        }
        self.in_title = name == "title";
        if name == "br" {
            let heading = self.block.heading;
            self.end_block();
            self.block.heading = heading;
            return;
        }
        if BLOCKS.contains(&name) {
            self.end_block();
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.block.heading = true,
            "ol" => self.lists.push(Some(1)),
            "ul" => self.lists.push(None),
            "li" => self.mark_item(line, column),
            "sup" => self.raised = true,
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(tag) = UNREAD.iter().position(|tag| *tag == name).filter(|tag| self.opened[*tag] > 0) {
            while let Some(open) = self.unread.pop() {
                self.opened[open] -= 1;
                if open == tag {
                    break;
                }
            }
            return;
        }
        if !self.unread.is_empty() {
            return;
        }
        if BLOCKS.contains(&name) {
            self.end_block();
        }
        match name {
            "ol" | "ul" => drop(self.lists.pop()),
            "sup" => self.raised = false,
            "title" => self.in_title = false,
            _ => {}
        }
    }

    /// The items of a numbered list begin with their number, as a browser shows them.
    fn mark_item(&mut self, line: usize, column: usize) {
        let Some(Some(number)) = self.lists.last_mut() else { return };
        let mark = format!("[{number}] ");
        *number += 1;
        self.block.flow = Flow::default();
        self.pending(&mark, line, column);
    }

    fn pending(&mut self, mark: &str, line: usize, column: usize) {
        mark.chars().for_each(|c| self.block.flow.push(c, line, column));
    }

    fn text(&mut self, text: &str, start: usize, end: usize) {
        if !self.unread.is_empty() {
            return;
        }
        if self.in_title {
            self.title.push_str(text);
            return;
        }
        let written = self.source.get(start..end).unwrap_or("");
        let number = text.trim();
        let is_mark = self.raised && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit());
        let (mut line, mut column) = self.place(start);
        if is_mark {
            self.pending(&format!("[{number}]"), line, column);
            return;
        }
        let mut source = written.chars().peekable();
        for c in text.chars() {
            self.block.flow.push(c, line, column);
            // A character reference is several characters in the source.
            let mut width = 1;
            let mut newline = c == '\n';
            match source.next() {
                Some('&') if c != '&' || source.peek().is_some_and(|n| *n == 'a' || *n == '#') => {
                    for next in source.by_ref() {
                        width += 1;
                        if next == ';' {
                            break;
                        }
                    }
                    newline = false;
                }
                Some('\r') if c == '\n' => drop(source.next_if_eq(&'\n')),
                _ => {}
            }
            (line, column) = if newline { (line + 1, 1) } else { (line, column + width) };
        }
    }

    fn place(&self, byte: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= byte);
        // A page can be one line: from the place that was asked for last it is counted on.
        let (known, counted) = self.counted.get();
        let (start, before) = if known >= self.lines[line - 1] && known <= byte {
            (known, counted)
        } else {
            (self.lines[line - 1], 0)
        };
        let column = before + self.source.get(start..byte).map_or(0, |text| text.chars().count());
        self.counted.set((byte, column));
        (line, column + 1)
    }

    fn end_block(&mut self) {
        let block = std::mem::take(&mut self.block);
        let flow = block.flow.part(0..block.flow.text.len());
        if !flow.text.is_empty() {
            self.out.push(Block { flow, heading: block.heading });
        }
    }
}
