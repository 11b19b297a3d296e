//! Sentences that say the same of several records, as one.

use super::takes::takes_sentence;
use crate::model::report::{Folded, ReportSentence, RevisedLine, RevisedReport};
use crate::model::text::{aside, capital, count_in_words};
use crate::model::{FieldPath, PartialDate, RecordId, Step};
use crate::rules::and_list;
use crate::schema::ReportSpec;
use indexmap::IndexMap;
use std::borrow::Cow;

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

/// A sentence on one subject as it stands behind several: what has its own is said of each.
fn of_several(sentence: &str) -> Cow<'_, str> {
    let clause = sentence.split(['(', ';']).next().unwrap_or_default();
    match clause.contains(" its ") && !clause.contains(':') {
        true => Cow::Owned(format!("each {sentence}")),
        false => Cow::Borrowed(sentence),
    }
}

/// Reports that read differently now, in lines: each of one record, or of several where the same sentence of
/// the same report reads the same way.
pub(super) fn revised_lines(list: &[RevisedReport]) -> Vec<RevisedLine> {
    type Key<'r> = (&'r str, &'r str, [Option<&'r str>; 2]);
    let mut groups: IndexMap<Key<'_>, Vec<&RevisedReport>> = IndexMap::new();
    for one in list {
        for sentence in &one.sentences {
            let said = [sentence.before.as_deref(), sentence.after.as_deref()];
            groups.entry((&one.report, behind(&one.heading, &one.subject), said)).or_default().push(one);
        }
    }
    let line = |heading: String, report: &str, said: [Option<&str>; 2]| {
        let [before, after] = said.map(|words| words.map(str::to_owned));
        RevisedLine { report: report.to_owned(), heading, before, after }
    };
    let mut out: Vec<(bool, RevisedLine)> = Vec::new();
    for ((report, behind, said), alike) in groups {
        let names: Vec<String> = alike.iter().map(|one| one.subject.clone()).collect();
        if alike.len() > 2 {
            out.push((true, line(format!("{}{behind}", and_list(&names)), report, said)));
        } else {
            out.extend(alike.iter().map(|one| (false, line(one.heading.clone(), report, said))));
        }
    }
    // What stands for several follows what stands by itself, report by report.
    let alone = |is_folded: bool, line: &RevisedLine| (!is_folded).then(|| line.heading.clone());
    out.sort_by_cached_key(|(is_folded, one)| (one.report.clone(), *is_folded, alone(*is_folded, one)));
    out.into_iter().map(|(_, line)| line).collect()
}

/// As [`fold`], of sentences in which one edition says the same of several items of a record: `attended the
/// First Meeting (Vientiane), the Second Meeting (Beirut) and … as an observer`.
pub(super) fn fold_items<'i>(items: impl Iterator<Item = &'i ReportSentence>) -> Vec<Folded> {
    type Key<'i> = (&'i RecordId, &'i str, FieldPath, &'i PartialDate);
    let mut groups: IndexMap<Key<'_>, Vec<&ReportSentence>> = IndexMap::new();
    for one in items.filter(|one| one.earlier.is_none()) {
        let came = one.change.as_ref().filter(|change| change.before.is_none() && change.reason.is_none());
        let Some(list) = came.filter(|c| is_item(&c.path)).and_then(|c| c.path.parent()) else { continue };
        groups.entry((&one.record, &*one.rule, list, &one.to.last_updated)).or_default().push(one);
    }
    let several = groups.into_values().filter(|alike| alike.len() > 2);
    let sentence = |alike: Vec<&ReportSentence>| {
        let texts: Vec<String> = alike.iter().map(|one| one.sentence()).collect();
        Some(Folded {
            message: format!("{}: {}", alike[0].heading, joined(&texts)?),
            stands_for: alike.iter().map(|one| one.fingerprint().to_owned()).collect(),
        })
    };
    several.filter_map(sentence).collect()
}

fn is_item(path: &FieldPath) -> bool {
    matches!(path.0.last(), Some(Step::Item(_)))
}

/// Sentences that begin and end alike as one; `None` if they begin with nothing in common, or differ in
/// nothing.
fn joined(texts: &[String]) -> Option<String> {
    let first = texts.first()?;
    let alike = |other: &String| first.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let shared = texts.iter().map(alike).min().filter(|length| first.is_char_boundary(*length))?;
    let head = &first[..shared];
    let head = &head[..head.find('(').unwrap_or(shared)];
    let head = &head[..head.rfind(' ')? + 1];
    let rests: Vec<&str> = texts.iter().map(|text| &text[head.len()..]).collect();
    let ends_alike =
        |rest: &&str| rests[0].bytes().rev().zip(rest.bytes().rev()).take_while(|(a, b)| a == b).count();
    let shared = rests.iter().map(ends_alike).min()?;
    let tails = (rests[0].len() - shared..=rests[0].len()).filter(|at| rests[0].is_char_boundary(*at));
    tails.map(|at| &rests[0][at..]).find_map(|tail| with_tail(head, &rests, tail))
}

/// Whether a semicolon outside brackets begins another clause.
fn has_clause(part: &str) -> bool {
    let mut depth = 0_usize;
    part.chars().any(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ';' && depth == 0
    })
}

/// The parts between a common beginning and a common end as an enumeration; `None` if the end begins within a
/// word, or within brackets otherwise than at a remark.
fn with_tail(head: &str, rests: &[&str], tail: &str) -> Option<String> {
    let parts: Vec<&str> = rests.iter().map(|rest| &rest[..rest.len() - tail.len()]).collect();
    let is_open = |part: &&str| part.matches('(').count() > part.matches(')').count();
    let (close, tail) = match parts.iter().all(is_open) {
        // A remark on all of them stands at the end.
        true if tail.starts_with("; ") => {
            let (remark, behind) = tail[2..].split_once(')')?;
            let behind = if behind.is_empty() { " " } else { behind };
            (")", format!(" {}", aside(behind, remark).trim_start()))
        }
        true => (")", tail.strip_prefix(')')?.to_owned()),
        false if parts.iter().any(is_open) || !(tail.is_empty() || tail.starts_with(' ')) => return None,
        false => ("", tail.to_owned()),
    };
    let parts: Vec<String> = parts.iter().map(|part| format!("{part}{close}")).collect();
    // What has a clause of its own behind it is no part of an enumeration.
    if parts.iter().any(|part| has_clause(part)) {
        return None;
    }
    let are_distinct =
        parts.iter().enumerate().all(|(at, part)| !part.is_empty() && !parts[..at].contains(part));
    are_distinct.then(|| format!("{head}{}{tail}", and_list(&parts)))
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
            message: format!("{}{behind}: {}", and_list(&names), of_several(&sentence)),
            stands_for: alike.iter().map(|one| one.fingerprint().to_owned()).collect(),
        }
    };
    several.map(sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::{joined, of_several};

    fn join(texts: &[&str]) -> Option<String> {
        joined(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn what_has_its_own_is_said_of_each_of_several() {
        assert_eq!(of_several("wrote in its letter of 2012"), "each wrote in its letter of 2012");
        assert_eq!(of_several("now recorded: keeps its boat"), "now recorded: keeps its boat");
        assert_eq!(of_several("left (its own way)"), "left (its own way)");
    }

    #[test]
    fn what_begins_and_ends_alike_is_one_sentence() {
        let late = "first recorded in the edition of 4 May 2020";
        assert_eq!(
            join(&[
                &format!("came to the First Round (Turin, May 2010) as a guest ({late})"),
                &format!("came to the Second Round (Rome, May 2011) as a guest ({late})"),
                &format!("came to the Fifth Round (Turin, May 2014) as a guest ({late})"),
            ]),
            Some(format!(
                "came to the First Round (Turin, May 2010), Second Round (Rome, May 2011) and Fifth \
                    Round (Turin, May 2014) as a guest ({late})"
            ))
        );
        // A remark within the brackets stands behind all of them.
        assert_eq!(
            join(&[
                &format!("came to the First Round (Turin, May 2010; not named; {late})"),
                &format!("came to the Second Round (Rome, May 2011; not named; {late})"),
            ]),
            Some(format!(
                "came to the First Round (Turin, May 2010) and Second Round (Rome, May 2011) (not \
                    named; {late})"
            ))
        );
        assert_eq!(
            join(&[
                &format!("came to the First Round (Turin, May 2010; not named) as a guest ({late})"),
                &format!("came to the Second Round (Rome, May 2011; not named) as a guest ({late})"),
            ]),
            Some(format!(
                "came to the First Round (Turin, May 2010) and Second Round (Rome, May 2011) as a guest \
                    ({late}; not named)"
            ))
        );
        assert_eq!(
            join(&["said it in a letter of 2012", "said it in a letter of 2014"]),
            Some("said it in a letter of 2012 and 2014".to_owned())
        );
        assert_eq!(
            join(&["chose (A, 2012)", "chose (A, 2014)"]),
            Some("chose (A, 2012) and (A, 2014)".to_owned())
        );
        // One source differs on one of them: each stands by itself.
        assert_eq!(
            join(&["came to A (2012)", "came to B (2013); one source differs", "came to C (2014)"]),
            None
        );
        assert_eq!(join(&["alike", "alike"]), None);
        assert_eq!(join(&["came late", "went early"]), None);
    }
}
