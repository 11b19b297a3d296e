//! `changelog`: what changed between editions, in sentences.

use super::args::{ChangelogArgs, Format, Global};
use super::cache::Kept;
use super::session::{Loaded, Session, only, split_range};
use super::span::{Chain, Span};
use super::{output, pull_request};
use crate::document::Series;
use crate::history::{Pick, Timeline};
use crate::model::Failure;
use crate::model::results::{RecordHeading, StepReport};
use crate::model::view::{ChangelogView, RecordChangelog};
use crate::render;
use crate::rules::Engine;
use rayon::prelude::*;
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ChangelogArgs) -> Result<ExitCode, Failure> {
    only(global, "changelog", &[Format::Text, Format::Json, Format::Markdown])?;
    if let Some(range) = args.records.iter().find(|text| pull_request::is_range(text)) {
        let others: Vec<String> = args.records.iter().filter(|text| *text != range).cloned().collect();
        return pull_request::run(global, range, &others);
    }
    let (names, from, to) = split_range(&args.records, &args.range)?;
    let session = Session::open(global)?;
    let archive = session.archive(&names)?;
    let span = Span::open(&session, &names, from.unwrap_or(Pick::First), to.unwrap_or(Pick::Last))?;
    let timelines: Vec<&Timeline> = archive.timelines.values().filter(|t| !t.editions.is_empty()).collect();
    let alone = timelines.len() == 1;
    let chains = timelines.iter().map(|t| span.chain(t, alone)).collect::<Result<Vec<_>, _>>()?;
    let layout = render::text::Layout { width: output::width(), verbose: global.verbose > 0 };
    let told = (args.direct, args.reverse, args.no_editorial, args.continuing);
    let asked = format!("{:?}", (global.format, layout.width, layout.verbose, told));
    let (cache, words) = (&session.cache, &session.words);
    let kept: Vec<(Kept<'_>, Option<String>)> = timelines
        .par_iter()
        .zip(&chains)
        .map(|(timeline, chain)| {
            let editions = chain.editions.iter().map(|edition| (*timeline, edition));
            let kept = Kept::new(cache, words, ("changelog", &asked, &timeline.id.0), editions, &chain.notes);
            let text = kept.get();
            (kept, text)
        })
        .collect();
    if kept.iter().all(|(_, text)| text.is_some()) {
        return write(global, kept.into_iter().filter_map(|(_, text)| text).collect());
    }
    let engine = Engine::new(&session.policy, &session.reference)?;
    let shared = Shared { engine: &engine, store: &session.store, args };
    // Each record is written as soon as it is told, so that no more than its words stay in memory.
    let written = timelines.par_iter().zip(chains).zip(kept).map(|((timeline, chain), (kept, text))| {
        if let Some(text) = text {
            return Ok(text);
        }
        let view = ChangelogView { format: FORMAT, records: vec![shared.record(timeline, chain)?] };
        let text = match global.format {
            Format::Json => render::json::item(&view.records[0]),
            Format::Markdown => render::markdown::changelog(&view, global.verbose > 0),
            _ => render::text::changelog(&view, layout),
        };
        kept.put(&text);
        Ok(text)
    });
    write(global, written.collect::<Result<Vec<String>, Failure>>()?)
}

/// Writes the texts of the records as one answer.
fn write(global: &Global, written: Vec<String>) -> Result<ExitCode, Failure> {
    let parts = match global.format {
        Format::Json => render::json::list(FORMAT, "records", written),
        Format::Markdown => between(written, "\n"),
        _ => between(written, "\n\n"),
    };
    output::write_parts(global, parts)?;
    Ok(ExitCode::SUCCESS)
}

/// The texts with a separator between each two; an empty line where there are none.
fn between(texts: Vec<String>, separator: &str) -> Vec<String> {
    if texts.is_empty() {
        return vec!["\n".to_owned()];
    }
    let separated = texts.into_iter().enumerate();
    separated
        .flat_map(|(at, text)| [if at == 0 { String::new() } else { separator.to_owned() }, text])
        .collect()
}

const FORMAT: &str = "sincewhen.changelog/1";

/// What the threads share; a session's repository handle stays on the thread that opened it.
struct Shared<'s> {
    engine: &'s Engine<'s>,
    store: &'s crate::history::Store,
    args: &'s ChangelogArgs,
}

impl Shared<'_> {
    fn record(&self, timeline: &Timeline, chain: Chain) -> Result<RecordChangelog, Failure> {
        let subject = self.engine.subject(&timeline.identity, timeline.kind);
        let mut editions = chain.editions;
        if self.args.direct && editions.len() > 2 {
            editions.drain(1..editions.len() - 1);
        }
        let mut steps = Vec::new();
        let mut series = Series::default();
        let mut earlier = Loaded::next(self.store, &mut series, &editions[0])?;
        let mut seen = self.engine.sightings(&subject, earlier.edited());
        for edition in &editions[1..] {
            let later = Loaded::next(self.store, &mut series, edition)?;
            let seen_later = self.engine.sightings(&subject, later.edited());
            let (from, to) = ((earlier.edited(), &seen[..]), (later.edited(), &seen_later[..]));
            let step = self.engine.step_between(&subject, from, to, self.args.continuing);
            steps.push(self.filtered(step));
            (earlier, seen) = (later, seen_later);
        }
        if !self.args.reverse {
            steps.reverse();
        }
        let heading = RecordHeading { record: timeline.id.clone(), heading: subject.heading };
        Ok(RecordChangelog { heading, notes: chain.notes, steps })
    }

    fn filtered(&self, mut step: StepReport) -> StepReport {
        if self.args.no_editorial {
            step.changes.retain(|change| !change.is_quiet());
        }
        step
    }
}
