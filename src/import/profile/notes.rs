//! Notes → structured sources.

use super::flow::Flow;
use super::grammar::{CompiledGrammar, ProfileSpec};
use super::outline::{Note, Topic};
use crate::import::dates::{DateSpan, Dates};
use crate::import::fill::{Context, Filler};
use crate::import::{SourcePlace, rows};
use crate::model::Failure;
use serde_json::Value;

/// A source that a note names.
#[derive(Clone, Debug)]
pub struct Cited {
    /// The note's number.
    pub note: String,
    /// Its name among the record's sources.
    pub id: String,
    /// Its fields.
    pub fields: Value,
    /// Its date.
    pub date: Option<DateSpan>,
    /// Where it is named.
    pub place: SourcePlace,
    /// The text.
    pub text: String,
    /// How sure the reading is.
    pub confidence: f64,
}

/// What the notes of a topic hold.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// The sources, in their order; one that several notes name stands once for each.
    pub cited: Vec<Cited>,
    /// Sentences that name no source: the note's number, and the text.
    pub prose: Vec<(String, Flow)>,
}

/// Reads the notes of a topic.
///
/// # Errors
/// A template of the grammar that fails.
pub fn read(
    (spec, compiled): (&ProfileSpec, &CompiledGrammar),
    dates: &Dates,
    filler: &Filler,
    topic: &Topic,
    sentences: &dyn Fn(&str) -> Vec<std::ops::Range<usize>>,
) -> Result<Notes, Failure> {
    let mut out = Notes::default();
    let reader = NoteReader { spec, compiled, dates, filler };
    for note in &topic.notes {
        let mut from = 0;
        let seams: Vec<_> =
            compiled.parting.find_iter(&note.flow.text).map(|m| (m.start(), m.end())).collect();
        for (end, next) in
            seams.into_iter().chain(std::iter::once((note.flow.text.len(), note.flow.text.len())))
        {
            let piece = note.flow.part(from..end);
            from = next;
            let parts = sentences(&piece.text);
            if piece.text.is_empty() || reader.source(note, &piece, parts.len() > 1, &mut out)? {
                continue;
            }
            for range in parts {
                let sentence = piece.part(range);
                if !reader.source(note, &sentence, false, &mut out)? {
                    out.prose.push((note.number.clone(), sentence));
                }
            }
        }
    }
    Ok(out)
}

struct NoteReader<'r> {
    spec: &'r ProfileSpec,
    compiled: &'r CompiledGrammar,
    dates: &'r Dates,
    filler: &'r Filler,
}

impl NoteReader<'_> {
    /// Reads a piece, of one or `several` sentences, as a source. Returns whether a kind of the grammar fits.
    fn source(&self, note: &Note, piece: &Flow, several: bool, out: &mut Notes) -> Result<bool, Failure> {
        let text = piece.text.trim_end_matches(['.', ';', ',', ' ']);
        for (at, pattern) in &self.compiled.notes {
            let kind = &self.spec.notes.kinds[*at];
            if several && !kind.spans_sentences {
                continue;
            }
            let Some(found) = pattern.captures(text) else { continue };
            let Some(template) = &kind.source else { return Ok(true) };
            let mut context = Context::new();
            if let Value::Object(groups) = rows::groups(pattern, &found) {
                context.extend(groups);
            }
            let date = match context.get("date").and_then(Value::as_str).map(|text| self.dates.read(text)) {
                Some(Ok(span)) => {
                    context.insert("date".to_owned(), span.as_date().to_string().into());
                    Some(span)
                }
                Some(Err(_)) => {
                    context.shift_remove("date");
                    None
                }
                None => None,
            };
            context.insert("n".to_owned(), note.number.clone().into());
            context.insert("text".to_owned(), text.into());
            let fields = self.filler.fill(template, &context)?.unwrap_or_default();
            let id = crate::import::fill::slug(&self.filler.text(&kind.id, &context)?);
            out.cited.push(Cited {
                note: note.number.clone(),
                id,
                fields,
                date,
                place: piece.whole(),
                text: piece.text.clone(),
                confidence: kind.confidence,
            });
            return Ok(true);
        }
        Ok(false)
    }
}

/// Gives sources that are alike one name and the fields of the first, and sources that are not alike
/// different names. Two are alike if all fields of one of the lists in `same` are there and alike.
pub fn unite(cited: &mut [Cited], same: &[Vec<String>]) {
    for at in 0..cited.len() {
        let alike = |other: &&Cited| {
            let field = |source: &Cited, name: &String| source.fields.get(name).cloned();
            let all = |names: &Vec<String>| {
                names.iter().all(|n| field(other, n).is_some() && field(other, n) == field(&cited[at], n))
            };
            other.fields == cited[at].fields || same.iter().any(all)
        };
        let first = cited[..at].iter().find(alike).map(|other| (other.id.clone(), other.fields.clone()));
        if let Some((id, fields)) = first {
            cited[at].id = id;
            cited[at].fields = fields;
            continue;
        }
        let base =
            if cited[at].id.is_empty() { format!("note-{}", cited[at].note) } else { cited[at].id.clone() };
        let mut id = base.clone();
        let mut number = 2;
        while cited[..at].iter().any(|other| other.id == id) {
            id = format!("{base}-{number}");
            number += 1;
        }
        cited[at].id = id;
    }
}
