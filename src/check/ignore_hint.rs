//! How a finding is accepted by a comment.

/// What to type to accept a finding of a rule.
pub fn hint(rule: &str) -> String {
    format!("# sincewhen: ignore[{rule}] REASON")
}
