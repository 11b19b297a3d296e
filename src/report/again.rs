//! Earlier reports, as they would read with what is known now.
//!
//! A period's late reports, corrections and retractions are differences between two editions, each with the
//! date of its event. The report of an earlier year is written twice: from the editions as they stand, and
//! from the same editions with those differences applied wherever the event lies before the edition's date
//! (and, for the editions in force at the two ends of the year, before that end: what had been known by then
//! would have been written by then). The sentences that only one of the two accounts has are the ones that
//! read differently. Differences without a date belong to no year and are left out.

use super::known_steps::KnownChanges;
use super::period;
use super::period_sentence::{PeriodSentence, SentenceContent, sentences_of};
use super::{ReadEdition, RecordReader, Window};
use crate::diff::{Delta, apply};
use crate::model::report::{Period, RevisedReport, RevisedSentence};
use crate::model::text::edition_in_words;
use crate::model::{DateRange, Document, FieldPath, NatureKind, PartialDate, Step};
use crate::rules::{OnRecord, Subject, natures, without_beyond};
use crate::schema::Op;
use chrono::{Datelike, NaiveDateTime};
use std::sync::Arc;

/// Something an edition records of a time before the editions that should have recorded it.
#[derive(Clone, Debug)]
pub struct Correction {
    deltas: Vec<Delta>,
    range: DateRange,
    edition: PartialDate,
    /// As a report of then would say it.
    words: String,
}

impl Correction {
    /// Whether it takes out something that a sentence is about.
    fn takes_out(&self, sentence: &PeriodSentence) -> bool {
        let is_about = |path: &FieldPath| sentence.paths.iter().any(|p| p.contains(path) || path.contains(p));
        self.deltas.iter().any(|delta| delta.op == Op::Removed && is_about(&delta.path))
    }

    /// Whether it records under the same date, in the same edition, what another one takes out.
    fn stands_for(&self, other: &Correction) -> bool {
        let is_new = self.deltas.iter().all(|delta| delta.op == Op::Added);
        is_new && self.edition == other.edition && self.range == other.range
    }
}

/// What later editions record in the place of what a sentence says, if they moved it.
fn moved<'l>(late: &'l [Correction], sentence: &PeriodSentence) -> Option<&'l str> {
    let out = late.iter().find(|one| one.takes_out(sentence))?;
    late.iter().find(|one| one.stands_for(out)).map(|one| one.words.as_str())
}

/// The late reports, corrections and retractions among some sentences whose event has a date.
///
/// Another source's account alters nothing of what was reported: it stands beside it.
pub(super) fn late(subject: &Subject<'_>, sentences: &[PeriodSentence]) -> Vec<Correction> {
    let known_late = |s: &&PeriodSentence| {
        let kind = s.nature().map(|nature| nature.kind);
        matches!(kind, Some(NatureKind::LateReport | NatureKind::Correction | NatureKind::Retraction))
    };
    dated(subject, sentences.iter().filter(known_late))
}

/// What some sentences record of events that have a date.
pub(super) fn dated<'s>(
    subject: &Subject<'_>,
    sentences: impl Iterator<Item = &'s PeriodSentence>,
) -> Vec<Correction> {
    let correction = |s: &PeriodSentence| {
        let (_, range) = s.when.as_ref()?;
        // The log says what was put right in a later edition; the report of then would have had nothing to
        // put right.
        let log = subject.kind.spec.corrections.as_deref();
        let is_log =
            |delta: &Delta| matches!(delta.path.0.first(), Some(Step::Key(key)) if Some(&**key) == log);
        let is_own = |delta: &&Delta| natures::account(&delta.path, subject.kind).is_none() && !is_log(delta);
        let deltas: Vec<Delta> = s.deltas.iter().filter(is_own).cloned().collect();
        let edition = s.to.last_updated.clone();
        let words = as_of_then(s);
        (!deltas.is_empty()).then_some(Correction { deltas, range: *range, edition, words })
    };
    sentences.filter_map(correction).collect()
}

/// The reports of the calendar years before the period that read differently.
pub(super) fn earlier_reports<E>(
    reading: &mut RecordReader<'_, '_, E>,
    window: &Window<'_>,
    late: &[Correction],
) -> Result<Vec<RevisedReport>, E> {
    let mut out = Vec::new();
    let Some(first) = late.iter().map(|l| l.range.start.year()).min() else { return Ok(out) };
    for year in first..=window.since.year() {
        let parse = |year: i32| PartialDate::parse(&format!("{year:04}"));
        let (Ok(from), Ok(to)) = (parse(year - 1), parse(year)) else { continue };
        if to.range().end > window.since {
            continue;
        }
        let then = Window::between(window.timeline, &from, &to);
        out.extend(reread(reading, &then, late, &year.to_string())?);
    }
    Ok(out)
}

/// The report of the period itself, with what later editions put right.
pub(super) fn this_report<E>(
    reading: &mut RecordReader<'_, '_, E>,
    window: &Window<'_>,
    late: &[Correction],
    period: &Period,
) -> Result<Vec<RevisedReport>, E> {
    if late.is_empty() {
        return Ok(Vec::new());
    }
    Ok(reread(reading, window, late, &period.name)?.into_iter().collect())
}

fn reread<E>(
    reading: &mut RecordReader<'_, '_, E>,
    window: &Window<'_>,
    late: &[Correction],
    report: &str,
) -> Result<Option<RevisedReport>, E> {
    let falls = late.iter().any(|l| l.range.end > window.since && l.range.start <= window.until);
    if window.last().is_none() || (window.within.is_empty() && !falls) {
        return Ok(None);
    }
    let fresh = window.before.is_none();
    let pages = reading.pages_of(window)?;
    let subject = reading.subject;
    let Some(patched) = patched_pages(reading, window, &pages, late)? else { return Ok(None) };
    let before = period::compose(reading, &pages, fresh).sentences;
    let after = period::compose(reading, &patched, fresh).sentences;
    let mut sentences = compare((&before, &after), late, window);
    sentences.retain(|pair| pair.before != pair.after);
    if sentences.is_empty() {
        return Ok(None);
    }
    let mut by: Vec<PartialDate> = Vec::new();
    for correction in late.iter().filter(|l| l.range.start <= window.until) {
        if !by.contains(&correction.edition) {
            by.push(correction.edition.clone());
        }
    }
    Ok(Some(RevisedReport {
        report: report.to_owned(),
        record: subject.id.clone(),
        heading: subject.heading.clone(),
        subject: subject.name.clone(),
        groups: reading.engine.groups(subject),
        by,
        sentences,
    }))
}

/// The pages of a window with what is known now; `None` if none of them reads otherwise with it.
fn patched_pages<E>(
    reading: &mut RecordReader<'_, '_, E>,
    window: &Window<'_>,
    pages: &[ReadEdition],
    late: &[Correction],
) -> Result<Option<Vec<ReadEdition>>, E> {
    let (engine, subject) = (reading.engine, reading.subject);
    let fresh = window.before.is_none();
    let mut out = Vec::new();
    for (at, page) in pages.iter().enumerate() {
        let moment = if at == 0 { window.since } else { page.name.last_updated.range().end };
        out.push(if at == 0 && fresh { page.clone() } else { patched(reading, page, late, moment) });
    }
    let last = pages.last().expect("because a window has a first page");
    if pages.len() > 1 || !fresh {
        out.push(patched(reading, last, late, window.until));
    }
    let is_own = |page: &ReadEdition| pages.iter().any(|own| Arc::ptr_eq(&own.document, &page.document));
    let Some(first) = out.iter().position(|page| !is_own(page)) else { return Ok(None) };
    // From there on it is on record as it reads now.
    let mut on_record = match (first.checked_sub(1), &window.before) {
        (Some(own), _) => (*pages[own].on_record).clone(),
        (None, Some(before)) => reading.before(before)?,
        (None, None) => OnRecord::default(),
    };
    for page in &mut out[first..] {
        on_record.add(engine, subject, &page.document, &page.name);
        page.on_record = Arc::new(on_record.clone());
    }
    Ok(Some(out))
}

/// The page with the differences whose events lie before a moment, dated no earlier than any of these.
fn patched<E>(
    reading: &RecordReader<'_, '_, E>,
    page: &ReadEdition,
    late: &[Correction],
    moment: NaiveDateTime,
) -> ReadEdition {
    let kind = reading.subject.kind;
    let keys = |path: &FieldPath| kind.shape.key_at(path);
    let at = |path: &FieldPath| page.document.at(path, &keys);
    // What came later takes the place of no value that a page had, and a detail of an item puts nothing in a
    // page that did not have the item.
    let applies = |known: &Correction, delta: &Delta| {
        let stands = at(&delta.path);
        match delta.op {
            Op::Changed | Op::Removed => stands.is_some_and(|node| {
                let is_event = natures::is_of_an_event(&delta.path, kind);
                is_event || node.scalar_text().is_none() || has_stood(reading, page, known, delta)
            }),
            Op::Added if is_item(&delta.path) => true,
            Op::Added => stands.is_none() && delta.path.item().is_none_or(|item| at(&item).is_some()),
        }
    };
    let mut deltas: Vec<Delta> = Vec::new();
    let mut name = page.name.clone();
    for known in late.iter().filter(|l| l.range.end <= moment) {
        let applied = known.deltas.iter().filter(|delta| applies(known, delta)).cloned();
        let before = deltas.len();
        deltas.extend(applied);
        if deltas.len() > before && known.range.is_after(&name.last_updated.range()) {
            name.last_updated = PartialDate::from_day(known.range.end.date());
        }
    }
    if deltas.is_empty() {
        return page.clone();
    }
    let root = apply(&deltas, &page.document.root, &kind.shape);
    let document = Arc::new(Document::new(page.document.text.clone(), root));
    ReadEdition { name, document, on_record: Arc::clone(&page.on_record) }
}

/// Whether the value that a correction puts right had stood since a page: what a part says of the present is
/// put right where it was wrong, and other pages have what was so at other times.
fn has_stood<E>(
    reading: &RecordReader<'_, '_, E>,
    page: &ReadEdition,
    known: &Correction,
    delta: &Delta,
) -> bool {
    let keys = |path: &FieldPath| reading.subject.kind.shape.key_at(path);
    let start = |date: &PartialDate| date.range().start;
    let (from, to) = (start(&page.name.last_updated), start(&known.edition));
    let has_it = |page: &ReadEdition| {
        let stands = page.document.at(&delta.path, &keys);
        stands.zip(delta.before.as_ref()).is_some_and(|(stands, before)| stands.same_value(before))
    };
    let between = |page: &&ReadEdition| (from..to).contains(&start(&page.name.last_updated));
    has_it(page) && reading.pages.values().filter(between).all(has_it)
}

fn is_item(path: &FieldPath) -> bool {
    path.item().as_ref() == Some(path)
}

/// The sentences that only one of two accounts has, paired where they are about the same. What took place
/// after the period, or at no known time, was no news of it in either.
fn compare(
    (before, after): (&[PeriodSentence], &[PeriodSentence]),
    late: &[Correction],
    window: &Window<'_>,
) -> Vec<RevisedSentence> {
    let same = |a: &PeriodSentence, b: &PeriodSentence| {
        a.about() == b.about() && (as_of_then(a) == as_of_then(b) || is_same_absence(a, b))
    };
    // What the report has among its late reports already is not said anew when it gets a date.
    let is_known = |a: &&PeriodSentence| {
        let words = as_of_then(a);
        before.iter().any(|b| b.overlaps(a) && as_of_then(b) == words)
    };
    let last_year = window.until.year();
    let belongs = |s: &&PeriodSentence| {
        s.when.as_ref().is_some_and(|(_, range)| range.start <= window.until)
            && years_in(&s.words()).all(|year| year <= last_year)
    };
    let gone: Vec<&PeriodSentence> =
        before.iter().filter(belongs).filter(|b| !after.iter().any(|a| same(a, b))).collect();
    let come: Vec<&PeriodSentence> =
        after.iter().filter(belongs).filter(|a| !before.iter().any(|b| same(a, b)) && !is_known(a)).collect();
    let mut paired = vec![false; come.len()];
    let mut out = Vec::new();
    for old in gone {
        let moved = moved(late, old);
        let fits = |at: &usize| {
            let new = come[*at];
            new.about() == old.about() || new.overlaps(old) || moved == Some(as_of_then(new).as_str())
        };
        let new = (0..come.len()).filter(|at| !paired[*at]).find(fits);
        if let Some(at) = new {
            paired[at] = true;
        }
        // What lost its date is said all the same.
        let undated = || after.iter().find(|new| new.when.is_none() && new.about() == old.about());
        let new = new.map(|at| come[at]).or_else(undated);
        let after = new.map(as_of_then).or_else(|| moved.map(str::to_owned));
        out.push(revised(new.unwrap_or(old), Some(old.words()), after));
    }
    // What comes new is said once: a return says that somebody attended.
    let is_again = |at: usize| come.iter().any(|other| other.says_again(come[at]));
    let rest = (0..come.len()).filter(|at| !paired[*at] && !is_again(*at));
    out.extend(rest.map(|at| revised(come[at], None, Some(as_of_then(come[at])))));
    out
}

/// A sentence as it was and as it would be.
fn revised(sentence: &PeriodSentence, before: Option<String>, after: Option<String>) -> RevisedSentence {
    let path = sentence.change().map(|change| change.path.clone());
    let date = sentence.when.as_ref().map(|(date, _)| date.clone());
    RevisedSentence { before, after, rule: sentence.about().0, path, date }
}

/// Whether two sentences have it that somebody stayed away from the same occasions, and came to the same:
/// how far the record was assessed changes nothing of that.
fn is_same_absence(a: &PeriodSentence, b: &PeriodSentence) -> bool {
    match (&a.said, &b.said) {
        (SentenceContent::Observation(a), SentenceContent::Observation(b)) => {
            a.kind == "absence" && (&a.content, a.state) == (&b.content, b.state)
        }
        _ => false,
    }
}

/// A sentence without what says how late the record has it: the report of then would have had an edition for
/// it.
pub(super) fn as_of_then(sentence: &PeriodSentence) -> String {
    let edition = &sentence.to.last_updated;
    let words = without_late(&without_beyond(&sentence.words(), edition), edition);
    // What was dated late would have had its date.
    let late = format!("first recorded in {}: ", edition_in_words(edition));
    let prefixes = [late, "now dated: ".to_owned()];
    let begins = prefixes.iter().find_map(|prefix| words.strip_prefix(prefix));
    begins.map_or(words.clone(), str::to_owned)
}

/// A sentence without the remark, in brackets at its end, that an edition first recorded it, or its date, or
/// first recorded it as something.
fn without_late(sentence: &str, edition: &PartialDate) -> String {
    let edition = format!("in {}", edition_in_words(edition));
    let parts = sentence.rsplit_once("first recorded ").and_then(|(ahead, remark)| {
        let (_, behind) = remark.split_once(&edition)?;
        Some((ahead.strip_suffix("the date ").unwrap_or(ahead), behind))
    });
    let Some((ahead, behind)) = parts else { return sentence.to_owned() };
    match (ahead.strip_suffix(" ("), ahead.strip_suffix("; "), behind.strip_prefix(')')) {
        (Some(ahead), _, Some(behind)) => format!("{ahead}{behind}"),
        (_, Some(ahead), _) => format!("{ahead}{behind}"),
        _ => sentence.to_owned(),
    }
}

/// The years that a sentence names: one that names a later year than its report's is none that the report
/// could have had.
fn years_in(text: &str) -> impl Iterator<Item = i32> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words
        .filter(|word| word.len() == 4)
        .filter_map(|word| word.parse().ok())
        .filter(|year| (1900..2200).contains(year))
}

/// What later editions recorded of events of the period, or put right in what it said. What no
/// date places is of the period if it corrects what the period said.
pub(super) fn later_accounts<E>(
    reading: &mut RecordReader<'_, '_, E>,
    window: &Window<'_>,
    newest: &ReadEdition,
    said: &[PeriodSentence],
) -> Result<Vec<PeriodSentence>, E> {
    let mut out = Vec::new();
    let mut earlier = newest.clone();
    let is_of_period = |s: &&PeriodSentence| match &s.when {
        Some((_, range)) => range.start > window.since && range.end <= window.until,
        None => s.takes_back() && said.iter().any(|own| own.overlaps(s)),
    };
    for edition in &window.later {
        let later = reading.page(edition)?;
        let step = accounts_of(reading, (&earlier, &later));
        out.extend(step.iter().filter(is_of_period).cloned());
        earlier = later;
    }
    Ok(out)
}

/// What a step brings that has a date or puts something right. It is the same for each period that is asked
/// about.
fn accounts_of<'c, E>(
    reading: &'c mut RecordReader<'_, '_, E>,
    (earlier, later): (&ReadEdition, &ReadEdition),
) -> &'c [PeriodSentence] {
    let key = |page: &ReadEdition| (page.name.commit, page.name.last_updated.clone());
    let known = reading.known_changes(earlier, later);
    let (engine, subject) = (reading.engine, reading.subject);
    reading.accounts.entry((key(earlier), key(later))).or_insert_with(|| {
        let is_account = |s: &PeriodSentence| s.when.is_some() || s.takes_back();
        if let Some(known) = known {
            let mut changed = sentences_of((engine, subject), &known, (earlier, later), 0);
            changed.retain(is_account);
            return changed;
        }
        let differences = engine.differences(subject, earlier.edited(), later.in_context());
        let edited = (earlier.edited(), later.edited());
        let may_concern =
            |delta: &Delta| may_correct(subject, delta) || engine.date_of(subject, edited, delta).is_some();
        if !differences.deltas.iter().any(may_concern) {
            return Vec::new();
        }
        let worded = engine.sentences(subject, &differences);
        let found = KnownChanges { deltas: differences.deltas, worded };
        let mut changed = sentences_of((engine, subject), &found, (earlier, later), 0);
        changed.retain(is_account);
        changed
    })
}

/// Whether a difference can be a correction or a retraction at all: most steps only add, and need no closer
/// look.
fn may_correct(subject: &Subject<'_>, delta: &Delta) -> bool {
    let declared = natures::declared(&delta.path, subject.kind);
    match declared {
        Some(NatureKind::Omission | NatureKind::Editorial | NatureKind::Review) => false,
        Some(NatureKind::Correction | NatureKind::Retraction) => true,
        _ => delta.op != Op::Added,
    }
}
