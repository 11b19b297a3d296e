//! What is wrong with a dataset: in one state of it (`state`), in a step between two (`step`), in every
//! revision that was ever committed (`history`). `fix` makes the safe edits that findings propose, `views`
//! the answers. Must not know the command line or read a clock.
//!
//! The checks themselves are one file a family; they read no files and no git: everything to be looked at
//! comes in, findings go out. A rule is data (`schema::check_rules`); its `kind` names the check that runs
//! it.
//!
//! | kind | file | finds |
//! |---|---|---|
//! | `built-in` | `yaml`, `schema`, `references`, `identity`, `gate`, `suppress` | what the rule's id says; no parameters |
//! | `date-limit` | `dates` | dates later than today, or than the edition |
//! | `date-order`, `interval` | `order` | events out of order, or too close to each other |
//! | `condition` | `conditions` | fields that a value demands or rules out |
//! | `roll-call`, `reported-date`, `calendar` | `occasions` | entries at odds with the calendar |
//! | `in-table` | `references` | identity fields that a table does not have |
//! | `evidence` | `evidence` | claims without a source |
//! | `wording` | `wording` | words of a text that other fields contradict |
//! | `other-record` | `other_record` | fields that another record contradicts |
//! | `own-occasion`, `stage` | `own_occasion` | entries at odds with an occasion of the record's own subject, or with what that was then |
//! | `table-date` | `table_dates` | dates before or after those that a table gives |
//! | `new-source` | `new_source` | claims that change while their sources stay |
//! | `modeline` | `modeline` | records whose first line does not name their schema for editors |

pub mod acceptance;
pub mod baseline;
mod basis;
mod branch;
mod branch_gate;
pub mod builtin;
mod checked_file;
mod checker;
mod commit_days;
mod conditions;
mod contradictions;
mod dates;
mod evidence;
pub mod fix;
pub mod formerly;
pub mod gate;
mod gate_coverage;
mod gate_past;
mod gate_sides;
mod gate_words;
pub mod history;
mod identity;
mod ignore_hint;
mod interim;
mod kinds;
mod look_alikes;
mod losses;
mod modeline;
mod moves;
mod name_finder;
mod new_source;
mod occasions;
mod order;
mod other_record;
mod own_occasion;
pub mod pages;
mod past;
pub mod policy_faults;
mod record;
pub mod reference_gate;
mod references;
mod returns;
mod revert;
mod schema;
mod schema_words;
mod stages;
pub mod state;
pub mod step;
mod strays;
pub use strays::strays_among;
pub mod suppress;
mod table_dates;
mod validated;
pub mod views;
mod walk;
mod wording;
mod words;
mod yaml;

pub use contradictions::contradictions;
pub use identity::{KnownRecord, moved, twins};
pub use schema::Validator;

pub use crate::schema::Role;
pub use basis::CheckBasis;
pub use checked_file::{Checked, CheckedFile};
pub use checker::{Checker, all_rules};
pub use record::sort;
use record::{File, Record, applies, first_line};
