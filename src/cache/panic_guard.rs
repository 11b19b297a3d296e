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
            if !note_guarded_panic() {
                usual(info);
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

/// Counts a panic, and gives whether it is one of a guarded call. The second of one call takes the file away.
fn note_guarded_panic() -> bool {
    let guarded = GUARDED.with(|file| file.try_borrow().ok().and_then(|file| file.clone()));
    let Some(file) = guarded else { return false };
    PANICS.set(PANICS.get() + 1);
    if PANICS.get() == 2 {
        let _ = std::fs::remove_file(&file);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{note_guarded_panic, without_panic};

    #[test]
    fn the_second_panic_of_a_call_takes_the_file_away() {
        let file = tempfile::NamedTempFile::new().expect("because the system has a temporary folder");
        // One alone is a failure, in each call anew.
        for _ in 0..3 {
            assert_eq!(without_panic(file.path(), || -> u8 { panic!("alone") }), None);
            assert!(file.path().exists());
        }
        // Two real ones at once would end this process, too.
        let step = || (note_guarded_panic(), file.path().exists());
        assert_eq!(without_panic(file.path(), || [step(), step()]), Some([(true, true), (true, false)]));
        assert!(!note_guarded_panic());
    }
}
