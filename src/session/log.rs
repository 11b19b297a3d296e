//! `log`: the editions of records.

use super::Session;
use super::edition::{LoadedEdition, heading_of};
use crate::history::{Edition, RevisionProblem, Series, Timeline};
use crate::model::view::{LogView, LoggedEdition, LoggedProblem, LoggedRevision, RecordLog};
use crate::model::{CommitId, Failure};
use crate::report::RecordReader;
use crate::rules::Engine;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// The editions of records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LogQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A record that is not known.
    pub fn log(&self, question: &LogQuestion) -> Result<LogView, Failure> {
        let engine = self.engine()?;
        let archive = self.archive(&question.records)?;
        let mut subjects = Subjects { session: self, known: HashMap::new() };
        let mut records = Vec::new();
        for timeline in archive.timelines.values() {
            records.push(record(self, &engine, timeline, &mut subjects)?);
        }
        let whole = question.records.is_empty();
        let orphans = archive.orphans.iter().filter(|_| whole).map(problem).collect();
        Ok(LogView { format: "sincewhen.log/1", records, orphans })
    }
}

/// The first lines of commit messages, each read once.
struct Subjects<'s> {
    session: &'s Session,
    known: HashMap<CommitId, String>,
}

impl Subjects<'_> {
    fn of(&mut self, commit: &CommitId) -> String {
        if commit.is_worktree() {
            return "(not committed)".to_owned();
        }
        let repo = &self.session.repo;
        self.known
            .entry(commit.clone())
            .or_insert_with(|| repo.commit_info(commit).map(|info| info.summary).unwrap_or_default())
            .clone()
    }
}

fn record(
    session: &Session,
    engine: &Engine<'_>,
    timeline: &Timeline,
    subjects: &mut Subjects<'_>,
) -> Result<RecordLog, Failure> {
    let subject = engine.subject(&timeline.identity, timeline.kind);
    let mut listed: HashSet<usize> = HashSet::new();
    let mut logged = |edition: &Edition, subjects: &mut Subjects<'_>| {
        let own =
            |p: &RevisionProblem| p.revision == edition.revision || edition.amendments.contains(&p.revision);
        let problems = timeline
            .problems
            .iter()
            .enumerate()
            .filter(|(_, p)| own(p))
            .map(|(at, p)| {
                listed.insert(at);
                problem(p)
            })
            .collect();
        LoggedEdition {
            last_updated: edition.date.clone(),
            dated_by_commit: edition.by_commit,
            commit: edition.revision.commit.clone(),
            file: edition.revision.path.to_string(),
            subject: subjects.of(&edition.revision.commit),
            amendments: edition
                .amendments
                .iter()
                .map(|r| LoggedRevision { commit: r.commit.clone(), subject: subjects.of(&r.commit) })
                .collect(),
            problems,
        }
    };
    let editions: Vec<LoggedEdition> = timeline.editions.iter().rev().map(|e| logged(e, subjects)).collect();
    let withdrawn: Vec<LoggedEdition> =
        timeline.withdrawn.iter().rev().map(|e| logged(e, subjects)).collect();
    let problems = timeline
        .problems
        .iter()
        .enumerate()
        .filter(|(at, _)| !listed.contains(at))
        .map(|(_, p)| problem(p))
        .collect();
    let (heading, strips) = match timeline.editions.last() {
        Some(last) => {
            let store = &session.store;
            let read = |series: &mut Series, edition: &Edition| {
                LoadedEdition::next(store, series, edition).map(LoadedEdition::parts)
            };
            let page = RecordReader::new(engine, &read, &subject, timeline).page(last)?;
            let heading = heading_of(timeline, &subject, Some(page.edited()));
            (heading, engine.strips(&subject, page.in_context()))
        }
        None => (heading_of(timeline, &subject, None), Vec::new()),
    };
    Ok(RecordLog {
        heading,
        editions,
        withdrawn,
        continued_in: timeline.heirs.clone(),
        continues: timeline.origins.clone(),
        ended: timeline.ended.clone(),
        problems,
        strips,
    })
}

fn problem(problem: &RevisionProblem) -> LoggedProblem {
    LoggedProblem {
        commit: problem.revision.commit.clone(),
        file: problem.revision.path.to_string(),
        line: problem.place.map(|p| p.line),
        column: problem.place.map(|p| p.column),
        message: problem.message.clone(),
    }
}
