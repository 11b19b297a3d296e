//! The kinds of checks: which `kind` of a rule reads which parameters, and runs what.

use super::record::Record;
use super::{
    builtin, conditions, dates, evidence, modeline, new_source, occasions, order, other_record, own_occasion,
    references, table_dates, wording,
};
use crate::model::Finding;
use crate::schema::{CheckRule, Policy, PolicyError};
use serde::de::DeserializeOwned;

/// The check of a rule, with its parameters.
pub(super) enum Check {
    BuiltIn,
    DateLimit(dates::Limit),
    DateOrder(order::DateOrder),
    Interval(order::Interval),
    Condition(conditions::Condition),
    RollCall(occasions::RollCall),
    ReportedDate(occasions::ReportedDate),
    Calendar(occasions::InCalendar),
    InTable(references::InTable),
    Evidence(evidence::EvidenceCheck),
    Wording(wording::Wording),
    OtherRecord(other_record::OtherRecord),
    OwnOccasion(own_occasion::OwnOccasion),
    Stage(own_occasion::AtStage),
    TableDate(table_dates::TableDate),
    NewSource(new_source::NewSource),
    Modeline,
}

/// Reads the parameters of a rule.
///
/// # Errors
/// A kind that is none, or parameters that its check does not take.
pub(super) fn compile(policy: &Policy, rule: &CheckRule) -> Result<Check, PolicyError> {
    let file = format!("{}/checks/{}.yaml", policy.rules_folder, rule.id);
    let own = builtin::BUILT_IN.iter().any(|(id, _)| *id == rule.id);
    let check = match rule.kind.as_str() {
        "built-in" if own => Check::BuiltIn,
        "built-in" => {
            return Err(PolicyError::whole(&file, "`kind: built-in` is for the program's own rules only"));
        }
        "date-limit" => Check::DateLimit(parameters(&file, rule)?),
        "date-order" => Check::DateOrder(parameters(&file, rule)?),
        "interval" => Check::Interval(parameters(&file, rule)?),
        "condition" => Check::Condition(parameters(&file, rule)?),
        "roll-call" => Check::RollCall(parameters(&file, rule)?),
        "reported-date" => Check::ReportedDate(parameters(&file, rule)?),
        "calendar" => Check::Calendar(parameters(&file, rule)?),
        "in-table" => Check::InTable(parameters(&file, rule)?),
        "evidence" => Check::Evidence(parameters(&file, rule)?),
        "wording" => Check::Wording(parameters(&file, rule)?),
        "other-record" => Check::OtherRecord(parameters(&file, rule)?),
        "own-occasion" => Check::OwnOccasion(parameters(&file, rule)?),
        "stage" => Check::Stage(parameters(&file, rule)?),
        "table-date" => Check::TableDate(parameters(&file, rule)?),
        "new-source" => Check::NewSource(parameters(&file, rule)?),
        "modeline" if rule.parameters.is_null() => Check::Modeline,
        other => {
            return Err(PolicyError::whole(&file, format!("kind: there is no check of the kind `{other}`")));
        }
    };
    let fault = match &check {
        Check::OtherRecord(other) => other.fault(rule),
        Check::TableDate(limits) => limits.fault(),
        _ => None,
    };
    match fault {
        Some(message) => Err(PolicyError::whole(&file, format!("parameters: {message}"))),
        None => Ok(check),
    }
}

fn parameters<T: DeserializeOwned>(file: &str, rule: &CheckRule) -> Result<T, PolicyError> {
    let given = if rule.parameters.is_null() { serde_json::json!({}) } else { rule.parameters.clone() };
    serde_json::from_value(given).map_err(|error| PolicyError::whole(file, format!("parameters: {error}")))
}

impl Check {
    /// Runs the check on a record.
    pub(super) fn run(&self, record: &Record<'_>, rule: &CheckRule, out: &mut Vec<Finding>) {
        match self {
            // `other-record` needs more than one record (`other_record::contradictions`), `new-source` two
            // states of one (`gate::edited`).
            Check::BuiltIn | Check::OtherRecord(_) | Check::NewSource(_) => {}
            Check::DateLimit(limit) => dates::run(record, rule, limit, out),
            Check::DateOrder(order) => order::run(record, rule, order, out),
            Check::Interval(interval) => order::run_interval(record, rule, interval, out),
            Check::Condition(condition) => conditions::run(record, rule, condition, out),
            Check::RollCall(lists) => occasions::against_lists(record, rule, lists, out),
            Check::ReportedDate(reported) => occasions::reported_date(record, rule, reported, out),
            Check::Calendar(calendar) => occasions::in_calendar(record, rule, calendar, out),
            Check::InTable(table) => references::in_table(record, rule, table, out),
            Check::Evidence(evidence) => evidence::run(record, rule, evidence, out),
            Check::Wording(wording) => wording::run(record, rule, wording, out),
            Check::OwnOccasion(own) => own_occasion::run(record, rule, own, out),
            Check::Stage(stage) => own_occasion::at_stage(record, rule, stage, out),
            Check::TableDate(limits) => table_dates::run(record, rule, limits, out),
            Check::Modeline => modeline::run(record, rule, out),
        }
    }
}
