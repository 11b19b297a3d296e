//! `silence`: the last time something was said.
//!
//! Parameters: `list`, `date` (the field of an entry), and optionally `assessed` (the path of a date) and
//! `spoke` (a list of occasions and the truth field of its entries that says that something was said there).
//! Variants: `last`; with `spoke`, also `spoke`: of an occasion later than the last entry. Words see `item`
//! (the last entry), `since` (its date, or that of the occasion), `through`, `short` (whether `through` lies
//! before the edition's own date), `beyond` (whether it lies before what was said last), `unknown` (how many
//! entries have no date: one of them could be later), and `occasion`.

use super::{Case, Details, DraftObservation, Proof, Recorded};
use crate::dataset::Occasion;
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
    let through = case.rule.assessed.as_deref().and_then(|path| case.date_at(path));
    let spoken = latest_spoken(case, &last.date);
    let latest = spoken.as_ref().map_or(last.date.range(), |spoken| spoken.occasion.range);
    let is_beyond = through.as_ref().is_some_and(|through| through.range().end < latest.end);
    let path = last.recorded.map_or_else(|| super::dotted(list).then(last.step.clone()), |r| r.path());
    let mut proof = vec![Proof { path, recorded: last.recorded.cloned() }];
    proof.extend(spoken.iter().map(|spoken| spoken.proof.clone()));
    if through.is_some() {
        proof.extend(case.rule.assessed.as_deref().map(|path| super::dotted(path).into()));
    }
    let mut context = Map::new();
    context.insert("item".to_owned(), last.node.to_json());
    context.insert("unknown".to_owned(), json!(undated));
    context
        .insert("short".to_owned(), json!(through.as_ref().is_some_and(|through| case.falls_short(through))));
    context.insert("beyond".to_owned(), json!(is_beyond));
    context.extend(spoken.iter().map(|s| ("occasion".to_owned(), super::occasion_json(s.occasion))));
    let recorded = last.recorded.map(|entry| json!({"edition": entry.edited().date(), "occasions": []}));
    context.insert("recorded".to_owned(), json!(Vec::from_iter(recorded)));
    vec![DraftObservation {
        variant: if spoken.is_some() { "spoke" } else { "last" },
        since: Some(spoken.as_ref().map_or_else(|| last.date.clone(), |s| s.occasion.start.clone())),
        identity: json!("last"),
        content: match (&spoken, &last.step) {
            (Some(spoken), _) => json!([spoken.occasion.id, last.date]),
            (None, Step::Item(key)) => json!(key),
            (None, _) => json!(last.date),
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

/// An occasion at which something was said.
struct Spoken<'e> {
    occasion: &'e Occasion,
    proof: Proof,
}

/// The last occasion later than a date at which something was said, as the edition or an earlier one records
/// it.
fn latest_spoken<'e>(case: &Case<'e>, after: &PartialDate) -> Option<Spoken<'e>> {
    let spec = case.rule.spoke.as_ref()?;
    let list = super::dotted(&spec.list);
    let shape = &case.subject.kind.shape;
    let (property, calendars) = shape.at(&list)?.items.as_deref()?.occasion_property()?;
    let fields = shape.key_at(&list);
    let items = case.edition.document.root.at_keys(spec.list.split('.')).map_or(&[][..], Node::items);
    let own = items.iter().enumerate().map(|(at, item)| {
        let step = fields.and_then(|f| item.key_values(f)).map_or(Step::Index(at), Step::Item);
        (item, Proof::from(list.then(step)))
    });
    let on_record = case.on_record.into_iter().flat_map(|r| r.beyond(&spec.list, case.edition.edition));
    let earlier = on_record.filter_map(|entry| {
        let proof = Proof { path: entry.path(), recorded: Some(entry.clone()) };
        Some((entry.node(&spec.list)?, proof))
    });
    let spoken = own.chain(earlier).filter_map(|(item, proof)| {
        let said = item.get(&spec.field).and_then(Node::scalar_text)? == "true";
        let occasion = case.engine.reference.occasion(calendars, &item.get(property)?.scalar_text()?)?;
        (said && occasion.range.start > after.range().end).then_some(Spoken { occasion, proof })
    });
    spoken.max_by_key(|spoken| (spoken.occasion.range.start, spoken.proof.recorded.is_none()))
}

/// The entries with a date, those on record from earlier editions among them; and how many have none.
fn entries<'e>(case: &Case<'e>, list: &str, field: &str) -> (Vec<DatedEntry<'e>>, usize) {
    let fields = case.subject.kind.shape.key_at(&super::dotted(list));
    let items = case.edition.document.root.at_keys(list.split('.')).map_or(&[][..], Node::items);
    let step =
        |at: usize, item: &Node| fields.and_then(|f| item.key_values(f)).map_or(Step::Index(at), Step::Item);
    let own = items.iter().enumerate().map(|(at, item)| (item, step(at, item), None));
    let on_record = case.on_record.into_iter().flat_map(|r| r.beyond(list, case.edition.edition));
    let earlier = on_record.filter_map(|entry| Some((entry.node(list)?, entry.step().clone(), Some(entry))));
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
