//! The cache is only ever a cache: whatever is done to it or to the repository, every answer has the bytes of
//! `--no-cache`.

use crate::support;

use sincewhen::cache::{Cache, Stamping};
use sincewhen::git::Repository;
use sincewhen::history::{DocumentStore, HistoryQuestion, Selection};
use sincewhen::schema::Policy;
use sincewhen::session::CachedHistory;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use support::Repo;
use support::notes::{self, note};
use support::policy::MapFiles;
use support::random::{Dice, random_history};
use support::stream::{Stream, Tree};

/// What is asked in every test: each command that keeps or uses something.
const QUESTIONS: &[&[&str]] = &[
    &["log"],
    &["log", "a"],
    &["changelog"],
    &["changelog", "b", "--format", "json", "--continuing"],
    &["changelog", "a", "--from", "rev:HEAD~1", "--format", "markdown"],
    &["since", "--as-of", "2019"],
    &["since", "--as-of", "rev:HEAD~1"],
    &["since", "--known-at", "HEAD~1", "-v"],
    &["log", "nobody"],
    &["show", "a"],
    &["blame", "a"],
];

/// A repository of two notes with some editions, an amendment and a problem, and a folder for its cache.
fn repository() -> (Repo, PathBuf) {
    let mut repo = notes::repo();
    for year in 2017..2021 {
        repo.write("notes/a.yaml", note("a", &format!("{year}-05-01"), year - 2000));
        repo.write("notes/b.yaml", note("b", &format!("{year}-07-01"), 1 + year % 2));
        repo.commit(&format!("editions of {year}"));
    }
    repo.write("notes/b.yaml", "name: b\ndated: [\n");
    repo.commit("a slip");
    repo.write("notes/b.yaml", note("b", "2020-07-01", 9));
    repo.commit("put right");
    let cache = repo.beside("cache");
    (repo, cache)
}

fn command(repo: &Repo, cache: Option<&Path>, question: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sincewhen"));
    command.current_dir(repo.path()).env("HOME", repo.path()).env_remove("SINCEWHEN_DATASET").args(question);
    command.env_remove("SINCEWHEN_NO_CACHE").env_remove("SINCEWHEN_CACHE_DIR").env_remove("XDG_CACHE_HOME");
    match cache {
        Some(folder) => command.arg("--cache-dir").arg(folder),
        None => command.arg("--no-cache"),
    };
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    command
}

type Answer = (Option<i32>, String, String);

fn finish(child: Child) -> Answer {
    let output = child.wait_with_output().expect("because it was started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn ask(repo: &Repo, cache: Option<&Path>, question: &[&str]) -> Answer {
    finish(command(repo, cache, question).spawn().expect("because the binary was built for these tests"))
}

/// Every question has the same answer with the cache as it is, with what the first asking left there, and
/// without one.
#[track_caller]
fn agree(repo: &Repo, cache: &Path, what: &str) {
    for question in QUESTIONS {
        let wanted = ask(repo, None, question);
        for time in ["first", "second"] {
            assert_eq!(ask(repo, Some(cache), question), wanted, "{what}: {question:?}, the {time} time");
        }
    }
}

/// The one file of a cache.
#[track_caller]
fn file(cache: &Path) -> PathBuf {
    let mut files: Vec<PathBuf> =
        fs::read_dir(cache).expect("a folder").flatten().map(|entry| entry.path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[test]
fn a_cold_and_a_warm_cache_change_no_answer() {
    let (repo, cache) = repository();
    agree(&repo, &cache, "untouched");
    let kept = fs::metadata(file(&cache)).expect("a file").len();
    assert!(kept > 0);
    let written = fs::metadata(file(&cache)).and_then(|meta| meta.modified()).expect("a file");
    assert_eq!(ask(&repo, Some(&cache), &["log"]).0, Some(0));
    let again = fs::metadata(file(&cache)).and_then(|meta| meta.modified()).expect("a file");
    assert_eq!(written, again, "what is known is not learned again");
}

/// The answer comes from the cache: with the blobs gone it is the same as before, where without a cache it
/// cannot be given.
/// Ranges that begin or end elsewhere in the same history, asked one after another.
#[test]
fn an_answer_over_a_range_is_not_that_over_another() {
    let (repo, cache) = repository();
    let years = ["2017", "2018", "2019", "2020"];
    let pairs: Vec<[&str; 2]> = years
        .iter()
        .flat_map(|from| years.iter().map(move |to| [*from, *to]))
        .filter(|[from, to]| from <= to)
        .collect();
    for what in [
        &["changelog"][..],
        &["changelog", "a"],
        &["changelog", "--direct"],
        &["changelog", "--format", "csv"],
        &["diff", "b"],
        &["report"],
    ] {
        // Down, and up again: each after the others.
        for [from, to] in pairs.iter().rev().chain(&pairs) {
            let question = [what, &["--from", from, "--to", to]].concat();
            assert_eq!(ask(&repo, Some(&cache), &question), ask(&repo, None, &question), "{question:?}");
        }
    }
}

#[test]
fn a_warm_cache_reads_no_record() {
    let (repo, cache) = repository();
    let before = ask(&repo, Some(&cache), &["changelog"]);
    for line in repo
        .git(["rev-list", "--objects", "HEAD", "--", "notes"])
        .lines()
        .filter(|line| line.ends_with(".yaml"))
    {
        let id = &line[..40];
        fs::remove_file(repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]))
            .expect("a loose object");
    }
    assert_eq!(ask(&repo, Some(&cache), &["changelog"]), before);
    assert_ne!(ask(&repo, None, &["changelog"]), before);
}

/// An answer that was given already needs neither rules nor records; a question that is new does.
#[test]
fn an_answer_that_was_given_already_reads_no_rule() {
    let (repo, cache) = repository();
    let questions = [&["changelog", "a"][..], &["since"], &["log"], &["report", "2019"]];
    let before = questions.map(|question| ask(&repo, Some(&cache), question));
    assert!(before.iter().all(|answer| answer.0 == Some(0)), "{before:?}");
    for line in repo.git(["rev-list", "--objects", "HEAD", "--", "rules"]).lines() {
        if let Some((id, path)) = line.split_once(' ')
            && path.ends_with(".yaml")
        {
            fs::remove_file(repo.path().join(".git/objects").join(&id[..2]).join(&id[2..])).expect("loose");
        }
    }
    assert_eq!(questions.map(|question| ask(&repo, Some(&cache), question)), before);
    assert_ne!(ask(&repo, Some(&cache), &["changelog", "b"]).0, Some(0));
}

/// What lies in the future is refused, whatever another day's run answered.
#[test]
fn an_answer_about_a_date_holds_from_the_day_on_which_it_was_given() {
    let (repo, cache) = repository();
    let question = |today: &'static str| ["report", "2031", "--today", today];
    for (day, is_refused) in
        [("2030-06-01", true), ("2032-06-01", false), ("2033-06-01", false), ("2030-06-01", true)]
    {
        let answer = ask(&repo, Some(&cache), &question(day));
        assert_eq!(answer, ask(&repo, None, &question(day)), "{day}");
        assert_eq!(answer.0 != Some(0), is_refused, "{day}: {}", answer.2);
    }
}

/// A whole answer is kept by the tip it was given at; another branch may move while the tip stays.
#[test]
fn a_branch_that_a_question_names_may_move() {
    let (repo, cache) = repository();
    let since = &["since", "--as-of", "rev:then"][..];
    let changelog = &["changelog", "a", "--to", "rev:then"][..];
    for (then, year) in [("HEAD~4", "2018"), ("HEAD~3", "2019")] {
        repo.git(["branch", "--force", "then", then]);
        for question in [since, changelog] {
            let before = ask(&repo, Some(&cache), question);
            assert_eq!(before, ask(&repo, None, question), "{then}");
            assert_eq!(before.0, Some(0), "{}", before.2);
            assert!(before.1.contains(year), "{}", before.1);
        }
    }
}

/// That a date names what was committed all at once is said where a date is given, and only there.
#[test]
fn a_note_stays_with_the_question_that_it_was_given_for() {
    let (repo, cache) = repository();
    for command in ["since", "log", "changelog"] {
        let dated = ask(&repo, Some(&cache), &[command, "--known-at", "2024-01-01"]);
        assert_eq!(dated, ask(&repo, None, &[command, "--known-at", "2024-01-01"]), "{command}");
        assert!(dated.2.contains("--known-at says"), "{}", dated.2);
        assert_eq!(ask(&repo, Some(&cache), &[command]), ask(&repo, None, &[command]), "{command}");
    }
}

/// After a new commit only what it brought is read: with the folders of all earlier commits gone but those of
/// its parent, the answer is that of the whole repository.
#[test]
fn a_run_after_a_new_commit_reads_no_old_one() {
    let (mut repo, cache) = repository();
    assert_eq!(ask(&repo, Some(&cache), &["log"]), ask(&repo, None, &["log"]));
    repo.write("notes/a.yaml", note("a", "2022-05-01", 5)).write("notes/d.yaml", note("d", "2022-05-01", 1));
    repo.commit("more");
    let questions: [&[&str]; 4] = [&["log"], &["changelog"], &["since", "-v"], &["log", "d"]];
    let wanted = questions.map(|question| ask(&repo, None, question));
    let mut kept: HashSet<String> = HashSet::new();
    for commit in ["HEAD", "HEAD~1"] {
        kept.insert(repo.git(["rev-parse", &format!("{commit}^{{tree}}")]));
        kept.extend(repo.git(["ls-tree", "-r", "-t", "--object-only", commit]).lines().map(str::to_owned));
    }
    let objects = repo.git(["cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)"]);
    let old: Vec<&str> = objects
        .lines()
        .filter_map(|line| line.strip_prefix("tree "))
        .filter(|id| !kept.contains(*id))
        .collect();
    assert!(old.len() > 5, "{old:?}");
    for id in old {
        fs::remove_file(repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]))
            .expect("a loose object");
    }
    let before = fs::read(file(&cache)).expect("the cache");
    for (question, wanted) in questions.iter().zip(&wanted) {
        fs::write(file(&cache), &before).expect("ours");
        assert_eq!(&ask(&repo, Some(&cache), question), wanted, "{question:?}");
        assert_ne!(&ask(&repo, None, question), wanted, "{question:?}");
    }
}

/// The timelines of a tip, asked with a cache and without one: they are the same.
#[track_caller]
fn agree_from(made: &Repo, policy: &Policy, cache: &Path, name: &'static str, tip: &str) {
    let repo = Repository::open(made.path()).expect("a repository");
    let store = DocumentStore::new(&repo).expect("a repository");
    let kept = Cache::open(cache, repo.common_dir());
    let load = |cached: &CachedHistory<'_>| {
        let (tip, selection) = (&crate::support::object_id(tip), &Selection::all());
        let asked = HistoryQuestion { repo: &repo, store: &store, policy, tip, selection, worktree: None };
        let archive = cached.load(&asked).expect("a history");
        format!("{archive:#?}")
    };
    let cached = CachedHistory::new(&kept, name, "a tool", policy, &repo);
    assert!(load(&cached) == load(&CachedHistory::none()), "{tip}");
}

fn notes_policy() -> Policy {
    let files = notes::policy_files()
        .into_iter()
        .fold(MapFiles::default(), |files, (path, text)| files.with(path, text));
    files.load("").0
}

/// Tips asked about in any order, each on top of what was learned from all before: ancestors, descendants,
/// other branches.
#[test]
fn whatever_was_learned_before_a_history_is_the_same() {
    let policy = notes_policy();
    for seed in 1..=4 {
        let made = random_history(seed);
        let cache = made.beside("cache");
        let mut dice = Dice(seed);
        let tips = made.git(["rev-list", "--topo-order", "HEAD"]);
        let tips: Vec<&str> = tips.lines().collect();
        for round in 0..36 {
            match (seed, round) {
                (3, 12) => drop(made.git(["replace", "--graft", tips[4], tips[tips.len() - 1]])),
                (3, 24) => drop(made.git(["replace", "--delete", tips[4]])),
                (4, 12) => {
                    fs::write(made.path().join(".git/shallow"), format!("{}\n", tips[6])).expect("ours")
                }
                (4, 24) => fs::remove_file(made.path().join(".git/shallow")).expect("ours"),
                _ => {}
            }
            let name = if dice.roll(4) == 0 { "side" } else { "tip" };
            agree_from(&made, &policy, &cache, name, tips[dice.roll(tips.len() as u64) as usize]);
        }
    }
}

/// So many runs with a new commit each that what they learned is put together.
#[test]
fn a_history_that_grows_by_one_commit_a_run_is_the_same() {
    let policy = notes_policy();
    let mut tree: Tree =
        notes::policy_files().into_iter().map(|(path, text)| (path.to_owned(), text.into())).collect();
    let mut stream = Stream::default();
    let mut last = stream.commit("policy", 1_500_000_000, &[], &tree);
    for number in 0..140 {
        tree.insert(
            format!("notes/n{}.yaml", number % 7),
            note(&format!("n{}", number % 7), "2019", number).into_bytes(),
        );
        last = stream.commit("more", 1_500_000_000 + number, &[last], &tree);
    }
    let made = stream.write();
    let cache = made.beside("cache");
    for tip in made.git(["rev-list", "--reverse", "HEAD"]).lines().skip(100) {
        agree_from(&made, &policy, &cache, "tip", tip);
    }
}

#[test]
fn new_commits_forced_branches_and_collected_garbage_are_seen() {
    let (mut repo, cache) = repository();
    agree(&repo, &cache, "at first");
    repo.write("notes/a.yaml", note("a", "2021-05-01", 77)).write("notes/c.yaml", note("c", "2021-01-01", 3));
    repo.commit("more");
    agree(&repo, &cache, "after a commit");
    repo.git(["reset", "--quiet", "--hard", "HEAD~3"]);
    repo.write("notes/a.yaml", note("a", "2020-06-01", 5));
    repo.commit("another way");
    agree(&repo, &cache, "after a forced branch");
    repo.git(["reflog", "expire", "--expire=now", "--all"]);
    repo.git(["gc", "--quiet", "--prune=now"]);
    agree(&repo, &cache, "after garbage was collected");
    repo.git(["commit", "--quiet", "--amend", "--message", "said otherwise"]);
    agree(&repo, &cache, "after an amended commit");
}

#[test]
fn other_rules_and_another_manifest_are_obeyed() {
    let (mut repo, cache) = repository();
    agree(&repo, &cache, "at first");
    let rule = fs::read_to_string(repo.path().join("rules/acts/level-changed.yaml")).expect("a rule");
    repo.write("rules/acts/level-changed.yaml", rule.replace("level now", "the level is"));
    repo.commit("reworded");
    agree(&repo, &cache, "after a rule was reworded");
    assert!(ask(&repo, Some(&cache), &["changelog"]).1.contains("the level is"));
    repo.write("sincewhen.yaml", notes::MANIFEST.replace("date: dated", "date: level"));
    repo.commit("another date");
    agree(&repo, &cache, "after the date's field was changed");
}

#[test]
fn a_history_given_otherwise_is_read_again() {
    let (full, _) = repository();
    let shallow = Repo::cloned_from(&full, &["--depth", "3"]);
    let cache = shallow.beside("cache");
    agree(&shallow, &cache, "shallow");
    shallow.git(["fetch", "--quiet", "--unshallow"]);
    agree(&shallow, &cache, "made whole");
    let parent = shallow.git(["rev-parse", "HEAD~4"]);
    shallow.git(["replace", "--graft", "HEAD~1", &parent]);
    agree(&shallow, &cache, "replaced");
    shallow.git(["replace", "--delete", &shallow.git(["rev-parse", "HEAD~1"])]);
    agree(&shallow, &cache, "as it was");
}

#[test]
fn what_could_not_be_read_is_not_kept() {
    let (repo, cache) = repository();
    let id = repo.git(["rev-parse", "HEAD~3:notes/a.yaml"]);
    let object = repo.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    let aside = repo.beside("object");
    fs::rename(&object, &aside).expect("a loose object");
    agree(&repo, &cache, "with a blob missing");
    fs::rename(&aside, &object).expect("ours");
    agree(&repo, &cache, "with the blob back");
}

#[test]
fn a_damaged_file_is_as_good_as_none() {
    let (repo, cache) = repository();
    agree(&repo, &cache, "at first");
    let file = file(&cache);
    let whole = fs::read(&file).expect("the cache");
    let wanted = ask(&repo, None, &["changelog"]);
    let damage = |bytes: &[u8], what: &str| {
        fs::write(&file, bytes).expect("ours");
        for time in ["first", "second"] {
            assert_eq!(ask(&repo, Some(&cache), &["changelog"]), wanted, "{what}, the {time} time");
        }
    };
    for length in [0, 1, 64, 512, 4096, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        damage(&whole[..length], &format!("cut to {length} bytes"));
    }
    let step = (whole.len() / 60).max(1);
    for at in (0..320)
        .step_by(16)
        .chain((0..whole.len()).step_by(step))
        .map(|at| at + at % 7)
        .filter(|at| *at < whole.len())
    {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        damage(&bytes, &format!("a bit of byte {at} flipped"));
    }
    damage(b"SQLite format 3\0 and more", "another program's file");
    damage(&vec![0xff; whole.len()], "noise");
    fs::remove_file(&file).expect("ours");
    fs::create_dir(&file).expect("ours");
    assert_eq!(ask(&repo, Some(&cache), &["changelog"]), wanted, "a folder in the file's place");
}

#[test]
fn another_value_in_a_values_place_is_not_believed() {
    let (repo, cache) = repository();
    agree(&repo, &cache, "at first");
    let (mut other, others) = repository();
    other.write("notes/a.yaml", note("a", "2030-01-01", 1));
    other.commit("elsewhere");
    agree(&other, &others, "at first");
    fs::copy(file(&others), file(&cache)).expect("ours");
    agree(&repo, &cache, "with another repository's cache");
}

#[test]
fn many_processes_at_once_agree() {
    let (repo, cache) = repository();
    let wanted = ask(&repo, None, &["changelog"]);
    for round in 0..6 {
        if round % 2 == 0 {
            let _ = fs::remove_dir_all(&cache);
        }
        let children: Vec<Child> = (0..6)
            .map(|_| command(&repo, Some(&cache), &["changelog"]).spawn().expect("the binary"))
            .collect();
        for child in children {
            assert_eq!(finish(child), wanted, "round {round}");
        }
    }
}

#[test]
fn a_kill_at_any_moment_does_no_harm() {
    let (repo, cache) = repository();
    for pause in 0..24_u64 {
        if pause % 3 == 0 {
            let _ = fs::remove_dir_all(&cache);
        }
        let mut child = command(&repo, Some(&cache), &["changelog"]).spawn().expect("the binary");
        std::thread::sleep(std::time::Duration::from_micros(pause * 1500));
        let _ = child.kill();
        let _ = child.wait();
    }
    agree(&repo, &cache, "after many kills");
}

#[test]
fn a_folder_that_cannot_be_written_is_no_fault() {
    let (repo, _) = repository();
    let in_the_way = repo.beside("a-file");
    fs::write(&in_the_way, "not a folder").expect("ours");
    agree(&repo, &in_the_way.join("cache"), "below a file");
    agree(&repo, Path::new("/proc/sincewhen"), "where nothing can be made");
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_no_fault() {
    let (repo, cache) = repository();
    let wanted = ask(&repo, None, &["changelog"]);
    // A limit on the size of files acts as a disk that fills up; without the trap the signal would end the
    // process.
    for blocks in [0, 1, 8, 64] {
        let mut shell = Command::new("sh");
        let run = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" changelog --cache-dir \"$1\"");
        shell.args(["-c", &run]).arg(env!("CARGO_BIN_EXE_sincewhen")).arg(&cache).current_dir(repo.path());
        shell.env_remove("SINCEWHEN_NO_CACHE").env_remove("SINCEWHEN_DATASET");
        let child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a shell");
        assert_eq!(finish(child), wanted, "{blocks} blocks");
    }
    agree(&repo, &cache, "with room again");
}

#[test]
fn the_users_cache_folder_is_used_unless_it_shall_not() {
    let (repo, _) = repository();
    let home = repo.beside("home");
    let run = |arguments: &[&str]| {
        let mut command = command(&repo, None, arguments);
        command.env("XDG_CACHE_HOME", &home).env_remove("SINCEWHEN_CACHE_DIR");
        finish(command.spawn().expect("the binary"))
    };
    run(&["changelog"]);
    assert!(!home.exists(), "--no-cache keeps nothing");
    let mut kept = Command::new(env!("CARGO_BIN_EXE_sincewhen"));
    kept.args(["changelog"])
        .current_dir(repo.path())
        .env("XDG_CACHE_HOME", &home)
        .env_remove("SINCEWHEN_NO_CACHE");
    assert!(kept.env_remove("SINCEWHEN_CACHE_DIR").output().expect("the binary").status.success());
    assert_eq!(
        fs::read_dir(home.join("sincewhen")).map(Iterator::count).unwrap_or(0),
        usize::from(cfg!(target_os = "linux"))
    );
}

#[test]
fn info_says_what_is_kept_and_clear_removes_that_only() {
    let (repo, cache) = repository();
    let info = |cache: &Path| -> serde_json::Value {
        serde_json::from_str(&ask(&repo, Some(cache), &["cache", "info", "--format", "json"]).1)
            .expect("JSON")
    };
    assert_eq!(info(&cache)["repositories"], 0);
    ask(&repo, Some(&cache), &["changelog"]);
    assert_eq!(info(&cache)["repositories"], 1);
    assert_eq!(info(&cache)["bytes"], fs::metadata(file(&cache)).expect("a file").len());
    fs::write(cache.join("mine.txt"), "not the tool's").expect("ours");
    assert!(ask(&repo, Some(&cache), &["cache", "clear"]).1.contains("1 repositor"));
    assert_eq!(info(&cache)["repositories"], 0);
    assert!(cache.join("mine.txt").exists(), "what is not the tool's stays");
    let mut homeless = command(&repo, None, &["cache", "info"]);
    let (code, _, message) = finish(homeless.env_remove("HOME").spawn().expect("the binary"));
    assert_eq!(code, Some(2));
    assert!(message.contains("no folder for a cache"), "{message}");
}

/// Answers that were kept for long make room for new ones; what was learned of the history stays.
#[test]
fn a_cache_that_is_too_large_drops_its_answers() {
    let folder = tempfile::tempdir().expect("a folder");
    let stamp = Stamping::default().part("made of this").stamp();
    let open = || Cache::open(folder.path(), folder.path()).at_most(0);
    // What looks random does not get smaller when it is compressed.
    let answer: Vec<u8> =
        (0..500_000_u32).map(|at| (at.wrapping_mul(at ^ 0x9E37_79B9) >> 13) as u8).collect();
    for number in 0..40 {
        let cache = open();
        cache.put(&format!("fact {number}"), &stamp, b"a fact");
        cache.put_answer(&format!("answer {number}"), &stamp, &answer);
        drop(cache);
        let size = fs::metadata(file(folder.path())).expect("a file").len();
        assert!(size <= 8 << 20, "{size} bytes after {number}");
    }
    let cache = open();
    for number in 0..40 {
        assert_eq!(cache.get(&format!("fact {number}"), &stamp).as_deref(), Some(&b"a fact"[..]), "{number}");
    }
    assert!(cache.answer("answer 0", &stamp).is_none());
    assert_eq!(cache.answer("answer 39", &stamp), Some(answer));
    // An answer is no fact of the same name.
    assert!(cache.get("answer 39", &stamp).is_none());
}

/// A file also has room that nothing uses any more: only what is kept counts.
#[test]
fn answers_are_not_dropped_for_room_that_nothing_uses() {
    let folder = tempfile::tempdir().expect("a folder");
    let stamp = Stamping::default().part("made of this").stamp();
    let open = || Cache::open(folder.path(), folder.path()).at_most(0);
    // What looks random does not get smaller when it is compressed.
    let content = |bytes: u32, seed: u32| -> Vec<u8> {
        (0..bytes).map(|at| (at.wrapping_mul(at ^ seed) >> 13) as u8).collect()
    };
    open().put_answer("an answer", &stamp, &content(1 << 20, 7));
    for turn in 0..6 {
        // Each takes the place of the one before it, and for a while both are in the file.
        open().put("a large fact", &stamp, &content(9 << 19, 0x9E37_79B9 + turn));
        let size = fs::metadata(file(folder.path())).expect("a file").len();
        assert!(size <= 8 << 20, "{size} bytes after {turn}");
        assert!(open().answer("an answer", &stamp).is_some(), "dropped at {turn}");
    }
}

/// Sentences repeat themselves, and many of them are smaller on disk than the limit of a small repository.
#[test]
fn answers_of_many_sentences_are_kept_compressed() {
    let folder = tempfile::tempdir().expect("a folder");
    let stamp = Stamping::default().part("made of this").stamp();
    let open = || Cache::open(folder.path(), folder.path()).at_most(0);
    let sentence = |number| format!("Record {number} voted in favour in {}.\n", 1990 + number % 30);
    let answer: String = (0..600_000).map(sentence).collect();
    assert!(answer.len() > 16 << 20);
    open().put_answer("many sentences", &stamp, answer.as_bytes());
    assert_eq!(open().answer("many sentences", &stamp), Some(answer.into_bytes()));
}
