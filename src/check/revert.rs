//! Edits that take back an edition: the record says again, byte for byte, what its edition before said.

use super::branch::BranchCommits;
use super::past::PublishedPast;
use super::{CheckedFile, KnownRecord, gate};
use crate::dataset;
use crate::document::{self, ReadOptions};
use crate::git::Repository;
use crate::model::{Document, Failure, Finding, ObjectId, PartialDate};
use crate::schema::RecordKind;
use std::collections::HashMap;

/// Knows which editions of a record still stand, one behind the other.
pub struct Reverting<'r> {
    /// The repository.
    pub repo: &'r Repository,
    /// What was published.
    pub past: &'r PublishedPast<'r>,
    /// The commits of the branch.
    pub branch: &'r BranchCommits,
}

/// The texts that stand, the newest last: one that says again what an earlier one said has taken back those
/// between.
struct StandingTexts<'r> {
    repo: &'r Repository,
    spec: &'r RecordKind,
    texts: Vec<(ObjectId, ObjectId)>,
    dates: HashMap<ObjectId, Option<PartialDate>>,
}

impl StandingTexts<'_> {
    /// Goes on to the next text of the file. Gives how many editions it takes back; `None` where it goes back
    /// into the middle of one.
    fn go_on(&mut self, commit: ObjectId, blob: ObjectId) -> Result<Option<usize>, Failure> {
        let Some(at) = self.texts.iter().rposition(|(_, text)| *text == blob) else {
            self.texts.push((commit, blob));
            return Ok(Some(0));
        };
        let mut last = self.date(&blob)?;
        let mut taken = 0;
        for (_, text) in self.texts.split_off(at + 1) {
            let date = self.date(&text)?;
            let same = date.as_ref().zip(last.as_ref()).is_some_and(|(a, b)| a.range() == b.range());
            if same && taken == 0 {
                return Ok(None);
            }
            taken += usize::from(!same);
            last = date;
        }
        Ok(Some(taken))
    }

    fn date(&mut self, blob: &ObjectId) -> Result<Option<PartialDate>, Failure> {
        if let Some(known) = self.dates.get(blob) {
            return Ok(known.clone());
        }
        let reading = document::read(&self.repo.read_blob(blob)?, &ReadOptions::lenient());
        let date = reading.document.and_then(|document| dataset::date_of(self.spec, &document.root));
        self.dates.insert(*blob, date.clone());
        Ok(date)
    }
}

impl Reverting<'_> {
    /// Takes out the findings about a record that goes back to its edition before, and says that it does;
    /// `at` is the commit that is judged, if one is. Each commit of the branch may go back by one edition;
    /// going back further at once is for a maintainer to accept.
    ///
    /// # Errors
    /// A history that cannot be read.
    pub fn pass(
        &self,
        spec: &RecordKind,
        (old, now): (&KnownRecord, &CheckedFile),
        at: Option<&ObjectId>,
        findings: Vec<Finding>,
    ) -> Result<(Vec<Finding>, Option<String>), Failure> {
        if !findings.iter().any(|finding| finding.rule == "gate-backwards") || old.file != now.file {
            return Ok((findings, None));
        }
        let date = |document: &Document| dataset::date_of(spec, &document.root);
        let Some(published) = old.document.as_deref().and_then(date) else { return Ok((findings, None)) };
        let Some((editions, commit)) = self.taken_back(spec, now, at)? else { return Ok((findings, None)) };
        let left =
            findings.into_iter().filter(|finding| !gate::RULES.contains(&finding.rule.as_str())).collect();
        let what = match editions {
            1 => format!("the edition of {published} is"),
            more => format!("{more} editions, the last of {published}, are"),
        };
        let words = format!("{} ({what} taken back, to what commit {} published)", old.file, commit.short());
        Ok((left, Some(words)))
    }

    /// How many editions a file takes back, and the commit that published what it says now; `None` where it
    /// says something else, or goes back further than allowed.
    fn taken_back(
        &self,
        spec: &RecordKind,
        now: &CheckedFile,
        at: Option<&ObjectId>,
    ) -> Result<Option<(usize, ObjectId)>, Failure> {
        let mut standing = StandingTexts { repo: self.repo, spec, texts: Vec::new(), dates: HashMap::new() };
        for (commit, blob) in self.past.changes_of(&now.file)?.rev() {
            match blob {
                Some(blob) => drop(standing.go_on(commit, blob)?),
                None => standing.texts.clear(),
            }
        }
        let wanted = self.repo.hash_bytes(now.reading.text.as_bytes())?;
        let steps: Vec<_> = match at {
            Some(commit) => self.branch.changes_of(&now.file, commit).collect(),
            None => vec![(ObjectId::worktree(), Some(wanted))],
        };
        let mut editions = 0;
        for (commit, blob) in steps {
            let Some(blob) = blob else { return Ok(None) };
            match standing.go_on(commit, blob)? {
                Some(taken @ (0 | 1)) => editions += taken,
                _ => return Ok(None),
            }
        }
        let stands = standing.texts.last().filter(|(_, blob)| *blob == wanted && editions > 0);
        Ok(stands.map(|(commit, _)| (editions, *commit)))
    }
}
