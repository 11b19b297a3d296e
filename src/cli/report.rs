//! `report`: what a year brought, over all records.

use super::args::{Format, Global, RangeArgs, ReportArgs};
use super::output;
use super::session::{Session, edition_ref, only, split_range};
use super::span::Span;
use crate::document::Series;
use crate::git::GitError;
use crate::history::{Edition, Pick, Timeline};
use crate::model::date::Precision;
use crate::model::report::{Period, ReportView};
use crate::model::{Failure, PartialDate};
use crate::render;
use crate::report::{self, Page, Reporter, Window};
use crate::rules::Engine;
use chrono::Datelike;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use std::process::ExitCode;

/// The largest template that is read, in bytes.
const MAX_TEMPLATE: u64 = 1024 * 1024;

pub(super) fn run(global: &Global, args: &ReportArgs) -> Result<ExitCode, Failure> {
    only(global, "report", &[Format::Text, Format::Json, Format::Markdown, Format::Csv, Format::Html])?;
    let asked = Asked::read(args)?;
    let template = args.template.as_deref().map(read_template).transpose()?;
    let session = Session::open(global)?;
    let engine = Engine::new(&session.policy, &session.reference)?;
    check_group(&engine, args.by.as_deref())?;
    let view = make(&session, &engine, global, args, &asked)?;
    let answer = match (&template, global.format) {
        (Some((name, text)), _) => render::template::write(name, text, &view).map_err(|message| {
            Failure::new(message).hint("`sincewhen report YEAR --format json` shows what a template sees")
        })?,
        (None, Format::Json) => render::json::write(&view),
        (None, Format::Markdown) => render::markdown::report(&view, global.verbose > 0),
        (None, Format::Csv) => render::csv::report(&view),
        (None, Format::Html) => render::html::report(&view),
        (None, _) => render::text::report(
            &view,
            render::text::Layout { width: output::width(), verbose: global.verbose > 0 },
        ),
    };
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}

fn make(
    session: &Session,
    engine: &Engine<'_>,
    global: &Global,
    args: &ReportArgs,
    asked: &Asked,
) -> Result<ReportView, Failure> {
    let archive = session.archive(&asked.names)?;
    let span = Span::open(session, &asked.names, asked.from.clone(), asked.to.clone())?;
    let timelines: Vec<&Timeline> = archive.timelines.values().collect();
    let windows = timelines.iter().map(|t| span.window(t)).collect::<Result<Vec<Window<'_>>, _>>()?;
    let stale_years = args.stale.unwrap_or(session.policy.manifest.report.stale_years);
    let store = &session.store;
    let read = |series: &mut Series, edition: &Edition| -> Result<Page, GitError> {
        Ok(Page { name: edition_ref(edition), document: store.document_in(series, &edition.revision.blob)? })
    };
    let reporter = Reporter {
        engine,
        read: &read,
        stale_years,
        draws: global.format == Format::Html && args.template.is_none(),
    };
    let period = asked.period();
    let bar = progress(global, windows.len());
    let told = windows.par_iter().map(|window| {
        let account = reporter.account(window, &period);
        bar.inc(1);
        account
    });
    let accounts = told.collect::<Result<Vec<_>, GitError>>()?;
    bar.finish_and_clear();
    let accounts = accounts.into_iter().flatten().collect();
    Ok(report::compile(engine, accounts, period, args.by.as_deref(), stale_years))
}

/// A bar on standard error where that is a terminal; nothing anywhere else.
fn progress(global: &Global, length: usize) -> ProgressBar {
    let target = if global.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let bar = ProgressBar::with_draw_target(Some(length as u64), target);
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} records")
        .expect("because the template is a constant");
    bar.with_style(style)
}

/// What the arguments ask for.
struct Asked {
    names: Vec<String>,
    from: Pick,
    to: Pick,
    year: Option<String>,
}

impl Asked {
    fn read(args: &ReportArgs) -> Result<Asked, Failure> {
        let mut words = args.words.clone();
        let period = match words.first().map(|word| word.parse::<PartialDate>()) {
            Some(Ok(date)) => {
                words.remove(0);
                Some(date)
            }
            _ => None,
        };
        let range = RangeArgs { from: args.from.clone(), to: args.to.clone() };
        let (names, from, to) = split_range(&words, &range)?;
        match (period, from, to) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(Failure::new("a year and a range say the same twice").hint("leave one of them out"))
            }
            (Some(date), None, None) => {
                let before = before(&date)?;
                let year = Some(date.to_string());
                Ok(Asked { names, from: Pick::Through(before), to: Pick::Through(date), year })
            }
            (None, Some(from), to) => {
                let to = to.unwrap_or(Pick::Last);
                if let (Pick::Through(a), Pick::Through(b)) = (&from, &to)
                    && a.range().end >= b.range().end
                {
                    return Err(Failure::new(format!(
                        "the range is the wrong way round: `{a}` does not end before `{b}`"
                    ))
                    .hint(format!("turn it round: `{b}..{a}`")));
                }
                Ok(Asked { names, from, to, year: None })
            }
            (None, None, _) => Err(Failure::new("which year?")
                .hint("`sincewhen report 2019` compares the ends of 2018 and 2019")
                .hint("`--from X --to Y` compares any two editions")),
        }
    }

    fn period(&self) -> Period {
        let (from, to) = (self.from.to_string(), self.to.to_string());
        let name = self.year.clone().unwrap_or_else(|| format!("{from} to {to}"));
        Period { name, from, to, selection: self.names.clone() }
    }
}

/// The year before a year, the month before a month.
fn before(date: &PartialDate) -> Result<PartialDate, Failure> {
    let first = date.earliest();
    let text = match date.precision() {
        Precision::Year => format!("{:04}", first.year() - 1),
        Precision::Month => first.pred_opt().unwrap_or(first).format("%Y-%m").to_string(),
        Precision::Day | Precision::Instant => {
            return Err(Failure::new(format!("a report is about a year or a month, not a day: `{date}`"))
                .hint("`--from X --to Y` compares any two dates"));
        }
    };
    text.parse().map_err(|error| Failure::new(format!("before `{date}`: {error}")))
}

fn check_group(engine: &Engine<'_>, by: Option<&str>) -> Result<(), Failure> {
    let groups = &engine.policy().manifest.report.groups;
    match by {
        Some(name) if name != report::BY_RULE && !groups.contains_key(name) => {
            let known: Vec<&str> = groups.keys().map(String::as_str).chain([report::BY_RULE]).collect();
            Err(Failure::new(format!("--by: there is no group `{name}`"))
                .hint(format!("groups: {}", known.join(", "))))
        }
        _ => Ok(()),
    }
}

fn read_template(path: &std::path::Path) -> Result<(String, String), Failure> {
    let name = path.display().to_string();
    let fault = |message: String| Failure::new(format!("--template {name}: {message}"));
    let size = std::fs::metadata(path).map_err(|error| fault(error.to_string()))?.len();
    if size > MAX_TEMPLATE {
        return Err(fault(format!("{size} bytes, more than {MAX_TEMPLATE}")));
    }
    let text = std::fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
    Ok((name.clone(), text))
}
