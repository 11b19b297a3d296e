//! Keys that stand twice.

use foldhash::HashMap;

/// Pairs (first, later) of equal keys, by the later one.
pub(super) fn repeated(keys: &[&str]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    if keys.len() < HASHED_FROM {
        for (at, key) in keys.iter().enumerate().skip(1) {
            if let Some(first) = keys[..at].iter().position(|earlier| earlier == key) {
                pairs.push((first, at));
            }
        }
        return pairs;
    }
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity_and_hasher(keys.len(), Default::default());
    for (at, key) in keys.iter().enumerate() {
        let first = *seen.entry(key).or_insert(at);
        if first != at {
            pairs.push((first, at));
        }
    }
    pairs
}

/// Whether a map with this many entries looks for equal keys by hash.
pub(super) const HASHED_FROM: usize = 24;
