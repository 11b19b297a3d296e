//! The occasions of a calendar that a rule is about, and an occasion as templates see it.

use crate::dataset::{Calendar, Occasion};
use crate::schema::ObservationRule;
use foldhash::HashMap;
use serde_json::{Map, Value as Json, json};

/// The occasions of a calendar that a rule is about, oldest first.
pub(in crate::rules) struct Course<'a> {
    pub(in crate::rules) occasions: Vec<&'a Occasion>,
    /// Where each id stands; more than once only where the calendar has it twice.
    pub(in crate::rules) places: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Course<'a> {
    pub(in crate::rules) fn new(rule: &ObservationRule, calendar: &'a Calendar) -> Self {
        let occasions: Vec<&Occasion> =
            calendar.occasions.iter().filter(|occasion| occasion.has(&rule.occasions)).collect();
        let mut places: HashMap<&str, Vec<usize>> =
            HashMap::with_capacity_and_hasher(occasions.len(), Default::default());
        for (at, occasion) in occasions.iter().enumerate() {
            places.entry(occasion.id.as_str()).or_default().push(at);
        }
        Course { occasions, places }
    }
}

/// An occasion as templates see it: its fields, and `when` (month and year), `on` (its first day in words),
/// `year`, `held` (where and when it was, without the month that its label names already).
pub fn occasion_json(occasion: &Occasion) -> Json {
    let mut fields = occasion.fields.as_object().cloned().unwrap_or_default();
    fields.insert("held".to_owned(), json!(held(occasion, &fields)));
    fields.insert("id".to_owned(), json!(occasion.id));
    fields.insert("short".to_owned(), json!(occasion.short));
    fields.insert("start".to_owned(), json!(occasion.start));
    fields.insert("when".to_owned(), json!(occasion.start.month_in_words()));
    fields.insert("on".to_owned(), json!(occasion.start.in_words()));
    fields.insert("year".to_owned(), json!(occasion.start.year()));
    Json::Object(fields)
}

fn held(occasion: &Occasion, fields: &Map<String, Json>) -> String {
    let text = |name: &str| fields.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let when = occasion.start.month_in_words();
    let says_when = |label: &str| when.split(' ').all(|word| label.contains(word));
    match text("place") {
        Some(place) if text("label").is_some_and(says_when) => place.to_owned(),
        Some(place) => format!("{place}, {when}"),
        None => when,
    }
}
