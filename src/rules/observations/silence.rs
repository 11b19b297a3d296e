//! `silence`: the last time something was said.
//!
//! Parameters: `list`, `date` (the field of an entry), and optionally `assessed` (the path of a date). Variant: `last`. Words see
//! `item` (the last entry), `since` (its date), `through`, `unknown` (how many entries have no date: one of them could be later).

use super::{Case, Details, Draft};
use crate::model::{Node, PartialDate, Step};
use serde_json::{Map, json};

pub(super) fn observe(case: &Case<'_>) -> Vec<Draft> {
    let (Some(list), Some(field)) = (case.rule.list.as_deref(), case.rule.date.as_deref()) else {
        return Vec::new();
    };
    let path = super::dotted(list);
    let items = case.at(list).map_or(&[][..], Node::items);
    let date = |item: &Node| item.get(field)?.scalar_text()?.parse::<PartialDate>().ok();
    let dated: Vec<(usize, PartialDate)> =
        items.iter().enumerate().filter_map(|(at, item)| Some((at, date(item)?))).collect();
    let Some((at, since)) =
        dated.iter().max_by_key(|(at, date)| (date.range().end, date.range().start, *at)).cloned()
    else {
        return Vec::new();
    };
    let fields = case.subject.kind.shape.key_at(&path);
    let step = fields.and_then(|f| items[at].key_values(f)).map_or(Step::Index(at), Step::Item);
    let through = case.rule.assessed.as_deref().and_then(|path| case.date_at(path));
    let mut proof = vec![path.then(step.clone())];
    if through.is_some() {
        proof.extend(case.rule.assessed.as_deref().map(super::dotted));
    }
    let mut context = Map::new();
    context.insert("item".to_owned(), items[at].to_json());
    context.insert("unknown".to_owned(), json!(items.len() - dated.len()));
    vec![Draft {
        variant: "last",
        since: Some(since.clone()),
        identity: json!("last"),
        content: match step {
            Step::Item(key) => json!(key),
            _ => json!(since),
        },
        details: Details {
            last: None,
            through: through.map(|date| date.to_string()),
            examined: Vec::new(),
            proof,
            context,
        },
    }]
}
