//! What a record is called: in its fields, by its path, and by how many files.

use super::words::{capitalised, or_list, shown};
use super::{CheckBasis, Record, dates};
use crate::dataset::{self, HeadProblem};
use crate::model::finding::Related;
use crate::model::{Document, FieldPath, Finding, Identity, Place, RecordId, RepoPath};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A record's name and file, as far as several files must be looked at together.
#[derive(Clone, Debug)]
pub struct KnownRecord {
    /// Its identity.
    pub identity: Identity,
    /// Its kind: an index into the policy's kinds.
    pub kind: usize,
    /// Its file.
    pub file: RepoPath,
    /// The item's key, where the file holds a mapping of records.
    pub key: Option<String>,
    /// Its text and tree.
    pub document: Option<Arc<Document>>,
}

pub(super) fn run(record: &Record<'_>, out: &mut Vec<Finding>) {
    head(record, out);
    path(record, out);
}

/// A name and a date that can be read. What the schema has found wrong with the same field is reported once,
/// and under this rule, whose findings cannot be accepted.
fn head(record: &Record<'_>, out: &mut Vec<Finding>) {
    let head = dataset::read_head(record.kind, &record.doc.root, record.file.source.standing());
    for problem in head.problems {
        let (same, others): (Vec<_>, Vec<_>) = std::mem::take(out)
            .into_iter()
            .partition(|found| found.path.is_some() && found.path == problem.path);
        let (by_schema, mut same): (Vec<_>, Vec<_>) =
            same.into_iter().partition(|found| found.rule.starts_with("schema-"));
        *out = others;
        let is_known = same.iter().any(|found| found.rule == "date-impossible");
        out.append(&mut same);
        let Some(first) = by_schema.into_iter().next() else {
            if !is_known {
                out.extend(head_finding(record, &problem));
            }
            continue;
        };
        let at = (first.place.map(|place| place.bytes()), first.path.as_ref());
        let own = record.file.by_id("record-head", at, json!([]), first.message.clone());
        out.push(own.map_or_else(|| first.clone(), |own| Finding { help: first.help.clone(), ..own }));
    }
}

fn head_finding(record: &Record<'_>, problem: &HeadProblem) -> Option<Finding> {
    let span = if problem.span.start == problem.span.end {
        record.doc.root.entries().first().map_or(problem.span, |entry| entry.key_span)
    } else {
        problem.span
    };
    let at = (Some(span), problem.path.as_ref());
    let mut found = record.file.by_id("record-head", at, json!([]), capitalised(&problem.message))?;
    found.help = problem.path.as_ref().and_then(|path| dates::own_day_help(record.file, path));
    Some(found)
}

/// The parts of the path that the manifest's pattern leaves open, against the fields that name the record.
fn path(record: &Record<'_>, out: &mut Vec<Finding>) {
    let Some(identity) = record.identity else { return };
    let policy = record.file.basis.policy;
    let file = record.file.source.file.as_str().unwrap_or_default();
    // The path of a file of many records names none of them.
    if record.kind.spec.items.is_some() {
        return;
    }
    let Some(open) = captures(&policy.path(&record.kind.spec.path), file) else { return };
    if open.len() != identity.0.len() {
        return;
    }
    for ((field, value), part) in identity.0.iter().zip(open) {
        if *value == part {
            continue;
        }
        let Some(node) = record.doc.root.get(field) else { continue };
        let path = FieldPath::root().key(field);
        let message = format!("`{field}` is `{}`, and the file's path says `{}`", shown(value), shown(&part));
        let arguments = json!([value, part]);
        out.extend(record.file.by_id("path-identity", (Some(node.span), Some(&path)), arguments, message));
    }
}

/// What stands in a path where a pattern has `*`, in order; `None` if the pattern has other wildcards or does
/// not fit.
fn captures(pattern: &str, path: &str) -> Option<Vec<String>> {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    if pattern.len() != path.len() {
        return None;
    }
    let mut out = Vec::new();
    for (wanted, part) in pattern.iter().zip(path) {
        match wanted.split_once('*') {
            None if *wanted == part => {}
            Some((head, tail)) if !tail.contains(['*', '?', '[', '{']) && !head.contains(['?', '[', '{']) => {
                out.push(part.strip_prefix(head)?.strip_suffix(tail)?.to_owned());
            }
            _ => return None,
        }
    }
    Some(out)
}

/// The path that a pattern with one `*` for each part of an identity gives a record.
fn filled(pattern: &str, identity: &Identity) -> Option<String> {
    let plain = pattern.matches('*').count() == identity.0.len()
        && !pattern.contains(['?', '[', '{'])
        && !pattern.contains("**");
    let mut out = pattern.to_owned();
    for (_, value) in identity.0.iter().filter(|_| plain) {
        let clean = !value.contains(['*', '/']);
        out = if clean { out.replacen('*', value, 1) } else { return None };
    }
    plain.then_some(out)
}

impl CheckBasis<'_> {
    /// The path at which a record of some identity stands if it stands where its path gives its name; `None`
    /// where paths give no names.
    pub fn usual_path(&self, kind: usize, identity: &Identity) -> Option<RepoPath> {
        let kind = &self.policy.kinds[kind];
        let path = filled(&self.policy.path(&kind.spec.path), identity)?;
        kind.spec.items.is_none().then(|| RepoPath::from(path.as_str()))
    }

    /// The identity that a path shows; `None` where paths of its kind show none.
    pub fn name_by_path(&self, kind: usize, path: &RepoPath) -> Option<Identity> {
        let kind = &self.policy.kinds[kind];
        let open = captures(&self.policy.path(&kind.spec.path), path.as_str()?)?;
        let shows = kind.spec.items.is_none() && open.len() == kind.spec.identity.len();
        shows.then(|| Identity(kind.spec.name_parts().map(str::to_owned).zip(open).collect()))
    }

    /// Whether the path of a record shows its identity, so that two files cannot be one record without a
    /// finding of their own.
    pub fn path_shows_identity(&self, known: &KnownRecord) -> bool {
        let pattern = self.policy.path(&self.policy.kinds[known.kind].spec.path);
        let open = known.file.as_str().and_then(|file| captures(&pattern, file));
        open.is_some_and(|open| open.iter().eq(known.identity.0.iter().map(|(_, value)| value)))
    }
}

/// Two files that are one record: a finding in each file but the first.
pub fn twins(checker: &CheckBasis<'_>, known: &[KnownRecord]) -> Vec<Finding> {
    let mut by_name: BTreeMap<(usize, RecordId), Vec<&KnownRecord>> = BTreeMap::new();
    for one in known {
        by_name.entry((one.kind, one.identity.record_id())).or_default().push(one);
    }
    let mut out = Vec::new();
    for ((kind, id), mut group) in by_name {
        group.sort_by(|a, b| {
            (!checker.path_shows_identity(a), &a.file).cmp(&(!checker.path_shows_identity(b), &b.file))
        });
        let Some((first, others)) = group.split_first() else { continue };
        let path = checker.policy.kinds[kind].spec.identity[0].field().unwrap_or_default();
        let field = &path;
        for other in others {
            let Some(mut found) = checker.about_file(
                "twin-records",
                &other.file,
                format!("{id} is in another file, too"),
                None,
            ) else {
                continue;
            };
            found.record = Some(id.clone());
            found.path = Some(path.clone());
            if let Some((place, text)) = place_of(other, field) {
                found.place = Some(place);
                found.text = Some(text);
                found.ignore_hint = Some(super::ignore_hint::hint(&found.rule));
            }
            let at = place_of(first, field);
            found.related.push(Related {
                file: first.file.clone(),
                place: at.as_ref().map(|(place, _)| *place),
                message: "the other file".to_owned(),
                commit: None,
                text: at.map(|(_, text)| text),
            });
            out.push(found);
        }
    }
    out
}

fn place_of(known: &KnownRecord, field: &FieldPath) -> Option<(Place, Arc<str>)> {
    let doc = known.document.as_ref()?;
    let span = doc.root.at(field, &|_| None)?.span;
    Some((
        Place { start: doc.place(span.start), end: doc.place(span.end), span: (span.start, span.end) },
        doc.text.clone(),
    ))
}

/// Pairs records of the base with those of the head: by name, then by a declared former name. What is left on
/// both sides is gone and new; a new record that stands where a gone one stood is taken for the same under
/// another name.
pub fn moved<'k>(
    before: &'k [KnownRecord],
    after: &'k [KnownRecord],
    formerly: impl Fn(&KnownRecord) -> Vec<Identity>,
) -> Pairs<'k> {
    let mut pairs = Pairs::default();
    let mut left: HashMap<(usize, &Identity), Vec<&KnownRecord>> = HashMap::new();
    for now in after.iter().rev() {
        left.entry((now.kind, &now.identity)).or_default().push(now);
    }
    let mut gone: Vec<&KnownRecord> = Vec::new();
    for old in before {
        match left.get_mut(&(old.kind, &old.identity)).and_then(Vec::pop) {
            Some(now) => pairs.same.push((old, now)),
            None => gone.push(old),
        }
    }
    let mut new: Vec<&KnownRecord> = left.into_values().flatten().collect();
    new.sort_by(|a, b| (&a.file, a.kind, &a.identity.0).cmp(&(&b.file, b.kind, &b.identity.0)));
    continued(&mut pairs, &mut gone, &mut new, after, formerly);
    let mut likeness = Likeness::default();
    gone.retain(|old| {
        let mut same_kind = new.iter().enumerate().filter(|(_, now)| now.kind == old.kind);
        let in_place = same_kind.clone().find(|(_, now)| now.file == old.file);
        let heir = in_place.or_else(|| same_kind.find(|(_, now)| likeness.of(old, now)));
        let Some((at, _)) = heir else { return true };
        pairs.renamed.push((old, new.remove(at)));
        false
    });
    (pairs.gone, pairs.new) = (gone, new);
    pairs
}

/// Pairs each record that is gone with the new one that alone declares its name as its former one, as
/// `history` follows them. Where several were joined, or one was split, histories end; that is declared, so
/// nothing counts as gone.
fn continued<'k>(
    pairs: &mut Pairs<'k>,
    gone: &mut Vec<&'k KnownRecord>,
    new: &mut Vec<&'k KnownRecord>,
    after: &[KnownRecord],
    formerly: impl Fn(&KnownRecord) -> Vec<Identity>,
) {
    let name = |one: &KnownRecord| (one.kind, one.identity.clone());
    let left: HashSet<(usize, Identity)> = gone.iter().map(|old| name(old)).collect();
    // Of each name that is gone, the records that declare it; of each of those, how many it declares.
    let mut heirs: HashMap<(usize, Identity), Vec<&KnownRecord>> = HashMap::new();
    let mut declares: HashMap<*const KnownRecord, usize> = HashMap::new();
    for now in after {
        let names: HashSet<_> = formerly(now).into_iter().map(|identity| (now.kind, identity)).collect();
        for name in names.into_iter().filter(|name| left.contains(name)) {
            heirs.entry(name).or_default().push(now);
            *declares.entry(std::ptr::from_ref(now)).or_default() += 1;
        }
    }
    let mut fresh: HashMap<*const KnownRecord, &'k KnownRecord> =
        new.iter().map(|now| (std::ptr::from_ref(*now), *now)).collect();
    gone.retain(|old| {
        let Some(heirs) = heirs.get(&name(old)) else { return true };
        let only = heirs.first().map(|heir| std::ptr::from_ref(*heir)).filter(|_| heirs.len() == 1);
        let alone = only.filter(|heir| declares.get(heir) == Some(&1));
        match alone.and_then(|heir| fresh.remove(&heir)) {
            Some(now) => pairs.same.push((old, now)),
            None => {
                let heirs = heirs.iter().map(|heir| heir.identity.record_id()).collect();
                pairs.ended.push((old, heirs));
            }
        }
        false
    });
    new.retain(|now| fresh.contains_key(&std::ptr::from_ref(*now)));
}

/// How many bytes are compared at most to find out under which other name a record stands now. What is not
/// found is reported as gone.
const MOST_COMPARED: usize = 64 * 1024 * 1024;

/// Finds which records share most of their lines.
#[derive(Default)]
struct Likeness<'k> {
    /// The record compared last, and its lines.
    lines: Option<(&'k KnownRecord, HashSet<&'k str>)>,
    compared: usize,
}

impl<'k> Likeness<'k> {
    fn of(&mut self, old: &'k KnownRecord, now: &KnownRecord) -> bool {
        let (Some(before), Some(after)) = (&old.document, &now.document) else { return false };
        if !self.lines.as_ref().is_some_and(|(last, _)| std::ptr::eq(*last, old)) {
            self.lines = Some((old, before.text.lines().filter(|line| line.len() > 8).collect()));
        }
        self.compared += after.text.len();
        let Some((_, lines)) = self.lines.as_ref().filter(|_| self.compared <= MOST_COMPARED) else {
            return false;
        };
        let shared = after.text.lines().filter(|line| lines.contains(line)).count();
        lines.len() > 3 && shared * 2 > lines.len()
    }
}

/// Records of two states of a dataset, paired.
#[derive(Debug, Default)]
pub struct Pairs<'k> {
    /// The same record on both sides.
    pub same: Vec<(&'k KnownRecord, &'k KnownRecord)>,
    /// One record under two names, without a word about it.
    pub renamed: Vec<(&'k KnownRecord, &'k KnownRecord)>,
    /// Records whose histories end because they were joined or split, with the records that declare so.
    pub ended: Vec<(&'k KnownRecord, Vec<RecordId>)>,
    /// Records that are gone.
    pub gone: Vec<&'k KnownRecord>,
    /// Records that are new.
    pub new: Vec<&'k KnownRecord>,
}

impl CheckBasis<'_> {
    /// The former identities that a record declares.
    pub fn formerly(&self, known: &KnownRecord) -> Vec<Identity> {
        let Some(doc) = &known.document else { return Vec::new() };
        dataset::read_head(&self.policy.kinds[known.kind], &doc.root, Default::default()).formerly
    }

    /// The fields that name a record of a kind, for messages.
    pub(super) fn identity_fields(&self, kind: usize) -> String {
        or_list(&self.policy.kinds[kind].spec.name_parts().map(str::to_owned).collect::<Vec<_>>())
            .replace(" or ", " and ")
    }
}
