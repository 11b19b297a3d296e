//! Where a sentence of the yearly report stands, and in the report of which year, over the project's own
//! dataset.

use crate::support;

use std::path::Path;
use support::guard::{self, KAZ};
use support::own_repository;

/// The lines of a report's sections: `heading | line`, the heading without its count.
fn lines(args: &[&str]) -> Vec<String> {
    lines_in(&own_repository(), args)
}

fn lines_in(folder: &Path, args: &[&str]) -> Vec<String> {
    let all = [&["report"], args, &["--format", "markdown", "--quiet"]].concat();
    let text = support::run_in(folder, &all).answer();
    let (mut part, mut heading, mut out) = (String::new(), String::new(), Vec::new());
    for line in text.lines() {
        let title = |text: &str| text.split(" (").next().unwrap_or_default().to_owned();
        if let Some(text) = line.strip_prefix("## ") {
            (part, heading) = (title(text), title(text));
        } else if let Some(text) = line.strip_prefix("### ") {
            heading = format!("{part}, {}", title(text));
        } else if let Some(line) = line.strip_prefix("- ") {
            out.push(format!("{heading} | {}", line.replace("**", "")));
        }
    }
    out
}

#[track_caller]
fn has(lines: &[String], line: &str) {
    assert!(lines.iter().any(|one| one == line), "no `{line}`: {lines:#?}");
}

#[track_caller]
fn lacks(lines: &[String], words: &str) {
    let found = lines.iter().find(|one| one.contains(words));
    assert!(found.is_none(), "{found:#?}");
}

const LAW: &str = "Law and reporting, and parties' steps at home";
const OTHER: &str = "Events of other years, first recorded in this period";
const LATE: &str = "Late reports";
const THEN: &str = "Earlier reports, as they would read with this period's editions";

#[test]
fn each_dated_fact_stands_in_the_report_of_its_year() {
    let of_2019 = lines(&["2019", "SOM/mine-ban", "YEM/mine-ban", "GMB/mine-ban", "PRY"]);
    for (state, other) in [("Somalia", "2018"), ("Yemen", "2017")] {
        has(&of_2019, &format!("{LAW} | {state}, Mine Ban Treaty: yearly transparency reporting: 2019"));
        has(&of_2019, &format!("{OTHER} | {state}, Mine Ban Treaty: yearly transparency reporting: {other}"));
    }
    let also = |year: &str, said: &str| has(&of_2019, &format!("{THEN}, {year} | {said}"));
    for year in ["2009", "2010", "2012", "2013"] {
        let gambia = "Gambia, Mine Ban Treaty: would also say:";
        also(year, &format!("{gambia} yearly transparency reporting: {year}"));
    }
    let paraguay = "Paraguay, Convention on Cluster Munitions: would also say:";
    also("2016", &format!("{paraguay} initial transparency report: May 2016"));
    also("2017", &format!("{paraguay} latest transparency report: April 2017"));
}

/// A field can be added later under an old date: the edition of 2020 has a letter of June 2021.
#[test]
fn what_is_dated_after_its_edition_is_a_late_report_unless_a_later_edition_could_know_it() {
    let mut repo = guard::committed();
    let statement = "  - {id: letter-2021, date: 2021-06-02, kind: letter, sources: [p2020]}\n\
                     meetings:\n  - {meeting: ccm-1rc";
    let mut before = "2020-09-04";
    for (date, find, with) in [
        ("2020-12-18", "meetings:\n  - {meeting: ccm-1rc", statement),
        ("2022-12-05", "supports_aims: true", "supports_aims: false"),
    ] {
        guard::edit(&repo, KAZ, &format!("last_updated: {before}"), &format!("last_updated: {date}"));
        guard::edit(&repo, KAZ, find, with);
        repo.commit(&format!("KAZ cluster-munitions: edition of {date}"));
        before = date;
    }
    let state = "Kazakhstan, Convention on Cluster Munitions";
    let said = format!("{state}: commented on its position in a letter of 2 June 2021");
    let year = lines_in(repo.path(), &["2020", "KAZ/cluster-munitions"]);
    has(&year, &format!("{LATE} | {said} (dated after the edition of 18 December 2020)"));
    lacks(&year, &format!("{OTHER} | {said}"));
    let range = lines_in(repo.path(), &["2020..2022", "KAZ/cluster-munitions"]);
    has(&range, &format!("New statements | {said}"));
    lacks(&range, "dated after");
    let log =
        repo.run(&["changelog", "KAZ", "--from", "2020", "--to", "2021", "--format", "markdown"]).answer();
    let line = log.lines().find(|line| line.contains("2 June 2021")).expect("a line");
    assert!(line.starts_with("- **late-report**: commented"), "{line}");
}

#[test]
fn earlier_reports_lose_only_what_was_taken_back() {
    let range = lines(&["--from", "2018", "--to", "last", "KHM/mine-ban", "LTU/mine-ban", "SYR/mine-ban"]);
    // A number that was removed was that of one edition; those before it had their own.
    lacks(&range, "latest transparency report: 2013 (covering 2012; previously 2012)” would not be said");
    has(
        &range,
        &format!(
            "{THEN}, 2014 | Cambodia, Mine Ban Treaty: “corrected: number of transparency reports: 15 \
             (previously: 14)” would read: now recorded: number of transparency reports: 15 (previously: 14)"
        ),
    );
    // When it ended is no news of its beginning.
    lacks(&range, "use of antipersonnel mines in 2011, confirmed (first recorded");
    // What moved within the record is said as it stands now.
    has(
        &range,
        &format!(
            "{THEN}, 2012 | Lithuania, Mine Ban Treaty: “moratorium on export since 1998 (first recorded in \
             the edition of 11 October 2012)” would read: domestic step (1998): A moratorium on the export \
             of antipersonnel mines began"
        ),
    );
    let of_2019 = lines(&["2019", "CPV/cluster-munitions"]);
    lacks(&of_2019, &format!("{THEN}, 2014 | Cabo Verde, Convention on Cluster Munitions: would also say:"));
}

#[test]
fn a_vote_elsewhere_is_no_statement_and_a_conference_is_named_once() {
    let votes = lines(&["2018", "SOM/cluster-munitions", "HTI/cluster-munitions"]);
    lacks(&votes, "New statements | Haiti");
    let of_2015 = lines(&["2015", "FIN/mine-ban"]);
    let said: Vec<&String> = of_2015.iter().filter(|line| line.contains("Maputo")).collect();
    let expected = "Corrections and retractions | Finland, Mine Ban Treaty: entry removed: the Third Review \
                    Conference (Maputo, June 2014): one source differs: Called the Fourth Review Conference";
    assert!(said.iter().any(|line| line.starts_with(expected)), "{said:#?}");
}

/// A state's joining or leaving is an event of its record on that treaty; the other record mentions it.
#[test]
fn joining_or_leaving_a_treaty_is_said_once_by_the_record_on_that_treaty() {
    let both = lines(&["--from", "2018", "--to", "last", "NGA", "FIN"]);
    let nigeria = "Joined | Nigeria, Convention on Cluster Munitions: ratified the Convention on Cluster \
                   Munitions on 28 February 2023, in force from 1 August 2023";
    has(&both, nigeria);
    lacks(&both, "joined the Convention on Cluster Munitions (28 February 2023)");
    lacks(&both, "left the Mine Ban Treaty (10 January 2026)");
    let left: Vec<_> = both.iter().filter(|line| line.contains("left the Mine Ban Treaty")).collect();
    assert_eq!(left.len(), 1, "{left:#?}");
    // Without the record on that treaty, or where it says nothing of it in the period, the mention is news.
    let alone = lines(&["--from", "2018", "--to", "last", "NGA/mine-ban"]);
    let mention = "Nigeria, Mine Ban Treaty: joined the Convention on Cluster Munitions (28 February 2023); \
                   previously a signatory";
    has(&alone, &format!("Other changes | {mention}"));
    // Nor does the report of its year miss it.
    lacks(&lines(&["2023", "NGA"]), "would also say: joined the Convention on Cluster Munitions");
    let lacking = lines(&["2023", "NGA/mine-ban"]);
    assert!(lacking.iter().any(|line| line.contains("would also say: joined")), "{lacking:#?}");
}

/// Who had been absent from every vote has no earlier vote to return to.
#[test]
fn a_first_vote_after_nothing_but_absences_is_said() {
    let section = "Absent from the vote, back from an absence, or there for the first time";
    let range = lines(&["--from", "2018", "--to", "last", "STP", "KHM"]);
    let first = "its first vote on the annual resolution, after not voting";
    let sao_tome = "Sao Tome and Principe, Convention on Cluster Munitions: voted in favour of UNGA \
                    resolution 73/54 in December 2018 and every year through 2021";
    has(&range, &format!("{section} | {sao_tome}, {first} in 2015, 2016 and 2017"));
    let cambodia = "Cambodia, Convention on Cluster Munitions: abstained on UNGA resolution 77/79 in \
                    December 2022 and every year through 2025";
    has(&range, &format!("{section} | {cambodia}, {first} from 2015 to 2021 (7 times)"));
    let of_2016 = lines(&["2016", "AGO", "HTI", "SLE", "SYC"]);
    let four = "Four states cast their first vote on the annual resolution on the Convention on Cluster \
                Munitions in 2016, in favour of UNGA resolution 71/45: Angola, Haiti, Seychelles and Sierra \
                Leone";
    has(&of_2016, &format!("{section} | {four}"));
}

#[test]
fn what_became_of_a_fact_is_called_by_a_word_that_fits_it() {
    let question = ["changelog", "BHR/cluster-munitions", "--from", "2012", "--to", "2019", "--quiet"];
    let answer = |form: &[&str]| support::run_in(&own_repository(), &[&question[..], form].concat()).answer();
    let attended = "attended 8MSP in September 2018, its first MSP ever, as an observer";
    let (text, markdown) = (answer(&[]), answer(&["--format", "markdown"]));
    for line in ["  first       attended 8MSP", "  absent      no MSP attendance ever"] {
        assert!(text.contains(line), "no `{line}`: {text}");
    }
    assert!(markdown.contains(&format!("- **first**: {attended}")), "{markdown}");
    assert!(markdown.contains("- **absent**: no MSP attendance ever"), "{markdown}");
    // The names that programs ask for stay.
    let rows = answer(&["--format", "jsonl", "--nature", "began"]);
    assert!(rows.contains("its first MSP ever") && rows.contains(r#""nature":"began""#), "{rows}");
}

#[test]
fn a_page_has_what_the_report_would_say_now_as_a_part_of_its_own() {
    let args =
        ["report", "2025", "LTU/cluster-munitions", "SYR/mine-ban", "UKR", "--format", "html", "--quiet"];
    let page = support::run_in(&own_repository(), &args).answer();
    assert!(page.contains("<section id=\"reread\">\n<h2>This report, as it would read now</h2>"));
    assert!(page.contains("<a href=\"#reread\">This report, as it would read now</a>"));
}

/// The lines of a report on one part of a record, in order.
fn about(lines: &[String], record: &str, words: &str) -> Vec<String> {
    let of_record = lines.iter().filter(|line| line.contains(record) && line.contains(words));
    of_record.map(|line| line.split_once(": ").map_or(line.clone(), |(_, said)| said.to_owned())).collect()
}

#[test]
fn a_range_says_each_event_once_as_its_last_edition_has_it() {
    let question = ["--from", "2018", "--to", "last", "THA/mine-ban", "EGY", "GRC/mine-ban", "UGA", "CAF"];
    let range = lines(&question);
    // The speech that a later edition adds is said with the attendance.
    let meeting = about(&range, "Thailand", "2023 Intersessional");
    assert_eq!(meeting, ["attended the 2023 Intersessional Meetings (Geneva, June 2023) and spoke there"]);
    // What a later edition has less of is said as it was first.
    let canada = lines(&["--from", "2013", "--to", "2017", "CAN/cluster-munitions"]);
    let meeting = about(&canada, "Canada", "Lusaka");
    assert_eq!(meeting, ["attended the Fourth Meeting of States Parties (Lusaka, September 2013)"]);
    // What another source says of a vote stands beside the vote.
    let accounts = about(&range, "Central African", "one source");
    assert!(accounts.iter().any(|line| line.starts_with("the vote on resolution 76/47")), "{accounts:#?}");
    // Of two statements of one month both are counted.
    let statements = about(&range, "Egypt, Mine Ban", "a statement of November 2020");
    let expected = ["first", "second"]
        .map(|place| format!("commented on its position in a statement of November 2020 ({place} of two)"));
    assert_eq!(statements, expected);
    // Use that was news is none again as past use.
    let alleged = about(&range, "Egypt, Convention on Cluster", "use of cluster munitions");
    let expected = "use of cluster munitions alleged (February 2018; previously: use of cluster munitions \
                    denied by the government)";
    assert_eq!(alleged.iter().filter(|line| *line == expected).count(), 1, "{alleged:#?}");
    lacks(&range, "use of cluster munitions in February 2018, alleged and denied");
    // What a later edition has of a field follows what an earlier one had.
    let sizes = about(&range, "Greece", "size of the stockpile: ");
    let starts = [
        "recorded in the edition of 15 November 2021: size of the stockpile: 1,568,167",
        "size of the stockpile: 396,452",
    ];
    assert!(
        sizes.len() == 2 && sizes.iter().zip(starts).all(|(s, start)| s.starts_with(start)),
        "{sizes:#?}"
    );
    // What moved within the record for a reason is said by the correction.
    let law = about(&range, "Uganda", "To be prepared after ratification");
    assert!(law.len() == 1 && law[0].starts_with("entry removed: implementing law"), "{law:#?}");
}

#[test]
fn a_value_without_a_date_is_no_development() {
    let question = ["changelog", "PAN/cluster-munitions", "--from", "2018", "--to", "2019", "--quiet"];
    let answer = |form: &[&str]| support::run_in(&own_repository(), &[&question[..], form].concat()).answer();
    let markdown = answer(&["--format", "markdown"]);
    let said = "has declared its stockpile (previously: has not declared its stockpile)";
    assert!(markdown.contains(&format!("- **recorded**: {said}")), "{markdown}");
    assert!(answer(&[]).contains("  recorded    has declared its stockpile"), "{}", answer(&[]));
    // Its nature stays what programs ask for.
    let rows = answer(&["--format", "jsonl", "--nature", "development"]);
    assert!(rows.contains("now recorded: has declared its stockpile"), "{rows}");
}
