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
                _ if looks_like_record(&file.path) => {
                    out.push(Stray { path: file.path, why: Why::Unclaimed })
                }
                _ => {}
            }
        }
    }
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

/// Whether a file is hidden, or a grammar of imports.
fn belongs_elsewhere(policy: &Policy, path: &str) -> bool {
    let grammars = policy.manifest.imports.as_ref().map(|folder| policy.path(folder));
    path.split('/').any(|part| part.starts_with('.'))
        || grammars.is_some_and(|folder| path.starts_with(&format!("{folder}/")))
}

/// Whether a file's name is that of a YAML file, or is so but for a slip: `.yml`, `.YAML`, `.yaml.txt`,
/// `.yaml~`.
fn looks_like_record(path: &RepoPath) -> bool {
    let path = path.to_string();
    let name = path.rsplit('/').next().unwrap_or(&path).to_lowercase();
    [".yaml", ".yml", ".ymal", ".yalm"].iter().any(|ending| name.contains(ending))
}
