//! `cache`: where what earlier runs learned is kept, how much it is, and away with it. Also the names that answers are kept under.

use super::args::{CacheAction, CacheArgs, Format, Global};
use super::output;
use super::session::only;
use crate::cache::{self, Cache, Stamp, Stamping};
use crate::git::Repository;
use crate::history::{Edition, Timeline};
use crate::model::Failure;
use crate::render;
use std::path::PathBuf;
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &CacheArgs) -> Result<ExitCode, Failure> {
    only(global, "cache", &[Format::Text, Format::Json])?;
    let folder = folder(global).ok_or_else(|| {
        Failure::new("no folder for a cache is known: the user has no home")
            .hint("`--cache-dir DIR` names one")
    })?;
    let answer = match args.action {
        CacheAction::Info => {
            let files = cache::files(&folder);
            let bytes: u64 = files.iter().map(|(_, bytes)| bytes).sum();
            let json = serde_json::json!({
                "format": "sincewhen.cache/1", "folder": folder.to_string_lossy(), "repositories": files.len(), "bytes": bytes
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

/// The cache of a repository; an empty one where there shall be none.
pub fn open(global: &Global, repo: &Repository) -> Cache {
    // The working tree changes from one moment to the next.
    match folder(global) {
        Some(folder) if !global.worktree && !global.no_cache => Cache::open(&folder, repo.common_dir()),
        _ => Cache::none(),
    }
}

/// Where the cache is: as asked, or the user's folder for such things (XDG Base Directory Specification 0.8; the usual places on macOS
/// and Windows).
fn folder(global: &Global) -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let users = || match std::env::consts::OS {
        "windows" => variable("LOCALAPPDATA"),
        "macos" => variable("HOME").map(|home| home.join("Library/Caches")),
        _ => variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache"))),
    };
    global.cache_dir.clone().or_else(|| Some(users()?.join("sincewhen")))
}

/// What tells this build of the tool from any other: what another build said is not what this one says.
pub fn tool() -> String {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    let file = program.map(|meta| {
        (meta.len(), meta.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()))
    });
    format!("{} {:?}", env!("CARGO_PKG_VERSION"), file.ok())
}

/// An answer's place in the cache.
pub struct Kept<'c> {
    cache: &'c Cache,
    name: String,
    stamp: Stamp,
}

impl<'c> Kept<'c> {
    /// The place of an answer of `command`, asked in the words `asked`, about some editions. Of one name only the last answer is kept:
    /// `about` is a record's name, or empty for an answer about many.
    pub fn new<'t>(
        cache: &'c Cache,
        words: &Stamp,
        (command, asked, about): (&str, &str, &str),
        editions: impl IntoIterator<Item = (&'t Timeline, &'t Edition)>,
        notes: &[String],
    ) -> Kept<'c> {
        let mut name = Stamping::default();
        name.part(command).part(asked);
        let name = format!("{command}/{}/{about}", name.stamp().short());
        let mut stamp = Stamping::default();
        if cache.is_on() {
            stamp.part(words).part(notes.join("\0"));
            for (timeline, edition) in editions {
                let revision = &edition.revision;
                stamp.part(&timeline.id.0).part(format!("{} {:?}", timeline.kind, timeline.identity));
                stamp
                    .part(edition.date.to_string())
                    .part(&revision.commit.0)
                    .part(&revision.path.0)
                    .part(&revision.blob.0);
            }
        }
        Kept { cache, name, stamp: stamp.stamp() }
    }

    /// The place of a whole answer, with what is noted beside it, to a question that names no other git revision: it holds for a
    /// `moment` of the session.
    pub fn whole(cache: &'c Cache, (command, asked): (&str, &str), moment: Stamp) -> Kept<'c> {
        let mut name = Stamping::default();
        name.part(command).part(asked);
        Kept { cache, name: format!("{command}/{}/whole", name.stamp().short()), stamp: moment }
    }

    /// The whole answer and its notes, if they are kept.
    pub fn get_whole(&self) -> Option<(String, Vec<String>)> {
        postcard::from_bytes(&self.cache.get(&self.name, &self.stamp)?).ok()
    }

    /// Keeps the whole answer and its notes.
    pub fn put_whole(&self, answer: &str, notes: &[String]) {
        if let Ok(bytes) = postcard::to_stdvec(&(answer, notes)) {
            self.cache.put(&self.name, &self.stamp, &bytes);
        }
    }

    /// The answer, if it is kept.
    pub fn get(&self) -> Option<String> {
        String::from_utf8(self.cache.get(&self.name, &self.stamp)?).ok()
    }

    /// Keeps the answer.
    pub fn put(&self, answer: &str) {
        self.cache.put(&self.name, &self.stamp, answer.as_bytes());
    }
}
