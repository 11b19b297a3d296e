//! What commits are and did, recorded once, so that a walk reads only commits that no walk before it read.
//!
//! Owns the facts about a commit that hold from every tip: its parents, and what it changed below a prefix.
//! They depend on the commit, on its parents as this clone has them and on the prefix, and on nothing else.
//! Must not order commits (`walk` does) or know where facts are kept between runs.

use super::walked::{History, Touch, TouchEntry};
use crate::model::ObjectId;
use crate::model::RepoPath;
use foldhash::HashMap;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::sync::Arc;

/// Facts about commits from earlier walks with the same prefix in a clone with the same
/// [`alterations`](super::Repository::alterations): from any tips, in any order, of any number of them.
#[derive(Debug, Default)]
pub struct WalkMemory {
    /// Commits that are known or named as parents; a commit's place here is its number.
    ids: Vec<ObjectId>,
    numbers: HashMap<ObjectId, u32>,
    facts: Vec<Option<CommitFact>>,
    /// The commits that are known, in the order they were learned.
    known: Vec<u32>,
    parents: Vec<u32>,
    touches: Vec<KnownTouch>,
    paths: Vec<Arc<RepoPath>>,
    path_numbers: HashMap<Arc<RepoPath>, u32>,
}

#[derive(Clone, Debug)]
struct CommitFact {
    parents: Range<u32>,
    touches: Range<u32>,
}

#[derive(Debug)]
struct KnownTouch {
    path: u32,
    entry: Option<TouchEntry>,
}

/// Facts about some commits by themselves, in a compact form that can be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitFacts {
    /// Ids, 20 bytes each: of the commits that are known, then of parents that are not.
    ids: Vec<u8>,
    /// For each commit that is known, how many parents and touches are its own.
    commits: Vec<(u32, u32)>,
    /// Places among the ids, from the commit's own on.
    parents: Vec<i32>,
    paths: Vec<Vec<u8>>,
    /// Path and mode; mode 0 for a deletion.
    touches: Vec<(u32, u32)>,
    /// The ids of the touches that are no deletions, 20 bytes each.
    entries: Vec<u8>,
}

/// A number for one of many things.
fn count(length: usize) -> u32 {
    u32::try_from(length).expect("because four thousand million commits or files do not fit into memory")
}

fn usize_range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

impl WalkMemory {
    /// How many commits are known.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether no commit is known.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// How many commits have a number.
    pub(super) fn numbered(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn number_of(&self, commit: &ObjectId) -> Option<usize> {
        self.numbers.get(commit).map(|number| *number as usize)
    }

    pub(super) fn id(&self, number: usize) -> ObjectId {
        self.ids[number]
    }

    /// The numbers of a commit's parents, if the commit is known.
    pub(super) fn parents(&self, number: usize) -> Option<&[u32]> {
        let fact = self.facts.get(number)?.as_ref()?;
        Some(&self.parents[usize_range(&fact.parents)])
    }

    /// What a commit changed, as touches of the commit at `place`.
    pub(super) fn touches(&self, number: usize, place: usize) -> impl Iterator<Item = Touch> {
        let own = self.facts[number].as_ref().map_or(0..0, |fact| usize_range(&fact.touches));
        self.touches[own]
            .iter()
            .map(move |touch| Touch::new(place, &self.paths[touch.path as usize], touch.entry))
    }

    /// Learns the commits that a walk read.
    pub fn learn(&mut self, history: &History) {
        self.take(history, history.fresh.iter().copied());
    }

    /// What is known of one history, and nothing else.
    pub fn of(history: &History) -> WalkMemory {
        let mut memory = WalkMemory::default();
        memory.take(history, 0..history.commits.len());
        memory
    }

    /// Learns commits of a history, given by their places in rising order.
    fn take(&mut self, history: &History, places: impl Iterator<Item = usize>) {
        let mut touches = history.touches.as_slice();
        for place in places {
            let node = &history.commits[place];
            touches = &touches[touches.partition_point(|touch| touch.commit < place)..];
            let own = &touches[..touches.iter().take_while(|touch| touch.commit == place).count()];
            let parents: Vec<u32> =
                node.parents.iter().map(|parent| self.number(history.commits[*parent].hash())).collect();
            let own: Vec<KnownTouch> = own
                .iter()
                .map(|touch| KnownTouch { path: self.path_number(touch.shared_path()), entry: touch.entry })
                .collect();
            let number = self.number(node.hash());
            self.record(number, parents, own);
        }
    }

    fn record(
        &mut self,
        number: u32,
        parents: impl IntoIterator<Item = u32>,
        touches: impl IntoIterator<Item = KnownTouch>,
    ) {
        if self.facts[number as usize].is_some() {
            return;
        }
        let (first_parent, first_touch) = (count(self.parents.len()), count(self.touches.len()));
        self.parents.extend(parents);
        self.touches.extend(touches);
        let fact = CommitFact {
            parents: first_parent..count(self.parents.len()),
            touches: first_touch..count(self.touches.len()),
        };
        self.facts[number as usize] = Some(fact);
        self.known.push(number);
    }

    fn number(&mut self, commit: ObjectId) -> u32 {
        let next = count(self.ids.len());
        let number = *self.numbers.entry(commit).or_insert(next);
        if number == next {
            self.ids.push(commit);
            self.facts.push(None);
        }
        number
    }

    fn path_number(&mut self, path: &Arc<RepoPath>) -> u32 {
        if let Some(number) = self.path_numbers.get(path) {
            return *number;
        }
        let number = count(self.paths.len());
        self.paths.push(Arc::clone(path));
        self.path_numbers.insert(Arc::clone(path), number);
        number
    }

    /// What was learned since there were `from` commits, to be kept.
    pub fn facts(&self, from: usize) -> CommitFacts {
        let known = &self.known[from.min(self.known.len())..];
        let mut kept = CommitFacts::default();
        let mut places: HashMap<u32, u32> =
            known.iter().zip(0..).map(|(number, place)| (*number, place)).collect();
        let mut paths: HashMap<u32, u32> = HashMap::default();
        known.iter().for_each(|number| kept.ids.extend(self.ids[*number as usize].as_bytes()));
        for (number, own) in known.iter().zip(0_i32..) {
            let Some(fact) = &self.facts[*number as usize] else { continue };
            kept.commits.push((fact.parents.end - fact.parents.start, fact.touches.end - fact.touches.start));
            for parent in &self.parents[usize_range(&fact.parents)] {
                let next = count(places.len());
                let place = *places.entry(*parent).or_insert(next);
                if place == next {
                    kept.ids.extend(self.ids[*parent as usize].as_bytes());
                }
                kept.parents.push(place.cast_signed().wrapping_sub(own));
            }
            for touch in &self.touches[usize_range(&fact.touches)] {
                let path = *paths.entry(touch.path).or_insert_with(|| {
                    kept.paths.push(self.paths[touch.path as usize].0.clone());
                    count(kept.paths.len()) - 1
                });
                kept.touches.push((path, touch.entry.map_or(0, |entry| entry.mode)));
                kept.entries.extend(touch.entry.iter().flat_map(|entry| *entry.hash().as_bytes()));
            }
        }
        kept
    }

    /// Learns what was kept. Facts that do not fit together are refused: `None`, and some of them may have
    /// been learned.
    pub fn add(&mut self, kept: &CommitFacts) -> Option<()> {
        let hash = |bytes: &[u8; 20]| ObjectId::from(*bytes);
        let (ids, rest) = kept.ids.as_chunks::<20>();
        let (entries, more) = kept.entries.as_chunks::<20>();
        if !rest.is_empty() || !more.is_empty() || ids.len() < kept.commits.len() {
            return None;
        }
        self.numbers.reserve(ids.len());
        let numbers: Vec<u32> = ids.iter().map(|id| self.number(hash(id))).collect();
        let paths: Vec<u32> =
            kept.paths.iter().map(|path| self.path_number(&Arc::new(RepoPath(path.clone())))).collect();
        let (mut parents, mut touches) = (kept.parents.as_slice(), kept.touches.as_slice());
        let mut entries = entries.iter();
        for (own, (parent_count, touch_count)) in kept.commits.iter().enumerate() {
            let (own_parents, later_parents) = parents.split_at_checked(*parent_count as usize)?;
            let (own_touches, later_touches) = touches.split_at_checked(*touch_count as usize)?;
            (parents, touches) = (later_parents, later_touches);
            let parent = |step: &i32| numbers.get(own.checked_add_signed(*step as isize)?).copied();
            let own_parents = own_parents.iter().map(parent).collect::<Option<Vec<u32>>>()?;
            let mut known = |(path, mode): &(u32, u32)| {
                let entry =
                    if *mode == 0 { None } else { Some(TouchEntry::new(*mode, hash(entries.next()?))) };
                Some(KnownTouch { path: *paths.get(*path as usize)?, entry })
            };
            let own_touches = own_touches.iter().map(&mut known).collect::<Option<Vec<KnownTouch>>>()?;
            self.record(numbers[own], own_parents, own_touches);
        }
        Some(())
    }
}
