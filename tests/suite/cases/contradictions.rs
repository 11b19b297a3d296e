//! What records say against each other, against the calendars, the tables, and themselves; and what is
//! suggested instead.

use crate::support::Repo;
use crate::support::guard::{self, FIN, KAZ, LTU};

const KAZ_MINES: &str = "dataset/countries/KAZ/mine-ban.yaml";

/// The record of the same state on the other treaty: outside it, as of a day.
fn twin(status: &str, standing: &str) -> String {
    format!(
        "# yaml-language-server: $schema=../../../schema/position.schema.json\ncountry: KAZ\ntopic: \
            mine-ban\n\
         last_updated: 2020-09-04\ntreaty:\n{status}  sources: [untc]\ninstruments:\n{standing}  sources: \
         [untc]\n\
         coverage: {{profile: {{to: 2020-09-04, sources: [untc]}}}}\nsources:\n  untc: {{kind: \
         treaty-record, title: Treaty \
         Collection, url: \"https://example.org/untc\"}}\n"
    )
}

const OUTSIDE: &str = "  status: non-signatory\n";
const CONTRADICTION: &str = "  convention-on-cluster-munitions: party\n";

fn rules(repo: &Repo, args: &[&str]) -> Vec<String> {
    let found = guard::findings(repo, args);
    found
        .iter()
        .filter(|one| one["level"] != "note")
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
            format!("{} {} {}", text("rule"), text("file"), text("path"))
        })
        .collect()
}

#[test]
fn an_edit_of_one_record_is_held_against_the_other() {
    let mut repo = guard::committed();
    let says = format!("twin-status-mbt {KAZ_MINES} instruments.convention-on-cluster-munitions");
    repo.write(KAZ_MINES, twin(OUTSIDE, CONTRADICTION));
    assert_eq!(rules(&repo, &[]), [says.as_str()]);
    assert_eq!(
        rules(&repo, &["--base", "HEAD"]),
        [says.as_str()],
        "the other record is read though it did not change"
    );
    // The contradiction is where it stands, whichever of the two an edit makes.
    repo.write(KAZ_MINES, twin(OUTSIDE, "  convention-on-cluster-munitions: non-party\n"));
    repo.commit("they agree");
    guard::edit(
        &repo,
        KAZ,
        "  status: non-signatory\n",
        "  status: party\n  consent: {kind: accession, date: 2019-05-06}\n  in_force: 2019-11-01\n",
    );
    let found = rules(&repo, &["--base", "HEAD"]);
    assert!(found.contains(&says), "{found:?}");
    // A comment in the file that did not change accepts it.
    let accepted = "  convention-on-cluster-munitions: non-party  # sincewhen: ignore[twin-status-mbt] as \
        its page says\n";
    repo.write(KAZ_MINES, twin(OUTSIDE, accepted));
    repo.git(["add", KAZ_MINES]);
    repo.git(["commit", "-q", "-m", "accepted in advance", KAZ_MINES]);
    let found = rules(&repo, &["--base", "HEAD"]);
    assert!(!found.contains(&says), "{found:?}");
}

/// What the base has too is no fault of the branch.
#[test]
fn a_contradiction_of_the_base_is_not_held_against_an_edit() {
    let mut repo = guard::committed();
    repo.write(KAZ_MINES, twin(OUTSIDE, CONTRADICTION));
    repo.commit("a contradiction");
    guard::edit(&repo, KAZ, "title: Letter to the Monitor", "title: A letter to the Monitor");
    assert_eq!(rules(&repo, &["--base", "HEAD"]), [""; 0]);
}

/// Each planted alone in a dataset without faults.
#[test]
fn contradictions_inside_a_record() {
    let seen = "participation: observer, sources: [p2016]";
    let ccw = |lines: &str| format!("instruments:\n{lines}  sources: [p2020]\nstatements:\n");
    let in_fin = |lines: &str| format!("instruments:\n{lines}  sources: [p2014]\nmeetings:\n");
    let left = |treaty: &str| format!("  {treaty}: party\n  left: {{{treaty}: 2009-07-08}}\n");
    let planted: Vec<(&str, &str, String, &str)> = vec![
        (KAZ, seen, "participation: absent, statement: true, sources: [p2016]".into(), "absent-took-part"),
        (KAZ, seen, "participation: absent, role: co-chair, sources: [p2016]".into(), "absent-took-part"),
        (KAZ, seen, "participation: observer, invited: true, sources: [p2016]".into(), "invited-and-came"),
        (KAZ, seen, "participation: observer, role: host, sources: [p2016]".into(), "host-absent"),
        (KAZ, "statements:\n", ccw("  ccw: non-party\n  ccw-protocol-v: party\n"), "ccw-protocol-v-alone"),
        (
            KAZ,
            "statements:\n",
            ccw("  ccw: signatory\n  ccw-amended-protocol-ii: party\n"),
            "ccw-amended-protocol-ii-alone",
        ),
        (KAZ, "statements:\n", ccw("  ccw: non-party\n  joined: {ccw: 2009-07-08}\n"), "joined-but-outside"),
        (KAZ, "statements:\n", ccw(&left("mine-ban-treaty")), "left-but-party"),
        (FIN, "meetings:\n", in_fin(&left("convention-on-cluster-munitions")), "left-but-party"),
        (FIN, "meetings:\n", in_fin(&left("ccw-protocol-ii")), "left-but-party"),
        (
            KAZ,
            "statements:\n",
            ccw("  ccw: party\n  joined: {ccw: 2009-07-08, ccw-protocol-v: 2008-07-08}\n"),
            "ccw-protocol-v-order",
        ),
        (
            KAZ,
            "  status: non-signatory\n",
            "  status: signatory\n  signed: 2011-12-03\n".into(),
            "signed-when-closed",
        ),
        (
            KAZ,
            "  status: non-signatory\n",
            "  status: signatory\n  signed: 2007-12-03\n".into(),
            "signed-when-closed",
        ),
        (FIN, "kind: accession", "kind: ratification".into(), "ratified-unsigned"),
        (LTU, "kind: ratification", "kind: accession".into(), "accession-after-signing"),
    ];
    for (file, find, with, rule) in planted {
        let repo = guard::committed();
        guard::edit(&repo, file, find, &with);
        let found = rules(&repo, &[]);
        assert!(found.iter().any(|one| one.starts_with(rule)), "{with}: {found:?}");
    }
}

/// What is suggested is possible: of a calendar for this record, not yet named in it, not after its date.
#[test]
fn suggestions_stay_inside_what_is_possible() {
    let cases = [
        // Two digits exchanged.
        ("resolution: A/RES/73/54", "resolution: A/RES/73/45", "`A/RES/73/54`"),
        // One digit off; the other treaty has 74/61, this one 74/62, which the record names already.
        ("meeting: ccm-6msp", "meeting: ccm-6mps", "`ccm-6msp`"),
    ];
    for (find, with, near) in cases {
        let repo = guard::committed();
        guard::edit(&repo, KAZ, find, with);
        let run = guard::check(&repo, &["-v"]);
        assert!(run.stdout.contains(&format!("did you mean {near}?")), "{with}: {}", run.stdout);
    }
    let repo = guard::committed();
    guard::edit(&repo, KAZ, "resolution: A/RES/73/54", "resolution: A/RES/73/61x");
    let run = guard::check(&repo, &["-v"]);
    assert!(!run.stdout.contains("`A/RES/73/61`"), "a resolution on the other treaty: {}", run.stdout);
}

/// A code is never taken for another one because few letters differ; a name or another code of the state is
/// known.
#[test]
fn a_state_is_suggested_by_its_names() {
    for (written, near) in [
        ("KZ", Some("KAZ")),
        ("Kazakhstan", Some("KAZ")),
        ("Kazakstan", Some("KAZ")),
        ("KZA", Some("KAZ")),
        ("KAX", None),
    ] {
        let repo = guard::committed();
        guard::edit(&repo, KAZ, "country: KAZ", &format!("country: {written}"));
        let found = guard::findings(&repo, &[]);
        let one = found.iter().find(|one| one["rule"] == "unknown-state").expect("no such state");
        let help = one["help"].as_str().unwrap_or_default();
        match near {
            Some(near) => assert_eq!(help, format!("did you mean `{near}`?"), "{written}"),
            None => assert!(!help.contains("did you mean"), "{written}: {help}"),
        }
    }
}
