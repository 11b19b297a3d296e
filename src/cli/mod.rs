//! The command line: the only place for the clock, the environment, the terminal and exit codes.
//!
//! One file a command. Answers go to standard output, everything else to standard error. Exit 0: done; 1:
//! done, and something was found; 2: it could not be done.

mod args;
mod blame;
mod brief;
mod cache;
mod cache_folder;
mod changelog;
mod check;
mod complete;
mod completions;
mod diff;
mod error;
mod explain;
mod export;
mod fmt;
mod global;
mod guard_args;
#[cfg(feature = "import")]
mod import;
mod init;
mod log;
mod options;
mod output;
mod pin_args;
mod pinned;
mod report;
mod show;
mod since;
mod site;
mod usage;
mod verify;
mod words;
use options::{options, today};

pub use args::{Cli, command};

use crate::model::Failure;
use args::Command;
use clap::FromArgMatches;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the program with the given arguments, the first being its name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if completions::answer(&args) {
        return ExitCode::SUCCESS;
    }
    if args.len() < 2 {
        // What the environment sets counts as an argument for the library that reads them.
        anstream::eprint!("{}", brief::of(args::command()).render_help().ansi());
        return ExitCode::from(2);
    }
    let command = if brief::is_asked(&args) { brief::of(args::command()) } else { args::command() };
    let matches = match command.try_get_matches_from(args) {
        Ok(matches) => matches,
        Err(mut error) => {
            let failed = error.use_stderr();
            let hint = usage::hint(&mut error);
            // A closed pipe on `--help | head` is the reader's choice, not a fault.
            let _ = error.print();
            if let Some(hint) = hint {
                output::aside(&format!("hint: {hint}"));
            }
            return if failed { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    match dispatch(&cli) {
        Ok(code) => code,
        Err(error) => {
            error::print(&error, &cli.global);
            ExitCode::from(2)
        }
    }
}

fn dispatch(cli: &Cli) -> Result<ExitCode, Failure> {
    let global = &cli.global;
    match &cli.command {
        Command::Log(args) => log::run(global, args),
        Command::Show(args) => show::run(global, args),
        Command::Diff(args) => diff::run(global, args),
        Command::Changelog(args) => changelog::run(global, args),
        Command::Since(args) => since::run(global, args),
        Command::Report(args) => report::run(global, args),
        Command::Blame(args) => blame::run(global, args),
        Command::Explain(args) => explain::run(global, args),
        Command::Export(args) => export::run(global, args),
        Command::Check(args) => check::run(global, args),
        #[cfg(feature = "import")]
        Command::Import(args) => import::run(global, args),
        Command::Site(args) => site::run(global, args),
        Command::Verify(args) => verify::run(global, args),
        Command::Fmt(args) => fmt::run(global, args),
        Command::Init(args) => init::run(global, args),
        Command::Cache(args) => cache::run(global, args),
        Command::Completions(args) => completions::completions(args),
        Command::Man(args) => completions::man(args),
    }
}
