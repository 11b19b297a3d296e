//! Any bytes in a rule file's place are a rule or an error; its templates and conditions compile or say why
//! not, and end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::dataset::Reference;
use sincewhen::document::tree;
use sincewhen::files::Files;
use sincewhen::model::Failure;
use sincewhen::model::results::EditionRef;
use sincewhen::model::{Identity, ObjectId};
use sincewhen::rules::{Edited, Engine};
use sincewhen::schema::Policy;

const MANIFEST: &[u8] = b"format: sincewhen.manifest/1
rules: rules
calendars: {days: {path: days.yaml}}
tables: {words: {path: words.yaml}}
records:
  - {kind: note, path: '*.yaml', schema: s.json, identity: [name], date: dated}
";

const SCHEMA: &[u8] = br#"{"properties": {
  "dated": {"x-nature": "review"},
  "marks": {"items": {"type": "object"}, "x-key": ["day"]}
}}"#;

const DAYS: &[u8] = b"entries:
  - {id: x, kind: big, short: X, start: 2017-02-01, end: 2017-02-03}
  - {id: y, kind: big, short: Y, start: 2018-02-01}
  - {id: z, kind: small, short: Z, start: 2019-02-01}
  - {id: w, kind: big, short: W, start: 2019-06-01}
";

const BEFORE: &str = "name: a
dated: 2019-01-01
level: 1
begun: 2016-05
marks: [{day: x, said: 'yes', was: there, date: 2017-02-02}, {day: y, said: 'yes', was: away, out: true}]
seen: {marks: [{from: 2017-01-01, to: 2018-12-31, kinds: [big]}], to: 2018-12}
";

const AFTER: &str = "name: a
dated: 2020-01-01
level: two
begun: 2016-05-03
done: 2019-03-01
marks: [{day: y, said: 'yes', was: away}, {day: z, said: 'no', was: there}, {day: w, date: 2019-06}]
seen: {marks: [{from: 2017-01-01, to: 2019-12-31}], to: 2019-12}
text: new
";

/// A dataset whose first rule is the one that is tried.
struct Fuzzed<'b>(&'b [u8], &'b str);

impl Files for Fuzzed<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(match path {
            "sincewhen.yaml" => Some(MANIFEST.to_vec()),
            "s.json" => Some(SCHEMA.to_vec()),
            "days.yaml" => Some(DAYS.to_vec()),
            "words.yaml" => Some(b"a: {name: b}\n".to_vec()),
            _ if path == self.1 => Some(self.0.to_vec()),
            _ => None,
        })
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        Ok([self.1, "s.json"]
            .into_iter()
            .filter(|path| path.starts_with(folder))
            .map(str::to_owned)
            .collect())
    }
}

fuzz_target!(|bytes: &[u8]| {
    for file in ["rules/acts/tried.yaml", "rules/observations/tried.yaml"] {
        let files = Fuzzed(bytes, file);
        let Ok(policy) = Policy::load(&files, "") else { continue };
        let (reference, _) = Reference::load_readable(&files, &policy);
        let Ok(engine) = Engine::new(&policy, &reference) else { continue };
        let identity = Identity(vec![("name".to_owned(), "a".to_owned())]);
        let subject = engine.subject(&identity, 0);
        let edition = |text: &str, date: &str| {
            let document = tree(text.as_bytes()).0.expect("because the text is plain");
            let name = EditionRef {
                last_updated: date.parse().expect("because it is a date"),
                dated_by_commit: false,
                commit: ObjectId::worktree(),
                file: "a.yaml".to_owned(),
            };
            (document, name)
        };
        let (a, first) = edition(BEFORE, "2019-01-01");
        let (b, second) = edition(AFTER, "2020-01-01");
        let (before, after) =
            (Edited { document: &a, edition: &first }, Edited { document: &b, edition: &second });
        let (seen, seen_later) = (engine.sightings(&subject, before), engine.sightings(&subject, after));
        let _ = engine.step_between(&subject, (before, &seen[..]), (after, &seen_later[..]), true);
    }
});
