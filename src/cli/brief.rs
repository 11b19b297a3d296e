//! `-h`: what a command is for, examples and the options that matter most, on one screen. `--help` has all of
//! it.

use crate::render::{Format, table};
use clap::{Arg, Command};
use std::ffi::OsString;

/// What `-h` says of an option, in a line: `COMMAND.OPTION`, or `OPTION` for every command. An option that is
/// not listed keeps its words.
const LINES: &[(&str, &str)] = &[
    ("verbose", "Say more: proof and word-level differences"),
    ("records", "Records by any name, or a region; all by default"),
    ("changelog.records", "Records by any name; a range: `2018..2020` or `2018`"),
    ("diff.records", "Records by any name; a range: `2018..2020` or `2018`"),
    ("words", "A year or a range `2018..2020`; records by any name"),
    ("record", "A record by any name: `KEY/KEY`"),
    ("from", "The earlier edition: a date, `first`"),
    ("to", "The later edition: a date, `last`"),
    ("as_of", "Which edition: a date, `first`, `last` (by default)"),
    ("direct", "Compare the two at once, not step by step"),
    ("no_editorial", "Leave out changes of wording, sources and reviews"),
    ("rules", "Only these rules or kinds: `absence`, `NAME*`"),
    ("natures", "Only development, late-report, correction, …"),
    ("by", "Group by `rule`, or by a group of the manifest"),
    ("sort", "By record, since (longest first), significance"),
    ("out", "The folder to write to"),
    ("since_commit", "Only what a copy made at this commit lacks"),
    ("template", "Write with a MiniJinja template of your own"),
    ("path", "Only this field, by its path or its last parts"),
    ("annotate", "Print the YAML with the edition of each line"),
    ("paths", "Files or folders; the whole dataset by default"),
    ("base", "Only what this branch adds since it left REV"),
    ("history", "Every revision that was ever committed"),
    ("staged", "Only what is staged, compared with HEAD"),
    ("fail_on", "Exit with 1 from: error, warning, note or never"),
    ("fix", "Make the safe edits that findings propose"),
    ("check.diff", "With --fix: show the edits, write nothing"),
    ("fmt.check", "Write nothing; list files that would change"),
    ("fmt.diff", "Write nothing; show what would change"),
    ("source", "What is imported: the name of a grammar"),
    ("files", "Pages, folders, a table (CSV, XLSX), or `-`"),
    ("subject", "Whom pages are about: a code or a name"),
    ("set", "Gives one value to all rows of a table"),
    ("dated", "The date of the new editions"),
    ("write", "Write the records; by default they are only shown"),
];

/// What the first page says of a command, where the command's own words take more than a line.
const COMMANDS: &[(&str, &str)] = &[
    ("blame", "Show in which edition each fact was first recorded, last changed"),
    ("export", "Write records and sentences as tables: SQLite, Parquet or CSV"),
    ("site", "Publish the dataset as static pages; sentences have addresses"),
    ("verify", "Make a cited answer again, and say what differs"),
    ("check", "Find what is wrong with the data, or with what a branch does"),
    ("fmt", "Bring the files into one layout; comments and meaning stay"),
];

/// Commands that the first page leaves out.
const COMMANDS_LEFT_OUT: &[&str] = &["cache", "man"];

/// The first page: what the program is for, and its commands.
const FIRST_PAGE: &str = "{about}\n\n{usage-heading} {usage}\n\nCommands:\n{subcommands}\n\n`COMMAND -h` \
                          has examples; see more with '--help'";

/// What the program is for, in a line.
const PURPOSE: &str = "What a position is, what changed, and since when, with proof";

/// The most examples that `-h` shows.
const EXAMPLES: usize = 3;

/// What only `--help` has.
const LEFT_OUT: &[&str] = &[
    "reverse",
    "continuing",
    "policy_from",
    "cite",
    "significances",
    "fields",
    "started_before",
    "started_after",
    "stale",
    "exit_code",
    "head",
    "write_baseline",
    "accept",
];

/// Whether a line asks for the short help.
pub(super) fn is_asked(args: &[OsString]) -> bool {
    args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "-h")
}

/// The command line as `-h` shows it.
pub(super) fn of(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let root = command.mut_args(|arg| brief(arg, "")).about(PURPOSE).help_template(FIRST_PAGE);
    let root = root.disable_help_subcommand(true);
    names.into_iter().fold(root, |root, name| {
        root.mut_subcommand(&name, |sub| {
            let examples = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            let at = examples.find("Example").unwrap_or(0);
            let formats: Vec<&str> = table::formats_of(&name).into_iter().map(Format::name).collect();
            let sub = sub.after_help(first_lines(&examples[at..])).mut_args(|arg| brief(arg, &name));
            let sub = sub.disable_version_flag(true).hide(COMMANDS_LEFT_OUT.contains(&name.as_str()));
            let sub = match COMMANDS.iter().find(|(own, _)| *own == name) {
                Some((_, about)) => sub.about(*about),
                None => sub,
            };
            match formats.as_slice() {
                [] => sub,
                formats => sub.mut_arg("format", |arg| {
                    arg.help(format!("The format: {}", formats.join(", ")))
                        .hide_possible_values(true)
                        .hide_default_value(true)
                }),
            }
        })
    })
}

/// The heading of the examples and the first of them.
fn first_lines(examples: &str) -> String {
    examples.lines().take(1 + EXAMPLES).collect::<Vec<_>>().join("\n")
}

fn brief(arg: Arg, command: &str) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    let own = format!("{command}.{id}");
    let line = LINES.iter().find(|(name, _)| *name == own).or(LINES.iter().find(|(name, _)| *name == id));
    let arg = arg.help_heading(None::<&str>);
    let arg = if LEFT_OUT.contains(&id.as_str()) { arg.hide_short_help(true) } else { arg };
    match line {
        Some((_, line)) if arg.get_action().takes_values() => {
            arg.help(*line).hide_possible_values(true).hide_default_value(true)
        }
        Some((_, line)) => arg.help(*line),
        None => arg,
    }
}
