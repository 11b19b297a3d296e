//! What can be wrong with a YAML text, in words a person can act on.
//!
//! Owns the kinds, their ids and the wording of the parser's errors. Must not decide how grave a problem is.

use crate::model::ByteSpan;
use granit_parser::{ErrorKind, ScanError};

/// Something wrong with a text, at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of problem it is.
    pub kind: ProblemKind,
    /// One sentence without a full stop.
    pub message: String,
    /// The bytes it is about, counted in [`super::Reading::text`].
    pub span: ByteSpan,
    /// Other places that explain it, each with a few words.
    pub related: Vec<(ByteSpan, String)>,
    /// What to do about it.
    pub help: Option<String>,
}

/// The kinds of [`Problem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// The text is not YAML; there is no tree.
    Syntax,
    /// A key stands twice in one mapping; the first is kept.
    DuplicateKey,
    /// Bytes that are not UTF-8, or characters YAML does not allow (YAML 1.2.2 §5.1).
    Encoding,
    /// A byte order mark.
    Bom,
    /// A second document in the stream; only the first is read.
    MultipleDocuments,
    /// A tag (`!!str`, `!mine`).
    Tag,
    /// An alias (`*name`), or one that cannot be resolved.
    Alias,
    /// A merge key (`<<`), which YAML 1.2 does not have; it is read as an ordinary key.
    MergeKey,
    /// A key that is a list, a mapping or nothing.
    KeyType,
    /// A number that 64 bits do not hold, or that is not finite.
    Number,
    /// The text is larger, deeper or has more nodes than the options allow; there is no tree.
    Limits,
    /// A tab where YAML wants spaces.
    Tab,
    /// A directive (`%YAML`, `%TAG`).
    Directive,
    /// Programs that read YAML by another version or parser read this text differently.
    Portability,
}

impl ProblemKind {
    /// All kinds.
    pub const ALL: [ProblemKind; 14] = [
        ProblemKind::Syntax,
        ProblemKind::DuplicateKey,
        ProblemKind::Encoding,
        ProblemKind::Bom,
        ProblemKind::MultipleDocuments,
        ProblemKind::Tag,
        ProblemKind::Alias,
        ProblemKind::MergeKey,
        ProblemKind::KeyType,
        ProblemKind::Number,
        ProblemKind::Limits,
        ProblemKind::Tab,
        ProblemKind::Directive,
        ProblemKind::Portability,
    ];

    /// The rule id under which the problem is reported.
    pub fn id(self) -> &'static str {
        match self {
            ProblemKind::Syntax => "yaml-syntax",
            ProblemKind::DuplicateKey => "yaml-duplicate-key",
            ProblemKind::Encoding => "yaml-encoding",
            ProblemKind::Bom => "yaml-bom",
            ProblemKind::MultipleDocuments => "yaml-multiple-documents",
            ProblemKind::Tag => "yaml-tag",
            ProblemKind::Alias => "yaml-alias",
            ProblemKind::MergeKey => "yaml-merge-key",
            ProblemKind::KeyType => "yaml-key-type",
            ProblemKind::Number => "yaml-number",
            ProblemKind::Limits => "yaml-limits",
            ProblemKind::Tab => "yaml-tab",
            ProblemKind::Directive => "yaml-directive",
            ProblemKind::Portability => "yaml-portability",
        }
    }
}

impl Problem {
    /// A problem without related places or help.
    pub(super) fn new(kind: ProblemKind, span: ByteSpan, message: impl Into<String>) -> Self {
        Problem { kind, message: message.into(), span, related: Vec::new(), help: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a place that explains it.
    #[must_use]
    pub(super) fn related(mut self, span: ByteSpan, words: impl Into<String>) -> Self {
        self.related.push((span, words.into()));
        self
    }
}

/// The parser's error in the words of this tool. The span is the character at which the parser gave up.
pub(super) fn from_scan_error(error: &ScanError, text: &str) -> Problem {
    let mut start = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let (kind, message, help) = describe(error.kind());
    if kind == ProblemKind::Tab && !text[start..].starts_with('\t') && text[..start].ends_with('\t') {
        start -= 1;
    }
    let width = text[start..].chars().next().filter(|c| !matches!(c, '\n' | '\r')).map_or(0, char::len_utf8);
    let span = ByteSpan { start, end: start + width };
    let problem = Problem::new(kind, span, message);
    match help {
        "" => problem,
        help => problem.help(help),
    }
}

/// A kind of problem, what it says, and what to do about it (`""` for nothing).
type Described = (ProblemKind, String, &'static str);

fn syntax(message: &str, help: &'static str) -> Described {
    (ProblemKind::Syntax, message.to_owned(), help)
}

fn describe(kind: &ErrorKind) -> Described {
    use ErrorKind as E;
    match kind {
        E::RecursionLimitExceeded => {
            (ProblemKind::Limits, "lists and mappings are nested too deeply".to_owned(), "")
        }
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => {
            (ProblemKind::Tab, "a tab stands where YAML wants spaces".to_owned(), "use spaces to indent")
        }
        E::BomInsideDocument => {
            (ProblemKind::Bom, "a byte order mark stands inside the text".to_owned(), "remove it")
        }
        E::UndeclaredTagHandle | E::InvalidGlobalTagCharacter => {
            (ProblemKind::Tag, kind.to_string(), "remove the tag")
        }
        E::ExpectedDocumentStart => syntax("something follows the end of the value", ""),
        other => of_blocks(other)
            .or_else(|| of_brackets(other))
            .or_else(|| of_scalars(other))
            .unwrap_or_else(|| syntax(&other.to_string(), "")),
    }
}

/// What is wrong with keys, items and their indentation.
fn of_blocks(kind: &ErrorKind) -> Option<Described> {
    use ErrorKind as E;
    Some(match kind {
        E::MappingValueNotAllowed | E::InvalidColonPlacement => syntax(
            "a colon stands where no `key: value` can",
            "if the colon is part of a text, put the text in quotes; otherwise check the indentation",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => syntax(
            "a key with a colon after it was expected here",
            "write `key: value`, or indent the line to continue the text above",
        ),
        E::ExpectedBlockMappingKey => {
            syntax("this does not fit the mapping it stands in", "indent it exactly as the keys above it")
        }
        E::ExpectedBlockSequenceEntry => syntax(
            "this does not fit the list it stands in",
            "indent it exactly as the items above it, and start it with `- `",
        ),
        E::BlockSequenceEntryNotAllowed => {
            syntax("a list item cannot start here", "put the first `- ` on a line of its own")
        }
        E::InvalidIndentation
        | E::InvalidBlockScalarIndent
        | E::InvalidQuotedScalarIndent
        | E::InvalidFlowScalarIndent => {
            syntax("the indentation is not right here", "indent the line further than the key it belongs to")
        }
        _ => return None,
    })
}

/// What is wrong with lists and mappings in brackets.
fn of_brackets(kind: &ErrorKind) -> Option<Described> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedFlowCollection { open } => syntax(&format!("a `{open}` opened here is never closed"), ""),
        E::MismatchedFlowCollectionEnd { open, close } => {
            syntax(&format!("`{open}` is closed with `{close}`"), "")
        }
        E::BlockEntryInFlowCollection => syntax(
            "a list item starts here while a `[` or `{` above is still open",
            "close the bracket above; if the dash is part of a text, put the text in quotes",
        ),
        E::ExpectedFlowSequenceSeparator => syntax("a comma or `]` was expected here", ""),
        E::ExpectedFlowMappingSeparator => syntax("a comma or `}` was expected here", ""),
        _ => return None,
    })
}

/// What is wrong with texts: quotation marks, escapes, characters.
fn of_scalars(kind: &ErrorKind) -> Option<Described> {
    use ErrorKind as E;
    Some(match kind {
        E::UnclosedQuotedScalar => {
            syntax("a quotation mark opened here is never closed", "close the quotation")
        }
        E::UnexpectedCharacter { character: c @ ('@' | '`' | '%') } => {
            syntax(&format!("a value cannot start with `{c}`"), "put the value in quotes")
        }
        E::UnexpectedCharacter { character } => {
            syntax(&format!("unexpected character U+{:04X}", u32::from(*character)), "")
        }
        E::UnknownQuotedScalarEscape => syntax(
            "an escape (`\\…`) in this text does not exist in YAML",
            "write `\\\\` for a backslash, or use single quotes",
        ),
        E::InvalidTrailingDoubleQuotedScalar | E::InvalidTrailingSingleQuotedScalar => syntax(
            "something follows the closing quotation mark",
            "quote the whole value, and double the marks inside it",
        ),
        E::CommentInterceptedScalar => {
            syntax("a comment stands inside a text of several lines", "move the comment above the key")
        }
        E::InvalidBlockScalarHeader => {
            syntax("only a comment may follow `|` or `>` on its line", "start the text on the next line")
        }
        _ => return None,
    })
}
