//! Files that a branch moves, for records that their paths name (`formerly: renames`): as `history` follows
//! them, commit by commit.

use super::branch::BranchCommits;
use super::past::PublishedPast;
use super::{CheckedFile, KnownRecord};
use crate::git::{Repository, Touch};
use crate::history::share_most_lines;
use crate::model::{Failure, Identity, ObjectId, RepoPath};
use crate::schema::{Policy, RENAMES};
use std::collections::{HashMap, HashSet, VecDeque};

/// How many bytes are compared at most to find where files went. What is not found is reported as gone.
const MOST_COMPARED: usize = 64 * 1024 * 1024;

/// Files that were moved: where each had been.
#[derive(Default)]
pub struct Moves {
    from: HashMap<RepoPath, RepoPath>,
    left: HashSet<RepoPath>,
}

/// A file that is gone, or new, in one commit.
struct MovedFile {
    kind: usize,
    path: RepoPath,
    blob: ObjectId,
}

/// Whether renames of a kind's files are followed.
fn follows(policy: &Policy, kind: usize) -> bool {
    policy.kinds[kind].spec.formerly.as_deref() == Some(RENAMES)
}

impl Moves {
    /// The moves in the commits of a branch.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn in_commits(
        repo: &Repository,
        policy: &Policy,
        past: &PublishedPast<'_>,
        branch: &BranchCommits,
    ) -> Result<Moves, Failure> {
        let mut moves = Moves::default();
        if !(0..policy.kinds.len()).any(|kind| follows(policy, kind)) {
            return Ok(moves);
        }
        let (mut seen, mut compared): (HashSet<&RepoPath>, usize) = (HashSet::new(), 0);
        for (commit, touches) in branch.iter() {
            let kind = |touch: &Touch| policy.kind_of(touch.path()).filter(|kind| follows(policy, *kind));
            let (mut gone, mut new) = (Vec::new(), Vec::new());
            for touch in touches {
                let Some(kind) = kind(touch) else { continue };
                match (touch.entry, commit.parents.first()) {
                    (Some(entry), _) if !seen.contains(touch.path()) => {
                        new.push(MovedFile { kind, path: touch.path().clone(), blob: entry.blob() });
                    }
                    (None, Some(parent)) => {
                        let file = repo.file_at(parent, touch.path())?;
                        gone.extend(file.map(|file| MovedFile { kind, path: file.path, blob: file.blob }));
                    }
                    _ => {}
                }
                seen.insert(touch.path());
            }
            if gone.is_empty() {
                continue;
            }
            // A file that stood there before is none that was moved there.
            let mut fresh = Vec::new();
            for file in new {
                if past.changes_of(&file.path)?.next().is_none() {
                    fresh.push(file);
                }
            }
            moves.pair(gone, fresh, &mut compared, |file| Ok(repo.read_blob(&file.blob)?))?;
        }
        Ok(moves)
    }

    /// The moves in what is not committed, as if it were one commit.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn uncommitted(
        repo: &Repository,
        policy: &Policy,
        past: &PublishedPast<'_>,
        (before, after): (&[CheckedFile], &[CheckedFile]),
    ) -> Result<Moves, Failure> {
        let mut moves = Moves::default();
        let texts = |files: &[CheckedFile], others: &[CheckedFile]| {
            let there: HashSet<&RepoPath> = others.iter().map(|file| &file.file).collect();
            let mut out = HashMap::new();
            for file in files.iter().filter(|file| !there.contains(&file.file)) {
                if let Some(kind) = policy.kind_of(&file.file).filter(|kind| follows(policy, *kind)) {
                    out.insert(file.file.clone(), (kind, file.reading.text.clone()));
                }
            }
            out
        };
        let (gone, new) = (texts(before, after), texts(after, before));
        if gone.is_empty() {
            return Ok(moves);
        }
        let file = |(path, (kind, text)): (&RepoPath, &(usize, std::sync::Arc<str>))| {
            let blob = repo.hash_bytes(text.as_bytes())?;
            Ok(MovedFile { kind: *kind, path: path.clone(), blob })
        };
        let mut files = [Vec::new(), Vec::new()];
        for (list, texts) in files.iter_mut().zip([&gone, &new]) {
            *list = texts.iter().map(file).collect::<Result<Vec<_>, Failure>>()?;
            list.sort_by(|a, b| a.path.cmp(&b.path));
        }
        let [old, mut fresh] = files;
        let mut known = Vec::new();
        for file in fresh.drain(..) {
            if past.changes_of(&file.path)?.next().is_none() {
                known.push(file);
            }
        }
        let text = |file: &MovedFile| {
            let found = gone.get(&file.path).or_else(|| new.get(&file.path));
            Ok(found.map(|(_, text)| text.as_bytes().to_vec()).unwrap_or_default())
        };
        moves.pair(old, known, &mut 0, text)?;
        Ok(moves)
    }

    /// Pairs the files that one commit removed with those it brought: first those with the same content, then
    /// those that share most of their lines.
    fn pair(
        &mut self,
        gone: Vec<MovedFile>,
        new: Vec<MovedFile>,
        compared: &mut usize,
        text: impl Fn(&MovedFile) -> Result<Vec<u8>, Failure>,
    ) -> Result<(), Failure> {
        let mut same: HashMap<(usize, ObjectId), VecDeque<usize>> = HashMap::new();
        for (at, file) in new.iter().enumerate() {
            same.entry((file.kind, file.blob)).or_default().push_back(at);
        }
        let mut taken: HashSet<usize> = HashSet::new();
        for old in gone {
            let mut to = None;
            while let Some(at) = same.get_mut(&(old.kind, old.blob)).and_then(VecDeque::pop_front) {
                if taken.insert(at) {
                    to = Some(at);
                    break;
                }
            }
            if to.is_none() {
                let before = text(&old)?;
                for (at, file) in new.iter().enumerate() {
                    if file.kind != old.kind || taken.contains(&at) || *compared > MOST_COMPARED {
                        continue;
                    }
                    let after = text(file)?;
                    *compared += after.len();
                    if share_most_lines(&before, &after) {
                        taken.insert(at);
                        to = Some(at);
                        break;
                    }
                }
            }
            if let Some(at) = to {
                self.left.insert(old.path.clone());
                self.from.insert(new[at].path.clone(), old.path);
            }
        }
        Ok(())
    }

    /// Where the file at a path had been before, the last place first.
    pub fn origins<'m>(&'m self, path: &RepoPath) -> impl Iterator<Item = &'m RepoPath> {
        // A file is only moved to where none had been, so no way leads back.
        std::iter::successors(self.from.get(path), |path| self.from.get(*path))
    }

    /// Whether the file at a path was moved on.
    pub fn leave(&self, path: &RepoPath) -> bool {
        self.left.contains(path)
    }

    /// The identities under which the records stood that were moved to the files of others.
    pub fn former<'m>(&'m self, before: &'m [KnownRecord]) -> FormerPlaces<'m> {
        let mut by_file: HashMap<(usize, &RepoPath), Vec<&KnownRecord>> = HashMap::new();
        if !self.from.is_empty() {
            for one in before {
                by_file.entry((one.kind, &one.file)).or_default().push(one);
            }
        }
        FormerPlaces { moves: self, by_file }
    }
}

/// The records of a state that were moved, by where they stood.
pub struct FormerPlaces<'m> {
    moves: &'m Moves,
    by_file: HashMap<(usize, &'m RepoPath), Vec<&'m KnownRecord>>,
}

impl FormerPlaces<'_> {
    /// What a record was called where its file stood before; of many records in a file, the one of the same
    /// key.
    pub fn of(&self, now: &KnownRecord) -> Option<Identity> {
        let there = self.moves.origins(&now.file).find_map(|from| self.by_file.get(&(now.kind, from)))?;
        there.iter().find(|old| old.key == now.key).map(|old| old.identity.clone())
    }
}
