//! What can be asked about: names of records, dates of their editions, rules and groups. For completion, and
//! for programs that offer a choice.

use super::{Session, filter};
use crate::model::Failure;

impl Session {
    /// The records by their full names, and every name, code and group by which records can be asked for.
    ///
    /// # Errors
    /// The history cannot be read.
    pub fn record_names(&self) -> Result<(Vec<String>, Vec<String>), Failure> {
        let archive = self.archive(&[])?;
        let records = archive.timelines.keys().map(|id| id.0.clone()).collect();
        Ok((records, self.names.all()))
    }

    /// The dates of the editions of some records, the newest first, each once.
    ///
    /// # Errors
    /// A name that names nothing.
    pub fn edition_dates(&self, records: &[String]) -> Result<Vec<String>, Failure> {
        let archive = self.archive(records)?;
        let editions = archive.timelines.values().flat_map(|timeline| &timeline.editions);
        let mut dates: Vec<_> = editions.map(|e| (e.date.range().start, e.date.to_string())).collect();
        dates.sort_by(|a, b| b.cmp(a));
        dates.dedup();
        Ok(dates.into_iter().map(|(_, text)| text).collect())
    }

    /// The rules that word sentences, and the kinds of observation: what a filter by rule can name.
    pub fn rule_names(&self) -> Vec<String> {
        let mut names = filter::rule_names(&self.policy);
        names.sort();
        names.dedup();
        names
    }

    /// The groups by which a report can be made.
    pub fn group_names(&self) -> Vec<String> {
        let groups = self.policy.manifest.report.groups.keys().cloned();
        groups.chain([crate::report::BY_RULE.to_owned()]).collect()
    }
}
