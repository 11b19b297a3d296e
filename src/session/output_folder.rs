//! Folders that answers are written into: reached by no link that a commit could have brought along.

use crate::model::Failure;
use std::path::{Component, Path, PathBuf};

/// Refuses a folder that a link leads to, or that is reached by way of one below the current folder: a branch
/// can carry links, and what is written must stay where it was asked for. Folders above the current one, and
/// absolute ones, are the user's.
///
/// # Errors
/// A link, with its name.
pub fn refuse_links(folder: &Path) -> Result<(), Failure> {
    let mut reached = PathBuf::new();
    let is_relative = folder.is_relative();
    for part in folder.components() {
        reached.push(part);
        let is_checked = is_relative || reached == folder;
        if matches!(part, Component::Normal(_)) && is_checked && is_link(&reached) {
            return Err(link_failure(&reached));
        }
    }
    Ok(())
}

/// Refuses a file or folder below `root` that is reached by way of a link.
///
/// # Errors
/// As [`refuse_links`].
pub fn refuse_links_below(root: &Path, path: &Path) -> Result<(), Failure> {
    let mut reached = root.to_owned();
    for part in path {
        reached.push(part);
        if is_link(&reached) {
            return Err(link_failure(&reached));
        }
    }
    Ok(())
}

fn is_link(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink())
}

fn link_failure(path: &Path) -> Failure {
    Failure::new(format!("{} is a link; nothing is written through it", path.display()))
        .hint("name the folder that it leads to, or remove the link")
}
