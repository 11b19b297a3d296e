//! The grammar of profiles: what headings, dates, notes and phrases look like, and which field each belongs
//! to.
//!
//! Owns its reading and compiling. In patterns, a blank stands for any blanks, `{name}` for an entry of the
//! lexicon (which may use others), `{date}` for any date; case does not count unless a pattern says
//! `(?-i:…)`. A named group becomes a value of its name.

use crate::import::Reads;
use crate::import::dates::{Dates, DatesSpec};
use crate::import::merge::MergeSpec;
use crate::import::patterns;
use crate::import::table_grammar::FactSpec;
use crate::model::Failure;
use indexmap::IndexMap;
use regex::{Regex, RegexBuilder};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;

/// `schema/import/profile.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileSpec {
    /// Always `pages`.
    pub reads: Reads,
    /// What the pages are, in a few words.
    pub title: String,
    /// The kind of record.
    pub record: String,
    /// Template of the record's identity.
    pub identity: Value,
    /// Template of a new record's file, below the dataset's folder.
    pub file: String,
    /// The lines that a new record begins with.
    pub header: String,
    /// Patterns of the line that dates a topic, with the group `date`.
    pub dated: Vec<String>,
    /// The topics.
    pub topics: Vec<TopicSpec>,
    /// The sections of a topic.
    pub sections: Vec<PageSectionSpec>,
    /// The notes.
    pub notes: NotesSpec,
    /// Words after which a full stop does not end a sentence.
    pub abbreviations: Vec<String>,
    /// Named parts of patterns.
    pub lexicon: IndexMap<String, String>,
    /// How the values of named groups are read.
    pub values: IndexMap<String, ValueReading>,
    /// How occasions of a calendar are named.
    pub occasions: Vec<OccasionPattern>,
    /// The words for numbers: `third` is 3, `one million` is 1000000.
    pub numbers: IndexMap<String, i64>,
    /// What a topic says by being there.
    pub always: Vec<FactSpec>,
    /// The page itself as a source: name and fields.
    pub source: Value,
    /// The phrases.
    pub phrases: Vec<PhraseSpec>,
    /// A pattern of what names the subject, the treaty and the weapon: it carries nothing by itself.
    pub known: String,
    /// Words that carry nothing: what is left of a sentence is only reported if it has others.
    pub filler: Vec<String>,
    /// Claims about a calendar's occasions that are checked against their lists.
    #[serde(default)]
    pub claims: Option<ListedClaims>,
    /// How drafts meet records.
    pub merge: MergeSpec,
    /// How dates are written: the file beside.
    #[serde(skip)]
    pub dates: Option<DatesSpec>,
}

/// A topic.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicSpec {
    /// Patterns of its heading.
    pub headings: Vec<String>,
    /// What templates see of it under `topic`; the calendars are named by `calendars`.
    pub fields: Map<String, Value>,
    /// Its calendars by the name that occasion patterns use.
    pub calendars: IndexMap<String, String>,
    /// Lexicon entries that stand for something else in each topic.
    pub lexicon: IndexMap<String, String>,
}

/// A section.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSectionSpec {
    /// Its name.
    pub id: String,
    /// Patterns of its heading.
    pub headings: Vec<String>,
}

/// The notes of a topic.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotesSpec {
    /// Patterns of a heading above them.
    pub headings: Vec<String>,
    /// Ways to mark notes: in the text and where the note stands, each with the group `n`.
    pub styles: Vec<NoteStyle>,
    /// What parts the sources named in one note.
    pub parting: String,
    /// Kinds of source, first fit first.
    pub kinds: Vec<NoteKind>,
    /// The fields of a source that no kind fits; `text` is the note.
    pub unknown: Value,
}

/// A way to mark notes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteStyle {
    /// In the text.
    pub text: String,
    /// At the note.
    pub note: String,
    /// Whether the notes must stand under a heading of their own.
    #[serde(default)]
    pub headed: bool,
}

/// A kind of source.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteKind {
    /// Patterns of a note, whole.
    pub patterns: Vec<String>,
    /// Template of the source's name.
    #[serde(default)]
    pub id: String,
    /// Template of its fields; none for a note that names no source.
    #[serde(default)]
    pub source: Option<Value>,
    /// Whether its patterns may span several sentences.
    #[serde(default)]
    pub spans_sentences: bool,
    /// How sure the reading is.
    #[serde(default = "nearly_sure")]
    pub confidence: f64,
}

/// A [`ValueSpec`], written as `date` or `{occasions: meetings}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub struct ValueReading(pub ValueSpec);

impl TryFrom<Value> for ValueReading {
    type Error = serde_json::Error;
    // YAML's own form of such a choice would be a tag, which plain readers of YAML do not know.
    fn try_from(value: Value) -> Result<Self, Self::Error> {
        serde_json::from_value(value).map(ValueReading)
    }
}

/// How the value of a named group is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ValueSpec {
    /// A date or span: text, and `NAME_end` for a span's end.
    Date,
    /// A whole number, in digits or words.
    Number,
    /// The occasions named in it, from one of the topic's calendars.
    Occasions(String),
    /// The occasions of a calendar that lie in the group's date.
    OccasionsIn(String),
    /// The last occasion of a calendar in the group's date.
    LastOccasionIn(String),
    /// All occasions of a calendar from the group's date to the topic's.
    OccasionsSince(String),
    /// One of some words: value → patterns.
    Word(IndexMap<String, Vec<String>>),
    /// All of some words that occur in it.
    Words(IndexMap<String, Vec<String>>),
    /// A list: parts between commas and "and".
    List,
    /// Things that a pattern finds in it, each with the groups of its pattern.
    Each(Vec<String>),
    /// Sources of the topic's notes of one sort with a date in the group's span.
    Cited(String),
    /// A name in the subjects' table.
    Name,
    /// The text.
    Text,
}

/// How occasions are named.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccasionPattern {
    /// The pattern; the groups `ordinal` and `ordinals` are numbers in words.
    pub pattern: String,
    /// Fields that the calendar's entry must have; `$ordinal` stands for the number.
    #[serde(rename = "where")]
    pub fields: IndexMap<String, Value>,
    /// Whether a date must stand beside.
    #[serde(default)]
    pub needs_date: bool,
}

/// A phrase.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseSpec {
    /// Its name.
    pub id: String,
    /// The sections it is looked for in; by default all.
    #[serde(default)]
    pub within: Vec<String>,
    /// Patterns.
    pub patterns: Vec<String>,
    /// How sure the reading is.
    #[serde(default = "nearly_sure")]
    pub confidence: f64,
    /// Further names for templates, filled in their order.
    #[serde(default)]
    pub with: IndexMap<String, Value>,
    /// Facts are made for each item of this expression's value, which templates see as `it`.
    #[serde(default, rename = "for")]
    pub each: Option<String>,
    /// What it says.
    #[serde(default)]
    pub facts: Vec<FactSpec>,
    /// Names that later phrases of the topic see under `said`.
    #[serde(default)]
    pub remember: IndexMap<String, Value>,
    /// A condition: an expression.
    #[serde(default)]
    pub when: Option<String>,
}

/// Claims that a calendar's lists can contradict.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedClaims {
    /// The list of the record.
    pub list: String,
    /// The field of an item that names the occasion.
    pub key: String,
    /// The field of an item that says what was done.
    pub value: String,
    /// The field of an occasion that holds the lists, by value.
    pub lists: String,
    /// Template of the member that is looked for in them.
    pub member: String,
}

fn nearly_sure() -> f64 {
    0.9
}

/// A compiled grammar for one topic and subject.
#[derive(Debug)]
pub struct CompiledGrammar {
    /// The phrases, in their order.
    pub phrases: Vec<(usize, Regex)>,
    /// The occasions.
    pub occasions: Vec<Regex>,
    /// The notes' kinds.
    pub notes: Vec<(usize, Regex)>,
    /// Any date.
    pub date: Regex,
    /// Words of values: the name, and for each value its patterns.
    pub words: IndexMap<String, Vec<(String, Regex)>>,
    /// Patterns of `each`.
    pub each: IndexMap<String, Vec<Regex>>,
    /// The parting of notes.
    pub parting: Regex,
    /// What names the subject, the treaty or the weapon: no loss where it is left of a sentence.
    pub known: Regex,
}

/// Patterns that were compiled already, by their text: topics and pages share what names no weapon, treaty or
/// subject.
pub type Compilations = RefCell<HashMap<String, Regex>>;

/// Stands for patterns that are only read.
static EMPTY: LazyLock<Regex> = LazyLock::new(|| Regex::new("^$").expect("because it is written here"));

/// Compiles patterns: the lexicon, and the dates.
pub struct Compiler<'g> {
    spec: &'g ProfileSpec,
    lexicon: IndexMap<String, String>,
    done: &'g Compilations,
    /// Whether patterns are only read: what is compiled instead fits nothing but the empty text.
    only_reads: bool,
}

impl<'g> Compiler<'g> {
    /// A compiler whose lexicon knows what stands for the subject, and what a topic adds.
    pub fn new(
        spec: &'g ProfileSpec,
        dates: &Dates,
        done: &'g Compilations,
        subject: &[String],
        topic: Option<&TopicSpec>,
    ) -> Compiler<'g> {
        let mut lexicon = spec.lexicon.clone();
        let mut names: Vec<String> = subject.iter().map(|name| regex::escape(&plain(name))).collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let name = if names.is_empty() { r"[A-Z][\w' -]{2,40}".to_owned() } else { names.join("|") };
        lexicon.insert("name".to_owned(), name);
        lexicon.insert("date".to_owned(), dates.anywhere.clone());
        lexicon.extend(topic.into_iter().flat_map(|topic| topic.lexicon.clone()));
        let mut ordinals: Vec<&str> = spec.numbers.keys().map(String::as_str).collect();
        ordinals.sort_by_key(|word| std::cmp::Reverse(word.len()));
        lexicon.insert("numeral".to_owned(), ordinals.join("|"));
        Compiler { spec, lexicon, done, only_reads: false }
    }

    /// The same for a grammar that nothing is read with: patterns that are none are found in a fraction of
    /// the time.
    pub fn only_reading(self) -> Compiler<'g> {
        Compiler { only_reads: true, ..self }
    }

    /// Compiles a pattern that may stand anywhere.
    pub fn anywhere(&self, what: &str, pattern: &str) -> Result<Regex, Failure> {
        self.compile(what, &self.filled(pattern))
    }

    /// Compiles a pattern for a whole text.
    pub fn whole(&self, what: &str, pattern: &str) -> Result<Regex, Failure> {
        self.compile(what, &format!("^(?:{})$", self.filled(pattern)))
    }

    fn compile(&self, what: &str, pattern: &str) -> Result<Regex, Failure> {
        if let Some(done) = self.done.borrow().get(pattern) {
            return Ok(done.clone());
        }
        if self.only_reads {
            patterns::read(what, pattern)?;
            return Ok(EMPTY.clone());
        }
        let compiled =
            RegexBuilder::new(pattern).case_insensitive(true).size_limit(64 << 20).build().map_err(
                |error| Failure::new(format!("the import grammar's pattern of `{what}`: {error}")),
            )?;
        self.done.borrow_mut().insert(pattern.to_owned(), compiled.clone());
        Ok(compiled)
    }

    fn filled(&self, pattern: &str) -> String {
        let mut text = pattern.to_owned();
        for _ in 0..8 {
            let mut next = text.clone();
            for (name, part) in &self.lexicon {
                let place = format!("{{{name}}}");
                if next.contains(&place) {
                    next = next.replace(&place, &format!("(?:{part})"));
                }
            }
            if next == text {
                break;
            }
            text = next;
        }
        narrowed(&text)
    }

    /// Compiles all of a grammar.
    pub fn all(&self) -> Result<CompiledGrammar, Failure> {
        let spec = self.spec;
        let mut phrases = Vec::new();
        for (at, phrase) in spec.phrases.iter().enumerate() {
            for pattern in &phrase.patterns {
                phrases.push((at, self.anywhere(&phrase.id, pattern)?));
            }
        }
        let mut notes = Vec::new();
        for (at, kind) in spec.notes.kinds.iter().enumerate() {
            for pattern in &kind.patterns {
                notes.push((at, self.whole("notes", pattern)?));
            }
        }
        let (mut words, mut each) = (IndexMap::new(), IndexMap::new());
        for (name, value) in &spec.values {
            match &value.0 {
                ValueSpec::Word(table) | ValueSpec::Words(table) => {
                    let mut rows = Vec::new();
                    for (value, patterns) in table {
                        for pattern in patterns {
                            rows.push((value.clone(), self.anywhere(name, pattern)?));
                        }
                    }
                    words.insert(name.clone(), rows);
                }
                ValueSpec::Each(patterns) => {
                    each.insert(
                        name.clone(),
                        patterns.iter().map(|p| self.anywhere(name, p)).collect::<Result<_, _>>()?,
                    );
                }
                _ => {}
            }
        }
        Ok(CompiledGrammar {
            phrases,
            occasions: spec
                .occasions
                .iter()
                .map(|o| self.anywhere("occasions", &o.pattern))
                .collect::<Result<_, _>>()?,
            notes,
            date: self.anywhere("dates", r"\b{date}")?,
            words,
            each,
            parting: self.anywhere("notes", &spec.notes.parting)?,
            known: self.anywhere("known", &spec.known)?,
        })
    }
}

/// A name with the signs that texts are normalized to.
fn plain(name: &str) -> String {
    name.chars().map(|c| if matches!(c, '’' | '‘') { '\'' } else { c }).collect()
}

/// The letters, digits and word borders of European scripts instead of all of Unicode's: patterns that repeat
/// them compile to a hundredth of the size.
fn narrowed(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() * 2);
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('w')) => out.push_str(r"[0-9A-Za-z_\u{c0}-\u{24f}]"),
            ('\\', Some('d')) => out.push_str("[0-9]"),
            ('\\', Some('b')) => out.push_str(r"(?-u:\b)"),
            ('\\', Some(other)) => out.extend(['\\', other]),
            _ => out.push(c),
        }
    }
    out
}
