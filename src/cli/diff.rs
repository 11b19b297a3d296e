//! `diff`: the structural differences between two editions.

use super::args::DiffArgs;

use super::global::Global;
use super::output;
use super::words::split_range;
use crate::model::Failure;
use crate::model::view::DiffView;
use crate::session::{DiffQuestion, Question, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &DiffArgs) -> Result<ExitCode, Failure> {
    output::check::<DiffView>(global)?;
    let asked = question(args)?;
    let session = Session::open(&args.pin.options(global)?)?;
    let view = session.diff(&asked)?;
    args.pin.answer(global, &session, &Question::Diff(asked), &view)?;
    let differs = view.records.iter().any(|record| !record.deltas.is_empty());
    Ok(if args.exit_code && differs { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

pub(super) fn question(args: &DiffArgs) -> Result<DiffQuestion, Failure> {
    let (records, range) = split_range(&args.records, &args.range)?;
    Ok(DiffQuestion { records, range })
}
