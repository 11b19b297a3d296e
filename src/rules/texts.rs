//! What became of a text of no set form: other words, more of it, less of it, or only another day as of which
//! it is said.

use crate::model::{DateRange, NatureKind, PartialDate};
use chrono::Datelike;
use std::collections::BTreeSet;

/// The nature of a change from one text to another; `None` where it may say something else. `is_dated`: a
/// date in the text is the day as of which it is said.
pub(super) fn nature(before: &str, after: &str, is_dated: bool, assessed: &DateRange) -> Option<NatureKind> {
    if is_dated && differ_in_dates(before, after) {
        return Some(NatureKind::Review);
    }
    // A number that falls away may change what the others mean.
    let fell_away = goes_on(after, before).is_some_and(|lost| !lost.iter().any(|word| is_number(word)));
    if fell_away || is_reworded(before, after) {
        return Some(NatureKind::Editorial);
    }
    let added = goes_on(before, after)?;
    let is_past = years(&added).all(|year| year < assessed.end.year());
    is_past.then_some(NatureKind::LateReport)
}

/// The last day or month as of which a text says that it holds: `not given as of 20 July 2018`.
pub(super) fn said_as_of(text: &str) -> Option<DateRange> {
    let all: Vec<&str> = words(text).collect();
    let date = |from: usize| -> Option<PartialDate> {
        let parts = all.get(from..)?;
        let month = |at: usize| {
            let name = parts.get(at).filter(|word| is_month(word))?;
            let number = name.parse::<chrono::Month>().ok()?.number_from_month();
            Some(format!("{}-{number:02}", year(parts.get(at + 1)?)?))
        };
        let day = || Some(format!("{}-{:02}", month(1)?, parts.first()?.parse::<u32>().ok()?));
        let written = || parts.first().filter(|word| year(word).is_some()).map(|word| (*word).to_owned());
        day().or_else(|| month(0)).or_else(written)?.parse().ok()
    };
    let is_as_of = |at: usize| all[at].eq_ignore_ascii_case("as") && all.get(at + 1) == Some(&"of");
    let mut dates = (0..all.len()).rev().filter(|at| is_as_of(*at)).filter_map(|at| date(at + 2));
    dates.next().map(|date| date.range())
}

/// Words with which a text says the contrary of the same text without them.
const NEGATIONS: [&str; 6] = ["no", "not", "none", "never", "nor", "without"];

/// Whether two texts say the same in other words, as far as that can be seen: the same numbers, and half of
/// all words in both.
fn is_reworded(before: &str, after: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let split = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        split.map(str::to_lowercase).collect()
    };
    let (old, new) = (words(before), words(after));
    let is_denied = |words: &BTreeSet<String>| NEGATIONS.map(|no| words.contains(no));
    if is_denied(&old) != is_denied(&new) {
        return false;
    }
    let numbers = |words: &BTreeSet<String>| -> Vec<String> {
        words.iter().filter(|word| word.contains(|c: char| c.is_ascii_digit())).cloned().collect()
    };
    numbers(&old) == numbers(&new) && old.intersection(&new).count() * 2 >= old.union(&new).count()
}

/// What a longer text has after a shorter one that it begins with, in whole words. A number alone is no text:
/// what follows it says what is counted.
fn goes_on<'t>(short: &str, long: &'t str) -> Option<Vec<&'t str>> {
    let begin: Vec<&str> = words(short).collect();
    let whole: Vec<&str> = words(long).collect();
    let has_letters = begin.iter().any(|word| word.contains(char::is_alphabetic));
    let is_alike = |at: usize| begin[at].eq_ignore_ascii_case(whole[at]);
    (has_letters && begin.len() < whole.len() && (0..begin.len()).all(is_alike))
        .then(|| whole[begin.len()..].to_vec())
}

/// The words of a text without the signs around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let signs = |c: char| !c.is_alphanumeric();
    text.split_whitespace().map(move |word| word.trim_matches(signs)).filter(|word| !word.is_empty())
}

/// Whether two texts are alike but for dates: days, months and years, in figures or in words.
fn differ_in_dates(before: &str, after: &str) -> bool {
    let undated = |text: &str| -> Vec<String> {
        let all: Vec<&str> = words(text).collect();
        let is_day = |at: usize| {
            let is_short = all[at].len() <= 2 && all[at].bytes().all(|b| b.is_ascii_digit());
            is_short && all.get(at + 1).is_some_and(|next| is_month(next))
        };
        let is_date = |at: usize| is_month(all[at]) || is_day(at) || year(all[at]).is_some();
        (0..all.len()).filter(|at| !is_date(*at)).map(|at| all[at].to_lowercase()).collect()
    };
    before != after && !words(before).eq(words(after)) && undated(before) == undated(after)
}

/// Whether a word has figures and is no year.
fn is_number(word: &str) -> bool {
    word.contains(|c: char| c.is_ascii_digit()) && year(word).is_none()
}

/// Whether a word is a month's name: with a capital, since states may do much in lower case.
fn is_month(word: &str) -> bool {
    word.parse::<chrono::Month>().is_ok_and(|month| month.name() == word)
}

fn years<'t>(words: &'t [&str]) -> impl Iterator<Item = i32> + 't {
    words.iter().filter_map(|word| year(word))
}

/// The year of a date in figures: `2019`, `2019-05-02`.
fn year(word: &str) -> Option<i32> {
    let (year, rest) = word.split_at_checked(4)?;
    let goes_on = rest.is_empty() || rest.strip_prefix('-')?.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let is_number = year.bytes().all(|b| b.is_ascii_digit());
    year.parse().ok().filter(|year| goes_on && is_number && (1900..2200).contains(year))
}

#[cfg(test)]
mod tests {
    use super::{nature, said_as_of};
    use crate::model::{NatureKind, PartialDate};

    #[test]
    fn a_text_says_as_of_when_it_holds() {
        for (text, expected) in [
            ("The report due by 30 April 2019 had not been given as of 30 June 2019", Some("2019-06-30")),
            ("Not given as of 5 May 2018; still not as of July 2018", Some("2018-07")),
            ("Not given as of 2018-05-02.", Some("2018-05-02")),
            ("Nothing in 2018", None),
            ("as of old", None),
            ("as of", None),
        ] {
            let expected = expected.map(|date| date.parse::<PartialDate>().expect("a date").range());
            assert_eq!(said_as_of(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_grow_shrink_and_are_looked_up_again() {
        let assessed = "2018-06-01".parse::<PartialDate>().expect("a date").range();
        for (before, after, is_dated, expected) in [
            ("Law of 2009", "Law of 2009, amended in 2012", false, Some(NatureKind::LateReport)),
            ("Law of 2009", "Law of 2009, amended in 2019", false, None),
            ("None; custom is law", "None", false, Some(NatureKind::Editorial)),
            ("Law of 2018 (a 2016 draft had failed)", "Law of 2018", false, Some(NatureKind::Editorial)),
            ("70 to 80, 30 more in 2007", "70 to 80", false, None),
            ("In force", "Not in force", false, None),
            ("500", "500 to 800", false, None),
            ("None", "Nonetheless in force", false, None),
            ("Not given as of 20 June 2017", "Not given as of July 2021", true, Some(NatureKind::Review)),
            ("Not given as of 20 June 2017", "Not given as of July 2021", false, None),
            ("Drafted (May 2018)", "Drafted (2019-06-13)", true, Some(NatureKind::Review)),
            ("Drafted (May 2018)", "Adopted (June 2019)", true, None),
            ("States join in May 2018", "States may join in May 2018", true, Some(NatureKind::Editorial)),
            ("Law 12 of 2009", "Law 13 of 2009", true, None),
        ] {
            assert_eq!(nature(before, after, is_dated, &assessed), expected, "{before} → {after}");
        }
    }
}
