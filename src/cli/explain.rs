//! `explain`: the proof of a sentence by its fingerprint, or the page of a rule by its id.

use super::args::{ExplainArgs, Global};
use super::output;
use crate::model::Failure;
use crate::model::view::ProofView;
use crate::session::{ExplainQuestion, Explained, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ExplainArgs) -> Result<ExitCode, Failure> {
    output::check::<ProofView>(global)?;
    let session = Session::open(&super::options(global)?)?;
    let question = ExplainQuestion { name: args.name.clone(), records: args.records.clone() };
    match session.explain(&question)? {
        Explained::Rule(page) => output::answer(global, page.as_ref())?,
        Explained::Sentences(view) => output::answer(global, &view)?,
    }
    Ok(ExitCode::SUCCESS)
}
