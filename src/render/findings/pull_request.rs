//! What a branch would make the tool say: the comment on a pull request, and the same as text.
//!
//! The hidden first line lets a bot find and replace its own comment. One quiet line where nothing changes. A
//! comment leads with totals and with what weighs most, folds the rest, and says what it leaves out; text
//! leaves nothing out.

use super::{markdown, text as findings_text};
use crate::model::Significance;
use crate::model::finding::{PullRequestView, RecordEdit, Rewritten, StepSummary};
use crate::render::markdown::{code, escape};
use crate::render::plain;
use std::fmt::Write;

/// By this a comment is known as the tool's own.
pub const MARKER: &str = "<!-- sincewhen:pull-request -->";
/// The longest comment, in bytes; GitHub takes 65,536 characters.
const LONGEST: usize = 60_000;
/// The most files that are named as those of which no record can be read.
const MOST_UNREAD: usize = 20;
/// From how many sentences on a comment folds them.
const FOLDED: usize = 30;
/// The most sentences that stand above the folded ones.
const MOST_WEIGHTY: usize = 30;

/// What the answer is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CommentForm {
    Comment,
    Text,
}

/// The answer of `changelog BASE...HEAD` as a comment.
pub fn write(view: &PullRequestView) -> String {
    let mut out = format!("{MARKER}\n");
    if let Some(words) = quiet(view) {
        out.push_str(words);
        return out;
    }
    for note in &view.notes {
        put(&mut out, format_args!("> {}\n\n", escape(note)));
    }
    put(&mut out, format_args!("**{}**\n\n", totals(&view.records, view.unread.len())));
    unread(&mut out, view, &code);
    out.push_str("### Checks\n\n");
    out.push_str(&markdown::body(&view.check, LONGEST / 3));
    let folded = view.records.iter().map(|r| r.added.len() + r.rewritten.len()).sum::<usize>() > FOLDED;
    if folded {
        weighty(&mut out, &view.records);
    }
    let sections = Sections { form: CommentForm::Comment, folded };
    sections.rewritten(&mut out, &view.records, LONGEST * 2 / 3);
    reports(&mut out, &view.records);
    sections.added(&mut out, &view.records, LONGEST);
    out
}

/// The answer of `changelog BASE...HEAD` as text: all of it.
pub fn text(view: &PullRequestView, width: usize, verbose: bool) -> String {
    if let Some(words) = quiet(view) {
        return words.to_owned();
    }
    let mut out = String::new();
    for note in &view.notes {
        put(&mut out, format_args!("{}\n\n", one_line(note)));
    }
    put(&mut out, format_args!("{}\n\n", totals(&view.records, view.unread.len())));
    unread(&mut out, view, &one_line);
    out.push_str(&findings_text::write(&view.check, width, verbose));
    let sections = Sections { form: CommentForm::Text, folded: false };
    sections.rewritten(&mut out, &view.records, usize::MAX);
    reports(&mut out, &view.records);
    sections.added(&mut out, &view.records, usize::MAX);
    out
}

fn quiet(view: &PullRequestView) -> Option<&'static str> {
    let check = &view.check;
    let nothing = view.records.is_empty()
        && check.summary.total() == 0
        && check.policy_changes.is_empty()
        && check.own_acceptances.is_empty()
        && view.unread.is_empty()
        && view.notes.is_empty();
    nothing.then_some("No published sentence would read differently, and the checks found nothing new.\n")
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("because writing to a string cannot fail");
}

fn one_line(text: &str) -> String {
    plain(text).replace(['\n', '\t'], " ")
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// The files of which no record can be read: an answer that says nothing of them must not look like one that
/// found nothing.
fn unread(out: &mut String, view: &PullRequestView, shown: &dyn Fn(&str) -> String) {
    let files: Vec<String> = view.unread.iter().take(MOST_UNREAD).map(|file| shown(file)).collect();
    let more = view.unread.len() - files.len();
    let and = if more > 0 { format!(" and {more} more") } else { String::new() };
    if !files.is_empty() {
        let files = files.join(", ");
        put(out, format_args!("No record can be read of {files}{and}: what would change is not known.\n\n"));
    }
}

fn totals(records: &[RecordEdit], unread: usize) -> String {
    let added: usize = records.iter().map(|record| record.added.len()).sum();
    let rewritten: usize = records.iter().map(|record| record.rewritten.len()).sum();
    let verb = if records.len() == 1 { "changes" } else { "change" };
    let unread = match unread {
        0 => String::new(),
        files => format!(", {} cannot be read", count(files, "file")),
    };
    format!(
        "{} {verb}{unread}: {}, {} that would read differently",
        count(records.len(), "record"),
        count(added, "new sentence"),
        count(rewritten, "published sentence")
    )
}

/// What weighs most, of what the change would say anew or otherwise.
fn weighty(out: &mut String, records: &[RecordEdit]) {
    let is_weighty = |sentence: &&StepSummary| sentence.significance == Significance::Major;
    let of = |record: &RecordEdit| -> Vec<String> {
        let now = record.rewritten.iter().filter_map(|one| one.after.as_ref().or(one.before.as_ref()));
        let sentences = record.added.iter().chain(now).filter(is_weighty);
        let heading = escape(&record.heading);
        sentences
            .map(|sentence| format!("- **{heading}** {}\n", line(CommentForm::Comment, sentence)))
            .collect()
    };
    let lines: Vec<String> = records.iter().flat_map(of).collect();
    if lines.is_empty() {
        return;
    }
    out.push_str("\n### What weighs most\n\n");
    lines.iter().take(MOST_WEIGHTY).for_each(|line| out.push_str(line));
    if lines.len() > MOST_WEIGHTY {
        put(out, format_args!("- … and {} more below\n", lines.len() - MOST_WEIGHTY));
    }
}

fn reports(out: &mut String, records: &[RecordEdit]) {
    let years: std::collections::BTreeSet<i32> =
        records.iter().flat_map(|record| record.reports.iter().copied()).collect();
    if !years.is_empty() {
        let years: Vec<String> = years.iter().map(i32::to_string).collect();
        put(out, format_args!("\nYearly reports that would read differently: {}\n", years.join(", ")));
    }
}

fn line(form: CommentForm, sentence: &StepSummary) -> String {
    let editions = match &sentence.from {
        Some(from) => format!("{from} → {}", sentence.to),
        None => sentence.to.to_string(),
    };
    match form {
        CommentForm::Comment => {
            format!("{editions} *{}*: {}", escape(&sentence.label), escape(&sentence.message))
        }
        CommentForm::Text => {
            format!("{editions} {}: {}", one_line(&sentence.label), one_line(&sentence.message))
        }
    }
}

/// How the lists of sentences are written.
struct Sections {
    form: CommentForm,
    folded: bool,
}

impl Sections {
    fn rewritten(&self, out: &mut String, records: &[RecordEdit], longest: usize) {
        let with = records.iter().filter(|record| !record.rewritten.is_empty());
        let lists =
            with.map(|record| (record, record.rewritten.iter().map(|one| self.rewriting(one)).collect()));
        self.section(out, "Published sentences that would read differently", lists.collect(), longest);
    }

    fn added(&self, out: &mut String, records: &[RecordEdit], longest: usize) {
        let with = records.iter().filter(|record| !record.added.is_empty() || record.standing.is_some());
        let lists = with.map(|record| {
            (record, record.added.iter().map(|sentence| line(self.form, sentence)).collect::<Vec<String>>())
        });
        self.section(out, "New sentences", lists.collect(), longest);
    }

    fn rewriting(&self, Rewritten { before, after }: &Rewritten) -> String {
        let said = |sentence: &StepSummary| line(self.form, sentence);
        match (before, after, self.form) {
            (Some(before), Some(after), CommentForm::Comment) => {
                format!("{} <br>now: {}", said(before), escape(&after.message))
            }
            (Some(before), Some(after), CommentForm::Text) => {
                format!("{}\n    now: {}", said(before), one_line(&after.message))
            }
            (Some(before), None, _) => format!("no longer: {}", said(before)),
            (None, Some(after), _) => format!("newly: {}", said(after)),
            (None, None, _) => String::new(),
        }
    }

    /// A list of sentences by record, as much of it as has room; what is left out is counted.
    fn section(&self, out: &mut String, title: &str, lists: Vec<(&RecordEdit, Vec<String>)>, longest: usize) {
        if lists.is_empty() {
            return;
        }
        let all: usize = lists.iter().map(|(_, lines)| lines.len()).sum();
        match (self.form, self.folded) {
            (CommentForm::Text, _) => put(out, format_args!("\n{title}\n")),
            (CommentForm::Comment, false) => put(out, format_args!("\n### {title}\n")),
            (CommentForm::Comment, true) => {
                put(out, format_args!("\n<details><summary>{title} ({all})</summary>\n"));
            }
        }
        // Room for the words on what is left out.
        let longest = longest.saturating_sub(400);
        let mut left = all;
        'records: for (record, lines) in &lists {
            let head = self.head(record);
            // A heading stands only above something.
            if out.len() + head.len() + lines.first().map_or(0, String::len) > longest {
                break;
            }
            out.push_str(&head);
            for line in lines {
                if out.len() + line.len() > longest {
                    break 'records;
                }
                let bullet = if self.form == CommentForm::Comment { "- " } else { "  " };
                put(out, format_args!("{bullet}{line}\n"));
                left -= 1;
            }
        }
        if left > 0 {
            let words = count(left, "more sentence");
            put(out, format_args!("\n… and {words}; `sincewhen changelog BASE...HEAD` prints all of them\n"));
        }
        if self.form == CommentForm::Comment && self.folded {
            out.push_str("\n</details>\n");
        }
    }

    fn head(&self, record: &RecordEdit) -> String {
        let standing = record.standing.map_or_else(String::new, |word| format!(" (the record {word} here)"));
        match self.form {
            CommentForm::Comment => {
                format!("\n**{}** {}{standing}\n\n", escape(&record.heading), code(&record.record.0))
            }
            CommentForm::Text => {
                format!("\n{}  {}{standing}\n", one_line(&record.heading), one_line(&record.record.0))
            }
        }
    }
}
