//! Feeds: which sentences are entries, and what names an entry for good.
//!
//! The name of an entry on a sentence rests on the record and the fingerprint of the sentence as it was first
//! published, never on a day, a host or a word; that of a record's end or return on the edition that was
//! removed and the day. What amends published editions is one entry for each correction, among the
//! corrections only.

use super::paths;
use super::sentences::{StepSentence, link};
use crate::model::published::{AmendedSentences, PastSentence, PublishedRecord};
use crate::model::report::EndedRecord;
use crate::model::{NatureKind, PartialDate, RecordId};
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
    let amended: HashSet<&String> = published.amended.iter().flat_map(|one| &one.brought).collect();
    let first = first_published(&published.past, &amended);
    let mut out = Vec::new();
    let mut known = HashSet::new();
    for one in said.iter().filter(|one| one.is_news) {
        let print = one.fingerprint.as_str();
        let (root, nature) = match (amended.contains(&one.fingerprint), first.get(print)) {
            (true, None) => continue,
            (true, Some((first, nature))) => (*first, nature.as_str()),
            (false, _) => (print, one.nature.as_str()),
        };
        let is_correction = matches!(nature, "correction" | "retraction");
        let id = paths::urn(&["sentence", &record.0, root, nature]);
        if known.insert(id.clone()) {
            out.push(FeedEntry {
                id,
                title: format!("{}: {}", published.heading.heading, one.message),
                updated: midnight(&one.edition),
                link: link(record, print),
                text: format!("{} ({nature}, edition of {})", one.message, one.edition),
                nature: nature.to_owned(),
                is_correction,
            });
        }
    }
    out.extend(amendments(published));
    out.extend(published.removals.iter().chain(&published.ended).map(|ended| end(record, ended)));
    out.extend(published.removals.iter().filter_map(|removal| return_of(record, removal)));
    out.sort_by(|a, b| (&a.updated, &a.id).cmp(&(&b.updated, &b.id)));
    out
}

/// By the fingerprint of what stands now, that of the first change in whose place it stands, with its nature;
/// only of changes that were news and no amendment's, which were entries.
fn first_published<'p>(
    past: &'p [PastSentence],
    amended: &HashSet<&String>,
) -> HashMap<&'p str, (&'p str, NatureKind)> {
    let mut out = HashMap::new();
    for one in past.iter().filter(|one| !amended.contains(&one.fingerprint)) {
        for (nature, now) in
            one.news.iter().flat_map(|nature| one.replaced_by.iter().map(move |now| (*nature, now)))
        {
            out.entry(now.as_str()).or_insert((one.fingerprint.as_str(), nature));
        }
    }
    out
}

fn amendments(published: &PublishedRecord) -> impl Iterator<Item = FeedEntry> {
    published.amended.iter().map(|one| amendment(published, one))
}

fn amendment(published: &PublishedRecord, one: &AmendedSentences) -> FeedEntry {
    let record = &published.heading.record;
    let edition = one.edition.to_string();
    let named = ["amendment", &record.0, &edition].into_iter().chain(one.named.iter().map(String::as_str));
    let lines = |name: &str, list: &[(String, String)]| {
        list.iter().map(|(_, message)| format!("{name}: {message}")).collect::<Vec<_>>()
    };
    let text = [lines("no longer said", &one.before), lines("said now", &one.after)].concat().join("\n");
    let said = one.before.first().or(one.after.first());
    let amended = match &one.editions[..] {
        [oldest, .., newest] => format!("{} editions amended, {oldest} to {newest}", one.editions.len()),
        _ => format!("edition of {edition} amended"),
    };
    FeedEntry {
        id: paths::urn(&named.collect::<Vec<_>>()),
        title: format!("{}: {amended}", published.heading.heading),
        updated: midnight(&one.commit.on),
        link: match said {
            Some((print, _)) => link(record, print),
            None => format!("{}/index.html", paths::record(record)),
        },
        text: match text.is_empty() {
            true => "No sentence reads otherwise than before.".to_owned(),
            false => text,
        },
        nature: "correction".to_owned(),
        is_correction: true,
    }
}

/// The end of a record, in the words of the day on which it ended: a return is an entry of its own.
fn end(record: &RecordId, ended: &EndedRecord) -> FeedEntry {
    let said = EndedRecord { back: None, ..ended.clone() }.in_words();
    about_record(record, ("end", ended), &ended.on, said)
}

/// The return of a record that had been removed.
fn return_of(record: &RecordId, removal: &EndedRecord) -> Option<FeedEntry> {
    let back = removal.back.as_ref()?;
    Some(about_record(record, ("return", removal), back, removal.in_words()))
}

/// An entry on a record as a whole, named by what it is about, the edition that was removed and the day: one
/// edition can be removed more than once, but not twice on a day.
fn about_record(
    record: &RecordId,
    (what, ended): (&str, &EndedRecord),
    on: &PartialDate,
    text: String,
) -> FeedEntry {
    FeedEntry {
        id: paths::urn(&[what, &record.0, &ended.last_updated.to_string(), &on.to_string()]),
        title: format!("{}: {text}", ended.heading),
        updated: midnight(on),
        link: format!("{}/index.html", paths::record(record)),
        text,
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

/// A feed of the whole site, as its page lists it.
#[derive(Debug, Serialize)]
pub struct NamedFeed {
    /// Its file's name, without the ending.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What its entries are about.
    pub about: &'static str,
}

impl NamedFeed {
    /// All news, all corrections, or what is of one nature.
    pub fn of(name: &str) -> NamedFeed {
        let (title, about) = match name {
            "all" => ("What is new", "all that is news; no corrections"),
            CORRECTIONS => ("Corrections", "what was recorded wrongly, and editions that were amended"),
            "development" => ("Developments", "what happened after the edition before"),
            "late-report" => ("Late reports", "what had happened before, recorded for the first time"),
            "added" => ("Added", "what the edition before did not have"),
            "changed" => ("Changed", "values and standing facts that are others now"),
            "removed" => ("Removed", "what the edition before had"),
            "began" => ("Standing facts that began", "what holds now and did not as of the edition before"),
            "ended" => ("Ends", "standing facts that hold no more, and records that ended"),
            "returned" => ("Returns", "who took part again, or did as before an absence"),
            "first" => ("First times", "who took part for the first time"),
            "absent" => ("Absences", "who stayed away, for the first time or for longer"),
            "turned" => ("Turns", "who did otherwise than before"),
            other => (other, ""),
        };
        NamedFeed { name: paths::segment(name), title: title.to_owned(), about }
    }
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
