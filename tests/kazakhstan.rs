//! What the tool says of Kazakhstan, on this repository's own dataset and history.

use assert_cmd::Command;
use serde_json::Value;

fn say(args: &[&str]) -> Value {
    let mut all = vec!["-C", env!("CARGO_MANIFEST_DIR"), "--quiet", "--format", "json"];
    all.extend(args);
    let run = Command::cargo_bin("sincewhen").unwrap().args(&all).output().unwrap();
    assert!(run.status.success(), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

fn observation(as_of: &str, rule: &str) -> Value {
    let answer = say(&["since", "KAZ/cluster-munitions", "--as-of", as_of]);
    let all = answer["observations"].as_array().unwrap();
    all.iter().find(|o| o["rule"] == rule).unwrap_or_else(|| panic!("{rule} says nothing as of {as_of}")).clone()
}

fn outcomes(observation: &Value) -> Vec<(String, String)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    observation["examined"].as_array().unwrap().iter().map(|e| (text(&e["occasion"]), text(&e["outcome"]))).collect()
}

fn pair(occasion: &str, outcome: &str) -> (String, String) {
    (occasion.to_owned(), outcome.to_owned())
}

#[test]
fn no_msp_attendance_since_2016() {
    let absence = observation("2020-09-04", "no-msp-ccm");
    assert_eq!(absence["message"], "no MSP attendance since 2016");
    assert_eq!(absence["last"]["id"], "ccm-6msp");
    let all = [pair("ccm-6msp", "met"), pair("ccm-7msp", "missed"), pair("ccm-8msp", "missed"), pair("ccm-9msp", "missed")];
    assert_eq!(outcomes(&absence), all);
    let earlier = observation("2018-06-26", "no-msp-ccm");
    assert_eq!(earlier["message"], "no MSP attendance since 2016");
    assert_eq!(outcomes(&earlier), [pair("ccm-6msp", "met"), pair("ccm-7msp", "missed")]);
    assert_eq!(earlier["fingerprint"], absence["fingerprint"], "the same absence has the same name in every edition");
}

#[test]
fn before_the_first_meeting() {
    assert_eq!(observation("2016-06-16", "no-msp-ccm")["variant"], "never");
    let first = observation("2016-06-16", "no-formal-meeting-ccm");
    assert_eq!((first["variant"].as_str(), first["last"]["id"].as_str()), (Some("first"), Some("ccm-1rc")));
}

#[test]
fn where_the_data_ends_nothing_is_said() {
    let today = observation("last", "no-msp-ccm");
    assert_eq!(today["assessed_through"], "2022-08-25");
    let unknown: Vec<String> = outcomes(&today).into_iter().filter(|(_, o)| o == "unknown").map(|(id, _)| id).collect();
    assert_eq!(unknown, ["ccm-10msp", "ccm-11msp", "ccm-12msp", "ccm-13msp"]);
    assert!(today["message"].as_str().unwrap().contains("as far as assessed"), "{}", today["message"]);
}

#[test]
fn votes_comment_and_status() {
    let says = |rule: &str| observation("2020-09-04", rule)["message"].as_str().unwrap().to_owned();
    assert!(says("unga-vote-ccm").ends_with("every year since 2015 (5 of 5)"), "{}", says("unga-vote-ccm"));
    assert_eq!(says("last-comment"), "last commented on its position in April 2013");
    assert_eq!(says("not-joined"), "has not acceded to the Convention on Cluster Munitions");
}

#[test]
fn the_absence_ended_with_the_second_review_conference() {
    let answer = say(&["changelog", "KAZ/cluster-munitions", "--from", "2020", "--to", "2021"]);
    let steps = answer["records"][0]["steps"].as_array().unwrap();
    let ended = steps.iter().flat_map(|s| s["observations"].as_array().unwrap()).find(|o| o["state"] == "ended").unwrap();
    assert_eq!((ended["rule"].as_str(), ended["nature"].as_str()), (Some("no-formal-meeting-ccm"), Some("development")));
    assert!(ended["detail"].as_str().unwrap().contains("2RC"), "{}", ended["detail"]);
    let summary = steps.iter().flat_map(|s| s["changes"].as_array().unwrap()).find(|c| c["path"] == "summary").unwrap();
    assert_eq!(summary["nature"], "editorial");
}

#[test]
fn silence_is_a_retraction_and_late_news_a_late_report() {
    let answer = say(&["changelog", "KAZ/mine-ban", "--from", "2011-10-21", "--to", "2019-12-18", "--direct"]);
    let changes = answer["records"][0]["steps"][0]["changes"].as_array().unwrap();
    let nature = |path: &str| changes.iter().find(|c| c["path"] == path).unwrap_or_else(|| panic!("{path}"))["nature"].clone();
    assert_eq!(nature("statements[statement-2011-05]"), "retraction");
    assert_eq!(nature("meetings[mbt-2rc]"), "late-report");
    assert_eq!(nature("meetings[mbt-14msp]"), "development");
    assert!(changes.iter().all(|c| c["rule"] != "field-changed"));
}

#[test]
fn a_retold_vote_is_never_a_changed_vote() {
    let answer = say(&["changelog", "TKM/cluster-munitions", "SSD/cluster-munitions", "KHM/cluster-munitions"]);
    let mut accounts = 0;
    for change in answer["records"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|r| r["steps"].as_array().unwrap())
        .flat_map(|s| s["changes"].as_array().unwrap())
    {
        assert_ne!(change["rule"], "vote-told-otherwise", "{change}");
        if change["rule"].as_str().unwrap().starts_with("vote-account") {
            accounts += 1;
            assert_eq!(change["nature"], "correction", "{change}");
        }
    }
    assert!(accounts >= 5, "{accounts}");
}
