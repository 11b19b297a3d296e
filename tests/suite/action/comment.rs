//! The comment on the pull request: whose it is, and what becomes of it where it cannot be written.

use super::Scene;
use super::runner::Job;
use super::server::Server;

const MARKER: &str = "<!-- sincewhen:pull-request -->";

#[test]
fn a_second_run_rewrites_the_comment_of_the_first() {
    let server = Server::start();
    let scene = Scene::right();
    for n in 0..120 {
        server.add_comment("somebody", &format!("comment {n}"));
    }
    for _ in 0..2 {
        Job::new(&server, "pull_request", scene.pull_request())
            .with("comment", "true")
            .run(&scene.checkout)
            .passed();
    }
    assert_eq!(server.comments().len(), 121);
    assert!(server.requests().iter().any(|r| r.starts_with("PATCH ")), "{:?}", server.requests());
}

/// Whoever posts the marker first could otherwise edit the report afterwards.
#[test]
fn a_comment_of_somebody_else_is_never_taken_for_the_actions_own() {
    let server = Server::start();
    let scene = Scene::right();
    let planted = format!("{MARKER}\nall is well");
    for author in ["stranger", "github-actions", "dependabot[bot]"] {
        server.add_comment(author, &planted);
    }
    Job::new(&server, "pull_request", scene.pull_request())
        .with("comment", "true")
        .run(&scene.checkout)
        .passed();
    let comments = server.comments();
    assert_eq!(comments.len(), 4);
    assert!(comments[..3].iter().all(|c| c.body == planted), "{comments:?}");
    assert_eq!(comments[3].author, "github-actions[bot]");
}

#[test]
fn another_author_can_be_named() {
    let server = Server::start();
    let scene = Scene::right();
    server.add_comment("our-app[bot]", MARKER);
    let job = Job::new(&server, "pull_request", scene.pull_request()).with("comment", "true");
    job.with("comment-author", "our-app[bot]").run(&scene.checkout).passed();
    assert_eq!(server.comments().len(), 1);
    assert!(server.comments()[0].body.contains("level now 2"), "{:?}", server.comments());
}

#[test]
fn the_comment_of_a_fork_goes_into_the_summary() {
    let server = Server::start();
    server.refuse_writing();
    let scene = Scene::right();
    let job = Job::new(&server, "pull_request", scene.of_a_fork()).with("comment", "true");
    let done = job.run(&scene.checkout).passed();
    assert!(done.summary.contains("level now 2"), "{done:#?}");
    assert!(done.step("Comment").log.starts_with("::notice "), "{done:#?}");

    let job =
        Job::new(&server, "pull_request", scene.pull_request()).with("comment", "true").by("dependabot[bot]");
    job.run(&scene.checkout).passed();
}

#[test]
fn a_token_that_may_not_write_is_an_error_where_it_should() {
    let server = Server::start();
    server.refuse_writing();
    let scene = Scene::right();
    let job = Job::new(&server, "pull_request", scene.pull_request()).with("comment", "true");
    job.run(&scene.checkout).refused("Comment", "pull-requests: write");
    let job = Job::new(&server, "pull_request", scene.pull_request())
        .with("comment", "true")
        .with("token", "expired");
    job.run(&scene.checkout).refused("Comment", "Bad credentials");
}

/// A comment of an earlier run must not stand there as if it were about the last commit.
#[test]
fn what_could_not_be_judged_is_stated_in_the_comment() {
    let server = Server::start();
    let scene = Scene::right();
    Job::new(&server, "pull_request", scene.pull_request())
        .with("comment", "true")
        .run(&scene.checkout)
        .passed();
    let job = Job::new(&server, "pull_request", scene.pull_request())
        .with("comment", "true")
        .with("version", "9.9.9");
    job.run(&scene.checkout).refused("Program", "no released program of version 9.9.9");
    let comments = server.comments();
    assert_eq!(comments.len(), 1);
    assert!(comments[0].body.contains("did not get as far as"), "{comments:?}");
}

#[test]
fn no_comment_is_written_unless_asked_for() {
    let server = Server::start();
    let scene = Scene::right();
    Job::new(&server, "pull_request", scene.pull_request()).run(&scene.checkout).passed();
    let event = serde_json::json!({"before": scene.main});
    Job::new(&server, "push", event).with("comment", "true").run(&scene.checkout).passed();
    assert_eq!(server.comments(), []);
    assert!(server.requests().iter().all(|r| r.starts_with("GET /releases/")), "{:?}", server.requests());
}
