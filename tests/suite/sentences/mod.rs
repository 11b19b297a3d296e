//! What the tool says of the project's own dataset, sentence by sentence, and three laws over all of it.

mod exact;
mod first;
mod numbers;
mod recount;

use crate::support::own_dataset::OwnDataset;
use sincewhen::history::{Edition, Selection, Timeline};
use sincewhen::rules::Subject;

/// The edition in force on a day.
fn in_force<'t>(timeline: &'t Timeline, day: &str) -> &'t Edition {
    let day: sincewhen::model::PartialDate = day.parse().unwrap_or_else(|e| panic!("{day}: {e}"));
    let stood = |edition: &&Edition| edition.date.range().start <= day.range().end;
    timeline.editions.iter().rfind(stood).unwrap_or_else(|| panic!("{}: none by {day}", timeline.id))
}

/// What is on record as of an edition does not depend on which of those before it were asked for.
#[test]
fn an_edition_by_itself_is_observed_as_after_all_before_it() {
    let dataset = OwnDataset::open(&Selection::all());
    let engine = dataset.engine();
    let mut compared = 0;
    for timeline in dataset.archive.timelines.values().step_by(15) {
        let Some(last) = timeline.editions.last() else { continue };
        let observed = |subject: &Subject<'_>, page: &sincewhen::report::ReadEdition| {
            let view =
                (engine.observations(subject, page.in_context()), engine.strips(subject, page.in_context()));
            serde_json::to_string(&view).expect("because observations can be written")
        };
        let alone = dataset.with(&engine, timeline, |subject, reader| {
            observed(subject, &reader.page(last).expect("because it can be read"))
        });
        let after_all = dataset.with(&engine, timeline, |subject, reader| {
            for edition in &timeline.editions {
                reader.page(edition).expect("because it can be read");
            }
            observed(subject, &reader.page(last).expect("because it can be read"))
        });
        let back = dataset.with(&engine, timeline, |subject, reader| {
            reader.page(last).expect("because it can be read");
            reader.page(&timeline.editions[0]).expect("because it can be read");
            observed(subject, &reader.page(last).expect("because it can be read"))
        });
        assert_eq!(alone, after_all, "{}", timeline.id);
        assert_eq!(alone, back, "{}", timeline.id);
        compared += usize::from(timeline.editions.len() > 2);
    }
    assert!(compared > 10, "{compared} records with several editions");
}
