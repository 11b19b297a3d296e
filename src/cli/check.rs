//! `check`: what is wrong with the data, or with what a branch does to it.

use super::global::Global;
use super::guard_args::{CheckArgs, FailOn};
use super::output;
use crate::check::fix;
use crate::model::Failure;
use crate::model::finding::{FindingsView, RuleListView};
use crate::render::{self, Format};
use crate::session::{CheckQuestion, CheckScope, Checking};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The most rounds of edits and checks that `--fix` makes: an edit can bring another to light.
const ROUNDS: usize = 5;

pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<ExitCode, Failure> {
    if args.list_rules {
        output::check::<RuleListView>(global)?;
        let checking = Checking::open(&super::options(global)?, question(global, args)?)?;
        output::answer(global, &checking.rules()?)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::check::<FindingsView>(global)?;
    let checking = Checking::open(&super::options(global)?, question(global, args)?)?;
    if args.write_baseline {
        let (path, accepted) = checking.write_baseline()?;
        note(global, &format!("{path} accepts {accepted} findings"));
        return Ok(ExitCode::SUCCESS);
    }
    if args.fix && checking.judges_commit() {
        return Err(Failure::new("--fix edits the working tree, and --policy-from base judges the commit")
            .hint("leave --policy-from out"));
    }
    let mut view = checking.findings()?;
    view.folds_notes = folds_notes(global, args);
    match args.fix {
        true if args.diff => show_edits(global, &checking, &view),
        true => finish(global, args, &fixed(global, args, &checking, view)?),
        false => finish(global, args, &view),
    }
}

fn question(global: &Global, args: &CheckArgs) -> Result<CheckQuestion, Failure> {
    let scope = match &args.base {
        Some(base) => CheckScope::Since { base: base.clone(), head: args.head.clone() },
        None if args.history => CheckScope::History,
        None if args.staged => CheckScope::Staged,
        None => CheckScope::Everything,
    };
    Ok(CheckQuestion {
        paths: args.paths.clone(),
        scope,
        policy_from: args.policy_from.into(),
        accept: args.accept.clone(),
        today: super::today(global.today.as_deref())?,
        index: std::env::var_os("GIT_INDEX_FILE").filter(|name| !name.is_empty()).map(PathBuf::from),
    })
}

/// Shows the safe edits as differences and makes none.
fn show_edits(global: &Global, checking: &Checking, view: &FindingsView) -> Result<ExitCode, Failure> {
    let edits = checking.safe_edits(&view.findings)?;
    let shown = edits
        .iter()
        .map(|edit| fix::unified(&edit.file, &String::from_utf8_lossy(&edit.before), &edit.after));
    output::write(global, &render::plain(&shown.collect::<String>()))?;
    Ok(if edits.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Makes the safe edits, and gives what is found after them.
fn fixed(
    global: &Global,
    args: &CheckArgs,
    checking: &Checking,
    mut view: FindingsView,
) -> Result<FindingsView, Failure> {
    for _ in 0..ROUNDS {
        let edits = checking.safe_edits(&view.findings)?;
        if edits.is_empty() {
            break;
        }
        for edit in &edits {
            fix::write(edit)?;
            note(global, &format!("{}: {} made", edit.file, count(edit.edits, "edit")));
        }
        if args.staged {
            note(global, "the edits are in the working tree; stage them with `git add`");
            break;
        }
        view = checking.findings()?;
    }
    view.folds_notes = folds_notes(global, args);
    Ok(view)
}

/// Whether notes are only counted: they fail nothing, and a run that found nothing worse is one line.
fn folds_notes(global: &Global, args: &CheckArgs) -> bool {
    global.verbose == 0 && args.fail_on != FailOn::Note
}

fn finish(global: &Global, args: &CheckArgs, view: &FindingsView) -> Result<ExitCode, Failure> {
    if global.format == Format::Github {
        job_summary(view)?;
    }
    output::answer(global, view)?;
    let failed = view.findings.iter().any(|finding| args.fail_on.fails(finding.level));
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// GitHub draws ten annotations of a level and no more; the job's summary has all findings.
fn job_summary(view: &FindingsView) -> Result<(), Failure> {
    use std::io::Write;
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let text = render::findings::markdown::write(view);
    let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Failure::system(Path::new(&path).display(), error))
}

fn note(global: &Global, text: &str) {
    if !global.quiet {
        output::note(text);
    }
}

/// `1 edit`, `2 edits`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
