//! Files with a stamp of all that was read of them: what an answer depends on besides records.

use crate::cache::{Stamp, Stamping};
use crate::files::Files;
use crate::model::Failure;
use std::cell::RefCell;

/// Files with a stamp of all that was read of them.
pub struct Stamped<'f> {
    files: &'f dyn Files,
    stamping: RefCell<Stamping>,
}

impl<'f> Stamped<'f> {
    /// `files`, as they are read from now on by a tool.
    pub fn new(files: &'f dyn Files, tool: &str) -> Self {
        let mut stamping = Stamping::default();
        stamping.part(tool);
        Stamped { files, stamping: RefCell::new(stamping) }
    }

    /// The stamp of everything read so far.
    pub fn stamp(&self) -> Stamp {
        self.stamping.borrow().stamp()
    }
}

impl Files for Stamped<'_> {
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        let read = self.files.read(path)?;
        let mut stamping = self.stamping.borrow_mut();
        stamping
            .part("file")
            .part(path)
            .part(if read.is_some() { "there" } else { "" })
            .part(read.as_deref().unwrap_or_default());
        Ok(read)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, Failure> {
        let list = self.files.list(folder)?;
        self.stamping.borrow_mut().part("folder").part(folder).part(list.join("\0"));
        Ok(list)
    }
}
