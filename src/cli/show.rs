//! `show`: a record as of a date.

use super::args::ShowArgs;

use super::global::Global;
use super::output;
use super::words::split_as_of;
use crate::model::Failure;
use crate::model::view::ShowView;
use crate::render::Format;
use crate::session::{Question, Session, ShowQuestion};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ShowArgs) -> Result<ExitCode, Failure> {
    output::check::<ShowView>(global)?;
    let asked = question(args)?;
    let session = Session::open(&args.pin.options(global)?)?;
    let prints_each = matches!(global.format, Format::Text | Format::Markdown) && args.pin.cite.is_none();
    if prints_each {
        let layout = output::layout(global);
        let views = session.show_each(&asked)?;
        let written = views.iter().enumerate().map(|(at, view)| {
            let text = crate::render::write(view, global.format, layout)?;
            Ok(if at == 0 { text } else { format!("\n{text}") })
        });
        output::write_parts(global, written.collect::<Result<Vec<_>, Failure>>()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let view = session.show(&asked)?;
    match global.format {
        Format::Yaml if args.pin.cite.is_none() => output::bytes(&view.bytes)?,
        _ => args.pin.answer(global, &session, &Question::Show(asked), &view)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &ShowArgs) -> Result<ShowQuestion, Failure> {
    let (record, as_of) = split_as_of(&args.record, args.as_of.as_ref())?;
    Ok(ShowQuestion { record, as_of })
}
