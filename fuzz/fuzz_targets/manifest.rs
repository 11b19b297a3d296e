//! Any bytes in a manifest's place are a policy or an error with its place.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::dataset::Reference;
use sincewhen::files::Files;
use sincewhen::model::Failure;
use sincewhen::rules::Engine;
use sincewhen::schema::Policy;

/// A dataset of one schema and the manifest that is tried.
struct Fuzzed<'b>(&'b [u8]);

impl Files for Fuzzed<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(match path {
            "sincewhen.yaml" => Some(self.0.to_vec()),
            "note.schema.json" => Some(b"{\"type\": \"object\"}".to_vec()),
            "table.yaml" => Some(b"a: {name: b}\n".to_vec()),
            _ => None,
        })
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        Ok(if folder.is_empty() { vec!["note.schema.json".to_owned()] } else { Vec::new() })
    }
}

fuzz_target!(|bytes: &[u8]| {
    let files = Fuzzed(bytes);
    let Ok(policy) = Policy::load(&files, "") else { return };
    let (reference, _) = Reference::load_readable(&files, &policy);
    let _ = Engine::new(&policy, &reference);
});
