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
    /// Dates after `from` or `since`.
    from: Vec<String>,
    /// Dates after `to` or `until`, or after another and `and`.
    to: Vec<String>,
}

/// How a word in front of a date means it: `since 2018`, `to 2020`, `in 2019`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Lead {
    From,
    To,
    At,
}

impl Lead {
    fn read(word: &str) -> Option<Lead> {
        match word.to_lowercase().as_str() {
            "from" | "since" | "after" => Some(Lead::From),
            "to" | "until" | "till" | "through" | "and" | "-" | "–" | "—" => Some(Lead::To),
            "in" | "during" | "as" | "of" | "at" | "by" | "on" | "the" | "end" | "between" => Some(Lead::At),
            _ => None,
        }
    }
}

impl Sorted {
    fn read(words: &[String]) -> Result<Sorted, Failure> {
        let mut sorted = Sorted::default();
        let mut at = 0;
        while at < words.len() {
            if let Some(span) = span(&words[at]) {
                sorted.spans.push(span);
                at += 1;
                continue;
            }
            if let Some(range) = quoted_range(&words[at])? {
                sorted.append(range);
                at += 1;
                continue;
            }
            if let Some(said) = by_the_clock(&words[at..]) {
                return Err(Failure::new(format!("`{said}` is not a date that can be read")).hint(dates::HOW));
            }
            let mut leads: Vec<Lead> = words[at..].iter().map_while(|word| Lead::read(word)).collect();
            // It is the end of a date that is meant, not the last word of a name: `North End 2018`.
            if words[at..at + leads.len()].last().is_some_and(|word| word.eq_ignore_ascii_case("end")) {
                leads.clear();
            }
            match date_at(words, at + leads.len())? {
                Some((date, end)) => {
                    sorted.take(&leads, date);
                    at = end;
                }
                // Words such as `and` stand in names, too.
                None => {
                    sorted.records.push(words[at].clone());
                    at += 1;
                }
            }
        }
        Ok(sorted)
    }

    /// Adds what another has.
    fn append(&mut self, mut more: Sorted) {
        self.spans.append(&mut more.spans);
        self.dates.append(&mut more.dates);
        self.from.append(&mut more.from);
        self.to.append(&mut more.to);
    }

    fn take(&mut self, leads: &[Lead], date: String) {
        let list = match leads {
            leads if leads.contains(&Lead::From) => &mut self.from,
            leads if leads.contains(&Lead::To) => &mut self.to,
            _ => &mut self.dates,
        };
        list.push(date);
    }
}

/// Words that say a date by today's: no answer depends on the day on which it is asked for.
fn by_the_clock(words: &[String]) -> Option<String> {
    let lower: Vec<String> = words.iter().take(2).map(|word| word.to_lowercase()).collect();
    let said = match lower.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["today" | "yesterday", ..] => 1,
        ["last" | "this" | "previous", "year" | "month" | "week", ..] => 2,
        _ => return None,
    };
    Some(words[..said].join(" "))
}

/// A range in one word: `A..B`, or two years as `2018-2020`.
fn span(word: &str) -> Option<String> {
    if word.contains("..") {
        return Some(word.to_owned());
    }
    let is_year = |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (from, to) = word.split_once(['-', '–', '—', '/'])?;
    (is_year(from) && is_year(to)).then(|| format!("{from}..{to}"))
}

/// A range that was quoted as one word: `"from 2018 to 2020"`. `None` if it holds anything that is no date.
fn quoted_range(word: &str) -> Result<Option<Sorted>, Failure> {
    let pieces: Vec<String> = word.split_whitespace().map(str::to_owned).collect();
    if pieces.len() < 2 || !pieces.iter().any(|piece| Lead::read(piece).is_some()) {
        return Ok(None);
    }
    let sorted = Sorted::read(&pieces)?;
    Ok(sorted.records.is_empty().then_some(sorted))
}

/// The date that begins at a word, if any, and where it ends: the longest that can be read.
fn date_at(words: &[String], start: usize) -> Result<Option<(String, usize)>, Failure> {
    if start >= words.len() {
        return Ok(None);
    }
    for end in (start + 1..=words.len().min(start + LONGEST)).rev() {
        // A dash between two dates belongs to neither.
        if !words[end - 1].contains(char::is_alphanumeric) {
            continue;
        }
        let text = words[start..end].join(" ");
        let date = dates::read(&text).map_err(|failure| match short_span(&text) {
            Some(span) => failure.hint(format!("for a range write `{span}`")),
            None => failure,
        })?;
        if date.is_some() {
            return Ok(Some((text, end)));
        }
    }
    Ok(None)
}

/// The range that `2018-20` may be meant as.
fn short_span(text: &str) -> Option<String> {
    let (from, to) = text.split_once('-')?;
    let years = (from.len(), to.len()) == (4, 2) && [from, to].iter().all(|part| part.parse::<u32>().is_ok());
    (years && to > &from[2..]).then(|| format!("{from}..{}{to}", &from[..2]))
}

/// Record names and a range: `A..B`, one date (from its beginning to its end), two dates, or `--from` and
/// `--to`.
pub fn split_range(words: &[String], range: &RangeArgs) -> Result<(Vec<String>, RangeQuestion), Failure> {
    let sorted = Sorted::read(words)?;
    let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let twice = || {
        Err(Failure::new("the range is given twice, as a word and as --from or --to")
            .hint("leave one of them out"))
    };
    let flags = range.from.is_some() || range.to.is_some();
    let lists = [&sorted.spans, &sorted.dates, &sorted.from, &sorted.to].map(Vec::as_slice);
    let both = |from: &str, to: &str| RangeQuestion {
        from: end(from),
        to: end(to.trim_start_matches('.')),
        during: None,
    };
    let asked = match lists {
        [[], [], [], []] => RangeQuestion { from: range.from.clone(), to: range.to.clone(), during: None },
        _ if flags => return twice(),
        [[span], [], [], []] => {
            let (from, to) = span.split_once("..").unwrap_or((span, ""));
            both(from, to)
        }
        [[], [date], [], []] => RangeQuestion { during: Some(date.clone()), ..RangeQuestion::default() },
        [[], [from, to], [], []] | [[], [from], [], [to]] | [[], [], [from], [to]] => both(from, to),
        [[], [], [from], []] => both(from, ""),
        [[], [], [], [to]] => both("", to),
        lists => {
            let all: Vec<String> =
                lists.iter().flat_map(|list| list.iter()).map(|word| format!("`{word}`")).collect();
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
    let is_number = |word: &&String| word.len() < 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = records.iter().find(is_number) {
        return Err(Failure::new(format!("`{number}` is not a year")).hint(dates::HOW));
    }
    Ok((records, asked.during.take(), asked))
}

/// Record names, and the date as of which they are asked about: a word or `--as-of`.
pub fn split_as_of(words: &[String], as_of: Option<&String>) -> Result<(Vec<String>, String), Failure> {
    let sorted = Sorted::read(words)?;
    let dates: Vec<&String> = sorted.dates.iter().chain(&sorted.from).chain(&sorted.to).collect();
    let date = match (dates.as_slice(), as_of) {
        ([], None) => "last".to_owned(),
        ([], Some(as_of)) => as_of.clone(),
        ([date], None) => (*date).clone(),
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
        for text in [
            "alpha 2018-2020",
            "alpha 2018/2020",
            "alpha 2018 - 2020",
            "alpha between 2018 and 2020",
            "alpha from 2018 to 2020",
            "from 2018 until 2020 alpha",
        ] {
            let (records, asked) = range(text);
            assert_eq!(records, ["alpha"], "{text}");
            assert_eq!((asked.from.as_deref(), asked.to.as_deref()), (Some("2018"), Some("2020")), "{text}");
        }
        assert_eq!(range("alpha since 2018").1.from.as_deref(), Some("2018"));
        assert_eq!(range("alpha until Sept 2020").1.to.as_deref(), Some("Sept 2020"));
        assert_eq!(during("alpha in 2018").as_deref(), Some("2018"));
        assert_eq!(range("end and of the alpha 2018").0, ["end", "and", "of", "the", "alpha"]);
        let refused = |text: &str| split_range(&words(text), &RangeArgs { from: None, to: None }).is_err();
        assert!(refused("alpha 2018 2019 2020"));
        assert!(refused("alpha 2018..2019 2020"));
        assert!(refused("alpha 2020-02-30"));
        assert!(refused("alpha last year") && refused("this month") && refused("alpha Yesterday"));
        assert_eq!(range("the last alpha").0, ["the", "last", "alpha"]);
        let no_year = |text: &str| split_period(&words(text), &RangeArgs { from: None, to: None }).is_err();
        assert!(no_year("25") && no_year("alpha 202") && !no_year("alpha 2025"));
    }

    #[test]
    fn one_date_as_of() {
        let asked = split_as_of(&words("north end 2018"), None).expect("a question");
        assert_eq!(asked, (words("north end"), "2018".to_owned()));
        let asked = split_as_of(&words("alpha as of the end of 2018"), None).expect("a question");
        assert_eq!(asked, (words("alpha"), "2018".to_owned()));
        assert!(split_as_of(&words("alpha 2018"), Some(&"2019".to_owned())).is_err());
    }
}
