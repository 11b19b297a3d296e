//! Calls whose panics are failures: a damaged file may lead the database into places its authors held to be
//! out of reach.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;

thread_local! {
    /// The file that a guarded call reads or writes.
    static GUARDED: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
    /// How many panics the call has had.
    static PANICS: Cell<u32> = const { Cell::new(0) };
}

/// What `f`, which uses `file`, gives; `None`, without a word on standard error, if it panics.
///
/// A panic on the way out of another ends the process, which nothing can prevent. Then the file is removed,
/// so that the next run is not stopped by it as well.
pub(super) fn without_panic<T>(file: &Path, f: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let guarded = GUARDED.with(|file| file.try_borrow().ok().and_then(|file| file.clone()));
            match guarded {
                None => usual(info),
                Some(file) => {
                    PANICS.set(PANICS.get() + 1);
                    if PANICS.get() == 2 {
                        let _ = std::fs::remove_file(&file);
                    }
                }
            }
        }));
    });
    let outer = GUARDED.replace(Some(file.to_owned()));
    let panics = PANICS.replace(0);
    let result = catch_unwind(AssertUnwindSafe(f)).ok();
    PANICS.set(panics);
    GUARDED.set(outer);
    result
}

#[cfg(test)]
mod tests {
    use super::without_panic;
    use std::path::Path;
    use std::process::Command;

    /// Names the file, in the environment of the process that is to end.
    const FILE: &str = "SINCEWHEN_TEST_GUARDED_FILE";

    struct PanicsInDrop;

    impl Drop for PanicsInDrop {
        fn drop(&mut self) {
            panic!("in cleanup");
        }
    }

    #[test]
    fn a_file_that_ends_the_process_is_not_there_for_the_next() {
        if let Some(file) = std::env::var_os(FILE) {
            without_panic(Path::new(&file), || {
                let _second = PanicsInDrop;
                panic!("the first");
            });
            unreachable!("because two panics at once end the process");
        }
        let file = tempfile::NamedTempFile::new().expect("because the system has a temporary folder");
        let name = "cache::panic_guard::tests::a_file_that_ends_the_process_is_not_there_for_the_next";
        let mut again = Command::new(std::env::current_exe().expect("because it runs"));
        let ended = again.args(["--exact", name]).env(FILE, file.path()).output().expect("it was built");
        assert!(!ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        assert!(!file.path().exists());
        // One panic alone is a failure, and takes nothing away.
        let other = tempfile::NamedTempFile::new().expect("because the system has a temporary folder");
        assert_eq!(without_panic(other.path(), || -> u8 { panic!("alone") }), None);
        assert!(other.path().exists());
    }
}
