//! Which editions a range names, for one record: shared by `changelog`, `diff` and `report`.

use super::{Session, dates};
use crate::history::{Archive, Edition, Pick, PickError, Timeline};
use crate::model::Failure;
use crate::report::Window;
use serde::Serialize;
use std::collections::HashMap;

/// The two ends of a range, as a person writes them.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RangeQuestion {
    /// The earlier edition; `None` for the question's default.
    pub from: Option<String>,
    /// The later edition; `None` for the last.
    pub to: Option<String>,
    /// Instead of two ends one date: from its beginning to its end.
    pub during: Option<String>,
}

impl RangeQuestion {
    /// The two ends. A year or a month at the start is meant from its beginning, at the end to its end.
    pub(super) fn picks(&self) -> Result<(Option<Pick>, Option<Pick>), Failure> {
        if let Some(text) = &self.during {
            let from = match dates::pick(text)? {
                Pick::Through(date) => Pick::Before(date),
                other => other,
            };
            return Ok((Some(from), Some(dates::pick(text)?)));
        }
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let from = given(&self.from).map(|text| dates::pick_start(&text)).transpose()?;
        let to = given(&self.to).map(|text| dates::pick(&text)).transpose()?;
        if let (Some(Pick::Before(a) | Pick::Through(a)), Some(Pick::Through(b))) = (&from, &to)
            && a.range().is_after(&b.range())
        {
            let (from, to) = (a.in_words(), b.in_words());
            return Err(Failure::new(format!("the range is reversed: {from} is after {to}"))
                .hint(format!("turn it round: `{b}..{a}`")));
        }
        Ok((from, to))
    }
}

/// A range of editions, and the timelines of the git revisions it names.
pub(super) struct EditionRange {
    from: Pick,
    to: Pick,
    revisions: HashMap<String, Archive>,
}

/// The editions of one record within a range, oldest first: at least one.
pub(super) struct EditionChain {
    /// The editions.
    pub editions: Vec<Edition>,
    /// What qualifies the answer, in words.
    pub notes: Vec<String>,
}

impl EditionRange {
    /// Reads the histories of the git revisions that the range names.
    pub fn open(session: &Session, names: &[String], from: Pick, to: Pick) -> Result<EditionRange, Failure> {
        let mut revisions = HashMap::new();
        for pick in [&from, &to] {
            if let Pick::Revision(rev) = pick
                && !revisions.contains_key(rev)
            {
                revisions.insert(rev.clone(), session.archive_at(names, rev)?);
            }
        }
        Ok(EditionRange { from, to, revisions })
    }

    /// The records that have an edition within the range or before it. Of many, those that begin later have
    /// no part in the answer; one that was asked for by itself is an error where its editions are picked.
    ///
    /// # Errors
    /// All of several records begin later.
    pub fn begun<'a>(&self, archive: &'a Archive) -> Result<Vec<&'a Timeline>, Failure> {
        let mut all: Vec<&Timeline> =
            archive.timelines.values().filter(|timeline| !timeline.editions.is_empty()).collect();
        let Pick::Through(end) = &self.to else { return Ok(all) };
        let begins = |timeline: &&Timeline| timeline.editions[0].date.range();
        let first = all.iter().map(begins).map(|range| range.start).min();
        if all.len() > 1 {
            all.retain(|timeline| !begins(timeline).is_after(&end.range()));
        }
        match first {
            Some(first) if all.is_empty() => {
                let (end, first) = (end.in_words(), first.date());
                Err(Failure::new(format!(
                    "no record has an edition of {end} or before: the first is of {first}"
                ))
                .hint("`sincewhen log` lists all editions"))
            }
            _ => Ok(all),
        }
    }

    /// Whether a question is about one record.
    pub fn is_alone(archive: &Archive) -> bool {
        archive.timelines.values().filter(|timeline| !timeline.editions.is_empty()).count() == 1
    }

    /// The editions of a record from the one picked to the other. `alone` says that the record was asked for
    /// by itself, so that a date before its first edition is an error rather than a note.
    pub fn chain(&self, timeline: &Timeline, alone: bool) -> Result<EditionChain, Failure> {
        let mut notes = Vec::new();
        let late = self.timeline_of(&self.to, timeline)?;
        let to = self.to.from_timeline(late, None)?;
        let early = match &self.from {
            Pick::Revision(_) => self.timeline_of(&self.from, timeline)?,
            _ => late,
        };
        let from = match self.from.from_timeline(early, Some(to.at)) {
            Ok(from) => from,
            Err(PickError::NoneBefore { first, .. }) => {
                notes.push(format!("{} begins with its first edition, of {first}", timeline.id));
                Pick::First.from_timeline(early, None)?
            }
            Err(error @ (PickError::BeforeFirst { .. } | PickError::NoPrevious { .. })) if !alone => {
                notes.push(format!("{error}; it is where this begins"));
                Pick::First.from_timeline(early, None)?
            }
            Err(error) => return Err(error.into()),
        };
        let (start, end) = (from.edition.date.range().start, to.edition.date.range().start);
        if start > end {
            return Err(Failure::new(format!(
                "{}: the range is reversed: `{}` is the edition of {}, `{}` that of {}",
                timeline.id, self.from, from.edition.date, self.to, to.edition.date
            ))
            .hint(format!("turn it round: `{}..{}`", self.to, self.from)));
        }
        let mut editions = vec![from.edition.clone()];
        editions.extend(
            late.editions
                .iter()
                .filter(|e| e.date.range().start > start && e.date.range().start < end)
                .cloned(),
        );
        if to.edition.revision.blob != from.edition.revision.blob {
            editions.push(to.edition);
        }
        Ok(EditionChain { editions, notes })
    }

    /// The editions of a record around the range, for reports. A record that begins within it has none before
    /// it, one that begins after it none at all.
    pub fn window<'t>(&self, timeline: &'t Timeline) -> Result<Window<'t>, Failure> {
        if let (Pick::Through(from), Pick::Through(to)) = (&self.from, &self.to) {
            return Ok(Window::between(timeline, from, to));
        }
        let start = |edition: &Edition| edition.date.range().start;
        let early = match &self.from {
            Pick::Revision(_) => self.timeline_of(&self.from, timeline).ok(),
            _ => self.timeline_of(&self.to, timeline).ok(),
        };
        let picked = self
            .timeline_of(&self.to, timeline)
            .ok()
            .and_then(|late| Some((late, self.to.from_timeline(late, None).ok()?)));
        let Some((late, to)) = picked else {
            return Ok(Window::of_nothing(timeline));
        };
        let before = early
            .and_then(|early| self.from.from_timeline(early, Some(to.at)).ok())
            .map(|moment| moment.edition);
        if let Some(before) = before.as_ref().filter(|before| start(before) > start(&to.edition)) {
            return Err(Failure::new(format!(
                "{}: the range is reversed: `{}` is the edition of {}, `{}` that of {}",
                timeline.id, self.from, before.date, self.to, to.edition.date
            ))
            .hint(format!("turn it round: `{}..{}`", self.to, self.from)));
        }
        let after = before.as_ref().map(start);
        let mut within: Vec<Edition> = late
            .editions
            .iter()
            .filter(|e| after.is_none_or(|after| start(e) > after) && start(e) < start(&to.edition))
            .cloned()
            .collect();
        if before.as_ref().is_none_or(|before| before.revision.blob != to.edition.revision.blob) {
            within.push(to.edition.clone());
        }
        let later = timeline.editions.iter().filter(|e| start(e) > start(&to.edition)).cloned().collect();
        let end = |pick: &Pick, edition: Option<&Edition>| match pick {
            Pick::Through(date) => Some(date.range().end),
            Pick::Before(date) => Some(date.range().start - chrono::Duration::seconds(1)),
            _ => edition.map(|e| e.date.range().end),
        };
        let first = within.first().map_or(to.edition.date.range().start, start) - chrono::Duration::days(1);
        let (since, until) = (
            end(&self.from, before.as_ref()).unwrap_or(first),
            end(&self.to, Some(&to.edition)).unwrap_or(first),
        );
        Ok(Window { before, within, later, since, until, ..Window::of_nothing(timeline) })
    }

    fn timeline_of<'t>(&'t self, pick: &Pick, own: &'t Timeline) -> Result<&'t Timeline, Failure> {
        let Pick::Revision(rev) = pick else { return Ok(own) };
        self.revisions.get(rev).and_then(|archive| archive.timelines.get(&own.id)).ok_or_else(|| {
            Failure::new(format!("{} did not exist at `{rev}`", own.id))
                .hint("`sincewhen log` lists its editions with their commits")
        })
    }
}

/// One edition of each record, by `--as-of`. A record that had none by then is left out with a note; if that
/// leaves nothing, it is an error.
pub(super) fn pick_one<'a>(
    session: &Session,
    names: &[String],
    archive: &'a Archive,
    as_of: &str,
) -> Result<Vec<(&'a Timeline, Edition)>, Failure> {
    let pick = session.pick_as_of(as_of)?;
    let span = EditionRange::open(session, names, Pick::First, pick.clone())?;
    let mut out = Vec::new();
    let mut left_out = Vec::new();
    for timeline in archive.timelines.values() {
        let picked = span.timeline_of(&pick, timeline).and_then(|t| Ok(pick.from_timeline(t, None)?));
        match picked {
            Ok(moment) => out.push((timeline, moment.edition)),
            Err(error) => left_out.push(error),
        }
    }
    let count = left_out.len();
    match left_out.into_iter().next() {
        Some(error) if out.is_empty() => Err(error),
        Some(error) if count == 1 => {
            session.note(&error.message);
            Ok(out)
        }
        Some(_) => {
            session.note(&format!("{count} records had no edition by then and are left out"));
            Ok(out)
        }
        None => Ok(out),
    }
}

/// Refuses a name that stands for several records, for commands about one.
pub(super) fn one_record(archive: &Archive, name: &str) -> Result<(), Failure> {
    if archive.timelines.len() <= 1 {
        return Ok(());
    }
    let known: Vec<String> = archive.timelines.keys().take(5).map(|id| format!("`{id}`")).collect();
    Err(Failure::new(format!("`{name}` names {} records", archive.timelines.len()))
        .hint(format!("name one of them: {}", known.join(", "))))
}
