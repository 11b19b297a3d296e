//! Feeds: what they are called, and what they say where published editions are amended: one change made to
//! several editions is one correction.

use crate::support;

use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use support::Repo;
use support::notes::{self, note};

const DATES: [&str; 5] = ["2015-05-01", "2016-05-01", "2017-05-01", "2018-05-01", "2019-05-01"];

/// A name of an entry with the feeds of the whole site that have it, over all builds.
type Entries = BTreeMap<String, BTreeSet<String>>;

/// Notes with a log of corrections.
fn logged_notes() -> Repo {
    let mut repo = Repo::empty();
    notes::policy(&repo);
    let kept = "formerly: formerly";
    repo.write(
        "sincewhen.yaml",
        notes::MANIFEST.replace(kept, "formerly: formerly, corrections: corrections"),
    );
    repo.commit("policy");
    repo
}

/// What an edition says: its mark `v`, further marks, and lines below.
fn text(date: &str, mark: &str, rest: &str) -> String {
    let at = DATES.iter().position(|one| *one == date).expect("a date of these tests");
    let level = 1 + at as i64 / 2;
    format!("{}marks: [{mark}{{id: other, at: 1}}]\n{rest}", note("alpha", date, level))
}

const LOG: &str = "corrections: [{date: 2020-01-01, path: 'marks[v]', why: It was misread.}]\n";

fn add_entries(repo: &Repo, to: &mut Entries) {
    let out = repo.beside("site");
    repo.run(&["site", "--out", out.to_str().expect("a plain path")]).answer();
    for (path, bytes) in support::files_below(&out.join("feeds")) {
        if !path.ends_with(".json") {
            continue;
        }
        let feed: Json = serde_json::from_slice(&bytes).expect("JSON");
        for item in feed["items"].as_array().expect("entries") {
            let id = item["id"].as_str().expect("an id").to_owned();
            to.entry(id).or_default().insert(path.clone());
        }
    }
}

fn state(repo: &mut Repo, text: &str, message: &str) {
    repo.write("notes/alpha.yaml", text);
    repo.commit(message);
}

/// Publishes a history of five editions with a mark, then again after each of some commits; returns the
/// entries that are new since.
fn new_after(mark: &str, commits: &[String]) -> Vec<BTreeSet<String>> {
    let mut repo = logged_notes();
    for date in DATES {
        state(&mut repo, &text(date, mark, ""), &format!("edition of {date}"));
    }
    let (mut before, mut after) = (Entries::new(), Entries::new());
    add_entries(&repo, &mut before);
    for (at, text) in commits.iter().enumerate() {
        state(&mut repo, text, &format!("amendment {at}"));
        add_entries(&repo, &mut after);
    }
    after.into_iter().filter(|(id, _)| !before.contains_key(id)).map(|(_, feeds)| feeds).collect()
}

/// The same change made to editions in some order, with the newest stated last.
fn amended(order: &[usize], mark: &str, logged: &[usize]) -> Vec<String> {
    let newest = DATES.len() - 1;
    let again = order.last().filter(|last| **last != newest).map(|_| newest);
    let one = |at: &usize| text(DATES[*at], mark, if logged.contains(at) { LOG } else { "" });
    order.iter().chain(&again).map(one).collect()
}

const WRONG: &str = "{id: v, at: 1}, ";
const RIGHT: &str = "{id: v, at: 2}, ";

const ORDERS: [(&str, &[usize]); 4] = [
    ("from the oldest on", &[1, 2, 3, 4]),
    ("from the newest back", &[4, 3, 2, 1]),
    ("in no order", &[3, 1, 4, 2]),
    ("from the first edition on", &[0, 1, 2, 3, 4]),
];

/// Whatever is published between the commits, subscribers hear of one correction, once.
#[test]
fn one_change_to_several_editions_is_one_entry_among_the_corrections() {
    for (name, order) in ORDERS {
        for (log, logged) in
            [("no log", &[][..]), ("all log it", &[0, 1, 2, 3, 4]), ("the newest logs it", &[4])]
        {
            let new = new_after(WRONG, &amended(order, RIGHT, logged));
            let only = BTreeSet::from(["corrections.json".to_owned()]);
            assert_eq!(new, [only], "{name}, {log}");
        }
    }
}

/// What was missing in several editions is one entry, too. Of what the first edition has, nothing is said.
#[test]
fn one_addition_to_several_editions_is_one_entry() {
    for (name, order) in ORDERS.into_iter().filter(|(_, order)| !order.contains(&0)) {
        let new = new_after("", &amended(order, RIGHT, &[]));
        let [_] = &new[..] else { panic!("{name}: one entry, not {new:#?}") };
    }
}

/// An edition that is only added to while it is the newest brings news.
#[test]
fn what_is_added_to_the_newest_edition_is_news() {
    let new = new_after("", &amended(&[4], RIGHT, &[]));
    let [feeds] = &new[..] else { panic!("one entry, not {new:#?}") };
    assert!(feeds.contains("all.json") && !feeds.contains("corrections.json"), "{feeds:?}");
}

/// Another value, the same edition again, another field: each is a correction of its own.
#[test]
fn other_changes_are_other_corrections() {
    let other = "{id: v, at: 3}, ";
    let twice = [amended(&[3], RIGHT, &[]), amended(&[3], other, &[])].concat();
    assert_eq!(new_after(WRONG, &twice).len(), 2, "two values");
    let back =
        [amended(&[3], RIGHT, &[]), vec![text(DATES[3], WRONG, "word: b\n"), text(DATES[4], WRONG, "")]]
            .concat();
    assert_eq!(new_after(WRONG, &back).len(), 2, "there and back");
    let two = "{id: v, at: 2}, {id: w, at: 5}, ";
    let (wrong, half) = ("{id: v, at: 1}, {id: w, at: 4}, ", "{id: v, at: 2}, {id: w, at: 4}, ");
    let fields = [text(DATES[3], half, ""), text(DATES[4], half, ""), text(DATES[4], two, "")];
    assert_eq!(new_after(wrong, &fields).len(), 2, "two fields");
}

/// A branch that amends every edition and is merged is the same correction.
#[test]
fn amendments_on_a_branch_are_one_entry() {
    let mut repo = logged_notes();
    for date in DATES {
        state(&mut repo, &text(date, WRONG, ""), &format!("edition of {date}"));
    }
    let (mut before, mut after) = (Entries::new(), Entries::new());
    add_entries(&repo, &mut before);
    repo.git(["checkout", "-q", "-b", "correction"]);
    for at in [4, 3, 2, 1, 4] {
        state(&mut repo, &text(DATES[at], RIGHT, ""), &format!("edition of {}: amended", DATES[at]));
    }
    repo.git(["checkout", "-q", "main"]);
    repo.git(["merge", "-q", "--no-ff", "-m", "a correction", "correction"]);
    add_entries(&repo, &mut after);
    let new: Vec<_> = after.iter().filter(|(id, _)| !before.contains_key(*id)).collect();
    let [(_, feeds)] = &new[..] else { panic!("one entry, not {new:#?}") };
    assert_eq!(feeds.iter().collect::<Vec<_>>(), ["corrections.json"]);
}

/// Who subscribes to several sites sees of which one a feed is, and of what.
#[test]
fn feeds_are_named_in_words() {
    let repo = notes::three_editions();
    let out = repo.beside("site");
    repo.run(&["site", "--out", out.to_str().expect("a plain path")]).answer();
    let page = std::fs::read_to_string(out.join("feeds.html")).expect("a page");
    for (path, bytes) in support::files_below(&out.join("feeds")) {
        let Some(name) = path.strip_suffix(".json") else { continue };
        let feed: Json = serde_json::from_slice(&bytes).expect("JSON");
        let title = feed["title"].as_str().expect("a title");
        let of = title.strip_prefix("Notes: ").unwrap_or_else(|| panic!("{path}: {title}"));
        assert_ne!(of, name, "{path}");
        assert!(page.contains(&format!("<li>{of} (")), "{of}: {page}");
    }
}

/// The entries of the feed of everything: name and title.
fn titles(repo: &Repo) -> Vec<(String, String)> {
    add_entries(repo, &mut Entries::new());
    let feed = std::fs::read(repo.beside("site/feeds/all.json")).expect("a feed");
    let feed: Json = serde_json::from_slice(&feed).expect("JSON");
    let text = |item: &Json, field: &str| item[field].as_str().expect("a text").to_owned();
    let items = feed["items"].as_array().expect("entries").iter();
    items.map(|item| (text(item, "id"), text(item, "title"))).collect()
}

/// The end of a record that came back later stays an entry as it was, and the return is another.
#[test]
fn a_record_that_comes_back_has_entries_for_its_end_and_its_return() {
    let mut repo = logged_notes();
    state(&mut repo, &text(DATES[0], RIGHT, ""), "edition of the first date");
    let first = std::fs::read(repo.path().join("notes/alpha.yaml")).expect("the record");
    std::fs::remove_file(repo.path().join("notes/alpha.yaml")).expect("the record is there");
    repo.commit("alpha ends");
    let removed = |entry: &(String, String)| entry.1.contains("record removed on");
    let gone: Vec<_> = titles(&repo).into_iter().filter(removed).collect();
    repo.write("notes/alpha.yaml", &first);
    repo.commit("alpha is back");
    state(&mut repo, &text(DATES[1], RIGHT, ""), "edition of the second date");
    let back: Vec<_> = titles(&repo).into_iter().filter(removed).collect();
    let [end] = &gone[..] else { panic!("one end: {gone:?}") };
    assert!(!end.1.contains("put back"), "{end:?}");
    let returns: Vec<_> = back.iter().filter(|entry| *entry != end).collect();
    let [(_, title)] = returns[..] else { panic!("one return: {back:?}") };
    assert!(back.contains(end) && title.contains("and put back on"), "{back:?}");
    let out = repo.beside("site");
    let pages = support::files_below(&out.join("records"));
    let page =
        pages.iter().find(|(path, _)| path == "alpha/index.html" || path.ends_with("/alpha/index.html"));
    let (_, page) =
        page.unwrap_or_else(|| panic!("{:?}", pages.iter().map(|(path, _)| path).collect::<Vec<_>>()));
    let page = String::from_utf8_lossy(page);
    assert!(page.contains("The record was removed on") && page.contains("and put back on"), "{page}");
}

/// One edition that is removed twice has an entry for each end and each return.
#[test]
fn an_edition_that_is_removed_twice_has_entries_of_different_names() {
    let mut repo = logged_notes();
    state(&mut repo, &text(DATES[0], RIGHT, ""), "edition of the first date");
    let first = std::fs::read(repo.path().join("notes/alpha.yaml")).expect("the record");
    for _ in 0..2 {
        std::fs::remove_file(repo.path().join("notes/alpha.yaml")).expect("the record is there");
        repo.commit("alpha ends");
        repo.write("notes/alpha.yaml", &first);
        repo.commit("alpha is back");
    }
    state(&mut repo, &text(DATES[1], RIGHT, ""), "edition of the second date");
    let about = titles(&repo).into_iter().filter(|(_, title)| title.contains("record removed on"));
    let (ids, titles): (BTreeSet<String>, Vec<String>) = about.unzip();
    let returns = titles.iter().filter(|title| title.contains("and put back on")).count();
    assert_eq!((ids.len(), titles.len(), returns), (4, 4, 2), "{titles:#?}");
}
