//! Dates as people write them, and the editions they mean.

use crate::history::Pick;
use crate::model::{Failure, PartialDate};
use chrono::NaiveDate;

/// How dates can be written, for hints.
pub const HOW: &str = "write 2020, 2020-09, 2020-09-04, Sept 2020 or 4 September 2020";

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a text as a date. `None` for what does not look like one.
///
/// # Errors
/// A text that looks like a date and is none: a day that does not exist, or one whose day and month could be
/// either way round.
pub fn read(text: &str) -> Result<Option<PartialDate>, Failure> {
    let text = text.trim();
    if text.len() > 10 && text.as_bytes()[10] == b'T' {
        return match text.parse() {
            Ok(date) => Ok(Some(date)),
            Err(_) => Ok(None),
        };
    }
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '-' | '/' | '.' | ','))
        .filter(|part| !part.is_empty() && !part.eq_ignore_ascii_case("of"))
        .collect();
    let words: Vec<DatePart> = parts.iter().filter_map(|part| DatePart::read(part)).collect();
    if words.len() != parts.len() || text.starts_with('-') {
        return Ok(None);
    }
    let date =
        match words.as_slice() {
            [DatePart::Year(year)] => ymd(*year, None, None),
            [DatePart::Year(year), DatePart::Small(month)]
            | [DatePart::Small(month), DatePart::Year(year)] => ymd(*year, Some(*month), None),
            [DatePart::Month(month), DatePart::Year(year)]
            | [DatePart::Year(year), DatePart::Month(month)] => ymd(*year, Some(*month), None),
            [DatePart::Year(year), DatePart::Small(month), DatePart::Small(day)]
            | [DatePart::Year(year), DatePart::Month(month), DatePart::Small(day)]
            | [DatePart::Small(day), DatePart::Month(month), DatePart::Year(year)]
            | [DatePart::Month(month), DatePart::Small(day), DatePart::Year(year)] => {
                ymd(*year, Some(*month), Some(*day))
            }
            [DatePart::Small(a), DatePart::Small(b), DatePart::Year(year)] => {
                let (day, month) = match (*a > 12, *b > 12) {
                    (true, _) => (*a, *b),
                    (_, true) => (*b, *a),
                    _ if a == b => (*a, *b),
                    _ => {
                        let one = format!("{year}-{b:02}-{a:02}");
                        let other = format!("{year}-{a:02}-{b:02}");
                        return Err(Failure::new(format!("`{text}` could be {one} or {other}"))
                            .hint("write the year first, or the month as a word"));
                    }
                };
                ymd(*year, Some(month), Some(day))
            }
            _ => return Ok(None),
        };
    let written = date.ok_or_else(|| {
        Failure::new(format!("`{text}` is not a date: there is no such day or month")).hint(HOW)
    })?;
    Ok(Some(written))
}

/// Reads a text that can only be a date.
///
/// # Errors
/// As [`read`], and a text that does not look like a date.
pub fn read_only(text: &str) -> Result<PartialDate, Failure> {
    read(text)?.ok_or_else(|| Failure::new(format!("`{text}` is not a date")).hint(HOW))
}

/// Whether a text that is no date was meant as one: it has a year, a word for a day, or a blank, which no git
/// revision has.
pub(super) fn is_meant(text: &str) -> bool {
    let digits = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    let is_year = |part: &str| digits(part) && part.bytes().all(|byte| byte.is_ascii_digit());
    let has_year = || text.split(|c: char| !c.is_ascii_digit()).any(is_year);
    text.trim().contains(char::is_whitespace) || is_relative(text) || has_year()
}

/// Whether a word says a date by today's, or stands before one: `yesterday`, `ago`, `from`.
pub(super) fn is_relative(word: &str) -> bool {
    const WORDS: [&str; 22] = [
        "today",
        "yesterday",
        "tomorrow",
        "now",
        "ago",
        "this",
        "next",
        "year",
        "years",
        "month",
        "months",
        "week",
        "weeks",
        "day",
        "days",
        "from",
        "since",
        "until",
        "between",
        "in",
        "as",
        "end",
    ];
    WORDS.contains(&word.trim().to_lowercase().as_str())
}

/// A part of a written date.
#[derive(Clone, Copy)]
enum DatePart {
    Year(i32),
    Small(u32),
    Month(u32),
}

impl DatePart {
    fn read(text: &str) -> Option<DatePart> {
        let digits =
            text.trim_end_matches("st").trim_end_matches("nd").trim_end_matches("rd").trim_end_matches("th");
        if digits.chars().all(|c| c.is_ascii_digit()) && !digits.is_empty() {
            return match digits.len() {
                4 if digits == text => digits.parse().ok().map(DatePart::Year),
                1 | 2 => digits.parse().ok().map(DatePart::Small),
                _ => None,
            };
        }
        let lower = text.to_lowercase();
        let known = MONTHS
            .iter()
            .position(|month| *month == lower || (lower.len() >= 3 && month.starts_with(&lower)));
        known.map(|at| DatePart::Month(at as u32 + 1))
    }
}

fn ymd(year: i32, month: Option<u32>, day: Option<u32>) -> Option<PartialDate> {
    let first = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
    let text = match (month, day) {
        (None, _) => first.format("%Y"),
        (_, None) => first.format("%Y-%m"),
        _ => first.format("%Y-%m-%d"),
    };
    text.to_string().parse().ok()
}

/// Which edition a text names: `first`, `last`, `previous`, a date, or a git revision (`rev:NAME` says so
/// outright).
///
/// # Errors
/// As [`read`].
pub fn pick(text: &str) -> Result<Pick, Failure> {
    match text.trim() {
        "" | "last" | "latest" | "now" => Ok(Pick::Last),
        "first" => Ok(Pick::First),
        "previous" => Ok(Pick::Previous),
        other => match other.strip_prefix("rev:") {
            Some(revision) => Ok(Pick::Revision(revision.to_owned())),
            None => Ok(match read(other)? {
                Some(date) => Pick::Through(date),
                None => Pick::Revision(other.to_owned()),
            }),
        },
    }
}

/// As [`pick`], for the start of a range: a year or a month is meant from its beginning.
///
/// # Errors
/// As [`read`].
pub fn pick_start(text: &str) -> Result<Pick, Failure> {
    Ok(match pick(text)? {
        Pick::Through(date) if date.precision() <= crate::model::date::Precision::Month => Pick::Before(date),
        pick => pick,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    fn said(text: &str) -> String {
        match read(text) {
            Ok(Some(date)) => date.to_string(),
            Ok(None) => "none".to_owned(),
            Err(failure) => failure.message,
        }
    }

    #[test]
    fn dates_as_people_write_them() {
        for (text, date) in [
            ("2020", "2020"),
            ("2020-09", "2020-09"),
            ("2020/09/04", "2020-09-04"),
            ("2020-9-4", "2020-09-04"),
            ("Sept 2020", "2020-09"),
            ("September 2020", "2020-09"),
            ("sep. 2020", "2020-09"),
            ("4 September 2020", "2020-09-04"),
            ("September 4, 2020", "2020-09-04"),
            ("4th of September 2020", "2020-09-04"),
            ("1st May 2020", "2020-05-01"),
            ("09/2020", "2020-09"),
            ("25/12/2019", "2019-12-25"),
            ("2020-09-04T10:00:00Z", "2020-09-04T10:00:00Z"),
            ("HEAD~3", "none"),
            ("main", "none"),
            ("v2020", "none"),
            ("abc1234", "none"),
            ("1234567", "none"),
            ("ABC", "none"),
        ] {
            assert_eq!(said(text), date, "{text}");
        }
        assert!(said("2020-02-30").contains("no such day"), "{}", said("2020-02-30"));
        assert!(said("31 September 2020").contains("no such day"));
        assert!(said("2020-13").contains("no such day or month"));
        assert!(said("04/09/2020").contains("could be 2020-09-04 or 2020-04-09"), "{}", said("04/09/2020"));
    }
}
