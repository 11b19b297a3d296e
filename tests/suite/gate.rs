//! The date gate: what an edit may do to a published record, case by case, each with its own words.

use crate::support;

use std::collections::BTreeSet;
use support::Repo;
use support::guard::{self, FIN, KAZ, LTU, TODAY, check, edit, findings, text};

/// An edit and what is said of it.
struct Case {
    name: &'static str,
    edit: fn(&Repo),
    says: &'static [&'static str],
}

const fn case(name: &'static str, edit: fn(&Repo), says: &'static [&'static str]) -> Case {
    Case { name, edit, says }
}

/// Sets the date of a record to another.
fn dated(repo: &Repo, file: &str, date: &str) {
    let before = text(repo, file);
    let old =
        before.lines().find(|line| line.starts_with("last_updated:")).expect("because records are dated");
    repo.write(file, before.replacen(old, &format!("last_updated: {date}"), 1));
}

/// A statement that was made before the record was published.
const STATEMENT: &str = "  - id: letter-2011\n    date: 2011-04-23\n    kind: letter\n    sources: [p2020]\n";

fn add_statement(repo: &Repo) {
    edit(repo, KAZ, "statements:\n", &format!("statements:\n{STATEMENT}"));
}

fn correct(repo: &Repo, path: &str) {
    let entry = format!(
        "corrections:\n  - {{date: {TODAY}, path: \"{path}\", what: It was recorded otherwise., why: A \
            slip., sources: [p2020]}}\nsources:\n  untc: {{kind"
    );
    edit(repo, KAZ, "sources:\n  untc: {kind", &entry);
}

const CASES: &[Case] = &[
    // What is free.
    case("nothing changed", |_| {}, &[]),
    case("a comment and blank lines", |r| edit(r, KAZ, "treaty:\n", "# by hand\n\ntreaty:\n"), &[]),
    case(
        "the layout",
        |r| edit(r, KAZ, "sources: [p2020, letter-1570]", "sources:\n      - p2020\n      - letter-1570"),
        &[],
    ),
    case(
        "the order of keys",
        |r| {
            edit(
                r,
                KAZ,
                "  supports_aims: true\n  intends_to_join: not-at-this-stage\n",
                "  intends_to_join: not-at-this-stage\n  supports_aims: true\n",
            )
        },
        &[],
    ),
    case(
        "the order of a list with keys",
        |r| {
            edit(r, KAZ, "  - {resolution: A/RES/73/54, vote: in-favour, sources: [un-73-54]}\n", "");
            edit(
                r,
                KAZ,
                "[un-74-62]}\n",
                "[un-74-62]}\n  - {resolution: A/RES/73/54, vote: in-favour, sources: [un-73-54]}\n",
            );
        },
        &[],
    ),
    case(
        "wording",
        |r| {
            edit(
                r,
                KAZ,
                "summary: Not at this stage; values the aims.",
                "summary: Not now, though it values the aims.",
            )
        },
        &[],
    ),
    case("sources", |r| edit(r, KAZ, "title: Letter to the Monitor", "title: A letter to the Monitor"), &[]),
    case(
        "a file that moved",
        |r| {
            r.git(["mv", "dataset/countries/FIN", "dataset/countries/fin"]);
            r.git(["mv", "dataset/countries/fin", "dataset/countries/FIN"]);
        },
        &[],
    ),
    // Content moves the date.
    case(
        "something was added and the date did not move",
        add_statement,
        &["gate-not-moved: `statements[letter-2011]` was added, and `last_updated` is still 2020-09-04"],
    ),
    case(
        "something changed and the date did not move",
        |r| edit(r, KAZ, "supports_aims: true", "supports_aims: false"),
        &[
            "gate-not-moved: `position.supports_aims` changed, and `last_updated` is still 2020-09-04",
            "summary-contradicts: Summary says \"it supports the aims\", and `position.supports_aims` is \
                `false`",
            "position-source: `position.supports_aims` changed from `true` to `false`, and its sources did \
                not: p2020",
        ],
    ),
    case(
        "something was removed and the date did not move",
        |r| edit(r, KAZ, "  intends_to_join: not-at-this-stage\n", ""),
        &["gate-not-moved: `position.intends_to_join` was removed, and `last_updated` is still 2020-09-04"],
    ),
    case(
        "several things changed and the date did not move",
        |r| {
            edit(r, KAZ, "supports_aims: true", "supports_aims: false");
            edit(r, KAZ, "status: none-known", "status: denied");
            edit(r, KAZ, "  intends_to_join: not-at-this-stage\n", "");
        },
        &[
            "gate-not-moved: `position.supports_aims` changed, and 2 fields more, and `last_updated` is \
                still 2020-09-04",
            "summary-contradicts: Summary says \"it supports the aims\", and `position.supports_aims` is \
                `false`",
            "position-source: `position.supports_aims` changed from `true` to `false`, and its sources did \
                not: p2020",
            "position-source: `practice.use.status` changed from `none-known` to `denied`, and its sources \
                did not: p2020",
        ],
    ),
    case(
        "coverage was extended and the date did not move",
        |r| edit(r, KAZ, "from: 2016-09-07, to: 2020-09-04", "from: 2016-09-08, to: 2020-09-04"),
        &["gate-not-moved: `coverage.meetings[2016-09-08,msp+revcon]` was added, and 1 field more, and \
                `last_updated` is still 2020-09-04"],
    ),
    case(
        "content and date moved",
        |r| {
            add_statement(r);
            dated(r, KAZ, TODAY)
        },
        &[],
    ),
    case(
        "content and date moved to a day before today",
        |r| {
            add_statement(r);
            dated(r, KAZ, "2021-09-13")
        },
        &[],
    ),
    case(
        "a second edit on the day of the date is an amendment",
        |r| edit(r, FIN, "participation: participant", "participation: participant, statement: true"),
        &["gate-not-moved: `meetings[mbt-3rc].statement` was added, and `last_updated` is still 2014-11-12"],
    ),
    // Where the date moves to.
    case(
        "the date moved backwards",
        |r| {
            add_statement(r);
            dated(r, KAZ, "2019-09-04")
        },
        &["gate-backwards: `last_updated` moved backwards, from 2020-09-04 to 2019-09-04"],
    ),
    case(
        "the date moved into the future",
        |r| {
            add_statement(r);
            dated(r, KAZ, "2026-12-24")
        },
        &["gate-future: `last_updated` moved into the future, to 2026-12-24; today is 2026-11-23"],
    ),
    case(
        "the date moved before what the record reports",
        |r| {
            edit(
                r,
                KAZ,
                "statements:\n",
                "statements:\n  - {id: letter-2023, date: 2023-04, kind: letter, sources: [p2020]}\n",
            );
            dated(r, KAZ, "2022-08-25");
        },
        &["gate-before-facts: `last_updated` moved to 2022-08-25, before the newest date that the record \
                reports, 2023-04"],
    ),
    case(
        "the date moved before two things that the record reports",
        |r| {
            edit(
                r,
                KAZ,
                "statements:\n",
                "statements:\n  - {id: letter-2023, date: 2023-04, kind: letter, sources: [p2020]}\n",
            );
            edit(
                r,
                KAZ,
                "  - {meeting: ccm-9msp",
                "  - {meeting: ccm-11msp, participation: observer, sources: [p2020]}\n  - {meeting: ccm-9msp",
            );
            dated(r, KAZ, "2022-08-25");
        },
        &["gate-before-facts: `last_updated` moved to 2022-08-25, before the newest date that the record \
                reports, 2023-09-11 (2 dates are later)"],
    ),
    // The date alone.
    case(
        "the date moved alone",
        |r| dated(r, KAZ, "2021-09-13"),
        &["gate-unchanged: `last_updated` moved from 2020-09-04 to 2021-09-13, and nothing else changed"],
    ),
    case(
        "the date moved with wording alone",
        |r| {
            edit(r, KAZ, "summary: Not at this stage; values the aims.", "summary: Not now.");
            dated(r, KAZ, "2021-09-13");
        },
        &["gate-unchanged: `last_updated` moved from 2020-09-04 to 2021-09-13, and only wording and \
                sources changed"],
    ),
    case(
        "a review is declared",
        |r| {
            edit(r, KAZ, "last_updated: 2020-09-04\n", "last_updated: 2021-09-13\nreviewed: 2021-09-13\n");
        },
        &[],
    ),
    case(
        "a review of another day is declared",
        |r| {
            edit(r, KAZ, "last_updated: 2020-09-04\n", "last_updated: 2021-09-13\nreviewed: 2021-09-12\n");
        },
        &["gate-unchanged: no content changed; `reviewed` says 2021-09-12, and `last_updated` moved to \
                2021-09-13"],
    ),
    case(
        "a review is declared and the date did not move",
        |r| {
            edit(r, KAZ, "last_updated: 2020-09-04\n", "last_updated: 2020-09-04\nreviewed: 2020-09-01\n");
        },
        &["gate-not-moved: `reviewed` changed, and `last_updated` is still 2020-09-04"],
    ),
    // The past.
    case(
        "a past fact is recorded otherwise",
        |r| {
            edit(r, KAZ, "ccm-6msp, participation: observer", "ccm-6msp, participation: participant");
            dated(r, KAZ, TODAY);
        },
        &["gate-past-changed: `meetings[ccm-6msp].participation` was published as `observer` and is \
                `participant` now, and no correction says why"],
    ),
    case(
        "a past fact is recorded otherwise, with a word about it",
        |r| {
            edit(r, KAZ, "ccm-6msp, participation: observer", "ccm-6msp, participation: participant");
            correct(r, "meetings[ccm-6msp].participation");
            dated(r, KAZ, TODAY);
        },
        &[],
    ),
    case(
        "a past fact is gone",
        |r| {
            edit(r, KAZ, "  - {meeting: ccm-6msp, participation: observer, sources: [p2020]}\n", "");
            dated(r, KAZ, TODAY);
        },
        &["gate-past-removed: `meetings[ccm-6msp]` was published and is gone, and no correction says why"],
    ),
    case(
        "a past fact is gone, with a word about it",
        |r| {
            edit(r, KAZ, "  - {meeting: ccm-6msp, participation: observer, sources: [p2020]}\n", "");
            correct(r, "meetings[ccm-6msp]");
            dated(r, KAZ, TODAY);
        },
        &[],
    ),
    case(
        "the key of a past fact is another",
        |r| {
            edit(r, KAZ, "id: letter-2012-04", "id: letter-2012-05");
            dated(r, KAZ, TODAY);
        },
        &["gate-past-removed: `statements[letter-2012-04]` was published and is gone, and no correction \
                says why"],
    ),
    case(
        "what is true now is recorded otherwise",
        |r| {
            edit(r, KAZ, "supports_aims: true", "supports_aims: false");
            dated(r, KAZ, TODAY)
        },
        &[
            "summary-contradicts: Summary says \"it supports the aims\", and `position.supports_aims` is \
                `false`",
            "position-source: `position.supports_aims` changed from `true` to `false`, and its sources did \
                not: p2020",
        ],
    ),
    case(
        "an accession",
        |r| {
            edit(
                r,
                KAZ,
                "  status: non-signatory\n",
                "  status: party\n  consent: {kind: accession, date: 2026-10-01}\n  in_force: 2027-04-01\n",
            );
            edit(r, KAZ, "  intends_to_join: not-at-this-stage\n", "");
            dated(r, KAZ, TODAY);
        },
        &[],
    ),
    case(
        "an accession that was overlooked",
        |r| {
            edit(
                r,
                KAZ,
                "  status: non-signatory\n",
                "  status: party\n  consent: {kind: accession, date: 2019-10-01}\n  in_force: 2020-04-01\n",
            );
            edit(r, KAZ, "  intends_to_join: not-at-this-stage\n", "");
            dated(r, KAZ, TODAY);
        },
        &["gate-past-changed: `treaty.status` was published as `non-signatory` and is `party` now, and no \
                correction says why"],
    ),
    case(
        "an entry of the log of corrections is gone",
        |r| {
            edit(
                r,
                LTU,
                "corrections:\n  - date: 2025-03-06\n    path: \"treaty.withdrawal.effective\"\n    what: \
                    The day was given as 7 March 2025.\n    why: Six months after the notice.\n    sources: \
                    [notice]\n",
                "",
            );
            dated(r, LTU, TODAY);
        },
        &["gate-correction-removed: an entry (2025-03-06, treaty.withdrawal.effective) is gone from \
                `corrections`, which is a log"],
    ),
    // Records as a whole.
    case(
        "a record is deleted",
        |r| {
            r.remove(FIN);
        },
        &["gate-deleted: the record FIN/mine-ban is deleted"],
    ),
    case(
        "a record is renamed",
        |r| {
            r.git(["mv", "dataset/countries/FIN", "dataset/countries/EST"]);
            edit(r, "dataset/countries/EST/mine-ban.yaml", "country: FIN", "country: EST");
        },
        &["gate-renamed: the record FIN/mine-ban is called EST/mine-ban now, and does not say so"],
    ),
    case(
        "a record is renamed, with a word about it",
        |r| {
            r.git(["mv", "dataset/countries/FIN", "dataset/countries/EST"]);
            edit(r, "dataset/countries/EST/mine-ban.yaml", "country: FIN", "country: EST");
            edit(
                r,
                "dataset/countries/EST/mine-ban.yaml",
                "topic: mine-ban\n",
                "topic: mine-ban\nformerly: [{country: FIN, topic: mine-ban}]\n",
            );
        },
        &[],
    ),
    case(
        "a record is new",
        |r| {
            let new = text(r, FIN).replace("country: FIN", "country: EST");
            r.write("dataset/countries/EST/mine-ban.yaml", new);
        },
        &[],
    ),
    case(
        "a new record is dated in the future",
        |r| {
            let new = text(r, FIN)
                .replace("country: FIN", "country: EST")
                .replace("last_updated: 2014-11-12", "last_updated: 2027-11-12");
            r.write("dataset/countries/EST/mine-ban.yaml", new);
        },
        &["date-future: Last updated 2027-11-12 lies in the future; today is 2026-11-23"],
    ),
    case(
        "a record that cannot be read is not deleted",
        |r| {
            r.write(FIN, "a: [");
        },
        &["yaml-syntax: a `[` opened here is never closed"],
    ),
];

fn reported(repo: &Repo, args: &[&str]) -> Vec<String> {
    let line = |f: &serde_json::Value| {
        format!("{}: {}", f["rule"].as_str().unwrap_or("?"), f["message"].as_str().unwrap_or("?"))
    };
    findings(repo, args).iter().map(line).collect()
}

#[test]
fn the_table() {
    let mut repo = guard::committed();
    repo.git(["checkout", "--quiet", "-b", "edit"]);
    let mut faults = Vec::new();
    for case in CASES {
        repo.git(["reset", "--quiet", "--hard", "main"]);
        repo.git(["clean", "--quiet", "-fd"]);
        (case.edit)(&repo);
        let found = reported(&repo, &["--base", "main"]);
        if found != case.says {
            faults.push(format!("{}\n  says {found:#?}\n  want {:#?}", case.name, case.says));
            continue;
        }
        // The same once it is committed, and once it is staged.
        repo.git(["add", "--all"]);
        let staged = reported(&repo, &["--staged"]);
        if staged != case.says {
            faults.push(format!("{}, staged\n  says {staged:#?}", case.name));
        }
        repo.commit(case.name);
        let committed = reported(&repo, &["--base", "main"]);
        if committed != case.says {
            faults.push(format!("{}, committed\n  says {committed:#?}", case.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_case_has_words_of_its_own_and_every_rule_a_case() {
    let all = CASES.iter().flat_map(|case| case.says.iter().copied());
    let says: Vec<&str> = all.filter(|words| words.starts_with("gate-")).collect();
    let distinct: BTreeSet<&str> = says.iter().copied().collect();
    assert_eq!(distinct.len(), says.len());
    assert!(distinct.len() >= 16);
    // Calendars, tables, former names and coverage have tests of their own, below `cases`.
    let elsewhere = ["gate-calendar", "gate-table", "gate-formerly", "gate-coverage"];
    for rule in sincewhen::check::gate::RULES.iter().filter(|rule| !elsewhere.contains(rule)) {
        assert!(says.iter().any(|words| words.starts_with(&format!("{rule}: "))), "no case for {rule}");
    }
}

#[test]
fn an_amendment_on_the_day_is_allowed() {
    let mut repo = guard::files();
    dated(&repo, KAZ, TODAY);
    repo.commit("the dataset");
    add_statement(&repo);
    assert_eq!(reported(&repo, &["--base", "HEAD"]), Vec::<String>::new());
    // The next day it is no amendment any more.
    let later = reported(&repo, &["--base", "HEAD", "--today", "2026-11-24"]);
    assert_eq!(
        later,
        ["gate-not-moved: `statements[letter-2011]` was added, and `last_updated` is still 2026-11-23"]
    );
}

#[test]
fn the_base_is_the_merge_base() {
    let mut repo = guard::committed();
    repo.git(["checkout", "--quiet", "-b", "edit"]);
    edit(&repo, FIN, "participation: participant", "participation: participant, statement: true");
    dated(&repo, FIN, TODAY);
    repo.commit("an edit");
    repo.git(["checkout", "--quiet", "main"]);
    add_statement(&repo);
    dated(&repo, KAZ, TODAY);
    repo.remove(LTU);
    repo.commit("what others did meanwhile");
    repo.git(["checkout", "--quiet", "edit"]);
    assert_eq!(reported(&repo, &["--base", "main"]), Vec::<String>::new());
}

#[test]
fn only_what_is_new_is_reported() {
    let mut repo = guard::files();
    edit(&repo, KAZ, "date: 2012-04-17", "date: 2021-04-17");
    repo.commit("the dataset, with a fault");
    edit(&repo, KAZ, "topic: cluster-munitions\n", "topic: cluster-munitions\n# moved down\n");
    assert_eq!(reported(&repo, &["--base", "HEAD"]), Vec::<String>::new());
    let json = check(&repo, &["--base", "HEAD", "--format", "json"]).json();
    assert_eq!(json["summary"]["older"], 1);
    edit(&repo, KAZ, "status: none-known", "status: none-knowm");
    let found = findings(&repo, &["--base", "HEAD"]);
    assert!(found.iter().all(|f| f["new"] == true), "{found:?}");
    assert!(found.iter().any(|f| f["rule"] == "schema-value"));
    assert!(found.iter().all(|f| f["rule"] != "date-after-edition"));
}

#[test]
fn a_calendar_that_changes_concerns_every_record() {
    let repo = guard::committed();
    edit(&repo, "dataset/calendars/ccm-meetings.yaml", "id: ccm-6msp", "id: ccm-6msp-2016");
    assert_eq!(
        reported(&repo, &["--base", "HEAD"]),
        [
            "gate-calendar: the past occasion `ccm-6msp` was published and is gone",
            "unknown-occasion: no calendar has an entry `ccm-6msp`"
        ]
    );
    let repo = guard::committed();
    edit(&repo, "dataset/calendars/ccm-meetings.yaml", "id: ccm-8msp,", "id: ccm-8msp, planned: true,");
    let found = reported(&repo, &["--base", "HEAD"]);
    assert!(
        found.iter().any(|one| one.starts_with("gate-calendar: the past occasion `ccm-8msp`: `planned`")),
        "{found:?}"
    );
}

#[test]
fn the_policy_of_the_branch_is_called_out_and_that_of_the_base_can_judge() {
    let repo = guard::committed();
    std::fs::remove_file(repo.path().join("schema/rules/checks/status-outside.yaml"))
        .expect("because it is there");
    edit(
        &repo,
        KAZ,
        "  status: non-signatory\n",
        "  status: non-signatory\n  signed: 2008-12-03 # sincewhen: ignore[schema-value] see the letter\n",
    );
    dated(&repo, KAZ, TODAY);
    let json = check(&repo, &["--base", "HEAD", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).expect("because it is JSON");
    let called: Vec<&str> =
        json["policy_changes"].as_array().expect("a list").iter().filter_map(|one| one.as_str()).collect();
    assert_eq!(called, ["schema/rules/checks/status-outside.yaml (rule)"]);
    assert!(json["own_acceptances"].is_null(), "a comment that accepts nothing accepts nothing: {json}");
    let head: Vec<&str> =
        json["findings"].as_array().expect("a list").iter().filter_map(|f| f["rule"].as_str()).collect();
    assert_eq!(head, ["ignore-unused"]);
    repo.git(["commit", "-qam", "the branch"]);
    let base = reported(&repo, &["--base", "HEAD~1", "--policy-from", "base"]);
    assert!(
        base.contains(&"status-outside: Signature stands here, and status is `non-signatory`".to_owned()),
        "{base:?}"
    );
    let text = check(&repo, &["--base", "HEAD~1"]).stdout;
    assert!(text.starts_with("look at these changes first (checked by the changed rules)"), "{text}");
}

/// What `export` is to write is policy, too: a change of it is called out, and one that `export` cannot use
/// is a finding.
#[test]
fn a_branch_that_changes_what_is_exported_is_judged() {
    for (from, to, says) in [
        ("missed: [not-voting]", "missed: [not-voting, abstained]", None),
        (
            "- name: votes\n      list: votes",
            "- name: votes\n      list: ballots",
            Some("no schema of a record has the field `ballots`"),
        ),
        (
            "mine-ban: mbt-resolutions}\n      key: resolution",
            "mine-ban: mbt-votes}\n      key: resolution",
            Some("names no calendar `mbt-votes`"),
        ),
        ("partition: topic", "partition: theme", Some("`theme` is no identity field")),
        ("gw_code: gw,", "gw_code: gleditsch,", Some("has a field `gleditsch`")),
    ] {
        let repo = guard::committed();
        edit(&repo, "dataset/sincewhen.yaml", from, to);
        repo.git(["commit", "-qam", "another export"]);
        let json = check(&repo, &["--base", "HEAD~1", "--format", "json"]).stdout;
        let json: serde_json::Value = serde_json::from_str(&json).expect("because it is JSON");
        assert_eq!(json["policy_changes"], serde_json::json!(["dataset/sincewhen.yaml (manifest)"]), "{to}");
        let found: Vec<&str> = json["findings"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|finding| finding["message"].as_str())
            .filter(|message| message.contains("`export` cannot use this"))
            .collect();
        match says {
            None => assert!(found.is_empty(), "{to}: {found:?}"),
            Some(says) => assert!(found.len() == 1 && found[0].contains(says), "{to}: {json}"),
        }
    }
}

#[test]
fn a_base_that_is_not_there() {
    let mut repo = guard::committed();
    assert!(
        check(&repo, &["--base", "no-such-branch"]).fault().contains("unknown revision `no-such-branch`")
    );
    repo.write("more.txt", "x");
    repo.commit("more");
    let shallow = Repo::cloned_from(&repo, &["--depth", "1"]);
    let fault = check(&shallow, &["--base", "HEAD~1"]).fault();
    assert!(fault.contains("fetch-depth: 0") && fault.contains("--unshallow"), "{fault}");
}

#[test]
fn safe_fixes_set_the_date() {
    let repo = guard::committed();
    add_statement(&repo);
    assert_eq!(check(&repo, &["--base", "HEAD", "--fix"]).code, 0);
    let after = text(&repo, KAZ);
    assert!(after.contains(&format!("last_updated: {TODAY}\n")), "{after}");
    assert!(after.contains("quantity: \"800000-1000000\" # a range"), "the rest stays as it was");
}

/// `git commit -a` hands its hooks another index than the repository's own.
#[test]
fn what_is_staged_is_in_the_index_that_git_names() {
    let repo = guard::committed();
    add_statement(&repo);
    assert_eq!(reported(&repo, &["--staged"]), Vec::<String>::new(), "nothing is staged");
    let index = repo.path().join(".git/index-of-the-commit");
    std::fs::copy(repo.path().join(".git/index"), &index).expect("because the repository is ours");
    let staged = std::process::Command::new("git")
        .args(["add", KAZ])
        .current_dir(repo.path())
        .env("GIT_INDEX_FILE", &index)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .status();
    assert!(staged.is_ok_and(|status| status.success()));
    for name in [index.as_os_str(), ".git/index-of-the-commit".as_ref()] {
        let mut command = support::binary(repo.path());
        command
            .args(["check", "--staged", "--format", "json"])
            .env("SINCEWHEN_TODAY", TODAY)
            .env("GIT_INDEX_FILE", name);
        let output = command.output().expect("because the binary was built for these tests");
        assert!(String::from_utf8_lossy(&output.stdout).contains("gate-not-moved"), "{output:?}");
    }
}
