//! What the tool says of votes that pages reported otherwise, on this repository's own dataset and history.

use assert_cmd::Command;
use serde_json::Value;

fn say(args: &[&str]) -> Value {
    let mut all = vec!["-C", env!("CARGO_MANIFEST_DIR"), "--quiet", "--format", "json"];
    all.extend(args);
    let run = Command::cargo_bin("sincewhen")
        .expect("ours")
        .env("SINCEWHEN_NO_CACHE", "1")
        .env("COLUMNS", "80")
        .args(&all)
        .output()
        .expect("ours");
    assert!(run.status.success(), "{args:?}: {}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).expect("ours")
}

#[test]
fn a_vote_reported_otherwise_is_never_a_changed_vote() {
    let answer =
        say(&["changelog", "TKM/cluster-munitions", "SSD/cluster-munitions", "KHM/cluster-munitions"]);
    let mut accounts = 0;
    for change in answer["records"]
        .as_array()
        .expect("ours")
        .iter()
        .flat_map(|r| r["steps"].as_array().expect("ours"))
        .flat_map(|s| s["changes"].as_array().expect("ours"))
    {
        assert_ne!(change["rule"], "votes.vote/changed", "{change}");
        if change["rule"].as_str().expect("ours").starts_with("votes.reported") {
            accounts += 1;
            assert_ne!(change["nature"], "development", "{change}");
        }
    }
    assert!(accounts >= 5, "{accounts}");
}
