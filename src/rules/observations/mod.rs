//! Standing facts of one edition. Each kind has its file; a rule file is an instance with parameters and
//! words.

mod absence;
mod case;
mod claim;
mod course;
mod occasions;
mod paths;
mod pending;
mod record;
mod requirements;
mod sightings;
mod silence;
mod standing;
mod status;
mod streak;
mod turned;

pub use case::Proof;
pub(super) use case::{Case, Details, DraftObservation};
pub use claim::{Claim, ClaimFields};
pub(super) use course::{Course, occasion_json};
pub(super) use occasions::{OccasionState, Seen, examine};
pub(super) use paths::dotted;
pub use record::{InContext, OnRecord, Recorded};
pub(super) use requirements::check;
pub use sightings::Sighting;
pub(super) use sightings::{counts_as_missed, look, look_and_observe, observe, unknown_observations};
