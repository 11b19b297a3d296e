//! What was found, as an answer.

use super::step::{CheckedStep, PolicyFrom, StepFindings};
use crate::check::all_rules;
use crate::model::Finding;
use crate::model::finding::{Accepted, FindingsView, RuleLine, Summary};
use crate::schema::CheckRule;

/// The answer about a step.
pub fn step_view(step: &CheckedStep<'_>, outcome: StepFindings) -> FindingsView {
    let summary = Summary { files: outcome.files, older: outcome.older, ..Summary::default() };
    let rules = all_rules(&outcome.dataset.policy).iter().map(rule_line).collect();
    let mut view = findings_view(rules, outcome.findings, outcome.accepted, summary);
    view.base = Some(step.base);
    view.policy_changes = outcome.policy_changes;
    view.own_acceptances = outcome.own_acceptances;
    view.policy_from = match step.policy_from {
        PolicyFrom::Base => "base",
        PolicyFrom::Head => "head",
    };
    view
}

/// The answer about one state; `summary` holds what is counted elsewhere.
pub fn findings_view(
    rules: Vec<RuleLine>,
    findings: Vec<Finding>,
    accepted: Vec<Accepted>,
    mut summary: Summary,
) -> FindingsView {
    summary.count(&findings);
    summary.ignored = accepted.iter().filter(|one| one.in_source).count();
    summary.baselined = accepted.len() - summary.ignored;
    FindingsView {
        format: "sincewhen.findings/1",
        findings,
        summary,
        base: None,
        policy_from: "head",
        policy_changes: Vec::new(),
        own_acceptances: Vec::new(),
        folds_notes: false,
        accepted,
        rules,
    }
}

/// A rule as answers name it.
pub fn rule_line(rule: &CheckRule) -> RuleLine {
    RuleLine {
        id: rule.id.clone(),
        level: rule.level,
        title: rule.title.clone(),
        why: rule.why.trim().to_owned(),
        accept: rule.accept.as_str(),
    }
}
