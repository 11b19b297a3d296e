//! What is wrong with a dataset's own words about itself, though commands run: annotations without effect,
//! files that are named and not there, grammars that `import` refuses, a manifest under which nothing is a
//! record. Must not judge records.

use super::state::{self, entries, policy_finding};
use super::{CheckedFile, Checker};
use crate::dataset::{self, Reference};
use crate::files::Files;
use crate::model::{Failure, Finding, RepoPath};
use crate::rules::{fields, fingerprint};
use crate::schema::{ObservationKind, OneOrMany, Policy, PolicyError, Role, TakeSpec, annotations, manifest};
use std::collections::BTreeMap;

/// What would keep `import` from using the grammars of a state; they belong to no stage that checks know.
pub type GrammarFaults = fn(&dyn Files, &Policy, &Reference) -> Vec<PolicyError>;

/// What keeps `export` from using the manifest of a state.
pub type ExportFault = fn(&Policy, &Reference) -> Option<PolicyError>;

/// What is wrong with the manifest's section `export`.
pub fn of_export(
    checker: &Checker<'_>,
    find: ExportFault,
    (policy, reference): (&Policy, &Reference),
    files: &dyn Files,
) -> Option<Finding> {
    let fault = find(policy, reference)?;
    let mut found = policy_finding(checker, &fault, files)?;
    found.message = format!("`export` cannot use this: {}", fault.message);
    Some(found)
}

/// What is wrong with the grammars of imports.
pub fn of_grammars(
    checker: &Checker<'_>,
    find: GrammarFaults,
    (policy, reference): (&Policy, &Reference),
    files: &dyn Files,
) -> Vec<Finding> {
    let finding = |fault: &PolicyError| {
        let mut found = policy_finding(checker, fault, files)?;
        found.message = format!("`import` cannot use this: {}", fault.message);
        Some(found)
    };
    find(files, policy, reference).iter().filter_map(finding).collect()
}

/// All that is wrong with the policy of a state that loads: its rules, annotations without effect, files that
/// are named and not there.
pub fn of_policy(
    checker: &Checker<'_>,
    policy: &Policy,
    reference: &Reference,
    files: &dyn Files,
) -> Vec<Finding> {
    let mut found = state::rule_faults(checker, policy, reference, files);
    found.extend(of_schemas_and_names(checker, policy, files));
    found
}

fn of_schemas_and_names(checker: &Checker<'_>, policy: &Policy, files: &dyn Files) -> Vec<Finding> {
    let mut out = Vec::new();
    let mut add = |rule: &str, file: &str, message: String| {
        let found = checker.about_file(rule, &RepoPath::from(file), message.clone(), None);
        out.extend(found.map(|mut found| {
            found.fingerprint = fingerprint(&serde_json::json!([rule, file, message]));
            found
        }));
    };
    let kinds: BTreeMap<&str, _> =
        policy.kinds.iter().map(|kind| (kind.schema_path.as_str(), kind)).collect();
    for (file, kind) in kinds {
        let unknown = annotations::unknown_properties(&kind.shape);
        for message in annotations::faults(&kind.schema).into_iter().chain(unknown) {
            add("schema-annotation", file, message);
        }
    }
    let own = policy.path(manifest::FILE_NAME);
    let tables = policy.manifest.tables.iter().map(|(name, spec)| ("tables", name, &spec.path));
    let calendars = policy.manifest.calendars.iter().map(|(name, spec)| ("calendars", name, &spec.path));
    for (what, name, path) in tables.chain(calendars) {
        if files.read(&policy.path(path)).is_ok_and(|found| found.is_none()) {
            let message = format!("{what}: `{name}`: there is no file {}", policy.path(path));
            add("manifest-missing-file", &own, message);
        }
    }
    unknown_names(policy).into_iter().for_each(|message| add("manifest-unknown-name", &own, message));
    out
}

/// What the manifest calls by a name that nothing has: calendars of strips, and rules whose sentences the
/// report takes.
fn unknown_names(policy: &Policy) -> Vec<String> {
    let manifest = &policy.manifest;
    let strips = manifest.strips.iter().filter(|strip| !manifest.calendars.contains_key(&strip.calendar));
    let mut out: Vec<String> = strips
        .map(|strip| format!("strips: `{}`: no calendar is named `{}`", strip.label, strip.calendar))
        .collect();
    let (report, rules) = (&manifest.report, &policy.rules);
    let sections = report.sections.iter().map(|one| (format!("sections: `{}`", one.id), &one.take));
    let lead = report.lead.iter().map(|one| ("lead".to_owned(), &one.take));
    let fold = report.fold.iter().map(|one| ("fold".to_owned(), &one.take));
    let elsewhere = report.said_elsewhere.iter();
    let elsewhere =
        elsewhere.flat_map(|one| [&one.take, &one.by].map(|take| ("said_elsewhere".to_owned(), take)));
    let acts = rules.acts.iter().map(|rule| rule.id.clone()).chain(fields::ids(policy));
    let acts: Vec<String> = acts.collect();
    let is_known = |pattern: &String| {
        let take = TakeSpec { rules: Some(OneOrMany::One(pattern.clone())), ..TakeSpec::default() };
        acts.iter().any(|id| take.takes_rule(id, None))
            || ObservationKind::ALL.iter().any(|kind| kind.as_str() == pattern)
            || rules.observations.iter().any(|rule| take.takes_rule(&rule.id, Some(rule.kind.as_str())))
    };
    for (place, takes) in sections.chain(lead).chain(fold).chain(elsewhere) {
        let patterns = takes.iter().filter_map(|take| take.rules.as_ref()).flat_map(OneOrMany::as_slice);
        let unknown = patterns.filter(|pattern| !is_known(pattern));
        out.extend(unknown.map(|pattern| format!("report: {place}: no rule is named `{pattern}`")));
    }
    out
}

/// A manifest under which no file is a record with a name and a date: every command would answer with
/// nothing, or stop.
///
/// # Errors
/// A state whose files cannot be read.
pub fn without_records(
    checker: &Checker<'_>,
    policy: &Policy,
    files: &dyn Files,
) -> Result<Option<Finding>, Failure> {
    let is_record = |source: &CheckedFile| {
        let Role::Record(kind) = source.role else { return false };
        let Some(doc) = &source.reading.document else { return false };
        let head = dataset::read_head(&policy.kinds[kind], &doc.root, source.standing());
        head.identity.is_some() && (head.date.is_some() || head.by_commit)
    };
    let mut message = "with it no file is a record";
    for entry in
        entries(files, policy, &|_| true)?.iter().filter(|entry| matches!(entry.role, Role::Record(_)))
    {
        if entry.sources(policy, false).iter().any(is_record) {
            return Ok(None);
        }
        message = "with it no record has a name and a date";
    }
    let fault = PolicyError::whole(&policy.path(manifest::FILE_NAME), message);
    Ok(policy_finding(checker, &fault, files))
}
