//! `diff`: the structural differences between two editions.

use super::Session;
use super::edition::{LoadedEdition, heading_of};
use super::range::{EditionRange, RangeQuestion};
use crate::history::Pick;
use crate::model::view::{DeltaView, DiffView, RecordDiff};
use crate::model::{Failure, Node};
use crate::report::subject_as_of;
use crate::rules::evidence_of;
use crate::schema::Op;
use serde::Serialize;

/// What differs between two editions of records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DiffQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
    /// The two editions; the last two by default.
    pub range: RangeQuestion,
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A record, date or revision that is not known, or a range that is reversed.
    pub fn diff(&self, question: &DiffQuestion) -> Result<DiffView, Failure> {
        let engine = self.engine()?;
        let archive = self.archive(&question.records)?;
        let (from, to) = question.range.picks()?;
        let (from, to) = (from.unwrap_or(Pick::Previous), to.unwrap_or(Pick::Last));
        let range = EditionRange::open(self, &question.records, from, to)?;
        let alone = EditionRange::is_alone(&archive);
        let mut records = Vec::new();
        for timeline in range.begun(&archive)? {
            let chain = range.chain(timeline, alone)?;
            chain.notes.iter().for_each(|note| self.note(note));
            let (first, last) = (&chain.editions[0], &chain.editions[chain.editions.len() - 1]);
            let from = LoadedEdition::read(&self.store, first)?;
            let to = LoadedEdition::read(&self.store, last)?;
            let subject = subject_as_of(&engine, &self.store, timeline, Some(last))?;
            let deltas = crate::diff::diff(&from.document.root, &to.document.root, &subject.kind.shape);
            let deltas = deltas
                .iter()
                .map(|delta| DeltaView {
                    path: delta.path.clone(),
                    op: match delta.op {
                        Op::Added => "added",
                        Op::Removed => "removed",
                        Op::Changed => "changed",
                    },
                    before: delta.before.as_ref().map(Node::to_json),
                    after: delta.after.as_ref().map(Node::to_json),
                    evidence: evidence_of(&subject, from.edited(), to.edited(), &[delta]),
                })
                .collect();
            let heading = heading_of(timeline, &subject, Some(to.edited()));
            records.push(RecordDiff { heading, from: from.name, to: to.name, deltas });
        }
        Ok(DiffView { format: "sincewhen.diff/1", records })
    }
}
