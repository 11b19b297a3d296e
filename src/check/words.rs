//! Wording that several checks share.

pub(super) use crate::model::text::or_list;

/// The longest name that is compared with others, in characters: a longer one is rarely misspelt by one
/// letter.
const LONGEST_NAME: usize = 64;

/// The known name that differs least from a misspelt one, if it is near.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    all_nearest(name, known).into_iter().next()
}

/// The known names that differ least from a misspelt one, and equally, if they are near; in alphabetical
/// order. Names in which two neighbouring characters are exchanged are nearer than all others.
pub(super) fn all_nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    if name.chars().count() > LONGEST_NAME {
        return Vec::new();
    }
    let wanted = name.to_lowercase();
    let mut best: (f32, Vec<&'n str>) = (NEAR, Vec::new());
    for other in known.into_iter().filter(|other| could_be_near(&wanted, other)) {
        let lower = other.to_lowercase();
        let ratio = match is_exchange(&wanted, &lower) {
            true => 1.0,
            false => similar::TextDiff::from_chars(wanted.as_str(), lower.as_str()).ratio(),
        };
        if ratio > best.0 {
            best = (ratio, vec![other]);
        } else if ratio >= best.0 {
            best.1.push(other);
        }
    }
    best.1.sort_unstable();
    best.1.dedup();
    best.1
}

/// Whether two names differ only in that two neighbouring characters are exchanged.
pub(super) fn is_exchange(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let Some(at) = a.iter().zip(&b).position(|(x, y)| x != y) else { return false };
    a.len() == b.len()
        && a.get(at) == b.get(at + 1)
        && a.get(at + 1) == b.get(at)
        && a[at..].len() >= 2
        && a[at + 2..] == b[at + 2..]
}

/// From which share of common characters on two names are near.
const NEAR: f32 = 0.6;

/// Whether two names have enough characters in common, wherever they stand: quick to see, and true of all
/// that are near.
fn could_be_near(wanted: &str, other: &str) -> bool {
    let mut counts = [0_i32; 128];
    let slot = |c: char| u32::from(c) as usize % 128;
    let mut length = 0;
    for c in wanted.chars() {
        counts[slot(c)] += 1;
        length += 1;
    }
    let mut common = 0;
    for c in other.to_lowercase().chars().take(4 * LONGEST_NAME) {
        length += 1;
        if counts[slot(c)] > 0 {
            counts[slot(c)] -= 1;
            common += 1;
        }
    }
    2.0 * common as f32 >= NEAR * length as f32
}

/// A value as it is shown in a message: on one line, not too long, and without the backticks that enclose it
/// there.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let in_message = |c: char| match c {
        '`' => '\'',
        c if c.is_control() => ' ',
        c => c,
    };
    let line: String = text.chars().map(in_message).collect();
    if line.chars().count() <= MOST {
        return line;
    }
    line.chars().take(MOST - 1).chain(['…']).collect()
}

/// The first letter as a capital.
pub(super) fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// The first letter small, unless the word is an abbreviation or the words are a name.
pub(super) fn uncapitalised(text: &str) -> String {
    if text.split(' ').skip(1).any(|word| word.starts_with(char::is_uppercase)) {
        return text.to_owned();
    }
    let mut chars = text.chars();
    match (chars.next(), chars.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}

/// A rule's help, or other words where it has none.
pub(super) fn did_you_mean(near: Option<&str>) -> Option<String> {
    near.map(|near| format!("did you mean `{near}`?"))
}
