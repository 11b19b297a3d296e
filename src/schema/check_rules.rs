//! Check rules: `checks/<id>.yaml`, the file's name is the rule's id.
//!
//! A check is written in Rust where it needs places in the text; which fields it is about, how grave it is,
//! why there is such a rule and what it says in worked examples is data. Rules about YAML, schemas and dates
//! that every dataset needs come with the program (`check::builtin`); a dataset's own file of the same name
//! takes the place of one of these.

use super::{OneOrMany, PolicyError, read_typed};
use crate::model::Level;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A rule that finds problems.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRule {
    /// The file's name without `.yaml`.
    #[serde(skip_deserializing, default)]
    pub id: String,
    /// What the rule is about, in a few words.
    pub title: String,
    /// How grave its findings are.
    pub level: Level,
    /// Which check it is an instance of; `check` lists them.
    pub kind: String,
    /// Who may accept its findings.
    #[serde(default)]
    pub accept: Acceptors,
    /// The records it is for, by identity field.
    #[serde(default)]
    pub applies: IndexMap<String, OneOrMany<String>>,
    /// The check's parameters; each check reads and judges its own.
    #[serde(default)]
    pub parameters: serde_json::Value,
    /// Why there is such a rule.
    pub why: String,
    /// What to do about a finding, where the finding itself cannot say it better.
    #[serde(default)]
    pub help: Option<String>,
    /// Worked examples, run by the tests and shown in the reference.
    #[serde(default)]
    pub examples: Vec<CheckExample>,
}

/// Who may accept the findings of a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Acceptors {
    /// No one: neither a comment nor an entry of the baseline accepts a finding.
    Never,
    /// A maintainer: by an entry of the baseline that the base has, or by `check --accept`. Where the base's
    /// rules judge (`--policy-from base`), a comment of the branch accepts nothing.
    Maintainer,
    /// Whoever edits the file, with a comment and a reason.
    #[default]
    Anyone,
}

impl Acceptors {
    /// The name used in rule files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Acceptors::Never => "never",
            Acceptors::Maintainer => "maintainer",
            Acceptors::Anyone => "anyone",
        }
    }

    /// In words, for pages and help.
    pub fn in_words(self) -> &'static str {
        match self {
            Acceptors::Never => "no finding of this rule can be accepted",
            Acceptors::Maintainer => {
                "a maintainer can accept a finding of this rule: `sincewhen check --accept FINGERPRINT`, or \
                    an entry of the \
                 baseline that the base has"
            }
            Acceptors::Anyone => {
                "anyone can accept a finding of this rule, with a reason: `# sincewhen: ignore[RULE] REASON` \
                    on its line or \
                 above it"
            }
        }
    }
}

/// A worked example of a check.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CheckExample {
    /// What it shows.
    pub name: String,
    /// The record, as far as it matters.
    #[serde(default)]
    pub record: Option<serde_json::Value>,
    /// Or the file's text.
    #[serde(default)]
    pub text: Option<String>,
    /// Other records that stand beside it.
    #[serde(default)]
    pub beside: Vec<serde_json::Value>,
    /// The record at the base, for rules that compare.
    #[serde(default)]
    pub before: Option<serde_json::Value>,
    /// The file's path below the dataset's folder, where it matters.
    #[serde(default)]
    pub path: Option<String>,
    /// The day on which the check is run.
    #[serde(default)]
    pub today: Option<String>,
    /// The messages of this rule, all of them. Empty: the rule must be silent here.
    pub says: Vec<String>,
}

/// Reads one check rule.
///
/// # Errors
/// See [`read_typed`].
pub fn read_check_rule(id: &str, file: &str, bytes: &[u8]) -> Result<CheckRule, PolicyError> {
    let mut rule: CheckRule = read_typed(file, bytes)?;
    rule.id = id.to_owned();
    Ok(rule)
}
