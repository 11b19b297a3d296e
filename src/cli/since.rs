//! `since`: what has stayed so, and since when.

use super::args::{Global, SinceArgs};
use super::output;
use super::words::split_as_of;
use crate::model::Failure;
use crate::model::view::ObservationsView;
use crate::session::{Session, SinceQuestion};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &SinceArgs) -> Result<ExitCode, Failure> {
    output::check::<ObservationsView>(global)?;
    let (records, as_of) = split_as_of(&args.records, args.as_of.as_ref())?;
    let question = SinceQuestion { records, as_of, filter: args.filter.question() };
    let layout = output::layout(global);
    let form = format!("{:?}", (global.format, layout));
    let session = Session::open(&super::options(global)?)?;
    let answer = session.since_written(&question, &form, &|view| {
        crate::render::write(view, global.format, layout).expect("because the format was checked")
    })?;
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}
