//! Names the version that `--version` prints: the package's, and in release builds the commit it was built
//! from.
//!
//! A development build does not ask git, so that a commit alone recompiles nothing. A package of cargo's
//! notes its commit by itself; elsewhere, where the sources are no clone, `SINCEWHEN_COMMIT` names it.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=SINCEWHEN_COMMIT");
    println!("cargo::rerun-if-changed=build.rs");
    let version = env("CARGO_PKG_VERSION").unwrap_or_default();
    let commit = env("SINCEWHEN_COMMIT").or_else(|| {
        let is_release = env("PROFILE").is_some_and(|profile| profile == "release");
        is_release.then(head).flatten().or_else(packaged)
    });
    let named = commit.map_or_else(|| version.clone(), |commit| format!("{version} (commit {commit})"));
    println!("cargo::rustc-env=SINCEWHEN_VERSION={named}");
}

fn env(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The commit from which `cargo package` made this folder, as it notes in the package.
fn packaged() -> Option<String> {
    println!("cargo::rerun-if-changed=.cargo_vcs_info.json");
    let text = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let id: String =
        rest.chars().skip_while(|c| !c.is_ascii_hexdigit()).take_while(char::is_ascii_hexdigit).collect();
    (id.len() >= 10).then(|| id[..10].to_owned())
}

/// The commit that is checked out, if this is a clone of the program's own repository.
fn head() -> Option<String> {
    println!("cargo::rerun-if-changed=.git/logs/HEAD");
    let out = Command::new("git").args(["rev-parse", "--short=10", "HEAD"]).output().ok()?;
    let own = std::path::Path::new(".git").exists();
    (out.status.success() && own).then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
}
