//! A dataset as static pages: records, their editions, every sentence with its address, groups, years,
//! occasions, rules, feeds.
//!
//! Owns pages, addresses and feeds. Everything that is said comes from `session`; must not classify, word,
//! read git or a clock. Pages need no server and no script, ask nothing of the network (their policy forbids
//! it), and work from a folder.

mod feeds;
mod firsts;
mod output;
mod pairs;
mod paths;
mod sentences;
mod templates;

use crate::model::cite::AnswerCitation;
use crate::model::published::{PublishedCalendar, PublishedRecord};
use crate::model::report::{Pictures, ReportView};
use crate::model::view::{Profile, SiteView};
use crate::model::{Failure, PartialDate, RecordId};
use crate::render::{csv, html};
use crate::session::{Progress, Session};
use feeds::{CORRECTIONS, Feed, FeedEntry};
use indexmap::IndexMap;
use minijinja::{Environment, Value, context};
use output::SiteFolder;
use rayon::prelude::*;
use sentences::{EditionLink, SentenceRow};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use templates::{page, value};

/// How many sentences the front page lists.
const NEWS: usize = 25;

/// The most sentences that the page of a group lists.
const LISTED: usize = 200;

/// The most standing facts that a list shows of a record.
const SHOWN: usize = 4;

/// Which site to build.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SiteQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
    /// The folder: a new one, an empty one, or that of an earlier build.
    pub out: PathBuf,
    /// Where the site is published, for feeds: `https://example.org/positions/`.
    pub base_url: Option<String>,
}

/// What pages about many records need of one.
struct Digest {
    heading: String,
    url: String,
    date: PartialDate,
    groups: IndexMap<String, String>,
    standing: Vec<String>,
    /// What stands as of the newest edition, with the rule that says so.
    stands: Vec<(String, RuleStanding)>,
    rows: Vec<SentenceRow>,
    entries: Vec<FeedEntry>,
    /// By strip and short name of an occasion, what the record shows for it.
    marks: Vec<(usize, String, String)>,
    editions: usize,
    sentences: usize,
    index: Vec<(String, String)>,
}

/// A standing fact of a record on the page of its rule.
#[derive(Clone, Serialize)]
struct RuleStanding {
    heading: String,
    url: String,
    message: String,
    detail: String,
    link: String,
}

/// A group of the manifest's report, and the pages of its members by name.
type GroupPages = (String, BTreeMap<String, String>);

/// What the front page leads to.
struct FrontLists<'f> {
    groups: &'f [GroupPages],
    /// The years, newest first.
    years: &'f [String],
    /// Calendars with their occasions.
    calendars: &'f [Value],
    /// Rules that say something of a record now.
    standing: &'f [Value],
}

/// What every page is made with.
struct PageWriter<'m> {
    env: &'m Environment<'static>,
    folder: &'m SiteFolder,
    site: Value,
    base: Option<String>,
}

/// Builds a site.
///
/// # Errors
/// A record that is not known, a folder that holds other files, an address that is none, or what the system
/// refused.
pub fn build(
    session: &Session,
    question: &SiteQuestion,
    progress: &Progress<'_>,
) -> Result<SiteView, Failure> {
    let base = question.base_url.as_deref().map(base_url).transpose()?;
    if let Some(list) = session.remembered_site(question)
        && let Some((found, files)) = output::complete(&question.out)
        && found == list
    {
        return Ok(SiteView { format: "sincewhen.site/1", files, written: 0, removed: 0 });
    }
    let folder = SiteFolder::open(&question.out)?;
    let env = templates::environment();
    let cite = session.blank_citation()?;
    let maker = PageWriter { env: &env, folder: &folder, site: site_value(session.title(), &cite), base };
    let made = session.published(&question.records, &|published| maker.record(&published), progress)?;
    maker.shared(session, &made.records, &made.reports)?;
    let written = folder.finish()?;
    session.remember_site(question, &written.list);
    let output::WrittenSite { files, written, removed, .. } = written;
    Ok(SiteView { format: "sincewhen.site/1", files, written, removed })
}

fn site_value(title: &str, cite: &AnswerCitation) -> Value {
    context! {
        title => title,
        commit => cite.known_at.as_ref().map(|commit| commit.digits()),
        date => cite.known_on.as_ref().map(PartialDate::in_words),
        licence => cite.licence.clone(),
        tool => cite.tool.clone(),
    }
}

/// An address that ends with a slash.
fn base_url(text: &str) -> Result<String, Failure> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = text.chars().all(|c| c.is_ascii_graphic() && !"<>\"'`{}|\\^?#".contains(c));
    if !is_web || !is_plain {
        return Err(Failure::new(format!("--base-url {text}: not an address of the web"))
            .hint("write it as https://example.org/positions/"));
    }
    Ok(format!("{}/", text.trim_end_matches('/')))
}

impl PageWriter<'_> {
    fn put(&self, path: &str, template: &str, context: Value) -> Result<(), Failure> {
        let frame = context! { root => paths::root_of(path), site => self.site.clone(), ..context };
        self.folder.put(path, page(self.env, template, frame).as_bytes())
    }

    fn put_json(&self, path: &str, of: &impl Serialize) -> Result<(), Failure> {
        self.folder.put(path, format!("{}\n", output::json(of)).as_bytes())
    }

    fn put_feed<'e>(
        &self,
        names: (&str, &str, &str),
        entries: impl IntoIterator<Item = &'e FeedEntry>,
    ) -> Result<(), Failure> {
        let feed = Feed::new(names, self.base.as_deref(), entries);
        let atom = page(self.env, "atom", context! { feed => value(&feed), site => self.site.clone() });
        self.folder.put(&format!("{}.xml", names.0), atom.as_bytes())?;
        self.folder.put(&format!("{}.json", names.0), feed.json().as_bytes())
    }

    /// The pages of one record.
    fn record(&self, published: &PublishedRecord) -> Result<Digest, Failure> {
        let said = sentences::said(published);
        let folder = paths::record(&published.heading.record);
        let last = published.editions.last().expect("because a published record has an edition");
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
        let groups: Vec<Value> = published
            .groups
            .iter()
            .map(|(group, name)| context! { name => name, url => group_page(group, name) })
            .collect();
        let own = sentences::own_rows(said.iter().rev());
        let frame = context! {
            heading => published.heading.heading.clone(),
            assessed_through => value(&published.heading.assessed_through),
            ended => value(&published.ended),
            cite => value(&published.cite),
            last => value(&last.edition),
            profile => dated_profile(published, &links),
            strips => value(&last.strips),
            editions => value(&links),
            changes => value(&own),
            groups => groups,
        };
        self.put(&format!("{folder}/index.html"), "record", frame)?;
        let proven = sentences::proven(published);
        let now: BTreeMap<&str, &str> = proven.iter().map(sentences::Proven::named).collect();
        let past: Vec<Value> = published.past.iter().map(|one| past_value(one, &now)).collect();
        let sentences = proven.len() + past.len();
        let heading = published.heading.heading.clone();
        let frame = context! { heading => heading.clone(), sentences => value(&proven), past => past };
        self.put(&format!("{folder}/sentences.html"), "sentences", frame)?;
        self.put_json(&format!("{folder}/data.json"), published)?;
        self.put_json(&format!("{folder}/cite.json"), &serde_json::json!({"cite": published.cite}))?;
        let entries = feeds::entries(published, &said);
        let names = (format!("{folder}/feed"), format!("{folder}/index.html"));
        self.put_feed((&names.0, &names.1, &heading), &entries)?;
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
        Ok(Digest {
            url: format!("{folder}/index.html"),
            date: last.edition.last_updated.clone(),
            groups: published.groups.clone(),
            standing: standing.collect(),
            stands: stands.collect(),
            rows: sentences::shared_rows(published, &said),
            marks: marks.collect(),
            editions: links.len(),
            sentences,
            index: index.collect(),
            entries,
            heading,
        })
    }

    /// The page of each edition of a record.
    fn editions(
        &self,
        published: &PublishedRecord,
        folder: &str,
        links: &[EditionLink],
    ) -> Result<(), Failure> {
        let all = value(&links);
        let newest = &links[links.len() - 1].date;
        for (at, one) in published.editions.iter().enumerate() {
            let said = sentences::said_of(published, at);
            let is_newest = at + 1 == links.len();
            let frame = context! {
                heading => published.heading.heading.clone(),
                one => value(&context_of(one)),
                profile => profile_value(&one.profile),
                changes => value(&sentences::own_rows(&said)),
                editions => all.clone(),
                pair => (!is_newest).then(|| pairs::anchor(&links[at].date, newest)),
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
            rows => value(&pairs::rows(&steps)),
            steps => value(&steps),
        };
        self.put(&format!("{folder}/compare.html"), "compare", frame)
    }

    /// The pages about many records.
    fn shared(&self, session: &Session, digests: &[Digest], reports: &[ReportView]) -> Result<(), Failure> {
        for (path, text) in [
            ("style.css", include_str!("../render/html/style.css")),
            ("filter.js", include_str!("../render/html/filter.js")),
            ("report.css", include_str!("../render/html/report.css")),
            ("charts.js", include_str!("../render/html/charts.js")),
            ("site.css", include_str!("site.css")),
            ("search.js", include_str!("search.js")),
            ("compare.js", include_str!("compare.js")),
        ] {
            self.folder.put(path, text.as_bytes())?;
        }
        let most = digests.iter().map(|digest| digest.editions).max().unwrap_or(0);
        self.folder.put("compare.css", pairs::style(most).as_bytes())?;
        let groups = self.groups(digests)?;
        let years = self.years(reports)?;
        let calendars = self.occasions(&session.published_calendars(), digests)?;
        let standing = self.rules(session, digests)?;
        self.feeds(digests)?;
        let lists = FrontLists { groups: &groups, years: &years, calendars: &calendars, standing: &standing };
        self.index(digests, &lists, reports.last())?;
        self.records(session.title(), digests, &groups)
    }

    /// A page and feeds for each member of each group. Returns the groups with their members' pages.
    fn groups(&self, digests: &[Digest]) -> Result<Vec<GroupPages>, Failure> {
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
                let path = group_page(group, name);
                let rows = newest(members.iter().flat_map(|digest| &digest.rows), LISTED);
                let records: Vec<Value> = members.iter().map(|digest| record_value(digest)).collect();
                let frame = context! {
                    title => name,
                    records => records,
                    said => value(&rows),
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
    fn years(&self, reports: &[ReportView]) -> Result<Vec<String>, Failure> {
        let link = |record: &RecordId| Some(format!("../{}/index.html", paths::record(record)));
        let made = reports.par_iter().map(|report| {
            let year = paths::segment(&report.period.name);
            let frame = context! { year => year.as_str(), ..html::report_context(report, &link) };
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
    fn occasions(&self, calendars: &[PublishedCalendar], digests: &[Digest]) -> Result<Vec<Value>, Failure> {
        let mut out = Vec::new();
        for (position, calendar) in calendars.iter().enumerate() {
            let mut listed = Vec::new();
            for occasion in calendar.occasions.iter().rev() {
                let mut tables: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
                for digest in digests {
                    let of_it = digest
                        .marks
                        .iter()
                        .filter(|(strip, short, _)| *strip == position && *short == occasion.short);
                    for (_, _, meaning) in of_it {
                        let row = context! { name => digest.heading.clone(), url => digest.url.clone() };
                        tables.entry(meaning).or_default().push(row);
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
                    data => format!("{segment}.json"),
                };
                self.put(&path, "list", frame)?;
                listed.push(context! { short => occasion.short.clone(), year => occasion.year, url => path });
            }
            if !listed.is_empty() {
                out.push(context! { title => calendar.title.clone(), occasions => listed });
            }
        }
        Ok(out)
    }

    /// A page for each rule, with the records of which it says something now. Returns those that do, with how
    /// many sentences.
    fn rules(&self, session: &Session, digests: &[Digest]) -> Result<Vec<Value>, Failure> {
        let mut by_rule: BTreeMap<&str, Vec<&RuleStanding>> = BTreeMap::new();
        for (rule, row) in digests.iter().flat_map(|digest| &digest.stands) {
            by_rule.entry(rule).or_default().push(row);
        }
        let (mut listed, mut standing) = (Vec::new(), Vec::new());
        for rule in &session.rule_pages() {
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

    fn feeds(&self, digests: &[Digest]) -> Result<(), Failure> {
        let all = || digests.iter().flat_map(|digest| &digest.entries);
        let mut natures: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in all().filter(|entry| !entry.is_correction) {
            *natures.entry(&entry.nature).or_default() += 1;
        }
        let mut listed = vec![context! { name => "all", title => "What is new" }];
        listed.push(context! { name => CORRECTIONS, title => "Corrections" });
        let news = all().filter(|entry| !entry.is_correction);
        self.put_feed(("feeds/all", "index.html", "What is new"), news)?;
        let corrected = all().filter(|entry| entry.is_correction);
        let name = format!("feeds/{CORRECTIONS}");
        self.put_feed((&name, "index.html", "Corrections"), corrected)?;
        for nature in natures.keys() {
            let segment = paths::segment(nature);
            let entries = all().filter(|entry| !entry.is_correction && entry.nature == **nature);
            self.put_feed((&format!("feeds/{segment}"), "index.html", nature), entries)?;
            listed.push(context! { name => segment, title => *nature });
        }
        self.put("feeds.html", "feeds", context! { feeds => listed })
    }

    fn index(
        &self,
        digests: &[Digest],
        lists: &FrontLists<'_>,
        report: Option<&ReportView>,
    ) -> Result<(), Failure> {
        let FrontLists { groups, years, calendars, standing } = lists;
        let is_correction = |row: &&SentenceRow| matches!(row.nature.as_str(), "correction" | "retraction");
        let rows = || digests.iter().flat_map(|digest| &digest.rows);
        let news = newest(rows().filter(|row| !is_correction(row)), NEWS);
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
            news => value(&news),
            corrected => value(&corrected),
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
            "groups": groups, "years": years, "occasions": calendars, "new": news, "corrected": corrected,
        });
        self.put_json("index.json", &listed)
    }

    /// The list of all records, and the index that the search reads.
    fn records(&self, title: &str, digests: &[Digest], groups: &[GroupPages]) -> Result<(), Failure> {
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

fn group_page(group: &str, name: &str) -> String {
    format!("groups/{}/{}/index.html", paths::segment(group), paths::segment(name))
}

/// The maps of the front page, each place with the page of its record.
fn maps_value(pictures: &Pictures) -> Value {
    let link = |record: &RecordId| Some(format!("{}/index.html", paths::record(record)));
    html::pictures_value(&Pictures { maps: pictures.maps.clone(), ..Pictures::default() }, &link)
}

fn record_value(digest: &Digest) -> Value {
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
fn newest<'r>(rows: impl IntoIterator<Item = &'r SentenceRow>, most: usize) -> Vec<SentenceRow> {
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

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// An edition for its page: what the page does not show is left out.
fn context_of(one: &crate::model::published::PublishedEdition) -> impl Serialize {
    serde_json::json!({
        "last_updated": one.edition.last_updated,
        "dated_by_commit": one.edition.dated_by_commit,
        "commit": one.edition.commit,
        "subject": one.subject,
        "amendments": one.amendments,
    })
}

/// A profile as pages show it: of what stands the sentence and its grounds; the proof is on the page of
/// sentences.
fn profile_value(profile: &Profile) -> Value {
    let standing = profile.standing.iter().map(|one| {
        context! {
            fingerprint => one.fingerprint.as_str(),
            message => one.message.as_str(),
            detail => one.detail.as_str(),
        }
    });
    context! {
        standing => standing.collect::<Vec<_>>(),
        sections => value(&profile.sections),
        prose => value(&profile.prose),
        sources => value(&profile.sources),
    }
}

/// The newest profile of a record, with the edition since which each line stands.
fn dated_profile(published: &PublishedRecord, links: &[EditionLink]) -> Value {
    let last = &published.editions.last().expect("because a published record has an edition").profile;
    let (sections, prose) = firsts::dated(&published.editions, links);
    context! { sections => value(&sections), prose => value(&prose), ..profile_value(last) }
}

/// A sentence of the past with the sentences that stand in its place.
fn past_value(one: &crate::model::published::PastSentence, now: &BTreeMap<&str, &str>) -> Value {
    let of = |print: &String| {
        let message = now.get(print.as_str())?;
        Some(context! { fingerprint => print.as_str(), message => *message })
    };
    let now: Vec<Value> = one.replaced_by.iter().filter_map(of).collect();
    context! { now => now, ..value(one) }
}
