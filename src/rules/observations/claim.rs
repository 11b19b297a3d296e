//! Claims of coverage: the spans of time of which a record claims to know every occasion.

use super::paths::dotted;
use crate::dataset::Occasion;
use crate::model::{DateRange, FieldPath, Node, PartialDate, Step};
use crate::schema::Shape;
use indexmap::IndexMap;

/// A claim of coverage.
#[derive(Clone, Debug)]
pub struct Claim {
    /// From the start of its first to the end of its last day.
    pub range: DateRange,
    /// Its last day as it is written.
    pub to: PartialDate,
    /// Where it stands.
    pub path: FieldPath,
    /// Whether it speaks of every occasion that is asked about.
    pub whole: bool,
    restricted: Vec<(String, Vec<String>)>,
}

/// Where a record's claims stand, and which occasions they are asked about.
#[derive(Clone, Copy)]
pub struct ClaimFields<'s> {
    /// The path of the claims: spans with `from` and `to`.
    pub coverage: &'s str,
    /// Which field of a claim restricts it to occasions with which field.
    pub matching: &'s IndexMap<String, String>,
    /// The occasions that are asked about, by field and values.
    pub occasions: &'s IndexMap<String, Vec<String>>,
}

impl ClaimFields<'_> {
    /// The claims of a record whose dates can be read.
    pub fn claims(&self, root: &Node, shape: &Shape) -> Vec<Claim> {
        let Some(node) = root.at_keys(self.coverage.split('.')) else { return Vec::new() };
        let path = dotted(self.coverage);
        if node.items().is_empty() {
            return self.claim(node, path).into_iter().collect();
        }
        let fields = shape.key_at(&path);
        let step = |at: usize, item: &Node| {
            fields.and_then(|f| item.key_values(f)).map_or(Step::Index(at), Step::Item)
        };
        let items = node.items().iter().enumerate();
        items.filter_map(|(at, item)| self.claim(item, path.then(step(at, item)))).collect()
    }

    fn claim(&self, node: &Node, path: FieldPath) -> Option<Claim> {
        let date = |field: &str| node.get(field)?.scalar_text()?.parse::<PartialDate>().ok();
        let (from, to) = (date("from")?, date("to")?);
        let mut restricted = Vec::new();
        for (of_claim, of_occasion) in self.matching {
            if let Some(values) = node.get(of_claim) {
                let values = if values.items().is_empty() {
                    vec![values.scalar_text()?]
                } else {
                    values.items().iter().filter_map(Node::scalar_text).collect()
                };
                restricted.push((of_occasion.clone(), values));
            }
        }
        let whole = restricted.iter().all(|(field, values)| {
            self.occasions.get(field).is_some_and(|wanted| wanted.iter().all(|w| values.contains(w)))
        });
        let range = DateRange::spanning(from.range().start, to.range().end);
        Some(Claim { range, to, path, whole, restricted })
    }
}

impl Claim {
    /// Whether it speaks of an occasion.
    pub fn spans(&self, occasion: &Occasion) -> bool {
        occasion.range.within(&self.range)
            && self.restricted.iter().all(|(field, values)| {
                occasion.field_text(field).is_some_and(|value| values.contains(&value))
            })
    }
}
