//! One commit: its tree, its parents, who made it and when.
//!
//! Owns reading the text of a commit object, forgiving where git's own history holds odd ones. Must not walk.

use crate::model::ObjectId;
use chrono::{DateTime, FixedOffset, TimeZone};

/// Who made a commit, when, and its first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// The commit.
    pub id: ObjectId,
    /// The author's name; bytes that are not text in the commit's encoding become U+FFFD.
    pub author_name: String,
    /// When the change was made, in the author's time zone; the epoch where the commit does not say.
    pub author_time: DateTime<FixedOffset>,
    /// When the commit was made, in the committer's time zone; the epoch where the commit does not say.
    pub committer_time: DateTime<FixedOffset>,
    /// The first paragraph of the message as one line, as `git log --format=%s` shows it.
    pub summary: String,
}

/// The tree and the parents in a commit's header; `None` if it has no tree or an id that is none.
pub(super) fn links(bytes: &[u8]) -> Option<(ObjectId, Vec<ObjectId>)> {
    let mut lines = bytes.split(|byte| *byte == b'\n');
    let tree = ObjectId::from_hex(lines.next()?.strip_prefix(b"tree ")?)?;
    let mut parents = Vec::new();
    for line in lines {
        let Some(hex) = line.strip_prefix(b"parent ") else { break };
        parents.push(ObjectId::from_hex(hex)?);
    }
    Some((tree, parents))
}

/// What a tag object names.
pub(super) fn tagged(bytes: &[u8]) -> Option<ObjectId> {
    ObjectId::from_hex(bytes.split(|byte| *byte == b'\n').next()?.strip_prefix(b"object ")?)
}

/// The committer's time in seconds since the epoch.
pub(super) fn committer_seconds(bytes: &[u8]) -> i64 {
    header(bytes, b"committer ").map_or(0, |line| signature(line).seconds)
}

/// Reads the people and the message of a commit.
pub(super) fn info(id: ObjectId, bytes: &[u8]) -> CommitInfo {
    let latin = header(bytes, b"encoding ").is_some_and(is_latin);
    let author = header(bytes, b"author ").map(signature).unwrap_or_default();
    let committer = header(bytes, b"committer ").map(signature).unwrap_or_default();
    let message = find(bytes, b"\n\n").map_or(&[][..], |at| &bytes[at + 2..]);
    CommitInfo {
        id,
        author_name: text(author.name, latin),
        author_time: author.time(),
        committer_time: committer.time(),
        summary: summary(&text(message, latin)),
    }
}

#[derive(Default)]
struct Signature<'a> {
    name: &'a [u8],
    seconds: i64,
    offset_minutes: i32,
}

impl Signature<'_> {
    fn time(&self) -> DateTime<FixedOffset> {
        let utc = FixedOffset::east_opt(0).expect("because UTC is an offset");
        let offset = FixedOffset::east_opt(self.offset_minutes.saturating_mul(60)).unwrap_or(utc);
        let epoch = DateTime::UNIX_EPOCH.with_timezone(&offset);
        offset.timestamp_opt(self.seconds, 0).single().unwrap_or(epoch)
    }
}

/// Splits `Name <mail> 1300000000 +0100`, from the right, since names hold anything.
fn signature(line: &[u8]) -> Signature<'_> {
    let Some(end) = line.iter().rposition(|byte| *byte == b'>') else {
        return Signature { name: line.trim_ascii(), ..Signature::default() };
    };
    let name_end = line.iter().position(|byte| *byte == b'<').unwrap_or(end);
    let when = String::from_utf8_lossy(&line[end + 1..]).into_owned();
    let mut words = when.split_ascii_whitespace();
    let seconds = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let offset: i32 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    Signature {
        name: line[..name_end].trim_ascii(),
        seconds,
        offset_minutes: offset / 100 * 60 + offset % 100,
    }
}

/// The rest of the first header line with this start.
fn header<'a>(bytes: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    bytes
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty())
        .find_map(|line| line.strip_prefix(start))
}

fn is_latin(encoding: &[u8]) -> bool {
    let name = String::from_utf8_lossy(encoding).to_ascii_lowercase().replace(['-', '_'], "");
    matches!(name.as_str(), "iso88591" | "latin1")
}

fn text(bytes: &[u8], latin: bool) -> String {
    if latin {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    } else {
        String::from_utf8_lossy(bytes).into_owned()
    }
}

fn summary(message: &str) -> String {
    let paragraph =
        message.lines().skip_while(|line| line.trim().is_empty()).take_while(|line| !line.trim().is_empty());
    paragraph.map(str::trim_end).collect::<Vec<_>>().join(" ")
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
