//! Proof in text: places, sources, occasions examined; and the pages of rules.

use super::{BOLD, DIM, Layout, paragraph, plain};
use crate::model::results::{Citation, Evidence, Observation, Outcome, Side};
use crate::model::view::{ProofView, RuleView};
use anstyle::Style;
use std::fmt::Write;

/// How many sources a sentence lists before it says how many more there are.
const MAX_SOURCES: usize = 8;

pub(super) fn places(out: &mut String, evidence: &[Evidence]) {
    for one in evidence {
        let side = if one.side == Side::From { "before" } else { "after" };
        let (line, column) = (one.start.line, one.start.column);
        writeln!(
            out,
            "      {DIM}{side:<6} {}:{}:{line}:{column}  {}{DIM:#}",
            one.commit.short(),
            plain(&one.file),
            plain(&one.path.to_string())
        )
        .expect("because writing to a string cannot fail");
    }
}

pub(super) fn citations(out: &mut String, layout: Layout, sources: &[Citation]) {
    for source in sources.iter().take(MAX_SOURCES) {
        paragraph(
            out,
            layout,
            (8, &format!("      {DIM}source{DIM:#} ")),
            &format!("{}: {}", source.id, source.text),
            DIM,
        );
    }
    if sources.len() > MAX_SOURCES {
        writeln!(out, "      {DIM}and {} more sources{DIM:#}", sources.len() - MAX_SOURCES)
            .expect("because writing to a string cannot fail");
    }
}

pub(super) fn examined(out: &mut String, layout: Layout, observation: &Observation) {
    for one in &observation.examined {
        let outcome = match one.outcome {
            Outcome::Met if observation.kind == "streak" => "so",
            Outcome::Missed if observation.kind == "streak" => "otherwise",
            Outcome::Met => "met",
            Outcome::Missed => "missed",
            Outcome::Unknown => "not known",
            Outcome::NotEligible => "not eligible",
        };
        let value = one.value.as_deref().map_or_else(String::new, |v| format!(", {v}"));
        let basis = match (one.basis, &one.path) {
            (Some("coverage"), Some(path)) => format!(" by the claim {path}"),
            (_, Some(path)) => format!(" by {path}"),
            _ => String::new(),
        };
        let first = format!("      {DIM}{:<12}{DIM:#} ", plain(&one.short));
        paragraph(out, layout, (19, &first), &format!("{} {outcome}{value}{basis}", one.start), Style::new());
    }
}

/// The answer of `explain` for a fingerprint.
pub fn proofs(view: &ProofView, layout: Layout) -> String {
    let mut out = String::new();
    for proof in &view.sentences {
        super::heading(&mut out, &proof.heading.heading, &proof.heading.record.0);
        let sentence =
            proof.change.as_ref().map(|c| &c.message).or(proof.observation.as_ref().map(|o| &o.message));
        paragraph(&mut out, layout, (2, ""), sentence.map_or("", String::as_str), BOLD);
        let from = proof
            .from
            .as_ref()
            .map_or_else(String::new, |from| format!("{} ({}) → ", from.dated(), from.commit.short()));
        let mut facts = vec![format!("edition: {from}{} ({})", proof.to.dated(), proof.to.commit.short())];
        if let Some(change) = &proof.change {
            facts.push(format!("nature: {}", change.nature.with_doubt(change.nature.kind.as_str())));
            facts.push(format!("significance: {}", change.significance.as_str()));
            facts.extend(change.reason.iter().map(|reason| format!("reason on record: {reason}")));
        }
        if let Some(observation) = &proof.observation {
            facts.push(format!("kind: {} ({})", observation.kind, observation.variant));
            if !observation.detail.is_empty() {
                facts.push(observation.detail.clone());
            }
            let held: Vec<String> = proof.held_in.iter().map(ToString::to_string).collect();
            if let [first, .., last] = held.as_slice() {
                facts.push(format!("said by {} editions, of {first} to {last}", held.len()));
            }
        }
        facts.push(format!("rule: {} ({})", proof.rule, proof.title));
        facts.push(proof.why.clone());
        for fact in facts {
            paragraph(&mut out, layout, (4, ""), &fact, Style::new());
        }
        let (evidence, sources, fingerprint) = match (&proof.change, &proof.observation) {
            (Some(c), _) => (&c.evidence, &c.sources, &c.fingerprint),
            (None, Some(o)) => (&o.evidence, &o.sources, &o.fingerprint),
            (None, None) => continue,
        };
        if let Some(observation) = &proof.observation {
            out.push_str("  examined\n");
            examined(&mut out, layout, observation);
        }
        out.push_str("  facts\n");
        for one in evidence {
            places(&mut out, std::slice::from_ref(one));
            paragraph(&mut out, layout, (13, ""), &one.excerpt, Style::new());
        }
        if !sources.is_empty() {
            out.push_str("  sources\n");
            citations(&mut out, layout, sources);
        }
        writeln!(out, "  {DIM}fingerprint {fingerprint}{DIM:#}")
            .expect("because writing to a string cannot fail");
    }
    super::trim_end(out)
}

/// The answer of `explain` for a rule.
pub fn rule(view: &RuleView, layout: Layout) -> String {
    let mut out = String::new();
    super::heading(
        &mut out,
        &format!("{}: {}", view.id, view.title),
        &format!("{} rule, {}", view.kind, view.significance),
    );
    paragraph(&mut out, layout, (2, ""), &view.why, Style::new());
    let mut section = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            writeln!(out, "\n  {BOLD}{title}{BOLD:#}").expect("because writing to a string cannot fail");
            for line in lines {
                paragraph(&mut out, layout, (4, ""), &line, Style::new());
            }
        }
    };
    section("speaks when", view.when.clone());
    section("explains along", view.along.clone());
    section("words", view.words.iter().map(|(name, words)| format!("{name}: {words}")).collect());
    section(
        "opposite",
        view.mirror.iter().cloned().chain(view.no_mirror.iter().map(|why| format!("none: {why}"))).collect(),
    );
    let examples = view.examples.iter().map(|(name, says)| {
        if says.is_empty() { format!("{name}: silent") } else { format!("{name}: {}", says.join(" · ")) }
    });
    section("examples", examples.collect());
    super::trim_end(out)
}
