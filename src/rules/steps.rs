//! What became of observations between two editions. Only what is reported is put into words.

use super::observations::{InContext, Sighting};
use super::{Edited, Engine, Subject, natures};
use crate::diff::Delta;
use crate::model::results::{Change, Examined, Observation, ObservationState, Outcome, Side};
use crate::model::{DateRange, FieldPath, Nature, NatureKind, Node, PartialDate};
use crate::schema::{Natures, ObservationKind, ObservationRule, Op};
use foldhash::HashMap;

/// An edition in its context, with what it shows.
type Shown<'a, 's, 'p> = (InContext<'a>, &'s [Sighting<'p>]);

/// Matches what two editions show. What holds alike on both is `continues`, reported only where `continuing`
/// asks for it. A turn and a return are events: they begin with the edition that brings them, and end with
/// none.
pub(super) fn compare(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    (from, before): Shown<'_, '_, '_>,
    (to, after): Shown<'_, '_, '_>,
    continuing: bool,
) -> Vec<Observation> {
    let cause = |old: Option<&Observation>, new: Option<&Observation>| {
        Some(cause(engine, subject, (from.edition, to.edition), old, new))
    };
    let is_said_wider = |now: &Sighting<'_>| {
        let is_wider = |other: &Sighting<'_>| other.rule.folds_into.as_ref() == Some(&now.rule.id);
        after.iter().any(|other| is_wider(other) && other.draft.is_return_of(&now.draft))
    };
    let is_wanted =
        |now: &&Sighting<'_>| is_event(now) || now.has_steps() || (continuing && now.draft.stands);
    let mut out = Vec::new();
    for now in after.iter().filter(is_wanted).filter(|now| !is_said_wider(now)) {
        // Of several alike the last one counts. What was not known is nothing that changed.
        let then = before.iter().rev().find(|then| is_same(now, then));
        let state = match then {
            _ if !is_event(now) && !now.has_steps() => ObservationState::Continues,
            None => ObservationState::Began,
            Some(then) if !is_event(now) && then.draft.content != now.draft.content => {
                match then.is_known() {
                    true => ObservationState::Changed,
                    false => ObservationState::Began,
                }
            }
            Some(_) if !continuing || !now.draft.stands => continue,
            Some(_) => ObservationState::Continues,
        };
        let mut said = now.word(engine, subject, to);
        said.state = Some(state);
        if state != ObservationState::Continues {
            let then = then.map(|then| then.word(engine, subject, from));
            said.nature = cause(then.as_ref(), Some(&said));
            let then = then.filter(|_| state == ObservationState::Changed);
            said.previously = then.map(|then| then.message);
        }
        // What reads as before rests on other entries, and says nothing new.
        if said.previously.as_ref() == Some(&said.message) {
            if !continuing || !now.draft.stands {
                continue;
            }
            (said.state, said.nature, said.previously) = (Some(ObservationState::Continues), None, None);
        }
        out.push(said);
    }
    out.extend(ended(engine, subject, (from, before), (to, after)));
    out.sort_by_key(|o| (o.state, o.significance));
    out
}

/// What the earlier of two editions showed and the later one does not: as it stood just before its end.
fn ended(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    (from, before): Shown<'_, '_, '_>,
    (to, after): Shown<'_, '_, '_>,
) -> Vec<Observation> {
    let mut out = Vec::new();
    let is_kept = |then: &Sighting<'_>| after.iter().any(|now| is_same(now, then));
    let came_back = |then: &Sighting<'_>| after.iter().any(|now| is_event(now) && is_related(now, then));
    let has_ended = |then: &&Sighting<'_>| {
        (then.has_steps() && !is_event(then) && !is_kept(then) && !came_back(then)) || then.is_replaced(after)
    };
    for gone in before.iter().filter(has_ended) {
        let mut said = gone.word(engine, subject, from);
        said.state = Some(ObservationState::Ended);
        let heir =
            after.iter().find(|now| now.rule.id == gone.rule.id).map(|heir| heir.word(engine, subject, to));
        let edited = (from.edition, to.edition);
        said.nature = Some(cause(engine, subject, edited, Some(&said), heir.as_ref()));
        // That an edition is silent ends nothing.
        if said.nature.is_some_and(|nature| nature.kind == NatureKind::Omission) {
            continue;
        }
        for evidence in &mut said.evidence {
            evidence.side = Side::From;
        }
        if let Some(heir) = heir {
            said.ended = first_otherwise(&said, &heir);
            said.evidence.extend(heir.evidence);
            said.detail = format!("now: {}", heir.message);
            said.now = Some(heir.message);
        }
        out.push(said);
    }
    out
}

/// Whether all that two editions show holds alike on both, so that nothing became of it.
pub(super) fn are_alike(before: &[Sighting<'_>], after: &[Sighting<'_>]) -> bool {
    let has_continued = |now: &Sighting<'_>| {
        let then = before.iter().rev().find(|then| is_same(now, then));
        then.is_some_and(|then| is_event(now) || then.draft.content == now.draft.content)
    };
    let has_ended = |then: &Sighting<'_>| {
        let is_kept = after.iter().any(|now| is_same(now, then));
        then.has_steps() && !is_event(then) && !is_kept || then.is_replaced(after)
    };
    after.iter().filter(|now| is_event(now) || now.has_steps()).all(has_continued)
        && !before.iter().any(has_ended)
}

/// Whether it reports an event of its own: a turn, or that somebody came back.
fn is_event(sighting: &Sighting<'_>) -> bool {
    match sighting.rule.kind {
        ObservationKind::Turned => true,
        ObservationKind::Absence => matches!(sighting.draft.variant, "returned" | "first"),
        _ => false,
    }
}

/// Whether two rules are the same, or one is left out where the other says as much.
fn is_related(one: &Sighting<'_>, other: &Sighting<'_>) -> bool {
    let (one, other) = (one.rule, other.rule);
    one.id == other.id
        || one.folds_into.as_ref() == Some(&other.id)
        || other.folds_into.as_ref() == Some(&one.id)
}

/// Whether the earlier sighting is that of the same thing: of the same identity, or, where rules fold into
/// each other, of the same content. Of a return, that of the same return.
fn is_same(now: &Sighting<'_>, then: &Sighting<'_>) -> bool {
    let is_return = now.is_present();
    if now.identity == then.identity && !is_return {
        return true;
    }
    is_related(now, then)
        && now.draft.identity == then.draft.identity
        && (now.draft.content == then.draft.content || (is_return && returned_to(now) == returned_to(then)))
        && (now.rule.id != then.rule.id || is_return)
}

/// The occasion of a return.
fn returned_to<'s>(sighting: &'s Sighting<'_>) -> Option<&'s str> {
    sighting.draft.content.get(1).and_then(serde_json::Value::as_str)
}

/// Whether an observation only says again what a change of the step says: it rests on no occasions, and on a
/// field that the change is about. That a state is no longer outside is reported by its accession.
pub(super) fn is_echo(engine: &Engine<'_>, observation: &Observation, changes: &[Change]) -> bool {
    if !observation.examined.is_empty() || observation.state == Some(ObservationState::Continues) {
        return false;
    }
    let rests_on = rests_on(engine, observation);
    let overlaps = |path: &FieldPath| rests_on.iter().any(|own| own.contains(path) || path.contains(own));
    changes.iter().any(|change| !change.is_quiet() && change.explains.iter().any(overlaps))
}

/// The fields that an observation rests on: those it cites and those that its rule looks at.
pub(super) fn rests_on(engine: &Engine<'_>, observation: &Observation) -> Vec<FieldPath> {
    let mut paths: Vec<FieldPath> = observation.evidence.iter().map(|place| place.path.clone()).collect();
    let rules = &engine.policy.rules.observations;
    let Some(rule) = rules.iter().find(|rule| rule.id == observation.rule) else { return paths };
    let named = [&rule.field, &rule.done, &rule.until].into_iter().flatten().map(String::as_str);
    let is_end = |c: char| !(c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let asked = rule.when.iter().flat_map(|when| when.split(is_end));
    let asked = asked.filter_map(|word| word.strip_prefix("record."));
    paths.extend(named.chain(asked).map(super::observations::dotted));
    paths
}

/// How it came about: a development if any occasion that was seen differently took place after the earlier
/// edition was assessed; otherwise the past was recorded anew.
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
    if subject.kind.spec.natures == Natures::Neutral {
        return Nature::certain(NatureKind::Development);
    }
    let part = rule.list.as_deref().or(rule.field.as_deref()).or(rule.date.as_deref()).unwrap_or_default();
    let path = super::observations::dotted(part);
    let assessed = natures::assessed(&path, from.document, from.date(), subject.kind);
    let calendar = rule.calendar.as_ref().and_then(|c| c.of(rule.per.as_deref(), subject.identity));
    let mut dates: Vec<DateRange> = differing(engine, calendar, old, new);
    if let Some(event) = new.filter(|o| o.is_event()) {
        dates = event.since.iter().map(PartialDate::range).collect();
    }
    if dates.is_empty() && new.is_none() {
        // Either a field now says otherwise, or the facts it rested on are no longer there.
        let settled = settled(engine, subject, from, to, rule);
        let (old, new) = (&from.document.root, &to.document.root);
        let is_corrected = natures::NewCorrections::of(subject.kind, old, new).on(&path).is_some();
        let gone = if is_corrected { NatureKind::Retraction } else { NatureKind::Omission };
        return settled.unwrap_or(Nature::certain(gone));
    }
    if dates.is_empty() {
        dates.extend(new.and_then(|o| o.since.as_ref()).map(|since| since.range()));
    }
    if dates.is_empty() {
        return Nature { kind: NatureKind::Development, uncertain: false, undated: true };
    }
    if dates.iter().any(|range| range.is_after(&assessed)) {
        // The edition itself could not know of them: they were put there later, under an old date.
        let own = to.date().range();
        let is_beyond = calendar.is_some() && dates.iter().all(|range| range.is_after(&own));
        let kind = if is_beyond { NatureKind::LateReport } else { NatureKind::Development };
        return Nature::certain(kind);
    }
    if dates.iter().any(|range| !range.is_on_or_before(&assessed)) {
        // An occasion of a calendar was merely going on when the earlier edition was made.
        let uncertain = calendar.is_none();
        return Nature { kind: NatureKind::Development, uncertain, undated: false };
    }
    let is_contradicted = old.is_some_and(|old| new.is_none_or(|new| contradicts(new, old)));
    // What was said later takes nothing from what was said before.
    let is_corrected = is_contradicted && rule.kind != ObservationKind::Silence;
    Nature::certain(if is_corrected { NatureKind::Correction } else { NatureKind::LateReport })
}

/// Whether a later observation sees an occasion otherwise that the earlier one knew of. What was not known,
/// or not assessed, is no error when it becomes known.
fn contradicts(new: &Observation, old: &Observation) -> bool {
    let mut known = old.examined.iter().filter(|one| one.outcome != Outcome::Unknown);
    old.examined.is_empty()
        || known.any(|old| {
            new.examined.iter().any(|new| {
                new.occasion == old.occasion && (new.outcome, &new.value) != (old.outcome, &old.value)
            })
        })
}

/// When the first occasion took place that the later observation alone looked at, or else the first that it
/// saw otherwise.
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

/// The nature of the field's change that ended what rested on it: what was pending was done, what stood was
/// replaced.
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
        let when = natures::when(&delta, None, (from.document, to.document), subject.kind, engine.reference);
        let assessed = natures::assessed(&delta.path, from.document, from.date(), subject.kind);
        let moved_on = natures::has_moved_on(&delta, from.document, to.document, subject.kind);
        Some(natures::nature(&delta, when.as_ref(), &assessed, None, moved_on))
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
