//! Blocks → topics with their date, sections, paragraphs and notes.

use super::flow::Flow;
use super::grammar::{Compiler, ProfileSpec};
use super::page::Page;
use crate::import::SourcePlace;
use crate::import::dates::Dates;
use crate::model::{Failure, PartialDate};
use regex::Regex;
use std::ops::Range;

/// The longest text that can be a heading, in bytes.
const LONGEST_HEADING: usize = 160;

/// A topic of a page.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Which of the grammar's topics.
    pub at: usize,
    /// Its heading.
    pub heading: Flow,
    /// Its date, with the place; the text of a date that cannot be read.
    pub dated: Option<Result<(PartialDate, SourcePlace), (String, SourcePlace)>>,
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
    /// Its notes.
    pub notes: Vec<Note>,
}

/// A paragraph.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// The section it stands in, or the last heading.
    pub section: String,
    /// Its sentences.
    pub sentences: Vec<UnmarkedSentence>,
}

/// A sentence without its marks of notes.
#[derive(Clone, Debug)]
pub struct UnmarkedSentence {
    /// Its text.
    pub flow: Flow,
    /// The marks: the byte before which each stood, the note's number, its place.
    pub marks: Vec<(usize, String, SourcePlace)>,
}

/// A note.
#[derive(Clone, Debug)]
pub struct Note {
    /// Its number.
    pub number: String,
    /// Its text.
    pub flow: Flow,
    /// Where it begins.
    pub place: SourcePlace,
}

/// A page in parts.
#[derive(Clone, Debug)]
pub struct PageOutline {
    /// What stands before the first topic.
    pub front: Vec<Flow>,
    /// The topics.
    pub topics: Vec<Topic>,
}

/// Finds the parts.
///
/// # Errors
/// A pattern of the grammar that is none.
pub fn outline(
    spec: &ProfileSpec,
    dates: &Dates,
    compiler: &Compiler<'_>,
    page: &Page,
) -> Result<PageOutline, Failure> {
    let finder = TopicFinder::new(spec, compiler)?;
    let mut out = PageOutline { front: Vec::new(), topics: Vec::new() };
    let mut raw: Vec<Vec<(String, Flow)>> = Vec::new();
    let mut waiting = None;
    let mut section = String::new();
    let style = finder.style(page);
    let mut in_notes = false;
    for block in &page.blocks {
        let flow = &block.flow;
        if let Some(at) = finder.topic(flow) {
            let again = out.topics.last().is_some_and(|t: &Topic| {
                t.at == at && t.dated.is_none() && raw.last().is_some_and(Vec::is_empty)
            });
            if !again {
                let dated = waiting.take();
                out.topics.push(Topic {
                    at,
                    heading: flow.clone(),
                    dated,
                    paragraphs: Vec::new(),
                    notes: Vec::new(),
                });
                raw.push(Vec::new());
            }
            section.clear();
            in_notes = false;
            continue;
        }
        if let Some(dated) = finder.dated(flow, dates) {
            match out.topics.last_mut() {
                Some(topic) if topic.dated.is_none() => topic.dated = Some(dated),
                _ => waiting = Some(dated),
            }
            continue;
        }
        let Some(topic) = out.topics.last_mut() else {
            out.front.push(flow.clone());
            continue;
        };
        if let Some(name) = finder.section(flow, block.heading) {
            in_notes = name == NOTES;
            section = name;
            continue;
        }
        if let Some((number, rest)) = style.and_then(|style| finder.note(style, flow, in_notes)) {
            topic.notes.push(Note { number, place: flow.whole(), flow: rest });
            continue;
        }
        match topic.notes.last_mut() {
            Some(note) => note.flow.join(flow),
            None => {
                raw.last_mut().expect("because a topic has its pile").push((section.clone(), flow.clone()))
            }
        }
    }
    for (topic, pile) in out.topics.iter_mut().zip(raw) {
        topic.paragraphs =
            pile.into_iter().map(|(section, flow)| finder.paragraph(style, section, &flow)).collect();
    }
    Ok(out)
}

/// The name of the section of notes.
pub const NOTES: &str = "notes";

struct TopicFinder<'g> {
    spec: &'g ProfileSpec,
    topics: Vec<(usize, Regex)>,
    dated: Vec<Regex>,
    sections: Vec<(&'g str, Regex)>,
    styles: Vec<(bool, Regex, Regex)>,
}

impl<'g> TopicFinder<'g> {
    fn new(spec: &'g ProfileSpec, compiler: &Compiler<'_>) -> Result<Self, Failure> {
        let mut topics = Vec::new();
        for (at, topic) in spec.topics.iter().enumerate() {
            for pattern in &topic.headings {
                topics.push((at, compiler.whole("topics", pattern)?));
            }
        }
        let mut sections = Vec::new();
        for section in &spec.sections {
            for pattern in &section.headings {
                sections.push((section.id.as_str(), compiler.whole("sections", pattern)?));
            }
        }
        for pattern in &spec.notes.headings {
            sections.push((NOTES, compiler.whole("notes", pattern)?));
        }
        let mut styles = Vec::new();
        for style in &spec.notes.styles {
            let text = compiler.anywhere("notes", &style.text)?;
            styles.push((style.headed, text, compiler.anywhere("notes", &format!("^(?:{})", style.note))?));
        }
        let dated = spec.dated.iter().map(|p| compiler.whole("dated", p)).collect::<Result<_, _>>()?;
        Ok(TopicFinder { spec, topics, dated, sections, styles })
    }

    fn topic(&self, flow: &Flow) -> Option<usize> {
        let text = heading_text(flow)?;
        self.topics.iter().find(|(_, pattern)| pattern.is_match(text)).map(|(at, _)| *at)
    }

    fn dated(
        &self,
        flow: &Flow,
        dates: &Dates,
    ) -> Option<Result<(PartialDate, SourcePlace), (String, SourcePlace)>> {
        if flow.text.len() > LONGEST_HEADING {
            return None;
        }
        let found = self.dated.iter().find_map(|pattern| pattern.captures(flow.text.trim()))?;
        let text = found.name("date").map_or("", |m| m.as_str()).trim_end_matches('.');
        let read = dates.read(text).map(|span| span.as_date()).and_then(|date| {
            let exact = date.precision() == crate::model::date::Precision::Day;
            if exact { Ok(date) } else { Err(Failure::data(format!("`{text}` does not name a day"))) }
        });
        Some(read.map(|date| (date, flow.whole())).map_err(|error| (error.message, flow.whole())))
    }

    fn section(&self, flow: &Flow, marked: bool) -> Option<String> {
        let text = heading_text(flow)?;
        let known =
            self.sections.iter().find(|(_, pattern)| pattern.is_match(text)).map(|(id, _)| (*id).to_owned());
        known.or_else(|| marked.then(|| text.to_lowercase()))
    }

    /// The way this page marks its notes: the one by which most marks in the text have their note.
    fn style(&self, page: &Page) -> Option<usize> {
        let count = |at: usize| {
            let (_, text, note) = &self.styles[at];
            let notes = page.blocks.iter().filter(|block| note.is_match(&block.flow.text)).count();
            let marks: usize = page
                .blocks
                .iter()
                .filter(|block| !note.is_match(&block.flow.text))
                .map(|block| text.find_iter(&block.flow.text).count())
                .sum();
            if notes == 0 && marks == 0 { 0 } else { notes.min(marks) * 10 + notes + marks }
        };
        (0..self.styles.len())
            .map(|at| (count(at), at))
            .filter(|(n, _)| *n > 0)
            .max_by_key(|(n, at)| (*n, std::cmp::Reverse(*at)))
            .map(|(_, at)| at)
    }

    fn note(&self, style: usize, flow: &Flow, in_notes: bool) -> Option<(String, Flow)> {
        let (headed, _, pattern) = &self.styles[style];
        if *headed && !in_notes {
            return None;
        }
        let found = pattern.captures(&flow.text)?;
        let number = plain_number(found.name("n")?.as_str());
        let mut rest = flow.part(found.get(0)?.end()..flow.text.len());
        // A numbered list whose items bear their mark as well.
        while let Some(again) = pattern
            .captures(&rest.text)
            .filter(|f| f.name("n").is_some_and(|m| plain_number(m.as_str()) == number))
        {
            rest = rest.part(again.get(0)?.end()..rest.text.len());
        }
        Some((number, rest))
    }

    fn paragraph(&self, style: Option<usize>, section: String, flow: &Flow) -> Paragraph {
        let mut marks: Vec<(Range<usize>, String)> = Vec::new();
        if let Some((_, pattern, _)) = style.map(|at| &self.styles[at]) {
            for found in pattern.captures_iter(&flow.text) {
                if let (Some(all), Some(n)) = (found.get(0), found.name("n")) {
                    let numbers = n.as_str().split([',', ' ']).filter(|part| !part.is_empty());
                    marks.extend(numbers.map(|number| (all.range(), plain_number(number))));
                }
            }
        }
        let mut ranges: Vec<Range<usize>> = marks.iter().map(|(range, _)| range.clone()).collect();
        ranges.dedup();
        let (clean, seams) = flow.cut(&ranges);
        let mut placed = Vec::new();
        for (range, number) in &marks {
            let seam = ranges.iter().position(|r| r == range).map_or(0, |at| seams[at]);
            placed.push((seam, number.clone(), flow.place(range.clone())));
        }
        let sentences = sentences(self.spec, &clean.text).into_iter().map(|range| UnmarkedSentence {
            marks: placed
                .iter()
                // A mark at the seam belongs to the sentence before it.
                .filter(|(at, ..)| *at > range.start && *at <= range.end || (*at == 0 && range.start == 0))
                .map(|(at, number, place)| (at.saturating_sub(range.start), number.clone(), *place))
                .collect(),
            flow: clean.part(range),
        });
        Paragraph { section, sentences: sentences.collect() }
    }
}

/// The sentences of a text.
pub fn sentences(spec: &ProfileSpec, text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let ends = matches!(bytes[at], b'.' | b'!' | b'?');
        at += 1;
        if !ends {
            continue;
        }
        let mut end = at;
        while end < bytes.len() && matches!(bytes[end], b'"' | b'\'' | b')' | b']') {
            end += 1;
        }
        let rest = &text[end..];
        let trimmed = rest.trim_start();
        let begins = trimmed.starts_with(|c: char| c.is_uppercase() || matches!(c, '"' | '\'' | '[' | '('));
        let gap = rest.len() > trimmed.len();
        if (trimmed.is_empty() || (gap && begins)) && !(end == at && is_abbreviation(spec, &text[start..at]))
        {
            out.push(start..end);
            start = end;
        }
        at = end;
    }
    if !text[start..].trim().is_empty() {
        out.push(start..text.len());
    }
    out
}

fn is_abbreviation(spec: &ProfileSpec, text: &str) -> bool {
    let last = text.rsplit([' ', '(', '"']).next().unwrap_or("").to_lowercase();
    let initial = last.len() == 2 && last.starts_with(char::is_alphabetic);
    initial || spec.abbreviations.contains(&last)
}

fn heading_text(flow: &Flow) -> Option<&str> {
    let text =
        flow.text.trim().trim_end_matches([':', '.', '-', ' ']).trim_start_matches(['-', ' ', '*', '_', '#']);
    (text.len() <= LONGEST_HEADING && !text.is_empty()).then_some(text)
}

/// A number in plain digits: `¹²` is 12, `03` is 3.
fn plain_number(text: &str) -> String {
    let digits: String = text
        .chars()
        .filter_map(|c| match c {
            '\u{b9}' => Some('1'),
            '\u{b2}' => Some('2'),
            '\u{b3}' => Some('3'),
            '\u{2070}' => Some('0'),
            '\u{2074}'..='\u{2079}' => char::from_digit(u32::from(c) - 0x2070, 10),
            c if c.is_ascii_alphanumeric() => Some(c),
            _ => None,
        })
        .collect();
    let short = digits.trim_start_matches('0');
    if short.is_empty() { digits } else { short.to_owned() }
}
