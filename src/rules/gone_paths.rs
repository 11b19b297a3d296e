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
    ends: Arc<HashSet<u64>>,
    /// Of the paths that lead to them.
    ways: Arc<HashSet<u64>>,
}

impl GonePaths {
    /// The same with what went or changed in one more step; shared where no other places did.
    pub(super) fn with(&self, deltas: &[Delta]) -> GonePaths {
        let mut out = self.clone();
        for delta in deltas.iter().filter(|delta| delta.op != Op::Added) {
            let hashes = hashes(&delta.path);
            extend(&mut out.ends, &hashes[hashes.len() - 1..]);
            extend(&mut out.ways, &hashes);
        }
        out
    }

    /// Whether something that stood at a path, or in it, or that it stood in, may have gone.
    pub(super) fn may_hold(&self, path: &FieldPath) -> bool {
        let hashes = hashes(path);
        hashes.last().is_some_and(|whole| self.ways.contains(whole))
            || hashes.iter().any(|hash| self.ends.contains(hash))
    }
}

/// Adds what a set lacks: only then it is one of its own.
fn extend(set: &mut Arc<HashSet<u64>>, hashes: &[u64]) {
    if hashes.iter().any(|hash| !set.contains(hash)) {
        Arc::make_mut(set).extend(hashes);
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
