//! `init`: a first manifest, schemas and rules for a folder of YAML files that has none.

use super::global::Global;
use super::guard_args::InitArgs;
use super::output;
use crate::dataset::Reference;
use crate::dataset::guess::{Candidate, FilesFound, Guess, guess, passed_over};
use crate::document::{self, ReadOptions};
use crate::files::{self, Files};
use crate::git::{EntryKind, Repository};
use crate::model::{Failure, RepoPath};
use crate::render::plain;
use crate::rules::{Engine, and_list};
use crate::schema::{Policy, manifest};
use crate::session::repo_path;
use std::collections::BTreeMap;
use std::process::ExitCode;

/// The largest file that is looked at, in bytes.
const MAX_FILE: u64 = 4 * 1024 * 1024;

pub(super) fn run(global: &Global, args: &InitArgs) -> Result<ExitCode, Failure> {
    output::only_text(global, "init")?;
    let start = super::options(global)?.start;
    let repo = Repository::discover(&start)?;
    let folder = repo_path(&repo, &start, &args.folder)?;
    let Some(root) = repo.workdir() else {
        return Err(Failure::new("a bare repository has no working tree"));
    };
    let place = root.join(folder.as_str().ok_or_else(|| Failure::new("the folder's name is not UTF-8"))?);
    if !place.is_dir() {
        return Err(Failure::new(format!("{} is no folder", args.folder.display())));
    }
    let found = candidates(&repo, &folder)?;
    let title =
        place.file_name().map_or_else(|| "Records".to_owned(), |name| name.to_string_lossy().into_owned());
    let made = guess(&title, &found).map_err(|error| {
        Failure::new(error.to_string())
            .hint("a record is a file of fields, in YAML, JSON, TOML, or the front matter of Markdown")
    })?;
    prove(&made)?;
    let known: Vec<&String> =
        made.files.keys().filter(|path| place.join(path).symlink_metadata().is_ok()).collect();
    if let (false, Some(path)) = (args.dry_run, known.first()) {
        return Err(Failure::new(format!("{path} is there already, and nothing is overwritten"))
            .hint("`--dry-run` says what would be guessed"));
    }
    let mut answer: String =
        made.notes.iter().map(|note| format!("{}\n", plain(note).replace('\n', " "))).collect();
    let mut paths: Vec<String> = made.files.keys().cloned().collect();
    paths.sort_by_key(|path| path != manifest::FILE_NAME);
    let wrote = if args.dry_run { "would write" } else { "wrote" };
    let schemas = paths.len().saturating_sub(1);
    let listed =
        if schemas > 4 { format!("{} and {schemas} schemas in schema/", paths[0]) } else { and_list(&paths) };
    answer.push_str(&format!("{wrote} {listed}\n"));
    for (path, text) in made.files.iter().filter(|_| !args.dry_run) {
        let full = place.join(path);
        let fault = |error: std::io::Error| Failure::new(format!("{path}: {error}"));
        if let Some(parent) = full.parent() {
            std::fs::create_dir_all(parent).map_err(fault)?;
        }
        files::write::replace(&full, text.as_bytes()).map_err(fault)?;
    }
    if !args.dry_run {
        let place = if folder.0.is_empty() { String::new() } else { format!(" --dataset {folder}") };
        answer.push_str(&format!(
            "then `sincewhen{place} check --worktree`, commit, and `sincewhen{place} changelog`\n"
        ));
    }
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}

/// The files below a folder that may be records and can be read: YAML, JSON, TOML, Markdown with front
/// matter.
fn candidates(repo: &Repository, folder: &RepoPath) -> Result<FilesFound, Failure> {
    let start = if folder.0.is_empty() { String::new() } else { format!("{folder}/") };
    let (mut out, mut others, mut passed) = (Vec::new(), Vec::new(), BTreeMap::new());
    let files = repo.worktree_files(folder)?;
    // A folder with a manifest is a dataset of its own.
    let own_manifest = format!("/{}", manifest::FILE_NAME);
    let inner: Vec<String> = files
        .iter()
        .filter_map(|file| file.path.as_str()?.strip_prefix(&start)?.strip_suffix(&own_manifest))
        .map(|dataset| format!("{dataset}/"))
        .collect();
    for file in files {
        let Some(path) = file.path.as_str().and_then(|path| path.strip_prefix(&start)) else { continue };
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        let own = path == manifest::FILE_NAME
            || path == manifest::BASELINE_NAME
            || inner.iter().any(|dataset| path.starts_with(dataset));
        let read: fn(&[u8], &ReadOptions) -> document::Reading = match ending {
            "yaml" | "yml" | "json" | "toml" => document::read,
            "md" | "markdown" | "mdx" => document::read_front_matter,
            _ => continue,
        };
        if own || file.kind == EntryKind::Symlink {
            continue;
        }
        if let Some(pattern) = passed_over(path) {
            passed.insert(pattern, path.to_owned());
            continue;
        }
        let Ok(bytes) = file.read(MAX_FILE) else { continue };
        if let Some(document) = read(&bytes, &ReadOptions::lenient()).document {
            out.push(Candidate { path: path.to_owned(), document });
        } else if !matches!(ending, "yaml" | "yml" | "json" | "toml") {
            others.push(path.to_owned());
        }
    }
    Ok(FilesFound { candidates: out, others, passed })
}

/// Files in memory.
struct Proposed<'g>(&'g BTreeMap<String, String>);

impl Files for Proposed<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.0.get(path).map(|text| text.as_bytes().to_vec()))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        Ok(self
            .0
            .keys()
            .filter(|path| folder.is_empty() || path.starts_with(&format!("{folder}/")))
            .cloned()
            .collect())
    }
}

/// What is proposed must be taken by the program itself, before anything is written.
fn prove(made: &Guess) -> Result<(), Failure> {
    let files = Proposed(&made.files);
    debug_assert!(made.files.contains_key(manifest::FILE_NAME), "a guess has a manifest");
    let policy = Policy::load(&files, "")?;
    let reference = Reference::default();
    Engine::new(&policy, &reference)?;
    Ok(())
}
