//! What a shell offers after TAB: names of records, dates of editions, rules and groups, asked of the dataset
//! that the line is about.
//!
//! A shell that completes runs the program with `SINCEWHEN_COMPLETE` and the words typed so far; `completions
//! SHELL` writes the script that does. What cannot be found out offers nothing: a completion is no place for
//! an error.

use super::global::Global;
use crate::model::text::is_invisible;
use crate::session::Session;
use clap::Parser;
use clap_complete::CompletionCandidate;
use std::ffi::OsStr;
use std::sync::OnceLock;

/// Records by name; of a list with commas the last.
pub(super) fn records(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = meant(typed) else { return Vec::new() };
    let (before, last) = after_comma(&typed);
    let Some((records, names)) = session().and_then(|session| session.record_names().ok()) else {
        return Vec::new();
    };
    // Nothing typed yet: the records alone are enough to choose from.
    let names = if last.is_empty() { Vec::new() } else { names };
    candidates(before, last, records.into_iter().chain(names))
}

/// Dates of editions: of the records that the line names, of all where it names none.
pub(super) fn editions(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = meant(typed) else { return Vec::new() };
    let Some(session) = session() else { return Vec::new() };
    let words = record_words(&line(), &typed);
    let dates = session.edition_dates(&words).or_else(|_| session.edition_dates(&[])).unwrap_or_default();
    let (before, last) = match typed.rsplit_once("..") {
        Some((from, to)) => (format!("{from}.."), to),
        None => (String::new(), typed.as_str()),
    };
    let fixed = ["first", "last", "previous"].map(str::to_owned);
    candidates(&before, last, dates.into_iter().chain(fixed))
}

/// Rules and kinds of observation.
pub(super) fn rules(typed: &OsStr) -> Vec<CompletionCandidate> {
    let Some(typed) = meant(typed) else { return Vec::new() };
    let (before, last) = after_comma(&typed);
    let names = session().map(|session| session.rule_names()).unwrap_or_default();
    candidates(before, last, names.into_iter())
}

/// The groups of a report.
pub(super) fn groups(typed: &OsStr) -> Vec<CompletionCandidate> {
    let names = session().map(|session| session.group_names()).unwrap_or_default();
    candidates("", &meant(typed).unwrap_or_default(), names.into_iter())
}

/// What stands before the last comma, with it, and what after it.
fn after_comma(typed: &str) -> (&str, &str) {
    typed.rfind(',').map_or(("", typed), |at| typed.split_at(at + 1))
}

/// The names that begin with what is typed; where none does so to the letter, those that do in another case,
/// with what is typed left as it is, since names are read in any case.
fn candidates(before: &str, typed: &str, names: impl Iterator<Item = String>) -> Vec<CompletionCandidate> {
    let names: Vec<String> = names.collect();
    let mut fits: Vec<String> = names.iter().filter(|name| name.starts_with(typed)).cloned().collect();
    if fits.is_empty() {
        let rest = |name: &String| {
            let start = name.get(..typed.len())?;
            start.eq_ignore_ascii_case(typed).then(|| format!("{typed}{}", &name[typed.len()..]))
        };
        fits = names.iter().filter_map(rest).collect();
    }
    let quoting = Quoting::of(shell());
    let words = fits.into_iter().filter_map(|name| quoting.word(&format!("{before}{name}")));
    words.map(CompletionCandidate::new).collect()
}

/// How a word is written on a shell's command line, so that the shell reads it as it is: names are whatever
/// files are called, and `$(x)` is a command where nothing quotes it.
#[derive(Clone, Copy)]
enum Quoting {
    /// bash inserts what it is given.
    Backslashes,
    /// PowerShell, too; a quote within quotes is doubled.
    SingleQuotes,
    /// zsh, fish and elvish quote what they insert themselves.
    ByTheShell,
}

impl Quoting {
    fn of(shell: &str) -> Quoting {
        match shell {
            "bash" => Quoting::Backslashes,
            "powershell" => Quoting::SingleQuotes,
            _ => Quoting::ByTheShell,
        }
    }

    /// A word as it is inserted. What would end the line, or is not seen, is not offered.
    fn word(self, word: &str) -> Option<String> {
        if word.chars().any(|c| c.is_control() || is_invisible(c)) {
            return None;
        }
        let is_plain = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_./,:@%+=".contains(c);
        Some(match self {
            Quoting::Backslashes => word.chars().fold(String::new(), |mut out, c| {
                if !is_plain(c) {
                    out.push('\\');
                }
                out.push(c);
                out
            }),
            Quoting::SingleQuotes if !word.chars().all(|c| c.is_ascii() && is_plain(c) && c != '@') => {
                // PowerShell takes the quotation marks of print for quotes.
                let quotes = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
                let double = |out: String, quote: &char| out.replace(*quote, &format!("{quote}{quote}"));
                format!("'{}'", quotes.iter().fold(word.to_owned(), double))
            }
            _ => word.to_owned(),
        })
    }
}

/// The shell that asks.
static ASKING: OnceLock<String> = OnceLock::new();

/// Notes which shell asks: the engine takes the variable that says so away before it asks for candidates.
pub(super) fn asked_by(shell: &OsStr) {
    ASKING.get_or_init(|| shell.to_string_lossy().into_owned());
}

fn shell() -> &'static str {
    ASKING.get().map_or("", String::as_str)
}

/// What is typed, as it is meant: bash and zsh hand on backslashes.
fn meant(typed: &OsStr) -> Option<String> {
    let typed = typed.to_str()?;
    if !matches!(shell(), "bash" | "zsh") {
        return Some(typed.to_owned());
    }
    let mut out = String::with_capacity(typed.len());
    let mut is_escaped = false;
    for c in typed.chars() {
        is_escaped = c == '\\' && !is_escaped;
        if !is_escaped {
            out.push(c);
        }
    }
    Some(out)
}

/// The words of the line that is completed, from the program's name on.
fn line() -> Vec<String> {
    let mut words = std::env::args().skip_while(|word| word != "--");
    words.next();
    words.collect()
}

/// The words of a line that can be names of records: those after the command that are no options, values of
/// options, or what is typed.
fn record_words(line: &[String], typed: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut is_value = false;
    for word in line.iter().skip(2) {
        let own = !is_value && !word.starts_with('-') && word != typed && !word.contains("..");
        is_value = word.starts_with("--") && !word.contains('=') || word == "-C";
        if own && !word.is_empty() {
            out.push(word.clone());
        }
    }
    out
}

/// The options of a line that say which dataset it is about.
#[derive(Parser)]
struct Line {
    #[command(flatten)]
    global: Global,
}

/// The dataset that the line is about.
fn session() -> Option<Session> {
    let line = line();
    let value = |names: &[&str]| {
        let at = line.iter().position(|word| names.contains(&word.as_str()));
        at.and_then(|at| line.get(at + 1)).cloned()
    };
    let mut words = vec!["sincewhen".to_owned(), "--quiet".to_owned()];
    for (option, names) in [("--directory", &["-C", "--directory"][..]), ("--dataset", &["--dataset"])] {
        words.extend(value(names).map(|value| format!("{option}={value}")));
    }
    let global = Line::try_parse_from(words).ok()?.global;
    Session::open(&super::options(&global).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(before: &str, typed: &str) -> Vec<String> {
        let names = ["ALP/one", "Alphaland", "Aldery", "C\u{f4}te du Nord"].map(str::to_owned);
        let found = candidates(before, typed, names.into_iter());
        found.iter().map(|one| one.get_value().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_is_typed_stays_as_it_is() {
        assert_eq!(offered("", "Alp"), ["Alphaland"]);
        assert_eq!(offered("", "alp"), ["alp/one", "alphaland"]);
        assert_eq!(offered("ALP,", "Ald"), ["ALP,Aldery"]);
        assert_eq!(offered("", "c\u{f4}te"), ["c\u{f4}te du Nord"]);
        assert_eq!(offered("", "\u{17f}"), Vec::<String>::new());
    }

    #[test]
    fn what_a_shell_would_run_is_quoted() {
        let bash = |word: &str| Quoting::of("bash").word(word);
        assert_eq!(bash("$(x)").as_deref(), Some(r"\$\(x\)"));
        assert_eq!(bash("a b;'\"`!~*").as_deref(), Some("a\\ b\\;\\'\\\"\\`\\!\\~\\*"));
        assert_eq!(bash("ALP/one-two,C\u{f4}te").as_deref(), Some("ALP/one-two,C\u{f4}te"));
        let powershell = |word: &str| Quoting::of("powershell").word(word);
        assert_eq!(powershell("$(x) 'y' z").as_deref(), Some("'$(x) ''y'' z'"));
        assert_eq!(powershell("ALP/one-two").as_deref(), Some("ALP/one-two"));
        for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
            assert_eq!(Quoting::of(shell).word("a\nb"), None, "{shell}");
            assert_eq!(Quoting::of(shell).word("a\u{202e}b"), None, "{shell}");
        }
        assert_eq!(Quoting::of("zsh").word("a b").as_deref(), Some("a b"));
    }

    #[test]
    fn the_records_of_a_line() {
        let line: Vec<String> =
            "sw show -v ALP one --format json --as-of 20".split(' ').map(str::to_owned).collect();
        assert_eq!(record_words(&line, "20"), ["ALP", "one"]);
    }
}
