//! Events that two records of a subject mention: the record that they belong to reports them.
//!
//! A state's accession to one treaty is an event of its record on that treaty; its record on another treaty
//! may mention it. The manifest says which sentences are such mentions, and of which record. Where that
//! record reports the event in the same period, the mention is left out. Names no rule: those are the
//! manifest's.

use super::period_sentence::PeriodSentence;
use super::reported::ReportedRecord;
use super::takes::{takes, takes_of_any_nature};
use crate::model::report::RevisedSentence;
use crate::model::{DateRange, Identity, NatureKind, PartialDate};
use crate::schema::{ReportSpec, SaidElsewhereSpec, TakeSpec};
use std::collections::HashMap;

/// Leaves out what another of the records reports as an event of its own in the same period.
pub(super) fn leave_to_own_records(spec: &ReportSpec, accounts: &mut [ReportedRecord<'_>]) {
    let own: Vec<OwnEvents> = spec.said_elsewhere.iter().map(|rule| own_events(rule, accounts)).collect();
    for account in accounts {
        let identity = account.identity;
        let is_said = |mentions: &dyn Fn(&SaidElsewhereSpec) -> bool, when: Option<&DateRange>| {
            let mut rules = spec.said_elsewhere.iter().zip(&own).filter(|(rule, _)| mentions(rule));
            rules.any(|(rule, own)| own.get(&own_record(rule, identity)).is_some_and(|days| has(days, when)))
        };
        let before = account.said.sentences.len();
        account
            .said
            .sentences
            .retain(|one| !is_said(&|rule| is_mention(rule, one), one.when.as_ref().map(|(_, range)| range)));
        if before > 0 && account.said.sentences.is_empty() {
            account.fate.says_nothing();
        }
        for report in &mut account.reread {
            report.sentences.retain(|one| {
                let when = one.date.as_ref().map(PartialDate::range);
                !is_said(&|rule| would_mention(rule, one), when.as_ref())
            });
        }
        account.reread.retain(|report| !report.sentences.is_empty());
    }
}

/// When the events of records took place, by the records' names.
type OwnEvents = HashMap<Identity, Vec<DateRange>>;

/// The events that records report as their own.
fn own_events(rule: &SaidElsewhereSpec, accounts: &[ReportedRecord<'_>]) -> OwnEvents {
    let is_own = |sentence: &&PeriodSentence| {
        !sentence.takes_back() && rule.by.iter().any(|take| takes_of_any_nature(take, sentence))
    };
    let days = |account: &ReportedRecord<'_>| -> Vec<DateRange> {
        let own = account.said.sentences.iter().filter(is_own);
        own.filter_map(|sentence| sentence.when.as_ref().map(|(_, range)| *range)).collect()
    };
    accounts.iter().map(|account| (account.identity.clone(), days(account))).collect()
}

/// The name of the record of the same subject that an event belongs to.
fn own_record(rule: &SaidElsewhereSpec, mention: &Identity) -> Identity {
    let field =
        |(name, value): &(String, String)| (name.clone(), rule.record.get(name).unwrap_or(value).clone());
    Identity(mention.0.iter().map(field).collect())
}

/// Whether one of some events is that of a mention, by its date.
fn has(days: &[DateRange], when: Option<&DateRange>) -> bool {
    when.is_some_and(|when| days.contains(when))
}

fn is_mention(rule: &SaidElsewhereSpec, sentence: &PeriodSentence) -> bool {
    let nature = sentence.nature().map_or(NatureKind::Development, |nature| nature.kind);
    rule.take.iter().any(|take| takes(take, sentence, nature))
}

/// As [`is_mention`], of what a report would also say.
fn would_mention(rule: &SaidElsewhereSpec, sentence: &RevisedSentence) -> bool {
    let takes =
        |take: &TakeSpec| take.takes_rule(&sentence.rule, None) && take.takes_field(sentence.path.as_ref());
    sentence.before.is_none() && rule.take.iter().any(takes)
}
