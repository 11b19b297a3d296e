//! Which files are records of one kind: those that lie alike and have like fields.

use super::Candidate;
use crate::model::{Node, NodeValue};
use std::collections::{BTreeMap, BTreeSet};

/// Files of one kind.
pub(super) struct FileGroup<'c> {
    /// What the kind is called.
    pub name: String,
    /// A pattern of the paths.
    pub pattern: String,
    /// The files.
    pub files: Vec<Placed<'c>>,
}

/// A file, and what stands in its path where the pattern is open.
pub(super) struct Placed<'c> {
    pub candidate: &'c Candidate,
    pub open: Vec<String>,
}

impl FileGroup<'_> {
    /// The records.
    pub fn roots(&self) -> Vec<&Node> {
        self.files.iter().map(|file| &file.candidate.document.root).collect()
    }

    /// How many places of the pattern are open.
    pub fn open(&self) -> usize {
        self.files.first().map_or(0, |file| file.open.len())
    }
}

/// Groups files by depth and first folder, then joins groups of one depth whose fields are alike.
pub(super) fn groups(files: &[Candidate]) -> Vec<FileGroup<'_>> {
    let mut piles: BTreeMap<(usize, String, String), Vec<&Candidate>> = BTreeMap::new();
    for file in files
        .iter()
        .filter(|file| matches!(&file.document.root.value, NodeValue::Map(entries) if !entries.is_empty()))
    {
        let parts: Vec<&str> = file.path.split('/').collect();
        let first = if parts.len() > 1 { parts[0].to_owned() } else { String::new() };
        let ending = file.path.rsplit('.').next().unwrap_or_default().to_owned();
        piles.entry((parts.len(), ending, first)).or_default().push(file);
    }
    let mut joined: Vec<(usize, String, Vec<&Candidate>)> = Vec::new();
    for ((depth, ending, _), files) in piles {
        let near =
            joined.iter_mut().find(|(d, e, others)| *d == depth && *e == ending && alike(others, &files));
        match near {
            Some((_, _, others)) => others.extend(files),
            None => joined.push((depth, ending, files)),
        }
    }
    by_pattern(joined.into_iter().map(|(_, _, files)| files).collect())
}

/// Piles whose files lie alike are one kind, however their fields differ: a pattern says which files are of a kind, so no two kinds
/// can have the same.
fn by_pattern(mut piles: Vec<Vec<&Candidate>>) -> Vec<FileGroup<'_>> {
    loop {
        let mut taken = BTreeSet::new();
        let groups: Vec<FileGroup<'_>> = piles.iter().map(|files| group(files.clone(), &mut taken)).collect();
        let same = (0..groups.len()).find_map(|one| {
            let other =
                (one + 1..groups.len()).find(|other| groups[*other].pattern == groups[one].pattern)?;
            Some((one, other))
        });
        let Some((one, other)) = same else { return groups };
        let more = piles.remove(other);
        piles[one].extend(more);
    }
}

/// Whether two piles of files share most of the fields that most of their files have.
fn alike(one: &[&Candidate], other: &[&Candidate]) -> bool {
    let fields = |files: &[&Candidate]| -> BTreeSet<String> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for file in files {
            for entry in file.document.root.entries() {
                *counts.entry(&entry.key).or_default() += 1;
            }
        }
        counts
            .iter()
            .filter(|(_, count)| **count * 2 > files.len())
            .map(|(key, _)| (*key).to_owned())
            .collect()
    };
    let (one, other) = (fields(one), fields(other));
    let shared = one.intersection(&other).count();
    shared * 5 >= one.union(&other).count() * 3
}

fn group<'c>(files: Vec<&'c Candidate>, taken: &mut BTreeSet<String>) -> FileGroup<'c> {
    let paths: Vec<Vec<&str>> = files.iter().map(|file| file.path.split('/').collect()).collect();
    let depth = paths[0].len();
    let ending = files[0].path.rsplit_once('.').map_or("", |(_, ending)| ending);
    let stem = |part: &str| part.strip_suffix(&format!(".{ending}")).unwrap_or(part).to_owned();
    let mut pattern = Vec::new();
    let mut open = vec![Vec::new(); files.len()];
    for at in 0..depth {
        let fixed = files.len() > 1 && paths.iter().all(|path| path[at] == paths[0][at]);
        // A single file may be the first of many: its own name is no part of the pattern.
        let alone = files.len() == 1 && at + 1 < depth;
        if fixed || alone {
            pattern.push(paths[0][at].to_owned());
            continue;
        }
        let last = at + 1 == depth;
        pattern.push(if last { format!("*.{ending}") } else { "*".to_owned() });
        for (path, open) in paths.iter().zip(&mut open) {
            open.push(if last { stem(path[at]) } else { path[at].to_owned() });
        }
    }
    let folder = pattern.iter().rev().find(|part| !part.contains('*')).cloned();
    let mut name = folder.map_or_else(|| "record".to_owned(), |folder| singular(&folder));
    let mut number = 1;
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("{}-{number}", name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-'));
    }
    let files = files.into_iter().zip(open).map(|(candidate, open)| Placed { candidate, open }).collect();
    FileGroup { name, pattern: pattern.join("/"), files }
}

/// A folder's name as the name of one of its records.
fn singular(folder: &str) -> String {
    let word: String =
        folder.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let word = word.trim_matches('-');
    let one = match word {
        word if word.ends_with("ies") && word.len() > 4 => format!("{}y", &word[..word.len() - 3]),
        word if word.ends_with('s') && !word.ends_with("ss") && word.len() > 3 => {
            word[..word.len() - 1].to_owned()
        }
        word => word.to_owned(),
    };
    if one.is_empty() { "record".to_owned() } else { one }
}
