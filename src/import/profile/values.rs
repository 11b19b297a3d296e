//! Named groups of a phrase → values that templates use: dates, numbers, occasions, words.

use super::flow::Flow;
use super::grammar::{CompiledGrammar, OccasionPattern, ProfileSpec, TopicSpec, ValueSpec};
use super::notes::Cited;
use crate::dataset::{Occasion, Reference};
use crate::import::dates::{DateSpan, Dates};
use crate::import::fill::Context;
use crate::import::names::Names;
use crate::import::{Fault, SourcePlace, rows};
use crate::model::{Level, PartialDate};
use serde_json::{Map, Value, json};
use std::ops::Range;

/// What values are read with.
pub struct Values<'v> {
    /// The grammar.
    pub spec: &'v ProfileSpec,
    /// It, compiled.
    pub compiled: &'v CompiledGrammar,
    /// The topic.
    pub topic: &'v TopicSpec,
    /// Dates.
    pub dates: &'v Dates,
    /// The subjects' names.
    pub names: &'v Names,
    /// Tables and calendars.
    pub reference: &'v Reference,
    /// The topic's date.
    pub dated: Option<&'v PartialDate>,
    /// What the notes name.
    pub cited: &'v [Cited],
    /// The sentence.
    pub sentence: &'v Flow,
}

/// A fault of the text at a place.
pub fn fault(rule: &'static str, level: Level, message: String, place: SourcePlace) -> Fault {
    Fault { rule, level, message, place, record: None, help: None }
}

/// What is heard in the groups of one match.
#[derive(Debug, Default)]
pub struct Heard {
    /// What templates see.
    pub context: Context,
    /// Faults of the text that show in it.
    pub faults: Vec<Fault>,
    /// Parts of groups, by the sentence's bytes, that say none of what was looked for in them.
    pub gaps: Vec<Range<usize>>,
}

/// An occasion as a text names it.
#[derive(Clone, Copy)]
struct Mention<'m> {
    spec: &'m OccasionPattern,
    groups: &'m Map<String, Value>,
    text: &'m str,
    dates: &'m [DateSpan],
    place: SourcePlace,
}

impl Values<'_> {
    /// Reads a group and adds what it says to the context.
    pub fn read(&self, name: &str, text: &str, range: Range<usize>, heard: &mut Heard) {
        // `when2` is read as `when`: a pattern cannot use a name twice.
        let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
        let spec = self
            .spec
            .values
            .get(name)
            .or_else(|| self.spec.values.get(base))
            .map_or(&ValueSpec::Text, |reading| &reading.0);
        let place = self.sentence.place(range.clone());
        let value = match spec {
            ValueSpec::Text => Some(text.trim().into()),
            ValueSpec::Name => self.names.find(text).map(Value::from),
            ValueSpec::Number => self.number(text).map(Value::from),
            ValueSpec::Word(_) => {
                self.words(base).find(|(_, p)| p.is_match(text)).map(|(value, _)| value.as_str().into())
            }
            ValueSpec::Words(_) => Some(self.all_words(base, text).into()),
            ValueSpec::List => Some(list(text).into()),
            ValueSpec::Each(_) => Some(self.each(base, text, &range, heard).into()),
            ValueSpec::Date => {
                self.date(name, text, place, heard);
                None
            }
            ValueSpec::Occasions(calendar) => Some(self.occasions(calendar, text, &range, heard).into()),
            ValueSpec::OccasionsIn(calendar) => self.span(text, place, &mut heard.faults).map(|span| {
                self.calendar(calendar)
                    .filter(|o| overlaps(o, &span))
                    .map(|o| of(o, None))
                    .collect::<Vec<_>>()
                    .into()
            }),
            ValueSpec::LastOccasionIn(calendar) => {
                self.span(text, place, &mut heard.faults).and_then(|span| {
                    self.calendar(calendar).filter(|o| overlaps(o, &span)).last().map(|o| of(o, None))
                })
            }
            ValueSpec::OccasionsSince(calendar) => self.span(text, place, &mut heard.faults).map(|span| {
                let until = self.dated.map(PartialDate::range);
                let counts = |o: &&Occasion| {
                    o.range.end >= span.range().start && until.is_none_or(|until| o.range.start <= until.end)
                };
                self.calendar(calendar).filter(counts).map(|o| of(o, None)).collect::<Vec<_>>().into()
            }),
            ValueSpec::Cited(sort) => self
                .span(text, place, &mut heard.faults)
                .map(|span| self.sources_in(&span, Some(sort)).into()),
        };
        heard.context.insert(format!("{name}_text"), text.to_lowercase().into());
        if let Some(value) = value {
            heard.context.insert(name.to_owned(), value);
        }
    }

    /// The values whose words stand in a text, each once, in the text's order.
    fn all_words(&self, name: &str, text: &str) -> Vec<Value> {
        let found = self.words(name).filter_map(|(value, p)| Some((p.find(text)?.start(), value.as_str())));
        let mut all: Vec<(usize, &str)> = found.collect();
        all.sort_unstable();
        let mut out: Vec<Value> = Vec::new();
        for (_, value) in all {
            if !out.contains(&value.into()) {
                out.push(value.into());
            }
        }
        out
    }

    fn words(&self, name: &str) -> impl Iterator<Item = &(String, regex::Regex)> {
        self.compiled.words.get(name).into_iter().flatten()
    }

    fn span(&self, text: &str, place: SourcePlace, faults: &mut Vec<Fault>) -> Option<DateSpan> {
        match self.dates.read(text.trim()) {
            Ok(span) => Some(span),
            Err(error) => {
                faults.push(fault("text-date", Level::Warning, error.message, place));
                None
            }
        }
    }

    /// A date as `NAME`, its ends as `NAME_first` and `NAME_last`, its years as `NAME_years`, and the sources
    /// of the notes that are of that time as `NAME_sources`.
    fn date(&self, name: &str, text: &str, place: SourcePlace, heard: &mut Heard) {
        let Some(span) = self.span(text, place, &mut heard.faults) else { return };
        let last = span.end.as_ref().unwrap_or(&span.start);
        if let Some(dated) = self.dated
            && span.range().start > dated.range().end
        {
            let message = format!("{} lies after the day the text is of, {dated}", span.as_date().in_words());
            heard.faults.push(fault("text-date-later", Level::Note, message, place));
        }
        let years: Vec<Value> =
            (span.start.year()..=last.year()).map(|year| json!({"date": year.to_string()})).collect();
        heard.context.insert(name.to_owned(), span.as_date().to_string().into());
        heard.context.insert(format!("{name}_first"), span.start.to_string().into());
        heard.context.insert(format!("{name}_last"), last.to_string().into());
        heard.context.insert(format!("{name}_years"), years.into());
        heard.context.insert(format!("{name}_sources"), self.sources_in(&span, None).into());
    }

    /// The sources of the notes with a date in a span, each once: their fields with `id` and `date`.
    fn sources_in(&self, span: &DateSpan, sort: Option<&str>) -> Vec<Value> {
        let mut out: Vec<Value> = Vec::new();
        for cited in self.cited {
            let within = cited.date.as_ref().is_some_and(|date| date.range().within(&span.range()));
            let field = self.spec.merge.sort.as_str();
            if !within
                || sort.is_some_and(|sort| cited.fields.get(field).and_then(Value::as_str) != Some(sort))
            {
                continue;
            }
            let mut fields = cited.fields.as_object().cloned().unwrap_or_default();
            fields.insert("id".to_owned(), cited.id.clone().into());
            let value = Value::Object(fields);
            if !out.contains(&value) {
                out.push(value);
            }
        }
        out
    }

    /// A number in digits or words: `800,000`, `one million`, `1.2 million`, `fifty`.
    fn number(&self, text: &str) -> Option<i64> {
        let mut total: f64 = 0.0;
        let mut current: Option<f64> = None;
        for word in
            text.to_lowercase().split([' ', '-']).filter(|w| !w.is_empty() && *w != "and" && *w != "a")
        {
            let digits = word.replace([',', '\''], "");
            let number =
                digits.parse::<f64>().ok().or_else(|| self.spec.numbers.get(word).map(|n| *n as f64))?;
            current = Some(match current {
                Some(before) if number >= 100.0 && before < number => before * number,
                Some(before) => before + number,
                None => number,
            });
        }
        total += current?;
        (total.fract() == 0.0).then_some(total as i64)
    }

    fn each(&self, name: &str, text: &str, range: &Range<usize>, heard: &mut Heard) -> Vec<Value> {
        let mut out: Vec<(usize, usize, Value)> = Vec::new();
        for pattern in self.compiled.each.get(name).into_iter().flatten() {
            for found in pattern.captures_iter(text) {
                let all = found.get(0).map_or(0..0, |m| m.range());
                if all.is_empty() || out.iter().any(|(start, end, _)| *start < all.end && all.start < *end) {
                    continue;
                }
                let mut item = Heard::default();
                for group in pattern.capture_names().flatten() {
                    if let Some(part) = found.name(group) {
                        let at = range.start + part.start()..range.start + part.end();
                        self.read(group, part.as_str(), at, &mut item);
                    }
                }
                heard.faults.extend(item.faults);
                out.push((all.start, all.end, Value::Object(item.context)));
            }
        }
        out.sort_by_key(|(start, ..)| *start);
        heard.gaps.extend(between(range, out.iter().map(|(start, end, _)| *start..*end)));
        out.into_iter().map(|(.., item)| item).collect()
    }

    fn calendar(&self, key: &str) -> impl Iterator<Item = &Occasion> {
        let name = self.topic.calendars.get(key);
        name.and_then(|name| self.reference.calendars.get(name))
            .into_iter()
            .flat_map(|calendar| &calendar.occasions)
    }

    /// The occasions that a text names, with the date it gives for each.
    fn occasions(&self, calendar: &str, text: &str, range: &Range<usize>, heard: &mut Heard) -> Vec<Value> {
        let mut mentions: Vec<(Range<usize>, usize, Map<String, Value>)> = Vec::new();
        for (at, pattern) in self.compiled.occasions.iter().enumerate() {
            for found in pattern.captures_iter(text) {
                let all = found.get(0).map_or(0..0, |m| m.range());
                if all.is_empty() || mentions.iter().any(|(r, ..)| r.start < all.end && all.start < r.end) {
                    continue;
                }
                let groups = match rows::groups(pattern, &found) {
                    Value::Object(map) => map,
                    _ => Map::new(),
                };
                mentions.push((all, at, groups));
            }
        }
        mentions.sort_by_key(|(r, ..)| r.start);
        let dated = self.compiled.date.find_iter(text).map(|m| m.range());
        let mut claimed: Vec<Range<usize>> = mentions.iter().map(|(r, ..)| r.clone()).chain(dated).collect();
        claimed.sort_by_key(|r| (r.start, r.end));
        heard.gaps.extend(between(range, claimed.into_iter()));
        let mut out = Vec::new();
        for (number, (at, spec, groups)) in mentions.iter().enumerate() {
            let until = mentions.get(number + 1).map_or(text.len(), |(next, ..)| next.start);
            let mut dates: Vec<DateSpan> = Vec::new();
            dates.extend(
                self.compiled
                    .date
                    .find_iter(&text[at.end..until])
                    .filter_map(|m| self.dates.read(m.as_str()).ok()),
            );
            if dates.is_empty() && self.spec.occasions[*spec].needs_date {
                let all = self
                    .compiled
                    .date
                    .find_iter(&self.sentence.text)
                    .filter_map(|m| self.dates.read(m.as_str()).ok());
                dates.extend(all.take(1));
            }
            let place =
                self.sentence.place(range.start + at.start..range.start + until.min(at.end + 60).max(at.end));
            let mention = Mention {
                spec: &self.spec.occasions[*spec],
                groups,
                text: &text[at.clone()],
                dates: &dates,
                place,
            };
            self.mention(calendar, &mention, &mut out, &mut heard.faults);
        }
        out
    }

    fn mention(&self, calendar: &str, mention: &Mention<'_>, out: &mut Vec<Value>, faults: &mut Vec<Fault>) {
        let Mention { spec, groups, dates, .. } = *mention;
        // What another calendar holds is no fault of this one.
        let plain =
            |(_, wanted): &(&String, &Value)| wanted.as_str().is_none_or(|text| !text.starts_with('$'));
        let can_hold = |o: &Occasion| {
            spec.fields.iter().filter(plain).all(|(field, wanted)| has(o, field, wanted, None, groups))
        };
        if !self.calendar(calendar).any(can_hold) {
            return;
        }
        let ordinals: Vec<Option<i64>> = match groups.get("ordinals").and_then(Value::as_str) {
            Some(words) => words
                .to_lowercase()
                .replace(" and ", " ")
                .split([' ', ','])
                .filter_map(|w| self.spec.numbers.get(w))
                .map(|n| Some(*n))
                .collect(),
            None => vec![groups.get("ordinal").and_then(Value::as_str).and_then(|word| self.ordinal(word))],
        };
        for (number, ordinal) in ordinals.iter().enumerate() {
            let fits = |o: &&Occasion| {
                spec.fields.iter().all(|(field, wanted)| has(o, field, wanted, *ordinal, groups))
            };
            let of_kind: Vec<&Occasion> = self.calendar(calendar).filter(fits).collect();
            let own = if ordinals.len() > 1 { dates.get(number) } else { None };
            let dates = own.map_or(dates, std::slice::from_ref);
            let (meant, fault) = self.meant(&of_kind, &Mention { dates, ..*mention });
            out.extend(meant);
            faults.extend(fault);
        }
    }

    /// Which of the occasions of one kind a text means, by the dates that it states, and what is doubtful
    /// about it.
    fn meant(&self, of_kind: &[&Occasion], mention: &Mention<'_>) -> (Vec<Value>, Option<Fault>) {
        let Mention { spec, text, dates, place, .. } = *mention;
        let warning = |rule, message| Some(fault(rule, Level::Warning, message, place));
        let met: Vec<&Occasion> =
            of_kind.iter().copied().filter(|o| dates.iter().any(|span| overlaps(o, span))).collect();
        match (of_kind, met.as_slice()) {
            ([], _) => (Vec::new(), warning("text-unknown-occasion", format!("no calendar has \"{text}\""))),
            (_, [_, ..]) => (met.iter().map(|o| of(o, None)).collect(), None),
            ([one], []) if dates.is_empty() => (vec![of(one, None)], None),
            ([one], []) => {
                let stated = dates[0].as_date();
                let (on, held) = (stated.in_words(), when(one));
                let message = format!("\"{text}\" is dated {on}; by the calendar it was {held}");
                let help =
                    "which of the two is meant must be asked; the date stated is kept beside the entry";
                let fault = warning("text-occasion-date", message);
                (vec![of(one, Some(&stated))], fault.map(|f| Fault { help: Some(help.to_owned()), ..f }))
            }
            (_, []) if dates.is_empty() && !spec.needs_date => {
                let begun = |o: &&&Occasion| self.dated.is_none_or(|on| o.range.start <= on.range().end);
                let last = of_kind.iter().rev().find(begun);
                let message = format!("\"{text}\" can be one of several; the last is taken");
                let fault = fault("text-ambiguous-occasion", Level::Note, message, place);
                (last.map(|o| of(o, None)).into_iter().collect(), Some(fault))
            }
            (_, []) => {
                let message = format!("no calendar has \"{text}\" at that time");
                (Vec::new(), warning("text-unknown-occasion", message))
            }
        }
    }

    fn ordinal(&self, word: &str) -> Option<i64> {
        let word = word.to_lowercase();
        let digits: String = word.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().or_else(|| self.spec.numbers.get(&word).copied())
    }
}

/// The parts of a range that lie between others, which stand in order and count from its start.
fn between(range: &Range<usize>, parts: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = range.start;
    for part in parts {
        let (start, end) = (range.start + part.start, range.start + part.end);
        if start > from {
            out.push(from..start);
        }
        from = from.max(end);
    }
    out.push(from..range.end);
    out.retain(|gap| gap.start < gap.end);
    out
}

fn has(
    occasion: &Occasion,
    field: &str,
    wanted: &Value,
    ordinal: Option<i64>,
    groups: &Map<String, Value>,
) -> bool {
    let wanted = match wanted.as_str().and_then(|text| text.strip_prefix('$')) {
        Some("ordinal") => match ordinal {
            Some(number) => number.to_string(),
            None => return false,
        },
        Some(group) => match groups.get(group).and_then(Value::as_str) {
            Some(text) => text.to_owned(),
            None => return true,
        },
        None => wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned),
    };
    occasion.field_text(field).is_some_and(|has| has.eq_ignore_ascii_case(&wanted))
}

fn overlaps(occasion: &Occasion, span: &DateSpan) -> bool {
    let range = span.range();
    occasion.range.start <= range.end && range.start <= occasion.range.end
}

/// An occasion as templates see it: its fields, its last day as `last`, and a date that the text gives
/// otherwise as `stated`.
fn of(occasion: &Occasion, stated: Option<&PartialDate>) -> Value {
    let mut fields = occasion.fields.as_object().cloned().unwrap_or_default();
    fields.insert("id".to_owned(), occasion.id.clone().into());
    fields.insert("calendar".to_owned(), occasion.calendar.clone().into());
    fields.insert("first".to_owned(), occasion.range.start.date().to_string().into());
    fields.insert("last".to_owned(), occasion.range.end.date().to_string().into());
    if let Some(stated) = stated {
        fields.insert("stated".to_owned(), stated.to_string().into());
    }
    Value::Object(fields)
}

fn when(occasion: &Occasion) -> String {
    let (first, last) = (
        PartialDate::from_day(occasion.range.start.date()),
        PartialDate::from_day(occasion.range.end.date()),
    );
    if first == last { first.in_words() } else { format!("{} to {}", first.in_words(), last.in_words()) }
}

/// The parts of an enumeration: between commas and "and".
fn list(text: &str) -> Vec<Value> {
    text.replace(", and ", ", ")
        .replace(" and ", ", ")
        .split(", ")
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(Value::from)
        .collect()
}
