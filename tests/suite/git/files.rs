//! Trees, blobs, the working tree and the index against the commands that show them.

use crate::git::history::random_history;
use crate::git::sandbox::{Edit, Sandbox, Stream, feed, git_bytes};
use sincewhen::git::{EntryKind, GitError};
use sincewhen::model::RepoPath;
use std::collections::BTreeSet;

#[test]
fn trees_are_listed_as_ls_tree_does() {
    let sandbox = Sandbox::imported(&random_history(21, 60));
    let repository = sandbox.open();
    for commit in sandbox.run(&["rev-list", "main"]).lines() {
        let listing = git_bytes(&sandbox.path("repo"), &["ls-tree", "-r", "-z", "--full-tree", commit]);
        let files = repository.tree(&crate::support::object_id(commit), &RepoPath::from("")).expect("ours");
        let mut ours = Vec::new();
        for file in &files {
            let head = format!("{:06o} blob {}\t", file.mode, file.blob);
            ours.extend([head.as_bytes(), &file.path.0, b"\0"].concat());
            let found = repository.file_at(&crate::support::object_id(commit), &file.path).expect("ours");
            assert_eq!(found.as_ref(), Some(file));
        }
        assert_eq!(ours, listing);
        let below =
            repository.tree(&crate::support::object_id(commit), &RepoPath::from("data/b/")).expect("ours");
        let expected: Vec<_> = files
            .into_iter()
            .filter(|file| file.path.0 == b"data/b" || file.path.0.starts_with(b"data/b/"))
            .collect();
        assert_eq!(below, expected);
    }
}

#[test]
fn packed_objects_have_the_places_that_git_gives() {
    let mut stream = Stream::default();
    let mut last = Vec::new();
    for number in 0..300 {
        let path = format!("data/{}", number % 7);
        let text = format!("text {number}\n");
        last = vec![stream.commit("main", &last, 1, &[Edit::Put(path.as_bytes(), text.as_bytes())])];
    }
    let sandbox = Sandbox::imported(&stream);
    sandbox.run(&["gc", "-q"]);
    let packs = std::path::PathBuf::from(sandbox.run(&["rev-parse", "--absolute-git-dir"]).trim());
    let packs =
        std::fs::read_dir(packs.join("objects/pack")).expect("ours").flatten().map(|file| file.path());
    let index =
        packs.into_iter().find(|file| file.extension().is_some_and(|end| end == "idx")).expect("ours");
    let listed = sandbox.run(&["verify-pack", "-v", &index.to_string_lossy()]);
    let reader = sandbox.open().reader().expect("ours");
    let places = reader.pack_order();
    let mut count = 0;
    for line in listed.lines() {
        // Name, kind, size, size in the pack, place in the pack; of a delta its depth and base.
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.len() >= 5 && words[0].len() == 40 {
            let place = places.place(&crate::support::object_id(words[0]));
            assert_eq!(place, Some((0, words[4].parse().expect("ours"))), "{line}");
            count += 1;
        }
    }
    assert!(count > 900, "commits, trees and blobs: {count}");
    assert_eq!(places.place(&crate::support::object_id(&"2".repeat(40))), None);
}

#[test]
fn blobs_one_or_many_are_those_of_cat_file() {
    let mut stream = Stream::default();
    let mut last = Vec::new();
    for number in 0..700 {
        let text = format!("{}\n{}", "the same line\n".repeat(number % 50), number / 2);
        let path = format!("data/{}", number % 7);
        last = vec![stream.commit("main", &last, 1, &[Edit::Put(path.as_bytes(), text.as_bytes())])];
    }
    let sandbox = Sandbox::imported(&stream);
    sandbox.run(&["gc", "-q"]);
    let repository = sandbox.open();
    let history = repository
        .history(&repository.resolve("main").expect("ours"), &RepoPath::from("data"))
        .expect("ours");
    let mut ids: Vec<_> = history.touches.iter().map(|touch| touch.entry.expect("ours").blob()).collect();
    ids.push(crate::support::object_id(&"2".repeat(40)));
    let read = repository.read_many(&ids, |index, bytes| (index, bytes));
    assert!(read.iter().enumerate().all(|(place, (index, _))| place == *index));
    for (id, (_, bytes)) in ids.iter().zip(read).step_by(23) {
        let git = git_bytes(&sandbox.path("repo"), &["cat-file", "blob", &id.to_string()]);
        assert_eq!(repository.blob_size(id).expect("ours"), git.len() as u64);
        assert_eq!(repository.reader().expect("ours").read(id).expect("ours"), git);
        assert_eq!(repository.read_blob(id).expect("ours"), git);
        assert_eq!(bytes.expect("ours"), git);
    }
    let missing = repository.read_many(&ids, |_, bytes| bytes).pop().expect("ours");
    assert!(matches!(missing, Err(GitError::MissingObject { partial: false, .. })));
    let tree = crate::support::object_id(sandbox.run(&["rev-parse", "main^{tree}"]).trim());
    assert!(matches!(repository.read_blob(&tree), Err(GitError::Corrupt { .. })));
    assert!(matches!(repository.blob_size(&tree), Err(GitError::Corrupt { .. })));
}

/// A working tree with a bit of everything.
fn busy_worktree() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("data/kept.yaml", "kept");
    sandbox.write("data/deep/er/changed.yaml", "before");
    sandbox.write("data/ignored-but-tracked.tmp", "tracked");
    sandbox.write("data/removed.yaml", "soon gone");
    sandbox.write("data/build/tracked", "in an ignored folder");
    sandbox.write("elsewhere/file", "x");
    sandbox.write(".gitignore", "*.tmp\nbuild/\n!keep.tmp\n");
    sandbox.run(&["add", "-A", "-f"]);
    sandbox.run(&["commit", "-qm", "one"]);
    sandbox.write("data/deep/er/changed.yaml", "after, and longer");
    sandbox.write("data/untracked.yaml", "new");
    sandbox.write("data/scratch.tmp", "ignored");
    sandbox.write("data/keep.tmp", "not ignored");
    sandbox.write("data/build/untracked", "ignored");
    sandbox.write("data/deep/.gitignore", "secret\n");
    sandbox.write("data/deep/secret", "ignored");
    sandbox.write("data/new/one", "1");
    sandbox.write("data/staged.yaml", "staged");
    sandbox.run(&["add", "data/staged.yaml"]);
    std::fs::remove_file(sandbox.path("repo/data/removed.yaml")).expect("ours");
    sandbox.git(&["init", "-q", "repo/data/nested"]);
    sandbox.write("data/nested/file", "another repository's");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc", sandbox.path("repo/data/outside")).expect("ours");
        std::os::unix::fs::symlink("kept.yaml", sandbox.path("repo/data/alias.yaml")).expect("ours");
        use std::os::unix::ffi::OsStrExt;
        let odd = sandbox.path("repo/data").join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
        std::fs::write(odd, "latin").expect("ours");
    }
    sandbox
}

#[test]
fn the_working_tree_is_listed_as_ls_files_does() {
    let sandbox = busy_worktree();
    let repository = sandbox.open();
    for prefix in ["", "data", "data/deep", "data/kept.yaml", "nowhere", "data/outside"] {
        let files = repository.worktree_files(&RepoPath::from(prefix)).expect("ours");
        let mut arguments =
            vec!["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", ":/"];
        if !prefix.is_empty() {
            arguments.pop();
            arguments.push(prefix);
        }
        let listing = git_bytes(&sandbox.path("repo"), &arguments);
        let expected: BTreeSet<_> =
            listing.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(<[u8]>::to_vec).collect();
        let gone = [b"data/removed.yaml".to_vec(), b"data/nested/".to_vec()];
        let expected: Vec<_> = expected.into_iter().filter(|path| !gone.contains(path)).collect();
        assert_eq!(files.iter().map(|file| file.path.0.clone()).collect::<Vec<_>>(), expected, "{prefix}");
    }
    let files = repository.worktree_files(&RepoPath::from("data")).expect("ours");
    let file = |path: &str| files.iter().find(|file| file.path.as_str() == Some(path)).expect("ours");
    assert_eq!(file("data/deep/er/changed.yaml").read(100).expect("ours"), b"after, and longer");
    assert!(file("data/kept.yaml").tracked && !file("data/untracked.yaml").tracked);
    assert_eq!(file("data/outside").kind, EntryKind::Symlink);
    assert_eq!(file("data/outside").read(100).expect("ours"), b"/etc");
    assert_eq!(file("data/alias.yaml").read(100).expect("ours"), b"kept.yaml");
    assert!(repository.worktree_files(&RepoPath::from("data/outside/apt")).expect("ours").is_empty());
    assert_eq!(file("data/kept.yaml").read(4).expect("ours"), b"kept");
    assert!(matches!(file("data/kept.yaml").read(3), Err(GitError::TooLarge { size: 4, limit: 3, .. })));
    let swapped = file("data/kept.yaml").clone();
    std::fs::remove_file(swapped.location()).expect("ours");
    std::os::unix::fs::symlink("/etc/passwd", swapped.location()).expect("ours");
    assert!(matches!(swapped.read(u64::MAX), Err(GitError::Io { .. })));
}

#[test]
fn the_index_is_listed_as_ls_files_stage_does() {
    let sandbox = busy_worktree();
    let staged = |prefix: &str| {
        let files = sandbox.open().staged_files(&RepoPath::from(prefix)).expect("ours");
        let line = |file: &sincewhen::git::StagedFile| {
            format!("{:06o} {} {}\t{}\n", file.mode, file.blob, file.stage, file.path)
        };
        files.iter().map(line).collect::<String>()
    };
    assert_eq!(staged(""), sandbox.run(&["ls-files", "--stage"]));
    assert_eq!(staged("data/deep"), sandbox.run(&["ls-files", "--stage", "data/deep"]));
    // An unresolved merge: every side's entry.
    let mut stream = Stream::default();
    let base = stream.commit("main", &[], 1, &[Edit::Put(b"data/f", b"0\n")]);
    stream.commit("side", &[base], 2, &[Edit::Put(b"data/f", b"side\n")]);
    stream.commit("main", &[base], 3, &[Edit::Put(b"data/f", b"main\n")]);
    let sandbox = Sandbox::imported(&stream);
    sandbox.run(&["checkout", "-q", "-f", "main"]);
    let merge = crate::git::sandbox::command(&sandbox.path("repo"))
        .args(["merge", "-q", "side"])
        .output()
        .expect("ours");
    assert!(!merge.status.success());
    let files = sandbox.open().staged_files(&RepoPath::from("data")).expect("ours");
    assert_eq!(files.iter().map(|file| file.stage).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(sandbox.open().cleanliness().expect("ours").is_dirty(&RepoPath::from("data")).expect("ours"));
}

#[test]
fn dirt_is_seen_below_the_prefix_only() {
    let sandbox = Sandbox::new();
    sandbox.write("data/a.yaml", "one\n");
    sandbox.write("data/b[1].yaml", "one\n");
    sandbox.write("data-x/a", "one\n");
    sandbox.write(".gitignore", "*.tmp\n");
    sandbox.commit_all("one");
    let repository = sandbox.open();
    let dirty = |prefix: &str| {
        repository.cleanliness().expect("ours").is_dirty(&RepoPath::from(prefix)).expect("ours")
    };
    assert!(!dirty("") && !dirty("data"));
    sandbox.write("data/x.tmp", "ignored");
    sandbox.write("data-x/new", "untracked");
    assert!(dirty("") && dirty("data-x") && !dirty("data") && !dirty("nowhere"));
    std::fs::remove_file(sandbox.path("repo/data-x/new")).expect("ours");
    // Touched, but the same: not dirty. Same size, other bytes: dirty.
    sandbox.write("data/b[1].yaml", "one\n");
    assert!(!dirty(""));
    sandbox.write("data/b[1].yaml", "two\n");
    assert!(dirty("data") && dirty("data/b[1].yaml") && !dirty("data/a.yaml"));
    sandbox.run(&["add", "-A"]);
    assert!(dirty("data"));
    sandbox.run(&["commit", "-qm", "two"]);
    assert!(!dirty(""));
    std::fs::remove_file(sandbox.path("repo/data/a.yaml")).expect("ours");
    assert!(dirty("data"));
}

#[test]
fn hashes_are_those_of_hash_object() {
    let sandbox = Sandbox::new();
    let repository = sandbox.open();
    for text in ["", "a\r\nb\r\n", "plain\n"] {
        sandbox.write("file", text);
        let git = sandbox.run(&["hash-object", "--no-filters", "file"]);
        assert_eq!(repository.hash_file(&sandbox.path("repo/file")).expect("ours").to_string(), git.trim());
        let fed = feed(&sandbox.path("repo"), &["hash-object", "--stdin"], text.as_bytes());
        assert_eq!(
            repository.hash_bytes(text.as_bytes()).expect("ours").to_string().as_bytes(),
            fed.trim_ascii()
        );
    }
    assert!(matches!(repository.hash_file(&sandbox.path("repo")), Err(GitError::Io { .. })));
    assert!(!sandbox.run(&["count-objects"]).contains("1 objects"));
}
