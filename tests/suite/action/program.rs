//! Where the program comes from: never from the pull request.

use super::Scene;
use super::runner::Job;
use super::server::Server;

const LINUX: &str = "x86_64-unknown-linux-gnu";

#[test]
fn the_newest_listed_release_is_taken_or_the_one_named() {
    let server = Server::start();
    let scene = Scene::right();
    for (version, wanted) in [("", "0.2.0"), ("0.1.0", "0.1.0"), ("v0.1.0", "0.1.0")] {
        let job = Job::new(&server, "pull_request", scene.pull_request()).with("version", version);
        job.release("0.2.0", LINUX, None);
        job.release("0.3.0", "aarch64-unknown-linux-gnu", None);
        let done = job.run(&scene.checkout).passed();
        assert!(done.outputs["binary"].contains(wanted), "{done:#?}");
    }
}

#[test]
fn a_download_that_is_not_the_release_is_refused() {
    let server = Server::start();
    let scene = Scene::right();
    let job = Job::new(&server, "pull_request", scene.pull_request());
    job.release("0.2.0", LINUX, Some(&"0".repeat(64)));
    job.run(&scene.checkout).refused("Program", "is not that release");
    assert!(!job.temp().join("sincewhen-0.2.0").exists(), "nothing of it was unpacked");
}

#[test]
fn an_address_that_does_not_answer_is_an_error() {
    let server = Server::start();
    let scene = Scene::right();
    let job = Job::new(&server, "pull_request", scene.pull_request());
    let table = job.action().join("scripts/action/releases.tsv");
    std::fs::write(table, format!("1.0.0\tprogram\t{LINUX}\t{}\t{}/nowhere\n", "0".repeat(64), server.url))
        .expect("ours");
    job.run(&scene.checkout).refused("Program", "cannot be downloaded");
}

#[test]
fn an_installed_program_is_named_by_its_path_or_found_on_the_path() {
    let server = Server::start();
    let scene = Scene::right();
    let job = |binary: &str| Job::new(&server, "pull_request", scene.pull_request()).with("binary", binary);
    job(env!("CARGO_BIN_EXE_sincewhen")).run(&scene.checkout).passed();
    let on_path = job("sincewhen");
    on_path.install("sincewhen", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", env!("CARGO_BIN_EXE_sincewhen")));
    on_path.run(&scene.checkout).passed();
    job("nowhere").run(&scene.checkout).refused("Program", "not an executable program");
    job("/nowhere/sincewhen").run(&scene.checkout).refused("Program", "not an executable program");
    assert_eq!(server.requests(), [] as [&str; 0], "nothing is downloaded");
}

#[test]
fn a_program_of_the_pull_request_is_refused() {
    let server = Server::start();
    let mut scene = Scene::right();
    scene.checkout.git(["checkout", "-q", "topic"]);
    scene.checkout.write("tool/sincewhen", "#!/bin/sh\necho OWNED\n");
    scene.checkout.git(["add", "--chmod=+x", "tool/sincewhen"]);
    let path = scene.checkout.path().join("tool/sincewhen");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("ours");
    scene.head = scene.checkout.commit("a program");
    for binary in [path.to_str().expect("ours"), "tool/sincewhen", "./tool/sincewhen"] {
        let done = Job::new(&server, "pull_request", scene.pull_request())
            .with("binary", binary)
            .run(&scene.checkout);
        assert!(!format!("{done:?}").contains("OWNED"), "{done:#?}");
        done.refused("Program", "the input 'binary'");
    }
}

#[test]
fn nothing_is_built_unless_asked_for_and_then_outside_the_checkout() {
    let server = Server::start();
    let mut scene = Scene::right();
    scene.checkout.git(["checkout", "-q", "topic"]);
    scene.checkout.write("rust-toolchain.toml", "[toolchain]\npath = \"/anywhere/evil\"\n");
    scene.checkout.write(".cargo/config.toml", "[build]\nrustc-wrapper = \"evil\"\n");
    scene.head = scene.checkout.commit("another compiler");
    let job = || Job::new(&server, "pull_request", scene.pull_request()).with("build", "true");
    job().run(&scene.checkout).refused("Program", "there is no cargo");

    let with_cargo = job();
    let note = with_cargo.temp().join("started-in");
    let copy = with_cargo.temp().join("sincewhen-built/bin/sincewhen");
    let script = format!(
        "#!/bin/sh\npwd > '{}'\nmkdir -p '{}'\ncat '{}' > '{}'\n/bin/chmod +x '{}'\n",
        note.display(),
        copy.parent().expect("ours").display(),
        env!("CARGO_BIN_EXE_sincewhen"),
        copy.display(),
        copy.display(),
    );
    with_cargo.install("cargo", &script);
    with_cargo.run(&scene.checkout).passed();
    let folder = std::path::PathBuf::from(std::fs::read_to_string(note).expect("ours").trim());
    assert!(!folder.starts_with(scene.checkout.path()), "{}", folder.display());
    for above in folder.ancestors() {
        assert!(
            !above.join("rust-toolchain.toml").exists() && !above.join(".cargo").exists(),
            "{}",
            above.display()
        );
    }

    let untouched = Job::new(&server, "pull_request", scene.pull_request());
    untouched.install("cargo", "#!/bin/sh\necho OWNED; exit 1\n");
    untouched.run(&scene.checkout).passed();
}

#[test]
fn inputs_that_exclude_each_other_are_refused() {
    let server = Server::start();
    let scene = Scene::right();
    for [a, b] in [["binary", "build"], ["binary", "version"], ["version", "build"]] {
        let value = |name: &str| if name == "build" { "true" } else { "1.0.0" };
        let job = Job::new(&server, "pull_request", scene.pull_request()).with(a, value(a)).with(b, value(b));
        job.run(&scene.checkout).refused("Program", "exclude each other");
    }
    let job = Job::new(&server, "pull_request", scene.pull_request()).with("build", "yes");
    job.run(&scene.checkout).refused("Program", "true or false");
}
