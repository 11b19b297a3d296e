//! The names people use for records: codes in any case, current and former names, short names, regions, with
//! or without accents.
//!
//! Owns which words name which values of the identity fields; the manifest says which columns of which table
//! hold names. Must not guess silently: a name that stands for several rows lists them, an unknown one gets
//! the nearest names.

use super::Reference;
use crate::model::Failure;
use crate::schema::{Manifest, NamesSpec};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use unicode_normalization::UnicodeNormalization;

/// How many candidates or suggestions are listed.
const LISTED: usize = 8;

/// The most words that one name is put together from.
const LONGEST: usize = 8;

/// The names of all identity fields.
#[derive(Clone, Debug, Default)]
pub struct RecordNames {
    /// Every identity field of the manifest's first kind of record, in order, with its names if a table has
    /// any.
    fields: Vec<(String, FieldNames)>,
}

/// The names of one identity field's values.
#[derive(Clone, Debug, Default)]
struct FieldNames {
    /// Folded key or code → key.
    codes: BTreeMap<String, String>,
    /// Folded name → the keys that go by it.
    names: BTreeMap<String, Vec<String>>,
    /// Folded value of a grouping column → its text and the keys that have it.
    groups: BTreeMap<String, (String, Vec<String>)>,
    /// Folded names of parts of what a key stands for.
    parts: BTreeSet<String>,
    /// Names as they are written, with their keys: for suggestions.
    written: Vec<(String, String)>,
    /// Key → the name by which it is shown.
    shown: BTreeMap<String, String>,
}

/// What the words of a question name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedRecords {
    /// Records in the form that selections understand: `KEY/KEY`, parts at the end may be missing, `*` for
    /// any.
    pub patterns: Vec<String>,
    /// Those of a group, of which some may have no record.
    pub optional: Vec<String>,
    /// How a word was read where that is not obvious.
    pub notes: Vec<String>,
}

impl NamedRecords {
    /// All patterns.
    pub fn all(&self) -> Vec<String> {
        self.patterns.iter().chain(&self.optional).cloned().collect()
    }

    /// Whether a pattern is one of a group, and may match nothing.
    pub fn is_optional(&self, pattern: &str) -> bool {
        self.optional.iter().any(|own| own == pattern)
    }
}

/// What one word or phrase names.
enum WordMeaning {
    /// Values of the identity field at this position.
    Values(usize, Vec<String>),
    /// Nothing that any table knows.
    Unknown,
}

impl RecordNames {
    /// Reads the names that a manifest's tables give.
    pub fn new(manifest: &Manifest, reference: &Reference) -> RecordNames {
        let identity = manifest.records.first().map(|kind| kind.identity.as_slice()).unwrap_or_default();
        let of = |field: &str| {
            let mut names = FieldNames::default();
            for (table, spec) in &manifest.tables {
                if let Some(spec) = spec.names.as_ref().filter(|spec| spec.field == field) {
                    names.add(spec, reference.tables.get(table));
                }
            }
            (field.to_owned(), names)
        };
        RecordNames { fields: identity.iter().map(|part| of(&part.name)).collect() }
    }

    /// Whether any table gives names.
    pub fn is_empty(&self) -> bool {
        self.fields.iter().all(|(_, names)| names.shown.is_empty())
    }

    /// What a record is called whose parts are all known: `Kazakhstan (KAZ), Mine Ban Treaty (mine-ban)`.
    pub fn label(&self, record: &str) -> Option<String> {
        let known = |(at, part): (usize, &str)| {
            let (_, names) = self.fields.get(at)?;
            names.shown.contains_key(part).then(|| names.label(part))
        };
        let parts = record.split('/').enumerate().map(known).collect::<Option<Vec<String>>>()?;
        Some(parts.join(", "))
    }

    /// The identity fields that tables name the values of, but for those with more than a few: each with its
    /// values.
    pub fn short_lists(&self, most: usize) -> Vec<(&str, Vec<&str>)> {
        let known = self.fields.iter().filter(|(_, names)| (1..=most).contains(&names.shown.len()));
        known
            .map(|(field, names)| (field.as_str(), names.shown.keys().map(String::as_str).collect()))
            .collect()
    }

    /// Names, codes and groups as they are written, for completion.
    pub fn all(&self) -> Vec<String> {
        let mut out = Vec::new();
        for (_, names) in &self.fields {
            out.extend(names.shown.keys().cloned());
            out.extend(names.written.iter().map(|(name, _)| name.clone()));
            out.extend(names.groups.values().map(|(text, _)| text.clone()));
        }
        out.sort();
        out.dedup();
        out
    }

    /// What the words of a question name. Words that belong together need no quotes; a comma parts names.
    /// Names of different identity fields narrow each other (a country and a treaty: that record), names of
    /// one field add to each other. A word that no table knows is passed on as it is.
    ///
    /// # Errors
    /// A name that could be several, with the candidates; or one that is unknown and near to a known one.
    pub fn read(&self, words: &[String]) -> Result<NamedRecords, Failure> {
        let mut named = NamedRecords::default();
        let mut bare: Vec<Vec<String>> = vec![Vec::new(); self.fields.len()];
        let mut has_group = false;
        let phrases = self.phrases(words);
        for (at, phrase) in phrases.iter().enumerate() {
            // Between names it joins them, whatever has it for a code.
            if phrase == "and" && at > 0 && at + 1 < phrases.len() {
                continue;
            }
            if phrase.contains('/') {
                match self.slashed(phrase, &mut named.notes)? {
                    patterns if patterns.len() == 1 => named.patterns.extend(patterns),
                    patterns => named.optional.extend(patterns),
                }
                continue;
            }
            if !self.knows(phrase) && is_filler(phrase) {
                continue;
            }
            match self.phrase(phrase, None, &mut named.notes)? {
                WordMeaning::Values(field, values) => {
                    has_group |= values.len() > 1;
                    bare[field].extend(values);
                }
                WordMeaning::Unknown => named.patterns.push(phrase.clone()),
            }
        }
        if bare.iter().any(|values| !values.is_empty()) {
            let all = product(&bare);
            if has_group { named.optional.extend(all) } else { named.patterns.extend(all) }
        }
        Ok(named)
    }

    /// Puts words together that are one name: the longest run that a table knows. Commas part names that are
    /// no name as a whole.
    fn phrases(&self, words: &[String]) -> Vec<String> {
        let mut pieces: Vec<String> = Vec::new();
        for word in words {
            let quoted: Vec<String> = word.split_whitespace().map(str::to_owned).collect();
            if self.knows(word) || word.contains('/') {
                pieces.push(word.clone());
            } else if quoted.len() > 1 && !word.contains(',') && self.are_names(&quoted) {
                pieces.extend(quoted);
            } else if !word.contains(',') {
                pieces.push(word.clone());
            } else {
                pieces.extend(
                    word.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned),
                );
            }
        }
        let (mut out, mut at) = (Vec::new(), 0);
        while at < pieces.len() {
            let longest = (at + 2..=pieces.len().min(at + LONGEST)).rev();
            let joined = longest.map(|end| (end, pieces[at..end].join(" "))).find(|(end, text)| {
                self.knows(text) || self.abbreviated(text) || self.is_mistyped(&pieces[at..*end], text)
            });
            let joined = joined.or_else(|| self.style(&pieces[at..]).map(|(n, text)| (at + n, text)));
            let (end, text) = joined.unwrap_or_else(|| (at + 1, pieces[at].clone()));
            out.push(text);
            at = end;
        }
        out
    }

    /// Whether words are those of a name, some of them only begun: `S. Korea`.
    fn abbreviated(&self, text: &str) -> bool {
        !text.contains('/') && self.fields.iter().any(|(_, names)| !names.abbreviated(text).is_empty())
    }

    /// Whether words that do not all name something by themselves are one name, mistyped: `Ivory cost`. Where
    /// some do, it has as many words as they are.
    fn is_mistyped(&self, words: &[String], text: &str) -> bool {
        let folded = fold(text);
        let known = words.iter().filter(|word| self.knows(word)).count();
        let has_as_many = |name: &str| name.split(' ').count() == words.len();
        let is_slip = |name: &str| {
            name.contains(' ') && (known == 0 || has_as_many(name)) && slips(&folded, name).is_some()
        };
        !text.contains('/')
            && known < words.len()
            && self.fields.iter().any(|(_, names)| names.names.keys().any(|name| is_slip(name)))
    }

    /// Whether words are names that tables know, one after another, as in `"Kazakhstan mbt"`.
    fn are_names(&self, words: &[String]) -> bool {
        self.phrases(words).iter().all(|phrase| self.knows(phrase))
    }

    /// The groups of records, by the name that a table gives each.
    pub fn groups(&self) -> Vec<String> {
        let groups = self.fields.iter().flat_map(|(_, names)| names.groups.values());
        groups.map(|(written, _)| written.clone()).collect()
    }

    /// A name that begins as states style themselves, `Republic of …`: how many words it has, and the whole
    /// of it.
    fn style(&self, pieces: &[String]) -> Option<(usize, String)> {
        let of = pieces.iter().take(LONGEST).position(|word| word == "of").filter(|of| *of > 0)?;
        let start = of + 1 + usize::from(pieces.get(of + 1).is_some_and(|word| word == "the"));
        let ends = (start + 1..=pieces.len().min(start + LONGEST)).rev();
        let known = { ends }.find(|end| self.knows(&pieces[start..*end].join(" ")))?;
        let first = !self.knows(&pieces[0]);
        first.then(|| (known, pieces[..known].join(" ")))
    }

    /// Whether a text is a whole name, code or group; of a slashed one, whether its first part is and the
    /// rest names something.
    fn knows(&self, text: &str) -> bool {
        let exact = |part: &str| self.fields.iter().any(|(_, names)| names.exact(part).is_some());
        match text.split_once('/') {
            Some((first, rest)) => exact(first) && (rest.is_empty() || exact(rest) || rest.contains('*')),
            None => exact(text),
        }
    }

    /// `NAME/NAME`: each part in its own field; a part that is empty or has wildcards stays as it is.
    fn slashed(&self, phrase: &str, notes: &mut Vec<String>) -> Result<Vec<String>, Failure> {
        let mut parts: Vec<Vec<String>> = Vec::new();
        for (at, part) in phrase.split('/').enumerate() {
            let known =
                self.fields.get(at).filter(|_| !part.is_empty() && !part.contains(['*', '?', '[', '{']));
            parts.push(match known {
                Some(_) => match self.phrase(part.trim(), Some(at), notes)? {
                    WordMeaning::Values(_, values) => values,
                    WordMeaning::Unknown => vec![part.to_owned()],
                },
                None => vec![part.to_owned()],
            });
        }
        Ok(product(&parts))
    }

    /// Reads one name, in one field or in any.
    fn phrase(
        &self,
        text: &str,
        only: Option<usize>,
        notes: &mut Vec<String>,
    ) -> Result<WordMeaning, Failure> {
        let fields = || self.fields.iter().enumerate().filter(|(at, _)| only.is_none_or(|only| only == *at));
        if text.contains(['*', '?', '[', '{']) {
            return Ok(WordMeaning::Unknown);
        }
        for (at, (_, names)) in fields() {
            match names.exact(text) {
                Some([]) | None => {}
                Some([one]) => {
                    if names.is_part(text) {
                        notes.push(format!("`{text}` is read as {}", names.label(one)));
                    }
                    return Ok(WordMeaning::Values(at, vec![one.clone()]));
                }
                Some(several) if names.groups.contains_key(&fold(text)) => {
                    return Ok(WordMeaning::Values(at, several.to_vec()));
                }
                Some(several) => return Err(ambiguous(text, names, several)),
            }
        }
        for (at, (_, names)) in fields() {
            if let [one] = names.abbreviated(text).as_slice() {
                notes.push(format!("`{text}` is read as {}", names.label(one)));
                return Ok(WordMeaning::Values(at, vec![one.clone()]));
            }
        }
        if let Some(ending) = fields().find_map(|(_, (_, names))| names.at_the_end(text)) {
            return Err(
                Failure::new(format!("no record named `{text}`")).hint(format!("did you mean {ending}?"))
            );
        }
        for (at, (_, names)) in fields() {
            let found = names.containing(text);
            match found.as_slice() {
                [] => {}
                [one] => {
                    notes.push(format!("`{text}` is read as {}", names.label(one)));
                    return Ok(WordMeaning::Values(at, vec![one.clone()]));
                }
                several => return Err(ambiguous(text, names, several)),
            }
        }
        let near: Vec<String> = fields().flat_map(|(_, (_, names))| names.near(text)).collect();
        if near.is_empty() {
            return Ok(WordMeaning::Unknown);
        }
        Err(Failure::new(format!("no record named `{text}`"))
            .hint(format!("did you mean {}?", near.join(" or "))))
    }
}

impl FieldNames {
    fn add(&mut self, spec: &NamesSpec, rows: Option<&Value>) {
        for (key, row) in rows.and_then(Value::as_object).into_iter().flatten() {
            self.codes.insert(fold(key), key.clone());
            for code in columns(&spec.codes, row) {
                self.codes.entry(fold(code)).or_insert_with(|| key.clone());
            }
            self.parts.extend(columns(&spec.parts, row).map(fold));
            for name in columns(&spec.columns, row).chain(columns(&spec.parts, row)) {
                let keys = self.names.entry(fold(name)).or_default();
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
                self.written.push((name.to_owned(), key.clone()));
                self.shown.entry(key.clone()).or_insert_with(|| name.to_owned());
            }
            self.shown.entry(key.clone()).or_insert_with(|| key.clone());
            // A key that is a word is a name of its own; a short one is a code.
            if key.chars().count() > 3 {
                self.written.push((key.clone(), key.clone()));
            }
            for group in columns(&spec.groups, row) {
                let (_, keys) =
                    self.groups.entry(fold(group)).or_insert_with(|| (group.to_owned(), Vec::new()));
                keys.push(key.clone());
            }
        }
    }

    /// The keys that a whole code, name or group stands for, in this order.
    fn exact(&self, text: &str) -> Option<&[String]> {
        let folded = fold(text);
        let code = self.codes.get(&folded).map(std::slice::from_ref);
        let name = || self.names.get(&folded).map(Vec::as_slice);
        code.or_else(name).or_else(|| self.groups.get(&folded).map(|(_, keys)| keys.as_slice()))
    }

    /// Whether a text names a part of what its key stands for.
    fn is_part(&self, text: &str) -> bool {
        let folded = fold(text);
        self.parts.contains(&folded) && !self.codes.contains_key(&folded)
    }

    /// The keys with a name of which a text begins each word.
    fn abbreviated(&self, text: &str) -> Vec<String> {
        let folded = fold(text);
        let meant = self.names.iter().filter(|(name, _)| abbreviates(&folded, name));
        let keys: BTreeSet<&String> = meant.flat_map(|(_, keys)| keys).collect();
        keys.into_iter().cloned().collect()
    }

    /// The keys with a name in which the words of a text stand one after another, the last perhaps only
    /// begun; or of which each word is one that the text begins.
    fn containing(&self, text: &str) -> Vec<String> {
        let folded = fold(text);
        if folded.chars().count() < 4 {
            return Vec::new();
        }
        let at_a_word = |name: &str| format!(" {name}").contains(&format!(" {folded}"));
        let mut keys: Vec<String> = self
            .names
            .iter()
            .filter(|(name, _)| at_a_word(name) || abbreviates(&folded, name))
            .flat_map(|(_, keys)| keys.clone())
            .collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// The name with which a text ends, as `Republic of Kazakhstan` does: meant, most likely, but not for
    /// certain.
    fn at_the_end(&self, text: &str) -> Option<String> {
        let folded = fold(text);
        let words: Vec<&str> = folded.split(' ').collect();
        (1..words.len()).map(|start| words[start..].join(" ")).filter(|end| end.chars().count() > 3).find_map(
            |end| {
                let group = self.groups.get(&end).map(|(written, _)| format!("`{written}`"));
                match self.names.get(&end).map(Vec::as_slice) {
                    Some([key]) => self.shown.get(key).map(|name| format!("`{name}` ({key})")),
                    _ => group,
                }
            },
        )
    }

    /// The names nearest to a text. Codes are never compared: two of them differ by a letter and mean
    /// different things.
    fn near(&self, text: &str) -> Vec<String> {
        let wanted = fold(text);
        if wanted.chars().count() < 4 {
            return Vec::new();
        }
        let mut near: Vec<(usize, f32, &str, &str)> = Vec::new();
        for (name, key) in &self.written {
            let folded = fold(name);
            if let Some(slips) = slips(&wanted, &folded) {
                near.push((slips, likeness(&wanted, &folded), name, key));
            }
        }
        if near.is_empty() {
            near = self.near_to_a_word(&wanted);
        }
        near.sort_by(|(few, a, x, _), (more, b, y, _)| {
            few.cmp(more).then_with(|| b.total_cmp(a)).then_with(|| x.cmp(y))
        });
        let fewest = near.first().map_or(0, |(slips, ..)| *slips);
        near.retain(|(slips, ..)| *slips == fewest);
        // The first letter is seldom the wrong one.
        let begins = |name: &str| fold(name).chars().next() == wanted.chars().next();
        if near.iter().any(|(.., name, _)| begins(name)) {
            near.retain(|(.., name, _)| begins(name));
        }
        let mut keys: Vec<&str> = Vec::new();
        let first = near.into_iter().filter(|(.., key)| {
            let is_new = !keys.contains(key);
            keys.push(key);
            is_new
        });
        first.take(3).map(|(.., name, key)| format!("`{name}` ({key})")).collect()
    }

    /// The names of several words to one of which a word is near: slips, likeness, name and key.
    fn near_to_a_word(&self, wanted: &str) -> Vec<(usize, f32, &str, &str)> {
        if wanted.chars().count() < 5 || wanted.contains(' ') {
            return Vec::new();
        }
        let of_name = |(name, _): &'_ (String, String)| {
            let folded = fold(name);
            let words: Vec<&str> = folded.split(' ').filter(|word| word.chars().count() > 4).collect();
            let fewest = words.into_iter().filter_map(|word| slips(wanted, word)).min();
            fewest.filter(|_| folded.contains(' ')).map(|slips| (slips, likeness(wanted, &folded)))
        };
        let near = self.written.iter().filter_map(|own| Some((of_name(own)?, own)));
        near.map(|((slips, alike), (name, key))| (slips, alike, &**name, &**key)).collect()
    }

    fn label(&self, key: &str) -> String {
        match self.shown.get(key) {
            Some(name) if name != key => format!("{name} ({key})"),
            _ => key.to_owned(),
        }
    }
}

fn ambiguous(text: &str, names: &FieldNames, keys: &[String]) -> Failure {
    let listed: Vec<String> = keys.iter().take(LISTED).map(|key| names.label(key)).collect();
    let more = keys.len().saturating_sub(LISTED);
    let more = if more > 0 { format!(", and {more} more") } else { String::new() };
    Failure::new(format!("`{text}` could be {}{more}", listed.join(", ")))
        .hint("name one of them, or give its code")
}

/// Every combination of one value of each list, joined by `/`; an empty list stands for any value, and is
/// left out at the end.
fn product(parts: &[Vec<String>]) -> Vec<String> {
    let used = parts.iter().rposition(|values| !values.is_empty()).map_or(0, |last| last + 1);
    let mut out = vec![String::new()];
    for (at, values) in parts[..used].iter().enumerate() {
        let any = ["*".to_owned()];
        let values = if values.is_empty() { &any[..] } else { values };
        let slash = if at == 0 { "" } else { "/" };
        out = out
            .iter()
            .flat_map(|start| values.iter().map(move |value| format!("{start}{slash}{value}")))
            .collect();
    }
    out
}

/// The texts in some columns of a row: a text, or a list of texts.
fn columns<'r>(columns: &'r [String], row: &'r Value) -> impl Iterator<Item = &'r str> {
    columns.iter().filter_map(|column| row.get(column)).flat_map(|value| match value {
        Value::String(text) => vec![text.as_str()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    })
}

/// Whether a word names nothing by itself where names are listed: `Greece and Congo`, `all`.
fn is_filler(word: &str) -> bool {
    matches!(word.to_lowercase().as_str(), "and" | "&" | "all" | "everyone" | "everything")
}

/// How many slips make one text of the other, letters that are wrong or have changed places with their
/// neighbours; `None` where they are too many for the length of what was typed.
fn slips(typed: &str, name: &str) -> Option<usize> {
    let (typed_length, length) = (typed.chars().count(), name.chars().count());
    // A name that goes on, as `mine-ban.yaml` does.
    if length > 3 && typed.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')) {
        return Some(2);
    }
    let most = match typed_length {
        0..5 => 1,
        5..12 => 2,
        long => long / 4,
    };
    if typed_length.abs_diff(length) > most {
        return None;
    }
    Some(strsim::damerau_levenshtein(typed, name)).filter(|slips| *slips <= most)
}

/// Whether words are those of a name, some of them only begun: `s korea`.
fn abbreviates(words: &str, name: &str) -> bool {
    let (words, full): (Vec<&str>, Vec<&str>) = (words.split(' ').collect(), name.split(' ').collect());
    words.len() > 1
        && words.len() == full.len()
        && words.iter().any(|word| word.chars().count() > 3)
        && words.iter().zip(full).all(|(word, full)| full.starts_with(word))
}

/// How alike two texts are, from 0 to 1; a beginning they share counts more, as in Winkler's measure.
pub fn likeness(a: &str, b: &str) -> f32 {
    let ratio = similar::TextDiff::from_chars(a, b).ratio();
    let shared = a.chars().zip(b.chars()).take(4).take_while(|(x, y)| x == y).count();
    ratio + 0.1 * shared as f32 * (1.0 - ratio)
}

/// A text as names are compared: lower case, no accents, words of letters and digits only, without a leading
/// article.
pub fn fold(text: &str) -> String {
    let plain: String = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        // Apostrophes stand inside words; all other signs part them.
        .filter(|c| !matches!(c, '\'' | '’' | '‘' | '`' | 'ʼ'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let words = if words.len() > 1 && words[0] == "the" { &words[1..] } else { &words[..] };
    words.join(" ")
}
