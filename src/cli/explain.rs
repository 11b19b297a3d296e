//! `explain`: the proof of a sentence by its fingerprint, or the page of a rule by its id.

use super::args::ExplainArgs;

use super::global::Global;
use super::output;
use crate::model::Failure;
use crate::model::view::ProofView;
use crate::session::{ExplainQuestion, Explained, Question, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ExplainArgs) -> Result<ExitCode, Failure> {
    output::check::<ProofView>(global)?;
    let session = Session::open(&args.pin.options(global)?)?;
    let asked = question(args);
    let explained = session.explain(&asked)?;
    let asked = Question::Explain(asked);
    match explained {
        Explained::Rule(page) => args.pin.answer(global, &session, &asked, page.as_ref())?,
        Explained::Sentences(view) => args.pin.answer(global, &session, &asked, &view)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &ExplainArgs) -> ExplainQuestion {
    ExplainQuestion { name: args.name.clone(), records: args.records.clone() }
}
