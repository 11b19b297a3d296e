//! Patterns of grammars, read without compiling them: that takes a hundredth of the time, and a pattern that
//! is far too large none.

use crate::model::Failure;
use regex_syntax::hir::{Hir, HirKind};

/// A pattern with more parts than this is larger compiled than any import allows: 64 MiB, and a part takes 24
/// bytes.
const MOST_PARTS: u64 = 3_000_000;

/// Reads a pattern without compiling it.
///
/// # Errors
/// What is no pattern, or is far too large.
pub fn read(what: &str, text: &str) -> Result<(), Failure> {
    let read = regex_syntax::Parser::new().parse(text);
    let read =
        read.map_err(|error| Failure::new(format!("the import grammar's pattern of `{what}`: {error}")))?;
    if parts(&read) > MOST_PARTS {
        return Err(Failure::new(format!("the import grammar's pattern of `{what}` is too large")));
    }
    Ok(())
}

/// At least how many parts a pattern has once its repetitions are written out.
fn parts(pattern: &Hir) -> u64 {
    match pattern.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Class(_) => 1,
        HirKind::Literal(text) => text.0.len() as u64,
        HirKind::Repetition(again) => {
            let times = u64::from(again.max.unwrap_or(again.min).max(1));
            parts(&again.sub).saturating_mul(times)
        }
        HirKind::Capture(group) => parts(&group.sub),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().fold(0, |sum: u64, part| sum.saturating_add(parts(part)))
        }
    }
}
