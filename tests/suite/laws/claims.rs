//! Every difference is explained, and explained once.

use super::records::light;
use crate::support::own_dataset::OwnDataset;
use crate::support::policy::{Held, MapFiles, identity};
use crate::support::{fixture, own_repository};
use proptest::prelude::*;
use rayon::prelude::*;
use serde_json::Value as Json;
use sincewhen::document::from_json;
use sincewhen::history::{Selection, Timeline};
use sincewhen::model::{Document, FieldPath, RepoPath};
use sincewhen::rules::{Edited, Engine, Subject, claimed};
use sincewhen::schema::Policy;
use std::sync::Arc;

/// Each difference is explained by one sentence, or is counted as silent; and nothing else is.
fn check(engine: &Engine<'_>, subject: &Subject<'_>, from: Edited<'_>, to: Edited<'_>) -> Result<(), String> {
    let differences = engine.differences(subject, from, to);
    let sentences = engine.sentences(subject, &differences);
    let mut wanted: Vec<&FieldPath> = differences.deltas.iter().map(|d| &d.path).collect();
    let mut found: Vec<&FieldPath> =
        claimed(&sentences.changes).into_iter().chain(&sentences.silent).collect();
    wanted.sort();
    found.sort();
    if let Some(path) = wanted.iter().find(|path| found.iter().filter(|f| f == path).count() != 1) {
        let times = found.iter().filter(|f| f == &path).count();
        return Err(format!("{}: `{path}` is explained {times} times", subject.id));
    }
    match found.iter().find(|path| !wanted.contains(path)) {
        Some(path) => Err(format!("{}: `{path}` is explained and does not differ", subject.id)),
        None => Ok(()),
    }
}

fn held(value: &Json, date: &str) -> Held {
    Held::of(Document::new(Arc::from(""), from_json(value)), date)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..Default::default() })]

    #[test]
    fn each_difference_of_a_light_is_reported_once(a in light(), b in light()) {
        let (policy, reference) = MapFiles::read_from(&fixture("second/policy"), &["."]).load("");
        let engine = Engine::new(&policy, &reference).expect("because the fixture's rules are sound");
        let identity = identity(&[("light", "skerry")]);
        let subject = engine.subject(&identity, 0);
        let (from, to) = (held(&a, "2017-01-01"), held(&b, "2019-01-01"));
        prop_assert_eq!(check(&engine, &subject, from.edited(), to.edited()), Ok(()));
    }
}

/// The own dataset's rules over all of its records: each edition with the next, the first with the last, and
/// back.
#[test]
fn each_difference_of_the_whole_dataset_is_reported_once() {
    let dataset = OwnDataset::open(&Selection::all());
    let engine = dataset.engine();
    let timelines: Vec<_> = dataset.archive.timelines.values().collect();
    let faults_of = |timeline: &&Timeline| -> Vec<String> {
        let subject = engine.subject(&timeline.identity, timeline.kind);
        let editions: Vec<Held> = timeline.editions.iter().map(|e| dataset.held(e)).collect();
        let ends = editions.first().zip(editions.last());
        let pairs = editions.windows(2).map(|w| (&w[0], &w[1])).chain(ends).chain(ends.map(|(a, b)| (b, a)));
        pairs.filter_map(|(a, b)| check(&engine, &subject, a.edited(), b.edited()).err()).collect()
    };
    let faults: Vec<String> = timelines.par_iter().flat_map_iter(faults_of).collect();
    assert_eq!(faults, Vec::<String>::new());
}

/// A record of the working tree against itself with one field, item or part taken away, and the other way
/// round.
#[test]
fn whatever_is_taken_from_a_record_is_reported_once() {
    let files = MapFiles::read_from(&own_repository(), &["dataset", "schema"]);
    let (policy, reference) = files.load("dataset");
    let engine = Engine::new(&policy, &reference).unwrap_or_else(|error| panic!("{error}"));
    let mut faults = Vec::new();
    for (path, bytes) in &files.0 {
        let Some(kind) = policy.kind_of(&RepoPath::from(path.as_str())) else { continue };
        // Every part of one country's records rather than a few parts of every country's.
        if !path.contains("/KAZ/") {
            continue;
        }
        let text = String::from_utf8(bytes.clone()).expect("because records are UTF-8");
        let whole = Held::new(&text, "2019-01-01");
        let identity = identity_of(&policy, kind, &whole);
        let subject = engine.subject(&identity, kind);
        for cut in cuts(&whole.document.root.to_json()) {
            let less = held(&cut, "2020-01-01");
            faults.extend(
                check(&engine, &subject, whole.edited(), less.edited()).err().map(|f| format!("{path}: {f}")),
            );
            faults.extend(
                check(&engine, &subject, less.edited(), whole.edited()).err().map(|f| format!("{path}: {f}")),
            );
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

fn identity_of(policy: &Policy, kind: usize, held: &Held) -> sincewhen::model::Identity {
    let head = sincewhen::dataset::read_head(&policy.kinds[kind], &held.document.root, Default::default());
    head.identity.expect("because every record of the dataset has a name")
}

/// The value with one part less, for each part.
fn cuts(value: &Json) -> Vec<Json> {
    let mut out = Vec::new();
    match value {
        Json::Object(map) => {
            for key in map.keys() {
                let mut less = map.clone();
                less.shift_remove(key);
                out.push(Json::Object(less));
                for inner in cuts(&map[key]) {
                    let mut less = map.clone();
                    less.insert(key.clone(), inner);
                    out.push(Json::Object(less));
                }
            }
        }
        Json::Array(items) => {
            for at in 0..items.len() {
                let mut less = items.clone();
                less.remove(at);
                out.push(Json::Array(less));
                for inner in cuts(&items[at]) {
                    let mut less = items.clone();
                    less[at] = inner;
                    out.push(Json::Array(less));
                }
            }
        }
        _ => {}
    }
    out
}
