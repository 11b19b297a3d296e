//! The steps of `action.yml`, run with made-up events on real repositories.

mod base;
mod comment;
mod program;
mod runner;
mod server;
mod text;

use crate::support::Repo;
use crate::support::notes::{self, note};
use serde_json::{Value as Json, json};

/// A pull request that gives the note `a` a new edition, while `b` is edited on `main` after the pull request
/// was opened.
pub struct Scene {
    /// The clone of the workflow; GitHub's merge commit is checked out.
    pub checkout: Repo,
    /// Where `main` was when the pull request was opened.
    pub opened_at: String,
    /// Where `main` is now.
    pub main: String,
    /// The last commit of the pull request.
    pub head: String,
    /// GitHub's merge of it.
    pub merge: String,
}

impl Scene {
    /// Both edits are right, or, if a test says so, the one on `main` or the one of the pull request is
    /// wrong: it leaves the date.
    pub fn with(edit_of_a: &str, edit_of_b: &str) -> Scene {
        let mut repo = notes::repo();
        repo.write("notes/a.yaml", note("a", "2023-01-01", 1))
            .write("notes/b.yaml", note("b", "2023-01-01", 1));
        let opened_at = repo.commit("two notes");
        repo.git(["checkout", "-q", "-b", "topic"]);
        repo.write("notes/a.yaml", edit_of_a);
        let head = repo.commit("a");
        repo.git(["checkout", "-q", "main"]);
        repo.write("notes/b.yaml", edit_of_b);
        let main = repo.commit("b");
        repo.git(["update-ref", "refs/remotes/origin/main", "main"]);
        repo.git(["checkout", "-q", "--detach", "main"]);
        repo.git(["merge", "-q", "--no-ff", "-m", "Merge topic into main", "topic"]);
        let merge = repo.git(["rev-parse", "HEAD"]);
        Scene { checkout: repo, opened_at, main, head, merge }
    }

    /// The pull request is right; what was merged to `main` in the meantime is wrong.
    pub fn right() -> Scene {
        Scene::with(&note("a", "2024-01-02", 2), &note("b", "2023-01-01", 2))
    }

    /// The pull request changes a level and leaves the date.
    pub fn wrong() -> Scene {
        Scene::with(&note("a", "2023-01-01", 2), &note("b", "2023-12-01", 2))
    }

    /// The event of the pull request.
    pub fn pull_request(&self) -> Json {
        json!({"pull_request": {
            "number": 7,
            "base": {"sha": self.opened_at, "ref": "main"},
            "head": {"sha": self.head, "repo": {"full_name": "owner/data"}},
        }})
    }

    /// The same from a fork.
    pub fn of_a_fork(&self) -> Json {
        let mut event = self.pull_request();
        event["pull_request"]["head"]["repo"]["full_name"] = json!("stranger/data");
        event
    }
}
