//! Calendars: dated occasions in which a record's subject could take part.

use crate::model::{ByteSpan, DateRange, Document, Failure, Node, PartialDate};
use crate::schema::{CalendarSpec, PolicyError};
use foldhash::{HashMap, HashSet};
use std::sync::Arc;

/// A calendar's occasions by date.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Its name in the manifest.
    pub name: String,
    /// Its file, relative to the repository's root.
    pub file: String,
    /// The text it was read from; `None` for a calendar whose file is missing.
    pub document: Option<Arc<Document>>,
    /// The occasions, by first day, then by name.
    pub occasions: Vec<Occasion>,
    by_id: HashMap<String, usize>,
}

/// A dated entry of a calendar.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// Its name: what records refer to.
    pub id: String,
    /// The calendar it stands in.
    pub calendar: String,
    /// When it began, as the calendar writes it.
    pub start: PartialDate,
    /// From its first to its last day.
    pub range: DateRange,
    /// Its short name; the id where none is given.
    pub short: String,
    /// Its full name, where one is given.
    pub label: Option<String>,
    /// Whether it is only announced.
    pub planned: bool,
    /// All of its fields but the lists of who could take part.
    pub fields: serde_json::Value,
    /// Where it stands in the calendar's file.
    pub span: ByteSpan,
    eligible: Option<Arc<Eligible>>,
}

#[derive(Clone, Debug)]
struct Eligible {
    field: String,
    /// `None` where the occasion has no such list.
    members: Option<HashSet<String>>,
    /// Since when there is what a record is about, by the value of the field.
    since: Arc<HashMap<String, PartialDate>>,
}

impl Calendar {
    /// A calendar without occasions.
    pub fn empty(name: &str, file: &str) -> Calendar {
        Calendar {
            name: name.to_owned(),
            file: file.to_owned(),
            document: None,
            occasions: Vec::new(),
            by_id: HashMap::default(),
        }
    }

    /// Reads a calendar.
    ///
    /// # Errors
    /// An occasion without a name or with no readable first day, or two of one name, with their place.
    pub fn read(
        name: &str,
        spec: &CalendarSpec,
        file: &str,
        doc: &Arc<Document>,
        tables: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Calendar, PolicyError> {
        let fault = |span: ByteSpan, message: String| PolicyError {
            file: file.to_owned(),
            place: Some(doc.place(span.start)),
            message,
        };
        let since = Arc::new(since(spec, tables));
        let mut occasions = Vec::new();
        for entry in doc.root.get(&spec.entries).map_or(&[][..], Node::items) {
            let occasion = read_occasion(name, spec, entry, &since);
            occasions.push(occasion.map_err(|failure| fault(entry.span, failure.message))?);
        }
        occasions.sort_by(|a, b| (a.range.start, &a.id).cmp(&(b.range.start, &b.id)));
        let mut by_id = HashMap::default();
        for (at, occasion) in occasions.iter().enumerate() {
            if by_id.insert(occasion.id.clone(), at).is_some() {
                return Err(fault(occasion.span, format!("`{}` stands in the calendar twice", occasion.id)));
            }
        }
        Ok(Calendar {
            name: name.to_owned(),
            file: file.to_owned(),
            document: Some(Arc::clone(doc)),
            occasions,
            by_id,
        })
    }

    /// The occasion of a name.
    pub fn get(&self, id: &str) -> Option<&Occasion> {
        self.by_id.get(id).map(|at| &self.occasions[*at])
    }
}

/// Since when there is what each row of the table is about that says who could take part.
fn since(
    spec: &CalendarSpec,
    tables: &serde_json::Map<String, serde_json::Value>,
) -> HashMap<String, PartialDate> {
    let Some(rule) = &spec.eligible else { return HashMap::default() };
    let (Some(table), Some(column)) = (&rule.table, &rule.from) else { return HashMap::default() };
    let rows = tables.get(table).and_then(serde_json::Value::as_object);
    let date = |row: &serde_json::Value| row.get(column)?.as_str()?.parse().ok();
    rows.into_iter().flatten().filter_map(|(name, row)| Some((name.clone(), date(row)?))).collect()
}

fn read_occasion(
    calendar: &str,
    spec: &CalendarSpec,
    entry: &Node,
    since: &Arc<HashMap<String, PartialDate>>,
) -> Result<Occasion, Failure> {
    let text = |field: &str| entry.get(field).and_then(Node::scalar_text);
    let id = text(&spec.id).ok_or_else(|| Failure::data(format!("an entry has no `{}`", spec.id)))?;
    let date = |field: &str| {
        text(field)
            .map(|t| t.parse::<PartialDate>().map_err(|e| Failure::data(format!("`{id}`, {field}: {e}"))))
            .transpose()
    };
    let start = date(&spec.start)?.ok_or_else(|| Failure::data(format!("`{id}` has no `{}`", spec.start)))?;
    let end = date(&spec.end)?;
    let range = end.map_or(start.range(), |end| start.range().through(end.range()));
    let eligible = spec.eligible.as_ref().map(|rule| {
        let listed = |lists: &Node| {
            lists.entries().iter().flat_map(|e| e.value.items()).filter_map(Node::scalar_text).collect()
        };
        let members = rule.among.as_ref().and_then(|among| entry.get(among)).map(listed);
        Arc::new(Eligible { field: rule.field.clone(), members, since: Arc::clone(since) })
    });
    let planned = spec.planned.as_deref().and_then(text).is_some_and(|planned| planned == "true");
    let mut fields = entry.to_json();
    let among = spec.eligible.as_ref().and_then(|rule| rule.among.as_ref());
    if let (Some(among), Some(map)) = (among, fields.as_object_mut()) {
        map.shift_remove(among);
    }
    let short = text("short").unwrap_or_else(|| id.clone());
    let label = text(&spec.label);
    Ok(Occasion {
        id,
        calendar: calendar.to_owned(),
        start,
        range,
        short,
        label,
        planned,
        fields,
        span: entry.span,
        eligible,
    })
}

impl Occasion {
    /// Its name and when it was: `Sixth Meeting of States Parties (6MSP), September 2016`.
    pub fn in_words(&self) -> String {
        let name = match &self.label {
            Some(label) if *label != self.short => format!("{label} ({})", self.short),
            _ => self.short.clone(),
        };
        format!("{name}, {}", self.start.month_in_words())
    }

    /// Whether a subject with these identity fields could take part: it is among those who could, and was
    /// there before the occasion ended.
    pub fn admits(&self, identity: &crate::model::Identity) -> bool {
        let Some(rule) = &self.eligible else { return true };
        let value = identity.get(&rule.field);
        let is_listed = |members: &HashSet<String>| value.is_some_and(|value| members.contains(value));
        let since = value.and_then(|value| rule.since.get(value));
        rule.members.as_ref().is_none_or(is_listed)
            && since.is_none_or(|since| !since.range().is_after(&self.range))
    }

    /// Whether each named field has one of the listed values.
    pub fn has(&self, wanted: &indexmap::IndexMap<String, Vec<String>>) -> bool {
        wanted
            .iter()
            .all(|(field, values)| self.field_text(field).is_some_and(|value| values.contains(&value)))
    }

    /// A scalar field as text.
    pub fn field_text(&self, field: &str) -> Option<String> {
        match self.fields.get(field)? {
            serde_json::Value::String(text) => Some(text.clone()),
            other @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_)) => Some(other.to_string()),
            _ => None,
        }
    }
}
