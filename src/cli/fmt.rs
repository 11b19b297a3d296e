//! `fmt`: one layout for the files of a dataset; comments and meaning stay.

use super::check::count;
use super::global::Global;
use super::guard_args::FmtArgs;
use super::output;
use crate::check::fix::{self, FixedFile, OnDisk};
use crate::check::state::{DatasetFile, entries};
use crate::document::{self, FormatError};
use crate::files::{Content, FilesState};
use crate::git::Repository;
use crate::model::{Failure, RepoPath};
use crate::render::plain;
use crate::schema::Policy;
use crate::session::{find_dataset, repo_path};
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &FmtArgs) -> Result<ExitCode, Failure> {
    output::only_text(global, "fmt")?;
    let options = super::options(global)?;
    let repo = Repository::discover(&options.start)?;
    let Some(root) = repo.workdir() else {
        return Err(Failure::new("a bare repository has no working tree"));
    };
    let files = FilesState::Work.files(&repo)?;
    let policy = Policy::load(files.as_ref(), &find_dataset(&options, &repo, files.as_ref())?)?;
    let wanted = args.paths.iter().map(|path| repo_path(&repo, &options.start, path));
    let wanted = wanted.collect::<Result<Vec<RepoPath>, _>>()?;
    let wants =
        |path: &RepoPath| wanted.is_empty() || wanted.iter().any(|prefix| prefix.is_at_or_above(path));
    let entries = entries(files.as_ref(), &policy, &wants)?;
    if entries.is_empty() && !global.quiet {
        output::note("none of these files belongs to the dataset");
    }
    let (mut changed, mut refused) = (Vec::new(), 0);
    for entry in &entries {
        match formatted(root, entry) {
            Ok(edited) => changed.extend(edited),
            Err(failure) => {
                refused += 1;
                output::aside(&failure.message);
            }
        }
    }
    finish(global, args, &changed, refused)
}

/// A file in its canonical form, if that is another than its own.
fn formatted(root: &std::path::Path, entry: &DatasetFile) -> Result<Option<FixedFile>, Failure> {
    let Content::Bytes(bytes) = &entry.content else {
        return match &entry.content {
            Content::Unreadable(words) => Err(Failure::new(words).about(&entry.path)),
            _ => Ok(None),
        };
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(Failure::new("the text is not UTF-8").about(&entry.path));
    };
    let after = document::format(text).map_err(|error| {
        let (FormatError::Problem { span, .. } | FormatError::Refused { span, .. }) = &error;
        let reading = document::read(bytes, &document::ReadOptions::lenient());
        let at = reading.place(span.start);
        Failure::new(format!("{}:{}:{}: {error}", entry.path, at.line, at.column))
    })?;
    let Some(name) = entry.path.as_str() else { return Ok(None) };
    if after.as_bytes() == bytes.as_slice() {
        return Ok(None);
    }
    let location = root.join(name);
    let disk = OnDisk::read(&entry.path, &location, bytes)?;
    Ok(disk.map(|disk| disk.with(&entry.path, location, after, 1)))
}

fn finish(
    global: &Global,
    args: &FmtArgs,
    changed: &[FixedFile],
    refused: usize,
) -> Result<ExitCode, Failure> {
    let mut answer = String::new();
    for edited in changed {
        if args.diff {
            let before = String::from_utf8_lossy(&edited.before);
            answer.push_str(&plain(&fix::unified(&edited.file, &before, &edited.after)));
            continue;
        }
        if !args.check {
            fix::write(edited)?;
        }
        answer.push_str(&format!("{}\n", plain(&edited.file.to_string()).replace('\n', " ")));
    }
    output::write(global, &answer)?;
    if refused > 0 {
        return Err(Failure::new(format!("{} could not be formatted", count(refused, "file"))));
    }
    let failed = (args.check || args.diff) && !changed.is_empty();
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
