//! `blame`: which edition and commit each fact comes from.

use super::args::{BlameArgs, Global};
use super::output;
use crate::model::Failure;
use crate::model::view::BlameView;
use crate::render::{Format, text};
use crate::session::{BlameQuestion, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &BlameArgs) -> Result<ExitCode, Failure> {
    output::check::<BlameView>(global)?;
    let session = Session::open(&super::options(global)?)?;
    let question = BlameQuestion {
        record: args.record.clone(),
        path: args.path.clone(),
        as_of: args.as_of.clone().unwrap_or_else(|| "last".to_owned()),
    };
    let view = session.blame(&question)?;
    match global.format {
        Format::Text if args.annotate => output::write(global, &text::annotated(&view))?,
        _ => output::answer(global, &view)?,
    }
    Ok(ExitCode::SUCCESS)
}
