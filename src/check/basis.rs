//! What checks judge by: the policy, the tables and calendars, the day, and the rules.

use super::checked_file::CheckedFile;
use crate::dataset::{self, Reference};
use crate::model::{DateRange, Finding, Identity, RepoPath};
use crate::rules::fingerprint;
use crate::schema::{Acceptors, CheckRule, Policy, Role};
use chrono::NaiveDate;
use std::collections::HashMap;

/// What checks judge by.
pub struct CheckBasis<'a> {
    pub(super) policy: &'a Policy,
    pub(super) reference: &'a Reference,
    pub(super) today: NaiveDate,
    /// The rules, by id.
    rules: Vec<CheckRule>,
    by_id: HashMap<String, usize>,
    /// Whether comments accept only what anyone may accept: the branch is not trusted.
    distrusts: bool,
}

impl<'a> CheckBasis<'a> {
    pub(super) fn new(
        policy: &'a Policy,
        reference: &'a Reference,
        today: NaiveDate,
        rules: Vec<CheckRule>,
    ) -> CheckBasis<'a> {
        let by_id = rules.iter().enumerate().map(|(at, rule)| (rule.id.clone(), at)).collect();
        CheckBasis { policy, reference, today, rules, by_id, distrusts: false }
    }

    /// The rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &CheckRule> {
        self.rules.iter()
    }

    /// Whether files of a kind hold many records each.
    pub fn has_items(&self, kind: usize) -> bool {
        self.policy.kinds[kind].spec.items.is_some()
    }

    /// The policy that judges.
    pub fn policy(&self) -> &'a Policy {
        self.policy
    }

    /// The day that counts as the present.
    pub fn today(&self) -> NaiveDate {
        self.today
    }

    /// The day up to which nothing lies in the future: tomorrow, since an editor's calendar can be a day
    /// ahead of the clock of the computer that checks (UTC+14 against UTC).
    pub(super) fn last_day(&self) -> DateRange {
        let tomorrow = self.today.succ_opt().unwrap_or(self.today);
        DateRange::days(tomorrow, tomorrow)
    }

    /// From now on a comment accepts only what anyone may accept: for edits of untrusted branches.
    pub fn distrust_comments(&mut self) {
        self.distrusts = true;
    }

    /// Whether a finding of a rule can be accepted at all.
    pub fn can_be_accepted(&self, rule: &str) -> bool {
        self.rule(rule).is_none_or(|rule| rule.accept != Acceptors::Never)
    }

    /// Whether a comment in the file accepts a finding of a rule.
    pub(super) fn comment_counts(&self, rule: &CheckRule) -> bool {
        match rule.accept {
            Acceptors::Never => false,
            Acceptors::Maintainer => !self.distrusts,
            Acceptors::Anyone => true,
        }
    }

    /// A finding about a file as a whole, from outside this module.
    pub fn about_file(
        &self,
        rule: &str,
        source: &RepoPath,
        message: String,
        help: Option<String>,
    ) -> Option<Finding> {
        let rule = self.rule(rule)?;
        Some(Finding {
            rule: rule.id.clone(),
            level: rule.level,
            message,
            file: source.clone(),
            place: None,
            commit: None,
            ended_by: None,
            record: None,
            path: None,
            related: Vec::new(),
            help: help.or_else(|| rule.help.clone()),
            fix: None,
            ignore_hint: None,
            fingerprint: fingerprint(&serde_json::json!([rule.id, source.to_string()])),
            new: false,
            text: None,
        })
    }

    pub(super) fn rule(&self, id: &str) -> Option<&CheckRule> {
        self.by_id.get(id).map(|at| &self.rules[*at])
    }

    /// The identity of a record, if the file is one and states it.
    pub fn identity(&self, source: &CheckedFile) -> Option<Identity> {
        let Role::Record(kind) = source.role else { return None };
        let doc = source.reading.document.as_ref()?;
        dataset::identity_of(&self.policy.kinds[kind], &doc.root, source.standing())
    }
}
