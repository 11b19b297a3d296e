//! Findings for people: each drawn over the lines it is about, as compilers do.

use super::{acceptance, acceptance_line, in_short, policy_line, snippet};
use crate::model::finding::{Finding, FindingsView, Related, RuleListView};
use crate::model::{FieldPath, Level, ObjectId, Place, RepoPath};
use crate::render::plain;
use annotate_snippets as draw;
use annotate_snippets::{AnnotationKind, Group, Origin, Patch, Renderer, Snippet};
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

/// The most acceptances that are listed before the rest is counted.
const MOST_ACCEPTED: usize = 50;

/// The answer of `check`. With `verbose`, edits, accepted findings and the ways to accept one are shown, too.
pub fn write(view: &FindingsView, width: usize, verbose: bool) -> String {
    let mut out = String::new();
    let bold = anstyle::Style::new().bold();
    if let Some(line) = policy_line(view) {
        put(&mut out, format_args!("{bold}{line}{bold:#}\n"));
        for change in &view.policy_changes {
            put(&mut out, format_args!("  {}\n", one_line(change)));
        }
        out.push('\n');
    }
    let renderer = Renderer::styled().term_width(width.max(80));
    let shown = view.findings.iter().filter(|finding| !(view.folds_notes && finding.level == Level::Note));
    let migrated = if verbose { Migrations::default() } else { Migrations::of(&view.findings) };
    let mut folded = 0;
    for finding in shown {
        let Some(others) = migrated.stands_for(finding) else {
            folded += 1;
            continue;
        };
        let mut groups = report(finding, verbose);
        if let (true, Some(commit)) = (others > 0, &finding.ended_by) {
            let files = if others == 1 { "1 other file".to_owned() } else { format!("{others} other files") };
            let words = format!(
                "the same kind of finding in {files}, which commit {} changed as well",
                commit.short()
            );
            groups.push(Group::with_title(draw::Level::NOTE.secondary_title(words)));
        }
        out.push_str(&renderer.render(&groups));
        out.push_str("\n\n");
    }
    if folded > 0 {
        put(
            &mut out,
            format_args!("{folded} findings that one commit ended together are folded; `-v` lists them\n"),
        );
    }
    if let Some(line) = acceptance_line(view) {
        put(&mut out, format_args!("{bold}{line}{bold:#}\n"));
        for one in view.own_acceptances.iter().take(MOST_ACCEPTED) {
            put(&mut out, format_args!("  {}\n", one_line(&acceptance(one))));
        }
        if let Some(more) = view.own_acceptances.len().checked_sub(MOST_ACCEPTED).filter(|more| *more > 0) {
            put(&mut out, format_args!("  … and {more} more; `--format json` lists all of them\n"));
        }
        out.push('\n');
    }
    if verbose {
        for one in &view.accepted {
            let at = one
                .finding
                .place
                .map_or_else(String::new, |place| format!(":{}:{}", place.start.line, place.start.column));
            let (file, rule) = (plain(&one.finding.file.to_string()), &one.finding.rule);
            put(&mut out, format_args!("accepted: {file}{at}: {rule}: {}\n", one_line(&one.reason)));
        }
    }
    let folded = if view.folds_notes && view.summary.notes > 0 { "; `-v` shows the notes" } else { "" };
    put(&mut out, format_args!("{}{folded}\n", in_short(view)));
    out
}

/// From how many files on findings of one kind that one commit ended are said once.
const MIGRATED: usize = 3;

/// Findings of history of one rule and field that one commit ended in many files: a migration of the schema,
/// most likely.
#[derive(Default)]
struct Migrations<'v> {
    /// By rule, field and commit: the finding that stands for all, and how many files the others are in.
    by_kind: HashMap<(&'v str, String, &'v ObjectId), (&'v Finding, HashSet<&'v RepoPath>)>,
}

impl<'v> Migrations<'v> {
    fn of(findings: &'v [Finding]) -> Migrations<'v> {
        let mut by_kind = HashMap::new();
        for finding in findings {
            let Some(key) = Self::key(finding) else { continue };
            let (_, files) = by_kind.entry(key).or_insert_with(|| (finding, HashSet::new()));
            files.insert(&finding.file);
        }
        by_kind.retain(|_, (_, files)| files.len() >= MIGRATED);
        Migrations { by_kind }
    }

    fn key(finding: &Finding) -> Option<(&str, String, &ObjectId)> {
        let field = finding.path.as_ref().map(FieldPath::pattern).unwrap_or_default();
        Some((finding.rule.as_str(), field, finding.ended_by.as_ref()?))
    }

    /// In how many other files the findings are that one stands for; `None` for one that another stands for.
    fn stands_for(&self, finding: &Finding) -> Option<usize> {
        let Some((first, files)) = Self::key(finding).and_then(|key| self.by_kind.get(&key)) else {
            return Some(0);
        };
        std::ptr::eq(*first, finding).then_some(files.len() - 1)
    }
}

/// Findings alone, drawn as [`write`] draws them.
pub fn alone(findings: &[Finding], width: usize) -> String {
    let renderer = Renderer::styled().term_width(width.max(80));
    findings.iter().map(|finding| format!("{}\n\n", renderer.render(&report(finding, false)))).collect()
}

/// The answer of `check --list-rules`.
pub fn rules(view: &RuleListView) -> String {
    let mut out = String::new();
    let widest = view.rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in &view.rules {
        put(
            &mut out,
            format_args!("{:widest$}  {:7}  {}\n", plain(&rule.id), rule.level.as_str(), plain(&rule.title)),
        );
    }
    out.push_str("\n`sincewhen explain RULE` shows why there is a rule, with examples\n");
    out
}

fn put(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.write_fmt(words).expect("because writing to a string cannot fail");
}

fn level(level: Level) -> draw::Level<'static> {
    match level {
        Level::Error => draw::Level::ERROR,
        Level::Warning => draw::Level::WARNING,
        Level::Note => draw::Level::NOTE,
    }
}

fn one_line(text: &str) -> String {
    plain(text).replace(['\n', '\t'], " ")
}

fn report(finding: &Finding, verbose: bool) -> Vec<Group<'_>> {
    let title = level(finding.level).primary_title(one_line(&finding.message)).id(plain(&finding.rule));
    let (near, far): (Vec<&Related>, Vec<&Related>) =
        finding.related.iter().partition(|related| is_near(finding, related));
    let mut group = match (&finding.place, &finding.text) {
        (Some(place), Some(text)) => drawn(title, path(finding), text, place, &near),
        (place, _) => title.element(at(path(finding), place.as_ref())),
    };
    if let Some(help) = &finding.help {
        group = group.element(draw::Level::HELP.message(one_line(help)));
    }
    if verbose {
        let by_hand = format!("`--accept {}`", finding.fingerprint);
        let ways = finding
            .ignore_hint
            .as_ref()
            .map_or_else(|| by_hand.clone(), |hint| format!("{}, or {by_hand}", one_line(hint)));
        group = group
            .element(draw::Level::NOTE.message(format!("to accept it, as far as the rule allows: {ways}")));
    }
    let mut groups = vec![group];
    groups.extend(far.into_iter().map(related));
    if let (true, Some(fix), Some(text)) = (verbose, &finding.fix, &finding.text) {
        let title = draw::Level::HELP.secondary_title(one_line(&fix.title));
        groups.extend(fix.replacements.first().map(|edit| {
            let cut = snippet::excerpt(text, &[edit.place]);
            let patch = Patch::new(cut.spans[0].clone(), one_line(&edit.with));
            title.element(Snippet::source(cut.source).line_start(cut.first_line).patch(patch))
        }));
    }
    groups
}

/// Whether another place can be drawn over the same lines: in the same text, and not far away.
fn is_near(finding: &Finding, related: &Related) -> bool {
    let same = related.file == finding.file && related.commit.is_none() && finding.commit.is_none();
    match (&finding.place, &related.place) {
        (Some(own), Some(other)) => same && own.start.line.abs_diff(other.start.line) < 400,
        _ => false,
    }
}

fn path(finding: &Finding) -> String {
    let commit = finding.commit.as_ref().map_or_else(String::new, |commit| format!("{}:", commit.short()));
    format!("{commit}{}", plain(&finding.file.to_string()))
}

fn at(path: String, place: Option<&Place>) -> Origin<'static> {
    let origin = Origin::path(path);
    match place {
        Some(place) => origin.line(place.start.line).char_column(place.start.column),
        None => origin,
    }
}

/// A title with the lines it is about. Where these are not shown as they are, columns are kept apart from
/// them.
fn drawn<'t>(
    title: draw::Title<'t>,
    path: String,
    text: &str,
    place: &Place,
    near: &[&Related],
) -> Group<'t> {
    let others = near.iter().filter_map(|related| related.place);
    let places: Vec<Place> = std::iter::once(*place).chain(others).collect();
    let cut = snippet::excerpt(text, &places);
    let mut snippet = Snippet::source(cut.source).line_start(cut.first_line);
    for (at, span) in cut.spans.into_iter().enumerate() {
        let kind = if at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
        let label = (at > 0).then(|| one_line(&near[at - 1].message));
        snippet = snippet.annotation(kind.span(span).label(label));
    }
    if cut.faithful {
        title.element(snippet.path(path))
    } else {
        title.element(at(path, Some(place))).element(snippet)
    }
}

fn related(related: &Related) -> Group<'static> {
    let title = draw::Level::NOTE.secondary_title(one_line(&related.message));
    let commit = related.commit.as_ref().map_or_else(String::new, |commit| format!("{}:", commit.short()));
    let path = format!("{commit}{}", plain(&related.file.to_string()));
    match (&related.place, &related.text) {
        (Some(place), Some(text)) => drawn(title, path, text, place, &[]),
        (place, _) => title.element(at(path, place.as_ref())),
    }
}
