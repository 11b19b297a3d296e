//! Which editions stand, and which record they belong to: what was taken back, inserted, joined and split.

use crate::support;

use serde_json::{Value as Json, json};
use support::Repo;
use support::notes::{self, dates, level, note};

fn log(repo: &Repo, args: &[&str]) -> Json {
    repo.run(&[&["log", "--format", "json"], args].concat()).json()
}

/// Commits one content after another at `notes/a.yaml`: a date and a level each.
fn history(repo: &mut Repo, contents: &[(&str, i64)]) {
    for (date, at) in contents {
        repo.write("notes/a.yaml", note("a", date, *at));
        repo.commit(&format!("edition of {date} at level {at}"));
    }
}

/// The dates of the editions that stand and of those that were taken back, oldest first.
fn standing(repo: &Repo) -> (Vec<String>, Vec<String>) {
    let log = log(repo, &["a"]);
    let withdrawn = log["records"][0]["withdrawn"].as_array().cloned().unwrap_or_default();
    let of = |list: &[Json]| {
        list.iter().rev().map(|e| e["last_updated"].as_str().expect("a date").to_owned()).collect()
    };
    (of(log["records"][0]["editions"].as_array().expect("a list")), of(&withdrawn))
}

#[test]
fn an_edition_that_was_taken_back_stays_so_when_newer_ones_come() {
    let mut repo = notes::repo();
    history(&mut repo, &[("2023-01-01", 1), ("2023-06-01", 9)]);
    repo.git(["revert", "--no-edit", "HEAD"]);
    history(&mut repo, &[("2023-09-01", 2), ("2023-12-01", 3)]);
    let (stand, withdrawn) = standing(&repo);
    assert_eq!(stand, ["2023-01-01", "2023-09-01", "2023-12-01"]);
    assert_eq!(withdrawn, ["2023-06-01"]);
    assert_eq!(level(&repo, "a", "2023-07"), 1);
    let output = repo.run(&["changelog", "a"]).answer();
    assert!(output.contains("level now 2, was 1") && !output.contains("level now 9"), "{output}");
    assert!(repo.run(&["log", "a"]).answer().contains("taken back by a later commit"));
}

/// A name, contents in the order of their commits, the dates that must stand in the end, and those that were
/// taken back.
type Case = (&'static str, &'static [(&'static str, i64)], &'static [&'static str], &'static [&'static str]);

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn what_is_stated_again_stands() {
    let cases: [Case; 8] = [
        (
            "an older edition inserted later, and the later ones stated again",
            &[
                ("2010-01-01", 1),
                ("2012-01-01", 2),
                ("2014-01-01", 3),
                ("2011-01-01", 7),
                ("2012-01-01", 2),
                ("2014-01-01", 3),
            ],
            &["2010-01-01", "2011-01-01", "2012-01-01", "2014-01-01"],
            &[],
        ),
        (
            "inserted before the first",
            &[
                ("2012-01-01", 2),
                ("2014-01-01", 3),
                ("2011-01-01", 7),
                ("2012-01-01", 2),
                ("2014-01-01", 3),
                ("2016-01-01", 4),
            ],
            &["2011-01-01", "2012-01-01", "2014-01-01", "2016-01-01"],
            &[],
        ),
        (
            "inserted, and only the newest stated again",
            &[("2010-01-01", 1), ("2012-01-01", 2), ("2014-01-01", 3), ("2011-01-01", 7), ("2014-01-01", 3)],
            &["2010-01-01", "2011-01-01", "2012-01-01", "2014-01-01"],
            &[],
        ),
        (
            "inserted one after another",
            &[
                ("2014-01-01", 3),
                ("2012-01-01", 2),
                ("2014-01-01", 3),
                ("2010-01-01", 1),
                ("2012-01-01", 2),
                ("2014-01-01", 3),
            ],
            &["2010-01-01", "2012-01-01", "2014-01-01"],
            &[],
        ),
        (
            "a revert that was reverted",
            &[("2012-01-01", 2), ("2014-01-01", 3), ("2012-01-01", 2), ("2014-01-01", 3), ("2016-01-01", 4)],
            &["2012-01-01", "2014-01-01", "2016-01-01"],
            &[],
        ),
        (
            "two editions taken back at once, one of them stated again",
            &[
                ("2010-01-01", 1),
                ("2012-01-01", 2),
                ("2014-01-01", 3),
                ("2010-01-01", 1),
                ("2012-01-01", 5),
                ("2016-01-01", 4),
            ],
            &["2010-01-01", "2012-01-01", "2016-01-01"],
            &["2014-01-01"],
        ),
        (
            "the older edition amended, not gone back to",
            &[("2012-01-01", 2), ("2014-01-01", 3), ("2012-01-01", 6), ("2014-01-01", 3), ("2016-01-01", 4)],
            &["2012-01-01", "2014-01-01", "2016-01-01"],
            &[],
        ),
        (
            "an amendment taken back",
            &[("2012-01-01", 2), ("2012-01-01", 6), ("2012-01-01", 2), ("2016-01-01", 4)],
            &["2012-01-01", "2016-01-01"],
            &[],
        ),
    ];
    for (name, contents, stand, withdrawn) in cases {
        let mut repo = notes::repo();
        history(&mut repo, contents);
        let found = standing(&repo);
        assert_eq!(
            found,
            (
                stand.iter().map(ToString::to_string).collect(),
                withdrawn.iter().map(ToString::to_string).collect()
            ),
            "{name}"
        );
    }
}

/// As a dataset is filled from behind: many records, each date one commit over those that have it, in the
/// order of the dates.
#[test]
fn a_dataset_filled_from_behind_keeps_every_edition() {
    let mut repo = notes::repo();
    let days =
        |record: u64| (0..6_u64).map(move |n| format!("20{:02}-0{}-01", 10 + n * 2, 1 + (record + n) % 9));
    let path = |record: u64| format!("notes/r{record}.yaml");
    let write = |repo: &mut Repo, wanted: &dyn Fn(u64, usize) -> bool| {
        let mut by_date: std::collections::BTreeMap<String, Vec<(u64, usize)>> = Default::default();
        for record in 0..5 {
            for (at, date) in days(record).enumerate().filter(|(at, _)| wanted(record, *at)) {
                by_date.entry(date).or_default().push((record, at));
            }
        }
        for (date, records) in by_date {
            for (record, at) in records {
                repo.write(&path(record), note(&format!("r{record}"), &date, at as i64));
            }
            repo.commit(&date);
        }
    };
    // First every other edition; then what is missing, each record's later editions stated again after the
    // first that is new.
    write(&mut repo, &|record, at| (at as u64 + record).is_multiple_of(2));
    write(&mut repo, &|record, at| at as u64 >= (record + 1) % 2);
    let all = log(&repo, &[]);
    for record in 0..5 {
        let editions = all["records"][record as usize]["editions"].as_array().expect("a list");
        let found: Vec<&str> =
            editions.iter().rev().map(|e| e["last_updated"].as_str().expect("a date")).collect();
        assert_eq!(found, days(record).collect::<Vec<_>>(), "r{record}");
        assert!(all["records"][record as usize].get("withdrawn").is_none());
    }
}

#[test]
fn branches_beside_each_other_take_nothing_back() {
    let mut repo = notes::repo();
    history(&mut repo, &[("2023-01-01", 1)]);
    repo.git(["checkout", "--quiet", "-b", "side"]);
    history(&mut repo, &[("2023-01-01", 5), ("2023-01-01", 1)]);
    repo.git(["checkout", "--quiet", "main"]);
    history(&mut repo, &[("2023-06-01", 9)]);
    repo.git(["merge", "--quiet", "--no-edit", "side"]);
    history(&mut repo, &[("2023-09-01", 2)]);
    assert_eq!(
        standing(&repo),
        (["2023-01-01", "2023-06-01", "2023-09-01"].map(str::to_owned).to_vec(), vec![])
    );
}

#[test]
fn a_copy_of_an_old_edition_in_another_file_takes_nothing_back() {
    let mut repo = notes::repo();
    history(&mut repo, &[("2023-01-01", 1), ("2023-06-01", 9)]);
    repo.write("notes/archive/a.yaml", note("a", "2023-01-01", 1));
    repo.commit("a copy for the archive");
    history(&mut repo, &[("2023-09-01", 2)]);
    assert_eq!(standing(&repo).1, Vec::<String>::new());
    // A file that moves while it goes back does.
    repo.git(["rm", "--quiet", "-r", "notes"]);
    repo.write("notes/b.yaml", note("a", "2023-06-01", 9));
    repo.commit("back to June, elsewhere");
    repo.write("notes/b.yaml", note("a", "2023-12-01", 3));
    repo.commit("December");
    assert_eq!(standing(&repo).1, ["2023-09-01"]);
}

#[test]
fn the_pull_request_that_reverts_passes_the_gate() {
    let mut repo = notes::repo();
    history(&mut repo, &[("2023-01-01", 1), ("2023-06-01", 9)]);
    let base = repo.git(["rev-parse", "HEAD"]);
    repo.git(["revert", "--no-edit", "HEAD"]);
    let passed = repo.run(&["check", "--base", &base, "--today", "2023-06-02"]);
    assert_eq!(passed.code, 0, "{}{}", passed.stdout, passed.stderr);
    repo.write("notes/a.yaml", note("a", "2023-01-01", 4));
    repo.commit("an old date on new content");
    let refused = repo.run(&["check", "--base", &base, "--today", "2023-06-02"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.contains("gate-backwards"), "{}", refused.stdout);
}

fn named(name: &str, date: &str, at: i64, formerly: &[&str]) -> String {
    let names: Vec<String> = formerly.iter().map(|name| format!("{{name: {name}}}")).collect();
    format!("{}formerly: [{}]\n", note(name, date, at), names.join(", "))
}

/// Two notes, `a` and `b`, and a branch on which to join or split them.
fn two() -> Repo {
    let mut repo = notes::repo();
    repo.write("notes/a.yaml", note("a", "2023-01-01", 1)).write("notes/b.yaml", note("b", "2023-02-01", 2));
    repo.commit("two notes");
    repo.write("notes/a.yaml", note("a", "2023-03-01", 1));
    repo.commit("one looked at again");
    repo.git(["branch", "base"]);
    repo
}

fn gate(repo: &Repo) -> (i32, String) {
    let run = repo.run(&["check", "--base", "base", "--today", "2024-01-02"]);
    (run.code, run.stdout)
}

fn record<'l>(log: &'l Json, name: &str) -> &'l Json {
    log["records"].as_array().expect("a list").iter().find(|r| r["record"] == name).unwrap_or(&Json::Null)
}

#[test]
fn records_that_were_joined_end_in_the_one_that_continues_them() {
    let mut repo = two();
    repo.remove("notes/a.yaml").remove("notes/b.yaml");
    repo.write("notes/m.yaml", named("m", "2024-01-02", 3, &["a", "b"]));
    repo.commit("joined");
    let all = log(&repo, &[]);
    assert_eq!(support::column(&all["records"], "record"), ["a", "b", "m"]);
    assert_eq!(record(&all, "a")["continued_in"], json!(["m"]));
    assert!(record(&all, "b")["ended"].is_string());
    assert_eq!(record(&all, "m")["continues"], json!(["a", "b"]));
    assert_eq!(record(&all, "m")["editions"].as_array().map(Vec::len), Some(1));
    assert_eq!(record(&log(&repo, &["m"]), "m"), record(&all, "m"), "asking for it alone finds the same");
    assert_eq!(record(&log(&repo, &["b"]), "b"), record(&all, "b"));
    assert!(!repo.run(&["changelog"]).answer().contains("was 2"), "nothing is reported between two lines");
    assert_eq!(gate(&repo).0, 0, "{}", gate(&repo).1);
}

#[test]
fn a_record_that_was_split_ends_in_all_that_continue_it_whatever_the_order() {
    for order in [["a1", "a2"], ["a2", "a1"]] {
        let mut repo = two();
        repo.remove("notes/a.yaml");
        for name in order {
            repo.write(&format!("notes/{name}.yaml"), named(name, "2024-01-02", 5, &["a"]));
            repo.commit(name);
        }
        let all = log(&repo, &[]);
        assert_eq!(support::column(&all["records"], "record"), ["a", "a1", "a2", "b"]);
        assert_eq!(record(&all, "a")["continued_in"], json!(["a1", "a2"]));
        assert_eq!(record(&all, "a1")["continues"], json!(["a"]));
        assert_eq!(record(&all, "a2")["continues"], json!(["a"]));
        assert_eq!(record(&log(&repo, &["a1"]), "a1"), record(&all, "a1"));
        assert_eq!(gate(&repo).0, 0, "{}", gate(&repo).1);
        let text = repo.run(&["log"]).answer();
        assert!(text.contains("the record is continued in a1 and a2"), "{text}");
        assert!(text.contains("continues a, which has a history of its own"), "{text}");
    }
}

#[test]
fn a_record_that_takes_in_another_keeps_its_own_line() {
    let mut repo = two();
    repo.remove("notes/b.yaml").write("notes/a.yaml", named("a", "2024-01-02", 3, &["b"]));
    repo.commit("b is a");
    let all = log(&repo, &[]);
    assert_eq!(record(&all, "a")["editions"].as_array().map(Vec::len), Some(3));
    assert_eq!(record(&all, "a")["continues"], json!(["b"]));
    assert_eq!(record(&all, "b")["continued_in"], json!(["a"]));
}

#[test]
fn former_names_that_are_all_listed_are_one_line() {
    let mut repo = two();
    repo.write("notes/a.yaml", named("alpha", "2024-01-02", 3, &["a"]));
    repo.commit("renamed");
    repo.write("notes/a.yaml", named("omega", "2025-01-02", 4, &["alpha", "a"]));
    repo.commit("renamed again, with all former names");
    let all = log(&repo, &[]);
    assert_eq!(support::column(&all["records"], "record"), ["b", "omega"]);
    assert_eq!(dates(&log(&repo, &["omega"])), ["2025-01-02", "2024-01-02", "2023-03-01", "2023-01-01"]);
    assert!(record(&all, "omega").get("continues").is_none());
    // And back to a name it had before.
    repo.write("notes/a.yaml", named("a", "2026-01-02", 5, &["omega"]));
    repo.commit("as it was called first");
    assert_eq!(dates(&log(&repo, &["a"])).len(), 5);
}
