//! Feeds: which sentences are entries, and what names an entry for good.
//!
//! An entry's name rests on the record and the fingerprint of the sentence as it was first published, never
//! on a day, a host or a word. What amends a published edition is one entry for each amendment, among the
//! corrections only.

use super::paths;
use super::sentences::{StepSentence, link};
use crate::model::published::{PastSentence, PublishedRecord};
use crate::model::report::EndedRecord;
use crate::model::{PartialDate, RecordId};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// The most entries of a feed, newest first.
const MOST: usize = 100;

/// The name of the feed of corrections.
pub const CORRECTIONS: &str = "corrections";

/// An entry of feeds.
#[derive(Clone, Debug, Serialize)]
pub struct FeedEntry {
    /// Its name for good.
    pub id: String,
    /// The record and the sentence.
    pub title: String,
    /// The day, at midnight, UTC.
    pub updated: String,
    /// From the site's top.
    pub link: String,
    /// What is said, and of which edition.
    pub text: String,
    /// How it came about.
    pub nature: String,
    /// Whether it belongs among the corrections, and nowhere else.
    pub is_correction: bool,
}

/// The entries of a record, oldest first.
pub fn entries(published: &PublishedRecord, said: &[StepSentence]) -> Vec<FeedEntry> {
    let record = &published.heading.record;
    let amended: HashSet<&String> =
        published.amended.iter().flat_map(|one| one.after.iter().map(|(print, _)| print)).collect();
    let first = first_published(&published.past);
    let mut out = Vec::new();
    let mut known = HashSet::new();
    for one in said.iter().filter(|one| one.is_news) {
        let print = one.fingerprint.as_str();
        let root = match (amended.contains(&one.fingerprint), first.get(print)) {
            (true, None) => continue,
            (true, Some(root)) => root,
            (false, _) => print,
        };
        let is_correction = matches!(one.nature.as_str(), "correction" | "retraction");
        let id = paths::urn(&["sentence", &record.0, root, &one.nature]);
        if known.insert(id.clone()) {
            out.push(FeedEntry {
                id,
                title: format!("{}: {}", published.heading.heading, one.message),
                updated: midnight(&one.edition),
                link: link(record, print),
                text: format!("{} ({}, edition of {})", one.message, one.nature, one.edition),
                nature: one.nature.clone(),
                is_correction,
            });
        }
    }
    out.extend(amendments(published));
    out.extend(published.ended.iter().map(|ended| end(record, ended)));
    out.sort_by(|a, b| (&a.updated, &a.id).cmp(&(&b.updated, &b.id)));
    out
}

/// By the fingerprint of what stands now, that of the first sentence in whose place it stands.
fn first_published(past: &[PastSentence]) -> HashMap<&str, &str> {
    let mut out = HashMap::new();
    for one in past {
        for now in &one.replaced_by {
            out.entry(now.as_str()).or_insert(one.fingerprint.as_str());
        }
    }
    out
}

fn amendments(published: &PublishedRecord) -> Vec<FeedEntry> {
    let record = &published.heading.record;
    let mut out: Vec<FeedEntry> = Vec::new();
    for one in &published.amended {
        let mut parts = vec!["amendment".to_owned(), record.0.clone(), one.edition.to_string()];
        parts.extend(one.before.iter().chain(&one.after).map(|(print, _)| print.clone()));
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let id = paths::urn(&parts);
        let lines = |name: &str, list: &[(String, String)]| {
            list.iter().map(|(_, message)| format!("{name}: {message}")).collect::<Vec<_>>()
        };
        let text = [lines("no longer said", &one.before), lines("said now", &one.after)].concat().join("\n");
        let print = one.before.first().map(|(print, _)| print.as_str()).unwrap_or_default();
        out.push(FeedEntry {
            id,
            title: format!("{}: edition of {} amended", published.heading.heading, one.edition),
            updated: midnight(&one.commit.on),
            link: link(record, print),
            text,
            nature: "correction".to_owned(),
            is_correction: true,
        });
    }
    out
}

fn end(record: &RecordId, ended: &EndedRecord) -> FeedEntry {
    FeedEntry {
        id: paths::urn(&["end", &record.0, &ended.last_updated.to_string()]),
        title: format!("{}: {}", ended.heading, ended.in_words()),
        updated: midnight(&ended.on),
        link: format!("{}/index.html", paths::record(record)),
        text: ended.in_words(),
        nature: "ended".to_owned(),
        is_correction: false,
    }
}

fn midnight(date: &PartialDate) -> String {
    format!("{}T00:00:00Z", date.earliest())
}

/// A feed, ready to be written.
#[derive(Debug, Serialize)]
pub struct Feed {
    /// Its name for good.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// The day of its newest entry.
    pub updated: String,
    /// Its address without its ending.
    pub link: String,
    /// The page beside it.
    pub page: String,
    /// Newest first.
    pub entries: Vec<Linked>,
}

/// An entry with the address of its sentence as this feed has to write it.
#[derive(Debug, Serialize)]
pub struct Linked {
    /// As in [`FeedEntry`].
    pub id: String,
    /// As in [`FeedEntry`].
    pub title: String,
    /// As in [`FeedEntry`].
    pub updated: String,
    /// The address: whole where the site's own is known, else from the feed.
    pub url: String,
    /// As in [`FeedEntry`].
    pub text: String,
    /// As in [`FeedEntry`].
    pub nature: String,
}

impl Feed {
    /// A feed of some entries at a path of the site, without its ending, and the page it belongs to.
    pub fn new<'e>(
        (path, page, title): (&str, &str, &str),
        base: Option<&str>,
        entries: impl IntoIterator<Item = &'e FeedEntry>,
    ) -> Feed {
        let mut entries: Vec<&FeedEntry> = entries.into_iter().collect();
        entries.sort_by(|a, b| (&b.updated, &b.id).cmp(&(&a.updated, &a.id)));
        entries.truncate(MOST);
        let address = |target: &str| match base {
            Some(base) => format!("{base}{target}"),
            None => format!("{}{target}", paths::root_of(path)),
        };
        let updated =
            entries.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |e| e.updated.clone());
        let linked = |entry: &&FeedEntry| Linked {
            id: entry.id.clone(),
            title: entry.title.clone(),
            updated: entry.updated.clone(),
            url: address(&entry.link),
            text: entry.text.clone(),
            nature: entry.nature.clone(),
        };
        Feed {
            id: paths::urn(&["feed", path]),
            title: title.to_owned(),
            updated,
            link: address(path),
            page: address(page),
            entries: entries.iter().map(linked).collect(),
        }
    }

    /// As JSON Feed 1.1.
    pub fn json(&self) -> String {
        let item = |one: &Linked| {
            serde_json::json!({
                "id": one.id, "url": one.url, "title": one.title, "content_text": one.text,
                "date_published": one.updated, "tags": [one.nature],
            })
        };
        let feed = serde_json::json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": self.page,
            "feed_url": format!("{}.json", self.link),
            "items": self.entries.iter().map(item).collect::<Vec<_>>(),
        });
        format!("{}\n", super::output::json(&feed))
    }
}
