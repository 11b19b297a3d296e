//! What is wrong with a dataset: in one state of it (`state`), in a step between two (`step`), in every revision that was ever
//! committed (`history`). `fix` makes the safe edits that findings propose, `views` the answers. Must not know the command line
//! or read a clock.
//!
//! The checks themselves are one file a family; they read no files and no git: everything to be looked at comes in, findings go
//! out. A rule is data (`schema::check_rules`); its `kind` names the check that runs it.
//!
//! | kind | file | finds |
//! |---|---|---|
//! | `built-in` | `yaml`, `schema`, `references`, `identity`, `gate`, `suppress` | what the rule's id says; no parameters |
//! | `date-limit` | `dates` | dates later than today, or than the edition |
//! | `date-order`, `interval` | `order` | events out of order, or too close to each other |
//! | `condition` | `conditions` | fields that a value demands or rules out |
//! | `roll-call`, `reported-date`, `calendar` | `occasions` | entries at odds with the calendar |
//! | `in-table` | `references` | identity fields that a table does not have |
//! | `evidence` | `evidence` | claims without a source |
//! | `wording` | `wording` | words of a text that other fields contradict |
//! | `other-record` | `other_record` | fields that another record contradicts |
//! | `own-occasion`, `stage` | `own_occasion` | entries at odds with an occasion of the record's own subject, or with what that was then |
//! | `table-date` | `table_dates` | dates before or after those that a table gives |
//! | `modeline` | `modeline` | records whose first line does not name their schema for editors |

pub mod baseline;
pub mod builtin;
mod conditions;
mod dates;
mod evidence;
pub mod fix;
pub mod formerly;
pub mod gate;
mod gate_words;
pub mod history;
mod identity;
mod losses;
mod modeline;
mod occasions;
mod order;
mod other_record;
mod own_occasion;
pub mod pages;
pub mod reference_gate;
mod references;
mod revert;
mod schema;
mod schema_words;
mod stages;
pub mod state;
pub mod step;
mod strays;
pub mod suppress;
mod table_dates;
pub mod views;
mod walk;
mod wording;
mod words;
mod yaml;

pub use identity::{KnownRecord, moved, twins};
pub use other_record::contradictions;
pub use schema::Validator;

use crate::dataset::{self, Reference};
use crate::document::Reading;
use crate::model::finding::{Fix, Related, Replacement};
use crate::model::{
    ByteSpan, DateRange, Document, FieldPath, Finding, Identity, Node, PartialDate, Place, RecordId, RepoPath,
};
use crate::rules::fingerprint;
pub use crate::schema::Role;
use crate::schema::{Acceptors, CheckRule, Kind, Policy, PolicyError, record_text};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use walk::Walk;

/// A file to be checked.
#[derive(Clone, Debug)]
pub struct CheckedFile {
    /// Its path from the repository's root.
    pub file: RepoPath,
    /// What it is.
    pub role: Role,
    /// The item's key, where the file holds a mapping of records.
    pub key: Option<String>,
    /// Its text, tree, comments and problems; of an item, its own tree in the file's text.
    pub reading: Reading,
}

impl CheckedFile {
    /// Where it stands, as far as that can name a record.
    pub fn standing(&self) -> dataset::RecordPlace<'_> {
        dataset::RecordPlace { file: self.file.as_str().unwrap_or_default(), key: self.key.as_deref() }
    }
}

/// What was found in one file.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// The findings, by place.
    pub findings: Vec<Finding>,
    /// The record's identity, if the file is a record and has one.
    pub identity: Option<Identity>,
}

/// The checks of a dataset, compiled.
pub struct Checker<'a> {
    policy: &'a Policy,
    reference: &'a Reference,
    today: NaiveDate,
    rules: Vec<Active>,
    by_id: HashMap<String, usize>,
    validators: HashMap<Role, Validator>,
    /// Whether comments accept only what anyone may accept: the branch is not trusted.
    distrusts: bool,
}

/// A rule with its parameters read.
struct Active {
    rule: CheckRule,
    check: Check,
}

enum Check {
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
    Modeline,
}

impl<'a> Checker<'a> {
    /// Compiles the rules and schemas of a policy. `today` is the civil day that counts as the present.
    ///
    /// # Errors
    /// A rule with an unknown kind or parameters its check does not take; a schema that cannot be compiled or refers to anything
    /// outside its folder.
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
        let mut rules = all.into_values().map(|rule| compile(policy, rule)).collect::<Result<Vec<_>, _>>()?;
        rules.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        let by_id = rules.iter().enumerate().map(|(at, active)| (active.rule.id.clone(), at)).collect();
        let validators = schema::compile_all(policy)?;
        Ok(Checker { policy, reference, today, rules, by_id, validators, distrusts: false })
    }

    /// The rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &CheckRule> {
        self.rules.iter().map(|active| &active.rule)
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

    /// The day up to which nothing lies in the future: tomorrow, since an editor's calendar can be a day ahead of the clock
    /// of the computer that checks (UTC+14 against UTC).
    fn last_day(&self) -> DateRange {
        let tomorrow = self.today.succ_opt().unwrap_or(self.today);
        DateRange::days(tomorrow, tomorrow)
    }

    /// From now on a comment accepts only what anyone may accept: for edits that strangers propose.
    pub fn distrust_comments(&mut self) {
        self.distrusts = true;
    }

    /// Whether a finding of a rule can be accepted at all.
    pub fn can_be_accepted(&self, rule: &str) -> bool {
        self.rule(rule).is_none_or(|rule| rule.accept != Acceptors::Never)
    }

    /// Whether a comment in the file accepts a finding of a rule.
    fn comment_counts(&self, rule: &CheckRule) -> bool {
        match rule.accept {
            Acceptors::Never => false,
            Acceptors::Maintainer => !self.distrusts,
            Acceptors::Anyone => true,
        }
    }

    /// Checks one file by itself.
    pub fn check(&self, source: &CheckedFile) -> Checked {
        let identity = self.identity(source);
        let mut out = Vec::new();
        let file = self.file(source, identity.as_ref());
        yaml::run(&file, &mut out);
        let Some(doc) = &source.reading.document else { return Checked { findings: out, identity } };
        schema::run(&file, doc, &mut out);
        if let Some(kind) = file.kind {
            let walk = Walk::of(doc, &kind.shape);
            let record = Record { file: &file, doc, kind, walk: &walk, identity: identity.as_ref() };
            identity::run(&record, &mut out);
            dates::unreadable(&record, &mut out);
            references::run(&record, &mut out);
            for active in
                self.rules.iter().filter(|active| applies(&active.rule, identity.as_ref(), Some(&doc.root)))
            {
                record.run(active, &mut out);
            }
        }
        sort(&mut out);
        Checked { findings: out, identity }
    }

    /// The identity of a record, if the file is one and states it.
    pub fn identity(&self, source: &CheckedFile) -> Option<Identity> {
        let Role::Record(kind) = source.role else { return None };
        let doc = source.reading.document.as_ref()?;
        dataset::identity_of(&self.policy.kinds[kind], &doc.root, source.standing())
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

    fn rule(&self, id: &str) -> Option<&CheckRule> {
        self.by_id.get(id).map(|at| &self.rules[*at].rule)
    }

    fn file<'f>(&'f self, source: &'f CheckedFile, identity: Option<&Identity>) -> File<'f> {
        let kind = match source.role {
            Role::Record(kind) => Some(&self.policy.kinds[kind]),
            _ => None,
        };
        File { checker: self, source, kind, record: identity.map(Identity::record_id) }
    }
}

/// By place, then by rule: the order in which findings are shown.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.file.clone(), f.place, f.rule.clone(), f.message.clone());
        key(a).cmp(&key(b))
    });
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

fn compile(policy: &Policy, rule: CheckRule) -> Result<Active, PolicyError> {
    let file = format!("{}/checks/{}.yaml", policy.rules_folder, rule.id);
    let own = builtin::BUILT_IN.iter().any(|(id, _)| *id == rule.id);
    let check = match rule.kind.as_str() {
        "built-in" if own => Check::BuiltIn,
        "built-in" => {
            return Err(PolicyError::whole(&file, "`kind: built-in` is for the program's own rules only"));
        }
        "date-limit" => Check::DateLimit(parameters(&file, &rule)?),
        "date-order" => Check::DateOrder(parameters(&file, &rule)?),
        "interval" => Check::Interval(parameters(&file, &rule)?),
        "condition" => Check::Condition(parameters(&file, &rule)?),
        "roll-call" => Check::RollCall(parameters(&file, &rule)?),
        "reported-date" => Check::ReportedDate(parameters(&file, &rule)?),
        "calendar" => Check::Calendar(parameters(&file, &rule)?),
        "in-table" => Check::InTable(parameters(&file, &rule)?),
        "evidence" => Check::Evidence(parameters(&file, &rule)?),
        "wording" => Check::Wording(parameters(&file, &rule)?),
        "other-record" => Check::OtherRecord(parameters(&file, &rule)?),
        "own-occasion" => Check::OwnOccasion(parameters(&file, &rule)?),
        "stage" => Check::Stage(parameters(&file, &rule)?),
        "table-date" => Check::TableDate(parameters(&file, &rule)?),
        "modeline" if rule.parameters.is_null() => Check::Modeline,
        other => {
            return Err(PolicyError::whole(&file, format!("kind: there is no check of the kind `{other}`")));
        }
    };
    let fault = match &check {
        Check::OtherRecord(other) => other.fault(&rule),
        Check::TableDate(limits) => limits.fault(),
        _ => None,
    };
    match fault {
        Some(message) => Err(PolicyError::whole(&file, format!("parameters: {message}"))),
        None => Ok(Active { rule, check }),
    }
}

fn parameters<T: DeserializeOwned>(file: &str, rule: &CheckRule) -> Result<T, PolicyError> {
    let given = if rule.parameters.is_null() { serde_json::json!({}) } else { rule.parameters.clone() };
    serde_json::from_value(given).map_err(|error| PolicyError::whole(file, format!("parameters: {error}")))
}

/// Whether a rule is about a record, by its identity and, where the record is at hand, by any of its fields.
fn applies(rule: &CheckRule, identity: Option<&Identity>, root: Option<&Node>) -> bool {
    rule.applies.iter().all(|(field, values)| {
        record_text(identity, root, field).is_some_and(|own| values.as_slice().contains(&own))
    })
}

/// A file while it is checked.
struct File<'f> {
    checker: &'f Checker<'f>,
    source: &'f CheckedFile,
    kind: Option<&'f Kind>,
    record: Option<RecordId>,
}

/// A record while it is checked.
struct Record<'f> {
    file: &'f File<'f>,
    doc: &'f Document,
    kind: &'f Kind,
    walk: &'f Walk<'f>,
    identity: Option<&'f Identity>,
}

impl Record<'_> {
    fn run(&self, active: &Active, out: &mut Vec<Finding>) {
        let rule = &active.rule;
        match &active.check {
            // `other-record` needs more than one record: see `other_record::contradictions`.
            Check::BuiltIn | Check::OtherRecord(_) => {}
            Check::DateLimit(limit) => dates::run(self, rule, limit, out),
            Check::DateOrder(order) => order::run(self, rule, order, out),
            Check::Interval(interval) => order::run_interval(self, rule, interval, out),
            Check::Condition(condition) => conditions::run(self, rule, condition, out),
            Check::RollCall(lists) => occasions::against_lists(self, rule, lists, out),
            Check::ReportedDate(reported) => occasions::reported_date(self, rule, reported, out),
            Check::Calendar(calendar) => occasions::in_calendar(self, rule, calendar, out),
            Check::InTable(table) => references::in_table(self, rule, table, out),
            Check::Evidence(evidence) => evidence::run(self, rule, evidence, out),
            Check::Wording(wording) => wording::run(self, rule, wording, out),
            Check::OwnOccasion(own) => own_occasion::run(self, rule, own, out),
            Check::Stage(stage) => own_occasion::at_stage(self, rule, stage, out),
            Check::TableDate(limits) => table_dates::run(self, rule, limits, out),
            Check::Modeline => modeline::run(self, rule, out),
        }
    }

    /// The record's own date, if it has one.
    fn date(&self) -> Option<PartialDate> {
        dataset::date_of(&self.kind.spec, &self.doc.root)
    }

    /// What people call a field: its title in the schema, or its path.
    fn title(&self, path: &FieldPath) -> String {
        let title = self.kind.shape.at(path).and_then(|shape| shape.title.clone());
        title.unwrap_or_else(|| format!("`{path}`"))
    }

    /// Which entry of a list a field belongs to, in words that follow the field's name; nothing for other fields.
    fn entry_of(&self, path: &FieldPath) -> String {
        let item = path.item().filter(|item| item.0.len() < path.0.len());
        let Some((item, crate::model::Step::Item(key))) =
            item.as_ref().and_then(|item| Some((item, item.0.last()?)))
        else {
            return String::new();
        };
        let title = self
            .kind
            .shape
            .at(item)
            .and_then(|shape| shape.title.clone())
            .unwrap_or_else(|| "the entry".to_owned());
        format!(" of {} `{}`", words::uncapitalised(&title), words::shown(&key.join(", ")))
    }

    /// The node and path below a node, by keys joined with dots.
    fn below<'n>(&self, base: &FieldPath, node: &'n Node, keys: &str) -> Option<(FieldPath, &'n Node)> {
        let found = node.at_keys(keys.split('.'))?;
        Some((keys.split('.').fold(base.clone(), |path, key| path.key(key)), found))
    }
}

impl File<'_> {
    /// A finding of a rule at a place of this file. `arguments` distinguish it from others of the same rule and field.
    fn finding(
        &self,
        rule: &CheckRule,
        span: Option<ByteSpan>,
        path: Option<&FieldPath>,
        arguments: serde_json::Value,
        message: String,
    ) -> Finding {
        let subject = self.record.as_ref().map_or_else(|| self.source.file.to_string(), |id| id.0.clone());
        let print = serde_json::json!([rule.id, subject, path, arguments]);
        Finding {
            rule: rule.id.clone(),
            level: rule.level,
            message,
            file: self.source.file.clone(),
            place: span.map(|span| self.place(span)),
            commit: None,
            record: self.record.clone(),
            path: path.cloned(),
            related: Vec::new(),
            help: rule.help.clone(),
            fix: None,
            ignore_hint: span.filter(|_| rule.accept != Acceptors::Never).map(|_| suppress::hint(&rule.id)),
            fingerprint: fingerprint(&print),
            new: false,
            text: Some(self.source.reading.text.clone()),
        }
    }

    /// As [`File::finding`], for a rule by its id. A rule that is not there finds nothing.
    fn by_id(
        &self,
        rule: &str,
        span: Option<ByteSpan>,
        path: Option<&FieldPath>,
        arguments: serde_json::Value,
        message: String,
    ) -> Option<Finding> {
        self.checker.rule(rule).map(|rule| self.finding(rule, span, path, arguments, message))
    }

    fn place(&self, span: ByteSpan) -> Place {
        place_in(&self.source.reading, span)
    }

    fn related(&self, span: ByteSpan, message: impl Into<String>) -> Related {
        Related {
            file: self.source.file.clone(),
            place: Some(self.place(span)),
            message: message.into(),
            commit: None,
            text: Some(self.source.reading.text.clone()),
        }
    }

    fn fix(&self, title: impl Into<String>, safe: bool, span: ByteSpan, with: impl Into<String>) -> Fix {
        let replacement = Replacement { place: self.place(span), with: with.into() };
        Fix { title: title.into(), safe, replacements: vec![replacement] }
    }
}

/// The place of a span in a text.
fn place_in(reading: &Reading, span: ByteSpan) -> Place {
    let end = span.end.max(span.start);
    Place { start: reading.place(span.start), end: reading.place(end), span: (span.start, end) }
}

/// The span of a node's first line: what is shown of a value that stands on several.
fn first_line(doc: &Document, span: ByteSpan) -> ByteSpan {
    let text = doc.slice(span);
    let line = text.split(['\n', '\r']).next().unwrap_or("").trim_end();
    ByteSpan { start: span.start, end: span.start + line.len() }
}
