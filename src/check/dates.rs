//! Dates that lie too late: after today, or after the day as of which the record speaks.
//!
//! A partial date counts as too late only if all of it is: `2020` is not later than 2020-03-01.

use super::walk::Visit;
use super::words::{capitalised, shown, uncapitalised};
use super::{File, Record, gate_words};
use crate::dataset;
use crate::dataset::Occasion;
use crate::model::date::DateError;
use crate::model::finding::Related;
use crate::model::{ByteSpan, DateRange, FieldPath, Finding, NodeValue, PartialDate, Place, Step};
use crate::schema::{CheckRule, FieldPattern, Shape};
use serde::Deserialize;
use serde_json::json;

/// Parameters of `date-limit`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limit {
    /// Which day is the last.
    until: Until,
    /// Patterns of the dates that are looked at.
    #[serde(default = "everything")]
    fields: Vec<String>,
    /// Patterns of dates that may lie later: what is planned.
    #[serde(default)]
    except: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Until {
    /// The day on which the check is run.
    Today,
    /// The record's own date.
    Edition,
}

impl Limit {
    /// Whether the last day is that of the edition.
    pub(super) fn is_edition(&self) -> bool {
        self.until == Until::Edition
    }

    fn covers(&self, path: &crate::model::FieldPath) -> bool {
        let any = |list: &[String]| list.iter().any(|text| FieldPattern::parse(text).matches(path));
        any(&self.fields) && !any(&self.except)
    }
}

fn everything() -> Vec<String> {
    vec!["**".to_owned()]
}

/// A date of a record, its own or that of the occasion it names.
pub(super) struct Dated<'d> {
    pub visit: &'d Visit<'d>,
    pub date: PartialDate,
    pub range: DateRange,
    /// The occasion whose date it is.
    pub occasion: Option<&'d Occasion>,
}

impl Dated<'_> {
    /// Where the calendar gives the date.
    pub(super) fn in_calendar(&self, record: &Record<'_>) -> Option<Related> {
        let occasion = self.occasion?;
        at_occasion(record, occasion, OccasionPart::Date, &format!("{} is dated here", occasion.short))
    }
}

/// Every date of a record: fields that are dates, and occasions named.
pub(super) fn dates<'d>(record: &Record<'d>) -> Vec<Dated<'d>> {
    let mut out = Vec::new();
    let plain = Shape::default();
    for visit in &record.walk.visits {
        let shape = visit.shape.unwrap_or(&plain);
        let Some(text) = visit.node.scalar_text() else { continue };
        if is_date(record, visit) {
            if let Ok(date) = text.parse::<PartialDate>() {
                out.push(Dated { visit, range: date.range(), date, occasion: None });
            }
        } else if let Some(occasion) = record.file.basis.reference.occasion(&shape.occasion, &text) {
            let (date, range) = (occasion.start.clone(), occasion.start.range());
            out.push(Dated { visit, date, range, occasion: Some(occasion) });
        }
    }
    out
}

/// Whether a part is a date: by its format, because the object it stands in is dated by it, or because the
/// manifest says so.
pub(super) fn is_date(record: &Record<'_>, visit: &Visit<'_>) -> bool {
    let named = || {
        let parent = record.walk.parent(visit).and_then(|parent| parent.shape)?;
        let key = visit.path.0.last()?;
        Some(matches!(key, Step::Key(key) if parent.date.as_deref() == Some(key)))
    };
    let spec = &record.kind.spec;
    let of_manifest = || {
        visit.path.0.iter().all(|step| matches!(step, Step::Key(_))) && {
            let path = visit.path.to_string();
            let through = spec.assessed.iter().any(|assessed| assessed.through == path);
            spec.date.field() == path || spec.reviewed.as_ref() == Some(&path) || through
        }
    };
    let of_correction = || match visit.path.0.as_slice() {
        [Step::Key(log), _, Step::Key(date)] => spec.corrections.as_ref() == Some(log) && date == "date",
        _ => false,
    };
    visit.shape.is_some_and(|shape| shape.is_date())
        || named().unwrap_or(false)
        || of_manifest()
        || of_correction()
}

/// A part of an occasion in its calendar: the value of a field, or the field of its name.
pub(super) fn at_occasion(
    record: &Record<'_>,
    occasion: &Occasion,
    part: OccasionPart,
    words: &str,
) -> Option<Related> {
    let checker = record.file.basis;
    let calendar = checker.reference.calendars.get(&occasion.calendar)?;
    let doc = calendar.document.as_ref()?;
    let spec = checker.policy.manifest.calendars.get(&occasion.calendar)?;
    let entry = doc.root.get(&spec.entries)?.items().iter().find(|entry| entry.span == occasion.span)?;
    let span = match part {
        OccasionPart::Name => entry.get(&spec.id)?.span,
        OccasionPart::Date => entry.get(&spec.start)?.span,
        OccasionPart::At(span) => super::first_line(doc, span),
    };
    let place =
        Place { start: doc.place(span.start), end: doc.place(span.end), span: (span.start, span.end) };
    Some(Related {
        file: calendar.file.as_str().into(),
        place: Some(place),
        message: words.to_owned(),
        commit: None,
        text: Some(doc.text.clone()),
    })
}

/// Which part of an occasion to show.
pub(super) enum OccasionPart {
    /// Its name.
    Name,
    /// Its first day.
    Date,
    /// A place in the calendar's text.
    At(ByteSpan),
}

pub(super) fn run(record: &Record<'_>, rule: &CheckRule, limit: &Limit, out: &mut Vec<Finding>) {
    let last = record.file.basis.last_day();
    let own = record.date();
    for dated in dates(record) {
        let future = dated.range.start > last.end;
        let late = match (limit.until, &own) {
            (Until::Today, _) => future,
            // What lies in the future is reported as that.
            (Until::Edition, Some(own)) => !future && dated.range.start > own.range().end,
            (Until::Edition, None) => false,
        };
        if late && limit.covers(&dated.visit.path) {
            out.push(finding(record, rule, limit.until, &dated, own.as_ref()));
        }
    }
}

/// Dates that are none, by the words of the schema or the manifest alone: where the schema gives a format, it
/// says so itself.
pub(super) fn unreadable(record: &Record<'_>, out: &mut Vec<Finding>) {
    for visit in &record.walk.visits {
        let is_reported = |out: &[Finding]| out.iter().any(|found| found.path.as_ref() == Some(&visit.path));
        if matches!(visit.node.value, NodeValue::Null) || !is_date(record, visit) || is_reported(out) {
            continue;
        }
        let text = visit.node.scalar_text();
        let (rule, message) = match text.as_deref().map(str::parse::<PartialDate>) {
            Some(Ok(_)) => continue,
            Some(Err(DateError::Impossible(text))) => {
                ("date-impossible", format!("`{}` does not exist in the calendar", shown(&text)))
            }
            Some(Err(DateError::Shape(text))) => ("schema-date", format!("`{}` is not a date", shown(&text))),
            None => ("schema-date", "a list or mapping is not a date".to_owned()),
        };
        let found =
            record.file.by_id(rule, (Some(visit.node.span), Some(&visit.path)), json!([text]), message);
        out.extend(found.map(|mut found| {
            found.help = own_day_help(record.file, &visit.path)
                .or(found.help)
                .or_else(|| Some("write 2013-04-15, or 2013-04 or \"2013\" if no more is known".to_owned()));
            found
        }));
    }
}

/// What to type for the days that the editors set themselves, and that no source says: the record's own date,
/// that of a review, that of a correction.
pub(super) fn own_day_help(file: &File<'_>, path: &FieldPath) -> Option<String> {
    let spec = &file.kind?.spec;
    let today = file.basis.today;
    match path.0.as_slice() {
        _ if spec.date.is_at(path) => {
            Some(gate_words::not_moved_help(&path.to_string(), &PartialDate::from_day(today)))
        }
        [Step::Key(field)] if spec.reviewed.as_ref() == Some(field) => {
            Some(format!("set it to the day of the review, such as {today}"))
        }
        [Step::Key(log), _, Step::Key(date)] if spec.corrections.as_ref() == Some(log) && date == "date" => {
            Some(format!("set it to the day of the correction, such as {today}"))
        }
        _ => None,
    }
}

/// The dates a limit is about that are later than a day, but for the future.
pub(super) fn later_than<'d>(record: &Record<'d>, limit: &Limit, day: &PartialDate) -> Vec<Dated<'d>> {
    let today = record.file.basis.last_day();
    let late = |dated: &Dated<'_>| dated.range.start > day.range().end && dated.range.start <= today.end;
    dates(record).into_iter().filter(|dated| late(dated) && limit.covers(&dated.visit.path)).collect()
}

fn finding(
    record: &Record<'_>,
    rule: &CheckRule,
    until: Until,
    dated: &Dated<'_>,
    own: Option<&PartialDate>,
) -> Finding {
    let path = &dated.visit.path;
    let (date, entry) = (&dated.date, record.entry_of(path));
    let what = match &dated.occasion {
        Some(_) => format!("`{}` of {date}", dated.visit.node.scalar_text().unwrap_or_default()),
        None => format!("{} {date}{entry}", capitalised(&uncapitalised(&record.title(path)))),
    };
    let message = match (until, own) {
        (Until::Edition, Some(own)) => format!("{what} lies after the edition's own date {own}"),
        _ => format!("{what} lies in the future; today is {}", record.file.basis.today),
    };
    let arguments = json!([dated.date]);
    let mut found = record.file.finding(rule, (Some(dated.visit.node.span), Some(path)), arguments, message);
    if let (Until::Edition, Some(node)) = (until, dataset::date_node(&record.kind.spec, &record.doc.root)) {
        found.related.push(record.file.related(node.span, "the edition's own date"));
    }
    found.related.extend(dated.in_calendar(record));
    found
}
