//! Changes and observations as lines of text.

use super::super::Layout;
use super::parts::{DIM, INDENT, labelled, long_text, nature_style, paragraph, words_changed};
use super::proof;
use crate::model::NatureKind;
use crate::model::results::{Change, Observation, ObservationState, StepReport, previously};
use crate::model::text::below_edition;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;

/// A change below the heading of its step.
pub(super) fn change_lines(out: &mut String, layout: Layout, change: &Change, step: &StepReport) {
    let sentence = below_edition(&change.message, &step.to.last_updated);
    let sentence = change.nature.with_doubt(&sentence);
    let is_reasoned_later = !layout.verbose && step.gives_reason_later(change);
    let message = if is_reasoned_later { sentence } else { change.with_reason(&sentence) };
    let (label, rest) = change.labelled(&message);
    labelled(out, layout, label, nature_style(change.nature.kind), rest);
    if layout.verbose {
        if let (Some(before), Some(after)) = (long_text(&change.before), long_text(&change.after)) {
            paragraph(out, layout, (INDENT, ""), &words_changed(before, after), Style::new());
        }
        proof::places(out, &change.evidence);
        proof::citations(out, layout, &change.sources);
        writeln!(out, "{:INDENT$}{DIM}{} {}{DIM:#}", "", change.rule, change.fingerprint)
            .expect("because writing to a string cannot fail");
    }
}

pub(super) fn observation_lines(out: &mut String, layout: Layout, observation: &Observation) {
    let (label, style) = match observation.state {
        Some(ObservationState::Continues) => (observation.label(), DIM),
        Some(_) => (observation.label(), AnsiColor::Blue.on_default()),
        None => ("·", DIM),
    };
    let by = observation
        .nature
        .filter(|n| n.kind != NatureKind::Development)
        .map_or_else(String::new, |n| format!(" [{}]", n.kind));
    let doubted = |sentence: &str| {
        observation
            .nature
            .map_or_else(|| format!("{sentence}{by}"), |n| n.with_doubt(&format!("{sentence}{by}")))
    };
    let is_retracted = observation.nature.is_some_and(|n| n.kind == NatureKind::Retraction);
    let message = match (observation.state, &observation.previously) {
        (Some(ObservationState::Ended), _) if is_retracted => {
            format!("no longer on record: {}", observation.message)
        }
        (Some(ObservationState::Ended), _) if observation.now.is_some() => doubted(&observation.in_step()),
        (Some(ObservationState::Ended), _) if !observation.detail.is_empty() => {
            format!("{}; {}", doubted(&observation.message), observation.detail)
        }
        (Some(ObservationState::Changed), Some(earlier)) => {
            previously(&doubted(&observation.message), earlier)
        }
        _ => doubted(&observation.message),
    };
    labelled(out, layout, label, style, &message);
    if layout.verbose {
        proof::examined(out, layout, observation);
        proof::places(out, &observation.evidence);
        proof::citations(out, layout, &observation.sources);
        writeln!(out, "{:INDENT$}{DIM}{} {}{DIM:#}", "", observation.rule, observation.fingerprint)
            .expect("because writing to a string cannot fail");
    }
}
