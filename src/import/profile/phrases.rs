//! Sentences → facts, by the phrases of the grammar; what no phrase explains is kept.

use super::flow::Flow;
use super::grammar::{CompiledGrammar, ProfileSpec, TopicSpec};
use super::notes::Cited;
use super::outline::UnmarkedSentence;
use super::values::{Heard, Values};
use crate::import::dates::Dates;
use crate::import::fill::{Context, Filler, Ready};
use crate::import::names::{Names, fold};
use crate::import::rows::make_fact;
use crate::import::{Aside, Fact, Fault, Leftover, SourcePlace};
use crate::model::{Failure, PartialDate};
use serde_json::Value;
use std::ops::Range;

/// Fewer words than this left of a sentence are no loss.
const FEW_WORDS: usize = 3;
/// The group of a pattern that explains nothing.
const REST: &str = "rest";
/// The longest excerpt, in characters.
const EXCERPT: usize = 240;

/// Reads the sentences of one topic.
pub struct PhraseReader<'r> {
    /// The grammar.
    pub spec: &'r ProfileSpec,
    /// It, compiled for the topic and subject.
    pub compiled: &'r CompiledGrammar,
    /// The topic.
    pub topic: &'r TopicSpec,
    /// Templates.
    pub filler: &'r Filler,
    /// Dates.
    pub dates: &'r Dates,
    /// The subjects' names.
    pub names: &'r Names,
    /// Tables and calendars.
    pub reference: &'r crate::dataset::Reference,
    /// The topic's date.
    pub dated: Option<PartialDate>,
    /// What the notes name.
    pub cited: &'r [Cited],
    /// What templates see in every phrase.
    pub base: Context,
    /// The name of the page among the sources.
    pub page: String,
    /// What phrases asked to remember.
    pub said: Context,
    /// The facts so far.
    pub facts: Vec<Fact>,
    /// The faults so far.
    pub faults: Vec<Fault>,
    /// What was not understood so far.
    pub leftovers: Vec<Leftover>,
    /// What was understood so far and has no place in a record.
    pub aside: Vec<Aside>,
}

impl PhraseReader<'_> {
    /// Reads a sentence of a section.
    ///
    /// # Errors
    /// A template of the grammar that fails.
    pub fn read(&mut self, section: &str, sentence: &UnmarkedSentence) -> Result<(), Failure> {
        let text = &sentence.flow.text;
        let mut covered: Vec<(usize, Range<usize>)> = Vec::new();
        let mut explained: Vec<Range<usize>> = Vec::new();
        let mut idle: Vec<(usize, Range<usize>)> = Vec::new();
        let compiled = self.compiled;
        for (at, pattern) in &compiled.phrases {
            let phrase = &self.spec.phrases[*at];
            if !phrase.within.is_empty() && !phrase.within.iter().any(|name| name == section) {
                continue;
            }
            for found in pattern.captures_iter(text) {
                let range = found.get(0).map_or(0..0, |all| all.range());
                let taken = |(other, r): &(usize, Range<usize>)| {
                    other == at && r.start < range.end && range.start < r.end
                };
                if range.is_empty() || covered.iter().any(taken) {
                    continue;
                }
                if let Some(gaps) = self.phrase(*at, (pattern, &found), sentence, range.clone())? {
                    if phrase.facts.is_empty() {
                        idle.push((*at, range.clone()));
                    }
                    covered.push((*at, range.clone()));
                    explained.extend(without(range, gaps));
                }
            }
        }
        for (at, range) in &idle {
            let explains = |(other, r): &(usize, Range<usize>)| {
                !self.spec.phrases[*other].facts.is_empty() && r.start <= range.start && range.end <= r.end
            };
            if !covered.iter().any(explains) {
                let part = sentence.flow.part(range.clone());
                let reader = self.spec.phrases[*at].id.clone();
                self.aside.push(Aside { place: part.whole(), reader, text: part.text });
            }
        }
        self.keep_rest(section, sentence, explained);
        Ok(())
    }

    /// Makes the facts of one match. Returns the parts of it that say nothing the phrase looks for, if the
    /// phrase applies.
    fn phrase(
        &mut self,
        at: usize,
        (pattern, found): (&regex::Regex, &regex::Captures<'_>),
        sentence: &UnmarkedSentence,
        range: Range<usize>,
    ) -> Result<Option<Vec<Range<usize>>>, Failure> {
        let phrase = &self.spec.phrases[at];
        let Heard { mut context, faults, gaps } = self.values(pattern, found, sentence);
        for (name, template) in &phrase.with {
            if let Some(value) = self.filler.fill(template, &context)? {
                context.insert(name.clone(), value);
            }
        }
        if let Some(when) = &phrase.when
            && !self.filler.holds(when, &Ready::new(&context))?
        {
            return Ok(None);
        }
        let items = match &phrase.each {
            Some(expression) => {
                match self.filler.fill(&Value::String(format!("{{{{ {expression} }}}}")), &context)? {
                    Some(Value::Array(items)) => items,
                    Some(one) => vec![one],
                    None => Vec::new(),
                }
            }
            None => vec![Value::Null],
        };
        let (notes, sources) = self.cites(sentence, &range);
        let place = sentence.flow.place(range.clone());
        let mut made = 0;
        for item in items {
            if !item.is_null() {
                context.insert("it".to_owned(), item);
            }
            let ready = Ready::new(&context);
            for spec in &phrase.facts {
                let fact = make_fact(self.filler, spec, &ready, &sources, |fact| Fact {
                    confidence: spec.confidence.unwrap_or(phrase.confidence),
                    reader: phrase.id.clone(),
                    place,
                    excerpt: excerpt(&sentence.flow.text[range.clone()]),
                    notes: notes.clone(),
                    ..fact
                })?;
                made += usize::from(fact.is_some());
                self.facts.extend(fact);
            }
            for (name, template) in &phrase.remember {
                if let Some(value) = self.filler.fill_in(template, &ready)? {
                    self.said.insert(name.clone(), value);
                }
            }
        }
        self.faults.extend(faults);
        Ok((made > 0 || phrase.facts.is_empty()).then_some(gaps))
    }

    /// What is heard in a match. Groups named `rest` are in it to find the end of a phrase, and explain
    /// nothing.
    fn values(
        &self,
        pattern: &regex::Regex,
        found: &regex::Captures<'_>,
        sentence: &UnmarkedSentence,
    ) -> Heard {
        let mut heard = Heard { context: self.base.clone(), ..Heard::default() };
        heard.context.insert("said".to_owned(), self.said.clone().into());
        let values = Values {
            spec: self.spec,
            compiled: self.compiled,
            topic: self.topic,
            dates: self.dates,
            names: self.names,
            reference: self.reference,
            dated: self.dated.as_ref(),
            cited: self.cited,
            sentence: &sentence.flow,
        };
        for name in pattern.capture_names().flatten() {
            match found.name(name) {
                Some(group) if name == REST => heard.gaps.push(group.range()),
                Some(group) => values.read(name, group.as_str(), group.range(), &mut heard),
                None => {}
            }
        }
        heard
    }

    /// The notes that stand for a part of a sentence: those within it, and the first behind it.
    fn cites(&self, sentence: &UnmarkedSentence, range: &Range<usize>) -> (Vec<String>, Vec<String>) {
        let behind = sentence.marks.iter().map(|(at, ..)| *at).filter(|at| *at >= range.end).min();
        let here = |at: usize| at > range.start && (at < range.end || Some(at) == behind);
        let mut notes: Vec<String> = Vec::new();
        for (at, number, _) in &sentence.marks {
            if here(*at) && !notes.contains(number) {
                notes.push(number.clone());
            }
        }
        let mut sources = vec![self.page.clone()];
        for cited in self.cited.iter().filter(|cited| notes.contains(&cited.note)) {
            if !sources.contains(&cited.id) {
                sources.push(cited.id.clone());
            }
        }
        (notes, sources)
    }

    /// Keeps what the phrases leave of a sentence, if it says anything.
    fn keep_rest(&mut self, section: &str, sentence: &UnmarkedSentence, mut covered: Vec<Range<usize>>) {
        covered.sort_by_key(|range| (range.start, range.end));
        let text = &sentence.flow.text;
        let partly = !covered.is_empty();
        let mut from = 0;
        let mut parts = Vec::new();
        for range in covered {
            if range.start > from {
                parts.push(from..range.start);
            }
            from = from.max(range.end);
        }
        parts.push(from..text.len());
        for part in parts {
            let piece = sentence.flow.part(part);
            let words = fold(&self.compiled.known.replace_all(&piece.text, " "));
            let meaningful = words
                .split(' ')
                .filter(|w| !w.is_empty() && !self.spec.filler.iter().any(|f| f == w))
                .count();
            if meaningful < FEW_WORDS && (partly || meaningful == 0) {
                continue;
            }
            self.leftovers.push(Leftover {
                place: piece.whole(),
                section: section.to_owned(),
                partly,
                text: piece.text.clone(),
            });
        }
    }
}

/// A range without some parts of it.
fn without(range: Range<usize>, mut gaps: Vec<Range<usize>>) -> Vec<Range<usize>> {
    gaps.sort_by_key(|gap| (gap.start, gap.end));
    let mut out = Vec::new();
    let mut from = range.start;
    for gap in gaps {
        if gap.start > from {
            out.push(from..gap.start);
        }
        from = from.max(gap.end);
    }
    if from < range.end {
        out.push(from..range.end);
    }
    out
}

/// A text cut to a length that reports can show.
pub fn excerpt(text: &str) -> String {
    if text.chars().count() > EXCERPT {
        text.chars().take(EXCERPT).chain(['…']).collect()
    } else {
        text.to_owned()
    }
}

/// A sentence of a note.
pub fn as_sentence(flow: &Flow, note: &str) -> UnmarkedSentence {
    let place: SourcePlace = flow.whole();
    UnmarkedSentence { flow: flow.clone(), marks: vec![(flow.text.len(), note.to_owned(), place)] }
}
