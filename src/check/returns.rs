//! Records that come back: what was published last under a name, or under one that is declared as a former
//! one, is the past of a new record of that name, however long it was gone.

use super::past::{LastPublished, PublishedPast, RecordName};
use super::{CheckedFile, Checker, KnownRecord, formerly, gate};
use crate::dataset::Reference;
use crate::model::{Failure, Finding, Identity};
use std::collections::{HashMap, HashSet};

/// What was published under the names of new records, each looked for once.
pub struct Returns<'r> {
    checker: &'r Checker<'r>,
    past: &'r PublishedPast<'r>,
    reference: &'r Reference,
    published: HashMap<RecordName, LastPublished>,
}

impl<'r> Returns<'r> {
    /// Looks for the names of some records, and for the former names that they declare.
    ///
    /// # Errors
    /// A history that cannot be read.
    pub fn of<'k>(
        checker: &'r Checker<'r>,
        past: &'r PublishedPast<'r>,
        reference: &'r Reference,
        new: impl Iterator<Item = &'k KnownRecord>,
    ) -> Result<Returns<'r>, Failure> {
        let names: HashSet<RecordName> = new.flat_map(|one| names_of(checker, one)).collect();
        let published = past.editions(&names)?;
        Ok(Returns { checker, past, reference, published })
    }

    /// What is found about a new record, held against what was published last under each of its names; and
    /// for each of these the words that call it out.
    pub fn judge(&self, now: &KnownRecord, source: &CheckedFile) -> (Vec<Finding>, Vec<String>) {
        let (mut findings, mut words) = (Vec::new(), Vec::new());
        for name in names_of(self.checker, now) {
            let Some(edition) = self.published.get(&name) else { continue };
            let stood = gate::Base { commit: edition.commit, reference: self.reference };
            // To come back is an edition, whatever else changed.
            let mut found = gate::edited(self.checker, &edition.record, now, source, &stood);
            found.retain(|finding| finding.rule != "gate-unchanged");
            findings.extend(found);
            let (id, commit) = (name.1.record_id(), edition.commit.short());
            words.push(format!(
                "{} (the record {id} comes back; commit {commit} published it last)",
                now.file
            ));
        }
        (findings, words)
    }

    /// What is found about a record that was there at the base and declares now that it was called what a
    /// record was called that had ended by then, unless one commit ended that one and began this one.
    ///
    /// # Errors
    /// A history that cannot be read.
    pub fn taken_over(&self, now: &KnownRecord, declared: &[Identity]) -> Result<Vec<Finding>, Failure> {
        let mut out = Vec::new();
        for former in declared {
            let Some(edition) = self.published.get(&(now.kind, former.clone())) else { continue };
            let mut later = None;
            for (commit, _) in self.past.changes_of(&edition.record.file)? {
                if commit == edition.commit {
                    break;
                }
                later = Some(commit);
            }
            let began = self.past.changes_of(&now.file)?.next_back().map(|(commit, _)| commit);
            if later.is_none() || later != began {
                out.extend(formerly::took_over(self.checker, now, former, &edition.commit));
            }
        }
        Ok(out)
    }
}

fn names_of(checker: &Checker<'_>, one: &KnownRecord) -> Vec<RecordName> {
    let former = checker.formerly(one).into_iter();
    std::iter::once(one.identity.clone()).chain(former).map(|identity| (one.kind, identity)).collect()
}
