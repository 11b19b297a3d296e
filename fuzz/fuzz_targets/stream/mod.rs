//! Small histories made of bytes, written by `git fast-import` into a bare repository, and what git itself
//! says of them.

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// The most commits of a history, and edits of a commit.
const COMMITS: usize = 24;
const EDITS: usize = 6;

/// A history to be.
#[derive(Arbitrary, Debug)]
pub struct Plan {
    /// Whether its objects lie in a pack or loose.
    packed: bool,
    commits: Vec<Planned>,
    /// Commits whose parents were not fetched.
    shallow: Vec<u8>,
    /// Commits in whose place others are read.
    replaced: Vec<(u8, u8)>,
    /// Commits that are given other parents.
    grafted: Vec<(u8, Vec<u8>)>,
}

#[derive(Arbitrary, Debug)]
struct Planned {
    /// How many commits before the last one each parent lies; as many as there are for a root.
    parents: Vec<u8>,
    seconds: i32,
    edits: Vec<Edit>,
}

#[derive(Arbitrary, Debug)]
enum Edit {
    Put(Name, Content),
    PutAs(Name, Mode, Content),
    Delete(Name),
    Move(Name, Name),
    Copy(Name, Name),
    DeleteAll,
}

#[derive(Arbitrary, Debug)]
enum Mode {
    Executable,
    Link,
    Submodule,
}

/// A path: one of those that meet each other, or any.
#[derive(Arbitrary, Debug)]
enum Name {
    Known(u8),
    Note(Vec<u8>),
    Any(Vec<Vec<u8>>),
}

const PATHS: [&str; 16] = [
    "notes/a.yaml",
    "notes/b.yaml",
    "notes/c.yaml",
    "notes/deep/a.yaml",
    "notes/deep/b.yaml",
    "notes/a.yaml/a.yaml",
    "notes/A.yaml",
    "notes",
    "notes/deep",
    "notes.yaml",
    "notes-/a.yaml",
    "facts/a.yml",
    "facts/b.yml",
    "facts",
    "other",
    "notes/line\nbreak.yaml",
];

#[derive(Arbitrary, Debug)]
enum Content {
    Note {
        name: u8,
        dated: u8,
        level: u8,
        formerly: Option<u8>,
        dress: u8,
    },
    /// A note with some bytes of it overwritten.
    Mutated {
        name: u8,
        dated: u8,
        at: u8,
        bytes: Vec<u8>,
    },
    Any(Vec<u8>),
}

const NAMES: [&str; 9] = ["a", "b", "c", "ab", "x/a", "'a b'", "\"a\\x62\"", "~", "10"];
const DATES: [&str; 12] = [
    "2018-05-01",
    "2019-05-01",
    "2020-05-01",
    "'2019-05-01'",
    "2019-05-01T00:00:00Z",
    "2019-05-01T12:30:00+02:00",
    "2019-05",
    "2019",
    "9999-12-31",
    "0001-01-01",
    "soon",
    "[]",
];

impl Content {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Content::Note { name, dated, level, formerly, dress } => {
                let mut text = note(*name, *dated);
                text += &format!("level: {level}\n");
                if let Some(old) = formerly {
                    text += &format!("formerly: [{{name: {}}}]\n", pick(&NAMES, *old));
                }
                match dress % 6 {
                    0 => text = text.replace('\n', "\r\n"),
                    1 => text = format!("\u{feff}---\n{text}"),
                    2 => text += "marks: [{id: x, said: yes}, {id: y}]\n",
                    3 => text += "text: |\n  more\n\n  lines\n",
                    _ => {}
                }
                text.into_bytes()
            }
            Content::Mutated { name, dated, at, bytes } => {
                let mut text = note(*name, *dated).into_bytes();
                let at = usize::from(*at) % text.len();
                let end = (at + bytes.len()).min(text.len());
                text.splice(at..end, bytes.iter().copied());
                text
            }
            Content::Any(bytes) => bytes.clone(),
        }
    }
}

fn note(name: u8, dated: u8) -> String {
    format!("name: {}\nabout: x\ndated: {}\n", pick(&NAMES, name), pick(&DATES, dated))
}

fn pick<'t>(list: &[&'t str], at: u8) -> &'t str {
    list[usize::from(at) % list.len()]
}

impl Name {
    fn bytes(&self) -> Vec<u8> {
        match self {
            Name::Known(at) => pick(&PATHS, *at).as_bytes().to_vec(),
            Name::Note(bytes) => [b"notes/", &bytes[..], b".yaml"].concat(),
            Name::Any(parts) => parts.join(&b'/'),
        }
    }
}

/// A path as fast-import takes any bytes. Names that no repository can have are for it to refuse.
fn quoted(path: &[u8]) -> Vec<u8> {
    let octal = path.iter().flat_map(|byte| format!("\\{byte:03o}").into_bytes());
    std::iter::once(b'"').chain(octal).chain([b'"']).collect()
}

impl Plan {
    fn count(&self) -> usize {
        self.commits.len().min(COMMITS)
    }

    /// The mark of a commit, counted from 1.
    fn mark(&self, at: u8) -> usize {
        usize::from(at) % self.count() + 1
    }

    fn stream(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for (at, commit) in self.commits.iter().take(COMMITS).enumerate() {
            let parents = commit.parents(at);
            if parents.is_empty() {
                out.extend_from_slice(b"reset refs/heads/main\n");
            }
            let seconds = commit.seconds.unsigned_abs();
            let head = format!(
                "commit refs/heads/main\nmark :{}\ncommitter C <c@example.org> {seconds} +0100\ndata 1\nx\n",
                at + 1
            );
            out.extend_from_slice(head.as_bytes());
            for (number, parent) in parents.iter().enumerate() {
                out.extend_from_slice(
                    format!("{} :{parent}\n", if number == 0 { "from" } else { "merge" }).as_bytes(),
                );
            }
            for edit in commit.edits.iter().take(EDITS) {
                edit.write(&mut out);
            }
        }
        out
    }
}

impl Planned {
    /// The marks of the parents of the commit at this position: the one before it, if none is named.
    fn parents(&self, at: usize) -> Vec<usize> {
        let named = if self.parents.is_empty() { &[0][..] } else { &self.parents };
        named.iter().take(4).map(|back| at - usize::from(*back) % (at + 1)).filter(|mark| *mark > 0).collect()
    }
}

impl Edit {
    fn write(&self, out: &mut Vec<u8>) {
        let two = |letter: &[u8], a: &Name, b: &Name| {
            [letter, b" ", &quoted(&a.bytes()), b" ", &quoted(&b.bytes()), b"\n"].concat()
        };
        let put = |mode: &str, name: &Name, content: &[u8]| {
            let head = [b"M ", mode.as_bytes(), b" inline ", &quoted(&name.bytes())].concat();
            [&head, &b"\ndata "[..], content.len().to_string().as_bytes(), b"\n", content, b"\n"].concat()
        };
        out.extend(match self {
            Edit::Put(name, content) => put("100644", name, &content.bytes()),
            Edit::PutAs(name, Mode::Executable, content) => put("100755", name, &content.bytes()),
            Edit::PutAs(name, Mode::Link, content) => put("120000", name, &content.bytes()),
            Edit::PutAs(name, Mode::Submodule, _) => {
                [b"M 160000 1234567890123456789012345678901234567890 ", &quoted(&name.bytes())[..], b"\n"]
                    .concat()
            }
            Edit::Delete(name) => [b"D ", &quoted(&name.bytes())[..], b"\n"].concat(),
            Edit::Move(from, to) => two(b"R", from, to),
            Edit::Copy(from, to) => two(b"C", from, to),
            Edit::DeleteAll => b"deleteall\n".to_vec(),
        });
    }
}

/// A repository with a planned history.
pub struct Imported {
    around: TempDir,
    /// Its folder.
    pub folder: PathBuf,
    /// The newest commit.
    pub tip: String,
    /// Another commit.
    pub earlier: Option<String>,
    /// Whether commits are replaced or given other parents, which may lead round in a circle.
    pub altered: bool,
}

fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_DIR", folder);
    command.stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// Has git write the history; `None` if there is none or git refuses it.
pub fn import(plan: &Plan) -> Option<Imported> {
    if plan.commits.is_empty() {
        return None;
    }
    let memory = Path::new("/dev/shm");
    let around = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let around = around.expect("because the system has a temporary folder");
    let folder = around.path().join("repo.git");
    for part in ["objects/info", "objects/pack", "refs/heads", "refs/replace", "info"] {
        std::fs::create_dir_all(folder.join(part)).expect("because the folder is ours");
    }
    let write =
        |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("because the folder is ours");
    write("HEAD", "ref: refs/heads/main\n");
    write("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
    // A file rather than a pipe: git may stop reading at what it refuses.
    std::fs::write(around.path().join("stream"), plan.stream()).expect("because the folder is ours");
    let stream = std::fs::File::open(around.path().join("stream")).expect("because it was written");
    let limit = format!("fastimport.unpackLimit={}", if plan.packed { 1 } else { 1000 });
    let mut importing = git(&folder);
    importing.args(["-c", &limit, "fast-import", "--quiet", "--force", "--export-marks=marks"]).stdin(stream);
    if !importing.stdout(Stdio::null()).status().expect("because git is installed").success() {
        return None;
    }
    let marks = std::fs::read_to_string(folder.join("marks")).ok()?;
    let marks: BTreeMap<usize, &str> = marks
        .lines()
        .filter_map(|line| line.strip_prefix(':')?.split_once(' '))
        .filter_map(|(mark, id)| Some((mark.parse().ok()?, id)))
        .collect();
    let id = |at: u8| marks[&plan.mark(at)];
    let shallow: String = plan.shallow.iter().take(3).map(|at| format!("{}\n", id(*at))).collect();
    if !shallow.is_empty() {
        write("shallow", &shallow);
    }
    for (from, to) in plan.replaced.iter().take(2) {
        write(&format!("refs/replace/{}", id(*from)), &format!("{}\n", id(*to)));
    }
    let grafts: String = plan
        .grafted
        .iter()
        .take(2)
        .map(|(at, parents)| {
            [*at].iter().chain(parents.iter().take(3)).map(|at| id(*at)).collect::<Vec<_>>().join(" ") + "\n"
        })
        .collect();
    if !grafts.is_empty() {
        write("info/grafts", &grafts);
    }
    let altered = !(plan.replaced.is_empty() && plan.grafted.is_empty());
    let (tip, earlier) =
        (marks[&plan.count()].to_owned(), marks.get(&plan.count().div_ceil(2)).map(|id| (*id).to_owned()));
    Some(Imported { around, folder, tip, earlier, altered })
}

impl Imported {
    /// A place beside the repository.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.around.path().join(name)
    }

    /// What git says each commit brought that none of its parents had; `None` if it says nothing.
    pub fn listed(&self) -> Option<BTreeMap<String, BTreeMap<Vec<u8>, Option<(u32, String)>>>> {
        let format = "--format=commit %H";
        let output = git(&self.folder)
            .args([
                "-c",
                "advice.graftFileDeprecated=false",
                "log",
                "--full-history",
                "--no-renames",
                "-c",
                "--raw",
                "-r",
            ])
            .args(["--no-abbrev", "-z", "--root", format, &self.tip])
            .output()
            .expect("because git is installed");
        if !output.status.success() {
            return None;
        }
        let mut changes: BTreeMap<String, BTreeMap<Vec<u8>, Option<(u32, String)>>> = BTreeMap::new();
        let mut words = output.stdout.split(|byte| *byte == 0);
        let mut commit = String::new();
        while let Some(word) = words.next() {
            let text = word.strip_prefix(b"\n").unwrap_or(word);
            if let Some(id) = text.strip_prefix(b"commit ") {
                commit = String::from_utf8_lossy(id).trim_end().to_owned();
                changes.entry(commit.clone()).or_default();
            } else if text.starts_with(b":") {
                let head = std::str::from_utf8(text).expect("because it is plain");
                let parents = head.bytes().take_while(|byte| *byte == b':').count();
                let parts: Vec<&str> = head[parents..].split(' ').collect();
                let mode = u32::from_str_radix(parts[parents], 8).expect("because it is a mode");
                let path = words.next().expect("because a path follows").to_vec();
                let entry = (mode != 0).then(|| (mode, parts[2 * parents + 1].to_owned()));
                changes.get_mut(&commit).expect("because it was named").insert(path, entry);
            }
        }
        Some(changes)
    }
}
