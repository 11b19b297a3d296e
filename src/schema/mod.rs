//! What a dataset says about itself: its manifest, the annotations in its JSON Schemas, and its rule files.
//!
//! Owns the reading and checking of policy, with places in the files for its own errors. Must not judge data.

pub mod annotations;
pub mod check_rules;
mod errors;
pub mod export;
pub mod lifecycle;
pub mod manifest;
pub mod places;
pub mod policy;
pub mod report;
pub mod roles;
pub mod rule_files;
pub mod rule_set;
pub mod shape;
mod typed;
pub mod weight;
pub use errors::PolicyError;
pub use typed::{read_typed, refuse_conflict};

pub use check_rules::{Acceptors, CheckExample, CheckRule};
pub use export::{ExportSpec, OutcomeSpec, PanelSpec};
pub use lifecycle::{Frame, FrameName, Lifecycle};
pub use manifest::{
    AssessedSpec, CalendarSpec, Manifest, NamesSpec, Natures, RENAMES, RecordKind, StripSpec, TableSpec,
};
pub use places::{DateChoice, DateSpec, FieldRoute, HistoryLine, NamePart, NameSource, record_text};
pub use policy::{Kind, Policy, is_rule_file};
pub use report::{
    LeadSpec, MapSpec, ReportSpec, SaidElsewhereSpec, SectionSpec, SeriesSpec, TakeSpec, TallySpec,
};
pub use roles::{PolicyPart, Role};
pub use rule_files::{
    CalendarChoice, ChangeRule, Example, FieldPattern, MatchSpec, ObservationKind, ObservationRule,
    OneOrMany, Op, SpokeSpec,
};
pub use rule_set::RuleSet;
pub use shape::{RelativePointer, Says, Shape};
