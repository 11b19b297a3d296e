//! Pages about many records: the members of groups, years, occasions, rules.

use super::record_pages::{Digest, RuleStanding};
use super::sentences::SentenceRow;
use super::templates::value;
use super::writer::PageWriter;
use super::{paths, record_markup, sentences};
use crate::model::published::{PublishedCalendar, PublishedOccasion};
use crate::model::report::ReportView;
use crate::model::view::RuleView;
use crate::model::{Failure, RecordId};
use crate::render::{csv, html};
use indexmap::IndexMap;
use minijinja::{Value, context};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many occasions the page of a calendar looks at.
const LAST: usize = 3;

/// The most sentences that the page of a group lists.
const LISTED: usize = 200;

/// A group of the manifest's report, and the pages of its members by name.
pub type GroupPages = (String, BTreeMap<String, String>);

impl PageWriter<'_> {
    /// A page and feeds for each member of each group. Returns the groups with their members' pages.
    pub fn groups(&self, digests: &[Digest]) -> Result<Vec<GroupPages>, Failure> {
        let mut groups: IndexMap<&str, BTreeMap<&str, Vec<&Digest>>> = IndexMap::new();
        for digest in digests {
            for (group, name) in &digest.groups {
                groups.entry(group).or_default().entry(name).or_default().push(digest);
            }
        }
        let mut out = Vec::new();
        for (group, members) in groups {
            let mut pages = BTreeMap::new();
            for (name, members) in members {
                let path = paths::group(group, name);
                let rows = newest(members.iter().flat_map(|digest| &digest.rows), LISTED);
                let records: Vec<Value> = members.iter().map(|digest| record_value(digest)).collect();
                let frame = context! {
                    title => name,
                    records => records,
                    said => record_markup::said(&rows, &paths::root_of(&path)),
                    said_count => rows.len(),
                    said_title => "What changed, newest first",
                    feed => "feed",
                    data => "data.json",
                };
                self.put(&path, "list", frame)?;
                let folder = path.trim_end_matches("/index.html");
                self.put_json(&format!("{folder}/data.json"), &list_json(name, &rows))?;
                let entries = members.iter().flat_map(|digest| &digest.entries);
                let feed = format!("{folder}/feed");
                self.put_feed((&feed, &path, name), entries.filter(|entry| !entry.is_correction))?;
                pages.insert(name.to_owned(), path);
            }
            out.push((group.to_owned(), pages));
        }
        Ok(out)
    }

    /// The yearly report of each year that has an edition, as a page, as JSON and as CSV. Returns the years,
    /// newest first.
    pub fn years(&self, reports: &[ReportView], digests: &[Digest]) -> Result<Vec<String>, Failure> {
        let link = |record: &RecordId| Some(format!("../{}/index.html", paths::record(record)));
        let prints: HashMap<&RecordId, &HashSet<String>> =
            digests.iter().map(|digest| (&digest.record, &digest.prints)).collect();
        let proof = |record: &RecordId, print: &str| {
            let is_there = prints.get(record).is_some_and(|prints| prints.contains(print));
            is_there.then(|| format!("../{}", sentences::link(record, print)))
        };
        let made = reports.par_iter().map(|report| {
            let year = paths::segment(&report.period.name);
            let frame = context! { year => year.as_str(), ..html::report_context(report, &link, &proof) };
            self.put(&format!("years/{year}.html"), "year", frame)?;
            self.put_json(&format!("years/{year}.json"), report)?;
            self.folder.put(&format!("years/{year}.csv"), csv::rows(report).as_bytes())?;
            Ok(year)
        });
        let mut years = made.collect::<Result<Vec<String>, Failure>>()?;
        years.reverse();
        Ok(years)
    }

    /// A page for each occasion that a strip draws. Returns, by calendar, the occasions with their pages,
    /// newest first.
    pub fn occasions(
        &self,
        calendars: &[PublishedCalendar],
        digests: &[Digest],
    ) -> Result<Vec<Value>, Failure> {
        let mut out = Vec::new();
        for (position, calendar) in calendars.iter().enumerate() {
            let (mut listed, mut drawn) = (Vec::new(), Vec::new());
            for occasion in calendar.occasions.iter().rev() {
                let mut tables: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
                let mut names: Vec<&str> = Vec::new();
                for digest in digests {
                    let of_it = digest
                        .marks
                        .iter()
                        .filter(|(strip, short, _)| *strip == position && *short == occasion.short);
                    for (_, _, meaning) in of_it {
                        let row = context! { name => digest.heading.clone(), url => digest.url.clone() };
                        tables.entry(meaning).or_default().push(row);
                        names.push(&digest.heading);
                    }
                }
                if tables.is_empty() {
                    continue;
                }
                let tables: Vec<Value> = tables
                    .into_iter()
                    .map(|(title, rows)| context! { title => title, rows => rows })
                    .collect();
                let segment = paths::segment(&occasion.id);
                let path = format!("occasions/{}/{segment}.html", paths::segment(&calendar.name));
                let shown = serde_json::json!({
                    "format": "sincewhen.site-occasion/1", "calendar": calendar.name, "occasion": occasion,
                    "records": tables,
                });
                self.put_json(&path.replace(".html", ".json"), &shown)?;
                let frame = context! {
                    title => occasion.in_words.clone(),
                    lead => "By the newest edition of each record, and what earlier ones recorded.",
                    tables => tables,
                    shared => shared_end(&names).chars().count(),
                    data => format!("{segment}.json"),
                };
                self.put(&path, "list", frame)?;
                listed.push(context! { short => occasion.short.clone(), year => occasion.year, url => path });
                drawn.push(occasion);
            }
            if !listed.is_empty() {
                drawn.truncate(LAST);
                let url = self.last_occasions((position, calendar), &drawn, digests)?;
                out.push(context! { title => calendar.title.clone(), url => url, occasions => listed });
            }
        }
        Ok(out)
    }

    /// A page on the last occasions of a calendar, given newest first: which records show what of all of
    /// them.
    /// Returns its address.
    fn last_occasions(
        &self,
        (position, calendar): (usize, &PublishedCalendar),
        last: &[&PublishedOccasion],
        digests: &[Digest],
    ) -> Result<String, Failure> {
        // What is known of none of them comes last, however many records that is true of.
        let mut alike: BTreeMap<(bool, String), Vec<Value>> = BTreeMap::new();
        let mut headings: Vec<&str> = Vec::new();
        for digest in digests {
            let of = |occasion: &&PublishedOccasion| {
                let mut marks = digest.marks.iter();
                let mark = marks.find(|(strip, short, _)| *strip == position && *short == occasion.short);
                mark.map(|(_, short, meaning)| (short, meaning))
            };
            let marks: Vec<(&String, &String)> = last.iter().filter_map(of).collect();
            if !marks.is_empty() {
                let row = context! { name => digest.heading.clone(), url => digest.url.clone() };
                let is_unknown = marks.iter().all(|(_, meaning)| *meaning == calendar.not_known);
                let shown: Vec<String> =
                    marks.iter().map(|(short, meaning)| format!("{short} {meaning}")).collect();
                alike.entry((is_unknown, shown.join("; "))).or_default().push(row);
                headings.push(&digest.heading);
            }
        }
        let mut tables: Vec<((bool, String), Vec<Value>)> = alike.into_iter().collect();
        tables.sort_by_key(|((is_unknown, _), rows)| (*is_unknown, std::cmp::Reverse(rows.len())));
        let tables = tables.into_iter().map(|((_, title), rows)| context! { title => title, rows => rows });
        let names: Vec<&str> = last.iter().map(|occasion| occasion.short.as_str()).collect();
        let frame = context! {
            title => format!("{}: {}", calendar.title, names.join(", ")),
            lead => "What each record shows of the last of these, newest first, by its newest edition and \
                     what earlier ones recorded.",
            tables => tables.collect::<Vec<_>>(),
            shared => shared_end(&headings).chars().count(),
        };
        let path = format!("occasions/{}.html", paths::segment(&calendar.name));
        self.put(&path, "list", frame)?;
        Ok(path)
    }

    /// A page for each rule, with the records of which it says something now. Returns those that do, with how
    /// many sentences.
    pub fn rules(&self, rules: &[RuleView], digests: &[Digest]) -> Result<Vec<Value>, Failure> {
        let mut by_rule: BTreeMap<&str, Vec<&RuleStanding>> = BTreeMap::new();
        for (rule, row) in digests.iter().flat_map(|digest| &digest.stands) {
            by_rule.entry(rule).or_default().push(row);
        }
        let (mut listed, mut standing) = (Vec::new(), Vec::new());
        for rule in rules {
            let name = paths::segment(&rule.id);
            let stands = by_rule.remove(rule.id.as_str()).unwrap_or_default();
            let shown =
                serde_json::json!({"format": "sincewhen.site-rule/1", "rule": rule, "stands": stands});
            self.put_json(&format!("rules/{name}.json"), &shown)?;
            let frame =
                context! { rule => value(rule), stands => value(&stands), data => format!("{name}.json") };
            self.put(&format!("rules/{name}.html"), "rule", frame)?;
            let url = format!("rules/{name}.html");
            if !stands.is_empty() {
                standing.push(context! { name => &rule.title, url => &url, count => stands.len() });
            }
            listed.push(context! { name => format!("{} ({})", rule.title, rule.id), url => url });
        }
        let table = context! { title => "All rules", rows => listed };
        let frame = context! { title => "Rules", tables => vec![table] };
        self.put("rules/index.html", "list", frame)?;
        Ok(standing)
    }
}

/// What all of several names end with, from a comma on, and need not repeat in one list: `, X` of `A, X` and
/// `B, X`.
fn shared_end<'n>(names: &[&'n str]) -> &'n str {
    let [first, others @ ..] = names else { return "" };
    let is_shared = |end: &&str| {
        !others.is_empty() && names.iter().all(|name| name.len() > end.len() && name.ends_with(end))
    };
    let mut ends = first.match_indices(", ").map(|(at, _)| &first[at..]);
    ends.find(is_shared).unwrap_or_default()
}

/// A record in a list, with the first facts that stand.
pub fn record_value(digest: &Digest) -> Value {
    context! {
        heading => digest.heading.clone(),
        url => digest.url.clone(),
        date => value(&digest.date),
        standing => digest.standing.clone(),
    }
}

fn list_json(title: &str, rows: &[SentenceRow]) -> serde_json::Value {
    serde_json::json!({"format": "sincewhen.site-list/1", "title": title, "sentences": rows})
}

/// The newest rows, by the edition that brought them; of one date the weightiest first.
pub fn newest<'r>(rows: impl IntoIterator<Item = &'r SentenceRow>, most: usize) -> Vec<SentenceRow> {
    let mut rows: Vec<&SentenceRow> = rows.into_iter().collect();
    let key = |row: &SentenceRow| (row.edition.range().start, row.edition.range().end);
    rows.sort_by(|a, b| {
        key(b)
            .cmp(&key(a))
            .then_with(|| a.significance.cmp(&b.significance))
            .then_with(|| a.place.cmp(&b.place))
    });
    rows.into_iter().take(most).cloned().collect()
}
