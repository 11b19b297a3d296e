//! The tables' names and the columns that every dataset has, with what they mean.

use ColumnKind::{Day, Integer, Text, Truth};

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
                "A value of a field, from the edition that first states it to the one that states it no \
                 longer: stored once, however many editions repeat it."
            }
            TableName::Changes => "A sentence on what changed from one edition of a record to the next.",
            TableName::Observations => {
                "A sentence on what has stayed so, or on an event, from the edition of which it is first \
                 said to the one of which it is not, or not in these words."
            }
            TableName::Outcomes => {
                "What the newest edition and those before it say of one occasion: took part, stayed away, \
                 not known, could not take part."
            }
            TableName::Panel => {
                "A record by calendar year, with the codes that other datasets join on. What is not known \
                 is null, never 0."
            }
            TableName::Sources => {
                "A source that a record cites, from the edition that first describes it so to the one \
                 that does not."
            }
        }
    }

    /// The columns that identify a row.
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

/// How a column is written in this file.
pub(super) type ColumnRow = (&'static str, ColumnKind, &'static str);

const RECORD: ColumnRow =
    ("record_id", Text, "The record's name: the values of its identity fields, joined by `/`.");
const EDITION: ColumnRow =
    ("edition", Text, "The edition that first has it: the record's own date, as written.");
const SUPERSEDED: ColumnRow = (
    "superseded_by",
    Text,
    "The first later edition that does not have it, or not so; null while it stands.",
);
const HELD_FROM: ColumnRow = ("held_from", Day, "The first day on which that edition was in force.");
const HELD_UNTIL: ColumnRow = (
    "held_until",
    Day,
    "The first day on which it was not in force any more; null while it is. As of a day D, `held_from <= \
     D` and `held_until` is null or later than D.",
);
const CITED: ColumnRow = (
    "cited_sources",
    Text,
    "The names of the sources that the record cites for it, as a JSON array; null for none.",
);
const SIGNIFICANCE: ColumnRow = ("significance", Text, "`major`, `minor` or `editorial`.");
const FINGERPRINT: ColumnRow = (
    "fingerprint",
    Text,
    "Names the sentence over runs, whatever its wording; `sincewhen explain` shows its proof.",
);

const RECORDS: &[ColumnRow] = &[
    RECORD,
    ("record_kind", Text, "The kind of record, as the manifest names it."),
    ("heading", Text, "What headings call it."),
    ("subject_name", Text, "What sentences call its subject."),
];

const EDITIONS: &[ColumnRow] = &[
    RECORD,
    ("edition", Text, "The record's own date, as written."),
    ("superseded_by", Text, "The next edition; null for the newest."),
    (
        "held_from",
        Day,
        "The first day on which it was in force: its civil day as written, whatever the time zone.",
    ),
    HELD_UNTIL,
    ("is_dated_by_commit", Truth, "Whether the record has no date of its own and the commit dates it."),
    ("commit_id", Text, "The commit that brought the content that stands; null for the working tree."),
    ("committed_at", Text, "When that commit was made, RFC 3339 in the committer's time zone."),
    ("committed_utc", Text, "The same moment in UTC."),
    ("amendment_count", Integer, "How many earlier contents the repository holds of the same date."),
    (
        "assessed_through",
        Text,
        "Through when all of it was assessed, as written; null where a part never was. Between \
                 this and its own date silence means nothing.",
    ),
    ("assessed_from_day", Day, "The first day that `assessed_through` can mean."),
    ("assessed_through_day", Day, "The last day that `assessed_through` can mean."),
    ("file_path", Text, "The file at that commit, from the repository's root."),
];

const STATEMENTS: &[ColumnRow] = &[
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
        "`text`, `date` (text that the schema declares to be a date and that is one), `integer`, \
                 `decimal`, `boolean`, `null`, `list` or `mapping` (empty ones).",
    ),
    EDITION,
    SUPERSEDED,
    HELD_FROM,
    HELD_UNTIL,
    ("valid_on", Text, "The date of the fact itself, as written, where the record or a calendar dates it."),
    ("valid_from", Day, "The first day it can mean."),
    ("valid_until", Day, "The last day it can mean; of an occasion, its last day."),
    ("commit_id", Text, "The commit of the edition that first has it."),
    ("closing_commit_id", Text, "The commit of the edition that supersedes it."),
    CITED,
];

const CHANGES: &[ColumnRow] = &[
    RECORD,
    ("from_edition", Text, "The earlier edition."),
    ("edition", Text, "The later edition, which brought the change."),
    ("change_number", Integer, "1-based place among the changes of that edition, news first."),
    ("rule_id", Text, "The rule that worded it; `sincewhen explain RULE` shows its page."),
    (
        "nature",
        Text,
        "How it came about: `development`, `late-report`, `correction`, `retraction`, `omission`, \
                 `editorial` or `review`; `added`, `changed` or `removed` where the manifest has neutral \
                 natures.",
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
    ("value_before", Text, "Its value before: text as it is, anything else as JSON; null if there was none."),
    ("value_after", Text, "Its value after, likewise."),
    ("happened_on", Text, "The date of the event, as written, where the record or a calendar dates it."),
    ("happened_from", Day, "The first day it can mean."),
    ("happened_until", Day, "The last day it can mean."),
    ("correction_reason", Text, "The reason that an entry of the record's corrections gives."),
    CITED,
    ("commit_id", Text, "The commit of the later edition."),
    FINGERPRINT,
];

const OBSERVATIONS: &[ColumnRow] = &[
    RECORD,
    EDITION,
    ("observation_number", Integer, "1-based place among the sentences that begin with that edition."),
    SUPERSEDED,
    HELD_FROM,
    HELD_UNTIL,
    ("rule_id", Text, "The rule that worded it."),
    (
        "observation_kind",
        Text,
        "`absence`, `streak`, `turned`, `silence`, `standing`, `pending` or `status`.",
    ),
    ("variant", Text, "Which of the kind's sentences it is: `turned`, `back`, `since`, `never` and so on."),
    (
        "begun_as",
        Text,
        "`stands` in a record's first edition, `began`, `changed` (said of the earlier edition in \
                 other words), or `event`: reported by the step that brought it and held over no day.",
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
];

const OUTCOMES: &[ColumnRow] = &[
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
        "`met` (took part), `missed`, `unknown` (the record does not say) or `not-eligible` \
                 (could not take part).",
    ),
    ("value_text", Text, "What the record's entry says; null without an entry."),
    ("basis", Text, "`entry`, or `coverage` where a claim of coverage makes a missing entry mean `missed`."),
    ("field_path", Text, "The entry or the claim."),
    ("edition", Text, "The edition that last has it; null where nothing says."),
];

const PANEL: &[ColumnRow] = &[RECORD, ("calendar_year", Integer, "The calendar year.")];

const SOURCES: &[ColumnRow] = &[
    RECORD,
    ("source_list", Text, "The part of the record that describes its sources."),
    ("source_id", Text, "The source's name in the record."),
    EDITION,
    SUPERSEDED,
    HELD_FROM,
    HELD_UNTIL,
];

/// The columns that every dataset has, by table.
pub(super) fn fixed(table: TableName) -> &'static [ColumnRow] {
    match table {
        TableName::Records => RECORDS,
        TableName::Editions => EDITIONS,
        TableName::Statements => STATEMENTS,
        TableName::Changes => CHANGES,
        TableName::Observations => OBSERVATIONS,
        TableName::Outcomes => OUTCOMES,
        TableName::Panel => PANEL,
        TableName::Sources => SOURCES,
    }
}
