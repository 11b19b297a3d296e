//! Where the cache is, and which program wrote it.

use super::global::Global;
use std::path::PathBuf;

/// Where the cache is: as asked, or the user's folder for such things (XDG Base Directory Specification 0.8;
/// the usual places on macOS and Windows).
pub fn folder(global: &Global) -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let users = || match std::env::consts::OS {
        "windows" => variable("LOCALAPPDATA"),
        "macos" => variable("HOME").map(|home| home.join("Library/Caches")),
        _ => variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache"))),
    };
    global.cache_dir.clone().or_else(|| Some(users()?.join("sincewhen")))
}

/// What distinguishes this build of the tool from any other: what another build said is not what this one
/// says.
pub fn tool() -> String {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    let file = program.map(|meta| {
        (meta.len(), meta.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()))
    });
    format!("{} {:?}", env!("CARGO_PKG_VERSION"), file.ok())
}
