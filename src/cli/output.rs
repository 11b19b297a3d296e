//! Writing an answer: colour, pager, width, closed pipes.

use super::args::{Colour, Global};
use crate::model::Failure;
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

/// The width of a line when standard output is no terminal, in columns.
const PLAIN_WIDTH: usize = 80;

/// The widest line of prose, however wide the terminal.
const MAX_WIDTH: usize = 110;

/// How wide lines may be.
pub fn width() -> usize {
    if !std::io::stdout().is_terminal() {
        return PLAIN_WIDTH;
    }
    terminal_size::terminal_size().map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0)).clamp(40, MAX_WIDTH)
}

/// Whether to colour a stream: as asked, or as the stream and the environment have it.
pub fn choice(global: &Global, auto: impl Fn() -> anstream::ColorChoice) -> anstream::ColorChoice {
    match global.color {
        Colour::Always => anstream::ColorChoice::Always,
        Colour::Never => anstream::ColorChoice::Never,
        Colour::Auto => auto(),
    }
}

/// Writes an answer to standard output: through a pager if it is a terminal and the answer is longer than it.
///
/// # Errors
/// Anything but a closed pipe, which ends the answer without a fault.
pub fn write(global: &Global, answer: &str) -> Result<(), Failure> {
    let terminal = std::io::stdout().is_terminal();
    let choice = choice(global, || anstream::AutoStream::choice(&std::io::stdout()));
    let mut bytes = Vec::new();
    anstream::AutoStream::new(&mut bytes, choice)
        .write_all(answer.as_bytes())
        .map_err(|error| Failure::new(error.to_string()))?;
    let high = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| usize::from(height.0));
    if terminal && !global.no_pager && answer.lines().count() >= high && page(&bytes) {
        return Ok(());
    }
    written(std::io::stdout().lock().write_all(&bytes))
}

/// Writes an answer of many parts as [`write`] does, without putting them together first where there is no pager.
///
/// # Errors
/// As [`write`].
pub fn write_parts(global: &Global, parts: Vec<String>) -> Result<(), Failure> {
    if std::io::stdout().is_terminal() {
        return write(global, &parts.concat());
    }
    let choice = choice(global, || anstream::AutoStream::choice(&std::io::stdout()));
    let mut out = anstream::AutoStream::new(std::io::stdout().lock(), choice);
    written(parts.into_iter().try_for_each(|part| out.write_all(part.as_bytes())))
}

fn written(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Failure::new(format!("standard output: {error}"))),
    }
}

/// Shows an answer in the user's pager. Returns whether that worked.
fn page(bytes: &[u8]) -> bool {
    let pager = std::env::var("PAGER").unwrap_or_else(|_| "less -FRX".to_owned());
    let mut words = pager.split_whitespace();
    let Some(program) = words.next() else { return false };
    let Ok(mut child) = Command::new(program).args(words).stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut input) = child.stdin.take() {
        // A pager that is closed before the end of the answer is the reader's choice.
        let _ = input.write_all(bytes);
    }
    child.wait().is_ok()
}
