//! Sentences → sections, groups and counts.

use super::{Account, Said, Sentence};
use crate::model::NatureKind;
use crate::model::report::{
    CorrectedSince, Coverage, Part, Period, Pictures, ReportView, Section, SectionCount, TallyCount,
    TallyRow, Told, Undone,
};
use crate::rules::{Engine, Subject, title_and_why};
use crate::schema::{Kind, OneOrMany, ReportSpec, SectionSpec, TakeSpec, TallySpec};
use indexmap::IndexMap;
use std::collections::{BTreeMap, HashSet};

/// The section of what no other section takes.
const OTHER: &str = "other";

/// The group that every dataset has: by rule.
pub const BY_RULE: &str = "rule";

/// What a report has besides its sentences.
pub(super) struct Frame<'f> {
    pub title: String,
    pub period: Period,
    pub by: Option<&'f str>,
    pub coverage: Coverage,
    pub pictures: Pictures,
}

pub(super) fn sort(
    engine: &Engine<'_>,
    spec: &ReportSpec,
    accounts: Vec<Account<'_>>,
    frame: Frame<'_>,
) -> ReportView {
    let (mut developments, mut late, mut corrections) = (Vec::new(), Vec::new(), Vec::new());
    let (mut retold, mut undone, mut corrected_since) = (Vec::new(), Vec::new(), CorrectedSince::default());
    for account in accounts {
        let teller = Teller { engine, subject: &account.subject, groups: engine.groups(&account.subject) };
        for sentence in account.story.sentences {
            let place = place(spec, &sentence);
            let told = teller.told(sentence, &place);
            match place.as_str() {
                "late-reports" => late.push(told),
                "corrections" => corrections.push(told),
                _ => developments.push(told),
            }
        }
        for sentence in account.story.undone {
            let (record, heading) = (account.subject.id.clone(), account.subject.heading.clone());
            let message = sentence.words();
            undone.push(Undone { record, heading, edition: sentence.to, message });
        }
        retold.extend(account.retold);
        corrected_since
            .corrections
            .extend(account.corrected.into_iter().map(|s| teller.told(s, "corrected-since")));
        corrected_since.retold.extend(account.reread);
    }
    let order = |told: &mut Vec<Told>| told.sort_by(|a, b| order_of(a).cmp(&order_of(b)));
    order(&mut developments);
    order(&mut late);
    order(&mut corrections);
    order(&mut corrected_since.corrections);
    retold.sort_by(|a, b| (&a.report, &a.heading).cmp(&(&b.report, &b.heading)));
    undone.sort_by(|a: &Undone, b| (&a.heading, &a.message).cmp(&(&b.heading, &b.message)));
    let summary = summary(spec, &developments, &late, &corrections);
    let parts = parts(engine, spec, developments, frame.by);
    ReportView {
        format: "sincewhen.report/1",
        title: frame.title,
        period: frame.period,
        by: frame.by.map(str::to_owned),
        summary,
        parts,
        late_reports: late,
        corrections,
        retold,
        corrected_since,
        undone,
        coverage: frame.coverage,
        pictures: frame.pictures,
    }
}

fn order_of(told: &Told) -> (&str, Option<chrono::NaiveDate>, &str, &str) {
    (&told.heading, told.date.as_ref().map(|d| d.earliest()), &told.rule, &told.message)
}

/// Where a sentence stands. A section takes developments unless it asks for other natures by name.
fn place(spec: &ReportSpec, sentence: &Sentence) -> String {
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

fn takes(take: &TakeSpec, sentence: &Sentence, nature: NatureKind) -> bool {
    let natures = take.natures.as_ref().map_or(&[NatureKind::Development][..], OneOrMany::as_slice);
    let (rule, kind, path, state, weight) = match &sentence.said {
        Said::Change(c) => (&c.rule, None, Some(&c.path), None, c.significance),
        Said::Observation(o) => (&o.rule, Some(o.kind), None, o.state.map(|s| s.as_str()), o.significance),
    };
    natures.contains(&nature)
        && take.takes_rule(rule, kind)
        && take.takes_field(path)
        && take
            .states
            .as_ref()
            .is_none_or(|wanted| state.is_some_and(|s| wanted.as_slice().iter().any(|w| w == s)))
        && take.significance.as_ref().is_none_or(|wanted| wanted.as_slice().contains(&weight))
}

struct Teller<'t> {
    engine: &'t Engine<'t>,
    subject: &'t Subject<'t>,
    groups: IndexMap<String, String>,
}

impl Teller<'_> {
    fn told(&self, sentence: Sentence, section: &str) -> Told {
        let nature = sentence.nature();
        let identity = self.subject.identity.0.iter().cloned().collect();
        let (kind, rule, state, significance, message, detail) = match &sentence.said {
            Said::Change(c) => {
                ("change", &c.rule, None, c.significance, &c.message, c.reason.clone().unwrap_or_default())
            }
            Said::Observation(o) => {
                (o.kind, &o.rule, o.state.map(|s| s.as_str()), o.significance, &o.message, o.detail.clone())
            }
        };
        let (rule_title, _) = title_and_why(self.engine.policy(), rule);
        Told {
            record: self.subject.id.clone(),
            heading: self.subject.heading.clone(),
            identity,
            groups: self.groups.clone(),
            section: section.to_owned(),
            kind: kind.to_owned(),
            rule: rule.clone(),
            rule_title,
            nature: nature.map(|n| n.kind.as_str()),
            state,
            significance: significance.as_str(),
            uncertain: nature.is_some_and(|n| n.uncertain),
            undated: nature.is_some_and(|n| n.undated),
            message: message.clone(),
            detail,
            earlier: sentence.earlier,
            date: sentence.when.map(|(date, _)| date),
            from: sentence.from,
            to: sentence.to,
            change: match &sentence.said {
                Said::Change(change) => Some((**change).clone()),
                Said::Observation(_) => None,
            },
            observation: match sentence.said {
                Said::Change(_) => None,
                Said::Observation(observation) => Some(*observation),
            },
        }
    }
}

fn headings(spec: &ReportSpec) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> =
        spec.sections.iter().map(|s| (s.id.clone(), s.title.clone())).collect();
    if !out.iter().any(|(id, _)| id == OTHER) {
        out.push((OTHER.to_owned(), "Other changes".to_owned()));
    }
    out
}

fn summary(
    spec: &ReportSpec,
    developments: &[Told],
    late: &[Told],
    corrections: &[Told],
) -> Vec<SectionCount> {
    let fixed =
        [("late-reports", "Late reports", late), ("corrections", "Corrections and retractions", corrections)];
    let count = |id: String, title: String, items: Vec<&Told>| SectionCount {
        id,
        title,
        sentences: items.len(),
        records: items.iter().map(|t| &t.record).collect::<HashSet<_>>().len(),
    };
    let named = headings(spec).into_iter().map(|(id, title)| {
        let items = developments.iter().filter(|t| t.section == id).collect();
        count(id, title, items)
    });
    let fixed = fixed
        .into_iter()
        .map(|(id, title, items)| count(id.to_owned(), title.to_owned(), items.iter().collect()));
    named.chain(fixed).filter(|c| c.sentences > 0).collect()
}

/// The parts of the report: one, or one for each member of a group in the order of their names.
fn parts(engine: &Engine<'_>, spec: &ReportSpec, told: Vec<Told>, by: Option<&str>) -> Vec<Part> {
    let Some(by) = by else {
        let sections = sections(engine, spec, told);
        return if sections.is_empty() { Vec::new() } else { vec![Part { title: None, sections }] };
    };
    let mut members: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for one in told {
        let member = if by == BY_RULE {
            one.rule_title.clone()
        } else {
            one.groups.get(by).cloned().unwrap_or_default()
        };
        members.entry(member).or_default().push(one);
    }
    members
        .into_iter()
        .map(|(title, told)| Part { title: Some(title), sections: sections(engine, spec, told) })
        .collect()
}

fn sections(engine: &Engine<'_>, spec: &ReportSpec, told: Vec<Told>) -> Vec<Section> {
    let mut by_id: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for one in told {
        by_id.entry(one.section.clone()).or_default().push(one);
    }
    let mut out = Vec::new();
    for (id, title) in headings(spec) {
        let Some(items) = by_id.remove(&id) else { continue };
        let tally = spec.sections.iter().find(|s| s.id == id).and_then(|s: &SectionSpec| s.tally.as_ref());
        let tally = tally.map(|tally| count(engine, tally, &items));
        out.push(Section { id, title, items, tally });
    }
    out
}

/// By a value's place on its scale and the value: how it is said, and how often it occurs.
type Counts = BTreeMap<(usize, String), (String, usize)>;

/// Counts sentences by a value of the item they add, a line for each member of a group.
fn count(engine: &Engine<'_>, spec: &TallySpec, items: &[Told]) -> Vec<TallyRow> {
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
fn value_of(kinds: &[Kind], spec: &TallySpec, told: &Told) -> (usize, String, String) {
    let after = told.change.as_ref().and_then(|c| c.after.as_ref());
    let value = after
        .and_then(|item| item.get(&spec.value))
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let path = told.change.as_ref().map(|c| c.path.key(&spec.value));
    let shape = path.and_then(|path| kinds.iter().find_map(|kind| kind.shape.at(&path)));
    let said = shape.map_or_else(|| value.replace('-', " "), |shape| shape.said(&value));
    let scale = shape.map_or(&[][..], |shape| &shape.scale);
    let place = scale.iter().rev().position(|v| *v == value).unwrap_or(scale.len());
    (place, value, said)
}
