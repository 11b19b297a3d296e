//! One difference, and where it stands.

use crate::model::{FieldPath, Node, Step};
use crate::schema::Op;

/// One structural difference between two editions.
#[derive(Clone, Debug)]
pub struct Delta {
    /// Where, in the later tree; what is gone from a list without a key has a path that leads nowhere in
    /// either.
    pub path: FieldPath,
    /// Where in the earlier tree, if that is elsewhere: items of lists without a key move.
    pub from_path: Option<FieldPath>,
    /// What happened.
    pub op: Op,
    /// The value before, with its span; `None` if added.
    pub before: Option<Node>,
    /// The value after, with its span; `None` if removed.
    pub after: Option<Node>,
}

impl Delta {
    /// Where the value stood in the earlier tree.
    pub fn path_before(&self) -> &FieldPath {
        self.from_path.as_ref().unwrap_or(&self.path)
    }

    /// Where in the earlier tree a place near this one is, given by its path in the later tree.
    pub fn before_at(&self, near: &FieldPath) -> FieldPath {
        let Some(from) = &self.from_path else { return near.clone() };
        let shared = near.0.iter().zip(&self.path.0).take_while(|(a, b)| a == b).count();
        FieldPath(from.0[..shared].iter().chain(&near.0[shared..]).cloned().collect())
    }
}

/// Where two values stand.
#[derive(Clone, Default)]
pub(super) struct At {
    pub(super) path: FieldPath,
    /// The place in the earlier tree, if it is another.
    pub(super) before: Option<FieldPath>,
}

impl At {
    pub(super) fn then(&self, step: Step) -> At {
        At {
            before: self.before.as_ref().map(|before| before.then(step.clone())),
            path: self.path.then(step),
        }
    }

    pub(super) fn key(&self, key: &str) -> At {
        self.then(Step::Key(key.to_owned()))
    }
}

pub(super) fn push(out: &mut Vec<Delta>, at: &At, op: Op, before: Option<&Node>, after: Option<&Node>) {
    let (path, from_path) = (at.path.clone(), at.before.clone());
    out.push(Delta { path, from_path, op, before: before.cloned(), after: after.cloned() });
}
