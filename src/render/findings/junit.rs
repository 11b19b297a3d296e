//! JUnit XML for test reports: a suite a file, a failed case a finding. Notes fail nothing.

use super::in_short;
use crate::model::finding::{Finding, FindingsView};
use crate::model::{Level, RepoPath};
use crate::render::plain;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::collections::BTreeMap;

/// The answer of `check`.
pub fn write(view: &FindingsView) -> String {
    let mut report = Report::new("sincewhen check");
    let mut by_file: BTreeMap<&RepoPath, Vec<&Finding>> = BTreeMap::new();
    for finding in &view.findings {
        by_file.entry(&finding.file).or_default().push(finding);
    }
    let mut all = TestSuite::new("sincewhen check");
    let mut whole = TestCase::new(in_short(view), TestCaseStatus::success());
    whole.set_classname("sincewhen");
    all.add_test_case(whole);
    report.add_test_suite(all);
    for (file, findings) in by_file {
        let mut suite = TestSuite::new(plain(&file.to_string()));
        suite.add_test_cases(findings.into_iter().map(case));
        report.add_test_suite(suite);
    }
    report.to_string().expect("because the report holds only text that XML can hold")
}

fn case(finding: &Finding) -> TestCase {
    let file = plain(&finding.file.to_string());
    let at = finding
        .place
        .map_or_else(String::new, |place| format!(":{}:{}", place.start.line, place.start.column));
    let mut status = match finding.level {
        Level::Note => TestCaseStatus::success(),
        Level::Error | Level::Warning => TestCaseStatus::non_success(NonSuccessKind::Failure),
    };
    let mut lines = vec![format!("{file}{at}"), plain(&finding.message)];
    lines.extend(finding.help.iter().map(|help| format!("help: {}", plain(help))));
    if finding.level != Level::Note {
        status
            .set_type(finding.level.as_str())
            .set_message(plain(&finding.message))
            .set_description(lines.join("\n"));
    }
    let mut case = TestCase::new(format!("{} {file}{at}", finding.rule), status);
    case.set_classname(file);
    if finding.level == Level::Note {
        case.set_system_out(lines.join("\n"));
    }
    case
}
