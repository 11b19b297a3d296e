//! Tables of votes, status and attendance become editions, all or nothing.

use crate::import_support;

use import_support::{Ran, Repo};
use std::fmt::Write as _;

const NEW: [&str; 4] = ["--set", "calendar=ccm-resolutions", "--set", "date=2026-12-07"];

fn four() -> Repo {
    let noted = "last_updated: 2025-12-01
treaty: {status: non-signatory, sources: [untc]}
votes: # the roll calls, as far as they were read
  - {resolution: A/RES/79/58, vote: against, sources: [un-79-58]} # checked twice
  - {resolution: A/RES/80/52, vote: against, sources: [un-80-52]}
coverage:
  votes: {from: 2024-12-02, to: 2025-12-01, sources: [un-79-58, un-80-52]}
sources:
  untc: {kind: treaty-record, title: participants}
  un-79-58: {kind: voting-record, title: the roll call of 2024}
  un-80-52: {kind: voting-record, title: the roll call of 2025}
";
    Repo::with(&[
        ("RUS", "cluster-munitions", noted),
        ("SWZ", "cluster-munitions", ""),
        ("CIV", "cluster-munitions", ""),
        ("TUR", "cluster-munitions", ""),
        ("TUR", "mine-ban", ""),
    ])
}

fn import<'a>(kind: &'a str, file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["import", kind, file];
    args.extend(more);
    args
}

#[test]
fn a_new_resolution_makes_an_edition_of_each_record_and_an_entry_in_its_calendar() {
    let repo = four();
    repo.write("roll.csv", "resolution,state,vote\n81/44,RUS,N\n81/44,SWZ,Y\n81/44,CIV,A\n81/44,TUR,NV\n");
    let args = import("votes", "roll.csv", &NEW);
    let shown = repo.ok(&args);
    assert!(shown.contains("--write writes it"), "{shown}");
    assert_eq!(repo.changed(), Vec::<String>::new(), "a preview writes nothing");

    let mut write = args.clone();
    write.push("--write");
    let output = repo.ok(&write);
    assert!(output.contains("5 files written"), "{output}");
    let record = repo.read("dataset/countries/RUS/cluster-munitions.yaml");
    assert!(record.contains("last_updated: 2026-12-07"), "{record}");
    assert!(record.contains("{resolution: A/RES/81/44, vote: against, sources: [un-81-44]}"), "{record}");
    assert!(record.contains("{from: 2024-12-02, to: 2026-12-07, sources: [un-79-58, un-81-44]}"), "{record}");
    assert!(
        record.contains("# checked twice") && record.contains("votes: # the roll calls"),
        "comments stay: {record}"
    );
    assert!(!record.contains("un-80-52: {kind") || record.contains("sources: [un-80-52]}"), "{record}");
    let calendar = repo.read("dataset/calendars/ccm-resolutions.yaml");
    let entry = &calendar[calendar.find("- id: A/RES/81/44").expect("the entry")..];
    for part in [
        "start: 2026-12-07",
        "session: 81",
        "in-favour: 1",
        "against: 1",
        "abstained: 1",
        "not-voting: 1",
        "[SWZ]",
        "un-81-44",
    ] {
        assert!(entry.contains(part), "{part}: {entry}");
    }
    assert!(
        repo.read("dataset/countries/TUR/mine-ban.yaml").contains("last_updated: 2019-12-12"),
        "the other topic is left alone"
    );
    assert!(!repo.path(".git/sincewhen-staging").exists());
}

#[test]
fn a_second_run_changes_nothing() {
    let repo = four();
    repo.write("roll.csv", "resolution,state,vote\n81/44,RUS,N\n81/44,SWZ,Y\n");
    let mut args = import("votes", "roll.csv", &NEW);
    args.push("--write");
    repo.ok(&args);
    repo.commit("votes");
    let output = repo.ok(&args);
    assert!(output.contains("2 unchanged") && output.contains("nothing written"), "{output}");
    assert_eq!(repo.changed(), Vec::<String>::new());
}

#[test]
fn what_a_vote_would_change_is_shown_before() {
    let repo = four();
    repo.write("roll.csv", "resolution,state,vote\n81/44,RUS,A\n");
    let draft = repo.json(&import("votes", "roll.csv", &NEW));
    assert_eq!(draft["format"], "sincewhen.draft/1");
    assert_eq!(draft["records"][0]["record"], "RUS/cluster-munitions");
    let changes = draft["records"][0]["changelog"]["changes"].as_array().expect("changes");
    assert!(
        changes.iter().any(|c| c["path"] == "votes[A/RES/81/44]" && c["nature"] == "development"),
        "{changes:?}"
    );
    assert_eq!(draft["summary"]["written"], 0);
}

#[test]
fn names_codes_words_delimiters_and_encodings_are_understood() {
    let cp1252 = |text: &str| encoding(text, |c| u8::try_from(u32::from(c)).expect("a Latin letter"));
    let utf16 = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let files: [(&str, Vec<u8>); 5] = [
        (
            "names",
            b"Resolution,Country,Vote\r\nA/RES/81/44,Russian Federation,No\r\nA/RES/81/44,SWAZILAND,Yes\r\n"
                .to_vec(),
        ),
        ("codes", b"symbol;iso;vote\nA/RES/81/44;RU;N\nA/RES/81/44;SZ;in favour\n".to_vec()),
        (
            "tabs",
            "\u{feff}resolution\tstate\tvote\n81/44\tUSSR\tAgainst\n81/44\tThe Kingdom\u{a0}of Eswatini\tY\n"
                .replace("The Kingdom\u{a0}of ", "")
                .into_bytes(),
        ),
        ("latin", cp1252("resolution;state;vote\n81/44;CÔTE D'IVOIRE;A\n81/44;Türkiye;X\n")),
        ("wide", utf16("resolution,state,vote\n81/44,Côte d’Ivoire,abstain\n81/44,Turkey,NV\n")),
    ];
    for (name, bytes) in files {
        let repo = four();
        repo.write_bytes("t.csv", &bytes);
        let draft = repo.json(&import("votes", "t.csv", &NEW));
        let found: Vec<(&str, &str)> = draft["records"]
            .as_array()
            .expect("records")
            .iter()
            .map(|r| {
                (
                    r["record"].as_str().expect("a name"),
                    r["facts"][0]["value"]["vote"].as_str().expect("a vote"),
                )
            })
            .collect();
        let expected = match name {
            "latin" | "wide" => {
                [("CIV/cluster-munitions", "abstained"), ("TUR/cluster-munitions", "not-voting")]
            }
            _ => [("RUS/cluster-munitions", "against"), ("SWZ/cluster-munitions", "in-favour")],
        };
        assert_eq!(found, expected, "{name}: {}", draft["sources"]);
    }
}

fn encoding(text: &str, one: impl Fn(char) -> u8) -> Vec<u8> {
    text.chars().map(one).collect()
}

#[test]
fn spreadsheets_are_read() {
    let repo = four();
    repo.write_bytes(
        "t.xlsx",
        &workbook(&[
            &["UN roll call", "", ""],
            &["Resolution", "Country", "Vote"],
            &["81/44", "Turkey", "Y"],
        ]),
    );
    let draft = repo.json(&import("votes", "t.xlsx", &NEW));
    assert_eq!(draft["records"][0]["record"], "TUR/cluster-munitions");
    repo.write_bytes(
        "t.xlsx",
        &workbook(&[
            &["Resolution", "Country", "Vote"],
            &["81/44", "Turkey", "Y"],
            &["81/44", "Turquay", "Y"],
        ]),
    );
    let error = repo.refused(&import("votes", "t.xlsx", &NEW));
    assert!(error.contains("cell B3") && error.contains("did you mean Turkey (TUR)"), "{error}");
}

/// A sheet is read as a rectangle: two cells that lie far apart would ask for more memory than there is.
#[test]
fn a_cell_that_lies_far_away_is_refused() {
    let repo = four();
    let cell = |at: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>x</t></is></c>"#);
    let sheet = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">{}</row><row r="1048576">{}</row></sheetData></worksheet>"#,
        cell("A1"),
        cell("XFD1048576")
    );
    repo.write_bytes("far.xlsx", &workbook_of(&sheet));
    let error = repo.refused(&import("votes", "far.xlsx", &NEW));
    assert!(error.contains("spans 17179869184 cells"), "{error}");
}

#[test]
fn an_unknown_state_stops_everything() {
    let repo = four();
    repo.write("t.csv", "resolution,state,vote\n81/44,RUS,N\n81/44,Ruritania,Y\n81/44,Swasiland,Y\n");
    let mut args = import("votes", "t.csv", &NEW);
    args.push("--write");
    let error = repo.refused(&args);
    assert!(error.contains("t.csv: row 3, column 2 (`state`): no state is known as `Ruritania`"), "{error}");
    assert!(
        error.contains("row 4, column 2") && error.contains("did you mean Swaziland (SWZ)?"),
        "all are listed at once: {error}"
    );
}

#[test]
fn a_tally_that_does_not_match_stops_everything() {
    let repo = four();
    repo.write("t.csv", "resolution,state,vote\nA/RES/80/52,RUS,N\nA/RES/80/52,SWZ,Y\n");
    let error = repo.refused(&import("votes", "t.csv", &["--write"]));
    assert!(
        error.contains("do not add up") && error.contains("in-favour: the calendar has 138, the table 1"),
        "{error}"
    );
    repo.write("t.csv", "resolution,state,vote,total_yes,total_no\n81/44,RUS,N,2,1\n81/44,SWZ,Y,2,1\n");
    let mut args = import("votes", "t.csv", &NEW);
    args.push("--write");
    let error = repo.refused(&args);
    assert!(error.contains("`total_in_favour` says 2, and 1 rows say in-favour"), "{error}");
}

#[test]
fn a_record_that_says_otherwise_stops_everything() {
    let odd = import_support::PLAIN.replace(
        "sources:\n",
        "votes: [{resolution: A/RES/81/44, vote: abstained, sources: [untc]}]\nsources:\n",
    );
    let repo = Repo::with(&[("RUS", "cluster-munitions", &odd), ("SWZ", "cluster-munitions", "")]);
    repo.write("roll.csv", "resolution,state,vote\n81/44,SWZ,Y\n81/44,RUS,N\n");
    let mut args = import("votes", "roll.csv", &NEW);
    args.push("--write");
    let error = repo.refused(&args);
    assert!(error.contains("says otherwise than records do"), "{error}");
    assert!(
        error.contains("row 3") && error.contains("votes[A/RES/81/44] of RUS/cluster-munitions"),
        "{error}"
    );
}

#[test]
fn bad_files_are_refused_with_their_place() {
    let repo = four();
    let cases: [(&str, &[u8], &[&str]); 10] = [
        ("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", &["a PDF document"]),
        ("zeros", b"resolution,state,vote\n81/44,RUS\0,N\n", &["zero byte", "line 2"]),
        ("program", b"\x7fELF\x02\x01", &["a program"]),
        ("zip", b"PK\x03\x04rest", &["spreadsheet cannot be read"]),
        ("empty", b"", &["empty"]),
        ("no rows", b"resolution,state,vote\n", &["no rows"]),
        ("columns", b"one,two\n1,2\n", &["row 1", "no column `resolution`", "`one`"]),
        ("cut row", b"resolution,state,vote\n81/44,RUS,N\n81/44,SW", &["row 3, column 3", "cut short"]),
        ("cut quote", b"resolution,state,vote\n81/44,\"RUS,N\n", &["row 2", "never closed"]),
        ("twice", b"resolution,state,vote\n81/44,RUS,N\n81/44,Russia,N\n", &["row 3", "same as in row 2"]),
    ];
    for (name, bytes, words) in cases {
        repo.write_bytes("t.csv", bytes);
        let mut args = import("votes", "t.csv", &NEW);
        args.push("--write");
        let error = repo.refused(&args);
        for word in words {
            assert!(error.contains(word), "{name}: `{word}` is not in: {error}");
        }
    }
    let error = repo.refused(&import("votes", "not-there.csv", &[]));
    assert!(error.contains("not-there.csv"), "{error}");
    repo.write("t.csv", "resolution,state,vote\n81/44,RUS,perhaps\n");
    let error = repo.refused(&import("votes", "t.csv", &NEW));
    assert!(error.contains("row 2, column 3 (`vote`): `perhaps` is none of"), "{error}");
    repo.write("t.csv", "resolution,state,vote\n81/44,RUS,N\n");
    let error = repo.refused(&import("votes", "t.csv", &[]));
    assert!(error.contains("in no calendar") && error.contains("--set calendar="), "{error}");
    let error = repo.refused(&import("votes", "t.csv", &["--set", "calendar=ccm-resolutions"]));
    assert!(error.contains("--set date="), "{error}");
}

#[test]
fn a_record_of_a_later_day_is_not_dated_back() {
    let repo = four();
    repo.write("t.csv", "resolution,state,vote\n69/99,RUS,N\n");
    let args = import(
        "votes",
        "t.csv",
        &["--set", "calendar=ccm-resolutions", "--set", "date=2014-12-02", "--write"],
    );
    let error = repo.refused(&args);
    assert!(error.contains("of a later day") && error.contains("--dated"), "{error}");
    let mut args = args;
    args.extend(["--dated", "2026-01-15"]);
    repo.ok(&args);
    let record = repo.read("dataset/countries/RUS/cluster-munitions.yaml");
    assert!(record.contains("last_updated: 2026-01-15"), "{record}");
    let (old, first) =
        (record.find("A/RES/69/99").expect("the vote"), record.find("A/RES/79/58").expect("the next"));
    assert!(old < first, "votes stand in the order of their days: {record}");
}

#[test]
fn a_deposit_makes_a_party_and_clears_what_was_said_about_joining() {
    let outside = "last_updated: 2020-01-01
treaty: {status: signatory, signed: 2008-12-03, sources: [untc]}
position: {supports_aims: true, intends_to_join: intended, reasons_not_joining: [too early], sources: [p2019]}
sources:
  untc: {kind: treaty-record, title: \"Convention on Cluster Munitions: participants (UN Treaty Collection, \
  XXVI-6)\"}
  p2019: {kind: profile, title: a page}
";
    let repo = Repo::with(&[("SWZ", "cluster-munitions", outside)]);
    repo.write(
        "s.csv",
        "treaty,state,signed,consent_kind,consented,in_force\nccm,Eswatini,3 Dec \
            2008,ratified,2024-05-17,2024-11-01\n",
    );
    repo.ok(&import("status", "s.csv", &["--write"]));
    let record = repo.read("dataset/countries/SWZ/cluster-munitions.yaml");
    for part in [
        "last_updated: 2024-05-17",
        "status: party",
        "kind: ratification",
        "date: 2024-05-17",
        "in_force: 2024-11-01",
        "supports_aims: true",
    ] {
        assert!(record.contains(part), "{part}: {record}");
    }
    assert!(!record.contains("intends_to_join") && !record.contains("too early"), "{record}");
    repo.commit("joined");
    let output = repo.ok(&import("status", "s.csv", &["--write"]));
    assert!(output.contains("1 unchanged"), "{output}");
    repo.write("s.csv", "Participant\tSignature\tDeposit\nEswatini\t03/12/2008\t17 May 2024\n");
    let error = repo.refused(&import("status", "s.csv", &["--set", "topic=ccm", "--write"]));
    assert!(error.contains("row 2, column 2") && error.contains("read as two days"), "{error}");
}

#[test]
fn a_withdrawal_counts_from_its_day_and_a_joining_without_one_counts() {
    let repo = Repo::with(&[("LTU", "cluster-munitions", ""), ("LBN", "mine-ban", "")]);
    let head =
        "treaty,state,signed,consent_kind,consented,in_force,withdrawal_notified,withdrawal_effective\n";
    repo.write(
        "s.csv",
        &format!(
            "{head}ccm,LTU,2008-12-03,ratification,2011-03-24,2011-09-01,2024-09-06,2025-03-06\n\
             mbt,LBN,,accession,,,,\n"
        ),
    );
    let draft = repo.json(&["import", "status", "s.csv", "--dated", "2026-02-20"]);
    let content = |at: usize| &draft["records"][at]["content"]["treaty"];
    assert_eq!(
        content(0)["status"],
        "party",
        "the day of the accession is not known, that it was is: {}",
        content(0)
    );
    assert_eq!(content(1)["status"], "withdrawn", "{}", content(1));
    let mut early = import("status", "s.csv", &[]);
    early.extend(["--set", "as_of=2025-01-01", "--dated", "2025-01-01"]);
    let draft = repo.json(&early);
    assert_eq!(
        draft["records"][1]["content"]["treaty"]["status"], "party",
        "not before the notice takes effect"
    );
}

#[test]
fn many_records_are_listed_in_a_line_each() {
    let states =
        ["AFG", "AGO", "ALB", "AND", "ARE", "ARG", "ARM", "ATG", "AUS", "AUT", "AZE", "BDI", "BEL", "YUG"];
    let records: Vec<(&str, &str, &str)> =
        states.iter().map(|s| (if *s == "YUG" { "SRB" } else { *s }, "cluster-munitions", "")).collect();
    let repo = Repo::with(&records);
    let rows: String = states.iter().map(|s| format!("81/44,{s},Y\n")).collect();
    repo.write("t.csv", &format!("resolution,state,vote\n{rows}"));
    let output = repo.ok(&import("votes", "t.csv", &NEW));
    let lines = output.lines().filter(|line| line.contains("/cluster-munitions")).count();
    assert_eq!(lines, states.len(), "{output}");
    assert!(
        output.contains("SRB/cluster-munitions") && output.contains("voted in favour of resolution 81/44"),
        "{output}"
    );
}

#[test]
fn attendance_lists_are_read() {
    let repo = four();
    repo.write(
        "m.csv",
        "meeting,state,participation,statement\nccm-13msp,Turkey,observer,no\nccm-13msp,CIV,P,yes\n",
    );
    repo.ok(&import("meetings", "m.csv", &["--write"]));
    let record = repo.read("dataset/countries/TUR/cluster-munitions.yaml");
    assert!(
        record.contains(
            "{meeting: ccm-13msp, participation: observer, statement: false, sources: [list-ccm-13msp]}"
        ),
        "{record}"
    );
    assert!(record.contains("last_updated: 2025-09-19"), "{record}");
    repo.commit("attendance");
    let output = repo.ok(&import("meetings", "m.csv", &["--write"]));
    assert!(output.contains("2 unchanged"), "{output}");
    repo.write("m.csv", "meeting,state,participation\n13MSP,Turkey,observer\nccm-31msp,Turkey,observer\n");
    let error = repo.refused(&import("meetings", "m.csv", &["--write"]));
    assert!(error.contains("`13MSP` is the name of ccm-13msp and of mbt-13msp"), "{error}");
    assert!(error.contains("row 3, column 1") && error.contains("did you mean ccm-"), "{error}");
    repo.write("m.csv", "meeting,state,participation\nccm-13msp,Turkey,absent\n");
    let error = repo.refused(&import("meetings", "m.csv", &["--write"]));
    assert!(error.contains("says otherwise than records do"), "{error}");
}

#[test]
fn a_kill_in_the_middle_leaves_all_or_nothing() {
    let states: Vec<&str> =
        "AFG AGO ALB AND ARE ARG ARM ATG AUS AUT AZE BDI BEL BEN BFA BGD BGR BHR BHS BIH \
        BLR BLZ BOL BRA BRB BRN BTN BWA CAF CAN CHE CHL CHN CIV CMR COD COG COL COM CPV"
            .split(' ')
            .collect();
    let records: Vec<(&str, &str, &str)> = states.iter().map(|s| (*s, "cluster-munitions", "")).collect();
    let repo = Repo::with(&records);
    let mut table = String::from("resolution,state,vote\n");
    states.iter().for_each(|s| writeln!(table, "81/44,{s},Y").expect("text"));
    repo.write("t.csv", &table);
    let mut args = import("votes", "t.csv", &NEW);
    args.push("--write");
    let all = states.len() + 1;
    let mut cut = 0;
    for wait in 0..14 {
        let mut child =
            repo.command(&args).stdout(std::process::Stdio::null()).spawn().expect("the program starts");
        // Wait for the writing to begin, then a little longer each time.
        for _ in 0..4000 {
            if repo.path(".git/sincewhen-staging").exists() || child.try_wait().expect("a state").is_some() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_micros(500));
        }
        std::thread::sleep(std::time::Duration::from_millis(wait * 4));
        let _ = child.kill();
        child.wait().expect("an end");
        cut += usize::from(repo.path(".git/sincewhen-staging/journal.json").exists());
        // The next import, even one that only drafts, puts back what was begun.
        let Ran { code, .. } = repo.run(&import("votes", "t.csv", &NEW));
        assert!(code <= 1, "exit {code}");
        let changed = repo.changed();
        assert!(changed.is_empty() || changed.len() == all, "half written after {wait}: {changed:?}");
        assert!(!repo.path(".git/sincewhen-staging").exists(), "the staging folder is cleared");
        repo.git(&["checkout", "-q", "."]);
    }
    eprintln!("{cut} of 14 runs were killed with the journal open");
}

/// A workbook of one sheet with texts.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    use std::fmt::Write;
    let mut sheet = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#,
    );
    for (down, row) in rows.iter().enumerate() {
        write!(sheet, r#"<row r="{}">"#, down + 1).expect("text");
        for (across, cell) in row.iter().enumerate() {
            let letter = char::from(b'A' + u8::try_from(across).expect("few columns"));
            write!(sheet, r#"<c r="{letter}{}" t="inlineStr"><is><t>{cell}</t></is></c>"#, down + 1)
                .expect("text");
        }
        sheet.push_str("</row>");
    }
    sheet.push_str("</sheetData></worksheet>");
    workbook_of(&sheet)
}

/// A workbook of one sheet, given as its XML.
fn workbook_of(sheet: &str) -> Vec<u8> {
    use std::io::Write;
    let parts = [
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Votes" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, text) in parts {
        zip.start_file(name, stored).expect("a part");
        zip.write_all(text.as_bytes()).expect("its text");
    }
    zip.finish().expect("an archive").into_inner()
}
