//! Which sentences a section, a count or a fold of the manifest takes.

use super::{PeriodSentence, SentenceContent};
use crate::model::report::ReportSentence;
use crate::model::{NatureKind, Significance};
use crate::schema::{OneOrMany, TakeSpec};

/// Whether a sentence of a record is taken. Developments are, unless other natures are asked for by name.
pub(super) fn takes(take: &TakeSpec, sentence: &PeriodSentence, nature: NatureKind) -> bool {
    let has_nature = match &take.natures {
        Some(natures) => natures.as_slice().contains(&nature),
        None => nature.is_news(),
    };
    has_nature && takes_of_any_nature(take, sentence)
}

/// As [`takes`], however the sentence's event came to be recorded.
pub(super) fn takes_of_any_nature(take: &TakeSpec, sentence: &PeriodSentence) -> bool {
    let (rule, kind, path, weight) = match &sentence.said {
        SentenceContent::Change(c) => (&c.rule, None, Some(&c.path), c.significance),
        SentenceContent::Observation(o) => (&o.rule, Some(o.kind), None, o.significance),
    };
    let (state, variant) = match &sentence.said {
        SentenceContent::Change(_) => (None, None),
        SentenceContent::Observation(o) => (o.state.map(|s| s.as_str()), Some(o.variant)),
    };
    take.takes_rule(rule, kind)
        && take.takes_field(path)
        && has(take.states.as_ref(), state)
        && has(take.variants.as_ref(), variant)
        && take.significance.as_ref().is_none_or(|wanted| wanted.as_slice().contains(&weight))
}

/// As [`takes`], of a sentence that has its place, whatever its nature.
pub(super) fn takes_sentence(take: &TakeSpec, one: &ReportSentence) -> bool {
    let kind = one.observation.as_ref().map(|o| o.kind);
    let variant = one.observation.as_ref().map(|o| o.variant);
    take.takes_rule(&one.rule, kind)
        && take.takes_field(one.change.as_ref().map(|c| &c.path))
        && has(take.states.as_ref(), one.state)
        && has(take.variants.as_ref(), variant)
        && has(take.significance.as_ref().map(as_texts).as_ref(), Some(one.significance))
}

fn as_texts(values: &OneOrMany<Significance>) -> OneOrMany<String> {
    OneOrMany::Many(values.as_slice().iter().map(|one| one.as_str().to_owned()).collect())
}

/// Whether a value is one of those asked for, if any are.
fn has(wanted: Option<&OneOrMany<String>>, value: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| value.is_some_and(|value| wanted.as_slice().iter().any(|one| one == value)))
}
