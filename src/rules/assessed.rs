//! Through when an edition was assessed.

use crate::model::{Node, PartialDate};
use crate::schema::Kind;

/// Through when all of an edition was assessed: the earliest of the dates that the manifest names, or the
/// edition's own. `None` where one of those dates is not recorded: those parts were never assessed.
pub fn assessed_through(kind: &Kind, root: &Node, own_date: &PartialDate) -> Option<PartialDate> {
    let date = |through: &str| root.at_keys(through.split('.'))?.scalar_text()?.parse::<PartialDate>().ok();
    let mut earliest = own_date.clone();
    for spec in &kind.spec.assessed {
        let through = date(&spec.through)?;
        if through.range().end < earliest.range().end {
            earliest = through;
        }
    }
    Some(earliest)
}
