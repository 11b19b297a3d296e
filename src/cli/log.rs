//! `log`: the editions of records.

use super::args::{Global, LogArgs};
use super::output;
use crate::model::Failure;
use crate::session::{LogQuestion, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &LogArgs) -> Result<ExitCode, Failure> {
    output::check::<crate::model::view::LogView>(global)?;
    let session = Session::open(&super::options(global)?)?;
    let view = session.log(&LogQuestion { records: args.records.clone() })?;
    output::answer(global, &view)?;
    Ok(ExitCode::SUCCESS)
}
