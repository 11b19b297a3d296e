//! Reading history: editions by date over real repositories, whatever was done to them.

use crate::support;

use serde_json::Value as Json;
use support::notes::{self, dates, editions, level, note, three_editions};
use support::{Repo, Run};

fn log(repo: &Repo, args: &[&str]) -> Json {
    repo.run(&[&["log", "--format", "json"], args].concat()).json()
}

fn problems(log: &Json) -> Vec<String> {
    let record = &log["records"][0];
    let own = record["problems"].as_array().cloned().unwrap_or_default();
    let of_editions = record["editions"].as_array().expect("a list").iter();
    let of_editions = of_editions.flat_map(|e| e["problems"].as_array().cloned().unwrap_or_default());
    own.into_iter().chain(of_editions).map(|p| p["message"].as_str().expect("a text").to_owned()).collect()
}

#[test]
fn editions_stand_in_the_order_of_their_dates_not_of_the_commits() {
    let mut repo = notes::repo();
    for (date, at) in [("2020-05-01", 3), ("2018-05-01", 1), ("2019-05-01", 2), ("2021-05-01", 4)] {
        repo.write("notes/a.yaml", note("a", date, at));
        repo.commit(date);
    }
    assert_eq!(dates(&log(&repo, &["a"])), ["2021-05-01", "2020-05-01", "2019-05-01", "2018-05-01"]);
    assert_eq!(
        [level(&repo, "a", "2018"), level(&repo, "a", "2019"), level(&repo, "a", "2020-12-31")],
        [1, 2, 3]
    );
}

#[test]
fn commit_times_play_no_part() {
    let mut repo = notes::repo();
    for (date, at, seconds) in
        [("2018-05-01", 1, 1_900_000_000), ("2019-05-01", 2, 1_000_000_000), ("2019-05-01", 3, 1_400_000_000)]
    {
        repo.write("notes/a.yaml", note("a", date, at));
        repo.commit_at(date, seconds);
    }
    let log = log(&repo, &["a"]);
    assert_eq!(editions(&log), [("2019-05-01".to_owned(), 1, 0), ("2018-05-01".to_owned(), 0, 0)]);
    assert_eq!(level(&repo, "a", "last"), 3, "the newest by ancestry stands");
}

#[test]
fn a_later_revision_of_one_date_stands_and_the_earlier_are_amendments() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", note("a", "2020-05-01", 33));
    repo.commit("a slip put right");
    let log = log(&repo, &["a"]);
    assert_eq!(editions(&log)[0], ("2020-05-01".to_owned(), 1, 0));
    assert_eq!(log["records"][0]["editions"][0]["amendments"][0]["subject"], "edition of 2020");
    assert_eq!(level(&repo, "a", "last"), 33);
}

#[test]
fn a_file_that_moves_or_changes_case_stays_the_same_record() {
    let mut repo = three_editions();
    let before = log(&repo, &["a"]);
    repo.git(["mv", "notes/a.yaml", "notes/A.yaml"]);
    repo.commit("case");
    std::fs::create_dir(repo.path().join("notes/old")).expect("ours");
    repo.git(["mv", "notes/A.yaml", "notes/old/x.yaml"]);
    repo.commit("folder");
    assert_eq!(log(&repo, &["a"]), before, "a move brings no content, so each edition keeps its commit");
    repo.write("notes/old/x.yaml", note("a", "2021-05-01", 4));
    repo.commit("edition of 2021");
    let after = log(&repo, &["a"]);
    assert_eq!(dates(&after).len(), 4);
    assert_eq!(after["records"][0]["editions"][0]["file"], "notes/old/x.yaml");
    assert_eq!(after["records"][0]["editions"][1]["file"], "notes/a.yaml");
}

#[test]
fn a_rename_with_an_edit_is_an_edition_and_no_deletion() {
    let mut repo = three_editions();
    repo.git(["mv", "notes/a.yaml", "notes/b.yaml"]);
    repo.write("notes/b.yaml", note("a", "2021-01-01", 9));
    repo.commit("moved and edited");
    let log = log(&repo, &["a"]);
    assert_eq!(dates(&log).len(), 4);
    assert!(log["records"][0].get("ended").is_none());
}

#[test]
fn one_record_split_in_two_files_is_two_records() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", note("a", "2021-05-01", 3)).write("notes/b.yaml", note("b", "2021-05-01", 5));
    repo.commit("split");
    let log = log(&repo, &[]);
    assert_eq!(support::column(&log["records"], "record"), ["a", "b"]);
    assert_eq!(log["records"][1]["editions"].as_array().map(Vec::len), Some(1));
    assert_eq!(dates(&log).len(), 4);
}

#[test]
fn a_declared_former_identity_is_followed() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", format!("{}formerly: [{{name: a}}]\n", note("alpha", "2021-05-01", 4)));
    repo.commit("renamed");
    repo.write("notes/a.yaml", format!("{}formerly: [{{name: alpha}}]\n", note("omega", "2022-05-01", 5)));
    repo.commit("renamed again");
    let all = log(&repo, &[]);
    assert_eq!(support::column(&all["records"], "record"), ["omega"]);
    assert_eq!(dates(&all), ["2022-05-01", "2021-05-01", "2020-05-01", "2019-05-01", "2018-05-01"]);
    assert_eq!(log(&repo, &["omega"]), all, "asking for it alone finds the same");
    assert!(repo.run(&["log", "a"]).fault().contains("no record named `a`"));
}

#[test]
fn without_a_declaration_a_changed_identity_is_another_record() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", note("alpha", "2021-05-01", 4));
    repo.commit("renamed");
    let renamed = repo.git(["rev-parse", "HEAD"]);
    repo.write("notes/a.yaml", note("alpha", "2022-05-01", 5));
    repo.commit("went on");
    let all = log(&repo, &[]);
    assert_eq!(support::column(&all["records"], "record"), ["a", "alpha"]);
    assert_eq!(all["records"][0]["ended"], Json::String(renamed), "nothing at the tip is `a`");
    assert_eq!(all["records"][0], log(&repo, &["a"])["records"][0], "asking for it alone finds the same");
    assert_eq!(all["records"][1]["editions"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_deleted_record_is_ended_and_stays_readable_and_a_restored_one_is_not() {
    let mut repo = three_editions();
    repo.remove("notes/a.yaml");
    let gone = repo.commit("deleted");
    let ended = log(&repo, &["a"]);
    assert_eq!(ended["records"][0]["ended"], Json::String(gone));
    assert_eq!(dates(&ended).len(), 3);
    assert_eq!(level(&repo, "a", "2019"), 2);
    assert_eq!(repo.run(&["changelog", "a"]).code, 0);
    repo.write("notes/a.yaml", note("a", "2020-05-01", 3));
    repo.commit("restored");
    let back = log(&repo, &["a"]);
    assert!(back["records"][0].get("ended").is_none());
    assert_eq!(editions(&back)[0], ("2020-05-01".to_owned(), 0, 0));
}

#[test]
fn a_reverted_edition_is_withdrawn_and_not_used() {
    let repo = three_editions();
    repo.git(["revert", "--no-edit", "HEAD"]);
    let log = log(&repo, &["a"]);
    assert_eq!(dates(&log), ["2019-05-01", "2018-05-01"]);
    assert_eq!(log["records"][0]["withdrawn"][0]["last_updated"], "2020-05-01");
    assert_eq!(level(&repo, "a", "last"), 2);
    assert_eq!(level(&repo, "a", "2025"), 2);
    let text = repo.run(&["log", "a"]).answer();
    assert!(text.contains("withdrawn"), "{text}");
    repo.git(["revert", "--no-edit", "HEAD"]);
    assert_eq!(dates(&self::log(&repo, &["a"])).len(), 3, "the revert reverted");
}

#[test]
fn a_revert_of_an_amendment_makes_the_earlier_content_stand() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", note("a", "2020-05-01", 33));
    repo.commit("amended");
    repo.git(["revert", "--no-edit", "HEAD"]);
    assert_eq!(level(&repo, "a", "last"), 3);
    assert_eq!(editions(&log(&repo, &["a"]))[0].1, 1, "the reverted content is an amendment");
}

/// Two branches write an edition of one date; `strategy` says which stands after the merge.
fn merged(strategy: &[&str], by_hand: Option<i64>) -> Repo {
    let mut repo = three_editions();
    repo.git(["checkout", "--quiet", "-b", "side"]);
    repo.write("notes/a.yaml", note("a", "2021-05-01", 40));
    repo.commit("theirs");
    repo.git(["checkout", "--quiet", "main"]);
    repo.write("notes/a.yaml", note("a", "2021-05-01", 50));
    repo.commit("ours");
    match by_hand {
        None => {
            repo.git([&["merge", "--quiet", "--no-edit"], strategy, &["side"]].concat());
        }
        Some(at) => {
            repo.git(["merge", "--quiet", "--no-commit", "--strategy=ours", "side"]);
            repo.write("notes/a.yaml", note("a", "2021-05-01", at));
            repo.commit("merged by hand");
        }
    }
    repo
}

#[test]
fn of_two_branches_with_one_date_the_merge_decides() {
    let ours = merged(&["--strategy=ours"], None);
    assert_eq!(level(&ours, "a", "last"), 50);
    assert_eq!(editions(&log(&ours, &["a"]))[0], ("2021-05-01".to_owned(), 1, 0));
    let theirs = merged(&["--strategy-option=theirs"], None);
    assert_eq!(level(&theirs, "a", "last"), 40);
    assert_eq!(editions(&log(&theirs, &["a"]))[0], ("2021-05-01".to_owned(), 1, 0));
    let subject = &log(&theirs, &["a"])["records"][0]["editions"][0]["subject"];
    assert_eq!(subject, "theirs", "the merge brought nothing of its own");
}

#[test]
fn a_merge_that_brings_content_of_its_own_is_a_revision() {
    let evil = merged(&[], Some(66));
    let log = log(&evil, &["a"]);
    assert_eq!(level(&evil, "a", "last"), 66);
    assert_eq!(editions(&log)[0], ("2021-05-01".to_owned(), 2, 0));
    assert_eq!(log["records"][0]["editions"][0]["subject"], "merged by hand");
}

#[test]
fn of_two_branches_with_one_date_of_the_past_the_nearer_to_the_tip_stands() {
    let mut repo = merged(&["--strategy=ours"], None);
    repo.write("notes/a.yaml", note("a", "2022-05-01", 7));
    repo.commit("edition of 2022");
    assert_eq!(level(&repo, "a", "2021"), 50, "the first parent's comes first");
}

#[test]
fn an_octopus_brings_all_its_arms() {
    let mut repo = three_editions();
    for (name, at) in [("b", 1), ("c", 2), ("d", 3)] {
        repo.git(["checkout", "--quiet", "-b", name, "main"]);
        repo.write(&format!("notes/{name}.yaml"), note(name, "2021-05-01", at));
        repo.commit(name);
    }
    repo.git(["checkout", "--quiet", "main"]);
    repo.git(["merge", "--quiet", "--no-edit", "--no-ff", "b", "c", "d"]);
    assert_eq!(repo.git(["rev-list", "--parents", "-1", "HEAD"]).split(' ').count(), 5, "four parents");
    let log = log(&repo, &[]);
    assert_eq!(support::column(&log["records"], "record"), ["a", "b", "c", "d"]);
    let counts = |record: &Json| {
        (
            record["editions"].as_array().map(Vec::len),
            record["editions"][0]["amendments"].as_array().map(Vec::len),
        )
    };
    assert_eq!(counts(&log["records"][3]), (Some(1), Some(0)));
}

#[test]
fn a_record_without_a_date_is_a_problem_of_its_revision() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", "name: a\nlevel: 9\n");
    repo.commit("no date");
    repo.write("notes/a.yaml", note("a", "2021-05-01", 4));
    repo.commit("dated again");
    let log = log(&repo, &["a"]);
    assert_eq!(dates(&log).len(), 4);
    assert_eq!(problems(&log), ["no `dated`: the revision has no date"]);
}

#[test]
fn a_date_that_is_none_is_a_problem_with_its_place() {
    for (written, said) in [
        ("2021", "must name a day"),
        ("2021-02-30", "does not exist"),
        ("last May", "is not a date"),
        ("[2021-05-01]", "is not a date"),
        ("{y: 2021}", "is not a date"),
        ("~", "is not a date"),
        ("true", "is not a date"),
        ("20210501", "is not a date"),
        ("2021-05-01T25:00:00Z", "does not exist"),
    ] {
        let mut repo = three_editions();
        repo.write("notes/a.yaml", format!("name: a\ndated: {written}\nlevel: 9\n"));
        repo.commit("odd date");
        let log = log(&repo, &["a"]);
        let problem = &log["records"][0]["problems"][0];
        let message = problem["message"].as_str().unwrap_or_else(|| panic!("{written}: no problem\n{log:#}"));
        assert!(message.contains(said), "{written}: {message}");
        assert_eq!((problem["line"].as_i64(), problem["column"].as_i64()), (Some(2), Some(8)), "{written}");
        assert_eq!(dates(&log), ["2020-05-01", "2019-05-01", "2018-05-01"], "{written}");
        assert_eq!(level(&repo, "a", "last"), 3, "{written}: the last edition that can be dated stands");
    }
}

#[test]
fn invalid_yaml_in_the_middle_of_history_does_not_stop_it() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", "name: a\ndated: 2021-05-01\nlevel: [1, 2\n");
    repo.commit("broken");
    repo.write("notes/a.yaml", note("a", "2021-05-01", 4));
    repo.commit("mended");
    let log = log(&repo, &["a"]);
    assert_eq!(dates(&log)[0], "2021-05-01");
    assert_eq!(problems(&log).len(), 1);
    assert!(repo.run(&["changelog", "a"]).answer().contains("level now 4, was 3"));
}

#[test]
fn invalid_yaml_at_the_tip_leaves_the_last_good_edition_standing() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", "name: a\ndated: 2021-05-01\nlevel: [1, 2\n");
    repo.commit("broken");
    let log = log(&repo, &["a"]);
    assert_eq!(dates(&log), ["2020-05-01", "2019-05-01", "2018-05-01"]);
    assert!(log["records"][0].get("ended").is_none(), "its file is there");
    assert_eq!(level(&repo, "a", "last"), 3);
}

#[test]
fn a_file_that_moved_and_broke_is_not_taken_for_a_deleted_record() {
    let mut repo = three_editions();
    repo.git(["mv", "notes/a.yaml", "notes/b.yaml"]);
    repo.commit("moved");
    repo.write("notes/b.yaml", "{");
    repo.commit("broken");
    for names in [&["a"][..], &[]] {
        let log = log(&repo, names);
        assert!(log["records"][0].get("ended").is_none(), "{names:?}: {log:#}");
        assert_eq!(problems(&log).len(), 1, "{names:?}: {log:#}");
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_at_a_record_s_path_is_no_record() {
    let mut repo = three_editions();
    repo.remove("notes/a.yaml");
    std::os::unix::fs::symlink("/etc/passwd", repo.path().join("notes/a.yaml")).expect("ours");
    repo.commit("a link");
    for args in [&["a"][..], &["a", "--worktree"]] {
        let log = log(&repo, args);
        assert_eq!(dates(&log).len(), 3);
        assert!(problems(&log).iter().any(|p| p.contains("symbolic link")) || args.len() > 1, "{log:#}");
    }
}

#[test]
fn a_submodule_at_a_record_s_path_is_no_record() {
    let mut repo = three_editions();
    let commit = repo.git(["rev-parse", "HEAD"]);
    repo.remove("notes/a.yaml");
    repo.commit("deleted");
    repo.git(["update-index", "--add", "--cacheinfo", &format!("160000,{commit},notes/a.yaml")]);
    repo.git(["commit", "--quiet", "--message", "a submodule"]);
    let log = log(&repo, &["a"]);
    assert_eq!(dates(&log).len(), 3);
    assert!(problems(&log).iter().any(|p| p.contains("submodule")), "{log:#}");
}

#[test]
fn bytes_that_are_not_utf8_are_a_problem_and_no_end() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", b"name: a\ndated: 2021-05-01\nlevel: 4\ntext: caf\xe9\n");
    repo.commit("latin 1");
    let log = log(&repo, &["a"]);
    assert_eq!(dates(&log)[0], "2021-05-01");
    assert_eq!(problems(&log).len(), 1);
    assert_eq!(level(&repo, "a", "last"), 4);
    assert_eq!(repo.run(&["changelog", "a", "-v"]).code, 0);
    assert_eq!(repo.run(&["show", "a"]).code, 0);
}

#[test]
fn two_files_of_one_record_are_reported_and_the_newest_is_read() {
    let mut repo = three_editions();
    repo.write("notes/copy.yaml", note("a", "2021-05-01", 8));
    repo.commit("copied");
    let log = log(&repo, &["a"]);
    assert!(problems(&log).iter().any(|p| p.contains("two files are one record")), "{log:#}");
    assert_eq!(level(&repo, "a", "last"), 8);
}

#[test]
fn of_two_records_with_one_name_the_newer_is_read_each_time_and_the_other_is_reported() {
    let mut repo = notes::repo();
    let two = "  - {kind: fact, path: facts/*.yaml, schema: note.schema.json, identity: [about, name], date: \
        dated}\n";
    repo.write("sincewhen.yaml", format!("{}{two}", notes::MANIFEST));
    repo.write("notes/one.yaml", note("x/a", "2018-05-01", 1));
    repo.commit("a note");
    repo.write("facts/two.yaml", format!("about: x\n{}", note("a", "2019-05-01", 2)));
    repo.commit("a fact");
    for _ in 0..8 {
        let log = log(&repo, &[]);
        assert_eq!(dates(&log), ["2019-05-01"]);
        assert_eq!(problems(&log), ["another record has this name, too, and is left out: `name: x/a`"]);
    }
}

#[test]
fn a_record_is_of_the_kind_that_its_newest_revision_is_of() {
    let mut repo = notes::repo();
    let old = "  - {kind: old, path: old/*.yaml, schema: note.schema.json, identity: [name], date: dated, \
        heading: 'Old {{ name }}'}\n";
    repo.write("sincewhen.yaml", format!("{}{old}", notes::MANIFEST));
    repo.write("old/a.yaml", note("a", "2018-05-01", 1));
    repo.commit("of the one kind");
    assert!(repo.run(&["log", "a"]).answer().contains("Old a"));
    repo.remove("old/a.yaml").write("notes/a.yaml", note("a", "2019-05-01", 2));
    repo.commit("of the other");
    let output = repo.run(&["log", "a"]).answer();
    assert!(output.contains("2018-05-01") && !output.contains("Old a"), "{output}");
}

#[test]
fn the_working_tree_is_read_on_request_as_the_newest_revision() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", note("a", "2021-05-01", 4))
        .write("notes/new.yaml", note("new", "2021-05-01", 1));
    let committed = repo.run(&["log", "--format", "json"]);
    assert!(
        committed.stderr.contains("--worktree"),
        "uncommitted changes are pointed out: {}",
        committed.stderr
    );
    assert_eq!(dates(&committed.json()).len(), 3);
    let work = log(&repo, &["--worktree"]);
    assert_eq!(support::column(&work["records"], "record"), ["a", "new"]);
    assert_eq!(work["records"][0]["editions"][0]["commit"], "");
    assert!(repo.run(&["changelog", "a", "--worktree"]).answer().contains("level now 4, was 3"));
    repo.remove("notes/a.yaml");
    let gone = log(&repo, &["a", "--worktree"]);
    assert_eq!(dates(&gone).len(), 3, "a deleted file: the committed editions stay");
    assert_eq!(gone["records"][0]["ended"], "", "and the working tree is what ended it");
    repo.git(["checkout", "--quiet", "notes/a.yaml"]);
    repo.remove("notes/new.yaml");
    assert_eq!(log(&repo, &["--worktree"]), log(&repo, &[]), "nothing differs");
    repo.commit("nothing");
}

#[test]
fn a_shallow_clone_answers_with_a_qualification() {
    let repo = three_editions();
    let shallow = Repo::cloned_from(&repo, &["--depth", "1"]);
    let run = shallow.run(&["log", "a", "--format", "json"]);
    assert!(run.stderr.contains("shallow") && run.stderr.contains("git fetch --unshallow"), "{}", run.stderr);
    assert_eq!(dates(&run.json()), ["2020-05-01"]);
    let whole = repo.run(&["log", "a"]);
    assert!(!whole.stderr.contains("shallow"));
}

#[test]
fn bare_and_detached_repositories_answer_alike() {
    let repo = three_editions();
    let expected = log(&repo, &["a"]);
    let bare = Repo::cloned_from(&repo, &["--bare"]);
    assert_eq!(log(&bare, &["a"]), expected);
    assert!(bare.run(&["log", "--worktree"]).fault().contains("bare"));
    repo.git(["checkout", "--quiet", "--detach", "HEAD"]);
    assert_eq!(log(&repo, &["a"]), expected);
    repo.git(["checkout", "--quiet", "--detach", "HEAD~1"]);
    assert_eq!(dates(&log(&repo, &["a"])).len(), 2);
}

#[test]
fn an_empty_repository_and_no_repository_are_clear_errors() {
    let empty = Repo::empty();
    for args in [&["log"][..], &["changelog"], &["since"], &["diff"], &["show", "a"], &["explain", "abcdef"]]
    {
        let fault = empty.run(args).fault();
        assert!(fault.contains("no commits") && fault.contains("hint:"), "{args:?}: {fault}");
        let fault = support::run_in(empty.path().parent().expect("the temporary folder"), args).fault();
        assert!(fault.contains("not a git repository") && fault.contains("hint:"), "{args:?}: {fault}");
    }
}

#[test]
fn a_dataset_of_one_revision_has_nothing_to_compare() {
    let mut repo = notes::repo();
    repo.write("notes/a.yaml", note("a", "2020-05-01", 1));
    repo.commit("the only one");
    assert_eq!(dates(&log(&repo, &["a"])).len(), 1);
    assert!(repo.run(&["changelog", "a"]).answer().contains("nothing to compare"));
    assert!(repo.run(&["since", "a"]).answer().contains("level 1"));
    let fault = repo.run(&["diff", "a"]).fault();
    assert!(fault.contains("no edition before that of 2020-05-01") && fault.contains("hint:"), "{fault}");
}

#[test]
fn a_dataset_without_a_record_is_a_clear_error() {
    let fault = notes::repo().run(&["log"]).fault();
    assert!(fault.contains("no record was ever committed") && fault.contains("notes/**/*.yaml"), "{fault}");
}

#[test]
fn known_at_answers_as_the_repository_stood() {
    let mut repo = three_editions();
    repo.write("notes/a.yaml", note("a", "2019-05-01", 22));
    repo.commit("the past put right, and 2020 withdrawn");
    let at = |known: &str, as_of: &str| -> i64 {
        let run = repo.run(&["show", "a", "--as-of", as_of, "--known-at", known, "--format", "json"]);
        run.json()["content"]["level"].as_i64().expect("a number")
    };
    assert_eq!((at("HEAD", "2019"), at("HEAD", "2020")), (22, 22));
    assert_eq!((at("HEAD~1", "2019"), at("HEAD~1", "2020")), (2, 3));
    // Commits are a day apart from 14 July 2017 on: policy, 2018, 2019, 2020, the correction.
    assert_eq!((at("2017-07-17", "2019"), at("2017-07-17", "2020")), (2, 3));
    assert_eq!(at("2017-07", "2020"), 22);
    let fault = repo.run(&["log", "a", "--known-at", "2016"]).fault();
    assert!(fault.contains("nothing was committed by the end of 2016") && fault.contains("hint:"), "{fault}");
    let fault = repo.run(&["log", "a", "--known-at", "nowhere"]).fault();
    assert!(fault.contains("unknown revision `nowhere`"), "{fault}");
}

#[test]
fn a_git_revision_names_an_edition() {
    let mut repo = three_editions();
    repo.git(["tag", "spring"]);
    repo.write("notes/a.yaml", note("a", "2021-05-01", 4));
    repo.commit("edition of 2021");
    let answer = |args: &[&str]| -> String { repo.run(args).answer() };
    assert!(answer(&["diff", "a", "--from", "spring", "--to", "last"]).contains("3 → 4"));
    assert!(answer(&["diff", "a", "rev:HEAD~3..spring"]).contains("1 → 3"));
    assert!(answer(&["show", "a", "--as-of", "rev:spring", "--format", "yaml"]).contains("level: 3"));
}

#[test]
fn answers_do_not_depend_on_the_folder_they_are_asked_from() {
    let repo = three_editions();
    let expected = log(&repo, &["a"]);
    let from_below: Run = support::run_in(&repo.path().join("notes"), &["log", "a", "--format", "json"]);
    assert_eq!(from_below.json(), expected);
    let by_option = support::run_in(
        repo.path().parent().expect("above"),
        &["-C", "repo", "log", "a", "--format", "json"],
    );
    assert_eq!(by_option.json(), expected);
}

#[test]
fn nothing_is_written_to_the_repository() {
    let repo = three_editions();
    repo.write("notes/a.yaml", note("a", "2021-05-01", 4));
    let before = support::files_below(repo.path());
    for args in [
        &["log"][..],
        &["since"],
        &["changelog", "--worktree"],
        &["show", "a"],
        &["diff", "a"],
        &["log", "b"],
    ] {
        repo.run(args);
    }
    assert_eq!(support::files_below(repo.path()), before);
}

/// The second dataset's commits, each with what it wrote: the same files in every rewritten history below.
fn revisions() -> Vec<Vec<(String, Vec<u8>)>> {
    let mut folders: Vec<_> = std::fs::read_dir(support::fixture("second/history"))
        .expect("because it is part of the repository")
        .map(|entry| entry.expect("because it can be read").path())
        .collect();
    folders.sort();
    folders.iter().map(|folder| support::files_below(folder)).collect()
}

/// A way to commit the same contents.
#[derive(Clone, Debug)]
struct Rewriting {
    /// Commit times.
    times: Vec<i64>,
    /// After which revisions no commit is made, so that the next brings both; never two contents of one
    /// record.
    squashed: Vec<bool>,
    /// How many commits from the end the record files move to another folder.
    moved: usize,
    /// Which revision is made on a branch of its own and merged.
    branched: usize,
}

/// Commits the contents in their order, every commit with the same message.
fn rewritten(way: &Rewriting) -> Repo {
    use support::stream::{Stream, Tree};
    let mut stream = Stream::default();
    let mut tree: Tree = support::files_below(&support::fixture("second/policy")).into_iter().collect();
    let mut times = way.times.iter().copied();
    let mut time = move || times.next().unwrap_or(1_500_000_000);
    let mut tip = stream.commit("import", time(), &[], &tree);
    let revisions = revisions();
    let mut before = tree.clone();
    let mut waiting: Vec<&String> = Vec::new();
    for (at, files) in revisions.iter().enumerate() {
        tree.extend(files.iter().cloned());
        waiting.extend(files.iter().map(|(path, _)| path));
        let clashes = |next: &Vec<(String, Vec<u8>)>| next.iter().any(|(path, _)| waiting.contains(&path));
        if way.squashed[at] && revisions.get(at + 1).is_some_and(|next| !clashes(next)) {
            continue;
        }
        waiting.clear();
        if at == way.branched {
            let side = stream.commit("import", time(), &[tip], &tree);
            let mut other = before.clone();
            other.insert("notes.txt".to_owned(), b"not a record".to_vec());
            let ours = stream.commit("import", time(), &[tip], &other);
            tree.insert("notes.txt".to_owned(), b"not a record".to_vec());
            tip = stream.commit("import", time(), &[ours, side], &tree);
        } else {
            tip = stream.commit("import", time(), &[tip], &tree);
        }
        before = tree.clone();
    }
    if way.moved > 0 {
        let file = tree.remove("lights/skerry.yaml").expect("because it is a record");
        tree.insert(format!("lights/outer-{}.yaml", way.moved), file);
        stream.commit("import", time(), &[tip], &tree);
    }
    stream.write()
}

fn answers(repo: &Repo) -> Vec<String> {
    let runs: [&[&str]; 5] = [
        &["log"],
        &["log", "--format", "json"],
        &["changelog", "-v"],
        &["changelog", "--format", "json", "--continuing"],
        &["since", "--format", "json"],
    ];
    runs.iter().map(|args| support::mask_commits(&support::uncited(&repo.run(args).answer()))).collect()
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config {
        cases: 8, failure_persistence: None, ..Default::default()
    })]

    /// Commit times, squashed imports, merges and moves do not show in any answer but for the ids of commits.
    #[test]
    fn rewritten_history_gives_the_same_bytes(
        times in proptest::collection::vec(0_i64..2_000_000_000, 16),
        squashed in proptest::collection::vec(proptest::bool::ANY, 6),
        moved in 0_usize..3,
        branched in 0_usize..8,
    ) {
        static PLAIN: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
        let plain = PLAIN.get_or_init(|| {
            let times = (0..16).map(|at| 1_500_000_000 + at * 1000).collect();
            answers(&rewritten(&Rewriting { times, squashed: vec![false; 6], moved: 0, branched: 99 }))
        });
        let way = Rewriting { times, squashed, moved, branched };
        for (ours, theirs) in answers(&rewritten(&way)).iter().zip(plain) {
            proptest::prop_assert_eq!(ours, theirs, "{:?}", way);
        }
    }
}

/// An amendment squashed away is no longer listed; what is said of the editions stays.
#[test]
fn amendments_squashed_away_change_no_sentence() {
    let whole = rewritten(&Rewriting { times: vec![], squashed: vec![false; 6], moved: 0, branched: 99 });
    let mut repo = Repo::empty();
    repo.copy(&support::fixture("second/policy"));
    repo.commit("policy");
    for (at, files) in revisions().into_iter().enumerate() {
        // The third revision is amended by the fifth.
        if at != 2 {
            files.iter().for_each(|(path, bytes)| {
                repo.write(path, bytes);
            });
            repo.commit("import");
        }
    }
    for args in [&["changelog"][..], &["since"]] {
        let answer = |repo: &Repo| support::mask_commits(&repo.run(args).answer());
        assert_eq!(answer(&repo), answer(&whole));
    }
}
