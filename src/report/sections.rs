//! Sentences → sections, groups and counts.

use super::{PeriodSentence, ReportedRecord, SentenceContent};
use crate::model::report::{
    CorrectedSince, Coverage, Folded, FoldedLists, Imprint, Period, Pictures, ReportPart, ReportSentence,
    ReportView, RevisedLine, RevisedReport, RevisedSentence, Section, SectionCount, TallyCount, TallyRow,
    Undone, unfolded,
};
use crate::model::results::{EditionRef, ObservationState};
use crate::model::text::aside;
use crate::model::{NatureKind, PartialDate, RecordId};
use crate::rules::{Engine, Subject, and_list, title_and_why};
use crate::schema::{Kind, LeadSpec, OneOrMany, ReportSpec, SectionSpec, TakeSpec, TallySpec};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The section of what no other section takes.
const OTHER: &str = "other";

/// The section of developments that a new page of the period brings, of other years.
const OTHER_YEARS: &str = "other-years";

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

pub(super) fn sort(
    engine: &Engine<'_>,
    spec: &ReportSpec,
    accounts: Vec<ReportedRecord<'_>>,
    frame: ReportFrame<'_>,
) -> ReportView {
    let (mut developments, mut late, mut corrections) = (Vec::new(), Vec::new(), Vec::new());
    let (mut revised, mut undone, mut corrected_since) = (Vec::new(), Vec::new(), CorrectedSince::default());
    let (mut other_years, mut ended) = (Vec::new(), Vec::new());
    for account in accounts {
        ended.extend(account.ended);
        let of_record =
            RecordSentences { engine, subject: &account.subject, groups: engine.groups(&account.subject) };
        for sentence in account.said.sentences {
            let place = match place(spec, &sentence) {
                place if is_late(&place) => place,
                _ if is_of_other_years(&sentence, account.period) => OTHER_YEARS.to_owned(),
                place => place,
            };
            let sentence = of_record.sentence(sentence, &place);
            match place.as_str() {
                OTHER_YEARS => other_years.push(sentence),
                "late-reports" => late.push(sentence),
                "corrections" => corrections.push(sentence),
                _ => developments.push(sentence),
            }
        }
        for (edition, message) in taken_back(&account.said.undone) {
            let (record, heading) = (account.subject.id.clone(), account.subject.heading.clone());
            undone.push(Undone { record, heading, edition, message });
        }
        revised.extend(account.revised);
        corrected_since
            .corrections
            .extend(account.corrected.into_iter().map(|s| of_record.sentence(s, "corrected-since")));
        corrected_since.revised.extend(account.reread);
    }
    let order = |list: &mut Vec<ReportSentence>| list.sort_by(|a, b| order_of(a).cmp(&order_of(b)));
    order(&mut developments);
    order(&mut other_years);
    order(&mut late);
    order(&mut corrections);
    order(&mut corrected_since.corrections);
    let by_report =
        |a: &RevisedReport, b: &RevisedReport| (&a.report, &a.heading).cmp(&(&b.report, &b.heading));
    revised.sort_by(by_report);
    corrected_since.revised.sort_by(by_report);
    undone.sort_by(|a: &Undone, b| (&a.heading, &a.message).cmp(&(&b.heading, &b.message)));
    let rest = [
        (OTHER_YEARS, "Events of other years, first recorded in this period", &other_years),
        ("late-reports", "Late reports", &late),
        ("corrections", "Corrections and retractions", &corrections),
    ];
    let summary = summary(spec, &developments, &rest);
    let lead = with_later(lead(&spec.lead, &developments), &corrected_since);
    for list in [&mut developments, &mut other_years, &mut late, &mut corrections] {
        name_editions(list);
    }
    let folded = FoldedLists {
        other_years: fold_changes(spec, &other_years),
        late_reports: fold_alike(late.iter()),
        corrections: fold_alike(corrections.iter()),
        revised: revised_lines(&revised),
        corrected_since: revised_lines(&corrected_since.revised),
    };
    let parts = parts(engine, spec, developments, frame.by);
    ReportView {
        format: "sincewhen.report/1",
        title: frame.title,
        period: frame.period,
        by: frame.by.map(str::to_owned),
        lead,
        summary,
        parts,
        other_years,
        folded,
        ended,
        late_reports: late,
        corrections,
        revised,
        corrected_since,
        undone,
        coverage: frame.coverage,
        pictures: frame.pictures,
        imprint: Imprint::default(),
    }
}

/// What changed and changed back, with the edition that had it. What a correction took back is said once,
/// with the reason: it was no event.
fn taken_back(undone: &[PeriodSentence]) -> Vec<(EditionRef, String)> {
    let reason = |sentence: &PeriodSentence| match &sentence.said {
        SentenceContent::Change(change) => change.reason.clone(),
        SentenceContent::Observation(_) => None,
    };
    let takes_back = |sentence: &PeriodSentence| {
        let kind = sentence.nature().map(|nature| nature.kind);
        matches!(kind, Some(NatureKind::Correction | NatureKind::Retraction))
    };
    let mut out = Vec::new();
    for (at, sentence) in undone.iter().enumerate() {
        if takes_back(sentence) && undone[..at].iter().any(|first| first.overlaps(sentence)) {
            continue;
        }
        let back = undone[at + 1..].iter().find(|later| takes_back(later) && later.overlaps(sentence));
        let words = sentence.words();
        let message = back.map_or_else(
            || words.clone(),
            |back| {
                let edition = |one: &PeriodSentence| one.to.last_updated.in_words();
                let why = reason(back).map_or_else(String::new, |why| format!("; {why}"));
                let (first, last) = (edition(sentence), edition(back));
                format!("recorded in the edition of {first} and taken back in that of {last}: {words}{why}")
            },
        );
        out.push((sentence.to.clone(), message));
    }
    out
}

fn is_late(place: &str) -> bool {
    matches!(place, "late-reports" | "corrections")
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

/// The news in numbers, as one sentence.
fn lead(spec: &[LeadSpec], developments: &[ReportSentence]) -> String {
    let count = |one: &LeadSpec| {
        let taken =
            developments.iter().filter(|sentence| one.take.iter().any(|take| takes_sentence(take, sentence)));
        match &one.by {
            Some(by) => taken.filter_map(|sentence| sentence.groups.get(by)).collect::<HashSet<_>>().len(),
            None => taken.count(),
        }
    };
    let words = spec.iter().filter_map(|one| match count(one) {
        0 => None,
        1 => Some(one.one.clone()),
        n => Some(one.many.replace("{n}", &in_words(n))),
    });
    let sentence = and_list(&words.collect::<Vec<_>>());
    if sentence.is_empty() { sentence } else { format!("{}.", capital(&sentence)) }
}

/// The news with how much of the period later editions brought.
fn with_later(lead: String, since: &CorrectedSince) -> String {
    let sentences = since.revised.iter().flat_map(|one| &one.sentences);
    let later = match sentences.filter(|sentence| sentence.before.is_none()).count() {
        0 => return lead,
        1 => "Later editions recorded one more event of the period.".to_owned(),
        n => format!("Later editions recorded {} more events of the period.", in_words(n)),
    };
    if lead.is_empty() { later } else { format!("{lead} {later}") }
}

/// A text with its first letter as a capital.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// A number as running text has it: in letters up to twelve.
fn in_words(n: usize) -> String {
    const LETTERS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    LETTERS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

fn takes_sentence(take: &TakeSpec, one: &ReportSentence) -> bool {
    let kind = one.observation.as_ref().map(|o| o.kind);
    let variant = one.observation.as_ref().map(|o| o.variant);
    take.takes_rule(&one.rule, kind)
        && take.takes_field(one.change.as_ref().map(|c| &c.path))
        && has(take.states.as_ref(), one.state)
        && has(take.variants.as_ref(), variant)
        && has(take.significance.as_ref().map(as_texts).as_ref(), Some(one.significance))
}

fn as_texts(values: &OneOrMany<crate::model::Significance>) -> OneOrMany<String> {
    OneOrMany::Many(values.as_slice().iter().map(|one| one.as_str().to_owned()).collect())
}

/// Whether a value is one of those asked for, if any are.
fn has(wanted: Option<&OneOrMany<String>>, value: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| value.is_some_and(|value| wanted.as_slice().iter().any(|one| one == value)))
}

/// Sentences that say of several records what the first of them says of one: `21 states absent in 2024 voted
/// …: A, B and C`.
fn fold(items: &[ReportSentence]) -> Vec<Folded> {
    let mut groups: IndexMap<&str, Vec<&ReportSentence>> = IndexMap::new();
    for one in items {
        if let Some(words) = one.observation.as_ref().and_then(|o| o.fold.as_deref()) {
            groups.entry(words).or_default().push(one);
        }
    }
    let several = groups.into_iter().filter(|(_, alike)| alike.len() > 1);
    let sentence = |(words, alike): (&str, Vec<&ReportSentence>)| {
        let names: Vec<String> = alike.iter().map(|one| one.subject.clone()).collect();
        Folded {
            message: capital(&format!("{} {words}: {}", in_words(alike.len()), and_list(&names))),
            stands_for: alike.iter().map(|one| one.fingerprint().to_owned()).collect(),
        }
    };
    several.map(sentence).collect()
}

/// As [`fold`], of changes that say the same in the same words.
fn fold_changes(spec: &ReportSpec, items: &[ReportSentence]) -> Vec<Folded> {
    let mut groups: IndexMap<(&str, &str, &str), Vec<&ReportSentence>> = IndexMap::new();
    for one in items.iter().filter(|one| one.change.is_some() && !one.undated && !one.uncertain) {
        let fold = spec.fold.iter().find(|fold| fold.take.iter().any(|take| takes_sentence(take, one)));
        if let Some(fold) = fold {
            let key = (&*fold.many, behind(&one.heading, &one.subject), &*one.message);
            groups.entry(key).or_default().push(one);
        }
    }
    let several = groups.into_iter().filter(|(_, alike)| alike.len() > 2);
    let sentence = |((many, behind, message), alike): ((&str, &str, &str), Vec<&ReportSentence>)| {
        let names: Vec<String> = alike.iter().map(|one| one.subject.clone()).collect();
        let said = format!("{} {many} {message}: {}", in_words(alike.len()), and_list(&names));
        // Meetings of two treaties have like names.
        let part = behind.trim_start_matches([',', ' ']);
        Folded {
            message: if part.is_empty() { capital(&said) } else { format!("{part}: {said}") },
            stands_for: alike.iter().map(|one| one.fingerprint().to_owned()).collect(),
        }
    };
    several.map(sentence).collect()
}

/// What a heading has behind the name of its subject: `, Mine Ban Treaty`.
fn behind<'h>(heading: &'h str, subject: &str) -> &'h str {
    heading.strip_prefix(subject).unwrap_or(heading)
}

/// Reports that read differently now, in lines: each of one record, or of several where the same sentence of
/// the same report reads the same way.
fn revised_lines(list: &[RevisedReport]) -> Vec<RevisedLine> {
    type Key<'r> = (&'r str, &'r str, &'r RevisedSentence);
    let mut groups: IndexMap<Key<'_>, Vec<&RevisedReport>> = IndexMap::new();
    for one in list {
        for sentence in &one.sentences {
            groups.entry((&one.report, behind(&one.heading, &one.subject), sentence)).or_default().push(one);
        }
    }
    let line = |heading: String, report: &str, sentence: &RevisedSentence| RevisedLine {
        report: report.to_owned(),
        heading,
        before: sentence.before.clone(),
        after: sentence.after.clone(),
    };
    let mut out: Vec<(bool, RevisedLine)> = Vec::new();
    for ((report, behind, sentence), alike) in groups {
        let names: Vec<String> = alike.iter().map(|one| one.subject.clone()).collect();
        if alike.len() > 2 {
            out.push((true, line(format!("{}{behind}", and_list(&names)), report, sentence)));
        } else {
            out.extend(alike.iter().map(|one| (false, line(one.heading.clone(), report, sentence))));
        }
    }
    // What stands for several follows what stands by itself, report by report.
    out.sort_by(|(a, one), (b, other)| (&one.report, a).cmp(&(&other.report, b)));
    out.into_iter().map(|(_, line)| line).collect()
}

/// As [`fold`], of late reports and corrections that read alike: their records stand before the sentence in
/// place of one.
fn fold_alike<'i>(items: impl Iterator<Item = &'i ReportSentence>) -> Vec<Folded> {
    let mut groups: IndexMap<(&str, String), Vec<&ReportSentence>> = IndexMap::new();
    for one in items.filter(|one| one.change.is_some()) {
        groups.entry((behind(&one.heading, &one.subject), one.sentence())).or_default().push(one);
    }
    let several = groups.into_iter().filter(|(_, alike)| alike.len() > 2);
    let sentence = |((behind, sentence), alike): ((&str, String), Vec<&ReportSentence>)| {
        let names: Vec<String> = alike.iter().map(|one| one.subject.clone()).collect();
        Folded {
            message: format!("{}{behind}: {sentence}", and_list(&names)),
            stands_for: alike.iter().map(|one| one.fingerprint().to_owned()).collect(),
        }
    };
    several.map(sentence).collect()
}

/// Names the edition in sentences on one record that read alike: over several years an undated fact can come
/// and go twice.
fn name_editions(items: &mut [ReportSentence]) {
    let mut times: HashMap<(RecordId, String), usize> = HashMap::new();
    let key = |one: &ReportSentence| (one.record.clone(), one.sentence());
    items.iter().for_each(|one| *times.entry(key(one)).or_default() += 1);
    for one in items.iter_mut().filter(|one| one.change.is_some()) {
        if times.get(&key(one)).is_some_and(|times| *times > 1) {
            let edition = format!("edition of {}", one.to.last_updated.in_words());
            one.message = aside(&one.message, &edition);
        }
    }
}

fn order_of(one: &ReportSentence) -> impl Ord + '_ {
    let date = |date: &PartialDate| date.earliest();
    let when = one.date.as_ref().map(date);
    (&one.heading, when, date(&one.to.last_updated), &one.rule, &one.message)
}

/// Where a sentence stands. A section takes developments unless it asks for other natures by name.
fn place(spec: &ReportSpec, sentence: &PeriodSentence) -> String {
    let nature = sentence.nature().map_or(NatureKind::Development, |nature| nature.kind);
    let taken =
        spec.sections.iter().find(|section| section.take.iter().any(|take| takes(take, sentence, nature)));
    match (taken, nature) {
        (Some(section), _) => section.id.clone(),
        (None, NatureKind::LateReport) => "late-reports".to_owned(),
        (None, NatureKind::Correction | NatureKind::Retraction) => "corrections".to_owned(),
        (None, _) => OTHER.to_owned(),
    }
}

fn takes(take: &TakeSpec, sentence: &PeriodSentence, nature: NatureKind) -> bool {
    let has_nature = match &take.natures {
        Some(natures) => natures.as_slice().contains(&nature),
        None => nature.is_news(),
    };
    let (rule, kind, path, weight) = match &sentence.said {
        SentenceContent::Change(c) => (&c.rule, None, Some(&c.path), c.significance),
        SentenceContent::Observation(o) => (&o.rule, Some(o.kind), None, o.significance),
    };
    let (state, variant) = match &sentence.said {
        SentenceContent::Change(_) => (None, None),
        SentenceContent::Observation(o) => (o.state.map(|s| s.as_str()), Some(o.variant)),
    };
    has_nature
        && take.takes_rule(rule, kind)
        && take.takes_field(path)
        && has(take.states.as_ref(), state)
        && has(take.variants.as_ref(), variant)
        && take.significance.as_ref().is_none_or(|wanted| wanted.as_slice().contains(&weight))
}

struct RecordSentences<'t> {
    engine: &'t Engine<'t>,
    subject: &'t Subject<'t>,
    groups: IndexMap<String, String>,
}

impl RecordSentences<'_> {
    fn sentence(&self, sentence: PeriodSentence, section: &str) -> ReportSentence {
        let nature = sentence.nature();
        let identity = self.subject.identity.0.iter().cloned().collect();
        let (kind, rule, state, significance, message, detail) = match &sentence.said {
            SentenceContent::Change(c) => {
                ("change", &c.rule, None, c.significance, &c.message, c.reason.clone().unwrap_or_default())
            }
            SentenceContent::Observation(o) => {
                (o.kind, &o.rule, o.state.map(|s| s.as_str()), o.significance, &o.message, o.detail.clone())
            }
        };
        let (rule_title, _) = title_and_why(self.engine.policy(), rule);
        ReportSentence {
            record: self.subject.id.clone(),
            heading: self.subject.heading.clone(),
            subject: self.subject.name.clone(),
            identity,
            groups: self.groups.clone(),
            section: section.to_owned(),
            kind: kind.to_owned(),
            rule: rule.clone(),
            rule_title,
            nature: nature.map(|n| n.kind.as_str()),
            state,
            significance: significance.as_str(),
            // An event of another year is none of this one, however rough its date.
            uncertain: nature.is_some_and(|n| n.uncertain) && section != OTHER_YEARS,
            undated: nature.is_some_and(|n| n.undated),
            message: message.clone(),
            detail,
            earlier: sentence.earlier,
            date: sentence.when.map(|(date, _)| date),
            from: sentence.from,
            to: sentence.to,
            change: match &sentence.said {
                SentenceContent::Change(change) => Some((**change).clone()),
                SentenceContent::Observation(_) => None,
            },
            observation: match sentence.said {
                SentenceContent::Change(_) => None,
                SentenceContent::Observation(observation) => Some(*observation),
            },
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
            let alike = fold_alike(unfolded(&items, &folded));
            folded.extend(alike);
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
