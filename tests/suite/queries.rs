//! What a researcher types, with mistakes: each is answered, or corrected in words that help.

use crate::support::{Repo, binary, notes, own_repository, run_in};

const MANIFEST: &str = r#"format: sincewhen.manifest/1
title: Positions
rules: rules
records:
  - kind: position
    path: "positions/*/*.yaml"
    schema: position.schema.json
    identity: [country, topic]
    date: dated
    subject: "{{ tables.states[country].name }}"
    heading: "{{ tables.states[country].name }}, {{ tables.treaties[topic].name }}"
tables:
  states:
    path: states.yaml
    names: {field: country, columns: [name, also, formerly], codes: [iso2], groups: [region], parts: [parts]}
  treaties:
    path: treaties.yaml
    names: {field: topic, columns: [name, short]}
"#;

const SCHEMA: &str = r#"{"type": "object", "properties": {
  "level": {"title": "level"},
  "practice": {"title": "practice", "properties": {"stockpile": {"title": "stockpile"}}}
}}
"#;

const STATES: &str = r#"KAZ: {name: Kazakhstan, iso2: KZ, region: Asia}
KOR: {name: Republic of Korea, also: [South Korea], iso2: KR, region: Asia}
PRK: {name: Democratic People's Republic of Korea, also: [North Korea], iso2: KP, region: Asia}
MMR: {name: Myanmar, formerly: [Burma], iso2: MM, region: Asia}
COD: {name: Democratic Republic of the Congo, also: [DRC, DR Congo], formerly: [Zaire], iso2: CD, region: Africa}
COG: {name: Congo, iso2: CG, region: Africa}
CIV: {name: "Côte d'Ivoire", also: [Ivory Coast], iso2: CI, region: Africa}
AND: {name: Andorra, iso2: AD, region: Europe}
GRC: {name: Greece, iso2: GR, region: Europe}
GBR: {name: United Kingdom of Great Britain and Northern Ireland, also: [UK, United Kingdom], parts: [England, Scotland], iso2: GB, region: Europe}
VAT: {name: Holy See, iso2: VA, region: Europe}
FIN: {name: Finland, iso2: FI, region: Europe}
IRL: {name: Ireland, iso2: IE, region: Europe}
LBR: {name: Liberia, iso2: LR, region: Africa}
LBY: {name: Libya, iso2: LY, region: Africa}
SYR: {name: Syria, iso2: SY, region: Asia}
SDN: {name: Sudan, iso2: SD, region: Africa}
SSD: {name: South Sudan, iso2: SS, region: Africa}
THA: {name: Thailand, iso2: TH, region: Asia}
"#;

const TREATIES: &str = "mine-ban: {name: Mine Ban Treaty, short: MBT}
cluster-munitions: {name: Convention on Cluster Munitions, short: CCM}
";

fn record(country: &str, topic: &str, dated: &str, level: i64) -> String {
    format!(
        "country: {country}\ntopic: {topic}\ndated: {dated}\nlevel: {level}\npractice:\n  stockpile: \
            {level}\n"
    )
}

/// Nine countries, two treaties, editions of 2018, 2019 and 2020.
pub fn positions() -> Repo {
    let mut repo = Repo::empty();
    for (path, text) in notes::policy_files().into_iter().skip(2) {
        repo.write(path, text);
    }
    repo.write("sincewhen.yaml", MANIFEST).write("position.schema.json", SCHEMA);
    repo.write("states.yaml", STATES).write("treaties.yaml", TREATIES);
    for (dated, level) in [("2018-06-26", 1), ("2019-05-01", 2), ("2020-09-04", 3)] {
        for country in ["KAZ", "KOR", "PRK", "MMR", "COD", "COG", "CIV", "GRC", "GBR"] {
            for topic in ["mine-ban", "cluster-munitions"] {
                repo.write(
                    &format!("positions/{country}/{topic}.yaml"),
                    record(country, topic, dated, level),
                );
            }
        }
        repo.commit(&format!("editions of {dated}"));
    }
    repo
}

/// What is typed, and what the answer or the message must hold; `!` in front of a part that it must not hold.
type Query = (&'static str, Answered, &'static [&'static str]);

/// How it must end.
#[derive(Clone, Copy, PartialEq)]
enum Answered {
    Yes,
    /// Corrected: exit code 2 and a message that says how to ask.
    No,
}
use Answered::{No, Yes};

const QUERIES: &[Query] = &[
    // Names.
    ("log KAZ", Yes, &["KAZ/mine-ban", "KAZ/cluster-munitions", "!GRC"]),
    ("log kaz", Yes, &["KAZ/mine-ban"]),
    ("log kz", Yes, &["KAZ/mine-ban"]),
    ("log Kazakhstan", Yes, &["KAZ/mine-ban", "!KOR"]),
    ("log KAZAKHSTAN", Yes, &["KAZ/mine-ban"]),
    ("log kazakhstan/mbt", Yes, &["KAZ/mine-ban", "!KAZ/cluster"]),
    ("log KAZ/ccm", Yes, &["KAZ/cluster-munitions", "!KAZ/mine-ban"]),
    ("log KAZ/MINE-BAN", Yes, &["KAZ/mine-ban"]),
    ("log Kazakhstan mbt", Yes, &["KAZ/mine-ban", "!KAZ/cluster", "!KOR"]),
    ("log mbt", Yes, &["KAZ/mine-ban", "GRC/mine-ban", "!cluster"]),
    ("log South Korea", Yes, &["KOR/mine-ban", "!PRK"]),
    ("log South Korea/ccm", Yes, &["KOR/cluster-munitions", "!KOR/mine-ban"]),
    ("log Democratic Republic of the Congo", Yes, &["COD/mine-ban", "!COG"]),
    ("log DRC", Yes, &["COD/mine-ban", "!GRC"]),
    ("log Zaire", Yes, &["COD/mine-ban"]),
    ("log Burma", Yes, &["MMR/mine-ban"]),
    ("log UK", Yes, &["GBR/mine-ban"]),
    ("log Ivory Coast", Yes, &["CIV/mine-ban"]),
    ("log Cote d'Ivoire", Yes, &["CIV/mine-ban"]),
    ("log Congo", Yes, &["COG/mine-ban", "!COD"]),
    ("log Africa", Yes, &["COD/mine-ban", "CIV/mine-ban", "!KAZ"]),
    ("log europe/mbt", Yes, &["GRC/mine-ban", "GBR/mine-ban", "!cluster"]),
    ("log KAZ,GRC", Yes, &["KAZ/mine-ban", "GRC/mine-ban", "!KOR"]),
    ("log KAZ, Greece", Yes, &["KAZ/mine-ban", "GRC/mine-ban", "!KOR"]),
    ("log Kazak", Yes, &["`Kazak` is read as Kazakhstan (KAZ)", "KAZ/mine-ban"]),
    ("log Korea", No, &["`Korea` could be", "Republic of Korea (KOR)", "(PRK)"]),
    ("log Kazahkstan", No, &["no record named `Kazahkstan`", "did you mean `Kazakhstan` (KAZ)?"]),
    ("log KZA", No, &["no record named `KZA`", "!did you mean"]),
    ("log DRX", No, &["no record named `DRX`", "!GRC"]),
    ("log Holy See", No, &["there is no record of Holy See (VAT)"]),
    ("log KAZ/mine-bann", No, &["did you mean", "mine-ban"]),
    // Parts of states, and slips: what is near, and nothing far-fetched.
    ("log England", Yes, &["`England` is read as United Kingdom of Great Britain and", "GBR/mine-ban"]),
    ("log england/mbt", Yes, &["`england` is read as United Kingdom", "GBR/mine-ban", "!cluster"]),
    ("log Scotlnd", No, &["did you mean `Scotland` (GBR)?"]),
    ("log Greenland", No, &["no record named `Greenland`", "!did you mean"]),
    ("log Lybia", No, &["did you mean `Libya` (LBY)?", "!Liberia", "!Syria"]),
    ("log Finnland", No, &["did you mean `Finland` (FIN)?", "!Ireland"]),
    ("log Noth Korea", No, &["no record named `Noth Korea`", "did you mean `North Korea` (PRK)?"]),
    ("log Ivory cost", No, &["no record named `Ivory cost`", "did you mean `Ivory Coast` (CIV)?"]),
    ("log Taiwan", No, &["no record named `Taiwan`", "!did you mean"]),
    ("log S. Korea", Yes, &["`S. Korea` is read as Republic of Korea (KOR)", "KOR/mine-ban", "!PRK"]),
    ("log S. Sudan", No, &["`S. Sudan` is read as South Sudan (SSD)", "no record of South Sudan", "!(SDN)"]),
    ("log N. Korea mbt", Yes, &["PRK/mine-ban", "!KOR", "!cluster"]),
    ("log KAZ/nuclear", No, &["after `KAZ/` comes `cluster-munitions` or `mine-ban`", "!Africa"]),
    ("log */nuclear", No, &["after `*/` comes `cluster-munitions` or `mine-ban`"]),
    ("log Kazakhstan nuclear", No, &["no record named `nuclear`", "`topic` is `cluster-munitions` or"]),
    // Dates.
    ("show KAZ/mbt 2018", Yes, &["edition of 26 June 2018"]),
    ("show KAZ/mbt Sept 2020", Yes, &["edition of 4 September 2020"]),
    ("show KAZ/mbt --as-of 2019/05/01", Yes, &["edition of 1 May 2019"]),
    ("show KAZ/mbt 1 May 2019", Yes, &["edition of 1 May 2019"]),
    ("show KAZ/mbt --as-of first", Yes, &["edition of 26 June 2018"]),
    ("show KAZ/mbt --as-of 2020-02-30", No, &["`2020-02-30` is not a date", "!git"]),
    ("show KAZ/mbt --as-of 04/09/2020", No, &["could be 2020-09-04 or 2020-04-09"]),
    ("show KAZ/mbt --as-of 2050", No, &["nothing is known of 2050", "!git"]),
    ("show KAZ/mbt --as-of 2010", No, &["its first is of 2018-06-26"]),
    ("report 2030", No, &["nothing is known of 2030"]),
    ("show KAZ/mbt --known-at 2010", No, &["nothing was committed by the end of 2010", "--as-of 2010"]),
    ("show KAZ/mbt --as-of nosuchbranch", No, &["unknown revision `nosuchbranch`", "for a date write"]),
    // Ranges.
    ("changelog KAZ/mbt 2019", Yes, &["2018-06-26 → 2019-05-01", "!2020-09-04"]),
    ("changelog KAZ/mbt 2019..2020", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    ("changelog KAZ/mbt --since 2020", Yes, &["2019-05-01 → 2020-09-04", "!2018-06-26"]),
    ("changelog KAZ/mbt 2019 2020", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    ("changelog KAZ/mbt 2018..2019", Yes, &["begins with its first edition", "2018-06-26 → 2019-05-01"]),
    ("changelog KAZ/mbt 2020..2019", No, &["the range is reversed"]),
    // Fields and filters.
    ("blame KAZ/mbt stockpile", Yes, &["practice.stockpile"]),
    ("changelog KAZ/mbt --field stockpile", Yes, &["stockpile", "!level now"]),
    ("changelog KAZ/mbt --rule nosuchrule", No, &["no rule or kind is named `nosuchrule`"]),
    ("since KAZ --nature corrections", No, &["did you mean `correction`?", "one of: development"]),
    ("explain level known", Yes, &["level-known"]),
    ("version", No, &["`sincewhen --version`", "!verify"]),
    ("since KAZ --nature recorded", No, &["--nature: `recorded`", "development"]),
    // What somebody types who knows neither git nor this program: ranges and dates in words.
    ("changelog Kazakhstan/mbt 2019-2020", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    ("changelog Kazakhstan/mbt 2019/2020", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    ("changelog Kazakhstan/mbt 2019–2020", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    ("changelog Kazakhstan/mbt 2019 - 2020", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    (
        "changelog Kazakhstan mbt between 2019 and 2020",
        Yes,
        &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"],
    ),
    (
        "changelog Kazakhstan mbt from 2019 to 2020",
        Yes,
        &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"],
    ),
    ("changelog Kazakhstan mbt since 2020", Yes, &["2019-05-01 → 2020-09-04", "!2018-06-26"]),
    ("changelog Kazakhstan mbt until 2019", Yes, &["2018-06-26 → 2019-05-01", "!2020-09-04"]),
    ("changelog Kazakhstan mbt in 2019", Yes, &["2018-06-26 → 2019-05-01", "!2020-09-04"]),
    ("changelog KAZ/mbt 2019-20", No, &["`2019-20` is not a date", "for a range write `2019..2020`"]),
    ("show kazakhstan ccm in 2018", Yes, &["edition of 26 June 2018"]),
    ("show kazakhstan ccm as of 2018", Yes, &["edition of 26 June 2018"]),
    ("show KAZ/ccm at the end of 2018", Yes, &["edition of 26 June 2018"]),
    (
        "show KAZ/ccm yesterday",
        No,
        &["`yesterday` is not a date that can be read", "write 2020", "!wildcards"],
    ),
    ("changelog KAZ --since last year", No, &["if a date is meant: write 2020"]),
    ("show KAZ/ccm --as-of 2020Q3", No, &["`2020Q3` is not a date that can be read", "!git"]),
    ("show KAZ/ccm --as-of mid-2020", No, &["`mid-2020` is not a date that can be read", "!git"]),
    ("show KAZ/ccm --as-of 2020-9-4", Yes, &["edition of 4 September 2020"]),
    ("report 2019-2020 KAZ", Yes, &["2019 to 2020"]),
    ("report from 2019 to 2020 KAZ", Yes, &["2019 to 2020"]),
    // A history that was imported in one go.
    (
        "log KAZ/mbt --known-at 2024",
        Yes,
        &[
            "of 2018-06-26 to 2020-09-04, were all committed from",
            "--as-of what the records stated",
            "KAZ/mine-ban",
        ],
    ),
    // Names in a list, and files in place of records.
    ("log Greece and Congo", Yes, &["GRC/mine-ban", "COG/mine-ban", "!KAZ"]),
    ("log all", Yes, &["GRC/mine-ban", "KAZ/cluster-munitions"]),
    ("log positions/KAZ/mine-ban.yaml", Yes, &["KAZ/mine-ban", "!KAZ/cluster", "!GRC"]),
    ("show KAZ/mine-ban.yaml", No, &["did you mean `mine-ban`"]),
    ("show KAZ/nothing.yaml", No, &["no record named `KAZ/nothing.yaml`"]),
    ("log U.K.", No, &["no record named `U.K.`", "!GRC"]),
    // Fields and rules by words that are near.
    ("blame KAZ/ccm stockpiles", No, &["has no `stockpiles`", "did you mean `stockpile`?"]),
    ("since --rule absences KAZ", No, &["did you mean `absence`?"]),
    ("explain standing", No, &["`standing` is a kind of rule", "`level-known`"]),
    // Commands, options and formats of other programs.
    ("kazakhstan", No, &["`sincewhen since kazakhstan` says what stands", "!completions"]),
    ("list", No, &["`sincewhen log` lists the records"]),
    ("search stockpile", No, &["`sincewhen changelog --field FIELD`", "!cache"]),
    ("compare KAZ GRC", No, &["`sincewhen changelog NAME 2018..2020`", "!completions"]),
    ("changlog KAZ", No, &["changelog"]),
    ("changelog KAZ --csv", No, &["formats are chosen with `--format`"]),
    ("show KAZ/ccm -f json", No, &["formats are chosen with `--format`"]),
    ("show KAZ/ccm --date 2020", No, &["`--as-of DATE`", "!--dataset"]),
    ("since KAZ --kind absence", No, &["`--rule` takes rules and kinds of observation"]),
    ("since --region Asia", No, &["records are named without an option"]),
    ("changelog KAZ --format xlsx", No, &["a spreadsheet opens `--format csv`"]),
    ("report 2019 --format pdf", No, &["`report --format html` prints to PDF"]),
    ("changelog KAZ --format md", No, &["Markdown is `--format markdown`"]),
    ("since KAZ --as-off 2020", No, &["--as-of"]),
    // Twenty more: names in long and in short, several at a time, and dates as they are spoken.
    ("log Republic of Kazakhstan", No, &["did you mean `Kazakhstan` (KAZ)?", "!Korea"]),
    ("log Islamic Republic of Greece mbt", No, &["did you mean `Greece` (GRC)?", "!Korea"]),
    ("log greece and kazakhstan and congo", Yes, &["GRC/mine-ban", "KAZ/mine-ban", "COG/mine-ban"]),
    ("log AND", No, &["there is no record of Andorra (AND)"]),
    ("log Kazakhstan cluster munitions", Yes, &["KAZ/cluster-munitions", "!KAZ/mine-ban"]),
    ("log KAZ/cluster_munitions", Yes, &["KAZ/cluster-munitions", "!KAZ/mine-ban"]),
    ("log KAZ cluster-munition", Yes, &["is read as Convention on Cluster Munitions", "!KAZ/mine-ban"]),
    ("log KAZ KOR", Yes, &["KAZ/mine-ban", "KOR/cluster-munitions", "!GRC"]),
    ("log kaz kor mbt", Yes, &["KAZ/mine-ban", "KOR/mine-ban", "!cluster"]),
    ("log Asia CCM", Yes, &["KAZ/cluster-munitions", "MMR/cluster-munitions", "!mine-ban", "!GRC"]),
    ("log KAZ ccm MBT", Yes, &["KAZ/cluster-munitions", "KAZ/mine-ban", "!GRC"]),
    ("log Kazakhstan, ", Yes, &["KAZ/mine-ban", "!GRC"]),
    ("show Kazakhstan", Yes, &["Mine Ban Treaty", "Convention on Cluster Munitions"]),
    (
        "show Kazakhstan 2018 --format markdown",
        Yes,
        &["Kazakhstan, Mine Ban Treaty", "Kazakhstan, Convention on Cluster", "26 June 2018"],
    ),
    ("show Kazakhstan --format yaml", No, &["`Kazakhstan` names 2 records", "`KAZ/mine-ban`"]),
    ("show mbt", Yes, &["Greece, Mine Ban Treaty", "Kazakhstan, Mine Ban Treaty"]),
    ("show all", No, &["names 18 records"]),
    ("show KAZ/ccm 4th September 2020", Yes, &["edition of 4 September 2020"]),
    ("show KAZ/ccm September 4 2020", Yes, &["edition of 4 September 2020"]),
    ("show KAZ/ccm 04.09.2020", No, &["could be 2020-09-04 or 2020-04-09"]),
    ("changelog KAZ/mbt 2018 to 2020", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    ("changelog KAZ/mbt since 2020-13", No, &["`2020-13` is not a date", "!git"]),
    // Quoted where no quotes are needed.
    ("log \"Kazakhstan mbt\"", Yes, &["KAZ/mine-ban", "!KAZ/cluster", "!KOR"]),
    ("log \"South Korea ccm\"", Yes, &["KOR/cluster-munitions", "!PRK", "!mine-ban"]),
    ("log \"Kazakhstan nonsense\"", No, &["no record named `Kazakhstan nonsense`"]),
    ("changelog KAZ/mbt \"from 2018 to 2020\"", Yes, &["2018-06-26 → 2019-05-01", "2019-05-01 → 2020-09-04"]),
    ("changelog KAZ/mbt \"since May 2019\"", Yes, &["2019-05-01 → 2020-09-04"]),
    ("show KAZ/mbt \"1 May 2019\"", Yes, &["edition of 1 May 2019"]),
    // What names no record.
    ("log Atlantis", No, &["no record named `Atlantis`", "groups of records: `Africa`", "`Europe`"]),
    ("changelog KAZ/mbt level", No, &["`level` is a field: `--field level`", "blame REC level"]),
    ("report 1990", Yes, &["nothing is known of 1990", "the first edition is of 2018-06-26"]),
    ("report last year", No, &["`last year` is not a date that can be read", "write 2020"]),
    ("report 25", No, &["`25` is not a year", "write 2020"]),
    ("changelog KAZ last year", No, &["`last year` is not a date that can be read", "!Laos", "!no record"]),
    ("since KAZ This Month", No, &["`This Month` is not a date that can be read"]),
    ("blame KAZ/ccm practice.stockpil", No, &["its fields: country"]),
    ("check Kazakhstan", No, &["Kazakhstan: No such file", "a path is expected here"]),
    ("explain KAZ/ccm level-known", Yes, &["level 3", "fingerprint", "!Mine Ban"]),
    ("explain standing KAZ/ccm", Yes, &["level 3", "fingerprint"]),
    ("explain kazakhstan standing", Yes, &["Convention on Cluster Munitions", "Mine Ban Treaty"]),
    ("explain KAZ/ccm", No, &["neither a rule nor a fingerprint", "`sincewhen explain REC RULE`"]),
    ("explain KAZ/ccm absences", No, &["neither a rule nor a fingerprint"]),
    ("explain KZA level-known", No, &["no record named `KZA`"]),
    ("history KAZ", No, &["`sincewhen log` lists the records"]),
    ("who KAZ", No, &["`sincewhen blame NAME FIELD`"]),
];

/// Words as a shell takes them apart; double quotes hold some together.
fn arguments(typed: &str) -> Vec<&str> {
    let quoted = typed.split('"').enumerate();
    let words = quoted.flat_map(|(at, part)| match at % 2 {
        0 => part.split(' ').filter(|word| !word.is_empty()).collect(),
        _ => vec![part],
    });
    words.collect()
}

#[test]
fn what_a_researcher_types() {
    let repo = positions();
    let mut faults = Vec::new();
    for (typed, answered, parts) in QUERIES {
        let run = binary(repo.path())
            .env("SINCEWHEN_TODAY", "2021-01-01")
            .args(arguments(typed))
            .output()
            .expect("because the binary was built for these tests");
        let text =
            format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
        let code = run.status.code();
        if code != Some(if *answered == Yes { 0 } else { 2 }) {
            faults.push(format!("{typed}: exit code {code:?}\n{text}"));
            continue;
        }
        for part in *parts {
            let (wanted, part) = part.strip_prefix('!').map_or((true, *part), |part| (false, part));
            if text.contains(part) != wanted {
                let what = if wanted { "lacks" } else { "has" };
                faults.push(format!("{typed}: {what} {part:?}\n{text}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n---\n"));
}

/// In a pipe: one row a line, the record first, nothing wrapped; and the same rows as CSV and as JSON lines.
#[test]
fn answers_in_a_pipe() {
    let repo = positions();
    // What has a record's end beside its sentences says so in a column of its own.
    for (command, rows, more) in [
        (&["changelog", "KAZ/mbt"][..], 2, &[][..]),
        (&["since", "KAZ"], 2, &["ended"]),
        (&["log", "KAZ/mbt"], 3, &["ended"]),
        (&["diff", "KAZ/mbt"], 3, &[]),
        (&["blame", "KAZ/mbt"], 5, &[]),
    ] {
        let run = |more: &[&str]| {
            let out =
                binary(repo.path()).env_remove("COLUMNS").args(command).args(more).output().expect("a run");
            assert!(out.status.success(), "{command:?}: {}", String::from_utf8_lossy(&out.stderr));
            String::from_utf8(out.stdout).expect("text")
        };
        let text = run(&[]);
        assert!(text.lines().count() >= rows, "{command:?}\n{text}");
        assert!(text.lines().all(|line| line.starts_with("KAZ/")), "{command:?}\n{text}");
        let csv = run(&["--format", "csv"]);
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let head: Vec<String> = reader.headers().expect("a head").iter().map(str::to_owned).collect();
        assert_eq!(head[16..], *more, "{command:?}");
        assert_eq!(
            head[..16],
            [
                "record",
                "name",
                "country",
                "topic",
                "edition",
                "commit",
                "rule",
                "nature",
                "significance",
                "date",
                "path",
                "from",
                "to",
                "sentence",
                "sources",
                "fingerprint"
            ]
        );
        assert_eq!(reader.records().count(), text.lines().count(), "{command:?}\n{csv}");
        let jsonl = run(&["--format", "jsonl"]);
        assert_eq!(jsonl.lines().count(), text.lines().count(), "{command:?}\n{jsonl}");
        for line in jsonl.lines() {
            let row: serde_json::Value = serde_json::from_str(line).expect("an object a line");
            assert_eq!(row["name"], "Kazakhstan", "{line}");
        }
    }
}

/// `show --format yaml` is the committed file, byte for byte, whatever ends its lines.
#[test]
fn a_record_as_it_was_committed() {
    let mut repo = positions();
    let crlf = record("GRC", "mine-ban", "2020-12-01", 4).replace('\n', "\r\n");
    repo.write("positions/GRC/mine-ban.yaml", &crlf);
    repo.commit("lines that end otherwise");
    let out = binary(repo.path()).args(["show", "greece/mbt", "--format", "yaml"]).output().expect("a run");
    assert_eq!(out.stdout, crlf.as_bytes());
    // What is made to be read has the line ends of the place it is read in.
    for more in [&[][..], &["--format", "markdown"], &["--format", "json"]] {
        let text = repo.run(&[&["show", "greece/mbt"], more].concat()).answer();
        assert!(!text.contains('\r') && !text.contains("u{d}") && !text.contains("\\r"), "{more:?}: {text}");
    }
}

/// `--sort since` orders by when things happened, over all records.
#[test]
fn a_changelog_in_the_order_of_time() {
    let mut repo = positions();
    repo.write("positions/GRC/mine-ban.yaml", record("GRC", "mine-ban", "2020-10-01", 9));
    repo.commit("one more");
    let run = |order: &[&str]| {
        let args =
            [&["changelog", "GRC/mbt", "KAZ/mbt", "--rule", "level-changed", "--format", "csv"], order]
                .concat();
        let out = binary(repo.path()).args(&args).output().expect("a run");
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
        let mut reader = csv::Reader::from_reader(out.stdout.as_slice());
        let rows = reader.records().map(|row| row.expect("a row"));
        rows.map(|row| format!("{} {}", &row[0], &row[4])).collect::<Vec<String>>()
    };
    let newest_first = run(&[]);
    assert_eq!(newest_first[0], "GRC/mine-ban 2020-10-01");
    let in_time = run(&["--sort", "since"]);
    assert_eq!(in_time[0], "GRC/mine-ban 2019-05-01", "{in_time:?}");
    assert_eq!(in_time.len(), newest_first.len());
}

#[test]
fn a_mistyped_name_of_several_words_is_suggested_though_one_of_them_is_a_name() {
    for (typed, name) in [("Guinea Bisau", "Guinea Bisau"), ("Bisau", "Bisau")] {
        let fault =
            run_in(&own_repository(), &[&["log"], &*typed.split(' ').collect::<Vec<_>>()].concat()).fault();
        assert!(fault.contains(&format!("no record named `{name}`")), "{fault}");
        assert!(fault.contains("did you mean `Guinea Bissau` (GNB)?"), "{fault}");
    }
    let fault = run_in(&own_repository(), &["log", "South", "Sudan", "mtb"]).fault();
    assert!(fault.contains("no record named `mtb`"), "{fault}");
}
