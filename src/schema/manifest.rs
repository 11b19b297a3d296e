//! The manifest `sincewhen.yaml`: which files are records, what identifies them, which field dates them,
//! and where calendars, tables and rules lie.

use super::places::{DateSpec, FieldRoute, HistoryLine, NamePart};
use crate::files::join;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The name every manifest states under `format`.
pub const FORMAT: &str = "sincewhen.manifest/1";

/// The file name by which a dataset is found.
pub const FILE_NAME: &str = "sincewhen.yaml";

/// The name of the file of accepted findings, in the folder of the manifest.
pub const BASELINE_NAME: &str = "baseline.yaml";

/// A dataset's manifest. All paths in it are relative to the manifest's own folder, `/` between their parts.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `sincewhen.manifest/1`.
    pub format: String,
    /// The dataset's name.
    #[serde(default)]
    pub title: String,
    /// The dataset's licence, for citations: an SPDX identifier (`CC-BY-4.0`), or its name.
    #[serde(default)]
    pub licence: Option<String>,
    /// Where the dataset is published, for citations.
    #[serde(default)]
    pub url: Option<String>,
    /// Which commits count: `all` that can be reached, or those of the main line, `first-parent`.
    #[serde(default)]
    pub history: HistoryLine,
    /// The kinds of record.
    pub records: Vec<RecordKind>,
    /// Look-up tables by the name that templates use.
    #[serde(default)]
    pub tables: IndexMap<String, TableSpec>,
    /// Calendars by name.
    #[serde(default)]
    pub calendars: IndexMap<String, CalendarSpec>,
    /// The folder that holds `acts/`, `lifecycle.yaml` and `observations/`, which must be there. By default
    /// `rules`, if there is such a folder.
    #[serde(default)]
    pub rules: Option<String>,
    /// The folder that holds the grammars of `import`.
    #[serde(default)]
    pub imports: Option<String>,
    /// Rows of marks that `log` and `since` draw.
    #[serde(default)]
    pub strips: Vec<StripSpec>,
    /// What the yearly report says and draws.
    #[serde(default)]
    pub report: super::report::ReportSpec,
    /// What `export` asks of occasions, and what its panel is about.
    #[serde(default)]
    pub export: super::export::ExportSpec,
}

/// One kind of record.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RecordKind {
    /// Its name.
    pub kind: String,
    /// A glob over paths; `*` does not cross `/`, `**` does.
    pub path: String,
    /// Files that are no records though they lie where `path` looks: globs, as `path`.
    #[serde(default)]
    pub except: Vec<String>,
    /// The JSON Schema of these records.
    pub schema: String,
    /// Where many records share a file: the list, or the mapping whose values are records. `.` is the file's
    /// root.
    #[serde(default)]
    pub items: Option<String>,
    /// The parts that together name a record: fields, paths of fields, alternatives (`a | b`), or parts of
    /// the file's path (`$stem`, `$1`), `$key` and `$kind`.
    pub identity: Vec<NamePart>,
    /// What dates an edition: a field, a path (`source.created`), a list of fallbacks,
    /// `max(releases[].date)`, or `commit`.
    pub date: DateSpec,
    /// A list of former identities in the record, `[{country: …, topic: …}]`; or `renames`, for records that
    /// their paths name: a file that one commit moves is the same record.
    #[serde(default)]
    pub formerly: Option<String>,
    /// The field with other names of the record, a text or a list, by which it can be asked for.
    #[serde(default)]
    pub aliases: Option<String>,
    /// The field in which editors say on which day they reviewed a record without changing it.
    #[serde(default)]
    pub reviewed: Option<String>,
    /// Which natures its changes have: `dated`, by when things happened, or `neutral` (`added`, `changed`,
    /// `removed`), for records whose facts have no dates of their own.
    #[serde(default)]
    pub natures: Natures,
    /// The list of the record in which editors log corrections: entries with `path` and optionally `what` and
    /// `why`.
    #[serde(default)]
    pub corrections: Option<String>,
    /// Through when parts of a record were assessed, where that is not the edition's own date.
    #[serde(default)]
    pub assessed: Vec<AssessedSpec>,
    /// A template that names the subject in a sentence: `{{ tables.states[country].name }}`.
    #[serde(default)]
    pub subject: Option<String>,
    /// A template that words a source from its fields, for lists of proof.
    #[serde(default)]
    pub citation: Option<String>,
    /// A template for headings.
    #[serde(default)]
    pub heading: Option<String>,
    /// Further templates whose results the rules' wording may use by name.
    #[serde(default)]
    pub words: IndexMap<String, String>,
}

/// Which natures the changes of a kind of record have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Natures {
    /// By when things happened: a late report is not a development.
    #[default]
    Dated,
    /// By what became of a value: added, changed, removed.
    Neutral,
}

impl Manifest {
    /// The folder of the rules, from the repository's root, for a manifest in a folder.
    pub fn rules_folder(&self, root: &str) -> String {
        join(root, self.rules.as_deref().unwrap_or("rules"))
    }
}

/// What `formerly` says where git's renames are to be followed.
pub const RENAMES: &str = "renames";

impl RecordKind {
    /// Whether a path can name a record of this kind, in part or whole.
    pub fn is_named_by_path(&self) -> bool {
        self.identity.iter().any(NamePart::from_path)
    }

    /// What templates call the parts of a name.
    pub fn name_parts(&self) -> impl Iterator<Item = &str> {
        self.identity.iter().map(|part| part.name.as_str())
    }

    /// The list or mapping whose items are records, as a route to it; none where each file is one record.
    pub fn items_route(&self) -> Option<FieldRoute> {
        let written = self.items.as_deref()?;
        let bare = written.trim_end_matches("[]").trim_end_matches(".*");
        Some(FieldRoute::parse(bare.strip_prefix('*').unwrap_or(bare)))
    }

    /// Whether records are the front matter of texts.
    pub fn is_front_matter(&self) -> bool {
        is_of_pages(&self.path)
    }
}

/// Whether a file, or the files of a pattern, are pages that may begin with front matter, by their ending.
pub fn is_of_pages(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    ["md", "markdown", "mdx", "html", "htm", "txt", "rst", "adoc"].contains(&ending)
}

/// Through when some fields were assessed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AssessedSpec {
    /// Top-level fields.
    pub fields: Vec<String>,
    /// The path of the date through which they were assessed: `coverage.profile.to`.
    pub through: String,
    /// What sentences call these fields together.
    #[serde(default = "some_parts")]
    pub title: String,
}

fn some_parts() -> String {
    "some parts".to_owned()
}

/// A look-up table.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TableSpec {
    /// The file.
    pub path: String,
    /// The key under which the rows stand; by default the whole file.
    #[serde(default)]
    pub rows: Option<String>,
    /// The JSON Schema of the file.
    #[serde(default)]
    pub schema: Option<String>,
    /// Which columns hold the names people use for the rows.
    #[serde(default)]
    pub names: Option<NamesSpec>,
}

/// Which names the rows of a table go by, so that records can be asked for by any of them.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NamesSpec {
    /// The identity field whose values are the keys of the table.
    pub field: String,
    /// Columns that hold a name or a list of names, the one that is shown first: `[name, former_names]`.
    pub columns: Vec<String>,
    /// Columns that hold a code, in any case: `[iso2]`. The key itself is always one.
    #[serde(default)]
    pub codes: Vec<String>,
    /// Columns whose value names all rows that have it: `[region]`.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Columns that hold names of parts: an answer about the row says that it was asked for by one.
    #[serde(default)]
    pub parts: Vec<String>,
}

/// A calendar of occasions.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarSpec {
    /// The file.
    pub path: String,
    /// The JSON Schema of the file.
    #[serde(default)]
    pub schema: Option<String>,
    /// The key under which the occasions stand.
    #[serde(default = "default_entries")]
    pub entries: String,
    /// The field that names an occasion.
    #[serde(default = "default_id")]
    pub id: String,
    /// The field that holds an occasion's full name.
    #[serde(default = "default_label")]
    pub label: String,
    /// The field of the first day.
    #[serde(default = "default_start")]
    pub start: String,
    /// The field of the last day; an occasion without it lasts one day.
    #[serde(default = "default_end")]
    pub end: String,
    /// The field that is true for an occasion that is only announced: until a record has an entry for it,
    /// it was not missed.
    #[serde(default)]
    pub planned: Option<String>,
    /// Who could take part, where an occasion or a table says so.
    #[serde(default)]
    pub eligible: Option<EligibleSpec>,
}

/// Who could take part in an occasion: a record whose identity field stands in one of the lists below
/// `among`, if the occasion has that field, and whose row in `table` has no later day under `from` than the
/// occasion's last.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EligibleSpec {
    /// The identity field that is looked for in the lists and the table.
    pub field: String,
    /// A field of the occasion that holds lists of who could take part: `roll_call`. An occasion without it
    /// excludes no record.
    #[serde(default)]
    pub among: Option<String>,
    /// The table whose rows are named by that field.
    #[serde(default)]
    pub table: Option<String>,
    /// The column of that table with the day on which what the record is about came into being: no occasion
    /// that had ended before it is counted as missed or as not known. A row without it excludes nothing.
    #[serde(default)]
    pub from: Option<String>,
}

/// A row of marks, one an occasion.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StripSpec {
    /// What stands before the row.
    pub label: String,
    /// What tables of such rows are called; by default the label.
    #[serde(default)]
    pub title: Option<String>,
    /// The records it is for, by identity field.
    #[serde(default)]
    pub applies: IndexMap<String, String>,
    /// The calendar.
    pub calendar: String,
    /// Only occasions whose fields have one of these values.
    #[serde(default)]
    pub occasions: IndexMap<String, Vec<String>>,
    /// The record's list of entries, and the field of an entry that names the occasion.
    pub list: String,
    /// The field of an entry that names the occasion.
    pub key: String,
    /// The field of an entry that is marked.
    pub value: String,
    /// Value → mark, one column wide.
    pub marks: IndexMap<String, String>,
    /// The mark of an occasion that coverage shows to be missed, and the legend's word for it.
    #[serde(default)]
    pub missed: Option<String>,
    /// The coverage claims that make a missing entry mean `missed`.
    #[serde(default)]
    pub coverage: Option<String>,
    /// Which field of a coverage claim restricts it to occasions with which field.
    #[serde(default)]
    pub coverage_match: IndexMap<String, String>,
}

fn default_entries() -> String {
    "entries".to_owned()
}
fn default_id() -> String {
    "id".to_owned()
}
fn default_label() -> String {
    "label".to_owned()
}
fn default_start() -> String {
    "start".to_owned()
}
fn default_end() -> String {
    "end".to_owned()
}
