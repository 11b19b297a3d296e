//! YAML text ↔ tree with spans: reading, typed reading, safe printing, portability, edits that keep comments,
//! canonical form.
//!
//! Owns everything that knows how YAML is written, and how TOML is read; is the only user of the YAML crates
//! (`granit_parser` for events with spans, `serde_yaml` for the value model and as a second reader) and of
//! `toml`. Must not know a record, a rule or a commit, and must not fail or panic on odd input: what is wrong
//! with a text is a list of [`Problem`]s with places.

mod build;
mod conflict;
mod edit;
mod edits;
mod entries;
mod format;
mod front;
mod item_bound;
mod item_json;
mod item_shape;
mod items;
mod layout;
mod legacy;
mod lines;
mod number;
mod parse;
mod plain;
mod portability;
mod print;
mod problem;
mod read_options;
mod repeated;
mod series;
mod splice;
mod toml_tree;
mod value;

pub use conflict::conflict;
pub use edit::{EditError, Keys, apply};
pub use edits::Edit;
pub use entries::{entries, entries_and_lines};
pub use format::{FormatError, format};
pub use front::front_matter;
pub use items::{CutItems, Item, ItemName, items};
pub use lines::{Hashing, LineFields, LineHashes};
pub use parse::{Comment, Reading, is_plain, read, read_front_matter, tree};
pub use portability::{is_readable_elsewhere, legacy_scalars, second_reading, second_reading_of_whole};
pub use print::{ScalarOptions, scalar, scalar_with, to_yaml};
pub use problem::{Problem, ProblemKind};
pub use read_options::ReadOptions;
pub use series::DocumentSeries;
pub use toml_tree::is_toml;
pub use value::{TypedError, from_json, to_serde, typed, typed_node};
