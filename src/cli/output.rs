//! Writing an answer: colour, pager, width, closed pipes.

use super::global::{Colour, Global};
use crate::model::Failure;
use crate::render::{self, Answer, Format, Layout};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::borrow::Cow;
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

/// The width where none is known, in columns.
const PLAIN_WIDTH: usize = 80;

/// The widest line of prose, however wide the terminal.
const MAX_WIDTH: usize = 110;

/// Wider than any line: nothing is wrapped.
const UNBOUNDED: usize = 1_000_000;

/// The width that the environment asks for in `COLUMNS`, if it does.
fn columns() -> Option<usize> {
    std::env::var("COLUMNS").ok()?.trim().parse().ok().filter(|columns| *columns > 0)
}

/// How wide lines may be: as `COLUMNS` says, as the terminal is, or without a limit in a pipe.
fn width() -> usize {
    let terminal = || terminal_size::terminal_size().map_or(PLAIN_WIDTH, |(width, _)| usize::from(width.0));
    match columns() {
        Some(columns) => columns.max(20),
        None if std::io::stdout().is_terminal() => terminal().clamp(40, MAX_WIDTH),
        None => UNBOUNDED,
    }
}

/// Whether to colour a stream: as asked, or as the stream and the environment have it.
pub fn choice<S: anstream::stream::RawStream>(global: &Global, stream: &S) -> anstream::ColorChoice {
    let says_no = |name: &str| std::env::var_os(name).is_some_and(|value| value == "0");
    match global.color {
        Colour::Always => anstream::ColorChoice::Always,
        Colour::Never => anstream::ColorChoice::Never,
        // The library takes any value of the variable for yes.
        Colour::Auto if says_no("CLICOLOR_FORCE") && (says_no("CLICOLOR") || !stream.is_terminal()) => {
            anstream::ColorChoice::Never
        }
        Colour::Auto => anstream::AutoStream::choice(stream),
    }
}

/// How text is laid out.
pub fn layout(global: &Global) -> Layout {
    let piped = !std::io::stdout().is_terminal() && columns().is_none();
    Layout { width: width(), verbose: global.verbose > 0, piped }
}

/// Refuses a format that an answer cannot be written in, before any work.
pub fn check<A: Answer>(global: &Global) -> Result<(), Failure> {
    render::table::check::<A>(global.format)
}

/// Refuses any format but text, for commands that only say what they did.
pub fn only_text(global: &Global, command: &str) -> Result<(), Failure> {
    match global.format {
        Format::Text => Ok(()),
        format => {
            Err(Failure::new(format!("`{command}` does not write {}", format.name())).hint("it writes text"))
        }
    }
}

/// Writes an answer in the format that is asked for.
pub fn answer<A: Answer>(global: &Global, answer: &A) -> Result<(), Failure> {
    write(global, &render::write(answer, global.format, layout(global))?)
}

/// Prints what qualifies an answer to standard error.
pub fn note(text: &str) {
    aside(&format!("note: {text}"));
}

/// Prints a line to standard error.
pub fn aside(text: &str) {
    anstream::eprintln!("{}", inert(&render::plain(text)));
}

/// Text that gives no command to the runner of GitHub Actions, which takes `##[command]` anywhere in a line
/// and `::command` at its start, in both streams. Elsewhere text stays as it is.
pub fn inert(text: &str) -> Cow<'_, str> {
    let by_runner = std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true");
    if by_runner { Cow::Owned(without_commands(text)) } else { Cow::Borrowed(text) }
}

fn without_commands(text: &str) -> String {
    let line = |line: &str| {
        let trimmed = line.trim_start();
        match trimmed.strip_prefix("::") {
            Some(rest) => format!("{}: :{rest}", &line[..line.len() - trimmed.len()]),
            None => line.to_owned(),
        }
    };
    text.replace("##[", "## [").split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// An answer as the runner may see it; what goes to a file stays as it is. JSON escapes such commands itself,
/// and annotations are commands.
fn answered<'t>(global: &Global, text: &'t str) -> Cow<'t, str> {
    let own = matches!(global.format, Format::Json | Format::Sarif | Format::Github);
    let to_file = std::fs::metadata("/dev/stdout").is_ok_and(|metadata| metadata.is_file());
    if own || to_file { Cow::Borrowed(text) } else { inert(text) }
}

/// A progress bar on standard error where that is a terminal; nothing anywhere else.
pub struct Bar(ProgressBar);

impl Bar {
    /// A bar that is not shown yet.
    pub fn new(global: &Global) -> Bar {
        let target = if global.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let style = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}")
            .expect("because the template is written here");
        Bar(ProgressBar::with_draw_target(Some(0), target).with_style(style))
    }

    /// Shows how far something has come; few things are not worth a bar.
    pub fn show(&self, what: &'static str, done: usize, all: usize) {
        if all >= 3 {
            self.0.set_message(what);
            self.0.set_length(all as u64);
            self.0.set_position(done as u64);
        }
    }

    /// Takes the bar away.
    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// Writes an answer to standard output: through a pager if it is a terminal and the answer is longer than it.
///
/// # Errors
/// Anything but a closed pipe, which ends the answer without a fault.
pub fn write(global: &Global, answer: &str) -> Result<(), Failure> {
    let terminal = std::io::stdout().is_terminal();
    let choice = choice(global, &std::io::stdout());
    let mut bytes = Vec::new();
    anstream::AutoStream::new(&mut bytes, choice)
        .write_all(answered(global, answer).as_bytes())
        .map_err(|error| Failure::new(error.to_string()))?;
    let high = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| usize::from(height.0));
    if terminal && !global.no_pager && answer.lines().count() >= high && page(&bytes) {
        return Ok(());
    }
    written(std::io::stdout().lock().write_all(&bytes))
}

/// Writes bytes to standard output as they are.
///
/// # Errors
/// As [`write`].
pub fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    written(std::io::stdout().lock().write_all(bytes))
}

/// Writes an answer of many parts as [`write`] does, without putting them together first where there is no
/// pager.
///
/// # Errors
/// As [`write`].
pub fn write_parts(global: &Global, parts: Vec<String>) -> Result<(), Failure> {
    if std::io::stdout().is_terminal() {
        return write(global, &parts.concat());
    }
    let choice = choice(global, &std::io::stdout());
    let mut out = anstream::AutoStream::new(std::io::stdout().lock(), choice);
    written(parts.into_iter().try_for_each(|part| out.write_all(answered(global, &part).as_bytes())))
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
