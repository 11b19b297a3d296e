//! What a report says: each event once, the past never as news, and old reports unchanged.

use super::support::{Repo, sentences};

fn ballots(list: &[(u32, &str)]) -> String {
    let rows: String =
        list.iter().map(|(year, cast)| format!("  - {{ballot: b{year}, cast: {cast}}}\n")).collect();
    format!("ballots:\n{rows}")
}

fn talks(years: &[u32]) -> String {
    let rows: String = years.iter().map(|year| format!("  - {{gathering: t{year}, came: came}}\n")).collect();
    if rows.is_empty() { String::new() } else { format!("talks:\n{rows}") }
}

const OUT: &str = "charter: {status: outside}\n";

#[test]
fn sections_take_what_the_manifest_says_and_nothing_is_lost() {
    let repo = Repo::new();
    repo.edition(
        "AUT",
        "2016-12-01",
        &format!("{OUT}{}remark: quiet\n", ballots(&[(2015, "no-vote"), (2016, "no-vote")])),
    );
    repo.edition(
        "AUT",
        "2017-12-01",
        &format!(
            "charter: {{status: inside, 'on': 2017-03-02}}\n{}remark: loud\n",
            ballots(&[(2015, "no-vote"), (2016, "no-vote"), (2017, "yes-vote")])
        ),
    );
    let report = repo.json(&["report", "2017"]);
    assert_eq!(
        sentences(&report),
        [
            "charter: Rowers: signed the charter on 2 March 2017",
            "turned: Rowers: cast against every time since 2015 (2)",
            "ballots: Rowers: cast yes-vote in B2017",
            "other: Rowers: now recorded: remark: loud (previously: quiet)",
        ]
    );
    let tally = &report["parts"][0]["sections"][2]["tally"];
    assert_eq!(tally[0]["group"], "North");
    assert_eq!(tally[0]["counts"][0], serde_json::json!({"value": "yes-vote", "said": "for", "count": 1}));
    assert_eq!(repo.json(&["report", "2017"]), report);
    let text = repo.run(&["report", "2017"]);
    assert!(text.contains("North: 1 for (1 in all)"), "{text}");
    assert!(!text.contains("cast yes-vote in B2017"), "counted sentences are not listed\n{text}");
}

#[test]
fn several_editions_of_a_year_report_each_event_once() {
    let repo = Repo::new();
    repo.edition("AUT", "2016-12-01", &format!("{OUT}assessed: 2016-12-01\n"));
    repo.edition("AUT", "2017-03-02", "charter: {status: inside, 'on': 2017-03-02}\nassessed: 2016-12-01\n");
    // The gathering of June is recorded after the edition of July: news of the year all the same.
    repo.edition(
        "AUT",
        "2017-07-01",
        "charter: {status: inside, 'on': 2017-03-02}\nassessed: 2017-07-01\nremark: a\n",
    );
    repo.edition(
        "AUT",
        "2017-09-01",
        &format!(
            "charter: {{status: inside, 'on': 2017-03-02}}\nassessed: 2017-09-01\nremark: b\n{}",
            talks(&[2017])
        ),
    );
    repo.edition(
        "AUT",
        "2017-10-01",
        &format!("charter: {{status: inside, 'on': 2017-03-02}}\nassessed: 2017-10-01\n{}", talks(&[2017])),
    );
    let report = repo.json(&["report", "2017"]);
    assert_eq!(
        sentences(&report),
        ["charter: Rowers: signed the charter on 2 March 2017", "gatherings: Rowers: came to T2017"]
    );
    // The remark came, changed and was not mentioned again within the year; silence takes nothing back.
    let undone: Vec<&str> = report["undone"]
        .as_array()
        .expect("ours")
        .iter()
        .map(|u| u["message"].as_str().expect("ours"))
        .collect();
    assert_eq!(
        undone,
        [
            "remark: a (edition of 1 July 2017)",
            "recorded in the edition of 1 September 2017: remark: b (previously: a)"
        ]
    );
    assert!(repo.run(&["report", "2017"]).contains("Changed and changed back"));
}

#[test]
fn what_a_later_edition_of_the_period_has_otherwise_names_the_edition_that_recorded_it() {
    let repo = Repo::new();
    let remark = |day: &str, remark: &str| {
        repo.edition("AUT", day, &format!("{OUT}assessed: {day}\nremark: {remark}\n"));
    };
    remark("2016-12-01", "quiet");
    remark("2017-03-01", "loud");
    remark("2017-09-01", "shrill");
    let report = repo.json(&["report", "2017"]);
    assert_eq!(
        sentences(&report),
        [
            "other: Rowers: recorded in the edition of 1 March 2017: remark: loud (previously: quiet)",
            "other: Rowers: now recorded: remark: shrill (previously: loud)"
        ]
    );
}

#[test]
fn a_correction_within_the_year_is_reported_as_one_and_the_event_as_it_stands() {
    let repo = Repo::new();
    repo.edition("AUT", "2016-12-01", OUT);
    repo.edition("AUT", "2017-11-25", &format!("{OUT}{}", ballots(&[(2017, "no-vote")])));
    repo.edition("AUT", "2017-12-20", &format!("{OUT}{}", ballots(&[(2017, "yes-vote")])));
    let report = repo.json(&["report", "2017"]);
    assert_eq!(
        sentences(&report),
        [
            "ballots: Rowers: cast yes-vote in B2017",
            "corrections: Rowers: B2017 is now recorded as for; was recorded as against"
        ]
    );
    assert_eq!(report["corrections"][0]["earlier"], "cast no-vote in B2017");
}

#[test]
fn the_past_recorded_late_is_no_news_and_earlier_reports_are_read_again() {
    let repo = Repo::new();
    repo.edition(
        "AUT",
        "2017-12-01",
        &format!("{OUT}assessed: 2017-12-01\n{}", ballots(&[(2017, "no-vote")])),
    );
    repo.edition(
        "AUT",
        "2018-12-01",
        &format!("{OUT}assessed: 2018-12-01\n{}", ballots(&[(2017, "no-vote"), (2018, "no-vote")])),
    );
    repo.edition(
        "AUT",
        "2020-12-01",
        &format!(
            "{OUT}assessed: 2020-12-01\n{}{}",
            ballots(&[(2017, "no-vote"), (2018, "yes-vote"), (2020, "no-vote")]),
            talks(&[2018, 2020])
        ),
    );
    let report = repo.json(&["report", "2020"]);
    let found = sentences(&report);
    assert!(found.contains(&"gatherings: Rowers: came to T2020".to_owned()), "{found:#?}");
    assert!(
        found.contains(&"late-reports: Rowers: T2018, recorded for the first time".to_owned()),
        "{found:#?}"
    );
    assert!(
        found.contains(
            &"corrections: Rowers: B2018 is now recorded as for; was recorded as against".to_owned()
        ),
        "{found:#?}"
    );
    assert!(
        !found.iter().any(|s| s.contains("came to T2018") || s.contains("cast yes-vote in B2018")),
        "{found:#?}"
    );
    let revised = report["revised"].as_array().expect("a list");
    assert_eq!(revised.len(), 1, "only the report of 2018 reads differently: {revised:#?}");
    assert_eq!(revised[0]["report"], "2018");
    assert_eq!(
        revised[0]["sentences"],
        serde_json::json!([
            {"before": "cast no-vote in B2018", "after": "cast yes-vote in B2018"},
            {
                "before": "cast against every time since 2017 (2); previously: cast against in B2017",
                "after": "cast for in B2018; previously: cast against in B2017"
            },
            {"before": null, "after": "came to T2018"}
        ])
    );
}

#[test]
fn an_old_report_is_the_same_bytes_whatever_is_committed_later() {
    let repo = Repo::new();
    let first =
        |club: &str| repo.edition(club, "2016-12-01", &format!("{OUT}{}", ballots(&[(2016, "no-vote")])));
    for club in ["AUT", "BEL", "CHL"] {
        first(club);
    }
    for club in ["AUT", "BEL"] {
        repo.edition(
            club,
            "2017-12-01",
            &format!("{OUT}{}{}", ballots(&[(2016, "no-vote"), (2017, "no-vote")]), talks(&[2017])),
        );
    }
    let then = repo.git(&["rev-parse", "HEAD"]);
    repo.edition(
        "AUT",
        "2018-12-01",
        &format!(
            "charter: {{status: inside, 'on': 2018-02-02}}\n{}{}",
            ballots(&[(2016, "no-vote"), (2017, "no-vote"), (2018, "yes-vote")]),
            talks(&[2017])
        ),
    );
    repo.edition("CHL", "2019-12-01", &format!("{OUT}{}", ballots(&[(2016, "no-vote")])));
    repo.edition("DNK", "2019-12-01", OUT);
    // The calendars grow as well.
    let calendar = std::fs::read_to_string(repo.dir.path().join("dataset/ballots.yaml")).expect("ours");
    repo.write(
        "dataset/ballots.yaml",
        &format!("{calendar}  - {{id: b2022, kind: ballot, short: B2022, start: 2022-11-20}}\n"),
    );
    repo.commit("a ballot more");
    for format in ["text", "markdown", "json", "csv", "html"] {
        let old = repo.run(&["report", "2017", "--format", format, "--known-at", &then]);
        let new = repo.run(&["report", "2017", "--format", format]);
        assert_eq!(without_commit(&old), without_commit(&new), "--format {format}");
    }
    // A correction stands under its own headings, and there alone.
    let before = repo.run(&["report", "2017", "--format", "markdown"]);
    repo.edition(
        "BEL",
        "2020-12-01",
        &format!("{OUT}{}{}", ballots(&[(2016, "no-vote"), (2017, "yes-vote")]), talks(&[2017])),
    );
    let after = repo.run(&["report", "2017", "--format", "markdown"]);
    assert_ne!(before, after);
    let (head, rest) = after.split_once("## Corrected since (").expect("the heading");
    let (since, tail) = rest.split_once("## Coverage").expect("the coverage");
    assert_eq!(format!("{head}## Coverage{tail}"), before);
    assert!(since.contains("B2017 is now recorded as for; was recorded as against"), "{since}");
    assert!(since.contains("“cast no-vote in B2017” would read: cast yes-vote in B2017"), "{since}");
}

#[test]
fn another_account_of_a_ballot_is_never_another_ballot() {
    let repo = Repo::new();
    let with = |years: &[(u32, &str)], more: &str| {
        ballots(years)
            .replace("{ballot: b2017, cast: no-vote}", &format!("{{ballot: b2017, cast: no-vote{more}}}"))
    };
    repo.edition("AUT", "2017-12-01", &with(&[(2016, "no-vote"), (2017, "no-vote")], ""));
    repo.edition("AUT", "2019-12-01", &with(&[(2016, "no-vote"), (2017, "no-vote")], ", reported: yes-vote"));
    let report = repo.json(&["report", "2019"]);
    assert_eq!(sentences(&report), ["corrections: Rowers: a source reports B2017 otherwise: yes-vote"]);
}

#[test]
fn every_record_has_one_state_and_the_counts_add_up() {
    let repo = Repo::new();
    let assessed = |year: u32| format!("assessed: {year}-06-01\n");
    for club in ["AUT", "BEL", "CHL", "DNK"] {
        repo.edition(club, "2016-12-01", &format!("{OUT}summary: a\n{}", assessed(2016)));
    }
    let inside = "charter: {status: inside, 'on': 2017-03-02}\nsummary: a\n";
    repo.edition("AUT", "2017-12-01", &format!("{inside}{}", assessed(2017)));
    repo.edition("BEL", "2017-12-01", &format!("{OUT}summary: b\n{}", assessed(2017)));
    repo.edition("EST", "2017-06-01", &format!("{OUT}{}", assessed(2017)));
    repo.git(&["rm", "-q", "-r", "dataset/clubs/DNK"]);
    repo.commit("no more");
    repo.write("dataset/clubs/CHL/charter.yaml", "club: [CHL\n");
    repo.commit("broken");
    repo.edition("FIN", "2018-06-01", &format!("{OUT}{}", assessed(2018)));
    let coverage = repo.json(&["report", "2017"])["coverage"].clone();
    let count = |name: &str| coverage[name].as_u64().expect(name);
    assert_eq!(
        ["changed", "reviewed", "new", "ended", "unreadable", "unchanged"].map(count),
        [1, 1, 1, 0, 1, 1],
        "{coverage:#}"
    );
    // The record was removed in 2022: that is news of 2022 alone, and no record of the years after.
    let ends = |year: &str| repo.json(&["report", year])["ended"].as_array().map(Vec::len);
    assert_eq!((ends("2017"), ends("2022"), ends("2023")), (Some(0), Some(1), Some(0)));
    let of_2022 = repo.run(&["report", "2022"]);
    assert!(of_2022.contains("Climbers: record removed on "), "{of_2022}");
    assert_eq!(repo.json(&["report", "2023"])["coverage"]["records"], 5);
    let changelog = repo.run(&["changelog", "DNK"]);
    assert!(changelog.contains("2016-12-01 → ended 2022-01-"), "{changelog}");
    assert_eq!(count("records"), 5, "a record that begins later is none of this report's");
    assert_eq!(coverage["states"].as_array().map(Vec::len), Some(5));
    let all = repo.json(&["report", "2018", "--stale", "1"])["coverage"].clone();
    let sum: u64 = ["changed", "reviewed", "new", "ended", "unreadable", "unchanged"]
        .iter()
        .map(|n| all[n].as_u64().expect("ours"))
        .sum();
    assert_eq!(all["records"].as_u64(), Some(sum));
    assert_eq!(all["stale"], 4, "four were last assessed before June 2017 or on its first day: {all:#}");
}

#[test]
fn the_end_of_a_record_that_came_back_stays_a_sentence() {
    let repo = Repo::new();
    let (first, second) = (format!("{OUT}summary: a\n"), format!("{OUT}summary: b\n"));
    repo.edition("DNK", "2016-12-01", &first);
    repo.git(&["rm", "-q", "-r", "dataset/clubs/DNK"]);
    let removed = repo.commit("no more");
    repo.edition("AUT", "2017-06-01", &first);
    repo.edition("DNK", "2018-12-01", &second);
    let says = "record removed on 4 January 2022 and put back on 6 January 2022; its last edition before \
        that was of 1 December 2016";
    let changelog = repo.run(&["changelog", "DNK", "--format", "markdown"]);
    assert!(changelog.contains("2016-12-01 → ended 2022-01-04") && changelog.contains(says), "{changelog}");
    let record = repo.json(&["changelog", "DNK"])["records"][0].clone();
    assert!(record["ended"].is_null(), "it stands: {record:#}");
    assert_eq!(
        (&record["removals"][0]["commit"], &record["removals"][0]["back"]),
        (&serde_json::json!(removed), &serde_json::json!("2022-01-06"))
    );
    let none = repo.json(&["changelog", "DNK", "--from", "2018-12-01"]);
    assert!(none["records"][0]["removals"].is_null(), "the range begins later: {none:#}");
    let ends = |year: &str| repo.json(&["report", year])["ended"].clone();
    assert_eq!(ends("2021"), serde_json::json!([]));
    assert_eq!(ends("2022")[0]["commit"], removed.as_str());
    assert!(repo.run(&["report", "2022", "--format", "markdown"]).contains(says));
    let csv = repo.run(&["report", "2022", "--format", "csv"]);
    assert!(csv.contains(says) && csv.lines().last().is_some_and(|line| line.contains(",ended,")), "{csv}");
}

#[test]
fn a_file_that_moves_and_a_side_branch_end_no_record() {
    let repo = Repo::new();
    repo.edition("DNK", "2016-12-01", OUT);
    repo.edition("EST", "2016-12-01", OUT);
    let removals = |record: &str| repo.json(&["changelog", record])["records"][0]["removals"].clone();
    repo.git(&["mv", "dataset/clubs/DNK", "dataset/clubs/moved"]);
    repo.commit("moved");
    repo.git(&["mv", "dataset/clubs/moved", "dataset/clubs/DNK"]);
    repo.edition("DNK", "2017-12-01", OUT);
    // Removed and put back before it is merged; the main line had it all along.
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.git(&["rm", "-q", "-r", "dataset/clubs/EST"]);
    repo.commit("no more");
    repo.edition("EST", "2016-12-01", OUT);
    repo.git(&["checkout", "-q", "main"]);
    repo.edition("AUT", "2017-06-01", OUT);
    repo.git(&["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    repo.edition("EST", "2017-12-01", OUT);
    assert_eq!((removals("DNK"), removals("EST")), (serde_json::Value::Null, serde_json::Value::Null));
    // What a merge removes is gone, whoever put it back afterwards.
    repo.git(&["checkout", "-q", "-b", "other"]);
    repo.git(&["rm", "-q", "-r", "dataset/clubs/EST"]);
    repo.commit("no more");
    repo.git(&["checkout", "-q", "main"]);
    repo.edition("AUT", "2018-06-01", OUT);
    repo.git(&["merge", "-q", "--no-ff", "-m", "merged", "other"]);
    repo.edition("EST", "2018-12-01", OUT);
    assert_eq!(removals("EST").as_array().map(Vec::len), Some(1));
    assert_eq!(removals("DNK"), serde_json::Value::Null);
}

#[test]
fn a_quiet_year_is_quiet() {
    let repo = Repo::new();
    repo.edition("AUT", "2016-12-01", &format!("{OUT}assessed: 2016-12-01\n"));
    assert_eq!(
        repo.run(&["report", "2017", "--format", "markdown"]),
        "# Clubs and the charter: 2017\n\n1 record: 1 unchanged.\n\n## Coverage\n\n| records | \
            |\n|---|---:|\n| unchanged | 1 |\n| **all** | 1 |\n"
    );
    assert_eq!(repo.run(&["report", "1990"]), "1990  Clubs and the charter\n0 records.\n");
    let page = repo.run(&["report", "2017", "--format", "html"]);
    assert!(!page.contains("Late reports") && !page.contains("Corrections"), "no empty headings");
}

#[test]
fn any_two_editions_can_be_compared() {
    let repo = Repo::new();
    repo.edition("AUT", "2016-12-01", &format!("{OUT}remark: early\n"));
    let old = repo.git(&["rev-parse", "HEAD"]);
    repo.edition("AUT", "2017-12-01", "charter: {status: inside, 'on': 2017-03-02}\nremark: early\n");
    repo.edition("AUT", "2018-12-01", "charter: {status: inside, 'on': 2017-03-02}\nremark: later\n");
    let joined = "charter: Rowers: signed the charter on 2 March 2017";
    let all = |args: &[&str]| sentences(&repo.json(args));
    assert_eq!(all(&["report", "--from", "2016", "--to", "2017"]), [joined]);
    assert_eq!(all(&["report", "2016-12..2017", "AUT"]), [joined]);
    assert_eq!(all(&["report", "--from", &format!("rev:{old}"), "--to", "2017"]), [joined]);
    assert_eq!(
        all(&["report", "--from", "first", "--to", "last"]),
        [joined, "other: Rowers: now recorded: remark: later (previously: early)"]
    );
    assert_eq!(
        all(&["report", "--from", "previous", "--to", "last"]),
        ["other: Rowers: now recorded: remark: later (previously: early)"]
    );
    // The event of March is no news of December.
    let december = repo.json(&["report", "2017-12"]);
    assert_eq!(sentences(&december), Vec::<String>::new());
    assert_eq!(december["other_years"][0]["message"], "signed the charter on 2 March 2017");
}

/// An answer without what names the commit it was given as of: the citation in JSON, the foot of the page.
fn without_commit(answer: &str) -> String {
    if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(answer) {
        json.as_object_mut().and_then(|fields| fields.shift_remove("cite"));
        return json.to_string();
    }
    let Some((page, rest)) = answer.split_once("<dl class=\"imprint\">") else { return answer.to_owned() };
    let (foot, rest) = rest.split_once("</dl>").expect("the foot ends");
    assert!(foot.contains("<dt>To cite</dt>"), "{foot}");
    format!("{page}{rest}")
}

#[test]
fn what_was_dated_after_its_edition_is_said_of_a_range_though_something_else_followed_it() {
    let repo = Repo::new();
    let stood = |day: &str, status: &str, on: &str| {
        repo.edition("AUT", day, &format!("charter: {{status: {status}, 'on': {on}}}\n"));
    };
    stood("2018-12-01", "outside", "2018-03-01");
    stood("2019-06-01", "inside", "2019-11-20");
    stood("2021-02-01", "outside", "2020-12-01");
    let year = sentences(&repo.json(&["report", "2019"]));
    assert!(year.len() == 1 && year[0].starts_with("late-reports: Rowers: signed the charter"), "{year:#?}");
    let range = sentences(&repo.json(&["report", "--from", "2019", "--to", "2021"]));
    let first = "charter: Rowers: signed the charter on 20 November 2019";
    assert_eq!(range[0], first, "{range:#?}");
    assert!(range.len() == 2 && range[1].contains("1 December 2020"), "{range:#?}");
}
