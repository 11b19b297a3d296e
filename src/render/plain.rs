//! Text that cannot steer a terminal.

/// Text that cannot steer a terminal: control characters, and invisible characters, are shown as
/// `\u{…}`.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\n' && c != '\t' {
            out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character steers what is shown, or shows nothing itself: control characters, and what `model`
/// calls invisible.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control() || crate::model::text::is_invisible(c)
}
