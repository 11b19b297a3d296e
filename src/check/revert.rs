//! Edits that take back an edition: the record says again, byte for byte, what its edition before said.

use super::{CheckedFile, KnownRecord, gate};
use crate::dataset;
use crate::document::{self, ReadOptions};
use crate::git::Repository;
use crate::model::{Failure, Finding, ObjectId, PartialDate};
use crate::schema::Policy;

/// Takes out the findings about records that go back to their edition before the published one, and says of
/// each that it does. Going back further is for a maintainer to accept.
pub fn pass(
    repo: &Repository,
    policy: &Policy,
    (old, now): (&KnownRecord, &CheckedFile),
    base: &ObjectId,
    findings: Vec<Finding>,
) -> Result<(Vec<Finding>, Option<String>), Failure> {
    if !findings.iter().any(|finding| finding.rule == "gate-backwards") || old.file != now.file {
        return Ok((findings, None));
    }
    let spec = &policy.kinds[old.kind].spec;
    let date = |document: &crate::model::Document| dataset::date_of(spec, &document.root);
    let Some(published) = old.document.as_deref().and_then(date) else { return Ok((findings, None)) };
    let wanted = repo.hash_bytes(now.reading.text.as_bytes())?;
    let history = repo.history(base, &old.file)?;
    for touch in history.touches.iter().filter(|touch| *touch.path() == old.file) {
        let Some(entry) = &touch.entry else { return Ok((findings, None)) };
        let reading = document::read(&repo.read_blob(&entry.blob())?, &ReadOptions::lenient());
        let own: Option<PartialDate> = reading.document.as_ref().and_then(date);
        if own.as_ref().is_some_and(|own| own.range() == published.range()) {
            continue;
        }
        if entry.blob() != wanted {
            return Ok((findings, None));
        }
        let commit = history.commits[touch.commit].id();
        let left =
            findings.into_iter().filter(|finding| !gate::RULES.contains(&finding.rule.as_str())).collect();
        let words = format!(
            "{} (the edition of {published} is taken back, to what commit {} published)",
            old.file,
            commit.short()
        );
        return Ok((left, Some(words)));
    }
    Ok((findings, None))
}
