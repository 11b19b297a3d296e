//! The options of every command.

use crate::render::Format;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Run as if started in this folder
    #[arg(short = 'C', long = "directory", value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// The folder of the dataset's `sincewhen.yaml`, from the repository's root; looked for by default
    #[arg(long, value_name = "DIR", global = true, env = "SINCEWHEN_DATASET")]
    pub dataset: Option<String>,
    /// Answer as the repository stood: a git revision, or a date (the newest commit of the first-parent line
    /// by the end of it)
    #[arg(long, value_name = "REV|DATE", global = true)]
    pub known_at: Option<String>,
    /// Read the working tree as the newest revision
    #[arg(long, global = true, conflicts_with = "known_at")]
    pub worktree: bool,
    /// The civil day that counts as the present; today by default
    #[arg(long, value_name = "DATE", global = true, env = "SINCEWHEN_TODAY")]
    pub today: Option<String>,
    /// The format of the answer
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub format: Format,
    /// When to colour: a terminal decides under `auto`; NO_COLOR is obeyed
    #[arg(
        long,
        value_enum,
        default_value_t = Colour::Auto,
        global = true,
        value_name = "WHEN"
    )]
    pub color: Colour,
    /// Where to keep what was learned of a history, for later runs; the user's cache folder by default
    #[arg(long, value_name = "DIR", global = true, env = "SINCEWHEN_CACHE_DIR")]
    pub cache_dir: Option<PathBuf>,
    /// Do not read or write the cache
    #[arg(
        long,
        global = true,
        env = "SINCEWHEN_NO_CACHE",
        value_parser = clap::builder::FalseyValueParser::new()
    )]
    pub no_cache: bool,
    /// Do not page long answers on a terminal
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// Say less: no notes on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Say more: proof and word-level differences
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Format::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(self.purpose()))
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
