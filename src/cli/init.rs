//! `init`: a first manifest, schemas and rules for a folder of YAML files that has none.

use super::global::Global;
use super::guard_args::InitArgs;
use super::output;
use crate::files;
use crate::model::Failure;
use crate::render::plain;
use crate::rules::and_list;
use crate::schema::manifest;
use crate::session::{self, FirstManifest};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &InitArgs) -> Result<ExitCode, Failure> {
    output::only_text(global, "init")?;
    let start = super::options(global)?.start;
    let FirstManifest { guess: made, folder, place } = session::first_manifest(&start, &args.folder)?;
    let hidden = place.join("dataset").join(manifest::FILE_NAME);
    if !args.dry_run && hidden.is_file() {
        let failure = Failure::new("a manifest here would hide the dataset in the folder `dataset`");
        return Err(failure.hint("`sincewhen init DIR` makes one for the records in another folder"));
    }
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
