//! `verify`: whether a cited answer is the same today, and what made the difference.

use super::args::VerifyArgs;

use super::global::Global;
use super::{output, pinned};
use crate::model::Failure;
use crate::model::cite::VerificationView;
use crate::session::{self, VerifyQuestion};
use std::io::Read;
use std::process::ExitCode;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 256 * 1024 * 1024;

pub(super) fn run(global: &Global, args: &VerifyArgs) -> Result<ExitCode, Failure> {
    output::check::<VerificationView>(global)?;
    let name = args.file.display();
    let text = read(args).map_err(|error| Failure::system(&name, error))?;
    let (citation, answer) = pinned::read_citation(&text).map_err(|failure| failure.about(&name))?;
    let question = pinned::read_question(&citation.question).map_err(|failure| failure.about(&name))?;
    let asked = VerifyQuestion { citation, question, answer };
    let view = session::verify(&super::options(global)?, &asked)?;
    output::answer(global, &view)?;
    Ok(if view.same { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn read(args: &VerifyArgs) -> std::io::Result<String> {
    let mut text = String::new();
    if args.file.as_os_str() == "-" {
        std::io::stdin().take(MAX_FILE).read_to_string(&mut text)?;
    } else {
        std::fs::File::open(&args.file)?.take(MAX_FILE).read_to_string(&mut text)?;
    }
    Ok(text)
}
