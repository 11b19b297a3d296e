//! What a rule is called, and why it is there.

use crate::schema::Policy;

/// The title and reason of a rule that tells sentences; for the fallback that tells what no rule tells, its own.
pub fn title_and_why(policy: &Policy, id: &str) -> (String, String) {
    let rules = &policy.rules;
    let change = rules.changes.iter().find(|rule| rule.id == id).map(|rule| (&rule.title, &rule.why));
    let told = change.or_else(|| {
        rules.observations.iter().find(|rule| rule.id == id).map(|rule| (&rule.title, &rule.why))
    });
    match told {
        Some((title, why)) => (title.clone(), why.trim().to_owned()),
        None => (
            "A field changed".to_owned(),
            "No rule tells this change; it is said in the plainest words so that nothing is lost.".to_owned(),
        ),
    }
}
