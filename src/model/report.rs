//! The yearly report as renderers and templates take it.

use super::results::{Change, EditionRef, Observation};
use super::{FieldPath, Nature, NatureKind, ObjectId, PartialDate, RecordId};
use indexmap::IndexMap;
use serde::Serialize;
use std::collections::HashSet;
use std::sync::Arc;

/// The answer of `report`.
#[derive(Clone, Debug, Serialize)]
pub struct ReportView {
    /// `sincewhen.report/1`.
    pub format: &'static str,
    /// The dataset's name.
    pub title: String,
    /// What the report is about.
    pub period: Period,
    /// The group that `parts` are made by.
    pub by: Option<String>,
    /// The news in numbers, one sentence; empty where there is none.
    pub lead: String,
    /// How many sentences stand where.
    pub summary: Vec<SectionCount>,
    /// The developments: one part without a title, or one for each member of the group asked for.
    pub parts: Vec<ReportPart>,
    /// Developments that a new page of the period brings, of other years.
    pub other_years: Vec<ReportSentence>,
    /// Records that were removed in the period.
    pub ended: Vec<EndedRecord>,
    /// What had happened before the period and is recorded in it for the first time.
    pub late_reports: Vec<ReportSentence>,
    /// What was recorded before and is recorded otherwise, or no longer.
    pub corrections: Vec<ReportSentence>,
    /// Sentences of earlier years' reports that read differently with what this period brought.
    pub revised: Vec<RevisedReport>,
    /// What editions after the period put right in it.
    pub corrected_since: CorrectedSince,
    /// What changed within the period and changed back.
    pub undone: Vec<Undone>,
    /// How the records fared.
    pub coverage: Coverage,
    /// Sentences that each stand in for several of the lists behind the sections.
    #[serde(skip)]
    pub folded: FoldedLists,
    /// What pages draw.
    #[serde(skip)]
    pub pictures: Pictures,
    /// What a page states at its foot.
    #[serde(skip)]
    pub imprint: Imprint,
}

/// Where an answer comes from, as the foot of a page states it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Imprint {
    /// The commit that the answer was given as of.
    pub commit: String,
    /// The committer's day of that commit, `2026-11-28`.
    pub committed: String,
    /// Whether the answer takes in changes that are not committed.
    pub uncommitted: bool,
    /// The licence of the data, as the manifest names it; empty where it does not.
    pub licence: String,
    /// The version of the program; empty where it is not known.
    pub version: String,
}

/// What a report compares.
#[derive(Clone, Debug, Serialize)]
pub struct Period {
    /// In words: `2025`, or `2018 to 2020-06`.
    pub name: String,
    /// The earlier moment, as it was asked for.
    pub from: String,
    /// The later moment, as it was asked for.
    pub to: String,
    /// The records that were asked for; empty for all.
    pub selection: Vec<String>,
}

/// How many sentences and records a section has.
#[derive(Clone, Debug, Serialize)]
pub struct SectionCount {
    /// The section's name.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Sentences.
    pub sentences: usize,
    /// Records they are about.
    pub records: usize,
}

/// A part of the report.
#[derive(Clone, Debug, Serialize)]
pub struct ReportPart {
    /// The member of the group; `None` if the report is not grouped.
    pub title: Option<String>,
    /// The sections that are not empty, in the manifest's order.
    pub sections: Vec<Section>,
}

/// A section of developments.
#[derive(Clone, Debug, Serialize)]
pub struct Section {
    /// Its name.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// The sentences.
    pub items: Vec<ReportSentence>,
    /// Sentences that each stand in for several of `items`, which say the same of several records.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folded: Vec<Folded>,
    /// Counts that stand in for the sentences where these are many and alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tally: Option<Vec<TallyRow>>,
}

/// A sentence about several records.
#[derive(Clone, Debug, Serialize)]
pub struct Folded {
    /// The sentence, with how many they are and which.
    pub message: String,
    /// The fingerprints of the sentences it stands in for.
    pub stands_for: Vec<String>,
}

/// Sentences that each stand in for several of a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FoldedLists {
    /// Of `other_years`.
    pub other_years: Vec<Folded>,
    /// Of `late_reports`.
    pub late_reports: Vec<Folded>,
    /// Of `corrections`.
    pub corrections: Vec<Folded>,
    /// All that `revised` says, in lines.
    pub revised: Vec<RevisedLine>,
    /// All that `corrected_since.revised` says, in lines.
    pub corrected_since: Vec<RevisedLine>,
}

/// The sentences of a list that none of some folded ones stands in for.
pub fn unfolded<'l>(
    items: &'l [ReportSentence],
    folded: &'l [Folded],
) -> impl Iterator<Item = &'l ReportSentence> {
    let folded: HashSet<&str> = folded.iter().flat_map(|one| &one.stands_for).map(String::as_str).collect();
    items.iter().filter(move |one| !folded.contains(one.fingerprint()))
}

impl Section {
    /// The sentences that no folded one stands in for.
    pub fn unfolded(&self) -> impl Iterator<Item = &ReportSentence> {
        unfolded(&self.items, &self.folded)
    }
}

/// A record that was removed.
#[derive(Clone, Debug, Serialize)]
pub struct EndedRecord {
    /// The record's name.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// The committer's day of the commit that removed it.
    pub on: PartialDate,
    /// That commit.
    pub commit: ObjectId,
    /// Its last edition, or the one that was removed.
    pub last_updated: PartialDate,
    /// The committer's day of the commit that put it back, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back: Option<PartialDate>,
    /// Its identity fields.
    #[serde(skip)]
    pub identity: IndexMap<String, String>,
    /// The groups of the manifest's report that it belongs to: group → member. Empty outside reports.
    #[serde(skip)]
    pub groups: IndexMap<String, String>,
}

impl EndedRecord {
    /// In one sentence, without the record's name.
    pub fn in_words(&self) -> String {
        let (on, last) = (self.on.in_words(), self.last_updated.in_words());
        match &self.back {
            None => format!("record removed on {on}; its last edition is of {last}"),
            Some(back) => format!(
                "record removed on {on} and put back on {}; its last edition before that was of {last}",
                back.in_words()
            ),
        }
    }
}

/// A line of counts.
#[derive(Clone, Debug, Serialize)]
pub struct TallyRow {
    /// The member of the group that is counted apart.
    pub group: Option<String>,
    /// All sentences of the line.
    pub total: usize,
    /// How many for each value, in the order of the schema's scale or of first appearance.
    pub counts: Vec<TallyCount>,
}

/// One count.
#[derive(Clone, Debug, Serialize)]
pub struct TallyCount {
    /// The value.
    pub value: String,
    /// How it is said.
    pub said: String,
    /// How many.
    pub count: usize,
}

/// A sentence of a record.
#[derive(Clone, Debug, Serialize)]
pub struct ReportSentence {
    /// The record's name.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// What sentences call it.
    pub subject: String,
    /// Its identity fields.
    pub identity: Arc<IndexMap<String, String>>,
    /// The groups it belongs to.
    pub groups: Arc<IndexMap<String, String>>,
    /// Where it stands: a section's name, `late-reports` or `corrections`.
    pub section: String,
    /// `change` or the kind of observation.
    pub kind: String,
    /// The rule that worded it.
    pub rule: String,
    /// What the rule is about.
    pub rule_title: String,
    /// The nature.
    pub nature: Option<&'static str>,
    /// What became of an observation.
    pub state: Option<&'static str>,
    /// The weight.
    pub significance: &'static str,
    /// Whether the date is known too roughly to say on which side of the earlier edition it falls.
    pub uncertain: bool,
    /// Whether no date says when it came about.
    pub undated: bool,
    /// The sentence.
    pub message: String,
    /// What stands beside it: the grounds of an observation, the reason of a correction.
    pub detail: String,
    /// How an edition within the same period had recorded it first.
    pub earlier: Option<String>,
    /// The date of the event.
    pub date: Option<PartialDate>,
    /// The earlier edition; `None` for a record that is new.
    pub from: Option<EditionRef>,
    /// The later edition.
    pub to: EditionRef,
    /// The change with its proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Box<Change>>,
    /// The observation with its proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observation: Option<Box<Observation>>,
}

impl ReportSentence {
    /// The sentence's fingerprint.
    pub fn fingerprint(&self) -> &str {
        let change = self.change.as_ref().map(|c| c.fingerprint.as_str());
        change.or(self.observation.as_ref().map(|o| o.fingerprint.as_str())).unwrap_or_default()
    }

    /// The sentence with what became of it before it and what stands beside it behind it.
    pub fn sentence(&self) -> String {
        let out = self.observation.as_deref().map_or_else(|| self.message.clone(), Observation::in_step);
        let (uncertain, undated) = (self.uncertain, self.undated);
        let mut out =
            Nature { uncertain, undated, ..Nature::certain(NatureKind::Development) }.with_doubt(&out);
        if let Some(earlier) = &self.earlier {
            out.push_str(&format!("; recorded first as “{earlier}”"));
        }
        match &self.change {
            Some(change) => change.with_reason(&out),
            None => out,
        }
    }
}

/// Sentences of one earlier report about one record that read differently now.
#[derive(Clone, Debug, Serialize)]
pub struct RevisedReport {
    /// The report's period.
    pub report: String,
    /// The record's name.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// What sentences call its subject.
    #[serde(skip)]
    pub subject: String,
    /// The groups that the record is in, by name.
    #[serde(skip)]
    pub groups: IndexMap<String, String>,
    /// The editions that brought the news.
    pub by: Vec<PartialDate>,
    /// The sentences.
    pub sentences: Vec<RevisedSentence>,
}

/// A sentence as it was and as it would be, of one record or of several in whose reports it reads alike.
#[derive(Clone, Debug, Serialize)]
pub struct RevisedLine {
    /// The report's period.
    pub report: String,
    /// The record or records.
    pub heading: String,
    /// As the report has it; `None` if it says nothing of this.
    pub before: Option<String>,
    /// As it would read; `None` if it would not say it.
    pub after: Option<String>,
}

/// A sentence as it was and as it would be.
#[derive(Clone, Debug, Serialize)]
pub struct RevisedSentence {
    /// As the report has it; `None` if it says nothing of this.
    pub before: Option<String>,
    /// As it would read; `None` if it would not say it.
    pub after: Option<String>,
    /// The rule of the sentence as it would read, or else as it is.
    #[serde(skip)]
    pub rule: String,
    /// The field that it is about; an observation has none.
    #[serde(skip)]
    pub path: Option<FieldPath>,
    /// When its event took place.
    #[serde(skip)]
    pub date: Option<PartialDate>,
}

/// What later editions put right in the period of a report.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CorrectedSince {
    /// The corrections and retractions.
    pub corrections: Vec<ReportSentence>,
    /// The sentences of this report that read differently with them.
    pub revised: Vec<RevisedReport>,
}

/// Something that changed and changed back.
#[derive(Clone, Debug, Serialize)]
pub struct Undone {
    /// The record's name.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// The edition that recorded it.
    pub edition: EditionRef,
    /// The sentence.
    pub message: String,
}

/// How the records fared in the period. Every record has one state, so the counts add up.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// All records that there were by the end of the period.
    pub records: usize,
    /// Those with a sentence in the report.
    pub changed: usize,
    /// Those with a new edition and nothing in it but wording, sources or the review itself.
    pub reviewed: usize,
    /// Those without a new edition.
    pub unchanged: usize,
    /// Those whose first edition falls into the period.
    pub new: usize,
    /// Those that were removed in the period.
    pub ended: usize,
    /// Those whose newest revision cannot be read.
    pub unreadable: usize,
    /// After how many years without an assessment a record counts as stale.
    pub stale_years: u32,
    /// How many of the records are stale, whatever their state.
    pub stale: usize,
    /// How many of these were never assessed as a whole.
    pub never_assessed: usize,
    /// Each record.
    pub states: Vec<RecordState>,
}

impl Coverage {
    /// The counts by state: they add up to the number of records.
    pub fn counts(&self) -> [(&'static str, usize); 6] {
        [
            ("changed", self.changed),
            ("reviewed without change", self.reviewed),
            ("unchanged", self.unchanged),
            ("new", self.new),
            ("ended", self.ended),
            ("unreadable", self.unreadable),
        ]
    }

    /// In one sentence.
    pub fn in_words(&self) -> String {
        let counts = self.counts().into_iter().filter(|(_, count)| *count > 0);
        let counts: Vec<String> = counts.map(|(name, count)| format!("{count} {name}")).collect();
        let of = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        let records = of(self.records, "record", "records");
        let mut out = if counts.is_empty() {
            format!("{records}.")
        } else {
            format!("{records}: {}.", counts.join(", "))
        };
        let years = self.stale_years;
        let never = self.never_assessed;
        let long_ago = self.stale.saturating_sub(never);
        let parts = [
            (long_ago, format!("{long_ago} had not been assessed as a whole for {years} years or more")),
            (never, format!("{never} had never been assessed as a whole")),
        ];
        let said: Vec<String> =
            parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
        if !said.is_empty() {
            out.push_str(&format!(" At the end of the period, {}.", said.join(" and ")));
        }
        out
    }

    /// The records that a reader has to know by name: ended and unreadable ones; new and stale ones where
    /// they are few.
    pub fn named(&self) -> Vec<(&'static str, Vec<&str>)> {
        let of = |fits: &dyn Fn(&&RecordState) -> bool| {
            let mut names: Vec<&str> = self.states.iter().filter(fits).map(|s| s.heading.as_str()).collect();
            names.sort_unstable();
            names
        };
        let (new, stale) = (of(&|s| s.state == "new"), of(&|s| s.stale));
        let (ended, unreadable) = (of(&|s| s.state == "ended"), of(&|s| s.state == "unreadable"));
        let few = |names: &Vec<&str>| !names.is_empty() && names.len() <= MOST_NAMED;
        let lists = [("New", new), ("Stale", stale)].into_iter().filter(|(_, names)| few(names));
        lists
            .chain(
                [("Ended", ended), ("Unreadable", unreadable)]
                    .into_iter()
                    .filter(|(_, names)| !names.is_empty()),
            )
            .collect()
    }
}

/// How many new or stale records are still listed by name.
const MOST_NAMED: usize = 60;

/// How one record fared.
#[derive(Clone, Debug, Serialize)]
pub struct RecordState {
    /// The record's name.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// `changed`, `reviewed`, `unchanged`, `new`, `ended` or `unreadable`.
    pub state: &'static str,
    /// The edition in force at the end of the period.
    pub last_updated: Option<PartialDate>,
    /// Through when all of it was assessed.
    pub assessed_through: Option<PartialDate>,
    /// Whether that is too long ago.
    pub stale: bool,
}

/// What pages draw; empty unless it was asked for.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    /// Maps of the world.
    pub maps: Vec<MapPicture>,
    /// Sums by group and occasion.
    pub series: Option<MarkSeries>,
    /// Rows of marks, one a record.
    pub heat: Vec<Heat>,
}

/// A map of the world at the end of the period.
#[derive(Clone, Debug, Serialize)]
pub struct MapPicture {
    /// Its heading.
    pub title: String,
    /// The states on it, by code.
    pub places: Vec<MapPlace>,
    /// Each value with its colour, how it is said, and how many places have it.
    pub legend: Vec<LegendEntry>,
}

/// A state on a map.
#[derive(Clone, Debug, Serialize)]
pub struct MapPlace {
    /// The record's name.
    pub record: RecordId,
    /// The groups it belongs to.
    pub groups: IndexMap<String, String>,
    /// The three-letter code of ISO 3166-1.
    pub code: String,
    /// What headings call the record.
    pub name: String,
    /// The value in words.
    pub said: String,
    /// What it was at the beginning of the period, in words; `None` if it was the same, or there was none.
    pub was: Option<String>,
    /// The colour.
    pub tone: u8,
}

/// A line of a legend.
#[derive(Clone, Debug, Serialize)]
pub struct LegendEntry {
    /// The colour.
    pub tone: u8,
    /// What it stands for.
    pub said: String,
    /// How many.
    pub count: usize,
}

/// Sums of a strip's marks.
#[derive(Clone, Debug, Serialize)]
pub struct MarkSeries {
    /// The heading.
    pub title: String,
    /// One picture a strip and member of the group.
    pub panels: Vec<Panel>,
}

/// One picture of sums.
#[derive(Clone, Debug, Serialize)]
pub struct Panel {
    /// The strip.
    pub strip: String,
    /// The group by which it is summed up.
    pub by: String,
    /// The member of the group.
    pub group: String,
    /// The occasions: name, year, and how many of each meaning, in the legend's order.
    pub columns: Vec<PanelColumn>,
    /// The meanings.
    pub legend: Vec<LegendEntry>,
}

/// One occasion of a picture of sums.
#[derive(Clone, Debug, Serialize)]
pub struct PanelColumn {
    /// The occasion.
    pub short: String,
    /// Its year.
    pub year: i32,
    /// How many of each meaning, in the order of the panel's legend.
    pub counts: Vec<usize>,
}

/// Marks by record and occasion.
#[derive(Clone, Debug, Serialize)]
pub struct Heat {
    /// What it shows.
    pub title: String,
    /// The occasions: name and year.
    pub columns: Vec<(String, i32)>,
    /// The records.
    pub rows: Vec<HeatRow>,
    /// The marks with their colours and meanings.
    pub legend: Vec<HeatMark>,
}

/// A mark with its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HeatMark {
    /// The mark.
    pub mark: String,
    /// The colour.
    pub tone: u8,
    /// What it stands for.
    pub meaning: String,
    /// Whether it says anything of the occasion.
    pub known: bool,
}

/// One record's marks.
#[derive(Clone, Debug, Serialize)]
pub struct HeatRow {
    /// The record's name.
    pub record: RecordId,
    /// What headings call it.
    pub heading: String,
    /// Its groups.
    pub groups: IndexMap<String, String>,
    /// For each column the position in the legend; `None` where it could not take part.
    pub cells: Vec<Option<usize>>,
}
