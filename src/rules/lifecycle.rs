//! What no act claims: a fact appeared, changed, was dated otherwise or disappeared.
//!
//! Facts of one part that share a frame and a nature become one sentence, and so do all that an edition no
//! longer mentions, and all that is only about texts and sources. `lifecycle_words.rs` words it.

use super::comparison::{Comparison, JudgedNature, Label, Parts};
use super::known_sentences::{IsKnown, SaidChange};
use super::lifecycle_words::{ALIKE, SentenceGroup, rule_id, word};
use super::natures;
use super::phrases::{MANY, leads};
use crate::diff::Delta;
use crate::model::results::Change;
use crate::model::text::edition_in_words;
use crate::model::{ByteSpan, FieldPath, Nature, NatureKind, Node, PartialDate, Significance, Step};
use crate::schema::{FrameName, Natures, Op, Shape};
use foldhash::HashMap;
use indexmap::IndexMap;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// A delta with what it takes to word it.
struct JudgedDelta {
    at: usize,
    along: Vec<usize>,
    judged: JudgedNature,
}

/// Says every delta that is not taken yet; in words what is not known by its fingerprint.
pub(super) fn say_rest(
    comparison: &Comparison<'_>,
    taken: &mut [bool],
    known: Option<IsKnown<'_>>,
) -> Vec<SaidChange> {
    let life = Life::new(comparison);
    let say = |(group, facts): (SentenceGroup, Vec<JudgedDelta>)| {
        let alone = group.frame == FrameName::Reviewed;
        let print = |_: &IsKnown<'_>| {
            let about = life.about(&facts);
            comparison.fingerprint(&rule_id(&group, about[0]), &about)
        };
        match known.as_ref().map(print).filter(|print| known.is_some_and(|known| known(print))) {
            Some(print) => SaidChange::Known(print, alone),
            None => SaidChange::Worded(Box::new(life.sentence(&group, facts)), alone),
        }
    };
    life.grouped(taken).into_iter().map(say).collect()
}

struct Life<'c, 's> {
    comparison: &'c Comparison<'s>,
    /// The deltas by path: those below a path stand right behind it.
    by_path: BTreeMap<&'s FieldPath, Vec<usize>>,
    /// The deltas by the place of what they bring.
    by_place: HashMap<ByteSpan, Vec<usize>>,
    /// Lists without keys by path: how many items came and went.
    moved: HashMap<FieldPath, (usize, usize)>,
    /// What was judged of each delta.
    judged: Vec<OnceCell<(Nature, Option<natures::Logged<'s>>)>>,
}

impl<'c, 's> Life<'c, 's> {
    fn new(comparison: &'c Comparison<'s>) -> Self {
        let (mut by_path, mut by_place) =
            (BTreeMap::<_, Vec<usize>>::new(), HashMap::<_, Vec<usize>>::default());
        for (at, delta) in comparison.deltas.iter().enumerate() {
            by_path.entry(&delta.path).or_default().push(at);
            if let Some(after) = &delta.after {
                by_place.entry(after.span).or_default().push(at);
            }
        }
        let moved = if comparison.subject.kind.spec.natures == Natures::Neutral {
            moved_items(comparison.deltas)
        } else {
            HashMap::default()
        };
        let judged = comparison.deltas.iter().map(|_| OnceCell::new()).collect();
        Life { comparison, by_path, by_place, moved, judged }
    }

    /// The deltas that are not taken yet, those of one sentence together.
    fn grouped(&self, taken: &mut [bool]) -> Vec<(SentenceGroup, Vec<JudgedDelta>)> {
        let mut groups: IndexMap<SentenceGroup, Vec<JudgedDelta>> = IndexMap::new();
        for at in self.in_order(taken) {
            if taken[at] {
                continue;
            }
            let fact = self.take(at, taken);
            groups.entry(self.group(&fact)).or_default().push(fact);
        }
        united(groups)
    }

    /// The deltas that a sentence is about, in the order of the record.
    fn about(&self, facts: &[JudgedDelta]) -> Vec<&'s Delta> {
        let mut about: Vec<usize> = facts.iter().map(|fact| fact.at).collect();
        about.sort_unstable();
        about.into_iter().map(|at| self.delta(at)).collect()
    }

    /// The list of whose items so many came and went that one sentence counts them.
    fn wide_list(&self, delta: &Delta) -> Option<FieldPath> {
        let list = unkeyed_list(&delta.path)?;
        let (came, went) = self.moved.get(&list)?;
        (*came > 0 && *went > 0 && came + went > MANY).then_some(list)
    }

    /// The deltas at a path and below it.
    fn below(&self, path: &FieldPath) -> impl Iterator<Item = usize> {
        let from = self.by_path.range::<FieldPath, _>(path..);
        from.take_while(move |(other, _)| path.contains(other)).flat_map(|(_, at)| at.iter().copied())
    }

    fn delta(&self, at: usize) -> &'s Delta {
        &self.comparison.deltas[at]
    }

    fn shape(&self, path: &FieldPath) -> Option<&'s Shape> {
        self.comparison.subject.kind.shape.at(path)
    }

    /// The open deltas, facts before the texts and sources that may go with them, what is mentioned again by
    /// the edition that first recorded it, and what leads a part before the rest of it.
    fn in_order(&self, taken: &[bool]) -> Vec<usize> {
        let mut open: Vec<usize> = (0..taken.len()).filter(|at| !taken[*at]).collect();
        open.sort_by_cached_key(|at| {
            let delta = self.delta(*at);
            let leads = delta
                .path
                .parent()
                .and_then(|around| self.shape(&around))
                .is_some_and(|s| leads(s, &delta.path));
            let is_text = is_text(self.frame(delta, self.judge(*at).0));
            let first_recorded = self.first_recorded(delta).map(PartialDate::earliest);
            (is_text, self.is_logged_correction(delta), first_recorded, !leads, *at)
        });
        open
    }

    /// Makes a fact of a delta and takes along what goes with it.
    fn take(&self, at: usize, taken: &mut [bool]) -> JudgedDelta {
        taken[at] = true;
        let delta = self.delta(at);
        let (nature, logged) = self.judge(at).clone();
        let is_fact = !is_text(self.frame(delta, nature));
        let mut along: BTreeSet<usize> = BTreeSet::new();
        if let Some(logged) = &logged {
            along.extend(self.by_place.get(&logged.entry.span).into_iter().flatten());
        }
        let (_, mut reason) = self.own_judgement(at);
        if is_fact {
            self.companions(delta, &mut along);
            // What the log says of something that goes along is said here.
            let logs: Vec<natures::Logged<'_>> =
                along.iter().filter(|at| !taken[**at]).filter_map(|at| self.judge(*at).1.clone()).collect();
            for log in logs {
                along.extend(self.by_place.get(&log.entry.span).into_iter().flatten());
                reason.get_or_insert(log.reason);
            }
        }
        along.retain(|other| !std::mem::replace(&mut taken[*other], true));
        let along = along.into_iter().collect();
        JudgedDelta { at, along, judged: (nature, reason) }
    }

    /// Adds the deltas that need no words beside those of a fact: its sources, the date its phrase says, and
    /// of what leads a part, the part's date and texts and the fields named with it.
    fn companions(&self, fact: &Delta, out: &mut BTreeSet<usize>) {
        let kind = self.comparison.subject.kind;
        if let Some(account) = self.account(&fact.path) {
            out.extend(self.below(&account).filter(|at| self.is_no_difference(self.delta(*at))));
            return;
        }
        let (Some(around), Some(shape)) = (fact.path.parent(), self.shape(&fact.path)) else { return };
        if let Some(sources) = self.sources_of(&fact.path) {
            out.extend(self.below(&sources));
        }
        for phrases in [self.comparison.after(), self.comparison.before()] {
            if phrases.says_date(&fact.path)
                && let Some(date) = phrases.date_path(&fact.path, shape)
            {
                out.extend(self.by_path.get(&date).into_iter().flatten());
            }
        }
        let Some(part) = self.shape(&around).filter(|part| leads(part, &fact.path)) else { return };
        out.extend(self.below(&around).filter(|at| {
            let other = &self.delta(*at).path;
            let Some(Step::Key(key)) = other.0.get(around.0.len()) else { return false };
            let is_direct = other.0.len() == around.0.len() + 1;
            let is_text = is_direct && natures::declared(other, kind) == Some(NatureKind::Editorial);
            is_text || part.date.as_ref() == Some(key) || part.leads.contains(key)
        }));
    }

    /// The list of sources of the innermost part around a field that has one; the record as a whole is no
    /// part.
    fn sources_of(&self, path: &FieldPath) -> Option<FieldPath> {
        (1..path.0.len()).rev().find_map(|length| {
            let around = FieldPath(path.0[..length].to_vec());
            let properties = &self.shape(&around)?.properties;
            let (name, _) = properties.iter().find(|(_, shape)| shape.is_reference_list())?;
            Some(around.key(name))
        })
    }

    /// The second account that a field stands in.
    fn account(&self, path: &FieldPath) -> Option<FieldPath> {
        natures::account(path, self.comparison.subject.kind)
    }

    /// Whether a delta of a second account is wording, or says what the record itself has.
    fn is_no_difference(&self, delta: &Delta) -> bool {
        self.comparison.is_quiet(delta) || self.comparison.agrees(delta)
    }

    /// Whether a text is all that a second account says, which came or went with this step: then it is the
    /// fact.
    fn is_bare_account(&self, delta: &Delta) -> bool {
        let Some(account) = self.account(&delta.path) else { return false };
        let has_words = self.shape(&delta.path).is_some_and(|shape| !shape.says.is_empty());
        let is_alike = |other: &Delta| other.op == delta.op && self.is_no_difference(other);
        let is_text = self.comparison.is_quiet(delta);
        is_text
            && has_words
            && delta.op != Op::Changed
            && self.below(&account).all(|other| is_alike(self.delta(other)))
    }

    /// As [`Comparison::nature_and_log`], of what the lifecycle words; each delta is judged once.
    fn judge(&self, at: usize) -> &(Nature, Option<natures::Logged<'s>>) {
        self.judged[at].get_or_init(|| self.judge_delta(self.delta(at)))
    }

    fn judge_delta(&self, delta: &Delta) -> (Nature, Option<natures::Logged<'s>>) {
        let (nature, logged) = self.comparison.nature_and_log(None, delta);
        if nature.kind != NatureKind::Editorial || !self.is_bare_account(delta) {
            return (nature, logged);
        }
        // The text is the fact, so that an entry on the account is one on the text.
        let logged = logged.or_else(|| self.comparison.logged(&delta.path));
        let kind = match (delta.op, &logged) {
            (Op::Removed, Some(_)) => NatureKind::Retraction,
            (Op::Removed, None) => NatureKind::Omission,
            _ => NatureKind::LateReport,
        };
        (Nature::certain(kind), logged)
    }

    /// The nature of a delta and the reason that the log gives for it, whatever goes along with it.
    fn own_judgement(&self, at: usize) -> JudgedNature {
        let (nature, logged) = self.judge(at);
        (*nature, logged.as_ref().map(|logged| logged.reason.clone()))
    }

    /// As [`Life::own_judgement`], of a delta of another comparison of the record.
    fn judgement_of(&self, delta: &Delta) -> JudgedNature {
        let (nature, logged) = self.judge_delta(delta);
        (nature, logged.map(|logged| logged.reason))
    }

    /// Whether a delta is an entry of the log of corrections: it goes with what it is about, if that is in
    /// the same step.
    fn is_logged_correction(&self, delta: &Delta) -> bool {
        let field = self.comparison.subject.kind.spec.corrections.as_deref();
        matches!(delta.path.0.first(), Some(Step::Key(key)) if Some(key.as_str()) == field)
    }

    /// The first edition that recorded alike what the earlier one merely does not mention.
    fn first_recorded(&self, delta: &Delta) -> Option<&PartialDate> {
        self.comparison.differences.repeated.get(&delta.path)
    }

    fn frame(&self, delta: &Delta, nature: Nature) -> FrameName {
        if self.first_recorded(delta).is_some() {
            return FrameName::Repeated;
        }
        match (nature.kind, delta.op) {
            (NatureKind::Review, _) => FrameName::Reviewed,
            (NatureKind::Editorial, _) => FrameName::Edited,
            (_, Op::Added) => FrameName::Appeared,
            (_, Op::Removed) => FrameName::Disappeared,
            (_, Op::Changed) if self.is_redated(delta) => FrameName::Redated,
            (_, Op::Changed) => FrameName::Changed,
        }
    }

    fn is_redated(&self, delta: &Delta) -> bool {
        let is_date = |node: &Option<Node>| {
            let text = node.as_ref().and_then(Node::scalar_text);
            text.is_some_and(|text| text.parse::<PartialDate>().is_ok())
        };
        self.shape(&delta.path).is_some_and(Shape::is_date) && is_date(&delta.before) && is_date(&delta.after)
    }

    fn group(&self, fact: &JudgedDelta) -> SentenceGroup {
        let delta = self.delta(fact.at);
        let (Nature { kind, uncertain, undated }, reason) = fact.judged.clone();
        if let Some(part) = self.wide_list(delta).filter(|_| kind.is_neutral()) {
            let (frame, nature) = (FrameName::Changed, (NatureKind::Changed, false, false));
            let significance = self.significance(&part, frame);
            let edition = String::new();
            return SentenceGroup { part, frame, nature, significance, reason, date: None, edition };
        }
        let frame = self.frame(delta, fact.judged.0);
        let is_whole = frame.is_whole() || kind == NatureKind::Omission;
        let part = if is_whole { FieldPath::root() } else { self.part(&delta.path) };
        // Each entry of the log has a reason of its own.
        let is_logged = frame == FrameName::Appeared && self.is_logged_correction(delta);
        let part = if is_logged { delta.path.clone() } else { self.list_of_alike(delta).unwrap_or(part) };
        let significance = match kind {
            NatureKind::Editorial | NatureKind::Review => Significance::Editorial,
            NatureKind::Correction if self.comparison.is_quiet(delta) => Significance::Editorial,
            _ => self.significance(&delta.path, frame),
        };
        let edition = match self.first_recorded(delta) {
            Some(first) => edition_in_words(first),
            None if is_whole => String::new(),
            None => self.comparison.edition_of(delta),
        };
        // What one entry of the log gives the reason for is one sentence, and so is an account.
        let is_of_one_time =
            !is_whole && !kind.is_neutral() && reason.is_none() && self.account(&delta.path).is_none();
        let when = if is_of_one_time { self.comparison.when(None, delta) } else { None };
        let date = when.map(|when| when.date.to_string());
        let nature = (kind, uncertain, undated);
        SentenceGroup { part, frame, nature, significance, reason, date, edition }
    }

    /// The list of whose items another source says the same, if a sentence for each of them would be one too
    /// many.
    fn list_of_alike(&self, delta: &Delta) -> Option<FieldPath> {
        let account = self.account(&delta.path).filter(|_| delta.op == Op::Added)?;
        let list = account.parent()?.parent()?;
        let inside = |other: &&Delta| {
            let own = self.account(&other.path).filter(|_| other.op == Op::Added);
            own.and_then(|own| own.parent()?.parent()) == Some(list.clone())
                && !self.comparison.is_quiet(other)
        };
        let others: Vec<&Delta> = self.comparison.deltas.iter().filter(inside).collect();
        let key = delta.path.0.last();
        let alike = |other: &&&Delta| {
            other.path.0.last() == key
                && other.after.as_ref().zip(delta.after.as_ref()).is_some_and(|(a, b)| a.same_value(b))
        };
        (others.iter().filter(alike).count() >= ALIKE).then_some(list)
    }

    /// The part whose facts are worded together: the account, the list of an item, or what is around a field.
    /// A field of the record itself is a part of its own.
    fn part(&self, path: &FieldPath) -> FieldPath {
        let around = path.parent().filter(|around| *around != FieldPath::root());
        self.account(path).or(around).unwrap_or_else(|| path.clone())
    }

    fn significance(&self, path: &FieldPath, frame: FrameName) -> Significance {
        let weights = (0..=path.0.len()).rev().find_map(|length| {
            self.comparison
                .subject
                .kind
                .shape
                .at_steps(&path.0[..length])
                .map(|s| &s.significance)
                .filter(|w| !w.is_empty())
        });
        let of = |name: &str| weights.and_then(|weights| weights.get(name)).copied();
        of(frame.as_str()).or_else(|| of("any")).unwrap_or(Significance::Minor)
    }

    fn sentence(&self, group: &SentenceGroup, facts: Vec<JudgedDelta>) -> Change {
        let about = self.about(&facts);
        let along: Vec<&Delta> =
            facts.iter().flat_map(|fact| &fact.along).map(|at| self.delta(*at)).collect();
        let (kind, uncertain, undated) = group.nature;
        let judged = (Nature { kind, uncertain, undated }, group.reason.clone());
        let own = self.judgement_of(about[0]);
        let message = word(self.comparison, group, &about);
        let needed = along.iter().filter(|delta| {
            !self.comparison.is_quiet(delta)
                && self.comparison.without(delta, |other| {
                    Life::new(other).judgement_of(about[0]) != own || word(other, group, &about) != message
                })
        });
        let proof: Vec<&Delta> = about.iter().chain(needed).copied().collect();
        let rule = rule_id(group, about[0]);
        let label = Label { rule: &rule, significance: group.significance };
        self.comparison.change(&label, judged, message, &Parts { about, along, proof })
    }
}

/// What one entry of the log gives the reason for is one sentence, whatever its parts weigh: it counts as the
/// weightiest of them.
fn united(groups: IndexMap<SentenceGroup, Vec<JudgedDelta>>) -> Vec<(SentenceGroup, Vec<JudgedDelta>)> {
    let mut out: Vec<Option<(SentenceGroup, Vec<JudgedDelta>)>> = Vec::new();
    let mut newest: HashMap<SentenceGroup, usize> = HashMap::default();
    for (mut group, mut facts) in groups {
        if group.reason.is_some() {
            let whatever_it_weighs = SentenceGroup { significance: Significance::Minor, ..group.clone() };
            let alike = newest.insert(whatever_it_weighs, out.len());
            if let Some((known, before)) = alike.and_then(|at| out[at].take()) {
                group.significance = group.significance.min(known.significance);
                facts = before.into_iter().chain(facts).collect();
            }
        }
        out.push(Some((group, facts)));
    }
    out.into_iter().flatten().collect()
}

/// The list that an item without a key stands in.
fn unkeyed_list(path: &FieldPath) -> Option<FieldPath> {
    let is_unkeyed = matches!(path.0.last(), Some(Step::Member(_) | Step::Index(_) | Step::Gone(_)));
    path.parent().filter(|_| is_unkeyed)
}

/// How many items came to each list without keys, and how many went.
fn moved_items(deltas: &[Delta]) -> HashMap<FieldPath, (usize, usize)> {
    let mut out = HashMap::<FieldPath, (usize, usize)>::default();
    for delta in deltas {
        let Some(list) = unkeyed_list(&delta.path) else { continue };
        let (came, went) = out.entry(list).or_default();
        match delta.op {
            Op::Added => *came += 1,
            Op::Removed => *went += 1,
            Op::Changed => {}
        }
    }
    out
}

/// Whether a frame is about texts, sources and reviews.
fn is_text(frame: FrameName) -> bool {
    matches!(frame, FrameName::Edited | FrameName::Reviewed)
}
