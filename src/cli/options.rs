//! Which dataset to open and what day it is, as the options say.

use super::global::Global;
use super::{cache_folder, output};
use crate::model::Failure;
use crate::session::Options;

/// The civil day that counts as the present.
pub(super) fn today(given: Option<&str>) -> Result<chrono::NaiveDate, Failure> {
    let Some(text) = given else { return Ok(chrono::Local::now().date_naive()) };
    text.parse()
        .ok()
        .filter(|_| text.len() == 10)
        .ok_or_else(|| Failure::new(format!("--today: `{text}` is not a day")).hint("write it as 2020-09-04"))
}

/// Which dataset to open, and as of when, as the options say.
pub(super) fn options(global: &Global) -> Result<Options, Failure> {
    Ok(Options {
        start: global.directory.clone().unwrap_or_else(|| ".".into()),
        dataset: global.dataset.clone(),
        known_at: global.known_at.clone(),
        policy_from: None,
        worktree: global.worktree,
        cache: if global.no_cache { None } else { cache_folder::folder(global) },
        today: Some(today(global.today.as_deref())?),
        build: cache_folder::tool(),
        on_note: if global.quiet { None } else { Some(output::note) },
    })
}
