//! `import`: drafts of records from published profiles and tables, and with `--write` the files.

use super::args::ImportArgs;

use super::global::Global;
use super::output::{self, Bar};
use crate::model::Failure;
use crate::model::draft::DraftView;
use crate::session::import::{ImportQuestion, import};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ImportArgs) -> Result<ExitCode, Failure> {
    output::check::<DraftView>(global)?;
    let question = ImportQuestion {
        source: args.source.clone(),
        files: args.files.clone(),
        directory: global.directory.clone(),
        subject: args.subject.clone(),
        set: args.set.clone(),
        dated: args.dated.clone(),
        write: args.write,
        today: super::today(global.today.as_deref())?,
    };
    let bar = Bar::new(global);
    let (view, hindrance) =
        import(&super::options(global)?, &question, &|what, done, all| bar.show(what, done, all))?;
    bar.clear();
    output::answer(global, &view)?;
    match hindrance {
        Some(failure) if args.write || view.summary.failed > 0 => Err(failure),
        _ => Ok(ExitCode::SUCCESS),
    }
}
