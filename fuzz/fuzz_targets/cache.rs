//! Any bytes in the cache's place are as good as none: nothing is believed that was not put there, and it can
//! be written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::cache::{Cache, Stamping};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("because the system has a temporary folder");
    let stamp = Stamping::default().part("tried").stamp();
    let open = || Cache::open(folder.path(), folder.path());
    let first = open();
    first.put("name", &stamp, b"value");
    first.save();
    drop(first);
    let file = std::fs::read_dir(folder.path())
        .expect("ours")
        .flatten()
        .next()
        .expect("because it was saved")
        .path();
    // The bytes take the place of the file's own, from where the first two say.
    let mut kept = std::fs::read(&file).expect("ours");
    if let Some((at, rest)) = bytes.split_first_chunk::<2>() {
        let at = usize::from(u16::from_le_bytes(*at)) % kept.len();
        let end = (at + rest.len()).min(kept.len());
        kept[at..end].copy_from_slice(&rest[..end - at]);
    }
    std::fs::write(&file, &kept).expect("ours");
    let damaged = open();
    let found = damaged.get("name", &stamp);
    assert!(found.is_none() || found.as_deref() == Some(b"value"), "{found:?}");
    assert_eq!(damaged.get("other", &stamp), None);
    damaged.put("name", &stamp, b"again");
    damaged.save();
});
