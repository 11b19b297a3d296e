//! The nature of a delta: what the dates say about how it came about.
//!
//! | structure | condition | nature |
//! |---|---|---|
//! | added | it happened on the day of the earlier edition or later | development |
//! | added | it had happened by then, or no date says | late report |
//! | added, changed | after the edition that has it: put there later, under an old date | late report |
//! | changed | after that day, or no date says | development |
//! | changed | by then | correction |
//! | changed | of the newest time, and of a later one than the earlier edition speaks of | late report |
//! | changed | a date is written more exactly | late report |
//! | changed | a date is written less exactly | editorial |
//! | added, changed | the day as of which nothing is known | review |
//! | changed | free text in other words, or less of it | editorial |
//! | changed | free text that goes on from where it ended, about a time that had been assessed | late report |
//! | changed | free text with another day as of which it is said | review |
//! | added, changed | in a second account of a fact | late report |
//! | any | in a second account that has what the record has | editorial |
//! | removed | an entry of the corrections names it | retraction |
//! | removed | nothing says why | omission |
//!
//! Where the manifest says `natures: neutral`, no date is asked: `added`, `changed`, `removed`.
//!
//! "Assessed" is the earlier edition's own date, or the earlier date through which the manifest says that
//! part of the record was assessed: a vote recorded in December does not make a meeting of November, recorded
//! in the next full review, a late report.

use super::texts;
use crate::dataset::{Occasion, Reference};
use crate::diff::Delta;
use crate::model::{DateRange, Document, FieldPath, Nature, NatureKind, Node, PartialDate, Precision, Step};
use crate::schema::{Kind, Op};
use foldhash::{HashMap, HashSet};

/// When an item's fact came about.
#[derive(Clone, Debug)]
pub struct When<'a> {
    /// The interval.
    pub range: DateRange,
    /// The date as it is written.
    pub date: PartialDate,
    /// The occasion, if the date is that of one.
    pub occasion: Option<&'a Occasion>,
}

/// The date of what a delta records. `explicit` is a rule's own path to it: from the root, or from the item
/// if it starts with `./`.
pub fn when<'r>(
    delta: &Delta,
    explicit: Option<&str>,
    (from, to): (&Document, &Document),
    kind: &Kind,
    reference: &'r Reference,
) -> Option<When<'r>> {
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    // What a part says of the present is dated by the later edition alone: a figure that lost its date is not
    // of that date.
    let is_of_present = delta.op == Op::Changed && !is_of_an_event(&delta.path, kind);
    let look = |path: &FieldPath| {
        let then = || from.at(&delta.before_at(path), &keys).filter(|_| !is_of_present);
        to.at(path, &keys).or_else(then)
    };
    if delta.op != Op::Removed && is_as_of(&delta.path, delta.after.as_ref(), kind) {
        return None;
    }
    let date_at = |path: &FieldPath| look(path).and_then(date_of);
    if let Some(explicit) = explicit {
        let base = if explicit.starts_with("./") { item_or_parent(&delta.path) } else { FieldPath::root() };
        let path = explicit.trim_start_matches("./").split('.').fold(base, |path, key| path.key(key));
        return date_at(&path);
    }
    if let Some(found) = companion(delta, kind).and_then(|path| date_at(&path)) {
        return Some(found);
    }
    dated_part(delta, &look, kind, reference)
}

/// Where the date stands that says when a scalar's value came about, if the schema names such a place.
fn companion(delta: &Delta, kind: &Kind) -> Option<FieldPath> {
    let leaf = kind.shape.at(&delta.path)?;
    let value = delta.after.as_ref().and_then(Node::scalar_text);
    let pointer = value.and_then(|v| leaf.companion_dates.get(&v)).or(leaf.companion_date.as_ref())?;
    pointer.resolve(&delta.path)
}

/// The date of what a delta changes or takes away, as it was published: by the earlier edition's own fields
/// and calendars. A value that has a companion date is dated by that of the later one.
pub fn published<'r>(
    delta: &Delta,
    from: &Document,
    to: &Document,
    kind: &Kind,
    reference: &'r Reference,
) -> Option<When<'r>> {
    if companion(delta, kind).is_some() {
        return when(delta, None, (from, to), kind, reference);
    }
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    let then = Delta { path: delta.path_before().clone(), from_path: None, ..delta.clone() };
    dated_part(&then, &|path: &FieldPath| from.at(path, &keys), kind, reference)
}

/// The date of the innermost part around a delta that has one.
fn dated_part<'r, 'n>(
    delta: &Delta,
    look: &dyn Fn(&FieldPath) -> Option<&'n Node>,
    kind: &Kind,
    reference: &'r Reference,
) -> Option<When<'r>> {
    let date_at = |path: &FieldPath| look(path).and_then(date_of);
    // A text that says as of when it is said has no other date.
    if kind.shape.at(&delta.path).is_some_and(|shape| shape.dated_text) {
        return None;
    }
    for length in (0..=delta.path.0.len()).rev() {
        let Some(shape) = kind.shape.at_steps(&delta.path.0[..length]) else { continue };
        let path = FieldPath(delta.path.0[..length].to_vec());
        if let Some((property, calendars)) = shape.occasion_property()
            && let Some(id) = look(&path).and_then(|n| n.get(property)).and_then(Node::scalar_text)
            && let Some(occasion) = reference.occasion(calendars, &id)
        {
            return Some(When {
                range: occasion.range,
                date: occasion.start.clone(),
                occasion: Some(occasion),
            });
        }
        match shape.date.as_deref() {
            Some(".") => return date_at(&path),
            Some(field) => {
                let end = shape.date_end.as_ref().map(|end| path.key(end));
                let at_end = || date_at(end.as_ref()?);
                // That it ended is of the day on which it did.
                let found = match end.as_ref() == Some(&delta.path) {
                    true => at_end(),
                    false => date_at(&path.key(field)).or_else(at_end),
                };
                if found.is_some() {
                    return found;
                }
            }
            None => {}
        }
    }
    None
}

/// Whether what a delta records has a date field, its own or that of a part around it, whose text is no date.
pub fn has_unreadable_date(delta: &Delta, from: &Document, kind: &Kind) -> bool {
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    let unreadable = |path: &FieldPath| {
        let node = from.at(path, &keys);
        node.is_some_and(|node| !node.is_null() && date_of(node).is_none())
    };
    let steps = &delta.path_before().0;
    (0..=steps.len()).rev().any(|length| {
        let path = FieldPath(steps[..length].to_vec());
        match kind.shape.at_steps(&steps[..length]).and_then(|shape| shape.date.as_deref()) {
            Some(".") => unreadable(&path),
            Some(field) => unreadable(&path.key(field)),
            None => false,
        }
    })
}

fn date_of<'r>(node: &Node) -> Option<When<'r>> {
    let date: PartialDate = node.scalar_text()?.parse().ok()?;
    Some(When { range: date.range(), date, occasion: None })
}

/// Whether what a path holds took place after the edition that records it: it was added later under an old
/// date. What is planned lies ahead.
pub fn is_beyond(path: &FieldPath, when: &DateRange, edition: &PartialDate, kind: &Kind) -> bool {
    let is_planned = kind.shape.at(path).is_some_and(|shape| shape.planned);
    !is_planned && when.is_after(&edition.range())
}

/// The list item a path passes through, or the parent of a field outside lists.
pub fn item_or_parent(path: &FieldPath) -> FieldPath {
    let list = match path.0.split_last() {
        Some((Step::Member(_), list)) => Some(FieldPath(list.to_vec())),
        _ => None,
    };
    let path = list.as_ref().unwrap_or(path);
    path.item().or_else(|| path.parent()).unwrap_or_default()
}

/// Through when the earlier edition had assessed the part of the record that a path lies in.
pub fn assessed(path: &FieldPath, earlier: &Document, own_date: &PartialDate, kind: &Kind) -> DateRange {
    let own = own_date.range();
    let Some(Step::Key(top)) = path.0.first() else { return own };
    let spec = kind.spec.assessed.iter().find(|spec| spec.fields.iter().any(|field| field == top));
    let through = spec
        .and_then(|spec| earlier.root.at_keys(spec.through.split('.')))
        .and_then(Node::scalar_text)
        .and_then(|text| text.parse::<PartialDate>().ok());
    match through {
        Some(through) if through.range().end < own.end => through.range(),
        _ => own,
    }
}

/// The nature of a delta of a record whose facts have no times of their own: what became of the value, not
/// when.
pub fn neutral(op: Op) -> NatureKind {
    match op {
        Op::Added => NatureKind::Added,
        Op::Changed => NatureKind::Changed,
        Op::Removed => NatureKind::Removed,
    }
}

/// Whether what a delta records is of a later time than what the earlier edition had there: a part that
/// speaks of the newest time has moved on, and what it said before is not put right. Text of no set form,
/// and what was not known to anyone, is not either.
pub fn has_moved_on(delta: &Delta, from: &Document, to: &Document, kind: &Kind) -> bool {
    if delta.op != Op::Changed || !is_current(&delta.path, kind) {
        return false;
    }
    let Some(shape) = kind.shape.at(&delta.path) else { return false };
    let date = |node: &Option<Node>| node.as_ref().and_then(date_of);
    let (was, now) = if shape.is_date() {
        (date(&delta.before), date(&delta.after))
    } else {
        let keys = |path: &FieldPath| kind.shape.key_at(path);
        let path = companion(delta, kind).or_else(|| date_around(&delta.path, kind));
        let at = |document: &Document| path.as_ref().and_then(|path| date_of(document.at(path, &keys)?));
        (at(from), at(to))
    };
    let Some(now) = now else { return false };
    let is_open = shape.free_text || is_as_of(&delta.path, delta.before.as_ref(), kind);
    is_open || was.is_none_or(|was| now.range.is_after(&was.range))
}

/// Where the date of the part around a field stands.
fn date_around(path: &FieldPath, kind: &Kind) -> Option<FieldPath> {
    let around = path.parent()?;
    let field = kind.shape.at(&around)?.date.as_deref().filter(|field| *field != ".")?;
    Some(around.key(field))
}

/// Whether a field is of a part that speaks of the newest time.
fn is_current(path: &FieldPath, kind: &Kind) -> bool {
    path.item().is_none()
        && !is_of_an_event(path, kind)
        && (0..path.0.len()).any(|length| kind.shape.at_steps(&path.0[..length]).is_some_and(|s| s.current))
}

/// As of when a text of no set form says that it holds.
pub fn said_as_of(delta: &Delta, kind: &Kind) -> Option<DateRange> {
    let text = delta.after.as_ref().and_then(Node::scalar_text)?;
    kind.shape.at(&delta.path).filter(|shape| shape.dated_text).and_then(|_| texts::said_as_of(&text))
}

/// Whether a value is one of those whose date is the day as of which they were said.
fn is_as_of(path: &FieldPath, value: Option<&Node>, kind: &Kind) -> bool {
    let Some(shape) = kind.shape.at(path).filter(|shape| !shape.as_of.is_empty()) else { return false };
    value.and_then(Node::scalar_text).is_some_and(|value| shape.as_of.contains(&value))
}

/// Whether a delta records one of those values or such a text, and as of when.
pub fn has_day_of_saying(delta: &Delta, to: &Document, kind: &Kind) -> bool {
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    let has_date = |path: FieldPath| to.at(&path, &keys).and_then(date_of).is_some();
    let is_dated = || companion(delta, kind).is_some_and(has_date);
    (is_as_of(&delta.path, delta.after.as_ref(), kind) && is_dated()) || said_as_of(delta, kind).is_some()
}

/// Whether a field is the date of a part whose leading value is one that is said as of a day.
fn is_day_of_saying(delta: &Delta, document: &Document, kind: &Kind) -> bool {
    let Some(around) = delta.path.parent() else { return false };
    if delta.op == Op::Removed || date_around(&delta.path, kind).as_ref() != Some(&delta.path) {
        return false;
    }
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    let lead = kind.shape.at(&around).and_then(|shape| shape.leads.first());
    let lead = lead.map(|lead| around.key(lead));
    lead.is_some_and(|lead| is_as_of(&lead, document.at(&lead, &keys), kind))
}

/// Whether a delta says the end of what began at the same time: that adds nothing.
fn ends_as_it_began(delta: &Delta, document: &Document, kind: &Kind) -> bool {
    let (Some(around), Some(Step::Key(field))) = (delta.path.parent(), delta.path.0.last()) else {
        return false;
    };
    let Some(shape) = kind.shape.at(&around) else { return false };
    let (Some(begin), Some(end)) = (shape.date.as_ref(), shape.date_end.as_ref()) else { return false };
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    let begin = document.at(&around.key(begin), &keys);
    end == field && begin.zip(delta.after.as_ref()).is_some_and(|(begin, end)| begin.same_value(end))
}

/// The nature of one delta. `moved_on`: it is of a later time than what it replaces ([`has_moved_on`]).
pub fn nature(
    delta: &Delta,
    when: Option<&When<'_>>,
    assessed: &DateRange,
    declared: Option<NatureKind>,
    moved_on: bool,
) -> Nature {
    if let Some(kind) = declared {
        return Nature::certain(kind);
    }
    if delta.op == Op::Removed {
        return Nature::certain(NatureKind::Omission);
    }
    let is_late = delta.op == Op::Added || moved_on;
    let had_happened = if is_late { NatureKind::LateReport } else { NatureKind::Correction };
    // What the earlier edition had an item for had happened by then, also on its very day.
    let is_detail = delta.path.item().is_some_and(|item| item != delta.path);
    let may_be_later = delta.op == Op::Added && !is_detail;
    match when {
        Some(when)
            if when.range.is_after(assessed) || (may_be_later && when.range.is_last_day_of(assessed)) =>
        {
            Nature::certain(NatureKind::Development)
        }
        Some(when) if when.range.is_on_or_before(assessed) => Nature::certain(had_happened),
        // The occasion was going on when the earlier edition was made: that is no rough date.
        Some(when) if when.occasion.is_some() && when.date.precision() == Precision::Day => {
            Nature::certain(NatureKind::Development)
        }
        Some(_) => Nature { kind: NatureKind::Development, uncertain: true, undated: false },
        None if delta.op == Op::Added => {
            Nature { kind: NatureKind::LateReport, uncertain: false, undated: true }
        }
        None => Nature { kind: NatureKind::Development, uncertain: false, undated: true },
    }
}

/// What the form of a delta says of its nature, before any date is looked at: a second account is reported
/// late, whatever it is an account of; a date written more exactly is detail, and one that was past is put
/// right wherever it moves; free text in other words is wording.
pub fn by_form(
    delta: &Delta,
    (from, to): (&Document, &Document),
    kind: &Kind,
    assessed: &DateRange,
) -> Option<NatureKind> {
    if is_day_of_saying(delta, to, kind) {
        return Some(NatureKind::Review);
    }
    if ends_as_it_began(delta, to, kind) {
        return Some(NatureKind::Editorial);
    }
    if account(&delta.path, kind).is_some() {
        let agreed = agrees(delta.path_before(), from, kind);
        let agrees = agrees(&delta.path, to, kind);
        return match delta.op {
            Op::Added if agrees => Some(NatureKind::Editorial),
            Op::Removed if agreed => Some(NatureKind::Editorial),
            Op::Changed if agreed && agrees => Some(NatureKind::Editorial),
            Op::Removed => Some(NatureKind::Omission),
            _ => Some(NatureKind::LateReport),
        };
    }
    let shape = kind.shape.at(&delta.path)?;
    let (before, after) = (delta.before.as_ref()?.scalar_text()?, delta.after.as_ref()?.scalar_text()?);
    if let (Ok(old), Ok(new)) = (before.parse::<PartialDate>(), after.parse::<PartialDate>())
        && shape.is_date()
    {
        if new.refines(&old) {
            return Some(NatureKind::LateReport);
        }
        // The same date, less exactly.
        if old.refines(&new) {
            return Some(NatureKind::Editorial);
        }
        let was_past = old.range().is_on_or_before(assessed) && is_of_an_event(&delta.path, kind);
        return was_past.then_some(NatureKind::Correction);
    }
    if shape.free_text { texts::nature(&before, &after, shape.dated_text, assessed) } else { None }
}

/// The second account that a path lies in.
pub fn account(path: &FieldPath, kind: &Kind) -> Option<FieldPath> {
    let is_account = |length: &usize| {
        kind.shape.at_steps(&path.0[..*length]).is_some_and(|shape| shape.account_of.is_some())
    };
    (1..path.0.len()).find(is_account).map(|length| FieldPath(path.0[..length].to_vec()))
}

/// Where the record itself has what a field of a second account is another account of.
pub fn counterpart(path: &FieldPath, kind: &Kind) -> Option<FieldPath> {
    let account = account(path, kind)?;
    let mut of = kind.shape.at(&account)?.account_of.as_ref()?.resolve(&account)?;
    of.0.extend_from_slice(&path.0[account.0.len()..]);
    Some(of)
}

/// Whether a field of a second account says what the record itself has, be it a date less exactly: there the
/// two do not differ.
pub fn agrees(path: &FieldPath, document: &Document, kind: &Kind) -> bool {
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    let own = counterpart(path, kind).and_then(|own| document.at(&own, &keys));
    let Some((account, own)) = document.at(path, &keys).zip(own) else { return false };
    let date = |node: &Node| date_of(node).map(|when| when.date);
    let is_rougher = date(account).zip(date(own)).is_some_and(|(account, own)| own.refines(&account));
    account.scalar_text().is_some() && (account.same_value(own) || is_rougher)
}

/// Whether a field is of one event, which cannot take place again: a field of a list item, or one that is its
/// own date. The date of a part moves on with what the part says of the present.
pub fn is_of_an_event(path: &FieldPath, kind: &Kind) -> bool {
    path.item().is_some() || kind.shape.at(path).is_some_and(|shape| shape.date.as_deref() == Some("."))
}

/// The nature that the schema declares for a path: that of the innermost part that declares one. What the
/// manifest names to date, name and review a record is otherwise no fact about its subject.
pub fn declared(path: &FieldPath, kind: &Kind) -> Option<NatureKind> {
    let own = (0..=path.0.len()).rev().find_map(|length| kind.shape.at_steps(&path.0[..length])?.nature);
    own.or_else(|| of_manifest(path, kind))
}

/// Whether what stands at a path is declared to be wording or review.
pub fn is_quiet(path: &FieldPath, kind: &Kind) -> bool {
    matches!(declared(path, kind), Some(NatureKind::Editorial | NatureKind::Review))
}

fn of_manifest(path: &FieldPath, kind: &Kind) -> Option<NatureKind> {
    let Some(Step::Key(top)) = path.0.first() else { return None };
    let is = |field: &Option<String>| field.as_deref() == Some(top.as_str());
    if is(&kind.spec.reviewed) || (!kind.spec.date.by_commit() && kind.spec.date.is_at(path)) {
        return Some(NatureKind::Review);
    }
    is(&kind.spec.formerly).then_some(NatureKind::Editorial)
}

/// An entry of the later edition's corrections, new since the earlier one, that names a path or a part above
/// or below it.
#[derive(Clone)]
pub struct Logged<'n> {
    /// The entry.
    pub entry: &'n Node,
    /// Its reason in words.
    pub reason: String,
    /// Whether it names this very path, not a part above or below it.
    pub exact: bool,
}

/// The entries of the later edition's corrections that are new since the earlier one, by the path that each
/// names.
#[derive(Default)]
pub struct NewCorrections<'n> {
    by_path: HashMap<String, (usize, &'n Node)>,
}

impl<'n> NewCorrections<'n> {
    /// Reads both logs.
    pub fn of(kind: &Kind, from: &Node, to: &'n Node) -> NewCorrections<'n> {
        let mut by_path = HashMap::default();
        let Some(field) = kind.spec.corrections.as_deref() else { return NewCorrections::default() };
        let entries = to.get(field).map_or(&[][..], Node::items);
        let old: HashSet<String> = match entries {
            [] => HashSet::default(),
            _ => from.get(field).map_or(&[][..], Node::items).iter().map(Node::canonical).collect(),
        };
        for (at, entry) in entries.iter().enumerate() {
            let named = entry.get("path").and_then(Node::scalar_text);
            if let Some(named) = named.filter(|_| old.is_empty() || !old.contains(&entry.canonical())) {
                by_path.entry(named).or_insert((at, entry));
            }
        }
        NewCorrections { by_path }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// The first entry that names a path, or a part above it. A list that is named covers none of its items.
    pub fn on(&self, path: &FieldPath) -> Option<Logged<'n>> {
        if self.by_path.is_empty() {
            return None;
        }
        let exact = path.to_string();
        let after_list = exact.rfind('[').unwrap_or(0);
        let above = exact.match_indices('.').map(|(at, _)| at).filter(|at| *at > after_list);
        let named = std::iter::once(exact.len()).chain(above).filter_map(|end| {
            let (at, entry) = self.by_path.get(&exact[..end])?;
            Some((*at, *entry, end == exact.len()))
        });
        let (_, entry, exact) = named.min_by_key(|(at, _, _)| *at)?;
        let say = |key: &str| entry.get(key).and_then(Node::scalar_text);
        let parts: Vec<String> = [say("what"), say("why")].into_iter().flatten().collect();
        Some(Logged { entry, reason: parts.join(" "), exact })
    }
}
