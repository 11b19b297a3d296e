//! Which of many sentences may be about the same fields as one, without a look at each.
//!
//! Two paths can only meet where they begin alike: sentences are found by the first steps of their paths.

use crate::model::{FieldPath, Step};
use std::collections::HashMap;

/// How many steps two paths share that meet, unless one of them is shorter.
const SHARED: usize = 2;

/// Positions of sentences (or of whatever has paths) by how their paths begin.
#[derive(Default)]
pub(super) struct PathIndex<'p> {
    by_start: HashMap<&'p [Step], Vec<usize>>,
    /// Those with a shorter path: they may meet any.
    short: Vec<usize>,
    count: usize,
}

impl<'p> PathIndex<'p> {
    /// The index of things by their paths, in their order.
    pub(super) fn of(things: impl Iterator<Item = &'p [FieldPath]>) -> PathIndex<'p> {
        let mut out = PathIndex::default();
        for (at, paths) in things.enumerate() {
            out.count = at + 1;
            for path in paths {
                let list = match path.0.get(..SHARED) {
                    Some(start) => out.by_start.entry(start).or_default(),
                    None => &mut out.short,
                };
                if list.last() != Some(&at) {
                    list.push(at);
                }
            }
        }
        out
    }

    /// The positions of all that may have a path in common with these, each once, in their order.
    pub(super) fn near(&self, paths: &[FieldPath]) -> Vec<usize> {
        let starts: Option<Vec<&[Step]>> = paths.iter().map(|path| path.0.get(..SHARED)).collect();
        let Some(starts) = starts else { return (0..self.count).collect() };
        let alike = starts.iter().filter_map(|start| self.by_start.get(start)).flatten();
        let mut out: Vec<usize> = alike.chain(&self.short).copied().collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

#[cfg(test)]
mod tests {
    use super::PathIndex;
    use crate::model::{FieldPath, Step};

    #[test]
    fn what_may_meet_is_found() {
        let item = |name: &str| FieldPath::root().key("items").then(Step::Item(vec![name.to_owned()]));
        let things =
            [vec![item("a").key("date")], vec![item("b")], vec![FieldPath::root().key("items")], vec![]];
        let index = PathIndex::of(things.iter().map(Vec::as_slice));
        assert_eq!(index.near(&[item("a")]), [0, 2]);
        assert_eq!(index.near(&[item("b").key("date"), item("c")]), [1, 2]);
        assert_eq!(index.near(&[FieldPath::root().key("items")]), [0, 1, 2, 3]);
        assert_eq!(index.near(&[]), [2]);
    }
}
