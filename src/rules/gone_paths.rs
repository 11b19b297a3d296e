//! Where something went or changed from one edition of a record to the next: what an edition lacks and no
//! such place holds was in none before it.

use crate::diff::Delta;
use crate::model::{FieldPath, Step};
use crate::schema::Op;
use foldhash::HashSet;
use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::Arc;

/// Hashes of paths; two paths with one hash cost a search and change no answer.
#[derive(Clone, Debug, Default)]
pub(super) struct GonePaths {
    /// Of the paths themselves.
    ends: GrowingSet,
    /// Of the paths that lead to them.
    ways: GrowingSet,
}

/// A set that grows from edition to edition, of which each edition keeps its own: in layers that editions
/// share, each more than twice as large as the next. What is added is merged with layers that are not, so
/// that all editions together hold little more than the last.
#[derive(Clone, Debug, Default)]
struct GrowingSet {
    layers: Vec<Arc<HashSet<u64>>>,
}

impl GonePaths {
    /// The same with what went or changed in one more step.
    pub(super) fn with(&self, deltas: &[Delta]) -> GonePaths {
        let mut out = self.clone();
        let (mut ends, mut ways) = (HashSet::default(), HashSet::default());
        for delta in deltas.iter().filter(|delta| delta.op != Op::Added) {
            let hashes = hashes(&delta.path);
            ends.extend(hashes.last());
            ways.extend(hashes);
        }
        out.ends.add(ends);
        out.ways.add(ways);
        out
    }

    /// Whether something that stood at a path, or in it, or that it stood in, may have gone.
    pub(super) fn may_hold(&self, path: &FieldPath) -> bool {
        let hashes = hashes(path);
        hashes.last().is_some_and(|whole| self.ways.has(whole))
            || hashes.iter().any(|hash| self.ends.has(hash))
    }
}

impl GrowingSet {
    fn has(&self, hash: &u64) -> bool {
        self.layers.iter().any(|layer| layer.contains(hash))
    }

    fn add(&mut self, mut new: HashSet<u64>) {
        new.retain(|hash| !self.has(hash));
        if new.is_empty() {
            return;
        }
        while let Some(layer) = self.layers.pop_if(|layer| layer.len() <= 2 * new.len()) {
            new.extend(layer.iter());
        }
        self.layers.push(Arc::new(new));
    }
}

/// The hash of a path and of each path that leads to it, the shortest first. Items of lists without a key
/// move and count as their list.
fn hashes(path: &FieldPath) -> Vec<u64> {
    let is_named = |step: &&Step| matches!(step, Step::Key(_) | Step::Item(_));
    let mut hasher = FixedState::default().build_hasher();
    let mut out = vec![hasher.finish()];
    for step in path.0.iter().take_while(is_named) {
        step.hash(&mut hasher);
        out.push(hasher.finish());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::GonePaths;
    use crate::diff::Delta;
    use crate::model::{FieldPath, Step};
    use crate::schema::Op;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn item(name: &str) -> FieldPath {
        FieldPath::root().key("items").then(Step::Item(vec![name.to_owned()]))
    }

    #[test]
    fn what_went_is_found_at_its_place_above_it_and_below_it() {
        let gone = Delta {
            path: item("a").key("inner"),
            from_path: None,
            op: Op::Removed,
            before: None,
            after: None,
        };
        let added = Delta { path: item("b"), op: Op::Added, ..gone.clone() };
        let paths = GonePaths::default().with(&[gone, added]);
        for held in [item("a"), item("a").key("inner"), item("a").key("inner").key("below")] {
            assert!(paths.may_hold(&held), "{held}");
        }
        for other in [item("b"), item("a").key("beside"), FieldPath::root().key("other")] {
            assert!(!paths.may_hold(&other), "{other}");
        }
    }

    /// A list that loses an item with each edition.
    #[test]
    fn what_a_thousand_editions_lose_is_held_little_more_than_once() {
        let gone = |at: usize| Delta {
            path: item(&at.to_string()),
            from_path: None,
            op: Op::Removed,
            before: None,
            after: None,
        };
        let mut editions = vec![GonePaths::default()];
        for at in 0..1000 {
            editions.push(editions[at].with(&[gone(at)]));
        }
        let layers = editions.iter().flat_map(|paths| &paths.ends.layers);
        let distinct: BTreeMap<_, _> = layers.map(|layer| (Arc::as_ptr(layer), layer.len())).collect();
        let held: usize = distinct.values().sum();
        assert!(held < 20_000, "{held} hashes");
        for (at, paths) in editions.iter().enumerate() {
            assert!(paths.ends.layers.len() < 12);
            assert!((0..1000).all(|other| paths.may_hold(&item(&other.to_string())) == (other < at)), "{at}");
        }
    }

    #[test]
    fn an_item_without_a_key_counts_as_its_list() {
        let list = FieldPath::root().key("list");
        let gone = Delta {
            path: list.then(Step::Gone(3)),
            from_path: None,
            op: Op::Removed,
            before: None,
            after: None,
        };
        let paths = GonePaths::default().with(&[gone]);
        assert!(paths.may_hold(&list.then(Step::Member("x".to_owned()))));
        assert!(!paths.may_hold(&FieldPath::root().key("another")));
    }
}
