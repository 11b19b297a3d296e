//! `report`: what a year brought, over all records.

use super::edition::RecordEnds;
use super::filter::{Filter, FilterQuestion, SentenceOrder};
use super::memo::{Asked, StoredAnswer};
use super::range::{EditionRange, RangeQuestion};
use super::{Progress, Session, dates};
use crate::history::{Archive, Pick, Timeline};
use crate::model::date::Precision;
use crate::model::report::{Imprint, Period, ReportSentence, ReportView};
use crate::model::{Failure, PartialDate};
use crate::report::{self, Draws, Reporter, Window};
use crate::rules::Engine;
use chrono::Datelike;
use rayon::prelude::*;
use serde::Serialize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What a year or another period brought.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReportQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
    /// A year or month, compared with the one before it.
    pub period: Option<String>,
    /// Instead of a period, two editions.
    pub range: RangeQuestion,
    /// How to group the sentences: `rule`, or a group that the manifest names.
    pub by: Option<String>,
    /// After how many years without assessment a record is stale; `None` for what the manifest says.
    pub stale: Option<u32>,
    /// Whether to make what is drawn: maps and charts.
    pub pictures: bool,
    /// Which sentences are wanted. Counts are those of the whole report.
    pub filter: FilterQuestion,
}

impl Session {
    /// Answers the question.
    ///
    /// # Errors
    /// A record, group, date or revision that is not known; a period that is no year or month; a range that
    /// is reversed.
    pub fn report(&self, question: &ReportQuestion, progress: &Progress<'_>) -> Result<ReportView, Failure> {
        let compared = Compared::read(question)?;
        if let (Some(_), Pick::Through(date)) = (&question.period, &compared.to) {
            self.refuse_future(date)?;
        }
        let filter = Filter::read(&question.filter, &self.policy)?;
        let engine = self.engine()?;
        check_group(&engine, question.by.as_deref())?;
        let archive = self.archive(&question.records)?;
        if let (Some(_), Pick::Through(date)) = (&question.period, &compared.to) {
            before_all(&archive, date).iter().for_each(|note| self.note(note));
        }
        let range = EditionRange::open(self, &question.records, compared.from.clone(), compared.to.clone())?;
        let timelines: Vec<&Timeline> = archive.timelines.values().collect();
        let ends = self.ends(&engine, timelines.iter().copied())?;
        let is_open = !matches!(compared.to, Pick::Through(_));
        let stale_years = question.stale.unwrap_or(self.policy.manifest.report.stale_years);
        let draws = if question.pictures { Draws::Everything } else { Draws::Nothing };
        let reporter = Reporter { engine: &engine, source: &self.store, stale_years, draws };
        let period = compared.period(&question.records);
        let (done, all) = (AtomicUsize::new(0), timelines.len());
        // Each record's window is there only while the record is read.
        let accounts = timelines.par_iter().map(|timeline| {
            let mut window = range.window(timeline)?;
            if let Some(ends) = ends.get(&timeline.id) {
                note_ends(&mut window, ends, is_open);
            }
            let account = reporter.account(&window, &period);
            progress("records", done.fetch_add(1, Ordering::Relaxed) + 1, all);
            account
        });
        // Of several failures the first is reported, whichever thread was done first.
        let accounts = accounts.collect::<Vec<Result<_, Failure>>>().into_iter();
        let accounts = accounts.filter_map(Result::transpose).collect::<Result<Vec<_>, Failure>>()?;
        let mut view = report::compile(&engine, accounts, period, question.by.as_deref(), stale_years);
        keep(&mut view, &filter);
        view.imprint = self.imprint()?;
        Ok(view)
    }
}

/// Notes in a window when its record was removed. `is_open`: see [`Window::note_end`].
fn note_ends(window: &mut Window<'_>, ends: &RecordEnds, is_open: bool) {
    if let Some(last) = &ends.last {
        window.note_end(last.on.earliest(), &last.commit, is_open);
    }
    for removal in &ends.removals {
        window.note_removal(removal);
    }
}

/// The windows of a record on some calendar years, each with what the year's report is called.
pub(super) fn years_of<'t>(
    timeline: &'t Timeline,
    ends: Option<&RecordEnds>,
    years: &[i32],
) -> Vec<(Window<'t>, Period)> {
    let year = |year: i32| {
        let (from, to) = (calendar_year(year - 1)?, calendar_year(year)?);
        let mut window = Window::between(timeline, &from, &to);
        if let Some(ends) = ends {
            note_ends(&mut window, ends, false);
        }
        Some((window, year_period(year)))
    };
    years.iter().copied().filter_map(year).collect()
}

/// The report of a calendar year is about this.
pub(super) fn year_period(year: i32) -> Period {
    Period {
        name: format!("{year:04}"),
        from: format!("{:04}", year - 1),
        to: format!("{year:04}"),
        selection: Vec::new(),
    }
}

fn calendar_year(year: i32) -> Option<PartialDate> {
    PartialDate::parse(&format!("{year:04}")).ok()
}

impl Session {
    /// Answers the question as `write` writes it; what it wrote is remembered by question and `form`.
    ///
    /// # Errors
    /// As [`Session::report`].
    pub fn report_written(
        &self,
        question: &ReportQuestion,
        form: &str,
        progress: &Progress<'_>,
        write: &dyn Fn(&ReportView) -> String,
    ) -> Result<String, Failure> {
        let compared = Compared::read(question)?;
        if let (Some(_), Pick::Through(date)) = (&question.period, &compared.to) {
            self.refuse_future(date)?;
        }
        // What another git revision holds may change under the same name.
        let is_fixed = ![&compared.from, &compared.to].iter().any(|pick| matches!(pick, Pick::Revision(_)));
        let asked = Asked::new("report", question, form);
        let whole = StoredAnswer::whole(&self.cache, &asked, (self.moment(), self.options.today));
        if let Some((answer, notes)) = whole.get_whole().filter(|_| is_fixed) {
            notes.iter().for_each(|note| self.note(note));
            return Ok(answer);
        }
        let answer = write(&self.report(question, progress)?);
        if is_fixed && !self.store.has_gaps() {
            whole.put_whole(&answer, &self.notes());
        }
        Ok(answer)
    }

    /// Where an answer comes from.
    pub(super) fn imprint(&self) -> Result<Imprint, Failure> {
        let tip = self.repo.commit_info(&self.tip)?;
        Ok(Imprint {
            commit: self.tip.to_string(),
            committed: tip.committer_time.format("%Y-%m-%d").to_string(),
            uncommitted: self.options.worktree,
            licence: self.policy.manifest.licence.clone().unwrap_or_default(),
            version: self.options.build.split(' ').next().unwrap_or_default().to_owned(),
        })
    }
}

/// What is said of a period that ends before the first edition of all.
fn before_all(archive: &Archive, date: &PartialDate) -> Option<String> {
    let first = archive.timelines.values().filter_map(|timeline| timeline.editions.first());
    let first = first.map(|edition| &edition.date).min_by_key(|date| date.range().start)?;
    let is_before = date.range().end < first.range().start;
    is_before.then(|| format!("nothing is known of {}: the first edition is of {first}", date.in_words()))
}

/// Leaves out the sentences of a report that a filter does not keep, and the sections that are empty then.
fn keep(view: &mut ReportView, filter: &Filter) {
    let wanted = |one: &ReportSentence| match (&one.change, &one.observation) {
        (Some(change), _) => filter.keeps_change(change, one.date.as_ref()),
        (None, Some(observation)) => filter.keeps(observation),
        (None, None) => !filter.narrows(),
    };
    if filter.narrows() {
        for part in &mut view.parts {
            for section in &mut part.sections {
                section.items.retain(wanted);
            }
            part.sections.retain(|section| !section.items.is_empty());
        }
        view.parts.retain(|part| !part.sections.is_empty());
        let lists = [
            &mut view.other_years,
            &mut view.late_reports,
            &mut view.corrections,
            &mut view.corrected_since.corrections,
        ];
        lists.into_iter().for_each(|list| list.retain(wanted));
    }
    let sections = view.parts.iter_mut().flat_map(|part| &mut part.sections);
    match filter.order() {
        SentenceOrder::Record => {}
        SentenceOrder::Since => sections.for_each(|section| {
            section.items.sort_by_key(|one| one.date.as_ref().map(|date| date.range().start));
        }),
        SentenceOrder::Significance => sections.for_each(|section| {
            let rank = |one: &ReportSentence| SIGNIFICANCES.iter().position(|name| *name == one.significance);
            section.items.sort_by_key(rank);
        }),
    }
}

/// The names of significances, the weightiest first.
const SIGNIFICANCES: [&str; 3] = ["major", "minor", "editorial"];

/// The two editions that a question compares, and what the period is called.
struct Compared {
    from: Pick,
    to: Pick,
    name: Option<String>,
}

impl Compared {
    fn read(question: &ReportQuestion) -> Result<Compared, Failure> {
        let (from, to) = question.range.picks()?;
        let period = question.period.as_deref().map(dates::read_only).transpose()?;
        match (period, from, to) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                Err(Failure::new("a year and a range say the same twice").hint("leave one of them out"))
            }
            (Some(date), None, None) => {
                let before = before(&date)?;
                let name = Some(date.to_string());
                Ok(Compared { from: Pick::Through(before), to: Pick::Through(date), name })
            }
            (None, Some(from), to) => {
                let to = to.unwrap_or(Pick::Last);
                let name = Some(format!("{from} to {to}"));
                // From the beginning of a year is from the end of the one before it.
                let from = match from {
                    Pick::Before(date) => Pick::Through(before(&date)?),
                    other => other,
                };
                if let (Pick::Through(a), Pick::Through(b)) = (&from, &to)
                    && a.range().end >= b.range().end
                {
                    return Err(Failure::new(format!(
                        "the range is reversed: `{a}` does not end before `{b}`"
                    ))
                    .hint(format!("turn it round: `{b}..{a}`")));
                }
                Ok(Compared { from, to, name })
            }
            (None, None, _) => Err(Failure::new("which year?")
                .hint("`sincewhen report 2019` compares the ends of 2018 and 2019")
                .hint("`--from X --to Y` compares any two editions")),
        }
    }

    fn period(&self, records: &[String]) -> Period {
        let (from, to) = (self.from.to_string(), self.to.to_string());
        let name = self.name.clone().unwrap_or_else(|| format!("{from} to {to}"));
        Period { name, from, to, selection: records.to_vec() }
    }
}

/// The year before a year, the month before a month.
fn before(date: &PartialDate) -> Result<PartialDate, Failure> {
    let first = date.earliest();
    let text = match date.precision() {
        Precision::Year => format!("{:04}", first.year() - 1),
        Precision::Month => first.pred_opt().unwrap_or(first).format("%Y-%m").to_string(),
        Precision::Day | Precision::Instant => {
            return Err(Failure::new(format!("a report is about a year or a month, not a day: `{date}`"))
                .hint("`--from X --to Y` compares any two dates"));
        }
    };
    text.parse().map_err(|error| Failure::new(format!("before `{date}`: {error}")))
}

fn check_group(engine: &Engine<'_>, by: Option<&str>) -> Result<(), Failure> {
    let groups = &engine.policy().manifest.report.groups;
    match by {
        Some(name) if name != report::BY_RULE && !groups.contains_key(name) => {
            let known: Vec<&str> = groups.keys().map(String::as_str).chain([report::BY_RULE]).collect();
            Err(Failure::new(format!("--by: there is no group `{name}`"))
                .hint(format!("groups: {}", known.join(", "))))
        }
        _ => Ok(()),
    }
}
