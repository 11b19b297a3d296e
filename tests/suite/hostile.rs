//! Everything in a pull request is a stranger's text. Each of these tests shows what becomes of one kind of
//! it.

use crate::support;

use std::collections::BTreeSet;
use support::Repo;
use support::guard::{self, FIN, KAZ, check, edit, findings, lines};
use support::notes;

/// A value that no field allows, so that it is quoted in a message.
fn planted(value: &str) -> Repo {
    let repo = guard::committed();
    edit(
        &repo,
        KAZ,
        "participation: observer, sources: [p2016]",
        &format!("participation: {value}, sources: [p2016]"),
    );
    repo
}

#[test]
fn values_cannot_become_workflow_commands() {
    let repo = planted("\"x\\n::error file=a::owned\\r\\n::set-output name=a::b %0A::warning::c\"");
    let out = check(&repo, &["--format", "github"]).stdout;
    let commands: Vec<&str> = out.lines().filter(|line| line.starts_with("::")).collect();
    assert_eq!(commands.len(), 1, "{out}");
    assert!(
        commands[0].starts_with("::error file=dataset/countries/KAZ/cluster-munitions.yaml,line="),
        "{out}"
    );
    assert!(out.lines().all(|line| !line.trim_start().starts_with("::set-output")), "{out}");
    assert!(commands[0].contains("%250A"), "a percent sign is escaped: {out}");
}

#[test]
fn values_cannot_break_out_of_xml() {
    let repo = planted("\"]]><script>&amp;\\u0001\\u0008\\uFFFE\"");
    let out = check(&repo, &["--format", "junit"]).stdout;
    assert!(!out.contains("<script>") && !out.contains("]]><"), "{out}");
    assert!(out.chars().all(|c| !c.is_control() || c == '\n'), "{out:?}");
}

#[test]
fn values_cannot_steer_sarif_readers() {
    let repo = planted("\"[click](https://evil.example) \\u001b[31m\"");
    let out = check(&repo, &["--format", "sarif"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&out).expect("because it is JSON");
    let results = json["runs"][0]["results"].as_array().expect("because there are results");
    let message = results[0]["message"]["text"].as_str().expect("a text");
    assert!(message.contains("\\[click\\](https"), "{message}");
    assert!(message.chars().all(|c| !c.is_control()), "{message:?}");
}

#[test]
fn values_stay_text_in_markdown() {
    let repo = planted(
        "\"`|x|` <script>alert(1)</script> @everyone **bold** ![i](http://e.example/a.png) <!-- --> #1\"",
    );
    for out in [check(&repo, &["--format", "markdown"]).stdout, {
        let mut repo = repo;
        repo.git(["checkout", "--quiet", "-b", "edit"]);
        repo.commit("hostile");
        guard::run(&repo, &["changelog", "main...edit", "--format", "markdown"]).answer()
    }] {
        assert!(out.contains("alert(1)"), "{out}");
        for row in out.lines().filter(|line| line.contains("alert(1)")) {
            // Outside code spans nothing of it is left as it was.
            let outside: String = row.split('`').step_by(2).collect();
            for bad in ["<script", "**bold", "![i]", "<!--", "@everyone"] {
                assert!(!outside.contains(bad), "{bad} in {outside}\n{row}");
            }
            let cells = row.replace("\\|", "").matches('|').count();
            assert_eq!(cells, 4, "a bar ends no cell: {row}");
        }
    }
}

#[test]
fn values_and_lines_cannot_steer_a_terminal() {
    let repo = planted("\"a\u{202e}b\u{9b}31mc\u{200f}\"");
    edit(&repo, KAZ, "supports_aims: true", "supports_aims: false # \u{202e}kcab \u{2066}");
    edit(&repo, KAZ, "date: 2012-04-17", "date: 2021-04-17 # \u{9b}31m \u{061c}");
    for format in ["text", "markdown", "github", "junit", "sarif"] {
        let out = check(&repo, &["--format", format, "--color", "never", "-v"]).stdout;
        let bad: Vec<char> = out
            .chars()
            .filter(|c| {
                (c.is_control() && *c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
                    || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
            })
            .collect();
        assert!(bad.is_empty(), "{format}: {bad:?}\n{out}");
    }
    // A byte of the terminal's own control set stands in no text that YAML allows.
    assert!(lines(&findings(&repo, &[])).iter().any(|line| line.starts_with("yaml-encoding")));
}

#[cfg(unix)]
#[test]
fn file_names_of_any_bytes() {
    use std::os::unix::ffi::OsStrExt;
    let mut repo = guard::committed();
    repo.git(["checkout", "--quiet", "-b", "edit"]);
    let folder = repo.path().join("dataset/countries/KAZ");
    for name in [
        &b"a\n::error::owned.yaml"[..],
        b"b\xff\xfe.yaml",
        b"c,d:e%0A.yaml",
        b"`|<b>.yaml",
        "\u{202e}lmay.yaml".as_bytes(),
    ] {
        std::fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), "a: [")
            .expect("because the folder is ours");
    }
    repo.commit("names");
    for args in [&["--format", "github"][..], &["--format", "github", "--base", "main"]] {
        let out = check(&repo, args).stdout;
        assert_eq!(out.lines().filter(|line| line.starts_with("::error ")).count(), 5, "{out}");
        assert!(out.lines().all(|line| !line.starts_with("::error::")), "{out}");
        assert!(out.contains("c%2Cd%3Ae%250A.yaml"), "{out}");
    }
    let sarif: serde_json::Value =
        serde_json::from_str(&check(&repo, &["--format", "sarif"]).stdout).expect("because it is JSON");
    let uris: BTreeSet<&str> = sarif["runs"][0]["results"]
        .as_array()
        .expect("because there are results")
        .iter()
        .filter_map(|r| r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str())
        .collect();
    assert!(uris.contains("dataset/countries/KAZ/b%FF%FE.yaml"), "{uris:?}");
    assert!(uris.iter().all(|uri| uri.is_ascii() && !uri.contains(['\n', '`', '|', '<'])), "{uris:?}");
    for format in ["text", "markdown", "junit"] {
        let out = check(&repo, &["--format", format, "--color", "never"]).stdout;
        assert!(!out.contains('\u{202e}') && !out.contains("\n::error"), "{format}: {out}");
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_tree_are_not_followed() {
    let repo = guard::committed();
    let secret = repo.beside("secret.yaml");
    std::fs::write(&secret, "country: SECRET\n").expect("because the folder is ours");
    repo.remove(FIN);
    std::os::unix::fs::symlink(&secret, repo.path().join(FIN)).expect("because the folder is ours");
    let found = findings(&repo, &[]);
    assert_eq!(lines(&found), ["file-kind 0:0-0:0 this is a symbolic link, not a file"]);
    // Nor is a link to a folder, a calendar that is a link, or a schema.
    let repo = guard::committed();
    let outside = repo.beside("outside");
    std::fs::create_dir(&outside).expect("because the folder is ours");
    std::fs::write(outside.join("mine-ban.yaml"), "country: SECRET\n").expect("because the folder is ours");
    std::os::unix::fs::symlink(&outside, repo.path().join("dataset/countries/SWE"))
        .expect("because the folder is ours");
    let linked = "file-kind 0:0-0:0 this is a symbolic link, not a file";
    assert_eq!(lines(&findings(&repo, &[])), [linked]);
    let calendar = "dataset/calendars/ccm-meetings.yaml";
    repo.remove(calendar);
    std::os::unix::fs::symlink(&secret, repo.path().join(calendar)).expect("because the folder is ours");
    let out = check(&repo, &[]);
    assert!(!out.stdout.contains("SECRET") && !out.stderr.contains("SECRET"), "{}{}", out.stdout, out.stderr);
    let schema = "schema/position.schema.json";
    repo.remove(schema);
    std::os::unix::fs::symlink("/etc/passwd", repo.path().join(schema)).expect("because the folder is ours");
    let fault = check(&repo, &[]).fault();
    assert!(!fault.contains("root:"), "{fault}");
}

#[test]
fn schemas_reach_no_network_and_no_other_folder() {
    for target in [
        "https://evil.example/schema.json",
        "http://127.0.0.1:9/s.json",
        "../dataset/states.yaml",
        "../../etc/passwd",
        "file:///etc/passwd",
        "elsewhere.schema.json",
    ] {
        let repo = guard::committed();
        edit(
            &repo,
            "schema/position.schema.json",
            "\"partialDate\": {\"type\": \"string\",",
            &format!("\"partialDate\": {{\"$ref\": \"{target}\", \"type\": \"string\","),
        );
        let fault = check(&repo, &[]).fault();
        assert!(fault.contains("position.schema.json: the schema cannot be used"), "{target}: {fault}");
        assert!(!fault.contains("root:"), "{fault}");
    }
}

#[test]
fn templates_that_loop_or_grow_are_stopped() {
    let mut repo = notes::three_editions();
    for template in [
        "{% for a in ['x'] * 99999999 %}{{ a }}{% endfor %}".to_owned(),
        format!("{{% set x = 'xxxxxxxx' %}}{}{{{{ x }}}}", "{% set x = x ~ x %}".repeat(40)),
        "{{ 'a' * 9999999999 }}".to_owned(),
        "{{ (['a'] * 99999999) | and_list }}".to_owned(),
    ] {
        let rule = format!(
            "title: Grows\nsignificance: minor\nmatch: [{{field: level}}]\nwords: \
                {{any: \"{template}\"}}\nwhy: None.\nno_mirror: None.\n"
        );
        repo.write("rules/acts/level-changed.yaml", rule);
        repo.commit("grows");
        let started = std::time::Instant::now();
        let output = repo.run(&["changelog", "a"]).answer();
        assert!(output.replace('\n', " ").contains("ran out of fuel"), "{template}: {output}");
        assert!(started.elapsed().as_secs() < 20, "the work is bounded");
    }
}

#[test]
fn bombs_and_large_files_are_refused_and_the_rest_is_checked() {
    let repo = guard::committed();
    let mut bomb = String::from("a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    for (one, next) in
        ["a", "b", "c", "d", "e", "f", "g", "h"].iter().zip(["b", "c", "d", "e", "f", "g", "h", "i"])
    {
        bomb.push_str(&format!(
            "{next}: &{next} [*{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, *{one}, \
                *{one}]\n"
        ));
    }
    let wide = format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(10_000), "*a, ".repeat(10_000));
    let hostile =
        [bomb, wide, "[".repeat(100_000), "- ".repeat(20_000), format!("a: {}", "{a: ".repeat(5_000))];
    for (at, text) in hostile.iter().enumerate() {
        repo.write(&format!("dataset/countries/SWE/{at}.yaml"), text);
    }
    let large = std::fs::File::create(repo.path().join("dataset/countries/SWE/large.yaml"))
        .expect("because the folder is ours");
    large.set_len(100 << 20).expect("because a sparse file takes no room");
    edit(&repo, FIN, "status: party", "status: partly");
    let started = std::time::Instant::now();
    let found = findings(&repo, &["--base", "HEAD"]);
    assert!(started.elapsed().as_secs() < 60, "the work is bounded");
    let limits = found.iter().filter(|f| f["rule"] == "yaml-limits").count();
    assert!(
        limits >= 4,
        "{:?}",
        lines(&found).iter().map(|l| l.chars().take(120).collect::<String>()).collect::<Vec<_>>()
    );
    assert!(found.iter().any(|f| f["rule"] == "schema-value"), "the rest is checked");
    assert!(
        found.iter().any(|f| f["file"] == "dataset/countries/SWE/large.yaml" && f["rule"] == "yaml-limits")
    );
}

#[test]
fn a_very_long_line_is_cut_in_text() {
    let repo = guard::committed();
    let long = "x".repeat(300_000);
    edit(
        &repo,
        KAZ,
        "participation: observer, sources: [p2016]",
        &format!("note: {long}, participation: observers, sources: [p2016]"),
    );
    let out = check(&repo, &["--color", "never"]).stdout;
    assert!(
        out.contains("observers") && out.lines().all(|line| line.chars().count() < 400),
        "{}",
        out.chars().take(2_000).collect::<String>()
    );
    let json = findings(&repo, &[]);
    assert!(json[0]["column"].as_u64() > Some(300_000));
}

#[test]
fn names_from_the_file_are_cut_and_cleaned_in_messages() {
    let repo = guard::committed();
    let key = format!("\"{}\\u0007\"", "k".repeat(5_000));
    edit(&repo, KAZ, "  supports_aims: true", &format!("  ? {key}\n  : 1\n  supports_aims: true"));
    for line in lines(&findings(&repo, &[])) {
        assert!(line.chars().count() < 400 && !line.contains('\u{7}'), "{line}");
    }
}

/// GitHub makes links of more than Markdown does: nothing of it stands in a comment or a job's summary
/// outside of code. Each kind has its line in "Autolinked references and URLs" of GitHub's documentation.
#[test]
fn nothing_that_github_links_is_linked() {
    let bad = [
        "https://evil.example/a_b",
        "HTTP://evil.example",
        "www.evil.example",
        "ftp://evil.example",
        "@everyone",
        "somebody@evil.example",
        "#1234",
        "GH-1234",
        "owner/project#12",
        "a5c3785ed8d6a35868bc169f07e40e889087fd2e",
        "0a1b2c3d",
    ];
    let mut repo = notes::repo();
    repo.git(["checkout", "--quiet", "-b", "edit"]);
    let text = bad.join(" ");
    repo.write(
        "notes/a.yaml",
        format!("{}text: \"{text}\"\nunknown_field: 1\n", notes::note("a", "2024-03-01", 9)),
    );
    repo.write("notes/b.yaml", format!("name: b\ndated: \"{text}\"\nlevel: 1\n"));
    repo.commit("hostile");
    let comment = repo.run(&["changelog", "main...edit", "--format", "markdown", "--today", "2024-03-01"]);
    let checked = repo.run(&["check", "--format", "markdown", "--today", "2024-03-01"]);
    assert!(checked.stdout.contains("evil.example"), "{}", checked.stdout);
    for out in [comment.stdout, checked.stdout] {
        let outside: String = out.lines().flat_map(|line| line.split('`').step_by(2)).collect();
        for one in bad {
            assert!(!outside.contains(one), "{one} in {outside}");
        }
    }
}
