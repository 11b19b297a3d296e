//! Ids between this crate and the git library.

use super::errors::GitError;
use crate::model::ObjectId;

/// The id that some bytes would have as a blob.
///
/// # Errors
/// What the git library cannot do.
pub fn blob_id_of(bytes: &[u8]) -> Result<ObjectId, GitError> {
    let oid =
        git2::Oid::hash_object(git2::ObjectType::Blob, bytes).map_err(|error| GitError::library(&error))?;
    Ok(id_of(oid))
}

/// The library's id as the crate's.
pub(super) fn id_of(oid: git2::Oid) -> ObjectId {
    let bytes: [u8; 20] =
        oid.as_bytes().try_into().expect("because the library is built for SHA-1, whose ids have 20 bytes");
    ObjectId::from(bytes)
}

/// The crate's id as the library's.
pub(super) fn oid_of(id: &ObjectId) -> git2::Oid {
    git2::Oid::from_bytes(id.as_bytes()).expect("because 20 bytes are a SHA-1 id")
}
