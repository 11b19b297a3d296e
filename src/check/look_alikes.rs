//! Names of records that look like others: in another script, in another width, with invisible characters,
//! or in other upper and lower case. Where all names are in ASCII, only case counts: `B1` and `Bl` are
//! different names to those who chose them.

use super::{CheckBasis, KnownRecord};
use crate::model::finding::Related;
use crate::model::text::is_invisible;
use crate::model::{Finding, Identity, Place, RepoPath};
use crate::rules::fingerprint;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// The rule that reports them.
const RULE: &str = "look-alike-name";

/// A record's name and file.
#[derive(Clone, Debug)]
pub struct NamedFile {
    /// Its kind: an index into the policy's kinds.
    pub kind: usize,
    /// Its identity.
    pub identity: Identity,
    /// Its file.
    pub file: RepoPath,
}

/// The names of some records.
pub fn names<'k>(known: impl Iterator<Item = &'k KnownRecord>) -> Vec<NamedFile> {
    let named =
        known.map(|one| NamedFile { kind: one.kind, identity: one.identity.clone(), file: one.file.clone() });
    named.collect()
}

/// How a name looks: what is the same for two names that can be taken for each other.
struct Look {
    /// In lower case, in the usual width, without invisible characters.
    folded: String,
    /// With each character in the place of all that look like it.
    drawn: String,
    is_ascii: bool,
}

impl Look {
    fn of(identity: &Identity) -> Look {
        let text = identity.record_id().0;
        let seen =
            |c: &char| !is_invisible(*c) && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
        let folded: String = text.nfkc().filter(seen).collect::<String>().to_lowercase();
        let folded: String = folded.nfkc().collect();
        let drawn = skeleton(&folded).collect();
        Look { folded, drawn, is_ascii: text.is_ascii() }
    }
}

/// The names that look alike, as far as one more of them must be known: the first two in the same letters,
/// the first two of all, and the first that has other than ASCII.
#[derive(Default)]
struct Alike<'n> {
    first: Vec<&'n NamedFile>,
    by_letters: HashMap<String, Vec<&'n NamedFile>>,
    not_ascii: Vec<&'n NamedFile>,
}

impl<'n> Alike<'n> {
    fn add(&mut self, one: &'n NamedFile, look: &Look) {
        let keep = |list: &mut Vec<&'n NamedFile>| {
            if list.len() < 2 && list.iter().all(|known| known.identity != one.identity) {
                list.push(one);
            }
        };
        keep(&mut self.first);
        keep(self.by_letters.entry(look.folded.clone()).or_default());
        if !look.is_ascii {
            keep(&mut self.not_ascii);
        }
    }

    /// Another name that this one can be taken for.
    fn other(&self, one: &KnownRecord, look: &Look) -> Option<&'n NamedFile> {
        let is_other = |known: &&&NamedFile| known.identity != one.identity;
        let letters = self.by_letters.get(&look.folded).into_iter().flatten();
        let others = if look.is_ascii { self.not_ascii.iter() } else { self.first.iter() };
        { letters }.chain(others).find(is_other).copied()
    }
}

/// The new names that look like another. Of two new ones the one is reported that is less plain: not ASCII,
/// or later in the order of names.
pub fn among(checker: &CheckBasis<'_>, new: &[&KnownRecord], all: &[NamedFile]) -> Vec<Finding> {
    let mut alike: HashMap<(usize, String), Alike<'_>> = HashMap::new();
    for one in all {
        let look = Look::of(&one.identity);
        alike.entry((one.kind, look.drawn.clone())).or_default().add(one, &look);
    }
    let is_new: HashSet<(usize, &Identity)> = new.iter().map(|one| (one.kind, &one.identity)).collect();
    let mut out = Vec::new();
    for one in new {
        let look = Look::of(&one.identity);
        let group = alike.get(&(one.kind, look.drawn.clone()));
        let Some(other) = group.and_then(|group| group.other(one, &look)) else { continue };
        let plainness = |identity: &Identity| {
            let id = identity.record_id().0;
            (!id.is_ascii(), id)
        };
        let both_new = is_new.contains(&(other.kind, &other.identity));
        if both_new && plainness(&one.identity) < plainness(&other.identity) {
            continue;
        }
        out.extend(finding(checker, one, other));
    }
    out
}

fn finding(checker: &CheckBasis<'_>, one: &KnownRecord, other: &NamedFile) -> Option<Finding> {
    let (own, id) = (one.identity.record_id(), other.identity.record_id());
    let message = format!("the name {} looks like {}, another record in {}", own.0, id.0, other.file);
    let mut found = checker.about_file(RULE, &one.file, message, Some(difference(&own.0, &id.0)))?;
    found.fingerprint = fingerprint(&json!([RULE, own, id]));
    found.record = Some(own);
    let path = checker.policy().kinds[one.kind].spec.identity[0].field().unwrap_or_default();
    if let Some(doc) = &one.document
        && let Some(node) = doc.root.at(&path, &|_| None).filter(|_| !path.0.is_empty())
    {
        let span = node.span;
        found.place = Some(Place {
            start: doc.place(span.start),
            end: doc.place(span.end),
            span: (span.start, span.end),
        });
        found.text = Some(doc.text.clone());
        found.path = Some(path);
        found.ignore_hint = Some(super::ignore_hint::hint(RULE));
    }
    found.related.push(Related {
        file: other.file.clone(),
        place: None,
        message: "the other record".to_owned(),
        commit: None,
        text: None,
    });
    Some(found)
}

/// In which characters two names differ, in words.
fn difference(own: &str, other: &str) -> String {
    if own.to_lowercase() == other.to_lowercase() {
        return "they differ in upper and lower case only: choose a name that cannot be confused".to_owned();
    }
    let odd = own.chars().find(|c| !c.is_ascii() && !other.contains(*c));
    let odd = odd.or_else(|| own.chars().find(|c| !other.contains(*c)));
    match odd {
        Some(c) => {
            format!("the name has U+{:04X}, which the other has not: write it in plain letters", u32::from(c))
        }
        None => "choose a name that cannot be confused with it".to_owned(),
    }
}
