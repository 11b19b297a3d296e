//! Timelines that go on from those of the parent commit are those of the whole history.

use crate::support;

use sincewhen::cache::{Cache, Stamping};
use sincewhen::git::Repository;
use sincewhen::history::{DocumentStore, HistoryQuestion, Selection};
use sincewhen::schema::Policy;
use sincewhen::session::CachedHistory;
use std::path::Path;
use support::Repo;
use support::notes::{self, note};
use support::policy::MapFiles;
use support::random::{Dice, random_history};
use support::stream::{Mark, Stream, Tree};

/// The timelines of a tip, with what is kept or without it; `None` where they cannot be had.
fn timelines(made: &Repo, policy: &Policy, cache: Option<&Path>, tip: &str) -> Option<String> {
    let repo = Repository::open(made.path()).expect("a repository");
    let store = DocumentStore::new(&repo).expect("a repository");
    let kept = cache.map(|cache| Cache::open(cache, repo.common_dir()));
    let (tip, selection) = (&support::object_id(tip), &Selection::all());
    let asked = HistoryQuestion { repo: &repo, store: &store, policy, tip, selection, worktree: None };
    let history = match &kept {
        Some(cache) => CachedHistory::new(cache, "tip", "a tool", policy, &repo),
        None => CachedHistory::none(),
    };
    Some(format!("{:#?}", history.load(&asked).ok()?))
}

fn notes_policy() -> Policy {
    let files = notes::policy_files()
        .into_iter()
        .fold(MapFiles::default(), |files, (path, text)| files.with(path, text));
    files.load("").0
}

/// Editions that come one after another, and among them whatever else befalls a record: amendments, editions
/// dated earlier or with a time, contents that come back, files that are moved, copied, deleted, replaced by
/// another record's, or unreadable, and declared former names.
fn change(dice: &mut Dice, tree: &mut Tree, day: &mut u64) {
    let name = format!("n{}", dice.roll(5));
    let path = format!("notes/{name}.yaml");
    *day += 1 + dice.roll(2);
    let dated = format!("20{:02}-{:02}-{:02}", 10 + *day / 300, 1 + *day % 300 / 25, 1 + *day % 25);
    let text = note(&name, &dated, dice.roll(50) as i64);
    match dice.roll(40) {
        0 => drop(tree.remove(&path)),
        1 => drop(tree.insert(format!("notes/moved/{name}.yaml"), text.into_bytes())),
        2 => drop(tree.insert(path, note(&name, "2015-06", 3).into_bytes())),
        3 => drop(tree.insert(path, note(&name, &dated, 1).replace(&dated, "2018").into_bytes())),
        4 => drop(tree.insert(path, note(&name, &format!("{dated}T10:00:00Z"), 4).into_bytes())),
        5 => drop(tree.insert(path, note("n9", &dated, 2).into_bytes())),
        6 => drop(tree.insert(path, b"name: [".to_vec())),
        7 => {
            let former = format!("formerly: [{{name: n{}}}]\n", dice.roll(5));
            tree.insert(path, format!("{text}{former}").into_bytes());
        }
        8 => {
            if let Some(text) = tree.remove(&path) {
                tree.insert(format!("notes/other/{name}.yaml"), text);
            }
        }
        9 => drop(tree.insert("README.md".to_owned(), text.into_bytes())),
        _ => drop(tree.insert(path, text.into_bytes())),
    }
}

/// A line of commits with some merges, the newest last.
fn growing(seed: u64) -> Repo {
    let (mut dice, mut stream, mut day) = (Dice(seed), Stream::default(), 0);
    let files = notes::policy_files().into_iter();
    let mut tree: Tree = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).collect();
    for name in 0..5 {
        tree.insert(format!("notes/n{name}.yaml"), note(&format!("n{name}"), "2009-01-01", 0).into_bytes());
    }
    let mut line: Vec<(Mark, Tree)> = vec![(stream.commit("first", 1_500_000_000, &[], &tree), tree.clone())];
    for step in 0..60 {
        let mut parents = vec![line.last().expect("the first at least").0];
        if dice.roll(12) == 0 {
            let (older, side) = line[dice.roll(line.len() as u64) as usize].clone();
            let mut side = side;
            change(&mut dice, &mut side, &mut day);
            parents.push(stream.commit("beside", 1_500_000_000, &[older], &side));
        }
        // Contents that come back.
        if dice.roll(15) == 0 {
            tree = line[dice.roll(line.len() as u64) as usize].1.clone();
        }
        change(&mut dice, &mut tree, &mut day);
        line.push((stream.commit(&format!("step {step}"), 1_500_000_000, &parents, &tree), tree.clone()));
    }
    stream.write()
}

#[test]
fn a_history_that_grows_by_some_commits_a_run_is_the_same() {
    let policy = notes_policy();
    for seed in 1..=10 {
        let made = growing(seed);
        let cache = made.beside("cache");
        let mut dice = Dice(seed);
        let tips = made.git(["rev-list", "--first-parent", "--reverse", "HEAD"]);
        for tip in tips.lines().filter(|_| dice.roll(3) > 0) {
            let grown = timelines(&made, &policy, Some(&cache), tip);
            assert!(grown == timelines(&made, &policy, None, tip), "seed {seed}, {tip}");
            assert!(grown.is_some());
        }
    }
}

/// The same over histories of another make, each commit of which is asked about after its parent.
#[test]
fn a_child_goes_on_from_its_parent() {
    let policy = notes_policy();
    for seed in 11..=14 {
        let made = random_history(seed);
        for line in made.git(["rev-list", "--parents", "HEAD"]).lines() {
            let mut ids = line.split(' ');
            let (Some(child), Some(parent)) = (ids.next(), ids.next()) else { continue };
            let cache = made.beside(&format!("cache-{child}"));
            timelines(&made, &policy, Some(&cache), parent);
            let grown = timelines(&made, &policy, Some(&cache), child);
            assert!(grown == timelines(&made, &policy, None, child), "seed {seed}, {child}");
        }
    }
}

/// New editions of records that stand need nothing of the history but what is kept of the parent's
/// timelines: with what is known of commits and blobs lost, and all older commits gone, the answer is the
/// same.
#[test]
fn new_editions_are_added_to_what_is_kept() {
    let policy = notes_policy();
    let mut made = notes::repo();
    for (name, year) in [("a", 2010), ("b", 2011), ("a", 2012), ("b", 2013), ("a", 2014)] {
        made.write(&format!("notes/{name}.yaml"), note(name, &format!("{year}-01-01"), year));
        made.commit("an edition");
    }
    let cache = made.beside("cache");
    let old = made.git(["rev-list", "HEAD"]);
    assert!(timelines(&made, &policy, Some(&cache), &made.git(["rev-parse", "HEAD"])).is_some());
    for (name, year) in [("b", 2015), ("a", 2016), ("a", 2017)] {
        made.write(&format!("notes/{name}.yaml"), note(name, &format!("{year}-01-01"), year));
        made.commit("a new edition");
    }
    let tip = made.git(["rev-parse", "HEAD"]);
    let wanted = timelines(&made, &policy, None, &tip).expect("a whole repository");
    let stale = Stamping::default().part("of something else").stamp();
    let kept = Cache::open(&cache, &made.path().join(".git"));
    for name in ["walk/0", "heads/0"] {
        kept.put(name, &stale, b"");
    }
    drop(kept);
    for id in old.lines().skip(1) {
        std::fs::remove_file(made.path().join(".git/objects").join(&id[..2]).join(&id[2..])).expect("loose");
    }
    assert!(timelines(&made, &policy, Some(&cache), &tip).as_ref() == Some(&wanted));
    assert_eq!(timelines(&made, &policy, None, &tip), None);
}
