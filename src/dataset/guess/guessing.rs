//! Files → a first manifest, schema and rules.

use super::candidates::Candidate;
use super::candidates::NAMES;
use super::kinds::FileGroup;
use super::{dates, fields, kinds};
use crate::document;
use crate::model::Node;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What was guessed.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    /// Files to write, by path below the folder.
    pub files: BTreeMap<String, String>,
    /// What was guessed and why, a line each.
    pub notes: Vec<String>,
    /// The fields whose change alone is a review.
    reviewed: std::collections::BTreeSet<String>,
}

/// Why nothing can be guessed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuessError {
    /// No file holds a mapping.
    #[error("no file here holds a record: a mapping of fields in YAML, JSON or front matter")]
    NoRecords,
    /// No group of files can be distinguished.
    #[error("nothing names the records: {0}")]
    NoName(String),
}

/// Guesses a dataset from its files.
///
/// # Errors
/// Files in which no record with a date can be found.
pub fn guess(title: &str, files: &[Candidate]) -> Result<Guess, GuessError> {
    let groups = kinds::groups(files);
    if groups.is_empty() {
        return Err(GuessError::NoRecords);
    }
    let mut guess = Guess::default();
    let mut records = Vec::new();
    for group in &groups {
        match record_kind(group, &mut guess) {
            Ok(spec) => records.push(spec),
            Err(why) => guess.notes.push(format!("`{}` is left out: {why}", group.pattern)),
        }
    }
    if records.is_empty() {
        return Err(GuessError::NoName(guess.notes.join("; ")));
    }
    let manifest =
        json!({"format": "sincewhen.manifest/1", "title": title, "rules": "rules", "records": records});
    let head = "# A first manifest, guessed from the files: read it and put it right. Paths are relative to this folder.\n";
    guess.files.insert(
        "sincewhen.yaml".to_owned(),
        format!("{head}{}", document::to_yaml(&document::from_json(&manifest))),
    );
    rules(&mut guess);
    Ok(guess)
}

fn record_kind(group: &FileGroup<'_>, guess: &mut Guess) -> Result<Value, String> {
    let dating = dates::dating(group);
    let (identity, why_name) =
        identity(group, &dating.fields).ok_or_else(|| "no fields distinguish its files".to_owned())?;
    let inferred = fields::infer(&group.roots());
    let name = &group.name;
    let named: Vec<String> = identity.iter().filter(|part| !part.starts_with('$')).cloned().collect();
    let schema = fields::schema(name, &inferred, &named, &dating);
    let files = group.files.len();
    guess.notes.push(format!(
        "{name}: {files} {} at `{}`",
        if files == 1 { "file" } else { "files" },
        group.pattern
    ));
    guess.notes.push(format!("  dated by {}: {}", dating.in_words(), dating.why));
    guess.notes.push(format!("  named by `{}`: {why_name}", identity.join("`, `")));
    guess.notes.extend(schema.notes.iter().map(|note| format!("  {note}")));
    let text = serde_json::to_string_pretty(&schema.value).expect("because a schema is plain JSON");
    let path = format!("schema/{name}.schema.json");
    guess.files.insert(path.clone(), format!("{text}\n"));
    let mut spec = json!({"kind": name, "path": group.pattern, "schema": path, "identity": identity});
    spec["date"] = dating.spec();
    if inferred.has("formerly") {
        spec["formerly"] = json!("formerly");
    }
    if inferred.has("corrections") {
        spec["corrections"] = json!("corrections");
    }
    guess.reviewed.extend(dating.choices.iter().filter(|choice| dating.fields.contains(choice)).cloned());
    Ok(spec)
}

/// A rule that any dataset with dates of its own can use: a review.
fn rules(guess: &mut Guess) {
    let matches: Vec<String> = guess
        .reviewed
        .iter()
        .map(|date| format!("  - {{field: {}, op: changed}}\n", document::scalar(date)))
        .collect();
    if matches.is_empty() {
        return;
    }
    let reviewed = format!(
        "title: Reviewed without a change\nsignificance: editorial\nmatch:\n{}alone: true\nnature: review\nwords:\n  any: reviewed, no change\n\
         why: A record that was looked at again and stands is worth knowing.\nno_mirror: A review is not taken back.\n",
        matches.concat()
    );
    guess.files.insert("rules/acts/reviewed.yaml".to_owned(), reviewed);
    guess.notes.push(
        "rules/acts/reviewed.yaml says when only the date moved; every other change is worded field by field"
            .to_owned(),
    );
}

/// The fields that name the records: those that stand in the path too, else the first that distinguishes all files.
pub(super) fn identity(group: &FileGroup<'_>, dates: &[String]) -> Option<(Vec<String>, String)> {
    let roots = group.roots();
    let fields: Vec<&str> = roots
        .first()?
        .entries()
        .iter()
        .map(|entry| entry.key.as_str())
        .filter(|field| {
            !dates.iter().any(|date| date == field)
                && roots.iter().all(|root| root.get(field).and_then(Node::scalar_text).is_some())
        })
        .collect();
    let value = |root: &Node, field: &str| root.get(field).and_then(Node::scalar_text).unwrap_or_default();
    let unique = |chosen: &[&str]| {
        let mut seen = std::collections::HashSet::new();
        roots
            .iter()
            .all(|root| seen.insert(chosen.iter().map(|field| value(root, field)).collect::<Vec<_>>()))
    };
    let in_path: Option<Vec<&str>> = (0..group.open())
        .map(|at| {
            fields.iter().copied().find(|field| {
                group.files.iter().zip(&roots).all(|(file, root)| file.open[at] == value(root, field))
            })
        })
        .collect();
    if let Some(chosen) = in_path.filter(|chosen| !chosen.is_empty() && unique(chosen)) {
        return Some((
            chosen.iter().map(|f| (*f).to_owned()).collect(),
            "the same words stand in the paths".to_owned(),
        ));
    }
    // One place of the path is open and no field says the same: the path names the record.
    if group.open() == 1 {
        let last = group.pattern.rsplit('/').next().is_some_and(|name| name.contains('*'));
        let part = if last { "$stem" } else { "$1" };
        return Some((vec![part.to_owned()], "their paths differ in it".to_owned()));
    }
    let named = NAMES.iter().filter(|name| fields.contains(*name)).copied();
    if let Some(field) = named.chain(fields.iter().copied()).find(|field| unique(&[field])) {
        return Some((vec![field.to_owned()], "it is another in every file".to_owned()));
    }
    let pairs = fields
        .iter()
        .enumerate()
        .flat_map(|(at, one)| fields[at + 1..].iter().map(move |other| [*one, *other]));
    if let Some(pair) = pairs.into_iter().find(|pair| unique(pair)) {
        let names = pair.iter().map(|f| (*f).to_owned()).collect();
        return Some((names, "together they are others in every file".to_owned()));
    }
    let parts: Vec<String> = (1..=group.open()).map(|at| format!("${at}")).collect();
    (!parts.is_empty()).then(|| (parts, "their paths differ in them".to_owned()))
}
