//! The formats there are, and how wide and how colourful text is.

/// The format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// For programs: one document, whose first field names its form.
    Json,
    /// For documents and comments (CommonMark).
    Markdown,
    /// For programs that read line by line: one JSON object a row.
    Jsonl,
    /// For tables (RFC 4180).
    Csv,
    /// A page of its own, for reading and printing.
    Html,
    /// The record's file, byte for byte.
    Yaml,
    /// One SQLite database.
    Sqlite,
    /// Folders of Parquet files.
    Parquet,
    /// Findings for code scanning (SARIF 2.1.0).
    Sarif,
    /// Findings as annotations of a GitHub workflow.
    Github,
    /// Findings for test reports (JUnit XML).
    Junit,
}

impl Format {
    /// All of them, in the order in which help lists them.
    pub const ALL: [Format; 12] = [
        Format::Text,
        Format::Json,
        Format::Jsonl,
        Format::Csv,
        Format::Markdown,
        Format::Html,
        Format::Yaml,
        Format::Sqlite,
        Format::Parquet,
        Format::Sarif,
        Format::Github,
        Format::Junit,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Yaml => "yaml",
            Format::Markdown => "markdown",
            Format::Csv => "csv",
            Format::Sqlite => "sqlite",
            Format::Parquet => "parquet",
            Format::Html => "html",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Junit => "junit",
        }
    }

    /// What it is for, in a few words.
    pub fn purpose(self) -> &'static str {
        match self {
            Format::Text => "For people",
            Format::Json => "For programs; the first field names the form of the document",
            Format::Jsonl => "For programs: one row a line, the columns of csv as fields",
            Format::Yaml => "The record's file, byte for byte",
            Format::Markdown => "For documents and comments",
            Format::Csv => "For tables; the columns are documented",
            Format::Sqlite => "One SQLite database with views",
            Format::Parquet => "Folders of Parquet files",
            Format::Html => "A page of its own, for reading and printing",
            Format::Sarif => "Findings for code scanning (SARIF 2.1.0)",
            Format::Github => "Findings as annotations of a GitHub workflow",
            Format::Junit => "Findings for test reports (JUnit XML)",
        }
    }
}

/// How to lay out text.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Columns a line may have.
    pub width: usize,
    /// Whether to show proof and word-level differences.
    pub verbose: bool,
    /// Whether a program reads the text: one row a line, the record first, nothing wrapped or cut.
    pub piped: bool,
}
