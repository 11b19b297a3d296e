//! Wording that several checks share.

/// The known name that differs least from a misspelt one, if it is near.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted = name.to_lowercase();
    known
        .into_iter()
        .map(|other| {
            (similar::TextDiff::from_chars(wanted.as_str(), other.to_lowercase().as_str()).ratio(), other)
        })
        .filter(|(ratio, _)| *ratio >= 0.6)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))
        .map(|(_, other)| other)
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
