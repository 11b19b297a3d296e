//! The yearly report over the project's own dataset and its whole history: what it must show, and counts done
//! again by other means.

use crate::support;

use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use support::own_repository;

fn report(args: &[&str]) -> Json {
    let mut all = vec!["report"];
    all.extend(args);
    all.extend(["--format", "json", "--quiet"]);
    support::run_in(&own_repository(), &all).json()
}

/// Every sentence with the section it stands in: `section | record | sentence`.
fn lines(report: &Json) -> Vec<String> {
    let parts = report["parts"].as_array().expect("parts").iter();
    let items = parts
        .flat_map(|part| part["sections"].as_array().expect("sections"))
        .flat_map(|s| s["items"].as_array().expect("items"));
    let rest =
        ["late_reports", "corrections"].into_iter().flat_map(|name| report[name].as_array().expect("a list"));
    let text = |one: &Json, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let line = |one: &Json| {
        let detail =
            if one["state"] == "ended" { format!("; {}", text(one, "detail")) } else { String::new() };
        format!("{} | {} | {}{detail}", text(one, "section"), text(one, "record"), text(one, "message"))
    };
    items.chain(rest).map(line).collect()
}

#[track_caller]
fn has(lines: &[String], section: &str, record: &str, words: &str) {
    let start = format!("{section} | {record} | ");
    let near: Vec<&String> = lines.iter().filter(|line| line.contains(record)).collect();
    assert!(
        lines.iter().any(|line| line.starts_with(&start) && line.contains(words)),
        "no `{start}… {words}`: {near:#?}"
    );
}

#[test]
fn the_withdrawals_of_2025_with_notice_and_effect_apart() {
    let answer_lines = lines(&report(&["2025"]));
    has(
        &answer_lines,
        "left",
        "LTU/cluster-munitions",
        "left the Convention on Cluster Munitions on 6 March 2025, after giving notice on 6 September 2024",
    );
    let of = |rule: &str| {
        answer_lines.iter().filter(|line| line.starts_with("left | ") && line.contains(rule)).count()
    };
    for country in ["EST", "FIN", "LTU", "LVA", "POL"] {
        has(
            &answer_lines,
            "left",
            &format!("{country}/mine-ban"),
            "gave notice of withdrawal from the Mine Ban Treaty",
        );
    }
    for country in ["EST", "LTU", "LVA"] {
        has(
            &answer_lines,
            "left",
            &format!("{country}/mine-ban"),
            "left the Mine Ban Treaty on 27 December 2025, after giving notice on 27 June 2025",
        );
    }
    assert_eq!(
        (of("gave notice of withdrawal"), of(", after giving notice on")),
        (5, 4),
        "{answer_lines:#?}"
    );
    has(
        &answer_lines,
        "joined",
        "VUT/cluster-munitions",
        "acceded to the Convention on Cluster Munitions on 5 September 2025",
    );
    let before = lines(&report(&["2024", "LTU"]));
    has(
        &before,
        "left",
        "LTU/cluster-munitions",
        "gave notice of withdrawal from the Convention on Cluster Munitions on 6 September 2024",
    );
}

#[test]
fn votes_that_turned_and_a_state_that_joined() {
    let answer_lines = lines(&report(&["2021", "CHN"]));
    let turned = "voted in favour of UNGA resolution 76/47 in December 2021, after abstaining every year";
    has(&answer_lines, "votes-turned", "CHN/cluster-munitions", turned);
    let answer_lines = lines(&report(&["2018", "LKA", "RUS", "ZWE"]));
    has(
        &answer_lines,
        "joined",
        "LKA/cluster-munitions",
        "acceded to the Convention on Cluster Munitions on 1 March 2018",
    );
    has(
        &answer_lines,
        "votes-turned",
        "RUS/cluster-munitions",
        "abstained on UNGA resolution 73/54 in December 2018",
    );
    has(&answer_lines, "votes", "ZWE/cluster-munitions", "voted against resolution 73/54 (5 December 2018)");
}

/// The sentences of a list of a report, or of a section.
fn items<'j>(report: &'j Json, section: &str) -> Vec<&'j Json> {
    let sections =
        report["parts"].as_array().expect("parts").iter().flat_map(|part| part["sections"].as_array());
    let found = sections.flatten().filter(|one| one["id"] == section);
    found.flat_map(|one| one["items"].as_array().expect("items")).collect()
}

/// The range counts what its years count, and says each event once: a detail that a later edition adds to an
/// event is no second one.
#[test]
fn a_range_counts_what_its_years_count_and_says_each_event_once() {
    let range = report(&["--from", "2020", "--to", "2022"]);
    let years: Vec<Json> = (2020..=2022).map(|year| report(&[&year.to_string()])).collect();
    let turned = |report: &Json| -> BTreeSet<String> {
        let name = |one: &Json| format!("{} {}", one["record"], one["date"]);
        items(report, "votes-turned").into_iter().map(name).collect()
    };
    let of_years: usize = years.iter().map(|report| items(report, "votes").len()).sum();
    assert_eq!(items(&range, "votes").len(), of_years);
    assert_eq!(turned(&range), years.iter().flat_map(turned).collect());
    let mut seen = BTreeSet::new();
    for section in ["votes", "meetings", "statements", "joined", "left"] {
        for one in items(&range, section).into_iter().filter(|one| one["change"]["before"].is_null()) {
            let event = format!("{} {} {}", one["record"], one["rule"], one["change"]["path"]);
            assert!(seen.insert(event), "twice: {} | {}", one["record"], one["message"]);
        }
    }
    assert!(seen.len() > 1000, "{} events", seen.len());
}

#[test]
fn what_was_put_right_within_a_range_follows_the_edition_before_it() {
    let range = lines(&report(&["--from", "2018", "--to", "last", "UKR", "LBN"]));
    has(
        &range,
        "use",
        "UKR/cluster-munitions",
        "use of cluster munitions confirmed (2022; previously: use of cluster munitions alleged, 2022)",
    );
    // A party by an edition that was put right: its step is no party's step.
    has(&range, "intention", "LBN/mine-ban", "domestic step (12 January 2026): Decree 2281");
}

#[test]
fn the_lead_names_suspensions() {
    let (range, year) = (report(&["--from", "2018", "--to", "last", "UKR"]), report(&["2025", "UKR"]));
    let lead = |report: &Json| report["lead"].as_str().expect("a lead").to_lowercase();
    let named = "one state declared the suspension of a treaty";
    assert!(lead(&range).contains(named), "{}", lead(&range));
    let later = format!("more events of the period, among them that {named}.");
    assert!(lead(&year).ends_with(&later), "{}", lead(&year));
}

#[test]
fn what_came_and_went_within_a_range_names_its_editions_once() {
    let range = report(&["--from", "2018", "--to", "last", "ISL", "ERI", "RUS"]);
    let undone: Vec<&str> = range["undone"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["message"].as_str())
        .collect();
    assert!(!undone.is_empty());
    for message in undone {
        assert_eq!(message.matches("edition of").count(), 1, "{message}");
        assert!(!message.contains("first recorded"), "{message}");
    }
}

/// The sentences of a report as it shows them, by record.
fn said(report: &Json, record: &str, words: &str) -> Vec<String> {
    let parts = report["parts"].as_array().expect("parts").iter();
    let sections = parts.flat_map(|part| part["sections"].as_array().expect("sections"));
    let of_sections = sections.flat_map(|s| s["items"].as_array().expect("items"));
    let rest = ["other_years", "late_reports", "corrections"].map(|name| report[name].as_array());
    let all = of_sections.chain(rest.into_iter().flatten().flatten());
    let message = |one: &Json| one["message"].as_str().expect("a sentence").to_owned();
    all.filter(|one| one["record"] == record).map(message).filter(|said| said.contains(words)).collect()
}

#[test]
fn no_news_of_a_year_is_dated_after_the_edition_that_has_it() {
    for (year, section, record, words) in [
        // A vote of December is recorded in an edition that could know of them.
        ("2014", "meetings", "UKR/mine-ban", "did not attend the Third Review Conference"),
        ("2018", "statements", "LVA/cluster-munitions", "commented on its position in a letter of 20 July"),
        ("2018", "votes", "YEM/cluster-munitions", "voted in favour of resolution 73/54"),
        ("2019", "meetings", "THA/mine-ban", "attended the Fourth Review Conference"),
    ] {
        let report = report(&[year]);
        has(&lines(&report), section, record, words);
        let parts = report["parts"].as_array().expect("parts").iter();
        let sections = parts.flat_map(|part| part["sections"].as_array().expect("sections"));
        let mut items = sections.flat_map(|s| s["items"].as_array().expect("items"));
        // Deadlines lie ahead of the edition that records them.
        let is_event = |one: &&Json| {
            let path = one["change"]["path"].as_str().unwrap_or_default();
            ["meetings[", "votes[", "statements[", "steps["].iter().any(|list| path.starts_with(list))
        };
        let beyond = items.find(|one| {
            let (date, edition) = (one["date"].as_str(), one["to"]["last_updated"].as_str());
            is_event(one) && date.map(|date| &date[..10.min(date.len())]) > edition
        });
        assert!(beyond.is_none(), "{beyond:#?}");
    }
}

#[test]
fn what_is_dated_later_and_what_is_taken_back_are_said_once() {
    let range = report(&["--from", "2018", "--to", "last", "NGA", "LBN", "AZE"]);
    // What it was before it was dated is what the edition before said.
    let used = said(&range, "AZE/cluster-munitions", "use of cluster munitions confirmed");
    assert_eq!(
        used,
        ["use of cluster munitions confirmed (2020; previously: use of cluster munitions denied by the \
            government)"]
    );
    assert_eq!(
        said(&range, "NGA/mine-ban", "3,364"),
        ["retained for training: 3,364 antipersonnel mines as of 2012 (first recorded in the edition of 28 \
                September 2022)"]
    );
    let corrections = range["corrections"].as_array().expect("a list").iter();
    let quoted = corrections.filter(|one| one["record"] == "LBN/mine-ban" && one["earlier"].is_string());
    let quoted: Vec<&Json> = quoted.map(|one| &one["nature"]).collect();
    assert_eq!(quoted, ["retraction"], "of two corrections the one that takes the accession back quotes it");
    // A date by itself is no event.
    let revised = report(&["2014", "SSD/mine-ban"])["corrected_since"]["revised"].clone();
    assert_eq!(revised[0]["sentences"][0]["after"], "use of antipersonnel mines alleged (August 2014)");
    let revised = report(&["2019", "GRC/mine-ban"])["corrected_since"]["revised"].to_string();
    assert!(revised.contains("\"holds a stockpile of antipersonnel mines (2019)\""), "{revised}");
}

#[test]
fn one_event_of_a_range_is_one_sentence() {
    let range = report(&["--from", "2018", "--to", "last", "LVA", "LTU", "THA", "IDN", "RUS"]);
    assert_eq!(
        said(&range, "LVA/cluster-munitions", "September 2021"),
        ["attended 2RC part 2 in September 2021, its first formal meeting ever, as an observer; one source \
                records the state as absent"],
        "a return says all that the attendance says"
    );
    let absences = said(&range, "LTU/mine-ban", "MSP attendance");
    assert!(absences.is_empty(), "an attendance after meetings that are not known: {absences:?}");
    assert_eq!(said(&range, "LTU/mine-ban", "attended the Seventeenth").len(), 1);
    let reports = said(&range, "THA/mine-ban", "latest transparency report");
    assert!(reports.iter().all(|one| one.starts_with("latest")), "{reports:#?}");
    assert!(reports.iter().any(|one| one.contains("April 2023 (covering 2022; previously")), "{reports:#?}");
    // What was recorded late and put right since is said by the correction.
    let signed = said(&range, "IDN/mine-ban", "a signatory to the Convention on Cluster Munitions");
    assert!(signed.len() == 1 && signed[0].starts_with("corrected: "), "{signed:#?}");
    let first = range["corrections"].as_array().expect("a list").iter();
    let first = first.filter(|one| one["record"] == "RUS/mine-ban" && one["earlier"].is_string());
    assert_eq!(first.count(), 0, "what was recorded first is what the sentence says it was");
}

/// A report as it can be pasted into a chapter.
fn chapter(records: &[&str]) -> String {
    let range = ["report", "--from", "2018", "--to", "last", "--format", "markdown", "--quiet"];
    support::run_in(&own_repository(), &[&range, records].concat()).answer()
}

#[test]
fn whether_an_event_is_of_the_period_is_certain_where_its_date_lies_within() {
    let range = chapter(&["SSD/cluster-munitions", "BRA"]);
    assert!(range.contains("commented on its position in a report of 2021\n"), "{range}");
    assert!(!range.contains("too imprecise"), "{range}");
}

#[test]
fn several_meetings_that_one_edition_records_are_one_line() {
    let range = chapter(&["BGR/cluster-munitions"]);
    let meetings = range.lines().find(|line| line.contains("Third Meeting")).expect("a line of meetings");
    assert!(meetings.contains("Third Meeting of States Parties (Oslo, September 2012), "), "{meetings}");
    let end = " (meeting not named in the source; first recorded in the edition of 14 August 2022)";
    assert!(meetings.ends_with(end), "{meetings}");
}

#[test]
fn a_second_account_of_a_vote_is_a_late_report_and_no_vote_that_changed() {
    let mut accounts = 0;
    for year in 2015..=2022 {
        let answer = report(&[&year.to_string(), "TKM", "SSD"]);
        for one in answer["late_reports"].as_array().expect("a list") {
            accounts +=
                usize::from(one["rule"].as_str().is_some_and(|rule| rule.starts_with("votes.reported.")));
        }
        for one in answer["corrections"].as_array().expect("a list") {
            assert_ne!(one["rule"], "votes.vote/changed", "{year}: {one:#}");
        }
        let answer_lines = lines(&answer);
        assert!(
            !answer_lines.iter().any(|line| line.starts_with("corrections | ")
                && line.contains("one source records it as")
                && !line.contains("entry removed")),
            "{answer_lines:#?}"
        );
    }
    assert!(accounts >= 2, "both states have second accounts: {accounts}");
}

#[test]
fn meetings_of_2012_recorded_first_in_2019_are_late_reports() {
    let answer = report(&["2019", "CHN/cluster-munitions"]);
    let late = answer["late_reports"].as_array().expect("a list");
    let of_2012: Vec<&Json> =
        late.iter().filter(|one| one["date"].as_str().is_some_and(|date| date.starts_with("2012"))).collect();
    assert!(!of_2012.is_empty() && of_2012.iter().all(|one| one["rule"] == "meeting-attended"), "{late:#?}");
    let revised = answer["revised"].as_array().expect("a list");
    let says_2012 = revised
        .iter()
        .any(|one| one["report"] == "2012" && one["sentences"].to_string().contains("attended"));
    assert!(says_2012, "the report of 2012 would also say so: {revised:#?}");
}

type Record = serde_yaml::Value;

/// The records and calendars as plain YAML, read without the program.
struct Facts {
    records: BTreeMap<String, Record>,
    resolutions: BTreeMap<&'static str, Vec<Record>>,
}

fn read(path: &std::path::Path) -> Record {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn facts() -> Facts {
    let dataset = own_repository().join("dataset");
    let mut records = BTreeMap::new();
    for folder in std::fs::read_dir(dataset.join("countries")).expect("countries").flatten() {
        for topic in ["cluster-munitions", "mine-ban"] {
            let name = format!("{}/{topic}", folder.file_name().to_string_lossy());
            records.insert(name, read(&folder.path().join(format!("{topic}.yaml"))));
        }
    }
    let calendar = |name: &str| {
        let file = read(&dataset.join("calendars").join(name));
        let mut entries = file["entries"].as_sequence().expect("entries").clone();
        entries.sort_by_key(|entry| entry["start"].as_str().map(str::to_owned));
        entries
    };
    let resolutions = BTreeMap::from([
        ("cluster-munitions", calendar("ccm-resolutions.yaml")),
        ("mine-ban", calendar("mbt-resolutions.yaml")),
    ]);
    Facts { records, resolutions }
}

impl Facts {
    /// The records in which the date at a path falls into a year.
    fn dated(&self, year: &str, path: [&str; 2]) -> BTreeSet<String> {
        let falls = |record: &Record| {
            record["treaty"][path[0]][path[1]].as_str().is_some_and(|date| date.starts_with(year))
        };
        self.records.iter().filter(|(_, record)| falls(record)).map(|(name, _)| name.clone()).collect()
    }

    /// How each state voted on a topic's resolutions, oldest first.
    fn votes(&self, topic: &str) -> Vec<(String, BTreeMap<String, String>)> {
        let roll = |entry: &Record| -> BTreeMap<String, String> {
            let lists = entry["roll_call"].as_mapping().expect("a roll call");
            let of = |(value, names): (&Record, &Record)| -> Vec<(String, String)> {
                let value = value.as_str().expect("a vote").to_owned();
                names
                    .as_sequence()
                    .expect("names")
                    .iter()
                    .map(|n| (n.as_str().expect("a code").to_owned(), value.clone()))
                    .collect()
            };
            lists.iter().flat_map(of).collect()
        };
        self.resolutions[topic]
            .iter()
            .map(|entry| (entry["start"].as_str().expect("a date").to_owned(), roll(entry)))
            .collect()
    }

    /// The records whose state voted otherwise in a year than the last time it voted at all, and those that
    /// came to the vote after an absence or for the first time, or stayed away after a vote.
    fn turned(&self, topic: &str, year: &str) -> (BTreeSet<String>, BTreeSet<String>) {
        let votes = self.votes(topic);
        let states: BTreeSet<&String> = votes.iter().flat_map(|(_, roll)| roll.keys()).collect();
        let (mut turned, mut moved) = (BTreeSet::new(), BTreeSet::new());
        for state in states {
            let run: Vec<(&str, &str)> = votes
                .iter()
                .filter_map(|(day, roll)| Some((day.as_str(), roll.get(state)?.as_str())))
                .collect();
            let Some(at) = run.iter().position(|(day, _)| day.starts_with(year)) else { continue };
            let cast = run[..at].iter().rev().find(|(_, vote)| *vote != "not-voting");
            let (before, now) = (at.checked_sub(1).map_or("", |before| run[before].1), run[at].1);
            let name = format!("{state}/{topic}");
            let Some((_, cast)) = cast else {
                // A first vote after nothing but absences.
                if now != "not-voting" && before == "not-voting" {
                    moved.insert(name);
                }
                continue;
            };
            if now != "not-voting" && now != *cast {
                turned.insert(name);
            } else if (now == "not-voting") != (before == "not-voting") {
                moved.insert(name);
            }
        }
        (turned, moved)
    }
}

fn records_of(report: &Json, section: &str, rule: &str) -> BTreeSet<String> {
    let parts = report["parts"].as_array().expect("parts").iter();
    let sections =
        parts.flat_map(|part| part["sections"].as_array().expect("sections")).filter(|s| s["id"] == section);
    let items = sections.flat_map(|s| s["items"].as_array().expect("items"));
    let named = |one: &&Json| one["rule"].as_str().is_some_and(|name| name.starts_with(rule));
    items.filter(named).map(|one| one["record"].as_str().expect("a record").to_owned()).collect()
}

#[test]
fn the_numbers_are_those_of_an_independent_count() {
    let facts = facts();
    for year in ["2003", "2018", "2025"] {
        let report = report(&[year]);
        assert_eq!(
            records_of(&report, "joined", "joined"),
            facts.dated(year, ["consent", "date"]),
            "{year}: joined"
        );
        assert_eq!(
            records_of(&report, "left", "withdrawal-notified"),
            facts.dated(year, ["withdrawal", "notified"]),
            "{year}: notices"
        );
        assert_eq!(
            records_of(&report, "left", "withdrawn"),
            facts.dated(year, ["withdrawal", "effective"]),
            "{year}: withdrawals"
        );
        for topic in facts.resolutions.keys() {
            let (turned, moved) = facts.turned(topic, year);
            let of_topic = |section: &str| -> BTreeSet<String> {
                let all = records_of(&report, section, "vote-turned");
                all.into_iter().filter(|record| record.ends_with(topic)).collect()
            };
            assert_eq!(of_topic("votes-turned"), turned, "{year}, {topic}: votes that turned");
            assert_eq!(of_topic("votes-absent"), moved, "{year}, {topic}: comings and goings");
        }
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        for topic in facts.resolutions.keys() {
            for (_, roll) in facts.votes(topic).iter().filter(|(day, _)| day.starts_with(year)) {
                roll.values().for_each(|value| *counted.entry(value.clone()).or_default() += 1);
            }
        }
        let mut answer_lines: BTreeMap<String, usize> = BTreeMap::new();
        let parts = report["parts"]
            .as_array()
            .expect("parts")
            .iter()
            .flat_map(|p| p["sections"].as_array().expect("sections"));
        for count in parts
            .filter_map(|s| s["tally"].as_array())
            .flatten()
            .flat_map(|row| row["counts"].as_array().expect("counts"))
        {
            *answer_lines.entry(count["value"].as_str().expect("a value").to_owned()).or_default() +=
                count["count"].as_u64().expect("a count") as usize;
        }
        assert_eq!(answer_lines, counted, "{year}: votes cast");
        let coverage = &report["coverage"];
        let states = ["changed", "reviewed", "unchanged", "new", "ended", "unreadable"];
        let sum: u64 = states.iter().map(|state| coverage[state].as_u64().expect("a count")).sum();
        let begun = if year == "2003" { 194 } else { facts.records.len() as u64 };
        assert_eq!(
            (coverage["records"].as_u64(), sum),
            (Some(begun), begun),
            "{year}: every record has one state"
        );
    }
}

/// The bytes of an old report do not depend on what came after it: at the last commit of 2019 and at the
/// newest one they are the same but for what stands under the headings of later corrections, and the number
/// of later records that the lead has.
#[test]
fn the_report_of_2018_reads_the_same_at_the_end_of_2019_and_today() {
    let repo = own_repository();
    let log = std::process::Command::new("git")
        .args(["log", "--format=%H %s"])
        .current_dir(&repo)
        .output()
        .expect("git runs");
    let log = String::from_utf8_lossy(&log.stdout).into_owned();
    let last = log
        .lines()
        .find(|line| line.contains(" of 2019-12-") || line.contains("edition of 2019-12-"))
        .expect("a commit of 2019");
    let then = last.split_once(' ').expect("an id").0;
    let page = |more: &[&str]| {
        let mut args = vec!["report", "2018", "--format", "markdown", "--quiet"];
        args.extend(more);
        support::run_in(&repo, &args).answer()
    };
    let without_later = |text: &str| -> String {
        let (head, rest) = text.split_once("## Corrected since (").unwrap_or((text, ""));
        let later = regex::Regex::new(" Later editions recorded [^.]*\\.").expect("a pattern");
        let head = later.replace(head, "");
        let tail = rest
            .find("## Changed and changed back")
            .or(rest.find("## Coverage"))
            .map_or("", |at| &rest[at..]);
        format!("{head}{tail}")
    };
    let (old, new) = (page(&["--known-at", then]), page(&[]));
    assert!(new.contains("## Late reports (") && new.contains("## Coverage"));
    assert_eq!(without_later(&old), without_later(&new));
}
