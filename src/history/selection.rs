//! Which records a command is about: `KAZ`, `KAZ/mine-ban`, `*/cluster-munitions`.

use crate::model::Identity;
use globset::{Glob, GlobMatcher};

/// A choice of records by name.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    patterns: Vec<Pattern>,
    also: Vec<Identity>,
    /// No names are not every record, but those of `also`.
    only: bool,
}

#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    parts: Vec<GlobMatcher>,
    /// The parts without wildcards: their bytes must stand in any file of such a record.
    literals: Vec<String>,
}

impl Selection {
    /// Every record.
    pub fn all() -> Self {
        Selection::default()
    }

    /// The records that match any of the names; every record if there are none. Parts left out at the end match anything.
    ///
    /// # Errors
    /// The name that is no valid pattern, and why.
    pub fn parse(names: &[String]) -> Result<Self, String> {
        let mut patterns = Vec::new();
        for name in names {
            let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
            let globs = parts
                .iter()
                .map(|part| {
                    Glob::new(part)
                        .map(|glob| glob.compile_matcher())
                        .map_err(|error| format!("`{name}`: {}", error.kind()))
                })
                .collect::<Result<Vec<_>, _>>()?;
            let plain =
                |part: &&&str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
            let literals = parts.iter().filter(plain).map(|part| (*part).to_owned()).collect();
            patterns.push(Pattern { text: name.clone(), parts: globs, literals });
        }
        Ok(Selection { patterns, ..Selection::default() })
    }

    /// These records and no others.
    pub fn of(identities: &[Identity]) -> Self {
        Selection { only: true, also: identities.to_vec(), ..Selection::default() }
    }

    /// The names as they were given.
    pub fn names_given(&self) -> Vec<&str> {
        self.patterns.iter().map(|p| p.text.as_str()).collect()
    }

    fn is_all(&self) -> bool {
        self.patterns.is_empty() && !self.only
    }

    /// Whether a record is chosen.
    pub fn names(&self, identity: &Identity) -> bool {
        self.is_all() || self.patterns.iter().any(|p| p.names(identity)) || self.also.contains(identity)
    }

    /// The given names that match none of the identities.
    pub fn without_match<'a>(&'a self, identities: &[&Identity]) -> Vec<&'a str> {
        self.patterns
            .iter()
            .filter(|p| !identities.iter().any(|id| p.names(id)))
            .map(|p| p.text.as_str())
            .collect()
    }

    /// Whether a file with these bytes can be a chosen record. Never a false no: a name without escapes stands in the file's
    /// bytes as it is, and a file with a backslash is always let through.
    pub fn could_name(&self, bytes: &[u8]) -> bool {
        let has = |needle: &str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
        self.is_all()
            || self.patterns.iter().any(|p| p.literals.iter().all(|l| has(l)))
            || self.also.iter().any(|id| id.0.iter().all(|(_, value)| has(value)))
            || memchr::memchr(b'\\', bytes).is_some()
    }

    /// Adds former identities. Returns whether any of them is new.
    pub(super) fn extend(&mut self, identities: Vec<Identity>) -> bool {
        let mut grown = false;
        for identity in identities {
            if !self.names(&identity) {
                self.also.push(identity);
                grown = true;
            }
        }
        grown
    }
}

impl Pattern {
    fn names(&self, identity: &Identity) -> bool {
        let by_parts = self.parts.len() <= identity.0.len()
            && self.parts.iter().zip(&identity.0).all(|(glob, (_, value))| glob.is_match(value));
        // A part may have a slash of its own; then the whole name is what people call the record.
        by_parts
            || (identity.0.iter().any(|(_, value)| value.contains('/'))
                && identity.record_id().0 == self.text)
    }
}
