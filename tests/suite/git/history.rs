//! The walk against git's own listings, on histories of every shape.

use crate::git::sandbox::{Dice, Edit, Sandbox, Stream, feed, git_bytes, git_in};
use sincewhen::git::{EntryKind, GitError, History, Repository};
use sincewhen::model::{ObjectId, RepoPath};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::Path;

/// A commit's changes: path → mode and id, or deleted.
pub type Changes = BTreeMap<String, BTreeMap<Vec<u8>, Option<(u32, String)>>>;

/// What our walk says.
pub fn walked(history: &History) -> Changes {
    let mut changes: Changes =
        history.commits.iter().map(|node| (node.id().to_string(), BTreeMap::new())).collect();
    for touch in &history.touches {
        let entry = touch.entry.map(|entry| (entry.mode, entry.blob().to_string()));
        let of_commit = changes.get_mut(&history.commits[touch.commit].id().to_string()).expect("ours");
        assert!(
            of_commit.insert(touch.path().0.clone(), entry).is_none(),
            "{} twice in one commit",
            touch.path()
        );
    }
    changes
}

/// What git says about a folder or file, read independently.
pub fn listed(folder: &Path, tip: &str, prefix: &str) -> Changes {
    below(&listed_whole(folder, tip), prefix)
}

/// The changes at or below a path.
fn below(changes: &Changes, prefix: &str) -> Changes {
    let inside = |path: &[u8]| {
        prefix.is_empty() || path == prefix.as_bytes() || path.starts_with(format!("{prefix}/").as_bytes())
    };
    let kept = |of_commit: &BTreeMap<Vec<u8>, _>| {
        of_commit.clone().into_iter().filter(|(path, _)| inside(path)).collect()
    };
    changes.iter().map(|(commit, of_commit)| (commit.clone(), kept(of_commit))).collect()
}

/// The whole listing of each commit against the whole listings of its parents.
fn listed_whole(folder: &Path, tip: &str) -> Changes {
    let mut changes = Changes::new();
    let mut listings: BTreeMap<String, BTreeMap<Vec<u8>, (u32, String)>> = BTreeMap::new();
    let graph = git_in(folder, &["log", "--full-history", "--format=%H %P", tip]);
    let rows: Vec<Vec<&str>> = graph.lines().map(|line| line.split_whitespace().collect()).collect();
    for row in &rows {
        let arguments = ["ls-tree", "-r", "-z", "--full-tree", row[0]];
        let mut listing = BTreeMap::new();
        for line in git_bytes(folder, &arguments).split(|byte| *byte == 0).filter(|line| !line.is_empty()) {
            let tab = line.iter().position(|byte| *byte == b'\t').expect("ours");
            let head = std::str::from_utf8(&line[..tab]).expect("ours");
            let words: Vec<_> = head.split(' ').collect();
            listing.insert(
                line[tab + 1..].to_vec(),
                (u32::from_str_radix(words[0], 8).expect("ours"), words[2].to_owned()),
            );
        }
        listings.insert(row[0].to_owned(), listing);
    }
    let nothing = BTreeMap::new();
    for row in &rows {
        let own = &listings[row[0]];
        let mut parents: Vec<_> = row[1..].iter().map(|parent| &listings[*parent]).collect();
        if parents.is_empty() {
            parents.push(&nothing);
        }
        let paths: BTreeSet<_> = own.keys().chain(parents.iter().flat_map(|parent| parent.keys())).collect();
        let differs = |path: &&&Vec<u8>| parents.iter().all(|parent| parent.get(**path) != own.get(**path));
        let touched =
            paths.iter().filter(differs).map(|path| ((*path).clone(), own.get(*path).cloned())).collect();
        changes.insert(row[0].to_owned(), touched);
    }
    changes
}

/// The walk agrees with git's listings, for commits with one parent with `git log --full-history -- PATH`,
/// and for merges with git's combined difference, which shows what differs from all parents.
fn assert_agrees(folder: &Path, tip: &str, prefix: &str) -> History {
    assert_agrees_with(&listed_whole(folder, tip), folder, tip, prefix)
}

fn assert_agrees_with(listed: &Changes, folder: &Path, tip: &str, prefix: &str) -> History {
    let repository = Repository::open(folder).expect("ours");
    let history =
        repository.history(&repository.resolve(tip).expect("ours"), &RepoPath::from(prefix)).expect("ours");
    assert_eq!(walked(&history), below(listed, prefix));
    assert_order(&history);
    let paths: BTreeSet<_> = history.touches.iter().map(|touch| touch.path().clone()).collect();
    // git takes a path that was a folder at times for all that was in it; only compare where the name was
    // always a file's.
    let was_folder =
        |path: &str| paths.iter().any(|other| other.0.starts_with(format!("{path}/").as_bytes()));
    for path in paths.iter().filter_map(RepoPath::as_str).filter(|path| !was_folder(path)).take(12) {
        let only = format!(":(top,literal){path}");
        let log = git_in(folder, &["log", "--full-history", "--no-merges", "--format=%H", tip, "--", &only]);
        let ours = history.touches.iter().filter(|touch| touch.path().as_str() == Some(path));
        let ours = ours.map(|touch| &history.commits[touch.commit]).filter(|node| node.parents.len() < 2);
        assert_eq!(
            ours.map(|node| node.id().to_string()).collect::<BTreeSet<_>>(),
            log.lines().map(str::to_owned).collect(),
            "{path}"
        );
    }
    for (index, node) in
        history.commits.iter().enumerate().filter(|(_, node)| node.parents.len() > 1 && prefix.is_empty())
    {
        let id = node.id().to_string();
        let combined = git_bytes(
            folder,
            &["diff-tree", "-c", "-r", "-z", "--no-renames", "--name-only", "--no-commit-id", &id],
        );
        let combined = combined.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec);
        let ours =
            history.touches.iter().filter(|touch| touch.commit == index).map(|touch| touch.path().0.clone());
        assert_eq!(ours.collect::<BTreeSet<_>>(), combined.collect::<BTreeSet<_>>(), "merge {id}");
    }
    history
}

/// Parents come later, are deeper, and levels are the longest ways.
fn assert_order(history: &History) {
    let mut longest = vec![0; history.commits.len()];
    for (index, node) in history.commits.iter().enumerate() {
        assert_eq!(node.level, longest[index]);
        for parent in &node.parents {
            assert!(*parent > index);
            longest[*parent] = longest[*parent].max(node.level + 1);
        }
    }
    let ranks: BTreeSet<_> = history.commits.iter().map(|node| node.order).collect();
    assert_eq!(ranks.len(), history.commits.len());
    assert!(history.touches.is_sorted_by_key(|touch| (touch.commit, touch.path().clone())));
}

fn paths_of(history: &History, commit: &ObjectId) -> Vec<String> {
    let at = history.commits.iter().position(|node| node.id() == *commit).expect("ours");
    history.touches.iter().filter(|touch| touch.commit == at).map(|touch| touch.path().to_string()).collect()
}

/// A history of many merges, renames, type changes and deletions.
pub fn random_history(seed: u64, commits: usize) -> Stream {
    let mut dice = Dice(seed);
    let mut stream = Stream::default();
    let mut marks = Vec::new();
    for number in 0..commits {
        let mut parents = Vec::new();
        for _ in 0..[1, 1, 1, 2, 2, 3][dice.below(6)] {
            if let Some(parent) =
                marks.len().checked_sub(1 + dice.below(marks.len().clamp(1, 5))).map(|at| marks[at])
            {
                parents.push(parent);
            }
        }
        if dice.below(15) == 0 {
            parents.clear();
        }
        parents.dedup();
        parents.sort_unstable_by_key(|mark| std::cmp::Reverse(*mark));
        parents.dedup();
        let mut edits = Vec::new();
        let texts: Vec<_> = (0..4).map(|_| format!("text {}", dice.below(6))).collect();
        const PATHS: [&str; 9] =
            ["data/a", "data/a.b", "data/a/x", "data/b/c/d", "data/b/c", "other", "data-x", "data", "data/B"];
        for text in &texts[..dice.below(4)] {
            let path = PATHS[dice.below(PATHS.len())].as_bytes();
            edits.push(match dice.below(6) {
                0 => Edit::Delete(path),
                1 => Edit::PutAs("100755", path, text.as_bytes()),
                2 => Edit::PutAs("120000", path, text.as_bytes()),
                _ => Edit::Put(path, text.as_bytes()),
            });
        }
        marks.push(stream.commit("main", &parents, 1_500_000_000 + number as i64 * 60, &edits));
    }
    stream
}

#[test]
fn history_agrees_with_git_on_random_histories() {
    for seed in 1..=8 {
        let sandbox = Sandbox::imported(&random_history(seed, 40));
        let listed = listed_whole(&sandbox.path("repo"), "main");
        for prefix in ["", "data", "data/b", "data/a", "nowhere"] {
            assert_agrees_with(&listed, &sandbox.path("repo"), "main", prefix);
        }
    }
}

#[test]
fn linear_history_agrees_with_git_log_raw() {
    let mut stream = Stream::default();
    let mut dice = Dice(3);
    let mut last = stream.commit("main", &[], 1, &[Edit::Put(b"data/f0", b"start")]);
    for number in 0..60 {
        let path = format!("data/{}/f{}", dice.below(3), dice.below(5));
        let edit = if dice.below(4) == 0 {
            Edit::Delete(path.as_bytes())
        } else {
            Edit::Put(path.as_bytes(), b"some text")
        };
        let text = number.to_string();
        last = stream.commit("main", &[last], number, &[edit, Edit::Put(b"data/always", text.as_bytes())]);
    }
    let sandbox = Sandbox::imported(&stream);
    let history = assert_agrees(&sandbox.path("repo"), "main", "data");
    let raw = sandbox.run(&[
        "log",
        "--full-history",
        "--raw",
        "--no-renames",
        "--no-abbrev",
        "--format=commit %H",
        "--root",
        "main",
        "--",
        "data",
    ]);
    let mut expected = Vec::new();
    let mut commit = "";
    for line in raw.lines().filter(|line| !line.is_empty()) {
        if let Some(id) = line.strip_prefix("commit ") {
            commit = id;
        } else {
            let (head, path) = line.split_once('\t').expect("ours");
            let words: Vec<_> = head.split(' ').collect();
            expected.push(format!("{commit} {} {} {path}", words[1], words[3]));
        }
    }
    let ours = history.touches.iter().map(|touch| {
        let (mode, id) =
            touch.entry.map_or((0, "0".repeat(40)), |entry| (entry.mode, entry.blob().to_string()));
        format!("{} {mode:06o} {id} {}", history.commits[touch.commit].id(), touch.path())
    });
    assert_eq!(ours.collect::<BTreeSet<_>>(), expected.into_iter().collect());
}

#[test]
fn packed_loose_and_alternate_objects_tell_the_same() {
    let sandbox = Sandbox::imported(&random_history(77, 50));
    let loose_or_packed = || walked(&assert_agrees(&sandbox.path("repo"), "main", ""));
    let imported = loose_or_packed();
    sandbox.run(&["repack", "-adfq", "--depth=50"]);
    assert_eq!(loose_or_packed(), imported);
    sandbox.run(&["commit-graph", "write", "--reachable", "--changed-paths"]);
    sandbox.run(&["multi-pack-index", "write"]);
    assert_eq!(loose_or_packed(), imported);
    let packs = sandbox.path("repo/.git/objects/pack");
    let apart = sandbox.path("apart");
    std::fs::rename(&packs, &apart).expect("ours");
    std::fs::create_dir(&packs).expect("ours");
    for pack in std::fs::read_dir(&apart).expect("ours").map(|entry| entry.expect("ours").path()) {
        if pack.extension() == Some(OsStr::new("pack")) {
            feed(&sandbox.path("repo"), &["unpack-objects", "-q"], &std::fs::read(pack).expect("ours"));
        }
    }
    assert_eq!(loose_or_packed(), imported);
    sandbox.git(&["clone", "-q", "--shared", "--bare", "repo", "shared"]);
    assert_eq!(walked(&assert_agrees(&sandbox.path("shared"), "main", "")), imported);
    std::fs::write(sandbox.path("shared/objects/info/alternates"), "../../repo/.git/objects\n")
        .expect("ours");
    assert_eq!(walked(&assert_agrees(&sandbox.path("shared"), "main", "")), imported);
}

#[test]
fn order_does_not_depend_on_commit_times_or_threads() {
    let order = |times: &dyn Fn(usize) -> i64| {
        let mut dice = Dice(5);
        let mut stream = Stream::default();
        for number in 0..200_usize {
            let mut parents: Vec<usize> =
                (0..1 + dice.below(2)).filter_map(|_| number.checked_sub(dice.below(6))).collect();
            parents.retain(|mark| *mark > 0);
            parents.dedup();
            let path = format!("data/{}", dice.below(9));
            let text = number.to_string();
            stream.commit("main", &parents, times(number), &[Edit::Put(path.as_bytes(), text.as_bytes())]);
        }
        let sandbox = Sandbox::imported(&stream);
        let repository = sandbox.open();
        let tip = repository.resolve("main").expect("ours");
        let read = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("ours");
            let history =
                pool.install(|| sandbox.open().history(&tip, &RepoPath::from("data")).expect("ours"));
            let name =
                |index: usize| repository.commit_info(&history.commits[index].id()).expect("ours").summary;
            let commits = history.commits.iter().enumerate().map(|(index, node)| {
                (
                    name(index),
                    node.parents.iter().map(|parent| name(*parent)).collect::<Vec<_>>(),
                    node.level,
                    node.order,
                )
            });
            let touches =
                history.touches.iter().map(|touch| (touch.commit, touch.path().clone(), touch.entry));
            (commits.collect::<Vec<_>>(), touches.collect::<Vec<_>>())
        };
        assert_eq!(read(1), read(7));
        read(2)
    };
    let forwards = order(&|number| 1_000_000_000 + number as i64);
    assert_eq!(order(&|number| 1_000_000_000 - number as i64), forwards);
    assert_eq!(order(&|number| 1_000_000_000 + (number as i64 * 7919) % 1009), forwards);
    assert_eq!(order(&|_| 1_000_000_000), forwards);
}

#[test]
fn first_parents_rank_first_among_equals() {
    let mut stream = Stream::default();
    let root = stream.commit("main", &[], 9, &[Edit::Put(b"f", b"0")]);
    let side = stream.commit("main", &[root], 8, &[Edit::Put(b"f", b"side")]);
    let main = stream.commit("main", &[root], 7, &[Edit::Put(b"f", b"main")]);
    stream.commit("main", &[main, side], 6, &[Edit::Put(b"f", b"side")]);
    let sandbox = Sandbox::imported(&stream);
    let repository = sandbox.open();
    let history =
        repository.history(&repository.resolve("main").expect("ours"), &RepoPath::from("")).expect("ours");
    let summaries: Vec<_> = history
        .commits
        .iter()
        .map(|node| repository.commit_info(&node.id()).expect("ours").summary.replace("commit ", ""))
        .collect();
    assert_eq!(summaries, [4, main, side, root].map(|mark| mark.to_string()));
}

#[test]
fn merges_touch_only_what_no_parent_had() {
    let mut stream = Stream::default();
    let base = stream.commit(
        "main",
        &[],
        1,
        &[Edit::Put(b"a", b"1"), Edit::Put(b"b", b"1"), Edit::Put(b"gone", b"1")],
    );
    let left = stream.commit("main", &[base], 2, &[Edit::Put(b"a", b"left")]);
    let right = stream.commit("main", &[base], 3, &[Edit::Put(b"b", b"right"), Edit::Put(b"a", b"right")]);
    let third = stream.commit("main", &[base], 3, &[Edit::Put(b"c", b"third")]);
    let clean = stream.commit("main", &[left, right], 4, &[Edit::Put(b"b", b"right")]);
    let evil = stream.commit(
        "main",
        &[left, right],
        5,
        &[Edit::Put(b"a", b"evil"), Edit::Delete(b"gone"), Edit::Put(b"new", b"n")],
    );
    let criss = stream.commit(
        "main",
        &[clean, evil],
        6,
        &[Edit::Put(b"a", b"left"), Edit::Put(b"gone", b"1"), Edit::Delete(b"new")],
    );
    let cross = stream.commit("main", &[evil, clean], 7, &[]);
    let crossed = stream.commit("main", &[criss, cross], 8, &[]);
    let octopus = stream.commit(
        "main",
        &[crossed, third, left],
        9,
        &[Edit::Put(b"c", b"third"), Edit::Put(b"d", b"octopus")],
    );
    let other_root = stream.commit("elsewhere", &[], 10, &[Edit::Put(b"z", b"z")]);
    stream.commit("main", &[octopus, other_root], 11, &[Edit::Put(b"z", b"z")]);
    let sandbox = Sandbox::imported(&stream);
    let history = assert_agrees(&sandbox.path("repo"), "main", "");
    let touched = |mark: usize| {
        let named =
            |id: &ObjectId| sandbox.open().commit_info(id).expect("ours").summary == format!("commit {mark}");
        let id = history.commits.iter().map(|node| node.id()).find(named).expect("ours");
        paths_of(&history, &id)
    };
    assert_eq!(touched(clean), Vec::<String>::new());
    assert_eq!(
        touched(evil),
        ["a", "b", "gone", "new"]
            .map(str::to_owned)
            .into_iter()
            .filter(|path| path != "b")
            .collect::<Vec<_>>()
    );
    assert_eq!(touched(octopus), ["d"]);
    assert_eq!(touched(other_root + 1), Vec::<String>::new());
}

#[test]
fn odd_entries_links_submodules_type_changes_and_names_of_any_bytes() {
    let names: [&[u8]; 6] = [
        b"data/caf\xe9.yaml",
        b"data/\xff\xfe",
        b"data/new\nline",
        b"data/tab\t\"q\"",
        "data/é".as_bytes(),
        b"data/ ",
    ];
    let mut stream = Stream::default();
    let sub = "1234567890123456789012345678901234567890";
    let mut edits: Vec<_> = names.iter().map(|name| Edit::Put(name, b"x")).collect();
    edits.push(Edit::PutAs("120000", b"data/link", b"../../etc/passwd"));
    edits.push(Edit::PutAs("160000", b"data/sub", sub.as_bytes()));
    edits.push(Edit::Put(b"data/Case", b"1"));
    edits.push(Edit::Put(b"data/case", b"2"));
    edits.push(Edit::Put(b"data/thing", b"file"));
    let one = stream.commit("main", &[], 1, &edits);
    let two = stream.commit(
        "main",
        &[one],
        2,
        &[Edit::Put(b"data/thing/inside", b"in a folder"), Edit::Delete(b"data/Case")],
    );
    let three = stream.commit("main", &[two], 3, &[Edit::PutAs("100755", b"data/case", b"2")]);
    let four = stream.commit("main", &[three], 4, &[Edit::PutAs("160000", b"data", sub.as_bytes())]);
    let five = stream.commit("main", &[four], 5, &[Edit::PutAs("120000", b"data", b"elsewhere")]);
    stream.commit("main", &[five], 6, &[Edit::Put(b"data/thing", b"back")]);
    let sandbox = Sandbox::imported(&stream);
    for prefix in ["", "data", "data/thing", "data/case", "/data/", "./data//thing/"] {
        let plain: Vec<_> = prefix.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let repository = sandbox.open();
        let tip = repository.resolve("main").expect("ours");
        let history = repository.history(&tip, &RepoPath::from(prefix)).expect("ours");
        assert_eq!(walked(&history), listed(&sandbox.path("repo"), "main", &plain.join("/")), "{prefix}");
    }
    let repository = sandbox.open();
    let first = sandbox.id("main~5");
    let file = |path: &[u8]| repository.file_at(&first, &RepoPath(path.to_vec())).expect("ours");
    assert_eq!(file(b"data/link").expect("ours").kind(), EntryKind::Symlink);
    assert_eq!(file(b"data/sub").expect("ours").kind(), EntryKind::Submodule);
    assert_eq!(file(b"data/sub").expect("ours").blob.to_string(), sub);
    assert_eq!(file(b"data/caf\xe9.yaml").expect("ours").kind(), EntryKind::File);
    assert_eq!(file(b"data"), None);
    assert_eq!(file(b"data/thing/inside"), None);
    assert!(matches!(
        repository.read_blob(&crate::support::object_id(sub)),
        Err(GitError::MissingObject { partial: false, .. })
    ));
}
