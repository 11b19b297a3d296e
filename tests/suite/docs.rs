//! Generated pages, compared with what they are generated from. `UPDATE=1 cargo test --test suite docs`
//! writes them anew.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a page with what it should be, or writes it.
pub fn kept_true(path: &Path, wanted: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().expect("because a page has a folder"))
            .expect("because the repository can be written");
        std::fs::write(path, wanted).expect("because the repository can be written");
        return;
    }
    let found = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
    let differs =
        found.lines().zip(wanted.lines()).position(|(a, b)| a != b).map_or(found.lines().count(), |at| at)
            + 1;
    assert!(
        found == wanted,
        "{}:{differs} is not what the program says now; write it anew with `UPDATE=1 cargo test --test suite \
            docs`",
        path.display()
    );
}

/// The long help of every command, as the program prints it without a terminal.
fn commands() -> String {
    let mut page = String::from(
        "# Commands\n\nThe help of every command. This page is written by `UPDATE=1 cargo test --test suite \
            docs` from the definitions in \
         `src/cli/args.rs`;\nchange those.\n",
    );
    let mut command = sincewhen::cli::command().term_width(100);
    command.build();
    section(&mut page, &mut command, "sincewhen");
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let name = format!("sincewhen {}", sub.get_name());
        section(&mut page, sub, &name);
    }
    page
}

fn section(page: &mut String, command: &mut clap::Command, name: &str) {
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.trim_end().lines().map(str::trim_end).collect();
    write!(page, "\n## `{name}`\n\n```text\n{}\n```\n", help.join("\n"))
        .expect("because writing to a string cannot fail");
}

#[test]
fn the_command_reference_is_true() {
    kept_true(&root().join("docs/commands.md"), &commands());
}
