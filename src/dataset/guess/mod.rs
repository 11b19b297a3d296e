//! A first manifest, schemas and rules for files that have none: guessed from the files, each guess with its reason.
//!
//! Owns what can be told from paths and trees alone. Guesses are a beginning for people to put right, never relied on otherwise.

mod fields;
mod kinds;

use crate::document;
use crate::model::{Document, Node, PartialDate, date::Precision};
use kinds::Group;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A file that may be a record.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its path below the folder.
    pub path: String,
    /// Its text and tree.
    pub document: Document,
}

/// What was guessed.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    /// Files to write, by path below the folder.
    pub files: BTreeMap<String, String>,
    /// What was guessed and why, a line each.
    pub notes: Vec<String>,
}

/// Why nothing can be guessed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuessError {
    /// No file holds a mapping.
    #[error("no YAML file here holds a record: a mapping of fields")]
    NoRecords,
    /// No group of files has a field that dates them.
    #[error("no field dates the records: {0}")]
    NoDate(String),
}

/// Names that dates of records often have, likeliest first.
const DATE_NAMES: [&str; 10] = [
    "last_updated",
    "updated",
    "last_modified",
    "modified",
    "as_of",
    "reviewed",
    "last_reviewed",
    "date",
    "timestamp",
    "published",
];
/// Names that identify records often have.
const NAMES: [&str; 6] = ["id", "slug", "key", "code", "name", "title"];

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
        return Err(GuessError::NoDate(guess.notes.join("; ")));
    }
    let manifest =
        json!({"format": "sincewhen.manifest/1", "title": title, "rules": "rules", "records": records});
    let head = "# A first manifest, guessed from the files: read it and put it right. Paths are relative to this folder.\n";
    guess.files.insert(
        "sincewhen.yaml".to_owned(),
        format!("{head}{}", document::to_yaml(&document::from_json(&manifest))),
    );
    rules(&mut guess, &records);
    Ok(guess)
}

fn record_kind(group: &Group<'_>, guess: &mut Guess) -> Result<Value, String> {
    let (date, why_date) =
        date_field(group).ok_or_else(|| "no field of the files is a day in all of them".to_owned())?;
    let (identity, why_name) =
        identity(group, &date).ok_or_else(|| "no fields tell its files apart".to_owned())?;
    let inferred = fields::infer(&group.roots());
    let name = &group.name;
    let schema = fields::schema(name, &inferred, &identity, &date);
    let files = group.files.len();
    guess.notes.push(format!(
        "{name}: {files} {} at `{}`",
        if files == 1 { "file" } else { "files" },
        group.pattern
    ));
    guess.notes.push(format!("  dated by `{date}`: {why_date}"));
    guess.notes.push(format!("  named by `{}`: {why_name}", identity.join("`, `")));
    guess.notes.extend(schema.notes.iter().map(|note| format!("  {note}")));
    let text = serde_json::to_string_pretty(&schema.value).expect("because a schema is plain JSON");
    let path = format!("schema/{name}.schema.json");
    guess.files.insert(path.clone(), format!("{text}\n"));
    let mut spec =
        json!({"kind": name, "path": group.pattern, "schema": path, "identity": identity, "date": date});
    if inferred.has("formerly") {
        spec["formerly"] = json!("formerly");
    }
    if inferred.has("corrections") {
        spec["corrections"] = json!("corrections");
    }
    Ok(spec)
}

/// Two rules that any dataset can use: a review, and wording.
fn rules(guess: &mut Guess, records: &[Value]) {
    let dates: std::collections::BTreeSet<&str> =
        records.iter().filter_map(|spec| spec["date"].as_str()).collect();
    let matches: Vec<String> = dates
        .iter()
        .map(|date| format!("  - {{field: {}, op: changed}}\n", document::scalar(date)))
        .collect();
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

/// The field that dates the records: a day or an instant in every file.
fn date_field(group: &Group<'_>) -> Option<(String, String)> {
    let roots = group.roots();
    let dates = |field: &str| -> Option<Vec<PartialDate>> {
        roots.iter().map(|root| day(root.get(field)?)).collect()
    };
    let fields: Vec<&str> = roots.first()?.entries().iter().map(|entry| entry.key.as_str()).collect();
    let dated: Vec<(&str, Vec<PartialDate>)> =
        fields.iter().filter_map(|field| Some((*field, dates(field)?))).collect();
    let named = DATE_NAMES.iter().find_map(|name| dated.iter().find(|(field, _)| field == name));
    if let Some((field, _)) = named {
        return Some(((*field).to_owned(), "its name, and a day in every file".to_owned()));
    }
    let latest = dated.iter().max_by_key(|(_, dates)| dates.iter().map(|date| date.range().start).max())?;
    Some((latest.0.to_owned(), "the latest of the days that every file has".to_owned()))
}

fn day(node: &Node) -> Option<PartialDate> {
    let date: PartialDate = node.text()?.parse().ok()?;
    (date.precision() >= Precision::Day).then_some(date)
}

/// The fields that name the records: those that stand in the path too, else the first that tells all files apart.
fn identity(group: &Group<'_>, date: &str) -> Option<(Vec<String>, String)> {
    let roots = group.roots();
    let fields: Vec<&str> = roots
        .first()?
        .entries()
        .iter()
        .map(|entry| entry.key.as_str())
        .filter(|field| {
            *field != date && roots.iter().all(|root| root.get(field).and_then(Node::scalar_text).is_some())
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
    let named = NAMES.iter().filter(|name| fields.contains(*name)).copied();
    if let Some(field) = named.chain(fields.iter().copied()).find(|field| unique(&[field])) {
        return Some((vec![field.to_owned()], "it is another in every file".to_owned()));
    }
    let pairs = fields
        .iter()
        .enumerate()
        .flat_map(|(at, one)| fields[at + 1..].iter().map(move |other| [*one, *other]));
    let pair = pairs.into_iter().find(|pair| unique(pair))?;
    Some((
        pair.iter().map(|f| (*f).to_owned()).collect(),
        "together they are others in every file".to_owned(),
    ))
}
