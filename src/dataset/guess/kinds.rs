//! Which files are records of one kind, or hold many: those that lie alike and have like fields.

use super::Candidate;
use super::candidates::plain_name;
use crate::model::{Node, NodeValue};
use std::collections::{BTreeMap, BTreeSet};

/// From how many mappings on a list or a mapping is one of records.
const MANY: usize = 3;
/// From how many on it is so though the file has a name or a title, too.
const CATALOGUE: usize = 5;
/// How many times as many files there must be of one sort as of another that lies among them for the other to
/// be left out.
const FEW: usize = 8;
/// The most folders that are looked at one by one.
const FOLDERS: usize = 8;

/// Files of one kind.
pub(super) struct FileGroup<'c> {
    /// What the kind is called.
    pub name: String,
    /// A pattern of the paths.
    pub pattern: String,
    /// How many files they are.
    pub files: usize,
    /// Where many records share a file, the list or mapping of them, as a manifest writes it.
    pub items: Option<String>,
    /// The records.
    pub records: Vec<PlacedRecord<'c>>,
}

/// A record, and what stands in its file's path where the pattern is open.
pub(super) struct PlacedRecord<'c> {
    pub root: &'c Node,
    /// The key, of a value of a mapping.
    pub key: Option<&'c str>,
    pub open: Vec<String>,
}

impl FileGroup<'_> {
    /// The records.
    pub fn roots(&self) -> Vec<&Node> {
        self.records.iter().map(|record| record.root).collect()
    }

    /// How many places of the pattern are open.
    pub fn open(&self) -> usize {
        self.records.first().map_or(0, |record| record.open.len())
    }

    /// Whether they are the values of a mapping.
    pub fn is_keyed(&self) -> bool {
        self.records.iter().all(|record| record.key.is_some())
    }
}

/// Files that may be of one kind.
#[derive(Clone)]
struct Pile<'c> {
    /// Where their records are items.
    items: Option<String>,
    /// The endings of their names.
    endings: BTreeSet<String>,
    files: Vec<&'c Candidate>,
    /// Whether their pattern names each of them, as other files lie among them.
    closed: bool,
}

/// The groups, and the files that look like no records beside them.
pub(super) fn groups<'c>(title: &str, files: &'c [Candidate]) -> (Vec<FileGroup<'c>>, Vec<String>) {
    let mut piles: BTreeMap<(usize, String, Option<String>, String), Vec<&Candidate>> = BTreeMap::new();
    let places = FilePlaces::of(files);
    let neighbours = Neighbours::of(files);
    for file in files {
        let parts: Vec<&str> = file.path.split('/').collect();
        let ending = ending(&file.path);
        let may_hold = matches!(ending, "yaml" | "yml" | "json" | "toml");
        let items = items_of(&file.document.root)
            .filter(|items| may_hold && (items == "." || !neighbours.have_like(file)));
        let is_record = matches!(&file.document.root.value, NodeValue::Map(entries) if !entries.is_empty());
        if !is_record && items.is_none() {
            continue;
        }
        // Files of one record each lie in folders of their own; files of many are distinguished one by one.
        let place = match (&items, parts.len()) {
            (Some(_), _) => file.path.clone(),
            (None, _) => places.place(&parts),
        };
        let family = if ending == "yml" { "yaml" } else { ending };
        piles.entry((parts.len(), family.to_owned(), items, place)).or_default().push(file);
    }
    // Several files with a list each beside other fields are records with a list, not files of records.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, _, items, _) in piles.keys() {
        items
            .iter()
            .filter(|items| *items != ".")
            .for_each(|items| *counts.entry(items.clone()).or_default() += 1);
    }
    let mut joined: Vec<Pile<'_>> = Vec::new();
    for ((_, family, items, _), mut files) in piles {
        let items = items.filter(|items| items == "." || counts[items] == 1);
        let endings: BTreeSet<String> = files.iter().map(|file| ending(&file.path).to_owned()).collect();
        let is_near = |pile: &&mut Pile<'_>| {
            let of_family =
                pile.endings.iter().all(|one| *one == family || (one == "yml" && family == "yaml"));
            of_family && pile.items == items && alike(&pile.files, &files, items.as_deref())
        };
        match joined.iter_mut().find(is_near) {
            Some(pile) => {
                pile.files.append(&mut files);
                pile.endings.extend(endings);
            }
            None => {
                let closed = items.is_some() && files.len() == 1;
                joined.push(Pile { items, endings, files, closed });
            }
        }
    }
    for pile in &mut joined {
        pile.closed &= pile.files.len() == 1;
    }
    let outside = joined.iter_mut().flat_map(leave_outside);
    let mut left: Vec<String> = outside.collect();
    left.extend(leave_out(title, &mut joined));
    let mut groups = by_pattern(title, joined, &mut left);
    // The first kind whose pattern fits a file has it.
    groups.sort_by_key(|group| is_open(&group.pattern));
    (groups, left)
}

/// The fields of files that lie in one folder, by folder and ending.
pub struct Neighbours<'c> {
    folders: BTreeMap<(&'c str, &'c str), NeighbourFields<'c>>,
}

/// How many files there are, and how many have each field.
#[derive(Default)]
struct NeighbourFields<'c> {
    files: usize,
    fields: BTreeMap<&'c str, usize>,
}

impl<'c> Neighbours<'c> {
    /// Counts the fields of some files.
    pub fn of(files: &'c [Candidate]) -> Neighbours<'c> {
        let mut folders: BTreeMap<_, NeighbourFields<'_>> = BTreeMap::new();
        for file in files.iter().filter(|file| !file.document.root.entries().is_empty()) {
            let near = folders.entry((folder(&file.path), ending(&file.path))).or_default();
            near.files += 1;
            for entry in file.document.root.entries() {
                *near.fields.entry(&entry.key).or_default() += 1;
            }
        }
        Neighbours { folders }
    }

    /// Whether a file has what all but a few of those have among which it lies: at least two fields.
    pub fn have_like(&self, file: &Candidate) -> bool {
        let Some(near) = self.folders.get(&(folder(&file.path), ending(&file.path))) else { return false };
        let usual = near.fields.iter().filter(|(_, count)| **count * 10 >= near.files * 9);
        let usual: Vec<&str> = usual.map(|(field, _)| *field).collect();
        near.files > MANY
            && usual.len() > 1
            && usual.iter().all(|field| file.document.root.get(field).is_some())
    }
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Where files lie, as far as it distinguishes what they are.
struct FilePlaces<'c> {
    /// How many files of a name lie as deep below each folder at the root.
    names: BTreeMap<(&'c str, usize, &'c str), usize>,
    /// For each folder at the root, how many files lie in each of its own.
    folders: BTreeMap<&'c str, BTreeMap<&'c str, usize>>,
}

impl<'c> FilePlaces<'c> {
    fn of(files: &'c [Candidate]) -> FilePlaces<'c> {
        let mut places = FilePlaces { names: BTreeMap::new(), folders: BTreeMap::new() };
        for file in files {
            let parts: Vec<&str> = file.path.split('/').collect();
            *places.names.entry((parts[0], parts.len(), parts[parts.len() - 1])).or_default() += 1;
            if let [folder, inner, _, ..] = parts.as_slice() {
                *places.folders.entry(folder).or_default().entry(inner).or_default() += 1;
            }
        }
        places
    }

    /// The folder of a file, and its name where many have it.
    fn place(&self, parts: &[&str]) -> String {
        let count = |name: &str| self.names.get(&(parts[0], parts.len(), name)).copied().unwrap_or(0);
        let name = parts.last().filter(|name| count(name) >= MANY);
        let is_one = |inner: &&BTreeMap<&str, usize>| {
            inner.len() <= FOLDERS && inner.values().all(|count| *count >= CATALOGUE)
        };
        let folder = match parts {
            [] | [_] => String::new(),
            [folder, inner, _, ..] if self.folders.get(folder).filter(is_one).is_some() => {
                format!("{folder}/{inner}")
            }
            [folder, ..] => (*folder).to_owned(),
        };
        name.map_or_else(|| folder.clone(), |name| format!("{folder}:{name}"))
    }
}

/// Takes out of a pile the one or two files that lie less deep or deeper than the many of it: a page about
/// them, or one to copy.
fn leave_outside(pile: &mut Pile<'_>) -> Vec<String> {
    let depth = |file: &Candidate| file.path.matches('/').count();
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    pile.files.iter().for_each(|file| *counts.entry(depth(file)).or_default() += 1);
    let few = |count: usize| count < MANY && count * FEW * FEW < pile.files.len();
    let (outside, inside): (Vec<_>, Vec<_>) =
        pile.files.iter().copied().partition(|file| pile.items.is_none() && few(counts[&depth(file)]));
    pile.files = inside;
    outside.into_iter().map(|file| file.path.clone()).collect()
}

fn ending(path: &str) -> &str {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending)
}

/// Whether a pattern fits more than one file.
fn is_open(pattern: &str) -> bool {
    pattern.contains('*')
}

/// Where a file of many records has them: `.` for a file that is a list or a mapping of records; the name of
/// the only list of mappings beside fields that are none.
fn items_of(root: &Node) -> Option<String> {
    match &root.value {
        NodeValue::List(items) => is_list_of_maps(items, 1).then(|| ".".to_owned()),
        NodeValue::Map(entries) => {
            let values: Vec<&Node> = entries.iter().map(|entry| &entry.value).collect();
            if values.len() >= MANY
                && values.iter().all(|value| !value.entries().is_empty())
                && share_fields(&values)
            {
                return Some(".".to_owned());
            }
            // A list with nothing beside it holds records, however few there are yet.
            let least = if values.len() == 1 { 2 } else { MANY };
            let holds = |node: &Node| {
                is_list_of_maps(node.items(), least)
                    || (node.entries().len() >= MANY && {
                        let inner: Vec<&Node> = node.entries().iter().map(|entry| &entry.value).collect();
                        inner.iter().all(|value| !value.entries().is_empty()) && share_fields(&inner)
                    })
            };
            let mut holders = entries.iter().filter(|entry| holds(&entry.value));
            let only = holders.next().filter(|_| holders.next().is_none())?;
            let beside = entries.iter().filter(|entry| entry.key != only.key);
            let plain = beside.clone().all(|entry| entry.value.items().is_empty());
            // A record with a list has a name of its own beside it, but so may a catalogue have.
            let is_named =
                beside.map(|entry| plain_name(&entry.key)).any(|key| super::NAMES.contains(&key.as_str()));
            let count = only.value.items().len().max(only.value.entries().len());
            let is_catalogue = !is_named || count >= CATALOGUE;
            (plain && is_catalogue && !only.key.contains(['.', '[', '*'])).then(|| only.key.clone())
        }
        _ => None,
    }
}

fn is_list_of_maps(items: &[Node], least: usize) -> bool {
    items.len() >= least && items.iter().all(|item| !item.entries().is_empty())
}

/// Whether most of some mappings have a field in common.
fn share_fields(nodes: &[&Node]) -> bool {
    !common(nodes.iter().copied()).is_empty()
}

/// The fields that most of some mappings have.
fn common<'n>(nodes: impl Iterator<Item = &'n Node>) -> BTreeSet<&'n str> {
    let (mut counts, mut all) = (BTreeMap::<&str, usize>::new(), 0);
    for node in nodes {
        all += 1;
        node.entries().iter().for_each(|entry| *counts.entry(entry.key.as_str()).or_default() += 1);
    }
    counts.into_iter().filter(|(_, count)| count * 2 > all).map(|(key, _)| key).collect()
}

/// The records of a file: itself, or its items with their keys.
fn records<'c>(file: &'c Candidate, items: Option<&str>) -> Vec<(Option<&'c str>, &'c Node)> {
    let root = &file.document.root;
    let holder = match items {
        None => return vec![(None, root)],
        Some(".") => root,
        Some(name) => root.get(name).unwrap_or(root),
    };
    match &holder.value {
        NodeValue::List(items) => items.iter().map(|item| (None, item)).collect(),
        NodeValue::Map(entries) => {
            entries.iter().map(|entry| (Some(entry.key.as_str()), &entry.value)).collect()
        }
        _ => Vec::new(),
    }
}

/// Takes out the files that stand alone beside groups of files, in places of their own: settings, not
/// records. Says which.
fn leave_out(title: &str, piles: &mut Vec<Pile<'_>>) -> Vec<String> {
    let size = |pile: &Pile<'_>| match &pile.items {
        Some(items) => pile.files.iter().map(|file| records(file, Some(items)).len()).sum(),
        None => pile.files.len(),
    };
    if piles.iter().all(|pile| size(pile) < MANY) {
        return Vec::new();
    }
    // Files that have no field in common are of no kind.
    let is_kind = |pile: &Pile<'_>| {
        let all = pile.files.iter().flat_map(|file| records(file, pile.items.as_deref()));
        size(pile) > 1 && !common(all.map(|(_, root)| root)).is_empty()
    };
    let (kept, alone): (Vec<_>, Vec<_>) = std::mem::take(piles).into_iter().partition(is_kind);
    let mut taken = BTreeSet::new();
    let patterns: Vec<String> = kept.iter().map(|pile| group(title, pile, &mut taken).pattern).collect();
    let is_among =
        |pile: &Pile<'_>| patterns.iter().any(|pattern| is_open(pattern) && overlaps(pattern, pile));
    let (among, left): (Vec<_>, Vec<_>) = alone.into_iter().partition(is_among);
    *piles = kept.into_iter().chain(among).collect();
    left.into_iter().flat_map(|pile| pile.files).map(|file| file.path.clone()).collect()
}

/// Piles whose files lie alike are one kind, however their fields differ: a pattern says which files are of a
/// kind, so no two kinds can have the same. Files of many records that lie among others are named one by one
/// instead, and a few files that are unlike the many among which they lie are left out.
fn by_pattern<'c>(title: &str, mut piles: Vec<Pile<'c>>, left: &mut Vec<String>) -> Vec<FileGroup<'c>> {
    loop {
        let mut taken = BTreeSet::new();
        // The larger one has the name that both would have.
        let mut order: Vec<usize> = (0..piles.len()).collect();
        order.sort_by_key(|at| std::cmp::Reverse(piles[*at].files.len()));
        let mut groups: Vec<(usize, FileGroup<'_>)> =
            order.into_iter().map(|at| (at, group(title, &piles[at], &mut taken))).collect();
        groups.sort_by_key(|(at, _)| *at);
        let groups: Vec<FileGroup<'_>> = groups.into_iter().map(|(_, group)| group).collect();
        let same = (0..groups.len()).find_map(|one| {
            let overlap = |other: &usize| {
                let (a, b) = (&groups[one].pattern, &groups[*other].pattern);
                is_open(a) && is_open(b) && (overlaps(a, &piles[*other]) || overlaps(b, &piles[one]))
            };
            Some((one, (one + 1..groups.len()).find(overlap)?))
        });
        let Some((one, other)) = same else { return groups };
        if let Some(many) = [one, other].into_iter().find(|pile| piles[*pile].items.is_some()) {
            let pile = piles.remove(many);
            piles.extend(named_one_by_one(pile, left));
            continue;
        }
        let (few, many) =
            if piles[one].files.len() < piles[other].files.len() { (one, other) } else { (other, one) };
        let is_few = piles[few].files.len() * FEW <= piles[many].files.len();
        let is_unlike = !alike(&piles[few].files, &piles[many].files, None);
        if !is_few && is_unlike && split_by_folders(&mut piles, one, other) {
            continue;
        }
        let pile = piles.remove(few);
        if is_few && is_unlike {
            left.extend(pile.files.iter().map(|file| file.path.clone()));
            continue;
        }
        let many = if few < many { many - 1 } else { many };
        piles[many].files.extend(pile.files);
        piles[many].endings.extend(pile.endings);
    }
}

/// Makes a pile of each folder of two that are unlike, where they share none; false where that is not so.
fn split_by_folders(piles: &mut Vec<Pile<'_>>, one: usize, other: usize) -> bool {
    let by_folder = |pile: &Pile<'_>| {
        let mut folders: BTreeMap<String, usize> = BTreeMap::new();
        for file in &pile.files {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            *folders.entry(folder.to_owned()).or_default() += 1;
        }
        folders
    };
    let (own, others) = (by_folder(&piles[one]), by_folder(&piles[other]));
    let count = own.len() + others.len();
    let are_apart = own.keys().all(|folder| !others.contains_key(folder));
    let are_many = own.values().chain(others.values()).all(|files| *files >= MANY);
    if !are_apart || !are_many || !(3..=FOLDERS).contains(&count) {
        return false;
    }
    let second = piles.remove(one.max(other));
    let first = piles.remove(one.min(other));
    for pile in [first, second] {
        let mut folders: BTreeMap<&str, Vec<&Candidate>> = BTreeMap::new();
        for file in &pile.files {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            folders.entry(folder).or_default().push(file);
        }
        let (endings, closed) = (&pile.endings, pile.closed);
        let of_folder = |files| Pile { items: None, endings: endings.clone(), files, closed };
        piles.extend(folders.into_values().map(of_folder));
    }
    true
}

/// Files of many records, each by its own name; those of a single one are left out where others have many.
fn named_one_by_one<'c>(pile: Pile<'c>, left: &mut Vec<String>) -> Vec<Pile<'c>> {
    let count = |file: &Candidate| records(file, pile.items.as_deref()).len();
    let most = pile.files.iter().map(|file| count(file)).max().unwrap_or(0);
    let mut out = Vec::new();
    for file in &pile.files {
        if most >= MANY && count(file) < 2 {
            left.push(file.path.clone());
            continue;
        }
        let endings = BTreeSet::from([ending(&file.path).to_owned()]);
        out.push(Pile { items: pile.items.clone(), endings, files: vec![*file], closed: true });
    }
    out
}

/// Whether a pattern fits a file of another pile.
fn overlaps(pattern: &str, pile: &Pile<'_>) -> bool {
    pile.files.iter().any(|file| crate::schema::places::captures(pattern, &file.path).is_some())
}

/// Whether two piles of files share most of the fields that most of their records have.
fn alike(one: &[&Candidate], other: &[&Candidate], items: Option<&str>) -> bool {
    let fields = |files: &[&Candidate]| -> BTreeSet<String> {
        let all = files.iter().flat_map(|file| records(file, items)).map(|(_, root)| root);
        common(all).into_iter().map(str::to_owned).collect()
    };
    let (one, other) = (fields(one), fields(other));
    let shared = one.intersection(&other).count();
    shared * 5 >= one.union(&other).count() * 3
}

fn group<'c>(title: &str, pile: &Pile<'c>, taken: &mut BTreeSet<String>) -> FileGroup<'c> {
    let paths: Vec<Vec<&str>> = pile.files.iter().map(|file| file.path.split('/').collect()).collect();
    let (pattern, open) = pattern(&paths, pile);
    let folder = pattern.iter().rev().find(|part| !part.contains('*'));
    let of_file = |name: &String| name.rsplit_once('.').map(|(stem, _)| stem.to_owned());
    let named = match &pile.items {
        Some(items) if items != "." => Some(items.clone()),
        Some(_) if pile.closed && pile.files.len() == 1 => folder.and_then(of_file),
        // Files of one name, each in a folder of its own.
        None if pattern.last() == folder && pattern.len() > 1 => folder.and_then(of_file),
        _ => folder.filter(|folder| !folder.contains('{')).cloned(),
    };
    let mut name = singular(&named.unwrap_or_else(|| title.to_owned()));
    let mut number = 1;
    let around = pattern.iter().rev().skip(1).find(|part| !part.contains(['*', '{']));
    if let Some(around) = around.filter(|_| taken.contains(&name)) {
        name = format!("{}-{name}", singular(around));
    }
    while !taken.insert(name.clone()) {
        number += 1;
        name = format!("{}-{number}", name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-'));
    }
    let placed = pile.files.iter().zip(open).flat_map(|(file, open)| {
        let all = records(file, pile.items.as_deref()).into_iter();
        all.map(move |(key, root)| PlacedRecord { root, key, open: open.clone() })
    });
    FileGroup {
        name,
        pattern: pattern.join("/"),
        files: pile.files.len(),
        items: pile.items.clone(),
        records: placed.collect(),
    }
}

/// A pattern of some paths, and for each what stands where it is open.
fn pattern(paths: &[Vec<&str>], pile: &Pile<'_>) -> (Vec<String>, Vec<Vec<String>>) {
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let depths = || paths.iter().map(Vec::len);
    let (least, most) = (depths().min().unwrap_or(0), depths().max().unwrap_or(0));
    let mut pattern = Vec::new();
    let mut open = vec![Vec::new(); paths.len()];
    let is_fixed = |at: usize| paths.iter().all(|path| path[at] == paths[0][at]);
    let folders = if least == most {
        most.saturating_sub(1)
    } else {
        (0..least - 1).take_while(|at| is_fixed(*at)).count()
    };
    for at in 0..folders {
        if is_fixed(at) {
            pattern.push(paths[0][at].to_owned());
            continue;
        }
        pattern.push("*".to_owned());
        paths.iter().zip(&mut open).for_each(|(path, open)| open.push(path[at].to_owned()));
    }
    if least != most {
        pattern.push("**".to_owned());
        let between = |path: &Vec<&str>| path[folders..path.len() - 1].join("/");
        paths.iter().zip(&mut open).for_each(|(path, open)| open.push(between(path)));
    }
    let names: BTreeSet<&str> = paths.iter().filter_map(|path| path.last().copied()).collect();
    let braced = |options: Vec<String>| match options.as_slice() {
        [one] => one.clone(),
        several => format!("{{{}}}", several.join(",")),
    };
    if pile.closed || (names.len() == 1 && pile.files.len() > 1) {
        pattern.push(braced(names.into_iter().map(str::to_owned).collect()));
    } else {
        pattern.push(format!("*.{}", braced(pile.endings.iter().cloned().collect())));
        let last = |path: &Vec<&str>| stem(path.last().copied().unwrap_or_default());
        paths.iter().zip(&mut open).for_each(|(path, open)| open.push(last(path)));
    }
    (pattern, open)
}

/// A folder's name as the name of one of its records.
fn singular(folder: &str) -> String {
    let word: String =
        folder.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let word = word.trim_matches('-');
    let one = match word {
        "people" => "person".to_owned(),
        word if word.ends_with("ies") && word.len() > 4 => format!("{}y", &word[..word.len() - 3]),
        word if word.ends_with('s') && !word.ends_with("ss") && word.len() > 3 => {
            word[..word.len() - 1].to_owned()
        }
        word => word.to_owned(),
    };
    if one.is_empty() { "record".to_owned() } else { one }
}
