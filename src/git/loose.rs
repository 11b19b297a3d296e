//! Loose objects, each a file of its own, read without the git library.
//!
//! Owns finding and inflating them, and hashing them again: they are few, and the ones a crash or a bad disk
//! damages. libgit2 1.9.7 never returns from reading one whose compressed bytes break off (libgit2 issue
//! 7342, mended after that release); what it reads must have been through here first. Must not interpret the
//! contents.

use super::errors::GitError;
use super::oid::oid_of;
use crate::model::ObjectId;
use foldhash::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Which objects are loose, in a repository and in those it borrows from.
#[derive(Debug, Default)]
pub(super) struct LooseObjects {
    folders: Vec<PathBuf>,
    folder_of: HashMap<ObjectId, usize>,
}

/// What a loose object's file holds.
pub(super) struct LooseObject {
    pub kind: git2::ObjectType,
    pub bytes: Vec<u8>,
}

/// How many repositories may borrow from each other in a chain, as in git.
const ALTERNATES_DEPTH: usize = 5;
/// A header is a kind, a space, a size in decimal digits and NUL; git allows 32 bytes.
const HEADER_LIMIT: usize = 32;

impl LooseObjects {
    /// Lists the loose objects; folders that cannot be listed count as empty, and the git library will say
    /// so.
    pub fn list(objects_folder: &Path) -> Self {
        let mut loose = LooseObjects::default();
        loose.add_folder(objects_folder, 0);
        loose
    }

    /// The `objects` folders: the repository's own and those that it borrows from.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    pub fn is_empty(&self) -> bool {
        self.folder_of.is_empty()
    }

    fn add_folder(&mut self, folder: &Path, depth: usize) {
        if depth > ALTERNATES_DEPTH || self.folders.iter().any(|known| known == folder) {
            return;
        }
        let index = self.folders.len();
        self.folders.push(folder.to_owned());
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let start = name.as_encoded_bytes();
            if start.len() != 2 || !start.iter().all(u8::is_ascii_hexdigit) {
                continue;
            }
            for file in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
                let hex = [start, file.file_name().as_encoded_bytes()].concat();
                if let Some(hash) = ObjectId::from_hex(&hex) {
                    self.folder_of.entry(hash).or_insert(index);
                }
            }
        }
        for line in fs::read_to_string(folder.join("info/alternates")).unwrap_or_default().lines() {
            if !line.is_empty() && !line.starts_with('#') {
                self.add_folder(&folder.join(line), depth + 1);
            }
        }
    }

    /// The object, or what is wrong with its file; `None` if it is not loose (any more).
    pub fn read(&self, hash: &ObjectId) -> Option<Result<LooseObject, GitError>> {
        let file = fs::read(self.file(hash)?).ok()?;
        Some(match inflate(&file) {
            None => Err(damaged(hash, "its file is damaged")),
            Some(object) => match git2::Oid::hash_object(object.kind, &object.bytes) {
                Ok(oid) if oid == oid_of(hash) => Ok(object),
                _ => Err(damaged(hash, "its file holds something else")),
            },
        })
    }

    /// The object's kind and size, from the start of its file; `None` if it is not loose (any more).
    pub fn header(&self, hash: &ObjectId) -> Option<Result<(git2::ObjectType, u64), GitError>> {
        let file = fs::File::open(self.file(hash)?).ok()?;
        let mut start = Vec::new();
        // A damaged file may still give its whole header before it fails.
        let _ = flate2::read::ZlibDecoder::new(file).take(HEADER_LIMIT as u64).read_to_end(&mut start);
        Some(
            parse_header(&start)
                .map(|(kind, size, _)| (kind, size))
                .ok_or_else(|| damaged(hash, "its file is damaged")),
        )
    }

    fn file(&self, hash: &ObjectId) -> Option<PathBuf> {
        if self.is_empty() {
            return None;
        }
        let folder = &self.folders[*self.folder_of.get(hash)?];
        let hex = hash.to_string();
        Some(folder.join(&hex[..2]).join(&hex[2..]))
    }
}

/// All of the file must be one zlib stream of a header and as many bytes as it says.
fn inflate(mut file: &[u8]) -> Option<LooseObject> {
    let mut decoder = flate2::bufread::ZlibDecoder::new(&mut file);
    let mut bytes = Vec::new();
    decoder.by_ref().take(HEADER_LIMIT as u64).read_to_end(&mut bytes).ok()?;
    let (kind, size, header) = parse_header(&bytes)?;
    let rest = size.checked_sub((bytes.len() - header) as u64)?;
    // One byte more than there should be, so that a longer stream shows, and the shorter ones reach their
    // checksum.
    decoder.take(rest.saturating_add(1)).read_to_end(&mut bytes).ok()?;
    bytes.drain(..header);
    (bytes.len() as u64 == size && file.is_empty()).then_some(LooseObject { kind, bytes })
}

/// The kind, the size, and the length of the header.
fn parse_header(bytes: &[u8]) -> Option<(git2::ObjectType, u64, usize)> {
    let nul = bytes.iter().take(HEADER_LIMIT).position(|byte| *byte == 0)?;
    let (kind, size) = std::str::from_utf8(&bytes[..nul]).ok()?.split_once(' ')?;
    Some((git2::ObjectType::from_str(kind)?, size.parse().ok()?, nul + 1))
}

fn damaged(id: &ObjectId, what: &str) -> GitError {
    GitError::Corrupt { what: format!("object {id}: {what}") }
}
