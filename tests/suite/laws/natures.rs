//! The table of natures (DESIGN: "The nature of a change"), row by row, on a policy in memory.

use crate::support::policy::{Held, MapFiles, identity};
use NatureKind::{Correction, Development, Editorial, LateReport, Omission, Retraction, Review};
use sincewhen::model::{Nature, NatureKind};
use sincewhen::rules::Engine;

const MANIFEST: &str = "
format: sincewhen.manifest/1
rules: rules
calendars: {fairs: {path: fairs.yaml}}
records:
  - kind: stall
    path: stalls/*.yaml
    schema: stall.schema.json
    identity: [stall]
    date: as_of
    corrections: amends
    assessed: [{fields: [visits, licence], through: read.to}]
";

const SCHEMA: &str = r#"{"type": "object", "properties": {
  "as_of": {"x-nature": "review"},
  "prose": {"x-nature": "editorial"},
  "owner": {"type": "object", "properties": {
    "name": {"x-companion-date": "1/since"},
    "trade": {"x-companion-date": "1/since", "x-companion-dates": {"closed": "1/closed_on"}}
  }},
  "licence": {"type": "string"},
  "law": {"type": ["integer", "string"]},
  "colour": {"type": "string"},
  "sales": {"x-key": ["id"], "items": {"type": "object", "x-date": "on", "properties": {
    "on": {"format": "partial-date"},
    "reported": {"type": "object", "x-account-of": "1", "properties": {"sum": {}, "note": {"x-nature": "editorial"}}},
    "note": {"x-nature": "editorial"}}}},
  "visits": {"x-key": ["fair"], "items": {"type": "object", "properties": {"fair": {"x-occasion": ["fairs"]}}}},
  "opened": {"x-date": "."},
  "read": {"x-nature": "review"},
  "amends": {"x-nature": "correction", "x-key": ["path"]}
}}"#;

const FAIRS: &str = "
entries:
  - {id: spring, start: 2018-04-01, end: 2018-04-03}
  - {id: june, start: 2018-06-14, end: 2018-06-16}
  - {id: autumn, start: 2018-10-01}
  - {id: some-day, start: 2018}
";

fn files() -> MapFiles {
    MapFiles::default()
        .with("sincewhen.yaml", MANIFEST)
        .with("rules/README.md", "")
        .with("stall.schema.json", SCHEMA)
        .with("fairs.yaml", FAIRS)
}

/// The natures of all changes from one edition to another, by path.
fn natures(a: &str, before: &str, after: &str) -> Vec<(String, Nature, Option<String>)> {
    let (policy, reference) = files().load("");
    let engine = Engine::new(&policy, &reference).expect("because there are no rules");
    let identity = identity(&[("stall", "7")]);
    let subject = engine.subject(&identity, 0);
    // A record that loses its last field is another thing than a record with one field less.
    let text =
        |fields: &str| if fields == "{}" { "stall: 7\n".to_owned() } else { format!("stall: 7\n{fields}\n") };
    let (from, to) = (Held::new(&text(before), a), Held::new(&text(after), "2019-06-15"));
    let changes = engine.changes(&subject, from.edited(), to.edited());
    changes.into_iter().map(|c| (c.path.to_string(), c.nature, c.reason)).collect()
}

/// Between the editions of 15 June 2018 and 15 June 2019.
fn nature_of(path: &str, before: &str, after: &str) -> Nature {
    let all = natures("2018-06-15", before, after);
    let found = all.iter().find(|(p, _, _)| p == path);
    found.unwrap_or_else(|| panic!("no change of `{path}` in {all:?}")).1
}

fn certain(kind: NatureKind) -> Nature {
    Nature::certain(kind)
}

fn uncertain() -> Nature {
    Nature { kind: Development, uncertain: true, undated: false }
}

fn undated(kind: NatureKind) -> Nature {
    Nature { kind, uncertain: false, undated: true }
}

#[test]
fn added_with_a_date_of_its_own() {
    for (on, nature) in [
        ("2018-06-16", certain(Development)),
        ("2018-06-15", certain(Development)),
        ("2018-06-14", certain(LateReport)),
        ("\"1998\"", certain(LateReport)),
        ("2018-07", certain(Development)),
        ("\"2019\"", certain(Development)),
        ("2018-05", certain(LateReport)),
        ("2018-06", uncertain()),
        ("\"2018\"", uncertain()),
        ("2018-06-15T10:00:00Z", certain(LateReport)),
        ("2018-06-16T00:30:00+02:00", certain(Development)),
        ("2018-06-16T00:30:00Z", certain(Development)),
    ] {
        let got = nature_of("sales[x]", "{}", &format!("sales: [{{id: x, on: {on}}}]"));
        assert_eq!(got, nature, "on {on}");
    }
    assert_eq!(nature_of("sales[x]", "{}", "sales: [{id: x}]"), undated(LateReport));
    assert_eq!(nature_of("sales[x]", "{}", "sales: [{id: x, on: some day}]"), undated(LateReport));
    assert_eq!(nature_of("opened", "{}", "opened: 2019-01-01"), certain(Development));
    assert_eq!(nature_of("opened", "{}", "opened: 2001-01-01"), certain(LateReport));
}

#[test]
fn added_with_the_date_of_its_occasion() {
    for (fair, nature) in [
        ("spring", certain(LateReport)),
        ("autumn", certain(Development)),
        ("june", certain(Development)),
        ("some-day", uncertain()),
        ("unheard-of", undated(LateReport)),
    ] {
        assert_eq!(
            nature_of(&format!("visits[{fair}]"), "{}", &format!("visits: [{{fair: {fair}}}]")),
            nature,
            "{fair}"
        );
    }
}

#[test]
fn changed_with_a_date() {
    for (on, nature) in [
        ("2018-06-15", certain(Correction)),
        ("2018-06-16", certain(Development)),
        ("2018-06", uncertain()),
        ("~", undated(Development)),
    ] {
        let item = |sum: i64| format!("sales: [{{id: x, on: {on}, sum: {sum}}}]");
        assert_eq!(nature_of("sales[x].sum", &item(1), &item(2)), nature, "on {on}");
    }
    let visit = |seen: &str, fair: &str| format!("visits: [{{fair: {fair}, seen: {seen}}}]");
    assert_eq!(
        nature_of("visits[spring].seen", &visit("a", "spring"), &visit("b", "spring")),
        certain(Correction)
    );
    assert_eq!(
        nature_of("visits[autumn].seen", &visit("a", "autumn"), &visit("b", "autumn")),
        certain(Development)
    );
}

#[test]
fn an_undated_scalar_goes_by_its_companion() {
    let owner = |name: &str, since: &str| format!("owner: {{name: {name}, since: {since}}}");
    assert_eq!(
        nature_of("owner.name", &owner("Ida", "2001"), &owner("Ole", "2018-11-01")),
        certain(Development)
    );
    assert_eq!(
        nature_of("owner.name", &owner("Ida", "2001"), &owner("Ole", "2018-06-15")),
        certain(Correction)
    );
    assert_eq!(nature_of("owner.name", &owner("Ida", "2001"), &owner("Ole", "\"2018\"")), uncertain());
    assert_eq!(nature_of("owner.name", "owner: {name: Ida}", "owner: {name: Ole}"), undated(Development));
    assert_eq!(nature_of("colour", "colour: red", "colour: blue"), undated(Development));
    let trade = |what: &str| format!("owner: {{trade: {what}, since: 2001, closed_on: 2019-01-01}}");
    assert_eq!(
        nature_of("owner.trade", &trade("fish"), &trade("closed")),
        certain(Development),
        "a date of the new value's own"
    );
    assert_eq!(
        nature_of("owner.trade", &trade("closed"), &trade("fish")),
        certain(Correction),
        "the date for any other value"
    );
}

#[test]
fn removed_without_a_word_is_an_omission_whatever_its_date() {
    for on in ["1998", "2018-06", "2019-01-01"] {
        assert_eq!(
            nature_of("sales[x]", &format!("sales: [{{id: x, on: \"{on}\"}}]"), "{}"),
            certain(Omission),
            "on {on}"
        );
    }
    assert_eq!(nature_of("colour", "colour: red", "{}"), certain(Omission));
    assert_eq!(nature_of("owner.name", "owner: {name: Ida, since: 2019-01-01}", "{}"), certain(Omission));
}

/// A date is the same date written more or less exactly, or the past put right, wherever it moves.
#[test]
fn a_date_written_otherwise_is_detail_or_a_correction() {
    let sale = |on: &str| format!("sales: [{{id: x, on: {on}}}]");
    let of = |old: &str, new: &str| nature_of("sales[x].on", &sale(old), &sale(new));
    assert_eq!(of("\"2010\"", "2010-08-01"), certain(LateReport), "more exact");
    assert_eq!(of("2010-08", "2010-08-01"), certain(LateReport));
    assert_eq!(of("2010-08-01", "2010-08"), certain(Editorial), "less exact");
    assert_eq!(of("2010-08-01", "2010-09-01"), certain(Correction));
    assert_eq!(of("2010-08-01", "2019-01-01"), certain(Correction), "a past date stays past");
    assert_eq!(of("2019-01-01", "2019-02-01"), certain(Development));
}

#[test]
fn free_text_in_other_words_is_editorial() {
    let of = |old: &str, new: &str| nature_of("law", &format!("law: {old}"), &format!("law: {new}"));
    assert_eq!(of("Order No. 3 of the ministry", "Ministry order No. 3"), certain(Editorial));
    assert_eq!(of("about 300 pieces", "300 pieces, about"), certain(Editorial));
    assert_eq!(of("about 300 pieces", "about 400 pieces"), undated(Development), "another number");
    assert_eq!(of("Order No. 3", "a bill before parliament"), undated(Development), "other words altogether");
    assert_eq!(of("300", "400"), undated(Development));
}

/// That another source says otherwise is learned late, whatever it is about, and corrects nothing.
#[test]
fn a_second_account_is_a_late_report() {
    let sale = |rest: &str| format!("sales: [{{id: x, on: 2018-01-01, sum: 1{rest}}}]");
    let (without, with) = (sale(""), sale(", reported: {sum: 2}"));
    assert_eq!(nature_of("sales[x].reported.sum", &without, &with), certain(LateReport));
    assert_eq!(nature_of("sales[x].reported.sum", &with, &sale(", reported: {sum: 3}")), certain(LateReport));
    assert_eq!(nature_of("sales[x].reported.sum", &with, &without), certain(Omission));
}

#[test]
fn text_and_reviews_are_quiet_whatever_happens_to_them() {
    for (before, after) in [("prose: a", "prose: b"), ("{}", "prose: b"), ("prose: a", "{}")] {
        assert_eq!(nature_of("prose", before, after), certain(Editorial));
    }
    let item = |note: &str| format!("sales: [{{id: x, on: 2019-01-01, note: {note}}}]");
    assert_eq!(nature_of("sales[x].note", &item("a"), &item("b")), certain(Editorial));
    assert_eq!(nature_of("as_of", "as_of: 2018-06-15", "as_of: 2019-06-15"), certain(Review));
    assert_eq!(nature_of("read.to", "read: {to: 2018-01-01}", "read: {to: 2019-01-01}"), certain(Review));
    let turned =
        ("sales: [{id: x, on: 2001}, {on: 2002, id: y}]", "sales: [{id: y, on: 2002}, {id: x, on: 2001}]");
    assert_eq!(natures("2018-06-15", turned.0, turned.1), [], "order and layout are no change at all");
}

#[test]
fn a_logged_correction_makes_a_correction_with_its_reason() {
    let item = |sum: i64| format!("sales: [{{id: x, on: 2018-11-01, sum: {sum}}}]");
    let logged =
        |path: &str| format!("{}\namends: [{{path: '{path}', what: Misread., why: The ink ran.}}]", item(2));
    let got = |path: &str| {
        let all = natures("2018-06-15", &item(1), &logged(path));
        all.into_iter().find(|(p, _, _)| p == "sales[x].sum").map(|(_, nature, reason)| (nature.kind, reason))
    };
    let gone = "amends: [{path: 'sales[x]', what: Misread., why: The ink ran.}]";
    let taken_out: Vec<Nature> = natures("2018-06-15", &item(1), gone)
        .into_iter()
        .filter(|(p, _, _)| p == "sales[x]")
        .map(|(_, n, _)| n)
        .collect();
    assert_eq!(
        taken_out,
        [certain(Retraction)],
        "what an entry takes out is withdrawn, not merely unmentioned"
    );
    let corrected = Some((Correction, Some("Misread. The ink ran.".to_owned())));
    assert_eq!(got("sales[x].sum"), corrected);
    assert_eq!(got("sales[x]"), corrected, "an entry on the item");
    assert_eq!(got("sales[].sum"), Some((Development, None)), "an entry names one path");
    assert_eq!(got("sales[xx]"), Some((Development, None)));
    assert_eq!(got("sale"), Some((Development, None)));
    let old = format!("{}\namends: [{{path: 'sales[x].sum', what: Misread., why: The ink ran.}}]", item(1));
    let all = natures("2018-06-15", &old, &logged("sales[x].sum"));
    assert_eq!(all[0].1.kind, Development, "an entry that stood there before is not about this change");
}

/// A part that was assessed through an earlier day than the edition's: what happened in between is news.
#[test]
fn assessed_through_an_earlier_day_than_the_edition_s() {
    let visits = |read: &str, fair: &str| {
        (format!("read: {{to: {read}}}"), format!("read: {{to: {read}}}\nvisits: [{{fair: {fair}}}]"))
    };
    let of = |read: &str, fair: &str| {
        let (before, after) = visits(read, fair);
        let all = natures("2018-12-31", &before, &after);
        all.into_iter().find(|(p, _, _)| p.starts_with("visits")).expect("it was added").1
    };
    assert_eq!(of("2018-06-30", "autumn"), certain(Development));
    assert_eq!(of("2018-10-01", "autumn"), certain(Development), "on the very day");
    assert_eq!(of("2018-10-02", "autumn"), certain(LateReport));
    assert_eq!(of("2018-06-30", "june"), certain(LateReport));
    assert_eq!(of("2018-06-15", "june"), certain(Development), "under way");
    assert_eq!(
        of("2019-06-30", "autumn"),
        certain(LateReport),
        "a later day than the edition's own counts for nothing"
    );
    assert_eq!(of("some day", "autumn"), certain(LateReport), "no date, no refinement");
    let sale = natures(
        "2018-12-31",
        "read: {to: 2018-06-30}",
        "read: {to: 2018-06-30}\nsales: [{id: x, on: 2018-10-01}]",
    );
    assert_eq!(sale[0].1, certain(LateReport), "a part that is not assessed so goes by the edition's date");
    let licence =
        natures("2018-12-31", "read: {to: 2018-06-30}\nlicence: a", "read: {to: 2018-06-30}\nlicence: b");
    assert_eq!(licence[0].1, undated(Development));
}
