//! Files among the records that are none: misspelt, too deep, links, or different from another only in upper
//! and lower case.

use crate::files::{Content, Files};
use crate::model::{Failure, RepoPath};
use crate::schema::{Policy, Role};
use std::collections::BTreeMap;

/// The files in the folders of the records that no pattern of the manifest takes, and the records whose paths
/// differ in upper and lower case only.
pub fn strays_among(
    files: &dyn Files,
    policy: &Policy,
    wanted: &dyn Fn(&RepoPath) -> bool,
) -> Result<Vec<Stray>, Failure> {
    let mut out = Vec::new();
    for folder in record_folders(policy) {
        let mut by_letters: BTreeMap<String, RepoPath> = BTreeMap::new();
        for path in files.paths(&folder.path)? {
            let Some(text) = path.as_str() else { continue };
            if policy.role_of(&path).is_some_and(|role| matches!(role, Role::Record(_))) {
                let twin = by_letters.insert(text.to_lowercase(), path.clone());
                if let Some(twin) = twin.filter(|twin| *twin != path && wanted(&path)) {
                    out.push(Stray { path, why: Why::Letters(twin) });
                }
            }
        }
        let stray = |path: &RepoPath| {
            let text = path.as_str().unwrap_or_default();
            wanted(path)
                && folder.reaches(text)
                && policy.role_of(path).is_none()
                && !policy.kinds.iter().any(|kind| kind.excepts(text))
                && !belongs_elsewhere(policy, text)
        };
        for file in files.below(&folder.path, &stray)? {
            match file.content {
                Content::Odd(words) => out.push(Stray { path: file.path, why: Why::Odd(words) }),
                _ if looks_like_record(&file.path) || has_other_ending(policy, &file.path) => {
                    out.push(Stray { path: file.path, why: Why::Unclaimed })
                }
                _ => {}
            }
        }
    }
    let unread = |path: &RepoPath| wanted(path) && is_unread_rule(policy, path);
    let rules = RepoPath::from(policy.rules_folder.as_str());
    let files_of_rules = if policy.rules_folder.is_empty() { Vec::new() } else { files.paths(&rules)? };
    out.extend(files_of_rules.into_iter().filter(unread).map(|path| Stray { path, why: Why::NoRule }));
    let folders = record_folders(policy);
    let beside = |path: &RepoPath| wanted(path) && is_in_folder_of_other_letters(policy, &folders, path);
    let all = files.paths(&RepoPath::from(policy.root.as_str()))?;
    out.extend(all.into_iter().filter(beside).map(|path| Stray { path, why: Why::Unclaimed }));
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out.dedup_by(|a, b| a.path == b.path);
    Ok(out)
}

/// A file among the records that is none, or cannot be distinguished from another.
pub struct Stray {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with a file among the records.
pub enum Why {
    /// No pattern of the manifest takes it.
    Unclaimed,
    /// It is no plain file: in words.
    Odd(&'static str),
    /// It lies in the folder of the rules, and no rule is read from there.
    NoRule,
    /// Another record's path differs in upper and lower case only.
    Letters(RepoPath),
}

/// The folder in which the records of a kind lie.
struct KindFolder {
    path: RepoPath,
    /// How many folders deep below the repository's root its files lie, where it also holds other things.
    depth: Option<usize>,
}

impl KindFolder {
    fn reaches(&self, path: &str) -> bool {
        self.depth.is_none_or(|depth| path.matches('/').count() == depth)
    }
}

fn record_folders(policy: &Policy) -> Vec<KindFolder> {
    let folder = |pattern: &str| {
        let pattern = policy.path(pattern);
        let fixed: Vec<&str> =
            pattern.split('/').take_while(|part| !part.contains(['*', '?', '[', '{'])).collect();
        let named = fixed.len() == pattern.split('/').count();
        let path = if named { fixed[..fixed.len() - 1].join("/") } else { fixed.join("/") };
        let shared = path == policy.root || named;
        KindFolder {
            depth: shared.then(|| pattern.matches('/').count()),
            path: RepoPath::from(path.as_str()),
        }
    };
    policy.manifest.records.iter().map(|spec| folder(&spec.path)).collect()
}

/// Whether a file in the folder of the rules looks like one, and is read as none: its folder or its ending is
/// misspelt.
fn is_unread_rule(policy: &Policy, path: &RepoPath) -> bool {
    let Some(text) = path.as_str() else { return false };
    let Some(rest) = text.strip_prefix(policy.rules_folder.as_str()) else { return false };
    let rest = rest.trim_start_matches('/');
    looks_like_record(path) && !hidden(rest) && !crate::schema::is_rule_file(rest)
}

/// Whether a file looks like a record, in a folder that differs from that of the records in upper and lower
/// case only.
fn is_in_folder_of_other_letters(policy: &Policy, folders: &[KindFolder], path: &RepoPath) -> bool {
    let Some(text) = path.as_str() else { return false };
    let twin = |folder: &KindFolder| {
        let own = folder.path.as_str().unwrap_or_default();
        let same = text.get(..own.len()).is_some_and(|start| start.eq_ignore_ascii_case(own));
        let below = text.get(own.len()..).is_some_and(|rest| rest.starts_with('/'));
        !own.is_empty() && same && below && !text.starts_with(own)
    };
    folders.iter().any(twin) && looks_like_record(path) && policy.role_of(path).is_none() && !hidden(text)
}

fn hidden(path: &str) -> bool {
    path.split('/').any(|part| part.starts_with('.'))
}

/// Whether a file is hidden, or a grammar of imports.
fn belongs_elsewhere(policy: &Policy, path: &str) -> bool {
    let grammars = policy.manifest.imports.as_ref().map(|folder| policy.path(folder));
    hidden(path) || grammars.is_some_and(|folder| path.starts_with(&format!("{folder}/")))
}

/// Whether a file would be a record but for its ending: the same record in another of the formats that
/// records have.
fn has_other_ending(policy: &Policy, path: &RepoPath) -> bool {
    let Some((stem, ending)) = path.as_str().and_then(|path| path.rsplit_once('.')) else { return false };
    let is_record = |pattern: &str| {
        let as_pattern =
            pattern.rsplit_once('.').map(|(_, other)| RepoPath::from(format!("{stem}.{other}").as_str()));
        as_pattern.is_some_and(|path| matches!(policy.role_of(&path), Some(Role::Record(_))))
    };
    ["json", "toml"].contains(&ending.to_lowercase().as_str())
        && policy.manifest.records.iter().any(|spec| is_record(&spec.path))
}

/// Whether a file's name is that of a YAML file, or is so but for a slip: `.yml`, `.YAML`, `.yaml.txt`,
/// `.yaml~`.
fn looks_like_record(path: &RepoPath) -> bool {
    let path = path.to_string();
    let name = path.rsplit('/').next().unwrap_or(&path).to_lowercase();
    [".yaml", ".yml", ".ymal", ".yalm"].iter().any(|ending| name.contains(ending))
}
