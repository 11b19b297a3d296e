//! `verify`: whether a cited answer is the same today, and if not, whether data, rules or the program made
//! the difference.
//!
//! The answer is made again three times, each time with one of the three as it is today and the others as
//! they were cited.

use super::cite::digest;
use super::{Options, Question, Session};
use crate::document::DocumentSeries;
use crate::git::Against;
use crate::history::{Edition, Timeline};
use crate::model::cite::{
    AnswerCitation, ChangedFact, DataDifference, RulesDifference, ToolDifference, VerificationView,
};
use crate::model::{BUILT_FROM, Failure, Node, ObjectId, PartialDate, RecordId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// How many facts that differ are listed.
const LISTED: usize = 50;

/// A cited answer to be made again.
#[derive(Clone, Debug)]
pub struct VerifyQuestion {
    /// The citation.
    pub citation: AnswerCitation,
    /// Its question, read.
    pub question: Question,
    /// The answer beside the citation, where it stands there.
    pub answer: Option<Value>,
}

/// Makes a cited answer again. What `options` says of dates, revisions and the working tree is not used.
///
/// # Errors
/// The citation is of a working tree; its commits are not in this repository, or the answer cannot be made
/// from them.
pub fn verify(options: &Options, asked: &VerifyQuestion) -> Result<VerificationView, Failure> {
    let citation = &asked.citation;
    let (Some(known_at), Some(policy_from)) = (&citation.known_at, &citation.policy_from) else {
        return Err(Failure::new("the answer was made from a working tree, which no commit holds")
            .hint("commit, and cite an answer that is made without `--worktree`"));
    };
    let plain =
        Options { known_at: None, policy_from: None, worktree: false, today: None, ..options.clone() };
    let today = Options { on_note: None, ..plain };
    let at = |commit: &ObjectId| Some(commit.to_string());
    let cited = Options { known_at: at(known_at), policy_from: at(policy_from), ..today.clone() };
    let pinned = Session::open(&cited).map_err(|failure| {
        failure.hint("the commits of a citation must be in this repository: `git fetch` may bring them")
    })?;
    let hash = |session: &Session| session.answer(&asked.question).map(|answer| digest(&answer));
    let again = hash(&pinned)?;
    let tool =
        ToolDifference { differs: again != citation.sha256, running: format!("sincewhen {BUILT_FROM}") };
    let data = Options { policy_from: at(policy_from), ..today.clone() };
    let data = match Session::open(&data).and_then(|session| Ok((hash(&session)?, session))) {
        Ok((now, _)) if now == again => DataDifference::default(),
        Ok((_, session)) => data_difference(&pinned, &session, &asked.question)?,
        Err(failure) => failed_data(failure),
    };
    let rules = Options { known_at: at(known_at), ..today };
    let rules = match Session::open(&rules).and_then(|session| Ok((hash(&session)?, session))) {
        Ok((now, _)) if now == again => RulesDifference::default(),
        Ok((_, session)) => rules_difference(&pinned, &session)?,
        Err(failure) => {
            RulesDifference { differs: true, failure: Some(failure.message), ..RulesDifference::default() }
        }
    };
    let altered = asked.answer.as_ref().map(|answer| digest(answer) != citation.sha256);
    let same = !tool.differs && !data.differs && !rules.differs && altered != Some(true);
    Ok(VerificationView {
        format: "sincewhen.verification/1",
        citation: citation.clone(),
        same,
        altered,
        tool,
        data,
        rules,
    })
}

fn failed_data(failure: Failure) -> DataDifference {
    DataDifference { differs: true, failure: Some(failure.message), ..DataDifference::default() }
}

fn data_difference(cited: &Session, today: &Session, question: &Question) -> Result<DataDifference, Failure> {
    let (mut facts, mut more) = (facts_between(cited, today, question)?, 0);
    if facts.len() > LISTED {
        more = facts.len() - LISTED;
        facts.truncate(LISTED);
    }
    let files = files_between(cited, (&cited.tip, &today.tip), |session, path| {
        matches!(session.policy.role_of(path), Some(role) if role.is_data())
            && session.policy.kind_of(path).is_none()
    })?;
    Ok(DataDifference { differs: true, known_at: Some(today.tip), facts, more, files, failure: None })
}

fn rules_difference(cited: &Session, today: &Session) -> Result<RulesDifference, Failure> {
    let (Some(before), Some(after)) = (&cited.policy_commit, &today.policy_commit) else {
        return Ok(RulesDifference { differs: true, ..RulesDifference::default() });
    };
    let files = files_between(
        today,
        (before, after),
        |session, path| matches!(session.policy.role_of(path), Some(role) if !role.is_data()),
    )?;
    Ok(RulesDifference { differs: true, policy_from: Some(*after), files, failure: None })
}

/// The files of some role that two commits do not have alike.
fn files_between(
    session: &Session,
    (before, after): (&ObjectId, &ObjectId),
    is_wanted: impl Fn(&Session, &crate::model::RepoPath) -> bool,
) -> Result<Vec<String>, Failure> {
    let changes = session.repo.changes(before, &Against::Commit(*after))?;
    let wanted = changes.iter().filter(|change| is_wanted(session, &change.path));
    Ok(wanted.map(|change| change.path.to_string()).collect())
}

/// The facts that two states of the data do not have alike, in the records and editions that a question is
/// about.
fn facts_between(cited: &Session, today: &Session, question: &Question) -> Result<Vec<ChangedFact>, Failure> {
    let records = question.records();
    let until = question.until();
    let archives = (cited.archive(&records)?, today.archive(&records)?);
    let ids: BTreeSet<&RecordId> = archives.0.timelines.keys().chain(archives.1.timelines.keys()).collect();
    let mut out = Vec::new();
    for id in ids {
        let sides = (archives.0.timelines.get(id), archives.1.timelines.get(id));
        record_facts((cited, today), id, sides, until.as_ref(), &mut out)?;
    }
    Ok(out)
}

fn record_facts(
    (cited, today): (&Session, &Session),
    id: &RecordId,
    (before, after): (Option<&Timeline>, Option<&Timeline>),
    until: Option<&PartialDate>,
    out: &mut Vec<ChangedFact>,
) -> Result<(), Failure> {
    let by_date = |timeline: Option<&Timeline>| -> BTreeMap<String, Edition> {
        let counts =
            |edition: &&Edition| until.is_none_or(|until| edition.date.range().start <= until.range().end);
        let editions = timeline.into_iter().flat_map(|timeline| timeline.editions.iter().filter(counts));
        editions.map(|edition| (edition.date.to_string(), edition.clone())).collect()
    };
    let (old, new) = (by_date(before), by_date(after));
    let dates: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let whole = |edition: &Edition, what: &'static str| ChangedFact {
        record: id.clone(),
        edition: edition.date.clone(),
        path: None,
        before: None,
        after: None,
        whole: Some(what),
    };
    for date in dates {
        match (old.get(date), new.get(date)) {
            (Some(old), Some(new)) if old.revision.blob == new.revision.blob => {}
            (Some(old), Some(new)) => {
                let kind = after.or(before).map_or(0, |timeline| timeline.kind);
                let mut series = DocumentSeries::default();
                let from = cited.store.edition_in(&mut series, &old.revision)?;
                let to = today.store.edition_in(&mut series, &new.revision)?;
                let deltas = crate::diff::diff(&from.root, &to.root, &today.policy.kinds[kind].shape);
                out.extend(deltas.into_iter().map(|delta| ChangedFact {
                    record: id.clone(),
                    edition: new.date.clone(),
                    path: Some(delta.path),
                    before: delta.before.as_ref().map(Node::to_json),
                    after: delta.after.as_ref().map(Node::to_json),
                    whole: None,
                }));
            }
            (Some(old), None) => out.push(whole(old, "removed")),
            (None, Some(new)) => out.push(whole(new, "added")),
            (None, None) => {}
        }
    }
    Ok(())
}
