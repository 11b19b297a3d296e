//! `diff`: the structural differences between two editions.

use super::args::{DiffArgs, Format, Global};
use super::output;
use super::session::{Loaded, Session, only, split_range};
use super::span::Span;
use crate::history::Pick;
use crate::model::results::RecordHeading;
use crate::model::view::{DeltaView, DiffView, RecordDiff};
use crate::model::{Failure, Node};
use crate::render;
use crate::rules::{Engine, evidence_of};
use crate::schema::Op;
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &DiffArgs) -> Result<ExitCode, Failure> {
    only(global, "diff", &[Format::Text, Format::Json, Format::Markdown])?;
    let (names, from, to) = split_range(&args.records, &args.range)?;
    let session = Session::open(global)?;
    let engine = Engine::new(&session.policy, &session.reference)?;
    let archive = session.archive(&names)?;
    let span = Span::open(&session, &names, from.unwrap_or(Pick::Previous), to.unwrap_or(Pick::Last))?;
    let alone = archive.timelines.len() == 1;
    let mut records = Vec::new();
    for timeline in archive.timelines.values().filter(|t| !t.editions.is_empty()) {
        let chain = span.chain(timeline, alone)?;
        chain.notes.iter().for_each(|note| session.note(note));
        let (first, last) = (&chain.editions[0], &chain.editions[chain.editions.len() - 1]);
        let (from, to) = (Loaded::read(&session.store, first)?, Loaded::read(&session.store, last)?);
        let subject = engine.subject(&timeline.identity, timeline.kind);
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
        let heading = RecordHeading { record: timeline.id.clone(), heading: subject.heading };
        records.push(RecordDiff { heading, from: from.name, to: to.name, deltas });
    }
    let differs = records.iter().any(|record| !record.deltas.is_empty());
    let view = DiffView { format: "sincewhen.diff/1", records };
    let answer = match global.format {
        Format::Json => render::json::write(&view),
        Format::Markdown => render::markdown::diff(&view),
        _ => render::text::diff(
            &view,
            render::text::Layout { width: output::width(), verbose: global.verbose > 0 },
        ),
    };
    output::write(global, &answer)?;
    Ok(if args.exit_code && differs { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
