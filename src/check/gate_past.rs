//! What an edit may do to what a record recorded of the past: facts, the sources of claims, the log of
//! corrections.

use super::applies;
use super::gate_sides::{EditSides, at_base};
use super::gate_words as words;
use super::kinds::Check;
use super::losses::losses;
use crate::diff::Delta;
use crate::model::{FieldPath, Finding, Node, Step};
use crate::rules::natures;
use crate::schema::{CheckRule, Op};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};

/// By list without keys, its items as they stand now.
type StandingItems = HashMap<FieldPath, HashSet<String>>;

impl EditSides<'_> {
    /// Past facts that are recorded otherwise, or no longer, without an entry in the log of corrections.
    pub(super) fn past(&self, out: &mut Vec<Finding>) {
        let mut items: BTreeMap<FieldPath, Delta> = BTreeMap::new();
        let mut lists = StandingItems::default();
        let touched = self.touched();
        let lost = touched
            .content
            .iter()
            .filter(|delta| delta.op != Op::Added)
            .flat_map(|delta| losses(delta, self.kind()));
        for delta in lost {
            if natures::declared(&delta.path, self.kind()).is_none()
                && self.is_past(&delta)
                && !self.logged(&delta)
                && !self.still_stands(&delta, &mut lists)
            {
                items.entry(natures::item_or_parent(&delta.path)).or_insert(delta);
            }
        }
        for (item, delta) in items {
            out.extend(self.past_finding(&item, &delta));
        }
    }

    /// Whether what was published is past by the date that it was published with, whatever date it has now. A
    /// date that cannot be read frees nothing.
    fn is_past(&self, delta: &Delta) -> bool {
        match natures::published(delta, self.before, self.after, self.kind(), self.base.reference) {
            Some(when) => {
                let assessed = natures::assessed(&delta.path, self.before, &self.from, self.kind());
                when.range.is_on_or_before(&assessed)
            }
            None => natures::has_unreadable_date(delta, self.before, self.kind()),
        }
    }

    /// Whether the item of a list without keys that a difference is about stands in the list as it was,
    /// elsewhere.
    fn still_stands(&self, delta: &Delta, lists: &mut StandingItems) -> bool {
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let unkeyed =
            |path: &FieldPath| path.item().filter(|item| matches!(item.0.last(), Some(Step::Index(_))));
        let (Some(then), Some(now)) = (unkeyed(delta.path_before()), unkeyed(&delta.path)) else {
            return false;
        };
        let (Some(item), Some(list)) = (self.before.at(&then, &keys), now.parent()) else { return false };
        let standing = lists.entry(list).or_insert_with_key(|list| {
            let items = self.after.at(list, &keys).map_or(&[][..], Node::items);
            items.iter().map(Node::canonical).collect()
        });
        standing.contains(&item.canonical())
    }

    fn past_finding(&self, item: &FieldPath, delta: &Delta) -> Option<Finding> {
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let (rule, message) = match delta.op {
            Op::Removed => ("gate-past-removed", words::past_removed(&delta.path, delta)),
            _ => ("gate-past-changed", words::past_changed(&delta.path, delta)),
        };
        let span = match self.after.at(&delta.path, &keys) {
            Some(node) => super::first_line(self.after, node.span),
            None => self.at_delta(delta).place?.bytes(),
        };
        let mut found = self.file.by_id(
            rule,
            (Some(span), Some(&delta.path)),
            json!([item, delta.before.as_ref().map(Node::to_json)]),
            message,
        )?;
        found.help =
            Some(words::past_help(self.spec().corrections.as_deref(), &delta.path, &self.next_date()));
        let stood = delta.before.as_ref().map(|before| self.stood_at(before.span, words::AT_BASE));
        found.related.extend(stood);
        Some(found)
    }

    /// Claims that change while their sources stay.
    pub(super) fn sources(&self, out: &mut Vec<Finding>) {
        let sides = (self.before, self.after);
        let applies = |rule: &CheckRule| applies(rule, Some(&self.old.identity), Some(&self.after.root));
        for (rule, check) in self.checker.checks().filter(|(rule, _)| applies(rule)) {
            let Check::NewSource(check) = check else { continue };
            for change in check.unsourced(&self.deltas, sides, self.kind()) {
                if self.logged(change.delta) {
                    continue;
                }
                let place = self.at_delta(change.delta).place.map(|place| place.bytes());
                let path = &change.delta.path;
                let arguments = json!([change.delta.before.as_ref().map(Node::to_json)]);
                let message = words::unsourced(change.delta, &change.names);
                let mut found = self.file.finding(rule, (place, Some(path)), arguments, message);
                let log = self.spec().corrections.as_deref();
                found.help = found.help.or_else(|| Some(words::unsourced_help(&change.sources, log)));
                out.push(found);
            }
        }
    }

    /// The log of corrections only grows.
    pub(super) fn log(&self, out: &mut Vec<Finding>) {
        let Some(field) = self.spec().corrections.as_deref() else { return };
        let entries = |root: &Node| root.get(field).map_or(Vec::new(), |list| list.items().to_vec());
        let keys = self.kind().shape.key_at(&FieldPath::root().key(field));
        let name = |entry: &Node| keys.and_then(|fields| entry.key_values(fields)).map(|key| key.join(", "));
        let now = entries(&self.after.root);
        let values: HashSet<String> = now.iter().map(Node::canonical).collect();
        let names: HashSet<String> = now.iter().filter_map(name).collect();
        for entry in entries(&self.before.root) {
            if values.contains(&entry.canonical()) || name(&entry).is_some_and(|name| names.contains(&name)) {
                continue;
            }
            let at = self.after.root.entry(field).or_else(|| self.after.root.entry(self.spec().date.field()));
            let Some(span) = at.map(|entry| entry.key_span) else { continue };
            let path = FieldPath::root().key(field);
            let message = words::correction_removed(field, &name(&entry).unwrap_or_default());
            let args = json!([entry.to_json()]);
            out.extend(
                self.file.by_id("gate-correction-removed", (Some(span), Some(&path)), args, message).map(
                    |mut found| {
                        found.related.push(at_base(
                            self.old,
                            &FieldPath::root().key(field),
                            self.base,
                            "the log at the base",
                        ));
                        found
                    },
                ),
            );
        }
    }
}
