//! Laws: what must hold of every record, not only of the ones somebody thought of.

#[path = "../support/mod.rs"]
mod support;

mod borders;
mod claims;
mod diffs;
mod natures;
mod records;
mod spans;
