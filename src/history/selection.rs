//! Which records a command is about: `KAZ`, `KAZ/mine-ban`, `*/cluster-munitions`.

use crate::model::{Failure, Identity};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use foldhash::{HashMap, HashSet};
use globset::{Glob, GlobMatcher};
use std::sync::{Arc, OnceLock};

/// So many values make a small automaton, however it is built.
const FEW_VALUES: usize = 2000;

/// A choice of records by name.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    patterns: Vec<Pattern>,
    also: HashSet<Identity>,
    /// Finds the values of `also` in a text; made when it is first asked.
    finder: OnceLock<Option<Arc<IdentityFinder>>>,
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

/// Finds identities in a text by the values of their fields, all of them in one pass.
#[derive(Debug)]
struct IdentityFinder {
    values: AhoCorasick,
    /// By value: what other values each identity has that has it.
    beside: Vec<Vec<Vec<usize>>>,
}

impl IdentityFinder {
    /// `None` where the values are too many for an automaton.
    fn new(identities: &HashSet<Identity>) -> Option<IdentityFinder> {
        let mut values: Vec<&str> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::default();
        let mut all: HashSet<Vec<usize>> = HashSet::default();
        for identity in identities {
            let mut own: Vec<usize> = Vec::new();
            for (_, value) in &identity.0 {
                own.push(*places.entry(value).or_insert_with(|| {
                    values.push(value);
                    values.len() - 1
                }));
            }
            own.sort_unstable();
            own.dedup();
            all.insert(own);
        }
        let mut beside: Vec<Vec<Vec<usize>>> = vec![Vec::new(); values.len()];
        for own in all {
            for value in &own {
                beside[*value].push(own.iter().copied().filter(|other| other != value).collect());
            }
        }
        // All texts of a history go through it; a table of states for so few words is made in no time.
        let mut builder = AhoCorasick::builder();
        if values.len() <= FEW_VALUES {
            builder.kind(Some(AhoCorasickKind::DFA));
        }
        Some(IdentityFinder { values: builder.build(values).ok()?, beside })
    }

    /// Whether all values of one of the identities stand in a text. A value that many identities share costs
    /// no more than a look at each.
    fn finds(&self, bytes: &[u8]) -> bool {
        let mut seen = vec![false; self.beside.len()];
        for hit in self.values.find_overlapping_iter(bytes) {
            let value = hit.pattern().as_usize();
            if std::mem::replace(&mut seen[value], true) {
                continue;
            }
            if self.beside[value].iter().any(|others| others.iter().all(|other| seen[*other])) {
                return true;
            }
        }
        false
    }
}

impl Selection {
    /// Every record.
    pub fn all() -> Self {
        Selection::default()
    }

    /// The records that match any of the names; every record if there are none. Parts left out at the end
    /// match anything.
    ///
    /// # Errors
    /// The name that is no valid pattern, and why.
    pub fn parse(names: &[String]) -> Result<Self, Failure> {
        let mut patterns = Vec::new();
        for name in names {
            let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty()).collect();
            let globs = parts
                .iter()
                .map(|part| {
                    Glob::new(part).map(|glob| glob.compile_matcher()).map_err(|error| {
                        Failure::new(format!("no record can be called `{name}`: {}", error.kind()))
                            .caused_by(error)
                    })
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
        Selection { only: true, also: identities.iter().cloned().collect(), ..Selection::default() }
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

    /// Whether a file with these bytes can be a chosen record. Never a false no: a name without escapes
    /// stands in the file's bytes as it is, and a file with a backslash is always let through.
    pub fn could_name(&self, bytes: &[u8]) -> bool {
        let has = |needle: &str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
        self.is_all()
            || self.patterns.iter().any(|p| p.literals.iter().all(|l| has(l)))
            || self.finds_also(bytes)
            || memchr::memchr(b'\\', bytes).is_some()
    }

    fn finds_also(&self, bytes: &[u8]) -> bool {
        let make = || IdentityFinder::new(&self.also).map(Arc::new);
        !self.also.is_empty()
            && self.finder.get_or_init(make).as_ref().is_none_or(|finder| finder.finds(bytes))
    }

    /// Adds former identities. Returns whether any of them is new.
    pub(super) fn extend(&mut self, identities: Vec<Identity>) -> bool {
        let mut grown = false;
        for identity in identities {
            if !self.names(&identity) {
                self.also.insert(identity);
                self.finder = OnceLock::new();
                grown = true;
            }
        }
        grown
    }
}

impl Pattern {
    fn names(&self, identity: &Identity) -> bool {
        let values: Vec<&str> = identity.values().collect();
        let by_parts = self.parts.len() <= values.len()
            && self.parts.iter().zip(values).all(|(glob, value)| glob.is_match(value));
        // A part may have a slash of its own; then the whole name is what people call the record.
        by_parts
            || (identity.0.iter().any(|(_, value)| value.contains('/'))
                && identity.record_id().0 == self.text)
    }
}
