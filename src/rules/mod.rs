//! Deltas and editions → changes and observations.
//!
//! Owns claims, natures, words and observations; one file an observation kind. Must not read files, git or a
//! clock. Which field means what is data: the rule files, the schema's annotations and the manifest.

mod answers;
mod assessed;
mod claims;
mod comparison;
mod differences;
mod earlier_content;
mod engine;
mod evidence;
mod faults;
pub mod fields;
mod fingerprint;
mod gone_paths;
mod known_citations;
mod known_sentences;
mod lifecycle;
mod lifecycle_ids;
mod lifecycle_words;
pub mod natures;
mod observations;
mod outcomes;
mod patterns;
mod phrase_templates;
mod phrases;
mod steps;
mod strips;
mod template_calls;
pub mod template_names;
mod template_values;
mod texts;
mod words;
pub use assessed::assessed_through;
pub use engine::{Edited, Engine, Subject};
pub(crate) use fingerprint::fingerprint;
use template_values::{map_of, value_of, value_of_node};

pub use claims::{WordedChanges, claimed};
pub(crate) use comparison::without_beyond;
pub use differences::Differences;
pub use evidence::of_deltas as evidence_of;
pub use faults::{RuleFault, UnknownField, faults};
pub use fields::title_and_why;
pub use known_sentences::{KnownChange, PartlyWorded};
pub use observations::{Claim, ClaimFields, InContext, OnRecord, Sighting};
pub use strips::NOT_KNOWN;
pub use words::Words;
pub(crate) use words::and_list;
