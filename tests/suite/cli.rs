//! The command line as a program sees it: exit codes, the two output streams, formats, errors with hints,
//! help that works.

use crate::support;

use serde_json::Value as Json;
use std::io::Read;
use std::process::{Command, Stdio};
use support::notes::{self, note};
use support::{Repo, binary, own_repository, ran, run_in};

/// A note `alpha` with editions of 2018 and 2019, and a note `beta`.
fn two_notes() -> Repo {
    let mut repo = notes::repo();
    repo.write("notes/alpha.yaml", note("alpha", "2018-05-01", 1))
        .write("notes/beta.yaml", note("beta", "2018-06-01", 5));
    repo.commit("editions of 2018");
    repo.write("notes/alpha.yaml", note("alpha", "2019-05-01", 2));
    repo.commit("edition of 2019");
    repo
}

/// Checks that a command cannot be done, and says so with each of the words, one of them a hint.
#[track_caller]
fn refuses(repo: &Repo, args: &[&str], words: &[&str]) {
    let fault = repo.run(args).fault();
    for word in words {
        assert!(fault.contains(word), "{args:?}: no `{word}` in: {fault}");
    }
    assert!(fault.lines().any(|line| line.starts_with("hint: ")), "{args:?}: no hint in: {fault}");
}

#[test]
fn two_editions_the_wrong_way_round() {
    let repo = two_notes();
    for command in ["diff", "changelog"] {
        refuses(
            &repo,
            &[command, "alpha", "--from", "2019", "--to", "2018"],
            &["the range is reversed: 2019 is after 2018", "`2018..2019`"],
        );
        refuses(&repo, &[command, "alpha", "last..first"], &["the range is reversed", "`first..last`"]);
    }
}

#[test]
fn a_record_that_nobody_knows() {
    let repo = two_notes();
    for args in [
        &["log", "alhpa"][..],
        &["show", "alhpa"],
        &["diff", "alhpa"],
        &["changelog", "alhpa"],
        &["since", "alhpa"],
    ] {
        refuses(&repo, args, &["no record named `alhpa`", "did you mean `alpha`?"]);
    }
    refuses(
        &repo,
        &["log", "alpha", "zzzzz"],
        &["no record named `zzzzz`", "`sincewhen log` lists all records"],
    );
    refuses(&repo, &["log", "alpha/more"], &["no record named `alpha/more`"]);
    refuses(&repo, &["log", "x*"], &["no record named `x*`"]);
    assert!(repo.run(&["log", "al["]).fault().contains("`al[`"));
}

#[test]
fn a_date_before_the_first_edition() {
    let repo = two_notes();
    for args in [&["show", "alpha", "--as-of", "2017"][..], &["since", "alpha", "--as-of", "2017"]] {
        refuses(
            &repo,
            args,
            &["alpha has no edition in force at the end of 2017", "its first is of 2018-05-01"],
        );
    }
    refuses(&repo, &["diff", "beta"], &["beta has no edition before that of 2018-06-01"]);
    let over_all = repo.run(&["since", "--as-of", "2018-05-15"]);
    assert!(over_all.stderr.contains("beta has no edition"), "{}", over_all.stderr);
    assert!(over_all.answer().contains("alpha"), "the others are answered");
}

#[test]
fn a_revision_that_git_does_not_know() {
    let repo = two_notes();
    refuses(&repo, &["show", "alpha", "--as-of", "rev:nowhere"], &["unknown revision `nowhere`"]);
    refuses(&repo, &["show", "alpha", "--as-of", "20l9"], &["unknown revision `20l9`", "is no date"]);
    refuses(&repo, &["diff", "alpha", "HEAD~99..last"], &["HEAD~99"]);
    refuses(&repo, &["log", "--known-at", "nowhere"], &["unknown revision `nowhere`"]);
    refuses(&repo, &["show", "alpha", "--as-of", "rev:HEAD~2"], &["alpha did not exist at `HEAD~2`"]);
}

#[test]
fn a_repository_that_is_no_dataset() {
    let mut repo = Repo::empty();
    repo.write("README", "nothing here");
    repo.commit("nothing");
    refuses(&repo, &["log"], &["no sincewhen.yaml", "--worktree", "--dataset"]);
    let fault = repo.run(&["log", "--dataset", "data"]).fault();
    assert!(fault.contains("`data` has no sincewhen.yaml"), "{fault}");
    notes::policy(&repo);
    refuses(&repo, &["log"], &["only committed files are read"]);
}

#[test]
fn a_policy_with_a_fault_is_reported_with_its_place() {
    for (path, text, said) in [
        (
            "sincewhen.yaml",
            "format: sincewhen.manifest/1\nrules: rules\nrecords: {}\n",
            "sincewhen.yaml:3:1: records: invalid type",
        ),
        (
            "sincewhen.yaml",
            "format: sincewhen.manifest/9\nrules: rules\nrecords: []\n",
            "this program reads `sincewhen.manifest/1`",
        ),
        ("sincewhen.yaml", "format: [\n", "sincewhen.yaml"),
        ("note.schema.json", "{\n  nothing\n}", "note.schema.json:2:3"),
        (
            "rules/acts/level-changed.yaml",
            "titel: A level moved\n",
            "rules/acts/level-changed.yaml:1:1: titel",
        ),
        (
            "rules/acts/level-changed.yaml",
            "title: t\nsignificance: minor\nmatch: [{field: level}]\nwords: {any: '{{ nothing_known \
                }}'}\nwhy: w\n",
            "nothing defines `nothing_known` here",
        ),
        (
            "rules/observations/level-known.yaml",
            "kind: standing\ntitle: t\nsignificance: minor\nwords: {}\nwhy: w\n",
            "needs `field`",
        ),
        (
            "rules/observations/level-changed.yaml",
            "kind: standing\ntitle: t\nsignificance: minor\nfield: level\nwords: {plain: p}\nwhy: w\n",
            "is taken by",
        ),
    ] {
        let mut repo = two_notes();
        repo.write(path, text);
        repo.commit("a fault");
        let fault = repo.run(&["log"]).fault();
        assert!(fault.contains(said), "{path}: no `{said}` in: {fault}");
    }
}

#[test]
fn a_rule_or_fingerprint_that_does_not_exist() {
    let repo = two_notes();
    refuses(
        &repo,
        &["explain", "level-chnged"],
        &["`level-chnged` is neither a rule nor a fingerprint", "level-changed"],
    );
    refuses(&repo, &["explain", "abcdef012345"], &["no sentence has the fingerprint"]);
    refuses(
        &repo,
        &["since", "--rule", "level-unknown"],
        &["no rule or kind is named `level-unknown`", "level-known"],
    );
}

#[test]
fn arguments_that_make_no_sense() {
    let repo = two_notes();
    refuses(&repo, &["diff", "alpha", "2018..2019", "--from", "2018"], &["the range is given twice"]);
    assert!(repo.run(&["diff", "alpha", "2018..2019", "2018..last"]).fault().contains("too many dates"));
    assert!(
        repo.run(&["since", "--started-before", "soon"])
            .fault()
            .contains("--started-before: `soon` is not a date")
    );
    refuses(&repo, &["show", "*", "--format", "yaml"], &["`*` names 2 records", "`alpha`"]);
    for args in [
        &["log", "--nonsense"][..],
        &["nonsense"],
        &["show"],
        &["log", "--worktree", "--known-at", "HEAD"],
        &["log", "-q", "-v"],
        &[],
    ] {
        let run = repo.run(args);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{args:?}");
        assert!(run.stderr.contains("Usage"), "{args:?}: {}", run.stderr);
    }
    let elsewhere = repo.run(&["-C", "no/such/folder", "log"]).fault();
    assert!(elsewhere.contains("no/such/folder"), "{elsewhere}");
}

/// A format that a command does not write is refused before it looks at anything.
#[test]
fn formats_that_make_no_sense_are_refused_before_work() {
    let empty = Repo::empty();
    for (command, refused) in [("log", "html"), ("since", "sarif"), ("diff", "html")] {
        let run = empty.run(&[command, "--format", refused]);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        assert!(run.stderr.contains(refused) && !run.stderr.contains("commits"), "{}", run.stderr);
    }
}

#[test]
fn exit_codes() {
    let repo = two_notes();
    let code = |args: &[&str]| repo.run(args).code;
    assert_eq!(code(&["diff", "alpha"]), 0);
    assert_eq!(code(&["diff", "alpha", "--exit-code"]), 1);
    assert_eq!(code(&["diff", "alpha", "last..last", "--exit-code"]), 0);
    for format in ["text", "json", "markdown"] {
        assert_eq!(
            code(&["diff", "alpha", "--exit-code", "--format", format]),
            1,
            "a format never changes the exit code"
        );
        assert_eq!(code(&["diff", "gamma", "--format", format]), 2);
    }
    assert_eq!(code(&["--help"]), 0);
    assert_eq!(code(&["--version"]), 0);
}

/// A released program names the commit it was built from, and says so where its sources are others by then.
#[test]
fn the_version_names_the_commit() {
    let mut repo = Repo::empty();
    repo.write("src/main.rs", "fn main() {}\n");
    repo.commit("a program");
    let script = repo.path().join(".git/build-script");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let made = std::process::Command::new(rustc)
        .args(["--edition", "2024", "-o"])
        .arg(&script)
        .arg(own_repository().join("build.rs"))
        .status()
        .expect("because Rust is here");
    assert!(made.success());
    let said = |profile: &str| {
        let mut command = std::process::Command::new(&script);
        command.current_dir(repo.path()).env("PROFILE", profile).env("CARGO_PKG_VERSION", "1.2.3");
        let out = command.env_remove("SINCEWHEN_COMMIT").output().expect("because it was just made");
        let text = String::from_utf8(out.stdout).expect("because it is UTF-8");
        text.lines().last().expect("a line").replace("cargo::rustc-env=SINCEWHEN_VERSION=", "")
    };
    let commit = repo.git(["rev-parse", "--short=10", "HEAD"]).trim().to_owned();
    assert_eq!(said("release"), format!("1.2.3 (commit {commit})"));
    assert_eq!(said("debug"), "1.2.3 (development build)");
    repo.write("src/main.rs", "fn main() { }\n");
    assert_eq!(said("release"), format!("1.2.3 (commit {commit}, modified)"));
}

/// Without a command there is nothing to do but to say which there are.
#[test]
fn without_a_command_the_help_is_shown() {
    let nothing: [&str; 0] = [];
    let run = two_notes().run(&nothing);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("changelog") && run.stderr.contains("Usage: sincewhen"), "{}", run.stderr);
}

/// A manifest beside the folder `dataset` would be found before that in the folder.
#[test]
fn init_hides_no_dataset() {
    let mut repo = Repo::empty();
    repo.write("dataset/a.yaml", "name: a\ndated: 2020-01-01\n");
    repo.write("other/b.yaml", "name: b\ndated: 2020-01-01\n");
    repo.commit("records");
    repo.run(&["init", "dataset"]).answer();
    let fault = repo.run(&["init"]).fault();
    assert!(fault.contains("would hide the dataset in the folder `dataset`"), "{fault}");
    assert!(!repo.path().join("sincewhen.yaml").exists());
    repo.run(&["init", "--dry-run"]).answer();
    repo.run(&["init", "other"]).answer();
}

/// A dataset that is not where it is looked for is named.
#[test]
fn a_dataset_elsewhere_is_named() {
    let mut repo = Repo::empty();
    repo.write("products/a.yaml", "name: a\ndated: 2020-01-01\n");
    repo.commit("records");
    repo.run(&["init", "products"]).answer();
    for args in [&["check"][..], &["log", "--worktree"]] {
        let fault = repo.run(args).fault();
        assert!(fault.contains("there is one elsewhere: `--dataset products`"), "{args:?}: {fault}");
    }
    let fault = repo.run(&["log"]).fault();
    assert!(fault.contains("only committed files are read"), "{fault}");
    repo.commit("the manifest");
    let fault = repo.run(&["log"]).fault();
    assert!(fault.contains("`--dataset products`") && !fault.contains("only committed"), "{fault}");
}

#[test]
fn answers_go_to_one_stream_and_notes_to_the_other() {
    let repo = two_notes();
    let clean = repo.run(&["log"]);
    assert_eq!(clean.stderr, "");
    repo.write("notes/alpha.yaml", note("alpha", "2020-05-01", 3));
    let dirty = repo.run(&["log"]);
    assert!(dirty.stderr.starts_with("note: "), "{}", dirty.stderr);
    assert_eq!(dirty.stdout, clean.stdout);
    let quiet = repo.run(&["log", "--quiet"]);
    assert_eq!((quiet.stderr.as_str(), quiet.stdout), ("", dirty.stdout));
}

#[test]
fn colour_is_asked_for_or_not_there() {
    let repo = two_notes();
    let coloured = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = support::binary(repo.path());
        let output = command.args(args).envs(env.iter().copied()).output().expect("it was built");
        (output.stdout.contains(&0x1b), output.stderr.contains(&0x1b))
    };
    assert_eq!(coloured(&["changelog"], &[]), (false, false), "no terminal, no colour");
    assert_eq!(coloured(&["changelog", "--color", "always"], &[]), (true, false));
    assert_eq!(
        coloured(&["changelog", "--color", "always"], &[("NO_COLOR", "1")]),
        (true, false),
        "what is asked for outright wins"
    );
    assert_eq!(coloured(&["changelog", "--color", "never"], &[("CLICOLOR_FORCE", "1")]), (false, false));
    assert_eq!(coloured(&["changelog"], &[("CLICOLOR_FORCE", "1")]), (true, false));
    assert_eq!(coloured(&["changelog"], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), (false, false));
    assert_eq!(coloured(&["log", "gamma"], &[]), (false, false));
    assert_eq!(coloured(&["log", "gamma", "--color", "always"], &[]), (false, true));
    assert_eq!(coloured(&["log", "gamma", "--color", "never"], &[("CLICOLOR_FORCE", "1")]), (false, false));
    assert_eq!(
        coloured(&["changelog", "--format", "json", "--color", "always"], &[]),
        (false, false),
        "JSON has no colours"
    );
}

/// Whoever closes the pipe has read enough.
#[test]
fn a_closed_pipe_is_no_fault() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sincewhen"))
        .env("SINCEWHEN_NO_CACHE", "1")
        .args(["log", "--format", "json"])
        .current_dir(own_repository())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it was built");
    let mut few = [0; 8];
    let mut stdout = child.stdout.take().expect("it is piped");
    stdout.read_exact(&mut few).expect("there is an answer");
    drop(stdout);
    let mut said = String::new();
    child.stderr.take().expect("it is piped").read_to_string(&mut said).expect("it is text");
    assert_eq!(child.wait().expect("it ends").code(), Some(0), "{said}");
    assert!(!said.contains("panicked") && !said.contains("error"), "{said}");
}

/// Text out of records cannot steer a terminal.
#[test]
fn control_characters_of_a_record_are_shown_not_sent() {
    let mut repo = notes::repo();
    for (year, word) in [(2018, "a"), (2019, "b")] {
        repo.write(
            "notes/a.yaml",
            format!("name: a\ndated: {year}-01-01\nlevel: \"{word}\\e[31m\\u202e\"\n"),
        );
        repo.commit("with \u{1b}[31m in it");
    }
    for args in [
        &["changelog", "-v"][..],
        &["diff"],
        &["since", "-v"],
        &["log"],
        &["changelog", "--format", "markdown"],
    ] {
        let answer = repo.run(args).answer();
        assert!(!answer.contains(['\u{1b}', '\u{202e}']), "{args:?}: {answer:?}");
    }
    let raw = repo.run(&["diff", "--format", "json"]).json();
    assert_eq!(
        raw["records"][0]["deltas"][1]["after"], "b\u{1b}[31m\u{202e}",
        "JSON escapes, and loses nothing"
    );
}

/// One answer of each kind validates against its schema, with nothing in it that the schema does not
/// describe.
#[test]
fn json_is_as_its_schemas_say() {
    let own = own_repository();
    let repo = two_notes();
    repo.write("notes/alpha.yaml", "name: alpha\ndated: then\n");
    let lights = support::fixture("second");
    let mut second = Repo::empty();
    second.copy(&lights.join("policy")).copy(&lights.join("history/01-first-survey"));
    second.commit("first");
    second.copy(&lights.join("history/06-led"));
    second.commit("last");
    let seen = run_in(&own, &["since", "KAZ", "--format", "json"]).json();
    let fingerprint = seen["observations"][0]["fingerprint"].as_str().expect("a text").to_owned();
    let steps = second.run(&["changelog", "--format", "json"]).json();
    let change =
        steps["records"][1]["steps"][0]["changes"][0]["fingerprint"].as_str().expect("a text").to_owned();
    let cited = second.beside("cited");
    std::fs::write(&cited, second.run(&["since", "--cite"]).answer()).expect("the folder is ours");
    let cited = cited.to_string_lossy();
    let runs: Vec<(&str, &std::path::Path, Vec<&str>)> = vec![
        ("log", &own, vec!["log", "KAZ"]),
        ("log", repo.path(), vec!["log", "--worktree"]),
        ("log", second.path(), vec!["log"]),
        ("record", &own, vec!["show", "KAZ/mine-ban"]),
        ("diff", &own, vec!["diff", "KAZ"]),
        ("diff", second.path(), vec!["diff", "skerry"]),
        ("changelog", &own, vec!["changelog", "KAZ", "--continuing"]),
        ("changelog", second.path(), vec!["changelog", "--continuing"]),
        ("changelog", repo.path(), vec!["changelog", "--from", "2018-05-01"]),
        ("observations", &own, vec!["since", "KAZ"]),
        ("observations", second.path(), vec!["since"]),
        ("proof", &own, vec!["explain", &fingerprint, "KAZ"]),
        ("proof", second.path(), vec!["explain", &change]),
        ("rule", second.path(), vec!["explain", "no-pass"]),
        ("rule", second.path(), vec!["explain", "watch-withdrawn"]),
        ("rule", &own, vec!["explain", "calendar-ccm"]),
        ("blame", &own, vec!["blame", "KAZ/cluster-munitions"]),
        ("rule", &own, vec!["explain", "status-party"]),
        ("findings", &own, vec!["check", "dataset/countries/KAZ", "--fail-on", "never"]),
        ("draft", &own, vec!["import", "profile", "examples/import/kazakhstan.txt"]),
        ("check-rules", &own, vec!["check", "--list-rules"]),
        ("pull-request", second.path(), vec!["changelog", "HEAD~1...HEAD"]),
        ("report", second.path(), vec!["report", "2018"]),
        ("verification", second.path(), vec!["verify", &cited]),
    ];
    for (name, folder, mut args) in runs {
        args.extend(["--format", "json"]);
        let answer = run_in(folder, &args).cited_json();
        let faults = schema_faults(name, &answer);
        assert!(faults.is_empty(), "{args:?}: {faults:#?}");
        assert_eq!(
            answer.as_object().and_then(|o| o.keys().next()).map(String::as_str),
            Some("format"),
            "`format` comes first"
        );
    }
}

/// What an answer has against the schema of its kind.
fn schema_faults(name: &str, answer: &Json) -> Vec<String> {
    let path = own_repository().join(format!("schema/output/{name}.schema.json"));
    let text = std::fs::read(&path).expect("it is part of the repository");
    let schema: Json = serde_json::from_slice(&text).expect("JSON");
    let validator =
        jsonschema::validator_for(&schema).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    validator.iter_errors(answer).take(3).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

/// The examples under `--help` of every command, as they stand there.
fn examples() -> Vec<(String, String)> {
    let command = sincewhen::cli::command();
    let mut out = Vec::new();
    for sub in command.get_subcommands() {
        let help = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(help.contains("  sincewhen "), "`{}` has no example in its help", sub.get_name());
        for line in help.lines().filter_map(|line| line.strip_prefix("  sincewhen ")) {
            let line = line.split(" #").next().unwrap_or(line).trim();
            out.push((sub.get_name().to_owned(), line.to_owned()));
        }
    }
    out
}

/// What the examples leave to fill in, as it is called in this repository's dataset.
const FILLED_IN: [(&str, &str); 10] = [
    ("RECORD", "KAZ/cluster-munitions"),
    ("NAME", "KAZ"),
    ("TOPIC", "mine-ban"),
    ("FIELD", "statements"),
    ("COLUMN", "region"),
    ("RULE", "no-msp"),
    ("PAGE", "examples/import/kazakhstan.txt"),
    ("FOLDER", "examples/import"),
    ("GRAMMAR", "votes"),
    ("TABLE", "examples/import/votes.csv"),
];

/// Every example of every command's help answers on this repository's own dataset.
#[test]
fn every_example_of_the_help_works_here() {
    let fingerprint =
        run_in(&own_repository(), &["since", "KAZ/cluster-munitions", "--format", "json"]).json();
    let fingerprint = fingerprint["observations"][0]["fingerprint"].as_str().expect("a text").to_owned();
    let scratch = tempfile::TempDir::new().expect("a temporary folder");
    for (command, example) in examples() {
        // Pieces of a shell line: what follows `&&` is another program, `>` writes a file, `~` and `target`
        // are the user's own.
        let line = example.split(" && ").next().unwrap_or(&example).split(" > ").next().unwrap_or(&example);
        let line = line.replace("target/man", &scratch.path().join("man").to_string_lossy());
        let line = line.replace("0123456789ab", &fingerprint).replace(" v1.0", " HEAD");
        let line = FILLED_IN.iter().fold(line, |line, (name, value)| line.replace(name, value));
        let mut args: Vec<String> =
            line.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect();
        if let Some(at) = args.iter().position(|arg| arg == "--out") {
            args[at + 1] = scratch.path().join("out").join(&args[at + 1]).to_string_lossy().into_owned();
            // The pages of one country: those of all take minutes in a program that is not optimised.
            if command == "site" && at == 1 {
                args.insert(1, "KAZ".to_owned());
            }
        }
        // One cache for all, as a user has it: some examples ask about everything.
        let cache = scratch.path().join("cache");
        let run = ran(binary(&own_repository())
            .env_remove("SINCEWHEN_NO_CACHE")
            .env("SINCEWHEN_CACHE_DIR", cache)
            .args(&args));
        let has = |word: &str| args.iter().any(|arg| arg == word);
        if has("sqlite") && !cfg!(feature = "sqlite") {
            assert_eq!(run.code, 2, "`sincewhen {example}`");
            assert!(run.stderr.contains("was built without the feature `sqlite`"), "{}", run.stderr);
            continue;
        }
        let expected = if has("--exit-code") { 1 } else { 0 };
        assert_eq!(run.code, expected, "`sincewhen {example}` (help of {command}): {}", run.stderr);
        assert!(
            !run.stdout.is_empty() || ["man", "fmt"].contains(&command.as_str()),
            "`sincewhen {example}` says nothing"
        );
    }
    assert!(scratch.path().join("man/sincewhen.1").exists());
}

/// `-h`, of every command and of the program, is one screen: 24 lines of 80 columns, of which the prompt
/// takes one.
#[test]
fn the_short_help_is_a_screen() {
    let own = own_repository();
    let names: Vec<String> =
        sincewhen::cli::command().get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let mut long = Vec::new();
    for name in names.into_iter().chain([String::new()]) {
        let words = [name.as_str(), "-h"];
        let run = run_in(&own, if name.is_empty() { &words[1..] } else { &words });
        let (lines, widest) =
            (run.stdout.lines().count(), run.stdout.lines().map(|line| line.chars().count()).max());
        if lines > 23 || widest > Some(80) {
            long.push(format!("{name}: {lines} lines, {widest:?} wide\n{}", run.stdout));
        }
        let has_example = name.is_empty() || run.stdout.contains("  sincewhen ");
        assert!(has_example, "{name}: no example in {}", run.stdout);
        assert!(run.stdout.contains("see more with '--help'"), "{name}");
    }
    assert!(long.is_empty(), "{}", long.join("\n---\n"));
}

#[test]
fn the_help_fits_eighty_columns_of_examples() {
    for (command, example) in examples() {
        assert!(example.len() + 12 <= 90, "{command}: {example}");
    }
}
