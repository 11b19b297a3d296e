//! What a plain scalar means by the core schema of YAML 1.2.2, chapter 10.3.
//!
//! Owns the resolution of null, truth values, integers and floats. Three readings are kept apart from the
//! letter of the schema, so that no digit an author wrote is lost: a number with leading zeros (`012`,
//! `00.5`) is text, a number that 64 bits cannot hold is text with a problem, and one whose fraction ends in
//! a zero after other digits (`3.10`) keeps that zero: it is not `3.1`. A fraction of nothing but zeros says
//! nothing (`1.0` is `1`). Dates are text: the core schema has no timestamps.

/// What a plain scalar means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Plain {
    /// `null`, `Null`, `NULL`, `~` or nothing.
    Null,
    /// `true` or `false` in the three cases.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A finite float.
    Float(f64),
    /// A finite number whose fraction ends in a zero that says something: `3.10`.
    Decimal,
    /// `.inf`, `-.inf`, `.nan`.
    NotFinite(f64),
    /// A number whose digits 64 bits do not hold: kept as text.
    TooLarge,
    /// Anything else.
    Text,
}

/// Resolves a plain (unquoted) scalar.
pub(super) fn resolve(text: &str) -> Plain {
    let Some(first) = text.bytes().next() else { return Plain::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text),
        b'~' if text.len() == 1 => Plain::Null,
        b'n' | b'N' if matches!(text, "null" | "Null" | "NULL") => Plain::Null,
        b't' | b'T' if matches!(text, "true" | "True" | "TRUE") => Plain::Bool(true),
        b'f' | b'F' if matches!(text, "false" | "False" | "FALSE") => Plain::Bool(false),
        _ => Plain::Text,
    }
}

fn number(text: &str) -> Plain {
    let (negative, body) = match text.as_bytes()[0] {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    match body {
        ".inf" | ".Inf" | ".INF" => {
            return Plain::NotFinite(if negative { f64::NEG_INFINITY } else { f64::INFINITY });
        }
        ".nan" | ".NaN" | ".NAN" if body.len() == text.len() => return Plain::NotFinite(f64::NAN),
        _ => {}
    }
    if body.len() == text.len() {
        if let Some(digits) = body.strip_prefix("0o") {
            return radix(digits, 8);
        }
        if let Some(digits) = body.strip_prefix("0x") {
            return radix(digits, 16);
        }
    }
    let bytes = body.as_bytes();
    let whole = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if whole > 1 && bytes[0] == b'0' {
        return Plain::Text;
    }
    if whole == bytes.len() {
        return if whole == 0 { Plain::Text } else { text.parse().map_or(Plain::TooLarge, Plain::Int) };
    }
    match is_float(bytes, whole) {
        true if keeps_its_zero(body) && matches!(float(text), Plain::Float(_)) => Plain::Decimal,
        true => float(text),
        false => Plain::Text,
    }
}

/// Whether a fraction without an exponent ends in a zero and has other digits, too.
fn keeps_its_zero(body: &str) -> bool {
    let fraction = body.split_once('.').map_or("", |(_, fraction)| fraction);
    fraction.ends_with('0')
        && fraction.bytes().all(|b| b.is_ascii_digit())
        && fraction.bytes().any(|b| b != b'0')
}

fn radix(digits: &str, radix: u32) -> Plain {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Plain::Text;
    }
    i64::from_str_radix(digits, radix).map_or(Plain::TooLarge, Plain::Int)
}

/// `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?` after the sign, given the number of leading
/// digits.
fn is_float(bytes: &[u8], whole: usize) -> bool {
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut at = whole;
    if bytes.get(at) == Some(&b'.') {
        let fraction = digits(at + 1);
        if whole == 0 && fraction == 0 {
            return false;
        }
        at += 1 + fraction;
    } else if whole == 0 {
        return false;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'-' | b'+')));
        let exponent = if at <= bytes.len() { digits(at) } else { 0 };
        if exponent == 0 {
            return false;
        }
        at += exponent;
    }
    at == bytes.len()
}

/// Reads a float; one that overflows, vanishes or has more than 17 significant digits does not fit.
fn float(text: &str) -> Plain {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let digits: Vec<u8> = mantissa.bytes().filter(u8::is_ascii_digit).collect();
    let first = digits.iter().position(|d| *d != b'0');
    let last = digits.iter().rposition(|d| *d != b'0');
    let significant = first.zip(last).map_or(0, |(first, last)| last - first + 1);
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && significant <= 17 && (value != 0.0 || significant == 0) => {
            Plain::Float(value)
        }
        _ => Plain::TooLarge,
    }
}

#[cfg(test)]
mod tests {
    use super::{Plain, resolve};

    #[test]
    fn core_schema() {
        let cases = [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("NULL", Plain::Null),
            ("nULL", Plain::Text),
            ("True", Plain::Bool(true)),
            ("yes", Plain::Text),
            ("0", Plain::Int(0)),
            ("-17", Plain::Int(-17)),
            ("+17", Plain::Int(17)),
            ("0o17", Plain::Int(15)),
            ("0xfF", Plain::Int(255)),
            ("-0x1", Plain::Text),
            ("012", Plain::Text),
            ("-012", Plain::Text),
            ("00.5", Plain::Text),
            ("0.5", Plain::Float(0.5)),
            ("3.10", Plain::Decimal),
            ("-3.10", Plain::Decimal),
            ("3.00", Plain::Float(3.0)),
            ("3.1e10", Plain::Float(3.1e10)),
            ("3.01", Plain::Float(3.01)),
            (".5", Plain::Float(0.5)),
            ("1.", Plain::Float(1.0)),
            ("1e3", Plain::Float(1000.0)),
            ("1e", Plain::Text),
            ("1e+", Plain::Text),
            (".", Plain::Text),
            ("-", Plain::Text),
            ("-.e1", Plain::Text),
            ("...", Plain::Text),
            ("1_000", Plain::Text),
            ("2013-04-15", Plain::Text),
            ("1:30", Plain::Text),
            ("9223372036854775807", Plain::Int(i64::MAX)),
            ("9223372036854775808", Plain::TooLarge),
            ("1e400", Plain::TooLarge),
            ("1e-400", Plain::TooLarge),
            ("0e400", Plain::Float(0.0)),
            ("0.1234567890123456789", Plain::TooLarge),
            ("-.INF", Plain::NotFinite(f64::NEG_INFINITY)),
            ("-.nan", Plain::Text),
        ];
        for (text, meaning) in cases {
            assert_eq!(resolve(text), meaning, "{text:?}");
        }
    }
}
