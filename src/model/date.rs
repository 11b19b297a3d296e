//! Civil dates as sources give them: a day, a month, a year, or a stamp with a time of day.
//!
//! Shapes follow EDTF level 0 (ISO 8601-2:2019, Annex A: `2013`, `2013-04`, `2013-04-15`); stamps follow RFC
//! 3339, with the liberties of YAML's own timestamps (yaml.org/type/timestamp: a blank for the `T`, no zone,
//! a zone of hours) and of ISO 8601 (no seconds, `+0200`). A partial date is an interval; comparisons are
//! between intervals and there is deliberately no `Ord` by value. A stamp stands for the civil day and time
//! **as written**; only stamps among themselves are ordered by the moment.

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A date with the precision its source gave. `Display` gives back the text that was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PartialDate {
    text: String,
    range: DateRange,
    precision: Precision,
}

/// How exact a [`PartialDate`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Precision {
    /// A whole calendar year, `2013`.
    Year,
    /// A whole month, `2013-04`.
    Month,
    /// A civil day, `2013-04-15`.
    Day,
    /// A stamp with a time of day.
    Instant,
}

/// A closed interval of civil time: the first and the last second a date can mean, as written, whatever the
/// time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateRange {
    /// First second.
    pub start: NaiveDateTime,
    /// Last second, not before `start`.
    pub end: NaiveDateTime,
    /// Of a stamp, the moment in UTC; one without a zone is taken for UTC. Two of them are compared by it.
    moment: Option<NaiveDateTime>,
}

/// Why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text has none of the accepted shapes.
    #[error("`{0}` is not a date: write 2013, 2013-04, 2013-04-15 or 2013-04-15T09:30:00Z")]
    Shape(String),
    /// The shape is right and no such day, month or time exists.
    #[error("`{0}` does not exist in the calendar")]
    Impossible(String),
}

impl DateRange {
    /// The days from `start` to `end`, both included.
    pub fn days(start: NaiveDate, end: NaiveDate) -> Self {
        DateRange::spanning(start.and_time(NaiveTime::MIN), last_second(end.max(start)))
    }

    /// From one civil second to another.
    pub fn spanning(start: NaiveDateTime, end: NaiveDateTime) -> Self {
        DateRange { start, end, moment: None }
    }

    /// From the start of `self` to the end of `other`; the later of the two ends if they are out of order.
    pub fn through(self, other: DateRange) -> Self {
        DateRange::spanning(self.start, other.end.max(self.end))
    }

    /// Whether all of `self` lies after all of `other`.
    pub fn is_after(&self, other: &DateRange) -> bool {
        self.moments(other).map_or(self.start > other.end, |(own, other)| own > other)
    }

    /// Whether no part of `self` can lie after the end of `other`.
    pub fn is_on_or_before(&self, other: &DateRange) -> bool {
        self.moments(other).map_or(self.end <= other.end, |(own, other)| own <= other)
    }

    fn moments(&self, other: &DateRange) -> Option<(NaiveDateTime, NaiveDateTime)> {
        Some((self.moment?, other.moment?))
    }

    /// Whether `self` is the last day of `other`, no more and no less: on which side of something written
    /// that day it falls, no date says.
    pub fn is_last_day_of(&self, other: &DateRange) -> bool {
        self.end == other.end && self.start.date() == other.end.date() && self.start.time() == NaiveTime::MIN
    }

    /// Whether all of `self` lies inside `other`.
    pub fn within(&self, other: &DateRange) -> bool {
        self.start >= other.start && self.end <= other.end
    }
}

fn last_second(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(23, 59, 59).expect("because 23:59:59 exists on every day")
}

impl PartialDate {
    /// Reads a date. White space around the text is not accepted.
    ///
    /// # Errors
    /// [`DateError::Shape`] for any text that has none of the shapes, [`DateError::Impossible`] for 30
    /// February and its like.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let shape = || DateError::Shape(text.to_owned());
        let gone = || DateError::Impossible(text.to_owned());
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| {
            bytes.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit))
        };
        let dash = |at: usize| bytes.get(at) == Some(&b'-');
        if !digits(0..4) {
            return Err(shape());
        }
        let number = |range: std::ops::Range<usize>| {
            bytes[range].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'))
        };
        let day =
            |month: u32, day: u32| NaiveDate::from_ymd_opt(number(0..4) as i32, month, day).ok_or_else(gone);
        let is_day = bytes.len() >= 10 && dash(4) && dash(7) && digits(5..7) && digits(8..10);
        let (precision, first, last) = match bytes.len() {
            4 => (Precision::Year, day(1, 1)?, day(12, 31)?),
            7 if dash(4) && digits(5..7) => {
                let first = day(number(5..7), 1)?;
                (Precision::Month, first, last_day_of_month(first).ok_or_else(gone)?)
            }
            10 if is_day => {
                let day = day(number(5..7), number(8..10))?;
                (Precision::Day, day, day)
            }
            _ if is_day && matches!(bytes[10], b'T' | b't' | b' ' | b'\t') => {
                let clock = Clock::read(&text[10..]).ok_or_else(shape)?;
                let range = clock.on(day(number(5..7), number(8..10))?).ok_or_else(gone)?;
                return Ok(PartialDate { text: text.to_owned(), range, precision: Precision::Instant });
            }
            _ => return Err(shape()),
        };
        Ok(PartialDate { text: text.to_owned(), range: DateRange::days(first, last), precision })
    }

    /// A civil day as a date of day precision.
    pub fn from_day(day: NaiveDate) -> Self {
        PartialDate { text: day.to_string(), range: DateRange::days(day, day), precision: Precision::Day }
    }

    /// Which of two dates comes first: two stamps by the moment, anything else by the civil time as written.
    pub fn order(&self, other: &PartialDate) -> Ordering {
        match self.range.moments(&other.range) {
            Some((own, other)) => own.cmp(&other),
            None => (self.range.start, self.range.end).cmp(&(other.range.start, other.range.end)),
        }
    }

    /// Of a stamp, the moment in UTC.
    pub fn moment(&self) -> Option<NaiveDateTime> {
        self.range.moment
    }

    /// The interval the date can mean.
    pub fn range(&self) -> DateRange {
        self.range
    }

    /// How exact the date is.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The civil day on which the interval begins, as written.
    pub fn earliest(&self) -> NaiveDate {
        self.range.start.date()
    }

    /// The civil day on which the interval ends, as written.
    pub fn latest(&self) -> NaiveDate {
        self.range.end.date()
    }

    /// The calendar year in which the interval begins.
    pub fn year(&self) -> i32 {
        self.earliest().year()
    }

    /// The text as it was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether `self` says the same as `other`, more exactly: its interval lies inside the other's and is
    /// shorter.
    pub fn refines(&self, other: &PartialDate) -> bool {
        self.range != other.range && self.range.within(&other.range)
    }

    /// In words: `15 April 2013`, `April 2013`, `2013`, or the instant as it was written.
    pub fn in_words(&self) -> String {
        let day = self.earliest();
        match self.precision {
            Precision::Year => day.year().to_string(),
            Precision::Month => day.format("%B %Y").to_string(),
            Precision::Day => day.format("%-d %B %Y").to_string(),
            Precision::Instant => self.text.clone(),
        }
    }

    /// In words without the day: `April 2013`, or `2013` where only the year is known.
    pub fn month_in_words(&self) -> String {
        match self.precision {
            Precision::Year => self.in_words(),
            _ => self.earliest().format("%B %Y").to_string(),
        }
    }
}

/// The time of day of a stamp, with its zone.
struct Clock {
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    /// East of Greenwich; none where the stamp names no zone.
    offset_minutes: Option<i64>,
}

impl Clock {
    /// Reads what follows the day: `T09:30:00.5+13:00`, ` 9:30:00 +2`, `T10:00Z`. Whether the numbers exist,
    /// [`Clock::on`] says.
    fn read(text: &str) -> Option<Clock> {
        let rest =
            if text.starts_with(['T', 't']) { &text[1..] } else { text.trim_start_matches([' ', '\t']) };
        let (hour, rest) = leading(rest, 2)?;
        let (minute, mut rest) = exactly_two(rest.strip_prefix(':')?)?;
        let (mut second, mut nanos) = (0, 0);
        if let Some(after) = rest.strip_prefix(':') {
            (second, rest) = exactly_two(after)?;
            if let Some(after) = rest.strip_prefix('.') {
                let length = after.bytes().take_while(u8::is_ascii_digit).count();
                let digits: String = after[..length].chars().chain("000000000".chars()).take(9).collect();
                (nanos, rest) = (digits.parse().ok()?, &after[length..]);
            }
        }
        let offset_minutes = zone(rest.trim_start_matches([' ', '\t']))?;
        Some(Clock { hour, minute, second, nanos, offset_minutes })
    }

    fn on(&self, day: NaiveDate) -> Option<DateRange> {
        // A leap second is the last of its minute.
        let (second, nanos) = if self.second == 60 { (59, 999_999_999) } else { (self.second, self.nanos) };
        let written = day.and_hms_nano_opt(self.hour, self.minute, second, nanos)?;
        let offset = self.offset_minutes.unwrap_or(0);
        // RFC 3339 §5.6: an offset has less than 24 hours.
        if offset.abs() >= 24 * 60 {
            return None;
        }
        let moment = written.checked_sub_signed(Duration::minutes(offset))?;
        Some(DateRange { start: written, end: written, moment: Some(moment) })
    }
}

/// The number that one to `most` digits at the start make, and what follows them.
fn leading(text: &str, most: usize) -> Option<(u32, &str)> {
    let length = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    Some((text[..length].parse().ok()?, &text[length..]))
}

fn exactly_two(text: &str) -> Option<(u32, &str)> {
    let (number, rest) = leading(text, 2)?;
    (text.len() - rest.len() == 2).then_some((number, rest))
}

/// The minutes east of Greenwich of `Z`, `+13:00`, `+1300`, `-5`; `Some(None)` where nothing is written,
/// `None` for anything else.
fn zone(text: &str) -> Option<Option<i64>> {
    let (sign, rest) = match text.as_bytes().first() {
        None => return Some(None),
        Some(b'Z' | b'z') => return (text.len() == 1).then_some(Some(0)),
        Some(b'+') => (1, &text[1..]),
        Some(b'-') => (-1, &text[1..]),
        Some(_) => return None,
    };
    let (hours, rest) = leading(rest, 2)?;
    let (minutes, rest) = match rest {
        "" => (0, ""),
        _ => exactly_two(rest.strip_prefix(':').unwrap_or(rest))?,
    };
    (rest.is_empty() && minutes < 60).then_some(Some(sign * i64::from(hours * 60 + minutes)))
}

fn last_day_of_month(first: NaiveDate) -> Option<NaiveDate> {
    first.checked_add_months(chrono::Months::new(1))?.pred_opt()
}

impl FromStr for PartialDate {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        PartialDate::parse(text)
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for PartialDate {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text)
    }
}

impl<'de> serde::Deserialize<'de> for PartialDate {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        /// A bare year is a number in YAML.
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum DateScalar {
            Text(String),
            Year(u16),
        }
        let text = match DateScalar::deserialize(from)? {
            DateScalar::Text(text) => text,
            DateScalar::Year(year) => year.to_string(),
        };
        PartialDate::parse(&text).map_err(serde::de::Error::custom)
    }
}
