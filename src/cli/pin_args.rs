//! Options that pin an answer, and its citation.

use super::global::Global;
use super::output;
use crate::model::Failure;
use crate::model::cite::AnswerCitation;
use crate::render::{Answer, Format, cite, json};
use crate::session::{self, Opened, Options, Question, Session};
use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;

/// Options of every command that reads.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Pinned answers")]
pub struct PinArgs {
    /// Take manifest, schemas and rules from this git revision, or as they stood at this date [default: the
    /// newest commit]; with BASE...HEAD from one side: `head` [default] or `base`
    #[arg(long, value_name = "REV|DATE")]
    pub policy_from: Option<String>,
    /// Print a citation of the answer instead of the answer; `sincewhen verify` reads it back
    #[arg(
        long,
        value_name = "FORM",
        value_enum,
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "text"
    )]
    pub cite: Option<CitationForm>,
}

/// The form of a citation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CitationForm {
    /// A reference, then what pins the answer line by line
    Text,
    /// An entry for BibTeX
    Bibtex,
    /// An item for Zotero, pandoc and others that read CSL-JSON
    CslJson,
}

impl PinArgs {
    /// Which dataset to open, by which rules.
    pub fn options(&self, global: &Global) -> Result<Options, Failure> {
        Ok(Options { policy_from: self.policy_from.clone(), ..super::options(global)? })
    }

    /// Opens the dataset, unless the answer to a question of a command is remembered in this form: it is
    /// written then. A citation needs more than the answer.
    pub fn open(
        &self,
        global: &Global,
        asked: (&str, &impl Serialize, &str),
    ) -> Result<Option<Session>, Failure> {
        let options = self.options(global)?;
        if self.cite.is_some() || global.format == Format::Json {
            return Ok(Some(Session::open(&options)?));
        }
        match Session::open_unless_answered(&options, asked)? {
            Opened::Session(session) => Ok(Some(*session)),
            Opened::Answer(answer) => output::write(global, &answer).map(|()| None),
        }
    }

    /// Writes an answer, with its citation where that is part of the format; or only the citation where that
    /// is asked for.
    pub fn answer<A: Answer + Serialize>(
        &self,
        global: &Global,
        session: &Session,
        question: &Question,
        view: &A,
    ) -> Result<(), Failure> {
        match (self.cite, global.format) {
            (None, Format::Json) => self.json(global, session, question, &json::write(view)),
            (None, _) => output::answer(global, view),
            (Some(form), _) => write_citation(global, &session.cite(question, &json::value(view))?, form),
        }
    }

    /// Writes a JSON answer with its citation.
    pub fn json(
        &self,
        global: &Global,
        session: &Session,
        question: &Question,
        text: &str,
    ) -> Result<(), Failure> {
        let value: Value = serde_json::from_str(text).expect("because this program has just written it");
        let cite = session.cite(question, &value)?;
        output::write(global, &json::with_field(text, session::CITE_FIELD, &cite))
    }

    /// Writes the citation of the answer to a question, if one is asked for. Returns whether it was.
    pub fn cited(&self, global: &Global, session: &Session, question: &Question) -> Result<bool, Failure> {
        let Some(form) = self.cite else { return Ok(false) };
        let cite = session.cite(question, &session.answer(question)?)?;
        write_citation(global, &cite, form)?;
        Ok(true)
    }
}

fn write_citation(global: &Global, citation: &AnswerCitation, form: CitationForm) -> Result<(), Failure> {
    let text = match form {
        CitationForm::Text => cite::text(citation),
        CitationForm::Bibtex => cite::bibtex(citation),
        CitationForm::CslJson => cite::csl_json(citation),
    };
    output::write(global, &text)
}
