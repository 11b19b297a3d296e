//! No two files of `src/` need each other, directly or by way of others.
//!
//! A file needs another if it names something that is defined there, by `use` or by a path. What a module
//! hands on (`pub use`) is followed to where it is defined, so a module's own file, which only lists what is
//! in it, is needed by nobody.

use crate::support::{files_below, own_repository};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Files that still stand in a circle, with reasons beside them. The list may only get shorter.
const STILL: &[&str] = &[];

type Path = Vec<String>;

/// What a file defines, and which paths it names.
#[derive(Default)]
struct Source {
    items: BTreeSet<String>,
    /// Paths of `use`, with the name under which their end is known here.
    uses: Vec<(Path, String)>,
    paths: Vec<Path>,
}

/// All files by their modules.
struct Sources(BTreeMap<Path, Source>);

fn split(path: &str) -> Path {
    path.split("::").map(|step| step.trim().to_owned()).filter(|step| !step.is_empty()).collect()
}

fn module_of(file: &str) -> Path {
    let steps = file.trim_end_matches(".rs").split('/').map(str::to_owned);
    steps.filter(|step| step != "mod" && step != "lib").collect()
}

/// The code of a file without its tests, comments, texts and `pub(in …)`.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut out = String::new();
    for line in text.lines() {
        let line = if line.trim_start().starts_with("//") { "" } else { line };
        let line = line.split(" // ").next().unwrap_or_default();
        let line = line.replace("\\\"", "");
        let outside = line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"");
        match outside.split_once("pub(in ") {
            Some((before, rest)) => {
                out.push_str(before);
                out.push_str(rest.split_once(") ").map_or(rest, |(_, after)| after));
            }
            None => out.push_str(&outside),
        }
        out.push('\n');
    }
    out
}

/// The paths of a `use`: `a::{b, c::{self, D as E}}`, each with the name its end has here.
fn leaves(tree: &str, before: &[String], out: &mut Vec<(Path, String)>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, name)| (path, Some(name)));
        let mut steps = before.to_vec();
        steps.extend(split(path));
        if steps.last().is_some_and(|step| step == "self") {
            steps.pop();
        }
        let name = alias.map(|name| name.trim().to_owned()).or_else(|| steps.last().cloned());
        out.extend(name.map(|name| (steps, name)));
        return;
    };
    let mut inner_before = before.to_vec();
    inner_before.extend(split(&tree[..open]));
    let inner = &tree[open + 1..tree.rfind('}').unwrap_or(tree.len())];
    let (mut depth, mut start) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                leaves(&inner[start..at], &inner_before, out);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !inner[start..].trim().is_empty() {
        leaves(&inner[start..], &inner_before, out);
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A line without what it says of visibility.
fn without_visibility(line: &str) -> &str {
    match line.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ").map_or(line, |(_, rest)| rest),
        None => line.strip_prefix("pub ").unwrap_or(line),
    }
}

fn read(text: &str) -> Source {
    let code = code(text);
    let mut source = Source::default();
    let (mut pending, mut body) = (None::<String>, String::new());
    for line in code.lines() {
        let bare = without_visibility(line.trim_start());
        let statement = match (pending.take(), bare.strip_prefix("use ")) {
            (Some(begun), _) => Some(format!("{begun} {bare}")),
            (None, Some(rest)) => Some(rest.to_owned()),
            (None, None) => None,
        };
        match statement {
            Some(statement) => match statement.split_once(';') {
                Some((tree, _)) => leaves(tree, &[], &mut source.uses),
                None => pending = Some(statement),
            },
            None => {
                source.items.extend(defined(line));
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    for (at, _) in body.match_indices("::") {
        let start = body[..at].rfind(|c: char| !is_word(c)).map_or(0, |at| at + 1);
        // Only from the first step of a path.
        if start == at || body[..start].ends_with("::") {
            continue;
        }
        let end = body[start..].find(|c: char| !is_word(c) && c != ':').map_or(body.len(), |end| start + end);
        source.paths.push(split(&body[start..end]));
    }
    source
}

/// What a line defines for the module.
fn defined(line: &str) -> Option<String> {
    let mut rest = without_visibility(line);
    for word in ["const ", "unsafe ", "async "] {
        if rest.strip_prefix(word).is_some_and(|after| after.starts_with("fn ")) {
            rest = &rest[word.len()..];
        }
    }
    let kinds =
        ["struct ", "enum ", "trait ", "type ", "union ", "fn ", "const ", "static ", "macro_rules! "];
    let name = kinds.into_iter().find_map(|kind| rest.strip_prefix(kind))?;
    Some(name.chars().take_while(|c| is_word(*c)).collect())
}

impl Sources {
    fn of(files: impl Iterator<Item = (String, String)>) -> Sources {
        Sources(files.map(|(file, text)| (module_of(&file), read(&text))).collect())
    }

    /// The module in which the thing is defined that a path of a module names; `None` where it is not of this
    /// crate.
    fn resolve(&self, module: &Path, path: &[String], seen: &mut HashSet<(Path, Path)>) -> Option<Path> {
        if !seen.insert((module.clone(), path.to_vec())) {
            return None;
        }
        let Some((head, rest)) = path.split_first() else { return Some(module.clone()) };
        let source = self.0.get(module)?;
        let below = |name: &str| -> Path { module.iter().cloned().chain([name.to_owned()]).collect() };
        match head.as_str() {
            "crate" => return self.resolve(&Vec::new(), rest, seen),
            "self" => return self.resolve(module, rest, seen),
            "super" => return self.resolve(&module[..module.len().checked_sub(1)?].to_vec(), rest, seen),
            "*" => return Some(module.clone()),
            name if self.0.contains_key(&below(name)) => return self.resolve(&below(name), rest, seen),
            name if source.items.contains(name) => return Some(module.clone()),
            _ => {}
        }
        for (used, _) in source.uses.iter().filter(|(used, name)| name == head && used.first() != Some(head))
        {
            let whole: Path = used.iter().chain(rest).cloned().collect();
            if let Some(found) = self.resolve(module, &whole, seen) {
                return Some(found);
            }
        }
        for (used, _) in source.uses.iter().filter(|(_, name)| name == "*") {
            let from = self.resolve(module, &used[..used.len() - 1], seen).filter(|from| from != module);
            if let Some(found) = from.and_then(|from| self.resolve(&from, path, seen)) {
                return Some(found);
            }
        }
        None
    }

    /// The modules that each module needs. A module that is only named, to name what is in it, is not needed
    /// for that.
    fn needs(&self) -> BTreeMap<&Path, BTreeSet<Path>> {
        let needs_of = |(module, source): (&'_ Path, &'_ Source)| {
            let used = source.uses.iter().map(|(path, _)| path);
            let named = used.chain(&source.paths).filter_map(|path| {
                let found = self.resolve(module, path, &mut HashSet::new())?;
                let is_module = path.last() == found.last() && !self.0[&found].items.contains(path.last()?);
                (found != *module && !found.is_empty() && !is_module).then_some(found)
            });
            named.collect()
        };
        self.0.iter().map(|(module, source)| (module, needs_of((module, source)))).collect()
    }

    /// The modules that need themselves by way of others.
    fn circles(&self) -> Vec<String> {
        let needs = self.needs();
        let mut out = Vec::new();
        for module in self.0.keys() {
            let (mut open, mut seen) = (vec![module], HashSet::new());
            while let Some(next) = open.pop() {
                for needed in needs.get(next).into_iter().flatten() {
                    if seen.insert(needed) {
                        open.push(needed);
                    }
                }
            }
            if seen.contains(module) {
                out.push(module.join("/"));
            }
        }
        out
    }
}

#[test]
fn no_files_need_each_other() {
    let files = files_below(&own_repository().join("src")).into_iter();
    let rust = files.filter(|(path, _)| path.ends_with(".rs") && path != "main.rs");
    let sources = Sources::of(rust.map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())));
    let found = sources.circles();
    let new: Vec<&String> = found.iter().filter(|file| STILL.iter().all(|known| known != file)).collect();
    assert!(new.is_empty(), "these files stand in circles: {new:#?}");
    let mended: Vec<&str> =
        STILL.iter().filter(|file| !found.iter().any(|found| found == *file)).copied().collect();
    assert!(mended.is_empty(), "no longer in a circle, so take them off the list: {mended:?}");
}

/// The test above can fail.
#[test]
fn circles_are_found_through_what_modules_hand_on() {
    let circles = |files: &[(&str, &str)]| {
        let files = files.iter().chain(&[("lib.rs", "mod a;\n")]);
        let files = files.map(|(file, text)| ((*file).to_owned(), (*text).to_owned()));
        Sources::of(files).circles()
    };
    let parent = "mod b;\nmod c;\npub use b::Bee;\n";
    let bee = "use super::c::Cee;\npub struct Bee(Cee);\n";
    assert_eq!(circles(&[("a/mod.rs", parent), ("a/b.rs", bee), ("a/c.rs", "pub struct Cee;\n")]), [""; 0]);
    let cee = "use super::Bee;\npub struct Cee(Bee);\n";
    assert_eq!(circles(&[("a/mod.rs", parent), ("a/b.rs", bee), ("a/c.rs", cee)]), ["a/b", "a/c"]);
    let by_path = "pub struct Cee(crate::a::Bee);\n";
    assert_eq!(circles(&[("a/mod.rs", parent), ("a/b.rs", bee), ("a/c.rs", by_path)]), ["a/b", "a/c"]);
    let own = "mod b;\npub struct Own(b::Bee);\n";
    assert_eq!(circles(&[("a/mod.rs", own), ("a/b.rs", "pub struct Bee(super::Own);\n")]), ["a", "a/b"]);
    let in_tests = "pub struct Bee;\n#[cfg(test)]\nmod tests {\n    use super::super::Own;\n}\n";
    assert_eq!(circles(&[("a/mod.rs", own), ("a/b.rs", in_tests)]), [""; 0]);
    let mut found = Vec::new();
    leaves("a::{self, b::{C, D as E}, f}", &[], &mut found);
    let names: Vec<&str> = found.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, ["a", "C", "E", "f"]);
}
