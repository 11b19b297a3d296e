//! What blobs say of themselves, as it is kept.

use crate::history::{BlobHead, BlobIndex, BlobSummary, HeadKey};
use crate::model::{Failure, Identity, LineColumn, ObjectId, PartialDate};
use foldhash::HashMap;
use serde::{Deserialize, Serialize};
use std::hash::Hash as Hashed;
use std::sync::Arc;

/// What blobs say of themselves; identities and dates stand in tables of their own, each once.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct KeptHeads {
    identities: Vec<Vec<(String, String)>>,
    pub(super) dates: Vec<String>,
    /// The blobs' ids, 20 bytes each.
    blobs: Vec<u8>,
    /// Each with the number of its kind, and that of its path where that names the record.
    pub(super) heads: Vec<(u32, u64, KeptHead)>,
}

/// What a blob says, or why it cannot be read.
#[derive(Serialize, Deserialize)]
pub(super) enum KeptHead {
    Read(KeptSummary),
    Unreadable(String),
}

#[derive(Serialize, Deserialize)]
pub(super) struct KeptSummary {
    pub(super) identity: Option<u32>,
    pub(super) formerly: Vec<u32>,
    pub(super) date: Option<u32>,
    pub(super) by_commit: bool,
    pub(super) problems: Vec<(usize, usize, String)>,
}

/// Things, each once, by their places.
struct IndexedList<'h, T> {
    pub(super) list: Vec<&'h T>,
    places: HashMap<&'h T, u32>,
}

impl<'h, T: Eq + Hashed> IndexedList<'h, T> {
    pub(super) fn new() -> Self {
        IndexedList { list: Vec::new(), places: HashMap::default() }
    }

    pub(super) fn place(&mut self, thing: &'h T) -> Option<u32> {
        if let Some(at) = self.places.get(thing) {
            return Some(*at);
        }
        let at = u32::try_from(self.list.len()).ok()?;
        self.list.push(thing);
        self.places.insert(thing, at);
        Some(at)
    }
}

impl KeptHeads {
    pub(super) fn of(heads: &[(HeadKey, BlobHead)]) -> Option<KeptHeads> {
        let (mut identities, mut dates) = (IndexedList::new(), IndexedList::new());
        let mut kept = KeptHeads::default();
        for ((kind, blob, path), head) in heads {
            let head = match head {
                Err(failure) => KeptHead::Unreadable(failure.message.clone()),
                Ok(head) => KeptHead::Read(KeptSummary {
                    identity: head
                        .identity
                        .as_deref()
                        .map(|identity| identities.place(identity).ok_or(()))
                        .transpose()
                        .ok()?,
                    formerly: head
                        .formerly
                        .iter()
                        .map(|identity| identities.place(identity))
                        .collect::<Option<_>>()?,
                    date: head.date.as_deref().map(|date| dates.place(date).ok_or(())).transpose().ok()?,
                    by_commit: head.by_commit,
                    problems: head
                        .problems
                        .iter()
                        .map(|(at, text)| (at.line, at.column, text.clone()))
                        .collect(),
                }),
            };
            kept.blobs.extend(blob.as_bytes());
            kept.heads.push((u32::try_from(*kind).ok()?, *path, head));
        }
        kept.identities = identities.list.into_iter().map(|identity: &Identity| identity.0.clone()).collect();
        kept.dates = dates.list.into_iter().map(PartialDate::to_string).collect();
        Some(kept)
    }

    pub(super) fn restore(self, heads: &mut BlobIndex) -> Option<()> {
        let identities: Vec<Arc<Identity>> =
            self.identities.into_iter().map(|fields| Arc::new(Identity(fields))).collect();
        let dates: Vec<Arc<PartialDate>> =
            self.dates.iter().map(|date| Some(Arc::new(date.parse().ok()?))).collect::<Option<_>>()?;
        let identity = |at: u32| identities.get(at as usize).cloned();
        let restore = |head: KeptSummary| {
            Some(BlobSummary {
                identity: head.identity.map(|at| identity(at).ok_or(())).transpose().ok()?,
                formerly: head.formerly.iter().map(|at| identity(*at)).collect::<Option<_>>()?,
                date: head.date.map(|at| dates.get(at as usize).cloned().ok_or(())).transpose().ok()?,
                by_commit: head.by_commit,
                problems: head
                    .problems
                    .into_iter()
                    .map(|(line, column, text)| (LineColumn { line, column }, text))
                    .collect(),
            })
        };
        let (blobs, rest) = self.blobs.as_chunks::<20>();
        if !rest.is_empty() || blobs.len() != self.heads.len() {
            return None;
        }
        heads.reserve(blobs.len());
        for (blob, (kind, path, head)) in blobs.iter().zip(self.heads) {
            let head = match head {
                KeptHead::Read(head) => Ok(restore(head)?),
                KeptHead::Unreadable(message) => Err(Failure::data(message)),
            };
            heads.insert((kind as usize, ObjectId::from(*blob), path), head);
        }
        Some(())
    }
}
