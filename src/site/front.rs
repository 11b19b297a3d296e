//! The front page, the list of all records, the index of the search, and the feeds of the whole site.

use super::feeds::{CORRECTIONS, NamedFeed};
use super::lists::{GroupPages, newest, record_value};
use super::record_pages::Digest;
use super::sentences::SentenceRow;
use super::templates::value;
use super::writer::PageWriter;
use super::{output, paths, record_markup};
use crate::model::Failure;
use crate::model::RecordId;
use crate::model::report::{Pictures, ReportView};
use crate::render::html;
use minijinja::{Value, context};
use std::collections::{BTreeMap, BTreeSet};

/// How many sentences the front page lists.
const NEWS: usize = 25;

/// What the front page leads to.
pub struct FrontLists<'f> {
    /// The groups with the pages of their members.
    pub groups: &'f [GroupPages],
    /// The years, newest first.
    pub years: &'f [String],
    /// Calendars with their occasions.
    pub calendars: &'f [Value],
    /// Rules that say something of a record now.
    pub standing: &'f [Value],
}

impl PageWriter<'_> {
    /// The feeds of all records, by nature, and the page that lists them.
    pub fn feeds(&self, digests: &[Digest]) -> Result<(), Failure> {
        let all = || digests.iter().flat_map(|digest| &digest.entries);
        let news = all().filter(|entry| !entry.is_correction);
        let natures: BTreeSet<&str> = news.map(|entry| entry.nature.as_str()).collect();
        let name = NamedFeed::of;
        let title = |title: &str| format!("{}: {title}", self.site.get_attr("title").unwrap_or_default());
        let news = all().filter(|entry| !entry.is_correction);
        let own = name("all");
        self.put_feed(("feeds/all", "index.html", &title(&own.title)), news)?;
        let mut listed = vec![own];
        let corrected = all().filter(|entry| entry.is_correction);
        let own = name(CORRECTIONS);
        self.put_feed((&format!("feeds/{CORRECTIONS}"), "index.html", &title(&own.title)), corrected)?;
        listed.push(own);
        for nature in natures {
            let entries = all().filter(|entry| !entry.is_correction && entry.nature == nature);
            let own = name(nature);
            let path = format!("feeds/{}", own.name);
            self.put_feed((&path, "index.html", &title(&own.title)), entries)?;
            listed.push(own);
        }
        let listed: Vec<Value> = listed.iter().map(value).collect();
        self.put("feeds.html", "feeds", context! { feeds => listed })
    }

    /// The front page, with the map of the newest report, and its JSON.
    pub fn index(
        &self,
        digests: &[Digest],
        lists: &FrontLists<'_>,
        report: Option<&ReportView>,
    ) -> Result<(), Failure> {
        let FrontLists { groups, years, calendars, standing } = lists;
        let is_correction = |row: &&SentenceRow| matches!(row.nature.as_str(), "correction" | "retraction");
        let rows = || digests.iter().flat_map(|digest| &digest.rows);
        let is_late = |row: &&SentenceRow| row.nature == "late-report";
        let news = newest(rows().filter(|row| !is_correction(row) && !is_late(row)), NEWS);
        let late = newest(rows().filter(is_late), NEWS);
        let corrected = newest(rows().filter(is_correction), NEWS);
        let of_group = |(group, members): &GroupPages| {
            let members: Vec<Value> =
                members.iter().map(|(name, url)| context! { name => name, url => url }).collect();
            context! { title => capitalised(group), members => members }
        };
        let sum = |of: fn(&Digest) -> usize| digests.iter().map(of).sum::<usize>();
        let frame = context! {
            pictures => report.map(|report| maps_value(&report.pictures)),
            period => report.map(|report| value(&report.period)),
            counts => context! {
                records => digests.len(), editions => sum(|d| d.editions), sentences => sum(|d| d.sentences),
            },
            news => record_markup::said(&news, ""),
            late => record_markup::said(&late, ""),
            corrected => record_markup::said(&corrected, ""),
            groups => groups.iter().map(of_group).collect::<Vec<_>>(),
            years => value(years),
            standing => standing.to_vec(),
            calendars => calendars.to_vec(),
        };
        self.put("index.html", "index", frame)?;
        let record = |digest: &Digest| {
            serde_json::json!({
                "heading": digest.heading, "url": digest.url, "edition": digest.date, "groups": digest.groups,
            })
        };
        let groups: BTreeMap<&str, &BTreeMap<String, String>> =
            groups.iter().map(|(group, members)| (group.as_str(), members)).collect();
        let listed = serde_json::json!({
            "format": "sincewhen.site-index/1", "records": digests.iter().map(record).collect::<Vec<_>>(),
            "groups": groups, "years": years, "occasions": calendars, "new": news,
            "late_reports": late, "corrected": corrected,
        });
        self.put_json("index.json", &listed)
    }

    /// The list of all records, and the index that the search reads.
    pub fn records(&self, title: &str, digests: &[Digest], groups: &[GroupPages]) -> Result<(), Failure> {
        let records: Vec<Value> = digests.iter().map(record_value).collect();
        self.put("records/index.html", "list", context! { title => title, records => records })?;
        let names = groups.iter().flat_map(|(_, members)| members.iter());
        let names = names.map(|(name, url)| (name.clone(), url.clone()));
        let headings = digests.iter().map(|digest| (digest.heading.clone(), digest.url.clone()));
        let said = digests.iter().flat_map(|digest| digest.index.iter().cloned());
        let index: Vec<(String, String)> = names.chain(headings).chain(said).collect();
        let index = format!("window.sincewhenIndex = {};\n", output::json(&index));
        self.folder.put("search-index.js", index.as_bytes())
    }
}

/// The maps of the front page, each place with the page of its record; nothing stands out as changed.
fn maps_value(pictures: &Pictures) -> Value {
    let link = |record: &RecordId| Some(format!("{}/index.html", paths::record(record)));
    let mut maps = pictures.maps.clone();
    maps.iter_mut().flat_map(|map| &mut map.places).for_each(|place| place.was = None);
    html::pictures_value(&Pictures { maps, ..Pictures::default() }, &link)
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
