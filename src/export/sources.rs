//! The sources that editions describe.

use super::cell::{Cell, ExportRow};
use super::context::RecordExport;
use super::stages::{EditionStage, StandingRow};
use super::tables::source_lists;
use crate::model::{Node, PartialDate};
use crate::report::ReadEdition;
use crate::rules::Subject;
use std::collections::{HashMap, HashSet};

/// Where `superseded_by` and `held_until` stand in a row.
const PLACES: (usize, usize, Option<usize>) = (4, 6, None);

/// The sources of a record's editions, which are added one after another.
pub(super) struct SourceRows<'s> {
    export: &'s RecordExport<'s>,
    subject: &'s Subject<'s>,
    lists: Vec<String>,
    all: Vec<StandingRow>,
    /// The sources that stand, by list and name: where each stands among the rows, and what is said of it.
    open: HashMap<(usize, String), (usize, Vec<Cell>)>,
}

impl<'s> SourceRows<'s> {
    pub fn new(export: &'s RecordExport<'s>, subject: &'s Subject<'s>) -> Self {
        let lists = source_lists(subject.kind);
        SourceRows { export, subject, lists, all: Vec::new(), open: HashMap::new() }
    }

    /// Adds the next edition.
    pub fn add(&mut self, stage: &EditionStage<'_>, page: &ReadEdition) {
        let mut still = HashSet::new();
        for (list, name) in self.lists.iter().enumerate() {
            for entry in page.document.root.get(name).map_or(&[][..], Node::entries) {
                let key = (list, entry.key.clone());
                let fields = self.fields(&entry.value);
                let known = self.open.get(&key);
                if known.is_none_or(|(_, said)| *said != fields) {
                    if let Some((at, _)) = known {
                        self.all[*at].close(stage);
                    }
                    let row = self.row(stage, (name, &entry.key), &fields);
                    self.open.insert(key.clone(), (self.all.len(), fields));
                    self.all.push(StandingRow::new(row, PLACES));
                }
                still.insert(key);
            }
        }
        let all = &mut self.all;
        self.open.retain(|key, (at, _)| {
            let stands = still.contains(key);
            if !stands {
                all[*at].close(stage);
            }
            stands
        });
    }

    /// All rows, in the order in which editions brought them.
    pub fn rows(self) -> Vec<ExportRow> {
        self.all.into_iter().map(|standing| standing.row).collect()
    }

    fn fields(&self, source: &Node) -> Vec<Cell> {
        let mut out = Vec::new();
        for field in &self.export.tables.source_fields {
            let value = source.get(&field.key);
            let text = value.and_then(Node::scalar_text);
            if field.is_date {
                let date = text.as_deref().and_then(|text| text.parse::<PartialDate>().ok());
                let [_, from, until] = Cell::dated(date.as_ref());
                out.extend([Cell::from(text), from, until]);
            } else {
                let nested = value.filter(|value| text.is_none() && !value.is_null());
                out.push(text.map_or_else(|| Cell::json(nested.map(Node::to_json).as_ref()), Cell::Text));
            }
        }
        out
    }

    fn row(&self, stage: &EditionStage<'_>, (list, name): (&str, &str), fields: &[Cell]) -> ExportRow {
        let mut row = vec![
            Cell::text(self.subject.id.0.clone()),
            Cell::text(list),
            Cell::text(name),
            Cell::text(stage.edition.date.as_str()),
            Cell::Null,
            Cell::Day(stage.held_from),
            Cell::Null,
        ];
        row.extend(fields.iter().cloned());
        row
    }
}
