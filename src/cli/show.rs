//! `show`: a record as of a date.

use super::args::{Global, ShowArgs};
use super::output;
use crate::model::Failure;
use crate::model::view::ShowView;
use crate::session::{Session, ShowQuestion};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ShowArgs) -> Result<ExitCode, Failure> {
    output::check::<ShowView>(global)?;
    let session = Session::open(&super::options(global))?;
    let view = session.show(&ShowQuestion { record: args.record.clone(), as_of: args.as_of.clone() })?;
    output::answer(global, &view)?;
    Ok(ExitCode::SUCCESS)
}
