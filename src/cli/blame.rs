//! `blame`: who said each fact.

use super::args::{BlameArgs, Format, Global};
use super::output;
use super::session::{Session, edition_ref, only};
use super::span::{one_record, pick_one};
use crate::history::blame::{Voice, blame, leaves};
use crate::model::results::{EditionRef, RecordHeading};
use crate::model::view::{BlameView, BlamedFact};
use crate::model::{Failure, FieldPath, Node};
use crate::render;
use crate::rules::Engine;
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &BlameArgs) -> Result<ExitCode, Failure> {
    only(global, "blame", &[Format::Text, Format::Json, Format::Markdown])?;
    let session = Session::open(global)?;
    let engine = Engine::new(&session.policy, &session.reference)?;
    let names = vec![args.record.clone()];
    let archive = session.archive(&names)?;
    one_record(&archive, &args.record)?;
    let (timeline, edition) = pick_one(&session, &names, &archive, &args.as_of)?.remove(0);
    let at =
        timeline.editions.iter().position(|e| e.date == edition.date).unwrap_or(timeline.editions.len() - 1);
    let subject = engine.subject(&timeline.identity, timeline.kind);
    let shape = &subject.kind.shape;
    let said = blame(timeline, at, &session.store, shape)?;
    let document = session.store.document(&edition.revision.blob)?;
    let keys = |path: &FieldPath| shape.key_at(path);
    let mut paths = Vec::new();
    leaves(&document.root, &FieldPath::root(), Some(shape), &mut |path| paths.push(path));
    let wanted = |path: &FieldPath| {
        args.path.as_deref().is_none_or(|asked| {
            let (shown, pattern) = (path.to_string(), path.pattern());
            let below = |text: &str| {
                text.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            };
            below(&shown) || below(&pattern)
        })
    };
    let facts: Vec<BlamedFact> = paths
        .into_iter()
        .filter(wanted)
        .filter_map(|path| {
            let node = document.root.at(&path, &keys)?;
            let said = said.get(&path)?;
            let place = document.place(node.span.start);
            let (first, last) = (voice(&said.first), voice(&said.last));
            Some(BlamedFact {
                path,
                value: Node::to_json(node),
                line: place.line,
                column: place.column,
                first,
                last,
            })
        })
        .collect();
    if let (true, Some(path)) = (facts.is_empty(), &args.path) {
        let known: Vec<&str> = document.root.entries().iter().map(|e| e.key.as_str()).collect();
        return Err(Failure::new(format!(
            "{} has no `{path}` in its edition of {}",
            timeline.id, edition.date
        ))
        .hint(format!("its fields: {}", known.join(", "))));
    }
    let view = BlameView {
        format: "sincewhen.blame/1",
        heading: RecordHeading { record: timeline.id.clone(), heading: subject.heading },
        edition: edition_ref(&edition),
        facts,
        text: document.text.to_string(),
    };
    let answer = match global.format {
        Format::Json => render::json::write(&view),
        Format::Markdown => render::markdown::blame(&view),
        Format::Text if args.annotate => render::text::annotated(&view),
        _ => render::text::blame(
            &view,
            render::text::Layout { width: output::width(), verbose: global.verbose > 0 },
        ),
    };
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}

fn voice(voice: &Voice) -> EditionRef {
    EditionRef {
        last_updated: voice.date.clone(),
        commit: voice.commit.clone(),
        file: voice.path.to_string(),
    }
}
