//! Templates: compiled and checked once, rendered with a bounded amount of work.

use super::template_calls;
use super::template_names::{self, TemplateName};
use crate::dataset::Reference;
use crate::model::{Failure, FieldPath, Identity, NatureKind, Node, NodeValue, PartialDate, Precision};
use crate::schema::{
    ChangeRule, FrameName, Kind, Natures, ObservationRule, Policy, PolicyError, RecordKind, lifecycle,
};
use foldhash::{HashMap, HashSet};
use indexmap::IndexMap;
use minijinja::value::{ValueKind, merge_maps};
use minijinja::{Environment, Error, ErrorKind, State, UndefinedBehavior, Value};
use std::collections::BTreeSet;

/// How many steps one template may take: rule files are untrusted data.
const FUEL: u64 = 50_000;

/// The compiled templates of a dataset.
pub struct Words {
    env: Environment<'static>,
    /// The names that each template uses: nothing else is made for it.
    used: HashMap<String, HashSet<String>>,
    /// The fields of records that templates use; `None` once one uses a record as a whole.
    record_fields: Option<HashSet<String>>,
    /// Whether a kind of record has neutral natures, so that rules must have words for them.
    has_neutral: bool,
    /// By kind of record: the root fields, beside those that name the record, that templates for names and
    /// groups use.
    naming: Vec<HashSet<String>>,
}

/// What templates call a record, and what they see of it.
pub(super) struct SubjectWords {
    /// The words of every template: the parts of the name, and the manifest's own.
    pub words: Value,
    /// With the fields of an edition: what templates for groups and maps see.
    pub fields: Value,
    /// What headings call the record.
    pub heading: String,
    /// What sentences call it.
    pub name: String,
}

/// The name under which templates know a field: they have no dashes in names.
fn variable(field: &str) -> String {
    field.replace('-', "_")
}

/// The names of all fields at the root of a kind's records, as templates know them.
fn root_fields(kind: &Kind) -> impl Iterator<Item = String> {
    kind.shape.properties.keys().map(|field| variable(field))
}

impl Words {
    /// Compiles every template of the manifest and the rules.
    ///
    /// # Errors
    /// The template that does not compile or uses a name that nothing defines.
    pub fn compile(policy: &Policy, reference: &Reference) -> Result<Words, PolicyError> {
        let mut env = Environment::new();
        env.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        env.set_fuel(Some(FUEL));
        env.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        env.add_filter("in_words", |text: String| date_or(&text, PartialDate::in_words));
        env.add_filter("month", |text: String| date_or(&text, PartialDate::month_in_words));
        env.add_filter("year", |text: String| date_or(&text, |date| date.year().to_string()));
        env.add_filter("when", |text: String| date_or(&text, when));
        env.add_filter("and_list", enumerate);
        env.add_filter("aside", |text: String, remark: String| crate::model::text::aside(&text, &remark));
        env.add_filter("number", |value: Value| crate::model::text::grouped(&value.to_string()));
        env.add_filter("counted", |value: Value, unit: String| {
            crate::model::text::counted(&value.to_string(), &unit)
        });
        env.add_filter("periods", periods);
        env.add_filter("spaced", |text: String| text.replace('-', " "));
        env.add_test("refining", |after: String, before: String| {
            let (after, before) = (after.parse::<PartialDate>(), before.parse::<PartialDate>());
            matches!((after, before), (Ok(after), Ok(before)) if after.refines(&before))
        });
        env.add_global("tables", super::value_of(&reference.tables));
        let has_neutral = policy.manifest.records.iter().any(|kind| kind.natures == Natures::Neutral);
        let (used, record_fields) = (HashMap::default(), Some(HashSet::default()));
        let mut words = Words { env, used, record_fields, has_neutral, naming: Vec::new() };
        let manifest = policy.path(crate::schema::manifest::FILE_NAME);
        for (at, kind) in policy.kinds.iter().enumerate() {
            words.add_record_kind(&manifest, at, kind)?;
        }
        words.add_report(policy, &manifest)?;
        words.naming =
            policy.kinds.iter().enumerate().map(|(at, kind)| words.naming_fields(at, kind)).collect();
        words.add_phrases(policy)?;
        words.add_lifecycle(policy)?;
        for rule in &policy.rules.acts {
            words.add_act(policy, rule)?;
        }
        for rule in &policy.rules.observations {
            words.add_observation_rule(policy, rule)?;
        }
        Ok(words)
    }

    fn add_record_kind(&mut self, file: &str, at: usize, kind: &Kind) -> Result<(), PolicyError> {
        let spec = &kind.spec;
        let mut names: BTreeSet<String> = spec.name_parts().map(variable).chain(root_fields(kind)).collect();
        names.extend(["tables", "record"].map(str::to_owned));
        for (name, template) in spec.words.iter().map(|(n, t)| (n.as_str(), t)).chain(named(spec)) {
            let known = if name == "citation" { None } else { Some(&names) };
            self.add(file, &format!("kind/{at}/{name}"), template, known)?;
        }
        Ok(())
    }

    fn add_report(&mut self, policy: &Policy, manifest: &str) -> Result<(), PolicyError> {
        let mut names = known_names(policy, &[]);
        names.extend(policy.kinds.iter().flat_map(root_fields));
        names.insert("record".to_owned());
        let report = &policy.manifest.report;
        let maps = report.maps.iter().enumerate().map(|(at, map)| (format!("report/map/{at}"), &map.code));
        let groups = report.groups.iter().map(|(name, template)| (format!("report/group/{name}"), template));
        groups.chain(maps).try_for_each(|(name, template)| self.add(manifest, &name, template, Some(&names)))
    }

    /// The root fields that templates for the names and groups of a kind's records use, beside the parts of
    /// the name.
    fn naming_fields(&self, at: usize, kind: &Kind) -> HashSet<String> {
        let spec = &kind.spec;
        let of_kind = format!("kind/{at}/");
        let is_naming = |template: &str| {
            (template.starts_with(&of_kind) && !template.ends_with("/citation"))
                || template.starts_with("report/group/")
                || template.starts_with("report/map/")
        };
        let known: HashSet<String> =
            spec.name_parts().chain(spec.words.keys().map(String::as_str)).map(variable).collect();
        let used = self.used.iter().filter(|(template, _)| is_naming(template)).flat_map(|(_, names)| names);
        used.filter(|name| !known.contains(*name) && !matches!(name.as_str(), "tables" | "subject"))
            .cloned()
            .collect()
    }

    /// Whether the names and groups of a kind's records depend on an edition's fields.
    pub(super) fn names_by_fields(&self, kind: usize) -> bool {
        self.naming.get(kind).is_some_and(|fields| !fields.is_empty())
    }

    /// The fields of an edition that templates for names and groups use, and the record as a whole.
    fn fields_for_names(&self, kind: usize, root: &Node) -> Value {
        let Some(wanted) = self.naming.get(kind) else { return Value::from(()) };
        let fields = root.entries().iter().map(|entry| (variable(&entry.key), &entry.value));
        let mut context: IndexMap<String, Value> = fields
            .filter(|(name, _)| wanted.contains(name))
            .map(|(name, node)| (name, super::value_of_node(node)))
            .collect();
        if wanted.contains("record") {
            context.insert("record".to_owned(), self.record(root));
        }
        super::map_of(context.iter().map(|(name, value)| (name.as_str(), value.clone())))
    }

    fn add_phrases(&mut self, policy: &Policy) -> Result<(), PolicyError> {
        let names = known_names(policy, template_names::PHRASE);
        for kind in &policy.kinds {
            let mut phrases = Vec::new();
            super::phrase_templates::all(&kind.shape, &FieldPath::root(), &mut phrases);
            for (path, template) in phrases {
                let place = |error: PolicyError| {
                    PolicyError::whole(
                        &error.file,
                        format!("x-says of `{}`: {}", path.pattern(), error.message),
                    )
                };
                self.add(
                    &kind.schema_path,
                    &super::phrase_templates::name_of(template),
                    template,
                    Some(&names),
                )
                .map_err(place)?;
            }
        }
        Ok(())
    }

    fn add_lifecycle(&mut self, policy: &Policy) -> Result<(), PolicyError> {
        let file = format!("{}/{}", policy.rules_folder, lifecycle::FILE_NAME);
        let life = &policy.rules.lifecycle;
        self.add(
            &file,
            "lifecycle/listed",
            &life.listed,
            Some(&known_names(policy, template_names::LISTED)),
        )?;
        for name in FrameName::ALL {
            let (frame, prefix) = (life.frame(name), format!("lifecycle/{}", name.as_str()));
            self.add(
                &file,
                &format!("{prefix}/each"),
                &frame.each,
                Some(&known_names(policy, template_names::FACT)),
            )?;
            self.add_words(&file, &prefix, &frame.words, &known_names(policy, template_names::FRAME))?;
        }
        Ok(())
    }

    fn add_act(&mut self, policy: &Policy, rule: &ChangeRule) -> Result<(), PolicyError> {
        let file = format!("{}/acts/{}.yaml", policy.rules_folder, rule.id);
        let names = known_names(policy, template_names::ACT);
        self.add_words(&file, &format!("act/{}", rule.id), &rule.words, &names)?;
        for (at, spec) in rule.matches.iter().enumerate() {
            if let Some(when) = &spec.when {
                self.add_condition(&file, &format!("act/{}/when/{at}", rule.id), when, &names)?;
            }
        }
        Ok(())
    }

    /// Words by nature: `any`, or all natures.
    fn add_words(
        &mut self,
        file: &str,
        prefix: &str,
        words: &IndexMap<String, String>,
        names: &BTreeSet<String>,
    ) -> Result<(), PolicyError> {
        if !words.contains_key("any") {
            let asked = NatureKind::ALL.iter().filter(|nature| self.has_neutral || !nature.is_neutral());
            let missing: Vec<&str> = asked.map(|n| n.as_str()).filter(|n| !words.contains_key(*n)).collect();
            if !missing.is_empty() {
                return Err(PolicyError::whole(
                    file,
                    format!("words: add `any`, or words for {}", missing.join(", ")),
                ));
            }
        }
        for (name, template) in words {
            if name != "any" && NatureKind::ALL.iter().all(|n| n.as_str() != name) {
                return Err(PolicyError::whole(file, format!("words: `{name}` is no nature")));
            }
            self.add(file, &format!("{prefix}/{name}"), template, Some(names))?;
        }
        Ok(())
    }

    fn add_observation_rule(&mut self, policy: &Policy, rule: &ObservationRule) -> Result<(), PolicyError> {
        let file = format!("{}/observations/{}.yaml", policy.rules_folder, rule.id);
        let names = known_names(policy, template_names::OBSERVATION);
        for (name, template) in &rule.words {
            self.add(&file, &format!("observation/{}/{name}", rule.id), template, Some(&names))?;
        }
        for (name, template) in &rule.fold {
            self.add(&file, &format!("observation/{}/fold/{name}", rule.id), template, Some(&names))?;
        }
        if let Some(when) = &rule.when {
            self.add_condition(&file, &format!("observation/{}/when", rule.id), when, &names)?;
        }
        Ok(())
    }

    fn add_condition(
        &mut self,
        file: &str,
        name: &str,
        when: &str,
        names: &BTreeSet<String>,
    ) -> Result<(), PolicyError> {
        bounded(when).map_err(|failure| PolicyError::whole(file, failure.message))?;
        self.env
            .compile_expression(when)
            .map_err(|error| PolicyError::whole(file, format!("when `{when}`: {error}")))?;
        self.add(file, name, &format!("{{% if {when} %}}true{{% endif %}}"), Some(names))
    }

    fn add(
        &mut self,
        file: &str,
        name: &str,
        template: &str,
        known: Option<&BTreeSet<String>>,
    ) -> Result<(), PolicyError> {
        let fault = |message: String| PolicyError::whole(file, message);
        bounded(template).map_err(|failure| fault(failure.message))?;
        let text = template.trim().to_owned();
        self.env
            .add_template_owned(name.to_owned(), text)
            .map_err(|error| fault(format!("`{template}`: {error}")))?;
        if let Some(unknown) = template_calls::unknown(&self.env, template) {
            return Err(fault(format!("`{}`: {unknown}", template.trim())));
        }
        let compiled = self.env.get_template(name).map_err(|error| fault(error.to_string()))?;
        let nested = compiled.undeclared_variables(true);
        let used: HashSet<String> =
            nested.iter().filter_map(|name| name.split('.').next()).map(str::to_owned).collect();
        for of_record in
            nested.iter().filter_map(|name| name.strip_prefix("old_").unwrap_or(name).strip_prefix("record"))
        {
            match (of_record.split('.').nth(1), &mut self.record_fields) {
                (Some(field), Some(fields)) if of_record.starts_with('.') => {
                    fields.insert(field.to_owned());
                }
                _ if of_record.is_empty() => self.record_fields = None,
                _ => {}
            }
        }
        if let Some(known) = known {
            let mut strange: Vec<&str> =
                used.iter().filter(|name| !known.contains(*name)).map(String::as_str).collect();
            strange.sort_unstable();
            if !strange.is_empty() {
                return Err(fault(format!(
                    "`{}`: nothing defines `{}` here",
                    template.trim(),
                    strange.join("`, `")
                )));
            }
        }
        self.used.insert(name.to_owned(), used);
        Ok(())
    }

    /// Renders a template; its own fault becomes visible in the text rather than an end to the answer.
    pub(super) fn render(&self, name: &str, context: Value) -> String {
        let render = |env: &Environment<'_>| env.get_template(name)?.render(context.clone());
        let rendered = match render(&self.env) {
            Err(error) if error.kind() == ErrorKind::UndefinedError => render(&self.with_gaps()),
            rendered => rendered,
        };
        match rendered {
            Ok(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
            Err(error) => format!("[the words of `{name}` cannot be written: {error}]"),
        }
    }

    /// The same templates for data that the schema does not allow: what they have no word for reads
    /// `(unknown)`.
    fn with_gaps(&self) -> Environment<'static> {
        let mut env = self.env.clone();
        env.set_undefined_behavior(UndefinedBehavior::Chainable);
        env.set_formatter(|out, state, value| match value.is_undefined() {
            true => Ok(out.write_str("(unknown)")?),
            false => minijinja::escape_formatter(out, state, value),
        });
        env
    }

    /// Whether a template uses a name.
    pub(super) fn uses(&self, template: &str, name: &str) -> bool {
        self.used.get(template).is_some_and(|used| used.contains(name))
    }

    /// A record as templates see it: the fields that any of them uses.
    pub(super) fn record(&self, root: &Node) -> Value {
        match (&self.record_fields, &root.value) {
            (Some(fields), NodeValue::Map(entries)) => super::map_of(
                entries
                    .iter()
                    .filter(|entry| fields.contains(&entry.key))
                    .map(|entry| (entry.key.as_str(), super::value_of_node(&entry.value))),
            ),
            _ => super::value_of_node(root),
        }
    }

    /// The fields of records that templates ask for by name.
    pub(super) fn fields_of_records(&self) -> impl Iterator<Item = &str> {
        self.record_fields.iter().flatten().map(String::as_str)
    }

    /// Whether a template of that name exists.
    pub(super) fn has(&self, name: &str) -> bool {
        self.used.contains_key(name)
    }

    /// Whether a condition holds. One that cannot be judged does not.
    pub(super) fn holds(&self, name: &str, context: Value) -> bool {
        self.env
            .get_template(name)
            .and_then(|template| template.render(context))
            .is_ok_and(|text| text == "true")
    }

    /// The words, the heading and the name for a record, given the edition whose fields they may use.
    pub(super) fn subject(&self, kind: usize, identity: &Identity, edition: Option<&Node>) -> SubjectWords {
        let mut words = serde_json::Map::new();
        for (field, value) in &identity.0 {
            words.insert(variable(field), value.as_str().into());
        }
        let fields =
            edition.filter(|_| self.names_by_fields(kind)).map(|root| self.fields_for_names(kind, root));
        let with_fields = |words: &serde_json::Map<String, serde_json::Value>| match &fields {
            Some(fields) => merge_maps([super::value_of(words), fields.clone()]),
            None => super::value_of(words),
        };
        let context = with_fields(&words);
        let id = identity.record_id().to_string();
        words.insert("subject".to_owned(), id.clone().into());
        let prefix = format!("kind/{kind}/");
        let mut heading = id;
        let names: Vec<String> =
            self.env.templates().filter_map(|(n, _)| n.strip_prefix(&prefix).map(str::to_owned)).collect();
        for name in names {
            match name.as_str() {
                "citation" => {}
                "heading" => heading = self.render(&format!("{prefix}heading"), context.clone()),
                _ => {
                    let text = self.render(&format!("{prefix}{name}"), context.clone());
                    words.insert(name, text.into());
                }
            }
        }
        let name = words["subject"].as_str().unwrap_or(&heading).to_owned();
        SubjectWords { fields: with_fields(&words), words: super::value_of(&words), heading, name }
    }

    /// A source in words.
    pub(super) fn citation(&self, kind: usize, id: &str, fields: &serde_json::Value) -> String {
        let name = format!("kind/{kind}/citation");
        if self.has(&name) { self.render(&name, super::value_of(fields)) } else { id.to_owned() }
    }
}

/// The longest template, and the longest part of one between its brackets, in bytes.
const LONGEST_TEMPLATE: usize = 16_000;
const LONGEST_TAG: usize = 2_000;

/// Refuses a template whose syntax could be nested deeper than a thread's stack: an untrusted branch may
/// have written it.
fn bounded(template: &str) -> Result<(), Failure> {
    if template.len() > LONGEST_TEMPLATE {
        let length = template.len();
        return Err(Failure::policy(format!(
            "a template of {length} bytes; at most {LONGEST_TEMPLATE} are read"
        )));
    }
    let longest = template.split("{%").flat_map(|part| part.split("{{")).map(|part| {
        let end = part.find("%}").into_iter().chain(part.find("}}")).min();
        end.unwrap_or(part.len())
    });
    match longest.max().unwrap_or(0) {
        length if length > LONGEST_TAG && (template.contains("{{") || template.contains("{%")) => {
            Err(Failure::policy(format!(
                "a part of {length} bytes between brackets; at most {LONGEST_TAG} are read"
            )))
        }
        _ => Ok(()),
    }
}

fn named(spec: &RecordKind) -> impl Iterator<Item = (&str, &String)> {
    [("subject", &spec.subject), ("heading", &spec.heading), ("citation", &spec.citation)]
        .into_iter()
        .filter_map(|(name, template)| template.as_ref().map(|t| (name, t)))
}

fn known_names(policy: &Policy, own: &[TemplateName]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> =
        own.iter().chain(template_names::EVERYWHERE).map(|(name, _)| (*name).to_owned()).collect();
    for spec in &policy.manifest.records {
        names.extend(spec.name_parts().map(variable));
        names.extend(spec.words.keys().cloned());
    }
    names
}

/// The items as one enumeration. Each is paid for before it is made: `["a"] * 99999999` takes no room until
/// somebody goes through it.
fn enumerate(state: &State<'_, '_>, items: &Value) -> Result<String, Error> {
    if !matches!(items.kind(), ValueKind::Seq | ValueKind::Iterable) {
        return Err(Error::new(
            ErrorKind::InvalidOperation,
            format!("`and_list` of what is no list but {}", items.kind()),
        ));
    }
    let mut texts = Vec::new();
    for item in items.try_iter()? {
        state.consume_fuel(1)?;
        if item.is_undefined() {
            return Err(Error::new(ErrorKind::UndefinedError, "an item of the list is not defined"));
        }
        texts.push(item.to_string());
    }
    Ok(and_list(&texts))
}

/// Periods in the order of time, those that overlap as one: what was looked at is looked at once.
fn periods(state: &State<'_, '_>, items: &Value) -> Result<Value, Error> {
    let mut all: Vec<(PartialDate, PartialDate)> = Vec::new();
    for item in items.try_iter()? {
        state.consume_fuel(1)?;
        let date = |name: &str| {
            let text = item.get_attr(name)?.to_string();
            text.parse::<PartialDate>()
                .map_err(|_| Error::new(ErrorKind::InvalidOperation, format!("`{text}` is no date")))
        };
        all.push((date("from")?, date("to")?));
    }
    all.sort_by_key(|(from, to)| (from.earliest(), to.range().end));
    let mut out: Vec<(PartialDate, PartialDate)> = Vec::new();
    for (from, to) in all {
        match out.last_mut() {
            Some((_, known)) if from.range().start <= known.range().end => {
                if known.range().end < to.range().end {
                    *known = to;
                }
            }
            _ => out.push((from, to)),
        }
    }
    let period = |(from, to): (PartialDate, PartialDate)| {
        super::map_of([("from", Value::from(from.to_string())), ("to", Value::from(to.to_string()))])
    };
    Ok(out.into_iter().map(period).collect())
}

fn date_or(text: &str, words: impl Fn(&PartialDate) -> String) -> String {
    text.parse::<PartialDate>().map_or_else(|_| text.to_owned(), |date| words(&date))
}

/// A date with its preposition: `on 4 June 2019`, `in June 2019`, `in 2019`.
fn when(date: &PartialDate) -> String {
    let preposition = match date.precision() {
        Precision::Day | Precision::Instant => "on",
        Precision::Month | Precision::Year => "in",
    };
    format!("{preposition} {}", date.in_words())
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn and_list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}
