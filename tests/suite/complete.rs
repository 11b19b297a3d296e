//! Completion in a real bash: what it offers after TAB for a line.

use crate::queries::positions;
use crate::support::notes;
use std::path::Path;
use std::process::Command;

/// Loads the script that `completions bash` writes and prints what is offered for the last word of a line, in
/// order.
const COMPLETE: &str = r#"
source <(sincewhen completions bash)
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
spec=$(complete -p sincewhen); function=${spec##*-F }; function=${function%% *}
"$function" sincewhen "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

fn offered(folder: &Path, words: &[&str]) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_sincewhen")).parent().expect("a folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let out = Command::new("bash")
        .args(["--norc", "-c", COMPLETE, "bash"])
        .args(words)
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()))
        .env("SINCEWHEN_NO_CACHE", "1")
        .env("SINCEWHEN_TODAY", "2021-01-01")
        .output()
        .expect("bash runs");
    assert!(out.stderr.is_empty(), "{words:?}: {}", String::from_utf8_lossy(&out.stderr));
    let lines = String::from_utf8_lossy(&out.stdout).into_owned();
    lines.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn bash_offers_what_the_dataset_has() {
    let repo = positions();
    let offers = |words: &[&str]| offered(repo.path(), &[&["sincewhen"], words].concat());
    assert_eq!(offers(&["since", "Kaz"]), ["Kazakhstan"]);
    assert_eq!(offers(&["since", "KAZ/"]), ["KAZ/cluster-munitions", "KAZ/mine-ban"]);
    assert_eq!(offers(&["since", "kaz/m"]), ["kaz/mine-ban"], "what is typed stays as it is");
    assert_eq!(offers(&["log", "GRC,KAZ/m"]), ["GRC,KAZ/mine-ban"], "the last of a list");
    assert!(offers(&["changelog", "Eu"]).contains(&"Europe".to_owned()), "regions");
    let dates = offers(&["show", "KAZ/mine-ban", "--as-of", "20"]);
    assert_eq!(dates, ["2020-09-04", "2019-05-01", "2018-06-26"], "editions, the newest first");
    assert!(offers(&["changelog", "--rule", "level"]).contains(&"level-changed".to_owned()), "rules");
    assert!(offers(&["changelog", "--form"]).contains(&"--format".to_owned()), "options");
    assert_eq!(offers(&["log", "nothing-like-it"]), Vec::<String>::new());
}

/// Where there is no dataset, completion says nothing and breaks nothing.
#[test]
fn bash_offers_nothing_of_no_dataset() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(offered(folder.path(), &["sincewhen", "since", "Kaz"]), Vec::<String>::new());
    let elsewhere = notes::repo();
    let start = elsewhere.path().display().to_string();
    let rules = offered(folder.path(), &["sincewhen", "-C", &start, "changelog", "--rule", "level-ch"]);
    assert_eq!(rules, ["level-changed"], "the folder that the line names");
}
