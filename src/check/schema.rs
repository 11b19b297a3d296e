//! JSON Schema (2020-12): compiling, validating, and the places of what is wrong. The only user of the
//! `jsonschema` crate.
//!
//! Schemas see the files beside them and nothing else: no network, no other folder.

use super::validated::ValidatedDocument;
use super::walk::{Visit, Walk};
use super::{File, Role, first_line, schema_words};
use crate::model::{ByteSpan, Document, Finding};
use crate::schema::{Policy, PolicyError, Shape};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{PatternOptions, Registry, ValidationError};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A compiled schema with its annotations.
pub struct Validator {
    compiled: jsonschema::Validator,
    pub(super) shape: Shape,
}

/// How many steps one regular expression of a schema may take back.
const BACKTRACKING: usize = 100_000;
/// The most problems that are reported of one file.
const MOST: usize = 200;
/// The address under which the files beside a schema know each other.
const HERE: &str = "sincewhen:///";

/// Compiles the schemas of all kinds of record, calendars and tables.
pub(super) fn compile_all(policy: &Policy) -> Result<HashMap<Role, Validator>, PolicyError> {
    let mut out = HashMap::new();
    for (at, kind) in policy.kinds.iter().enumerate() {
        out.insert(Role::Record(at), compile(policy, &kind.schema_path, &kind.schema)?);
    }
    let calendars =
        policy.manifest.calendars.iter().map(|(name, spec)| (Role::Calendar(name.clone()), &spec.schema));
    let tables = policy.manifest.tables.iter().map(|(name, spec)| (Role::Table(name.clone()), &spec.schema));
    for (role, schema) in calendars.chain(tables) {
        let Some(schema) = schema else { continue };
        let path = policy.path(schema);
        let name = path.rsplit('/').next().unwrap_or(&path);
        let value = policy
            .schemas
            .get(name)
            .ok_or_else(|| PolicyError::whole(&path, "no such file beside the records' schemas"))?;
        out.insert(role, compile(policy, &path, value)?);
    }
    Ok(out)
}

fn compile(policy: &Policy, path: &str, schema: &Value) -> Result<Validator, PolicyError> {
    crate::schema::weight::bounded(path, schema, &policy.schemas)?;
    let own = path.rsplit('/').next().unwrap_or(path);
    let fault = |message: String| PolicyError::whole(path, message);
    let mut registry = Registry::new();
    // A schema with an `$id` of its own looks for its neighbours beside that.
    let id = schema
        .get("$id")
        .and_then(Value::as_str)
        .and_then(|id| id.rsplit_once('/'))
        .map(|(folder, _)| format!("{folder}/"));
    for (name, value) in policy.schemas.iter().filter(|(name, _)| *name != own) {
        for folder in [Some(HERE), id.as_deref()].into_iter().flatten() {
            registry =
                registry.add(format!("{folder}{name}"), value).map_err(|error| fault(error.to_string()))?;
        }
    }
    let registry =
        registry.retriever(Nothing).prepare().map_err(|error| outside(path, &error.to_string()))?;
    let compiled = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .with_registry(&registry)
        .with_retriever(Nothing)
        .with_base_uri(format!("{HERE}{own}"))
        .should_validate_formats(true)
        .with_format("partial-date", |text: &str| text.parse::<crate::model::PartialDate>().is_ok())
        // The stamps that YAML itself knows are written in more ways than those of RFC 3339.
        .with_format("date-time", |text: &str| {
            text.parse::<crate::model::PartialDate>()
                .is_ok_and(|date| date.precision() == crate::model::Precision::Instant)
        })
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKING))
        .build(schema)
        .map_err(|error| outside(path, &error.to_string()))?;
    Ok(Validator { compiled, shape: Shape::read(schema, &policy.schemas) })
}

/// Refuses whatever is not registered.
struct Nothing;

impl jsonschema::Retrieve for Nothing {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!(
            "`{}` is not beside the schema; no other folder and no network address is read",
            uri.as_str().replace(HERE, "")
        )
        .into())
    }
}

fn outside(path: &str, message: &str) -> PolicyError {
    PolicyError::whole(path, format!("the schema cannot be used: {}", message.replace(HERE, "")))
}

pub(super) fn run(file: &File<'_>, doc: &Document, validator: &Validator, out: &mut Vec<Finding>) {
    let instance = doc.root.to_json();
    if validator.compiled.is_valid(&instance) {
        return;
    }
    let walk = Walk::of(doc, &validator.shape);
    let judged = ValidatedDocument { file, doc, walk: &walk };
    let before = out.len();
    // What a value is not (an address, say) is reported better than the pattern it does not fit.
    let (formats, others): (Vec<_>, Vec<_>) = validator
        .compiled
        .iter_errors(&instance)
        .take(MOST)
        .partition(|error| matches!(error.kind(), ValidationErrorKind::Format { .. }));
    for error in formats.iter().chain(&others) {
        judged.explain(error, out);
    }
    drop_echoes(out, before);
}

/// One cause, one finding: of an address that is none, nothing says that it does not fit the pattern of
/// addresses, too, nor a key that no field can have that there is no such field.
fn drop_echoes(out: &mut Vec<Finding>, from: usize) {
    let mut seen = std::collections::HashSet::new();
    let broken: Vec<_> =
        out[..from].iter().filter(|one| one.rule.starts_with("yaml-")).map(|one| one.place).collect();
    let fresh = out.split_off(from);
    out.extend(fresh.into_iter().filter(|finding| {
        let message = if finding.rule == "schema-form" { String::new() } else { finding.message.clone() };
        !(finding.rule == "schema-unknown-field" && broken.contains(&finding.place))
            && seen.insert((finding.rule.clone(), finding.path.clone(), finding.place, message))
    }));
}

impl ValidatedDocument<'_, '_> {
    fn explain(&self, error: &ValidationError<'_>, out: &mut Vec<Finding>) {
        let pointer: Vec<String> = pointer(error.instance_path().as_str());
        let Some(visit) = self.walk.at_pointer(&pointer) else { return };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                out.extend(unexpected.iter().take(MOST).filter_map(|key| self.unknown_field(visit, key)));
                let more = unexpected.len().saturating_sub(MOST);
                out.extend(self.more_unknown_fields(visit, more));
            }
            ValidationErrorKind::PropertyNames { error: inner } => {
                let name = inner.instance().as_str().unwrap_or_default().to_owned();
                out.extend(self.bad_name(visit, &name, inner));
            }
            ValidationErrorKind::Required { property } => {
                out.extend(self.missing(visit, property.as_str().unwrap_or_default()))
            }
            ValidationErrorKind::UniqueItems => out.extend(self.repeated(visit)),
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                self.nearest_branch(visit, context, out);
            }
            _ => out.extend(schema_words::value(self, visit, error)),
        }
    }

    fn unknown_field(&self, visit: &Visit<'_>, key: &str) -> Option<Finding> {
        let entry = visit.node.entry(key)?;
        let path = visit.path.key(key);
        let (message, help, near) = schema_words::unknown_field(visit, key);
        let mut found = self.file.by_id(
            "schema-unknown-field",
            (Some(entry.key_span), Some(&path)),
            Value::Null,
            message,
        )?;
        found.help = help;
        found.fix =
            near.map(|near| self.file.fix(format!("rename it to `{near}`"), false, entry.key_span, near));
        Some(found)
    }

    /// What is said of the unknown fields that are not listed one by one.
    fn more_unknown_fields(&self, visit: &Visit<'_>, more: usize) -> Option<Finding> {
        let message = format!("{more} more fields here are unknown to the schema");
        let arguments = json!(["more", more]);
        (more > 0)
            .then(|| {
                self.file.by_id(
                    "schema-unknown-field",
                    (Some(self.holder(visit)), Some(&visit.path)),
                    arguments,
                    message,
                )
            })
            .flatten()
    }

    fn bad_name(&self, visit: &Visit<'_>, name: &str, inner: &ValidationError<'_>) -> Option<Finding> {
        let entry = visit.node.entry(name)?;
        let path = visit.path.key(name);
        let message = schema_words::bad_name(visit, name, inner);
        self.file.by_id("schema-form", (Some(entry.key_span), Some(&path)), Value::Null, message)
    }

    /// A field that is missing is shown at the key of the part that lacks it.
    fn missing(&self, visit: &Visit<'_>, property: &str) -> Option<Finding> {
        let message = schema_words::missing(visit, property);
        let mut found = self.file.by_id(
            "schema-required",
            (Some(self.holder(visit)), Some(&visit.path.key(property))),
            Value::Null,
            message,
        )?;
        found.help = schema_words::missing_help(visit, property);
        Some(found)
    }

    fn holder(&self, visit: &Visit<'_>) -> ByteSpan {
        match visit.key_span {
            Some(key) => key,
            None if visit.path.0.is_empty() => {
                visit.node.entries().first().map_or(visit.node.span, |entry| entry.key_span)
            }
            None => first_line(self.doc, visit.node.span),
        }
    }

    fn repeated(&self, visit: &Visit<'_>) -> Option<Finding> {
        let items = visit.node.items();
        let twice = items.iter().enumerate().find_map(|(at, item)| {
            let first = items[..at].iter().find(|other| other.same_value(item))?;
            Some((first, item))
        });
        let (first, second) = twice?;
        let message = format!("{} stands in this list twice", schema_words::shown_node(second));
        let arguments = json!([second.to_json()]);
        let mut found =
            self.file.by_id("schema-repeated", (Some(second.span), Some(&visit.path)), arguments, message)?;
        found.related.push(self.file.related(first.span, "here for the first time"));
        found.help = Some("remove one of the two".to_owned());
        Some(found)
    }

    /// Of several forms that are allowed, the one that comes nearest explains what is wrong.
    fn nearest_branch(
        &self,
        visit: &Visit<'_>,
        context: &[Vec<ValidationError<'static>>],
        out: &mut Vec<Finding>,
    ) {
        let depth = |errors: &Vec<ValidationError<'_>>| {
            errors.iter().map(|e| e.instance_path().as_str().matches('/').count()).max().unwrap_or(0)
        };
        let wrong_type = |errors: &Vec<ValidationError<'_>>| {
            errors.iter().any(|e| {
                matches!(e.kind(), ValidationErrorKind::Type { .. })
                    && pointer(e.instance_path().as_str()).len() <= visit.path.0.len()
            })
        };
        let wrong_mark = |errors: &Vec<ValidationError<'_>>| {
            errors.iter().filter(|e| matches!(e.kind(), ValidationErrorKind::Constant { .. })).count()
        };
        let nearest = context.iter().filter(|errors| !errors.is_empty()).min_by_key(|errors| {
            (wrong_type(errors), wrong_mark(errors), std::cmp::Reverse(depth(errors)), errors.len())
        });
        let Some(errors) = nearest else { return };
        let before = out.len();
        for error in errors.iter().take(3) {
            self.explain(error, out);
        }
        if context.len() > 1 {
            for found in &mut out[before..] {
                let words =
                    format!("{} forms are allowed here; this comes nearest to one of them", context.len());
                found.help =
                    Some(found.help.take().map_or(words.clone(), |help| format!("{help} ({words})")));
            }
        }
    }
}

fn pointer(text: &str) -> Vec<String> {
    text.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect()
}
