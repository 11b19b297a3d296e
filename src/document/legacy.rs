//! What readers of YAML 1.1 take a plain scalar for, where YAML 1.2.2 (core schema) reads it otherwise.
//!
//! Sources: the YAML 1.1 type repository (yaml.org/type: bool, int, float, timestamp, merge, value), as
//! PyYAML, Ruby's Psych and libyaml programs follow it. A scalar on which both agree has no entry here.

use super::number::{Plain, resolve};

/// A reading by YAML 1.1 that differs from the one by YAML 1.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Legacy {
    /// `yes`, `no`, `on`, `off`, `y`, `n` in their cases: a truth value.
    Truth(bool),
    /// `012`: an octal number; `0o12`, which only YAML 1.2 knows; `09`, on which readers differ.
    Octal,
    /// `0b11`: a binary number.
    Binary,
    /// `1_000`: a number with separators.
    Separators,
    /// `1:30`: a number to base 60.
    Sexagesimal,
    /// `1e3`, `-0x1F`, `00.5`: a number in one version and a text in the other.
    Number,
    /// `2013-04-15`, `2001-12-14 21:59:43`: a timestamp, text to us on purpose.
    Timestamp,
    /// `<<` and `=`, which have a meaning of their own.
    Special,
}

/// How readers of YAML 1.1 take an unquoted scalar, where that is not as YAML 1.2.2 does.
pub(super) fn reading(text: &str) -> Option<Legacy> {
    let first = text.bytes().next()?;
    match first {
        b'y' | b'Y' if matches!(text, "y" | "Y" | "yes" | "Yes" | "YES") => Some(Legacy::Truth(true)),
        b'n' | b'N' if matches!(text, "n" | "N" | "no" | "No" | "NO") => Some(Legacy::Truth(false)),
        b'o' | b'O' => match text {
            "on" | "On" | "ON" => Some(Legacy::Truth(true)),
            "off" | "Off" | "OFF" => Some(Legacy::Truth(false)),
            _ => None,
        },
        b'<' if text == "<<" => Some(Legacy::Special),
        b'=' if text == "=" => Some(Legacy::Special),
        b'0'..=b'9' | b'+' | b'-' | b'.' => numeric(text),
        _ => None,
    }
}

fn numeric(text: &str) -> Option<Legacy> {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let all = |text: &str, allowed: fn(u8) -> bool| !text.is_empty() && text.bytes().all(allowed);
    if is_timestamp(text) {
        return Some(Legacy::Timestamp);
    }
    if let Some(digits) = body.strip_prefix("0b") {
        return all(digits, |b| matches!(b, b'0' | b'1' | b'_')).then_some(Legacy::Binary);
    }
    if let Some(digits) = body.strip_prefix("0x") {
        let is_hex = all(digits, |b| b.is_ascii_hexdigit() || b == b'_');
        let alike = matches!(resolve(text), Plain::Int(_) | Plain::TooLarge);
        return (is_hex && !alike).then_some(if digits.contains('_') {
            Legacy::Separators
        } else {
            Legacy::Number
        });
    }
    if let Some(digits) = body.strip_prefix("0o") {
        return all(digits, |b| b.is_ascii_digit()).then_some(Legacy::Octal);
    }
    if body.contains(':') {
        return is_sexagesimal(body).then_some(Legacy::Sexagesimal);
    }
    if !body.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    if all(body, |b| b.is_ascii_digit() || b == b'_') && body.as_bytes()[0] != b'_' {
        return match body {
            _ if body.contains('_') => Some(Legacy::Separators),
            _ if body.len() > 1 && body.starts_with('0') => Some(Legacy::Octal),
            _ => None,
        };
    }
    float(text, body)
}

/// A float of YAML 1.1 needs a point, and a sign in its exponent; it may have separators and leading zeros.
fn float(text: &str, body: &str) -> Option<Legacy> {
    if !body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    let plain: String = body.chars().filter(|c| *c != '_').collect();
    let number: Result<f64, _> = plain.parse();
    let exponent = plain.find(['e', 'E']);
    let signed = exponent.is_none_or(|at| plain[at + 1..].starts_with(['+', '-']));
    let old = number.is_ok() && plain.contains('.') && signed;
    let new = matches!(resolve(text), Plain::Float(_) | Plain::Decimal | Plain::TooLarge);
    match (old, new) {
        (true, true) => None,
        // Such as `00e0`: neither version has it, and there are readers that do.
        (false, false) if number.is_err() => None,
        _ if body.contains('_') => Some(Legacy::Separators),
        _ => Some(Legacy::Number),
    }
}

/// `[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_sexagesimal(body: &str) -> bool {
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let mut parts = whole.split(':');
    let digits = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_digit())
            && part.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    };
    let sixty = |part: &str| matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9']);
    parts.next().is_some_and(digits)
        && parts.all(sixty)
        && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// `2013-04-15` and its forms with a time.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |part: &str, most: usize| {
        (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
    };
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) {
        return false;
    }
    let day = rest.bytes().take_while(u8::is_ascii_digit).count();
    match rest[day..].chars().next() {
        None => (1..=2).contains(&day),
        Some('T' | 't' | ' ' | '\t') => (1..=2).contains(&day) && rest[day + 1..].contains(':'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Legacy, reading};

    #[test]
    fn where_the_versions_differ() {
        let cases = [
            ("NO", Some(Legacy::Truth(false))),
            ("y", Some(Legacy::Truth(true))),
            ("off", Some(Legacy::Truth(false))),
            ("true", None),
            ("offer", None),
            ("012", Some(Legacy::Octal)),
            ("0", None),
            ("0o12", Some(Legacy::Octal)),
            ("0b11", Some(Legacy::Binary)),
            ("1_000", Some(Legacy::Separators)),
            ("1_000.5", Some(Legacy::Separators)),
            ("1:30", Some(Legacy::Sexagesimal)),
            ("12:30:45", Some(Legacy::Sexagesimal)),
            ("1:75", None),
            ("a:30", None),
            ("1e3", Some(Legacy::Number)),
            ("1.0e3", Some(Legacy::Number)),
            ("1.0e+3", None),
            ("00.5", Some(Legacy::Number)),
            ("00e0", Some(Legacy::Number)),
            ("1.2.3", None),
            ("1.5", None),
            ("17", None),
            ("0x1F", None),
            ("-0x1F", Some(Legacy::Number)),
            ("2013-04-15", Some(Legacy::Timestamp)),
            ("2013-04", None),
            ("2001-12-14t21:59:43.10-05:00", Some(Legacy::Timestamp)),
            ("2013-04-15-x", None),
            ("=", Some(Legacy::Special)),
            ("-", None),
            ("+1 555", None),
        ];
        for (text, expected) in cases {
            assert_eq!(reading(text), expected, "{text:?}");
        }
    }
}
