//! The rule files of this repository: their worked examples are run, and what must hold of all of them together is held.

use serde_json::{Map, Value, json};
use sincewhen::check::pages;
use sincewhen::dataset::Reference;
use sincewhen::diff::Delta;
use sincewhen::document::{self, ReadOptions};
use sincewhen::files::Files;
use sincewhen::model::results::{Change, EditionRef, Observation, Side};
use sincewhen::model::{CommitId, Document, Failure, FieldPath, Identity, NatureKind, Step};
use sincewhen::rules::{Edited, Engine, OnRecord};
use sincewhen::schema::{ChangeRule, Example, FieldPattern, ObservationRule, Op, Policy, Shape};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Properties that no rule tells, each with the reason.
const UNTOLD: &[(&str, &str)] = &[
    ("country", "the identity: two editions of a record share it"),
    ("topic", "the identity: two editions of a record share it"),
];

struct Disk(PathBuf);

impl Files for Disk {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::new(error.to_string())),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let mut out = Vec::new();
        let mut open = vec![self.0.join(folder)];
        while let Some(dir) = open.pop() {
            for entry in std::fs::read_dir(&dir).map_err(|e| Failure::new(e.to_string()))? {
                let path = entry.map_err(|e| Failure::new(e.to_string()))?.path();
                if path.is_dir() {
                    open.push(path);
                } else if let Ok(inside) = path.strip_prefix(&self.0) {
                    out.push(inside.to_string_lossy().replace('\\', "/"));
                }
            }
        }
        out.sort();
        Ok(out)
    }
}

static DATASET: LazyLock<(Policy, Reference)> = LazyLock::new(|| {
    let files = Disk(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let policy = Policy::load(&files, "dataset").unwrap_or_else(|error| panic!("{error}"));
    let reference = Reference::load(&files, &policy).unwrap_or_else(|error| panic!("{error}"));
    (policy, reference)
});

fn engine() -> Engine<'static> {
    Engine::new(&DATASET.0, &DATASET.1).unwrap_or_else(|error| panic!("{error}"))
}

/// A record as an example writes it, with what the example leaves out.
fn record(part: &Value, last_updated: &str) -> Document {
    let mut fields = Map::new();
    for (name, value) in [("country", "KAZ"), ("topic", "cluster-munitions"), ("last_updated", last_updated)]
    {
        fields.insert(name.to_owned(), json!(value));
    }
    fields.extend(part.as_object().expect("an example's record is a mapping").clone());
    let text = Value::Object(fields).to_string();
    let reading = document::read(text.as_bytes(), &ReadOptions::strict());
    assert!(reading.problems.is_empty(), "{text}: {:?}", reading.problems);
    reading.document.expect("JSON is YAML")
}

struct Pair {
    before: Document,
    after: Document,
}

impl Pair {
    fn of(example: &Example) -> Pair {
        let before = example.before.clone().unwrap_or_else(|| json!({}));
        Pair { before: record(&before, "2019-01-01"), after: record(&example.after, "2020-01-01") }
    }

    fn turned(&self) -> Pair {
        Pair { before: self.after.clone(), after: self.before.clone() }
    }
}

fn edition(document: &Document) -> EditionRef {
    let date = document.root.get("last_updated").and_then(|node| node.text()).expect("a record has a date");
    EditionRef {
        last_updated: date.parse().expect("a date"),
        commit: CommitId::worktree(),
        file: "dataset/example.yaml".to_owned(),
    }
}

fn identity(document: &Document) -> Identity {
    let text =
        |name: &str| document.root.get(name).and_then(|node| node.scalar_text()).expect("an identity field");
    Identity(vec![("country".to_owned(), text("country")), ("topic".to_owned(), text("topic"))])
}

fn changes(engine: &Engine<'_>, pair: &Pair) -> Vec<Change> {
    let (old, new) = (edition(&pair.before), edition(&pair.after));
    let identity = identity(&pair.after);
    let subject = engine.subject(&identity, 0);
    engine.changes(
        &subject,
        Edited { document: &pair.before, edition: &old },
        Edited { document: &pair.after, edition: &new },
    )
}

/// What an example's edition shows, with what the editions before it recorded.
fn observations(engine: &Engine<'_>, example: &Example) -> Vec<Observation> {
    let document = Pair::of(example).after;
    let identity = identity(&document);
    let subject = engine.subject(&identity, 0);
    let mut on_record = OnRecord::default();
    let earlier = example.earlier.iter().map(|part| record(part, "2020-01-01"));
    for document in earlier.chain([document.clone()]) {
        on_record.add(engine, &subject, &Arc::new(document.clone()), &edition(&document));
    }
    engine
        .observations(&subject, Edited { document: &document, edition: &edition(&document) }.with(&on_record))
}

fn change_examples() -> Vec<(&'static ChangeRule, &'static Example)> {
    DATASET
        .0
        .rules
        .changes
        .iter()
        .flat_map(|rule| rule.examples.iter().map(move |example| (rule, example)))
        .collect()
}

fn observation_examples() -> Vec<(&'static ObservationRule, &'static Example)> {
    DATASET
        .0
        .rules
        .observations
        .iter()
        .flat_map(|rule| rule.examples.iter().map(move |example| (rule, example)))
        .collect()
}

fn check(faults: Vec<String>) {
    assert!(faults.is_empty(), "{} fault(s)\n\n{}\n", faults.len(), faults.join("\n\n"));
}

#[test]
fn change_rules_say_what_their_examples_say() {
    let engine = engine();
    let mut faults = Vec::new();
    for (rule, example) in change_examples() {
        let all = changes(&engine, &Pair::of(example));
        let own: Vec<&Change> = all.iter().filter(|change| change.rule == rule.id).collect();
        let said: Vec<&str> = own.iter().map(|change| change.message.as_str()).collect();
        let nature = own.first().map(|change| change.nature.kind);
        if said != example.says || (nature.is_some() && nature != example.nature) {
            let others: Vec<String> = all
                .iter()
                .filter(|c| c.rule != rule.id)
                .map(|c| format!("{} ({}): {}", c.rule, c.nature.kind, c.message))
                .collect();
            faults.push(format!(
                "changes/{}.yaml, example `{}`\n  expected {} {}\n  said     {} {}\n  others   {}",
                rule.id,
                example.name,
                example.nature.map_or("-", NatureKind::as_str),
                json!(example.says),
                nature.map_or("-", NatureKind::as_str),
                json!(said),
                json!(others)
            ));
        }
    }
    check(faults);
}

#[test]
fn observation_rules_say_what_their_examples_say() {
    let engine = engine();
    let mut faults = Vec::new();
    for (rule, example) in observation_examples() {
        let all = observations(&engine, example);
        let said: Vec<String> = all
            .iter()
            .filter(|o| o.rule == rule.id)
            .map(|o| format!("{}; {}", o.message, o.detail))
            .collect();
        if said != example.says {
            faults.push(format!(
                "observations/{}.yaml, example `{}`\n  expected - {}\n  said     - {}",
                rule.id,
                example.name,
                json!(example.says),
                json!(said)
            ));
        }
    }
    check(faults);
}

/// An example that speaks for each nature a rule has words of its own for, and one in which it is silent.
#[test]
fn every_rule_has_examples_of_speech_and_silence() {
    let mut faults = Vec::new();
    for rule in &DATASET.0.rules.changes {
        let shown: BTreeSet<&str> = rule
            .examples
            .iter()
            .filter(|e| !e.says.is_empty())
            .filter_map(|e| Some(e.nature?.as_str()))
            .collect();
        let own: BTreeSet<&str> =
            rule.words.keys().map(String::as_str).filter(|name| *name != "any").collect();
        for missing in own.difference(&shown) {
            faults.push(format!("changes/{}.yaml: no example with nature {missing}", rule.id));
        }
        if rule.words.contains_key("any") && shown.is_subset(&own) {
            faults.push(format!("changes/{}.yaml: no example of the words under `any`", rule.id));
        }
        if rule.examples.iter().all(|example| !example.says.is_empty()) {
            faults.push(format!("changes/{}.yaml: no example of silence", rule.id));
        }
    }
    for rule in &DATASET.0.rules.observations {
        if rule.examples.iter().all(|example| example.says.is_empty()) {
            faults.push(format!("observations/{}.yaml: no example that speaks", rule.id));
        }
        if rule.examples.iter().all(|example| !example.says.is_empty()) {
            faults.push(format!("observations/{}.yaml: no example of silence", rule.id));
        }
    }
    check(faults);
}

/// The value that a status is about: the first part of its content.
fn example_value(content: &str) -> String {
    let parts: Value = serde_json::from_str(content).expect("the content is JSON");
    parts[0].as_str().unwrap_or_default().to_owned()
}

/// Each variant of an observation that a rule has words for is spoken in one of its examples.
#[test]
fn every_variant_of_an_observation_has_an_example() {
    let engine = engine();
    let mut spoken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    // A status has words by value.
    let words = |o: &Observation| match o.kind {
        "status" => example_value(&o.content),
        _ => o.variant.to_owned(),
    };
    for (rule, example) in observation_examples() {
        let all = observations(&engine, example);
        spoken.entry(&rule.id).or_default().extend(all.iter().filter(|o| o.rule == rule.id).map(words));
    }
    let mut faults = Vec::new();
    for rule in &DATASET.0.rules.observations {
        let shown = spoken.remove(rule.id.as_str()).unwrap_or_default();
        for variant in rule.words.keys().filter(|name| *name != "detail" && !shown.contains(name.as_str())) {
            faults.push(format!(
                "observations/{}.yaml: no example speaks the words under `{variant}`",
                rule.id
            ));
        }
    }
    check(faults);
}

#[test]
fn every_rule_is_silent_where_nothing_changed() {
    let engine = engine();
    let mut faults = Vec::new();
    for (rule, example) in change_examples() {
        let pair = Pair::of(example);
        for document in [&pair.before, &pair.after] {
            let same = Pair { before: document.clone(), after: document.clone() };
            faults.extend(
                changes(&engine, &same)
                    .iter()
                    .map(|c| format!("{}, `{}`: {} says {}", rule.id, example.name, c.rule, c.message)),
            );
        }
    }
    check(faults);
}

/// In every example, forwards and backwards: each delta is explained once, by a rule of its own, and every template can be written.
#[test]
fn every_example_is_told_whole_and_in_words() {
    let engine = engine();
    let mut faults = Vec::new();
    for (rule, example) in change_examples() {
        let forth = Pair::of(example);
        let back = forth.turned();
        for (way, pair) in [("forwards", &forth), ("backwards", &back)] {
            let told = changes(&engine, pair);
            let mut fault =
                |text: String| faults.push(format!("{}, `{}`, {way}: {text}", rule.id, example.name));
            for change in &told {
                if change.message.contains("cannot be written") || change.message.trim().is_empty() {
                    fault(format!("{}: `{}`", change.rule, change.message));
                }
                if change.message.ends_with('.')
                    || change.message.contains("  ")
                    || change.message.contains(" ,")
                {
                    fault(format!("{}: not a sentence as the others are: `{}`", change.rule, change.message));
                }
                if change.rule == "field-changed" {
                    fault(format!("left to the fallback: {}", change.message));
                }
            }
            let shape = &DATASET.0.kinds[0].shape;
            let deltas = sincewhen::diff::diff(&pair.before.root, &pair.after.root, shape);
            let mut expected: Vec<String> = deltas.iter().map(|d| d.path.to_string()).collect();
            let mut explained: Vec<String> =
                told.iter().flat_map(|c| &c.explains).map(ToString::to_string).collect();
            expected.sort();
            explained.sort();
            if expected != explained {
                fault(format!("differences {expected:?}, explained {explained:?}"));
            }
        }
    }
    for (rule, example) in observation_examples() {
        for told in observations(&engine, example) {
            if told.message.contains("cannot be written") || told.detail.contains("cannot be written") {
                faults.push(format!(
                    "{}, `{}`: {}: {} / {}",
                    rule.id, example.name, told.rule, told.message, told.detail
                ));
            }
        }
    }
    check(faults);
}

/// Take away any one fact that a sentence of substance cites, and it must read otherwise or vanish.
#[test]
fn no_sentence_stands_without_a_fact_that_it_cites() {
    let engine = engine();
    let shape = &DATASET.0.kinds[0].shape;
    let mut faults = Vec::new();
    let mut examined = 0;
    for (rule, example) in change_examples() {
        let pair = Pair::of(example);
        for told in changes(&engine, &pair).iter().filter(|change| !change.is_quiet()) {
            for cited in
                told.evidence.iter().filter(|e| e.side == Side::To && told.explains.contains(&e.path))
            {
                let gone = Delta {
                    path: cited.path.clone(),
                    from_path: None,
                    op: Op::Removed,
                    before: None,
                    after: None,
                };
                let mut after = pair.after.clone();
                after.root = sincewhen::diff::apply(&[gone], &pair.after.root, shape);
                let still = changes(&engine, &Pair { before: pair.before.clone(), after });
                let same = |c: &&Change| {
                    (&c.rule, &c.message, c.nature, &c.reason)
                        == (&told.rule, &told.message, told.nature, &told.reason)
                };
                examined += 1;
                if still.iter().any(|c| same(&c)) {
                    faults.push(format!(
                        "{}, `{}`: `{}` stands without {}",
                        rule.id, example.name, told.message, cited.path
                    ));
                }
            }
        }
    }
    assert!(examined > 100, "only {examined} facts were taken away");
    check(faults);
}

#[test]
fn no_two_rules_are_equally_specific_about_one_delta() {
    let engine = engine();
    let mut faults = BTreeSet::new();
    for (rule, example) in change_examples() {
        let forth = Pair::of(example);
        for pair in [&forth.turned(), &forth] {
            let (old, new) = (edition(&pair.before), edition(&pair.after));
            let identity = identity(&pair.after);
            let (from, to) = (
                Edited { document: &pair.before, edition: &old },
                Edited { document: &pair.after, edition: &new },
            );
            let mut best: BTreeMap<String, ((usize, usize), BTreeSet<String>)> = BTreeMap::new();
            for (path, id, weight) in engine.contenders(&engine.subject(&identity, 0), from, to) {
                let entry = best.entry(path.to_string()).or_insert((weight, BTreeSet::new()));
                if entry.0 == weight {
                    entry.1.insert(id);
                }
            }
            faults.extend(best.into_iter().filter(|(_, (_, ids))| ids.len() > 1).map(
                |(path, (weight, ids))| {
                    format!("{} (`{}`): {path}: {ids:?} at {weight:?}", rule.id, example.name)
                },
            ));
        }
    }
    check(faults.into_iter().collect());
}

#[test]
fn ids_are_unique_over_all_families() {
    let files = Disk(PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut faults = Vec::new();
    for file in files.list("schema/rules").expect("the rules can be listed") {
        let id = Path::new(&file).file_stem().expect("a file has a name").to_string_lossy().into_owned();
        if !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            faults.push(format!("{file}: an id is made of lower-case letters, digits and dashes"));
        }
        if let Some(other) = seen.insert(id, file.clone()) {
            faults.push(format!("{file}: the id is taken by {other}"));
        }
    }
    check(faults);
}

#[test]
fn every_change_rule_has_its_opposite_or_says_why_not() {
    let rules: BTreeMap<&str, &ChangeRule> =
        DATASET.0.rules.changes.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mirrors = |rule: &ChangeRule| rule.mirror.as_ref().map(|m| m.as_slice().to_vec()).unwrap_or_default();
    let mut faults = Vec::new();
    for rule in rules.values() {
        let reason = rule.no_mirror.as_deref().unwrap_or_default().trim();
        if mirrors(rule).is_empty() == reason.is_empty() {
            faults.push(format!(
                "changes/{}.yaml: either `mirror` or a `no_mirror` with the reason, one of them",
                rule.id
            ));
        }
        for id in mirrors(rule) {
            match rules.get(id.as_str()) {
                None => faults.push(format!("changes/{}.yaml: mirror `{id}` is no change rule", rule.id)),
                Some(other) if !mirrors(other).contains(&rule.id) => {
                    faults.push(format!(
                        "changes/{id}.yaml: add `{}` to its `mirror`: that rule names it",
                        rule.id
                    ));
                }
                Some(_) => {}
            }
        }
    }
    check(faults);
}

/// Every place at which two editions can differ, as a path and what can happen there.
fn places(shape: &Shape, path: &FieldPath, out: &mut Vec<FieldPath>) {
    if shape.properties.is_empty() && shape.additional.is_none() && shape.key.is_none() {
        out.push(path.clone());
        return;
    }
    for (name, child) in &shape.properties {
        places(child, &path.key(name), out);
    }
    if let Some(child) = &shape.additional {
        places(child, &path.key("anything"), out);
    }
    if let (Some(key), Some(items)) = (&shape.key, &shape.items) {
        let item = path.then(Step::Item(vec!["anything".to_owned(); key.len()]));
        out.push(item.clone());
        for (name, child) in items.properties.iter().filter(|(name, _)| !key.contains(name)) {
            places(child, &item.key(name), out);
        }
    }
}

#[test]
fn every_property_of_the_schema_is_told_by_a_rule() {
    let mut all = Vec::new();
    places(&DATASET.0.kinds[0].shape, &FieldPath::root(), &mut all);
    assert!(all.len() > 100, "the schema has {} places only", all.len());
    let specs: Vec<_> = DATASET
        .0
        .rules
        .changes
        .iter()
        .flat_map(|r| &r.matches)
        .map(|spec| (FieldPattern::parse(&spec.field), spec))
        .collect();
    let mut faults = Vec::new();
    for path in &all {
        let excused = UNTOLD.iter().any(|(name, _)| *name == path.pattern());
        let ops: &[Op] = if matches!(path.0.last(), Some(Step::Item(_))) {
            &[Op::Added, Op::Removed]
        } else {
            &[Op::Added, Op::Removed, Op::Changed]
        };
        for op in ops {
            let told = specs.iter().any(|(pattern, spec)| {
                pattern.matches(path) && spec.op.as_ref().is_none_or(|ops| ops.as_slice().contains(op))
            });
            match (told, excused) {
                (false, false) => faults.push(format!("{} {op:?}: no rule matches it", path.pattern())),
                (true, true) => faults.push(format!("{}: excused, and yet told by a rule", path.pattern())),
                _ => {}
            }
        }
    }
    check(faults);
}

#[test]
fn the_rule_reference_is_what_the_rules_say() {
    let policy = &DATASET.0;
    let mut text = String::from(
        "# Rules\n\nWritten from the files under `schema/rules`; `UPDATE=1 cargo test --test suite rules` writes it again.\n\n\
         `sincewhen explain ID` prints the page of one rule. Which delta a rule tells, and the nature of the sentence, follow \
         `ARCHITECTURE.md`; what no rule tells is said by `field-changed` in the plainest words.\n",
    );
    let family = |kind: &str| match kind {
        "change" => "Changes between two editions",
        "check" => "Checks of a record or an edit",
        _ => "Observations on one edition",
    };
    let mut last = "";
    for view in pages::ids(policy).iter().filter_map(|id| pages::page(policy, id)) {
        let title = family(&view.kind);
        if title != last {
            write!(text, "\n## {title}\n").expect("writing to a string");
            last = title;
        }
        write!(text, "\n{}", sincewhen::render::markdown::rule(&view)).expect("writing to a string");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).expect("docs/rules.md can be written");
    }
    let stands = std::fs::read_to_string(&path).unwrap_or_default();
    if let Some((at, (left, right))) = stands.lines().zip(text.lines()).enumerate().find(|(_, (l, r))| l != r)
    {
        panic!(
            "docs/rules.md:{} is not what the rules say; `UPDATE=1 cargo test --test suite rules` writes it\n- {left}\n+ {right}",
            at + 1
        );
    }
    assert!(
        stands == text,
        "docs/rules.md has another length than the rules ask for; `UPDATE=1 cargo test --test suite rules` writes it"
    );
}
