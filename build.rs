//! Names the version that `--version` prints: the package's, and the commit it was built from.
//!
//! A development build does not ask git, so that a commit alone recompiles nothing: it says that it is one. A
//! package of cargo's notes its commit by itself; elsewhere, where the sources are no clone, `SINCEWHEN_COMMIT`
//! names it.

use std::process::Command;

/// What a build is made of.
const SOURCES: [&str; 5] = ["src", "schema", "build.rs", "Cargo.toml", "Cargo.lock"];

fn main() {
    println!("cargo::rerun-if-env-changed=SINCEWHEN_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    let version = env("CARGO_PKG_VERSION").unwrap_or_default();
    let is_release = env("PROFILE").is_some_and(|profile| profile == "release");
    let built_from =
        match env("SINCEWHEN_COMMIT").or_else(|| is_release.then(head).flatten()).or_else(packaged) {
            Some(commit) => format!(" (commit {commit})"),
            None if is_release => String::new(),
            None => " (development build)".to_owned(),
        };
    println!("cargo::rustc-env=SINCEWHEN_VERSION={version}{built_from}");
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The commit from which `cargo package` made this folder, as it notes in the package.
fn packaged() -> Option<String> {
    // A file that is named and not there would have this run, and all be compiled, each time.
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    println!("cargo::rerun-if-changed=.cargo_vcs_info.json");
    let (_, rest) = text.split_once("\"sha1\"")?;
    let id: String =
        rest.chars().skip_while(|c| !c.is_ascii_hexdigit()).take_while(char::is_ascii_hexdigit).collect();
    (id.len() >= 10).then(|| id[..10].to_owned())
}

/// The commit that is checked out, if this is a clone of the program's own repository, and whether the sources
/// are others by now.
fn head() -> Option<String> {
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    SOURCES.iter().for_each(|source| println!("cargo::rerun-if-changed={source}"));
    if !std::path::Path::new(".git").exists() {
        return None;
    }
    let commit = git(&["rev-parse", "--short=10", "HEAD"])?;
    let changed = git(&[&["status", "--porcelain", "--untracked-files=no", "--"], &SOURCES[..]].concat())?;
    Some(if changed.is_empty() { commit } else { format!("{commit}, modified") })
}

fn git(args: &[&str]) -> Option<String> {
    let out = Command::new("git").args(args).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}
