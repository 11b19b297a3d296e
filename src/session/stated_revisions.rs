//! The revisions of a record in the order in which they came about, and what one of them takes back.

use crate::history::{Edition, Revision, Timeline};
use std::collections::BTreeMap;

/// A revision with the place of its edition among all that the record ever had.
pub(super) struct DatedRevision<'t> {
    /// The place.
    pub slot: usize,
    /// The edition.
    pub edition: &'t Edition,
    /// The revision.
    pub revision: &'t Revision,
}

/// The revisions of a record that are dated, oldest first by ancestry.
pub(super) fn in_order(timeline: &Timeline) -> Vec<DatedRevision<'_>> {
    let mut editions: Vec<&Edition> = timeline.editions.iter().chain(&timeline.withdrawn).collect();
    let by_moment = editions.iter().all(|edition| edition.date.moment().is_some());
    editions.sort_by_key(|edition| match edition.date.moment().filter(|_| by_moment) {
        Some(moment) => (moment, moment),
        None => (edition.date.range().start, edition.date.range().end),
    });
    let mut out: Vec<DatedRevision<'_>> = Vec::new();
    for (slot, edition) in editions.into_iter().enumerate() {
        out.extend(edition.revisions().map(|revision| DatedRevision { slot, edition, revision }));
    }
    out.sort_by(|a, b| {
        let (x, y) = (a.revision, b.revision);
        y.rank.cmp(&x.rank).then_with(|| a.slot.cmp(&b.slot)).then_with(|| x.path.cmp(&y.path))
    });
    out
}

/// The editions that a revision takes back, as the history sorts them: it brings a content that had stood
/// before they were first stated, under an earlier date, and none of them is stated after it so far.
pub(super) fn taken_back<'t>(revisions: &'t [DatedRevision<'t>], order: usize) -> Vec<usize> {
    let back = &revisions[order];
    let same = |one: &DatedRevision<'_>| one.revision.blob == back.revision.blob;
    let Some(oldest) = revisions[..order].iter().position(same) else { return Vec::new() };
    let mut first: BTreeMap<usize, usize> = BTreeMap::new();
    let mut newest: BTreeMap<usize, &Revision> = BTreeMap::new();
    for (at, one) in revisions[..order].iter().enumerate().filter(|(_, one)| one.slot > back.slot) {
        first.entry(one.slot).or_insert(at);
        newest.insert(one.slot, one.revision);
    }
    let is_back = |(slot, at): (usize, usize)| {
        (at > oldest && newest[&slot].path == back.revision.path).then_some(slot)
    };
    first.into_iter().filter_map(is_back).collect()
}

/// Whether each commit only added the newest edition, so that nothing was ever said otherwise.
pub(super) fn is_plain(timeline: &Timeline, revisions: &[DatedRevision<'_>]) -> bool {
    timeline.withdrawn.is_empty() && revisions.windows(2).all(|pair| pair[0].slot < pair[1].slot)
}
