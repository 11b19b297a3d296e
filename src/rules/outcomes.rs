//! What an edition and those before it say of each occasion of a calendar: taken part, stayed away, not
//! known, could not take part.

use super::observations::{Case, OccasionState, examine};
use super::strips::bare_rule;
use super::{Engine, InContext, Subject};
use crate::model::results::{Examined, Outcome};
use crate::schema::OutcomeSpec;
use std::cell::OnceCell;

/// The occasions up to the edition's date, oldest first. An occasion that had not ended by then is there only
/// with an entry.
pub(super) fn of(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    edition: InContext<'_>,
    spec: &OutcomeSpec,
) -> Vec<Examined> {
    let InContext { edition, on_record } = edition;
    let list = super::observations::dotted(&spec.list);
    let has_list = subject.kind.shape.at(&list).is_some()
        || edition.document.root.at_keys(spec.list.split('.')).is_some();
    let Some(calendar) = spec.calendar.of(spec.per.as_deref(), subject.identity).filter(|_| has_list) else {
        return Vec::new(); // Another kind of record, which has no such list or calendar.
    };
    let mut rule = bare_rule(&spec.name, &spec.list, calendar);
    rule.occasions = spec.occasions.clone();
    rule.key = Some(spec.key.clone());
    rule.value = Some(spec.value.clone());
    rule.missed = spec.missed.clone();
    rule.coverage = spec.coverage.clone();
    rule.coverage_match = spec.coverage_match.clone();
    let case =
        Case { engine, subject, edition, on_record, rule: &rule, full: true, record: &OnceCell::new() };
    let (seen, claims) = examine(&case);
    let examined = seen.iter().map(|one| {
        let claim = matches!(one.state, OccasionState::Covered).then(|| one.claims.first()).flatten();
        let mut examined = one.examined(claim.map(|at| &claims[*at].path));
        // What was done is recorded, and it is not staying away.
        if matches!(one.state, OccasionState::Entry { met: None, .. }) {
            examined.outcome = Outcome::Met;
        }
        examined
    });
    examined.collect()
}
