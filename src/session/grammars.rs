//! What is wrong with the grammars of imports, for checks; nothing in a program that is built without
//! `import`.

#[cfg(feature = "import")]
pub use super::import::grammars::faults;

/// Nothing reads grammars.
#[cfg(not(feature = "import"))]
pub fn faults(
    _: &dyn crate::files::Files,
    _: &crate::schema::Policy,
    _: &crate::dataset::Reference,
) -> Vec<crate::schema::PolicyError> {
    Vec::new()
}
