//! The sentences of a period: the steps between its editions, each event once.
//!
//! Changes are found step by step, so that a correction made within the period is reported as one. Three
//! things are then settled over the whole period: what changed and changed back is left out; what an edition
//! of the period recorded late, and the period's first edition could not yet know, is a development; and what
//! was recorded and put right within the period is reported as it stands at the end, with the correction
//! beside it. Of observations, what began or changed is said as it stands at the end, and what ended as it
//! stood just before its end; turns and returns in between are said, too. One that rests on no occasions and
//! on a field that a change is about says the same event again, and is left to the change.

use super::path_index::PathIndex;
use super::period_sentence::{PeriodSentence, SentenceContent, sentences_of};
use super::{ReadEdition, RecordReader};
use crate::diff::Delta;
use crate::model::results::{Observation, ObservationState, Outcome};
use crate::model::text::recorded_now;
use crate::model::{FieldPath, NatureKind, PartialDate};
use crate::schema::Kind;

/// What a period has to say of a record.
#[derive(Clone, Debug, Default)]
pub struct PeriodSentences {
    /// The sentences.
    pub sentences: Vec<PeriodSentence>,
    /// What changed and changed back.
    pub undone: Vec<PeriodSentence>,
}

/// Makes the sentences of a record from its pages, the first being the edition in force at the earlier
/// moment, or blank for a new record (`fresh`).
pub(super) fn compose<E>(
    reading: &mut RecordReader<'_, '_, E>,
    pages: &[ReadEdition],
    fresh: bool,
) -> PeriodSentences {
    if pages.len() < 2 {
        return PeriodSentences::default();
    }
    let kind = reading.subject.kind;
    let mut steps = Vec::new();
    for (at, pair) in pages.windows(2).enumerate() {
        let changed = changes(reading, &pair[0], &pair[1], at);
        let is_new = fresh && at == 0;
        let is_said = |s: &PeriodSentence| !is_new || is_news_of_new_record(s, kind);
        steps.extend(changed.into_iter().filter(is_said).map(|mut sentence| {
            if is_new {
                sentence.from = None;
            }
            sentence
        }));
    }
    let mut said = if pages.len() > 2 {
        settle(reading, steps, pages, fresh)
    } else {
        PeriodSentences { sentences: steps, undone: Vec::new() }
    };
    if !fresh {
        let observed = observations(reading, pages);
        let fresh_news: Vec<PeriodSentence> =
            observed.into_iter().filter(|o| !is_echo(o, &said.sentences)).collect();
        said.sentences.extend(fresh_news);
    }
    said
}

/// Whether the first edition of a new record says that something took place within the period, or under a
/// date after its own. The rest was so before the record began.
fn is_news_of_new_record(sentence: &PeriodSentence, kind: &Kind) -> bool {
    let is_development = sentence.nature().is_some_and(|n| n.kind == NatureKind::Development && !n.undated);
    is_development || sentence.is_beyond(kind)
}

/// The changes of one step that say more than wording and review.
fn changes<E>(
    reading: &mut RecordReader<'_, '_, E>,
    from: &ReadEdition,
    to: &ReadEdition,
    step: usize,
) -> Vec<PeriodSentence> {
    let known = reading.changes(from, to);
    sentences_of((reading.engine, reading.subject), &known, (from, to), step)
}

/// Makes one account of the steps of a period.
fn settle<E>(
    reading: &mut RecordReader<'_, '_, E>,
    steps: Vec<PeriodSentence>,
    pages: &[ReadEdition],
    fresh: bool,
) -> PeriodSentences {
    let (first, last) = (&pages[0], &pages[pages.len() - 1]);
    let kind = reading.subject.kind;
    let steps = with_later_dates(reading, steps, pages);
    let known = reading.changes(first, last);
    let course = PeriodCourse::new(&steps, &known.deltas);
    let mut whole = sentences_of((reading.engine, reading.subject), &known, (first, last), steps.len());
    if fresh {
        whole.retain(|s| is_news_of_new_record(s, kind));
        whole.iter_mut().for_each(|s| s.from = None);
    }
    let mut said = PeriodSentences::default();
    let mut used = vec![false; whole.len()];
    let by_path = PathIndex::of(whole.iter().map(|sentence| &*sentence.paths));
    let mut sentences: Vec<PeriodSentence> = Vec::new();
    for (at, sentence) in steps.iter().enumerate() {
        if !course.lasting[at] {
            said.undone.push(sentence.clone());
            continue;
        }
        let later = course.after(sentence);
        let is_followed = later.iter().any(|later| later.is(NatureKind::Development));
        let is_late_report = sentence.is(NatureKind::LateReport);
        // What was recorded late and put right since is said by what put it right.
        let corrections: Vec<&PeriodSentence> =
            later.into_iter().filter(|later| later.takes_back()).collect();
        let put_right = !corrections.is_empty();
        let is_news =
            |s: &PeriodSentence| s.is(NatureKind::Development) || (put_right && s.is(NatureKind::LateReport));
        let is_put_right =
            |s: &PeriodSentence| is_late_report && s.is(NatureKind::LateReport) && s.is_within(&corrections);
        let is_open = |now: &PeriodSentence| is_news(now) && now.overlaps(sentence) && !is_put_right(now);
        let mut news = by_path.near(&sentence.paths);
        news.retain(|at| is_open(&whole[*at]));
        // What took its place in a later step is said with it.
        if is_late_report && !put_right && is_followed && !news.is_empty() {
            // What later editions of the period could know of happened, though they have something else.
            sentences.extend(Some(sentence.clone()).filter(|s| s.is_replacement() && s.is_beyond(kind)));
            continue;
        }
        // What was one thing before and is another since is worded from the edition before it: those before
        // that one may have had a third.
        if put_right && sentence.is(NatureKind::Development) && sentence.is_replacement() {
            let before = (!is_followed).then(|| &pages[sentence.step]);
            sentences.extend(as_it_stands(reading, (before, last), sentence));
            continue;
        }
        // A detail that a later edition adds to an event is no second event.
        let fresh_news: Vec<usize> =
            news.into_iter().filter(|at| !sentences.iter().any(|s| s.adds_alike(&whole[*at]))).collect();
        if !put_right && (!is_late_report || fresh_news.is_empty()) {
            let stands = in_other_words((&whole, &by_path), &course, sentence, kind);
            sentences.push(stands.unwrap_or(sentence).clone());
            continue;
        }
        for at in fresh_news.into_iter().filter(|at| !std::mem::replace(&mut used[*at], true)) {
            sentences.push(whole[at].clone());
        }
    }
    said.sentences = finished(&steps, sentences, (kind, &last.name.last_updated));
    said
}

/// A sentence of a step as the whole period has it, if that words it otherwise: by another rule, with what a
/// later edition added to the event, or beside another event of its kind and day. What another source says of
/// it is a sentence of its own.
fn in_other_words<'w>(
    (whole, by_path): (&'w [PeriodSentence], &PathIndex<'_>),
    course: &PeriodCourse<'_>,
    sentence: &PeriodSentence,
    kind: &Kind,
) -> Option<&'w PeriodSentence> {
    let path = std::slice::from_ref(&sentence.change()?.path);
    let is_later = |s: &&PeriodSentence| s.step > sentence.step;
    let has_account = |now: &PeriodSentence| {
        course.near(&now.paths).filter(is_later).any(|s| s.is_account(kind) && now.overlaps(s))
    };
    let has_detail =
        |now: &PeriodSentence| course.near(path).filter(is_later).any(|detail| now.says_detail(detail, kind));
    let has_sibling = || course.steps.iter().filter(is_later).any(|s| s.is_sibling_of(sentence));
    let has_more = |now: &PeriodSentence| has_detail(now) || has_sibling();
    let says_more = |now: &PeriodSentence| now.says_more_of(sentence) && has_more(now) && !has_account(now);
    let alike = by_path.near(path).into_iter().map(|at| &whole[at]);
    alike.into_iter().find(|now| now.rewords(sentence) || says_more(now))
}

/// The sentences of a period's steps, and how to find those about the same fields.
struct PeriodCourse<'p> {
    steps: &'p [PeriodSentence],
    by_path: PathIndex<'p>,
    /// Which of them are about something that the period's end has otherwise than its beginning.
    lasting: Vec<bool>,
}

impl<'p> PeriodCourse<'p> {
    fn new(steps: &'p [PeriodSentence], differences: &[Delta]) -> PeriodCourse<'p> {
        let differing = PathIndex::of(differences.iter().map(|delta| std::slice::from_ref(&delta.path)));
        let meets = |path: &FieldPath, delta: &Delta| delta.path.contains(path) || path.contains(&delta.path);
        let lasts = |s: &PeriodSentence| {
            let near = differing.near(&s.paths);
            near.into_iter().any(|at| s.paths.iter().any(|path| meets(path, &differences[at])))
        };
        let lasting = steps.iter().map(lasts).collect();
        PeriodCourse { steps, by_path: PathIndex::of(steps.iter().map(|sentence| &*sentence.paths)), lasting }
    }

    /// The sentences that may be about some fields, in their order.
    fn near(&self, paths: &[FieldPath]) -> impl Iterator<Item = &'p PeriodSentence> + use<'p> {
        let steps = self.steps;
        self.by_path.near(paths).into_iter().map(|at| &steps[at])
    }

    /// What later steps say of the same fields, where it lasts.
    fn after(&self, sentence: &PeriodSentence) -> Vec<&'p PeriodSentence> {
        let near = self.by_path.near(&sentence.paths).into_iter().filter(|at| self.lasting[*at]);
        let later = near.map(|at| &self.steps[at]);
        later.filter(|s| s.step > sentence.step && s.overlaps(sentence)).collect()
    }
}

/// The sentences of a period as they are read beside each other, as of its last edition.
fn finished(
    steps: &[PeriodSentence],
    mut sentences: Vec<PeriodSentence>,
    (kind, last): (&Kind, &PartialDate),
) -> Vec<PeriodSentence> {
    for sentence in sentences.iter_mut().filter(|sentence| sentence.is(NatureKind::LateReport)) {
        let known = sentence.as_known_later(kind, last);
        known.into_iter().for_each(|known| *sentence = known);
    }
    without_details(&mut sentences, kind);
    beside_corrections(steps, &mut sentences);
    name_editions_of_what_went(steps, &mut sentences);
    sentences
}

/// What a later edition added to an event of the period is left to the sentence on the event, where that says
/// it.
fn without_details(sentences: &mut Vec<PeriodSentence>, kind: &Kind) {
    let events: Vec<&PeriodSentence> = sentences.iter().filter(|s| s.is(NatureKind::Development)).collect();
    let is_said = |detail: &PeriodSentence| {
        detail.is(NatureKind::LateReport) && events.iter().any(|event| event.says_detail(detail, kind))
    };
    let said: Vec<bool> = sentences.iter().map(is_said).collect();
    let mut said = said.into_iter();
    sentences.retain(|_| said.next() != Some(true));
}

/// What a step recorded without a date, and a later one dated, is said once, as the two steps together have
/// it.
fn with_later_dates<E>(
    reading: &mut RecordReader<'_, '_, E>,
    mut steps: Vec<PeriodSentence>,
    pages: &[ReadEdition],
) -> Vec<PeriodSentence> {
    let kind = reading.subject.kind;
    for at in 0..steps.len() {
        let Some(dated) = steps.iter().position(|later| later.dates(&steps[at], kind)) else { continue };
        let (undated, date) = (&steps[at], &steps[dated]);
        let is_between = |other: &PeriodSentence| other.step > undated.step && date.dates(other, kind);
        if undated.from.is_none() || steps.iter().any(is_between) {
            continue;
        }
        let mut both = changes(reading, &pages[undated.step], &pages[date.step + 1], undated.step);
        both.retain(|now| now.overlaps(undated) || now.overlaps(date));
        let all: Vec<&PeriodSentence> = both.iter().collect();
        let are_said = undated.is_within(&all) && date.is_within(&all);
        if !are_said || !both.iter().any(|now| now.overlaps(undated) && now.says_lead_of(date)) {
            continue;
        }
        let mut both = both.into_iter();
        match (both.next(), both.next(), both.next()) {
            // Nothing is left of the later one.
            (Some(only), None, _) => {
                steps[at] = only;
                steps[dated].paths.clear();
            }
            // What the later one says besides stands by itself.
            (Some(first), Some(second), None) => (steps[at], steps[dated]) = (first, second),
            _ => {}
        }
    }
    steps.retain(|sentence| !sentence.paths.is_empty());
    steps
}

/// What became of a development by the end of the period: the news that the edition before it and the last
/// one differ by; the development itself where another followed it.
fn as_it_stands<E>(
    reading: &mut RecordReader<'_, '_, E>,
    (before, last): (Option<&ReadEdition>, &ReadEdition),
    sentence: &PeriodSentence,
) -> Vec<PeriodSentence> {
    let Some(before) = before else { return vec![sentence.clone()] };
    let mut now = changes(reading, before, last, sentence.step);
    now.retain(|s| s.is(NatureKind::Development) && s.overlaps(sentence));
    now
}

/// A correction of something that the same period recorded says what that was, where it does not say so by
/// itself. Of several corrections of it, what takes it back says so.
fn beside_corrections(steps: &[PeriodSentence], sentences: &mut [PeriodSentence]) {
    let mut corrections: Vec<&mut PeriodSentence> =
        sentences.iter_mut().filter(|sentence| sentence.takes_back()).collect();
    corrections.sort_by_key(|sentence| (sentence.step, !sentence.is(NatureKind::Retraction)));
    let mut quoted: Vec<usize> = Vec::new();
    for sentence in corrections {
        let is_first = |s: &PeriodSentence| {
            s.step < sentence.step && s.overlaps(sentence) && s.is(NatureKind::Development)
        };
        let earlier = steps.iter().rposition(is_first).filter(|at| !quoted.contains(at));
        quoted.extend(earlier);
        let earlier = earlier.map(|at| &steps[at]).filter(|earlier| !sentence.names_what_was(earlier));
        sentence.earlier = earlier.map(|earlier| {
            let words = earlier.words();
            recorded_now(&words).map_or(words.clone(), str::to_owned)
        });
    }
}

/// What no date places, and a later edition of the period has otherwise, does not stand at the end: it names
/// the edition that recorded it.
fn name_editions_of_what_went(steps: &[PeriodSentence], sentences: &mut [PeriodSentence]) {
    for sentence in sentences {
        let nature = sentence.nature();
        let is_undated = nature.is_some_and(|n| n.kind == NatureKind::Development && n.undated);
        let goes = |later: &PeriodSentence| later.step > sentence.step && later.replaces(sentence);
        if is_undated && steps.iter().any(goes) {
            sentence.name_edition();
        }
    }
}

/// Whether an observation only says again what a change of the period says: that an absence ended which the
/// change ended, or, where it rests on no occasions, something of a field that the change is about. Its
/// accession says that a state is no longer outside.
fn is_echo(observed: &PeriodSentence, sentences: &[PeriodSentence]) -> bool {
    let SentenceContent::Observation(observation) = &observed.said else { return false };
    let ends = |sentence: &PeriodSentence| sentence.change().is_some_and(|c| observation.is_ended_by(c));
    sentences.iter().any(|s| ends(s) || (observation.examined.is_empty() && s.overlaps(observed)))
}

/// What became of the observations over the pages.
fn observations<E>(reading: &mut RecordReader<'_, '_, E>, pages: &[ReadEdition]) -> Vec<PeriodSentence> {
    let stood_first = reading.sightings(&pages[0]);
    let engine = reading.engine;
    let mut between = |from: usize, to: usize| -> Vec<PeriodSentence> {
        let sentence = |o: Observation| {
            let when = match o.state {
                Some(ObservationState::Ended) => o.ended.clone(),
                _ => first_missed(&o).or_else(|| o.since.clone()),
            };
            PeriodSentence {
                when: when.map(|date| (date.clone(), date.range())),
                paths: engine.rests_on(&o),
                said: SentenceContent::Observation(Box::new(o)),
                from: Some(pages[from].name.clone()),
                to: pages[to].name.clone(),
                earlier: None,
                deltas: Vec::new(),
                step: 0,
            }
        };
        reading.observed(&pages[from], &pages[to]).iter().cloned().map(sentence).collect()
    };
    let last = pages.len() - 1;
    let mut out = between(0, last);
    if last < 2 {
        return out;
    }
    out.retain(|sentence| !has_ended(sentence));
    for to in 1..=last {
        for sentence in between(to - 1, to) {
            let is_known = out.iter().any(|known| known.about() == sentence.about());
            // What began within the period and ended in it is no news, unless it happened once.
            let stood = stood_first.iter().any(|s| sentence.is_of(s));
            let is_news = sentence.is_event() || (has_ended(&sentence) && stood);
            if is_news && !is_known {
                out.push(sentence);
            }
        }
    }
    out
}

/// The first occasion that was missed, of an absence that goes on: what was attended last is no part of it.
fn first_missed(observation: &Observation) -> Option<PartialDate> {
    let is_absence = observation.kind == "absence" && !observation.is_event();
    let missed = observation.examined.iter().find(|one| one.outcome == Outcome::Missed);
    missed.filter(|_| is_absence).map(|one| one.start.clone())
}

fn has_ended(sentence: &PeriodSentence) -> bool {
    matches!(&sentence.said, SentenceContent::Observation(o) if o.state == Some(ObservationState::Ended))
}
