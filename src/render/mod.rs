//! Answers → bytes: one file a format, fed by the views of `model`; `table` says which answer has which
//! formats.
//!
//! Must not import anything but `model`. Text out of records is untrusted: each format escapes it
//! in its own way.

pub mod cite;
pub mod csv;
pub mod findings;
pub mod html;
pub mod json;
pub mod layout;
pub mod markdown;
mod plain;
pub mod rows;
pub mod table;
pub mod template;
pub mod text;
use plain::is_hidden;
pub use plain::plain;

pub use table::{Answer, write};

pub use layout::{Format, Layout};
