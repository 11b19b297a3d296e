//! Files → a first manifest, schema and rules.

use super::candidates::{FilesFound, LISTED, RecordChange};
use super::kinds::FileGroup;
use super::{dates, fields, kinds, names};
use crate::document;
use crate::model::Failure;
use crate::schema::places::captures;
use foldhash::HashSet;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What was guessed.
#[derive(Clone, Debug, Default)]
pub struct Guess {
    /// Files to write, by path below the folder.
    pub files: BTreeMap<String, String>,
    /// What was guessed and why, in some ten lines.
    pub notes: Vec<String>,
    /// What the manifest says.
    manifest: Value,
}

/// From how many files of one ending on a pattern excepts them all.
const ALIKE: usize = 4;

impl Guess {
    /// Excepts files that lie among the records and look like some. `records` are the paths of those that
    /// are.
    pub fn except(&mut self, strays: &[String], records: &[String]) {
        let ending = |path: &str| format!(".{}", path.rsplit('.').next().unwrap_or_default());
        let pattern = |path: &String| {
            let ending = ending(path);
            let alike = strays.iter().filter(|stray| stray.ends_with(&ending)).count();
            if alike >= ALIKE && !records.iter().any(|record| record.ends_with(&ending)) {
                return format!("**/*{ending}");
            }
            let folders = path.match_indices('/').map(|(at, _)| &path[..=at]);
            let mut free = folders.filter(|folder| !records.iter().any(|record| record.starts_with(folder)));
            free.next().map_or_else(|| path.clone(), |folder| format!("{folder}**"))
        };
        let patterns: BTreeSet<String> = strays.iter().map(pattern).collect();
        let Some(kind) = self.manifest["records"].as_array_mut().and_then(|kinds| kinds.last_mut()) else {
            return;
        };
        let known = kind["except"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let all: BTreeSet<String> = known.map(str::to_owned).chain(patterns).collect();
        kind["except"] = json!(all);
        self.write_manifest();
    }

    fn write_manifest(&mut self) {
        let head = "# A first manifest, guessed from the files: read it and put it right. Paths are \
            relative to this folder.\n";
        let text = document::to_yaml(&document::from_json(&self.manifest));
        self.files.insert("sincewhen.yaml".to_owned(), format!("{head}{text}"));
    }
}

/// What was guessed of one kind.
struct GuessedKind {
    spec: Value,
    /// The kind and where its records are.
    what: String,
    dated: String,
    named: String,
    /// What its records are called.
    names: HashSet<String>,
    /// What was guessed of its fields.
    fields: Vec<String>,
    /// What is least certain of all this.
    doubt: Option<String>,
    /// How many records there are.
    records: usize,
}

impl GuessedKind {
    fn is_dated_by_commit(&self) -> bool {
        self.spec["date"] == "commit"
    }
}

/// Why nothing can be guessed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuessError {
    /// No file holds a mapping.
    #[error("no file here holds a record: a mapping of fields in YAML, JSON, TOML or front matter")]
    NoRecords,
    /// No group of files can be distinguished.
    #[error("nothing names the records: {0}")]
    NoName(String),
}

/// From how many kinds on each is said in one line.
const BRIEF: usize = 3;
/// The most lines that are said of kinds.
const MOST_LINES: usize = 9;

/// Guesses a dataset from its files.
///
/// # Errors
/// Files in which no record with a date can be found.
pub fn guess(title: &str, found: &FilesFound) -> Result<Guess, GuessError> {
    let files = &found.candidates;
    let (groups, left) = kinds::groups(title, files);
    let no_records = files.iter().filter(|file| file.document.root.entries().is_empty());
    let others = found.others.iter().chain(no_records.map(|file| &file.path)).chain(&left);
    // What is passed over is excepted by its pattern.
    let passed = found.passed.iter();
    let passed = passed.flat_map(|(pattern, paths)| paths.iter().map(move |path| (path, pattern)));
    let others: Vec<(&String, &String)> = others.map(|path| (path, path)).chain(passed).collect();
    if groups.is_empty() {
        return Err(GuessError::NoRecords);
    }
    let mut guess = Guess::default();
    let (mut kinds, mut nameless) = (Vec::new(), Vec::new());
    for group in &groups {
        match guessed_kind(group, (&others, &left), &found.changes, &mut guess) {
            Ok(kind) => kinds.push(kind),
            Err(why) => nameless.push(format!("`{}` is left out: {why}", group.pattern)),
        }
    }
    if kinds.is_empty() {
        return Err(GuessError::NoName(nameless.join("; ")));
    }
    tell_apart(&mut kinds);
    let records: Vec<&Value> = kinds.iter().map(|kind| &kind.spec).collect();
    guess.manifest = json!({"format": "sincewhen.manifest/1", "title": title});
    // A commit of a side branch would date an edition that nobody had before its merge.
    if found.has_side_branches && kinds.iter().all(|kind| kind.is_dated_by_commit()) {
        guess.manifest["history"] = json!("first-parent");
        nameless.push(
            "history along `first-parent`: commits date all records, and branches were merged".to_owned(),
        );
    }
    guess.manifest["records"] = json!(records);
    guess.write_manifest();
    guess.notes = notes(&kinds, nameless, &left);
    Ok(guess)
}

/// Has kinds that share names name their records by the kind, too: what has the same name is the same record.
fn tell_apart(kinds: &mut [GuessedKind]) {
    let shares = |at: usize| {
        let mut others = kinds.iter().enumerate().filter(|(other, _)| *other != at);
        others.any(|(_, other)| !other.names.is_disjoint(&kinds[at].names))
    };
    let shared: Vec<bool> = (0..kinds.len()).map(shares).collect();
    for (kind, _) in kinds.iter_mut().zip(shared).filter(|(_, shared)| *shared) {
        if let Some(parts) = kind.spec["identity"].as_array_mut() {
            parts.insert(0, json!("$kind"));
        }
        kind.named = format!("`$kind`, {}, and other kinds use the same names", kind.named);
    }
}

/// What was guessed in some ten lines, what is least certain last.
fn notes(kinds: &[GuessedKind], nameless: Vec<String>, left: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    let mut kinds: Vec<&GuessedKind> = kinds.iter().collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.records));
    let lines: usize = kinds.iter().map(|kind| 3 + kind.fields.len()).sum();
    for kind in kinds.iter().take(LISTED) {
        if kinds.len() >= BRIEF {
            out.push(format!("{}, dated by {}, named by {}", kind.what, kind.dated, kind.named));
            continue;
        }
        out.push(kind.what.clone());
        out.push(format!("  dated by {}", kind.dated));
        out.push(format!("  named by {}", kind.named));
        // Of two kinds with much to say, the fields are in the schemas.
        let shown = if kinds.len() > 1 && lines > MOST_LINES { 1 } else { kind.fields.len() };
        out.extend(kind.fields.iter().take(shown).map(|line| format!("  {line}")));
    }
    if kinds.len() > LISTED {
        out.push(format!("and {} more kinds", kinds.len() - LISTED));
    }
    out.extend(nameless);
    if !left.is_empty() {
        out.push(format!("left out, as they stand alone or differ from the rest: {}", listed(left)));
    }
    let doubts = kinds.iter().filter_map(|kind| kind.doubt.clone()).take(BRIEF - 1);
    out.extend(doubts.map(|doubt| format!("look first at {doubt}")));
    out
}

/// Names as an enumeration; of many, the first.
fn listed(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED).map(|name| format!("`{name}`")).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn guessed_kind(
    group: &FileGroup<'_>,
    (others, left): (&[(&String, &String)], &[String]),
    changes: &[RecordChange],
    guess: &mut Guess,
) -> Result<GuessedKind, Failure> {
    let dating = dates::dating(group, changes);
    let identity = names::identity(group, &dating.fields)
        .ok_or_else(|| Failure::data("no fields distinguish its records"))?;
    let inferred = fields::infer(&group.roots());
    let name = &group.name;
    let schema = fields::schema(name, &inferred, &identity.root_fields(), &dating);
    let text = serde_json::to_string_pretty(&schema.value).expect("because a schema is plain JSON");
    let path = format!("schema/{name}.schema.json");
    guess.files.insert(path.clone(), format!("{text}\n"));
    let mut spec = json!({"kind": name, "path": group.pattern, "schema": path});
    // A file of many records may be a list, which has no fields of its own.
    let fits = |path: &str| group.items.is_none() && captures(&group.pattern, path).is_some();
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
    let is_beside = |path: &String| left.contains(path) && folder(path) == folder(&group.pattern);
    let is_excepted = |(path, _): &&(&String, &String)| fits(path) || is_beside(path);
    let except: BTreeSet<&String> = others.iter().filter(is_excepted).map(|(_, pattern)| *pattern).collect();
    if !except.is_empty() {
        spec["except"] = json!(except);
    }
    if let Some(items) = &group.items {
        spec["items"] = json!(items);
    }
    spec["identity"] = json!(identity.parts);
    spec["date"] = dating.spec();
    for field in ["formerly", "corrections"].into_iter().filter(|field| inferred.has(field)) {
        spec[field] = json!(field);
    }
    if let Some(field) = inferred.other_names() {
        spec["aliases"] = json!(field);
    }
    if !schema.has_dates {
        spec["natures"] = json!("neutral");
    }
    let doubt = dating.doubt.as_ref().map(|why| format!("`date:` of {name}: {why}"));
    Ok(GuessedKind {
        spec,
        what: format!("{name}: {}", whereabouts(group)),
        dated: format!("{}: {}", dating.in_words(), dating.why),
        records: group.records.len(),
        names: names::names(group, &identity.parts),
        named: format!("`{}`: {}", identity.parts.join("`, `"), identity.why),
        fields: schema.notes,
        doubt: doubt.or_else(|| identity.doubt.map(|why| format!("`identity:` of {name}: {why}"))),
    })
}

fn whereabouts(group: &FileGroup<'_>) -> String {
    let files = if group.files == 1 { "1 file".to_owned() } else { format!("{} files", group.files) };
    match group.items.as_deref() {
        None => format!("{files} at `{}`", group.pattern),
        Some(items) => {
            let inside = if items == "." { String::new() } else { format!(", below `{items}`") };
            format!("{} records in {files} at `{}`{inside}", group.records.len(), group.pattern)
        }
    }
}
