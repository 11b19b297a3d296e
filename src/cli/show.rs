//! `show`: a record as of a date.

use super::args::{Global, ShowArgs};
use super::output;
use super::words::split_as_of;
use crate::model::Failure;
use crate::model::view::ShowView;
use crate::render::Format;
use crate::session::{Session, ShowQuestion};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ShowArgs) -> Result<ExitCode, Failure> {
    output::check::<ShowView>(global)?;
    let (record, as_of) = split_as_of(&args.record, args.as_of.as_ref())?;
    let session = Session::open(&super::options(global)?)?;
    let view = session.show(&ShowQuestion { record, as_of })?;
    match global.format {
        Format::Yaml => output::bytes(&view.bytes)?,
        _ => output::answer(global, &view)?,
    }
    Ok(ExitCode::SUCCESS)
}
