//! Texts: remarks in brackets, addresses of the web, characters that readers must know of.

use super::PartialDate;
use std::ops::Range;

/// How a sentence names an edition.
pub fn edition_in_words(date: &PartialDate) -> String {
    format!("the edition of {}", date.in_words())
}

/// How a sentence begins on what is recorded otherwise now, and no date says since when.
pub const NOW_RECORDED: &str = "now recorded";

/// What such a sentence says is recorded now.
pub fn recorded_now(sentence: &str) -> Option<&str> {
    sentence.strip_prefix(NOW_RECORDED)?.strip_prefix(": ")
}

/// Whether a sentence says as of when something is recorded, and not that it came about.
pub fn is_of_recording(sentence: &str) -> bool {
    sentence.starts_with(NOW_RECORDED) || sentence.starts_with("recorded in ")
}

/// What one of several editions recorded, which does not stand any more or is not the only one to say so: the
/// sentence names its edition.
pub fn as_recorded_in(sentence: &str, edition: &PartialDate) -> String {
    let of = edition_in_words(edition);
    match sentence.strip_prefix(NOW_RECORDED) {
        Some(rest) => format!("recorded in {of}{rest}"),
        None => aside(sentence, of.strip_prefix("the ").unwrap_or(&of)),
    }
}

/// A sentence below a heading that has its edition's date: it need not name that edition.
pub fn below_edition(sentence: &str, date: &PartialDate) -> String {
    sentence.replace(&edition_in_words(date), "this edition")
}

/// Whether a character is not seen, or turns the direction of what follows (Unicode 16,
/// `Default_Ignorable_Code_Point`, as far as no script needs it: joiners and variation selectors are letters'
/// business).
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character steers a terminal or a reader of lines, or is not seen. Line breaks and tabs are not
/// among them.
pub fn is_hidden(c: char) -> bool {
    !(' '..='~').contains(&c) && ((c.is_control() && !matches!(c, '\n' | '\t')) || is_invisible(c))
}

/// A text in which characters that are hidden are written as `\u{…}`.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { out.push_str(&format!("\\u{{{:x}}}", u32::from(c))) } else { out.push(c) }
    }
    out
}

/// A text with its first letter as a capital.
pub fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// A number as running text has it: in letters up to twelve.
pub fn count_in_words(n: usize) -> String {
    const LETTERS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    LETTERS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// A text with a remark in brackets, inside those that it ends with: `attended 9MSP (Geneva, 2019; first
/// recorded here)`. Brackets of the remark itself become commas: none stand inside others. An empty remark is
/// none.
pub fn aside(text: &str, remark: &str) -> String {
    let (text, remark) = (text.trim(), without_brackets(remark));
    if remark.is_empty() {
        return text.to_owned();
    }
    match text.strip_suffix(')') {
        Some(open) if text.contains('(') => format!("{open}; {remark})"),
        _ => format!("{text} ({remark})"),
    }
}

/// A text with what stands in brackets between commas: `alleged (2015) by two sources` as `alleged, 2015, by
/// two sources`. What stands between quotation marks is left as it is.
pub fn without_brackets(text: &str) -> String {
    if let Some((before, after)) = text.split_once('“')
        && let Some((quoted, behind)) = after.split_once('”')
    {
        return format!("{}“{quoted}”{}", without_brackets(before), without_brackets(behind));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('(') {
        let (inner, behind) = after.split_once(')').unwrap_or((after, ""));
        let goes_on = behind.starts_with(|c: char| c == ' ' || c.is_alphanumeric());
        out.push_str(before.trim_end());
        out.push_str(if before.trim_end().is_empty() { "" } else { ", " });
        out.push_str(inner);
        out.push_str(if goes_on { "," } else { "" });
        rest = behind;
    }
    out + rest
}

/// The numbers of a text with their digits in groups of three: `1,568,167`, `800,000–1,000,000`. One of four
/// digits that could be a year stays as it is, unless it is all that the text says.
pub fn grouped(text: &str) -> String {
    let is_alone = !text.contains(' ');
    let words = text.split(' ').map(|word| {
        let core = word.trim_matches(PUNCTUATION);
        let parts: Vec<&str> = core.split('-').collect();
        let are_numbers = parts.len() <= 2 && parts.iter().all(|part| is_number(part));
        let may_be_years = !(is_alone && parts.len() == 1) && parts.iter().any(|part| is_like_a_year(part));
        if !are_numbers || may_be_years {
            return word.to_owned();
        }
        let said: Vec<String> = parts.iter().map(|part| in_threes(part)).collect();
        word.replacen(core, &said.join("–"), 1)
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A quantity with what is counted behind its first number, where the text does not name it: `about 108,000
/// mines`. The numbers are [`grouped`].
pub fn counted(text: &str, unit: &str) -> String {
    let last_word = unit.rsplit(' ').next().unwrap_or_default();
    let words: Vec<&str> = text.split(' ').collect();
    let counts = |at: usize| words.get(at).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    // What stands before the unit is a number of things, whatever it looks like.
    let is_of_unit = |at: usize| {
        let next = words.get(at + 1).map(|next| next.trim_matches(PUNCTUATION));
        counts(at) && is_number(words[at]) && next.is_some_and(|n| unit.split(' ').any(|part| part == n))
    };
    let is_unnamed = |at: &usize| !text.contains(last_word) && !is_of_unit(*at);
    let Some(first) = (0..words.len()).find(|at| counts(*at)).filter(is_unnamed) else {
        let said = |at: usize| if is_of_unit(at) { in_threes(words[at]) } else { words[at].to_owned() };
        return grouped(&(0..words.len()).map(said).collect::<Vec<_>>().join(" "));
    };
    let goes_on = |at: usize| match words.get(at) {
        Some(&("to" | "or" | "and")) if counts(at + 1) => 2,
        Some(&("thousand" | "million")) => 1,
        _ => 0,
    };
    let mut end = first + 1;
    while goes_on(end) > 0 {
        end += goes_on(end);
    }
    let number = words[..end].join(" ");
    let bare = number.trim_end_matches(PUNCTUATION);
    let rest: String = words[end..].iter().map(|word| format!(" {word}")).collect();
    format!("{} {unit}{}{}", grouped(bare), &number[bare.len()..], grouped(&rest))
}

/// What may stand around a number in a text without being part of it.
const PUNCTUATION: [char; 6] = ['(', ')', ',', ';', ':', '.'];

fn is_number(text: &str) -> bool {
    !text.is_empty() && !text.starts_with("00") && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_like_a_year(text: &str) -> bool {
    text.len() == 4 && (text.starts_with("19") || text.starts_with("20"))
}

fn in_threes(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Where a text has addresses of the web, as ranges of bytes. Only `http` and `https` are addresses; what
/// ends the sentence that one stands in is no part of it, nor is a bracket that was opened before it.
pub fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(start) = next_address(text, from) {
        let ends = |c: char| c.is_whitespace() || c.is_control() || "<>\"'`|".contains(c);
        let length = text[start..].find(ends).unwrap_or(text.len() - start);
        let end = start + without_stop(&text[start..start + length]).len();
        out.push(start..end);
        from = end;
    }
    out
}

/// Where the next address begins at or after a place.
fn next_address(text: &str, from: usize) -> Option<usize> {
    let schemes = ["http://", "https://"].iter().filter_map(|scheme| text[from..].find(scheme));
    schemes.min().map(|at| from + at)
}

fn without_stop(address: &str) -> &str {
    let mut rest = address;
    loop {
        let closes_nothing = rest.ends_with(')') && rest.matches(')').count() > rest.matches('(').count();
        match rest.strip_suffix(['.', ',', ';', ':', '!', '?', '\u{bb}', '\u{201d}', '\u{2019}']) {
            Some(shorter) => rest = shorter,
            None if closes_nothing => rest = &rest[..rest.len() - 1],
            None => return rest,
        }
    }
}

/// Texts as alternatives, each in backticks; long lists are cut.
pub fn or_list<S: AsRef<str>>(items: &[S]) -> String {
    const MOST: usize = 12;
    let quoted: Vec<String> = items.iter().take(MOST).map(|item| format!("`{}`", item.as_ref())).collect();
    let more = if items.len() > MOST { format!(" (and {} more)", items.len() - MOST) } else { String::new() };
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} or {last}{more}", head.join(", ")),
    }
}
