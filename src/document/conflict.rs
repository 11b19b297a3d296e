//! Merge conflicts that git left in a text (git-merge(1), "How conflicts are presented").

use super::layout::{line_end, past_break};
use crate::model::ByteSpan;

/// The line that opens the first conflict: `<<<<<<<`, with `=======` and `>>>>>>>` below it, each at the
/// start of a line.
pub fn conflict(text: &str) -> Option<ByteSpan> {
    // Nearly all texts have none.
    memchr::memmem::find(text.as_bytes(), b"<<<<<<<")?;
    let (mut at, mut opened, mut divided) = (0, None, false);
    while at < text.len() {
        let end = line_end(text, at);
        let line = &text[at..end];
        if is_marker(line, "<<<<<<<") {
            (opened, divided) = (Some(ByteSpan { start: at, end }), false);
        } else if is_marker(line, "=======") {
            divided = opened.is_some();
        } else if is_marker(line, ">>>>>>>") && divided {
            return opened;
        }
        at = past_break(text, end);
    }
    None
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}
