//! `lifecycle.yaml`: how a change of any field is worded that no act claims.
//!
//! The phrases of the fields stand in the schema (`x-says`); this file holds the frames around them, one for
//! each thing that can happen to a fact. A dataset without such a file has the frames of this project's own.

use super::rule_files::Example;
use super::{PolicyError, read_typed};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// The file's name, relative to the folder of the rules.
pub const FILE_NAME: &str = "lifecycle.yaml";

/// The frames.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Lifecycle {
    /// A fact that the earlier edition did not have.
    pub appeared: Frame,
    /// A fact with another value.
    pub changed: Frame,
    /// A date that is another.
    pub redated: Frame,
    /// A fact that the later edition does not have.
    pub disappeared: Frame,
    /// What an earlier edition recorded alike, and the one before this did not mention: all of a step in one
    /// sentence. By default as in this project's own file.
    #[serde(default = "own_repeated")]
    pub repeated: Frame,
    /// Texts and sources: all of a step in one sentence.
    pub edited: Frame,
    /// Dates of reviews, in a step with nothing else to say.
    pub reviewed: Frame,
    /// A template that makes one text of the facts of one part, which share a frame and a nature.
    pub listed: String,
}

/// How one kind of event in a fact's life is worded.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// What happened, in a few words that follow the field's title.
    pub title: String,
    /// How the sentence must be understood.
    pub why: String,
    /// A template for one fact.
    #[serde(default)]
    pub each: String,
    /// Templates for the sentence, by nature; `any` serves every nature that has none of its own.
    pub words: IndexMap<String, String>,
    /// Worked examples.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// The name of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FrameName {
    /// See [`Lifecycle::appeared`].
    Appeared,
    /// See [`Lifecycle::changed`].
    Changed,
    /// See [`Lifecycle::redated`].
    Redated,
    /// See [`Lifecycle::disappeared`].
    Disappeared,
    /// See [`Lifecycle::repeated`].
    Repeated,
    /// See [`Lifecycle::edited`].
    Edited,
    /// See [`Lifecycle::reviewed`].
    Reviewed,
}

impl FrameName {
    /// All frames.
    pub const ALL: [FrameName; 7] = [
        FrameName::Appeared,
        FrameName::Changed,
        FrameName::Redated,
        FrameName::Disappeared,
        FrameName::Repeated,
        FrameName::Edited,
        FrameName::Reviewed,
    ];

    /// The name used in the file and at the end of a rule id.
    pub fn as_str(self) -> &'static str {
        match self {
            FrameName::Appeared => "appeared",
            FrameName::Changed => "changed",
            FrameName::Redated => "redated",
            FrameName::Disappeared => "disappeared",
            FrameName::Repeated => "repeated",
            FrameName::Edited => "edited",
            FrameName::Reviewed => "reviewed",
        }
    }

    /// Whether the rule id is the frame's name alone: its sentence is about many fields at once.
    pub fn is_whole(self) -> bool {
        matches!(self, FrameName::Repeated | FrameName::Edited | FrameName::Reviewed)
    }
}

impl Lifecycle {
    /// Reads the file.
    ///
    /// # Errors
    /// What [`read_typed`] says.
    pub fn read(file: &str, bytes: &[u8]) -> Result<Lifecycle, PolicyError> {
        read_typed(file, bytes)
    }

    /// A frame by its name.
    pub fn frame(&self, name: FrameName) -> &Frame {
        match name {
            FrameName::Appeared => &self.appeared,
            FrameName::Changed => &self.changed,
            FrameName::Redated => &self.redated,
            FrameName::Disappeared => &self.disappeared,
            FrameName::Repeated => &self.repeated,
            FrameName::Edited => &self.edited,
            FrameName::Reviewed => &self.reviewed,
        }
    }
}

fn own_repeated() -> Frame {
    Lifecycle::default().repeated
}

impl Default for Lifecycle {
    fn default() -> Self {
        let own = include_bytes!("../../schema/rules/lifecycle.yaml");
        Lifecycle::read(FILE_NAME, own).expect("because the tests read this project's own file")
    }
}
