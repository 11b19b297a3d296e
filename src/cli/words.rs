//! What the words of a command line are: names of records, dates, a range.

use super::args::RangeArgs;
use crate::model::Failure;
use crate::session::{RangeQuestion, dates};

/// The most words that one date is put together from: `4th of September 2020`.
const LONGEST: usize = 4;

/// Words by what they are.
#[derive(Debug, Default, PartialEq)]
struct Sorted {
    records: Vec<String>,
    dates: Vec<String>,
    spans: Vec<String>,
}

impl Sorted {
    fn read(words: &[String]) -> Result<Sorted, Failure> {
        let mut sorted = Sorted::default();
        let mut at = 0;
        while at < words.len() {
            if words[at].contains("..") {
                sorted.spans.push(words[at].clone());
                at += 1;
                continue;
            }
            match date_at(words, at)? {
                Some((date, end)) => {
                    sorted.dates.push(date);
                    at = end;
                }
                None => {
                    sorted.records.push(words[at].clone());
                    at += 1;
                }
            }
        }
        Ok(sorted)
    }
}

/// The date that begins at a word, if any, and where it ends: the longest that can be read.
fn date_at(words: &[String], start: usize) -> Result<Option<(String, usize)>, Failure> {
    for end in (start + 1..=words.len().min(start + LONGEST)).rev() {
        let text = words[start..end].join(" ");
        if dates::read(&text)?.is_some() {
            return Ok(Some((text, end)));
        }
    }
    Ok(None)
}

/// Record names and a range: `A..B`, one date (from its beginning to its end), two dates, or `--from` and `--to`.
pub fn split_range(words: &[String], range: &RangeArgs) -> Result<(Vec<String>, RangeQuestion), Failure> {
    let sorted = Sorted::read(words)?;
    let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let twice = || {
        Err(Failure::new("the range is given twice, as a word and as --from or --to")
            .hint("leave one of them out"))
    };
    let flags = range.from.is_some() || range.to.is_some();
    let asked = match (sorted.spans.as_slice(), sorted.dates.as_slice()) {
        ([], []) => RangeQuestion { from: range.from.clone(), to: range.to.clone(), during: None },
        _ if flags => return twice(),
        ([span], []) => {
            let (from, to) = span.split_once("..").unwrap_or((span, ""));
            RangeQuestion { from: end(from), to: end(to.trim_start_matches('.')), during: None }
        }
        ([], [date]) => RangeQuestion { during: Some(date.clone()), ..RangeQuestion::default() },
        ([], [from, to]) => RangeQuestion { from: Some(from.clone()), to: Some(to.clone()), during: None },
        (spans, dates) => {
            let all: Vec<String> = spans.iter().chain(dates).map(|word| format!("`{word}`")).collect();
            return Err(Failure::new(format!("too many dates: {}", all.join(", ")))
                .hint("a range is `A..B`, or two dates, or one"));
        }
    };
    Ok((sorted.records, asked))
}

/// Record names, and a period or a range.
pub fn split_period(
    words: &[String],
    range: &RangeArgs,
) -> Result<(Vec<String>, Option<String>, RangeQuestion), Failure> {
    let (records, mut asked) = split_range(words, range)?;
    Ok((records, asked.during.take(), asked))
}

/// Record names, and the date as of which they are asked about: a word or `--as-of`.
pub fn split_as_of(words: &[String], as_of: Option<&String>) -> Result<(Vec<String>, String), Failure> {
    let sorted = Sorted::read(words)?;
    let date = match (sorted.dates.as_slice(), as_of) {
        ([], None) => "last".to_owned(),
        ([], Some(as_of)) => as_of.clone(),
        ([date], None) => date.clone(),
        _ => {
            return Err(Failure::new("more than one date is given").hint("`--as-of DATE` takes one"));
        }
    };
    // A range is no name: whoever looks for one hears so.
    Ok((sorted.records.into_iter().chain(sorted.spans).collect(), date))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    fn range(text: &str) -> (Vec<String>, RangeQuestion) {
        split_range(&words(text), &RangeArgs { from: None, to: None }).expect("a range")
    }

    #[test]
    fn dates_among_words() {
        let during = |text: &str| range(text).1.during;
        assert_eq!(during("alpha 2018").as_deref(), Some("2018"));
        assert_eq!(during("alpha Sept 2020").as_deref(), Some("Sept 2020"));
        assert_eq!(during("4 September 2020 alpha").as_deref(), Some("4 September 2020"));
        assert_eq!(range("alpha beta 4th of September 2020").0, ["alpha", "beta"]);
        let two = range("alpha 2018 2020").1;
        assert_eq!((two.from.as_deref(), two.to.as_deref()), (Some("2018"), Some("2020")));
        let span = range("alpha 2018..2020").1;
        assert_eq!((span.from.as_deref(), span.to.as_deref()), (Some("2018"), Some("2020")));
        let refused = |text: &str| split_range(&words(text), &RangeArgs { from: None, to: None }).is_err();
        assert!(refused("alpha 2018 2019 2020"));
        assert!(refused("alpha 2018..2019 2020"));
        assert!(refused("alpha 2020-02-30"));
    }

    #[test]
    fn one_date_as_of() {
        let asked = split_as_of(&words("north end 2018"), None).expect("a question");
        assert_eq!(asked, (words("north end"), "2018".to_owned()));
        assert!(split_as_of(&words("alpha 2018"), Some(&"2019".to_owned())).is_err());
    }
}
