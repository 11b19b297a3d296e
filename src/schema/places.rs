//! Where a manifest finds what it asks for in other people's records: dates, names, items.
//!
//! | written | means |
//! |---|---|
//! | `modified`, `source.created` | a field, by its path |
//! | `releases[].date`, `terms.*.start` | that field of each item of a list, of each entry of a mapping |
//! | `max(releases[].date)` | the newest of several dates |
//! | `commit` | the day of the commit, as its committer wrote it, on the main line of history |
//! | `[modified, published]` | the first that is there |
//! | `$stem`, `$1`, `$2` | the file's name without its ending; what the first, the second wildcard of the path stands for |
//! | `$key`, `$kind` | the key of an item of a mapping; the name of the kind |
//! | `id.one \| id.other` | the first of several that is there |

use crate::model::{Failure, FieldPath, Identity, Node, NodeValue, Step};
use serde::{Deserialize, Serialize};

/// A way from a record's root, or from an item's, to one field or to several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRoute {
    text: String,
    parts: Vec<RoutePart>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum RoutePart {
    Key(String),
    Items,
    Entries,
}

impl FieldRoute {
    /// Reads `source.created`, `releases[].date`, `terms.*.start`; `.` is the root itself.
    pub fn parse(text: &str) -> FieldRoute {
        let spaced = text.trim().replace("[]", ".[]");
        let part = |part: &str| match part {
            "[]" => RoutePart::Items,
            "*" => RoutePart::Entries,
            key => RoutePart::Key(key.to_owned()),
        };
        let parts = spaced.split('.').filter(|part| !part.is_empty()).map(part).collect();
        FieldRoute { text: text.trim().to_owned(), parts }
    }

    /// The route as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The root's key that it goes through first; none if it starts at the items or entries of the root.
    pub fn first_key(&self) -> Option<&str> {
        match self.parts.first() {
            Some(RoutePart::Key(key)) => Some(key),
            _ => None,
        }
    }

    /// The keys it goes through, if it goes through nothing else.
    pub fn keys(&self) -> Option<Vec<&str>> {
        fn key(part: &RoutePart) -> Option<&str> {
            if let RoutePart::Key(key) = part { Some(key) } else { None }
        }
        self.parts.iter().map(key).collect()
    }

    /// The path, if it leads to one field.
    pub fn path(&self) -> Option<FieldPath> {
        Some(FieldPath(self.keys()?.into_iter().map(|key| Step::Key(key.to_owned())).collect()))
    }

    /// Whether it leads to a path and nowhere else.
    fn leads_to(&self, path: &FieldPath) -> bool {
        let is_at = |(part, step): (&RoutePart, &Step)| match (part, step) {
            (RoutePart::Key(own), Step::Key(key)) => own == key,
            _ => false,
        };
        self.parts.len() == path.0.len() && self.parts.iter().zip(&path.0).all(is_at)
    }

    /// What it leads to, in the order of the text. A root field whose name is written like the whole route
    /// comes first.
    pub fn find<'n>(&self, root: &'n Node) -> Vec<&'n Node> {
        if let Some(node) = root.get(&self.text) {
            return vec![node];
        }
        let mut found = vec![root];
        for part in &self.parts {
            found = found
                .into_iter()
                .flat_map(|node| -> Vec<&'n Node> {
                    match (part, &node.value) {
                        (RoutePart::Key(key), _) => node.get(key).into_iter().collect(),
                        (RoutePart::Items, NodeValue::List(items)) => items.iter().collect(),
                        (RoutePart::Entries, NodeValue::Map(entries)) => {
                            entries.iter().map(|e| &e.value).collect()
                        }
                        _ => Vec::new(),
                    }
                })
                .collect();
        }
        found
    }
}

/// What dates an edition: the first of these that is there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "WrittenDate", into = "WrittenDate")]
pub struct DateSpec {
    choices: Vec<DateChoice>,
}

/// One way to date an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DateChoice {
    /// A field.
    Field(FieldRoute),
    /// The newest of several.
    Newest(FieldRoute),
    /// The day of the commit.
    Commit,
}

/// What a manifest may write for a date.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum WrittenDate {
    One(String),
    Several(Vec<String>),
}

impl TryFrom<WrittenDate> for DateSpec {
    type Error = Failure;
    fn try_from(written: WrittenDate) -> Result<DateSpec, Failure> {
        let texts = match written {
            WrittenDate::One(text) => vec![text],
            WrittenDate::Several(texts) => texts,
        };
        let choices = texts.iter().map(|text| date_choice(text)).collect::<Result<Vec<_>, _>>()?;
        if choices.is_empty() {
            return Err(Failure::policy("name a field, `max(…)` or `commit`"));
        }
        Ok(DateSpec { choices })
    }
}

fn date_choice(text: &str) -> Result<DateChoice, Failure> {
    let text = text.trim();
    if text == "commit" {
        return Ok(DateChoice::Commit);
    }
    if let Some(inner) = text.strip_prefix("max(") {
        let inner = inner
            .strip_suffix(')')
            .ok_or_else(|| Failure::policy(format!("`{text}` has no closing parenthesis")))?;
        return Ok(DateChoice::Newest(FieldRoute::parse(inner)));
    }
    let route = FieldRoute::parse(text);
    match route.path() {
        Some(path) if !path.0.is_empty() => Ok(DateChoice::Field(route)),
        _ => Err(Failure::policy(format!(
            "`{text}` leads to several dates: write `max({text})` for the newest"
        ))),
    }
}

impl From<DateSpec> for WrittenDate {
    fn from(spec: DateSpec) -> WrittenDate {
        let mut texts: Vec<String> = spec.choices.iter().map(DateChoice::text).collect();
        if texts.len() == 1 { WrittenDate::One(texts.remove(0)) } else { WrittenDate::Several(texts) }
    }
}

impl DateChoice {
    fn text(&self) -> String {
        match self {
            DateChoice::Field(route) => route.text.clone(),
            DateChoice::Newest(route) => format!("max({})", route.text),
            DateChoice::Commit => "commit".to_owned(),
        }
    }
}

impl DateSpec {
    /// The ways, in the order in which they are tried.
    pub fn choices(&self) -> &[DateChoice] {
        &self.choices
    }

    /// What messages call the date: the first field.
    pub fn field(&self) -> &str {
        match &self.choices[0] {
            DateChoice::Field(route) | DateChoice::Newest(route) => route.as_str(),
            DateChoice::Commit => "commit",
        }
    }

    /// All ways as they are written.
    pub fn in_words(&self) -> String {
        self.choices.iter().map(|choice| format!("`{}`", choice.text())).collect::<Vec<_>>().join(" or ")
    }

    /// Whether commits may date editions.
    pub fn by_commit(&self) -> bool {
        self.choices.contains(&DateChoice::Commit)
    }

    /// The root fields that must be read to find it.
    pub fn root_fields(&self) -> impl Iterator<Item = &str> {
        self.choices.iter().flat_map(|choice| match choice {
            DateChoice::Field(route) | DateChoice::Newest(route) => {
                route.first_key().into_iter().chain(Some(route.as_str())).collect::<Vec<_>>()
            }
            DateChoice::Commit => Vec::new(),
        })
    }

    /// Whether a path is that of a field that does nothing but date the record.
    pub fn is_at(&self, path: &FieldPath) -> bool {
        self.choices.iter().any(|choice| match choice {
            DateChoice::Field(route) => {
                let written = matches!(path.0.as_slice(), [Step::Key(key)] if *key == route.text);
                written || route.leads_to(path)
            }
            _ => false,
        })
    }
}

/// One part of a record's name.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "WrittenName", into = "WrittenName")]
pub struct NamePart {
    /// What templates call it.
    pub name: String,
    /// Where its value is found: the first that is there.
    pub sources: Vec<NameSource>,
    written: String,
}

/// Where a part of a name is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameSource {
    /// A field.
    Field(FieldRoute),
    /// The file's name without its ending.
    Stem,
    /// What a wildcard of the path stands for, the first being 1.
    Capture(usize),
    /// The key of an item of a mapping.
    Key,
    /// The name of the kind.
    Kind,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged)]
enum WrittenName {
    Plain(String),
    Named(indexmap::IndexMap<String, String>),
}

impl TryFrom<WrittenName> for NamePart {
    type Error = Failure;
    fn try_from(written: WrittenName) -> Result<NamePart, Failure> {
        let (name, text) = match written {
            WrittenName::Plain(text) => (None, text),
            WrittenName::Named(map) => match map.into_iter().next() {
                Some((name, text)) => (Some(name), text),
                None => return Err(Failure::policy("an empty part of a name")),
            },
        };
        let sources = text.split('|').map(|one| name_source(one.trim())).collect::<Result<Vec<_>, _>>()?;
        let default = match &sources[0] {
            NameSource::Field(route) => {
                route.keys().and_then(|keys| keys.last().map(|key| (*key).to_owned())).unwrap_or_default()
            }
            NameSource::Stem => "stem".to_owned(),
            NameSource::Capture(at) => format!("part_{at}"),
            NameSource::Key => "key".to_owned(),
            NameSource::Kind => "kind".to_owned(),
        };
        Ok(NamePart { name: name.unwrap_or(default), sources, written: text })
    }
}

fn name_source(text: &str) -> Result<NameSource, Failure> {
    match text {
        "$stem" => Ok(NameSource::Stem),
        "$key" => Ok(NameSource::Key),
        "$kind" => Ok(NameSource::Kind),
        _ => match text.strip_prefix('$').map(str::parse) {
            Some(Ok(at)) if at > 0 => Ok(NameSource::Capture(at)),
            Some(_) => {
                Err(Failure::policy(format!("`{text}` is none of `$stem`, `$1`, `$2`, `$key`, `$kind`")))
            }
            None => {
                let route = FieldRoute::parse(text);
                match route.path() {
                    Some(path) if !path.0.is_empty() => Ok(NameSource::Field(route)),
                    _ => Err(Failure::policy(format!("`{text}` does not lead to one field"))),
                }
            }
        },
    }
}

impl From<NamePart> for WrittenName {
    fn from(part: NamePart) -> WrittenName {
        match NamePart::try_from(WrittenName::Plain(part.written.clone())) {
            Ok(plain) if plain.name == part.name => WrittenName::Plain(part.written),
            _ => WrittenName::Named(indexmap::IndexMap::from([(part.name, part.written)])),
        }
    }
}

impl NamePart {
    /// How the manifest writes it.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// Whether the file's path may say it.
    pub fn from_path(&self) -> bool {
        self.sources.iter().any(|source| matches!(source, NameSource::Stem | NameSource::Capture(_)))
    }

    /// The first field that may hold it.
    pub fn field(&self) -> Option<FieldPath> {
        self.sources
            .iter()
            .find_map(|source| if let NameSource::Field(route) = source { route.path() } else { None })
    }

    /// The root fields that must be read to find it.
    pub fn root_fields(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().flat_map(|source| match source {
            NameSource::Field(route) => {
                route.first_key().into_iter().chain(Some(route.as_str())).collect::<Vec<_>>()
            }
            _ => Vec::new(),
        })
    }
}

/// What a part of a record's name says, or else a field of the record: a root field of that name, or a path.
pub fn record_text(identity: Option<&Identity>, root: Option<&Node>, field: &str) -> Option<String> {
    let named = identity.and_then(|identity| identity.get(field)).map(str::to_owned);
    named.or_else(|| FieldRoute::parse(field).find(root?).into_iter().find_map(Node::scalar_text))
}

/// How records follow one another under changing names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum HistoryLine {
    /// Every commit that can be reached.
    #[default]
    All,
    /// The commits of the main line only, each compared with its first parent.
    FirstParent,
}

/// What stands in a path where a pattern has `*` or `**`, in order; `None` if the pattern does not fit. A
/// `**` stands for the folders it covers, joined by `/`.
pub fn captures(pattern: &str, path: &str) -> Option<Vec<String>> {
    let path: Vec<&str> = path.split('/').collect();
    alternatives(pattern).iter().find_map(|pattern| {
        let mut out = Vec::new();
        capture(&pattern.split('/').collect::<Vec<_>>(), &path, &mut out).then_some(out)
    })
}

/// The patterns that one with braces stands for: `*.json` and `*.yaml` for `*.{json,yaml}`.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((head, rest)) = pattern.split_once('{') else { return vec![pattern.to_owned()] };
    let (mut depth, mut from, mut options) = (0, 0, Vec::new());
    for (at, c) in rest.char_indices() {
        match c {
            ',' if depth == 0 => {
                options.push(&rest[from..at]);
                from = at + 1;
            }
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' => {
                options.push(&rest[from..at]);
                let tail = &rest[at + 1..];
                let all = options.iter().flat_map(|option| alternatives(&format!("{head}{option}{tail}")));
                return all.collect();
            }
            _ => {}
        }
    }
    vec![pattern.to_owned()]
}

fn capture(pattern: &[&str], path: &[&str], out: &mut Vec<String>) -> bool {
    let Some((wanted, rest)) = pattern.split_first() else { return path.is_empty() };
    if *wanted == "**" {
        let had = out.len();
        return (0..=path.len()).any(|taken| {
            out.truncate(had);
            out.push(path[..taken].join("/"));
            capture(rest, &path[taken..], out)
        });
    }
    let Some((part, others)) = path.split_first() else { return false };
    let had = out.len();
    if capture_part(wanted, part, out) && capture(rest, others, out) {
        return true;
    }
    out.truncate(had);
    false
}

/// One part of a path against one of a pattern; `*` takes as little as it can.
fn capture_part(wanted: &str, part: &str, out: &mut Vec<String>) -> bool {
    let Some((head, tail)) = wanted.split_once('*') else { return fits(wanted, part) };
    let had = out.len();
    let ends: Vec<usize> = part.char_indices().map(|(at, _)| at).chain([part.len()]).collect();
    let fitting = ends.iter().enumerate().filter(|(_, end)| fits(head, &part[..**end]));
    fitting.map(|(nth, _)| &ends[nth..]).any(|ends| {
        ends.iter().any(|end| {
            out.truncate(had);
            out.push(part[ends[0]..*end].to_owned());
            capture_part(tail, &part[*end..], out)
        })
    })
}

/// Whether a text is what a pattern without `*` says: `?` is any character, a class in brackets is globset's
/// to judge.
fn fits(wanted: &str, text: &str) -> bool {
    if wanted.contains('[') {
        return globset::Glob::new(wanted).is_ok_and(|glob| glob.compile_matcher().is_match(text));
    }
    let (mut wanted, mut text) = (wanted.chars(), text.chars());
    loop {
        match (wanted.next(), text.next()) {
            (None, None) => return true,
            (Some('?'), Some(_)) => {}
            (one, other) if one == other => {}
            _ => return false,
        }
    }
}
