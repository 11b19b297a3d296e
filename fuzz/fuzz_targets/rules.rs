//! Any bytes in a rule file's place are a rule or an error; its templates and conditions compile or say why not, and end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::dataset::Reference;
use sincewhen::document::tree;
use sincewhen::model::results::EditionRef;
use sincewhen::model::{CommitId, Identity};
use sincewhen::rules::{Edited, Engine};
use sincewhen::schema::{Files, Policy};

const MANIFEST: &[u8] = b"format: sincewhen.manifest/1\nrules: rules\nrecords:\n  - {kind: note, path: '*.yaml', schema: s.json, identity: [name], date: dated}\n";

/// A dataset whose first rule is the one that is tried.
struct Fuzzed<'b>(&'b [u8], &'b str);

impl Files for Fuzzed<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String> {
        Ok(match path {
            "sincewhen.yaml" => Some(MANIFEST.to_vec()),
            "s.json" => Some(b"{\"type\": \"object\"}".to_vec()),
            _ if path == self.1 => Some(self.0.to_vec()),
            _ => None,
        })
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, String> {
        Ok(if self.1.starts_with(folder) { vec![self.1.to_owned()] } else { Vec::new() })
    }
}

fuzz_target!(|bytes: &[u8]| {
    for file in ["rules/changes/tried.yaml", "rules/observations/tried.yaml"] {
        let files = Fuzzed(bytes, file);
        let Ok(policy) = Policy::load(&files, "") else { continue };
        let reference = Reference::default();
        let Ok(engine) = Engine::new(&policy, &reference) else { continue };
        let identity = Identity(vec![("name".to_owned(), "a".to_owned())]);
        let subject = engine.subject(&identity, 0);
        let edition = |text: &str, date: &str| {
            let document = tree(text.as_bytes()).0.expect("because the text is plain");
            let name = EditionRef {
                last_updated: date.parse().expect("because it is a date"),
                commit: CommitId("0".repeat(40)),
                file: "a.yaml".to_owned(),
            };
            (document, name)
        };
        let (a, first) = edition("name: a\ndated: 2019-01-01\nlevel: 1\nmarks: [{id: x, said: yes}]\n", "2019-01-01");
        let (b, second) = edition("name: a\ndated: 2020-01-01\nlevel: two\nmarks: [{id: y}]\ntext: new\n", "2020-01-01");
        let (before, after) = (Edited { document: &a, edition: &first }, Edited { document: &b, edition: &second });
        let (seen, seen_later) = (engine.sightings(&subject, before), engine.sightings(&subject, after));
        let _ = engine.step_between(&subject, (before, &seen[..]), (after, &seen_later[..]), true);
    }
});
