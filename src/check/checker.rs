//! The checks of a dataset, compiled, and what they find in a file.

use super::basis::CheckBasis;
use super::checked_file::{Checked, CheckedFile};
use super::kinds::{Check, compile};
use super::occasions::InCalendar;
use super::record::{Record, applies, sort};
use super::schema::Validator;
use super::walk::Walk;
use super::{builtin, dates, identity, references, schema, yaml};
use crate::dataset::Reference;
use crate::document;
use crate::schema::{CheckRule, Policy, PolicyError, Role};
use chrono::NaiveDate;
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};

/// The checks of a dataset, compiled.
pub struct Checker<'a> {
    /// What they judge by.
    basis: CheckBasis<'a>,
    /// The checks of the basis's rules, in their order.
    checks: Vec<Check>,
    pub(super) validators: HashMap<Role, Validator>,
}

/// A checker answers for what it judges by.
impl<'a> Deref for Checker<'a> {
    type Target = CheckBasis<'a>;

    fn deref(&self) -> &CheckBasis<'a> {
        &self.basis
    }
}

impl<'a> DerefMut for Checker<'a> {
    fn deref_mut(&mut self) -> &mut CheckBasis<'a> {
        &mut self.basis
    }
}

impl<'a> Checker<'a> {
    /// Compiles the rules and schemas of a policy. `today` is the civil day that counts as the present.
    ///
    /// # Errors
    /// A rule with an unknown kind or parameters its check does not take; a schema that cannot be compiled or
    /// refers to anything outside its folder.
    pub fn new(
        policy: &'a Policy,
        reference: &'a Reference,
        today: NaiveDate,
    ) -> Result<Checker<'a>, PolicyError> {
        let acts_and_observations = policy
            .rules
            .acts
            .iter()
            .map(|rule| &rule.id)
            .chain(policy.rules.observations.iter().map(|rule| &rule.id));
        if let Some(id) =
            acts_and_observations.into_iter().find(|id| builtin::BUILT_IN.iter().any(|(own, _)| own == id))
        {
            let message = format!("the id `{id}` is taken by a check that comes with the program");
            return Err(PolicyError::whole(&policy.rules_folder, message));
        }
        let mut all: HashMap<String, CheckRule> =
            builtin::rules().iter().map(|rule| (rule.id.clone(), rule.clone())).collect();
        for rule in &policy.rules.checks {
            all.insert(rule.id.clone(), rule.clone());
        }
        let mut rules: Vec<CheckRule> = all.into_values().collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        let checks = rules.iter().map(|rule| compile(policy, rule)).collect::<Result<Vec<_>, _>>()?;
        let validators = schema::compile_all(policy)?;
        Ok(Checker { basis: CheckBasis::new(policy, reference, today, rules), checks, validators })
    }

    /// The rules with their checks, by id.
    pub(super) fn checks(&self) -> impl Iterator<Item = (&CheckRule, &Check)> {
        self.basis.rules().zip(&self.checks)
    }

    /// Checks one file by itself.
    pub fn check(&self, source: &CheckedFile) -> Checked {
        let identity = self.identity(source);
        let mut out = Vec::new();
        let file = self.file(source, identity.as_ref());
        yaml::run(&file, &mut out);
        let Some(doc) = &source.reading.document else { return Checked { findings: out, identity } };
        if let Some(validator) = self.validators.get(&source.role) {
            schema::run(&file, doc, validator, &mut out);
        }
        if let Some(kind) = file.kind {
            let walk = Walk::of(doc, &kind.shape);
            let record = Record { file: &file, doc, kind, walk: &walk, identity: identity.as_ref() };
            identity::run(&record, &mut out);
            dates::unreadable(&record, &mut out);
            let applying =
                self.checks().filter(|(rule, _)| applies(rule, identity.as_ref(), Some(&doc.root)));
            let applying: Vec<_> = applying.collect();
            let calendars: Vec<&InCalendar> = applying
                .iter()
                .filter_map(|(_, check)| match check {
                    Check::Calendar(limit) => Some(limit),
                    _ => None,
                })
                .collect();
            references::run(&record, &calendars, &mut out);
            for (rule, check) in applying {
                check.run(&record, rule, &mut out);
            }
        }
        if out.iter().any(|finding| finding.fix.is_some())
            && document::is_toml(source.reading.text.as_bytes())
        {
            // Fixes are written in YAML.
            out.iter_mut().for_each(|finding| finding.fix = None);
        }
        sort(&mut out);
        Checked { findings: out, identity }
    }
}

/// The rules of a dataset with the program's own, without compiling them: for reference pages.
pub fn all_rules(policy: &Policy) -> Vec<CheckRule> {
    let own = &policy.rules.checks;
    let mut all: Vec<CheckRule> =
        builtin::rules().iter().filter(|rule| own.iter().all(|o| o.id != rule.id)).cloned().collect();
    all.extend(own.iter().cloned());
    all.sort_by(|a, b| a.id.cmp(&b.id));
    all
}
