//! Wording that several checks share.

/// The longest name that is compared with others, in characters: nobody misspells a longer one by a letter.
const LONGEST_NAME: usize = 64;

/// The known name that differs least from a misspelt one, if it is near.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.chars().count() > LONGEST_NAME {
        return None;
    }
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .filter(|other| could_be_near(&wanted, other))
        .map(|other| {
            (similar::TextDiff::from_chars(wanted.as_str(), other.to_lowercase().as_str()).ratio(), other)
        })
        .filter(|(ratio, _)| *ratio >= NEAR)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))
        .map(|(_, other)| other)
}

/// From which share of common characters on two names are near.
const NEAR: f32 = 0.6;

/// Whether two names have enough characters in common, wherever they stand: quick to see, and true of all that are near.
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

/// `a`, `a or b`, `a, b or c`; long lists are cut.
pub(super) fn or_list<S: AsRef<str>>(items: &[S]) -> String {
    const MOST: usize = 12;
    let quoted: Vec<String> = items.iter().take(MOST).map(|item| format!("`{}`", item.as_ref())).collect();
    let more = if items.len() > MOST { format!(" (and {} more)", items.len() - MOST) } else { String::new() };
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} or {last}{more}", head.join(", ")),
    }
}

/// A value as it is shown in a message: on one line, not too long, and without the backticks that enclose it there.
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

/// The first letter small, unless the word is an abbreviation.
pub(super) fn uncapitalised(text: &str) -> String {
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
