//! The manifest's words on `export`: what is asked of each occasion, what a panel's rows are about, and how
//! folders are split.
//!
//! All of it is data, so that no part of the program knows which codes other datasets join on.

use super::rule_files::CalendarChoice;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What `export` needs to know besides the schema and the rules.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExportSpec {
    /// The identity field by whose values the folders of Parquet tables are split; by the kind of record if
    /// left out.
    pub partition: Option<String>,
    /// What is asked of the occasions of which calendars.
    pub outcomes: Vec<OutcomeSpec>,
    /// The table of subjects by year.
    pub panel: Option<PanelSpec>,
}

/// What the records say of the occasions of a calendar.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeSpec {
    /// What the rows are called, and their columns in the panel: `votes`.
    pub name: String,
    /// The record's list of entries.
    pub list: String,
    /// The identity field by whose values `calendar` differs.
    #[serde(default)]
    pub per: Option<String>,
    /// The calendar of occasions that the entries name; with `per`, a calendar for each value.
    pub calendar: CalendarChoice,
    /// Only occasions whose fields have one of these values.
    #[serde(default)]
    pub occasions: IndexMap<String, Vec<String>>,
    /// The field of an entry that names the occasion.
    pub key: String,
    /// The field of an entry that says what was done.
    pub value: String,
    /// Values that mean: stayed away. Any other value means: took part.
    #[serde(default)]
    pub missed: Vec<String>,
    /// The path of the coverage claims that make a missing entry mean: stayed away.
    #[serde(default)]
    pub coverage: Option<String>,
    /// Which field of a coverage claim restricts it to occasions with which field: `{kinds: kind}`.
    #[serde(default)]
    pub coverage_match: IndexMap<String, String>,
}

/// The table of subjects by year.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PanelSpec {
    /// The identity field whose values are the subjects.
    pub subject: String,
    /// The look-up table that describes them, by that field.
    #[serde(default)]
    pub table: Option<String>,
    /// Columns that other datasets join on: the column's name, and the field of the look-up table, or `$key`
    /// for the subject itself.
    #[serde(default)]
    pub keys: IndexMap<String, String>,
    /// Further columns from the look-up table, in the same form.
    #[serde(default)]
    pub columns: IndexMap<String, String>,
    /// The rule of kind `status` that says what a subject was at the end of a year.
    #[serde(default)]
    pub status: Option<String>,
}
