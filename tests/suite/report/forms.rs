//! The forms of a report, its options, and hostile text in all of them.

use super::support::Repo;

const HOSTILE: &str = "<script>alert(1)</script> | `x` [a](javascript:b) {{ 7 * 7 }} \u{1b}[2J @everyone";

fn hostile() -> Repo {
    let repo = Repo::new();
    let clubs = std::fs::read_to_string(repo.dir.path().join("dataset/clubs.yaml")).expect("ours");
    let name = "'<img src=x onerror=alert(2)>\"'";
    repo.write(
        "dataset/clubs.yaml",
        &clubs.replace("name: Rowers, area: North", &format!("name: {name}, area: \"=1+1\"")),
    );
    repo.edition("AUT", "2016-12-01", "charter: {status: outside}\n");
    let remark = serde_json::to_string(HOSTILE).expect("ours");
    repo.edition(
        "AUT",
        "2017-12-01",
        &format!("charter: {{status: \"<b>odd</b>\"}}\nremark: {remark}\nsummary: '=cmd'\n"),
    );
    repo
}

#[test]
fn hostile_text_is_harmless_in_every_form() {
    let repo = hostile();
    for format in ["text", "markdown", "csv", "html"] {
        let answer = repo.run(&["report", "2017", "--format", format]);
        assert!(!answer.contains('\u{1b}'), "--format {format} lets an escape code through");
    }
    let markdown = repo.run(&["report", "2017", "--format", "markdown"]);
    let escaped = markdown.matches("\\<script\\>").count();
    assert!(
        escaped > 0 && escaped == markdown.matches("<script").count() && !markdown.contains("@everyone"),
        "{markdown}"
    );
    let page = repo.run(&["report", "2017", "--format", "html"]);
    assert!(page.contains("&lt;script&gt;alert(1)") && page.contains("{{ 7 * 7 }}"), "text stays text");
    assert!(
        !page.contains("<script>alert") && !page.contains("<img src=x") && !page.contains("<b>odd"),
        "nothing becomes markup"
    );
    let table = repo.run(&["report", "2017", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<csv::StringRecord> =
        reader.records().map(|row| row.expect("every row has the same columns")).collect();
    assert_eq!(rows.len(), 2, "one change a row");
    assert!(
        rows.iter().all(|row| row.iter().any(|cell| cell == "'=1+1")),
        "a formula gets an apostrophe: {rows:?}"
    );
    assert!(
        !rows.iter().any(|row| row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@']))),
        "{rows:?}"
    );
}

#[test]
fn csv_has_one_change_a_row_with_its_proof() {
    let repo = Repo::new();
    repo.edition("AUT", "2016-12-01", "charter: {status: outside}\n");
    let commit = repo.edition("AUT", "2017-12-01", "charter: {status: inside, 'on': 2017-03-02}\n");
    let table = repo.run(&["report", "2017", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().expect("ours").clone();
    let row = reader.records().next().expect("a row").expect("ours");
    let cell =
        |name: &str| &row[head.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"))];
    assert_eq!(
        (cell("record"), cell("club"), cell("area"), cell("section")),
        ("AUT/charter", "AUT", "North", "charter")
    );
    assert_eq!(
        (cell("from_edition"), cell("edition"), cell("date")),
        ("2016-12-01", "2017-12-01", "2017-03-02")
    );
    assert_eq!((cell("commit"), cell("line"), cell("nature")), (commit.as_str(), "4", "development"));
    assert!(table.contains("\r\n"));
}

#[test]
fn json_keeps_to_its_schema() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../schema/output/report.schema.json")).expect("ours");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let repo = hostile();
    repo.edition(
        "BEL",
        "2017-06-01",
        "charter: {status: outside}\nballots: [{ballot: b2016, cast: no-vote}]\n",
    );
    repo.edition(
        "BEL",
        "2018-12-01",
        "charter: {status: outside}\nballots: [{ballot: b2016, cast: yes-vote}, {ballot: b2018, cast: \
            no-vote}]\n",
    );
    for args in [
        &["report", "2017"][..],
        &["report", "2018", "--by", "area"],
        &["report", "2018", "--by", "rule"],
        &["report", "1990"],
    ] {
        let report = repo.json(args);
        let faults: Vec<String> =
            validator.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{args:?}: {faults:#?}");
        assert_eq!(report.as_object().expect("ours").keys().next().map(String::as_str), Some("format"));
    }
}

#[test]
fn sentences_can_be_grouped() {
    let repo = Repo::new();
    for club in ["AUT", "CHL"] {
        repo.edition(club, "2016-12-01", "charter: {status: outside}\n");
        repo.edition(club, "2017-12-01", "charter: {status: inside, 'on': 2017-03-02}\n");
    }
    let text = repo.run(&["report", "2017", "--by", "area"]);
    let (north, south) = (text.find("\nNorth\n").expect("a part"), text.find("\nSouth\n").expect("a part"));
    let (rowers, divers) = (text.find("Rowers:").expect("ours"), text.find("Divers:").expect("ours"));
    assert!(north < rowers && rowers < south && south < divers, "{text}");
    assert!(repo.run(&["report", "2017", "--by", "rule"]).contains("\nJoined\n"));
    let out = repo.try_run(&["report", "2017", "--by", "colour"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("groups: area, club, rule"));
}

#[test]
fn a_template_of_ones_own_writes_the_report() {
    let repo = Repo::new();
    repo.edition("AUT", "2016-12-01", "charter: {status: outside}\nremark: quiet\n");
    repo.edition("AUT", "2017-12-01", "charter: {status: inside, 'on': 2017-03-02}\nremark: '*'\n");
    let text = "{% for p in parts %}{% for s in p.sections %}{{ s.title }}: {% for i in s.items %}{{ \
        i.heading }} {{ i.message | md }} {% endfor %}{% endfor %}{% endfor %}";
    repo.write("chapter.md", text);
    assert_eq!(
        repo.run(&["report", "2017", "--template", "chapter.md"]),
        "The charter: Rowers signed the charter on 2 March 2017 Other changes: Rowers now recorded: \
            remark: \\* (previously: quiet) \n"
    );
    let fails = |name: &str, text: &str, says: &str| {
        repo.write(name, text);
        let out = repo.try_run(&["report", "2017", "--template", name]);
        let output = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!((out.status.code(), out.stdout.len()), (Some(2), 0), "{output}");
        assert!(output.contains(says), "{output}");
    };
    fails("broken.md", "one\n{% for %}", "broken.md:2");
    fails(
        "endless.md",
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}",
        "fuel",
    );
    let out = repo.try_run(&["report", "2017", "--template", "none.md"]);
    assert_eq!(out.status.code(), Some(2));
}

/// The template that comes with the program writes a chapter from any dataset; what it says is escaped.
#[test]
fn the_example_template_writes_a_chapter() {
    let repo = Repo::new();
    for club in ["AUT", "CHL"] {
        repo.edition(club, "2016-12-01", "charter: {status: outside}\nremark: quiet\n");
        repo.edition(
            club,
            "2017-12-01",
            "charter: {status: inside, 'on': 2017-03-02}\nremark: '<b>*loud*</b>'\nballots: [{ballot: b2017, \
                cast: no-vote}]\n",
        );
    }
    let template = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/report/chapter.md");
    let chapter = repo.run(&["report", "2017", "--template", template]);
    assert!(chapter.starts_with("# Clubs and the charter: 2017\n"), "{chapter}");
    let joined = "## The charter (2)\n\n- **Divers** signed the charter on 2 March 2017.\n- **Rowers** \
        signed the charter on 2 March 2017.\n";
    assert!(chapter.contains(joined), "{chapter}");
    assert!(chapter.contains("- North: 1 against\n- South: 1 against\n"), "{chapter}");
    assert!(!chapter.contains("<b>") && !chapter.contains("\n\n\n"), "{chapter}");
}

/// Records of two kinds, whose identity fields differ, stand in one table.
#[test]
fn every_row_of_a_table_has_all_columns() {
    let repo = Repo::new();
    let manifest = std::fs::read_to_string(repo.dir.path().join("dataset/sincewhen.yaml")).expect("ours");
    let second = "  - {kind: hall, path: halls/*.yaml, schema: hall.schema.json, identity: [hall], date: \
        last_updated}\ntables:";
    repo.write("dataset/sincewhen.yaml", &manifest.replacen("tables:", second, 1));
    repo.write(
        "dataset/hall.schema.json",
        r#"{"type": "object", "properties": {"seats": {"title": "seats"}}}"#,
    );
    for (year, seats) in [(2016, 10), (2017, 20)] {
        let text = format!("hall: town\nlast_updated: {year}-12-01\nseats: {seats}\n");
        repo.write("dataset/halls/town.yaml", &text);
        repo.edition("AUT", &format!("{year}-12-01"), &format!("remark: r{year}\n"));
    }
    for command in [&["report", "2017"][..], &["changelog"]] {
        let table = repo.run(&[command, &["--format", "csv"]].concat());
        let mut reader = csv::Reader::from_reader(table.as_bytes());
        let head = reader.headers().expect("ours").clone();
        for column in ["club", "subject_matter", "hall"] {
            assert_eq!(head.iter().filter(|name| *name == column).count(), 1, "{column}: {head:?}");
        }
        let rows: Vec<csv::StringRecord> =
            reader.records().map(|row| row.expect("as many cells as the head")).collect();
        assert!(rows.len() >= 2, "{table}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused_before_work_begins() {
    let repo = Repo::new();
    repo.edition("AUT", "2016-12-01", "charter: {status: outside}\n");
    let refused = |args: &[&str], says: &str| {
        let out = repo.try_run(args);
        let output = String::from_utf8_lossy(&out.stderr).into_owned();
        assert_eq!((out.status.code(), out.stdout.len()), (Some(2), 0), "{args:?}: {output}");
        assert!(output.contains(says), "{args:?}: {output}");
    };
    refused(&["report"], "which year?");
    refused(&["report", "2017-03-02"], "not a day");
    refused(&["report", "2017", "--from", "2015"], "the range is given twice");
    refused(&["report", "2019..2017"], "the range is reversed");
    refused(&["report", "2017", "XYZ"], "no record named `XYZ`");
    refused(&["report", "2017", "--format", "junk"], "invalid value");
    refused(&["since", "--format", "html"], "invalid value");
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let repo = Repo::new();
    for club in ["AUT", "BEL", "CHL", "DNK"] {
        repo.edition(club, "2016-12-01", "charter: {status: outside}\n");
        repo.edition(
            club,
            "2017-12-01",
            "charter: {status: inside, 'on': 2017-03-02}\nballots: [{ballot: b2016, cast: no-vote}]\n",
        );
    }
    let with = |threads: &str| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_sincewhen"))
            .env("SINCEWHEN_NO_CACHE", "1")
            .args(["report", "2017", "--format", "html"])
            .current_dir(repo.dir.path())
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .expect("the program runs");
        assert!(out.status.success());
        out.stdout
    };
    assert_eq!(with("1"), with("7"));
}

#[test]
fn rings_that_touch_have_one_outline() {
    let repo = Repo::new();
    for (date, status) in [("2016-12-01", "outside"), ("2017-12-01", "inside")] {
        repo.edition("BEL", date, &format!("charter: {{status: {status}, 'on': 2017-03-02}}\n"));
    }
    let page = repo.run(&["report", "2017", "--format", "html"]);
    let discs = |after: &str| {
        let (_, rest) = page.split_once(after).unwrap_or_else(|| panic!("{after} is there"));
        rest.split("</").next().unwrap_or_default().matches(r#"class="ring""#).count()
    };
    // Discs, and a mask that leaves their common rim.
    assert_eq!((discs(r#"<mask id="rings-1">"#), discs(r#"mask="url(#rings-1)">"#)), (1, 1));
}
