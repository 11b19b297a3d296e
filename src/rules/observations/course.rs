//! The occasions of a calendar that a rule is about, and an occasion as templates see it.

use crate::dataset::{Calendar, Occasion};
use crate::schema::ObservationRule;
use foldhash::HashMap;
use serde_json::{Value as Json, json};

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
/// `year`.
pub fn occasion_json(occasion: &Occasion) -> Json {
    let mut fields = occasion.fields.as_object().cloned().unwrap_or_default();
    fields.insert("id".to_owned(), json!(occasion.id));
    fields.insert("short".to_owned(), json!(occasion.short));
    fields.insert("start".to_owned(), json!(occasion.start));
    fields.insert("when".to_owned(), json!(occasion.start.month_in_words()));
    fields.insert("on".to_owned(), json!(occasion.start.in_words()));
    fields.insert("year".to_owned(), json!(occasion.start.year()));
    Json::Object(fields)
}
