//! The counts of `scripts/recount.py`, which knows the dataset's files and nothing of this program.

use std::path::Path;
use std::process::Command;

/// Votes, tallies, parties, twins, summaries, texts and sources add up.
#[test]
fn the_dataset_adds_up_when_it_is_counted_again() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/recount.py");
    let output = Command::new("python3").arg(&script).output().expect("python3 can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{failed}");
    assert!(said.contains("7863 votes"), "every vote is counted: {said}");
    assert!(said.ends_with("nothing differs\n"), "{said}");
}

/// A number that is changed is found.
#[test]
fn a_changed_vote_a_lost_source_an_old_summary_and_a_working_mark_are_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let copy = tempfile::tempdir().expect("a folder");
    let copied = Command::new("cp")
        .args(["-r", "dataset", "scripts"])
        .arg(copy.path())
        .current_dir(root)
        .status()
        .expect("cp can be run");
    assert!(copied.success());
    let record = copy.path().join("dataset/countries/KAZ/cluster-munitions.yaml");
    let text = std::fs::read_to_string(&record).expect("a record");
    let changed = text.replacen("vote: in-favour", "vote: against", 1).replacen(
        "sources: [untc]",
        "sources: [nobody]",
        1,
    );
    assert_ne!(text, changed);
    std::fs::write(&record, changed).expect("the record can be written");
    let other = copy.path().join("dataset/countries/RUS/mine-ban.yaml");
    let text = std::fs::read_to_string(&other).expect("a record");
    std::fs::write(&other, text.replacen("voted against", "abstained on the excerpt of", 1))
        .expect("the record can be written");
    let output = Command::new("python3")
        .arg(copy.path().join("scripts/recount.py"))
        .output()
        .expect("python3 can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for part in [
        "roll calls: A/RES/",
        "tallies: A/RES/",
        "claims: KAZ/cluster-munitions",
        "summaries: RUS/mine-ban",
        "texts: RUS/mine-ban",
    ] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
}
