//! One state of a dataset and what is found in it.

use super::baseline::{self, Baseline};
use super::look_alikes::{self, NamedFile};
use super::name_finder::NameFinder;
use super::strays::{Why, strays_among};
use crate::check::{CheckedFile, Checker, KnownRecord, contradictions, formerly, twins};
use crate::dataset::{self, Reference};
use crate::document::{self, Problem, ProblemKind, ReadOptions, Reading};
use crate::files::{Content, Files};
use crate::git::Repository;
use crate::model::{Failure, Finding, Identity, LineColumn, Place, RepoPath};
use crate::rules::{self, RuleFault, UnknownField, fingerprint};
use crate::schema::{Policy, PolicyError, Role, manifest};
use chrono::NaiveDate;
use rayon::prelude::*;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// The policy and reference files of one state.
pub struct Dataset {
    /// Manifest, schemas and rules.
    pub policy: Policy,
    /// Tables and calendars, as far as they can be read.
    pub reference: Reference,
    /// What is wrong with those that cannot.
    pub faults: Vec<PolicyError>,
    /// The baseline, if there is one.
    pub baseline: Option<Baseline>,
}

impl Dataset {
    /// Loads the dataset whose manifest lies in `root`.
    pub fn load(files: &dyn Files, root: &str) -> Result<Dataset, Failure> {
        let policy = Policy::load(files, root)?;
        Dataset::with_policy(files, policy)
    }

    /// Loads tables, calendars and the baseline for a policy that may come from elsewhere.
    pub fn with_policy(files: &dyn Files, policy: Policy) -> Result<Dataset, Failure> {
        let (reference, faults) = Reference::load_readable(files, &policy);
        let path = policy.path(baseline::FILE_NAME);
        let read = files.read(&path).map_err(|failure| PolicyError::whole(&path, failure.message))?;
        let baseline = read.map(|bytes| Baseline::read(&path, &bytes)).transpose()?;
        Ok(Dataset { policy, reference, faults, baseline })
    }
}

/// One file of a dataset in a state.
#[derive(Clone, Debug)]
pub struct DatasetFile {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// What it is.
    pub role: Role,
    /// What it holds.
    pub content: Content,
}

impl DatasetFile {
    /// The file, read; of a file of many records, each of them. Nothing where there are no bytes.
    pub fn sources(&self, policy: &Policy, strict: bool) -> Vec<CheckedFile> {
        let Content::Bytes(bytes) = &self.content else { return Vec::new() };
        // What is odd in YAML is usual in JSON, and TOML is another language.
        let is_yaml = [b".yaml".as_slice(), b".yml"].iter().any(|ending| self.path.0.ends_with(ending));
        let is_other = self.path.0.ends_with(b".json") || (!is_yaml && document::is_toml(bytes));
        let options = if strict && !is_other { ReadOptions::strict() } else { ReadOptions::lenient() };
        let source = |leads: bool, key: Option<String>, reading: Reading| CheckedFile {
            file: self.path.clone(),
            role: self.role.clone(),
            key,
            leads,
            reading,
        };
        let spec = match self.role {
            Role::Record(kind) => Some(&policy.kinds[kind].spec),
            _ => None,
        };
        let reading = match spec {
            Some(spec) if spec.is_front_matter() => document::read_front_matter(bytes, &options),
            _ => document::read(bytes, &options),
        };
        let Some(route) = spec.and_then(|spec| spec.items_route()) else {
            return vec![source(true, None, reading)];
        };
        // The second reader is shown the file, once; what it finds is the item's in which it stands.
        let reading = if strict && !is_other { with_second_reading(reading) } else { reading };
        let items = reading.items(&route.keys().unwrap_or_default()).into_iter().enumerate();
        items.map(|(at, (key, reading))| source(at == 0, key, reading)).collect()
    }
}

/// A file's reading, with what another program would read otherwise among its problems.
fn with_second_reading(mut reading: Reading) -> Reading {
    let Some(document) = &reading.document else { return reading };
    let aliases = reading.problems.iter().any(|problem| problem.kind == ProblemKind::Alias);
    let found = if aliases { document::legacy_scalars(document) } else { document::second_reading(document) };
    let place = |one: &Problem| (one.span.start, one.span.end);
    let known: HashSet<(usize, usize)> = reading.problems.iter().map(place).collect();
    reading.problems.extend(found.into_iter().filter(|one| !known.contains(&place(one))));
    reading
}

/// The records, calendars and tables whose path `wanted` accepts, with their contents, by path.
pub fn entries(
    files: &dyn Files,
    policy: &Policy,
    wanted: &dyn Fn(&RepoPath) -> bool,
) -> Result<Vec<DatasetFile>, Failure> {
    let role_of = |path: &RepoPath| policy.role_of(path).filter(Role::is_data);
    let mut out = Vec::new();
    for prefix in policy.data_prefixes() {
        for file in files.below(&prefix, &|path| wanted(path) && role_of(path).is_some())? {
            let role = role_of(&file.path).expect("because only files with a role were asked for");
            out.push(DatasetFile { path: file.path, role, content: file.content });
        }
    }
    out.sort_by(|a: &DatasetFile, b| a.path.cmp(&b.path));
    out.dedup_by(|a, b| a.path == b.path);
    Ok(out)
}

/// As [`entries`], for a few paths, each looked for by itself.
///
/// # Errors
/// What stood in the way of reading them.
pub fn entries_at(
    files: &dyn Files,
    policy: &Policy,
    paths: &BTreeSet<RepoPath>,
) -> Result<Vec<DatasetFile>, Failure> {
    let mut out = Vec::new();
    for path in paths {
        let Some(role) = policy.role_of(path).filter(Role::is_data) else { continue };
        let found = files.below(path, &|found| found == path)?;
        out.extend(found.into_iter().map(|file| DatasetFile {
            path: file.path,
            role: role.clone(),
            content: file.content,
        }));
    }
    Ok(out)
}

/// What was found in some files of one state.
#[derive(Default)]
pub struct JudgedState {
    /// The findings, before any is accepted.
    pub findings: Vec<Finding>,
    /// The files that could be read.
    pub sources: Vec<CheckedFile>,
    /// The records among them that have a name.
    pub known: Vec<KnownRecord>,
    /// The files among them that should hold a record, and of which none can be read: without its name and
    /// date it has no edition.
    pub unread: Vec<RepoPath>,
    /// How many files were looked at.
    pub files: usize,
    /// Files that were not asked for, with records that others are compared with.
    pub beside: Vec<CheckedFile>,
}

/// Checks files, each by itself, on all cores.
pub fn judge(checker: &Checker<'_>, dataset: &Dataset, entries: Vec<DatasetFile>) -> JudgedState {
    let one = |entry: DatasetFile| -> JudgedFile {
        let mut findings: Vec<Finding> = unreadable(checker, &entry).into_iter().collect();
        let mut read = Vec::new();
        for source in entry.sources(checker.policy(), true) {
            let checked = checker.check(&source);
            let known = checked.identity.and_then(|identity| known(&source, identity));
            findings.extend(checked.findings);
            read.push((source, known));
        }
        let is_record = matches!(entry.role, Role::Record(_));
        let is_file = matches!(entry.content, Content::Bytes(_));
        let is_unread = !is_file || read.iter().any(|(source, _)| !has_head(checker, source));
        JudgedFile { read, findings, unread: (is_record && is_unread).then_some(entry.path) }
    };
    let files = entries.len();
    let results: Vec<_> = entries.into_par_iter().with_min_len(4).map(one).collect();
    let mut judged = JudgedState { files, ..JudgedState::default() };
    for file in results {
        judged.findings.extend(file.findings);
        judged.unread.extend(file.unread);
        for (source, known) in file.read {
            judged.sources.push(source);
            judged.known.extend(known);
        }
    }
    reference_faults(checker, dataset, &mut judged);
    judged
}

/// What was found in one file.
struct JudgedFile {
    read: Vec<(CheckedFile, Option<KnownRecord>)>,
    findings: Vec<Finding>,
    unread: Option<RepoPath>,
}

/// Whether a record says its name and its date.
fn has_head(checker: &Checker<'_>, source: &CheckedFile) -> bool {
    let (Role::Record(kind), Some(document)) = (&source.role, &source.reading.document) else { return false };
    let kind = &checker.policy().kinds[*kind];
    dataset::read_head(kind, &document.root, source.standing()).problems.is_empty()
}

pub(super) fn known(source: &CheckedFile, identity: Identity) -> Option<KnownRecord> {
    let Role::Record(kind) = source.role else { return None };
    let document = source.reading.document.clone().map(Arc::new);
    Some(KnownRecord { identity, kind, file: source.file.clone(), key: source.key.clone(), document })
}

fn unreadable(checker: &Checker<'_>, entry: &DatasetFile) -> Option<Finding> {
    match &entry.content {
        Content::Odd(words) => checker.about_file("file-kind", &entry.path, (*words).to_owned(), None),
        Content::Unreadable(words) => {
            checker.about_file("yaml-limits", &entry.path, format!("the file cannot be read: {words}"), None)
        }
        Content::Bytes(_) => None,
    }
}

/// Calendars and tables that are YAML, and still of no use: reported unless something else was found in them.
fn reference_faults(checker: &Checker<'_>, dataset: &Dataset, judged: &mut JudgedState) {
    for fault in &dataset.faults {
        let path = RepoPath::from(fault.file.as_str());
        let source = judged.sources.iter().find(|source| source.file == path);
        let has_finding = judged.findings.iter().any(|finding| finding.file == path);
        if has_finding || source.is_none() {
            continue;
        }
        let found = checker.about_file("calendar", &path, fault.message.clone(), None);
        judged.findings.extend(found.map(|mut found| {
            if let (Some(at), Some(source)) = (fault.place, source) {
                found.text = Some(source.reading.text.clone());
                found.place = Some(line_place(&source.reading.text, at));
                found.ignore_hint = Some(super::ignore_hint::hint(&found.rule));
            }
            found
        }));
    }
}

/// The rest of a line from a place on.
fn line_place(text: &str, at: LineColumn) -> Place {
    let start: usize = text.split_inclusive('\n').take(at.line - 1).map(str::len).sum();
    let line = text[start..].lines().next().unwrap_or("");
    let from = line.char_indices().nth(at.column - 1).map_or(line.len(), |(at, _)| at);
    let end = LineColumn { line: at.line, column: line.chars().count() + 1 };
    Place { start: at, end, span: (start + from, start + line.len()) }
}

/// Adds findings that need more than one file: records that are in two, or contradict each other. `whole`
/// says whether all files were judged.
pub fn across(
    checker: &Checker<'_>,
    judged: &mut JudgedState,
    files: &dyn Files,
    dataset: &Dataset,
    whole: bool,
) -> Result<(), Failure> {
    let mut known = judged.known.clone();
    let former: Vec<(usize, Identity)> = known
        .iter()
        .flat_map(|one| checker.formerly(one).into_iter().map(|identity| (one.kind, identity)))
        .collect();
    if !whole {
        known.extend(compared(checker, judged, files, dataset)?);
        // A record whose path does not show its name, or a former name, can be in a file that was not looked
        // at.
        let doubtful =
            judged.known.iter().filter(|one| !checker.path_shows_identity(one)).map(|one| &one.identity);
        let wanted: Vec<&Identity> = doubtful.chain(former.iter().map(|(_, identity)| identity)).collect();
        let names = NameFinder::of(&wanted);
        let read = judged.sources.iter().chain(&judged.beside);
        let seen: HashSet<&RepoPath> = read.map(|source| &source.file).collect();
        let others = |path: &RepoPath| !wanted.is_empty() && !seen.contains(path);
        for entry in entries(files, &dataset.policy, &others)? {
            known.extend(named_in(checker, &entry, &names));
        }
    }
    let standing = formerly::by_name(&known);
    let living: Vec<Finding> =
        judged.known.iter().flat_map(|one| formerly::living(checker, one, &standing)).collect();
    judged.findings.extend(living);
    let wanted: HashSet<&RepoPath> = judged.sources.iter().map(|source| &source.file).collect();
    let found: Vec<Finding> =
        twins(checker, &known).into_iter().filter(|f| whole || wanted.contains(&f.file)).collect();
    let beside: HashSet<&RepoPath> = judged.beside.iter().map(|source| &source.file).collect();
    let concerns = |f: &Finding| whole || wanted.contains(&f.file) || beside.contains(&f.file);
    let contradicted: Vec<Finding> = contradictions(checker, &known).into_iter().filter(concerns).collect();
    if whole {
        let all = look_alikes::names(judged.known.iter());
        let named: Vec<&KnownRecord> = judged.known.iter().collect();
        let alike = look_alikes::among(checker, &named, &all);
        judged.findings.extend(alike);
    }
    judged.findings.extend(found);
    judged.findings.extend(contradicted);
    Ok(())
}

/// Reads the records that those judged are compared with, where they were not judged themselves.
fn compared(
    checker: &Checker<'_>,
    judged: &mut JudgedState,
    files: &dyn Files,
    dataset: &Dataset,
) -> Result<Vec<KnownRecord>, Failure> {
    let mut missing: HashMap<Identity, usize> = HashMap::new();
    for one in &judged.known {
        missing.extend(checker.compared_with(&one.identity).into_iter().map(|identity| (identity, one.kind)));
    }
    let there: HashSet<(&Identity, usize)> =
        judged.known.iter().map(|one| (&one.identity, one.kind)).collect();
    missing.retain(|identity, kind| !there.contains(&(identity, *kind)));
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    let usual: Option<HashSet<RepoPath>> =
        missing.iter().map(|(identity, kind)| checker.usual_path(*kind, identity)).collect();
    let seen: HashSet<&RepoPath> = judged.sources.iter().map(|source| &source.file).collect();
    let wanted =
        |path: &RepoPath| !seen.contains(path) && usual.as_ref().is_none_or(|usual| usual.contains(path));
    let (mut found, mut beside) = (Vec::new(), Vec::new());
    for entry in entries(files, &dataset.policy, &wanted)? {
        for source in entry.sources(checker.policy(), false) {
            let one = checker.identity(&source).and_then(|identity| known(&source, identity));
            if let Some(one) = one.filter(|one| missing.get(&one.identity) == Some(&one.kind)) {
                found.push(one);
                beside.push(source);
            }
        }
    }
    judged.beside.extend(beside);
    Ok(found)
}

/// Adds findings about files among the records that no pattern takes.
pub fn strays(
    checker: &Checker<'_>,
    judged: &mut JudgedState,
    files: &dyn Files,
    dataset: &Dataset,
    wanted: &dyn Fn(&RepoPath) -> bool,
) -> Result<(), Failure> {
    for stray in strays_among(files, &dataset.policy, wanted)? {
        let (rule, message) = match stray.why {
            Why::Unclaimed => (
                "file-unclaimed",
                "no pattern of the manifest takes this file, so nothing checks it".to_owned(),
            ),
            Why::NoRule => (
                "file-unclaimed",
                "no rule is read from here: rules are `.yaml` files in `acts`, `observations` and `checks`"
                    .to_owned(),
            ),
            Why::Odd(words) => ("file-kind", words.to_owned()),
            Why::Letters(twin) => {
                ("file-letters", format!("the path differs from {twin} in upper and lower case only"))
            }
        };
        judged.findings.extend(checker.about_file(rule, &stray.path, message, None));
    }
    Ok(())
}

/// Records that name as their former selves a record that was another one at the base.
pub fn takeovers(
    checker: &Checker<'_>,
    base: &JudgedState,
    head: &JudgedState,
    before: &dyn Files,
    old: &Dataset,
) -> Result<Vec<Finding>, Failure> {
    let mut doubtful: Vec<(&KnownRecord, Identity)> = Vec::new();
    let stood: HashMap<(usize, &Identity), &KnownRecord> =
        base.known.iter().rev().map(|then| ((then.kind, &then.identity), then)).collect();
    for now in &head.known {
        let Some(then) = stood.get(&(now.kind, &now.identity)) else { continue };
        let declared: HashSet<Identity> = checker.formerly(then).into_iter().collect();
        let fresh = checker.formerly(now).into_iter().filter(|identity| !declared.contains(identity));
        doubtful.extend(fresh.map(|identity| (now, identity)));
    }
    let wanted: Vec<&Identity> = doubtful.iter().map(|(_, identity)| identity).collect();
    let there = standing(checker, before, old, &wanted)?;
    let taken = doubtful.iter().filter(|(now, identity)| there.contains(&(now.kind, identity.clone())));
    Ok(taken.filter_map(|(now, identity)| formerly::takeover(checker, now, identity)).collect())
}

/// Which of some identities are those of records of a state.
fn standing(
    checker: &Checker<'_>,
    files: &dyn Files,
    dataset: &Dataset,
    wanted: &[&Identity],
) -> Result<HashSet<(usize, Identity)>, Failure> {
    let mut out = HashSet::new();
    if wanted.is_empty() {
        return Ok(out);
    }
    let names = NameFinder::of(wanted);
    for entry in entries(files, &dataset.policy, &|_| true)? {
        out.extend(named_in(checker, &entry, &names).into_iter().map(|known| (known.kind, known.identity)));
    }
    Ok(out)
}

/// The records in a file, if its bytes hold all values of one of some identities.
fn named_in(checker: &Checker<'_>, entry: &DatasetFile, names: &NameFinder) -> Vec<KnownRecord> {
    let Content::Bytes(bytes) = &entry.content else { return Vec::new() };
    if !names.is_in(bytes) {
        return Vec::new();
    }
    let sources = entry.sources(checker.policy(), false);
    sources.iter().filter_map(|source| known(source, checker.identity(source)?)).collect()
}

/// The names of the records in files that were not judged: by their paths where these show them, or read.
///
/// # Errors
/// What stood in the way of reading them.
pub fn names_beside(
    checker: &Checker<'_>,
    files: &dyn Files,
    judged: &HashSet<&RepoPath>,
) -> Result<Vec<NamedFile>, Failure> {
    let policy = checker.policy();
    let by_path = RefCell::new(Vec::new());
    let unread = |path: &RepoPath| {
        let Some(kind) = policy.kind_of(path).filter(|_| !judged.contains(path)) else { return false };
        match checker.name_by_path(kind, path) {
            Some(identity) => by_path.borrow_mut().push(NamedFile { kind, identity, file: path.clone() }),
            None => return true,
        }
        false
    };
    let read = entries(files, policy, &unread)?;
    let named = |entry: &DatasetFile| {
        let sources = entry.sources(policy, false);
        let known = sources.iter().filter_map(|source| known(source, checker.identity(source)?));
        known
            .map(|one| NamedFile { kind: one.kind, identity: one.identity, file: one.file })
            .collect::<Vec<_>>()
    };
    let mut out = by_path.into_inner();
    out.extend(read.par_iter().map(named).collect::<Vec<_>>().into_iter().flatten());
    Ok(out)
}

/// A state's manifest, schemas, rules, tables and calendars.
///
/// # Errors
/// How they fail to work: what any other command would stop at.
pub fn usable(
    files: &dyn Files,
    root: &str,
    today: NaiveDate,
) -> Result<(Policy, Reference), Box<PolicyError>> {
    let policy = Policy::load(files, root)?;
    let (reference, _) = Reference::load_readable(files, &policy);
    let path = policy.path(baseline::FILE_NAME);
    if let Some(bytes) = files.read(&path).ok().flatten() {
        Baseline::read(&path, &bytes)?;
    }
    Checker::new(&policy, &reference, today)?;
    Ok((policy, reference))
}

/// What is wrong with the rules of a dataset: words that do not work, and fields that no schema has.
pub fn rule_faults(
    checker: &Checker<'_>,
    policy: &Policy,
    reference: &Reference,
    files: &dyn Files,
) -> Vec<Finding> {
    let finding = |fault: &RuleFault| match fault {
        RuleFault::Unusable(error) => policy_finding(checker, error, files),
        RuleFault::UnknownField(field) => unknown_field(checker, field, files),
    };
    rules::faults(policy, reference).iter().filter_map(finding).collect()
}

/// The rule that reports fields which no schema has.
pub const UNKNOWN_FIELD: &str = "rule-unknown-field";

fn unknown_field(checker: &Checker<'_>, unknown: &UnknownField, files: &dyn Files) -> Option<Finding> {
    let path = RepoPath::from(unknown.file.as_str());
    let mut found = checker.about_file(UNKNOWN_FIELD, &path, unknown.message.clone(), None)?;
    found.fingerprint = fingerprint(&serde_json::json!([UNKNOWN_FIELD, unknown.file, unknown.message]));
    let bytes = files.read(&unknown.file).ok().flatten();
    let Some(doc) = bytes.and_then(|bytes| document::read(&bytes, &ReadOptions::strict()).document) else {
        return Some(found);
    };
    let around = doc.root.at(&unknown.at, &|_| None).map_or(doc.root.span, |node| node.span);
    let at = doc.text.get(around.start..around.end).and_then(|text| text.find(unknown.written.as_str()));
    let start = around.start + at.unwrap_or(0);
    let end = at.map_or(around.end, |_| start + unknown.written.len());
    found.place = Some(Place { start: doc.place(start), end: doc.place(end), span: (start, end) });
    found.text = Some(doc.text);
    Some(found)
}

/// A dataset in which nothing is a record: nothing is checked.
pub fn no_records(checker: &Checker<'_>, judged: &JudgedState, policy: &Policy) -> Option<Finding> {
    if judged.sources.iter().any(|source| matches!(source.role, Role::Record(_))) {
        return None;
    }
    let manifest = RepoPath::from(policy.path(manifest::FILE_NAME).as_str());
    let patterns: Vec<&str> = policy.manifest.records.iter().map(|spec| spec.path.as_str()).collect();
    let message = format!("no file fits `{}`, so there is no record to check", patterns.join("`, `"));
    checker.about_file("no-records", &manifest, message, None)
}

/// A fault of the policy as a finding.
pub fn policy_finding(checker: &Checker<'_>, fault: &PolicyError, files: &dyn Files) -> Option<Finding> {
    let path = RepoPath::from(fault.file.as_str());
    let mut found = checker.about_file(
        "policy-unusable",
        &path,
        format!("no command can use this: {}", fault.message),
        None,
    )?;
    let text = files.read(&fault.file).ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
    if let (Some(at), Some(text)) = (fault.place, text)
        && text.split_inclusive('\n').count() >= at.line
    {
        found.place = Some(line_place(&text, at));
        found.text = Some(text.into());
    }
    Some(found)
}

/// What is said where a sparse checkout leaves records out of the working tree.
pub fn sparse_note(files: &dyn Files, policy: &Policy) -> Result<Option<String>, Failure> {
    let left_out = files.sparse()?;
    let count = left_out.iter().filter(|path| policy.role_of(path).is_some()).count();
    let words = match count {
        0 => return Ok(None),
        1 => "1 file outside the sparse checkout is judged as the index has it".to_owned(),
        more => format!("{more} files outside the sparse checkout are judged as the index has them"),
    };
    Ok(Some(words))
}

/// The merge base of a revision and the current commit.
pub fn merge_base(
    repo: &Repository,
    revision: &str,
    head: &crate::model::ObjectId,
) -> Result<crate::model::ObjectId, Failure> {
    let named = repo.resolve(revision).map_err(|error| shallow_hint(repo, Failure::from(error)))?;
    let base = repo.merge_base(&named, head)?;
    base.ok_or_else(|| {
        let error = Failure::new(format!("`{revision}` and the current commit have no common ancestor here"));
        shallow_hint(repo, error)
    })
}

fn shallow_hint(repo: &Repository, error: Failure) -> Failure {
    if !repo.is_shallow() {
        return error;
    }
    let error = error.hint("this clone is shallow: fetch the rest with `git fetch --unshallow`");
    error.hint("in GitHub Actions set `fetch-depth: 0` for actions/checkout; in GitLab CI set `GIT_DEPTH: 0`")
}
