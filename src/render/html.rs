//! HTML: one page with nothing outside it.

use crate::model::report::ReportView;

/// The answer of `report`.
pub fn report(view: &ReportView) -> String {
    format!("<!doctype html><title>{}</title>", view.period.name)
}
