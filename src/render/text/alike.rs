//! Steps of a changelog that say the same of one occasion after another, such as a yearly vote, as one step.

use crate::model::NatureKind;
use crate::model::results::{Change, StepReport};

/// The least words with which sentences must begin alike to be reported together.
const ALIKE: usize = 3;

/// The rule of the sentence on texts and sources.
const EDITED: &str = "edited";

/// Neighbouring steps that are written as one.
pub(super) struct StepRun<'v> {
    /// The steps, in the order of the answer; at least one.
    pub steps: &'v [StepReport],
}

impl StepRun<'_> {
    /// In how many of the editions texts or sources are others.
    pub fn edited(&self) -> usize {
        let is_edited = |step: &&StepReport| step.changes.iter().any(|change| change.rule == EDITED);
        self.steps.iter().filter(is_edited).count()
    }

    /// What the steps say, as one sentence: `voted in favour of resolution 77/79 (7 December 2022), 78/32 (4
    /// December 2023) and …`. The order is that of time.
    pub fn sentence(&self) -> String {
        let mut changes: Vec<(&StepReport, &Change)> =
            self.steps.iter().filter_map(|step| Some((step, only_change(step)?))).collect();
        changes.sort_by_key(|(step, _)| step.to.last_updated.range().start);
        let messages: Vec<&str> = changes.iter().map(|(_, change)| change.message.as_str()).collect();
        let Some((first, rest)) = messages.split_first() else { return String::new() };
        let shared = rest.iter().fold(first.len(), |shared, other| shared.min(common(first, other)));
        let shared = first[..shared].rfind(' ').map_or(0, |space| space + 1);
        let tails: Vec<&str> = rest.iter().map(|message| &message[shared..]).collect();
        match tails.split_last() {
            None => (*first).to_owned(),
            Some((last, [])) => format!("{first} and {last}"),
            Some((last, middle)) => format!("{first}, {} and {last}", middle.join(", ")),
        }
    }
}

/// Steps in runs: those that hold nothing but one development each, in like words, stand together, whatever
/// became of texts and sources.
pub(super) fn runs(steps: &[StepReport]) -> Vec<StepRun<'_>> {
    let mut out = Vec::new();
    let mut start = 0;
    for at in 1..=steps.len() {
        let goes_on =
            at < steps.len() && are_alike(&steps[at - 1], &steps[at]) && are_alike(&steps[start], &steps[at]);
        if !goes_on {
            out.push(StepRun { steps: &steps[start..at] });
            start = at;
        }
    }
    out.retain(|run| !run.steps.is_empty());
    out
}

/// The change of a step that holds nothing else of weight, if it is a plain development.
fn only_change(step: &StepReport) -> Option<&Change> {
    let mut weighty = step.changes.iter().filter(|change| change.rule != EDITED);
    let (Some(change), None) = (weighty.next(), weighty.next()) else { return None };
    let nature = change.nature;
    let is_plain = nature.kind == NatureKind::Development && !nature.uncertain && !nature.undated;
    (step.observations.is_empty() && is_plain && change.reason.is_none()).then_some(change)
}

fn are_alike(a: &StepReport, b: &StepReport) -> bool {
    let (Some(a), Some(b)) = (only_change(a), only_change(b)) else { return false };
    let shared = a.message[..common(&a.message, &b.message)].split(' ').count();
    a.rule == b.rule && a.significance == b.significance && shared > ALIKE
}

/// How many bytes two texts share at their beginning, in whole characters.
fn common(a: &str, b: &str) -> usize {
    let same = a.chars().zip(b.chars()).take_while(|(x, y)| x == y);
    same.map(|(c, _)| c.len_utf8()).sum()
}
