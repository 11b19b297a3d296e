//! `export`: records and all that is said of them, as tables.

use super::args::ExportArgs;

use super::global::Global;
use super::output::{self, Bar};
use crate::model::Failure;
use crate::model::view::ExportView;
use crate::render::Format;
use crate::session::{ExportFormat, ExportQuestion, Options, Session};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ExportArgs) -> Result<ExitCode, Failure> {
    output::check::<ExportView>(global)?;
    if args.filter.sort.is_some() {
        return Err(Failure::new("--sort: the rows of tables have one order, that of records and editions")
            .hint("sort them where they are read"));
    }
    let question = ExportQuestion {
        records: args.records.clone(),
        format: match global.format {
            Format::Sqlite => ExportFormat::Sqlite,
            Format::Parquet => ExportFormat::Parquet,
            _ => ExportFormat::Csv,
        },
        out: args.out.clone(),
        since_commit: args.since_commit.clone(),
        filter: args.filter.question(),
    };
    let options = Options { policy_from: args.policy_from.clone(), ..super::options(global)? };
    let session = Session::open(&options)?;
    let bar = Bar::new(global);
    let view = session.export(&question, &|what, done, all| bar.show(what, done, all))?;
    bar.clear();
    output::answer(global, &view)?;
    Ok(ExitCode::SUCCESS)
}
