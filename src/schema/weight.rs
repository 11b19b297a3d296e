//! How much work a schema can make: one that refers to its own parts many times over grows without bound when
//! it is followed.
//!
//! A schema may come from an untrusted branch, too. What is refused here would keep every command from
//! ending.

use super::PolicyError;
use serde_json::Value;
use std::collections::HashMap;

/// The most parts a schema may have once every reference is followed.
const MOST: u64 = 200_000;
/// How deep references and parts may nest.
const DEEPEST: usize = 200;
/// Keywords whose schemas judge the same value as the schema they stand in.
const SAME_VALUE: [&str; 9] =
    ["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "$ref"];

/// Refuses a schema that grows too large when its references are followed, or that judges one value several
/// times by a schema that leads back to itself: the time it takes doubles with each level of a record.
///
/// # Errors
/// Which of the two it is.
pub fn bounded(file: &str, schema: &Value, others: &HashMap<String, Value>) -> Result<(), PolicyError> {
    let mut weigher = Weigher { others, known: HashMap::new(), open: Vec::new(), cyclic: false };
    let fault = |message: &str| PolicyError::whole(file, format!("the schema cannot be used: {message}"));
    let weight = weigher.weigh(schema, schema, 0).ok_or_else(|| fault("its references nest too deeply"))?;
    if weight > MOST {
        return Err(fault("it repeats its own parts so often that following them would not end"));
    }
    let mut budget = MOST;
    if weigher.cyclic && weigher.repeats(schema, schema, &mut budget) {
        return Err(fault("a part that leads back to itself is applied to one value more than once"));
    }
    Ok(())
}

struct Weigher<'s> {
    others: &'s HashMap<String, Value>,
    /// By the place of a schema in memory, how many parts it has.
    known: HashMap<*const Value, u64>,
    open: Vec<*const Value>,
    cyclic: bool,
}

impl<'s> Weigher<'s> {
    /// The parts of a schema with all references followed; `None` if they nest too deeply.
    fn weigh(&mut self, schema: &'s Value, root: &'s Value, depth: usize) -> Option<u64> {
        let place: *const Value = schema;
        if let Some(weight) = self.known.get(&place) {
            return Some(*weight);
        }
        if self.open.contains(&place) {
            self.cyclic = true;
            return Some(1);
        }
        if depth > DEEPEST {
            return None;
        }
        self.open.push(place);
        let mut weight: u64 = 1;
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| self.target(target, root));
        if let Some((inner, root)) = target {
            weight = weight.saturating_add(self.weigh(inner, root, depth + 1)?);
        }
        let parts: Vec<&Value> = match schema {
            Value::Object(map) => {
                map.iter().filter(|(key, _)| is_applied(key)).map(|(_, part)| part).collect()
            }
            Value::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        for part in parts.into_iter().filter(|part| part.is_object() || part.is_array()) {
            weight = weight.saturating_add(self.weigh(part, root, depth + 1)?);
        }
        self.open.pop();
        self.known.insert(place, weight);
        Some(weight)
    }

    fn target(&self, target: &str, root: &'s Value) -> Option<(&'s Value, &'s Value)> {
        let (file, pointer) = target.split_once('#').unwrap_or((target, ""));
        let root = if file.is_empty() { root } else { self.others.get(file)? };
        Some((root.pointer(pointer)?, root))
    }

    /// Whether anywhere in a schema one value is judged more than once by the same named part.
    fn repeats(&self, schema: &'s Value, root: &'s Value, budget: &mut u64) -> bool {
        let mut counts = HashMap::new();
        if schema.is_object() {
            self.apply((schema, root), &mut counts, budget, 0);
        }
        if *budget == 0 || counts.values().any(|count| *count > 1) {
            return true;
        }
        let parts: Vec<&Value> = match schema {
            Value::Object(map) => map.values().collect(),
            Value::Array(items) => items.iter().collect(),
            _ => Vec::new(),
        };
        parts
            .into_iter()
            .any(|part| (part.is_object() || part.is_array()) && self.repeats(part, root, budget))
    }

    /// Counts which named parts a schema applies to the value it judges.
    fn apply(
        &self,
        (schema, root): (&'s Value, &'s Value),
        counts: &mut HashMap<*const Value, u64>,
        budget: &mut u64,
        depth: usize,
    ) {
        *budget = budget.saturating_sub(1);
        if *budget == 0 || depth > DEEPEST {
            return;
        }
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|target| self.target(target, root));
        if let Some((inner, root)) = target {
            *counts.entry(inner).or_insert(0) += 1;
            self.apply((inner, root), counts, budget, depth + 1);
        }
        for (_, part) in
            schema.as_object().into_iter().flatten().filter(|(key, _)| SAME_VALUE.contains(&key.as_str()))
        {
            match part {
                Value::Array(parts) => {
                    parts.iter().for_each(|part| self.apply((part, root), counts, budget, depth + 1));
                }
                part => self.apply((part, root), counts, budget, depth + 1),
            }
        }
    }
}

/// Whether what stands under a keyword is part of what a schema applies; definitions are not until they are
/// referred to.
fn is_applied(key: &str) -> bool {
    !matches!(key, "$defs" | "definitions" | "enum" | "const" | "examples" | "default")
        && !key.starts_with("x-")
}
