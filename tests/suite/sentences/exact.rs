//! Sentences chosen by kind, each with its exact words and a reason why it stands here: `said.yaml`.
//!
//! `UPDATE=1 cargo test --test suite sentences` writes the words that the tool uses now into that file, so
//! that a change of wording or of the dataset can be read as a diff.

use super::in_force;
use crate::support::own_dataset::OwnDataset;
use serde::Deserialize;
use sincewhen::history::Selection;
use sincewhen::model::results::{Change, ObservationState};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// A sentence that is expected.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// The record.
    record: String,
    /// The day on which the later edition was in force.
    at: String,
    /// The day on which the earlier edition was in force, for a sentence about what came of it in between;
    /// without it, a standing fact.
    #[serde(default)]
    from: Option<String>,
    /// The rule, of an observation or, with `from`, of a change.
    rule: String,
    /// The occasion or beginning that names the sentence where a step has several of the rule.
    #[serde(default)]
    since: Option<String>,
    /// Of a change: words that name the sentence where a step has several of the rule.
    #[serde(default)]
    about: Option<String>,
    /// The exact words.
    says: String,
}

/// A kind of sentence, with the reason for it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    why: String,
    sentences: Vec<Expected>,
}

const FILE: &str = "tests/suite/sentences/said.yaml";

fn kinds() -> BTreeMap<String, Kind> {
    let path = crate::support::own_repository().join(FILE);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// What the tool says there; all that it says, if there is no such sentence.
fn said(
    dataset: &OwnDataset,
    engine: &sincewhen::rules::Engine<'_>,
    expected: &Expected,
) -> Result<String, String> {
    let timelines = &dataset.archive.timelines;
    let timeline = timelines.iter().find(|(id, _)| id.0 == expected.record).map(|(_, timeline)| timeline);
    let timeline = timeline.ok_or_else(|| format!("no record {}", expected.record))?;
    let later = in_force(timeline, &expected.at);
    let (observations, changes) = dataset.with(engine, timeline, |subject, reader| {
        let mut page = |edition| reader.page(edition).expect("because it can be read");
        match &expected.from {
            None => (engine.observations(subject, page(later).in_context()), Vec::new()),
            Some(from) => {
                // What is said of changes rests on all that earlier editions say.
                timeline.editions.iter().for_each(|edition| drop(page(edition)));
                let (from, to) = (page(in_force(timeline, from)), page(later));
                let (before, after) = (
                    engine.sightings(subject, from.in_context()),
                    engine.sightings(subject, to.in_context()),
                );
                let changes = engine.changes(subject, from.edited(), to.in_context());
                let observed =
                    engine.observed(subject, (from.in_context(), &before), (to.in_context(), &after));
                (observed, changes)
            }
        }
    });
    let fits = |since: &Option<String>, o: &sincewhen::model::results::Observation| {
        since.as_ref().is_none_or(|since| o.since.as_ref().is_some_and(|own| own.as_str() == since))
    };
    let is_about = |change: &&Change| {
        change.rule == expected.rule
            && expected.about.as_ref().is_none_or(|words| change.message.contains(words.as_str()))
    };
    if let Some(change) = changes.iter().find(is_about) {
        return Ok(change.with_reason(&change.nature.with_doubt(&change.message)));
    }
    let found = observations.iter().find(|o| o.rule == expected.rule && fits(&expected.since, o));
    found
        .map(|o| if o.state == Some(ObservationState::Ended) { o.in_step() } else { o.message.clone() })
        .ok_or_else(|| {
            let changes = changes.iter().map(|change| format!("{}: {}", change.rule, change.message));
            let all = observations.iter().map(|o| format!("{}: {}", o.rule, o.in_step())).chain(changes);
            all.collect::<Vec<String>>().join("\n    ")
        })
}

#[test]
fn the_sentences_are_these_to_the_letter() {
    let (dataset, kinds) = (OwnDataset::open(&Selection::all()), kinds());
    let engine = dataset.engine();
    let mut wrong = Vec::new();
    for expected in kinds.values().flat_map(|kind| &kind.sentences) {
        let said = said(&dataset, &engine, expected);
        if said.as_ref() != Ok(&expected.says) {
            let said = said.unwrap_or_else(|all| format!("none of\n    {all}"));
            wrong.push(format!(
                "{} at {}, {}:\n  expected {}\n  said     {said}",
                expected.record, expected.at, expected.rule, expected.says
            ));
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(crate::support::own_repository().join(FILE), as_yaml(&kinds, &dataset, &engine))
            .expect("because the tests' folder can be written");
        return;
    }
    assert!(wrong.is_empty(), "{} of the sentences read otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

/// The file with the words that the tool uses now.
fn as_yaml(
    kinds: &BTreeMap<String, Kind>,
    dataset: &OwnDataset,
    engine: &sincewhen::rules::Engine<'_>,
) -> String {
    let mut text = "# Sentences chosen by kind. `UPDATE=1 cargo test --test suite sentences` writes `says` \
        anew: read the diff.\n"
        .to_owned();
    for (name, kind) in kinds {
        write!(text, "{name}:\n  why: {}\n  sentences:\n", serde_json::json!(kind.why)).expect("to a string");
        for one in &kind.sentences {
            let says = said(dataset, engine, one).unwrap_or_else(|_| format!("NOT SAID: {}", one.says));
            writeln!(text, "    - record: {}", one.record).expect("to a string");
            if let Some(from) = &one.from {
                writeln!(text, "      from: \"{from}\"").expect("to a string");
            }
            writeln!(text, "      at: \"{}\"\n      rule: {}", one.at, one.rule).expect("to a string");
            if let Some(since) = &one.since {
                writeln!(text, "      since: \"{since}\"").expect("to a string");
            }
            if let Some(about) = &one.about {
                writeln!(text, "      about: {}", serde_json::json!(about)).expect("to a string");
            }
            writeln!(text, "      says: {}", serde_json::json!(says)).expect("to a string");
        }
    }
    text
}

#[test]
fn they_are_many_and_of_many_countries_and_kinds() {
    let kinds = kinds();
    let all: Vec<&Expected> = kinds.values().flat_map(|kind| &kind.sentences).collect();
    let countries: BTreeSet<&str> = all.iter().filter_map(|one| one.record.split('/').next()).collect();
    let words: BTreeSet<(&str, &str)> =
        all.iter().map(|one| (one.record.as_str(), one.says.as_str())).collect();
    assert!(all.len() >= 150 && words.len() >= 150, "{} sentences", words.len());
    assert!(countries.len() >= 40, "{} countries", countries.len());
    assert!(kinds.len() >= 10 && kinds.values().all(|kind| !kind.why.is_empty()));
    // A sentence is one: it ends without a stop, has no internals, and counts nothing of nothing.
    for one in all {
        let has_reason = one.says.contains("Reason on record: ");
        let is_odd = (one.says.ends_with('.') && !has_reason)
            || one.says.contains(['[', '{', '`', '_'])
            || one.says.contains("  ");
        assert!(!is_odd, "{}: {}", one.record, one.says);
    }
}
