//! Everything a dataset says about itself, loaded at once: manifest, schemas, rules.

use super::check_rules::read_check_rule;
use super::rule_files::{read_change_rule, read_observation_rule};
use super::rule_set::RuleSet;
use super::{
    ChangeRule, CheckRule, Lifecycle, Manifest, ObservationRule, PolicyError, RecordKind, Shape, lifecycle,
    manifest, read_typed,
};
use crate::document::LineFields;
use crate::files::{Files, join};
use crate::model::RepoPath;
use globset::{GlobBuilder, GlobMatcher};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// One kind of record with what was read from its schema.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The manifest's words on it.
    pub spec: RecordKind,
    /// Matches the paths, relative to the repository's root.
    pub glob: GlobMatcher,
    /// The files among them that are no records.
    pub except: Vec<GlobMatcher>,
    /// The path of the schema, relative to the repository's root.
    pub schema_path: String,
    /// The schema itself.
    pub schema: serde_json::Value,
    /// Its annotations.
    pub shape: Shape,
}

impl Kind {
    /// Whether a file at a path, from the repository's root, is of this kind.
    pub fn fits(&self, path: &str) -> bool {
        self.glob.is_match(path) && !self.excepts(path)
    }

    /// Whether the manifest says that a file at a path is no record.
    pub fn excepts(&self, path: &str) -> bool {
        self.except.iter().any(|glob| glob.is_match(path))
    }
}

/// A dataset's policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The folder of the manifest, relative to the repository's root; empty for the root itself.
    pub root: String,
    /// The manifest.
    pub manifest: Manifest,
    /// The kinds of record, in the manifest's order.
    pub kinds: Vec<Kind>,
    /// The rules.
    pub rules: RuleSet,
    /// The folder of the rules, relative to the repository's root.
    pub rules_folder: String,
    /// Further schemas beside the kinds' own, by file name.
    pub schemas: HashMap<String, serde_json::Value>,
}

impl Policy {
    /// The lists whose entries stay on record, each with the field that names an entry where the schema gives
    /// the list no key: those that observations look at.
    pub fn recorded_lists(&self) -> BTreeMap<String, Option<String>> {
        let looked_at =
            self.rules.observations.iter().filter(|rule| rule.calendar.is_some() || rule.date.is_some());
        looked_at.filter_map(|rule| Some((rule.list.clone()?, rule.key.clone()))).collect()
    }

    /// The root fields that decide what of a record is on record: those with such lists, and the logs of
    /// corrections.
    pub fn recorded_fields(&self) -> LineFields {
        let root = |list: String| list.split('.').next().unwrap_or_default().to_owned();
        LineFields {
            whole: self.kinds.iter().filter_map(|kind| kind.spec.corrections.clone()).collect(),
            by_item: self.recorded_lists().into_keys().map(root).collect(),
        }
    }

    /// Loads the policy whose manifest lies in `root`.
    ///
    /// # Errors
    /// A file that is missing, cannot be read as YAML or JSON, or says something that is not understood; with
    /// its place.
    pub fn load(files: &dyn Files, root: &str) -> Result<Policy, PolicyError> {
        let file = join(root, manifest::FILE_NAME);
        let manifest: Manifest = read_typed(&file, &required(files, &file)?)?;
        if manifest.format != manifest::FORMAT {
            return Err(PolicyError::whole(
                &file,
                format!("format is `{}`; this program reads `{}`", manifest.format, manifest::FORMAT),
            ));
        }
        let schemas = neighbours(files, root, &manifest)?;
        let kinds = manifest
            .records
            .iter()
            .map(|spec| load_kind(&file, root, spec, &schemas))
            .collect::<Result<Vec<_>, _>>()?;
        let rules_folder = manifest.rules_folder(root);
        let rules = match load_rules(files, &rules_folder)? {
            Some(rules) => rules,
            None if manifest.rules.is_none() => RuleSet::default(),
            None => {
                let message = format!("rules: the folder {rules_folder} is not there, or holds no file");
                let place = super::typed::place_of(&required(files, &file)?, "rules");
                return Err(PolicyError { file, place, message });
            }
        };
        Ok(Policy { root: root.to_owned(), manifest, kinds, rules, rules_folder, schemas })
    }

    /// The same policy for a dataset in another folder.
    ///
    /// # Errors
    /// As [`Policy::load`], for patterns of paths.
    pub fn moved_to(&self, root: &str) -> Result<Policy, PolicyError> {
        let mut policy = self.clone();
        root.clone_into(&mut policy.root);
        for kind in &mut policy.kinds {
            let file = join(root, manifest::FILE_NAME);
            (kind.glob, kind.except) = globs_of(&file, root, &kind.spec)?;
            kind.schema_path = join(root, &kind.spec.schema);
        }
        policy.rules_folder = policy.manifest.rules_folder(root);
        Ok(policy)
    }

    /// The kind of record that lies at a path, if any: its index in `kinds`.
    pub fn kind_of(&self, path: &RepoPath) -> Option<usize> {
        let text = String::from_utf8_lossy(&path.0);
        let kind = self.kinds.iter().position(|kind| kind.fits(text.as_ref()))?;
        // What a dataset says of itself is no record, however wide a pattern is.
        let name = text.strip_prefix(self.root.as_str()).unwrap_or(&text).trim_start_matches('/');
        let own = [manifest::FILE_NAME, manifest::BASELINE_NAME].contains(&name);
        let below_rules =
            text.strip_prefix(self.rules_folder.as_str()).filter(|_| !self.rules_folder.is_empty());
        let rule = below_rules.is_some_and(|rest| rest.starts_with('/'));
        if own || rule { None } else { Some(kind) }
    }

    /// A path of the manifest, made relative to the repository's root.
    pub fn path(&self, relative: &str) -> String {
        join(&self.root, relative)
    }
}

fn required(files: &dyn Files, path: &str) -> Result<Vec<u8>, PolicyError> {
    match files.read(path) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(PolicyError::whole(path, "no such file")),
        Err(failure) => Err(PolicyError::whole(path, failure.message)),
    }
}

/// The paths of a kind's records, in a dataset whose manifest lies in `root`.
/// The paths of a kind, and those among them that are no records.
fn globs_of(
    manifest_file: &str,
    root: &str,
    spec: &RecordKind,
) -> Result<(GlobMatcher, Vec<GlobMatcher>), PolicyError> {
    let compile = |key: &str, pattern: &str| {
        let glob = GlobBuilder::new(&join(root, pattern)).literal_separator(true).build();
        let fault = |error: globset::Error| {
            PolicyError::whole(manifest_file, format!("records: {key} `{pattern}`: {}", error.kind()))
        };
        Ok(glob.map_err(fault)?.compile_matcher())
    };
    let except = spec.except.iter().map(|pattern| compile("except", pattern));
    Ok((compile("path", &spec.path)?, except.collect::<Result<_, PolicyError>>()?))
}

fn load_kind(
    manifest_file: &str,
    root: &str,
    spec: &RecordKind,
    schemas: &HashMap<String, serde_json::Value>,
) -> Result<Kind, PolicyError> {
    let (glob, except) = globs_of(manifest_file, root, spec)?;
    if spec.identity.is_empty() {
        return Err(PolicyError::whole(
            manifest_file,
            format!("records: `{}` names no identity fields", spec.kind),
        ));
    }
    let schema_path = join(root, &spec.schema);
    let name = schema_path.rsplit('/').next().unwrap_or(&schema_path);
    let schema = schemas.get(name).cloned().ok_or_else(|| {
        PolicyError::whole(&schema_path, format!("no such file (named in {manifest_file})"))
    })?;
    super::weight::bounded(&schema_path, &schema, schemas)?;
    let shape = Shape::read(&schema, schemas);
    Ok(Kind { spec: spec.clone(), glob, except, schema_path, schema, shape })
}

/// All JSON Schemas in the folders that the manifest names, by file name.
fn neighbours(
    files: &dyn Files,
    root: &str,
    manifest: &Manifest,
) -> Result<HashMap<String, serde_json::Value>, PolicyError> {
    let mut out = HashMap::new();
    for spec in &manifest.records {
        let path = join(root, &spec.schema);
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for file in files.list(folder).map_err(|failure| PolicyError::whole(folder, failure.message))? {
            let Some((dir, name)) = file.rsplit_once('/').or(Some(("", file.as_str()))) else { continue };
            if dir != folder || !name.ends_with(".json") || out.contains_key(name) {
                continue;
            }
            let bytes = required(files, &file)?;
            super::typed::refuse_conflict(&file, &bytes)?;
            let value = serde_json::from_slice(&bytes).map_err(|error| PolicyError {
                file: file.clone(),
                place: Some(crate::model::LineColumn { line: error.line(), column: error.column() }),
                message: format!("not JSON: {error}"),
            })?;
            out.insert(name.to_owned(), value);
        }
    }
    Ok(out)
}

/// A rule of some family.
enum AnyRule {
    Act(Box<ChangeRule>),
    Observation(Box<ObservationRule>),
    Check(Box<CheckRule>),
}

/// The family and the id of the rule that a file in the folder of the rules holds, if it holds one.
fn family_and_id(path: &str) -> Option<(&str, &str)> {
    let (family, name) = path.split_once('/')?;
    let id = name.strip_suffix(".yaml")?;
    matches!(family, "acts" | "changes" | "observations" | "checks").then_some((family, id))
}

/// Whether something is read from a file in the folder of the rules, named as from there.
pub fn is_rule_file(path: &str) -> bool {
    path == lifecycle::FILE_NAME || family_and_id(path).is_some()
}

/// The rules below a folder; nothing where the folder is not there.
fn load_rules(files: &dyn Files, folder: &str) -> Result<Option<RuleSet>, PolicyError> {
    let mut found = Vec::new();
    let mut rules = RuleSet::default();
    let listed = files.list(folder).map_err(|failure| PolicyError::whole(folder, failure.message))?;
    if listed.is_empty() {
        return Ok(None);
    }
    for file in listed {
        let Some(rest) = file.strip_prefix(folder).map(|rest| rest.trim_start_matches('/')) else { continue };
        if rest == lifecycle::FILE_NAME {
            rules.lifecycle = Lifecycle::read(&file, &required(files, &file)?)?;
            continue;
        }
        if let Some((family, id)) = family_and_id(rest) {
            found.push((family.to_owned(), id.to_owned(), required(files, &file)?, file));
        }
    }
    let read = |(family, id, bytes, file): &(String, String, Vec<u8>, String)| match family.as_str() {
        // `changes` is what the folder was called before: the policies of older commits have it.
        "acts" | "changes" => read_change_rule(id, file, bytes).map(|rule| AnyRule::Act(Box::new(rule))),
        "observations" => {
            read_observation_rule(id, file, bytes).map(|rule| AnyRule::Observation(Box::new(rule)))
        }
        _ => read_check_rule(id, file, bytes).map(|rule| AnyRule::Check(Box::new(rule))),
    };
    let all: Vec<Result<AnyRule, PolicyError>> = found.par_iter().map(read).collect();
    let mut ids: HashMap<&str, &str> = HashMap::new();
    for ((_, id, _, file), rule) in found.iter().zip(all) {
        match rule? {
            AnyRule::Act(rule) => rules.acts.push(*rule),
            AnyRule::Observation(rule) => rules.observations.push(*rule),
            AnyRule::Check(rule) => rules.checks.push(*rule),
        }
        if let Some(other) = ids.insert(id, file) {
            return Err(PolicyError::whole(file, format!("the id `{id}` is taken by {other}")));
        }
    }
    rules.acts.sort_by(|a, b| a.id.cmp(&b.id));
    rules.observations.sort_by(|a, b| a.id.cmp(&b.id));
    rules.checks.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(Some(rules))
}
