//! The tables and calendars of one tree.

use super::calendar::{Calendar, Occasion};
use crate::document::{self, ReadOptions};
use crate::files::Files;
use crate::model::{Document, Node};
use crate::schema::{CalendarSpec, Policy, PolicyError};
use indexmap::IndexMap;
use rayon::prelude::*;
use std::sync::Arc;

/// Tables and calendars of one tree.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// Tables by name, as templates see them.
    pub tables: serde_json::Map<String, serde_json::Value>,
    /// Calendars by name.
    pub calendars: IndexMap<String, Calendar>,
}

impl Reference {
    /// Reads the tables and calendars that a policy names. A file that is missing counts as empty: an old
    /// tree may not have had it.
    ///
    /// # Errors
    /// A file that is there and cannot be read, or an occasion without a name or a date, with its place.
    pub fn load(files: &dyn Files, policy: &Policy) -> Result<Reference, PolicyError> {
        let (reference, faults) = Reference::load_readable(files, policy);
        faults.into_iter().next().map_or(Ok(reference), Err)
    }

    /// As [`Reference::load`], but a file that cannot be read counts as missing, too; with what is wrong with
    /// each.
    pub fn load_readable(files: &dyn Files, policy: &Policy) -> (Reference, Vec<PolicyError>) {
        let (mut reference, mut faults) = (Reference::default(), Vec::new());
        let (tables, calendars) = (&policy.manifest.tables, &policy.manifest.calendars);
        let paths = tables.values().map(|spec| &spec.path).chain(calendars.values().map(|spec| &spec.path));
        let mut read = read_all(files, paths.map(|path| policy.path(path)).collect()).into_iter();
        let mut next = || read.next().expect("because each table and calendar has its file");
        for (name, spec) in tables {
            let doc = next().1.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            });
            let rows = match doc {
                Some(doc) => match &spec.rows {
                    Some(key) => doc.root.get(key).map(Node::to_json).unwrap_or_default(),
                    None => doc.root.to_json(),
                },
                None => serde_json::Value::Object(serde_json::Map::new()),
            };
            reference.tables.insert(name.clone(), rows);
        }
        for (name, spec) in calendars {
            faults.extend(eligibility_fault(name, spec, policy));
            let (path, doc) = next();
            let read = doc.and_then(|doc| {
                let read = |doc| Calendar::read(name, spec, &path, &Arc::new(doc), &reference.tables);
                doc.map(read).transpose()
            });
            let calendar = read.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            });
            reference
                .calendars
                .insert(name.clone(), calendar.unwrap_or_else(|| Calendar::empty(name, &path)));
        }
        (reference, faults)
    }

    /// Finds an occasion in the first of some calendars that has it.
    pub fn occasion(&self, calendars: &[String], id: &str) -> Option<&Occasion> {
        calendars.iter().find_map(|name| self.calendars.get(name)?.get(id))
    }
}

/// What is wrong with what the manifest says of who could take part in a calendar's occasions.
fn eligibility_fault(name: &str, spec: &CalendarSpec, policy: &Policy) -> Option<PolicyError> {
    let rule = spec.eligible.as_ref()?;
    let what = match (&rule.among, &rule.table, &rule.from) {
        (_, Some(table), Some(_)) if !policy.manifest.tables.contains_key(table) => {
            format!("the manifest names no table `{table}`")
        }
        (_, Some(_), None) => "`table` needs `from`, the column of its day".to_owned(),
        (_, None, Some(_)) => "`from` needs `table`, whose column it is".to_owned(),
        (None, None, None) => "needs `among`, or `table` and `from`".to_owned(),
        _ => return None,
    };
    let file = policy.path(crate::schema::manifest::FILE_NAME);
    Some(PolicyError::whole(&file, format!("calendars: {name}: eligible: {what}")))
}

/// The documents of some files, parsed on all cores; one that is missing is `None`.
fn read_all(files: &dyn Files, paths: Vec<String>) -> Vec<(String, Result<Option<Document>, PolicyError>)> {
    let read = |path: String| {
        let bytes = files.read(&path).map_err(|failure| PolicyError::whole(&path, failure.message));
        (path, bytes)
    };
    let texts: Vec<_> = paths.into_iter().map(read).collect();
    let parsed = texts.into_par_iter().map(|(path, bytes)| {
        let document = bytes.and_then(|bytes| bytes.map(|bytes| parse(&path, &bytes)).transpose());
        (path, document)
    });
    parsed.collect()
}

fn parse(path: &str, bytes: &[u8]) -> Result<Document, PolicyError> {
    let reading = document::read(bytes, &ReadOptions::lenient());
    reading.document.ok_or_else(|| {
        let first = reading.problems.into_iter().next();
        PolicyError::whole(path, first.map_or_else(|| "cannot be read as YAML".to_owned(), |p| p.message))
    })
}
