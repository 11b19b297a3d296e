//! What the words of a command line are: names of records, a range, a period.

use super::args::RangeArgs;
use crate::model::{Failure, PartialDate};
use crate::session::RangeQuestion;

/// Splits a trailing `A..B` from the record names and joins it with `--from` and `--to`.
pub fn split_range(words: &[String], range: &RangeArgs) -> Result<(Vec<String>, RangeQuestion), Failure> {
    let (spans, names): (Vec<&String>, Vec<&String>) = words.iter().partition(|word| word.contains(".."));
    let names = names.into_iter().cloned().collect();
    let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    match spans.as_slice() {
        [] => Ok((names, RangeQuestion { from: range.from.clone(), to: range.to.clone() })),
        [_] if range.from.is_some() || range.to.is_some() => {
            Err(Failure::new("a range `A..B` and --from or --to say the same twice")
                .hint("leave one of them out"))
        }
        [span] => {
            let (from, to) = span.split_once("..").unwrap_or((span, ""));
            Ok((names, RangeQuestion { from: end(from), to: end(to.trim_start_matches('.')) }))
        }
        _ => Err(Failure::new(format!("two ranges: `{}` and `{}`", spans[0], spans[1]))),
    }
}

/// Splits a leading period from the record names, and otherwise a range.
pub fn split_period(
    words: &[String],
    from: Option<&String>,
    to: Option<&String>,
) -> Result<(Vec<String>, Option<String>, RangeQuestion), Failure> {
    let is_period = words.first().is_some_and(|word| word.parse::<PartialDate>().is_ok());
    let (period, names) = if is_period { (words.first().cloned(), &words[1..]) } else { (None, words) };
    let (names, range) = split_range(names, &RangeArgs { from: from.cloned(), to: to.cloned() })?;
    Ok((names, period, range))
}
