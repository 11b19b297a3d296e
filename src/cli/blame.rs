//! `blame`: which edition and commit each fact comes from.

use super::args::BlameArgs;

use super::global::Global;
use super::output;
use crate::model::Failure;
use crate::model::view::BlameView;
use crate::render::{Format, text};
use crate::session::{BlameQuestion, Question, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &BlameArgs) -> Result<ExitCode, Failure> {
    output::check::<BlameView>(global)?;
    let session = Session::open(&args.pin.options(global)?)?;
    let asked = question(args);
    let view = session.blame(&asked)?;
    match global.format {
        Format::Text if args.annotate && args.pin.cite.is_none() => {
            output::write(global, &text::annotated(&view))?;
        }
        _ => args.pin.answer(global, &session, &Question::Blame(asked), &view)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &BlameArgs) -> BlameQuestion {
    BlameQuestion {
        record: args.record.clone(),
        path: args.path.clone(),
        as_of: args.as_of.clone().unwrap_or_else(|| "last".to_owned()),
    }
}
