//! Sentences → sections, groups and counts.

use super::folds::{fold, fold_alike, fold_changes, fold_items, revised_lines};
use super::lead::{lead, with_later};
use super::takes::takes;
use super::{PeriodSentence, PeriodSentences, ReportedRecord, SentenceContent, again};
use crate::model::report::{
    CorrectedSince, Coverage, EndedRecord, Folded, FoldedLists, Imprint, Period, Pictures, ReportPart,
    ReportSentence, ReportView, RevisedReport, Section, SectionCount, TallyCount, TallyRow, Undone, unfolded,
};
use crate::model::results::{EditionRef, ObservationState};
use crate::model::text::as_recorded_in;
use crate::model::{DateRange, FieldPath, NatureKind, RecordId};
use crate::rules::{Engine, Subject, title_and_why};
use crate::schema::{Kind, ReportSpec, SectionSpec, TallySpec};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// The section of what no other section takes.
const OTHER: &str = "other";

/// The section of developments that a new page of the period brings, of other years.
const OTHER_YEARS: &str = "other-years";

/// The section of late reports.
const LATE_REPORTS: &str = "late-reports";

/// The group that every dataset has: by rule.
pub const BY_RULE: &str = "rule";

/// What a report has besides its sentences.
pub(super) struct ReportFrame<'f> {
    pub title: String,
    pub period: Period,
    pub by: Option<&'f str>,
    pub coverage: Coverage,
    pub pictures: Pictures,
}

/// The sentences of all records, by where they stand, in order.
#[derive(Default)]
struct PlacedSentences {
    developments: Vec<ReportSentence>,
    other_years: Vec<ReportSentence>,
    late: Vec<ReportSentence>,
    corrections: Vec<ReportSentence>,
    revised: Vec<RevisedReport>,
    corrected_since: CorrectedSince,
    undone: Vec<Undone>,
    ended: Vec<EndedRecord>,
}

impl PlacedSentences {
    fn gather(engine: &Engine<'_>, spec: &ReportSpec, accounts: Vec<ReportedRecord<'_>>) -> PlacedSentences {
        let mut sorted = PlacedSentences::default();
        for account in accounts {
            sorted.add(engine, spec, account);
        }
        let PlacedSentences {
            developments,
            other_years,
            late,
            corrections,
            revised,
            corrected_since,
            undone,
            ..
        } = &mut sorted;
        let by_order = |a: &ReportSentence, b: &ReportSentence| order_of(a).cmp(&order_of(b));
        for list in
            [&mut *developments, &mut *other_years, &mut *late, corrections, &mut corrected_since.corrections]
        {
            list.sort_by(by_order);
            put_behind_what_they_replaced(list);
        }
        let by_report =
            |a: &RevisedReport, b: &RevisedReport| (&a.report, &a.heading).cmp(&(&b.report, &b.heading));
        revised.sort_by(by_report);
        corrected_since.revised.sort_by(by_report);
        undone.sort_by_cached_key(|one| (one.heading.clone(), one.edition.last_updated.earliest()));
        for list in [developments, other_years, late] {
            leave_reasons_to(corrections, list);
        }
        sorted
    }

    fn add(&mut self, engine: &Engine<'_>, spec: &ReportSpec, account: ReportedRecord<'_>) {
        self.ended.extend(account.ended);
        for (edition, message) in taken_back(&account.said) {
            let (record, heading) = (account.subject.id.clone(), account.subject.heading.clone());
            self.undone.push(Undone { record, heading, edition, message });
        }
        let of_record = RecordSentences {
            engine,
            subject: &account.subject,
            identity: Arc::new(account.subject.identity.0.iter().cloned().collect()),
            groups: Arc::new(engine.groups(&account.subject)),
            period: account.period,
        };
        let mut said = account.said.sentences;
        let moved: Vec<bool> = said.iter().map(|one| is_moved(one, &said)).collect();
        let mut moved = moved.into_iter();
        said.retain(|_| moved.next() != Some(true));
        let is_again = |sentence: &PeriodSentence| said.iter().any(|other| other.says_again(sentence));
        let again: Vec<bool> = said.iter().map(is_again).collect();
        for (sentence, is_again) in said.into_iter().zip(again) {
            let place = match place(spec, &sentence) {
                place if is_late(&place) => place,
                _ if is_of_other_years(&sentence, account.period) => OTHER_YEARS.to_owned(),
                place => place,
            };
            // One event is one sentence; what is counted is counted beside it.
            if is_again && !is_counted(spec, &place) {
                continue;
            }
            let sentence = of_record.sentence(sentence, &place);
            match place.as_str() {
                OTHER_YEARS => self.other_years.push(sentence),
                LATE_REPORTS => self.late.push(sentence),
                "corrections" => self.corrections.push(sentence),
                _ => self.developments.push(sentence),
            }
        }
        self.revised.extend(account.revised);
        let corrected = account.corrected.into_iter().map(|s| of_record.sentence(s, "corrected-since"));
        self.corrected_since.corrections.extend(corrected);
        self.corrected_since.revised.extend(account.reread);
    }
}

pub(super) fn sort(
    engine: &Engine<'_>,
    spec: &ReportSpec,
    accounts: Vec<ReportedRecord<'_>>,
    frame: ReportFrame<'_>,
) -> ReportView {
    let mut sorted = PlacedSentences::gather(engine, spec, accounts);
    let rest = [
        (OTHER_YEARS, "Events of other years, first recorded in this period", &sorted.other_years),
        (LATE_REPORTS, "Late reports", &sorted.late),
        ("corrections", "Corrections and retractions", &sorted.corrections),
    ];
    let summary = summary(spec, &sorted.developments, &rest);
    let lead = lead(&spec.lead, &sorted.developments);
    let lead = with_later(lead, &spec.lead, &sorted.corrected_since);
    for list in [&mut sorted.developments, &mut sorted.other_years, &mut sorted.late, &mut sorted.corrections]
    {
        name_editions(list);
    }
    let folded = FoldedLists {
        other_years: then_folded(&sorted.other_years, fold_changes(spec, &sorted.other_years)),
        late_reports: then_folded(&sorted.late, Vec::new()),
        corrections: fold_alike(sorted.corrections.iter()),
        revised: revised_lines(&sorted.revised),
        corrected_since: revised_lines(&sorted.corrected_since.revised),
    };
    ReportView {
        format: "sincewhen.report/1",
        title: frame.title,
        period: frame.period,
        by: frame.by.map(str::to_owned),
        lead,
        summary,
        parts: parts(engine, spec, sorted.developments, frame.by),
        other_years: sorted.other_years,
        folded,
        ended: sorted.ended,
        late_reports: sorted.late,
        corrections: sorted.corrections,
        revised: sorted.revised,
        corrected_since: sorted.corrected_since,
        undone: sorted.undone,
        coverage: frame.coverage,
        pictures: frame.pictures,
        imprint: Imprint::default(),
    }
}

/// Whether a late report is what a retraction moved to another place of the record: the reason that both have
/// is of nothing else.
fn is_moved(one: &PeriodSentence, said: &[PeriodSentence]) -> bool {
    let alike = || said.iter().filter(|other| other.shares_reason_of(one)).count();
    one.reason().is_some() && alike() == 2 && said.iter().any(|other| one.is_moved_by(other))
}

/// What is folded already, and of the rest what reads alike of several records or of several items of one.
fn then_folded(items: &[ReportSentence], mut folded: Vec<Folded>) -> Vec<Folded> {
    let alike = fold_alike(unfolded(items, &folded));
    folded.extend(alike);
    let of_items = fold_items(unfolded(items, &folded));
    folded.extend(of_items);
    folded
}

/// What changed and changed back, with the edition that had it. What a correction took back is said once, as
/// no event and with the reason; where the correction itself stands among the sentences of the report, by it.
fn taken_back(said: &PeriodSentences) -> Vec<(EditionRef, String)> {
    let undone = &said.undone;
    let reason = |sentence: &PeriodSentence| match &sentence.said {
        SentenceContent::Change(change) => change.reason.clone(),
        SentenceContent::Observation(_) => None,
    };
    let edition = |one: &PeriodSentence| one.to.last_updated.in_words();
    let day = |one: &PeriodSentence| one.to.last_updated.earliest();
    let mut out = Vec::new();
    for (at, sentence) in undone.iter().enumerate() {
        if sentence.takes_back() && undone[..at].iter().any(|first| first.overlaps(sentence)) {
            continue;
        }
        let takes_back = |later: &&PeriodSentence| {
            later.takes_back() && day(later) > day(sentence) && later.overlaps(sentence)
        };
        let unsaid = undone.iter().find(takes_back);
        let undoes = |later: &&PeriodSentence| day(later) > day(sentence) && later.undoes(sentence);
        if unsaid.is_none() && said.sentences.iter().any(|later| undoes(&later)) {
            continue;
        }
        let why =
            unsaid.and_then(reason).map_or_else(String::new, |why| format!(". Reason on record: {why}"));
        let words = again::as_of_then(sentence);
        let first = edition(sentence);
        let message = match unsaid.map(edition) {
            None => as_recorded_in(&words, &sentence.to.last_updated),
            Some(last) => {
                format!("recorded in the edition of {first} and taken back in that of {last}: {words}{why}")
            }
        };
        out.push((sentence.to.clone(), message));
    }
    out
}

fn is_late(place: &str) -> bool {
    matches!(place, LATE_REPORTS | "corrections")
}

/// Whether a development took place outside the period: a page that comes after years brings what happened in
/// all of them. A standing fact belongs to the period that could first say it, whenever it began.
fn is_of_other_years(
    sentence: &PeriodSentence,
    (since, until): (chrono::NaiveDateTime, chrono::NaiveDateTime),
) -> bool {
    let has_ended =
        matches!(&sentence.said, SentenceContent::Observation(o) if o.state == Some(ObservationState::Ended));
    // Where natures are neutral, no date in a record is asked for.
    if sentence.nature().is_some_and(|nature| nature.kind.is_neutral()) {
        return false;
    }
    let is_event = matches!(sentence.said, SentenceContent::Change(_)) || sentence.is_event() || has_ended;
    let when = sentence.when.as_ref().map(|(_, range)| range);
    is_event && when.is_some_and(|range| range.end <= since || range.start > until)
}

/// Leaves the reason for a correction to the sentence that corrects: what was recorded and put right within
/// the period stands beside it as it is now.
fn leave_reasons_to(corrections: &[ReportSentence], items: &mut [ReportSentence]) {
    let reason = |one: &ReportSentence| one.change.as_ref().and_then(|change| change.reason.clone());
    for one in items.iter_mut().filter(|one| reason(one).is_some()) {
        if corrections.iter().any(|other| other.record == one.record && reason(other) == reason(one)) {
            one.detail = String::new();
            one.change.as_mut().expect("because it has a reason").reason = None;
        }
    }
}

/// Names the edition in sentences on one record that read alike: over several years an undated fact can come
/// and go twice.
fn name_editions(items: &mut [ReportSentence]) {
    let mut times: HashMap<(RecordId, String), usize> = HashMap::new();
    let key = |one: &ReportSentence| (one.record.clone(), one.sentence());
    items.iter().for_each(|one| *times.entry(key(one)).or_default() += 1);
    for one in items.iter_mut().filter(|one| one.change.is_some()) {
        if times.get(&key(one)).is_some_and(|times| *times > 1) {
            one.message = as_recorded_in(&one.message, &one.to.last_updated);
        }
    }
}

/// Puts what a later edition has of a field behind what an earlier one had, whatever the dates: it is read as
/// what took its place.
fn put_behind_what_they_replaced(items: &mut Vec<ReportSentence>) {
    let mut fields: HashMap<(&RecordId, &FieldPath), Vec<usize>> = HashMap::new();
    for (at, one) in items.iter().enumerate() {
        if let Some(change) = &one.change {
            fields.entry((&one.record, &change.path)).or_default().push(at);
        }
    }
    // Those of one field change places with each other.
    let mut sources: Vec<usize> = (0..items.len()).collect();
    for places in fields.into_values().filter(|places| places.len() > 1) {
        let mut by_edition = places.clone();
        by_edition.sort_by_key(|at| items[*at].to.last_updated.earliest());
        places.into_iter().zip(by_edition).for_each(|(place, at)| sources[place] = at);
    }
    let mut taken: Vec<Option<ReportSentence>> = std::mem::take(items).into_iter().map(Some).collect();
    *items = sources.into_iter().filter_map(|at| taken[at].take()).collect();
}

fn order_of(one: &ReportSentence) -> impl Ord + '_ {
    // What no date places stands at the edition that has it.
    let when = one.date.as_ref().unwrap_or(&one.to.last_updated);
    (&one.heading, when.earliest(), one.to.last_updated.earliest(), &one.rule, &one.message)
}

/// Where a sentence stands. A section takes developments unless it asks for other natures by name.
fn place(spec: &ReportSpec, sentence: &PeriodSentence) -> String {
    let nature = sentence.nature().map_or(NatureKind::Development, |nature| nature.kind);
    let taken =
        spec.sections.iter().find(|section| section.take.iter().any(|take| takes(take, sentence, nature)));
    match (taken, nature) {
        (Some(section), _) => section.id.clone(),
        (None, NatureKind::LateReport) => LATE_REPORTS.to_owned(),
        (None, NatureKind::Correction | NatureKind::Retraction) => "corrections".to_owned(),
        (None, _) => OTHER.to_owned(),
    }
}

/// Whether a section counts its sentences and lists none.
fn is_counted(spec: &ReportSpec, place: &str) -> bool {
    spec.sections.iter().any(|section| section.id == place && section.tally.is_some())
}

/// What the sentences of one record have in common.
struct RecordSentences<'t> {
    engine: &'t Engine<'t>,
    subject: &'t Subject<'t>,
    identity: Arc<IndexMap<String, String>>,
    groups: Arc<IndexMap<String, String>>,
    period: (chrono::NaiveDateTime, chrono::NaiveDateTime),
}

impl RecordSentences<'_> {
    /// Whether it is certain that an event is of the period or not, however rough its date: it lies within
    /// the period as a whole, or is one of another year.
    fn is_placed(&self, sentence: &PeriodSentence, section: &str) -> bool {
        let (since, until) = self.period;
        let is_within = |range: &DateRange| range.start > since && range.end <= until;
        section == OTHER_YEARS || sentence.when.as_ref().is_some_and(|(_, range)| is_within(range))
    }

    fn sentence(&self, sentence: PeriodSentence, section: &str) -> ReportSentence {
        let nature = sentence.nature();
        let is_placed = self.is_placed(&sentence, section);
        let (kind, rule, state, significance, message, detail) = match &sentence.said {
            SentenceContent::Change(c) => {
                ("change", &c.rule, None, c.significance, &c.message, c.reason.clone().unwrap_or_default())
            }
            SentenceContent::Observation(o) => {
                (o.kind, &o.rule, o.state.map(|s| s.as_str()), o.significance, &o.message, o.detail.clone())
            }
        };
        let (rule, message) = (rule.clone(), message.clone());
        let (rule_title, _) = title_and_why(self.engine.policy(), &rule);
        let (change, observation) = match sentence.said {
            SentenceContent::Change(change) => (Some(change), None),
            SentenceContent::Observation(observation) => (None, Some(observation)),
        };
        ReportSentence {
            record: self.subject.id.clone(),
            heading: self.subject.heading.clone(),
            subject: self.subject.name.clone(),
            identity: Arc::clone(&self.identity),
            groups: Arc::clone(&self.groups),
            section: section.to_owned(),
            kind: kind.to_owned(),
            rule,
            rule_title,
            nature: nature.map(|n| n.kind.as_str()),
            state,
            significance: significance.as_str(),
            uncertain: nature.is_some_and(|n| n.uncertain) && !is_placed,
            undated: nature.is_some_and(|n| n.undated),
            message,
            detail,
            earlier: sentence.earlier,
            date: sentence.when.map(|(date, _)| date),
            from: sentence.from,
            to: sentence.to,
            change,
            observation,
        }
    }
}

fn headings(spec: &ReportSpec) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> =
        spec.sections.iter().map(|s| (s.id.clone(), s.title.clone())).collect();
    if !out.iter().any(|(id, _)| id == OTHER) {
        let title = if out.is_empty() { "Changes" } else { "Other changes" };
        out.push((OTHER.to_owned(), title.to_owned()));
    }
    out
}

fn summary(
    spec: &ReportSpec,
    developments: &[ReportSentence],
    rest: &[(&str, &str, &Vec<ReportSentence>)],
) -> Vec<SectionCount> {
    let count = |id: &str, title: &str, items: Vec<&ReportSentence>| SectionCount {
        id: id.to_owned(),
        title: title.to_owned(),
        sentences: items.len(),
        records: items.iter().map(|t| &t.record).collect::<HashSet<_>>().len(),
    };
    let named = headings(spec).into_iter().map(|(id, title)| {
        let items = developments.iter().filter(|t| t.section == id).collect();
        count(&id, &title, items)
    });
    let rest = rest.iter().map(|(id, title, items)| count(id, title, items.iter().collect()));
    named.chain(rest).filter(|c| c.sentences > 0).collect()
}

/// The parts of the report: one, or one for each member of a group in the order of their names.
fn parts(
    engine: &Engine<'_>,
    spec: &ReportSpec,
    items: Vec<ReportSentence>,
    by: Option<&str>,
) -> Vec<ReportPart> {
    let Some(by) = by else {
        let sections = sections(engine, spec, items);
        return if sections.is_empty() { Vec::new() } else { vec![ReportPart { title: None, sections }] };
    };
    let mut members: BTreeMap<String, Vec<ReportSentence>> = BTreeMap::new();
    for one in items {
        let member = if by == BY_RULE {
            one.rule_title.clone()
        } else {
            one.groups.get(by).cloned().unwrap_or_default()
        };
        members.entry(member).or_default().push(one);
    }
    members
        .into_iter()
        .map(|(title, items)| ReportPart { title: Some(title), sections: sections(engine, spec, items) })
        .collect()
}

fn sections(engine: &Engine<'_>, spec: &ReportSpec, items: Vec<ReportSentence>) -> Vec<Section> {
    let mut by_id: BTreeMap<String, Vec<ReportSentence>> = BTreeMap::new();
    for one in items {
        by_id.entry(one.section.clone()).or_default().push(one);
    }
    let mut out = Vec::new();
    for (id, title) in headings(spec) {
        let Some(items) = by_id.remove(&id) else { continue };
        let tally = spec.sections.iter().find(|s| s.id == id).and_then(|s: &SectionSpec| s.tally.as_ref());
        let tally = tally.map(|tally| count(engine, tally, &items));
        let is_folded = spec.sections.iter().any(|s| s.id == id && s.fold);
        let mut items = items;
        if is_folded {
            let weight = |one: &ReportSentence| one.observation.as_ref().map(|o| o.significance);
            items.sort_by_key(weight);
        }
        let mut folded = if is_folded { fold(&items) } else { Vec::new() };
        if tally.is_none() {
            folded.extend(fold_changes(spec, &items));
            folded = then_folded(&items, folded);
        }
        out.push(Section { id, title, items, folded, tally });
    }
    out
}

/// By a value's place on its scale and the value: how it is said, and how often it occurs.
type Counts = BTreeMap<(usize, String), (String, usize)>;

/// Counts sentences by a value of the item they add, a line for each member of a group.
fn count(engine: &Engine<'_>, spec: &TallySpec, items: &[ReportSentence]) -> Vec<TallyRow> {
    let mut rows: BTreeMap<Option<String>, Counts> = BTreeMap::new();
    for one in items {
        let group = spec.by.as_ref().and_then(|by| one.groups.get(by).cloned());
        let (place, value, said) = value_of(&engine.policy().kinds, spec, one);
        rows.entry(group).or_default().entry((place, value)).or_insert((said, 0)).1 += 1;
    }
    let row = |(group, counts): (Option<String>, Counts)| TallyRow {
        group,
        total: counts.values().map(|(_, count)| count).sum(),
        counts: counts
            .into_iter()
            .map(|((_, value), (said, count))| TallyCount { value, said, count })
            .collect(),
    };
    rows.into_iter().map(row).collect()
}

/// The counted value, its place on the schema's scale (high to low), and how it is said.
fn value_of(kinds: &[Kind], spec: &TallySpec, one: &ReportSentence) -> (usize, String, String) {
    let after = one.change.as_ref().and_then(|c| c.after.as_ref());
    let value = after
        .and_then(|item| item.get(&spec.value))
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let path = one.change.as_ref().map(|c| c.path.key(&spec.value));
    let shape = path.and_then(|path| kinds.iter().find_map(|kind| kind.shape.at(&path)));
    let said = shape.map_or_else(|| value.replace('-', " "), |shape| shape.said(&value));
    let scale = shape.map_or(&[][..], |shape| &shape.scale);
    let place = scale.iter().rev().position(|v| *v == value).unwrap_or(scale.len());
    (place, value, said)
}
