//! The grammar of a table, as its file writes it.

use super::Reads;
use super::dates::DatesSpec;
use super::merge::MergeSpec;
use super::names::ImportNames;
use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The grammar of a table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableGrammar {
    /// Always `tables`.
    pub reads: Reads,
    /// What the table holds, in a few words.
    pub title: String,
    /// The kind of record it is about.
    pub record: String,
    /// The columns by the names that templates use.
    pub columns: IndexMap<String, ColumnSpec>,
    /// The columns that no two rows share.
    pub key: Vec<String>,
    /// The occasions that rows name, if they do.
    #[serde(default)]
    pub occasion: Option<OccasionSpec>,
    /// Template of the record's identity.
    pub identity: Value,
    /// Template of the date of the edition that a row makes.
    pub dated: String,
    /// Further names for templates, filled in their order.
    #[serde(default)]
    pub with: IndexMap<String, Value>,
    /// Templates of the sources by name.
    #[serde(default)]
    pub sources: Value,
    /// What a row says about a record.
    pub facts: Vec<FactSpec>,
    /// How that meets the record.
    pub merge: MergeSpec,
    /// How sources write dates: the file beside.
    #[serde(skip)]
    pub dates: Option<DatesSpec>,
    /// The names of states and their like: the file beside.
    #[serde(skip)]
    pub names: Option<ImportNames>,
}

/// A column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnSpec {
    /// Headings that mean it.
    pub headings: Vec<String>,
    /// Whether the table must have it; `--set` can stand for it.
    #[serde(default)]
    pub required: bool,
    /// Whether a cell may be empty.
    #[serde(default)]
    pub may_be_empty: bool,
    /// How a cell is read.
    #[serde(default)]
    pub read: CellReading,
    /// For `words`: the value with the words and codes that mean it.
    #[serde(default)]
    pub words: IndexMap<String, Vec<String>>,
    /// For `pattern`: patterns with named groups, which become fields of the value.
    #[serde(default)]
    pub patterns: Vec<String>,
    /// What a cell must look like, for messages.
    #[serde(default)]
    pub example: String,
}

/// How a cell is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellReading {
    /// As it is.
    #[default]
    Text,
    /// A date.
    Date,
    /// A whole number.
    Number,
    /// A name or code of the names' table.
    Name,
    /// One of some words.
    Words,
    /// Parts of a text.
    Pattern,
    /// An occasion of a calendar, by its id, label or short name.
    Occasion,
}

/// The occasions that rows name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OccasionSpec {
    /// Template of the occasion's id.
    pub id: String,
    /// The calendars that can hold it, with the identity fields that belong to each.
    pub calendars: IndexMap<String, CalendarOf>,
    /// Template of a calendar's entry for an occasion that is not there yet.
    #[serde(default)]
    pub entry: Option<Value>,
    /// Where a calendar's file lists its sources, and their templates.
    #[serde(default)]
    pub sources: Option<(String, Value)>,
    /// How rows are counted.
    #[serde(default)]
    pub tally: Option<RowTallySpec>,
}

/// A calendar that can hold a table's occasions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarOf {
    /// What templates see under `calendar`.
    pub fields: Map<String, Value>,
    /// Patterns of titles that belong to it.
    #[serde(default)]
    pub titles: Vec<String>,
}

/// How rows are counted against a stated tally.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowTallySpec {
    /// The column whose values are counted.
    pub column: String,
    /// The column that names the members, for the lists.
    pub member: String,
    /// The field of a calendar's entry that holds the counts.
    pub field: String,
    /// The field of a calendar's entry that holds the members.
    pub lists: String,
    /// The columns that state a count, by value.
    #[serde(default)]
    pub totals: IndexMap<String, String>,
    /// What to try if the counts differ.
    #[serde(default)]
    pub hint: String,
}

/// What a row or phrase says about a record.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactSpec {
    /// The dotted path of the field or list.
    pub at: String,
    /// Template of the value.
    #[serde(default)]
    pub value: Option<Value>,
    /// Template of an item of a list, or of fields of a mapping.
    #[serde(default)]
    pub item: Option<Value>,
    /// Whether the field is emptied.
    #[serde(default)]
    pub clear: bool,
    /// The fact is left out unless this expression is true.
    #[serde(default)]
    pub when: Option<String>,
    /// Templates of the names of the sources that stand for it; by default those of the row or phrase.
    #[serde(default)]
    pub sources: Option<Vec<String>>,
    /// What to do if the record says otherwise.
    #[serde(default)]
    pub otherwise: Otherwise,
    /// For dates: which of two stands, the record's or this one.
    #[serde(default)]
    pub keep: Option<Keep>,
    /// How sure the reading is, where that is not what its phrase says.
    #[serde(default)]
    pub confidence: Option<f64>,
}

/// What to do if the record says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Otherwise {
    /// The source is right.
    #[default]
    Change,
    /// Nothing is imported.
    Refuse,
}

/// Which of two dates stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// The earlier.
    Earliest,
    /// The later.
    Latest,
}
