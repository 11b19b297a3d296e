//! Making the safe edits that findings propose.
//!
//! A file is written whole and at once; one that has changed since it was read is left alone.

use crate::document::{self, ReadOptions};
use crate::files::write;
use crate::model::{Failure, Finding, RepoPath};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const BOM: &str = "\u{feff}";

/// A file before and after some edits.
pub struct FixedFile {
    /// The file's path from the repository's root.
    pub file: RepoPath,
    /// Where it is.
    pub location: PathBuf,
    /// Its bytes as they were read.
    pub before: Vec<u8>,
    /// Its new text.
    pub after: String,
    /// How many edits were made.
    pub edits: usize,
}

/// First byte, one past the last, and what shall stand there.
type Edits<'t> = BTreeSet<(usize, usize, &'t str)>;

/// The safe edits among some findings, applied to the files they are about. Of edits that overlap the first
/// is made; running again makes the rest.
pub fn safe_edits(root: &Path, findings: &[Finding]) -> Result<Vec<FixedFile>, Failure> {
    let mut by_file: BTreeMap<&RepoPath, (Edits<'_>, &str)> = BTreeMap::new();
    for finding in findings {
        for fix in finding.fix.iter().filter(|fix| fix.safe) {
            let Some(text) = &finding.text else { continue };
            let (edits, _) = by_file.entry(&finding.file).or_insert_with(|| (BTreeSet::new(), text));
            edits.extend(fix.replacements.iter().map(|r| (r.place.span.0, r.place.span.1, r.with.as_str())));
        }
    }
    let mut out = Vec::new();
    for (file, (edits, text)) in by_file {
        let Some(name) = file.as_str() else { continue };
        let location = root.join(name);
        let Some(disk) = OnDisk::read(file, &location, text.as_bytes())? else { continue };
        out.extend(edited(file, location, disk, &edits));
    }
    Ok(out)
}

/// A file's bytes on disk, and what they are to git.
pub struct OnDisk {
    bytes: Vec<u8>,
    /// Whether git converts the line ends to LF when it commits the file.
    converted: bool,
}

impl OnDisk {
    /// Reads a file; `None` if a conversion of git other than that of line ends lies between it and the text
    /// that was judged.
    pub fn read(file: &RepoPath, location: &Path, judged: &[u8]) -> Result<Option<OnDisk>, Failure> {
        let bytes = std::fs::read(location).map_err(|error| Failure::new(format!("{file}: {error}")))?;
        let bare = |bytes: &[u8]| bytes.strip_prefix(BOM.as_bytes()).unwrap_or(bytes).to_vec();
        let converted = bare(&bytes) != bare(judged);
        let known = !converted || bare(&with_lf(&bytes)) == bare(judged);
        Ok(known.then_some(OnDisk { bytes, converted }))
    }

    /// The text as it was judged.
    fn text(&self) -> Option<String> {
        let bytes = if self.converted { with_lf(&self.bytes) } else { self.bytes.clone() };
        String::from_utf8(bytes).ok()
    }

    /// The file with another text, in the line ends that it has on disk.
    pub fn with(self, file: &RepoPath, location: PathBuf, after: String, edits: usize) -> FixedFile {
        let after = if self.converted { after.replace('\n', "\r\n") } else { after };
        FixedFile { file: file.clone(), location, before: self.bytes, after, edits }
    }
}

fn with_lf(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(at + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

fn edited(file: &RepoPath, location: PathBuf, disk: OnDisk, edits: &Edits<'_>) -> Option<FixedFile> {
    let whole = disk.text()?;
    let (mark, text) = whole.strip_prefix(BOM).map_or(("", whole.as_str()), |rest| (BOM, rest));
    let drops_mark = edits.contains(&(0, 0, ""));
    let mut after = String::from(if drops_mark { "" } else { mark });
    let (mut at, mut made) = (0, usize::from(drops_mark && !mark.is_empty()));
    for (start, end, with) in edits {
        if *start < at || (start == end && with.is_empty()) {
            continue;
        }
        after.push_str(text.get(at..*start)?);
        after.push_str(with);
        (at, made) = (*end, made + 1);
    }
    after.push_str(text.get(at..)?);
    // An edit that would break the file is not safe, whatever the finding says.
    let readable = document::read(after.as_bytes(), &ReadOptions::lenient()).document.is_some()
        && (document::is_readable_elsewhere(&after) || !document::is_readable_elsewhere(&whole));
    (made > 0 && readable).then(|| disk.with(file, location, after, made))
}

/// Writes a file at once: into a new file beside it that takes its place. Nothing is written if the file
/// changed meanwhile.
pub fn write(edited: &FixedFile) -> Result<(), Failure> {
    let fault = |error: std::io::Error| Failure::new(format!("{}: {error}", edited.file));
    let now = std::fs::read(&edited.location).map_err(fault)?;
    if now != edited.before {
        return Err(Failure::new(format!(
            "{} changed while it was checked, and was not written",
            edited.file
        ))
        .hint("run the command again"));
    }
    write::replace(&edited.location, edited.after.as_bytes()).map_err(fault)
}

/// The difference as `diff -u` shows it.
pub fn unified(file: &RepoPath, before: &str, after: &str) -> String {
    let (old, new) = (format!("a/{file}"), format!("b/{file}"));
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(2)
        .header(&old, &new)
        .to_string()
}
