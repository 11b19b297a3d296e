//! `check`: what is wrong with the data, or with what a branch does to it.

use super::args::{Format, Global};
use super::guard_args::CheckArgs;
use super::output;
use super::session::{find_dataset, only};
use crate::check::state::{Dataset, entries, judge, sift};
use crate::check::step::Step;
use crate::check::views::{findings_view, rule_line, step_view};
use crate::check::{Checker, all_rules, baseline};
use crate::check::{fix, history, state};
use crate::files::State;
use crate::git::Repository;
use crate::model::finding::{FindingsView, RuleListView, Summary};
use crate::model::{Failure, Finding, RepoPath};
use crate::render;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The formats in which findings are written.
pub const FORMATS: [Format; 6] =
    [Format::Text, Format::Json, Format::Sarif, Format::Github, Format::Junit, Format::Markdown];

/// The most rounds of edits and checks that `--fix` makes: an edit can bring another to light.
const ROUNDS: usize = 5;

pub(super) fn run(global: &Global, args: &CheckArgs) -> Result<ExitCode, Failure> {
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
    fn open(global: &'g Global, args: &'g CheckArgs) -> Result<Desk<'g>, Failure> {
        let start = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
        let repo = Repository::discover(&start)?;
        if let Some(index) = std::env::var_os("GIT_INDEX_FILE").filter(|name| !name.is_empty()) {
            repo.use_index(&PathBuf::from(index))?;
        }
        let today = super::today(global.today.as_deref())?;
        let state = if args.staged { State::Index } else { State::Work };
        let root = find_dataset(global, &repo, state.files(&repo)?.as_ref(), &start)?;
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

    fn answer(&self) -> Result<FindingsView, Failure> {
        if self.args.history {
            self.past()
        } else if self.args.staged && self.repo.head().is_ok() {
            self.step(self.repo.head()?, State::Index)
        } else if let Some(base) = &self.args.base {
            self.step(state::merge_base(&self.repo, base, &self.repo.head()?)?, State::Work)
        } else {
            self.whole(if self.args.staged { State::Index } else { State::Work })
        }
    }

    /// Everything there is, or what was asked for by path.
    fn whole(&self, state: State) -> Result<FindingsView, Failure> {
        let files = state.files(&self.repo)?;
        let dataset = Dataset::load(files.as_ref(), &self.root)?;
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.today)?;
        let all = self.wanted.is_empty();
        let mut judged =
            judge(&checker, &dataset, entries(files.as_ref(), &dataset.policy, &|path| self.wants(path))?);
        state::across(&checker, &mut judged, files.as_ref(), &dataset, all)?;
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

    fn past(&self) -> Result<FindingsView, Failure> {
        let files = State::Work.files(&self.repo)?;
        let dataset = Dataset::load(files.as_ref(), &self.root)?;
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.today)?;
        let past =
            history::run(&self.repo, &checker, &dataset, &self.repo.head()?, &|path| self.wants(path))?;
        let summary = Summary { files: past.revisions, ..Summary::default() };
        Ok(self.view(&checker, past.findings, past.accepted, summary))
    }

    fn step(&self, base: crate::model::CommitId, head: State) -> Result<FindingsView, Failure> {
        let step = Step {
            repo: &self.repo,
            root: &self.root,
            base: base.clone(),
            head,
            policy_from: self.args.policy_from.into(),
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
        findings_view(checker.rules().map(rule_line).collect(), findings, accepted, summary)
    }

    fn write_baseline(&self) -> Result<ExitCode, Failure> {
        let files = State::Work.files(&self.repo)?;
        let mut dataset = Dataset::load(files.as_ref(), &self.root)?;
        dataset.baseline = None;
        let checker = Checker::new(&dataset.policy, &dataset.reference, self.today)?;
        let mut judged = judge(&checker, &dataset, entries(files.as_ref(), &dataset.policy, &|_| true)?);
        state::across(&checker, &mut judged, files.as_ref(), &dataset, true)?;
        let findings = std::mem::take(&mut judged.findings);
        let left = sift(&checker, &dataset, &judged, findings, false, true).findings;
        let path = dataset.policy.path(baseline::FILE_NAME);
        let location = self.repo.workdir().unwrap_or(Path::new(".")).join(&path);
        crate::files::write::replace(&location, baseline::write(&left).as_bytes())
            .map_err(|e| Failure::new(format!("{path}: {e}")))?;
        self.note(&format!("{path} accepts {} findings", left.len()));
        Ok(ExitCode::SUCCESS)
    }

    fn fix(&self) -> Result<ExitCode, Failure> {
        let Some(workdir) = self.repo.workdir() else {
            return Err(Failure::new("a bare repository has no working tree"));
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

    fn finish(&self, view: &FindingsView) -> Result<ExitCode, Failure> {
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
    fn job_summary(&self, view: &FindingsView) -> Result<(), Failure> {
        use std::io::Write;
        let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
            return Ok(());
        };
        let text = render::findings::markdown::write(view);
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(|error| Failure::new(format!("{}: {error}", Path::new(&path).display())))
    }
}

fn list_rules(global: &Global) -> Result<ExitCode, Failure> {
    only(global, "check --list-rules", &[Format::Text, Format::Json, Format::Markdown])?;
    let start = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    let repo = Repository::discover(&start)?;
    let files = State::Work.files(&repo)?;
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
pub fn repo_path(repo: &Repository, start: &Path, path: &Path) -> Result<RepoPath, Failure> {
    let Some(root) = repo.workdir() else {
        return Err(Failure::new("a bare repository has no working tree"));
    };
    let full = start.join(path);
    let fault = |error: std::io::Error| Failure::new(format!("{}: {error}", path.display()));
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
        .map_err(|_| Failure::new(format!("{} lies outside the repository", path.display())))?;
    let bytes = inside.as_os_str().as_encoded_bytes().to_vec();
    Ok(RepoPath(if cfg!(windows) {
        String::from_utf8_lossy(&bytes).replace('\\', "/").into_bytes()
    } else {
        bytes
    }))
}
