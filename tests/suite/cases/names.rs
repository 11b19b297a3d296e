//! Names that are taken for others.

use super::{check, found, note, notes};

const TODAY: &str = "2024-06-01";
const BY_BASE: [&str; 6] = ["--base", "main", "--head", "HEAD", "--policy-from", "base"];

#[test]
fn a_new_name_that_looks_like_another_is_reported() {
    for name in [
        "\u{430}lpha",   // the first letter is Cyrillic
        "\u{ff41}lpha",  // full width
        "al\u{ad}pha",   // with a soft hyphen
        "al\u{200d}pha", // with a joiner
        "Alpha",         // in another case
        "\u{251}lpha",   // the Latin alpha
    ] {
        let mut repo = notes();
        repo.write("notes/alpha.yaml", note("alpha", "2024-01-10", 1));
        repo.commit("record");
        repo.git(["checkout", "-q", "-b", "topic"]);
        repo.write("notes/other.yaml", note(name, "2024-01-10", 1));
        repo.commit("topic");
        for args in [&BY_BASE[..], &["--base", "main"], &[]] {
            let rules = found(&repo, TODAY, args);
            assert!(rules.contains(&"look-alike-name name".to_owned()), "{name:?} {args:?}: {rules:?}");
        }
        let run = check(&repo, TODAY, &BY_BASE);
        assert!(run.stdout.contains("another record in notes/alpha.yaml"), "{}", run.stdout);
    }
}

/// Names that differ in what people choose names by, and a record that changes its own name, are no fault.
#[test]
fn names_that_nobody_confuses_pass() {
    let mut repo = notes();
    for name in ["b1", "corn", "resume", "\u{436}"] {
        repo.write(&format!("notes/{name}.yaml"), note(name, "2024-01-10", 1));
    }
    repo.commit("records");
    repo.git(["checkout", "-q", "-b", "topic"]);
    for (file, name) in [("p", "bl"), ("q", "com"), ("r", "r\u{e9}sum\u{e9}"), ("s", "\u{448}")] {
        repo.write(&format!("notes/{file}.yaml"), note(name, "2024-01-10", 1));
    }
    repo.remove("notes/corn.yaml");
    repo.write("notes/corn.yaml", note("Corn", "2024-01-10", 1) + "formerly: [{name: corn}]\n");
    repo.commit("topic");
    assert_eq!(found(&repo, TODAY, &BY_BASE), [""; 0]);
    assert_eq!(found(&repo, TODAY, &[]), [""; 0]);
}
