//! The bytes of a file → text, and the refusal of what is no text.
//!
//! Owns encodings and the recognition of kinds of file by their first bytes.

use crate::model::Failure;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// A text with how it was written.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The text, without a byte order mark.
    pub text: String,
    /// The encoding's name.
    pub encoding: &'static str,
}

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text of some encoding.
    Text,
    /// A spreadsheet.
    Spreadsheet,
    /// Something else, in words.
    Other(&'static str),
}

/// Names a file's kind.
pub fn kind_of(bytes: &[u8]) -> FileKind {
    let signatures: [(&[u8], FileKind); 12] = [
        (b"PK\x03\x04", FileKind::Spreadsheet),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileKind::Spreadsheet),
        (b"%PDF", FileKind::Other("a PDF document")),
        (b"\x89PNG", FileKind::Other("a PNG image")),
        (b"\xff\xd8\xff", FileKind::Other("a JPEG image")),
        (b"GIF8", FileKind::Other("a GIF image")),
        (b"\x1f\x8b", FileKind::Other("a gzip archive")),
        (b"PK\x05\x06", FileKind::Other("an empty ZIP archive")),
        (b"7z\xbc\xaf", FileKind::Other("a 7z archive")),
        (b"{\\rtf", FileKind::Other("an RTF document")),
        (b"\x7fELF", FileKind::Other("a program")),
        (b"SQLite format 3", FileKind::Other("an SQLite database")),
    ];
    signatures.iter().find(|(start, _)| bytes.starts_with(start)).map_or(FileKind::Text, |(_, kind)| *kind)
}

/// Decodes a text: by its byte order mark, as UTF-8, by `declared` (a label such as `windows-1252`), or by
/// what it looks like.
///
/// # Errors
/// An empty file, a file of another kind, or bytes that no text holds.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> Result<Decoded, Failure> {
    match kind_of(bytes) {
        FileKind::Other(what) => {
            return Err(Failure::new(format!("this is {what}, not text"))
                .hint("save its text or table as plain text, HTML, CSV or XLSX, and import that"));
        }
        FileKind::Spreadsheet => {
            return Err(Failure::new("this is a ZIP or office file, not text")
                .hint("save its text as plain text or HTML"));
        }
        FileKind::Text => {}
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::new("the file is empty"));
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[length..]);
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        let line = 1 + bytes[..at].iter().filter(|byte| **byte == b'\n').count();
        return Err(Failure::new(format!("this is no text: a zero byte stands in line {line} (byte {at})"))
            .hint("text in UTF-16 must begin with a byte order mark"));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(Decoded { text: text.to_owned(), encoding: UTF_8.name() });
    }
    if let Some(encoding) =
        declared.and_then(|label| Encoding::for_label(label.as_bytes())).filter(|e| *e != UTF_8)
    {
        return with(encoding, bytes);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    with(detector.guess(None, Utf8Detection::Deny), bytes)
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> Result<Decoded, Failure> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    let odd =
        text.chars().position(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{85}'));
    if had_errors || odd.is_some() {
        let at = text.chars().position(|c| c == '\u{fffd}').or(odd).unwrap_or(0);
        let line = 1 + text.chars().take(at).filter(|c| *c == '\n').count();
        return Err(Failure::new(format!(
            "this is no text in {}: line {line} holds bytes without meaning",
            encoding.name()
        ))
        .hint("save it as UTF-8"));
    }
    Ok(Decoded { text: text.into_owned(), encoding: encoding.name() })
}
