//! Where objects lie in the packs.
//!
//! Owns reading the packs' indexes, as a hint and no more: whoever reads many objects in the order of the
//! packs finds the base of each delta read just before it, however the packs were made. What is not listed,
//! as in a pack that came since, has no place. Must not read the packs themselves.

use crate::model::ObjectId;
use std::fs;
use std::path::{Path, PathBuf};

/// The places of packed objects.
#[derive(Debug, Default)]
pub struct PackOrder {
    packs: Vec<PackIndex>,
}

/// An index of version 2 (gitformat-pack(5), "Version 2 pack-*.idx files"), all others have been replaced by
/// since git 1.6.
#[derive(Debug)]
struct PackIndex {
    bytes: Vec<u8>,
    count: usize,
}

const MAGIC: &[u8] = b"\xfftOc\0\0\0\x02";
/// The number of objects whose ids begin with a byte up to this one, for each byte.
const FANOUT: usize = 256 * 4;
const NAMES: usize = MAGIC.len() + FANOUT;
const ID: usize = 20;
/// A checksum of each object as it is packed.
const CHECKSUM: usize = 4;
const OFFSET: usize = 4;
/// The mark of an offset that stands in the table of large ones.
const LARGE: u32 = 1 << 31;

impl PackOrder {
    /// Reads the indexes below some `objects` folders; those that cannot be read are left out.
    pub(super) fn read(folders: &[PathBuf]) -> PackOrder {
        let mut files: Vec<PathBuf> =
            folders.iter().flat_map(|folder| ending_with(&folder.join("pack"), "idx")).collect();
        files.sort();
        let packs = files.iter().filter_map(|file| PackIndex::of(fs::read(file).ok()?)).collect();
        PackOrder { packs }
    }

    /// The pack that holds an object, by a number, and its place in it.
    pub fn place(&self, id: &ObjectId) -> Option<(usize, u64)> {
        self.packs.iter().enumerate().find_map(|(number, pack)| Some((number, pack.offset(id)?)))
    }
}

fn ending_with(folder: &Path, end: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|own| own == end)).collect()
}

/// How many bytes the packs have that lie below some `objects` folders, with their indexes: what
/// `git count-objects -v` calls `size-pack`.
pub(super) fn packed_bytes(folders: &[PathBuf]) -> u64 {
    let below = |end| folders.iter().flat_map(move |folder| ending_with(&folder.join("pack"), end));
    below("pack").chain(below("idx")).filter_map(|pack| Some(fs::metadata(pack).ok()?.len())).sum()
}

impl PackIndex {
    fn of(bytes: Vec<u8>) -> Option<PackIndex> {
        if !bytes.starts_with(MAGIC) {
            return None;
        }
        let mut index = PackIndex { bytes, count: 0 };
        index.count = usize::try_from(index.number(NAMES - 4)?).ok()?;
        let least = index.count.checked_mul(ID + CHECKSUM + OFFSET)?.checked_add(NAMES)?;
        (index.bytes.len() >= least).then_some(index)
    }

    /// The number of four bytes that begin at a place.
    fn number(&self, at: usize) -> Option<u32> {
        Some(u32::from_be_bytes(*self.bytes.get(at..)?.first_chunk()?))
    }

    fn offset(&self, id: &ObjectId) -> Option<u64> {
        let names = self.bytes.get(NAMES..NAMES + self.count * ID)?.as_chunks::<ID>().0;
        let first = usize::from(id.as_bytes()[0]);
        let upto = |byte: usize| self.number(MAGIC.len() + byte * 4).map(|number| number as usize);
        let (from, to) = (if first == 0 { 0 } else { upto(first - 1)? }, upto(first)?);
        let at = from + names.get(from..to)?.binary_search(id.as_bytes()).ok()?;
        let offsets = NAMES + self.count * (ID + CHECKSUM);
        let offset = self.number(offsets + at * OFFSET)?;
        if offset & LARGE == 0 {
            return Some(u64::from(offset));
        }
        let large = offsets + self.count * OFFSET + (offset & !LARGE) as usize * 8;
        Some(u64::from_be_bytes(*self.bytes.get(large..)?.first_chunk()?))
    }
}
