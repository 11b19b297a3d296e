//! `check`: what is wrong with the data, or with what a branch does to it.
//!
//! One file each: `tree` where files come from, `judge` one state, `step` two states, `history` all of them, `fix` edits.

pub mod fix;
mod history;
pub mod judge;
pub mod step;
pub mod tree;

pub use step::PolicyFrom;

use super::args::{Format, Global};
use super::guard_args::CheckArgs;
use super::session::{find_dataset, only};
use super::{CommandError, output};
use crate::check::{Checker, all_rules, baseline};
use crate::git::Repository;
use crate::model::finding::{FindingsView, RuleLine, RuleListView, Summary};
use crate::model::{Finding, RepoPath};
use crate::render;
use judge::{Dataset, judge, sift};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use step::Step;
use tree::{State, Tree};

/// The formats in which findings are written.
pub const FORMATS: [Format; 6] =
    [Format::Text, Format::Json, Format::Sarif, Format::Github, Format::Junit, Format::Markdown];

/// The most rounds of edits and checks that `--fix` makes: an edit can bring another to light.
const ROUNDS: usize = 5;

pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<ExitCode, CommandError> {
    if args.list_rules {
        return list_rules(global);
    }
    only(global, "check", &FORMATS)?;
    let desk = Desk::open(global, args)?;
    if args.write_baseline {
        return desk.write_baseline();
    }
    if args.fix {
        return desk.fix();
    }
    let view = desk.answer()?;
    desk.finish(&view)
}

/// What every form of the command begins with.
struct Desk<'g> {
    global: &'g Global,
    args: &'g CheckArgs,
    repo: Repository,
    root: String,
    today: chrono::NaiveDate,
    wanted: Vec<RepoPath>,
}

impl<'g> Desk<'g> {
    fn open(global: &'g Global, args: &'g CheckArgs) -> Result<Desk<'g>, CommandError> {
        let start = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
        let repo = Repository::discover(&start)?;
        if let Some(index) = std::env::var_os("GIT_INDEX_FILE").filter(|name| !name.is_empty()) {
            repo.use_index(&PathBuf::from(index))?;
        }
        let today = judge::today(global.today.as_deref())?;
        let state = if args.staged { State::Index } else { State::Work };
        let root = find_dataset(global, &repo, Tree::new(&repo, state).files()?.as_ref(), &start)?;
        let wanted =
            args.paths.iter().map(|path| repo_path(&repo, &start, path)).collect::<Result<_, _>>()?;
        Ok(Desk { global, args, repo, root, today, wanted })
    }

    fn wants(&self, path: &RepoPath) -> bool {
        let below = |prefix: &RepoPath| {
            path.0
                .strip_prefix(prefix.0.as_slice())
                .is_some_and(|rest| prefix.0.is_empty() || rest.is_empty() || rest[0] == b'/')
        };
        self.wanted.is_empty() || self.wanted.iter().any(below)
    }

    fn answer(&self) -> Result<FindingsView, CommandError> {
        if self.args.history {
            self.past()
        } else if self.args.staged && self.repo.head().is_ok() {
            self.step(self.repo.head()?, State::Index)
        } else if let Some(base) = &self.args.base {
            self.step(judge::merge_base(&self.repo, base, &self.repo.head()?)?, State::Work)
        } else {
            self.whole(if self.args.staged { State::Index } else { State::Work })
        }
    }

    /// Everything there is, or what was asked for by path.
    fn whole(&self, state: State) -> Result<FindingsView, CommandError> {
        let tree = Tree::new(&self.repo, state);
        let dataset = Dataset::load(tree.files()?.as_ref(), &self.root)?;
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.today)?;
        let all = self.wanted.is_empty();
        let mut judged = judge(&checker, &dataset, tree.entries(&dataset.policy, &|path| self.wants(path))?);
        judge::across(&checker, &mut judged, &tree, &dataset, all)?;
        let findings = std::mem::take(&mut judged.findings);
        let sifted = sift(&checker, &dataset, &judged, findings, false, all);
        if judged.files == 0 {
            self.note(if all {
                "there is no record to check"
            } else {
                "none of these files belongs to the dataset"
            });
        }
        let summary = Summary { files: judged.files, ..Summary::default() };
        Ok(self.view(&checker, sifted.findings, sifted.accepted, summary))
    }

    fn past(&self) -> Result<FindingsView, CommandError> {
        let tree = Tree::new(&self.repo, State::Work);
        let dataset = Dataset::load(tree.files()?.as_ref(), &self.root)?;
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.today)?;
        let past =
            history::run(&self.repo, &checker, &dataset, &self.repo.head()?, &|path| self.wants(path))?;
        let summary = Summary { files: past.revisions, ..Summary::default() };
        Ok(self.view(&checker, past.findings, past.accepted, summary))
    }

    fn step(&self, base: crate::model::CommitId, head: State) -> Result<FindingsView, CommandError> {
        let step = Step {
            repo: &self.repo,
            root: &self.root,
            base: base.clone(),
            head,
            policy_from: self.args.policy_from,
            today: self.today,
        };
        let outcome = step.run(&|path| self.wants(path))?;
        outcome.notes.iter().for_each(|note| self.note(note));
        Ok(step_view(&step, outcome))
    }

    fn view(
        &self,
        checker: &Checker<'_>,
        findings: Vec<Finding>,
        accepted: Vec<crate::model::finding::Accepted>,
        summary: Summary,
    ) -> FindingsView {
        findings_view(rule_lines(checker), findings, accepted, summary)
    }

    fn write_baseline(&self) -> Result<ExitCode, CommandError> {
        let tree = Tree::new(&self.repo, State::Work);
        let mut dataset = Dataset::load(tree.files()?.as_ref(), &self.root)?;
        dataset.baseline = None;
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.today)?;
        let mut judged = judge(&checker, &dataset, tree.entries(&dataset.policy, &|_| true)?);
        judge::across(&checker, &mut judged, &tree, &dataset, true)?;
        let findings = std::mem::take(&mut judged.findings);
        let left = sift(&checker, &dataset, &judged, findings, false, true).findings;
        let path = dataset.policy.path(baseline::FILE_NAME);
        let location = self.repo.workdir().unwrap_or(Path::new(".")).join(&path);
        fix::replace(&location, baseline::write(&left).as_bytes())
            .map_err(|e| CommandError::new(format!("{path}: {e}")))?;
        self.note(&format!("{path} accepts {} findings", left.len()));
        Ok(ExitCode::SUCCESS)
    }

    fn fix(&self) -> Result<ExitCode, CommandError> {
        let Some(workdir) = self.repo.workdir() else {
            return Err(CommandError::new("a bare repository has no working tree"));
        };
        let mut view = self.answer()?;
        for _ in 0..ROUNDS {
            let edits = fix::safe_edits(workdir, &view.findings)?;
            if self.args.diff {
                let shown: String = edits
                    .iter()
                    .map(|edit| fix::unified(&edit.file, &String::from_utf8_lossy(&edit.before), &edit.after))
                    .collect();
                output::write(self.global, &render::plain(&shown))?;
                return Ok(if edits.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) });
            }
            if edits.is_empty() {
                break;
            }
            for edit in &edits {
                fix::write(edit)?;
                self.note(&format!("{}: {} made", edit.file, count(edit.edits, "edit")));
            }
            if self.args.staged {
                self.note("the edits are in the working tree; stage them with `git add`");
                break;
            }
            view = self.answer()?;
        }
        self.finish(&view)
    }

    fn note(&self, text: &str) {
        if !self.global.quiet {
            anstream::eprintln!("note: {}", render::plain(text));
        }
    }

    fn finish(&self, view: &FindingsView) -> Result<ExitCode, CommandError> {
        let answer = match self.global.format {
            Format::Json => render::json::write(view),
            Format::Sarif => render::findings::sarif::write(view),
            Format::Github => {
                self.job_summary(view)?;
                render::findings::github::write(view)
            }
            Format::Junit => render::findings::junit::write(view),
            Format::Markdown => render::findings::markdown::write(view),
            _ => render::findings::text::write(view, output::width(), self.global.verbose > 0),
        };
        output::write(self.global, &answer)?;
        let failed = view.findings.iter().any(|finding| self.args.fail_on.fails(finding.level));
        Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }

    /// GitHub draws ten annotations of a level and no more; the job's summary has all findings.
    fn job_summary(&self, view: &FindingsView) -> Result<(), CommandError> {
        use std::io::Write;
        let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
            return Ok(());
        };
        let text = render::findings::markdown::write(view);
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| CommandError::new(format!("{}: {error}", Path::new(&path).display())))
    }
}

/// The answer about a step.
pub fn step_view(step: &Step<'_>, outcome: step::Outcome) -> FindingsView {
    let summary = Summary { files: outcome.files, older: outcome.older, ..Summary::default() };
    let rules = all_rules(&outcome.dataset.policy).iter().map(rule_line).collect();
    let mut view = findings_view(rules, outcome.findings, outcome.accepted, summary);
    view.base = Some(step.base.clone());
    view.policy_changes = outcome.policy_changes;
    view.policy_from = match step.policy_from {
        PolicyFrom::Base => "base",
        PolicyFrom::Head => "head",
    };
    view
}

fn findings_view(
    rules: Vec<RuleLine>,
    findings: Vec<Finding>,
    accepted: Vec<crate::model::finding::Accepted>,
    mut summary: Summary,
) -> FindingsView {
    summary.count(&findings);
    summary.ignored = accepted.iter().filter(|one| one.in_source).count();
    summary.baselined = accepted.len() - summary.ignored;
    FindingsView {
        format: "sincewhen.findings/1",
        findings,
        summary,
        base: None,
        policy_from: "head",
        policy_changes: Vec::new(),
        accepted,
        rules,
    }
}

fn rule_line(rule: &crate::schema::CheckRule) -> RuleLine {
    RuleLine {
        id: rule.id.clone(),
        level: rule.level,
        title: rule.title.clone(),
        why: rule.why.trim().to_owned(),
    }
}

fn rule_lines(checker: &Checker<'_>) -> Vec<RuleLine> {
    checker.rules().map(rule_line).collect()
}

fn list_rules(global: &Global) -> Result<ExitCode, CommandError> {
    only(global, "check --list-rules", &[Format::Text, Format::Json, Format::Markdown])?;
    let start = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let repo = Repository::discover(&start)?;
    let tree = Tree::new(&repo, State::Work);
    let files = tree.files()?;
    let root = find_dataset(global, &repo, files.as_ref(), &start)?;
    let policy = crate::schema::Policy::load(files.as_ref(), &root)?;
    let view = RuleListView {
        format: "sincewhen.check-rules/1",
        rules: all_rules(&policy).iter().map(rule_line).collect(),
    };
    let answer = match global.format {
        Format::Json => render::json::write(&view),
        Format::Markdown => render::findings::markdown::rules(&view),
        _ => render::findings::text::rules(&view),
    };
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}

/// `1 edit`, `2 edits`.
pub fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// A path of the command line as a path from the repository's root. It must exist, in the working tree, and not lie outside it.
pub fn repo_path(repo: &Repository, start: &Path, path: &Path) -> Result<RepoPath, CommandError> {
    let Some(root) = repo.workdir() else {
        return Err(CommandError::new("a bare repository has no working tree"));
    };
    let full = start.join(path);
    let fault = |error: std::io::Error| CommandError::new(format!("{}: {error}", path.display()));
    // The last part may be a link, which is to be looked at itself.
    let metadata = std::fs::symlink_metadata(&full).map_err(fault)?;
    let real = match (full.parent(), full.file_name()) {
        (Some(parent), Some(name)) if metadata.file_type().is_symlink() => {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            parent.canonicalize().map_err(fault)?.join(name)
        }
        _ => full.canonicalize().map_err(fault)?,
    };
    let root = root.canonicalize().map_err(fault)?;
    let inside = real
        .strip_prefix(&root)
        .map_err(|_| CommandError::new(format!("{} lies outside the repository", path.display())))?;
    let bytes = inside.as_os_str().as_encoded_bytes().to_vec();
    Ok(RepoPath(if cfg!(windows) {
        String::from_utf8_lossy(&bytes).replace('\\', "/").into_bytes()
    } else {
        bytes
    }))
}
