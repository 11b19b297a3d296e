//! `check` on one state of the data: every kind of error planted alone in a dataset without faults is found,
//! at the right line and column, and nothing else is.

use crate::support;

use std::collections::BTreeSet;
use support::guard::{self, FIN, KAZ, LTU, check, edit, findings, lines};
use support::{Repo, own_repository};

/// An error to plant. In what is put in, `«` and `»` enclose the place that must be named.
struct Plant {
    rule: &'static str,
    file: &'static str,
    edits: &'static [(&'static str, &'static str)],
    says: &'static str,
}

const fn plant(
    rule: &'static str,
    file: &'static str,
    edits: &'static [(&'static str, &'static str)],
    says: &'static str,
) -> Plant {
    Plant { rule, file, edits, says }
}

const PLANTS: &[Plant] = &[
    // YAML itself.
    plant(
        "yaml-syntax",
        KAZ,
        &[
            ("quantity: \"800000-1000000\"", "quantity: \"800000-1000000"),
            ("started: \"2012\"", "started: \"«2»012\""),
        ],
        "closing quotation mark",
    ),
    plant(
        "yaml-syntax",
        KAZ,
        &[
            ("participation: observer, sources: [p2016]}", "participation: observer, sources: [p2016]"),
            ("  - {meeting: ccm-6msp", "  «-» {meeting: ccm-6msp"),
        ],
        "still open",
    ),
    plant(
        "yaml-duplicate-key",
        KAZ,
        &[("  supports_aims: true\n", "  supports_aims: true\n  «supports_aims»: false\n")],
        "stands twice",
    ),
    plant(
        "yaml-encoding",
        KAZ,
        &[("Kazakhstan has not joined.", "Kazakhstan has «\u{1}» not joined.")],
        "U+0001",
    ),
    plant(
        "yaml-multiple-documents",
        FIN,
        &[(
            "title: \"Finland\", date: 2014-11-12}\n",
            "title: \"Finland\", date: 2014-11-12}\n«---»\na: 1\n",
        )],
        "second document",
    ),
    plant("yaml-tag", KAZ, &[("kind: letter\n    summary", "kind: «!!str» letter\n    summary")], "tag"),
    plant(
        "yaml-alias",
        KAZ,
        &[
            ("sources: [p2016]", "sources: &s [p2016]"),
            (
                "ccm-6msp, participation: observer, sources: [p2020]",
                "ccm-6msp, participation: observer, sources: «*s»",
            ),
        ],
        "alias",
    ),
    plant(
        "yaml-merge-key",
        KAZ,
        &[("  supports_aims: true\n", "  supports_aims: true\n  «<<»: {sources: [p2020]}\n")],
        "merge",
    ),
    plant(
        "yaml-key-type",
        KAZ,
        &[("  supports_aims: true\n", "  supports_aims: true\n  ? «[a]»\n  : 1\n")],
        "key",
    ),
    plant(
        "yaml-number",
        KAZ,
        &[("quantity: \"800000-1000000\"", "quantity: «123456789012345678901»")],
        "number",
    ),
    plant("yaml-tab", KAZ, &[("  supports_aims: true\n", "«\t»supports_aims: true\n")], "tab"),
    plant(
        "yaml-directive",
        FIN,
        &[("schema/position.schema.json\n", "schema/position.schema.json\n«%YAML 1.2»\n---\n")],
        "directive",
    ),
    plant("yaml-portability", KAZ, &[("title: Letter to the Monitor", "title: «yes»")], "truth value"),
    plant("yaml-portability", KAZ, &[("title: Letter to the Monitor", "title: «1:30»")], "base 60"),
    // The schema.
    plant(
        "schema-required",
        KAZ,
        &[("  status: non-signatory\n", ""), ("treaty:", "«treaty»:")],
        "Treaty status has no `status`",
    ),
    plant(
        "schema-required",
        KAZ,
        &[(
            "- {resolution: A/RES/73/54, vote: in-favour, sources: [un-73-54]}",
            "- «{resolution: A/RES/73/54, sources: [un-73-54]}»",
        )],
        "Vote `A/RES/73/54` has no `vote`",
    ),
    plant(
        "schema-unknown-field",
        KAZ,
        &[("  supports_aims: true", "  «support_aims»: true")],
        "has no field `support_aims`",
    ),
    plant(
        "schema-type",
        KAZ,
        &[("supports_aims: true", "supports_aims: «perhaps»")],
        "must be `true` or `false`, and this is a text",
    ),
    plant(
        "schema-type",
        KAZ,
        &[("started: \"2012\"", "started: «2012»")],
        "must be a text, and this is a whole number",
    ),
    plant(
        "schema-value",
        KAZ,
        &[("participation: observer, sources: [p2016]", "participation: «observers», sources: [p2016]")],
        "`observers` is no value of participation",
    ),
    plant("schema-form", KAZ, &[("\"https://example.org/2016\"", "«\"example.org/2016\"»")], "address"),
    plant(
        "schema-form",
        KAZ,
        &[("  untc: {kind", "  «UNTC»: {kind"), ("sources: [untc]", "sources: [UNTC]")],
        "is no name for an entry of sources",
    ),
    plant("schema-date", KAZ, &[("date: 2012-04-17", "date: «17 April 2012»")], "is not a date"),
    plant("schema-date", KAZ, &[("profile: {to: 2020-09-04", "profile: {to: «2020-09»")], "whole day"),
    plant("schema-size", KAZ, &[("claim: none attended since 2016", "claim: «\"\"»")], "Claim is empty"),
    plant(
        "schema-repeated",
        KAZ,
        &[("kinds: [msp, revcon]", "kinds: [msp, revcon, «msp»]")],
        "`msp` stands in this list twice",
    ),
    // Names that must exist elsewhere.
    plant(
        "unknown-reference",
        KAZ,
        &[
            ("sources: [p2016]", "sources: [«p2015»]"),
            (
                "  p2016: {kind: profile, title: \"Kazakhstan, 2016\", date: 2016-06-16, \
                    url: \"https://example.org/2016\"}\n",
                "",
            ),
        ],
        "`p2015` is not listed under `sources`",
    ),
    plant(
        "unused-reference",
        KAZ,
        &[("sources: [p2020, letter-1570]", "sources: [p2020]"), ("  letter-1570: {", "  «letter-1570»: {")],
        "nothing in the record refers to `letter-1570`",
    ),
    plant(
        "unknown-occasion",
        KAZ,
        &[("meeting: ccm-6msp", "meeting: «ccm-66msp»")],
        "no calendar has an entry `ccm-66msp`",
    ),
    plant(
        "unknown-occasion",
        KAZ,
        &[("resolution: A/RES/73/54", "resolution: «A/RES/73/99»")],
        "no calendar has an entry `A/RES/73/99`",
    ),
    plant(
        "repeated-key",
        KAZ,
        &[("meeting: ccm-6msp", "meeting: «ccm-1rc»")],
        "`ccm-1rc` stands in the list twice",
    ),
    plant("calendar-ccm", KAZ, &[("meeting: ccm-6msp", "meeting: «mbt-14msp»")], "not for this record"),
    plant("calendar-mbt", FIN, &[("meeting: mbt-3rc", "meeting: «ccm-4msp»")], "not for this record"),
    plant(
        "vote-roll-call",
        KAZ,
        &[("resolution: A/RES/74/62, vote: in-favour", "resolution: A/RES/74/62, vote: «abstained»")],
        "the calendar has KAZ under `in-favour`",
    ),
    plant(
        "reported-date",
        FIN,
        &[(
            "participation: participant,",
            "participation: participant, reported: {date: «2014-09», sources: [p2014]},",
        )],
        "the calendar dates 3RC",
    ),
    // Dates.
    plant("date-impossible", KAZ, &[("date: 2012-04-17", "date: «2012-04-31»")], "does not exist"),
    plant("date-impossible", KAZ, &[("from: 2016-09-07", "from: «2016-13»")], "does not exist"),
    plant("date-future", KAZ, &[("date: 2012-04-17", "date: «2027-04-17»")], "lies in the future"),
    plant(
        "date-after-edition",
        KAZ,
        &[("date: 2012-04-17", "date: «2021-04-17»")],
        "after the edition's own date 2020-09-04",
    ),
    plant(
        "date-after-edition",
        KAZ,
        &[("meeting: ccm-9msp, participation: absent", "meeting: «ccm-2rc-part1», participation: absent")],
        "after the edition's own date",
    ),
    plant(
        "coverage-after-edition",
        KAZ,
        &[("votes: {from: 2018-12-05, to: 2019-12-12", "votes: {from: 2018-12-05, to: «2020-12-07»")],
        "after the edition's own date",
    ),
    plant(
        "coverage-order",
        KAZ,
        &[("from: 2016-09-07, to: 2020-09-04", "from: 2016-09-07, to: «2016-09-01»")],
        "comes before",
    ),
    plant(
        "coverage-votes-order",
        KAZ,
        &[("votes: {from: 2018-12-05, to: 2019-12-12", "votes: {from: 2018-12-05, to: «2017-12-12»")],
        "comes before",
    ),
    plant("destruction-order", KAZ, &[("completed: \"2014\"", "completed: «\"2010\"»")], "comes before"),
    plant(
        "moratorium-order",
        KAZ,
        &[(
            "  use: {status: none-known, sources: [p2020]}\n",
            "  moratorium: {kind: export, since: \"2003\", until: «\"1999\"», sources: [p2020]}\n",
        )],
        "comes before",
    ),
    plant(
        "past-use-order",
        KAZ,
        &[(
            "  use: {status: none-known, sources: [p2020]}\n",
            "  past_use: [{id: war, status: alleged, from: \"2012\", to: «\"2011\"», sources: [p2020]}]\n",
        )],
        "comes before",
    ),
    plant(
        "suspension-order",
        FIN,
        &[(
            "  in_force: 2012-07-01\n",
            "  in_force: 2012-07-01\n  suspension: {decided: 2013-01-01, until: «2012-12-01», sources: \
                [untc]}\n",
        )],
        "comes before",
    ),
    plant(
        "suspension-outside",
        KAZ,
        &[(
            "  status: non-signatory\n",
            "  status: non-signatory\n  «suspension»: {decided: 2013-01-01, sources: [untc]}\n",
        )],
        "stands here",
    ),
    plant(
        "own-treaty-ccm",
        KAZ,
        &[(
            "coverage:\n",
            "instruments: {«convention-on-cluster-munitions»: non-party, sources: [p2020]}\ncoverage:\n",
        )],
        "stands here",
    ),
    plant(
        "own-treaty-mbt",
        FIN,
        &[(
            "sources:\n  untc",
            "instruments: {«mine-ban-treaty»: party, sources: [p2014]}\nsources:\n  untc",
        )],
        "stands here",
    ),
    plant(
        "summary-contradicts",
        KAZ,
        &[(
            "summary: >-\n  Kazakhstan has not joined. It says that it\n  supports the aims.\n",
            "summary: «Kazakhstan has withdrawn from the treaty.»\n",
        )],
        "says \"has withdrawn from the\"",
    ),
    plant(
        "target-order",
        KAZ,
        &[(
            "  supports_aims: true\n",
            "  supports_aims: true\n  target: {date: «\"2012\"», announced: \"2014\"}\n",
        )],
        "comes before",
    ),
    plant(
        "joined-before-signing",
        LTU,
        &[("date: 2011-03-24", "date: «2008-03-24»")],
        "comes before signature",
    ),
    plant(
        "in-force-before-consent",
        FIN,
        &[("in_force: 2012-07-01", "in_force: «2011-07-01»")],
        "comes before date of deposit",
    ),
    plant(
        "withdrawal-order",
        LTU,
        &[
            ("in_force: 2011-09-01", "in_force: 2024-11-01"),
            ("notified: 2024-09-06", "notified: «2024-09-06»"),
        ],
        "comes before entry into force",
    ),
    plant(
        "withdrawal-too-early",
        LTU,
        &[("effective: 2025-03-06", "effective: «2025-02-06»")],
        "less than 6 months",
    ),
    // Statements that exclude each other.
    plant(
        "status-party",
        FIN,
        &[("  consent: {kind: accession, date: 2012-01-09}\n", ""), ("status: party", "status: «party»")],
        "consent to be bound is missing",
    ),
    plant(
        "status-party",
        FIN,
        &[("meetings:\n", "position:\n  «intends_to_join»: ruled-out\n  sources: [p2014]\nmeetings:\n")],
        "Intention to join stands here",
    ),
    plant(
        "status-signatory",
        LTU,
        &[
            ("status: withdrawn", "status: signatory"),
            (
                "  consent: {kind: ratification, date: 2011-03-24}\n  in_force: 2011-09-01\n  \
                    withdrawal:\n    notified: 2024-09-06\n    effective: 2025-03-06\n",
                "  «consent»: {kind: ratification, date: 2011-03-24}\n",
            ),
        ],
        "status is `signatory`",
    ),
    plant(
        "status-outside",
        KAZ,
        &[("  status: non-signatory\n", "  status: non-signatory\n  «signed»: 2008-12-03\n")],
        "Signature stands here",
    ),
    plant(
        "status-withdrawn",
        LTU,
        &[
            ("status: withdrawn", "status: «withdrawn»"),
            ("last_updated: 2025-03-06", "last_updated: 2025-02-28"),
            ("- date: 2025-03-06", "- date: 2025-02-06"),
        ],
        "had not come",
    ),
    plant(
        "editor-schema",
        KAZ,
        &[("# yaml-language-server: $schema=../../../schema/position.schema.json\n", "«»")],
        "does not name its schema",
    ),
    plant(
        "editor-schema",
        KAZ,
        &[(
            "# yaml-language-server: $schema=../../../schema/position.schema.json\n",
            "«# yaml-language-server: $schema=../../schema/position.schema.json»\n",
        )],
        "another schema",
    ),
    // Evidence.
    plant(
        "no-source",
        KAZ,
        &[
            (
                "    kind: letter\n    sources: [p2020]\n  - id: letter-2013-04",
                "    kind: letter\n  - id: letter-2013-04",
            ),
            ("  - id: letter-2012-04\n", "  - «id: letter-2012-04»\n"),
        ],
        "Statement `letter-2012-04` names no source",
    ),
    plant(
        "no-source",
        KAZ,
        &[("  use: {status: none-known, sources: [p2020]}", "  «use»: {status: none-known}")],
        "names no source",
    ),
    // Names.
    plant("path-identity", FIN, &[("country: FIN", "country: «SWE»")], "the file's path says `FIN`"),
    // Comments to the checks.
    plant(
        "ignore-malformed",
        KAZ,
        &[("status: non-signatory", "status: non-signatory «# sincewhen: ignore[schema-value]»")],
        "no reason",
    ),
    plant(
        "ignore-malformed",
        KAZ,
        &[("status: non-signatory", "status: non-signatory «# sincewhen: ignore[schema-valu] because»")],
        "no rule `schema-valu`",
    ),
    plant(
        "ignore-malformed",
        KAZ,
        &[("status: non-signatory", "status: non-signatory «# sincewhen: ignore everything»")],
        "cannot be understood",
    ),
    plant(
        "ignore-unused",
        KAZ,
        &[(
            "status: non-signatory",
            "status: non-signatory «# sincewhen: ignore[schema-value] it was wrong once»",
        )],
        "no such finding",
    ),
    // Rules and the manifest.
    plant(
        "rule-unknown-field",
        "schema/rules/acts/signed.yaml",
        &[("{field: treaty.signed, op", "{field: «treaty.sigend», op")],
        "match: no schema has a field `treaty.sigend`",
    ),
    plant(
        "rule-unknown-field",
        "schema/rules/acts/signed.yaml",
        &[("also: [treaty.status,", "also: [«treaty.state»,")],
        "also: no schema has a field `treaty.state`",
    ),
    plant(
        "rule-unknown-field",
        "schema/rules/acts/treaty-opened.yaml",
        &[("also: [\"./sources\"]", "also: [\"./sources\"]\ndate: «treaty.opend»")],
        "date: no schema has a field `treaty.opend`",
    ),
    plant(
        "rule-unknown-field",
        "schema/rules/acts/signed.yaml",
        &[("    signed the {{ treaty }}{%", "    signed the {{ «record.signed» }}{%")],
        "a template asks for `record.signed`, and no schema has such a field",
    ),
    plant(
        "rule-unknown-field",
        "schema/rules/observations/last-comment.yaml",
        &[("list: statements", "list: «statementz»")],
        "list: no schema has a field `statementz`",
    ),
];

/// Rules that need more than one line of one file, with the test that shows each.
const ELSEWHERE: &[&str] = &[
    "yaml-bom",                      // the_mark_before_a_text
    "yaml-limits",                   // hostile
    "schema-other",                  // a schema that the dataset does not have
    "record-head",                   // a dataset whose schema does not demand a name
    "unknown-topic",                 // the schema has the topics, too
    "occasion-date",                 // a dataset that dates its entries
    "unknown-state",                 // a_state_that_no_table_has
    "twin-records",                  // two_files_that_are_one_record
    "file-kind",                     // hostile
    "manifest-unknown-name",         // cases::policy
    "position-source",               // its own examples, and cases::silence
    "calendar",                      // a_calendar_that_cannot_be_used
    "baseline-stale",                // the_baseline_is_kept_by_fingerprint
    "file-letters",                  // cases::silence
    "file-unclaimed",                // cases::silence
    "formerly-living",               // cases::attacks
    "invisible-character",           // cases::attacks
    "look-alike-name",               // cases::names
    "manifest-missing-file",         // cases::policy
    "merge-conflict",                // cases::silence
    "no-records",                    // cases::silence
    "policy-unusable",               // cases::silence
    "schema-annotation",             // cases::policy
    "absent-took-part",              // cases::contradictions and the examples of its page
    "accession-after-signing",       // cases::contradictions and the examples of its page
    "before-state",                  // cases::contradictions and the examples of its page
    "ccw-amended-protocol-ii-alone", // cases::contradictions and the examples of its page
    "ccw-amended-protocol-ii-order", // cases::contradictions and the examples of its page
    "ccw-protocol-ii-alone",         // cases::contradictions and the examples of its page
    "ccw-protocol-v-alone",          // cases::contradictions and the examples of its page
    "ccw-protocol-v-order",          // cases::contradictions and the examples of its page
    "host-absent",                   // cases::contradictions and the examples of its page
    "in-force-before-treaty",        // cases::contradictions and the examples of its page
    "invited-and-came",              // cases::contradictions and the examples of its page
    "joined-but-outside",            // cases::contradictions and the examples of its page
    "left-but-party",                // cases::contradictions and the examples of its page
    "party-observer",                // cases::contradictions and the examples of its page
    "ratified-unsigned",             // cases::contradictions and the examples of its page
    "signed-when-closed",            // cases::contradictions and the examples of its page
    "twin-instruments",              // cases::contradictions and the examples of its page
    "twin-status-ccm",               // cases::contradictions and the examples of its page
    "twin-status-mbt",               // cases::contradictions and the examples of its page
];

/// The text without marks, and the marked place as `line:column-line:column`.
fn unmarked(text: &str) -> (String, String) {
    let place = |byte: usize, before: &str| {
        let line = before[..byte].matches('\n').count() + 1;
        let start = before[..byte].rfind('\n').map_or(0, |at| at + 1);
        format!("{line}:{}", before[start..byte].chars().count() + 1)
    };
    let open = text.find('«').expect("because a plant marks its place");
    let text = text.replacen('«', "", 1);
    let close = text.find('»').expect("because a plant marks its end");
    let text = text.replacen('»', "", 1);
    let at = format!("{}-{}", place(open, &text), place(close, &text));
    (text, at)
}

#[test]
fn the_dataset_of_the_tests_has_no_faults() {
    let run = check(&guard::files(), &["--fail-on", "note"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, "nothing found in 9 files\n"), "{}", run.stderr);
}

#[test]
fn every_planted_error_is_found_where_it_is_and_nothing_else() {
    let repo = guard::files();
    let files: BTreeSet<&str> = PLANTS
        .iter()
        .filter(|plant| !plant.says.is_empty())
        .map(|plant| plant.file)
        .chain([KAZ, LTU, FIN])
        .collect();
    let clean: Vec<(&str, String)> = files.into_iter().map(|file| (file, guard::text(&repo, file))).collect();
    let mut faults = Vec::new();
    for plant in PLANTS.iter().filter(|plant| !plant.says.is_empty()) {
        for (file, text) in &clean {
            repo.write(file, text);
        }
        let mut text = guard::text(&repo, plant.file);
        for (find, with) in plant.edits {
            assert_eq!(
                text.matches(find).count(),
                1,
                "{}: {find:?} stands once in {}",
                plant.rule,
                plant.file
            );
            text = text.replacen(find, with, 1);
        }
        let (text, place) = unmarked(&text);
        repo.write(plant.file, text);
        let found = findings(&repo, &[]);
        let found_lines = lines(&found);
        let right = matches!(found_lines.as_slice(), [one] if one.starts_with(&format!("{} \
            {place} ", plant.rule)) && one.contains(plant.says));
        let file = found.first().is_some_and(|f| f["file"] == plant.file);
        if !right || !file {
            faults.push(format!(
                "{} {place} …{}…\n    found: {}",
                plant.rule,
                plant.says,
                found_lines.join("\n           ")
            ));
        }
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), PLANTS.len(), faults.join("\n"));
}

#[test]
fn every_rule_is_planted_or_shown_elsewhere() {
    let listed = guard::run(&guard::files(), &["check", "--list-rules", "--format", "json"]).json();
    let known: BTreeSet<&str> = support::column(&listed["rules"], "id").into_iter().collect();
    let shown: BTreeSet<&str> = PLANTS
        .iter()
        .filter(|p| !p.says.is_empty())
        .map(|p| p.rule)
        .chain(ELSEWHERE.iter().copied())
        .collect();
    let missing: Vec<&&str> =
        known.iter().filter(|id| !id.starts_with("gate-") && !shown.contains(*id)).collect();
    let unknown: Vec<&&str> = shown.iter().filter(|id| !known.contains(*id)).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "not planted: {missing:?}; no rules: {unknown:?}");
}

#[test]
fn the_pages_of_the_programs_own_rules_are_all_listed() {
    let folder = own_repository().join("src/check/builtin");
    let listed: BTreeSet<String> =
        sincewhen::check::builtin::BUILT_IN.iter().map(|(id, _)| format!("{id}.yaml")).collect();
    let there: BTreeSet<String> = support::files_below(&folder).into_iter().map(|(path, _)| path).collect();
    assert_eq!(there, listed, "add to src/check/builtin.rs: (\"ID\", include_str!(\"builtin/ID.yaml\"))");
}

#[test]
fn the_mark_before_a_text() {
    let repo = guard::files();
    let text = guard::text(&repo, FIN);
    repo.write(FIN, format!("\u{feff}{text}"));
    assert_eq!(lines(&findings(&repo, &[])), ["yaml-bom 1:1-1:1 the text starts with a byte order mark"]);
    // Places count from after the mark.
    edit(&repo, FIN, "status: party", "status: partly");
    let found = lines(&findings(&repo, &[]));
    assert!(found[1].starts_with("schema-value 6:11-6:17 "), "{found:?}");
}

#[test]
fn places_are_right_under_other_line_ends_and_characters() {
    let repo = guard::files();
    let text = guard::text(&repo, KAZ).replace("Kazakhstan has not joined.", "Қазақстан 🇰🇿 has not joined.");
    let text = text.replace(
        "participation: observer, sources: [p2016]",
        "role: president, participation: «observers», sources: [p2016]",
    );
    let text = text.replace("- {meeting: ccm-1rc, ", "- {meeting: ccm-1rc, note: \"é\u{301} 日本 👩‍👩‍👧\", ");
    let (text, place) = unmarked(&text);
    let wanted = format!("schema-value {place} ");
    for text in [text.clone(), text.replace('\n', "\r\n"), text.replace('\n', "\r")] {
        repo.write(KAZ, text);
        let found = lines(&findings(&repo, &[]));
        assert!(found.len() == 1 && found[0].starts_with(&wanted), "{wanted}: {found:?}");
    }
}

#[test]
fn places_are_right_in_block_and_flow_and_under_aliases() {
    let repo = guard::files();
    edit(
        &repo,
        KAZ,
        "  use: {status: none-known, sources: [p2020]}",
        "  use:\n    {status: none-known,\n     sources: [p2020,\n      «p2021»]}",
    );
    edit(
        &repo,
        KAZ,
        "    summary: Not at this stage; values the aims.\n",
        "    summary: |\n      Not at this stage;\n\n      values the aims.\n",
    );
    let (text, place) = unmarked(&guard::text(&repo, KAZ));
    repo.write(KAZ, text);
    let found = lines(&findings(&repo, &[]));
    assert!(
        found.len() == 1 && found[0].starts_with(&format!("unknown-reference {place} ")),
        "{place}: {found:?}"
    );
}

#[test]
fn one_bad_file_never_stops_the_others() {
    let repo = guard::files();
    repo.write(KAZ, "a: [1, 2");
    repo.write("dataset/countries/SWE/mine-ban.yaml", [0xff, 0xfe, 0x00]);
    edit(&repo, FIN, "status: party", "status: partly");
    let found = findings(&repo, &[]);
    let rules: BTreeSet<&str> = found.iter().filter_map(|f| f["rule"].as_str()).collect();
    assert!(
        rules.is_superset(&BTreeSet::from(["yaml-syntax", "yaml-encoding", "schema-value"])),
        "{:?}",
        lines(&found)
    );
}

#[test]
fn two_files_that_are_one_record() {
    let repo = guard::files();
    repo.write("dataset/countries/FIN/mine-ban-2.yaml", guard::text(&repo, FIN));
    let found = lines(&findings(&repo, &[]));
    assert!(
        found.iter().any(|line| line == "twin-records 2:10-2:13 FIN/mine-ban is in another file, too"),
        "{found:?}"
    );
    assert!(found.iter().any(|line| line.starts_with("path-identity 3:8-3:16")), "{found:?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn a_state_that_no_table_has() {
    let repo = guard::files();
    repo.write(
        "dataset/countries/FIX/mine-ban.yaml",
        guard::text(&repo, FIN).replace("country: FIN", "country: FIX"),
    );
    assert_eq!(lines(&findings(&repo, &[])), ["unknown-state 2:10-2:13 `FIX` is not in the table of states"]);
    // In the folder of another state the path is wrong, too.
    let repo = guard::files();
    edit(&repo, FIN, "country: FIN", "country: FIX");
    let rules: Vec<String> =
        lines(&findings(&repo, &[])).iter().map(|l| l.split(' ').next().unwrap_or("").to_owned()).collect();
    assert_eq!(rules, ["path-identity", "unknown-state"]);
}

#[test]
fn a_calendar_that_cannot_be_used() {
    let repo = guard::files();
    edit(&repo, "dataset/calendars/ccm-meetings.yaml", "id: ccm-6msp", "id: ccm-5msp");
    let found = findings(&repo, &[]);
    assert_eq!(found.len(), 1, "{:?}", lines(&found));
    assert_eq!(
        (found[0]["rule"].as_str(), found[0]["message"].as_str()),
        (Some("calendar"), Some("`ccm-5msp` stands in the calendar twice"))
    );
    let repo = guard::files();
    repo.write("dataset/states.yaml", "states: [");
    assert_eq!(lines(&findings(&repo, &[]))[0].split(' ').next(), Some("yaml-syntax"));
}

#[test]
fn a_comment_with_a_reason_accepts_a_finding() {
    let repo = guard::files();
    edit(
        &repo,
        KAZ,
        "date: 2012-04-17",
        "date: 2021-04-17 # sincewhen: ignore[date-after-edition] the page says so",
    );
    assert_eq!(lines(&findings(&repo, &[])), Vec::<String>::new());
    let json = check(&repo, &["--format", "json"]).json();
    assert_eq!(json["summary"]["ignored"], 1);
    // On a line of its own, for several rules, with other comments between.
    let repo = guard::files();
    edit(
        &repo,
        KAZ,
        "    date: 2012-04-17",
        "    # sincewhen: ignore[date-after-edition, schema-value] the page says so\n    # and so\n    date: \
            2021-04-17",
    );
    let found = lines(&findings(&repo, &[]));
    assert!(found.len() == 1 && found[0].starts_with("ignore-unused"), "{found:?}");
    // Another line, or another rule, accepts nothing.
    let repo = guard::files();
    edit(
        &repo,
        KAZ,
        "    date: 2012-04-17\n    kind: letter",
        "    date: 2021-04-17\n    kind: letter # sincewhen: ignore[date-after-edition] the page says so",
    );
    let rules: Vec<String> =
        lines(&findings(&repo, &[])).iter().map(|l| l.split(' ').next().unwrap_or("").to_owned()).collect();
    assert_eq!(rules, ["date-after-edition", "ignore-unused"]);
}

#[test]
fn the_baseline_is_kept_by_fingerprint() {
    let repo = guard::files();
    edit(&repo, KAZ, "date: 2012-04-17", "date: 2021-04-17");
    edit(&repo, FIN, "in_force: 2012-07-01", "in_force: 2011-07-01");
    check(&repo, &["--write-baseline"]).answer();
    let json = check(&repo, &["--format", "json"]).json();
    assert_eq!(
        (json["findings"].as_array().map(Vec::len), &json["summary"]["baselined"]),
        (Some(0), &serde_json::json!(2))
    );
    // Lines may move and other values change; the finding is the same.
    edit(&repo, KAZ, "topic: cluster-munitions\n", "topic: cluster-munitions\n# moved\n\n");
    edit(&repo, KAZ, "quantity: \"800000-1000000\"", "quantity: \"900000-1000000\"");
    assert_eq!(lines(&findings(&repo, &[])), Vec::<String>::new());
    // A new fault is no old one, and an entry that accepts nothing is reported.
    edit(&repo, KAZ, "date: 2021-04-17", "date: 2022-04-17");
    let rules: Vec<String> =
        lines(&findings(&repo, &[])).iter().map(|l| l.split(' ').next().unwrap_or("").to_owned()).collect();
    assert_eq!(rules, ["baseline-stale", "date-after-edition"]);
    repo.write("dataset/baseline.yaml", "format: something/else\n");
    assert!(check(&repo, &[]).fault().contains("dataset/baseline.yaml"));
}

#[test]
fn paths_and_levels() {
    let repo = guard::files();
    edit(&repo, KAZ, "date: 2012-04-17", "date: 2021-04-17");
    edit(&repo, FIN, "title: \"Finland\"", "title: yes");
    assert_eq!(check(&repo, &[FIN]).code, 0, "a warning does not fail");
    assert_eq!(check(&repo, &[FIN, "--fail-on", "warning"]).code, 1);
    assert_eq!(check(&repo, &["dataset/countries/KAZ"]).code, 1);
    assert_eq!(check(&repo, &["dataset/countries/KAZ", "--fail-on", "never"]).code, 0);
    assert_eq!(check(&repo, &["-C", "dataset/countries/KAZ", "cluster-munitions.yaml"]).code, 1);
    for format in ["json", "sarif", "github", "junit", "markdown", "text"] {
        assert_eq!(check(&repo, &["--format", format]).code, 1, "{format}");
    }
    assert!(check(&repo, &["no/such/file.yaml"]).fault().contains("no/such/file.yaml"));
    assert!(check(&repo, &["/etc/hostname"]).fault().contains("outside the repository"));
    assert!(check(&repo, &["--today", "soon"]).fault().contains("is not a day"));
}

#[test]
fn faults_of_the_policy_are_reported_with_their_place() {
    let repo = guard::files();
    edit(&repo, "schema/rules/checks/status-party.yaml", "kind: condition", "kind: conditional");
    assert!(
        check(&repo, &[])
            .fault()
            .contains("status-party.yaml: kind: there is no check of the kind `conditional`")
    );
    let repo = guard::files();
    edit(&repo, "schema/rules/checks/status-party.yaml", "  requires: ", "  require: ");
    assert!(check(&repo, &[]).fault().contains("unknown field `require`"));
    let repo = guard::files();
    edit(&repo, "schema/rules/checks/status-party.yaml", "level: error", "level: grave");
    assert!(check(&repo, &[]).fault().contains("status-party.yaml:2:8"));
}

/// A rule that can never match is found where it names the field; one that the base has, too, is not new.
#[test]
fn a_rule_on_a_field_that_no_schema_has() {
    let mut repo = guard::committed();
    edit(&repo, "schema/rules/acts/signed.yaml", "field: treaty.signed", "field: treaty.sigend");
    let found = lines(&findings(&repo, &[]));
    let [one] = found.as_slice() else { panic!("{found:#?}") };
    assert!(
        one.starts_with("rule-unknown-field ")
            && one.ends_with("match: no schema has a field `treaty.sigend`"),
        "{one}"
    );
    let new = lines(&findings(&repo, &["--base", "HEAD"]));
    assert_eq!(new, found);
    repo.commit("A slip of the pen");
    edit(&repo, "schema/rules/acts/signed.yaml", "significance: major", "significance: minor");
    assert_eq!(lines(&findings(&repo, &["--base", "HEAD"])), [""; 0], "the base has it, too");
}

/// The second dataset has no checks of its own, another shape, and timestamps for dates.
#[test]
fn another_dataset_is_checked_by_the_programs_own_rules() {
    let repo = Repo::empty();
    repo.copy(&support::fixture("second/policy"));
    repo.copy(&support::fixture("second/history/01-first-survey"));
    let found = lines(&findings(&repo, &[]));
    let key = "yaml-portability 11:23-11:25 programs that read YAML 1.1 take `no` for the truth value false";
    assert_eq!(found, [key]);
}

#[test]
fn a_rules_page_is_explained() {
    let repo = guard::committed();
    for rule in ["status-party", "gate-not-moved", "yaml-portability"] {
        let page = repo.run(&["explain", rule]).answer();
        assert!(page.contains(rule), "{page}");
    }
}

/// The worked examples of every check rule, run as they stand: they are the page's proof.
#[test]
fn the_examples_of_the_rules_hold() {
    let own = own_repository();
    let files = support::policy::MapFiles::read_from(&own, &["schema", "dataset/calendars"])
        .with(
            "dataset/sincewhen.yaml",
            &std::fs::read_to_string(own.join("dataset/sincewhen.yaml")).expect("because it is here"),
        )
        .with(
            "dataset/states.yaml",
            &std::fs::read_to_string(own.join("dataset/states.yaml")).expect("because it is here"),
        )
        .with(
            "dataset/treaties.yaml",
            &std::fs::read_to_string(own.join("dataset/treaties.yaml")).expect("because it is here"),
        );
    let (policy, reference) = files.load("dataset");
    let mut faults = Vec::new();
    for rule in sincewhen::check::all_rules(&policy) {
        for example in &rule.examples {
            let today = example
                .today
                .as_deref()
                .unwrap_or(guard::TODAY)
                .parse()
                .expect("because an example's day is one");
            let checker = sincewhen::check::Checker::new(&policy, &reference, today)
                .expect("because the rules are right");
            let text = match (&example.text, &example.record) {
                (Some(text), _) => text.clone(),
                (None, Some(record)) => sincewhen::document::to_yaml(&sincewhen::document::from_json(record)),
                (None, None) => panic!("{}: an example has a record or a text", rule.id),
            };
            let path =
                example.path.clone().unwrap_or_else(|| "countries/KAZ/cluster-munitions.yaml".to_owned());
            let reading =
                sincewhen::document::read(text.as_bytes(), &sincewhen::document::ReadOptions::strict());
            let source = sincewhen::check::CheckedFile {
                leads: true,
                key: None,
                file: format!("dataset/{path}").as_str().into(),
                role: sincewhen::schema::Role::Record(0),
                reading,
            };
            let mut found = checker.check(&source).findings;
            found.extend(against_others(&checker, &source, example));
            found.extend(against_before(&checker, &reference, &source, example));
            let (kept, _) = sincewhen::check::suppress::apply(&checker, &source, found, |_| true);
            let said: Vec<&str> =
                kept.iter().filter(|f| f.rule == rule.id).map(|f| f.message.as_str()).collect();
            if said != example.says {
                faults.push(format!(
                    "{}: {}\n  says {said:?}\n  want {:?}",
                    rule.id, example.name, example.says
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What the records beside an example's record contradict in it.
fn against_others(
    checker: &sincewhen::check::Checker<'_>,
    source: &sincewhen::check::CheckedFile,
    example: &sincewhen::schema::CheckExample,
) -> Vec<sincewhen::model::Finding> {
    let texts = example.beside.iter().map(sincewhen::document::from_json);
    let others = texts.enumerate().map(|(at, node)| sincewhen::check::CheckedFile {
        leads: true,
        file: format!("dataset/beside-{at}.yaml").as_str().into(),
        reading: sincewhen::document::read(
            sincewhen::document::to_yaml(&node).as_bytes(),
            &sincewhen::document::ReadOptions::strict(),
        ),
        ..source.clone()
    });
    let known: Vec<sincewhen::check::KnownRecord> = std::iter::once(source.clone())
        .chain(others)
        .filter_map(|source| {
            Some(sincewhen::check::KnownRecord {
                identity: checker.identity(&source)?,
                kind: 0,
                file: source.file.clone(),
                key: None,
                document: source.reading.document.clone().map(std::sync::Arc::new),
            })
        })
        .collect();
    let found = sincewhen::check::contradictions(checker, &known).into_iter();
    found.filter(|finding| finding.file == source.file).collect()
}

/// What an edit of an example's record does to what was published.
fn against_before(
    checker: &sincewhen::check::Checker<'_>,
    reference: &sincewhen::dataset::Reference,
    source: &sincewhen::check::CheckedFile,
    example: &sincewhen::schema::CheckExample,
) -> Vec<sincewhen::model::Finding> {
    let Some(before) = &example.before else { return Vec::new() };
    let text = sincewhen::document::to_yaml(&sincewhen::document::from_json(before));
    let reading = sincewhen::document::read(text.as_bytes(), &sincewhen::document::ReadOptions::strict());
    let known = |source: &sincewhen::check::CheckedFile| sincewhen::check::KnownRecord {
        identity: checker.identity(source).expect("because the examples name their records"),
        kind: 0,
        file: source.file.clone(),
        key: None,
        document: source.reading.document.clone().map(std::sync::Arc::new),
    };
    let old = known(&sincewhen::check::CheckedFile { reading, ..source.clone() });
    let commit = sincewhen::model::ObjectId::worktree();
    let base = sincewhen::check::gate::Base { commit, reference };
    sincewhen::check::gate::edited(checker, &old, &known(source), source, &base)
}

#[test]
fn this_repositorys_own_dataset_passes() {
    let own = own_repository();
    let output = support::binary(&own)
        .args(["check", "--format", "github", "--fail-on", "warning"])
        // The day of the newest edition: the clock of the machine that runs the tests does not matter.
        .env("SINCEWHEN_TODAY", "2026-11-28")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .expect("because the binary was built for these tests");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let grave: Vec<&str> = stdout.lines().filter(|line| !line.starts_with("::notice")).collect();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}\n{}",
        grave.join("\n"),
        String::from_utf8_lossy(&output.stderr)
    );
}
