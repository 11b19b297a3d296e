//! `report`: what a year brought, over all records.

use super::args::ReportArgs;

use super::global::Global;
use super::output::{self, Bar};
use super::words::split_period;
use crate::model::Failure;
use crate::model::report::ReportView;
use crate::render::{Format, template};
use crate::session::{Question, ReportQuestion, Session};
use std::path::Path;
use std::process::ExitCode;

/// The largest template that is read, in bytes.
const MAX_TEMPLATE: u64 = 1024 * 1024;

pub(super) fn run(global: &Global, args: &ReportArgs) -> Result<ExitCode, Failure> {
    output::check::<ReportView>(global)?;
    let template = args.template.as_deref().map(read_template).transpose()?;
    let pictures = global.format == Format::Html && template.is_none();
    let asked = ReportQuestion { pictures, ..question(args)? };
    let layout = output::layout(global);
    let form = format!("{:?}", (global.format, layout));
    let session = match template {
        Some(_) => Session::open(&args.pin.options(global)?)?,
        None => match args.pin.open(global, ("report", &asked, &form))? {
            Some(session) => session,
            None => return Ok(ExitCode::SUCCESS),
        },
    };
    if args.pin.cited(global, &session, &Question::Report(asked.clone()))? {
        return Ok(ExitCode::SUCCESS);
    }
    let bar = Bar::new(global);
    let progress = |what: &'static str, done: usize, all: usize| bar.show(what, done, all);
    match template.as_ref() {
        None => {
            let shown = session.shown_sentences();
            let answer = session.report_written(&asked, &form, &progress, &|view| {
                shown.note_report(view);
                crate::render::write(view, global.format, layout).expect("because the format was checked")
            })?;
            bar.clear();
            match global.format {
                Format::Json => args.pin.json(global, &session, &Question::Report(asked), &answer)?,
                _ => output::write(global, &answer)?,
            }
        }
        Some((name, text)) => {
            let view = session.report(&asked, &progress)?;
            bar.clear();
            let answer = template::write(name, text, &view).map_err(|failure| {
                failure.hint("`sincewhen report YEAR --format json` shows what a template sees")
            })?;
            output::write(global, &answer)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &ReportArgs) -> Result<ReportQuestion, Failure> {
    let (records, period, range) = split_period(&args.words, &args.range)?;
    let (by, filter) = (args.by.clone(), args.filter.question());
    Ok(ReportQuestion { records, period, range, by, stale: args.stale, filter, pictures: false })
}

fn read_template(path: &Path) -> Result<(String, String), Failure> {
    let name = path.display().to_string();
    let fault = |error: std::io::Error| Failure::system(format!("--template {name}"), error);
    let size = std::fs::metadata(path).map_err(fault)?.len();
    if size > MAX_TEMPLATE {
        return Err(Failure::new(format!("--template {name}: {size} bytes, more than {MAX_TEMPLATE}")));
    }
    let text = std::fs::read_to_string(path).map_err(fault)?;
    Ok((name, text))
}
