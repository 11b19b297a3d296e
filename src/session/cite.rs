//! Citations: what pins an answer, and a hash of it.

use super::{Question, Session};
use crate::model::cite::AnswerCitation;
use crate::model::{BUILT_FROM, Failure, PartialDate};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The field of a JSON answer that holds its citation: no part of what is hashed.
pub const FIELD: &str = "cite";

impl Session {
    /// The citation of an answer that was given to a question.
    ///
    /// # Errors
    /// A name, date or revision of the question that cannot be read.
    pub fn cite(&self, question: &Question, answer: &Value) -> Result<AnswerCitation, Failure> {
        let words = self.normal_words(question)?;
        let question_line = shlex::try_join(words.iter().map(String::as_str))
            .map_err(|_| Failure::new("a question with a NUL character cannot be cited"))?;
        let manifest = &self.policy.manifest;
        let is_committed = !self.options.worktree;
        let known_at = is_committed.then_some(self.tip);
        let known_on = match &known_at {
            Some(commit) => Some(self.repo.commit_info(commit)?.committer_time.date_naive()),
            None => None,
        };
        Ok(AnswerCitation {
            dataset: manifest.title.clone(),
            licence: manifest.licence.clone(),
            url: manifest.url.clone(),
            question: question_line,
            as_of: self.as_of_words(question)?,
            known_at,
            known_on: known_on.map(PartialDate::from_day),
            policy_from: self.policy_commit,
            tool: format!("sincewhen {BUILT_FROM}"),
            sha256: digest(answer),
        })
    }
}

/// The SHA-256 of an answer in canonical JSON (RFC 8785), its citation left out.
pub fn digest(answer: &Value) -> String {
    let bare;
    let answer = match answer.get(FIELD) {
        None => answer,
        Some(_) => {
            let mut copy = answer.clone();
            copy.as_object_mut().expect("because it has a field").shift_remove(FIELD);
            bare = copy;
            &bare
        }
    };
    let canonical = serde_json_canonicalizer::to_vec(answer)
        .expect("because views hold only strings as keys and finite numbers");
    Sha256::digest(&canonical).iter().map(|byte| format!("{byte:02x}")).collect()
}
