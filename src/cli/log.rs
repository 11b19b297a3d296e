//! `log`: the editions of records.

use super::args::LogArgs;

use super::global::Global;
use super::output;
use crate::model::Failure;
use crate::session::{LogQuestion, Question, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &LogArgs) -> Result<ExitCode, Failure> {
    output::check::<crate::model::view::LogView>(global)?;
    let asked = question(args);
    let session = Session::open(&args.pin.options(global)?)?;
    let view = session.log(&asked)?;
    args.pin.answer(global, &session, &Question::Log(asked), &view)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &LogArgs) -> LogQuestion {
    LogQuestion { records: args.records.clone() }
}
