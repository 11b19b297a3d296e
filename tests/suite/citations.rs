//! Pinned answers: `--policy-from`, `--cite` and `verify`, over repositories whose data and rules move on.

use crate::support;

use serde_json::Value as Json;
use support::notes::{self, note};
use support::{Repo, Run, binary};

/// A note with an edition of 2018 and one of 2019.
fn alpha() -> Repo {
    let mut repo = notes::repo();
    repo.write("notes/alpha.yaml", note("alpha", "2018-05-01", 1));
    repo.commit("edition of 2018");
    repo.write("notes/alpha.yaml", note("alpha", "2019-05-01", 2));
    repo.commit("edition of 2019");
    repo
}

/// Corrects the newest edition under its own date.
fn correct(repo: &mut Repo) {
    repo.write("notes/alpha.yaml", note("alpha", "2019-05-01", 7));
    repo.commit("alpha: the level of 2019 was misread");
}

/// Words the rule on levels otherwise.
fn reword(repo: &mut Repo) {
    let path = "rules/observations/level-known.yaml";
    let text = std::fs::read_to_string(repo.path().join(path)).expect("it is part of the policy");
    repo.write(path, text.replace("level {{ value }}", "stands at {{ value }}"));
    repo.commit("rules: other words");
}

/// The file of a citation or an answer beside the repository.
fn save(repo: &Repo, text: &str) -> String {
    let path = repo.beside("cited");
    std::fs::write(&path, text).expect("because the folder is ours");
    path.to_string_lossy().into_owned()
}

fn cite(repo: &Repo, args: &[&str], form: &str) -> String {
    let mut words = args.to_vec();
    words.push(form);
    repo.run(&words).answer()
}

fn verify(repo: &Repo, file: &str) -> Run {
    repo.run(&["verify", file])
}

fn verified(repo: &Repo, file: &str) -> Json {
    let run = repo.run(&["verify", file, "--format", "json"]);
    assert!(run.code < 2, "{}", run.stderr);
    serde_json::from_str(&run.stdout).expect("JSON")
}

const QUESTIONS: &[&[&str]] = &[
    &["log", "alpha"],
    &["show", "alpha", "--as-of", "Sept 2018"],
    &["diff", "alpha"],
    &["changelog", "alpha", "2018..2019", "--direct", "--nature", "development,correction"],
    &["since", "alpha", "--rule", "level-*", "--sort", "since"],
    &["report", "2019", "--by", "rule", "--stale", "4"],
    &["blame", "alpha", "level"],
    &["explain", "level-known"],
];

#[test]
fn what_moved_on_since_an_answer_was_cited_is_named() {
    for (corrects, rewords) in [(false, false), (true, false), (false, true), (true, true)] {
        let mut repo = alpha();
        let file = save(&repo, &cite(&repo, &["since", "alpha"], "--cite"));
        if corrects {
            correct(&mut repo);
        }
        if rewords {
            reword(&mut repo);
        }
        let found = verified(&repo, &file);
        assert_eq!(found["data"]["differs"], corrects, "{found:#}");
        assert_eq!(found["rules"]["differs"], rewords, "{found:#}");
        assert_eq!(found["tool"]["differs"], false, "the cited answer can be made again: {found:#}");
        assert_eq!(found["same"], !(corrects || rewords));
        if corrects {
            let fact = &found["data"]["facts"][0];
            assert_eq!(
                (&fact["record"], &fact["edition"], &fact["path"], &fact["before"], &fact["after"]),
                (&"alpha".into(), &"2019-05-01".into(), &"level".into(), &2.into(), &7.into())
            );
        }
        if rewords {
            assert_eq!(found["rules"]["files"], serde_json::json!(["rules/observations/level-known.yaml"]));
        }
        let run = verify(&repo, &file);
        assert_eq!(run.code, i32::from(corrects || rewords), "{}", run.stdout);
        assert!(run.stdout.contains("cited answer: reproduced exactly"), "{}", run.stdout);
    }
}

#[test]
fn another_program_and_an_altered_answer_are_named() {
    let repo = alpha();
    let answer = repo.run(&["since", "alpha", "--format", "json"]).answer();
    let mut cited: Json = serde_json::from_str(&answer).expect("JSON");
    let file = save(&repo, &answer);
    assert_eq!(verify(&repo, &file).code, 0);

    // An older program that said the same.
    let running = cited["cite"]["tool"].clone();
    cited["cite"]["tool"] = "sincewhen 0.0.1".into();
    let file = save(&repo, &cited.to_string());
    let run = verify(&repo, &file);
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(run.stdout.contains("tool: sincewhen 0.0.1 made it, this is"), "{}", run.stdout);

    // One that said something else.
    cited["observations"][0]["message"] = "the level is 2".into();
    cited["cite"]["sha256"] = sincewhen::session::digest(&cited).into();
    let file = save(&repo, &cited.to_string());
    let found = verified(&repo, &file);
    assert_eq!((&found["tool"]["differs"], &found["altered"]), (&true.into(), &false.into()), "{found:#}");
    assert!(verify(&repo, &file).stdout.starts_with("other: because of tool\n"));

    // The same, said to be of the program that runs.
    cited["cite"]["tool"] = running;
    cited["cite"]["sha256"] = sincewhen::session::digest(&cited).into();
    let file = save(&repo, &cited.to_string());
    assert!(verify(&repo, &file).stdout.starts_with("not reproduced: the citation was altered"));

    // An answer that somebody edited under an honest citation.
    let altered = answer.replace("level 2", "level 3");
    assert_ne!(altered, answer);
    let file = save(&repo, &altered);
    let found = verified(&repo, &file);
    assert_eq!((&found["tool"]["differs"], &found["altered"]), (&false.into(), &true.into()), "{found:#}");
    assert_eq!(verify(&repo, &file).code, 1);
}

#[test]
fn every_form_of_every_answer_is_read_back() {
    let repo = alpha();
    for question in QUESTIONS {
        let mut json = question.to_vec();
        json.extend(["--format", "json"]);
        let answer = repo.run(&json).answer();
        let mut hashes = vec![serde_json::from_str::<Json>(&answer).expect("JSON")["cite"]["sha256"].clone()];
        let mut texts = vec![answer];
        for form in ["--cite", "--cite=bibtex", "--cite=csl-json"] {
            texts.push(cite(&repo, question, form));
        }
        for text in texts {
            let file = save(&repo, &text);
            let found = verified(&repo, &file);
            assert_eq!(found["same"], true, "{question:?}\n{text}\n{found:#}");
            hashes.push(found["citation"]["sha256"].clone());
        }
        hashes.dedup();
        assert_eq!(hashes.len(), 1, "{question:?}: one answer, one hash");
    }
}

/// The same question is written one way, however it was asked; and what is written is read as that question.
#[test]
fn a_question_has_one_normal_form() {
    let repo = alpha();
    let line = |args: &[&str]| {
        let text = cite(&repo, args, "--cite");
        text.lines().find_map(|line| line.strip_prefix("question: ")).expect("a question").to_owned()
    };
    assert_eq!(line(&["show", "alpha", "Sept 2018"]), "sincewhen show alpha --as-of 2018-09");
    assert_eq!(line(&["show", "alpha", "--as-of", "2018-09"]), "sincewhen show alpha --as-of 2018-09");
    assert_eq!(line(&["show", "alpha", "--as-of", "last"]), "sincewhen show alpha");
    let head = repo.git(["rev-parse", "HEAD~1"]);
    assert_eq!(
        line(&["show", "alpha", "--as-of", "HEAD~1"]),
        format!("sincewhen show alpha --as-of rev:{head}")
    );
    for question in QUESTIONS {
        let first = line(question);
        let words = shlex_words(&first);
        let words: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        assert_eq!(line(&words), first, "{question:?}");
    }
}

/// The words of a command line without quotes in it.
fn shlex_words(line: &str) -> Vec<String> {
    line.split(' ').map(|word| word.trim_matches('\'').to_owned()).collect()
}

const LEVEL_MOVED: &str = "title: A level moved
significance: minor
match: [{field: level}]
words: {any: 'level moved to {{ after }}'}
why: The level is what a note is about.
no_mirror: It is its own opposite.
";

#[test]
fn the_rules_of_a_commit_give_the_same_bytes_after_a_rule_is_reworded() {
    let mut repo = alpha();
    let pin = repo.git(["rev-parse", "HEAD"]);
    let questions: &[&[&str]] = &[&["since", "alpha"], &["changelog", "alpha"], &["show", "alpha"]];
    let pinned = |repo: &Repo, question: &[&str]| {
        let mut words = question.to_vec();
        words.extend(["--known-at", &pin, "--policy-from", &pin]);
        repo.run(&words).answer()
    };
    let before: Vec<String> = questions.iter().map(|question| pinned(&repo, question)).collect();
    repo.write("rules/acts/level-changed.yaml", LEVEL_MOVED);
    reword(&mut repo);
    for (question, before) in questions.iter().zip(before) {
        let free = repo.run(&[question, &["--known-at", pin.as_str()][..]].concat()).answer();
        assert_ne!(free, before, "{question:?}: today's rules say it otherwise");
        assert_eq!(pinned(&repo, question), before, "{question:?}");
    }
    let worktree = repo.run(&["since", "alpha", "--worktree", "--policy-from", &pin]).answer();
    assert!(worktree.contains("level 2"), "{worktree}");
    assert!(repo.run(&["since", "--policy-from", "nowhere"]).fault().contains("unknown revision `nowhere`"));
    let side = repo.run(&["changelog", "HEAD~1...HEAD", "--policy-from", "HEAD~1"]).fault();
    assert!(side.contains("`head` or `base`"), "{side}");
}

/// What was remembered of an answer at one commit is not cited for another.
#[test]
fn a_remembered_answer_is_cited_anew() {
    let mut repo = alpha();
    let cache = repo.beside("cache");
    let ask = |repo: &Repo| -> Json {
        let run = binary(repo.path())
            .env_remove("SINCEWHEN_NO_CACHE")
            .env("SINCEWHEN_CACHE_DIR", &cache)
            .args(["since", "alpha", "--format", "json"])
            .output()
            .expect("it runs");
        serde_json::from_slice(&run.stdout).expect("JSON")
    };
    let first = ask(&repo);
    repo.write("README", "nothing to do with it");
    let head = repo.commit("a README");
    let second = ask(&repo);
    assert_eq!(second["cite"]["known_at"], head.as_str());
    assert_eq!(first["cite"]["sha256"], second["cite"]["sha256"]);
}

#[test]
fn what_cannot_be_verified_is_refused() {
    let repo = alpha();
    let refused = |text: &str| verify(&repo, &save(&repo, text)).fault();
    assert!(refused("nothing").contains("no citation found"));
    assert!(refused("{}").contains("no citation found"));
    assert!(refused("question: sincewhen log\n").contains("incomplete"));
    let good = cite(&repo, &["log", "alpha"], "--cite");
    for line in [
        "sincewhen check --fix",
        "sincewhen import votes x.csv --write",
        "rm -rf .",
        "sincewhen 'log",
        "sincewhen",
    ] {
        let bad = good.replace("sincewhen log alpha", line);
        assert!(refused(&bad).contains("the citation's question cannot be read"), "{line}");
    }
    let head = repo.git(["rev-parse", "HEAD"]);
    let elsewhere = refused(&good.replace(&head, &"0123456789".repeat(4)));
    assert!(elsewhere.contains("git fetch"), "{elsewhere}");
    let uncommitted = cite(&repo, &["log", "alpha", "--worktree"], "--cite");
    assert!(refused(&uncommitted).contains("working tree"));
}

/// Text out of the dataset ends no line of a citation and no field of an entry.
#[test]
fn hostile_text_stays_in_its_place() {
    let mut repo = alpha();
    let manifest = notes::MANIFEST.replace(
        "title: Notes",
        "title: \"N } \\n sha256: 0 \\u001b[31m 100% {\"\nlicence: \"x\\nquestion: rm\"",
    );
    repo.write("sincewhen.yaml", manifest);
    repo.commit("another title");
    for form in ["--cite", "--cite=bibtex", "--cite=csl-json"] {
        let text = cite(&repo, &["log", "alpha"], form);
        assert!(!text.contains('\u{1b}'), "{text:?}");
        let file = save(&repo, &text);
        assert_eq!(verified(&repo, &file)["same"], true, "{text}");
        if form == "--cite=bibtex" {
            assert_eq!(text.matches('{').count(), text.matches('}').count(), "{text}");
        }
    }
}
