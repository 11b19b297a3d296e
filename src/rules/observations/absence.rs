//! `absence`: no X since Y, never X; and its end: first X, first X since Y, last X.
//!
//! Parameters: `list`, `calendar`, `key`, `value`, `met`, `missed`, and optionally `occasions`, `remark`,
//! `coverage`, `coverage_match`. Variants: `since` (all known occasions after the last one met were missed),
//! `never` (all from the first), `gaps` (some missed, but it is not known of others before them); `returned`,
//! `first`, `last` (nothing missed after the last one met). Words see `last`, `previous`, `missed`, `unknown`
//! (before the last missed), `later` (not assessed), `through`, `claimed` (whether a claim of coverage
//! reaches as far), `n`, and `alike` (a rule that `folds_into` this one rests on the same last occasion: the
//! occasions are then those of that rule).

use super::claim::Claim;
use super::course::occasion_json;
use super::occasions::{OccasionState, examine};
use super::{Case, Details, DraftObservation, Proof, Seen};
use crate::model::PartialDate;
use serde_json::{Map, Value as Json, json};

pub(super) fn observe(case: &Case<'_>) -> Vec<DraftObservation> {
    let (seen, claims) = examine(case);
    let open: Vec<&Seen<'_>> =
        seen.iter().filter(|s| !matches!(s.state, OccasionState::NotEligible)).collect();
    let last_met = open.iter().rposition(|s| s.is_met());
    let after = &open[last_met.map_or(0, |at| at + 1)..];
    let last_missed = after.iter().rposition(|s| s.is_missed());
    match (last_missed, last_met) {
        (Some(missed), _) => {
            vec![absent(case, &claims, last_met.map(|at| open[at]), &after[..=missed], &after[missed + 1..])]
        }
        (None, Some(met)) => vec![present(case, &claims, &open[..met], open[met], after)],
        (None, None) => Vec::new(),
    }
}

fn absent(
    case: &Case<'_>,
    claims: &[Claim],
    last: Option<&Seen<'_>>,
    span: &[&Seen<'_>],
    later: &[&Seen<'_>],
) -> DraftObservation {
    let variant = match (span.iter().all(|s| s.is_missed()), last) {
        (true, Some(_)) => "since",
        (true, None) => "never",
        (false, _) => "gaps",
    };
    // What is not known is the same only where the same is known.
    let missed = span.iter().filter(|s| s.is_missed()).map(|s| &s.occasion.id);
    let known: Vec<&String> = if variant == "gaps" { missed.collect() } else { Vec::new() };
    DraftObservation {
        variant,
        since: last.map(|s| s.occasion.start.clone()),
        identity: json!("absent"),
        content: json!([variant, last.map(|s| &s.occasion.id), known]),
        stands: true,
        details: if case.full { absent_details(claims, last, span, later) } else { Details::default() },
    }
}

fn absent_details(
    claims: &[Claim],
    last: Option<&Seen<'_>>,
    span: &[&Seen<'_>],
    later: &[&Seen<'_>],
) -> Details {
    let unknown: Vec<&Seen<'_>> = span.iter().filter(|s| !s.is_missed()).copied().collect();
    let missed: Vec<&Seen<'_>> = span.iter().filter(|s| s.is_missed()).copied().collect();
    let basis = Basis::of(&missed, claims);
    let tail = missed.last().expect("because an absence has at least one missed occasion");
    let (through, tail_claim) = through(claims, tail, later);
    let mut proof: Vec<Proof> = last.into_iter().filter_map(Seen::proof).collect();
    proof.extend(missed.iter().filter_map(|s| basis.proof(s, claims)));
    proof.extend(tail_claim.map(|at| Proof::from(claims[at].path.clone())));
    dedup(&mut proof);
    let mut examined: Vec<_> = last.into_iter().map(|s| s.examined(None)).collect();
    examined.extend(span.iter().map(|s| s.examined(basis.claim(s).map(|at| &claims[at].path))));
    examined.extend(later.iter().map(|s| s.examined(None)));
    let mut context = Map::new();
    context.insert("last".to_owned(), json!(last.map(with_value)));
    context.insert("first".to_owned(), json!(span.first().map(|s| occasion_json(s.occasion))));
    context.insert("missed".to_owned(), list(&missed));
    context.insert("unknown".to_owned(), list(&unknown));
    context.insert("later".to_owned(), list(later));
    context.insert("claimed".to_owned(), json!(tail_claim.is_some()));
    context.insert("n".to_owned(), json!(missed.len()));
    Details { last: last.map(Seen::reference), through: Some(through.to_string()), examined, proof, context }
}

fn present(
    case: &Case<'_>,
    claims: &[Claim],
    before: &[&Seen<'_>],
    last: &Seen<'_>,
    later: &[&Seen<'_>],
) -> DraftObservation {
    let run = before.iter().rev().take_while(|s| s.is_missed()).count();
    let missed = &before[before.len() - run..];
    let previous = before.len().checked_sub(run + 1).map(|at| before[at]);
    let variant = match (run, previous) {
        (0, _) => "last",
        (_, None) => "first",
        (_, Some(previous)) if previous.is_met() => "returned",
        _ => "last",
    };
    let missed: &[&Seen<'_>] = if variant == "last" { &[] } else { missed };
    let previous = previous.filter(|_| variant == "returned");
    DraftObservation {
        variant,
        since: Some(last.occasion.start.clone()),
        identity: json!("present"),
        content: json!([variant, last.occasion.id, previous.map(|s| &s.occasion.id)]),
        stands: true,
        details: if case.full {
            present_details(claims, previous, missed, last, later)
        } else {
            Details::default()
        },
    }
}

fn present_details(
    claims: &[Claim],
    previous: Option<&Seen<'_>>,
    missed: &[&Seen<'_>],
    last: &Seen<'_>,
    later: &[&Seen<'_>],
) -> Details {
    let basis = Basis::of(missed, claims);
    let (through, tail_claim) = through(claims, last, later);
    let mut proof: Vec<Proof> = previous.into_iter().filter_map(Seen::proof).collect();
    proof.extend(missed.iter().filter_map(|s| basis.proof(s, claims)));
    proof.extend(last.proof());
    proof.extend(tail_claim.map(|at| Proof::from(claims[at].path.clone())));
    dedup(&mut proof);
    let mut examined: Vec<_> = previous.into_iter().map(|s| s.examined(None)).collect();
    examined.extend(missed.iter().map(|s| s.examined(basis.claim(s).map(|at| &claims[at].path))));
    examined.push(last.examined(None));
    examined.extend(later.iter().map(|s| s.examined(None)));
    let mut context = Map::new();
    context.insert("last".to_owned(), with_value(last));
    context.insert("previous".to_owned(), json!(previous.map(with_value)));
    context.insert("missed".to_owned(), list(missed));
    context.insert("unknown".to_owned(), json!([]));
    context.insert("later".to_owned(), list(later));
    context.insert("claimed".to_owned(), json!(tail_claim.is_some()));
    context.insert("n".to_owned(), json!(missed.len()));
    Details { last: Some(last.reference()), through: Some(through.to_string()), examined, proof, context }
}

/// Which missed occasions rest on their own entry and which on a claim. An entry is cited where it alone
/// carries the sentence or adds a word to it; so that no cited fact can be taken away without the sentence
/// changing.
struct Basis {
    needed: Vec<usize>,
}

impl Basis {
    fn of(missed: &[&Seen<'_>], claims: &[Claim]) -> Basis {
        let mut needed: Vec<usize> = Vec::new();
        for seen in missed.iter().filter(|s| matches!(s.state, OccasionState::Covered)) {
            if !seen.claims.iter().any(|at| needed.contains(at)) {
                let widest = seen
                    .claims
                    .iter()
                    .copied()
                    .max_by_key(|at| (claims[*at].range.end, std::cmp::Reverse(claims[*at].range.start)));
                needed.extend(widest);
            }
        }
        Basis { needed }
    }

    fn claim(&self, seen: &Seen<'_>) -> Option<usize> {
        let plain = match &seen.state {
            OccasionState::Covered => true,
            OccasionState::Entry { remarks, .. } => remarks.is_empty(),
            _ => false,
        };
        if plain { seen.claims.iter().copied().find(|at| self.needed.contains(at)) } else { None }
    }

    fn proof(&self, seen: &Seen<'_>, claims: &[Claim]) -> Option<Proof> {
        self.claim(seen).map(|at| claims[at].path.clone().into()).or_else(|| seen.proof())
    }
}

/// Through when the record was assessed: the last day of the claim about all such occasions that reaches
/// furthest without passing over one that is not known, or the end of the last known occasion.
fn through(claims: &[Claim], last_known: &Seen<'_>, later: &[&Seen<'_>]) -> (PartialDate, Option<usize>) {
    let end = last_known.occasion.range.end;
    let limit = later.first().map(|s| s.occasion.range.end);
    let reaching = (0..claims.len())
        .filter(|at| {
            claims[*at].whole
                && claims[*at].range.end > end
                && limit.is_none_or(|limit| claims[*at].range.end < limit)
        })
        .max_by_key(|at| claims[*at].range.end);
    match reaching {
        Some(at) => (claims[at].to.clone(), Some(at)),
        None => (PartialDate::from_day(end.date()), None),
    }
}

fn with_value(seen: &Seen<'_>) -> Json {
    let mut json = occasion_json(seen.occasion);
    let OccasionState::Entry { value, entry, remarks, .. } = &seen.state else { return json };
    if let Some(fields) = json.as_object_mut() {
        fields.insert("value".to_owned(), json!(value));
        fields.insert("entry".to_owned(), entry.to_json());
        fields.insert("remark".to_owned(), json!((!remarks.is_empty()).then(|| remarks.join(", "))));
    }
    json
}

fn list(seen: &[&Seen<'_>]) -> Json {
    seen.iter()
        .map(|s| {
            let mut json = occasion_json(s.occasion);
            let remark = match &s.state {
                OccasionState::Entry { remarks, .. } if !remarks.is_empty() => Some(remarks.join(", ")),
                _ => None,
            };
            let named = remark
                .as_ref()
                .map_or_else(|| s.occasion.short.clone(), |r| format!("{} ({r})", s.occasion.short));
            if let Some(fields) = json.as_object_mut() {
                fields.insert("remark".to_owned(), json!(remark));
                fields.insert("named".to_owned(), json!(named));
            }
            json
        })
        .collect()
}

fn dedup(proofs: &mut Vec<Proof>) {
    let mut seen = foldhash::HashSet::default();
    proofs.retain(|proof| seen.insert(proof.path.clone()));
}
