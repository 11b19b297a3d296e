//! `changelog`: what changed between editions, in sentences; and `changelog BASE...HEAD`, what a branch would
//! make the tool say.

use super::args::ChangelogArgs;

use super::global::Global;
use super::guard_args::PolicySide;
use super::output;
use super::words::split_range;
use crate::model::Failure;
use crate::model::finding::PullRequestView;
use crate::model::view::ChangelogView;
use crate::render::{Format, csv, json};
use crate::session::{self, ChangelogQuestion, CompareQuestion, Question};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &ChangelogArgs) -> Result<ExitCode, Failure> {
    if let Some(range) = args.records.iter().find(|word| word.contains("...")) {
        return branch(global, args, range);
    }
    output::check::<ChangelogView>(global)?;
    let dates = matches!(global.format, Format::Csv | Format::Jsonl);
    let asked = ChangelogQuestion { dates, ..question(args)? };
    let layout = output::layout(global);
    let form = format!("{:?}", (global.format, layout));
    let Some(session) = args.pin.open(global, ("changelog", &asked, &form))? else {
        return Ok(ExitCode::SUCCESS);
    };
    if args.pin.cited(global, &session, &Question::Changelog(asked.clone()))? {
        return Ok(ExitCode::SUCCESS);
    }
    let shown = session.shown_sentences();
    let written = session.changelog_written(&asked, &form, &|view| {
        shown.note_changelog(view);
        match global.format {
            Format::Json => json::item(&view.records[0]),
            format => crate::render::write(view, format, layout).expect("because the format was checked"),
        }
    })?;
    let parts = match global.format {
        Format::Json => {
            let text = json::list(session::CHANGELOG_FORMAT, "records", written).concat();
            args.pin.json(global, &session, &Question::Changelog(asked), &text)?;
            return Ok(ExitCode::SUCCESS);
        }
        Format::Markdown => between(written, "\n"),
        Format::Csv => csv::joined(written),
        Format::Jsonl => written,
        Format::Text if layout.piped && !layout.verbose => written,
        _ => between(written, "\n\n"),
    };
    session.remember_changelog(&asked, &form, &parts)?;
    output::write_parts(global, parts)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn question(args: &ChangelogArgs) -> Result<ChangelogQuestion, Failure> {
    let (records, range) = split_range(&args.records, &args.range)?;
    Ok(ChangelogQuestion {
        records,
        range,
        direct: args.direct,
        oldest_first: args.reverse,
        no_editorial: args.no_editorial,
        continuing: args.continuing,
        dates: false,
        filter: args.filter.question(),
    })
}

/// What a branch would make the tool say. Three dots compare with the merge base, as git does: what the other
/// branch gained meanwhile is not this branch's doing.
fn branch(global: &Global, args: &ChangelogArgs, range: &str) -> Result<ExitCode, Failure> {
    output::check::<PullRequestView>(global)?;
    if let Some(other) = args.records.iter().find(|word| *word != range) {
        return Err(Failure::new(format!("`{range}` is about a whole branch, and `{other}` names records"))
            .hint("leave the records out"));
    }
    let (base, head) = range.split_once("...").unwrap_or((range, ""));
    let or_head = |revision: &str| if revision.is_empty() { "HEAD" } else { revision }.to_owned();
    let today = super::today(global.today.as_deref())?;
    let policy_from = match args.pin.policy_from.as_deref() {
        None | Some("head") => PolicySide::Head.into(),
        Some("base") => PolicySide::Base.into(),
        Some(other) => {
            return Err(Failure::new(format!(
                "--policy-from {other}: with `{range}` it is `head` or `base`"
            ))
            .hint("the two sides of the comparison are the commits whose rules can judge it"));
        }
    };
    if args.pin.cite.is_some() {
        return Err(Failure::new(format!("`{range}` is not an answer that can be cited"))
            .hint("cite the answer to a question about records: `sincewhen changelog REC A..B --cite`"));
    }
    let question = CompareQuestion { base: or_head(base), head: or_head(head), policy_from, today };
    let bar = output::Bar::new(global);
    let view =
        session::compare(&super::options(global)?, &question, &|what, done, all| bar.show(what, done, all))?;
    bar.clear();
    output::answer(global, &view)?;
    Ok(ExitCode::SUCCESS)
}

/// The texts with a separator between each two; an empty line where there are none.
fn between(texts: Vec<String>, separator: &str) -> Vec<String> {
    if texts.is_empty() {
        return vec!["\n".to_owned()];
    }
    let separated = texts.into_iter().enumerate();
    separated
        .flat_map(|(at, text)| [if at == 0 { String::new() } else { separator.to_owned() }, text])
        .collect()
}
