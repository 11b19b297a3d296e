//! What a record says of each occasion of a calendar: an entry, a coverage claim, or nothing.
//!
//! Closed world only inside coverage: without an entry, an occasion was missed only if a claim of the record
//! spans it. An entry that only an earlier edition had stands unless a claim contradicts it that the earlier
//! edition did not make.

use super::claim::{Claim, ClaimFields};
use super::course::Course;
use super::record::Recorded;
use super::{Case, Proof};
use crate::dataset::Occasion;
use crate::model::results::{Examined, OccasionRef, Outcome};
use crate::model::{FieldPath, Node, Step};
use std::borrow::Cow;

/// What is known of one occasion.
#[derive(Clone, Debug)]
pub enum OccasionState<'a> {
    /// The record has an entry; `met` is `None` where the value is in neither of the rule's lists.
    Entry {
        /// The entry's value.
        value: Cow<'a, str>,
        /// Whether the value means having taken part.
        met: Option<bool>,
        /// The entry as the record has it.
        entry: &'a Node,
        /// The words beside it.
        remarks: Vec<String>,
        /// The entry; the root where only the comparison of editions is asked for.
        path: FieldPath,
        /// The earlier edition's entry, where the edition itself has none.
        recorded: Option<&'a Recorded>,
    },
    /// A claim spans it: it was missed.
    Covered,
    /// The record does not say.
    Unknown,
    /// The subject could not take part.
    NotEligible,
}

/// One occasion, examined.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The occasion.
    pub occasion: &'a Occasion,
    /// What is known.
    pub state: OccasionState<'a>,
    /// The claims that span it, by position.
    pub claims: Vec<usize>,
}

impl Seen<'_> {
    /// The value of its entry.
    pub fn value(&self) -> Option<&str> {
        match &self.state {
            OccasionState::Entry { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The earlier edition that the entry stands in, where the edition itself has none.
    pub fn recorded(&self) -> Option<&'_ Recorded> {
        match &self.state {
            OccasionState::Entry { recorded, .. } => *recorded,
            _ => None,
        }
    }

    /// Its entry as proof.
    pub fn proof(&self) -> Option<Proof> {
        match &self.state {
            OccasionState::Entry { path, recorded, .. } => {
                Some(Proof { path: path.clone(), recorded: recorded.cloned() })
            }
            _ => None,
        }
    }

    /// Whether it is known that the subject took part.
    pub fn is_met(&self) -> bool {
        matches!(self.state, OccasionState::Entry { met: Some(true), .. })
    }

    /// Whether it is known that the subject stayed away.
    pub fn is_missed(&self) -> bool {
        matches!(self.state, OccasionState::Covered | OccasionState::Entry { met: Some(false), .. })
    }

    /// For people and JSON.
    pub fn reference(&self) -> OccasionRef {
        OccasionRef {
            id: self.occasion.id.clone(),
            short: self.occasion.short.clone(),
            start: self.occasion.start.clone(),
        }
    }

    /// As a line of proof. `by_claim` is the path of the claim it rests on where that is not its entry.
    pub fn examined(&self, by_claim: Option<&FieldPath>) -> Examined {
        let outcome = match &self.state {
            _ if self.is_met() => Outcome::Met,
            _ if self.is_missed() => Outcome::Missed,
            OccasionState::NotEligible => Outcome::NotEligible,
            _ => Outcome::Unknown,
        };
        let (value, path) = match &self.state {
            OccasionState::Entry { value, path, .. } => {
                (Some(value.clone().into_owned()), Some(path.clone()))
            }
            _ => (None, None),
        };
        let basis = match (&path, by_claim) {
            (_, Some(_)) => Some("coverage"),
            (Some(_), None) => Some("entry"),
            (None, None) => None,
        };
        Examined {
            occasion: self.occasion.id.clone(),
            short: self.occasion.short.clone(),
            start: self.occasion.start.clone(),
            outcome,
            value,
            basis,
            path: by_claim.cloned().or(path),
            edition: self.recorded().filter(|_| by_claim.is_none()).map(|r| r.edited().date().clone()),
        }
    }
}

/// The occasions of the rule's calendar up to the edition's date, oldest first, with what the record says of
/// each.
///
/// An occasion that had not ended by then, or that is only announced, counts only if the record has an entry
/// for it.
pub fn examine<'a>(case: &Case<'a>) -> (Vec<Seen<'a>>, Vec<Claim>) {
    let rule = case.rule;
    let Some(calendar) = case.calendar() else {
        return (Vec::new(), Vec::new());
    };
    let made;
    let course = match case.engine.occasions.get(&(rule.id.as_str(), calendar.name.as_str())) {
        Some(known) => known,
        None => {
            made = Course::new(rule, calendar);
            &made
        }
    };
    let claims = claims(case);
    let as_of = case.edition.date().range();
    let begun = course.occasions.iter().take_while(|occasion| occasion.range.start <= as_of.end).count();
    let entries = entries(case, course, begun);
    let mut recorded = recorded(case, course, begun);
    let mut out = Vec::with_capacity(begun);
    for (at, (occasion, entry)) in course.occasions[..begun].iter().copied().zip(entries).enumerate() {
        let over = occasion.range.end <= as_of.end && !occasion.planned;
        let spanning: Vec<usize> = if over {
            (0..claims.len()).filter(|at| claims[*at].spans(occasion)).collect()
        } else {
            Vec::new()
        };
        let earlier = recorded.get_mut(at).and_then(Option::take);
        let earlier = earlier.filter(|entry| spanning.is_empty() || claimed_then(case, entry, occasion));
        let state = match entry {
            Some((node, path)) => entry_state(case, node, path),
            None if earlier.is_some() => earlier_state(case, earlier),
            None if !over => continue,
            None if !occasion.admits(case.subject.identity) => OccasionState::NotEligible,
            None if !spanning.is_empty() => OccasionState::Covered,
            None => OccasionState::Unknown,
        };
        out.push(Seen { occasion, state, claims: spanning });
    }
    (out, claims)
}

/// What the record's list has for each of the first occasions of a course: the first entry of that name, and
/// where it stands.
fn entries<'a>(case: &Case<'a>, course: &Course<'_>, count: usize) -> Vec<Option<(&'a Node, FieldPath)>> {
    let mut out = vec![None; count];
    let (Some(list), Some(key)) = (case.rule.list.as_deref(), case.rule.key.as_deref()) else { return out };
    let path = super::dotted(list);
    let Some(node) = case.edition.document.root.at_keys(list.split('.')) else { return out };
    let fields = case.subject.kind.shape.key_at(&path);
    let step =
        |at: usize, item: &Node| fields.and_then(|f| item.key_values(f)).map_or(Step::Index(at), Step::Item);
    let place =
        |at: usize, item: &Node| if case.full { path.then(step(at, item)) } else { FieldPath::root() };
    for (at, item) in node.items().iter().enumerate() {
        let places = item.get(key).and_then(Node::scalar_str).and_then(|id| course.places.get(id.as_ref()));
        for slot in places.into_iter().flatten().filter(|slot| **slot < count) {
            out[*slot].get_or_insert_with(|| (item, place(at, item)));
        }
    }
    out
}

/// The entries that only earlier editions had, for each of the first occasions of a course.
fn recorded<'a>(case: &Case<'a>, course: &Course<'_>, count: usize) -> Vec<Option<&'a Recorded>> {
    let (Some(on_record), Some(list), Some(key)) =
        (case.on_record, case.rule.list.as_deref(), case.rule.key.as_deref())
    else {
        return Vec::new();
    };
    let mut out = vec![None; count];
    for entry in on_record.beyond(list, case.edition.edition) {
        let id = entry.node(list).and_then(|node| node.get(key)).and_then(Node::scalar_str);
        let places = id.and_then(|id| course.places.get(id.as_ref()));
        for slot in places.into_iter().flatten().filter(|slot| **slot < count) {
            out[*slot] = Some(entry);
        }
    }
    out
}

/// Whether the edition that has an entry claimed to cover its occasion then, too: a claim that stood beside
/// the entry does not contradict it.
fn claimed_then(case: &Case<'_>, entry: &Recorded, occasion: &Occasion) -> bool {
    let then =
        Case { edition: entry.edited(), on_record: None, record: &std::cell::OnceCell::new(), ..*case };
    claims(&then).iter().any(|claim| claim.spans(occasion))
}

fn earlier_state<'a>(case: &Case<'_>, entry: Option<&'a Recorded>) -> OccasionState<'a> {
    let list = case.rule.list.as_deref().unwrap_or_default();
    let Some((entry, node)) = entry.and_then(|entry| Some((entry, entry.node(list)?))) else {
        return OccasionState::Unknown;
    };
    let path = if case.full { entry.path() } else { FieldPath::root() };
    match entry_state(case, node, path) {
        OccasionState::Entry { value, met, entry: node, remarks, path, .. } => {
            OccasionState::Entry { value, met, entry: node, remarks, path, recorded: Some(entry) }
        }
        other => other,
    }
}

fn entry_state<'a>(case: &Case<'_>, node: &'a Node, path: FieldPath) -> OccasionState<'a> {
    let rule = case.rule;
    let Some(value) = rule.value.as_deref().and_then(|field| node.get(field)).and_then(Node::scalar_str)
    else {
        return OccasionState::Unknown;
    };
    let among = |values: &[String]| values.iter().any(|one| *one == value);
    let met = match (among(&rule.met), among(&rule.missed)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    let is_true =
        |field: &String| node.get(field).and_then(Node::scalar_text).is_some_and(|text| text == "true");
    let remarks =
        rule.remark.iter().filter(|(field, _)| is_true(field)).map(|(_, word)| word.clone()).collect();
    OccasionState::Entry { value, met, entry: node, remarks, path, recorded: None }
}

fn claims(case: &Case<'_>) -> Vec<Claim> {
    let Some(coverage) = case.rule.coverage.as_deref() else { return Vec::new() };
    let spec = ClaimFields { coverage, matching: &case.rule.coverage_match, occasions: &case.rule.occasions };
    spec.claims(&case.edition.document.root, &case.subject.kind.shape)
}
