//! `log`: the editions of records.

use super::Session;
use super::edition::heading_of;
use super::memo::{Asked, StoredAnswer};
use crate::cache::{Cache, Stamp};
use crate::history::{DocumentStore, Edition, RevisionProblem, Timeline};
use crate::model::results::{RecordHeading, Strip};
use crate::model::view::{LogView, LoggedEdition, LoggedProblem, LoggedRevision, RecordLog};
use crate::model::{Failure, ObjectId, PartialDate};
use crate::report::{RecordReader, subject_as_of};
use crate::rules::Engine;
use rayon::prelude::*;
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
        self.store.keep_lines(self.policy.recorded_fields());
        let archive = self.archive(&question.records)?;
        let mut subjects = Subjects { session: self, known: HashMap::new() };
        let mut records = Vec::new();
        let timelines: Vec<&Timeline> = archive.timelines.values().collect();
        let drawing = Drawing { engine: &engine, store: &self.store, cache: &self.cache, words: &self.words };
        let drawn = timelines.par_iter().map(|timeline| drawing.drawn(timeline));
        for (timeline, drawn) in timelines.iter().zip(drawn.collect::<Result<Vec<_>, Failure>>()?) {
            records.push(record(timeline, drawn, &mut subjects));
        }
        let whole = question.records.is_empty();
        let orphans = archive.orphans.iter().filter(|_| whole).map(problem).collect();
        Ok(LogView { format: "sincewhen.log/1", records, orphans })
    }

    /// Answers the question as `write` writes it; what it wrote is remembered by question and `form`.
    ///
    /// # Errors
    /// As [`Session::log`].
    pub fn log_written(
        &self,
        question: &LogQuestion,
        form: &str,
        write: &dyn Fn(&LogView) -> String,
    ) -> Result<String, Failure> {
        let asked = Asked::new("log", question, form);
        let whole = StoredAnswer::whole(&self.cache, &asked, (self.moment(), self.options.today));
        if let Some((answer, notes)) = whole.get_whole() {
            notes.iter().for_each(|note| self.note(note));
            return Ok(answer);
        }
        let answer = write(&self.log(question)?);
        if !self.store.has_gaps() {
            whole.put_whole(&answer, &self.notes());
        }
        Ok(answer)
    }
}

/// The first lines of commit messages, each read once.
struct Subjects<'s> {
    session: &'s Session,
    known: HashMap<ObjectId, String>,
}

impl Subjects<'_> {
    fn of(&mut self, commit: &ObjectId) -> String {
        if commit.is_worktree() {
            return "(not committed)".to_owned();
        }
        let repo = &self.session.repo;
        self.known
            .entry(*commit)
            .or_insert_with(|| repo.commit_info(commit).map(|info| info.summary).unwrap_or_default())
            .clone()
    }
}

/// What rows of marks are drawn with, on all threads.
struct Drawing<'s> {
    engine: &'s Engine<'s>,
    store: &'s DocumentStore,
    cache: &'s Cache,
    words: &'s Stamp,
}

impl Drawing<'_> {
    /// What a record is called, and the rows of marks for its last edition. What takes reading is remembered.
    fn drawn(&self, timeline: &Timeline) -> Result<(RecordHeading, Vec<Strip>), Failure> {
        let subject = subject_as_of(self.engine, self.store, timeline, timeline.editions.last())?;
        let mut heading = heading_of(timeline, &subject, None);
        let Some(last) = timeline.editions.last() else { return Ok((heading, Vec::new())) };
        if subject.kind.spec.assessed.is_empty() && !self.engine.has_strips(&subject) {
            heading.assessed_through = Some(last.date.clone());
            return Ok((heading, Vec::new()));
        }
        let editions = timeline.editions.iter().map(|edition| (timeline, edition));
        let asked = Asked::new("strips", &(), "");
        let stored = StoredAnswer::new(self.cache, self.words, (&asked, &timeline.id.0), editions, &[]);
        if let Some((through, strips)) = stored.get_value::<(Option<String>, Vec<Strip>)>() {
            heading.assessed_through = through.and_then(|date| date.parse().ok());
            return Ok((heading, strips));
        }
        let page = RecordReader::new(self.engine, self.store, &subject, timeline).page(last)?;
        let heading = heading_of(timeline, &subject, Some(page.edited()));
        let strips = self.engine.strips(&subject, page.in_context());
        stored.put_value(&(heading.assessed_through.as_ref().map(PartialDate::to_string), &strips));
        Ok((heading, strips))
    }
}

fn record(
    timeline: &Timeline,
    (heading, strips): (RecordHeading, Vec<Strip>),
    subjects: &mut Subjects<'_>,
) -> RecordLog {
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
            commit: edition.revision.commit,
            file: edition.revision.path.to_string(),
            subject: subjects.of(&edition.revision.commit),
            amendments: edition
                .amendments
                .iter()
                .map(|r| LoggedRevision { commit: r.commit, subject: subjects.of(&r.commit) })
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
    RecordLog {
        heading,
        editions,
        withdrawn,
        continued_in: timeline.heirs.clone(),
        continues: timeline.origins.clone(),
        ended: timeline.ended,
        problems,
        strips,
    }
}

fn problem(problem: &RevisionProblem) -> LoggedProblem {
    LoggedProblem {
        commit: problem.revision.commit,
        file: problem.revision.path.to_string(),
        line: problem.place.map(|p| p.line),
        column: problem.place.map(|p| p.column),
        message: problem.message.clone(),
    }
}
