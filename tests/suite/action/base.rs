//! The commit that the checked-out one is judged against, event by event; and that the job ends where it is
//! not to be had.

use super::Scene;
use super::runner::{Job, Outcome};
use super::server::Server;
use crate::support::Repo;
use crate::support::notes::note;
use serde_json::json;

const ZERO: &str = "0000000000000000000000000000000000000000";

#[test]
fn a_pull_request_is_not_blamed_for_what_was_merged_in_the_meantime() {
    let server = Server::start();
    let scene = Scene::right();
    let done = Job::new(&server, "pull_request", scene.pull_request())
        .with("comment", "true")
        .run(&scene.checkout)
        .passed();
    assert_eq!(done.outputs["base"], scene.main, "the merge commit's first parent");
    let comments = server.comments();
    assert_eq!(comments.len(), 1);
    assert!(
        comments[0].body.contains("level now 2") && !comments[0].body.contains("notes/b"),
        "{comments:?}"
    );
}

#[test]
fn what_the_pull_request_itself_does_is_judged() {
    let server = Server::start();
    let scene = Scene::wrong();
    let done =
        Job::new(&server, "pull_request", scene.pull_request()).with("comment", "true").run(&scene.checkout);
    assert_eq!(done.codes(), [("Base", 0), ("Program", 0), ("Check", 1), ("Comment", 0)], "{done:#?}");
    assert!(done.step("Check").log.contains("file=notes/a.yaml"), "{done:#?}");
    assert_eq!(server.comments().len(), 1, "the comment is written though the check has found something");
}

#[test]
fn the_head_of_a_pull_request_may_be_checked_out() {
    let server = Server::start();
    for (scene, code) in [(Scene::right(), 0), (Scene::wrong(), 1)] {
        scene.checkout.git(["checkout", "-q", "--detach", "topic"]);
        let done = Job::new(&server, "pull_request_target", scene.pull_request()).run(&scene.checkout);
        assert_eq!(done.step("Check").code, Some(code), "{done:#?}");
        assert_eq!(done.outputs["base"], scene.main, "where the base branch is now");
    }
}

#[test]
fn the_head_may_be_checked_out_where_the_clone_has_no_branch() {
    let server = Server::start();
    let scene = Scene::wrong();
    scene.checkout.git(["checkout", "-q", "--detach", "topic"]);
    scene.checkout.git(["update-ref", "-d", "refs/remotes/origin/main"]);
    let done = Job::new(&server, "pull_request", scene.pull_request()).run(&scene.checkout);
    assert_eq!((done.step("Check").code, &done.outputs["base"]), (Some(1), &scene.opened_at), "{done:#?}");
}

#[test]
fn another_commit_than_the_pull_requests_is_refused() {
    let server = Server::start();
    // What actions/checkout does on `pull_request_target`.
    let scene = Scene::wrong();
    scene.checkout.git(["checkout", "-q", "--detach", "main"]);
    let job = Job::new(&server, "pull_request_target", scene.pull_request());
    job.run(&scene.checkout).refused("Base", "is neither the head of the pull request");

    // A merge of the right head into something that was never on the base branch.
    let mut scene = Scene::wrong();
    scene.checkout.git(["checkout", "-q", "--detach", "topic"]);
    scene.checkout.write("notes/b.yaml", note("b", "2023-01-01", 9));
    scene.checkout.commit("in no branch of the repository");
    scene.checkout.git(["merge", "-q", "--no-ff", "-m", "a merge of one's own", "-s", "ours", "topic~0"]);
    let mut event = scene.pull_request();
    event["sha"] = json!(scene.merge);
    Job::new(&server, "pull_request", event).run(&scene.checkout).refused("Base", "is neither the head");
}

#[test]
fn a_merge_group_is_judged_against_its_base() {
    let server = Server::start();
    let scene = Scene::wrong();
    let group = |head: &str, base: &str| json!({"merge_group": {"head_sha": head, "base_sha": base}});
    let run = |event| Job::new(&server, "merge_group", event).run(&scene.checkout);
    let done = run(group(&scene.merge, &scene.main));
    assert_eq!((done.step("Check").code, &done.outputs["base"]), (Some(1), &scene.main), "{done:#?}");
    run(group(&scene.head, &scene.main)).refused("Base", "is not the merge group's");
    run(group(&scene.merge, &scene.head.replace(|c| c != '0', "1")))
        .refused("Base", "does not have the merge group's base");
}

#[test]
fn a_push_is_judged_against_what_stood_there_before() {
    let server = Server::start();
    let scene = Scene::wrong();
    let run = |before: &str| Job::new(&server, "push", json!({"before": before})).run(&scene.checkout);
    let done = run(&scene.main);
    assert_eq!((done.step("Check").code, &done.outputs["base"]), (Some(1), &scene.main), "{done:#?}");
    run(ZERO).refused("Base", "this push created the branch");
    run("").refused("Base", "this push created the branch");
    run("1111111111111111111111111111111111111111").refused("Base", "the push rewrote the branch");
}

/// The merge base would hide what the dropped commits held.
#[test]
fn a_push_that_rewrites_the_branch_is_refused() {
    let server = Server::start();
    let mut scene = Scene::right();
    scene.checkout.git(["checkout", "-q", "-B", "other", &scene.main]);
    scene.checkout.write("notes/c.yaml", note("c", "2023-01-01", 1));
    let before = scene.checkout.commit("a note that the push drops");
    scene.checkout.git(["checkout", "-q", "--detach", &scene.merge]);
    let job = Job::new(&server, "push", json!({"before": before}));
    job.run(&scene.checkout).refused("Base", "the branch was rewritten");
    let job = Job::new(&server, "push", json!({"before": before})).with("base", &scene.main);
    assert_eq!(job.run(&scene.checkout).passed().outputs["base"], scene.main, "a person may choose");
}

#[test]
fn events_without_a_base_need_the_input() {
    let server = Server::start();
    let scene = Scene::wrong();
    for event in ["workflow_dispatch", "schedule", "release", "issue_comment"] {
        Job::new(&server, event, json!({})).run(&scene.checkout).refused("Base", "give the input 'base'");
    }
    let dispatch = |base: &str| {
        Job::new(&server, "workflow_dispatch", json!({})).with("base", base).run(&scene.checkout)
    };
    for base in ["main", "origin/main", "HEAD^1", &scene.main] {
        let done = dispatch(base);
        assert_eq!(
            (done.step("Check").code, &done.outputs["base"]),
            (Some(1), &scene.main),
            "{base}: {done:#?}"
        );
    }
    scene.checkout.git(["branch", "-q", "-D", "main"]);
    assert_eq!(dispatch("main").outputs["base"], scene.main, "the branch of the server");
    dispatch("HEAD").refused("Base", "there is nothing to judge");
    for hostile in ["--help", "-n", "nonsense", "main:notes", "$(touch x)", "a\nb"] {
        dispatch(hostile).refused("Base", "no such commit");
    }
}

#[test]
fn a_clone_without_the_history_is_refused() {
    let server = Server::start();
    let scene = Scene::wrong();
    scene.checkout.git(["branch", "-q", "merged", &scene.merge]);
    let shallow = Repo::cloned_from(&scene.checkout, &["--depth", "2", "--branch", "merged"]);
    let job = Job::new(&server, "pull_request", scene.pull_request());
    job.run(&shallow).refused("Base", "fetch-depth: 0");
    let empty = Repo::empty();
    Job::new(&server, "push", json!({"before": ZERO, "sha": ZERO}))
        .run(&empty)
        .refused("Base", "no commit is checked out");
}

#[test]
fn histories_without_a_common_ancestor_are_refused() {
    let server = Server::start();
    let scene = Scene::wrong();
    scene.checkout.git(["checkout", "-q", "--orphan", "alone"]);
    let done: Outcome = {
        let mut repo = scene.checkout;
        repo.commit("from nothing");
        Job::new(&server, "workflow_dispatch", json!({})).with("base", &scene.main).run(&repo)
    };
    done.refused("Base", "no common ancestor");
}

/// git takes a folder with HEAD, objects and refs for a repository; a pull request can carry one, with
/// settings that run commands.
#[test]
fn a_repository_that_the_pull_request_brings_along_is_not_asked() {
    let server = Server::start();
    for settings in [&["core.bare", "true"][..], &["core.bare", "false"]] {
        let mut scene = Scene::wrong();
        let own = &scene.checkout;
        own.git(["checkout", "-q", "topic"]);
        let inner = own.path().join("notes");
        own.git(["init", "-q", "--bare", "inner.git"]);
        for part in ["HEAD", "config", "objects", "refs"] {
            std::fs::rename(own.path().join("inner.git").join(part), inner.join(part)).expect("ours");
        }
        std::fs::remove_dir_all(own.path().join("inner.git")).expect("ours");
        own.git([&["config", "--file", "notes/config"], settings].concat());
        own.git(["config", "--file", "notes/config", "core.worktree", ".."]);
        own.write("notes/objects/keep", "").write("notes/refs/keep", "");
        own.git(["--git-dir=.git", "--work-tree=.", "add", "--all", "--force"]);
        scene.head = scene.checkout.commit("a note");
        let done = Job::new(&server, "push", json!({"before": scene.opened_at}))
            .with("directory", "notes")
            .run(&scene.checkout);
        done.refused("Base", "repository");
        // The program itself, started in that folder.
        let fault = scene.checkout.run(&["-C", "notes", "check"]).fault();
        assert!(fault.contains("notes/ is a repository that a commit of"), "{fault}");
    }
}
