//! What others publish → drafts of records: pages of prose with notes, and tables.
//!
//! A page goes through `profile`; a table through `table` (text → rows), `rows` (rows → values) and
//! `occasions` (values → drafts and calendar entries). Both share `source` (bytes → text), `dates`, `names`,
//! `fill` (templates) and `merge` (draft + record → the next edition). Everything here is a function from
//! values to values: no clock, no environment, no terminal, no file. Which words mean what, and which field
//! of a record they belong to, is data: `schema/import/*.yaml`.

mod compound;
pub mod dates;
mod extent;
pub mod fill;
pub mod html;
pub mod merge;
pub mod merge_values;
pub mod names;
pub mod occasions;
mod patterns;
pub mod profile;
pub mod rewrite;
pub mod rows;
pub mod sound;
pub mod source;
pub mod table;
pub mod table_grammar;

pub use crate::model::draft::{Aside, FactOutcome, Leftover, SourcePlace};
use crate::model::{Identity, Level, PartialDate, RecordId};
use serde::Deserialize;
use serde_json::Value;

/// What a grammar is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reads {
    /// Pages of prose with notes.
    Pages,
    /// Tables, a row a fact.
    Tables,
}

/// The beginning of every grammar. A file beside them without it is no grammar, but a part of some.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct GrammarHead {
    /// What it is for.
    #[serde(default)]
    pub reads: Option<Reads>,
    /// What its sources are, in a few words.
    #[serde(default)]
    pub title: String,
}

/// A fault of the source itself.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its name.
    pub rule: &'static str,
    /// How grave it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub place: SourcePlace,
    /// The record it is about, if one.
    pub record: Option<RecordId>,
    /// What to do.
    pub help: Option<String>,
}

/// How a drafted value goes into a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The value stands there.
    Set,
    /// The value is an item of a keyed list, or fields of a mapping: what it does not name stays.
    Merge,
    /// The earlier of the two dates stands.
    Least,
    /// The later of the two dates stands.
    Most,
    /// Nothing stands there.
    Clear,
}

/// One thing a source says about a record.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The dotted path of the field: `treaty.status`; of the list for an item.
    pub path: String,
    /// The value.
    pub value: Value,
    /// How it goes into the record.
    pub mode: Mode,
    /// How sure the reading is, from 0 to 1.
    pub confidence: f64,
    /// What read it: a phrase of the grammar, or a column.
    pub reader: String,
    /// Where in the source.
    pub place: SourcePlace,
    /// The text that stands there.
    pub excerpt: String,
    /// The notes that the text cites there.
    pub notes: Vec<String>,
    /// The names of the sources that stand for it.
    pub sources: Vec<String>,
    /// Whether a record that says otherwise is not to be overwritten.
    pub firm: bool,
}

/// The content of the record of an identity, as it is now.
pub type CurrentRecord<'c> = dyn Fn(&Identity) -> Option<Value> + 'c;

/// What a source says about one record.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The record.
    pub identity: Identity,
    /// The date of the edition, if the source gives one.
    pub dated: Option<PartialDate>,
    /// The facts.
    pub facts: Vec<Fact>,
    /// The sources, by name.
    pub sources: Vec<(String, Value)>,
    /// What was not understood.
    pub not_understood: Vec<Leftover>,
    /// What was understood, and has no place in a record.
    pub set_aside: Vec<Aside>,
    /// Faults of the source itself.
    pub faults: Vec<Fault>,
}
