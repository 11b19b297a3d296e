//! The main job on this repository's own dataset and history: Kazakhstan, whose record the sentence that
//! names the tool is about.

use crate::support;

use serde_json::Value as Json;
use sincewhen::diff::{Delta, apply};
use sincewhen::history::Selection;
use sincewhen::model::results::{Change, EditionRef, Observation, Side};
use sincewhen::model::{Document, FieldPath, PartialDate};
use sincewhen::rules::{Edited, Subject};
use sincewhen::schema::Op;
use std::sync::Arc;
use support::own_dataset::OwnDataset;
use support::policy::Held;
use support::{column, own_repository, run_in};

const CLUSTER: &str = "KAZ/cluster-munitions";
const MINES: &str = "KAZ/mine-ban";

fn since(record: &str, as_of: &str) -> Vec<Json> {
    let answer = run_in(&own_repository(), &["since", record, "--as-of", as_of, "--format", "json"]).json();
    answer["observations"].as_array().expect("a list").clone()
}

/// The observation of a rule.
#[track_caller]
fn of<'j>(all: &'j [Json], rule: &str) -> &'j Json {
    let rules: Vec<&str> = all.iter().filter_map(|o| o["rule"].as_str()).collect();
    all.iter().find(|o| o["rule"] == rule).unwrap_or_else(|| panic!("no `{rule}` among {rules:?}"))
}

/// The occasions examined, each with its outcome: `7MSP missed`.
fn examined(observation: &Json) -> Vec<String> {
    let say =
        |e: &Json| format!("{} {}", e["short"].as_str().unwrap_or(""), e["outcome"].as_str().unwrap_or(""));
    observation["examined"].as_array().expect("a list").iter().map(say).collect()
}

#[track_caller]
fn says(observation: &Json, message: &str) {
    assert_eq!(observation["message"], message);
    assert!(!observation["evidence"].as_array().expect("a list").is_empty(), "no sentence without evidence");
}

#[test]
fn as_of_september_2020() {
    let all = since(CLUSTER, "2020-09-04");
    let absence = of(&all, "no-msp");
    says(absence, "no MSP attendance since 2016");
    assert_eq!(absence["last"]["short"], "6MSP");
    assert_eq!(absence["since"], "2016-09-05");
    assert_eq!(examined(absence), ["6MSP met", "7MSP missed", "8MSP missed", "9MSP missed"]);
    assert!(absence["detail"].as_str().expect("a text").contains("Geneva, September 2016"), "{absence}");
    // The Review Conferences change nothing, and one sentence speaks for both.
    assert!(
        absence["detail"].as_str().expect("a text").starts_with("nor any other formal meeting"),
        "{absence}"
    );
    assert!(all.iter().all(|o| o["rule"] != "no-formal-meeting"), "{all:#?}");
    let votes = of(&all, "vote-streak");
    says(votes, "voted in favour of the annual UNGA resolution every year since 2015 (5 times)");
    assert_eq!(examined(votes), ["70/54 met", "71/45 met", "72/54 met", "73/54 met", "74/62 met"]);
    says(of(&all, "last-comment"), "last commented on its position in April 2013");
    says(of(&all, "status"), "has not acceded to the Convention on Cluster Munitions");
}

#[test]
fn as_of_june_2018() {
    let all = since(CLUSTER, "2018-06-26");
    says(of(&all, "no-msp"), "no MSP attendance since 2016");
    assert_eq!(examined(of(&all, "no-msp")), ["6MSP met", "7MSP missed"]);
    says(
        of(&all, "vote-streak"),
        "voted in favour of the annual UNGA resolution every year since 2015 (3 times)",
    );
}

#[test]
fn as_of_june_2016() {
    let all = since(CLUSTER, "2016-06-16");
    let never = of(&all, "no-msp");
    says(never, "no MSP attendance ever");
    assert_eq!(never["last"], Json::Null);
    assert_eq!(examined(never), ["1MSP missed", "2MSP missed", "3MSP missed", "4MSP missed", "5MSP missed"]);
    let formal = of(&all, "no-formal-meeting");
    assert!(
        formal["message"].as_str().expect("a text").starts_with("attended 1RC in September 2015"),
        "{formal}"
    );
    assert!(formal["detail"].as_str().expect("a text").contains("First Review Conference"), "{formal}");
}

/// What was not assessed is named and not counted.
#[test]
fn as_of_today() {
    let all = since(CLUSTER, "last");
    let absence = of(&all, "no-msp");
    let message = absence["message"].as_str().expect("a text");
    assert!(
        message.starts_with("no MSP attendance since 2016, as far as assessed (through 25 August 2022)"),
        "{message}"
    );
    let outcomes = examined(absence);
    assert!(
        outcomes.contains(&"9MSP missed".to_owned()) && outcomes.contains(&"10MSP unknown".to_owned()),
        "{outcomes:?}"
    );
    assert!(!outcomes.contains(&"10MSP missed".to_owned()));
    assert_eq!(absence["assessed_through"], "2022-08-25");
}

fn steps(args: &[&str]) -> Vec<Json> {
    let args = [&["changelog", "--format", "json"], args].concat();
    let answer = run_in(&own_repository(), &args).json();
    answer["records"][0]["steps"].as_array().expect("a list").clone()
}

fn changes<'j>(steps: &'j [Json], nature: &str) -> Vec<&'j Json> {
    steps
        .iter()
        .flat_map(|s| s["changes"].as_array().expect("a list"))
        .filter(|c| c["nature"] == nature)
        .collect()
}

#[test]
fn from_2020_to_2021_the_absence_ended_with_the_second_review_conference() {
    let steps = steps(&[CLUSTER, "--from", "2020-09-04", "--to", "2021-09-13"]);
    let back: Vec<&Json> = steps
        .iter()
        .flat_map(|s| s["observations"].as_array().expect("a list"))
        .filter(|o| o["rule"] == "no-formal-meeting" && o["state"] == "began")
        .collect();
    assert_eq!(back.len(), 1, "{back:?}");
    assert_eq!(back[0]["nature"], "development");
    let returned =
        "attended 2RC part 1 in November 2020, its first formal meeting since 2016, as an observer";
    says(back[0], returned);
    let attended = changes(&steps, "development");
    assert!(attended.iter().any(|c| c["path"] == "meetings[ccm-2rc-part1]"), "{attended:?}");
}

#[test]
fn the_weakened_summary_of_2021_is_editorial() {
    let args = [CLUSTER, "--from", "2020-12-31", "--to", "2021"];
    let steps = steps(&args);
    let summary: Vec<&Json> = steps
        .iter()
        .flat_map(|s| s["changes"].as_array().expect("a list"))
        .filter(|c| c["path"] == "summary")
        .collect();
    assert_eq!(summary.len(), 1);
    assert_eq!(
        (&summary[0]["nature"], &summary[0]["significance"]),
        (&"editorial".into(), &"editorial".into())
    );
    let run = |more: &[&str]| run_in(&own_repository(), &[&["changelog"], &args[..], more].concat()).answer();
    let differs = |text: &str| text.contains("[-") && text.contains("{+");
    assert!(!differs(&run(&[])), "no word-level difference unless it is asked for");
    assert!(differs(&run(&["-v"])), "word by word");
}

#[test]
fn a_statement_no_longer_mentioned_is_an_omission() {
    let steps = steps(&[MINES]);
    let silent = changes(&steps, "omission");
    let paths: Vec<&str> = silent
        .iter()
        .flat_map(|c| c["explains"].as_array().expect("a list"))
        .filter_map(|path| path.as_str())
        .collect();
    assert!(paths.contains(&"statements[statement-2011-05]"), "{paths:?}");
    for step in &steps {
        let omitted =
            step["changes"].as_array().expect("a list").iter().filter(|c| c["nature"] == "omission");
        assert!(omitted.count() <= 1, "one quiet line a step");
    }
    for step in &steps {
        for change in step["changes"].as_array().expect("a list") {
            let gone = change["after"].is_null() && !change["before"].is_null();
            let quiet = matches!(
                change["nature"].as_str(),
                Some("editorial" | "review" | "correction" | "retraction")
            );
            assert!(
                !gone || quiet || change["nature"] == "omission",
                "what is no longer mentioned is never a development: {change}"
            );
        }
    }
}

#[test]
fn what_a_page_first_tells_years_later_is_a_late_report() {
    let steps = steps(&[MINES]);
    let late: Vec<&str> = changes(&steps, "late-report").iter().filter_map(|c| c["path"].as_str()).collect();
    assert!(late.contains(&"meetings[mbt-2rc]"), "the conference of 2009, recorded in 2019: {late:?}");
    let news: Vec<&str> = changes(&steps, "development").iter().filter_map(|c| c["path"].as_str()).collect();
    assert!(!news.contains(&"meetings[mbt-2rc]"));
    assert!(
        news.contains(&"meetings[mbt-14msp]"),
        "the meeting of 2015 came after the page before: {news:?}"
    );
    assert!(news.contains(&"votes[A/RES/74/61]"), "each vote on its day: {news:?}");
}

/// The record as one after another of its votes had been left out and is listed in the next edition.
#[test]
fn votes_newly_listed_for_earlier_years_are_late_reports() {
    let case = kazakhstan();
    let timeline = case.timeline(MINES);
    let edition =
        timeline.editions.iter().find(|e| e.date.as_str() == "2019-12-12").expect("an edition of that day");
    let whole = case.held(edition);
    let engine = case.engine();
    let subject = engine.subject(&timeline.identity, timeline.kind);
    let keys = |path: &FieldPath| subject.kind.shape.key_at(path);
    let mut seen = 0;
    for vote in whole.document.root.get("votes").expect("it votes").items() {
        let id = vote.get("resolution").and_then(|n| n.text()).expect("every vote names its resolution");
        let path = FieldPath::root().key("votes").then(sincewhen::model::Step::Item(vec![id.to_owned()]));
        assert!(whole.document.root.at(&path, &keys).is_some());
        let less = without(&whole, &path, &subject, "2019-12-12");
        let mut later = without(&whole, &FieldPath::root().key("remarks"), &subject, "2019-12-18");
        later.edition.last_updated = "2019-12-18".parse().expect("a date");
        let changes = engine.changes(&subject, less.edited(), later.edited());
        let change = changes.iter().find(|c| c.path == path).unwrap_or_else(|| panic!("{path} is reported"));
        // The vote of the edition's own day may have come after it was written.
        let nature = if id == "A/RES/74/61" { "development" } else { "late-report" };
        assert_eq!(change.nature.kind.as_str(), nature, "{path}");
        seen += 1;
    }
    assert!(seen > 20);
}

#[test]
fn the_order_of_two_editions_is_asked_back() {
    for command in ["diff", "changelog"] {
        let fault = run_in(&own_repository(), &[command, CLUSTER, "--from", "2021", "--to", "2020"]).fault();
        assert!(fault.contains("the range is reversed") && fault.contains("`2020..2021`"), "{fault}");
    }
    let fault = run_in(&own_repository(), &["since", CLUSTER, "--as-of", "1999"]).fault();
    assert!(fault.contains("its first is of 2008-12-03"), "{fault}");
    let fault = run_in(&own_repository(), &["log", "KAZ/cluser-munitions"]).fault();
    assert!(fault.contains("did you mean `cluster-munitions`"), "{fault}");
    let fault = run_in(&own_repository(), &["log", "Kazakstan"]).fault();
    assert!(fault.contains("did you mean `Kazakhstan` (KAZ)?"), "{fault}");
}

/// `explain` shows what a sentence rests on: rule, facts with their places, sources, each occasion examined.
#[test]
fn explain_proves_the_sentence_that_names_the_tool() {
    let all = since(CLUSTER, "2020-09-04");
    let fingerprint = of(&all, "no-msp")["fingerprint"].as_str().expect("a text");
    let text = run_in(&own_repository(), &["explain", fingerprint, CLUSTER]).answer();
    for part in [
        "no MSP attendance since 2016",
        "no-msp",
        "6MSP",
        "9MSP",
        "cluster-munitions.yaml:",
        "source",
        fingerprint,
    ] {
        assert!(text.contains(part), "no `{part}` in:\n{text}");
    }
    let page = run_in(&own_repository(), &["explain", "no-msp"]).answer();
    assert!(page.contains("speaks when"), "{page}");
}

#[test]
fn the_log_lists_every_edition_with_its_strips() {
    let log = run_in(&own_repository(), &["log", CLUSTER, "--format", "json"]).json();
    let dates = column(&log["records"][0]["editions"], "last_updated");
    for date in ["2015-06-18", "2016-06-16", "2018-06-26", "2020-09-04", "2021-09-13", "2022-08-25"] {
        assert!(dates.contains(&date), "{date} is not in {dates:?}");
    }
    assert!(dates.is_sorted_by(|a, b| a > b), "newest first: {dates:?}");
    assert_eq!(column(&log["records"][0]["strips"], "label"), ["meetings", "votes"]);
}

fn kazakhstan() -> OwnDataset {
    OwnDataset::open(&Selection::parse(&["KAZ".to_owned()]).expect("because it is a name"))
}

/// The edition without the part at a path.
fn without(held: &Held, path: &FieldPath, subject: &Subject<'_>, date: &str) -> Held {
    let keys = |path: &FieldPath| subject.kind.shape.key_at(path);
    let before = held.document.root.at(path, &keys).cloned();
    let delta = Delta { path: path.clone(), from_path: None, op: Op::Removed, before, after: None };
    let root = apply(&[delta], &held.document.root, &subject.kind.shape);
    let last_updated: PartialDate = date.parse().expect("because it is a date");
    Held {
        document: Document::new(Arc::clone(&held.document.text), root),
        edition: EditionRef { last_updated, ..held.edition.clone() },
    }
}

/// What an observation says, and what it says it rests on.
fn sentence(observation: &Observation) -> (String, String, String) {
    let examined = serde_json::to_string(&observation.examined).expect("because it can be written");
    (observation.message.clone(), observation.detail.clone(), examined)
}

/// Delete any one fact cited as evidence, and the sentence changes or vanishes: over all editions of both
/// records.
#[test]
fn no_observation_stands_without_any_one_fact_it_cites() {
    let case = kazakhstan();
    let engine = case.engine();
    let (mut cited, mut idle) = (0, Vec::new());
    for timeline in case.archive.timelines.values() {
        let subject = engine.subject(&timeline.identity, timeline.kind);
        for edition in &timeline.editions {
            let held = case.held(edition);
            for observation in engine.observations(&subject, held.edited()) {
                for evidence in &observation.evidence {
                    cited += 1;
                    let less = without(&held, &evidence.path, &subject, edition.date.as_str());
                    let same =
                        |o: &Observation| o.rule == observation.rule && sentence(o) == sentence(&observation);
                    if engine.observations(&subject, less.edited()).iter().any(same) {
                        idle.push(format!(
                            "{} of {}: {} without {}",
                            timeline.id, edition.date, observation.message, evidence.path
                        ));
                    }
                }
            }
        }
    }
    assert!(cited > 500, "only {cited} facts are cited");
    assert_eq!(idle, Vec::<String>::new(), "sentences that stand without a fact they cite");
}

/// What a change says: the sentence with its nature, values and reason.
fn content(change: &Change) -> (String, String, Option<Json>, Option<Json>, Option<String>) {
    let nature = format!("{:?}", change.nature);
    (change.message.clone(), nature, change.before.clone(), change.after.clone(), change.reason.clone())
}

/// The same of changes: a fact on either side whose own value is cited (a part that survives where a value is
/// gone proves only where to look).
#[test]
fn no_change_stands_without_the_fact_it_is_about() {
    let case = kazakhstan();
    let engine = case.engine();
    let mut idle = Vec::new();
    for timeline in case.archive.timelines.values() {
        let subject = engine.subject(&timeline.identity, timeline.kind);
        let editions: Vec<Held> = timeline.editions.iter().map(|e| case.held(e)).collect();
        for pair in editions.windows(2) {
            let (from, to): (Edited<'_>, Edited<'_>) = (pair[0].edited(), pair[1].edited());
            for change in engine.changes(&subject, from, to) {
                for evidence in change.evidence.iter().filter(|e| e.path == change.path) {
                    let at = if evidence.side == Side::From { 0 } else { 1 };
                    let less =
                        without(&pair[at], &evidence.path, &subject, pair[at].edition.last_updated.as_str());
                    let (a, b) = if at == 0 { (less.edited(), to) } else { (from, less.edited()) };
                    if engine
                        .changes(&subject, a, b)
                        .iter()
                        .any(|c| c.rule == change.rule && content(c) == content(&change))
                    {
                        idle.push(format!(
                            "{} to {}: {} without {}",
                            timeline.id,
                            to.date(),
                            change.message,
                            evidence.path
                        ));
                    }
                }
            }
        }
    }
    assert_eq!(idle, Vec::<String>::new(), "sentences that stand without the fact they are about");
}
