//! Where the dataset is, and which commit a point in time means.

use super::{Options, dates};
use crate::files::{Files, join};
use crate::git::Repository;
use crate::model::{Failure, ObjectId, RepoPath};
use crate::schema::manifest;
use std::path::Path;

pub(super) fn known_at(repo: &Repository, head: &ObjectId, text: &str) -> Result<ObjectId, Failure> {
    let Some(date) = dates::read(text)? else { return Ok(repo.resolve(text)?) };
    let end = date.range().end.and_utc();
    repo.commit_at_or_before(head, end)?.ok_or_else(|| {
        Failure::new(format!("nothing was committed by the end of {date}"))
            .hint(format!(
                "`--as-of {date}` shows what the records stated then, whenever they were committed"
            ))
            .hint("`git log --first-parent --format='%h %ci'` lists the commits")
    })
}

/// The folder of the manifest: the one that was named, or the nearest to where the user is.
///
/// # Errors
/// There is none, or it cannot be read.
pub fn find_dataset(options: &Options, repo: &Repository, files: &dyn Files) -> Result<String, Failure> {
    let has = |folder: &str| -> Result<bool, Failure> {
        let path = join(folder, manifest::FILE_NAME);
        let read = files.read(&path).map_err(|failure| unreadable(options, repo, &path, &failure.message))?;
        Ok(read.is_some())
    };
    if let Some(named) = &options.dataset {
        let folder = join("", named);
        return if has(&folder)? {
            Ok(folder)
        } else {
            Err(Failure::new(format!("`{}` has no {}", named, manifest::FILE_NAME)))
        };
    }
    let inside = repo.workdir().and_then(|root| {
        let (root, start) = (root.canonicalize().ok()?, options.start.canonicalize().ok()?);
        Some(start.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/"))
    });
    let mut folder = inside.unwrap_or_default();
    loop {
        for candidate in [folder.clone(), join(&folder, "dataset")] {
            if has(&candidate)? {
                return Ok(candidate);
            }
        }
        match folder.rsplit_once('/') {
            Some((above, _)) => folder = above.to_owned(),
            None if folder.is_empty() => break,
            None => folder.clear(),
        }
    }
    let error =
        Failure::new(format!("no {} here, in a folder above, or in a folder `dataset`", manifest::FILE_NAME));
    let known: Vec<String> = elsewhere(files)?.iter().map(|folder| format!("`--dataset {folder}`")).collect();
    if !known.is_empty() {
        return Err(error.hint(format!("there is one elsewhere: {}", known.join(", "))));
    }
    let error = match options.worktree {
        true => error,
        false => error.hint("only committed files are read; `--worktree` reads the working tree"),
    };
    Err(error.hint("`--dataset DIR` names another folder"))
}

/// The most folders that are named as those of a dataset.
const MOST_NAMED: usize = 3;

/// Folders that have a manifest and are not looked into by default.
fn elsewhere(files: &dyn Files) -> Result<Vec<String>, Failure> {
    let ending = format!("/{}", manifest::FILE_NAME);
    let all = files.list("")?;
    let folders = all.iter().filter_map(|path| path.strip_suffix(&ending));
    Ok(folders.take(MOST_NAMED).map(str::to_owned).collect())
}

/// The dataset is here, and what it says of itself is not.
fn unreadable(options: &Options, repo: &Repository, path: &str, message: &str) -> Failure {
    let error = Failure::new(format!("{path}: {message}"));
    let mut hints = repo.horizon().hints();
    if hints.is_empty() && !options.worktree {
        hints.push("see what is damaged: `git fsck --full`".to_owned());
    }
    hints.into_iter().fold(error, |error, hint| error.hint(hint))
}

/// A path of the command line as a path from the repository's root. It must exist, in the working tree, and
/// not lie outside it.
pub fn repo_path(repo: &Repository, start: &Path, path: &Path) -> Result<RepoPath, Failure> {
    let Some(root) = repo.workdir() else {
        return Err(Failure::new("a bare repository has no working tree"));
    };
    let full = start.join(path);
    let fault = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
    // The last part may be a link, which is to be looked at itself.
    let metadata = std::fs::symlink_metadata(&full).map_err(|error| {
        let failure = fault(error);
        let is_name = path.components().count() == 1 && path.extension().is_none();
        if is_name { failure.hint("a path is expected here: a file or a folder") } else { failure }
    })?;
    let real = match (full.parent(), full.file_name()) {
        (Some(parent), Some(name)) if metadata.file_type().is_symlink() => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            parent.canonicalize().map_err(fault)?.join(name)
        }
        _ => full.canonicalize().map_err(fault)?,
    };
    let root = root.canonicalize().map_err(fault)?;
    let inside = real
        .strip_prefix(&root)
        .map_err(|_| Failure::new(format!("{} lies outside the repository", path.display())))?;
    let bytes = inside.as_os_str().as_encoded_bytes().to_vec();
    Ok(RepoPath(if cfg!(windows) {
        String::from_utf8_lossy(&bytes).replace('\\', "/").into_bytes()
    } else {
        bytes
    }))
}
