//! What the tool says of the project's own dataset, sentence by sentence, and two laws over all of it.

mod exact;
mod recount;

use crate::support::own_repository;
use crate::support::policy::MapFiles;
use sincewhen::dataset::Reference;
use sincewhen::document::Series;
use sincewhen::git::{GitError, Repository};
use sincewhen::history::{Archive, Edition, HistoryQuestion, Selection, Store, Timeline, load};
use sincewhen::model::Document;
use sincewhen::model::results::EditionRef;
use sincewhen::report::RecordReader;
use sincewhen::rules::{Engine, Subject};
use sincewhen::schema::Policy;
use std::sync::Arc;

/// The dataset with its history, as the newest commit has it.
struct Dataset {
    policy: Policy,
    reference: Reference,
    store: Store,
    archive: Archive,
}

impl Dataset {
    fn open() -> Dataset {
        let (policy, reference) =
            MapFiles::read_from(&own_repository(), &["dataset", "schema"]).load("dataset");
        let repo = Repository::discover(&own_repository()).expect("because this is a clone");
        let store = Store::new(&repo).expect("because it can be read");
        let tip = repo.head().expect("because it has commits");
        let selection = Selection::all();
        let asked = HistoryQuestion {
            repo: &repo,
            store: &store,
            policy: &policy,
            tip: &tip,
            selection: &selection,
            worktree: None,
        };
        let archive = load(&asked).expect("because it can be read");
        Dataset { policy, reference, store, archive }
    }

    fn engine(&self) -> Engine<'_> {
        Engine::new(&self.policy, &self.reference).unwrap_or_else(|error| panic!("{error}"))
    }

    fn read(&self, series: &mut Series, edition: &Edition) -> Result<(EditionRef, Arc<Document>), GitError> {
        let document = self.store.edition_in(series, &edition.revision)?;
        let name = EditionRef {
            last_updated: edition.date.clone(),
            commit: edition.revision.commit.clone(),
            file: edition.revision.path.to_string(),
        };
        Ok((name, document))
    }

    /// Calls with a record's engine, subject, timeline and reader.
    fn with<T>(
        &self,
        engine: &Engine<'_>,
        timeline: &Timeline,
        run: impl FnOnce(&Subject<'_>, &mut RecordReader<'_, '_, GitError>) -> T,
    ) -> T {
        let subject = engine.subject(&timeline.identity, timeline.kind);
        let read = |series: &mut Series, edition: &Edition| self.read(series, edition);
        let mut reader = RecordReader::new(engine, &read, &subject, timeline);
        run(&subject, &mut reader)
    }
}

/// The edition in force on a day.
fn in_force<'t>(timeline: &'t Timeline, day: &str) -> &'t Edition {
    let day: sincewhen::model::PartialDate = day.parse().unwrap_or_else(|e| panic!("{day}: {e}"));
    let stood = |edition: &&Edition| edition.date.range().start <= day.range().end;
    timeline.editions.iter().rfind(stood).unwrap_or_else(|| panic!("{}: none by {day}", timeline.id))
}
