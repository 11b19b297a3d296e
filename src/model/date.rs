//! Civil dates as sources give them: a day, a month, a year, or an RFC 3339 instant.
//!
//! Shapes follow EDTF level 0 (ISO 8601-2:2019, Annex A: `2013`, `2013-04`, `2013-04-15`) and RFC 3339 for instants.
//! A partial date is an interval; comparisons are between intervals and there is deliberately no `Ord` by value.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};
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
    /// An RFC 3339 instant, compared in UTC.
    Instant,
}

/// A closed interval of time in UTC: the first and the last moment (seconds) a date can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DateRange {
    /// First moment.
    pub start: NaiveDateTime,
    /// Last moment, not before `start`.
    pub end: NaiveDateTime,
}

/// Why a text is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text has none of the accepted shapes.
    #[error("`{0}` is not a date: write 2013, 2013-04, 2013-04-15 or an RFC 3339 time")]
    Shape(String),
    /// The shape is right and no such day, month or time exists.
    #[error("`{0}` does not exist in the calendar")]
    Impossible(String),
}

impl DateRange {
    /// The days from `start` to `end`, both included.
    pub fn days(start: NaiveDate, end: NaiveDate) -> Self {
        DateRange { start: start.and_time(NaiveTime::MIN), end: last_second(end.max(start)) }
    }

    /// From the start of `self` to the end of `other`; the later of the two ends if they are out of order.
    pub fn through(self, other: DateRange) -> Self {
        DateRange { start: self.start, end: other.end.max(self.end) }
    }

    /// Whether all of `self` lies after all of `other`.
    pub fn is_after(&self, other: &DateRange) -> bool {
        self.start > other.end
    }

    /// Whether no part of `self` can lie after the end of `other`.
    pub fn is_on_or_before(&self, other: &DateRange) -> bool {
        self.end <= other.end
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
    /// [`DateError::Shape`] for any text that is none of the four shapes, [`DateError::Impossible`] for 30 February and its like.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let shape = || DateError::Shape(text.to_owned());
        let gone = || DateError::Impossible(text.to_owned());
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| {
            bytes.get(range).is_some_and(|b| b.iter().all(u8::is_ascii_digit))
        };
        let dash = |at: usize| bytes.get(at) == Some(&b'-');
        if bytes.len() > 10 && matches!(bytes[10], b'T' | b't' | b' ') && digits(0..4) && dash(4) {
            let at = DateTime::parse_from_rfc3339(text).map_err(|_| gone())?.naive_utc();
            return Ok(PartialDate {
                text: text.to_owned(),
                range: DateRange { start: at, end: at },
                precision: Precision::Instant,
            });
        }
        let year =
            if digits(0..4) { text[0..4].parse::<i32>().map_err(|_| shape())? } else { return Err(shape()) };
        let (precision, first, last) = match bytes.len() {
            4 => {
                (Precision::Year, NaiveDate::from_ymd_opt(year, 1, 1), NaiveDate::from_ymd_opt(year, 12, 31))
            }
            7 if dash(4) && digits(5..7) => {
                let first = format!("{text}-01").parse::<NaiveDate>().map_err(|_| gone())?;
                (Precision::Month, Some(first), last_day_of_month(first))
            }
            10 if dash(4) && dash(7) && digits(5..7) && digits(8..10) => {
                let day = text.parse::<NaiveDate>().map_err(|_| gone())?;
                (Precision::Day, Some(day), Some(day))
            }
            _ => return Err(shape()),
        };
        let (first, last) = (first.ok_or_else(gone)?, last.ok_or_else(gone)?);
        Ok(PartialDate { text: text.to_owned(), range: DateRange::days(first, last), precision })
    }

    /// A civil day as a date of day precision.
    pub fn from_day(day: NaiveDate) -> Self {
        PartialDate { text: day.to_string(), range: DateRange::days(day, day), precision: Precision::Day }
    }

    /// The interval the date can mean.
    pub fn range(&self) -> DateRange {
        self.range
    }

    /// How exact the date is.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The civil day on which the interval begins (UTC).
    pub fn earliest(&self) -> NaiveDate {
        self.range.start.date()
    }

    /// The civil day on which the interval ends (UTC).
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

    /// Whether `self` says the same as `other`, more exactly: its interval lies inside the other's and is shorter.
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
        enum Written {
            Text(String),
            Year(u16),
        }
        let text = match Written::deserialize(from)? {
            Written::Text(text) => text,
            Written::Year(year) => year.to_string(),
        };
        PartialDate::parse(&text).map_err(serde::de::Error::custom)
    }
}
