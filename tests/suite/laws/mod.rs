//! Laws: what must hold of every record, not only of the ones somebody thought of.

mod borders;
mod circles;
mod claims;
mod diffs;
mod names;
mod natures;
mod records;
mod spans;
mod widths;
