//! The arguments of every command: what `--help`, the manual and the command reference are made from.

use super::complete;
use super::global::Global;
use super::pin_args::PinArgs;
use crate::render::{Format, table};
use crate::session::{FilterQuestion, SentenceOrder};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use std::path::PathBuf;

/// What a country's position is, what changed, and since when: editions by date over git-tracked YAML
/// records, with proof.
#[derive(Debug, Parser)]
#[command(
    name = "sincewhen",
    version = crate::model::BUILT_FROM,
    about,
    propagate_version = true,
    max_term_width = 100
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command that `-h` leaves to `--help`.
const DETAILS: [&str; 10] = [
    "directory",
    "dataset",
    "known_at",
    "worktree",
    "today",
    "color",
    "cache_dir",
    "no_cache",
    "no_pager",
    "quiet",
];

/// Help pages: what a command is for, examples, and only then the options.
const TEMPLATE: &str = "{about}{after-help}\n\n{usage-heading} {usage}\n\n{all-args}";

/// The command line, with the formats of each command on its own help page.
pub fn command() -> clap::Command {
    let root = DETAILS.into_iter().fold(Cli::command(), |command, option| {
        command.mut_arg(option, |option| option.hide_short_help(true))
    });
    let names: Vec<String> = root.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    names.into_iter().fold(root, |command, name| {
        let formats = table::formats_of(&name);
        command.mut_subcommand(name, |sub| {
            let sub = if sub.get_after_help().is_some() { sub.help_template(TEMPLATE) } else { sub };
            match formats.as_slice() {
                [] => sub,
                formats => sub.arg(format_option(formats)),
            }
        })
    })
}

/// `--format` with some formats only. It takes the place of the option of the same name that all commands
/// share.
fn format_option(formats: &[Format]) -> clap::Arg {
    let values: Vec<PossibleValue> = formats.iter().filter_map(ValueEnum::to_possible_value).collect();
    let read = |name: String| Format::ALL.into_iter().find(|format| format.name() == name);
    clap::Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .help("The format of the answer")
        .default_value(formats[0].name())
        .help_heading("Global options")
        .value_parser(PossibleValuesParser::new(values).try_map(move |name| read(name).ok_or("unknown")))
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the editions of records, with amendments and problems
    Log(LogArgs),
    /// Print a record as of a date
    Show(ShowArgs),
    /// Show the structural differences between two editions
    Diff(DiffArgs),
    /// Say in sentences what changed between editions
    Changelog(ChangelogArgs),
    /// Say what has stayed so, and since when
    Since(SinceArgs),
    /// Say what a year brought, over all records: the yearly report
    Report(ReportArgs),
    /// Show in which edition and commit each fact was first recorded, and last changed
    Blame(BlameArgs),
    /// Prove a sentence, or show the page of a rule
    Explain(ExplainArgs),
    /// Write records, and all that is said of them, as tables: SQLite, Parquet or CSV
    Export(ExportArgs),
    /// Publish the dataset as static pages: records as of any edition, sentences with addresses, feeds
    Site(SiteArgs),
    /// Make a cited answer again, and say what differs: data, rules or program
    Verify(VerifyArgs),
    /// Find what is wrong with the data, or with what a branch does to it
    Check(super::guard_args::CheckArgs),
    #[cfg(feature = "import")]
    /// Draft records from published profiles and tables, and write them
    Import(ImportArgs),
    /// Bring the files of the dataset into one layout; comments and meaning stay
    Fmt(super::guard_args::FmtArgs),
    /// Write a first manifest, schema and rules for a folder of records
    Init(super::guard_args::InitArgs),
    /// Show or clear what is kept between runs
    Cache(CacheArgs),
    /// Write a completion script for a shell
    Completions(CompletionsArgs),
    /// Write the manual pages
    Man(ManArgs),
}

const REC_HELP: &str = "Records by any name: a code, a current, former or short name, a region, parts joined \
    by `/`, a list with \
                        commas; wildcards in quotes (`'*/NAME'`); all by default";
const ONE_HELP: &str = "A record by any name, parts joined by `/`";
const PICK_HELP: &str = "a date (`2019`, `2019-12`, `2019-12-18`, `Dec 2019`, `18 December 2019`: the \
    edition in force at its \
                         end), `first`, `last`, `previous`, or a git revision (`rev:NAME`)";

/// Arguments of `log`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  sincewhen log RECORD")]
pub struct LogArgs {
    #[arg(value_name = "REC", help = REC_HELP, add = ArgValueCompleter::new(complete::records))]
    /// The records.
    pub records: Vec<String>,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen show RECORD --as-of 2012\n  sincewhen show RECORD --as-of 2012 \
        --known-at HEAD~5"
)]
pub struct ShowArgs {
    #[arg(
        value_name = "REC",
        required = true,
        help = ONE_HELP,
        add = ArgValueCompleter::new(complete::records)
    )]
    /// The record.
    pub record: Vec<String>,
    #[arg(
        long,
        value_name = "DATE",
        help = format!("Which edition: {PICK_HELP} [default: last]"),
        add = ArgValueCompleter::new(complete::editions)
    )]
    /// The edition.
    pub as_of: Option<String>,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Arguments of `diff`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  sincewhen diff RECORD --from 2018 --to 2020\n  sincewhen diff RECORD \
        2018..2020 --exit-code")]
pub struct DiffArgs {
    #[arg(
        value_name = "REC [A..B]",
        help = "Records by any name, and a range: `A..B`, two dates, or one (from its beginning to its end); \
            all by default",
        add = ArgValueCompleter::new(complete::records)
    )]
    /// Records and a range.
    pub records: Vec<String>,
    /// The two editions.
    #[command(flatten)]
    pub range: RangeArgs,
    /// Exit with 1 if anything differs
    #[arg(long)]
    pub exit_code: bool,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Arguments of `changelog`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen changelog NAME\n  sincewhen changelog RECORD --from 2020 --to \
        2021\n  sincewhen changelog RECORD 2011..2019 --direct -v"
)]
pub struct ChangelogArgs {
    #[arg(
        value_name = "REC [A..B]",
        help = "Records by any name, and a range: `A..B`, two dates, or one (from its beginning to its end); \
            all by default",
        add = ArgValueCompleter::new(complete::records)
    )]
    /// Records and a range.
    pub records: Vec<String>,
    /// The two editions.
    #[command(flatten)]
    pub range: RangeArgs,
    /// Compare the two editions at once, not step by step through those between them
    #[arg(long)]
    pub direct: bool,
    /// List the oldest step first
    #[arg(long)]
    pub reverse: bool,
    /// Leave out changes of wording, sources and reviews
    #[arg(long)]
    pub no_editorial: bool,
    /// List the observations that continue, too
    #[arg(long)]
    pub continuing: bool,
    /// Which sentences.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Two editions.
#[derive(Clone, Debug, Args)]
pub struct RangeArgs {
    #[arg(
        long,
        visible_alias = "since",
        value_name = "X",
        help = format!("The earlier edition: {PICK_HELP}; a year or a month is meant from its beginning"),
        add = ArgValueCompleter::new(complete::editions)
    )]
    /// The earlier edition.
    pub from: Option<String>,
    #[arg(
        long,
        visible_alias = "until",
        value_name = "Y",
        help = "The later edition, in the same forms; a year or a month is meant to its end [default: last]",
        add = ArgValueCompleter::new(complete::editions)
    )]
    /// The later edition.
    pub to: Option<String>,
}

/// Arguments of `since`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen since RECORD --as-of 2020-09-04\n  sincewhen since --rule absence \
        --started-before 2017"
)]
pub struct SinceArgs {
    #[arg(value_name = "REC", help = REC_HELP, add = ArgValueCompleter::new(complete::records))]
    /// The records.
    pub records: Vec<String>,
    #[arg(
        long,
        value_name = "DATE",
        help = format!("Which edition: {PICK_HELP} [default: last]"),
        add = ArgValueCompleter::new(complete::editions)
    )]
    /// The edition.
    pub as_of: Option<String>,
    /// Which observations.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Which sentences of an answer are wanted, and in which order.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Filters")]
pub struct FilterArgs {
    /// Only these rules, with wildcards, or kinds of observation (`absence`, `streak`, …)
    #[arg(
        long = "rule",
        value_name = "RULE|KIND",
        value_delimiter = ',',
        add = ArgValueCompleter::new(complete::rules)
    )]
    pub rules: Vec<String>,
    /// Only sentences of this nature: development, late-report, correction, retraction, omission, editorial,
    /// review; added, changed, removed where natures are neutral; or, of observations, began, changed, ended,
    /// continues
    #[arg(long = "nature", value_name = "NATURE", value_delimiter = ',')]
    pub natures: Vec<String>,
    /// Only sentences of this significance: major, minor, editorial
    #[arg(long = "significance", value_name = "WEIGHT", value_delimiter = ',')]
    pub significances: Vec<String>,
    /// Only what is about these fields, by their path or its last parts
    #[arg(long = "field", value_name = "PATH")]
    pub fields: Vec<String>,
    /// Only what happened or began by the end of this date
    #[arg(long, value_name = "DATE")]
    pub started_before: Option<String>,
    /// Only what happened or began on or after this date
    #[arg(long, value_name = "DATE")]
    pub started_after: Option<String>,
    /// The order: by record, what has held longest first, or the weightiest first
    #[arg(long, value_name = "ORDER", value_enum)]
    pub sort: Option<SortBy>,
}

/// How sentences are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortBy {
    /// By record
    Record,
    /// What happened first or has held longest first
    Since,
    /// The weightiest first
    Significance,
}

impl FilterArgs {
    /// As a question.
    pub fn question(&self) -> FilterQuestion {
        FilterQuestion {
            rules: self.rules.clone(),
            natures: self.natures.clone(),
            significances: self.significances.clone(),
            fields: self.fields.clone(),
            started_before: self.started_before.clone(),
            started_after: self.started_after.clone(),
            sort: self.sort.map(|sort| match sort {
                SortBy::Record => SentenceOrder::Record,
                SortBy::Since => SentenceOrder::Since,
                SortBy::Significance => SentenceOrder::Significance,
            }),
        }
    }
}

/// Arguments of `export`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen export --out tables\n  sincewhen export '*/TOPIC' --format sqlite \
        --out tables\n  sincewhen export --since-commit v1.0 --out news"
)]
pub struct ExportArgs {
    #[arg(value_name = "REC", help = REC_HELP, add = ArgValueCompleter::new(complete::records))]
    /// The records.
    pub records: Vec<String>,
    /// The folder to write into: a new one, an empty one, or that of an earlier export, which is replaced
    #[arg(long, value_name = "DIR", default_value = "export")]
    pub out: PathBuf,
    /// Instead of all rows, those that a copy made as of this git revision lacks or must change
    #[arg(long, value_name = "REV")]
    pub since_commit: Option<String>,
    /// Take manifest, schemas and rules from this git revision, or as they stood at this date [default: the
    /// newest commit]
    #[arg(long, value_name = "REV|DATE")]
    pub policy_from: Option<String>,
    /// Which sentences; `--field` narrows the statements, too.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen report 2019\n  sincewhen report 2019 '*/TOPIC' --by COLUMN --format \
        markdown\n  sincewhen report 2025 --format html > 2025.html\n  sincewhen report 2025 NAME --template \
        examples/report/chapter.md"
)]
pub struct ReportArgs {
    #[arg(
        value_name = "YEAR [REC]",
        help = "A year or month, or a range `A..B`; and records by any name, all by default",
        add = ArgValueCompleter::new(complete::records)
    )]
    /// A period and records.
    pub words: Vec<String>,
    /// Instead of a year, two editions.
    #[command(flatten)]
    pub range: RangeArgs,
    /// Group the sentences: by `rule`, or by a group that the dataset's manifest names
    #[arg(long, value_name = "GROUP", add = ArgValueCompleter::new(complete::groups))]
    pub by: Option<String>,
    /// Write the report with a MiniJinja template of your own, over the fields of the JSON answer
    #[arg(long, value_name = "FILE", conflicts_with = "format")]
    pub template: Option<PathBuf>,
    /// Call a record stale that was not assessed for this many years [default: what the manifest says]
    #[arg(long, value_name = "YEARS")]
    pub stale: Option<u32>,
    /// Which sentences.
    #[command(flatten)]
    pub filter: FilterArgs,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Arguments of `blame`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen blame RECORD FIELD\n  sincewhen blame RECORD --as-of 2012 --annotate"
)]
pub struct BlameArgs {
    #[arg(value_name = "REC", help = ONE_HELP, add = ArgValueCompleter::new(complete::records))]
    /// The record.
    pub record: String,
    #[arg(
        value_name = "PATH",
        help = "Only this field and what is below it, written as `diff` shows paths: `list[key].field`"
    )]
    /// The field.
    pub path: Option<String>,
    #[arg(
        long,
        value_name = "DATE",
        help = format!("Which edition: {PICK_HELP} [default: last]"),
        add = ArgValueCompleter::new(complete::editions)
    )]
    /// The edition.
    pub as_of: Option<String>,
    /// Print the record's YAML with each line's edition and commit in a comment
    #[arg(long)]
    pub annotate: bool,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen explain RULE\n  sincewhen explain RECORD RULE\n  sincewhen since \
        RECORD -v   # shows fingerprints\n  sincewhen explain 0123456789ab"
)]
pub struct ExplainArgs {
    #[arg(
        value_name = "FINGERPRINT|RULE",
        help = "A sentence's fingerprint, or its first digits; a rule's id; or a record, and then a rule",
        add = ArgValueCompleter::new(complete::rules)
    )]
    /// What to explain.
    pub name: String,
    #[arg(
        value_name = "REC",
        help = "Look only at these records: at once where a fingerprint is not known here yet; with a rule, \
            prove what it says of them",
        add = ArgValueCompleter::new(complete::records)
    )]
    /// The records.
    pub records: Vec<String>,
    /// Which rules, and whether to cite.
    #[command(flatten)]
    pub pin: PinArgs,
}

/// Arguments of `site`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen site --out target/site\n  sincewhen site NAME --out target/site \
        --base-url https://example.org/"
)]
pub struct SiteArgs {
    #[arg(value_name = "REC", help = REC_HELP)]
    /// The records.
    pub records: Vec<String>,
    /// The folder: a new one, an empty one, or that of an earlier build, of which only what differs is
    /// written
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Where the site is published: feeds then have whole addresses
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Take manifest, schemas and rules from this git revision, or as they stood at this date [default: the
    /// newest commit]
    #[arg(long, value_name = "REV|DATE")]
    pub policy_from: Option<String>,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
#[command(after_help = "Exit status: 0 the answer is the same; 1 it is another; 2 it could not be made \
        again.\n\nExamples:\n  sincewhen since NAME --cite > cited.txt && sincewhen verify cited.txt")]
pub struct VerifyArgs {
    /// A citation as `--cite` prints it, in any of its forms, or an answer of `--format json`; `-` for
    /// standard input
    pub file: PathBuf,
}

/// Arguments of `cache`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  sincewhen cache info\n  sincewhen cache clear")]
pub struct CacheArgs {
    /// What to do
    #[arg(value_enum)]
    pub action: CacheAction,
}

/// What `cache` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CacheAction {
    /// Say where it is and how large
    Info,
    /// Remove it
    Clear,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  source <(sincewhen completions bash)   # in ~/.bashrc\n  sincewhen \
        completions bash")]
pub struct CompletionsArgs {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  sincewhen man target/man && man target/man/sincewhen.1")]
pub struct ManArgs {
    /// The folder to write the pages to; standard output, one page, by default
    pub folder: Option<PathBuf>,
}

#[cfg(feature = "import")]
/// Arguments of `import`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  sincewhen import profile PAGE\n  sincewhen import profile FOLDER --subject \
        NAME\n  sincewhen import GRAMMAR TABLE --format json"
)]
pub struct ImportArgs {
    /// What is imported: the name of a grammar in the folder that the manifest names under `imports`
    pub source: String,
    /// Pages (text or saved HTML), folders of them, or one table (CSV or a spreadsheet); `-` for standard
    /// input
    #[arg(value_name = "FILE|DIR", required = true)]
    pub files: Vec<String>,
    /// Whom pages are about: a code or name; found in the text by default
    #[arg(long, value_name = "NAME", visible_alias = "country")]
    pub subject: Option<String>,
    /// Gives one value to all rows, for a column that a table lacks
    #[arg(long, value_name = "COLUMN=VALUE")]
    pub set: Vec<String>,
    /// The date of the new editions, if it is not that of the page or event
    #[arg(long, value_name = "DATE")]
    pub dated: Option<crate::model::PartialDate>,
    /// Write the records and calendars; only shown otherwise
    #[arg(long)]
    pub write: bool,
}
