//! `cache`: where what earlier runs learned is kept and how much it is, and removing it.

use super::args::{CacheAction, CacheArgs};
use super::cache_folder::folder;
use super::global::Global;
use super::output;
use crate::cache;
use crate::model::Failure;
use crate::render;
use crate::render::Format;
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &CacheArgs) -> Result<ExitCode, Failure> {
    if !matches!(global.format, Format::Text | Format::Json) {
        return Err(Failure::new(format!("`cache` does not write {}", global.format.name()))
            .hint("it writes text, json"));
    }
    let folder = folder(global).ok_or_else(|| {
        Failure::new("no folder for a cache is known: the user has no home")
            .hint("`--cache-dir DIR` names one")
    })?;
    let answer = match args.action {
        CacheAction::Info => {
            let files = cache::files(&folder);
            let bytes: u64 = files.iter().map(|(_, bytes)| bytes).sum();
            let json = serde_json::json!({
                "format": "sincewhen.cache/1",
                "folder": folder.to_string_lossy(),
                "repositories": files.len(),
                "bytes": bytes,
            });
            match global.format {
                Format::Json => render::json::write(&json),
                _ => format!(
                    "folder        {}\nrepositories  {}\nbytes         {bytes}\n",
                    folder.display(),
                    files.len()
                ),
            }
        }
        CacheAction::Clear => {
            let removed = cache::clear(&folder)
                .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
            match global.format {
                Format::Json => render::json::write(
                    &serde_json::json!({"format": "sincewhen.cache/1", "removed": removed}),
                ),
                _ if removed == 1 => "removed what was kept of 1 repository\n".to_owned(),
                _ => format!("removed what was kept of {removed} repositories\n"),
            }
        }
    };
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}
