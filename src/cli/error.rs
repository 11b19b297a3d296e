//! How a failure is printed.

use super::global::Global;
use crate::model::Failure;
use std::io::Write;

/// Prints a failure and its hints to standard error.
pub fn print(failure: &Failure, global: &Global) {
    let (bold, red) = (anstyle::Style::new().bold(), anstyle::AnsiColor::Red.on_default().bold());
    let mut text = format!("{red}error{red:#}{bold}:{bold:#} {}\n", crate::render::plain(&failure.message));
    for hint in &failure.hints {
        text.push_str(&format!("{bold}hint:{bold:#} {}\n", crate::render::plain(hint)));
    }
    let choice = super::output::choice(global, &std::io::stderr());
    // With standard error closed nothing can be shown; the exit code says it.
    let _ = anstream::AutoStream::new(std::io::stderr(), choice)
        .write_all(super::output::inert(&text).as_bytes());
}
