//! What a path of the repository is to a dataset: the one answer to that question.

use super::{Policy, manifest};
use crate::files::join;
use crate::model::RepoPath;

/// What a file is to a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// A record: an index into the policy's kinds.
    Record(usize),
    /// A calendar, by its name in the manifest.
    Calendar(String),
    /// A table, by its name in the manifest.
    Table(String),
    /// A part of the policy, which decides what all records mean.
    Policy(PolicyPart),
}

/// Files that make up a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyPart {
    /// The manifest.
    Manifest,
    /// A schema that the manifest names, or one beside it that it may refer to.
    Schema,
    /// A file in the folder of rules.
    Rule,
    /// The accepted findings.
    Baseline,
}

impl Role {
    /// What the file is, in words.
    pub fn in_words(&self) -> &'static str {
        match self {
            Role::Record(_) => "record",
            Role::Calendar(_) => "calendar",
            Role::Table(_) => "table",
            Role::Policy(PolicyPart::Manifest) => "manifest",
            Role::Policy(PolicyPart::Schema) => "schema",
            Role::Policy(PolicyPart::Rule) => "rule",
            Role::Policy(PolicyPart::Baseline) => "baseline",
        }
    }

    /// Whether the file holds data: a record, a calendar or a table.
    pub fn is_data(&self) -> bool {
        !matches!(self, Role::Policy(_))
    }
}

impl Policy {
    /// What a path is, if it is anything to this dataset.
    pub fn role_of(&self, path: &RepoPath) -> Option<Role> {
        let data = || self.kind_of(path).map(Role::Record);
        // Manifests, schemas and rules have names that are UTF-8: this program makes their paths.
        let Some(text) = path.as_str() else { return data() };
        let below = |folder: &str| text.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        let schemas = || self.schema_paths();
        if text == self.path(manifest::FILE_NAME) {
            return Some(Role::Policy(PolicyPart::Manifest));
        }
        if text == self.path(manifest::BASELINE_NAME) {
            return Some(Role::Policy(PolicyPart::Baseline));
        }
        if schemas().any(|schema| schema == text) {
            return Some(Role::Policy(PolicyPart::Schema));
        }
        let calendar = self.manifest.calendars.iter().find(|(_, spec)| self.path(&spec.path) == text);
        if let Some((name, _)) = calendar {
            return Some(Role::Calendar(name.clone()));
        }
        let table = self.manifest.tables.iter().find(|(_, spec)| self.path(&spec.path) == text);
        if let Some((name, _)) = table {
            return Some(Role::Table(name.clone()));
        }
        if let Some(role) = data() {
            return Some(role);
        }
        if below(&self.rules_folder) {
            return Some(Role::Policy(PolicyPart::Rule));
        }
        let beside = text.ends_with(".json") && schemas().any(|schema| folder_of(&schema) == folder_of(text));
        beside.then_some(Role::Policy(PolicyPart::Schema))
    }

    /// The folders and files in which a file that holds data can lie, from the repository's root. They may
    /// overlap.
    pub fn data_prefixes(&self) -> Vec<RepoPath> {
        let outside = |path: &str| !self.root.is_empty() && !path.starts_with(&format!("{}/", self.root));
        let mut out = vec![RepoPath::from(self.root.as_str())];
        let calendars = self.manifest.calendars.values().map(|spec| self.path(&spec.path));
        let tables = self.manifest.tables.values().map(|spec| self.path(&spec.path));
        out.extend(
            calendars.chain(tables).filter(|path| outside(path)).map(|path| RepoPath::from(path.as_str())),
        );
        for spec in &self.manifest.records {
            let path = self.path(&spec.path);
            let fixed: Vec<&str> =
                path.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
            if outside(&path) {
                out.push(RepoPath::from(fixed.join("/").as_str()));
            }
        }
        out
    }

    /// The schemas that the manifest names, from the repository's root.
    fn schema_paths(&self) -> impl Iterator<Item = String> {
        let kinds = self.kinds.iter().map(|kind| kind.schema_path.clone());
        let tables = self.manifest.tables.values().filter_map(|spec| spec.schema.as_deref());
        let calendars = self.manifest.calendars.values().filter_map(|spec| spec.schema.as_deref());
        kinds.chain(tables.chain(calendars).map(|path| join(&self.root, path)))
    }
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}
