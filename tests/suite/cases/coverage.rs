//! Claims of coverage: who takes one back turns "missed" into "not known", and says why.

use crate::support::Repo;
use crate::support::guard::{self, KAZ, TODAY, edit, findings, text};

const CLAIM: &str = "    - {kinds: [msp, revcon], from: 2016-09-07, to: 2020-09-04, claim: none attended \
                     since 2016, sources: [p2020]}\n";
const MEETINGS: &str = "7MSP and 8MSP were published as missed";

/// The guarded dataset, with a record of a new date in which a part is replaced.
fn edited(find: &str, with: &str) -> Repo {
    let repo = guard::committed();
    edit(&repo, KAZ, find, with);
    redated(&repo, TODAY);
    repo
}

fn redated(repo: &Repo, date: &str) {
    let before = text(repo, KAZ);
    let old = before.lines().find(|line| line.starts_with("last_updated:")).expect("because it is dated");
    repo.write(KAZ, before.replacen(old, &format!("last_updated: {date}"), 1));
}

/// What the rule says of what is not committed.
fn said(repo: &Repo, base: &str) -> Vec<String> {
    let found = findings(repo, &["--base", base]);
    let own = found.iter().filter(|one| one["rule"] == "gate-coverage");
    own.map(|one| one["message"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_claim_that_is_taken_back_is_reported_in_whatever_way() {
    let whole = format!("  meetings:\n{CLAIM}");
    let claim = |with: &str| CLAIM.replace("from: 2016-09-07, to: 2020-09-04", with);
    let cases: &[(&str, &str, String, &str)] = &[
        ("deleted", &whole, String::new(), MEETINGS),
        ("null", &whole, "  meetings:\n".to_owned(), MEETINGS),
        ("an empty list", &whole, "  meetings: []\n".to_owned(), MEETINGS),
        ("an empty object", &whole, "  meetings: {}\n".to_owned(), MEETINGS),
        ("a text", &whole, "  meetings: none\n".to_owned(), MEETINGS),
        (
            "its end moved back",
            CLAIM,
            claim("from: 2016-09-07, to: 2018-06-01"),
            "8MSP was published as missed",
        ),
        (
            "its beginning moved on",
            CLAIM,
            claim("from: 2018-01-01, to: 2020-09-04"),
            "7MSP was published as missed",
        ),
        ("moved into the future", CLAIM, claim("from: 2030-01-01, to: 2030-09-04"), MEETINGS),
        ("its dates exchanged", CLAIM, claim("from: 2020-09-04, to: 2016-09-07"), MEETINGS),
        ("a date that is none", CLAIM, claim("from: soon, to: 2020-09-04"), MEETINGS),
        ("a key that is another", CLAIM, claim("from: 2016-09-07, until: 2020-09-04"), MEETINGS),
        (
            "its end moved back to where no meeting lay",
            CLAIM,
            claim("from: 2016-09-07, to: 2020-09-01"),
            "reached through 2020-09-04",
        ),
        ("other kinds", CLAIM, CLAIM.replace("[msp, revcon]", "[revcon]"), MEETINGS),
        ("no kinds", CLAIM, CLAIM.replace("[msp, revcon]", "[]"), MEETINGS),
    ];
    for (name, find, with, says) in cases {
        let found = said(&edited(find, with), "HEAD");
        assert_eq!(found.len(), 1, "{name}: {found:?}");
        assert!(found[0].contains(says) && found[0].contains("coverage.meetings["), "{name}: {found:?}");
    }
}

#[test]
fn what_is_assessed_less_far_is_reported() {
    let profile = "  profile: {to: 2020-09-04, sources: [p2020]}\n";
    for (with, says) in [
        (
            "  profile: {to: 2018-01-01, sources: [p2020]}\n",
            "was published as 2020-09-04 and is 2018-01-01 now",
        ),
        ("  profile: {to: \"2019\", sources: [p2020]}\n", "is 2019 now"),
        ("  profile: {to: tbd, sources: [p2020]}\n", "is no date now"),
        ("", "and is gone"),
    ] {
        let found = said(&edited(profile, with), "HEAD");
        assert_eq!(found.len(), 1, "{with}: {found:?}");
        assert!(
            found[0].starts_with("`coverage.profile.to`") && found[0].contains(says),
            "{with}: {found:?}"
        );
    }
}

#[test]
fn who_takes_nothing_back_is_not_blamed() {
    let split = "    - {kinds: [msp], from: 2016-09-07, to: 2018-01-01, claim: none, sources: [p2020]}\n    \
                 - {kinds: [msp, revcon], from: 2018-01-02, to: 2020-09-04, claim: none, sources: [p2020]}\n";
    let entry = "  - {meeting: ccm-6msp, participation: observer, sources: [p2020]}\n";
    let known = ["7msp", "8msp"]
        .map(|id| format!("  - {{meeting: ccm-{id}, participation: absent, sources: [p2020]}}\n"));
    let shorter = CLAIM.replace("from: 2016-09-07", "from: 2020-01-01");
    let cases: &[(&str, &[(&str, &str)])] = &[
        ("split in two", &[(CLAIM, split)]),
        ("further", &[("to: 2020-09-04, claim", "to: 2026-09-04, claim")]),
        ("in other words", &[("claim: none attended since 2016", "claim: it attended none")]),
        ("shorter where no meeting lay", &[("from: 2016-09-07", "from: 2016-10-01")]),
        ("entries in its place", &[(CLAIM, &shorter), (entry, &[entry, &known.concat()].concat())]),
    ];
    for (name, edits) in cases {
        let repo = guard::committed();
        for (find, with) in *edits {
            // The list of the record stands before that of its coverage.
            let before = text(&repo, KAZ);
            let at = before.rfind(find).unwrap_or_else(|| panic!("{name}: {find:?} is there"));
            repo.write(KAZ, format!("{}{with}{}", &before[..at], &before[at + find.len()..]));
        }
        redated(&repo, TODAY);
        assert_eq!(said(&repo, "HEAD"), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_correction_of_the_claim_says_why() {
    let shorter = CLAIM.replace("to: 2020-09-04", "to: 2018-06-01");
    let path = {
        let repo = edited(CLAIM, &shorter);
        let found = findings(&repo, &["--base", "HEAD"]);
        let own = found.iter().find(|one| one["rule"] == "gate-coverage").expect("because it is shorter");
        own["path"].as_str().expect("because it has a path").to_owned()
    };
    for (named, is_said) in
        [(path.clone(), true), (format!("{path}.to"), true), ("coverage.meetings".to_owned(), false)]
    {
        let repo = edited(CLAIM, &shorter);
        let entry = format!(
            "corrections:\n  - {{date: {TODAY}, path: \"{named}\", what: Claimed through 2020., why: A \
             slip., sources: [p2020]}}\nsources:\n  untc: {{kind"
        );
        edit(&repo, KAZ, "sources:\n  untc: {kind", &entry);
        assert_eq!(said(&repo, "HEAD").is_empty(), is_said, "{named}");
    }
}

#[test]
fn a_maintainer_accepts_it_and_no_comment_does() {
    let mut repo = edited(CLAIM, &CLAIM.replace("to: 2020-09-04", "to: 2018-06-01"));
    edit(&repo, KAZ, "coverage:\n", "# sincewhen: ignore[gate-coverage] agreed\ncoverage:\n");
    repo.commit("shorter");
    let by_base = ["--base", "HEAD~1", "--policy-from", "base"];
    let found = findings(&repo, &by_base);
    let own = found.iter().find(|one| one["rule"] == "gate-coverage").expect("because no comment accepts it");
    let print = own["fingerprint"].as_str().expect("because it has one");
    let left = findings(&repo, &[&by_base[..], &["--accept", print]].concat());
    assert!(left.iter().all(|one| one["rule"] != "gate-coverage"), "{left:?}");
}

#[test]
fn a_commit_before_the_last_takes_none_back_either() {
    let mut repo = edited(CLAIM, &CLAIM.replace("to: 2020-09-04", "to: 2018-06-01"));
    redated(&repo, "2026-11-20");
    repo.commit("shorter");
    edit(&repo, KAZ, "to: 2018-06-01", "to: 2020-09-04");
    redated(&repo, TODAY);
    repo.commit("as before");
    let found = findings(&repo, &["--base", "HEAD~2", "--policy-from", "base"]);
    let own = found.iter().filter(|one| one["rule"] == "gate-coverage");
    let found: Vec<&str> = own.filter_map(|one| one["message"].as_str()).collect();
    assert!(found.len() == 1 && found[0].contains("8MSP was published"), "{found:?}");
}
