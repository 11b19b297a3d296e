//! What may have been meant by a misspelt name.

/// The known name that differs least from a misspelt one, if it is near.
pub(super) fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<String> {
    let wanted = name.to_lowercase();
    known
        .flat_map(|id| [id.to_owned(), id.split('/').next().unwrap_or(id).to_owned()])
        .map(|id| (similar::TextDiff::from_chars(wanted.as_str(), id.to_lowercase().as_str()).ratio(), id))
        .filter(|(ratio, _)| *ratio >= 0.6)
        .max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))
        .map(|(_, id)| id)
}
