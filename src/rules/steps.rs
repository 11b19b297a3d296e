//! What became of observations between two editions. Only what is told is put into words.

use super::observations::Sighting;
use super::{Edited, Engine, Subject, natures};
use crate::diff::Delta;
use crate::model::results::{Examined, Observation, ObservationState, Outcome, Side};
use crate::model::{DateRange, Nature, NatureKind, Node, PartialDate};
use crate::schema::{ObservationRule, Op};
use std::collections::HashMap;

/// Matches what two editions show. What holds alike on both is `continues`, told only where `continuing` asks for it. What was done
/// `once` ends when something else is done.
pub(super) fn compare(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    (from, before): (Edited<'_>, &[Sighting<'_>]),
    (to, after): (Edited<'_>, &[Sighting<'_>]),
    continuing: bool,
) -> Vec<Observation> {
    let cause = |old: Option<&Observation>, new: Option<&Observation>| {
        Some(cause(engine, subject, (from, to), old, new))
    };
    let old: Vec<&Sighting<'_>> = before.iter().filter(|s| s.is_told()).collect();
    let new: Vec<&Sighting<'_>> = after.iter().filter(|s| s.is_told()).collect();
    let mut out = Vec::new();
    for now in &new {
        // Of several alike the last one counts.
        let then = old.iter().rev().find(|then| then.identity == now.identity).copied();
        let state = match then {
            None => ObservationState::Began,
            Some(then) if then.draft.content != now.draft.content => ObservationState::Changed,
            Some(_) if !continuing => continue,
            Some(_) => ObservationState::Continues,
        };
        let mut told = now.word(engine, subject, to);
        told.state = Some(state);
        if state != ObservationState::Continues {
            let then = then.map(|then| then.word(engine, subject, from));
            told.nature = cause(then.as_ref(), Some(&told));
        }
        out.push(told);
    }
    let turned = |then: &Sighting<'_>| {
        then.draft.variant == "once"
            && after.iter().any(|now| now.rule.id == then.rule.id && now.identity != then.identity)
    };
    let kept = |then: &Sighting<'_>| new.iter().any(|now| now.identity == then.identity);
    let is_gone = |then: &&Sighting<'_>| (then.is_told() && !kept(then)) || turned(then);
    for gone in before.iter().filter(is_gone) {
        let mut told = gone.word(engine, subject, from);
        told.state = Some(ObservationState::Ended);
        let heir =
            after.iter().find(|now| now.rule.id == gone.rule.id).map(|heir| heir.word(engine, subject, to));
        told.nature = cause(Some(&told), heir.as_ref());
        for evidence in &mut told.evidence {
            evidence.side = Side::From;
        }
        if let Some(heir) = heir {
            told.ended = first_otherwise(&told, &heir);
            told.evidence.extend(heir.evidence);
            told.detail = format!("now: {}", heir.message);
        }
        out.push(told);
    }
    out.sort_by_key(|o| (o.state, o.significance));
    out
}

/// How it came about: a development if any occasion that was seen differently took place after the earlier edition was assessed;
/// otherwise the past was told anew.
fn cause(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    (from, to): (Edited<'_>, Edited<'_>),
    old: Option<&Observation>,
    new: Option<&Observation>,
) -> Nature {
    let rule = new.or(old).map(|o| o.rule.as_str()).unwrap_or_default();
    let Some(rule) = engine.policy.rules.observations.iter().find(|r| r.id == rule) else {
        return Nature::certain(NatureKind::Development);
    };
    let part = rule.list.as_deref().or(rule.field.as_deref()).or(rule.date.as_deref()).unwrap_or_default();
    let path = super::observations::dotted(part);
    let assessed = natures::assessed(&path, from.document, from.date(), subject.kind);
    let mut dates: Vec<DateRange> = differing(engine, rule.calendar.as_deref(), old, new);
    if dates.is_empty() && new.is_none() {
        // Either a field now says otherwise, or the facts it rested on are no longer told.
        let settled = settled(engine, subject, from, to, rule);
        return settled.unwrap_or(Nature::certain(NatureKind::Retraction));
    }
    if dates.is_empty() {
        dates.extend(new.and_then(|o| o.since.as_ref()).map(|since| since.range()));
    }
    if dates.is_empty() {
        return Nature { kind: NatureKind::Development, uncertain: false, undated: true };
    }
    if dates.iter().any(|range| range.is_after(&assessed)) {
        return Nature::certain(NatureKind::Development);
    }
    if dates.iter().any(|range| !range.is_on_or_before(&assessed)) {
        return Nature { kind: NatureKind::Development, uncertain: true, undated: false };
    }
    Nature::certain(if old.is_some() { NatureKind::Correction } else { NatureKind::LateReport })
}

/// When the first occasion took place that the later observation alone looked at, or else the first that it saw otherwise.
fn first_otherwise(gone: &Observation, heir: &Observation) -> Option<PartialDate> {
    let known = |new: &Examined| gone.examined.iter().find(|old| old.occasion == new.occasion);
    let otherwise = |new: &&Examined| {
        known(new).is_some_and(|old| (old.outcome, &old.value) != (new.outcome, &new.value))
    };
    let met = |new: &&Examined| otherwise(new) && new.outcome == Outcome::Met;
    let examined = &heir.examined;
    let unseen = |new: &&Examined| known(new).is_none();
    let first = examined
        .iter()
        .find(met)
        .or_else(|| examined.iter().find(unseen))
        .or_else(|| examined.iter().find(otherwise));
    first.map(|new| new.start.clone())
}

/// The nature of the field's change that ended what rested on it: what was pending was done, what stood was replaced.
fn settled(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    from: Edited<'_>,
    to: Edited<'_>,
    rule: &ObservationRule,
) -> Option<Nature> {
    let (old, new) = (&from.document.root, &to.document.root);
    [&rule.done, &rule.field].into_iter().flatten().find_map(|dotted| {
        let stands = |root: &Node| root.at_keys(dotted.split('.')).filter(|node| !node.is_null()).cloned();
        let (before, after) = (stands(old), Some(stands(new)?));
        let op = match (&before, &after) {
            (Some(before), Some(after)) if before.same_value(after) => return None,
            (Some(_), _) => Op::Changed,
            (None, _) => Op::Added,
        };
        let delta = Delta { path: super::observations::dotted(dotted), from_path: None, op, before, after };
        let when = natures::when(&delta, None, old, new, subject.kind, engine.reference);
        let assessed = natures::assessed(&delta.path, from.document, from.date(), subject.kind);
        Some(natures::nature(&delta, when.as_ref(), &assessed, None))
    })
}

/// The occasions that one side saw otherwise than the other.
fn differing(
    engine: &Engine<'_>,
    calendar: Option<&str>,
    old: Option<&Observation>,
    new: Option<&Observation>,
) -> Vec<DateRange> {
    let Some(calendar) = calendar.and_then(|name| engine.reference.calendars.get(name)) else {
        return Vec::new();
    };
    let outcomes = |o: Option<&Observation>| -> HashMap<String, (Outcome, Option<String>)> {
        o.into_iter()
            .flat_map(|o| &o.examined)
            .map(|e| (e.occasion.clone(), (e.outcome, e.value.clone())))
            .collect()
    };
    let (before, after) = (outcomes(old), outcomes(new));
    after
        .iter()
        .filter(|(id, (outcome, value))| {
            *outcome != Outcome::Unknown && before.get(*id).is_none_or(|(o, v)| (o, v) != (outcome, value))
        })
        .filter_map(|(id, _)| calendar.get(id))
        .map(|occasion| occasion.range)
        .collect()
}
