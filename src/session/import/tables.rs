//! Tables → drafts.

use super::workspace::Workspace;

use super::planner::Making;
use super::{ImportQuestion, read_source};
use crate::import::occasions::{self, TableDraft};
use crate::import::rows::RowReader;
use crate::import::table_grammar::TableGrammar;
use crate::import::{Draft, table};
use crate::model::draft::{DraftSummary, DraftView, DraftedRecord, FactOutcome, SourceFile};
use crate::model::{Failure, Identity};
use indexmap::IndexMap;

/// How many names a remark lists.
const MOST_NAMES: usize = 12;

/// Drafts what a table says.
pub fn draft(workspace: &mut Workspace, question: &ImportQuestion) -> Result<DraftView, Failure> {
    let [file] = question.files.as_slice() else {
        return Err(Failure::new("one table at a time")
            .hint("each is one edition: import one, commit it, then the next"));
    };
    if question.subject.is_some() {
        return Err(Failure::new("--subject is for pages; the rows of a table say whom they are about"));
    }
    let mut spec: TableGrammar = workspace.grammar(&question.source)?;
    spec.dates = Some(workspace.grammar("dates")?);
    spec.names = Some(workspace.grammar("names")?);
    let named = |error: Failure| error.about(file);
    let (found, read_as) = {
        let reader = RowReader::new(&spec, &workspace.session.reference)?;
        let mut set = reader.set(&question.set)?;
        set.insert("today".to_owned(), workspace.today.to_string().into());
        let bytes = read_source(workspace.directory.as_ref(), file).map_err(named)?;
        let table = table::read(&bytes, &|cells| reader.fits(cells, &set)).map_err(named)?;
        let rows = reader.read(&table, &set).map_err(named)?;
        let current = |identity: &Identity| workspace.content(identity);
        (occasions::draft(&reader, &table, &rows, &current).map_err(named)?, table.read_as)
    };
    let mut remarks = found.remarks.clone();
    let entries = workspace.add_entries(&found.entries)?;
    let drafts = by_record(found, file, &mut remarks);
    let making = Making {
        kind: &spec.record,
        spec: &spec.merge,
        dated: question.dated.as_ref(),
        new_file: None,
        header: "",
        look_back: false,
        unmentioned: false,
    };
    let records = workspace.make(&drafts, &making, &mut || {})?;
    remarks.extend(left_out(file, &drafts, &records)?);
    refuse_conflicts(file, &records)?;
    Ok(DraftView {
        format: "sincewhen.draft/1",
        import: question.source.clone(),
        reads: "tables",
        sources: vec![SourceFile { file: file.clone(), read_as, error: None }],
        records,
        entries,
        findings: Vec::new(),
        remarks,
        summary: DraftSummary::default(),
        to_write: question.write,
    })
}

/// The records that the table is about and that are not there, in words. That none is there is an error.
fn left_out(
    file: &str,
    drafts: &[(Draft, String)],
    records: &[DraftedRecord],
) -> Result<Option<String>, Failure> {
    let absent: Vec<String> = drafts
        .iter()
        .map(|(draft, _)| draft.identity.record_id())
        .filter(|id| records.iter().all(|r| r.record != *id))
        .map(|id| id.to_string())
        .collect();
    let Some(first) = absent.first() else { return Ok(None) };
    if records.is_empty() {
        return Err(Failure::new(format!(
            "{file}: none of the {} records it is about is there",
            absent.len()
        ))
        .hint(format!("such as {first}")));
    }
    let more = absent.len().saturating_sub(MOST_NAMES);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let names: Vec<&str> = absent.iter().take(MOST_NAMES).map(String::as_str).collect();
    Ok(Some(format!("no record, so left out: {}{more}", names.join(", "))))
}

/// Joins the drafts of one record: its edition bears the date of the newest.
fn by_record(found: TableDraft, file: &str, remarks: &mut Vec<String>) -> Vec<(Draft, String)> {
    let mut drafts = found.drafts;
    drafts.sort_by_key(|draft| draft.dated.as_ref().map(|date| date.range().start));
    let mut joined: IndexMap<Vec<(String, String)>, Draft> = IndexMap::new();
    let mut several = 0;
    for draft in drafts {
        match joined.get_mut(&draft.identity.0) {
            None => drop(joined.insert(draft.identity.0.clone(), draft)),
            Some(first) => {
                several += usize::from(first.dated != draft.dated);
                first.facts.extend(draft.facts);
                first.sources.extend(draft.sources);
                first.dated = draft.dated.or(first.dated.take());
            }
        }
    }
    if several > 0 {
        remarks.push(
            "the table has several days: each record gets one edition, of its newest; import a table of one \
                day at a time, and \
             commit between, for an edition of each"
                .to_owned(),
        );
    }
    let mut out: Vec<(Draft, String)> = joined.into_values().map(|draft| (draft, file.to_owned())).collect();
    out.sort_by_key(|(draft, _)| draft.identity.record_id());
    out
}

/// Records that say otherwise than the table stop the import.
fn refuse_conflicts(file: &str, records: &[DraftedRecord]) -> Result<(), Failure> {
    let mut differing = Vec::new();
    for record in records {
        for fact in record.facts.iter().filter(|fact| fact.fate == FactOutcome::Conflict) {
            let (here, there) =
                (fact.value.to_string(), fact.before.as_ref().map_or(String::new(), ToString::to_string));
            differing.push(format!(
                "{file}: {}: {} of {} is {there}, the table has {here}",
                fact.reader, fact.path, record.record
            ));
        }
    }
    if differing.is_empty() {
        return Ok(());
    }
    let more = differing.len().saturating_sub(10);
    differing.truncate(10);
    if more > 0 {
        differing.push(format!("and {more} more"));
    }
    Err(Failure::new(format!("the table says otherwise than records do\n{}", differing.join("\n")))
        .hint("if the table is right, correct the records, with an entry that says why; then import it"))
}
