//! The site: addresses that stay, feeds whose entries never come again, pages that hold up without script,
//! server or network.

use crate::support;

use quick_xml::events::Event;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use support::notes::{self, note};
use support::{Repo, files_below, fixture, guard};

/// Builds the site beside the repository.
fn build(repo: &Repo, folder: &str, options: &[&str]) -> PathBuf {
    let out = repo.beside(folder);
    let mut args = vec!["site", "--out", out.to_str().expect("a plain path")];
    args.extend(options);
    repo.run(&args).answer();
    out
}

fn pages(folder: &Path) -> BTreeMap<String, String> {
    let text = |(path, bytes): (String, Vec<u8>)| (path, String::from_utf8(bytes).expect("UTF-8"));
    files_below(folder).into_iter().map(text).collect()
}

/// The addresses of sentences: page and anchor.
fn addresses(folder: &Path) -> BTreeSet<(String, String)> {
    let mut out = BTreeSet::new();
    for (path, text) in pages(folder).into_iter().filter(|(path, _)| path.ends_with("sentences.html")) {
        for id in text.split("<li id=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(out.insert((path.clone(), id.to_owned())), "{path}: `{id}` stands there twice");
        }
    }
    out
}

/// The entries of every feed: name → the feeds that have it.
fn entries(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (path, text) in pages(folder).into_iter().filter(|(path, _)| path.ends_with(".json")) {
        let feed: Json = serde_json::from_str(&text).expect("JSON");
        for item in feed["items"].as_array().into_iter().flatten() {
            out.entry(item["id"].as_str().expect("an id").to_owned()).or_default().insert(path.clone());
        }
    }
    out
}

fn lights() -> Repo {
    let mut repo = Repo::empty();
    repo.copy(&fixture("second/policy"));
    repo.commit("manifest, schemas, rules");
    for at in ["01-first-survey", "02-holm", "03-keeper-leaves", "04-sounding", "05-second-look", "06-led"] {
        repo.copy(&fixture(&format!("second/history/{at}")));
        repo.commit(at);
    }
    repo
}

#[test]
fn two_builds_are_the_same_bytes_and_a_second_writes_nothing() {
    let repo = lights();
    let first = build(&repo, "one", &[]);
    let other = repo.beside("two");
    let mut command = support::binary(repo.path());
    command.env("RAYON_NUM_THREADS", "1").args(["site", "--today", "2031-01-01", "--out"]).arg(&other);
    assert!(command.output().expect("it runs").status.success());
    assert_eq!(files_below(&first), files_below(&other), "another folder, day and number of threads");
    let out = first.to_str().expect("a plain path");
    let again = repo.run(&["site", "--out", out, "--format", "json"]).json();
    assert_eq!((&again["written"], &again["removed"]), (&0.into(), &0.into()), "{again}");
    assert!(again["files"].as_u64().expect("a number") > 30);
}

/// Every link of every page leads to a page of the site and to an anchor in it, from its own folder.
#[test]
fn every_link_leads_somewhere() {
    let repo = lights();
    let site = pages(&build(&repo, "site", &[]));
    let mut followed = 0;
    for (path, text) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        for link in text.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let link = link.replace("&#x2f;", "/").replace("&amp;", "&");
            if link.starts_with("https://") || link.starts_with("http://") {
                continue;
            }
            let (page, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let mut parts: Vec<&str> = path.split('/').collect();
            parts.pop();
            for part in page.split('/').filter(|part| !part.is_empty()) {
                if part == ".." {
                    parts.pop().map(|_| ()).expect("inside the site")
                } else {
                    parts.push(part)
                }
            }
            let target = if page.is_empty() { path.clone() } else { parts.join("/") };
            let found = site.get(&target).unwrap_or_else(|| panic!("{path}: `{link}` leads to no file"));
            let has = anchor.is_empty() || found.contains(&format!(" id=\"{anchor}\""));
            assert!(has, "{path}: `{link}`: no such anchor");
            followed += 1;
        }
    }
    assert!(followed > 300, "{followed}");
}

/// Each pair of editions is the anchor of a link, and the style sheet that shows what lies between knows as
/// many editions as there are.
#[test]
fn any_two_editions_can_be_compared_by_links() {
    let repo = notes::three_editions();
    let site = pages(&build(&repo, "site", &[]));
    let compare = &site["records/a/compare.html"];
    let dates: Vec<&str> =
        compare.split("<th scope=\"row\">").skip(1).filter_map(|rest| rest.get(..10)).collect();
    assert_eq!(dates.len(), 2, "an edition that has a later one: {compare}");
    assert_eq!(compare.matches("href=\"#").count() - 2, 3, "three pairs, the skip link and all steps");
    assert_eq!(compare.matches("<section>\n<h2><a href=\"as-of-").count(), 2, "two steps");
    let style = &site["compare.css"];
    assert_eq!(style.matches("tbody tr:nth-child(").count(), 2, "{style}");
    let record = &site["records/a/index.html"];
    assert!(
        record.contains("class=\"since\"") && record.contains("first recorded so in the edition of"),
        "{record}"
    );
}

/// The page of a year is its report.
#[test]
fn the_page_of_a_year_is_the_report() {
    let repo = lights();
    let site = pages(&build(&repo, "site", &[]));
    let years: Vec<&str> =
        site.keys().filter_map(|path| path.strip_prefix("years/")?.strip_suffix(".json")).collect();
    assert!(years.len() > 1, "{years:?}");
    for year in years {
        let report = repo.run(&["report", year, "--format", "json"]).json();
        let page: Json = serde_json::from_str(&site[&format!("years/{year}.json")]).expect("JSON");
        assert_eq!(page, report, "{year}");
        let rows = repo.run(&["report", year, "--format", "csv"]).answer();
        assert_eq!(site[&format!("years/{year}.csv")], rows, "{year}");
    }
}

/// Numbers that look like chance and come again with their seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn of<'o, T>(&mut self, list: &'o [T]) -> &'o T {
        &list[self.below(list.len())]
    }
}

/// Whatever is amended, inserted, stated again or taken back, an address that was published at any commit
/// answers. `SEED` in the environment walks another way.
#[test]
fn old_addresses_answer_after_ten_random_amendments() {
    let seeds = match std::env::var("SEED") {
        Ok(seed) => vec![seed.parse().expect("SEED: a number")],
        // In these, an empty list is stated anew after it had items.
        Err(_) => vec![18, 25, 35],
    };
    seeds.into_iter().for_each(amend_at_random);
}

/// The levels and marks are few, so that contents come again.
fn amend_at_random(seed: u64) {
    let mut chance = Chance(seed);
    let mut repo = notes::repo();
    let text = |chance: &mut Chance, date: &str| {
        let marks = *chance.of(&["{id: a}", "{id: b, at: 1}", "{id: a}, {id: b, at: 2}", "{id: c}", ""]);
        let extra = *chance.of(&["", "word: one\n", "word: two\nplace: {x: 1}\n"]);
        format!("{}marks: [{marks}]\n{extra}", note("alpha", date, chance.below(3) as i64))
    };
    let mut dates: Vec<String> = (2010..2016).map(|year| format!("{year}-05-01")).collect();
    let mut texts = Vec::new();
    let mut published = BTreeSet::new();
    let mut step = |repo: &mut Repo, text: String, what: &str| {
        repo.write("notes/alpha.yaml", text);
        repo.commit(what);
        let now = addresses(&build(repo, "site", &[]));
        let lost: Vec<_> = published.difference(&now).collect();
        assert!(lost.is_empty(), "SEED={seed}: after \"{what}\": {lost:#?}");
        published.extend(now);
    };
    for date in dates.clone() {
        texts.push(text(&mut chance, &date));
        step(&mut repo, texts[texts.len() - 1].clone(), &format!("edition of {date}"));
    }
    for round in 0..10 {
        let date = match chance.below(3) {
            0 => format!("{}-{:02}-15", 2009 + chance.below(8), 1 + chance.below(12)),
            _ => chance.of(&dates).clone(),
        };
        let (what, text) = match chance.below(4) {
            0 => ("stated as before", chance.of(&texts).clone()),
            _ => {
                dates.push(date.clone());
                let text = text(&mut chance, &date);
                texts.push(text.clone());
                ("amended", text)
            }
        };
        step(&mut repo, text, &format!("{round}: {what}: {date}"));
        if chance.below(3) > 0 {
            // The newest edition is stated again, so that the record does not stay where it went back to.
            let newest = dates.iter().max().expect("there are editions").clone();
            let marks = *chance.of(&["marks: []", "marks: [{id: a}]"]);
            let text = format!("{}{marks}\n", note("alpha", &newest, chance.below(3) as i64));
            texts.push(text.clone());
            step(&mut repo, text, &format!("{round}: stated again: {newest}"));
        }
    }
}

/// Addresses that a replay could miss: what a later edition says of something rests on much older ones; a
/// content comes back between two amendments of its neighbour; an edition is taken back, and what follows it
/// is amended.
#[test]
fn an_address_answers_whatever_its_sentence_rested_on() {
    let level = |date: &str, level: i64, rest: &str| format!("{}{rest}", note("alpha", date, level));
    let older = [
        level("2010-05-01", 1, "word: one\n"),
        level("2011-05-01", 1, ""),
        level("2012-05-01", 1, ""),
        level("2013-05-01", 1, ""),
        level("2014-05-01", 1, "word: one\n"),
        // What the edition of 2014 brings was on record since 2010, and is not any more.
        level("2010-05-01", 1, ""),
        level("2014-05-01", 1, "word: one\nmarks: []\n"),
        level("2010-05-01", 1, "word: two\n"),
        level("2014-05-01", 1, "word: one\nmarks: [{id: a}]\n"),
    ];
    let again = [
        level("2010-05-01", 1, ""),
        level("2011-05-01", 2, ""),
        level("2011-05-01", 3, ""),
        level("2010-05-01", 5, ""),
        level("2011-05-01", 2, ""),
        level("2011-05-01", 4, ""),
    ];
    let back = [
        level("2010-05-01", 1, ""),
        level("2011-05-01", 2, ""),
        level("2010-05-01", 1, ""),
        level("2012-05-01", 3, ""),
        level("2012-05-01", 4, ""),
        level("2011-05-01", 7, ""),
        level("2012-05-01", 6, ""),
    ];
    for (name, texts) in [("older", &older[..]), ("again", &again[..]), ("back", &back[..])] {
        let mut repo = notes::repo();
        let mut published = BTreeSet::new();
        for (at, text) in texts.iter().enumerate() {
            repo.write("notes/alpha.yaml", text.clone());
            repo.commit(&format!("commit {at}"));
            let now = addresses(&build(&repo, "site", &[]));
            let lost: Vec<_> = published.difference(&now).collect();
            assert!(lost.is_empty(), "{name}: after commit {at}: {lost:#?}");
            published.extend(now);
        }
    }
}

/// What is no longer said stands with the commit, how it came about, and what is said in its place.
#[test]
fn a_replaced_sentence_says_what_stands_in_its_place() {
    let mut repo = notes::three_editions();
    let newest = |level| format!("{}marks: []\n", note("a", "2020-05-01", level));
    repo.write("notes/a.yaml", note("a", "2019-05-01", 7));
    repo.commit("amended: the level of 2019");
    repo.write("notes/a.yaml", newest(3));
    repo.commit("stated again");
    let site = build(&repo, "site", &[]);
    let page = std::fs::read_to_string(site.join("records/a/sentences.html")).expect("a page");
    let past = page.split("id=\"past\"").nth(1).expect("something is no longer said");
    assert!(past.contains("amended under its own date") && past.contains("(amended: "), "{past}");
    assert!(past.contains("<dt>Now</dt><dd><ul><li><a href=\"#"), "what stands in its place: {past}");
}

#[test]
fn a_corrected_edition_is_one_entry_among_the_corrections() {
    let mut repo = notes::repo();
    for (date, level) in [("2018-05-01", 1), ("2019-05-01", 2), ("2020-05-01", 2)] {
        repo.write("notes/alpha.yaml", note("alpha", date, level));
        repo.commit(&format!("edition of {date}"));
    }
    let before = entries(&build(&repo, "site", &[]));
    assert!(!before.is_empty());
    // The edition of 2019 is amended, and the newest stated again.
    repo.write("notes/alpha.yaml", note("alpha", "2019-05-01", 3));
    repo.commit("alpha: the level of 2019 was misread");
    let amended = entries(&build(&repo, "site", &[]));
    let new: Vec<_> = amended.iter().filter(|(id, _)| !before.contains_key(*id)).collect();
    let [(_, feeds)] = new.as_slice() else { panic!("one entry, not {new:#?}") };
    assert!(feeds.contains("feeds/corrections.json"), "{feeds:?}");
    let others = ["feeds/all.json", "feeds/development.json"];
    assert!(others.iter().all(|feed| !feeds.contains(*feed)), "{feeds:?}");

    // Words, day and host name no entry.
    let rule = std::fs::read_to_string(repo.path().join("rules/acts/level-changed.yaml")).expect("a rule");
    repo.write("rules/acts/level-changed.yaml", rule.replace("level now", "the level is"));
    repo.commit("other words");
    let worded = entries(&build(
        &repo,
        "elsewhere",
        &["--base-url", "https://example.org/a", "--today", "2040-01-01"],
    ));
    assert_eq!(worded.keys().collect::<Vec<_>>(), amended.keys().collect::<Vec<_>>());
    let feed = std::fs::read_to_string(repo.beside("elsewhere/feeds/all.xml")).expect("a feed");
    assert!(
        feed.contains("https:&#x2f;&#x2f;example.org&#x2f;a&#x2f;records")
            || feed.contains("https://example.org/a/records"),
        "{feed}"
    );
}

/// A feed as a reader takes it: tags in pairs, attributes once and quoted, no reference to an entity that XML
/// does not have.
#[track_caller]
fn assert_well_formed(path: &str, text: &str) {
    let mut reader = quick_xml::Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut depth = 0;
    loop {
        match reader.read_event().unwrap_or_else(|error| panic!("{path}: {error}")) {
            Event::Start(tag) => {
                depth += 1;
                tag.attributes().for_each(|one| drop(one.unwrap_or_else(|error| panic!("{path}: {error}"))));
            }
            Event::End(_) => depth -= 1,
            Event::GeneralRef(name) => {
                let is_known = ["amp", "lt", "gt", "quot", "apos"].contains(&&name[..]);
                assert!(is_known || name.starts_with('#'), "{path}: {name:?}");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{path}: a tag is not closed");
    let allowed = |c: char| c >= ' ' || matches!(c, '\n' | '\t' | '\r');
    assert!(text.chars().all(allowed), "{path}: a character that XML does not have");
}

#[test]
fn feeds_are_well_formed() {
    let feeds = pages(&build(&lights(), "site", &[]));
    let feeds: Vec<_> = feeds.iter().filter(|(path, _)| path.ends_with(".xml")).collect();
    assert!(feeds.len() > 3, "{}", feeds.len());
    feeds.iter().for_each(|(path, text)| assert_well_formed(path, text));
}

/// The vote was recorded wrongly: that is news once, though the sentences that rest on it read otherwise,
/// too.
#[test]
fn correcting_one_vote_of_2019_makes_one_entry_among_the_corrections() {
    for (how, date) in [("by a new edition", "2020-11-02"), ("under the date it had", "2020-09-04")] {
        let mut repo = guard::committed();
        let before = entries(&build(&repo, "site", &[]));
        let (old, new) = ("last_updated: 2020-09-04", format!("last_updated: {date}"));
        guard::edit(&repo, guard::KAZ, old, &new);
        guard::edit(&repo, guard::KAZ, "A/RES/74/62, vote: in-favour", "A/RES/74/62, vote: abstained");
        let log = format!(
            "corrections:\n  - date: {date}\n    path: \"votes[A/RES/74/62]\"\n    \
             what: The vote was misread.\n    why: The recorded vote has an abstention.\n    \
             sources: [un-74-62]\ncoverage:\n  profile:"
        );
        guard::edit(&repo, guard::KAZ, "coverage:\n  profile:", &log);
        repo.commit("KAZ cluster-munitions: the vote of 2019 corrected");
        let site = build(&repo, "site", &[]);
        let after = entries(&site);
        let new: Vec<_> = after.iter().filter(|(id, _)| !before.contains_key(*id)).collect();
        let [(_, feeds)] = new.as_slice() else { panic!("{how}: one entry, not {new:#?}") };
        let own = "records/KAZ/cluster-munitions/feed.json";
        assert_eq!(feeds.iter().collect::<Vec<_>>(), ["feeds/corrections.json", own], "{how}");
        if date == "2020-09-04" {
            // What an amendment replaces stands with the sentence that it replaces.
            continue;
        }
        let page = std::fs::read_to_string(site.join("index.html")).expect("a page");
        let (news, corrected) = page.split_once("What was corrected").expect("the front page has both");
        assert!(!news.contains("abstained") && corrected.contains("abstained"), "{how}");
    }
}

/// An amendment that only words, cites or orders anew is nothing that subscribers hear of.
#[test]
fn an_editorial_amendment_is_no_entry() {
    let mut repo = guard::committed();
    guard::edit(&repo, guard::KAZ, "last_updated: 2020-09-04", "last_updated: 2020-11-02");
    guard::edit(&repo, guard::KAZ, "title: \"Kazakhstan, 2016\"", "title: \"Kazakhstan in 2016\"");
    repo.commit("KAZ cluster-munitions: edition of 2020-11-02");
    let before = entries(&build(&repo, "site", &[]));
    guard::edit(&repo, guard::KAZ, "title: \"Kazakhstan in 2016\"", "title: \"Kazakhstan: 2016\"");
    guard::edit(
        &repo,
        guard::KAZ,
        "It says that it\n  supports the aims.",
        "It says that it\n  backs the aims.",
    );
    repo.commit("KAZ cluster-munitions: edition of 2020-11-02 amended");
    let after = entries(&build(&repo, "site", &[]));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
}

#[test]
fn a_records_citation_can_be_verified() {
    let repo = lights();
    let site = build(&repo, "site", &[]);
    let files = files_below(&site);
    let cites: Vec<_> = files.iter().filter(|(path, _)| path.ends_with("/cite.json")).collect();
    assert!(cites.len() > 1);
    for (path, _) in cites {
        let file = site.join(path);
        let verified = repo.run(&["verify", file.to_str().expect("a plain path")]);
        assert_eq!(verified.code, 0, "{path}: {}{}", verified.stdout, verified.stderr);
    }
}

#[test]
fn text_of_the_dataset_is_inert_everywhere() {
    let mut repo = notes::repo();
    let evil =
        "<script>alert(1)</script>\\\"' onload=x {{ 1+1 }} </li></title> \\u001b[31m \\u202e ]]> ../../up";
    repo.write("sincewhen.yaml", notes::MANIFEST.replace("title: Notes", &format!("title: \"{evil}\"")));
    for (date, level) in [("2018-05-01", 1), ("2019-05-01", 2)] {
        let text = format!(
            "name: \"{evil}\"\ndated: {date}\nlevel: {level}\nmarks: [{{id: \"{evil}\", text: \"{evil}\"}}]\n"
        );
        repo.write("notes/evil.yaml", text);
        repo.commit(&format!("<script>alert(2)</script> {date}"));
    }
    let out = build(&repo, "site", &[]);
    assert!(!repo.beside("up").exists());
    for (path, text) in pages(&out) {
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{path}");
        let is_safe_name = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~/".contains(&b));
        assert!(is_safe_name && !path.contains(".."), "{path}");
        if path.ends_with(".html") {
            assert!(text.contains("default-src 'none'"), "{path}: no policy");
            assert!(!text.contains("alert(1)</script>") && !text.contains("alert(2)</script>"), "{path}");
            assert_eq!(
                text.matches("<script").count(),
                text.matches("<script src=\"").count(),
                "{path}: inline script"
            );
            assert!(!text.contains("style=\"") && !text.contains("<style"), "{path}: inline style");
            assert!(!text.contains("\" onload") && !text.contains("' onload=x {{ 1+1 }} </li>"), "{path}");
        }
        if path.ends_with(".xml") {
            assert!(!text.contains("<script"), "{path}");
            assert_well_formed(&path, &text);
        }
    }
}

#[test]
fn other_files_are_left_alone() {
    let mut repo = notes::repo();
    repo.write("notes/alpha.yaml", note("alpha", "2018-05-01", 1));
    repo.write("notes/beta.yaml", note("beta", "2018-05-01", 1));
    repo.commit("two notes");
    let folder = repo.beside("mine");
    std::fs::create_dir_all(&folder).expect("ours");
    std::fs::write(folder.join("diary.txt"), "mine").expect("ours");
    let fault = repo.run(&["site", "--out", folder.to_str().expect("plain")]).fault();
    assert!(fault.contains("no site") && fault.contains("hint: "), "{fault}");
    assert_eq!(files_below(&folder).len(), 1);

    let site = build(&repo, "site", &[]);
    std::fs::write(site.join("diary.txt"), "mine").expect("ours");
    assert!(site.join("records/beta/index.html").exists());
    build(&repo, "site", &["alpha"]);
    assert!(!site.join("records/beta/index.html").exists(), "a page of a record that is left out");
    assert!(site.join("diary.txt").exists());
    let bad =
        repo.run(&["site", "--out", site.to_str().expect("plain"), "--base-url", "javascript:alert(1)"]);
    assert!(bad.fault().contains("not an address of the web"));
}

/// A reader looks for a name: codes order nothing that people see. What is known of some comes before what is
/// known of none, however many those are.
#[test]
fn lists_go_by_name_and_what_is_not_known_comes_last() {
    let mut repo = lights();
    for name in ["ardent", "brine"] {
        let text = format!(
            "light: {name}\nsurveyed_at: 2019-09-01T00:00:00Z\nrounds:\n  - {{round: R15, team: north, \
             result: passed}}\n"
        );
        repo.write(&format!("lights/{name}.yaml"), text);
    }
    repo.commit("two more lights");
    let site = pages(&build(&repo, "site", &[]));
    let headings = |page: &str| -> Vec<String> {
        let lines = site[page].lines().filter(|line| line.starts_with("<dt><a href="));
        let text = |line: &str| Some(line.split_once("\">")?.1.split("</a>").next()?.to_lowercase());
        lines.filter_map(text).collect()
    };
    let listed = headings("records/index.html");
    let letters = |name: &String| name.trim_start_matches('(').to_owned();
    assert!(listed.len() == 5 && listed.is_sorted_by_key(letters), "{listed:?}");
    let titles: Vec<&str> = site["occasions/rounds.html"].split("<h2>").skip(1).collect();
    let is_unknown = |title: &&&str| title.starts_with("’19 not known; ’18 not known; storm ’17 not known");
    assert!(titles.len() > 1 && titles.iter().position(|title| is_unknown(&title)) == Some(titles.len() - 1));
    assert!(titles[titles.len() - 1].contains("<span class=\"n\">2</span>"), "{titles:?}");
}

/// A list does not repeat in each row what all of its names end with. Its JSON has them whole.
#[test]
fn lists_of_an_occasion_leave_out_what_all_names_share() {
    let mut repo = lights();
    let manifest = std::fs::read_to_string(repo.path().join("sincewhen.yaml")).expect("a manifest");
    let heading = "heading: \"{{ tables.harbours[light].title }} ({{ light }})\"";
    assert!(manifest.contains(heading));
    let alike = "heading: \"{{ light }}, of the coast, lit\"";
    repo.write("sincewhen.yaml", manifest.replace(heading, alike));
    repo.commit("headings that end alike");
    let site = pages(&build(&repo, "site", &[]));
    let is_list = |path: &&String| path.starts_with("occasions/") && path.ends_with(".html");
    let lists: Vec<&String> = site.keys().filter(is_list).collect();
    let rows = lists.iter().map(|path| site[*path].matches("<li><a href=").count());
    assert!(lists.len() > 3 && rows.sum::<usize>() > 3);
    // One name alone shares nothing.
    let several = lists.iter().filter(|path| site[**path].matches("<li><a href=").count() > 1);
    let repeats = |path: &&&String| site[**path].contains(", of the coast");
    assert_eq!(several.filter(repeats).collect::<Vec<_>>(), Vec::<&&String>::new());
    assert!(site["records/index.html"].contains(", of the coast, lit</a>"));
    let is_json = |path: &String| path.starts_with("occasions/") && path.ends_with(".json");
    assert!(site.iter().any(|(path, text)| is_json(path) && text.contains(", of the coast, lit\"")));
}

/// The page of an edition names the edition that its changes are counted from once, not beside each.
#[test]
fn an_edition_names_the_one_before_once() {
    let site = pages(&build(&lights(), "site", &[]));
    let stepped: Vec<&String> =
        site.values().filter(|page| page.contains("<h2>What changed since the edition of 20")).collect();
    assert!(stepped.len() > 2);
    assert!(stepped.iter().all(|page| !page.contains("class=\"day\"") && !page.contains("data-nature")));
}

/// A branch can carry a folder that looks like an earlier build, with links in it and a list of its own.
#[test]
fn nothing_is_written_or_removed_through_a_link() {
    let repo = lights();
    let elsewhere = repo.beside("elsewhere");
    std::fs::create_dir(&elsewhere).expect("a folder");
    for name in ["index.html", "id"] {
        std::fs::write(elsewhere.join(name), "keep").expect("a file");
    }
    let before = files_below(&elsewhere);
    let out = build(&repo, "site", &[]);
    let list = std::fs::read_to_string(out.join("site.json")).expect("a list");
    let mut list: Json = serde_json::from_str(&list).expect("JSON");
    list["files"]["x/id"] = 4.into();
    list["files"]["notes.txt"] = 99.into();
    std::fs::write(out.join("site.json"), list.to_string()).expect("a file");
    std::fs::write(out.join("notes.txt"), "mine").expect("a file");
    std::os::unix::fs::symlink(&elsewhere, out.join("x")).expect("a link");
    let text = out.to_string_lossy().into_owned();
    repo.run(&["site", "--out", &text]).answer();
    assert!(out.join("notes.txt").exists(), "it is not the file that the list speaks of");
    assert_eq!(files_below(&elsewhere), before);
    // A folder of the site is a link.
    std::fs::remove_dir_all(out.join("records")).expect("a folder");
    std::os::unix::fs::symlink(&elsewhere, out.join("records")).expect("a link");
    let fault = repo.run(&["site", "--out", &text]).fault();
    assert!(fault.contains("records is a link"), "{fault}");
    // So is the site's own folder, or one above it in the checkout.
    std::os::unix::fs::symlink(&elsewhere, repo.path().join("docs")).expect("a link");
    for folder in ["docs", "docs/site"] {
        let fault = repo.run(&["site", "--out", folder]).fault();
        assert!(fault.contains("docs is a link"), "{folder}: {fault}");
    }
    assert_eq!(files_below(&elsewhere), before);
}
