//! `silence`: the last time something was said.
//!
//! Parameters: `list`, `date` (the field of an entry), and optionally `assessed` (the path of a date).
//! Variant: `last`. Words see `item` (the last entry), `since` (its date), `through`, `short` (whether
//! `through` lies before the edition's own date), `unknown` (how many entries have no date: one of them could
//! be later).

use super::{Case, Details, DraftObservation, Proof, Recorded};
use crate::model::{Node, PartialDate, Step};
use serde_json::{Map, json};

/// An entry with its date.
struct DatedEntry<'e> {
    node: &'e Node,
    date: PartialDate,
    step: Step,
    recorded: Option<&'e Recorded>,
}

pub(super) fn observe(case: &Case<'_>) -> Vec<DraftObservation> {
    let (Some(list), Some(field)) = (case.rule.list.as_deref(), case.rule.date.as_deref()) else {
        return Vec::new();
    };
    let (dated, undated) = entries(case, list, field);
    let latest =
        dated.iter().max_by_key(|e| (e.date.range().end, e.date.range().start, e.recorded.is_none()));
    let Some(last) = latest else { return Vec::new() };
    // Who recorded a later statement has looked as far as that.
    let assessed = case.rule.assessed.as_deref().and_then(|path| case.date_at(path));
    let through =
        assessed.map(|date| if date.range().end < last.date.range().end { last.date.clone() } else { date });
    let path =
        last.recorded.map_or_else(|| super::dotted(list).then(last.step.clone()), |r| r.path().clone());
    let mut proof = vec![Proof { path, recorded: last.recorded.cloned() }];
    if through.is_some() {
        proof.extend(case.rule.assessed.as_deref().map(|path| super::dotted(path).into()));
    }
    let mut context = Map::new();
    context.insert("item".to_owned(), last.node.to_json());
    context.insert("unknown".to_owned(), json!(undated));
    context
        .insert("short".to_owned(), json!(through.as_ref().is_some_and(|through| case.falls_short(through))));
    let recorded = last.recorded.map(|entry| json!([{"edition": entry.edited().date(), "occasions": []}]));
    context.extend(recorded.map(|groups| ("recorded".to_owned(), groups)));
    vec![DraftObservation {
        variant: "last",
        since: Some(last.date.clone()),
        identity: json!("last"),
        content: match &last.step {
            Step::Item(key) => json!(key),
            _ => json!(last.date),
        },
        stands: true,
        details: Details {
            last: None,
            through: through.map(|date| date.to_string()),
            examined: Vec::new(),
            proof,
            context,
        },
    }]
}

/// The entries with a date, those on record from earlier editions among them; and how many have none.
fn entries<'e>(case: &Case<'e>, list: &str, field: &str) -> (Vec<DatedEntry<'e>>, usize) {
    let fields = case.subject.kind.shape.key_at(&super::dotted(list));
    let items = case.edition.document.root.at_keys(list.split('.')).map_or(&[][..], Node::items);
    let step =
        |at: usize, item: &Node| fields.and_then(|f| item.key_values(f)).map_or(Step::Index(at), Step::Item);
    let own = items.iter().enumerate().map(|(at, item)| (item, step(at, item), None));
    let on_record = case.on_record.into_iter().flat_map(|r| r.beyond(list, case.edition.edition));
    let earlier = on_record.filter_map(|entry| {
        let step = entry.path().0.last().cloned()?;
        Some((entry.node(list)?, step, Some(entry)))
    });
    let (mut dated, mut undated) = (Vec::new(), 0);
    for (node, step, recorded) in own.chain(earlier) {
        match node.get(field).and_then(Node::scalar_text).and_then(|text| text.parse().ok()) {
            Some(date) => dated.push(DatedEntry { node, date, step, recorded }),
            // One that later pages leave out is most often one that they date.
            None if recorded.is_none() => undated += 1,
            None => {}
        }
    }
    (dated, undated)
}
