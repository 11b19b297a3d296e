//! The lead: the news of a report in numbers.

use super::takes::takes_sentence;
use crate::model::report::{CorrectedSince, ReportSentence, RevisedReport, RevisedSentence};
use crate::model::text::{capital, count_in_words};
use crate::rules::and_list;
use crate::schema::{LeadSpec, TakeSpec};
use std::collections::HashSet;

/// The news in numbers, as one sentence.
pub(super) fn lead(spec: &[LeadSpec], developments: &[ReportSentence]) -> String {
    let count = |one: &LeadSpec| {
        let taken =
            developments.iter().filter(|sentence| one.take.iter().any(|take| takes_sentence(take, sentence)));
        match &one.by {
            Some(by) => taken.filter_map(|sentence| sentence.groups.get(by)).collect::<HashSet<_>>().len(),
            None => taken.count(),
        }
    };
    let sentence = and_list(&counts_in_words(spec, count));
    if sentence.is_empty() { sentence } else { format!("{}.", capital(&sentence)) }
}

fn counts_in_words(spec: &[LeadSpec], count: impl Fn(&LeadSpec) -> usize) -> Vec<String> {
    let words = |one: &LeadSpec| match count(one) {
        0 => None,
        1 => Some(one.one.clone()),
        n => Some(one.many.replace("{n}", &count_in_words(n))),
    };
    spec.iter().filter_map(words).collect()
}

/// The news with how much of the period later editions brought, and what of it the lead names.
pub(super) fn with_later(lead: String, spec: &[LeadSpec], since: &CorrectedSince) -> String {
    let of_report = |one: &'_ RevisedReport| one.sentences.iter().filter(|s| s.before.is_none()).count();
    let later = match since.revised.iter().map(of_report).sum() {
        0 => return lead,
        1 => "Later editions recorded one more event of the period".to_owned(),
        n => format!("Later editions recorded {} more events of the period", count_in_words(n)),
    };
    let count = |one: &LeadSpec| {
        let takes = |s: &&RevisedSentence| {
            let is_change = |take: &&TakeSpec| take.states.is_none() && take.variants.is_none();
            s.before.is_none() && one.take.iter().filter(is_change).any(|take| take.takes_rule(&s.rule, None))
        };
        let in_report = |report: &RevisedReport| report.sentences.iter().filter(takes).count();
        match &one.by {
            Some(by) => {
                let reports = since.revised.iter().filter(|report| in_report(report) > 0);
                reports.filter_map(|report| report.groups.get(by)).collect::<HashSet<_>>().len()
            }
            None => since.revised.iter().map(in_report).sum(),
        }
    };
    let named = and_list(&counts_in_words(spec, count));
    let later = if named.is_empty() { later } else { format!("{later}, among them that {named}") };
    if lead.is_empty() { format!("{later}.") } else { format!("{lead} {later}.") }
}
