//! `completions` and `man`: the script by which a shell asks the program what could follow (`complete`), and
//! pages made from the same definitions as `--help`.

use super::args::{CompletionsArgs, ManArgs, command};
use crate::model::Failure;
use clap_complete::env::Shells;
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

pub(super) fn completions(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    let shell = args.shell.to_string();
    let shells = Shells::builtins();
    let known = shells.completer(&shell).expect("because each shell that can be asked for has a completer");
    let mut bytes = Vec::new();
    known
        .write_registration(VARIABLE, "sincewhen", "sincewhen", "sincewhen", &mut bytes)
        .map_err(|error| Failure::new(error.to_string()))?;
    print(&bytes)
}

pub(super) fn man(args: &ManArgs) -> Result<ExitCode, Failure> {
    let fault = |error: std::io::Error| Failure::new(error.to_string());
    match &args.folder {
        Some(folder) => {
            std::fs::create_dir_all(folder)
                .map_err(|e| Failure::new(format!("{}: {e}", folder.display())))?;
            clap_mangen::generate_to(command(), folder).map_err(fault)?;
            Ok(ExitCode::SUCCESS)
        }
        None => {
            let mut bytes = Vec::new();
            clap_mangen::Man::new(command()).render(&mut bytes).map_err(fault)?;
            print(&bytes)
        }
    }
}

fn print(bytes: &[u8]) -> Result<ExitCode, Failure> {
    match std::io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("standard output: {error}")))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// The variable by which a shell asks for completions.
pub(super) const VARIABLE: &str = "SINCEWHEN_COMPLETE";

/// Answers a shell that asks what could follow; `false` where none asks.
pub(super) fn answer(args: &[OsString]) -> bool {
    let Some(shell) = std::env::var_os(VARIABLE) else { return false };
    super::complete::asked_by(&shell);
    let here = std::env::current_dir().ok();
    let asked = clap_complete::CompleteEnv::with_factory(super::args::command).var(VARIABLE);
    asked.try_complete(args.iter().cloned(), here.as_deref()).unwrap_or(true)
}
