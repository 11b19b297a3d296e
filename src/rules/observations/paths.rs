//! Paths as rule files write them.

use crate::model::FieldPath;

/// A dotted path as a field path.
pub(in crate::rules) fn dotted(path: &str) -> FieldPath {
    path.split('.').fold(FieldPath::root(), |path, key| path.key(key))
}
