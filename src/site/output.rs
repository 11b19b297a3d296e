//! The folder of a site: only files that differ are written, and only a site's own files are removed.

use crate::model::Failure;
use crate::session::output_folder::{refuse_links, refuse_links_below};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The list of a site's files, by which a folder is known as one.
const LIST: &str = "site.json";

const FORMAT: &str = "sincewhen.site/1";

/// The files of a site with their sizes in bytes.
#[derive(Debug, Default, Deserialize, Serialize)]
struct FileList {
    format: String,
    files: BTreeMap<String, u64>,
}

/// A folder that a site is written into.
pub struct SiteFolder {
    root: PathBuf,
    old: FileList,
    files: Mutex<BTreeMap<String, u64>>,
    /// The paths by their lower case: of several, the first that was written.
    folded: Mutex<HashMap<String, String>>,
    written: AtomicUsize,
}

/// What writing a site came to.
pub struct WrittenSite {
    /// All files of the site.
    pub files: usize,
    /// Those that were written, because they were not there or differed.
    pub written: usize,
    /// Files of an earlier build that were removed.
    pub removed: usize,
    /// The list of files, as it was written.
    pub list: String,
}

impl SiteFolder {
    /// A new folder, an empty one, or that of an earlier build.
    ///
    /// # Errors
    /// A folder with files in it that are no site's, or that is reached by a link.
    pub fn open(root: &Path) -> Result<SiteFolder, Failure> {
        refuse_links(root)?;
        refuse_links_below(root, Path::new(LIST))?;
        let old = match read_list(root) {
            Some(list) => list,
            None => {
                let mut entries = match fs::read_dir(root) {
                    Ok(entries) => Some(entries),
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                    Err(error) => return Err(Failure::system(root.display(), error)),
                };
                if entries.as_mut().and_then(Iterator::next).is_some() {
                    return Err(Failure::new(format!("{} holds files that are no site", root.display()))
                        .hint("name a new or empty folder, or one that an earlier build wrote"));
                }
                FileList::default()
            }
        };
        fs::create_dir_all(root).map_err(|error| Failure::system(root.display(), error))?;
        let list = root.join(LIST);
        if list.symlink_metadata().is_err() {
            // A run that is stopped leaves a folder that the next run knows as a site.
            let empty = FileList { format: FORMAT.to_owned(), files: BTreeMap::new() };
            let text = serde_json::to_string(&empty).expect("because a list holds texts and numbers");
            fs::write(&list, text).map_err(|error| Failure::system(list.display(), error))?;
        }
        let (files, folded) = (Mutex::default(), Mutex::default());
        Ok(SiteFolder { root: root.to_owned(), old, files, folded, written: AtomicUsize::new(0) })
    }

    /// Writes a file where it is not there with the same bytes. Paths are made by `paths`, and lead nowhere
    /// else.
    ///
    /// # Errors
    /// What the system refused, and a folder on the way that is a link.
    pub fn put(&self, path: &str, bytes: &[u8]) -> Result<(), Failure> {
        let full = self.root.join(path);
        let fault = |error| Failure::system(full.display(), error);
        let length = bytes.len() as u64;
        if let Some(folder) = Path::new(path).parent() {
            refuse_links_below(&self.root, folder)?;
        }
        let is_file = full.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        self.refuse_twin(path, is_file)?;
        let is_there = is_file
            && self.old.files.get(path) == Some(&length)
            && fs::read(&full).is_ok_and(|old| old == bytes);
        if !is_there {
            if let Some(folder) = full.parent() {
                fs::create_dir_all(folder).map_err(fault)?;
            }
            // A link that stands there is replaced, not followed.
            if !is_file && full.symlink_metadata().is_ok() {
                fs::remove_file(&full).map_err(fault)?;
            }
            fs::write(&full, bytes).map_err(fault)?;
            self.written.fetch_add(1, Ordering::Relaxed);
        }
        let mut files = self.files.lock().expect("because no thread panics while it holds the list");
        files.insert(path.to_owned(), length);
        Ok(())
    }

    /// Refuses a path that the file system takes for another one of this build, which differs in upper and
    /// lower case only.
    fn refuse_twin(&self, path: &str, is_there: bool) -> Result<(), Failure> {
        let mut folded = self.folded.lock().expect("because no thread panics while it holds the list");
        let twin = folded.entry(path.to_ascii_lowercase()).or_insert_with(|| path.to_owned());
        if twin == path || !is_there || self.old.files.contains_key(path) {
            return Ok(());
        }
        let message = format!(
            "{twin} and {path} are one file in {}: two records' names differ in upper and lower case only",
            self.root.display()
        );
        Err(Failure::new(message).hint("write the site to a file system that distinguishes case"))
    }

    /// Removes what an earlier build wrote and this one did not, and writes the list of files last.
    ///
    /// # Errors
    /// What the system refused.
    pub fn finish(self) -> Result<WrittenSite, Failure> {
        let files = self.files.into_inner().expect("because no thread panics while it holds the list");
        let mut removed = 0;
        for (path, length) in self.old.files.iter().filter(|(path, _)| !files.contains_key(*path)) {
            if is_as_written(&self.root, path, *length) {
                removed += usize::from(fs::remove_file(self.root.join(path)).is_ok());
            }
        }
        let count = files.len();
        let list = FileList { format: FORMAT.to_owned(), files };
        let list =
            serde_json::to_string_pretty(&list).expect("because a list holds texts and numbers") + "\n";
        let full = self.root.join(LIST);
        fs::write(&full, &list).map_err(|error| Failure::system(full.display(), error))?;
        let written = self.written.into_inner();
        Ok(WrittenSite { files: count + 1, written, removed, list })
    }
}

/// The list of a site that stands complete in a folder, every file with its size.
pub fn complete(root: &Path) -> Option<(String, usize)> {
    let text = fs::read_to_string(root.join(LIST)).ok()?;
    let list = read_list(root)?;
    let has = |(path, length): (&String, &u64)| {
        fs::symlink_metadata(root.join(path)).is_ok_and(|found| found.is_file() && found.len() == *length)
    };
    let is_whole = list.files.iter().all(has);
    is_whole.then_some((text, list.files.len() + 1))
}

/// A value as JSON in which invisible characters, or that steer what is shown, are escaped: the same
/// value.
pub fn json(of: &impl Serialize) -> String {
    let text = serde_json::to_string(of).expect("because views hold only strings as keys and finite numbers");
    if text.is_ascii() {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || crate::model::text::is_invisible(c) {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

fn read_list(root: &Path) -> Option<FileList> {
    let text = fs::read_to_string(root.join(LIST)).ok()?;
    serde_json::from_str(&text).ok().filter(|list: &FileList| list.format == FORMAT)
}

/// Whether a line of a list, which anybody could have written, names a file that an earlier build left in the
/// folder: a path that stays in it, by no link, and a file of that size.
fn is_as_written(root: &Path, path: &str, length: u64) -> bool {
    let is_inside = !path.is_empty()
        && path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains(['\\', ':']));
    let is_it =
        || root.join(path).symlink_metadata().is_ok_and(|found| found.is_file() && found.len() == length);
    is_inside && refuse_links_below(root, Path::new(path)).is_ok() && is_it()
}
