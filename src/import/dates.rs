//! Dates as sources write them → partial dates and spans.
//!
//! Which words and orders there are is data (`schema/import/dates.yaml`). A date that can be read in two ways
//! is refused.

use crate::model::{Failure, PartialDate};
use regex::{Captures, Regex};
use serde::Deserialize;

/// The words and orders of dates.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatesSpec {
    /// The words of each month, January first.
    pub months: Vec<Vec<String>>,
    /// What stands for a dash between two dates, as a pattern.
    pub through: String,
    /// Patterns with the groups `y`, `m` (a word or number) and `d`; for the end of a span `y2`, `m2`, `d2`,
    /// each like the first where it is not given. `{month}` stands for any word of a month, `{through}` for
    /// the dash.
    pub patterns: Vec<String>,
    /// Patterns that are refused because they can be read in two ways.
    #[serde(default)]
    pub ambiguous: Vec<String>,
}

/// A date or span of dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateSpan {
    /// The date, or the first.
    pub start: PartialDate,
    /// The last, for a span.
    pub end: Option<PartialDate>,
}

/// Reads dates.
#[derive(Clone, Debug)]
pub struct Dates {
    months: Vec<Vec<String>>,
    whole: Vec<Regex>,
    ambiguous: Vec<Regex>,
    /// A pattern for any date inside a longer text, without named groups.
    pub anywhere: String,
}

impl Dates {
    /// Compiles the patterns.
    ///
    /// # Errors
    /// A pattern that is none.
    pub fn new(spec: &DatesSpec) -> Result<Dates, Failure> {
        let mut words: Vec<&str> = spec.months.iter().flatten().map(String::as_str).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let month = format!("(?:{})", words.iter().map(|w| regex::escape(w)).collect::<Vec<_>>().join("|"));
        let filled =
            |pattern: &String| pattern.replace("{month}", &month).replace("{through}", &spec.through);
        let compile = |pattern: &String| {
            Regex::new(&format!("(?i)^(?:{})$", filled(pattern)))
                .map_err(|error| Failure::new(format!("the pattern of dates `{pattern}`: {error}")))
        };
        let unnamed = Regex::new(r"\?P?<\w+>").expect("because it is written here");
        let anywhere = spec
            .patterns
            .iter()
            .map(|p| unnamed.replace_all(&filled(p), "?:").into_owned())
            .collect::<Vec<_>>()
            .join("|");
        Ok(Dates {
            months: spec
                .months
                .iter()
                .map(|month| month.iter().map(|word| word.to_lowercase()).collect())
                .collect(),
            whole: spec.patterns.iter().map(compile).collect::<Result<_, _>>()?,
            ambiguous: spec.ambiguous.iter().map(compile).collect::<Result<_, _>>()?,
            anywhere: format!("(?:{anywhere})"),
        })
    }

    /// Reads a date or span.
    ///
    /// # Errors
    /// In words: no date, a date that does not exist, or one that can be read in two ways.
    pub fn read(&self, text: &str) -> Result<DateSpan, Failure> {
        let text = text.trim();
        if let Ok(date) = text.parse::<PartialDate>()
            && date.precision() <= crate::model::date::Precision::Day
        {
            return Ok(DateSpan { start: date, end: None });
        }
        let mut last = None;
        for pattern in &self.whole {
            if let Some(found) = pattern.captures(text) {
                match self.span(&found) {
                    Ok(span) => return Ok(span),
                    Err(error) => last = Some(error),
                }
            }
        }
        if self.ambiguous.iter().any(|pattern| pattern.is_match(text)) {
            return Err(Failure::data(format!("`{text}` can be read as two days: write 2019-12-05")));
        }
        Err(last.unwrap_or_else(|| Failure::data(format!("`{text}` is not a date"))))
    }

    fn span(&self, found: &Captures<'_>) -> Result<DateSpan, Failure> {
        let get = |name: &str| found.name(name).map(|m| m.as_str());
        let (y, m, d) = (get("y"), get("m"), get("d"));
        let end = ["y2", "m2", "d2"].iter().any(|name| found.name(name).is_some());
        let start = self.date(y.or_else(|| get("y2")), m.or_else(|| get("m2").filter(|_| d.is_some())), d)?;
        if !end {
            return Ok(DateSpan { start, end: None });
        }
        let last = self.date(get("y2").or(y), get("m2").or(m), get("d2"))?;
        if last.range().start < start.range().start {
            return Err(Failure::data(format!("`{}` ends before it begins", &found[0])));
        }
        Ok(DateSpan { start, end: Some(last) })
    }

    fn date(&self, y: Option<&str>, m: Option<&str>, d: Option<&str>) -> Result<PartialDate, Failure> {
        let year = match y {
            Some(year) if year.len() == 4 => year.to_owned(),
            Some(year) => return Err(Failure::data(format!("`{year}` is no year"))),
            None => return Err(Failure::data("a date without a year")),
        };
        let month = m.map(|word| self.month(word)).transpose()?;
        let text = match (month, d.map(|d| d.parse::<u32>().unwrap_or(0))) {
            (Some(month), Some(day)) => format!("{year}-{month:02}-{day:02}"),
            (Some(month), None) => format!("{year}-{month:02}"),
            (None, _) => year,
        };
        text.parse::<PartialDate>().map_err(|error| Failure::data(error.to_string()))
    }

    fn month(&self, word: &str) -> Result<usize, Failure> {
        if let Ok(number) = word.parse::<usize>() {
            return if (1..=12).contains(&number) {
                Ok(number)
            } else {
                Err(Failure::data(format!("`{word}` is no month")))
            };
        }
        let word = word.to_lowercase();
        self.months
            .iter()
            .position(|words| words.contains(&word))
            .map(|at| at + 1)
            .ok_or_else(|| Failure::data(format!("`{word}` is no month")))
    }
}

impl DateSpan {
    /// For templates: the first date, or the only one; of a span within one year or month no more than both
    /// share.
    pub fn as_date(&self) -> PartialDate {
        let Some(end) = &self.end else { return self.start.clone() };
        let (a, b) = (self.start.as_str(), end.as_str());
        let shared = [7, 4]
            .into_iter()
            .find(|length| a.len() >= *length && b.len() >= *length && a[..*length] == b[..*length]);
        shared.and_then(|length| a[..length].parse().ok()).unwrap_or_else(|| self.start.clone())
    }

    /// The moments from the first to the last.
    pub fn range(&self) -> crate::model::DateRange {
        self.end.as_ref().map_or_else(|| self.start.range(), |end| self.start.range().through(end.range()))
    }
}
