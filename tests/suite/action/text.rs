//! What a pull request can make the program say never becomes a command to the runner, and no failure is
//! passed over.

use super::Scene;
use super::runner::{Job, Outcome};
use super::server::Server;
use crate::support::notes;

/// A pull request after which the manifest is this text.
fn with_manifest(text: &str, server: &Server) -> Outcome {
    let mut scene = Scene::right();
    scene.checkout.git(["checkout", "-q", "topic"]);
    scene.checkout.write("sincewhen.yaml", text);
    scene.head = scene.checkout.commit("manifest");
    Job::new(server, "pull_request", scene.pull_request())
        .with("comment", "true")
        .with("policy-from", "head")
        .run(&scene.checkout)
}

#[test]
fn no_text_of_the_branch_is_a_command_to_the_runner() {
    let server = Server::start();
    for command in [
        "##[stop-commands]owned",
        "##[add-mask]e",
        "##[error file=x]owned",
        "::stop-commands::owned",
        "::add-mask::e",
    ] {
        let quoted = notes::MANIFEST.replace("sincewhen.manifest/1", &format!("\"{command}\""));
        let unknown = format!("{}\"{command}\": 1\n", notes::MANIFEST);
        let broken_line = notes::MANIFEST.replace("sincewhen.manifest/1", &format!("\"a\\r{command}\""));
        for manifest in [quoted, unknown, broken_line] {
            let done = with_manifest(&manifest, &server);
            assert_ne!(done.step("Check").code, Some(0), "{done:#?}");
            for line in done.step("Check").log.split(['\n', '\r']) {
                let start = line.trim_start();
                let ours = ["::error ", "::warning ", "::notice "].iter().any(|own| start.starts_with(own));
                // A line that is one of the known commands is read as that command, whatever else it holds.
                assert!(ours || !(line.contains("##[") || start.starts_with("::")), "{command}: {line:?}");
            }
        }
    }
}

#[test]
fn a_branch_after_which_nothing_can_be_read_fails_the_job_and_is_reported() {
    let server = Server::start();
    let done = with_manifest("format: nonsense\n", &server);
    let check = done.step("Check");
    assert_eq!(check.code, Some(2), "{done:#?}");
    assert!(
        check.log.lines().any(|l| l.starts_with("::error title=sincewhen::what the commit changes")),
        "{done:#?}"
    );
    assert!(server.comments()[0].body.contains("could not write"), "{:?}", server.comments());
}

/// Under the base's rules the check can pass while the comment cannot be written.
#[test]
fn a_comment_that_cannot_be_written_fails_the_job() {
    let server = Server::start();
    let scene = Scene::right();
    let job = Job::new(&server, "pull_request", scene.pull_request()).with("binary", "sincewhen");
    job.install(
        "sincewhen",
        "#!/bin/sh\n[ \"$1\" = changelog ] || exit 0\necho 'error: ##[add-mask]e' >&2\nexit 2\n",
    );
    let done = job.run(&scene.checkout);
    assert_eq!(done.step("Check").code, Some(2), "{done:#?}");
    assert!(done.step("Check").log.contains("# #[add-mask]e"), "{done:#?}");
}

/// The job judges by the base's rules, and so does the comment: a branch cannot choose the words in which it
/// is reported.
#[test]
fn the_comment_is_written_by_the_rules_of_the_base() {
    let server = Server::start();
    let mut scene = Scene::right();
    scene.checkout.git(["checkout", "-q", "topic"]);
    let rule = "rules/acts/level-changed.yaml";
    let text = std::fs::read_to_string(scene.checkout.path().join(rule)).expect("ours");
    scene.checkout.write(rule, text.replace("level now", "all is well, level"));
    scene.head = scene.checkout.commit("other words");
    let run = |policy: &str| {
        let job = Job::new(&server, "pull_request", scene.pull_request())
            .with("comment", "true")
            .with("policy-from", policy);
        job.run(&scene.checkout);
        server.comments()[0].body.clone()
    };
    assert!(run("head").contains("all is well"));
    let by_base = run("base");
    assert!(by_base.contains("level now 2") && !by_base.contains("all is well"), "{by_base}");
}

#[test]
fn a_maintainer_accepts_a_finding_by_its_fingerprint() {
    let server = Server::start();
    let scene = Scene::wrong();
    let found =
        scene.checkout.run(&["check", "--base", "HEAD^1", "--today", "2024-01-02", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&found.stdout).expect("ours");
    let prints: Vec<&str> = crate::support::column(&found["findings"], "fingerprint");
    assert!(!prints.is_empty());
    let job =
        |accepted: &str| Job::new(&server, "pull_request", scene.pull_request()).with("accept", accepted);
    job(&prints.join(",")).run(&scene.checkout).passed();
    assert_eq!(job("000000000000").run(&scene.checkout).step("Check").code, Some(1));
}

#[test]
fn the_check_is_made_before_the_comment() {
    let server = Server::start();
    let scene = Scene::right();
    let job = Job::new(&server, "pull_request", scene.pull_request()).with("binary", "sincewhen");
    job.install("sincewhen", "#!/bin/sh\necho \"run: $1\" >&2\n");
    let done = job.run(&scene.checkout).passed();
    let log = &done.step("Check").log;
    assert!(log.find("run: check") < log.find("run: changelog") && log.contains("run: changelog"), "{log}");
}
