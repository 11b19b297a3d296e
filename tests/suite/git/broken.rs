//! Clones that do not hold everything, or hold something else: each is answered rightly, qualified or refused
//! in words.

use crate::git::history::{listed, random_history, walked};
use crate::git::sandbox::{Edit, Sandbox, Stream, command, feed, git_bytes};
use sincewhen::git::{GitError, Reach, Repository, Unsupported};
use sincewhen::model::RepoPath;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn root() -> RepoPath {
    RepoPath::from("")
}

/// A clone over `file://`, with these options, of ten commits and a side line.
fn cloned(options: &[&str]) -> (Sandbox, PathBuf) {
    let mut stream = Stream::default();
    let mut last = Vec::new();
    for number in 0..10 {
        let text = format!("version {number}");
        let path = format!("data/{}", number % 3);
        last =
            vec![stream.commit("main", &last, 1000 + number, &[Edit::Put(path.as_bytes(), text.as_bytes())])];
    }
    let side = stream.commit("side", &[4], 2000, &[Edit::Put(b"data/side", b"s")]);
    stream.commit("main", &[last[0], side], 3000, &[Edit::Put(b"data/side", b"s")]);
    let sandbox = Sandbox::imported(&stream);
    sandbox.run(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.run(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let url = format!("file://{}", sandbox.path("repo").display());
    let mut arguments = vec!["clone", "-q"];
    arguments.extend(options);
    arguments.extend([&url, "clone"]);
    sandbox.git(&arguments);
    let clone = sandbox.path("clone");
    (sandbox, clone)
}

#[test]
fn shallow_clones_know_their_boundary() {
    for depth in ["1", "3"] {
        let (sandbox, clone) = cloned(&["--depth", depth]);
        let boundaries: BTreeSet<_> = std::fs::read_to_string(clone.join(".git/shallow"))
            .expect("ours")
            .lines()
            .map(str::to_owned)
            .collect();
        sandbox.git(&["-C", "clone", "worktree", "add", "-q", "../linked"]);
        for folder in [clone.clone(), sandbox.path("linked")] {
            let repository = Repository::discover(&folder).expect("ours");
            assert!(repository.is_shallow());
            let history =
                repository.history(&repository.head().expect("ours"), &RepoPath::from("data")).expect("ours");
            assert_eq!(walked(&history), listed(&folder, "HEAD", "data"));
            let marked = history
                .commits
                .iter()
                .filter(|node| node.boundary)
                .map(|node| node.id().to_string())
                .collect();
            assert_eq!(boundaries, marked);
            let Reach::Shallow { boundaries: known } = &history.horizon.reach else {
                panic!("{:?}", history.horizon)
            };
            assert_eq!(boundaries, known.iter().map(|id| id.to_string()).collect());
            assert!(history.horizon.hints()[0].contains("git fetch --unshallow"));
            assert!(repository.horizon().is_shallow());
            let error = repository.resolve("HEAD~9").expect_err("broken on purpose");
            assert!(matches!(error, GitError::UnknownRevision { shallow: true, .. }), "{error:?}");
            assert!(error.hints()[0].contains("--unshallow"));
            let head = repository.head().expect("ours");
            assert_eq!(repository.merge_base(&head, &head).expect("ours"), Some(head));
            assert_eq!(
                repository.commit_at_or_before(&head, chrono::DateTime::UNIX_EPOCH).expect("ours"),
                None
            );
        }
        sandbox.git(&["-C", "clone", "fetch", "-q", "--unshallow"]);
        let repository = Repository::open(&clone).expect("ours");
        assert!(
            repository
                .history(&repository.head().expect("ours"), &root())
                .expect("ours")
                .horizon
                .is_complete()
        );
    }
}

#[test]
fn partial_clones_tell_history_but_not_contents() {
    let (sandbox, clone) = cloned(&["--filter=blob:none", "--no-checkout"]);
    let repository = Repository::open(&clone).expect("ours");
    let history =
        repository.history(&repository.head().expect("ours"), &RepoPath::from("data")).expect("ours");
    assert!(history.horizon.partial && !history.horizon.is_complete() && !history.horizon.is_shallow());
    assert_eq!(walked(&history), listed(&sandbox.path("repo"), "main", "data"));
    let blob = history.touches[0].entry.expect("ours").blob();
    for error in [
        repository.read_blob(&blob).expect_err("broken on purpose"),
        repository.blob_size(&blob).expect_err("broken on purpose"),
    ] {
        assert!(
            matches!(&error, GitError::MissingObject { id, partial: true } if *id == blob.to_string()),
            "{error:?}"
        );
        assert!(error.hints().iter().any(|hint| hint.contains("git fetch --refetch")));
    }
    // The first hint does fetch it.
    sandbox.git(&["-C", "clone", "cat-file", "-e", &blob.to_string()]);
    assert!(Repository::open(&clone).expect("ours").read_blob(&blob).is_ok());
    let (_sandbox, clone) = cloned(&["--filter=tree:0", "--no-checkout"]);
    let repository = Repository::open(&clone).expect("ours");
    let error =
        repository.history(&repository.head().expect("ours"), &root()).expect_err("broken on purpose");
    assert!(matches!(error, GitError::MissingObject { partial: true, .. }), "{error:?}");
}

#[test]
fn replacements_and_grafts_are_obeyed_and_said() {
    let mut stream = Stream::default();
    let one = stream.commit("main", &[], 1, &[Edit::Put(b"data/f", b"1")]);
    let two = stream.commit("main", &[one], 2, &[Edit::Put(b"data/f", b"2")]);
    stream.commit("main", &[two], 3, &[Edit::Put(b"data/f", b"3")]);
    let old = stream.commit("old", &[], 1, &[Edit::Put(b"data/f", b"0")]);
    stream.commit("old", &[old], 2, &[Edit::Put(b"data/g", b"0")]);
    let sandbox = Sandbox::imported(&stream);
    let repo = sandbox.path("repo");
    sandbox.run(&["replace", "--graft", "main~2", "old"]);
    let blobs =
        ["main:data/f", "main~1:data/f"].map(|name| sandbox.run(&["rev-parse", name]).trim().to_owned());
    sandbox.run(&["replace", &blobs[0], &blobs[1]]);
    let history = || {
        let repository = sandbox.open();
        repository.history(&repository.resolve("main").expect("ours"), &RepoPath::from("data")).expect("ours")
    };
    assert_eq!(history().commits.len(), 5);
    assert_eq!(sandbox.open().resolve("main~4").expect("ours"), sandbox.id("main~4"));
    assert_eq!(
        sandbox.open().merge_base(&sandbox.id("main"), &sandbox.id("old")).expect("ours"),
        Some(sandbox.id("old"))
    );
    assert_eq!(walked(&history()), listed(&repo, "main", "data"));
    assert!(history().horizon.replaced && !history().horizon.grafted);
    assert_eq!(
        sandbox.open().read_blob(&crate::support::object_id(&blobs[0].clone())).expect("ours"),
        git_bytes(&repo, &["cat-file", "blob", &blobs[0]])
    );
    sandbox.run(&["config", "core.useReplaceRefs", "false"]);
    assert_eq!(history().commits.len(), 3);
    assert!(history().horizon.is_complete());
    let graft = format!("{} {}\n", sandbox.id("main"), sandbox.id("old"));
    std::fs::write(repo.join(".git/info/grafts"), &graft).expect("ours");
    assert_eq!(walked(&history()), listed(&repo, "main", "data"));
    assert!(history().horizon.grafted && !history().horizon.replaced);
    for twice in ["{main} {old}\n{main}\n", "{main}\n{main} {old}\n"] {
        let lines = twice
            .replace("{main}", &sandbox.id("main").to_string())
            .replace("{old}", &sandbox.id("old").to_string());
        std::fs::write(repo.join(".git/info/grafts"), lines).expect("ours");
        assert_eq!(walked(&history()), listed(&repo, "main", "data"), "{twice}");
    }
    std::fs::write(repo.join(".git/info/grafts"), &graft).expect("ours");
    std::fs::write(repo.join(".git/shallow"), format!("{}\n", sandbox.id("main"))).expect("ours");
    assert_eq!(history().commits.len(), 1, "of a boundary git obeys no graft");
    assert_eq!(walked(&history()), listed(&repo, "main", "data"));
    std::fs::remove_file(repo.join(".git/shallow")).expect("ours");
    assert!(history().horizon.hints()[0].contains("info/grafts"));
    let circle = format!("{} {}\n", sandbox.id("old"), sandbox.id("main"));
    std::fs::write(
        repo.join(".git/info/grafts"),
        circle + &format!("{} {}\n", sandbox.id("main"), sandbox.id("old")),
    )
    .expect("ours");
    let repository = sandbox.open();
    let error = repository.history(&sandbox.id("main"), &root()).expect_err("broken on purpose");
    assert!(matches!(error, GitError::Corrupt { .. }), "{error:?}");
}

#[test]
fn kinds_of_repositories_the_library_cannot_read_are_refused_in_words() {
    let sandbox = Sandbox::empty();
    sandbox.git(&["init", "-q", "--object-format=sha256", "sha256"]);
    sandbox.git(&["init", "-q", "--ref-format=reftable", "reftable"]);
    sandbox.git(&["init", "-q", "strange"]);
    sandbox.git(&["-C", "strange", "config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["-C", "strange", "config", "extensions.strange", "true"]);
    sandbox.git(&["init", "-q", "partial"]);
    sandbox.git(&["-C", "partial", "config", "core.repositoryFormatVersion", "1"]);
    sandbox.git(&["-C", "partial", "config", "extensions.partialClone", "origin"]);
    let expected = [
        ("sha256", Unsupported::Sha256),
        ("reftable", Unsupported::Reftable),
        ("strange", Unsupported::Extension("strange".to_owned())),
        ("partial", Unsupported::PartialCloneExtension),
    ];
    for (name, wanted) in expected {
        for error in [
            Repository::open(&sandbox.path(name)).expect_err("broken on purpose"),
            Repository::discover(&sandbox.path(name)).expect_err("broken on purpose"),
        ] {
            assert!(matches!(&error, GitError::Unsupported { what } if *what == wanted), "{name}: {error:?}");
            assert!(error.to_string().contains("not supported by the git library"));
            assert!(!error.hints().is_empty());
        }
    }
}

#[test]
fn another_users_repository_gets_gits_own_remedy() {
    let sandbox = Sandbox::imported(&random_history(1, 3));
    let given = std::process::Command::new("chown").arg("-R").arg("12345").arg(sandbox.path("repo")).status();
    if !given.is_ok_and(|status| status.success()) {
        // Only root can give a folder away; the translation of the error is all there is to test.
        return;
    }
    for error in [
        Repository::open(&sandbox.path("repo")).expect_err("broken on purpose"),
        Repository::discover(&sandbox.path("repo/.git")).expect_err("broken on purpose"),
    ] {
        let GitError::OtherOwner { path } = &error else { panic!("{error:?}") };
        let command_line = error.hints().pop().expect("ours");
        assert!(command_line.starts_with("git config --global --add safe.directory /"), "{command_line}");
        assert!(path.starts_with(sandbox.folder.path().canonicalize().expect("ours")));
    }
}

#[test]
fn missing_and_malformed_objects_are_named() {
    let sandbox = Sandbox::new();
    sandbox.write("data/f", "one");
    sandbox.commit_all("one");
    sandbox.write("data/f", "two");
    sandbox.commit_all("two");
    let object = |name: &str| {
        let id = sandbox.run(&["rev-parse", name]).trim().to_owned();
        let path = sandbox.path("repo/.git/objects").join(&id[..2]).join(&id[2..]);
        (id, path)
    };
    let other = std::fs::read(object("HEAD~1:data/f").1).expect("ours");
    for name in ["HEAD", "HEAD~1", "HEAD~1:data", "HEAD:data/f"] {
        let (id, path) = object(name);
        let stored = std::fs::read(&path).expect("ours");
        std::fs::remove_file(&path).expect("ours");
        let repository = Repository::open(&sandbox.path("repo"));
        let tip =
            crate::support::object_id(sandbox.run(&["rev-parse", "--verify", "refs/heads/main"]).trim());
        let repository = repository.expect("ours");
        let error = match name {
            "HEAD:data/f" => {
                repository.read_blob(&crate::support::object_id(&id.clone())).expect_err("broken on purpose")
            }
            _ => repository.history(&tip, &root()).expect_err("broken on purpose"),
        };
        assert!(
            matches!(&error, GitError::MissingObject { id: missing, partial: false } if *missing == id),
            "{name}: {error:?}"
        );
        assert!(error.hints()[0].contains("git fsck"));
        for damage in [
            &other[..],
            &stored[..stored.len() / 2],
            b"",
            b"not zlib at all",
            &[&stored[..stored.len() - 3], b"xyz"].concat(),
        ] {
            let _ = std::fs::remove_file(&path);
            std::fs::write(&path, damage).expect("ours");
            let repository = sandbox.open();
            let failed = match name {
                "HEAD:data/f" => repository.read_blob(&crate::support::object_id(&id.clone())).map(|_| ()),
                _ => repository.history(&tip, &root()).map(|_| ()),
            };
            assert!(
                matches!(&failed, Err(GitError::Corrupt { what }) if what.contains(&id)),
                "{name}: {failed:?}"
            );
        }
        std::fs::remove_file(&path).expect("ours");
        std::fs::write(&path, stored).expect("ours");
    }
}

#[test]
fn a_flipped_bit_in_a_pack_never_tells_another_history() {
    let sandbox = Sandbox::imported(&random_history(9, 30));
    sandbox.run(&["repack", "-adfq"]);
    let packs = sandbox.path("repo/.git/objects/pack");
    let pack = std::fs::read_dir(packs)
        .expect("ours")
        .map(|entry| entry.expect("ours").path())
        .find(|path| path.extension().is_some_and(|e| e == "pack"));
    let pack = pack.expect("ours");
    let tip = sandbox.id("main");
    let read = || {
        let repository = Repository::open(&sandbox.path("repo"))?;
        let history = repository.history(&tip, &root())?;
        let ids: Vec<_> =
            history.touches.iter().filter_map(|touch| touch.entry).map(|entry| entry.blob()).collect();
        let contents =
            repository.read_many(&ids, |_, bytes| bytes).into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok::<_, GitError>((walked(&history), contents))
    };
    let whole = read().expect("ours");
    let bytes = std::fs::read(&pack).expect("ours");
    let mut refused = 0;
    for at in (12..bytes.len() - 20).step_by(bytes.len() / 300 + 1) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1 << (at % 8);
        std::fs::remove_file(&pack).expect("ours");
        std::fs::write(&pack, damaged).expect("ours");
        match read() {
            Ok(found) => assert!(found == whole, "byte {at}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn odd_trees_of_old_tools_are_read_as_meant() {
    let sandbox = Sandbox::new();
    let folder = sandbox.path("repo");
    let store = |kind: &str, bytes: &[u8]| {
        let id = feed(&folder, &["hash-object", "-t", kind, "-w", "--literally", "--stdin"], bytes);
        String::from_utf8(id).expect("ours").trim().to_owned()
    };
    let raw = |hex: &str| {
        (0..20).map(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).expect("ours")).collect::<Vec<u8>>()
    };
    let blob = store("blob", b"x");
    let entry = |mode: &str, name: &str, id: &str| [format!("{mode} {name}\0").as_bytes(), &raw(id)].concat();
    let commit = |tree: &str, parent: Option<&str>| {
        let parent = parent.map_or(String::new(), |parent| format!("parent {parent}\n"));
        store(
            "commit",
            format!("tree {tree}\n{parent}author A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nm\n").as_bytes(),
        )
    };
    let inner = store("tree", &entry("100644", "f", &blob));
    let parts = [entry("100644", "a", &blob), entry("40000", "b", &inner), entry("100644", "c", &blob)];
    let plain = store("tree", &parts.concat());
    let unsorted =
        store("tree", &[parts[2].clone(), parts[0].clone(), parts[1].clone(), parts[0].clone()].concat());
    let padded =
        [entry("100664", "a", &blob), entry("040000", "b", &inner), entry("100644", "c", &blob)].concat();
    let padded = store("tree", &padded);
    let first = commit(&plain, None);
    let second = commit(&unsorted, Some(&first));
    let third = commit(&padded, Some(&second));
    let repository = sandbox.open();
    let history = repository.history(&crate::support::object_id(&third.clone()), &root()).expect("ours");
    assert_eq!(history.touches.len(), 3, "{:?}", history.touches);
    assert_eq!(repository.tree(&crate::support::object_id(&third), &root()).expect("ours").len(), 3);
    let cut = parts[0][..20].to_vec();
    for malformed in [
        cut,
        b"100644 a".to_vec(),
        entry("1006x4", "a", &blob),
        entry("100644", "", &blob),
        b"\0\0\0".to_vec(),
    ] {
        let tip = crate::support::object_id(&commit(&store("tree", &malformed), Some(&first)));
        let error = repository.history(&tip, &root()).expect_err("broken on purpose");
        assert!(matches!(error, GitError::Corrupt { .. }), "{error:?}");
    }
    for malformed in ["", "tree x\n", "parent 1\n", "tree 0123\nparent\n"] {
        let tip = crate::support::object_id(&store("commit", malformed.as_bytes()));
        assert!(matches!(repository.history(&tip, &root()), Err(GitError::Corrupt { .. })), "{malformed:?}");
    }
}

#[test]
fn folders_nested_beyond_reason_are_refused() {
    let mut stream = Stream::default();
    let path = |depth: usize| [vec!["d"; depth].join("/"), "f".to_owned()].join("/");
    stream.commit("main", &[], 1, &[Edit::Put(path(1500).as_bytes(), b"deep")]);
    stream.commit("beyond", &[], 1, &[Edit::Put(path(2100).as_bytes(), b"deeper")]);
    let sandbox = Sandbox::imported(&stream);
    let repository = sandbox.open();
    let fine = sandbox.id("main");
    assert_eq!(repository.tree(&fine, &root()).expect("ours").len(), 1);
    assert_eq!(repository.history(&fine, &root()).expect("ours").touches.len(), 1);
    let tip = sandbox.id("beyond");
    for error in [
        repository.tree(&tip, &root()).expect_err("broken on purpose"),
        repository.history(&tip, &root()).expect_err("broken on purpose"),
    ] {
        assert!(matches!(&error, GitError::Corrupt { what } if what.contains("nested")), "{error:?}");
    }
}

#[test]
fn a_split_index_is_read_or_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("data/f", "one");
    sandbox.commit_all("one");
    let split =
        command(&sandbox.path("repo")).args(["update-index", "--split-index"]).output().expect("ours");
    assert!(split.status.success());
    match sandbox.open().staged_files(&root()) {
        Ok(files) => assert_eq!(files.len(), 1),
        Err(error) => {
            assert!(matches!(error, GitError::Unsupported { what: Unsupported::Index(_) }), "{error:?}")
        }
    }
}
