//! Which record continues which: what records say of their former identities.
//!
//! One former identity with one heir that names no other is one line: its history is the heir's. Where
//! several records were joined, or one was split, the old histories end, and each says in which records it is
//! continued.

use super::marks::Alive;
use crate::model::{Identity, RecordId};
use foldhash::{HashMap, HashSet};
use std::collections::{BTreeMap, BTreeSet};

type Rank = (u32, u32);

/// What records say: a former identity, the record that names it, and the newest revision that does.
#[derive(Default)]
pub(super) struct FormerNames<'h> {
    newest: HashMap<(&'h Identity, &'h Identity), Rank>,
}

impl<'h> FormerNames<'h> {
    pub fn add(&mut self, old: &'h Identity, heir: &'h Identity, rank: Rank) {
        let newest = self.newest.entry((old, heir)).or_insert(rank);
        *newest = rank.min(*newest);
    }
}

/// The lines that claims make.
#[derive(Default)]
pub(super) struct IdentityLines<'h> {
    heirs: HashMap<&'h Identity, Vec<&'h Identity>>,
    olds: HashMap<&'h Identity, Vec<&'h Identity>>,
    /// Records that took in another beside which they had lived.
    joined: HashSet<&'h Identity>,
}

impl<'h> IdentityLines<'h> {
    /// Follows the claims, the newest first. An identity that stands at the tip is a record of its own and
    /// continued by nobody; a claim that would lead back to where it came from is passed over; so is one that
    /// only shortens a longer way. `lived_beside` says whether a record had begun before another's last
    /// revision: then the two are not one line.
    pub fn follow(
        claims: &FormerNames<'h>,
        alive: &Alive<'h>,
        lived_beside: impl Fn(&Identity, &Identity) -> bool,
    ) -> IdentityLines<'h> {
        let mut sorted: Vec<(&'h Identity, &'h Identity, Rank)> = claims
            .newest
            .iter()
            .filter(|((old, _), _)| !alive.contains_key(old))
            .map(|((old, heir), rank)| (*old, *heir, *rank))
            .collect();
        if sorted.is_empty() {
            return IdentityLines::default();
        }
        sorted.sort_by(|a, b| (a.2, &a.0.0, &a.1.0).cmp(&(b.2, &b.0.0, &b.1.0)));
        let mut next: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        let mut names: Vec<&'h Identity> = sorted.iter().flat_map(|(old, heir, _)| [*old, *heir]).collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        names.dedup();
        let number: HashMap<&Identity, usize> =
            names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
        for (old, heir, _) in &sorted {
            let (old, heir) = (number[old], number[heir]);
            if !reaches(&next, heir, old, None) {
                next.entry(old).or_default().insert(heir);
            }
        }
        let mut lines = IdentityLines::default();
        for (old, heirs) in &next {
            for heir in heirs.iter().filter(|heir| !reaches(&next, *old, **heir, Some(**heir))) {
                if lived_beside(names[*heir], names[*old]) {
                    lines.joined.insert(names[*heir]);
                }
                lines.heirs.entry(names[*old]).or_default().push(names[*heir]);
                lines.olds.entry(names[*heir]).or_default().push(names[*old]);
            }
        }
        lines
    }

    /// The record of which an identity is one line, if it has one heir that names no other.
    fn heir(&self, old: &Identity) -> Option<&'h Identity> {
        match self.heirs.get(old)?.as_slice() {
            [one]
                if self.olds.get(*one).is_some_and(|olds| olds.len() == 1) && !self.joined.contains(*one) =>
            {
                Some(one)
            }
            _ => None,
        }
    }

    /// What an identity is called now.
    fn now<'n>(&self, identity: &'n Identity) -> &'n Identity
    where
        'h: 'n,
    {
        std::iter::successors(Some(identity), |at| self.heir(at).map(|heir| heir as &'n Identity))
            .last()
            .unwrap_or(identity)
    }

    /// Each identity that is continued in one line, with what it is called now.
    pub fn continued(&self) -> Vec<(&'h Identity, &'h Identity)> {
        let mut out: Vec<_> = self
            .heirs
            .keys()
            .filter(|old| self.heir(old).is_some())
            .map(|old| (*old, self.now(old)))
            .collect();
        out.sort_by(|a, b| a.0.0.cmp(&b.0.0));
        out
    }

    /// The records in which one whose history ends is continued.
    pub fn heirs_of(&self, identity: &Identity) -> Vec<RecordId> {
        let heirs = self.heirs.get(identity).filter(|_| self.heir(identity).is_none());
        sorted(heirs.into_iter().flatten().map(|heir| self.now(heir)))
    }

    /// The records whose histories end in this one.
    pub fn origins_of(&self, identity: &Identity) -> Vec<RecordId> {
        // The first of the line that leads here.
        let first = std::iter::successors(Some(identity), |at| match self.olds.get(*at)?.as_slice() {
            [one] if self.heir(one).is_some() => Some(*one),
            _ => None,
        });
        let olds = first.last().and_then(|first| self.olds.get(first));
        sorted(olds.into_iter().flatten().copied())
    }
}

fn sorted<'i>(identities: impl Iterator<Item = &'i Identity>) -> Vec<RecordId> {
    let ids: BTreeSet<RecordId> = identities.map(Identity::record_id).collect();
    ids.into_iter().collect()
}

/// Whether a way leads from one number to another; not by the one step that leads straight to `but`.
fn reaches(next: &BTreeMap<usize, BTreeSet<usize>>, from: usize, to: usize, but: Option<usize>) -> bool {
    let mut open: Vec<usize> = match but {
        Some(but) => next.get(&from).into_iter().flatten().copied().filter(|step| *step != but).collect(),
        None => vec![from],
    };
    let mut seen: HashSet<usize> = open.iter().copied().collect();
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        open.extend(next.get(&at).into_iter().flatten().copied().filter(|step| seen.insert(*step)));
    }
    false
}
