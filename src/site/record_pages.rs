//! The pages of one record, its editions and the pairs of them, and what pages about many records need of it.

use super::feeds::{self, FeedEntry};
use super::sentences::{self, EditionLink, Proven, SentenceRow, StepSentence};
use super::templates::value;
use super::writer::PageWriter;
use super::{firsts, pairs, paths, proofs, record_markup};
use crate::model::published::{PublishedEdition, PublishedRecord};
use crate::model::{Failure, PartialDate, RecordId};
use indexmap::IndexMap;
use minijinja::{Value, context};
use serde::Serialize;
use std::collections::HashSet;

/// The most standing facts that a list shows of a record.
const SHOWN: usize = 4;

/// What pages about many records need of one.
pub struct Digest {
    pub heading: String,
    pub url: String,
    pub date: PartialDate,
    pub groups: IndexMap<String, String>,
    pub standing: Vec<String>,
    /// What stands as of the newest edition, with the rule that says so.
    pub stands: Vec<(String, RuleStanding)>,
    pub rows: Vec<SentenceRow>,
    pub entries: Vec<FeedEntry>,
    /// By strip and short name of an occasion, what the record shows for it.
    pub marks: Vec<(usize, String, String)>,
    pub editions: usize,
    pub sentences: usize,
    pub index: Vec<(String, String)>,
    /// The fingerprints of the sentences that are said now.
    pub prints: HashSet<String>,
    pub record: RecordId,
}

/// A standing fact of a record on the page of its rule.
#[derive(Clone, Serialize)]
pub struct RuleStanding {
    pub heading: String,
    pub url: String,
    pub message: String,
    pub detail: String,
    pub link: String,
}

impl PageWriter<'_> {
    /// The pages of one record.
    pub fn record(&self, published: &PublishedRecord) -> Result<Digest, Failure> {
        let said = sentences::said(published);
        let folder = paths::record(&published.heading.record);
        let links: Vec<EditionLink> = published
            .editions
            .iter()
            .map(|one| EditionLink {
                date: one.edition.last_updated.clone(),
                page: paths::edition(&one.edition.last_updated),
            })
            .collect();
        self.editions(published, &folder, &links)?;
        self.pairs(published, (&folder, &links), &said)?;
        self.front_page(published, (&folder, &links), &said)?;
        let proven = sentences::proven(published);
        self.proofs(published, (&folder, &links), &proven)?;
        let heading = published.heading.heading.clone();
        self.put_json(&format!("{folder}/data.json"), published)?;
        self.put_json(&format!("{folder}/cite.json"), &serde_json::json!({"cite": published.cite}))?;
        let entries = feeds::entries(published, &said);
        let names = (format!("{folder}/feed"), format!("{folder}/index.html"));
        self.put_feed((&names.0, &names.1, &heading), &entries)?;
        Ok(digest(published, (&folder, &said, &proven), entries))
    }

    /// The page of a record's sentences with their proof.
    fn proofs(
        &self,
        published: &PublishedRecord,
        (folder, links): (&str, &[EditionLink]),
        proven: &[Proven<'_>],
    ) -> Result<(), Failure> {
        let path = format!("{folder}/sentences.html");
        let frame = context! {
            heading => published.heading.heading.clone(),
            cite => value(&published.cite),
            sentences => proofs::said(proven, links, &paths::root_of(&path)),
            past => proofs::past(&published.past, proven),
        };
        self.put(&path, "sentences", frame)
    }

    /// The page of a record as it stands.
    fn front_page(
        &self,
        published: &PublishedRecord,
        (folder, links): (&str, &[EditionLink]),
        said: &[sentences::StepSentence],
    ) -> Result<(), Failure> {
        let last = published.editions.last().expect("because a published record has an edition");
        let groups: Vec<Value> = published
            .groups
            .iter()
            .map(|(group, name)| context! { name => name, url => paths::group(group, name) })
            .collect();
        let own = sentences::own_rows(said.iter().rev());
        let since = firsts::since(&published.editions, links);
        let frame = context! {
            heading => published.heading.heading.clone(),
            assessed_through => value(&published.heading.assessed_through),
            removals => value(&published.removals),
            ended => value(&published.ended),
            cite => value(&published.cite),
            last => value(&last.edition),
            standing => record_markup::standing(&last.profile.standing),
            profile => record_markup::profile(&last.profile, &since),
            sources => record_markup::sources(&last.profile.sources),
            strips => value(&last.strips),
            editions => record_markup::editions(links, &last.edition.last_updated),
            is_compared => links.len() > 1,
            changes => record_markup::said(&own, ""),
            change_count => own.len(),
            groups => groups,
        };
        self.put(&format!("{folder}/index.html"), "record", frame)
    }

    /// The page of each edition of a record.
    fn editions(
        &self,
        published: &PublishedRecord,
        folder: &str,
        links: &[EditionLink],
    ) -> Result<(), Failure> {
        let newest = &links[links.len() - 1].date;
        for (at, one) in published.editions.iter().enumerate() {
            let said = sentences::said_of(published, at);
            let is_newest = at + 1 == links.len();
            let frame = context! {
                heading => published.heading.heading.clone(),
                one => value(&context_of(one)),
                standing => record_markup::standing(&one.profile.standing),
                profile => record_markup::profile(&one.profile, &[]),
                sources => record_markup::sources(&one.profile.sources),
                changes => record_markup::step(&said),
                editions => record_markup::editions(links, &links[at].date),
                pair => (!is_newest).then(|| pairs::anchor(&links[at].date, newest)),
                before => at.checked_sub(1).map(|before| value(&links[before].date)),
                previous => at.checked_sub(1).map(|before| links[before].page.clone()),
                next => links.get(at + 1).map(|link| link.page.clone()),
            };
            self.put(&format!("{folder}/{}", links[at].page), "edition", frame)?;
        }
        Ok(())
    }

    /// The page that compares any two editions of a record, where it has more than one.
    fn pairs(
        &self,
        published: &PublishedRecord,
        (folder, links): (&str, &[EditionLink]),
        said: &[sentences::StepSentence],
    ) -> Result<(), Failure> {
        if links.len() < 2 {
            return Ok(());
        }
        let steps = pairs::steps(links, said);
        let frame = context! {
            heading => published.heading.heading.clone(),
            editions => value(&links),
            rows => pairs::table(&steps),
            steps => pairs::sections(&steps),
        };
        self.put(&format!("{folder}/compare.html"), "compare", frame)
    }
}

/// What pages about many records need of a record, given its folder, what was said of it and the proofs.
fn digest(
    published: &PublishedRecord,
    (folder, said, proven): (&str, &[StepSentence], &[Proven<'_>]),
    entries: Vec<FeedEntry>,
) -> Digest {
    let last = published.editions.last().expect("because a published record has an edition");
    let heading = published.heading.heading.clone();
    let standing = last.profile.standing.iter().take(SHOWN).map(|one| one.message.clone());
    let stands = last.profile.standing.iter().filter(|_| published.ended.is_none()).map(|one| {
        let row = RuleStanding {
            heading: heading.clone(),
            url: format!("{folder}/index.html"),
            message: one.message.clone(),
            detail: one.detail.clone(),
            link: sentences::link(&published.heading.record, &one.fingerprint),
        };
        (one.rule.clone(), row)
    });
    let marks = last.strips.iter().flat_map(|(position, strip)| {
        strip.cells.iter().map(|cell| (*position, cell.short.clone(), cell.meaning.clone()))
    });
    let index = said.iter().filter(|one| one.is_news).map(|one| {
        let text = format!("{}, {}: {}", heading, one.edition, one.message);
        (text, sentences::link(&published.heading.record, &one.fingerprint))
    });
    Digest {
        url: format!("{folder}/index.html"),
        date: last.edition.last_updated.clone(),
        groups: published.groups.clone(),
        standing: standing.collect(),
        stands: stands.collect(),
        rows: sentences::shared_rows(published, said),
        marks: marks.collect(),
        editions: published.editions.len(),
        sentences: proven.len() + published.past.len(),
        prints: proven.iter().map(|one| one.fingerprint.to_owned()).collect(),
        record: published.heading.record.clone(),
        index: index.collect(),
        entries,
        heading,
    }
}

/// An edition for its page: what the page does not show is left out.
fn context_of(one: &PublishedEdition) -> impl Serialize {
    serde_json::json!({
        "last_updated": one.edition.last_updated,
        "dated_by_commit": one.edition.dated_by_commit,
        "commit": one.edition.commit,
        "subject": one.subject,
        "amendments": one.amendments,
    })
}
