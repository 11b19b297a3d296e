//! Finding repositories and naming commits, as git does.

use crate::git::sandbox::{Edit, Sandbox, Stream};
use chrono::DateTime;
use sincewhen::git::{GitError, Repository};
use sincewhen::model::{ObjectId, RepoPath};

/// A time late enough for git not to read seconds as something else.
const EPOCH: i64 = 1_500_000_000;

/// root ← left, right ← two criss-cross merges ← tip, and a root of its own.
fn criss_cross() -> Sandbox {
    let mut stream = Stream::default();
    let root = stream.commit("main", &[], EPOCH + 1000, &[Edit::Put(b"data/f", b"0")]);
    let left = stream.commit("main", &[root], EPOCH + 2000, &[Edit::Put(b"data/f", b"1")]);
    let right = stream.commit("side", &[root], EPOCH + 1500, &[Edit::Put(b"data/g", b"1")]);
    stream.commit("main", &[left, right], EPOCH + 3000, &[]);
    stream.commit("side", &[right, left], EPOCH + 2500, &[]);
    stream.commit("unrelated", &[], EPOCH + 1200, &[Edit::Put(b"data/h", b"1")]);
    Sandbox::imported(&stream)
}

#[test]
fn names_of_every_sort_resolve_as_in_git() {
    let sandbox = criss_cross();
    sandbox.run(&["tag", "light", "main~1"]);
    sandbox.run(&["tag", "-a", "-m", "a tag", "heavy", "main~1"]);
    sandbox.run(&["tag", "-a", "-m", "a tag of a tag", "heavier", "heavy"]);
    sandbox.run(&["update-ref", "refs/remotes/origin/topic/x", "side"]);
    let full = sandbox.id("main").to_string();
    let repository = sandbox.open();
    let plain = "main side HEAD @ light heavy heavier heads/main refs/tags/light origin/topic/x";
    let with_steps = "HEAD~2 HEAD^2 main^2~1 @^2~1 HEAD^0 main^^ main~1~1 heavier~1 HEAD~0 side~1^1";
    let of_the_library = "heavy^{} main^{commit}~1 main@{0} main@{0}~1";
    let names = [plain, with_steps, of_the_library].into_iter().flat_map(|names| names.split(' '));
    for name in names.chain([":/commit 2", "main^{/commit 1}", &full, &full[..9]]) {
        assert_eq!(repository.resolve(name).expect("ours"), sandbox.id(name), "{name}");
    }
    assert_eq!(repository.head().expect("ours").to_string(), full);
    for name in [
        "nope",
        "main~77",
        "main~99999999999",
        "HEAD^9",
        "ffffffffffffffffffffffffffffffffffffffff",
        "",
        "a..b",
        "x y",
        "deadbeef",
        "-x",
        "main:",
    ] {
        let error = repository.resolve(name).expect_err("broken on purpose");
        match name {
            "main:" => {
                assert!(matches!(error, GitError::NotACommit { kind: "tree", .. }), "{name}: {error:?}")
            }
            _ => assert!(
                matches!(error, GitError::UnknownRevision { shallow: false, .. }),
                "{name}: {error:?}"
            ),
        }
        assert!(!error.hints().is_empty());
    }
    let blob = sandbox.run(&["rev-parse", "main:data/f"]).trim().to_owned();
    assert!(matches!(repository.resolve(&blob), Err(GitError::NotACommit { kind: "blob", .. })));
    let id = crate::support::object_id(&blob);
    assert!(matches!(repository.history(&id, &RepoPath::from("")), Err(GitError::Corrupt { .. })));
    assert!(matches!(
        repository.history(&ObjectId::worktree(), &RepoPath::from("")),
        Err(GitError::UnknownRevision { .. })
    ));
}

#[test]
fn an_abbreviation_of_two_commits_is_ambiguous() {
    let sandbox = Sandbox::new();
    let mut stream = Stream::default();
    let mut last = Vec::new();
    for number in 0..3000 {
        last = vec![stream.commit("main", &last, number, &[])];
    }
    sandbox.import(&stream);
    let list = sandbox.run(&["rev-list", "main"]);
    let mut ids: Vec<_> = list.lines().map(|id| &id[..4]).collect();
    ids.sort_unstable();
    let double =
        ids.windows(2).find(|pair| pair[0] == pair[1]).expect("3000 commits share some four digits")[0];
    assert!(matches!(sandbox.open().resolve(double), Err(GitError::AmbiguousRevision { .. })));
}

#[test]
fn merge_bases_are_gits() {
    let sandbox = criss_cross();
    let repository = sandbox.open();
    let base = |a: &str, b: &str| repository.merge_base(&sandbox.id(a), &sandbox.id(b)).expect("ours");
    for (a, b) in [("main", "main~1"), ("main~1", "side~1"), ("main", "main"), ("main^2", "main")] {
        assert_eq!(
            base(a, b).expect("ours").to_string(),
            sandbox.run(&["merge-base", a, b]).trim(),
            "{a} {b}"
        );
    }
    let all = sandbox.run(&["merge-base", "--all", "main", "side"]);
    assert_eq!(all.lines().count(), 2);
    assert!(all.lines().any(|line| line == base("main", "side").expect("ours").to_string()));
    assert_eq!(base("main", "unrelated"), None);
    let missing = crate::support::object_id(&"1".repeat(40));
    assert!(matches!(
        repository.merge_base(&sandbox.id("main"), &missing),
        Err(GitError::MissingObject { .. })
    ));
    // The same answers by the walk of its own, which grafts and shallow clones make it take.
    std::fs::write(sandbox.path("repo/.git/info/grafts"), format!("{}\n", sandbox.id("unrelated")))
        .expect("ours");
    let repository = sandbox.open();
    let base = |a: &str, b: &str| repository.merge_base(&sandbox.id(a), &sandbox.id(b)).expect("ours");
    for (a, b) in [("main", "main~1"), ("main~1", "side~1"), ("main", "main"), ("main^2", "main")] {
        assert_eq!(
            base(a, b).expect("ours").to_string(),
            sandbox.run(&["merge-base", a, b]).trim(),
            "{a} {b}"
        );
    }
    assert!(all.lines().any(|line| line == base("main", "side").expect("ours").to_string()));
    assert_eq!(base("main", "unrelated"), None);
    assert!(matches!(
        repository.merge_base(&sandbox.id("main"), &missing),
        Err(GitError::MissingObject { .. })
    ));
}

#[test]
fn what_was_held_at_a_moment_follows_first_parents() {
    let sandbox = criss_cross();
    let repository = sandbox.open();
    let tip = sandbox.id("main");
    for moment in [999, 1000, 1499, 1999, 2000, 2999, 3000, 9000].map(|moment| EPOCH + moment) {
        let time = DateTime::from_timestamp(moment, 0).expect("ours");
        let git = sandbox.run(&["rev-list", "-1", "--first-parent", &format!("--before=@{moment}"), "main"]);
        let ours = repository
            .commit_at_or_before(&tip, time)
            .expect("ours")
            .map_or(String::new(), |id| id.to_string());
        assert_eq!(ours, git.trim(), "{moment}");
    }
}

#[test]
fn discovery_from_subfolders_worktrees_bare_and_detached() {
    let sandbox = criss_cross();
    sandbox.run(&["checkout", "-q", "main"]);
    sandbox.run(&["worktree", "add", "-q", "../linked", "side"]);
    sandbox.git(&["clone", "-q", "--bare", "repo", "bare.git"]);
    let main = sandbox.id("main");
    let inside = Repository::discover(&sandbox.path("repo/data")).expect("ours");
    assert_eq!(
        inside.workdir().expect("ours").canonicalize().expect("ours"),
        sandbox.path("repo").canonicalize().expect("ours")
    );
    assert_eq!(inside.git_dir(), inside.common_dir());
    assert!(!inside.is_bare());
    let linked = Repository::discover(&sandbox.path("linked/data")).expect("ours");
    assert_eq!(linked.head().expect("ours"), sandbox.id("side"));
    assert_ne!(linked.git_dir(), linked.common_dir());
    assert!(linked.git_dir().starts_with(linked.common_dir()));
    let history = linked.history(&linked.head().expect("ours"), &RepoPath::from("data")).expect("ours");
    assert_eq!(history.commits.len(), 4);
    assert!(history.horizon.is_complete());
    for start in ["bare.git", "bare.git/objects"] {
        let bare = Repository::discover(&sandbox.path(start)).expect("ours");
        assert!(bare.is_bare());
        assert_eq!(bare.workdir(), None);
        assert_eq!(bare.history(&main, &RepoPath::from("")).expect("ours").commits.len(), 4);
        assert!(matches!(bare.worktree_files(&RepoPath::from("")), Err(GitError::NoWorkingTree { .. })));
        assert!(bare.cleanliness().is_none());
    }
    sandbox.run(&["checkout", "-q", "--detach", "main~1"]);
    assert_eq!(sandbox.open().head().expect("ours"), sandbox.id("main~1"));
}

#[test]
fn no_repository_and_no_commit() {
    let sandbox = Sandbox::empty();
    std::fs::create_dir(sandbox.path("plain")).expect("ours");
    for result in [Repository::discover(&sandbox.path("plain")), Repository::open(&sandbox.path("plain"))] {
        let error = result.expect_err("broken on purpose");
        assert!(matches!(error, GitError::NotARepository { .. }), "{error:?}");
        assert!(error.to_string().contains("plain"));
    }
    assert!(matches!(Repository::discover(&sandbox.path("nowhere")), Err(GitError::Io { .. })));
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    for name in ["HEAD", "HEAD~1"] {
        assert!(matches!(repository.resolve(name), Err(GitError::EmptyRepository { .. })), "{name}");
    }
    assert!(matches!(repository.resolve("main"), Err(GitError::UnknownRevision { .. })));
    assert!(!repository.cleanliness().expect("ours").is_dirty(&RepoPath::from("")).expect("ours"));
    assert!(repository.worktree_files(&RepoPath::from("")).expect("ours").is_empty());
}

#[test]
fn who_and_when_and_the_first_line() {
    let mut stream = Stream::default();
    stream.commit("main", &[], 1_234_567_890, &[]);
    let sandbox = Sandbox::imported(&stream);
    let tree = sandbox.run(&["rev-parse", "main^{tree}"]).trim().to_owned();
    let commit = |rest: &[u8]| {
        let text = [format!("tree {tree}\n").as_bytes(), rest].concat();
        let stored = crate::git::sandbox::feed(
            &sandbox.path("repo"),
            &["hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
            &text,
        );
        crate::support::object_id(String::from_utf8(stored).expect("ours").trim())
    };
    let ordinary = b"author \xc3\x89va <e@x> 1500000000 +0530\ncommitter B <b@x> 1500000001 \
        -0800\n\n\nfirst\nsecond \n\nthird\n";
    let latin = b"author \xc9va <e@x> 1 +0000\ncommitter B <b@x> 1 +0000\nencoding ISO-8859-1\ngpgsig x\n \
        author Fake <f@x> 9 +0000\n\nol\xe9\n";
    let sandbox_repository = sandbox.open();
    for text in [&ordinary[..], latin] {
        let id = commit(text);
        let info = sandbox_repository.commit_info(&id).expect("ours");
        let format = "--format=%an|%at|%ct|%aI|%cI|%s";
        let git = sandbox.run(&["log", "-1", format, &id.to_string()]);
        let (authored, committed) = (info.author_time, info.committer_time);
        let ours = format!(
            "{}|{}|{}|{}|{}|{}",
            info.author_name,
            authored.timestamp(),
            committed.timestamp(),
            authored.to_rfc3339(),
            committed.to_rfc3339(),
            info.summary
        );
        assert_eq!(ours.replace("+00:00", "Z"), git.trim().replace("+00:00", "Z"));
    }
    for odd in [
        &b"\n\n"[..],
        b"",
        b"author x\ncommitter\n\nm",
        b"author <> 99999999999999999999 +9999\ncommitter > < 1 +\n\n \n",
    ] {
        let info = sandbox_repository.commit_info(&commit(odd)).expect("ours");
        assert!(info.author_time.timestamp() == 0, "{info:?}");
    }
}
