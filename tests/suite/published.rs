//! The dataset counted against what others published: totals of parties and signatories, and the tallies of
//! the resolutions. Reads the files as plain YAML, without the program.

use serde_yaml::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

fn dataset() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("dataset")
}

fn read(path: &std::path::Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// The records of a topic by state.
fn records(topic: &str) -> BTreeMap<String, Value> {
    let folders =
        std::fs::read_dir(dataset().join("countries")).expect("the records are part of the repository");
    let of = |folder: std::fs::DirEntry| {
        (
            folder.file_name().to_string_lossy().into_owned(),
            read(&folder.path().join(format!("{topic}.yaml"))),
        )
    };
    folders.map(|folder| of(folder.expect("a folder"))).collect()
}

/// Parties, signatories that are no parties, and states whose withdrawal has taken effect, on a day.
fn standing(records: &BTreeMap<String, Value>, day: &str) -> (usize, usize, usize) {
    let (mut parties, mut signatories, mut withdrawn) = (0, 0, 0);
    for record in records.values() {
        let treaty = &record["treaty"];
        // A month or year that holds the day does not show whether it was before or after it.
        let by = |date: &Value| {
            date.as_str().is_some_and(|date| date <= day && (date.len() == 10 || !day.starts_with(date)))
        };
        if by(&treaty["withdrawal"]["effective"]) {
            withdrawn += 1;
        } else if by(&treaty["consent"]["date"]) {
            parties += 1;
        } else if by(&treaty["signed"]) {
            signatories += 1;
        }
    }
    (parties, signatories, withdrawn)
}

/// A total that somebody published: the day for which it holds, parties, signatories where they are given,
/// and who says so.
type Total = (&'static str, usize, Option<usize>, &'static str);

const CLUSTER_MUNITIONS: &[Total] = &[
    (
        "2010-08-01",
        38,
        Some(70),
        "Cluster Munition Monitor 2015: 108 signed by entry into force, 38 of them parties",
    ),
    ("2011-09-22", 66, Some(45), "the status page of the Convention, September 2011"),
    ("2014-04-07", 84, Some(29), "GICHD, 7 April 2014"),
    ("2016-08-15", 100, Some(19), "Cluster Munition Monitor 2016"),
    ("2018-08-01", 103, Some(17), "Cluster Munition Monitor 2018"),
    ("2019-07-31", 106, Some(14), "Cluster Munition Monitor 2019"),
    ("2022-08-01", 110, Some(13), "Cluster Munition Monitor 2022"),
    ("2023-12-31", 112, Some(12), "list of parties, December 2023"),
    ("2025-08-01", 111, Some(12), "Cluster Munition Coalition, 1 August 2025"),
    ("2025-09-05", 112, None, "ICBL-CMC: Vanuatu is the 112th"),
    ("2026-02-20", 112, Some(12), "status on 20 February 2026"),
];

const MINE_BAN: &[Total] = &[
    ("1999-03-01", 67, None, "Arms Control Association, early 1999"),
    ("2003-09-15", 136, Some(12), "ICBL Landmine Update 11"),
    ("2006-07-31", 151, None, "Landmine Monitor 2006"),
    ("2007-08-15", 155, None, "Landmine Monitor 2007"),
    ("2012-12-31", 161, None, "ICBL: Poland is the 161st"),
    ("2022-08-31", 164, Some(1), "list of parties, August 2022"),
    ("2026-02-20", 161, Some(0), "status on 20 February 2026"),
];

#[test]
fn parties_and_signatories_are_as_many_as_was_published() {
    for (topic, totals) in [("cluster-munitions", CLUSTER_MUNITIONS), ("mine-ban", MINE_BAN)] {
        let records = records(topic);
        assert_eq!(records.len(), 197, "{topic}");
        for (day, parties, signatories, source) in totals {
            let counted = standing(&records, day);
            assert_eq!(counted.0, *parties, "{topic}, parties on {day} ({source})");
            if let Some(signatories) = signatories {
                assert_eq!(counted.1, *signatories, "{topic}, signatories on {day} ({source})");
            }
        }
    }
    let lebanon = &records("mine-ban")["LBN"]["treaty"];
    assert_eq!(
        lebanon["reported"]["consent"]["date"].as_str(),
        Some("2026"),
        "reported, and no deposit is proven"
    );
    assert!(lebanon["consent"].is_null(), "161 without it");
    assert_eq!(standing(&records("mine-ban"), "2025-12-28").2, 3, "Estonia, Latvia and Lithuania had left");
}

#[test]
fn the_status_of_every_record_is_what_its_dates_say() {
    for topic in ["cluster-munitions", "mine-ban"] {
        for (state, record) in records(topic) {
            let treaty = &record["treaty"];
            let day = record["last_updated"].as_str().expect("a date");
            let there = |one: &Value| one.as_str().is_some_and(|date| date <= day);
            let status = match () {
                () if there(&treaty["withdrawal"]["effective"]) => "withdrawn",
                () if there(&treaty["consent"]["date"]) => "party",
                () if there(&treaty["signed"]) => "signatory",
                () => "non-signatory",
            };
            assert_eq!(treaty["status"].as_str(), Some(status), "{state}/{topic}");
        }
    }
}

/// The published tally of each of the 41 resolutions: what the calendars' roll calls add up to, and what the
/// records' votes do.
#[test]
fn every_resolution_has_the_votes_that_its_tally_counts() {
    let mut resolutions = 0;
    for (topic, calendar) in
        [("cluster-munitions", "ccm-resolutions.yaml"), ("mine-ban", "mbt-resolutions.yaml")]
    {
        let records = records(topic);
        let calendar = read(&dataset().join("calendars").join(calendar));
        for entry in calendar["entries"].as_sequence().expect("entries") {
            resolutions += 1;
            let id = entry["id"].as_str().expect("an id");
            let tally: BTreeMap<String, usize> =
                serde_yaml::from_value(entry["tally"].clone()).expect("a tally");
            let roll: BTreeMap<String, Vec<String>> =
                serde_yaml::from_value(entry["roll_call"].clone()).expect("a roll call");
            let mut cast: BTreeMap<String, usize> = BTreeMap::new();
            for (state, record) in &records {
                let votes = record["votes"].as_sequence().into_iter().flatten();
                for vote in votes.filter(|vote| vote["resolution"].as_str() == Some(id)) {
                    let value = vote["vote"].as_str().expect("a vote");
                    *cast.entry(value.to_owned()).or_default() += 1;
                    assert!(
                        roll.get(value).is_some_and(|names| names.contains(state)),
                        "{id}: {state} is not among {value}"
                    );
                }
            }
            let called: BTreeMap<String, usize> =
                roll.iter().map(|(value, names)| (value.clone(), names.len())).collect();
            let published: BTreeMap<String, usize> =
                tally.into_iter().filter(|(_, count)| *count > 0).collect();
            let filled = |counts: BTreeMap<String, usize>| {
                counts.into_iter().filter(|(_, count)| *count > 0).collect()
            };
            let (called, cast): (BTreeMap<_, _>, BTreeMap<_, _>) = (filled(called), filled(cast));
            assert_eq!(called, published, "{topic} {id}: the roll call");
            assert_eq!(cast, published, "{topic} {id}: the records");
        }
    }
    assert_eq!(resolutions, 41);
}
