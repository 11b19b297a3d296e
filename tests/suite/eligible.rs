//! Who could take part in an occasion: nobody is said to have missed what was over before it came into being.

use crate::support::policy::{MapFiles, identity};
use sincewhen::dataset::Reference;
use sincewhen::schema::Policy;

const MANIFEST: &str = r#"format: sincewhen.manifest/1
records:
  - {kind: a, path: "*.yaml", schema: a.json, identity: [club], date: c, heading: x}
tables:
  clubs: {path: clubs.yaml}
calendars:
  cups:
    path: cups.yaml
    eligible: ELIGIBLE
"#;

const CLUBS: &str = "old: {name: Old}
new: {name: New, founded: 2002-03-04}
rough: {name: Rough, founded: '2002'}
";

const CUPS: &str = "entries:
  - {id: c1, start: 2001-03-01, end: 2001-03-04}
  - {id: c2, start: 2002-03-01, end: 2002-03-04}
  - {id: c3, start: 2003-03-01, invited: {yes-list: [old]}}
";

fn files(eligible: &str) -> MapFiles {
    let manifest = MANIFEST.replace("ELIGIBLE", eligible);
    MapFiles::default()
        .with("sincewhen.yaml", &manifest)
        .with("a.json", "{}")
        .with("clubs.yaml", CLUBS)
        .with("cups.yaml", CUPS)
}

/// The cups that a club could come to.
fn open_to(reference: &Reference, club: &str) -> Vec<String> {
    let cups = &reference.calendars["cups"].occasions;
    let admitted = cups.iter().filter(|cup| cup.admits(&identity(&[("club", club)])));
    admitted.map(|cup| cup.id.clone()).collect()
}

#[test]
fn what_was_over_before_a_subject_came_into_being_was_not_open_to_it() {
    let (_, reference) = files("{field: club, table: clubs, from: founded}").load("");
    assert_eq!(open_to(&reference, "old"), ["c1", "c2", "c3"]);
    // The day on which a cup ended is enough; so is a year that it may lie in.
    assert_eq!(open_to(&reference, "new"), ["c2", "c3"]);
    assert_eq!(open_to(&reference, "rough"), ["c2", "c3"]);
    assert_eq!(open_to(&reference, "unheard-of"), ["c1", "c2", "c3"]);
    let (_, both) = files("{field: club, among: invited, table: clubs, from: founded}").load("");
    assert_eq!(open_to(&both, "old"), ["c1", "c2", "c3"]);
    assert_eq!(open_to(&both, "new"), ["c2"]);
}

#[test]
fn a_manifest_that_says_half_of_it_is_refused() {
    for (eligible, fault) in [
        ("{field: club}", "needs `among`, or `table` and `from`"),
        ("{field: club, table: clubs}", "`table` needs `from`, the column of its day"),
        ("{field: club, from: founded}", "`from` needs `table`, whose column it is"),
        ("{field: club, table: teams, from: founded}", "the manifest names no table `teams`"),
    ] {
        let files = files(eligible);
        let policy = Policy::load(&files, "").unwrap_or_else(|error| panic!("{error}"));
        let error = Reference::load(&files, &policy).expect_err("half of it").to_string();
        let fault = format!("calendars: cups: eligible: {fault}");
        assert!(error.ends_with(&fault), "{eligible}: {error}");
    }
}
