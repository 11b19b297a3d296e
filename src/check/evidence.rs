//! Claims that name no source.

use super::words::{capitalised, shown, uncapitalised};
use super::{Record, first_line};
use crate::model::{Finding, NodeValue, Step};
use crate::schema::{CheckRule, FieldPattern};
use serde::Deserialize;
use serde_json::Value;

/// Parameters of `evidence`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceCheck {
    /// Patterns of the parts that are claims.
    claims: Vec<String>,
    /// The field of a claim that names its sources.
    sources: String,
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, evidence: &EvidenceCheck, out: &mut Vec<Finding>) {
    let patterns: Vec<FieldPattern> = evidence.claims.iter().map(|text| FieldPattern::parse(text)).collect();
    for visit in &record.walk.visits {
        if !patterns.iter().any(|pattern| pattern.matches(&visit.path))
            || !matches!(visit.node.value, NodeValue::Map(_))
        {
            continue;
        }
        let entry = visit.node.entry(&evidence.sources);
        let empty =
            entry.is_none_or(|entry| entry.value.items().is_empty() && entry.value.scalar_text().is_none());
        if !empty {
            continue;
        }
        let path = visit.path.key(&evidence.sources);
        let title =
            visit.shape.and_then(|shape| shape.title.clone()).unwrap_or_else(|| format!("`{}`", visit.path));
        let name = match visit.path.0.last() {
            Some(Step::Item(key)) => format!("{} `{}`", uncapitalised(&title), shown(&key.join(", "))),
            _ => uncapitalised(&title),
        };
        let span = match (entry, visit.key_span) {
            (Some(entry), _) => entry.key_span,
            (None, Some(key)) => key,
            (None, None) => first_line(record.doc, visit.node.span),
        };
        let message = format!("{} names no source", capitalised(&name));
        let mut found = record.file.finding(rule, (Some(span), Some(&path)), Value::Null, message);
        found.help = Some(format!("add `{}: [NAME]` with what it rests on", evidence.sources));
        // The schema demands the same field in fewer words.
        out.retain(|other| {
            !(other.path.as_ref() == Some(&path)
                && matches!(other.rule.as_str(), "schema-required" | "schema-size"))
        });
        out.push(found);
    }
}
