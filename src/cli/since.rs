//! `since`: what has stayed so, and since when.

use super::args::{Global, SinceArgs};
use super::output;
use crate::model::Failure;
use crate::model::view::ObservationsView;
use crate::session::{Session, SinceQuestion};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &SinceArgs) -> Result<ExitCode, Failure> {
    output::check::<ObservationsView>(global)?;
    let question = SinceQuestion {
        records: args.records.clone(),
        as_of: args.as_of.clone(),
        rules: args.rules.clone(),
        started_before: args.started_before.clone(),
        started_after: args.started_after.clone(),
    };
    let layout = output::layout(global);
    let form = format!("{:?}", (global.format, layout));
    let session = Session::open(&super::options(global))?;
    let answer = session.since_written(&question, &form, &|view| {
        crate::render::write(view, global.format, layout).expect("because the format was checked")
    })?;
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}
