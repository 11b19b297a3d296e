//! The engine's stages on this repository's own dataset: reading texts, comparing records; and whole runs of
//! what is asked most often.
//!
//! Whole processes, beside other programs, are measured by `scripts/measure.sh`; `docs/performance.md` says
//! how.

use criterion::{Criterion, criterion_group, criterion_main};
use sincewhen::document::{ReadOptions, read};
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

criterion_group!(benches, stages, runs);
criterion_main!(benches);
