//! The rule files of this repository: their worked examples are run, and what must hold of all of them
//! together is held.

use serde_json::{Map, Value, json};
use sincewhen::check::pages;
use sincewhen::dataset::Reference;
use sincewhen::diff::Delta;
use sincewhen::document::{self, ReadOptions};
use sincewhen::files::Files;
use sincewhen::model::results::{Change, EditionRef, Observation, Side};
use sincewhen::model::{Document, Failure, FieldPath, Identity, NatureKind, ObjectId};
use sincewhen::rules::{Edited, Engine, OnRecord, WordedChanges, fields};
use sincewhen::schema::{ChangeRule, Example, FrameName, ObservationRule, Op, Policy};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

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
    /// The editions before the two.
    earlier: Vec<Document>,
    before: Document,
    after: Document,
}

impl Pair {
    fn of(example: &Example) -> Pair {
        let before = example.before.clone().unwrap_or_else(|| json!({}));
        let earlier = example.earlier.iter().map(|part| record(part, "2018-01-01")).collect();
        Pair { earlier, before: record(&before, "2019-01-01"), after: record(&example.after, "2020-01-01") }
    }

    fn turned(&self) -> Pair {
        Pair { earlier: Vec::new(), before: self.after.clone(), after: self.before.clone() }
    }
}

fn edition(document: &Document) -> EditionRef {
    let date = document.root.get("last_updated").and_then(|node| node.text()).expect("a record has a date");
    EditionRef {
        last_updated: date.parse().expect("a date"),
        dated_by_commit: false,
        commit: ObjectId::worktree(),
        file: "dataset/example.yaml".to_owned(),
    }
}

fn identity(document: &Document) -> Identity {
    let text =
        |name: &str| document.root.get(name).and_then(|node| node.scalar_text()).expect("an identity field");
    Identity(vec![("country".to_owned(), text("country")), ("topic".to_owned(), text("topic"))])
}

/// What is said of a pair, and the paths that differ.
fn sentences(engine: &Engine<'_>, pair: &Pair) -> (WordedChanges, Vec<FieldPath>) {
    let (old, new) = (edition(&pair.before), edition(&pair.after));
    let identity = identity(&pair.after);
    let subject = engine.subject(&identity, 0);
    let (from, to) =
        (Edited { document: &pair.before, edition: &old }, Edited { document: &pair.after, edition: &new });
    let mut on_record = OnRecord::default();
    for document in pair.earlier.iter().chain([&pair.before, &pair.after]) {
        on_record.add(engine, &subject, &Arc::new(document.clone()), &edition(document));
    }
    let differences = engine.differences(&subject, from, to.with(&on_record));
    let paths = differences.deltas.iter().map(|delta| delta.path.clone()).collect();
    (engine.sentences(&subject, &differences), paths)
}

fn changes(engine: &Engine<'_>, pair: &Pair) -> Vec<Change> {
    sentences(engine, pair).0.changes
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

/// An example of an act or of a frame of the lifecycle, and which sentences are its own.
struct Worked {
    file: String,
    example: &'static Example,
    own: Box<dyn Fn(&str) -> bool>,
}

fn change_examples() -> Vec<Worked> {
    let mut out = Vec::new();
    for rule in &DATASET.0.rules.acts {
        for example in &rule.examples {
            let own = Box::new(|id: &str| id == rule.id);
            out.push(Worked { file: format!("acts/{}.yaml", rule.id), example, own });
        }
    }
    for name in FrameName::ALL {
        for example in &DATASET.0.rules.lifecycle.frame(name).examples {
            let omits = name == FrameName::Disappeared;
            let suffix = format!("/{}", name.as_str());
            let own = Box::new(move |id: &str| {
                id.ends_with(&suffix) || id == name.as_str() || (omits && id == "omitted")
            });
            out.push(Worked { file: format!("lifecycle.yaml, {}", name.as_str()), example, own });
        }
    }
    out
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
    for Worked { file, example, own } in change_examples() {
        let all = changes(&engine, &Pair::of(example));
        let (own, others): (Vec<&Change>, Vec<&Change>) = all.iter().partition(|change| own(&change.rule));
        let said: Vec<&str> = own.iter().map(|change| change.message.as_str()).collect();
        let nature = own.first().map(|change| change.nature.kind);
        if said != example.says || (nature.is_some() && nature != example.nature) {
            let others: Vec<String> =
                others.iter().map(|c| format!("{} ({}): {}", c.rule, c.nature.kind, c.message)).collect();
            faults.push(format!(
                "{file}, example `{}`\n  expected {} {}\n  said     {} {}\n  others   {}",
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
            .map(|o| format!("{}; {}", o.message, o.detail).trim_end_matches("; ").to_owned())
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
    for rule in &DATASET.0.rules.acts {
        let shown: BTreeSet<&str> = rule
            .examples
            .iter()
            .filter(|e| !e.says.is_empty())
            .filter_map(|e| Some(e.nature?.as_str()))
            .collect();
        let own: BTreeSet<&str> =
            rule.words.keys().map(String::as_str).filter(|name| *name != "any").collect();
        for missing in own.difference(&shown) {
            faults.push(format!("acts/{}.yaml: no example with nature {missing}", rule.id));
        }
        if rule.words.contains_key("any") && shown.is_subset(&own) {
            faults.push(format!("acts/{}.yaml: no example of the words under `any`", rule.id));
        }
        if rule.examples.iter().all(|example| !example.says.is_empty()) {
            faults.push(format!("acts/{}.yaml: no example of silence", rule.id));
        }
    }
    for name in FrameName::ALL {
        let frame = DATASET.0.rules.lifecycle.frame(name);
        let shown: BTreeSet<&str> = frame.examples.iter().filter_map(|e| Some(e.nature?.as_str())).collect();
        for nature in frame.words.keys().filter(|nature| *nature != "any" && !shown.contains(nature.as_str()))
        {
            faults.push(format!("lifecycle.yaml, {}: no example with nature {nature}", name.as_str()));
        }
        if frame.examples.is_empty() {
            faults.push(format!("lifecycle.yaml, {}: no example", name.as_str()));
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
    for Worked { file, example, .. } in change_examples() {
        let pair = Pair::of(example);
        for document in [&pair.before, &pair.after] {
            let same = Pair { earlier: Vec::new(), before: document.clone(), after: document.clone() };
            faults.extend(
                changes(&engine, &same)
                    .iter()
                    .map(|c| format!("{file}, `{}`: {} says {}", example.name, c.rule, c.message)),
            );
        }
    }
    check(faults);
}

/// In every example, forwards and backwards: each delta is explained once or silent, and every template can
/// be written.
#[test]
fn every_example_is_reported_whole_and_in_words() {
    let engine = engine();
    let mut faults = Vec::new();
    for Worked { file, example, .. } in change_examples() {
        let forth = Pair::of(example);
        let back = forth.turned();
        for (way, pair) in [("forwards", &forth), ("backwards", &back)] {
            let (said, differing) = sentences(&engine, pair);
            let mut fault = |text: String| faults.push(format!("{file}, `{}`, {way}: {text}", example.name));
            for change in &said.changes {
                if change.message.contains("cannot be written") || change.message.trim().is_empty() {
                    fault(format!("{}: `{}`", change.rule, change.message));
                }
                if change.message.ends_with('.')
                    || change.message.contains("  ")
                    || change.message.contains(" ,")
                {
                    fault(format!("{}: not a sentence as the others are: `{}`", change.rule, change.message));
                }
            }
            let mut expected: Vec<String> = differing.iter().map(ToString::to_string).collect();
            let mut explained: Vec<String> = said
                .changes
                .iter()
                .flat_map(|c| &c.explains)
                .chain(&said.silent)
                .map(ToString::to_string)
                .collect();
            expected.sort();
            explained.sort();
            if expected != explained {
                fault(format!("differences {expected:?}, explained {explained:?}"));
            }
        }
    }
    for (rule, example) in observation_examples() {
        for one in observations(&engine, example) {
            if one.message.contains("cannot be written") || one.detail.contains("cannot be written") {
                faults.push(format!(
                    "{}, `{}`: {}: {} / {}",
                    rule.id, example.name, one.rule, one.message, one.detail
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
    for Worked { file, example, .. } in change_examples() {
        let pair = Pair::of(example);
        for one in changes(&engine, &pair).iter().filter(|change| !change.is_quiet()) {
            for cited in one.evidence.iter().filter(|e| e.side == Side::To && one.explains.contains(&e.path))
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
                let still = changes(
                    &engine,
                    &Pair { earlier: pair.earlier.clone(), before: pair.before.clone(), after },
                );
                let same = |c: &&Change| {
                    (&c.rule, &c.message, c.nature, &c.reason)
                        == (&one.rule, &one.message, one.nature, &one.reason)
                };
                examined += 1;
                if still.iter().any(|c| same(&c)) {
                    faults.push(format!(
                        "{file}, `{}`: `{}` stands without {}",
                        example.name, one.message, cited.path
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
    for Worked { file, example, .. } in change_examples() {
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
                |(path, (weight, ids))| format!("{file} (`{}`): {path}: {ids:?} at {weight:?}", example.name),
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
    let all = files.list("schema/rules").expect("the rules can be listed");
    for file in all.into_iter().filter(|file| file != "schema/rules/lifecycle.yaml") {
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
        DATASET.0.rules.acts.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let mirrors = |rule: &ChangeRule| rule.mirror.as_ref().map(|m| m.as_slice().to_vec()).unwrap_or_default();
    let mut faults = Vec::new();
    for rule in rules.values() {
        let reason = rule.no_mirror.as_deref().unwrap_or_default().trim();
        if mirrors(rule).is_empty() == reason.is_empty() {
            faults.push(format!(
                "acts/{}.yaml: either `mirror` or a `no_mirror` with the reason, one of them",
                rule.id
            ));
        }
        for id in mirrors(rule) {
            match rules.get(id.as_str()) {
                None => faults.push(format!("acts/{}.yaml: mirror `{id}` is no change rule", rule.id)),
                Some(other) if !mirrors(other).contains(&rule.id) => {
                    faults.push(format!(
                        "acts/{id}.yaml: add `{}` to its `mirror`: that rule names it",
                        rule.id
                    ));
                }
                Some(_) => {}
            }
        }
    }
    check(faults);
}

/// The lifecycle words every field of the schema, so each needs a phrase or at least a title.
#[test]
fn every_field_of_the_schema_has_words() {
    let fields = fields::fields(&DATASET.0);
    assert!(fields.len() > 100, "the schema has {} fields only", fields.len());
    let faults = fields
        .iter()
        .filter(|field| {
            let list = field.path.parent().and_then(|list| field.kind.shape.at(&list));
            let of_list = list.is_some_and(|list| list.items.is_some() && !list.says.is_empty());
            field.shape.says.is_empty() && field.shape.title.is_none() && !of_list
        })
        .map(|field| format!("{}: neither x-says nor a title", field.path.pattern()));
    check(faults.collect());
}

#[test]
fn the_rule_reference_is_what_the_rules_say() {
    let policy = &DATASET.0;
    let mut text = String::from(
        "# Rules\n\nWritten from `schema/rules` and the schema; `UPDATE=1 cargo test --test suite rules` \
            writes it again.\n\n\
         `sincewhen explain ID` prints the page of one rule. An act claims what it matches; every other \
         change is worded by \
         the lifecycle: the phrase of the field, in a frame. The nature of a sentence follows \
         `ARCHITECTURE.md`.\n",
    );
    let family = |kind: &str| match kind {
        "change" => "Acts",
        "check" => "Checks of a record or an edit",
        _ => "Observations on one edition",
    };
    let of_fields: BTreeSet<String> = fields::ids(policy).into_iter().collect();
    let mut last = "";
    for view in pages::ids(policy).iter().filter_map(|id| pages::page(policy, id)) {
        if of_fields.contains(&view.id) {
            continue;
        }
        let title = family(&view.kind);
        if title != last {
            if last == "Acts" {
                text.push_str(&lifecycle_reference(policy));
            }
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
            "docs/rules.md:{} is not what the rules say; `UPDATE=1 cargo test --test suite rules` writes \
                it\n- {left}\n+ {right}",
            at + 1
        );
    }
    assert!(
        stands == text,
        "docs/rules.md has another length than the rules ask for; `UPDATE=1 cargo test --test suite rules` \
            writes it"
    );
}

/// The frames, and the phrase of every field.
fn lifecycle_reference(policy: &Policy) -> String {
    let code = |text: &str| format!("`{}`", text.trim().replace('|', "\\|"));
    let mut text = String::from("\n## The lifecycle\n");
    for name in FrameName::ALL {
        let frame = policy.rules.lifecycle.frame(name);
        write!(text, "\n### `{}`: {}\n\n{}\n\n", name.as_str(), frame.title, frame.why.trim())
            .expect("writing to a string");
        for (nature, words) in &frame.words {
            writeln!(text, "- {nature}: {}", code(words)).expect("writing to a string");
        }
        for example in &frame.examples {
            writeln!(text, "- for example, {}: {}", example.name, example.says.join(" \u{b7} "))
                .expect("writing to a string");
        }
    }
    text.push_str("\n### The phrases\n\n| field | phrase |\n| --- | --- |\n");
    for field in fields::fields(policy) {
        let says = &field.shape.says;
        let phrases: Vec<String> = says
            .by_value
            .iter()
            .map(|(value, phrase)| format!("{value}: {}", code(phrase)))
            .chain(says.any.iter().map(|phrase| code(phrase)))
            .collect();
        if !phrases.is_empty() {
            writeln!(text, "| `{}` | {} |", field.path.pattern(), phrases.join("; "))
                .expect("writing to a string");
        }
    }
    text
}

/// Rules on fields that no schema has are found without any record; this dataset has none.
#[test]
fn rules_on_fields_that_no_schema_has_are_faults() {
    let (policy, reference) = &*DATASET;
    let own: Vec<String> =
        sincewhen::rules::faults(policy, reference).iter().map(ToString::to_string).collect();
    assert_eq!(own, Vec::<String>::new());
    let mut wrong = policy.clone();
    let act = wrong.rules.acts.iter_mut().find(|rule| rule.id == "signed").expect("an act");
    act.matches[0].field = "treaty.sigend".to_owned();
    act.also.push("votes[].votte".to_owned());
    let observation =
        wrong.rules.observations.iter_mut().find(|rule| rule.list.is_some()).expect("of a list");
    observation.list = Some("meetingz".to_owned());
    wrong.manifest.strips[0].list = "meetingz".to_owned();
    let found: Vec<String> =
        sincewhen::rules::faults(&wrong, reference).iter().map(ToString::to_string).collect();
    for wanted in
        ["match: no schema has a field `treaty.sigend`", "also: no schema has a field `votes[].votte`"]
    {
        assert!(
            found.iter().any(|fault| fault.contains("acts/signed.yaml") && fault.contains(wanted)),
            "{found:#?}"
        );
    }
    for wanted in ["list: no schema has a field `meetingz`", "strips: list: no schema has a field `meetingz`"]
    {
        assert!(found.iter().any(|fault| fault.contains(wanted)), "{found:#?}");
    }
}
