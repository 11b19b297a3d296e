//! `show`: a record as of a date, as it was committed.

use super::args::{Format, Global, ShowArgs};
use super::output;
use super::session::{Session, edition_ref, only};
use super::span::{one_record, pick_one};
use crate::model::Failure;
use crate::model::results::RecordHeading;
use crate::model::view::ShowView;
use crate::render;
use crate::rules::Engine;
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ShowArgs) -> Result<ExitCode, Failure> {
    only(global, "show", &[Format::Text, Format::Json, Format::Markdown])?;
    let session = Session::open(global)?;
    let engine = Engine::new(&session.policy, &session.reference)?;
    let names = vec![args.record.clone()];
    let archive = session.archive(&names)?;
    one_record(&archive, &args.record)?;
    let picked = pick_one(&session, &names, &archive, &args.as_of)?;
    let (timeline, edition) = &picked[0];
    let subject = engine.subject(&timeline.identity, timeline.kind);
    let bytes = session.store.bytes(&edition.revision.blob)?;
    let document = session.store.document(&edition.revision.blob)?;
    let view = ShowView {
        format: "sincewhen.record/1",
        heading: RecordHeading { record: timeline.id.clone(), heading: subject.heading },
        edition: edition_ref(edition),
        file: edition.revision.path.to_string(),
        content: document.root.to_json(),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    };
    let answer = match global.format {
        Format::Json => render::json::write(&view),
        Format::Markdown => render::markdown::show(&view),
        _ => render::text::show(&view),
    };
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}
