//! The tables and what their columns mean: what writers, the data dictionary and packages are made from.

use super::names::column_name;
use crate::dataset::Reference;
use crate::model::{Failure, FailureKind};
use crate::schema::{Kind, ObservationKind, OutcomeSpec, PanelSpec, Policy, Shape};
use indexmap::IndexMap;
use std::collections::HashSet;

/// The tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableName {
    /// Who there is a record of.
    Records,
    /// As of which dates.
    Editions,
    /// What they state.
    Statements,
    /// What changed between two of them.
    Changes,
    /// What has stayed so.
    Observations,
    /// What was done at each occasion.
    Outcomes,
    /// Subjects by year.
    Panel,
    /// What the records cite.
    Sources,
}

impl TableName {
    /// All tables, those first that others refer to.
    pub const ALL: [TableName; 8] = [
        TableName::Records,
        TableName::Editions,
        TableName::Statements,
        TableName::Changes,
        TableName::Observations,
        TableName::Outcomes,
        TableName::Panel,
        TableName::Sources,
    ];

    /// Its name in a database, and of its file or folder.
    pub fn as_str(self) -> &'static str {
        match self {
            TableName::Records => "records",
            TableName::Editions => "editions",
            TableName::Statements => "statements",
            TableName::Changes => "changes",
            TableName::Observations => "observations",
            TableName::Outcomes => "outcomes",
            TableName::Panel => "panel",
            TableName::Sources => "sources",
        }
    }

    /// What a row is.
    pub fn meaning(self) -> &'static str {
        match self {
            TableName::Records => "A record: one subject's position on one topic.",
            TableName::Editions => {
                "A record as of one date of its own, and the days over which that edition was in force."
            }
            TableName::Statements => {
                "A value of a field, from the edition that first states it to the one that states it no longer: stored once, however many \
                 editions repeat it."
            }
            TableName::Changes => "A sentence on what changed from one edition of a record to the next.",
            TableName::Observations => {
                "A sentence on what has stayed so, or on an event, from the edition of which it is first said to the one of which it is \
                 not, or not in these words."
            }
            TableName::Outcomes => {
                "What the newest edition and those before it say of one occasion: took part, stayed away, not known, could not take part."
            }
            TableName::Panel => {
                "A record by calendar year, with the codes that other datasets join on. What is not known is null, never 0."
            }
            TableName::Sources => {
                "A source that a record cites, from the edition that first describes it so to the one that does not."
            }
        }
    }

    /// The columns that tell its rows apart.
    pub fn key(self) -> &'static [&'static str] {
        match self {
            TableName::Records => &["record_id"],
            TableName::Editions => &["record_id", "edition"],
            TableName::Statements => &["record_id", "field_path", "edition"],
            TableName::Changes => &["record_id", "edition", "change_number"],
            TableName::Observations => &["record_id", "edition", "observation_number"],
            TableName::Outcomes => &["record_id", "outcome_of", "occasion_id"],
            TableName::Panel => &["record_id", "calendar_year"],
            TableName::Sources => &["record_id", "source_list", "source_id", "edition"],
        }
    }

    /// Whether its rows belong to editions of `editions`.
    pub fn has_edition(self) -> bool {
        matches!(
            self,
            TableName::Statements | TableName::Changes | TableName::Observations | TableName::Sources
        )
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A civil day, `2013-04-15`.
    Day,
    /// True or false.
    Truth,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// What it means.
    pub meaning: String,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: TableName,
    /// Its columns.
    pub columns: Vec<Column>,
}

impl Table {
    /// Where a column stands.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }

    /// Where the columns of its key stand.
    pub fn key_positions(&self) -> Vec<usize> {
        self.name.key().iter().filter_map(|name| self.position(name)).collect()
    }
}

/// A field of a source, as the schema has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SourceField {
    pub key: String,
    pub is_date: bool,
}

/// The tables of one dataset.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The tables, in the order of [`TableName::ALL`].
    pub tables: Vec<Table>,
    /// Which column splits the folders of Parquet tables.
    pub partition: String,
    /// The identity field whose values split them; `None` for the kind of record.
    pub(super) partition_field: Option<String>,
    pub(super) identity: Vec<String>,
    pub(super) source_fields: Vec<SourceField>,
    pub(super) outcomes: Vec<OutcomeSpec>,
    pub(super) panel: Option<PanelSpec>,
    /// The look-up table's rows by subject.
    rows: serde_json::Value,
}

/// How a column is written in this file.
type Written = (&'static str, ColumnKind, &'static str);

const RECORD: Written =
    ("record_id", ColumnKind::Text, "The record's name: the values of its identity fields, joined by `/`.");
const EDITION: Written =
    ("edition", ColumnKind::Text, "The edition that first has it: the record's own date, as written.");
const SUPERSEDED: Written = (
    "superseded_by",
    ColumnKind::Text,
    "The first later edition that does not have it, or not so; null while it stands.",
);
const HELD_FROM: Written =
    ("held_from", ColumnKind::Day, "The first day on which that edition was in force.");
const HELD_UNTIL: Written = (
    "held_until",
    ColumnKind::Day,
    "The first day on which it was not in force any more; null while it is. As of a day D, `held_from <= D` and `held_until` is null or \
     later than D.",
);
const CITED: Written = (
    "cited_sources",
    ColumnKind::Text,
    "The names of the sources that the record cites for it, as a JSON array; null for none.",
);
const SIGNIFICANCE: Written = ("significance", ColumnKind::Text, "`major`, `minor` or `editorial`.");
const FINGERPRINT: Written = (
    "fingerprint",
    ColumnKind::Text,
    "Names the sentence over runs, whatever its wording; `sincewhen explain` shows its proof.",
);
const IDENTITY: &str = "The record's identity field";

/// The columns that every dataset has, by table.
#[expect(clippy::too_many_lines, reason = "a table of columns, a line each")]
fn fixed(table: TableName) -> Vec<Written> {
    use ColumnKind::{Day, Integer, Text, Truth};
    match table {
        TableName::Records => vec![
            RECORD,
            ("record_kind", Text, "The kind of record, as the manifest names it."),
            ("heading", Text, "What headings call it."),
            ("subject_name", Text, "What sentences call its subject."),
        ],
        TableName::Editions => vec![
            RECORD,
            ("edition", Text, "The record's own date, as written."),
            ("superseded_by", Text, "The next edition; null for the newest."),
            (
                "held_from",
                Day,
                "The first day on which it was in force: its civil day as written, whatever the time zone.",
            ),
            HELD_UNTIL,
            (
                "is_dated_by_commit",
                Truth,
                "Whether the record has no date of its own and the commit dates it.",
            ),
            (
                "commit_id",
                Text,
                "The commit that brought the content that stands; null for the working tree.",
            ),
            ("committed_at", Text, "When that commit was made, RFC 3339 in the committer's time zone."),
            ("committed_utc", Text, "The same moment in UTC."),
            ("amendment_count", Integer, "How many earlier contents the repository holds of the same date."),
            (
                "assessed_through",
                Text,
                "Through when all of it was assessed, as written; null where a part never was. Between this and its own date silence \
                 means nothing.",
            ),
            ("assessed_from_day", Day, "The first day that `assessed_through` can mean."),
            ("assessed_through_day", Day, "The last day that `assessed_through` can mean."),
            ("file_path", Text, "The file at that commit, from the repository's root."),
        ],
        TableName::Statements => vec![
            RECORD,
            ("field_path", Text, "The field, with the keys of list items: `list[key].name`."),
            ("field", Text, "The same with every item of a list as `[]`: `list[].name`."),
            (
                "item_key",
                Text,
                "The key, value or 0-based place of the innermost list item on the path; null outside lists.",
            ),
            ("value_text", Text, "The value as text; null for `null`, empty lists and empty mappings."),
            (
                "value_type",
                Text,
                "`text`, `date` (text that the schema declares to be a date and that is one), `integer`, `decimal`, `boolean`, `null`, \
                 `list` or `mapping` (empty ones).",
            ),
            EDITION,
            SUPERSEDED,
            HELD_FROM,
            HELD_UNTIL,
            (
                "valid_on",
                Text,
                "The date of the fact itself, as written, where the record or a calendar dates it.",
            ),
            ("valid_from", Day, "The first day it can mean."),
            ("valid_until", Day, "The last day it can mean; of an occasion, its last day."),
            ("commit_id", Text, "The commit of the edition that first has it."),
            ("closing_commit_id", Text, "The commit of the edition that supersedes it."),
            CITED,
        ],
        TableName::Changes => vec![
            RECORD,
            ("from_edition", Text, "The earlier edition."),
            ("edition", Text, "The later edition, which brought the change."),
            ("change_number", Integer, "1-based place among the changes of that edition, news first."),
            ("rule_id", Text, "The rule that worded it; `sincewhen explain RULE` shows its page."),
            (
                "nature",
                Text,
                "How it came about: `development`, `late-report`, `correction`, `retraction`, `omission`, `editorial` or `review`.",
            ),
            (
                "is_uncertain",
                Truth,
                "Whether the date is too rough to say on which side of the earlier edition it falls.",
            ),
            ("is_undated", Truth, "Whether no date says when it came about."),
            SIGNIFICANCE,
            ("sentence", Text, "The sentence."),
            ("field_path", Text, "The field."),
            (
                "value_before",
                Text,
                "Its value before: text as it is, anything else as JSON; null if there was none.",
            ),
            ("value_after", Text, "Its value after, likewise."),
            (
                "happened_on",
                Text,
                "The date of the event, as written, where the record or a calendar dates it.",
            ),
            ("happened_from", Day, "The first day it can mean."),
            ("happened_until", Day, "The last day it can mean."),
            ("correction_reason", Text, "The reason that an entry of the record's corrections gives."),
            CITED,
            ("commit_id", Text, "The commit of the later edition."),
            FINGERPRINT,
        ],
        TableName::Observations => vec![
            RECORD,
            EDITION,
            (
                "observation_number",
                Integer,
                "1-based place among the sentences that begin with that edition.",
            ),
            SUPERSEDED,
            HELD_FROM,
            HELD_UNTIL,
            ("rule_id", Text, "The rule that worded it."),
            (
                "observation_kind",
                Text,
                "`absence`, `streak`, `turned`, `silence`, `standing`, `pending` or `status`.",
            ),
            (
                "variant",
                Text,
                "Which of the kind's sentences it is: `turned`, `back`, `since`, `never` and so on.",
            ),
            (
                "begun_as",
                Text,
                "`stands` in a record's first edition, `began`, `changed` (said of the earlier edition in other words), or `event`: \
                 reported by the step that brought it and held over no day.",
            ),
            ("nature", Text, "How it came about, as in `changes`; null in a first edition."),
            SIGNIFICANCE,
            ("sentence", Text, "The sentence."),
            ("grounds", Text, "Its grounds in words."),
            ("since_on", Text, "Since when, as written."),
            ("since_from", Day, "The first day it can mean."),
            ("since_until", Day, "The last day it can mean."),
            ("ended_on", Text, "Of one that an occasion ended: when that took place, as written."),
            ("assessed_through", Text, "Through when the record was assessed on this."),
            CITED,
            FINGERPRINT,
        ],
        TableName::Outcomes => vec![
            RECORD,
            ("outcome_of", Text, "Which question the manifest asks."),
            ("occasion_id", Text, "The occasion's name in its calendar."),
            ("occasion_name", Text, "Its short name."),
            ("calendar_year", Integer, "The calendar year in which it began."),
            ("happened_on", Text, "When it began, as the calendar writes it."),
            ("happened_from", Day, "Its first day."),
            ("happened_until", Day, "Its last day."),
            (
                "outcome",
                Text,
                "`met` (took part), `missed`, `unknown` (the record does not say) or `not-eligible` (could not take part).",
            ),
            ("value_text", Text, "What the record's entry says; null without an entry."),
            (
                "basis",
                Text,
                "`entry`, or `coverage` where a claim of coverage makes a missing entry mean `missed`.",
            ),
            ("field_path", Text, "The entry or the claim."),
            ("edition", Text, "The edition that last has it; null where nothing says."),
        ],
        TableName::Panel => vec![RECORD, ("calendar_year", Integer, "The calendar year.")],
        TableName::Sources => vec![
            RECORD,
            ("source_list", Text, "The part of the record that describes its sources."),
            ("source_id", Text, "The source's name in the record."),
            EDITION,
            SUPERSEDED,
            HELD_FROM,
            HELD_UNTIL,
        ],
    }
}

fn made(written: Written) -> Column {
    Column { name: written.0.to_owned(), kind: written.1, meaning: written.2.to_owned() }
}

impl Tables {
    /// The tables of a dataset.
    ///
    /// # Errors
    /// The manifest's section `export` names an identity field, a table, a calendar or a rule that there is not.
    pub fn new(policy: &Policy, reference: &Reference) -> Result<Tables, Failure> {
        let spec = &policy.manifest.export;
        let mut identity: Vec<String> = Vec::new();
        for part in policy.kinds.iter().flat_map(|kind| kind.spec.name_parts()) {
            if !identity.iter().any(|known| known == part) {
                identity.push(part.to_owned());
            }
        }
        check(policy, reference, &identity)?;
        let mut tables = Tables {
            tables: Vec::new(),
            partition: "record_kind".to_owned(),
            partition_field: spec.partition.clone(),
            identity,
            source_fields: source_fields(&policy.kinds),
            outcomes: spec.outcomes.clone(),
            panel: spec.panel.clone(),
            rows: lookup(spec.panel.as_ref(), reference),
        };
        tables.tables = TableName::ALL.iter().map(|name| tables.table(*name)).collect();
        if let Some(field) = &tables.partition_field {
            let at = tables.identity.iter().position(|known| known == field).unwrap_or_default();
            tables.partition =
                tables.get(TableName::Records).columns[fixed(TableName::Records).len() + at].name.clone();
        }
        Ok(tables)
    }

    /// A table.
    pub fn get(&self, name: TableName) -> &Table {
        let at = TableName::ALL.iter().position(|known| *known == name).unwrap_or_default();
        &self.tables[at]
    }

    fn table(&self, name: TableName) -> Table {
        let mut columns: Vec<Column> = fixed(name).into_iter().map(made).collect();
        let mut taken: HashSet<String> = columns.iter().map(|column| column.name.clone()).collect();
        let noun = name.as_str().trim_end_matches('s');
        let mut add = |field: &str, kind: ColumnKind, meaning: String| {
            let name = column_name(field, noun, &mut taken);
            columns.push(Column { name, kind, meaning });
        };
        match name {
            TableName::Records => {
                self.add_identity(&mut add);
                self.add_subject(&mut add);
                let written: [Written; 5] = [
                    ("first_edition", ColumnKind::Text, "Its first edition, as written."),
                    ("last_edition", ColumnKind::Text, "Its newest edition, as written."),
                    ("edition_count", ColumnKind::Integer, "How many editions it has."),
                    (
                        "ended_day",
                        ColumnKind::Day,
                        "The day on which the record was removed; null while it stands.",
                    ),
                    ("ended_commit_id", ColumnKind::Text, "The commit that removed it."),
                ];
                written.into_iter().for_each(|(field, kind, meaning)| add(field, kind, meaning.to_owned()));
            }
            TableName::Panel => {
                self.add_identity(&mut add);
                self.add_subject(&mut add);
                self.add_years(&mut add);
            }
            TableName::Sources => {
                for field in &self.source_fields {
                    add(&field.key, ColumnKind::Text, format!("The source's `{}`, as written.", field.key));
                    if field.is_date {
                        add(
                            &format!("{}_from", field.key),
                            ColumnKind::Day,
                            "The first day it can mean.".to_owned(),
                        );
                        add(
                            &format!("{}_until", field.key),
                            ColumnKind::Day,
                            "The last day it can mean.".to_owned(),
                        );
                    }
                }
            }
            _ => {}
        }
        Table { name, columns }
    }

    fn add_identity(&self, add: &mut dyn FnMut(&str, ColumnKind, String)) {
        for field in &self.identity {
            add(field, ColumnKind::Text, format!("{IDENTITY} `{field}`."));
        }
    }

    fn add_subject(&self, add: &mut dyn FnMut(&str, ColumnKind, String)) {
        let Some(panel) = &self.panel else { return };
        let table = panel.table.as_deref().unwrap_or_default();
        for (what, columns) in
            [("A code that other datasets join on", &panel.keys), ("Of the subject", &panel.columns)]
        {
            for (name, field) in columns {
                let meaning = match field.as_str() {
                    KEY => format!("{what}: the subject itself, `{}`.", panel.subject),
                    field => format!("{what}: `{field}` of the table `{table}`."),
                };
                add(name, self.kind_of(field), format!("{meaning} Null where that has none."));
            }
        }
    }

    fn add_years(&self, add: &mut dyn FnMut(&str, ColumnKind, String)) {
        use ColumnKind::{Integer, Text};
        if self.panel.as_ref().is_some_and(|panel| panel.status.is_some()) {
            add(
                "status",
                Text,
                "What it was at the end of the year, by the newest edition that can say so: one that dates it to that year or before, or \
                 was in force at its end. Null where none can."
                    .to_owned(),
            );
            add("status_since", Text, "Since when, as written; null where no date is recorded.".to_owned());
            add("status_edition", Text, "The edition that says so.".to_owned());
        }
        for spec in &self.outcomes {
            let name = &spec.name;
            add(
                &format!("{name}_value"),
                Text,
                format!(
                    "What was done at the year's occasion of `{name}`; with several, those recorded, in their order, joined by `; `."
                ),
            );
            let count = |what: &str| {
                format!(
                    "Of the year's occasions of `{name}`, how many it {what}; null where none of them is known."
                )
            };
            add(&format!("{name}_met"), Integer, count("took part in"));
            add(&format!("{name}_missed"), Integer, count("stayed away from"));
            add(
                &format!("{name}_unknown"),
                Integer,
                format!(
                    "Of how many of the year's occasions of `{name}` the record says nothing; null where there was none."
                ),
            );
        }
    }

    /// Whether the look-up table has whole numbers only in a field.
    fn kind_of(&self, field: &str) -> ColumnKind {
        let rows = self.rows.as_object().into_iter().flat_map(|rows| rows.values());
        let mut values = rows.filter_map(|row| row.get(field)).filter(|value| !value.is_null()).peekable();
        match values.peek().is_some() && values.all(serde_json::Value::is_i64) {
            true => ColumnKind::Integer,
            false => ColumnKind::Text,
        }
    }

    /// What the look-up table has of a subject, in the order of the columns.
    pub(super) fn of_subject(&self, subject: Option<&str>) -> Vec<super::Cell> {
        let Some(panel) = &self.panel else { return Vec::new() };
        let row = subject.and_then(|subject| self.rows.get(subject));
        let cell = |field: &String| match field.as_str() {
            KEY => super::Cell::from(subject),
            field => match (row.and_then(|row| row.get(field)), self.kind_of(field)) {
                (Some(value), ColumnKind::Integer) => {
                    value.as_i64().map_or(super::Cell::Null, super::Cell::Integer)
                }
                (Some(serde_json::Value::Null), _) => super::Cell::Null,
                (value, _) => super::Cell::json(value),
            },
        };
        panel.keys.values().chain(panel.columns.values()).map(cell).collect()
    }
}

/// What the manifest writes for the subject itself.
const KEY: &str = "$key";

fn lookup(panel: Option<&PanelSpec>, reference: &Reference) -> serde_json::Value {
    let table = panel.and_then(|panel| panel.table.as_deref());
    table.and_then(|table| reference.tables.get(table)).cloned().unwrap_or_default()
}

fn check(policy: &Policy, reference: &Reference, identity: &[String]) -> Result<(), Failure> {
    let spec = &policy.manifest.export;
    let fault = |message: String| {
        let file = policy.path(crate::schema::manifest::FILE_NAME);
        Err(Failure::of(FailureKind::Policy, format!("{file}: export: {message}")))
    };
    let fields = spec.partition.iter().chain(spec.panel.iter().map(|panel| &panel.subject));
    let fields = fields.chain(spec.outcomes.iter().filter_map(|outcome| outcome.per.as_ref()));
    if let Some(field) = fields.into_iter().find(|field| !identity.contains(field)) {
        return fault(format!("`{field}` is no identity field; those are `{}`", identity.join("`, `")));
    }
    let calendars = spec.outcomes.iter().flat_map(|outcome| outcome.calendar.names());
    if let Some(name) = calendars.into_iter().find(|name| !reference.calendars.contains_key(*name)) {
        return fault(format!("the manifest names no calendar `{name}`"));
    }
    let Some(panel) = &spec.panel else { return Ok(()) };
    if let Some(table) = panel.table.as_ref().filter(|table| !policy.manifest.tables.contains_key(*table)) {
        return fault(format!("the manifest names no table `{table}`"));
    }
    let is_status = |id: &&String| {
        policy.rules.observations.iter().any(|rule| rule.id == **id && rule.kind == ObservationKind::Status)
    };
    match panel.status.as_ref().filter(|id| !is_status(id)) {
        Some(id) => fault(format!("there is no observation rule `{id}` of kind `status`")),
        None => Ok(()),
    }
}

/// The mappings of a record in which it describes its sources: those to which other fields refer by name.
pub(super) fn source_lists(kind: &Kind) -> Vec<String> {
    let mut out = Vec::new();
    referred(&kind.shape, &mut out);
    out
}

fn referred(shape: &Shape, out: &mut Vec<String>) {
    if let Some(table) = shape.reference.as_ref().filter(|table| !out.contains(table)) {
        out.push(table.clone());
    }
    let inner = shape.properties.values().chain(shape.additional.as_deref()).chain(shape.items.as_deref());
    inner.for_each(|inner| referred(inner, out));
}

/// The fields of sources over all kinds of record, in the order of the schemas.
fn source_fields(kinds: &[Kind]) -> Vec<SourceField> {
    let mut out: IndexMap<String, bool> = IndexMap::new();
    for kind in kinds {
        for list in source_lists(kind) {
            let source = kind.shape.properties.get(&list).and_then(|list| list.additional.as_deref());
            for (key, shape) in source.into_iter().flat_map(|source| &source.properties) {
                *out.entry(key.clone()).or_default() |= shape.is_date();
            }
        }
    }
    out.into_iter().map(|(key, is_date)| SourceField { key, is_date }).collect()
}
