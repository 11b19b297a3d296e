//! Pages as their publisher prints them, text or saved HTML → one draft a topic.
//!
//! Owns the way through the stages: page → outline → notes → phrases → draft, and the faults of the text that
//! show on the way. What headings, phrases and notes look like and where each belongs is the grammar's
//! (`schema/import/profile.yaml`).

pub mod block;
pub mod flow;
pub mod grammar;
pub mod notes;
pub mod outline;
pub mod page;
pub mod phrases;
pub mod values;

use super::dates::Dates;
use super::fill::{Context, Filler, Ready};
use super::names::{ImportNames, Names, fold};
use super::{CurrentRecord, Draft, Fact, Fault, Mode, SourcePlace, rows};
use crate::dataset::{Calendar, Reference};
use crate::model::{Failure, Identity, Level, PartialDate};
use flow::Flow;
use grammar::{Compilations, Compiler, ProfileSpec, TopicSpec};
use outline::{PageOutline, Topic};
use page::Page;
use phrases::{PhraseReader, as_sentence};
use serde_json::{Map, Value};
use std::collections::HashSet;
use values::fault;

/// Reads profiles.
pub struct ProfileReader<'r> {
    spec: &'r ProfileSpec,
    reference: &'r Reference,
    names: Names,
    dates: Dates,
    filler: Filler,
    compiled: Compilations,
}

/// What a page says.
#[derive(Clone, Debug)]
pub struct PageDraft {
    /// One draft a topic.
    pub drafts: Vec<Draft>,
    /// Faults that belong to no topic.
    pub faults: Vec<Fault>,
    /// How it was read.
    pub read_as: String,
    /// The text that places are in.
    pub text: String,
}

/// What is known of a page before it is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given<'g> {
    /// Whose profile it is.
    pub subject: Option<&'g str>,
    /// The day of a topic that does not say when it was last updated.
    pub dated: Option<&'g PartialDate>,
}

impl<'r> ProfileReader<'r> {
    /// Prepares a grammar.
    ///
    /// # Errors
    /// A pattern of the grammar that is none.
    pub fn new(
        spec: &'r ProfileSpec,
        names: &ImportNames,
        reference: &'r Reference,
    ) -> Result<Self, Failure> {
        let dates = Dates::new(spec.dates.as_ref().expect("because the loader reads the file beside"))?;
        let names = Names::new(names, &reference.tables);
        Ok(ProfileReader {
            spec,
            reference,
            names,
            dates,
            filler: Filler::new(),
            compiled: Compilations::default(),
        })
    }

    /// Reads all patterns of the grammar, for each topic.
    ///
    /// # Errors
    /// The first that is none.
    pub fn reads_its_patterns(&self) -> Result<(), Failure> {
        let compiler = |topic: Option<&TopicSpec>| {
            Compiler::new(self.spec, &self.dates, &self.compiled, &[], topic).only_reading()
        };
        outline::outline(self.spec, &self.dates, &compiler(None), &Page::default())?;
        self.spec.topics.iter().try_for_each(|topic| compiler(Some(topic)).all().map(drop))
    }

    /// The key of the subject that a name or code means.
    ///
    /// # Errors
    /// A name that is not known, with the nearest.
    pub fn subject(&self, name: &str) -> Result<String, Failure> {
        self.names.find(name).map(str::to_owned).ok_or_else(|| {
            let error = Failure::new(format!("no subject named `{name}`"));
            match self.names.near(name).as_slice() {
                [] => error,
                near => error.hint(format!("did you mean {}?", near.join(" or "))),
            }
        })
    }

    /// The file of a new record, below the dataset's folder.
    ///
    /// # Errors
    /// A template that fails.
    pub fn new_file(&self, identity: &Identity) -> Result<String, Failure> {
        let context: Context =
            identity.0.iter().map(|(field, value)| (field.clone(), value.clone().into())).collect();
        self.filler.text(&self.spec.file, &context)
    }

    /// Drafts what a page says.
    ///
    /// # Errors
    /// A file that is no text, a page without a topic, or one whose subject cannot be determined.
    pub fn read(
        &self,
        bytes: &[u8],
        given: Given<'_>,
        current: &CurrentRecord<'_>,
    ) -> Result<PageDraft, Failure> {
        let page = page::read(bytes)?;
        let anybody = Compiler::new(self.spec, &self.dates, &self.compiled, &[], None);
        let outline = outline::outline(self.spec, &self.dates, &anybody, &page)?;
        if outline.topics.is_empty() {
            return Err(Failure::new("no heading of a topic was found")
                .hint(
                    "a profile has a heading for each topic; the grammar lists which: `topics:` in its \
                    profile.yaml",
                )
                .hint(format!("its first lines: {}", shown(&page))));
        }
        let found = self.find_subject(&page, &outline);
        let mut faults = Vec::new();
        let subject = match (given.subject, found) {
            (Some(subject), Some((other, place, text))) if other != subject => {
                let message = format!("the text is about \"{text}\" ({other}), and {subject} was asked for");
                faults.push(fault("text-subject", Level::Error, message, place));
                subject.to_owned()
            }
            (Some(subject), _) => subject.to_owned(),
            (None, Some((found, ..))) => found,
            (None, None) => {
                return Err(Failure::new("the text does not say whose profile it is")
                    .hint("name it: `--subject NAME`")
                    .hint(format!("its first lines: {}", shown(&page))));
            }
        };
        faults.extend(outline.topics.last().and_then(cut_short));
        let mut drafts = Vec::new();
        for topic in &outline.topics {
            drafts.push(self.topic(topic, &subject, given.dated, current)?);
        }
        Ok(PageDraft { drafts, faults, read_as: page.read_as, text: page.text })
    }

    /// Whose profile it is: a line of the front that is a name, a heading or title that holds one, or the
    /// name said first.
    fn find_subject(&self, page: &Page, outline: &PageOutline) -> Option<(String, SourcePlace, String)> {
        for flow in &outline.front {
            if let Some(key) = self.names.find(flow.text.trim_end_matches([':', '.'])) {
                return Some((key.to_owned(), flow.whole(), flow.text.clone()));
            }
        }
        let title = (page.title.as_str(), SourcePlace { line: 1, column: 1, end_line: 1, end_column: 1 });
        let headings =
            outline.topics.iter().map(|topic| (topic.heading.text.as_str(), topic.heading.whole()));
        let front = outline.front.iter().map(|flow| (flow.text.as_str(), flow.whole()));
        let body = outline
            .topics
            .iter()
            .flat_map(|t| &t.paragraphs)
            .flat_map(|p| &p.sentences)
            .map(|s| (s.flow.text.as_str(), s.flow.whole()));
        for (text, place) in headings.chain(front).chain(std::iter::once(title)).chain(body) {
            let folded = format!(" {} ", fold(text));
            let holds = self
                .names
                .all()
                .filter(|(name, _)| name.len() > 3 && folded.contains(&format!(" {} ", fold(name))));
            if let Some((name, key)) = holds.max_by_key(|(name, _)| name.len()) {
                return Some((key.to_owned(), place, name.to_owned()));
            }
        }
        None
    }

    fn topic(
        &self,
        topic: &Topic,
        subject: &str,
        given: Option<&PartialDate>,
        current: &CurrentRecord<'_>,
    ) -> Result<Draft, Failure> {
        let spec = &self.spec.topics[topic.at];
        let names: Vec<String> = self.names.of(subject).map(str::to_owned).collect();
        let compiled = Compiler::new(self.spec, &self.dates, &self.compiled, &names, Some(spec)).all()?;
        let (dated, undated) = date_of(topic);
        let dated = dated.or_else(|| given.cloned());
        let mut base =
            self.context(spec, subject, names.first().map_or(subject, String::as_str), dated.as_ref());
        let identity = self.identity(&base)?;
        if let Some(record) = current(&identity) {
            base.insert("record".to_owned(), record);
        }
        let sources = self
            .filler
            .fill(&self.spec.source, &base)?
            .and_then(|v| v.as_object().cloned())
            .unwrap_or_default();
        let page = sources.keys().next().cloned().unwrap_or_default();
        base.insert("page".to_owned(), page.clone().into());
        let sentences = |text: &str| outline::sentences(self.spec, text);
        let mut notes = notes::read((self.spec, &compiled), &self.dates, &self.filler, topic, &sentences)?;
        notes::unite(&mut notes.cited, &self.spec.merge.same_source);
        let mut reader = PhraseReader {
            spec: self.spec,
            compiled: &compiled,
            topic: spec,
            filler: &self.filler,
            dates: &self.dates,
            names: &self.names,
            reference: self.reference,
            dated: dated.clone(),
            cited: &notes.cited,
            base,
            page,
            said: Context::new(),
            facts: Vec::new(),
            faults: undated.into_iter().collect(),
            leftovers: Vec::new(),
            aside: Vec::new(),
        };
        self.always(&mut reader, topic)?;
        self.sentences(&mut reader, topic, &notes.prose)?;
        let PhraseReader { facts, mut faults, leftovers, mut aside, base, .. } = reader;
        aside.sort_by_key(|aside| aside.place);
        faults.extend(note_faults(topic));
        let facts = self.without_repeats(facts, &mut faults);
        let facts = self.claims(facts, spec, &base, &mut faults)?;
        let sources = used_sources(sources, &notes.cited, &facts);
        faults.iter_mut().for_each(|fault| fault.record = Some(identity.record_id()));
        faults.sort_by_key(|fault| fault.place);
        Ok(Draft { identity, dated, facts, sources, not_understood: leftovers, set_aside: aside, faults })
    }

    /// Reads the paragraphs, and the sentences of notes that name no source.
    fn sentences(
        &self,
        reader: &mut PhraseReader<'_>,
        topic: &Topic,
        prose: &[(String, Flow)],
    ) -> Result<(), Failure> {
        for paragraph in &topic.paragraphs {
            for sentence in &paragraph.sentences {
                reader.read(&paragraph.section, sentence)?;
            }
        }
        for (number, flow) in prose {
            reader.read(outline::NOTES, &as_sentence(flow, number))?;
        }
        Ok(())
    }

    fn context(&self, spec: &TopicSpec, subject: &str, name: &str, dated: Option<&PartialDate>) -> Context {
        let mut base = Context::new();
        base.insert("topic".to_owned(), spec.fields.clone().into());
        base.insert("subject".to_owned(), subject.into());
        base.insert("name".to_owned(), name.into());
        if let Some(dated) = dated {
            base.insert("dated".to_owned(), dated.to_string().into());
        }
        base
    }

    fn identity(&self, base: &Context) -> Result<Identity, Failure> {
        let filled = self.filler.fill(&self.spec.identity, base)?.unwrap_or_default();
        let fields = filled.as_object().into_iter().flatten();
        Ok(Identity(
            fields.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect(),
        ))
    }

    /// What a topic says by being there.
    fn always(&self, reader: &mut PhraseReader<'_>, topic: &Topic) -> Result<(), Failure> {
        let place = match &topic.dated {
            Some(Ok((_, place)) | Err((_, place))) => *place,
            None => topic.heading.whole(),
        };
        let ready = Ready::new(&reader.base);
        for spec in &self.spec.always {
            let sources = [reader.page.clone()];
            let fact = rows::make_fact(&self.filler, spec, &ready, &sources, |fact| Fact {
                reader: "page".to_owned(),
                place,
                excerpt: topic.heading.text.clone(),
                ..fact
            })?;
            reader.facts.extend(fact);
        }
        Ok(())
    }

    /// The facts, each once. One that contradicts an earlier one is reported and left out.
    fn without_repeats(&self, facts: Vec<Fact>, faults: &mut Vec<Fault>) -> Vec<Fact> {
        let mut out: Vec<Fact> = Vec::new();
        for fact in facts {
            let same = out.iter().position(|other| {
                other.path == fact.path && other.mode == fact.mode && other.value == fact.value
            });
            if let Some(at) = same {
                let first = &mut out[at];
                first.confidence = first.confidence.max(fact.confidence);
                let new = |have: &[String], more: Vec<String>| {
                    more.into_iter().filter(|m| !have.contains(m)).collect::<Vec<_>>()
                };
                let (sources, notes) = (new(&first.sources, fact.sources), new(&first.notes, fact.notes));
                first.sources.extend(sources);
                first.notes.extend(notes);
                continue;
            }
            let other =
                out.iter().position(|o| o.path == fact.path && o.mode == Mode::Set && fact.mode == Mode::Set);
            // Of two texts one of which holds the other, the longer says it all.
            let holds = |a: &Value, b: &Value| a.as_str().zip(b.as_str()).is_some_and(|(a, b)| a.contains(b));
            if let Some(at) =
                other.filter(|at| holds(&out[*at].value, &fact.value) || holds(&fact.value, &out[*at].value))
            {
                if holds(&fact.value, &out[at].value) {
                    out[at] = fact;
                }
                continue;
            }
            match other {
                Some(at) if fact.value.is_string() && is_word(&fact.value) && is_word(&out[at].value) => {
                    let (first, second) = (&out[at], &fact);
                    let message = format!(
                        "the text says {} of {} here, and {} in line {}",
                        second.value, fact.path, first.value, first.place.line
                    );
                    faults.push(fault("text-disagrees", Level::Note, message, fact.place));
                    if fact.confidence > out[at].confidence {
                        out[at] = fact;
                    }
                }
                _ => out.push(fact),
            }
        }
        out
    }

    /// Holds claims about occasions against the lists in their calendars. A claim about an occasion in which
    /// the subject could not take part is left out.
    fn claims(
        &self,
        facts: Vec<Fact>,
        topic: &TopicSpec,
        base: &Context,
        faults: &mut Vec<Fault>,
    ) -> Result<Vec<Fact>, Failure> {
        let Some(claims) = &self.spec.claims else { return Ok(facts) };
        let member = self.filler.text(&claims.member, base)?;
        let mut out = Vec::new();
        for fact in facts {
            let said = (fact.path == claims.list).then_some(()).and_then(|()| {
                let id = fact.value.get(&claims.key)?.as_str()?;
                let did = fact.value.get(&claims.value)?.as_str()?;
                let calendar = topic
                    .calendars
                    .values()
                    .filter_map(|name| self.reference.calendars.get(name))
                    .find(|c| c.get(id).is_some())?;
                Some((id.to_owned(), did.to_owned(), lists(calendar, id, &claims.lists)?))
            });
            let Some((id, did, lists)) = said else {
                out.push(fact);
                continue;
            };
            let in_list = |members: &Value| {
                members.as_array().is_some_and(|m| m.iter().any(|x| x.as_str() == Some(member.as_str())))
            };
            match lists.iter().find(|(_, members)| in_list(members)) {
                Some((listed, _)) if *listed != did => {
                    let message = format!("the text has \"{did}\" on {id}; the roll call has \"{listed}\"");
                    faults.push(fault("text-claim-differs", Level::Warning, message, fact.place));
                    out.push(fact);
                }
                Some(_) => out.push(fact),
                None => {}
            }
        }
        Ok(out)
    }
}

/// The date of a topic, or what is wrong with it.
fn date_of(topic: &Topic) -> (Option<PartialDate>, Option<Fault>) {
    match &topic.dated {
        Some(Ok((date, _))) => (Some(date.clone()), None),
        Some(Err((message, place))) => {
            let message = format!("the date of the topic cannot be read: {message}");
            (None, Some(fault("text-no-date", Level::Warning, message, *place)))
        }
        None => {
            let message = "the topic has no line that says when it was last updated".to_owned();
            (None, Some(fault("text-no-date", Level::Warning, message, topic.heading.whole())))
        }
    }
}

/// A page that ends in the middle of a sentence. Notes need not end with a full stop, so there it is only
/// likely.
fn cut_short(topic: &Topic) -> Option<Fault> {
    let (flow, level) = match topic.notes.last() {
        Some(note) => (&note.flow, Level::Warning),
        None => (&topic.paragraphs.last()?.sentences.last()?.flow, Level::Error),
    };
    if flow.text.ends_with(['.', '!', '?', '"', '\'', ')', ']', ':', ';']) {
        return None;
    }
    let end = SourcePlace {
        line: flow.whole().end_line,
        column: flow.whole().end_column.saturating_sub(1),
        ..flow.whole()
    };
    let mut fault =
        fault("text-cut-short", level, "the text ends in the middle of a sentence".to_owned(), end);
    fault.help = Some("the file may have been cut short: save the page again".to_owned());
    Some(fault)
}

/// The lists of an occasion.
fn lists(calendar: &Calendar, id: &str, field: &str) -> Option<Map<String, Value>> {
    let span = calendar.get(id)?.span;
    let root = &calendar.document.as_ref()?.root;
    let mut items = root.entries().iter().flat_map(|entry| entry.value.items());
    items.find(|item| item.span == span)?.get(field)?.to_json().as_object().cloned()
}

/// Whether a value is a word of a fixed list rather than a text.
fn is_word(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.contains(' ') && text.parse::<PartialDate>().is_err())
}

/// Notes that are cited and missing, there and not cited, or there twice.
fn note_faults(topic: &Topic) -> Vec<Fault> {
    let mut out = Vec::new();
    let mut cited: HashSet<&str> = HashSet::new();
    for (_, number, place) in topic.paragraphs.iter().flat_map(|p| &p.sentences).flat_map(|s| &s.marks) {
        let first = cited.insert(number);
        if first && topic.notes.iter().all(|note| note.number != *number) {
            let message = format!("note {number} is cited and is not among the notes");
            out.push(fault("text-note-missing", Level::Warning, message, *place));
        }
    }
    for (at, note) in topic.notes.iter().enumerate() {
        if topic.notes[..at].iter().any(|other| other.number == note.number) {
            out.push(fault(
                "text-note-twice",
                Level::Warning,
                format!("there are two notes {}", note.number),
                note.place,
            ));
        } else if !cited.contains(note.number.as_str()) {
            out.push(fault(
                "text-note-uncited",
                Level::Note,
                format!("note {} is cited nowhere", note.number),
                note.place,
            ));
        }
    }
    out
}

/// The page as a source, and those of the notes that facts cite.
fn used_sources(page: Map<String, Value>, cited: &[notes::Cited], facts: &[Fact]) -> Vec<(String, Value)> {
    let mut out: Vec<(String, Value)> = page.into_iter().collect();
    let mut used: HashSet<&str> = HashSet::new();
    for fact in facts {
        used.extend(fact.sources.iter().map(String::as_str));
        collect(&fact.value, &mut used);
    }
    for source in cited {
        if used.contains(source.id.as_str()) && out.iter().all(|(name, _)| *name != source.id) {
            out.push((source.id.clone(), source.fields.clone()));
        }
    }
    out
}

/// All texts in a value: among them the names of sources.
fn collect<'v>(value: &'v Value, out: &mut HashSet<&'v str>) {
    match value {
        Value::String(text) => drop(out.insert(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
        Value::Object(map) => map.values().for_each(|item| collect(item, out)),
        _ => {}
    }
}

fn shown(page: &Page) -> String {
    let lines: Vec<String> = page
        .blocks
        .iter()
        .take(3)
        .map(|block| format!("\"{}\"", phrases::excerpt(&block.flow.text)))
        .collect();
    lines.join(", ")
}
