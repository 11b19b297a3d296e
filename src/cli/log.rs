//! `log`: the editions of records.

use super::args::LogArgs;

use super::global::Global;
use super::output;
use crate::model::Failure;
use crate::render::Format;
use crate::session::{LogQuestion, Question};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &LogArgs) -> Result<ExitCode, Failure> {
    output::check::<crate::model::view::LogView>(global)?;
    let asked = question(args);
    let layout = output::layout(global);
    let form = format!("{:?}", (global.format, layout));
    let Some(session) = args.pin.open(global, ("log", &asked, &form))? else {
        return Ok(ExitCode::SUCCESS);
    };
    if args.pin.cited(global, &session, &Question::Log(asked.clone()))? {
        return Ok(ExitCode::SUCCESS);
    }
    let answer = session.log_written(&asked, &form, &|view| {
        crate::render::write(view, global.format, layout).expect("because the format was checked")
    })?;
    match global.format {
        Format::Json => args.pin.json(global, &session, &Question::Log(asked), &answer)?,
        _ => output::write(global, &answer)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &LogArgs) -> LogQuestion {
    LogQuestion { records: args.records.clone() }
}
