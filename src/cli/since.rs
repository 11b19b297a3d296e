//! `since`: what has stayed so, and since when.

use super::args::SinceArgs;

use super::global::Global;
use super::output;
use super::words::split_as_of;
use crate::model::Failure;
use crate::model::view::ObservationsView;
use crate::render::Format;
use crate::session::{Question, SinceQuestion};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &SinceArgs) -> Result<ExitCode, Failure> {
    output::check::<ObservationsView>(global)?;
    let asked = question(args)?;
    let layout = output::layout(global);
    let form = format!("{:?}", (global.format, layout));
    let Some(session) = args.pin.open(global, ("since", &asked, &form))? else {
        return Ok(ExitCode::SUCCESS);
    };
    if args.pin.cited(global, &session, &Question::Since(asked.clone()))? {
        return Ok(ExitCode::SUCCESS);
    }
    let shown = session.shown_sentences();
    let answer = session.since_written(&asked, &form, &|view| {
        shown.note_observations(view);
        crate::render::write(view, global.format, layout).expect("because the format was checked")
    })?;
    match global.format {
        Format::Json => args.pin.json(global, &session, &Question::Since(asked), &answer)?,
        _ => output::write(global, &answer)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &SinceArgs) -> Result<SinceQuestion, Failure> {
    let (records, as_of) = split_as_of(&args.records, args.as_of.as_ref())?;
    Ok(SinceQuestion { records, as_of, filter: args.filter.question() })
}
