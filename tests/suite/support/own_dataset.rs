//! The project's own dataset with its history, read through the library.

use super::own_repository;
use super::policy::{Held, MapFiles};
use sincewhen::dataset::Reference;
use sincewhen::git::Repository;
use sincewhen::history::{Archive, DocumentStore, Edition, HistoryQuestion, Selection, Timeline, load};
use sincewhen::model::Failure;
use sincewhen::report::RecordReader;
use sincewhen::rules::{Engine, Subject};
use sincewhen::schema::Policy;

/// The dataset as the working tree has its rules, with the history of the newest commit.
pub struct OwnDataset {
    pub policy: Policy,
    pub reference: Reference,
    pub store: DocumentStore,
    pub archive: Archive,
}

impl OwnDataset {
    /// The records of a selection.
    pub fn open(selection: &Selection) -> OwnDataset {
        let (policy, reference) =
            MapFiles::read_from(&own_repository(), &["dataset", "schema"]).load("dataset");
        let repo = Repository::discover(&own_repository()).expect("because this is a clone");
        let store = DocumentStore::new(&repo).expect("because it can be read");
        let tip = repo.head().expect("because it has commits");
        let asked = HistoryQuestion {
            repo: &repo,
            store: &store,
            policy: &policy,
            tip: &tip,
            selection,
            worktree: None,
        };
        let archive = load(&asked).expect("because it can be read");
        assert!(!archive.timelines.is_empty(), "the dataset has records");
        OwnDataset { policy, reference, store, archive }
    }

    pub fn engine(&self) -> Engine<'_> {
        Engine::new(&self.policy, &self.reference).unwrap_or_else(|error| panic!("{error}"))
    }

    /// An edition with its document.
    pub fn held(&self, edition: &Edition) -> Held {
        let document = self.store.document(&edition.revision.blob).expect("because it was read");
        Held::of((*document).clone(), edition.date.as_str())
    }

    /// A record's history.
    #[track_caller]
    pub fn timeline(&self, name: &str) -> &Timeline {
        let found = self.archive.timelines.iter().find(|(id, _)| id.0 == name);
        found.map(|(_, timeline)| timeline).unwrap_or_else(|| panic!("no record `{name}`"))
    }

    /// Calls with a record's subject and reader.
    pub fn with<T>(
        &self,
        engine: &Engine<'_>,
        timeline: &Timeline,
        run: impl FnOnce(&Subject<'_>, &mut RecordReader<'_, '_, Failure>) -> T,
    ) -> T {
        let subject = engine.subject(&timeline.identity, timeline.kind);
        let mut reader = RecordReader::new(engine, &self.store, &subject, timeline);
        run(&subject, &mut reader)
    }
}
