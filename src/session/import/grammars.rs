//! What is wrong with the grammars of imports, for `check`.

use crate::dataset::Reference;
use crate::files::Files;
use crate::import::fill::Filler;
use crate::import::profile::grammar::ProfileSpec;
use crate::import::table_grammar::TableGrammar;
use crate::import::{GrammarHead, Reads, sound};
use crate::model::Failure;
use crate::schema::{Policy, PolicyError, manifest, read_typed};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashSet;

/// What would keep `import` from using the grammars of a state: one fault a file.
pub fn faults(files: &dyn Files, policy: &Policy, reference: &Reference) -> Vec<PolicyError> {
    let Some(folder) = policy.manifest.imports.as_ref().map(|folder| policy.path(folder)) else {
        return Vec::new();
    };
    let found = Grammars { files, folder: &folder, reference };
    let paths = files.list(&folder).unwrap_or_default();
    let grammars: Vec<&String> = paths.iter().filter(|path| path.ends_with(".yaml")).collect();
    if grammars.is_empty() {
        let manifest = policy.path(manifest::FILE_NAME);
        return vec![PolicyError::whole(&manifest, format!("imports: there is no grammar in {folder}"))];
    }
    let mut faults: Vec<PolicyError> =
        grammars.into_iter().filter_map(|path| found.check(path).err()).collect();
    // Grammars share parts.
    let mut seen = HashSet::new();
    faults.retain(|fault| seen.insert((fault.file.clone(), fault.message.clone())));
    faults
}

struct Grammars<'f> {
    files: &'f dyn Files,
    folder: &'f str,
    reference: &'f Reference,
}

impl Grammars<'_> {
    fn check(&self, path: &str) -> Result<(), PolicyError> {
        let whole = |failure: Failure| PolicyError::whole(path, failure.message);
        let head: GrammarHead = self.read(path)?;
        match head.reads {
            // A part of other grammars.
            None => return Ok(()),
            Some(Reads::Pages) => {
                let mut spec: ProfileSpec = self.read(path)?;
                spec.dates = Some(self.beside("dates")?);
                sound::pages(&spec, &self.beside("names")?, self.reference).map_err(whole)?;
            }
            Some(Reads::Tables) => {
                let mut spec: TableGrammar = self.read(path)?;
                spec.dates = Some(self.beside("dates")?);
                spec.names = Some(self.beside("names")?);
                sound::tables(&spec).map_err(whole)?;
            }
        }
        sound::templates(&Filler::new(), &self.read::<Value>(path)?).map_err(whole)
    }

    /// The part of grammars that a file of this name holds.
    fn beside<T: DeserializeOwned>(&self, name: &str) -> Result<T, PolicyError> {
        self.read(&format!("{}/{name}.yaml", self.folder))
    }

    fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, PolicyError> {
        let read = self.files.read(path).map_err(|failure| PolicyError::whole(path, failure.message))?;
        let bytes = read.ok_or_else(|| PolicyError::whole(path, "it is not there, and grammars use it"))?;
        read_typed(path, &bytes)
    }
}
