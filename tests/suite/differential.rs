//! Editions against git's own words: every revision that `git log --full-history` lists stands in the
//! timeline it belongs to, under its date, with the bytes that git has for it; and nothing else does. On this
//! repository, and on histories made at random.
//!
//! What is read here is read another way: git's combined raw listing for commits, and single lines of the
//! texts for names and dates.

use crate::support;

use sincewhen::git::Repository;
use sincewhen::history::{self, Archive, DocumentStore, Edition, HistoryQuestion, Revision, Selection};
use sincewhen::model::ObjectId;
use sincewhen::schema::Policy;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use support::notes;
use support::policy::MapFiles;
use support::random::random_history;

/// One content of a file that git says a commit brought.
#[derive(Clone, Debug)]
struct Listed {
    commit: String,
    path: String,
    blob: String,
}

/// What each commit brought that none of its parents had, newest first.
fn listed(folder: &Path, below: &str) -> Vec<Listed> {
    let arguments = [
        "log",
        "--full-history",
        "--no-renames",
        "-c",
        "--raw",
        "--no-abbrev",
        "--format=commit %H",
        "HEAD",
        "--",
        below,
    ];
    let output = support::git_command(folder).args(arguments).output().expect("because git is installed");
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).expect("because these histories have plain names");
    let mut out = Vec::new();
    let mut commit = "";
    for line in text.lines() {
        if let Some(id) = line.strip_prefix("commit ") {
            commit = id;
        } else if line.starts_with(':') {
            let parents = line.bytes().take_while(|byte| *byte == b':').count();
            let (head, path) = line.split_once('\t').expect("a path");
            // Modes of all parents and the result, then their ids, then a letter for each parent.
            let words: Vec<&str> = head.trim_start_matches(':').split(' ').collect();
            let (mode, blob) = (words[parents], words[2 * parents + 1]);
            if mode == "100644" {
                out.push(Listed { commit: commit.to_owned(), path: path.to_owned(), blob: blob.to_owned() });
            }
        }
    }
    out
}

/// The contents of many objects by names as git takes them.
fn contents(folder: &Path, names: &[String]) -> Vec<Vec<u8>> {
    let mut command = Command::new("git");
    command.args(["cat-file", "--batch"]).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("because git is installed");
    let mut input = child.stdin.take().expect("because it is piped");
    let asked = names.join("\n") + "\n";
    let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
    let output = child.wait_with_output().expect("because it was started");
    writer.join().expect("no panic").expect("because git reads it");
    let mut rest = &output.stdout[..];
    let mut out = Vec::new();
    for name in names {
        let end = rest.iter().position(|byte| *byte == b'\n').expect("a header");
        let header = std::str::from_utf8(&rest[..end]).expect("a header");
        let size: usize = header
            .rsplit(' ')
            .next()
            .and_then(|size| size.parse().ok())
            .unwrap_or_else(|| panic!("{name}: {header}"));
        out.push(rest[end + 1..end + 1 + size].to_vec());
        rest = &rest[end + size + 2..];
    }
    out
}

/// The value on the line of a top-level field.
fn line_of<'t>(text: &'t str, field: &str) -> Option<&'t str> {
    let value = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    let value = value.split(" #").next()?.trim();
    Some(value.trim_matches(['"', '\'']))
}

/// By record and date, the blobs that stand there.
type Standing = BTreeMap<(String, String), BTreeSet<String>>;

fn expected(folder: &Path, policy: &Policy) -> (Standing, BTreeSet<(String, String, String)>) {
    let below = if policy.root.is_empty() { "." } else { policy.root.as_str() };
    let revisions: Vec<(usize, Listed)> = listed(folder, below)
        .into_iter()
        .filter_map(|one| Some((policy.kind_of(&one.path.as_str().into())?, one)))
        .collect();
    let ids: Vec<String> = revisions.iter().map(|(_, one)| one.blob.clone()).collect();
    let mut standing = Standing::new();
    let mut known = BTreeSet::new();
    for ((kind, one), text) in revisions.into_iter().zip(contents(folder, &ids)) {
        let text = String::from_utf8(text).expect("because these records are UTF-8");
        let spec = &policy.kinds[kind].spec;
        let name: Vec<&str> = spec.name_parts().map(|field| line_of(&text, field).expect("a name")).collect();
        let date = line_of(&text, spec.date.field()).expect("a date").to_owned();
        standing.entry((name.join("/"), date)).or_default().insert(one.blob.clone());
        known.insert((one.commit, one.path, one.blob));
    }
    (standing, known)
}

fn revisions_of(edition: &Edition) -> impl Iterator<Item = &Revision> {
    std::iter::once(&edition.revision).chain(&edition.amendments)
}

fn editions(archive: &Archive) -> impl Iterator<Item = (&str, &Edition)> {
    archive
        .timelines
        .values()
        .flat_map(|t| t.editions.iter().chain(&t.withdrawn).map(move |edition| (t.id.0.as_str(), edition)))
}

#[track_caller]
fn agree(folder: &Path, policy: &Policy) -> usize {
    let repo = Repository::open(folder).expect("a repository");
    let store = DocumentStore::new(&repo).expect("a repository");
    let tip: ObjectId = repo.head().expect("a commit");
    let selection = &Selection::all();
    let asked = HistoryQuestion { repo: &repo, store: &store, policy, tip: &tip, selection, worktree: None };
    let archive = history::load(&asked).expect("a history");
    let (wanted, known) = expected(folder, policy);
    let mut found = Standing::new();
    let mut revisions: Vec<&Revision> = Vec::new();
    for (record, edition) in editions(&archive) {
        let blobs = found.entry((record.to_owned(), edition.date.to_string())).or_default();
        for revision in revisions_of(edition) {
            assert!(blobs.insert(revision.blob.to_string()), "{record}: one content twice");
            revisions.push(revision);
        }
    }
    assert_eq!(found, wanted);
    for revision in &revisions {
        let key = (revision.commit.to_string(), revision.path.to_string(), revision.blob.to_string());
        assert!(known.contains(&key), "git lists no {key:?}");
    }
    let names: Vec<String> =
        revisions.iter().map(|revision| format!("{}:{}", revision.commit, revision.path)).collect();
    for ((revision, name), shown) in revisions.iter().zip(&names).zip(contents(folder, &names)) {
        assert!(store.bytes(&revision.blob).expect("a blob") == shown, "{name} is not what git shows");
    }
    revisions.len()
}

#[test]
fn editions_of_this_repository_are_gits() {
    let folder = support::own_repository();
    let (policy, _) = MapFiles::read_from(&folder, &["dataset", "schema"]).load("dataset");
    assert!(agree(&folder, &policy) > 1000, "the dataset has a history");
}

#[test]
fn editions_of_random_histories_are_gits() {
    let files = notes::policy_files()
        .into_iter()
        .fold(MapFiles::default(), |files, (path, text)| files.with(path, text));
    let (policy, _) = files.load("");
    for seed in 1..=12 {
        let repo = random_history(seed);
        assert!(agree(repo.path(), &policy) > 5, "seed {seed}");
    }
}

#[test]
fn answers_do_not_depend_on_the_number_of_threads() {
    let repo = random_history(99);
    let own = support::own_repository();
    let questions: [(&Path, &[&str]); 5] = [
        (repo.path(), &["log", "--format", "json"]),
        (repo.path(), &["changelog", "--continuing"]),
        (&own, &["log", "--format", "json"]),
        (&own, &["changelog", "K*", "-v"]),
        (&own, &["since", "--format", "json", "--as-of", "2024"]),
    ];
    for (folder, question) in questions {
        let mut answers = ["1", "3"].map(|threads| {
            let output = support::binary(folder)
                .args(question)
                .env("RAYON_NUM_THREADS", threads)
                .output()
                .expect("the binary");
            assert!(!output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
            (output.status.code(), output.stdout, output.stderr)
        });
        let first = answers[0].clone();
        assert!(answers.iter_mut().all(|answer| *answer == first), "{question:?}");
    }
}
