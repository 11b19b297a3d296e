//! Sentences that say the same of several records, as one.

use super::takes::takes_sentence;
use crate::model::PartialDate;
use crate::model::report::{Folded, ReportSentence, RevisedLine, RevisedReport, RevisedSentence};
use crate::model::text::{capital, count_in_words};
use crate::rules::and_list;
use crate::schema::ReportSpec;
use indexmap::IndexMap;

/// Sentences that say of several records what the first of them says of one: `21 states absent in 2024 voted
/// …: A, B and C`.
pub(super) fn fold(items: &[ReportSentence]) -> Vec<Folded> {
    let mut groups: IndexMap<&str, Vec<&ReportSentence>> = IndexMap::new();
    for one in items {
        if let Some(words) = one.observation.as_ref().and_then(|o| o.fold.as_deref()) {
            groups.entry(words).or_default().push(one);
        }
    }
    let mut several: Vec<_> = groups.into_iter().filter(|(_, alike)| alike.len() > 1).collect();
    several.sort_by_key(|(_, alike)| event_day(alike));
    let sentence = |(words, alike): (&str, Vec<&ReportSentence>)| {
        let names: Vec<String> = alike.iter().map(|one| one.subject.clone()).collect();
        Folded {
            message: capital(&format!("{} {words}: {}", count_in_words(alike.len()), and_list(&names))),
            stands_for: alike.iter().map(|one| one.fingerprint().to_owned()).collect(),
        }
    };
    several.into_iter().map(sentence).collect()
}

/// The day of the event that sentences share: what stands for several is in the order of time.
fn event_day(alike: &[&ReportSentence]) -> Option<chrono::NaiveDate> {
    alike.first().and_then(|one| one.date.as_ref()).map(PartialDate::earliest)
}

/// As [`fold`], of changes that say the same in the same words.
pub(super) fn fold_changes(spec: &ReportSpec, items: &[ReportSentence]) -> Vec<Folded> {
    let mut groups: IndexMap<(&str, &str, &str), Vec<&ReportSentence>> = IndexMap::new();
    for one in items.iter().filter(|one| one.change.is_some() && !one.undated && !one.uncertain) {
        let fold = spec.fold.iter().find(|fold| fold.take.iter().any(|take| takes_sentence(take, one)));
        if let Some(fold) = fold {
            let key = (&*fold.many, behind(&one.heading, &one.subject), &*one.message);
            groups.entry(key).or_default().push(one);
        }
    }
    let mut several: Vec<_> = groups.into_iter().filter(|(_, alike)| alike.len() > 2).collect();
    several.sort_by_key(|((_, behind, _), alike)| (*behind, event_day(alike)));
    let sentence = |((many, behind, message), alike): ((&str, &str, &str), Vec<&ReportSentence>)| {
        let names: Vec<String> = alike.iter().map(|one| one.subject.clone()).collect();
        let said = format!("{} {many} {message}: {}", count_in_words(alike.len()), and_list(&names));
        // Meetings of two treaties have like names.
        let part = behind.trim_start_matches([',', ' ']);
        Folded {
            message: if part.is_empty() { capital(&said) } else { format!("{part}: {said}") },
            stands_for: alike.iter().map(|one| one.fingerprint().to_owned()).collect(),
        }
    };
    several.into_iter().map(sentence).collect()
}

/// What a heading has behind the name of its subject: `, Mine Ban Treaty`.
fn behind<'h>(heading: &'h str, subject: &str) -> &'h str {
    heading.strip_prefix(subject).unwrap_or(heading)
}

/// Reports that read differently now, in lines: each of one record, or of several where the same sentence of
/// the same report reads the same way.
pub(super) fn revised_lines(list: &[RevisedReport]) -> Vec<RevisedLine> {
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
pub(super) fn fold_alike<'i>(items: impl Iterator<Item = &'i ReportSentence>) -> Vec<Folded> {
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
