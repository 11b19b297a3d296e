//! JUnit XML for test reports: a suite a file, a failed case a finding. Notes fail nothing.

use super::in_short;
use crate::model::finding::{Finding, FindingsView};
use crate::model::{Level, RepoPath};
use crate::render::plain;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The answer of `check`.
pub fn write(view: &FindingsView) -> String {
    let mut by_file: BTreeMap<&RepoPath, Vec<&Finding>> = BTreeMap::new();
    for finding in &view.findings {
        by_file.entry(&finding.file).or_default().push(finding);
    }
    // One case that stands for the whole run, so that a report without findings has a test, too.
    let name = "sincewhen check";
    let whole =
        format!("        <testcase name=\"{}\" classname=\"sincewhen\"/>\n", escaped(&in_short(view)));
    let mut suites = suite(name, 1, 0, &whole);
    for (file, findings) in &by_file {
        let cases: String = findings.iter().map(|finding| case(finding)).collect();
        suites.push_str(&suite(
            &plain(&file.to_string()),
            findings.len(),
            failures(findings.iter().copied()),
            &cases,
        ));
    }
    let (tests, failed) = (view.findings.len() + 1, failures(&view.findings));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"{name}\" tests=\"{tests}\" skipped=\"0\" failures=\"{failed}\" errors=\"0\">\n\
         {suites}</testsuites>\n"
    )
}

fn suite(name: &str, tests: usize, failures: usize, cases: &str) -> String {
    format!(
        "    <testsuite name=\"{}\" tests=\"{tests}\" skipped=\"0\" errors=\"0\" failures=\"{failures}\">\n\
         {cases}    </testsuite>\n",
        escaped(name)
    )
}

fn failures<'f>(findings: impl IntoIterator<Item = &'f Finding>) -> usize {
    findings.into_iter().filter(|finding| finding.level != Level::Note).count()
}

fn case(finding: &Finding) -> String {
    let file = plain(&finding.file.to_string());
    let at = finding
        .place
        .map_or_else(String::new, |place| format!(":{}:{}", place.start.line, place.start.column));
    let message = plain(&finding.message);
    let mut text = format!("{file}{at}\n{message}");
    if let Some(help) = &finding.help {
        write!(text, "\nhelp: {}", plain(help)).expect("because writing to a string cannot fail");
    }
    let body = match finding.level {
        Level::Note => format!("<system-out>{}</system-out>", escaped(&text)),
        level => format!(
            "<failure message=\"{}\" type=\"{}\">{}</failure>",
            escaped(&message),
            level.as_str(),
            escaped(&text)
        ),
    };
    let name = escaped(&format!("{} {file}{at}", finding.rule));
    format!(
        "        <testcase name=\"{name}\" classname=\"{}\">\n            {body}\n        </testcase>\n",
        escaped(&file)
    )
}

/// Text for XML 1.0, in elements and in attributes: characters outside its production `Char` are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_is_what_xml_can_hold() {
        assert_eq!(escaped("a < b & \"c\" > 'd'"), "a &lt; b &amp; &quot;c&quot; &gt; &apos;d&apos;");
        assert_eq!(escaped("]]>\u{1b}[31m\u{0}\u{fffe}é\n\t"), "]]&gt;[31mé\n\t");
    }
}
