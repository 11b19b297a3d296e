//! A first manifest, schemas and rules for files that have none: guessed from the files, each guess with its
//! reason.
//!
//! Owns what can be known from paths and trees alone. Guesses are a beginning for people to put right, never
//! relied on otherwise.

mod candidates;
mod dates;
mod fields;
mod guessing;
mod kinds;
mod names;
mod passed_over;
pub use candidates::{Candidate, FilesFound, RecordChange};
use candidates::{DATE_NAMES, NAMES};
pub use guessing::{Guess, GuessError, guess};
pub use kinds::Neighbours;
pub use passed_over::{passed_over, template};
