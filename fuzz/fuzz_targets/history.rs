//! Any history that git takes in is read as git reads it; its records are the same by themselves as among the
//! others, and the same with what earlier runs kept as without.
#![no_main]

mod stream;

use libfuzzer_sys::fuzz_target;
use sincewhen::cache::Cache;
use sincewhen::diff::{apply, diff, same};
use sincewhen::files::Files;
use sincewhen::git::{GitError, Repository};
use sincewhen::history::{Archive, DocumentStore, Edition, HistoryQuestion, Selection, Timeline};
use sincewhen::model::Failure;
use sincewhen::model::{ObjectId, RepoPath};
use sincewhen::schema::Policy;
use sincewhen::session::CachedHistory;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use stream::{Imported, Plan};

const MANIFEST: &[u8] = b"format: sincewhen.manifest/1
records:
  - {kind: note, path: 'notes/**/*.yaml', schema: s.json, identity: [name], date: dated, formerly: formerly}
  - {kind: fact, path: 'facts/*.yml', schema: s.json, identity: [about, name], date: dated}
";

/// The policy that all histories are read by.
struct Plain;

impl Files for Plain {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(match path {
            "sincewhen.yaml" => Some(MANIFEST.to_vec()),
            "s.json" => {
                Some(br#"{"properties": {"marks": {"items": {"type": "object"}, "x-key": ["id"]}}}"#.to_vec())
            }
            _ => None,
        })
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        Ok(if folder.is_empty() { vec!["s.json".to_owned()] } else { Vec::new() })
    }
}

fuzz_target!(|plan: Plan| {
    static POLICY: OnceLock<Policy> = OnceLock::new();
    let policy = POLICY.get_or_init(|| Policy::load(&Plain, "").expect("because it is a policy"));
    let Some(imported) = stream::import(&plan) else { return };
    let repo = Repository::open(&imported.folder).expect("because git made it");
    let listed = imported.listed();
    let tip = ObjectId::from_hex(imported.tip.as_bytes()).expect("because git names a tip by 40 digits");
    let walked =
        ["", "notes", "notes/a.yaml", "facts", "notes/deep"].map(|prefix| changes(&repo, &tip, prefix));
    for (prefix, walked) in walked {
        match (walked, &listed) {
            (Ok(walked), Some(listed)) => assert_eq!(walked, below(listed, prefix), "below {prefix:?}"),
            // git goes round no circle; the library says so.
            (Err(error), _) => assert!(imported.altered, "{error}"),
            (Ok(_), None) => assert!(imported.altered, "git lists nothing"),
        }
    }
    let Ok(archive) = without_help(&repo, policy, &tip) else {
        assert!(imported.altered, "the walk ends, the timelines do not load");
        return;
    };
    let wanted = format!("{archive:?}");
    with_help(&repo, policy, &imported, &wanted);
    alone(&repo, policy, &tip, &archive);
    timelines(&repo, policy, &archive);
});

/// A commit's changes: path → mode and id, or deleted.
type Changes = BTreeMap<String, BTreeMap<Vec<u8>, Option<(u32, String)>>>;

fn changes<'p>(repo: &Repository, tip: &ObjectId, prefix: &'p str) -> (&'p str, Result<Changes, GitError>) {
    let walked = repo.history(tip, &RepoPath::from(prefix)).map(|history| {
        let mut changes: Changes =
            history.commits.iter().map(|node| (node.id().to_string(), BTreeMap::new())).collect();
        for touch in &history.touches {
            let entry = touch.entry.map(|entry| (entry.mode, entry.blob().to_string()));
            let id = history.commits[touch.commit].id().to_string();
            let of_commit = changes.get_mut(&id).expect("because it was listed");
            assert!(
                of_commit.insert(touch.path().0.clone(), entry).is_none(),
                "{} twice in {id}",
                touch.path()
            );
        }
        changes
    });
    (prefix, walked)
}

fn below(all: &Changes, prefix: &str) -> Changes {
    let folder = format!("{prefix}/");
    let inside =
        |path: &[u8]| prefix.is_empty() || path == prefix.as_bytes() || path.starts_with(folder.as_bytes());
    let kept = |of_commit: &BTreeMap<Vec<u8>, _>| {
        of_commit.clone().into_iter().filter(|(path, _)| inside(path)).collect()
    };
    all.iter().map(|(commit, of_commit)| (commit.clone(), kept(of_commit))).collect()
}

fn load(
    repo: &Repository,
    policy: &Policy,
    tip: &ObjectId,
    chosen: &Selection,
    cached: &CachedHistory<'_>,
) -> Result<Archive, GitError> {
    let store = DocumentStore::new(repo).expect("because the repository is open");
    cached.load(&HistoryQuestion { repo, store: &store, policy, tip, selection: chosen, worktree: None })
}

fn without_help(repo: &Repository, policy: &Policy, tip: &ObjectId) -> Result<Archive, GitError> {
    load(repo, policy, tip, &Selection::all(), &CachedHistory::none())
}

/// What was kept at an earlier commit, then at the tip, and then is found again, changes nothing.
fn with_help(repo: &Repository, policy: &Policy, imported: &Imported, wanted: &str) {
    let kept = imported.beside("kept");
    let ask = |tip: &str| {
        let cache = Cache::open(&kept, &imported.folder);
        let cached = CachedHistory::new(&cache, "tip", "tried", policy, repo);
        load(
            repo,
            policy,
            &ObjectId::from_hex(tip.as_bytes()).expect("because git names a tip by 40 digits"),
            &Selection::all(),
            &cached,
        )
    };
    if let Some(earlier) = &imported.earlier {
        let _ = ask(earlier);
    }
    for time in ["first", "second"] {
        let archive = ask(&imported.tip).unwrap_or_else(|error| panic!("the {time} time: {error}"));
        assert_eq!(format!("{archive:?}"), wanted, "the {time} time");
    }
}

/// A record that is asked for by its name alone has the timeline it has among all.
fn alone(repo: &Repository, policy: &Policy, tip: &ObjectId, all: &Archive) {
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    for timeline in
        all.timelines.values().filter(|t| t.identity.0.iter().all(|(_, value)| plain(value))).take(4)
    {
        let chosen = Selection::parse(&[timeline.id.0.clone()]).expect("because it is a plain name");
        let few = load(repo, policy, tip, &chosen, &CachedHistory::none()).expect("because all were loaded");
        let found = few.timelines.get(&timeline.id).map(|found| format!("{found:?}"));
        assert_eq!(found, Some(format!("{timeline:?}")), "{} by itself", timeline.id);
    }
}

/// Dates are in order, contents can be had, differ and lead from one to the next, and every fact was said by
/// somebody.
fn timelines(repo: &Repository, policy: &Policy, all: &Archive) {
    let store = DocumentStore::new(repo).expect("because the repository is open");
    for timeline in all.timelines.values() {
        for (one, next) in timeline.editions.iter().zip(timeline.editions.iter().skip(1)) {
            assert!(
                one.date.range() != next.date.range() && one.date.range().start <= next.date.range().start,
                "{}",
                timeline.id
            );
        }
        editions(timeline, policy, &store);
    }
}

fn editions(timeline: &Timeline, policy: &Policy, store: &DocumentStore) {
    let shape = &policy.kinds[timeline.kind].shape;
    let document =
        |edition: &Edition| store.document(&edition.revision.blob).expect("because the blob is here");
    for (one, next) in timeline.editions.iter().zip(timeline.editions.iter().skip(1)) {
        let (one, next) = (document(one), document(next));
        let deltas = diff(&one.root, &next.root, shape);
        assert!(same(&apply(&deltas, &one.root, shape), &next.root, shape), "{}", timeline.id);
    }
    if let Some(last) = timeline.editions.len().checked_sub(1) {
        sincewhen::history::blame::blame(timeline, last, store, shape).expect("because the blobs are here");
    }
}
