//! A walk that knows what earlier walks learned finds the same as one that does not, and reads new commits
//! only.

use crate::git::history::random_history;
use crate::git::sandbox::{Dice, Edit, Sandbox, Stream};
use sincewhen::git::{CommitFacts, GitError, History, Repository, WalkMemory};
use sincewhen::model::{ObjectId, RepoPath};
use std::collections::BTreeSet;

/// Everything that a history says.
fn said(history: &History) -> String {
    format!("{:?}\n{:?}\n{:?}", history.commits, history.touches, history.horizon)
}

fn ids(history: &History) -> BTreeSet<String> {
    history.commits.iter().map(|node| node.id().to_string()).collect()
}

/// All commits of a repository, whether anything refers to them or not, in an order of their own.
fn all_commits(sandbox: &Sandbox) -> Vec<ObjectId> {
    let objects =
        sandbox.run(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]);
    objects.lines().filter_map(|line| line.strip_prefix("commit ")).map(crate::support::object_id).collect()
}

/// The memory as a later run finds it.
fn kept(pages: &[CommitFacts]) -> WalkMemory {
    let mut memory = WalkMemory::default();
    for page in pages {
        let bytes = serde_json::to_vec(page).expect("plain data");
        memory.add(&serde_json::from_slice(&bytes).expect("as written")).expect("whole facts");
    }
    memory
}

#[test]
fn what_is_known_changes_no_history() {
    for seed in 1..=6 {
        let sandbox = Sandbox::imported(&random_history(seed, 40));
        let commits = all_commits(&sandbox);
        assert!(commits.len() >= 40, "also those that no branch holds");
        let repository = sandbox.open();
        let mut dice = Dice(seed);
        for prefix in ["", "data", "data/b", "nowhere"].map(RepoPath::from) {
            let mut memory = WalkMemory::default();
            let (mut pages, mut known) = (Vec::new(), BTreeSet::new());
            for _ in 0..12 {
                let tip = &commits[dice.below(commits.len())];
                let wanted = repository.history(tip, &prefix).expect("ours");
                let walked = repository.history_beyond(&memory, tip, &prefix).expect("ours");
                assert_eq!(said(&walked), said(&wanted), "seed {seed}, {prefix}, {tip}");
                let read: BTreeSet<String> =
                    walked.fresh.iter().map(|place| walked.commits[*place].id().to_string()).collect();
                assert_eq!(
                    read,
                    ids(&wanted).difference(&known).cloned().collect(),
                    "new commits, all of them and no other"
                );
                assert_eq!(wanted.fresh.len(), wanted.commits.len());
                let before = memory.len();
                memory.learn(&walked);
                known.append(&mut ids(&wanted));
                assert_eq!(memory.len(), known.len());
                pages.push(memory.facts(before));
                match dice.below(4) {
                    0 => memory = kept(&pages),
                    1 => {
                        (memory, known) = (WalkMemory::of(&walked), ids(&walked));
                        pages = vec![memory.facts(0)];
                    }
                    _ => {}
                }
            }
        }
    }
}

/// What was learned of each commit alone is enough: parents that are not known are read again.
#[test]
fn a_lost_page_is_read_again() {
    let sandbox = Sandbox::imported(&random_history(11, 40));
    let repository = sandbox.open();
    let prefix = RepoPath::from("data");
    let commits = all_commits(&sandbox);
    let mut first = WalkMemory::default();
    first.learn(&repository.history(&commits[3], &prefix).expect("ours"));
    let mut both = WalkMemory::default();
    both.add(&first.facts(0)).expect("ours");
    for tip in &commits {
        both.learn(&repository.history_beyond(&both, tip, &prefix).expect("ours"));
    }
    let mut later = WalkMemory::default();
    later.add(&both.facts(first.len())).expect("ours");
    assert_eq!(later.len(), both.len() - first.len());
    assert!(!first.is_empty() && !later.is_empty());
    for tip in &commits {
        let wanted = repository.history(tip, &prefix).expect("ours");
        assert_eq!(said(&repository.history_beyond(&later, tip, &prefix).expect("ours")), said(&wanted));
        assert_eq!(repository.history_beyond(&both, tip, &prefix).expect("ours").fresh, Vec::<usize>::new());
    }
}

#[test]
fn only_new_commits_are_read() {
    let mut stream = Stream::default();
    let mut last = None;
    for number in 0..9 {
        let text = number.to_string();
        let parents: Vec<usize> = last.into_iter().collect();
        let edits = [Edit::Put(b"data/f", text.as_bytes()), Edit::Put(b"data/deep/g", text.as_bytes())];
        last = Some(stream.commit("main", &parents, number, &edits));
    }
    let sandbox = Sandbox::imported(&stream);
    let packs = sandbox.path("repo/.git/objects/pack");
    if packs.exists() {
        let apart = sandbox.path("apart");
        std::fs::rename(&packs, &apart).expect("ours");
        for pack in std::fs::read_dir(&apart).expect("ours").map(|entry| entry.expect("ours").path()) {
            if pack.extension().is_some_and(|extension| extension == "pack") {
                crate::git::sandbox::feed(
                    &sandbox.path("repo"),
                    &["unpack-objects", "-q"],
                    &std::fs::read(pack).expect("ours"),
                );
            }
        }
    }
    let (tip, prefix) = (sandbox.id("main"), RepoPath::from("data"));
    let whole = sandbox.open().history(&tip, &prefix).expect("ours");
    let mut memory = WalkMemory::default();
    memory.learn(&sandbox.open().history(&sandbox.id("main~2"), &prefix).expect("ours"));
    let old = ["main~3", "main~5", "main~8"].into_iter();
    let names = old
        .flat_map(|old| ["^{commit}", "^{tree}", ":data", ":data/deep"].map(|part| format!("{old}{part}")));
    let ids: Vec<String> = names.map(|name| sandbox.run(&["rev-parse", &name]).trim().to_owned()).collect();
    for id in ids {
        std::fs::remove_file(sandbox.path("repo/.git/objects").join(&id[..2]).join(&id[2..])).expect("ours");
    }
    let walked = sandbox.open().history_beyond(&memory, &tip, &prefix).expect("ours");
    assert_eq!(said(&walked), said(&whole));
    assert_eq!(walked.fresh, [0, 1]);
    assert!(matches!(sandbox.open().history(&tip, &prefix), Err(GitError::MissingObject { .. })));
}

#[test]
fn facts_that_do_not_fit_together_are_refused() {
    let sandbox = Sandbox::imported(&random_history(5, 20));
    let repository: Repository = sandbox.open();
    let tip = repository.resolve("main").expect("ours");
    let memory = WalkMemory::of(&repository.history(&tip, &RepoPath::from("")).expect("ours"));
    let whole = serde_json::to_value(memory.facts(0)).expect("ours");
    let mut refused = 0;
    for field in ["ids", "commits", "parents", "paths", "touches", "entries"] {
        let length = whole[field].as_array().expect("ours").len();
        assert!(length > 0, "{field}");
        let mut cut = whole.clone();
        cut[field].as_array_mut().expect("ours").pop();
        let mut strange = whole.clone();
        let last = strange[field].as_array_mut().expect("ours").last_mut().expect("ours");
        *last = match field {
            "parents" => (-1_000_000).into(),
            "commits" | "touches" => serde_json::json!([4_000_000_000_u32, 4_000_000_000_u32]),
            _ => last.clone(),
        };
        for altered in [cut, strange] {
            let facts: CommitFacts = serde_json::from_value(altered).expect("ours");
            refused += usize::from(WalkMemory::default().add(&facts).is_none());
        }
    }
    assert!(refused >= 7, "{refused}");
    assert!(WalkMemory::default().add(&serde_json::from_value(whole).expect("ours")).is_some());
}
