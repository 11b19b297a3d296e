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

/// Whether a shell is here; where it is not, that is said, and nothing is tested.
fn has(shell: &str) -> bool {
    let there = Command::new(shell).arg("--version").output().is_ok();
    if !there {
        println!("NOT TESTED: no {shell} here");
    }
    there
}

/// Runs a script of another shell in a folder, with the program on its path.
fn script(shell: &[&str], text: &str, words: &[&str], folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_sincewhen")).parent().expect("a folder");
    let out = Command::new(shell[0])
        .args(&shell[1..])
        .arg(text)
        .args(words)
        .current_dir(folder)
        .env("PROGRAM_FOLDER", program)
        .env("TERM", "vt100")
        .env("SINCEWHEN_NO_CACHE", "1")
        .env("SINCEWHEN_TODAY", "2021-01-01")
        .output()
        .expect("the shell runs");
    String::from_utf8_lossy(&out.stdout).replace('\0', "")
}

/// A real fish, asked what it would offer.
#[test]
fn fish_offers_what_the_dataset_has() {
    if !has("fish") {
        return;
    }
    let repo = positions();
    let ask = "set -x PATH $PROGRAM_FOLDER $PATH; sincewhen completions fish | source; complete -C $argv[1]";
    let offers = |line: &str| -> Vec<String> {
        let said = script(&["fish", "--no-config", "-c"], ask, &[line], repo.path());
        said.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    assert_eq!(offers("sincewhen since Kaz"), ["Kazakhstan"]);
    assert_eq!(offers("sincewhen since KAZ/"), ["KAZ/cluster-munitions", "KAZ/mine-ban"]);
    assert_eq!(offers("sincewhen since Ivory"), ["Ivory Coast"]);
    let dates = offers("sincewhen show KAZ/mine-ban --as-of 20");
    assert_eq!(dates, ["2020-09-04", "2019-05-01", "2018-06-26"], "editions, the newest first");
    assert!(offers("sincewhen changelog --rule level").contains(&"level-changed".to_owned()), "rules");
}

/// Types a line into a real zsh with a terminal of its own, then a tab, and waits for a text to show.
const TYPE: &str = r#"
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=; path=($PROGRAM_FOLDER $path); stty -echo; autoload -Uz compinit; compinit -u -D'
zpty -w z 'source <(sincewhen completions zsh); print RE""ADY'
while zpty -r z line; do [[ $line == *READY* ]] && break; done
zpty -n -w z "$1"$'\t'
seen=
for i in {1..300}; do
  while zpty -r -t z part; do seen+=$part; done
  [[ $seen == *"$2"* ]] && break
  sleep 0.1
done
print -r -- "$seen"
zpty -d z
"#;

/// A real zsh: what is typed is completed, or what fits is listed.
#[test]
fn zsh_offers_what_the_dataset_has() {
    if !has("zsh") {
        return;
    }
    let repo = positions();
    for (line, shows) in [
        ("sincewhen since Kaz", "since Kazakhstan"),
        ("sincewhen since Ivory", "since Ivory\\ Coast"),
        ("sincewhen since KAZ/", "KAZ/cluster-munitions  KAZ/mine-ban"),
        ("sincewhen show KAZ/mine-ban --as-of 201", "2019-05-01  2018-06-26"),
        ("sincewhen changelog --rule level-ch", "--rule level-changed"),
    ] {
        let seen = script(&["zsh", "-f", "-c"], TYPE, &["zsh", line, shows], repo.path());
        assert!(seen.contains(shows), "{line}: {seen:?}");
    }
}

/// A record can be called anything: what a shell inserts is the name, never a command.
#[test]
fn names_are_inserted_as_words() {
    let mut repo = notes::repo();
    let names = ["xa b", "x$(touch owned)", "x`y`", "x;z'\"", "x*"];
    for (at, name) in names.iter().enumerate() {
        let name = name.replace('\\', "\\\\").replace('"', "\\\"");
        repo.write(&format!("notes/x{at}.yaml"), format!("name: \"{name}\"\ndated: 2020-01-01\nlevel: 1\n"));
    }
    repo.write("notes/hidden.yaml", "name: \"xn\\nrm\"\ndated: 2020-01-01\nlevel: 1\n");
    repo.commit("odd names");
    let mut offers = offered(repo.path(), &["sincewhen", "since", "x"]);
    offers.sort();
    assert_eq!(offers, ["x\\$\\(touch\\ owned\\)", "x\\*", "x\\;z\\'\\\"", "x\\`y\\`", "xa\\ b"]);
    // What bash makes of the words again: the names.
    for (word, name) in offers.iter().zip(["x$(touch owned)", "x*", "x;z'\"", "x`y`", "xa b"]) {
        let said = Command::new("bash").args(["--norc", "-c", &format!("printf %s {word}")]).output();
        assert_eq!(String::from_utf8_lossy(&said.expect("bash runs").stdout), name);
    }
    assert_eq!(offered(repo.path(), &["sincewhen", "since", "xa\\ "]), ["xa\\ b"], "what is typed is quoted");
    assert!(!repo.path().join("owned").exists());
    if has("zsh") {
        let (line, shows) = ("sincewhen since x\\$", "since x\\$\\(touch\\ owned\\)");
        let seen = script(&["zsh", "-f", "-c"], TYPE, &["zsh", line, shows], repo.path());
        assert!(seen.contains(shows), "{seen}");
    }
    if has("fish") {
        let ask = "set -x PATH $PROGRAM_FOLDER $PATH; sincewhen completions fish | source; complete -C \
                   $argv[1] --escape";
        let said = script(&["fish", "--no-config", "-c"], ask, &["sincewhen since x"], repo.path());
        assert!(said.contains("x\\$\\(touch\\ owned\\)") || !said.contains("touch owned"), "{said}");
    }
}
