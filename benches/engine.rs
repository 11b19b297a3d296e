//! The engine's stages on this repository's own dataset: the walk over the history, timelines, reading texts,
//! comparing records, changes and observations in words; and whole runs of what is asked most often.
//!
//! Whole processes, beside other programs, are measured by `scripts/measure.sh`; `docs/performance.md` says
//! how.

use criterion::{Criterion, criterion_group, criterion_main};
use sincewhen::dataset::Reference;
use sincewhen::document::{ReadOptions, read};
use sincewhen::files::CommitFiles;
use sincewhen::git::Repository;
use sincewhen::history::{DocumentStore, HistoryQuestion, Selection, load};
use sincewhen::model::RepoPath;
use sincewhen::rules::{Edited, Engine};
use sincewhen::schema::Policy;
use sincewhen::session::edition_ref;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;

fn stages(c: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("dataset/countries");
    let mut files: Vec<_> = walk(&folder);
    files.sort();
    let texts: Vec<Vec<u8>> = files.iter().filter_map(|path| std::fs::read(path).ok()).collect();
    let longest = texts.iter().max_by_key(|text| text.len()).expect("because the dataset has records");
    c.bench_function("read the longest record", |b| {
        b.iter(|| read(black_box(longest), &ReadOptions::lenient()))
    });
    c.bench_function("read all records", |b| {
        b.iter(|| {
            texts
                .iter()
                .map(|text| read(black_box(text), &ReadOptions::lenient()).problems.len())
                .sum::<usize>()
        });
    });
    let trees: Vec<_> =
        texts.iter().filter_map(|text| read(text, &ReadOptions::lenient()).document).collect();
    c.bench_function("compare neighbouring records", |b| {
        let shape = sincewhen::schema::Shape::default();
        b.iter(|| {
            trees
                .windows(2)
                .map(|pair| sincewhen::diff::diff(&pair[0].root, &pair[1].root, &shape).len())
                .sum::<usize>()
        });
    });
}

/// From commits to timelines, and from two editions of a record to sentences.
fn histories(c: &mut Criterion) {
    let repo = Repository::discover(Path::new(env!("CARGO_MANIFEST_DIR"))).expect("because git made it");
    let head = repo.head().expect("because it has commits");
    let files = CommitFiles::new(&repo, head);
    let policy = Policy::load(&files, "dataset").expect("because its checks pass");
    let reference = Reference::load(&files, &policy).expect("because its checks pass");
    let store = DocumentStore::new(&repo).expect("because it is open");
    let selection = Selection::all();
    let asked = HistoryQuestion {
        repo: &repo,
        store: &store,
        policy: &policy,
        tip: &head,
        selection: &selection,
        worktree: None,
    };
    let mut group = c.benchmark_group("histories");
    group.sample_size(10);
    let prefix = RepoPath::from("dataset");
    group.bench_function("walk over all commits", |b| {
        b.iter(|| repo.history(&head, &prefix).expect("because all is here").commits.len());
    });
    group.bench_function("timelines of all records", |b| {
        b.iter(|| load(&asked).expect("because all is here").timelines.len());
    });
    group.finish();
    let engine = Engine::new(&policy, &reference).expect("because its checks pass");
    let archive = load(&asked).expect("because all is here");
    let longest = archive.timelines.values().max_by_key(|timeline| timeline.editions.len());
    let timeline = longest.expect("because the dataset has records");
    let subject = engine.subject(&timeline.identity, timeline.kind);
    let editions: Vec<_> = timeline
        .editions
        .iter()
        .map(|edition| (store.edition(&edition.revision).expect("because it is here"), edition_ref(edition)))
        .collect();
    let edited: Vec<Edited<'_>> =
        editions.iter().map(|(document, edition)| Edited { document, edition }).collect();
    c.bench_function("changes of the record with the most editions", |b| {
        b.iter(|| {
            edited.windows(2).map(|pair| engine.changes(&subject, pair[0], pair[1]).len()).sum::<usize>()
        });
    });
    c.bench_function("observations of the record with the most editions", |b| {
        b.iter(|| edited.iter().map(|edition| engine.observations(&subject, *edition).len()).sum::<usize>());
    });
}

/// Whole runs of the program, process start included, without a cache.
fn runs(c: &mut Criterion) {
    let mut group = c.benchmark_group("runs");
    group.sample_size(10);
    let asked = [
        ("check", &["check"][..]),
        ("check --base", &["check", "--base", "HEAD~1"]),
        ("changelog of a record", &["changelog", "KAZ"]),
        ("report", &["report", "2025"]),
    ];
    for (name, args) in asked {
        let run = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_sincewhen"));
            command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).env("SINCEWHEN_NO_CACHE", "1");
            let output = command.output().expect("because the program was built for this");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        group.bench_function(name, |b| b.iter(run));
    }
    group.finish();
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    entries
        .flatten()
        .flat_map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] })
        .collect()
}

criterion_group!(benches, stages, histories, runs);
criterion_main!(benches);
