//! Two laws over the whole dataset: every numeral and date in a standing fact is found again by a count made
//! without the program, from the record's editions as plain YAML; and what is said over a range is said by
//! one of its editions, or was.

use crate::support::own_dataset::OwnDataset;
use serde_yaml::Value;
use sincewhen::history::{Edition, Selection, Timeline};
use sincewhen::model::results::{Observation, ObservationState};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// An occasion of a calendar.
pub(super) struct Occasion {
    id: String,
    short: String,
    kind: String,
    pub(super) start: String,
    pub(super) end: String,
    among: Option<BTreeSet<String>>,
}

impl Occasion {
    fn year(&self) -> i64 {
        self.start[..4].parse().expect("a year")
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn calendar(name: &str) -> Vec<Occasion> {
    let path = crate::support::own_repository().join("dataset/calendars").join(format!("{name}.yaml"));
    let file: Value =
        serde_yaml::from_str(&std::fs::read_to_string(path).expect("a calendar")).expect("YAML");
    let among = |entry: &Value| -> Option<BTreeSet<String>> {
        let lists = entry.get("roll_call")?.as_mapping()?;
        let names = lists.values().flat_map(|list| list.as_sequence().into_iter().flatten());
        Some(names.filter_map(|name| name.as_str().map(str::to_owned)).collect())
    };
    // Where it was held.
    let held = |entry: &&Value| entry.get("planned").and_then(Value::as_bool) != Some(true);
    let occasion = |entry: &Value| {
        let of = |name: &str| text(entry, name);
        let start = of("start").expect("a start");
        Occasion {
            id: of("id").expect("an id"),
            short: of("short").expect("a short name"),
            kind: of("kind").unwrap_or_default(),
            end: of("end").unwrap_or_else(|| start.clone()),
            start,
            among: among(entry),
        }
    };
    let mut all: Vec<Occasion> =
        file["entries"].as_sequence().expect("entries").iter().filter(held).map(occasion).collect();
    all.sort_by(|a, b| (&a.start, &a.id).cmp(&(&b.start, &b.id)));
    all
}

/// What the editions of a record up to one of them recorded: the newest account of each event, by the names
/// of list entries.
#[derive(Default)]
pub(super) struct Facts {
    votes: BTreeMap<String, String>,
    meetings: BTreeMap<String, String>,
    /// Everything in any of the editions that is a date, as it is written, and the dates that accounts of
    /// others name in words.
    pub(super) dates: BTreeSet<String>,
}

impl Facts {
    pub(super) fn add(&mut self, edition: &Value) {
        for (list, key, value, into) in [
            ("votes", "resolution", "vote", &mut self.votes),
            ("meetings", "meeting", "participation", &mut self.meetings),
        ] {
            for entry in edition.get(list).and_then(Value::as_sequence).into_iter().flatten() {
                if let (Some(id), Some(value)) = (text(entry, key), text(entry, value)) {
                    into.insert(id, value);
                }
            }
        }
        dates(edition, &mut self.dates);
    }
}

fn dates(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Mapping(map) => {
            let accounts = map.get("reported").and_then(|account| text(account, "note"));
            out.extend(accounts.iter().flat_map(|note| dates_in(note)));
            map.values().for_each(|one| dates(one, out));
        }
        Value::Sequence(list) => list.iter().for_each(|one| dates(one, out)),
        Value::String(text) if is_date(text) => drop(out.insert(text.clone())),
        Value::Number(number) => drop(out.insert(number.to_string())),
        _ => {}
    }
}

fn is_date(text: &str) -> bool {
    matches!(text.len(), 4 | 7 | 10) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// The dates in a text: as `2013-04-15`, `2013-04` or `2013`. Names of occasions are left out.
pub(super) fn dates_in(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '/').collect();
    let year = |word: &&str| word.len() == 4 && word.parse::<u32>().is_ok_and(|y| (1900..2100).contains(&y));
    let mut out = Vec::new();
    for (at, word) in words.iter().enumerate().filter(|(_, word)| year(word)) {
        let back = |n: usize| at.checked_sub(n).and_then(|at| words.get(at)).copied().unwrap_or_default();
        let month = MONTHS.iter().position(|month| *month == back(1)).map(|month| month + 1);
        let day = back(2).parse::<u32>().ok().filter(|day| (1..=31).contains(day));
        out.push(match (month, day) {
            (Some(month), Some(day)) => format!("{word}-{month:02}-{day:02}"),
            (Some(month), None) => format!("{word}-{month:02}"),
            _ => (*word).to_owned(),
        });
    }
    out
}

/// The numbers in a text that are neither dates nor names of occasions.
fn counts_in(text: &str) -> Vec<i64> {
    let text = text.replace("twice", "2 times");
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | ',')).collect();
    let counted = words.windows(2).filter(|pair| pair[1] == "times");
    counted.map(|pair| pair[0].parse().expect("a count")).collect()
}

struct Recount {
    calendars: BTreeMap<&'static str, (Vec<Occasion>, Vec<Occasion>)>,
    /// Since when there are states that came into being later than the first occasion.
    existed: BTreeMap<String, String>,
}

/// The day on which each state came into being that has one in the table.
fn existed() -> BTreeMap<String, String> {
    let path = crate::support::own_repository().join("dataset/states.yaml");
    let file: Value = serde_yaml::from_str(&std::fs::read_to_string(path).expect("a table")).expect("YAML");
    let rows = file["states"].as_mapping().expect("states");
    let day = |(code, row): (&Value, &Value)| Some((code.as_str()?.to_owned(), text(row, "existed_since")?));
    rows.iter().filter_map(day).collect()
}

impl Recount {
    fn new() -> Recount {
        let of =
            |topic: &str| (calendar(&format!("{topic}-meetings")), calendar(&format!("{topic}-resolutions")));
        let calendars = BTreeMap::from([("cluster-munitions", of("ccm")), ("mine-ban", of("mbt"))]);
        Recount { calendars, existed: existed() }
    }

    /// What the sentence of an observation says that a count does not find.
    fn faults(&self, record: &str, day: &str, facts: &Facts, o: &Observation) -> Vec<String> {
        let (country, topic) = record.split_once('/').expect("a country and a topic");
        let (meetings, resolutions) = &self.calendars[topic];
        let mut faults = Vec::new();
        let known = |date: &str| {
            let own = facts.dates.iter().map(String::as_str);
            let of_calendars =
                meetings.iter().chain(resolutions).flat_map(|o| [o.start.as_str(), o.end.as_str()]);
            date == day || own.chain(of_calendars).any(|one| one.starts_with(date))
        };
        let said = format!("{}; {}", o.message, o.detail);
        faults
            .extend(dates_in(&said).into_iter().filter(|date| !known(date)).map(|date| format!("no {date}")));
        let votes: Vec<(&Occasion, Option<&str>)> = resolutions
            .iter()
            .filter(|r| r.start.as_str() <= day)
            .filter(|r| {
                r.among.as_ref().is_none_or(|among| among.contains(country))
                    || facts.votes.contains_key(&r.id)
            })
            .map(|r| (r, facts.votes.get(&r.id).map(String::as_str)))
            .collect();
        let expected = match o.kind {
            "streak" => streak(&votes),
            "turned" => turned(&votes, o),
            "absence" => {
                let since = self.existed.get(country).map_or("", String::as_str);
                let open: Vec<&Occasion> = meetings.iter().filter(|m| m.end.as_str() >= since).collect();
                return [faults, absence(&open, facts, day, o), listed(&open, o)].concat();
            }
            _ => (
                BTreeSet::new(),
                dates_in(&o.message).iter().map(|d| d[..4].parse().expect("a year")).collect(),
            ),
        };
        let counts: BTreeSet<i64> = counts_in(&o.message).into_iter().collect();
        let years: BTreeSet<i64> =
            dates_in(&o.message).iter().map(|d| d[..4].parse().expect("a year")).collect();
        if (&counts, &years) != (&expected.0, &expected.1) {
            faults.push(format!("counted {expected:?}"));
        }
        faults
    }
}

/// How often, and the years, of the run at the end.
fn streak(votes: &[(&Occasion, Option<&str>)]) -> (BTreeSet<i64>, BTreeSet<i64>) {
    let last = votes.iter().rposition(|(_, vote)| vote.is_some()).expect("a vote");
    let run = votes[..=last].iter().rev().take_while(|(_, vote)| *vote == votes[last].1).count();
    let first = votes[last + 1 - run].0.year();
    let unknown_later = last + 1 < votes.len();
    let is_absent = votes[last].1 == Some("not-voting");
    let is_counted = run > 2 || (run == 2 && is_absent);
    let times = if is_counted { BTreeSet::from([run as i64]) } else { BTreeSet::new() };
    let mut years = BTreeSet::from([first]);
    if unknown_later || !is_counted {
        years.insert(votes[last].0.year());
    }
    (times, years)
}

/// How often and when the state had voted as it did before the vote that the sentence names, and the years of
/// that vote and of absences.
fn turned(votes: &[(&Occasion, Option<&str>)], o: &Observation) -> (BTreeSet<i64>, BTreeSet<i64>) {
    let name = &o.last.as_ref().expect("an occasion").id;
    let at = votes.iter().position(|(occasion, _)| occasion.id == *name).expect("it is in the calendar");
    if o.variant == "first" {
        return first_vote(votes, at);
    }
    let mut before = at - 1;
    while votes[before].1 == Some("not-voting") {
        before -= 1;
    }
    let run = votes[..=before].iter().rev().take_while(|(_, vote)| *vote == votes[before].1).count();
    let again = votes[at..].iter().take_while(|(_, vote)| *vote == votes[at].1).count();
    let year = |at: usize| votes[at].0.year();
    let mut years = BTreeSet::from([year(at)]);
    if votes[at].1 != Some("not-voting") {
        let absent: Vec<i64> = (before + 1..at).map(year).collect();
        // More than three are named from the first to the last.
        let is_long = absent.len() > 3;
        let named = absent.iter().enumerate().filter(|(n, _)| !is_long || *n == 0 || n + 1 == absent.len());
        years.extend(named.map(|(_, year)| *year));
        let again: Vec<i64> = (at + 1..at + again).map(year).collect();
        years.extend(if again.len() > 2 { &again[again.len() - 1..] } else { &again[..] });
    }
    if o.variant == "back" {
        let times = (at - before - 1) as i64;
        return (if times > 3 { BTreeSet::from([times]) } else { BTreeSet::new() }, years);
    }
    years.insert(year(before + 1 - run));
    if run < 3 || before + 1 < at {
        years.insert(year(before));
    }
    (if run > 2 { BTreeSet::from([run as i64]) } else { BTreeSet::new() }, years)
}

/// As [`turned`], of a first vote after nothing but absences.
fn first_vote(votes: &[(&Occasion, Option<&str>)], at: usize) -> (BTreeSet<i64>, BTreeSet<i64>) {
    let again = votes[at..].iter().take_while(|(_, vote)| *vote == votes[at].1).count();
    let year = |at: usize| votes[at].0.year();
    let absent: Vec<i64> = (0..at).filter(|at| votes[*at].1.is_some()).map(year).collect();
    let is_absence = |(_, vote): &(&Occasion, Option<&str>)| matches!(vote, None | Some("not-voting"));
    assert!(votes[..at].iter().all(is_absence), "a vote before the first");
    let again: Vec<i64> = (at + 1..at + again).map(year).collect();
    let mut years = BTreeSet::from([year(at)]);
    years.extend(if again.len() > 2 { &again[again.len() - 1..] } else { &again[..] });
    let times = absent.len() as i64;
    if times > 3 {
        years.extend(absent.first().into_iter().chain(absent.last()));
        return (BTreeSet::from([times]), years);
    }
    years.extend(absent);
    (BTreeSet::new(), years)
}

/// Whether the last attendance, or that there was none, is as the sentence has it.
fn absence(meetings: &[&Occasion], facts: &Facts, day: &str, o: &Observation) -> Vec<String> {
    let is_wide = o.rule == "no-formal-meeting";
    let formal: Vec<&Occasion> = meetings
        .iter()
        .copied()
        .filter(|m| (m.kind == "msp" || (is_wide && m.kind == "revcon")) && m.start.as_str() <= day)
        .collect();
    let came =
        |m: &&&Occasion| facts.meetings.get(&m.id).is_some_and(|v| v == "participant" || v == "observer");
    let attended: Vec<&&Occasion> = formal.iter().filter(came).collect();
    let years = dates_in(&o.message.split(", as far as").next().unwrap_or_default().replace("; later", " "));
    let years: Vec<i64> = years.iter().map(|d| d[..4].parse().expect("a year")).collect();
    let last = attended.last().map(|m| m.year());
    let mut expected = match o.variant {
        "since" | "last" => last.into_iter().collect(),
        "never" | "gaps" => Vec::new(),
        "first" => vec![last.unwrap_or_default()],
        _ => vec![last.unwrap_or_default(), attended[attended.len() - 2].year()],
    };
    // A return to all formal meetings says since when it is the first of its own kind, where that is longer.
    if o.message.contains(" and its first MSP ") {
        let before = attended.iter().rev().skip(1).find(|m| m.kind == "msp");
        expected.extend(before.map(|m| m.year()));
    }
    let is_consistent = match o.variant {
        "never" => attended.is_empty(),
        "first" => attended.len() == 1,
        _ => true,
    };
    let names = attended.last().is_none_or(|m| {
        !matches!(o.variant, "last" | "first" | "returned") || o.message.contains(m.short.as_str())
    });
    if years == expected && is_consistent && names {
        return Vec::new();
    }
    vec![format!("attended {:?}", attended.iter().map(|m| &m.short).collect::<Vec<_>>())]
}

/// Whether each meeting that a sentence lists was held while there was the state, and as many are listed as
/// not known as the sentence counts.
fn listed(open: &[&Occasion], o: &Observation) -> Vec<String> {
    let names = |list: &str| -> Vec<String> {
        let all = list.replace(" and ", ", ");
        all.split(", ").map(|name| name.split(" (").next().unwrap_or_default().to_owned()).collect()
    };
    let lists = o.detail.split("; ").filter_map(|part| {
        let kinds = ["missed: ", "before it, missed ", "not known: ", "not assessed: "];
        kinds.iter().find_map(|kind| Some((*kind, names(part.strip_prefix(kind)?))))
    });
    let mut faults = Vec::new();
    for (kind, names) in lists {
        let is_open = |name: &&String| open.iter().any(|m| m.short == **name);
        faults.extend(names.iter().filter(|name| !is_open(name)).map(|name| format!("{kind}{name}")));
        let counted = o.message.split("the other ").nth(1);
        let counted = counted.and_then(|rest| rest.split(' ').next()?.parse().ok());
        if kind == "not known: " && counted.is_some_and(|counted: usize| counted != names.len()) {
            faults.push(format!("{} are not known", names.len()));
        }
    }
    faults
}

/// Which editions of a record ranges are made of: the last, and of the others one in five, another for each
/// record.
fn sampled(timeline: &Timeline) -> Vec<&Edition> {
    let offset: usize = timeline.id.0.bytes().map(usize::from).sum();
    let last = timeline.editions.len().saturating_sub(1);
    let all = timeline.editions.iter().enumerate();
    all.filter(|(at, _)| *at == last || (at + offset).is_multiple_of(5)).map(|(_, edition)| edition).collect()
}

#[test]
fn every_numeral_and_date_is_found_again_by_a_count() {
    let (dataset, recount) = (OwnDataset::open(&Selection::all()), Recount::new());
    let engine = dataset.engine();
    let (mut faults, mut looked_at) = (Vec::new(), 0);
    for timeline in dataset.archive.timelines.values() {
        dataset.with(&engine, timeline, |subject, reader| {
            let mut facts = Facts::default();
            for edition in &timeline.editions {
                let page = reader.page(edition).expect("because it can be read");
                facts.add(&serde_yaml::from_str(&page.document.text).expect("YAML"));
                let day = edition.date.as_str();
                for o in engine.observations(subject, page.in_context()) {
                    looked_at += 1;
                    for fault in recount.faults(&timeline.id.0, day, &facts, &o) {
                        faults
                            .push(format!("{} of {day}: {}; {}: {fault}", timeline.id, o.message, o.detail));
                    }
                }
            }
        });
    }
    assert!(looked_at > 4000, "{looked_at} sentences");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}

/// Over any two editions, each count and date is the one that a single edition says: the later one of what
/// began or changed; the earlier one of what ended, and no later one says that any more. A turn is one that
/// the later edition counts so.
#[test]
fn no_range_says_what_no_edition_says() {
    let (dataset, recount) = (OwnDataset::open(&Selection::all()), Recount::new());
    let engine = dataset.engine();
    let (mut faults, mut looked_at) = (Vec::new(), 0);
    for timeline in dataset.archive.timelines.values() {
        dataset.with(&engine, timeline, |subject, reader| {
            let mut facts: Vec<Facts> = Vec::new();
            let mut pages = Vec::new();
            let sampled = sampled(timeline);
            let mut known = Facts::default();
            for edition in &timeline.editions {
                let page = reader.page(edition).expect("because it can be read");
                known.add(&serde_yaml::from_str(&page.document.text).expect("YAML"));
                if sampled.iter().any(|one| one.date == edition.date) {
                    let (votes, meetings, dates) =
                        (known.votes.clone(), known.meetings.clone(), known.dates.clone());
                    facts.push(Facts { votes, meetings, dates });
                    pages.push(page);
                }
            }
            let seen: Vec<_> =
                pages.iter().map(|page| engine.sightings(subject, page.in_context())).collect();
            for to in 1..pages.len() {
                for from in BTreeSet::from([0, to / 2, to - 1, timeline.id.0.len() % to]) {
                    let ends = [(from, &seen[from]), (to, &seen[to])];
                    let [a, b] = ends.map(|(at, seen)| (pages[at].in_context(), &seen[..]));
                    for o in engine.observed(subject, a, b) {
                        looked_at += 1;
                        let has_ended = o.state == Some(ObservationState::Ended);
                        let at = if has_ended { from } else { to };
                        let day = pages[at].name.last_updated.as_str();
                        let mut plain = o.clone();
                        plain.detail = String::new();
                        for fault in recount.faults(&timeline.id.0, day, &facts[at], &plain) {
                            faults.push(format!(
                                "{}..{day} {}: {}: {fault}",
                                pages[from].name.last_updated, timeline.id, o.message
                            ));
                        }
                        let still = engine.observations(subject, pages[to].in_context());
                        if has_ended && still.iter().any(|now| now.message == o.message) {
                            faults.push(format!(
                                "{} of {day}: ended, and still said: {}",
                                timeline.id, o.message
                            ));
                        }
                    }
                }
            }
        });
    }
    assert!(looked_at > 1000, "{looked_at} sentences");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults[..faults.len().min(40)].join("\n"));
}
