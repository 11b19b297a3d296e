//! The program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    sincewhen::cli::run(std::env::args_os())
}
