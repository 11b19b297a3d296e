//! What each kind of observation needs of its rule file.

use crate::dataset::Reference;
use crate::model::Failure;
use crate::schema::{CalendarChoice, ObservationKind, ObservationRule};

/// Whether a rule file has what its kind needs.
pub(in crate::rules) fn check(rule: &ObservationRule, reference: &Reference) -> Result<(), Failure> {
    let needs = |have: bool, what: &str| {
        if have {
            Ok(())
        } else {
            Err(Failure::policy(format!("kind `{}` needs `{what}`", rule.kind.as_str())))
        }
    };
    let on_calendar = || {
        needs(rule.list.is_some(), "list")?;
        needs(rule.calendar.is_some(), "calendar")?;
        needs(rule.key.is_some(), "key")?;
        needs(rule.value.is_some(), "value")?;
        let by_value = matches!(rule.calendar, Some(CalendarChoice::Per(_)));
        needs(!by_value || rule.per.is_some(), "per")?;
        let mut names = rule.calendar.iter().flat_map(CalendarChoice::names);
        match names.find(|name| !reference.calendars.contains_key(*name)) {
            Some(name) => Err(Failure::policy(format!("calendar: the manifest names no `{name}`"))),
            None => Ok(()),
        }
    };
    let variants: &[&str] = match rule.kind {
        ObservationKind::Absence => {
            on_calendar()?;
            needs(!rule.met.is_empty(), "met")?;
            // Nothing ever is nothing of the narrower kind, either, and that rule's sentence says so.
            if rule.folds_into.is_some() { &["since", "gaps"] } else { &["since", "never", "gaps"] }
        }
        ObservationKind::Streak => {
            on_calendar()?;
            &["running"]
        }
        ObservationKind::Silence => {
            needs(rule.list.is_some(), "list")?;
            needs(rule.date.is_some(), "date")?;
            if rule.spoke.is_some() { &["last", "spoke"] } else { &["last"] }
        }
        ObservationKind::Standing => {
            needs(rule.field.is_some(), "field")?;
            &["plain"]
        }
        ObservationKind::Pending => {
            needs(rule.date.is_some(), "date")?;
            needs(rule.done.is_some(), "done")?;
            &["plain"]
        }
        ObservationKind::Turned => {
            on_calendar()?;
            &["turned"]
        }
        ObservationKind::Status => {
            needs(rule.field.is_some(), "field")?;
            needs(!rule.words.is_empty(), "words")?;
            &[]
        }
    };
    variants
        .iter()
        .try_for_each(|variant| needs(rule.words.contains_key(*variant), &format!("words: {variant}")))
}
