//! What dates the records of a group: a field that all of them have, several that fill in for each other, or
//! the commit. Where there is history, a date that does not move when a record changes is none, whatever its
//! name, and one that does is, whatever its name.

use super::DATE_NAMES;
use super::candidates::{CREATED, RecordChange, plain_name};
use super::kinds::FileGroup;
use crate::model::{Node, NodeValue, PartialDate, date::Precision};
use crate::schema::{FieldRoute, places::captures};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A guess at what dates the records.
pub(super) struct Dating {
    /// The ways, in the order in which they are tried, as a manifest writes them.
    pub choices: Vec<String>,
    /// The root fields among them.
    pub fields: Vec<String>,
    /// Why.
    pub why: String,
    /// What is not certain about it.
    pub doubt: Option<String>,
    /// Dates that may lie after a record's own, by their paths: plans, ends, deadlines.
    pub planned: BTreeSet<String>,
}

impl Dating {
    /// As a manifest writes it.
    pub fn spec(&self) -> Value {
        if let [one] = self.choices.as_slice() { json!(one) } else { json!(self.choices) }
    }

    pub fn in_words(&self) -> String {
        let shown: Vec<String> = self.choices.iter().map(|choice| format!("`{choice}`")).collect();
        shown.join(", else ")
    }
}

/// A place that may date records, and in which of them it does.
struct DatePlace {
    route: String,
    is_root: bool,
    /// How likely the name is, 0 the likeliest; none for a name that says nothing.
    rank: Option<usize>,
    /// Whether its name is that of an event, which does not date what the record says.
    is_of_an_event: bool,
    dated: Vec<bool>,
    latest: Option<PartialDate>,
    moves: DateMoves,
}

/// How often a day moved, of the changes of records that had one.
#[derive(Clone, Copy, Default)]
struct DateMoves {
    moved: usize,
    changes: usize,
}

impl DateMoves {
    /// From how many changes on history says something.
    const ENOUGH: usize = 5;

    fn of(route: &FieldRoute, changes: &[(&Node, &Node)]) -> DateMoves {
        let days = |(before, after): &(&Node, &Node)| {
            let at = |root| route.find(root).first().and_then(|node| day(node));
            Some((at(before)?, at(after)?))
        };
        DateMoves::among(changes.iter().filter_map(days))
    }

    /// Of the first of several places that a record has, each time.
    fn of_first(routes: &[FieldRoute], changes: &[(&Node, &Node)]) -> DateMoves {
        let at = |root: &Node| routes.iter().find_map(|route| day(route.find(root).first()?));
        let days = |(before, after): &(&Node, &Node)| Some((at(before)?, at(after)?));
        DateMoves::among(changes.iter().filter_map(days))
    }

    fn among(days: impl Iterator<Item = (PartialDate, PartialDate)>) -> DateMoves {
        let moves: Vec<bool> = days.map(|(before, after)| before != after).collect();
        DateMoves { moved: moves.iter().filter(|moved| **moved).count(), changes: moves.len() }
    }

    /// It moved with seven of ten changes or more.
    fn follows(self) -> bool {
        self.changes >= Self::ENOUGH && self.moved * 10 >= self.changes * 7
    }

    /// It moved with less than one of four.
    fn stays(self) -> bool {
        self.changes >= Self::ENOUGH && self.moved * 4 < self.changes
    }

    fn in_words(self) -> String {
        format!("{} of the last {} changes of records moved it", self.moved, self.changes)
    }
}

impl DatePlace {
    /// Whether it says when the record was last changed, by its name, and history does not gainsay it.
    fn says_when_changed(&self) -> bool {
        !self.moves.stays() && self.rank.is_some_and(|rank| rank < CREATED)
    }
}

/// Parts of names of dates that say when something happened or is to happen, and not when the record was
/// brought up to date.
const EVENTS: [&str; 22] = [
    "birth", "born", "death", "died", "found", "start", "begin", "end", "eol", "release", "launch", "due",
    "expir", "until", "valid", "deadline", "open", "clos", "adopt", "sign", "added", "issued",
];

pub(super) fn dating(group: &FileGroup<'_>, changes: &[RecordChange]) -> Dating {
    let roots = group.roots();
    // A change of a file of many records is not one of a record.
    let changes: Vec<(&Node, &Node)> = changes
        .iter()
        .filter(|change| group.items.is_none() && captures(&group.pattern, &change.path).is_some())
        .map(|change| (&change.before.root, &change.after.root))
        .filter(|(before, after)| before.to_json() != after.to_json())
        .collect();
    let places = places(&roots, &changes);
    let full = |place: &&DatePlace| place.dated.iter().all(|dated| *dated);
    let latest = || {
        let all = places.iter().filter(full).filter(|place| place.is_root && !place.is_of_an_event);
        let all = all.filter(|place| place.rank.is_none() && !place.moves.stays());
        all.max_by(|a, b| match (&a.latest, &b.latest) {
            (Some(a), Some(b)) => a.order(b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        })
    };
    let follows = places.iter().filter(full).filter(|place| place.moves.follows());
    let best =
        follows.max_by_key(|place| (place.moves.moved, std::cmp::Reverse(place.rank.unwrap_or(CREATED))));
    let (choices, why): (Vec<String>, String) = match (best, latest()) {
        (Some(place), _) => (vec![place.route.clone()], place.moves.in_words()),
        (None, Some(place)) if !places.iter().any(DatePlace::says_when_changed) => {
            (vec![place.route.clone()], "the latest of the days that every record has".to_owned())
        }
        (None, _) => filled_in(&places, roots.len(), &changes),
    };
    let (choices, why) = with_earlier(choices, why, &changes);
    let root_field = |choice: &&String| places.iter().any(|place| place.is_root && place.route == **choice);
    let fields = choices.iter().filter(root_field).cloned().collect();
    let mut planned = BTreeSet::new();
    for root in &roots {
        let own = choices
            .iter()
            .filter(|choice| *choice != "commit")
            .find_map(|choice| FieldRoute::parse(choice).find(root).first().and_then(|node| day(node)));
        later_dates(root, "", own.as_ref(), &mut planned);
    }
    let doubt = doubt(&choices, &places, &roots);
    Dating { choices, fields, why, doubt, planned }
}

/// The choices, and what dates versions before a change that none of them dates: the likeliest of their own
/// fields, else the commit.
fn with_earlier(mut choices: Vec<String>, why: String, changes: &[(&Node, &Node)]) -> (Vec<String>, String) {
    let is_dated = |routes: &[FieldRoute], root: &Node| {
        routes.iter().any(|route| route.find(root).first().is_some_and(|node| day(node).is_some()))
    };
    let mut routes: Vec<FieldRoute> = choices.iter().map(|choice| FieldRoute::parse(choice)).collect();
    let mut open: Vec<&Node> = changes.iter().map(|(before, _)| *before).collect();
    open.retain(|root| !is_dated(&routes, root));
    if open.is_empty() || choices.iter().any(|choice| choice == "commit") {
        return (choices, why);
    }
    let why = format!("{why}; earlier versions lack it");
    while !open.is_empty() {
        let fields = open.iter().flat_map(|root| root.entries());
        let ranked = fields.filter(|field| day(&field.value).is_some() && !field.key.contains(['.', '[']));
        let ranked = ranked.filter_map(|field| Some((rank(&field.key)?, field.key.clone())));
        let Some((_, field)) = ranked.min() else {
            choices.push("commit".to_owned());
            break;
        };
        routes = vec![FieldRoute::parse(&field)];
        choices.push(field);
        open.retain(|root| !is_dated(&routes, root));
    }
    (choices, why)
}

/// How likely a field dates a record by its name, 0 the likeliest.
fn rank(name: &str) -> Option<usize> {
    let plain = plain_name(name);
    DATE_NAMES.iter().position(|known| *known == plain)
}

/// What is not certain about the dates: that there are none, that only some have one, that the name does not
/// say what the date is of.
fn doubt(choices: &[String], places: &[DatePlace], roots: &[&Node]) -> Option<String> {
    let is_named =
        |choice: &String| places.iter().any(|place| place.route == *choice && place.rank.is_some());
    let follows =
        |choice: &String| places.iter().any(|place| place.route == *choice && place.moves.follows());
    match choices {
        [one] if one == "commit" => {
            let in_lists = roots.first().and_then(|root| in_lists(root));
            let other = in_lists
                .map_or_else(String::new, |route| format!("; `max({route})` would take the newest of these"));
            Some(format!("each commit that changes a record makes an edition{other}"))
        }
        [one] if follows(one) => None,
        // `date` alone may be that of what the record is about.
        [one] if one.rsplit('.').next() == Some("date") => {
            Some(format!("`{one}` may be the day of what the record is about, not of its last change"))
        }
        [one] if is_named(one) => None,
        [one] => Some(format!("the name of `{one}` does not say that it moves with every change")),
        _ if choices.last().is_some_and(|last| last == "commit") => {
            Some("some records have no date of their own".to_owned())
        }
        _ => None,
    }
}

/// Parts of names of days that lie ahead: the newest of these dates nothing.
const AHEAD: [&str; 7] = ["end", "eol", "expir", "until", "valid", "due", "deadline"];

/// A field of a list's items that holds a day in all of them.
fn in_lists(root: &Node) -> Option<String> {
    root.entries().iter().find_map(|list| {
        let items = list.value.items();
        let first = items.first()?.entries();
        let lies_ahead = |key: &str| AHEAD.iter().any(|word| key.to_lowercase().contains(word));
        let has_day = |item: &Node, key: &str| item.get(key).and_then(day).is_some();
        let dated = |key: &str| !lies_ahead(key) && items.iter().all(|item| has_day(item, key));
        first.iter().find(|field| dated(&field.key)).map(|field| format!("{}[].{}", list.key, field.key))
    })
}

/// The likeliest places that most files have, each for files that those before it leave undated; then the
/// commit.
fn filled_in(places: &[DatePlace], files: usize, changes: &[(&Node, &Node)]) -> (Vec<String>, String) {
    let mut likely: Vec<&DatePlace> = places.iter().filter(|place| place.rank.is_some()).collect();
    likely.sort_by_key(|place| (!place.says_when_changed(), place.rank));
    // Where most changes move none of them, the day of the commit says more than that of the beginning.
    let routes: Vec<FieldRoute> = likely.iter().map(|place| FieldRoute::parse(&place.route)).collect();
    if DateMoves::of_first(&routes, changes).stays() {
        likely.retain(|place| place.says_when_changed());
    }
    let mut open: Vec<bool> = vec![true; files];
    let (mut choices, mut moves) = (Vec::new(), false);
    for place in likely {
        let fills = open.iter().zip(&place.dated).filter(|(open, dated)| **open && **dated).count();
        // A date that few files have is no date of the records.
        if fills * 4 < files && choices.is_empty() || fills == 0 {
            continue;
        }
        open.iter_mut().zip(&place.dated).for_each(|(open, dated)| *open &= !dated);
        choices.push(place.route.clone());
        moves |= place.says_when_changed();
    }
    // What says when a record was made does not move when it changes.
    if !moves {
        choices.clear();
    }
    let left = open.iter().filter(|open| **open).count();
    if choices.is_empty() {
        let stays = places
            .iter()
            .filter(|place| place.moves.stays() && place.rank.is_some_and(|rank| rank < CREATED));
        let why = match stays.min_by_key(|place| place.rank) {
            Some(place) => {
                format!("`{}` does not follow the records: {}", place.route, place.moves.in_words())
            }
            None => "no field reads like the day of an edition".to_owned(),
        };
        return (vec!["commit".to_owned()], why);
    }
    if let ([_], 0) = (choices.as_slice(), left) {
        return (choices, "its name, and a day in every record".to_owned());
    }
    if left > 0 {
        choices.push("commit".to_owned());
        return (choices, format!("{left} of {files} records lack a date: theirs is the day of the commit"));
    }
    (choices, "no one of them stands in every record".to_owned())
}

/// The places at the root and one level down where any file has a day.
fn places(roots: &[&Node], changes: &[(&Node, &Node)]) -> Vec<DatePlace> {
    let mut routes: Vec<(String, bool, String)> = Vec::new();
    for root in roots {
        for entry in root.entries() {
            let mut add = |route: String, is_root: bool, name: &str| {
                if !routes.iter().any(|(known, ..)| *known == route) {
                    routes.push((route, is_root, name.to_owned()));
                }
            };
            match &entry.value.value {
                NodeValue::Map(inner) => {
                    inner
                        .iter()
                        .for_each(|inner| add(format!("{}.{}", entry.key, inner.key), false, &inner.key));
                }
                NodeValue::Text(_) => add(entry.key.clone(), true, &entry.key),
                _ => {}
            }
        }
    }
    let place = |(route, is_root, name): (String, bool, String)| {
        let read = FieldRoute::parse(&route);
        let days: Vec<Option<PartialDate>> = roots.iter().map(|root| day(read.find(root).first()?)).collect();
        let plain = plain_name(&name);
        let rank = rank(&name);
        let latest = days.iter().flatten().cloned().reduce(|a, b| if b.order(&a).is_gt() { b } else { a });
        // A name with a dot in it would be read as a path.
        let odd = is_root && route.contains(['.', '[', '*', '(']);
        (latest.is_some() && !odd).then(|| DatePlace {
            dated: days.iter().map(Option::is_some).collect(),
            route,
            is_root,
            is_of_an_event: EVENTS.iter().any(|event| plain.contains(event)),
            rank,
            latest,
            moves: DateMoves::of(&read, changes),
        })
    };
    routes.into_iter().filter_map(place).collect()
}

fn day(node: &Node) -> Option<PartialDate> {
    let date: PartialDate = node.text()?.parse().ok()?;
    (date.precision() >= Precision::Day).then_some(date)
}

/// The paths of dates that lie after a record's own; all dates, where it has none.
fn later_dates(node: &Node, path: &str, own: Option<&PartialDate>, out: &mut BTreeSet<String>) {
    if let Some(date) = node.text().and_then(|text| text.parse::<PartialDate>().ok())
        && own.is_none_or(|own| date.range().start > own.range().end)
    {
        out.insert(path.to_owned());
    }
    for entry in node.entries() {
        let below = if path.is_empty() { entry.key.clone() } else { format!("{path}.{}", entry.key) };
        later_dates(&entry.value, &below, own, out);
    }
    node.items().iter().for_each(|item| later_dates(item, &format!("{path}[]"), own, out));
}
