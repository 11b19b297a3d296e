//! Writes a git repository with a made-up history of any size, by `git fast-import`: for measurements and for
//! trying things out.
//!
//! `cargo run --release --example generate_history -- FOLDER RECORDS REVISIONS [--shuffled] [--corrections]
//! [--merges] [--renames] [--apart] [--small]`
//!
//! Each record has REVISIONS revisions, one commit for the revisions of one date (`--apart`: one for each),
//! dates a month apart from 1990 on. A record lists its last 41 inspections, with `--small` its last 3: a
//! million revisions of that kind are written in minutes. The dataset is one of reservoirs and their monthly
//! inspections, with a manifest, a schema and a few rules, so that every command works on it.

use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Command, Stdio};

struct Plan {
    records: usize,
    revisions: usize,
    shuffled: bool,
    corrections: bool,
    merges: bool,
    renames: bool,
    apart: bool,
    small: bool,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| args.get(at).and_then(|text| text.parse::<usize>().ok());
    let (Some(folder), Some(records), Some(revisions)) = (args.first(), number(1), number(2)) else {
        eprintln!(
            "usage: generate_history FOLDER RECORDS REVISIONS [--shuffled] [--corrections] [--merges] \
                [--renames] [--apart] [--small]"
        );
        std::process::exit(2);
    };
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let plan = Plan {
        records,
        revisions,
        shuffled: has("--shuffled"),
        corrections: has("--corrections"),
        merges: has("--merges"),
        renames: has("--renames"),
        apart: has("--apart"),
        small: has("--small"),
    };
    write_repository(Path::new(folder), &plan).expect("the repository can be written");
}

fn write_repository(folder: &Path, plan: &Plan) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let git =
        |args: &[&str]| Command::new("git").args(args).current_dir(folder).stdin(Stdio::null()).status();
    assert!(git(&["init", "-q", "-b", "main"])?.success(), "git init works");
    let mut import = Command::new("git")
        .args(["fast-import", "--quiet"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .spawn()?;
    let mut to = BufWriter::new(import.stdin.take().expect("because the input was piped"));
    first_commit(&mut to)?;
    for revision in 0..plan.revisions {
        commit(&mut to, plan, revision)?;
    }
    to.flush()?;
    drop(to);
    assert!(import.wait()?.success(), "git fast-import works");
    assert!(git(&["reset", "-q", "--hard", "main"])?.success(), "git reset works");
    Ok(())
}

fn file(to: &mut impl Write, path: &str, text: &str) -> std::io::Result<()> {
    write!(to, "M 100644 inline {path}\ndata {}\n{text}\n", text.len())
}

fn begin(to: &mut impl Write, branch: &str, time: usize, message: &str) -> std::io::Result<()> {
    let who = format!("A Generator <generator@example.org> {time} +0000");
    write!(
        to,
        "commit refs/heads/{branch}\nauthor {who}\ncommitter {who}\ndata {}\n{message}\n",
        message.len()
    )
}

const START: usize = 946_684_800;

fn first_commit(to: &mut impl Write) -> std::io::Result<()> {
    begin(to, "main", START, "manifest, schema, rules")?;
    file(to, "dataset/sincewhen.yaml", MANIFEST)?;
    file(to, "dataset/calendar.yaml", &calendar())?;
    file(to, "schema/reservoir.schema.json", SCHEMA)?;
    file(to, "schema/rules/acts/inspected.yaml", RULE)?;
    file(to, "schema/rules/observations/inspections.yaml", STREAK)
}

fn commit(to: &mut impl Write, plan: &Plan, revision: usize) -> std::io::Result<()> {
    // A fixed shuffle: the same plan gives the same repository.
    let at = if plan.shuffled { (revision * 7919) % plan.revisions.max(1) } else { revision };
    let time = START + 86_400 * (revision + 1);
    let side = plan.merges && revision % 10 == 9;
    if side {
        begin(to, "side", time, &format!("edition of {} (side)", date(at)))?;
        writeln!(to, "from refs/heads/main^0")?;
    } else {
        begin(to, "main", time, &format!("edition of {}", date(at)))?;
    }
    for record in 0..plan.records {
        if plan.apart && record > 0 {
            begin(
                to,
                if side { "side" } else { "main" },
                time + record,
                &format!("edition of {} of r{record:05}", date(at)),
            )?;
        }
        let moved = plan.renames && revision > plan.revisions / 2;
        let path = format!(
            "dataset/{}/{:03}/r{record:05}.yaml",
            if moved { "reservoirs" } else { "records" },
            record % 100
        );
        if moved && revision == plan.revisions / 2 + 1 {
            writeln!(to, "D dataset/records/{:03}/r{record:05}.yaml", record % 100)?;
        }
        file(to, &path, &record_text(plan, record, at))?;
    }
    if side {
        begin(to, "main", time + 1, "merge")?;
        writeln!(to, "from refs/heads/main^0\nmerge refs/heads/side")?;
        for record in 0..plan.records {
            let moved = plan.renames && revision > plan.revisions / 2;
            let path = format!(
                "dataset/{}/{:03}/r{record:05}.yaml",
                if moved { "reservoirs" } else { "records" },
                record % 100
            );
            file(to, &path, &record_text(plan, record, at))?;
        }
    }
    Ok(())
}

fn date(at: usize) -> String {
    format!("{:04}-{:02}-01", 1990 + at / 12, at % 12 + 1)
}

fn record_text(plan: &Plan, record: usize, at: usize) -> String {
    let mut out = format!(
        "name: r{record:05}\nlast_updated: {}\nsummary: >-\n  Reservoir {record}, as it was found in \
            inspection {at}; its wall is {} metres high.\nlevel: {}\ninspections:\n",
        date(at),
        10 + record % 90,
        (record * 31 + at * 17) % 100,
    );
    let listed = if plan.small { 3 } else { 41 };
    for inspection in (at + 1).saturating_sub(listed)..=at {
        let differs = plan.corrections && inspection % 13 == 0 && at % 2 == 1;
        let result = if (record + inspection).is_multiple_of(11) || differs { "leaking" } else { "tight" };
        writeln!(out, "  - {{inspection: i{inspection:05}, result: {result}, sources: [s1]}}")
            .expect("because writing to a string cannot fail");
    }
    out.push_str("sources:\n  s1: {title: Register of reservoirs, publisher: The water board}\n");
    out
}

fn calendar() -> String {
    let mut out = "entries:\n".to_owned();
    for at in 0..2400 {
        writeln!(out, "  - {{id: i{at:05}, start: {}, label: Inspection {at}}}", date(at))
            .expect("because writing to a string cannot fail");
    }
    out
}

const MANIFEST: &str = "format: sincewhen.manifest/1\nrules: ../schema/rules\nrecords:\n  - kind: \
    reservoir\n    path: '*/*/*.yaml'\n    schema: ../schema/reservoir.schema.json\n    identity: \
    [name]\n    date: last_updated\ncalendars:\n  inspections: {path: calendar.yaml}\n";

const SCHEMA: &str = r#"{"type": "object", "properties": {
  "name": {"type": "string"}, "last_updated": {"type": "string", "x-nature": "review"},
  "summary": {"type": "string", "x-nature": "editorial"}, "level": {"type": "integer"},
  "inspections": {"type": "array", "x-key": ["inspection"], "items": {"type": "object", "properties": {
    "inspection": {"type": "string", "x-occasion": ["inspections"]}, "result": {"type": "string"},
    "sources": {"type": "array", "x-nature": "editorial", "items": {"type": "string", "x-ref": "sources"}}}}},
  "sources": {"type": "object", "x-nature": "editorial"}}}
"#;

const RULE: &str = "title: An inspection\nsignificance: minor\nmatch:\n  - field: inspections[]\nwords:\n  \
    retraction: 'inspection {{ key }} is no longer listed'\n  any: 'inspection {{ key }}: found {{ \
    item.result }}'\nwhy: What an inspection found.\n";

const STREAK: &str = "kind: streak\ntitle: Inspections\nsignificance: minor\nlist: inspections\ncalendar: \
    inspections\nkey: inspection\nvalue: result\nwords:\n  running: '{{ said }} in every inspection since {{ \
    first.year }} ({{ n }} of {{ n }})'\n  once: '{{ said }} in the last inspection'\nwhy: How long it has \
    been so.\n";
