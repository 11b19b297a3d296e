//! Published profiles, as text or saved pages, become drafts of records: however they are set, the facts are
//! the same.

use crate::import_support;

use import_support::Repo;
use serde_json::Value;
use std::collections::BTreeMap;

/// A page of two topics. Its words are the test's own; what it says of the country is made up.
const PAGE: &str = include_str!("import_support/bhutan.txt");

fn repo() -> Repo {
    Repo::with(&[])
}

/// What a page says: record and path → value, without the sources' names.
fn facts(repo: &Repo, file: &str) -> BTreeMap<String, String> {
    let draft = repo.json(&["import", "profile", file]);
    assert_eq!(draft["format"], "sincewhen.draft/1");
    let mut out = BTreeMap::new();
    for record in draft["records"].as_array().expect("records") {
        for fact in record["facts"].as_array().expect("facts") {
            let mut value = fact["value"].clone();
            if let Value::Object(map) = &mut value {
                map.shift_remove("sources");
            }
            let key = format!(
                "{} {}",
                record["record"].as_str().expect("a name"),
                fact["path"].as_str().expect("a path")
            );
            let notes = fact["notes"].as_array().map_or(0, Vec::len);
            out.insert(key, format!("{value} by {notes} notes"));
        }
    }
    out
}

fn said(facts: &BTreeMap<String, String>, key: &str) -> String {
    facts.get(key).unwrap_or_else(|| panic!("nothing on {key} in {facts:#?}")).clone()
}

#[test]
fn a_profile_is_read() {
    let repo = repo();
    repo.write("page.txt", PAGE);
    let found = facts(&repo, "page.txt");
    let ccm = [
        ("treaty.status", r#""non-signatory" by 0 notes"#),
        ("position.supports_aims", "true by 1 notes"),
        ("position.intends_to_join", r#""not-at-this-stage" by 1 notes"#),
        ("meetings[ccm-5msp]", r#"{"meeting":"ccm-5msp","participation":"observer"} by 1 notes"#),
        (
            "meetings[ccm-7msp]",
            r#"{"meeting":"ccm-7msp","participation":"absent","invited":true} by 0 notes"#,
        ),
        ("votes[A/RES/72/54]", r#"{"resolution":"A/RES/72/54","vote":"in-favour"} by 1 notes"#),
        ("votes[A/RES/70/54]", r#"{"resolution":"A/RES/70/54","vote":"in-favour"} by 1 notes"#),
        ("instruments.mine-ban-treaty", r#""party" by 0 notes"#),
        ("instruments.ccw", r#""non-party" by 0 notes"#),
        ("practice.use.status", r#""denied" by 1 notes"#),
        ("practice.production.status", r#""denied" by 1 notes"#),
        ("practice.transfer.status", r#""denied" by 1 notes"#),
        ("practice.stockpile.status", r#""held" by 1 notes"#),
        ("practice.stockpile.declared", "false by 0 notes"),
    ];
    for (path, value) in ccm {
        assert_eq!(said(&found, &format!("BTN/cluster-munitions {path}")), value, "{path}");
    }
    let claim = said(&found, "BTN/cluster-munitions coverage.meetings[2014-09-05,msp+revcon+intersessional]");
    assert!(claim.contains("no meeting attended since 2014") && claim.contains("2018-07-03"), "{claim}");
    let mines = [
        ("treaty.status", r#""party" by 0 notes"#),
        ("treaty.consent", r#"{"kind":"accession","date":"2005-08-18"} by 0 notes"#),
        ("treaty.in_force", r#""2006-02-01" by 0 notes"#),
        ("meetings[mbt-is-2016]", r#"{"meeting":"mbt-is-2016","participation":"participant"} by 0 notes"#),
        ("practice.stockpile.status", r#""destroyed" by 1 notes"#),
        ("practice.stockpile.completed", r#""2009-12" by 1 notes"#),
        ("practice.retained.quantity", "211 by 1 notes"),
        ("practice.moratorium.kind", r#""export" by 0 notes"#),
        ("practice.moratorium.since", r#""1998" by 0 notes"#),
        ("instruments.ccw-amended-protocol-ii", r#""non-party" by 0 notes"#),
        ("instruments.ccw-protocol-v", r#""non-party" by 0 notes"#),
    ];
    for (path, value) in mines {
        assert_eq!(said(&found, &format!("BTN/mine-ban {path}")), value, "{path}");
    }
}

#[test]
fn how_a_page_is_set_changes_nothing() {
    let repo = repo();
    repo.write("page.txt", PAGE);
    let wanted = facts(&repo, "page.txt");
    assert!(wanted.len() > 30, "{wanted:#?}");
    for (name, text) in variants() {
        let file = if name.starts_with("html") { "other.html" } else { "other.txt" };
        repo.write_bytes(file, &text);
        let found = facts(&repo, file);
        let lost: Vec<_> = wanted.iter().filter(|(key, value)| found.get(*key) != Some(value)).collect();
        let gained: Vec<_> = found.iter().filter(|(key, _)| !wanted.contains_key(*key)).collect();
        assert!(lost.is_empty() && gained.is_empty(), "{name}: lost {lost:#?}\ngained {gained:#?}");
    }
}

fn variants() -> Vec<(&'static str, Vec<u8>)> {
    let topics = |text: &str| -> (String, String, String) {
        let second = text.find("Mine Ban Policy").expect("the second topic");
        let first = text.find("Cluster Munition Ban Policy").expect("the first topic");
        (text[..first].to_owned(), text[first..second].to_owned(), text[second..].to_owned())
    };
    let (front, ccm, mines) = topics(PAGE);
    let raised = |text: &str| {
        let mut out = text.to_owned();
        for (digit, sign) in [("1", "¹"), ("2", "²"), ("3", "³"), ("4", "⁴"), ("5", "⁵")] {
            out = out.replace(&format!("[{digit}]"), sign);
        }
        out
    };
    let dates = PAGE
        .replace("3 July 2018", "July 3rd, 2018")
        .replace("On 4 December 2017,", "On December 4, 2017,")
        .replace("18 August 2005", "18th of August 2005")
        .replace("25 September 2017", "2017-09-25");
    let typed = PAGE.replace('"', "“").replace('\'', "’").replace('-', "\u{2010}");
    let sections = ccm
        .replace("Use, production, transfer, and stockpiling", "PRODUCTION, TRANSFER, USE, AND STOCKPILING:");
    let headings = PAGE
        .replace("Cluster Munition Ban Policy", "CLUSTER MUNITION BAN POLICY – BHUTAN")
        .replace("Mine Ban Policy", "Bhutan: Mine Ban Policy")
        .replace("\nPolicy\n", "\nBan policy:\n");
    let headed = |text: String, notes: &str| text.replacen("\n[1] ", &format!("\n{notes}\n\n[1] "), 2);
    vec![
        ("crlf", PAGE.replace('\n', "\r\n").into_bytes()),
        ("mark of byte order", format!("\u{feff}{PAGE}").into_bytes()),
        (
            "no-break spaces",
            PAGE.replace(" of ", "\u{a0}of\u{202f}")
                .replace("Last updated: ", "Last updated:\u{a0}")
                .into_bytes(),
        ),
        ("curly quotes and other hyphens", typed.into_bytes()),
        ("long dashes", PAGE.replace("2011-2012", "2011—2012").into_bytes()),
        ("other dates", dates.into_bytes()),
        ("other headings", headings.into_bytes()),
        (
            "marked headings",
            PAGE.replace("Cluster Munition Ban Policy", "## Cluster Munition Ban Policy")
                .replace("\nPolicy\n", "\n### Policy\n")
                .into_bytes(),
        ),
        ("sections in other words", format!("{front}{sections}{mines}").into_bytes()),
        ("the topics turned round", format!("{front}{mines}\n\n{ccm}").into_bytes()),
        ("raised marks", raised(PAGE).into_bytes()),
        ("round brackets", round(PAGE).into_bytes()),
        ("a heading over the notes", headed(PAGE.to_owned(), "Notes").into_bytes()),
        ("wrapped lines", wrapped(PAGE).into_bytes()),
        ("no blank lines", PAGE.replace("\n\n", "\n").into_bytes()),
        ("windows-1252", PAGE.replace('"', "\u{201c}").chars().map(cp1252).collect()),
        ("html", html(PAGE, false).into_bytes()),
        ("html with raised marks and markup", html(PAGE, true).into_bytes()),
    ]
}

fn cp1252(c: char) -> u8 {
    match c {
        '\u{201c}' => 0x93,
        c => u8::try_from(u32::from(c)).unwrap_or(b'?'),
    }
}

/// Marks of notes in round brackets.
fn round(text: &str) -> String {
    (1..=9).fold(text.to_owned(), |text, n| text.replace(&format!("[{n}]"), &format!("({n})")))
}

/// Lines of at most 70 characters.
fn wrapped(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut width = 0;
        for word in line.split(' ') {
            if width > 0 && width + word.len() > 70 {
                out.push('\n');
                width = 0;
            } else if width > 0 {
                out.push(' ');
            }
            out.push_str(word);
            width += word.len() + 1;
        }
        out.push('\n');
    }
    out
}

/// The page as a site would serve it.
fn html(text: &str, busy: bool) -> String {
    let mut out = String::from(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Bhutan</title><script>var x = \
            '<p>no</p>';</script></head>\n<body><nav><ul><li>Home</li><li>Mine Ban \
            Policy</li></ul></nav><main>\n",
    );
    for line in text.lines().filter(|line| !line.is_empty()) {
        let safe = line.replace('&', "&amp;").replace('<', "&lt;").replace("é", "&eacute;");
        let marked = if busy {
            let body = (1..=9).fold(safe.clone(), |text, n| {
                if text.starts_with(&format!("[{n}]")) {
                    text
                } else {
                    text.replace(&format!("[{n}]"), &format!("<sup><a href=\"#n{n}\">{n}</a></sup>"))
                }
            });
            body.replace("Convention", "<em>Convention</em>")
                .replace(" of ", "&nbsp;of ")
                .replace("Meeting", "<span class=\"x\">Meeting</span>")
        } else {
            safe
        };
        if line.len() < 60 && !line.starts_with('[') && !line.contains(':') {
            out.push_str(&format!("<h2>{marked}</h2>\n"));
        } else {
            out.push_str(&format!("<p>{marked}</p>\n"));
        }
    }
    out.push_str("</main><footer><p>Bhutan voted against everything.</p></footer></body></html>\n");
    out
}

#[test]
fn every_fact_names_its_place_and_text() {
    let repo = repo();
    repo.write("page.txt", PAGE);
    let draft = repo.json(&["import", "profile", "page.txt"]);
    let lines: Vec<&str> = PAGE.lines().collect();
    let mut seen = 0;
    for fact in draft["records"]
        .as_array()
        .expect("records")
        .iter()
        .flat_map(|r| r["facts"].as_array().expect("facts"))
    {
        let number = |key: &str| usize::try_from(fact[key].as_u64().expect("a number")).expect("small");
        let line: Vec<char> = lines[number("line") - 1].chars().collect();
        let excerpt = fact["excerpt"].as_str().expect("a text");
        assert!(number("line") <= number("end_line"), "{fact}");
        if fact["reader"] != "page" && number("line") == number("end_line") {
            let there: String = line[number("column") - 1..number("end_column") - 1].iter().collect();
            let first: String = excerpt.chars().take(12).collect();
            assert!(there.starts_with(&first), "{there:?} does not begin with {first:?}: {fact}");
            seen += 1;
        }
        let confidence = fact["confidence"].as_f64().expect("a number");
        assert!(confidence > 0.0 && confidence <= 1.0);
    }
    assert!(seen > 20);
    // The same page with a table of contents above: all places move, nothing else.
    repo.write("page.html", &html(PAGE, true));
    let draft = repo.json(&["import", "profile", "page.html"]);
    let page = repo.read("page.html");
    let vote = draft["records"][0]["facts"]
        .as_array()
        .expect("facts")
        .iter()
        .find(|f| f["value"]["resolution"] == "A/RES/72/54")
        .expect("the vote");
    let line = page
        .lines()
        .nth(usize::try_from(vote["line"].as_u64().expect("a line")).expect("small") - 1)
        .expect("that line");
    assert!(line.starts_with("<p>On 4 December 2017"), "{line}");
    assert_eq!(vote["column"], 4, "just behind the tag");
}

#[test]
fn what_is_not_understood_is_listed_with_its_lines() {
    let repo = repo();
    let odd = "The weather in the valley was remarkably mild for the season.";
    let half = "Bhutan is not party to the Convention on Conventional Weapons, although its yak herders sing \
        about it in spring.";
    let page = PAGE
        .replace("It is not party to the Convention on Conventional Weapons.", &format!("{half}\n\n{odd}"));
    repo.write("page.txt", &page);
    let draft = repo.json(&["import", "profile", "page.txt"]);
    let left = draft["records"][0]["not_understood"].as_array().expect("a list");
    let line = |text: &str| page.lines().position(|l| l.contains(text)).expect("the line") + 1;
    let whole = left
        .iter()
        .find(|l| l["text"].as_str().is_some_and(|t| t.contains("weather")))
        .expect("the odd sentence");
    assert_eq!(whole["line"], line(odd));
    assert_eq!(whole["partly"], false);
    let rest = left
        .iter()
        .find(|l| l["text"].as_str().is_some_and(|t| t.contains("yak herders")))
        .expect("the rest");
    assert_eq!(rest["partly"], true);
    let output = repo.ok(&["import", "profile", "page.txt"]);
    assert!(output.contains("not understood") && output.contains(&format!("line {}", line(odd))), "{output}");
}

#[test]
fn faults_of_the_text_are_findings_at_its_lines() {
    let repo = repo();
    let page = PAGE
        .replace(
            "Seventh Meeting of States Parties in September 2017",
            "Seventh Meeting of States Parties in September 2013",
        )
        .replace("\n[2] ", "\n[7] ")
        .replace("voted for UN", "abstained on UN");
    repo.write("page.txt", &page);
    let draft = repo.json(&["import", "profile", "page.txt"]);
    let findings = draft["findings"].as_array().expect("findings");
    let line = |text: &str| page.lines().position(|l| l.contains(text)).expect("the line") + 1;
    let has = |rule: &str, at: usize, words: &str| {
        let found = findings.iter().find(|f| {
            f["rule"] == rule && f["line"] == at && f["message"].as_str().is_some_and(|m| m.contains(words))
        });
        assert!(found.is_some(), "{rule} at {at} with {words}: {findings:#?}");
    };
    has("text-occasion-date", line("Seventh Meeting"), "4 September 2017 to 6 September 2017");
    has("text-note-missing", line("not since 2014.[2]"), "note 2 is cited");
    has("text-note-uncited", line("[7] "), "note 7 is cited nowhere");
    has("text-claim-differs", line("abstained on UN"), "the roll call has \"in-favour\"");
    for finding in findings {
        for field in ["rule", "level", "message", "file", "line", "column", "end_line", "end_column"] {
            assert!(finding.get(field).is_some(), "{field}: {finding}");
        }
        assert_eq!(finding["file"], "page.txt");
    }
    let seventh = draft["records"][0]["facts"]
        .as_array()
        .expect("facts")
        .iter()
        .find(|f| f["value"]["meeting"] == "ccm-7msp")
        .expect("it");
    assert_eq!(seventh["value"]["reported"]["date"], "2013-09", "the date stated stands beside the meeting");
}

/// A record of an earlier day that says next to nothing.
fn early() -> String {
    import_support::PLAIN.replace("2019-12-12", "2015-12-07")
}

const RECORD: &str = "last_updated: 2017-12-04
summary: In the editors' own words.
treaty: {status: non-signatory, sources: [untc]}
statements:
  - {id: letter-2018-05, date: 2018-05, kind: letter, summary: nothing new, sources: [p2017]}
meetings: # as far as known
  - {meeting: ccm-4msp, participation: observer, sources: [p2017]}
  - {meeting: ccm-5msp, participation: participant, sources: [p2017]} # from a list
votes:
  - {resolution: A/RES/72/54, vote: in-favour, sources: [un-72-54]}
practice:
  transfer: {status: none-known, sources: [p2017]}
coverage:
  profile: {to: 2017-08-01, sources: [p2017]}
sources:
  untc: {kind: treaty-record, title: participants}
  p2017: {kind: profile, title: an older page}
  un-72-54: {kind: voting-record, title: the roll call}
";

/// A grammar is proposed by strangers, too: what it names as a record's file is held against the manifest.
#[test]
fn a_grammar_writes_only_where_records_are() {
    let repo = Repo::with(&[("BTN", "mine-ban", &early())]);
    repo.write("page.txt", PAGE);
    let grammar = repo.read("schema/import/profile.yaml");
    let line = grammar.lines().find(|line| line.starts_with("file:")).expect("a template").to_owned();
    for place in ["../.git/hooks/post-merge", "../.github/workflows/x.yml", "notes/x.yaml"] {
        repo.write("schema/import/profile.yaml", &grammar.replace(&line, &format!("file: \"{place}\"")));
        repo.commit("another grammar");
        let error = repo.refused(&["import", "profile", "page.txt", "--write"]);
        assert!(error.contains("is no place for a record"), "{place}: {error}");
        assert!(!repo.path(".git/hooks/post-merge").exists() && !repo.path(".github").exists());
    }
}

#[test]
fn a_draft_merges_as_the_next_edition() {
    let repo = Repo::with(&[("BTN", "cluster-munitions", RECORD), ("BTN", "mine-ban", &early())]);
    repo.write("page.txt", PAGE);
    let output = repo.ok(&["import", "profile", "page.txt"]);
    assert!(output.contains("2017-12-04 → 2018-07-03") && output.contains("what it changes"), "{output}");
    assert!(output.contains("meetings[ccm-4msp]"), "what the page does not mention is listed: {output}");
    assert_eq!(repo.changed(), Vec::<String>::new(), "nothing is written before --write");

    let draft = repo.json(&["import", "profile", "page.txt", "--write"]);
    assert_eq!(draft["summary"]["written"], 2);
    let record = repo.read("dataset/countries/BTN/cluster-munitions.yaml");
    for part in [
        "last_updated: 2018-07-03",
        "summary: In the editors' own words.",
        "{meeting: ccm-4msp, participation: observer, sources: [p2017]}",
        "meetings: # as far as known",
        "ccm-7msp, participation: absent, invited: true",
        "to: 2018-07-03",
    ] {
        assert!(record.contains(part), "{part}: {record}");
    }
    assert!(record.contains("ccm-5msp, participation: observer"), "the page corrects the record: {record}");
    assert!(
        record.contains("{resolution: A/RES/72/54, vote: in-favour, sources: [un-72-54]}"),
        "the roll call needs no page: {record}"
    );
    assert!(record.contains("# yaml-language-server"), "{record}");
    let votes: Vec<usize> = ["70/54", "71/45", "72/54"]
        .iter()
        .map(|r| record.find(&format!("resolution: A/RES/{r}")).expect("a vote"))
        .collect();
    assert!(votes.is_sorted(), "votes stand by their days: {record}");
    repo.commit("page");
    let again = repo.ok(&["import", "profile", "page.txt", "--write"]);
    assert!(again.contains("2 unchanged") && again.contains("nothing written"), "{again}");
    assert_eq!(repo.changed(), Vec::<String>::new());
}

#[test]
fn an_authority_is_not_overwritten_by_an_account() {
    let text = RECORD.replace("vote: in-favour", "vote: abstained");
    let repo = Repo::with(&[("BTN", "cluster-munitions", &text), ("BTN", "mine-ban", &early())]);
    repo.write("page.txt", PAGE);
    repo.ok(&["import", "profile", "page.txt", "--write"]);
    let record = repo.read("dataset/countries/BTN/cluster-munitions.yaml");
    let vote = &record[record.find("A/RES/72/54").expect("the vote")..];
    assert!(vote.contains("vote: abstained") && vote.contains("reported"), "{vote}");
    let mines = repo.read("dataset/countries/BTN/mine-ban.yaml");
    assert!(
        mines.contains("status: non-signatory") && mines.contains("reported:"),
        "the depositary's record stands: {mines}"
    );
}

#[test]
fn a_country_without_a_record_gets_one() {
    let repo = repo();
    repo.write("page.txt", PAGE);
    let output = repo.ok(&["import", "profile", "page.txt", "--write"]);
    assert!(output.contains("2 new") && output.contains("2 files written"), "{output}");
    let record = repo.read("dataset/countries/BTN/cluster-munitions.yaml");
    assert!(record.starts_with("# yaml-language-server"), "{record}");
    repo.commit("new");
    assert_eq!(repo.run(&["log", "BTN"]).code, 0);
}

#[test]
fn an_older_page_is_shown_against_its_time_and_not_written() {
    let late = RECORD.replace("last_updated: 2017-12-04", "last_updated: 2019-03-01");
    let repo = Repo::with(&[("BTN", "cluster-munitions", RECORD), ("BTN", "mine-ban", &early())]);
    repo.write(
        "dataset/countries/BTN/cluster-munitions.yaml",
        &import_support::record("BTN", "cluster-munitions", &late),
    );
    repo.commit("later");
    repo.write("page.txt", PAGE);
    let draft = repo.json(&["import", "profile", "page.txt"]);
    let record = &draft["records"][0];
    assert_eq!(record["state"], "older");
    assert_eq!(record["base"]["last_updated"], "2017-12-04", "the edition in force on that day");
    let error = repo.refused(&["import", "profile", "page.txt", "--write"]);
    assert!(error.contains("of a later day"), "{error}");
}

#[test]
fn the_subject_is_found_or_asked_for() {
    let repo = repo();
    repo.write("page.txt", &PAGE.replacen("Bhutan\n", "", 1));
    assert!(facts(&repo, "page.txt").keys().all(|key| key.starts_with("BTN/")), "from the text");
    let error = repo.refused(&["import", "profile", "page.txt", "--country", "Nepal", "--write"]);
    assert!(error.contains("about \"Bhutan\" (BTN), and NPL was asked for"), "{error}");
    let error = repo.refused(&["import", "profile", "page.txt", "--country", "Butan"]);
    assert!(
        error.contains("no subject named `Butan`") && error.contains("did you mean Bhutan (BTN)?"),
        "{error}"
    );
    repo.write("page.txt", &PAGE.replace("Bhutan", "Ruritania"));
    let error = repo.refused(&["import", "profile", "page.txt"]);
    assert!(error.contains("--subject"), "{error}");
}

#[test]
fn a_topic_without_a_date_cannot_be_written() {
    let repo = repo();
    repo.write("page.txt", &PAGE.replace("Last updated: 3 July 2018\n", ""));
    let error = repo.refused(&["import", "profile", "page.txt", "--write"]);
    assert!(error.contains("no `last_updated`") && error.contains("--dated"), "{error}");
    repo.write("page.txt", &PAGE.replace("3 July 2018", "31 June 2018"));
    let error = repo.refused(&["import", "profile", "page.txt", "--write"]);
    assert!(error.contains("last_updated"), "{error}");
    repo.ok(&["import", "profile", "page.txt", "--dated", "2018-07-03", "--write"]);
}

#[test]
fn missing_parts_are_no_matter() {
    let repo = repo();
    let cut = PAGE.find("Mine Ban Policy").expect("the second topic");
    repo.write("page.txt", &PAGE[..cut]);
    assert!(facts(&repo, "page.txt").keys().all(|key| key.starts_with("BTN/cluster-munitions")));
    let notes = PAGE.find("\n[1] ").expect("the notes");
    repo.write("page.txt", &PAGE[..notes]);
    let draft = repo.json(&["import", "profile", "page.txt"]);
    assert!(
        draft["findings"]
            .as_array()
            .expect("findings")
            .iter()
            .filter(|f| f["rule"] == "text-note-missing")
            .count()
            >= 3
    );
    repo.write("page.txt", "Bhutan\n\nMine Ban Policy\n\nLast updated: 1 May 2020\n");
    assert_eq!(repo.json(&["import", "profile", "page.txt"])["records"][0]["last_updated"], "2020-05-01");
}

#[test]
fn notes_become_sources_joined_to_their_facts() {
    let repo = repo();
    repo.write("page.txt", PAGE);
    repo.ok(&["import", "profile", "page.txt", "--write"]);
    let draft = repo.json(&["import", "profile", "page.txt", "--dated", "2018-07-04"]);
    let sources = &draft["records"][0]["content"]["sources"];
    let letter = &sources["letter-12-2018"];
    assert_eq!(letter["kind"], "letter");
    assert_eq!(letter["number"], "12/2018");
    assert_eq!(letter["date"], "2018-05-02");
    assert_eq!(letter["author"], "Karma Dorji, Ministry of Foreign Affairs");
    let book =
        sources.as_object().expect("sources").values().find(|s| s["kind"] == "book").expect("the book");
    assert_eq!(
        (book["pages"].as_str(), book["publisher"].as_str(), book["date"].as_str()),
        (Some("77"), Some("Valley Press"), Some("2014"))
    );
    let position = &draft["records"][0]["content"]["position"]["sources"];
    assert!(position.as_array().expect("a list").iter().any(|s| s == "letter-12-2018"), "{position}");
}

#[test]
fn folders_of_pages_are_read_and_one_bad_page_stops_the_writing() {
    let repo = repo();
    repo.write("pages/bhutan.txt", PAGE);
    repo.write(
        "pages/deep/nepal.html",
        &html(&PAGE.replace("Bhutan", "Nepal").replace("Kingdom", "Republic"), true),
    );
    repo.write("pages/readme.md", "not a page");
    let draft = repo.json(&["import", "profile", "pages"]);
    assert_eq!(draft["summary"]["files"], 2);
    assert_eq!(draft["summary"]["new"], 4);
    repo.write_bytes("pages/scan.txt", b"%PDF-1.4 and so on");
    let error = repo.refused(&["import", "profile", "pages", "--write"]);
    assert!(error.contains("scan.txt") && error.contains("PDF"), "{error}");
    repo.write("pages/scan.txt", PAGE);
    let error = repo.refused(&["import", "profile", "pages", "--write"]);
    assert!(error.contains("both about BTN/"), "{error}");
}

#[test]
fn a_page_that_was_cut_short_is_not_written() {
    let repo = repo();
    let cut = PAGE.find("as an observer in the Fifth").expect("the sentence") + 9;
    repo.write("page.txt", &PAGE[..cut]);
    let error = repo.refused(&["import", "profile", "page.txt", "--write"]);
    assert!(error.contains("page.txt:13:") && error.contains("ends in the middle of a sentence"), "{error}");
    let output = repo.ok(&["import", "profile", "page.txt"]);
    assert!(output.contains("text-cut-short"), "{output}");
}

#[test]
fn a_claim_reaches_to_the_vote_that_the_text_names() {
    let repo = repo();
    repo.write("page.txt", PAGE);
    let found = facts(&repo, "page.txt");
    let votes: Vec<&String> = found.keys().filter(|key| key.contains("votes[")).collect();
    assert_eq!(
        votes.len(),
        3,
        "from 2015 to the vote of December 2017, not to the day of the page: {votes:?}"
    );
}

#[test]
fn a_meeting_that_is_denied_or_excepted_was_not_attended() {
    let repo = repo();
    let sentences = [
        "Bhutan has not attended the Sixth Meeting of States Parties.",
        "Bhutan attended every Meeting of States Parties, except the Eighth Meeting of States Parties in \
            September 2018.",
    ];
    repo.write(
        "page.txt",
        &PAGE
            .replace("Bhutan is party to the Mine Ban Treaty.", &sentences.join(" "))
            .replace("3 July 2018", "3 July 2019"),
    );
    let draft = repo.json(&["import", "profile", "page.txt"]);
    let record = &draft["records"][0];
    for meeting in ["ccm-6msp", "ccm-8msp"] {
        let attended =
            record["facts"].as_array().expect("facts").iter().any(|fact| {
                fact["value"]["meeting"] == meeting && fact["value"]["participation"] != "absent"
            });
        assert!(!attended, "{meeting}");
    }
    let left = record["not_understood"].as_array().expect("a list");
    assert!(
        left.iter().any(|l| l["text"].as_str().is_some_and(|t| t.contains("except the Eighth"))),
        "{left:?}"
    );
}

#[test]
fn the_surer_of_two_readings_stands_and_the_longer_of_two_texts() {
    let repo = repo();
    let page = PAGE
        .replace(
            "[2] Bhutan also attended",
            "[2] Bhutan attended the Fifth Meeting of States Parties. \
            Bhutan also attended",
        )
        .replace(
            "Bhutan is believed to possess",
            "Bhutan inherited a stockpile of cluster munitions from \
            Yugoslavia. It inherited a stockpile of cluster munitions from Yugoslavia in 1992. Bhutan is \
            believed to possess",
        );
    repo.write("page.txt", &page);
    let draft = repo.json(&["import", "profile", "page.txt"]);
    let content = &draft["records"][0]["content"];
    let fifth = content["meetings"]
        .as_array()
        .expect("meetings")
        .iter()
        .find(|m| m["meeting"] == "ccm-5msp")
        .expect("it");
    assert_eq!(fifth["participation"], "observer", "the note does not say in which role: {fifth}");
    assert_eq!(content["practice"]["stockpile"]["note"], "inherited from Yugoslavia in 1992");
}

#[test]
fn what_has_no_field_is_distinguished_from_what_was_not_understood() {
    let repo = repo();
    let page = PAGE.replace(
        "Bhutan is party to the Mine Ban Treaty.",
        "Bhutan has not taken any steps to accede to it.",
    );
    repo.write("page.txt", &page);
    let draft = repo.json(&["import", "profile", "page.txt"]);
    let aside = draft["records"][0]["set_aside"].as_array().expect("a list");
    assert!(aside.iter().any(|a| a["reader"] == "no-step-to-join"), "{aside:?}");
    assert!(repo.ok(&["import", "profile", "page.txt"]).contains("no field is for it"));
}

#[test]
fn a_draft_that_check_would_refuse_is_not_written() {
    let repo = repo();
    repo.write("page.txt", &PAGE.replace("3 July 2018", "3 July 2031"));
    let error = repo.refused(&["import", "profile", "page.txt", "--write"]);
    assert!(error.contains("BTN/cluster-munitions: last_updated") && error.contains("2031-07-03"), "{error}");
}

#[test]
fn the_answer_keeps_to_its_schema() {
    let repo = repo();
    let schema: Value =
        serde_json::from_str(include_str!("../../schema/output/draft.schema.json")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    repo.write("page.txt", &PAGE.replace("\n[2] ", "\n[7] "));
    repo.write("roll.csv", "resolution,state,vote\n81/44,BTN,Y\n");
    let new = ["--set", "calendar=ccm-resolutions", "--set", "date=2026-12-07"];
    let votes = [&["import", "votes", "roll.csv"][..], &new].concat();
    let page = ["import", "profile", "page.txt"];
    let write = [&page[..], &["--write"]].concat();
    let runs: [&[&str]; 5] =
        [&page, &write, &page, &votes, &["import", "profile", "page.txt", "--dated", "2020-01-01"]];
    for args in runs {
        let answer = repo.json(args);
        let faults: Vec<String> =
            schema.iter_errors(&answer).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(faults.is_empty(), "{args:?}: {faults:#?}");
        assert_eq!(answer.as_object().and_then(|o| o.keys().next()).map(String::as_str), Some("format"));
    }
}

#[test]
fn what_is_no_profile_is_refused() {
    let repo = repo();
    for (bytes, words) in [
        (&b"%PDF-1.7"[..], "a PDF document"),
        (&b"PK\x03\x04"[..], "a ZIP or office file"),
        (&b"one\0two"[..], "zero byte"),
        (&b""[..], "empty"),
        (&b"A letter to my aunt.\n"[..], "no heading of a topic"),
    ] {
        repo.write_bytes("page.txt", bytes);
        let error = repo.refused(&["import", "profile", "page.txt", "--write"]);
        assert!(error.contains(words), "{words}: {error}");
    }
    let error = repo.refused(&["import", "profile", "missing.txt"]);
    assert!(error.contains("missing.txt"), "{error}");
    repo.write("page.txt", PAGE);
    let error = repo.refused(&["import", "profile", "page.txt", "--format", "markdown"]);
    assert!(error.contains("markdown"), "{error}");
}
