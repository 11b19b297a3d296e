//! Citations: as lines for people, BibTeX and CSL-JSON, each of which `verify` reads back; and what a
//! verification found.

use super::plain;
use crate::model::cite::{AnswerCitation, ChangedFact, VerificationView};
use chrono::Datelike;
use serde_json::{Value, json};

/// A citation for people: a reference in one line, then what pins the answer, one thing a line.
pub fn text(cite: &AnswerCitation) -> String {
    let mut out = format!("{}\n", reference(cite));
    for (name, value) in pins(cite) {
        out.push_str(&format!("{name}: {}\n", one_line(&value, &[])));
    }
    out
}

/// A citation as a BibTeX entry. Fields that BibTeX does not know, which it passes over, pin the answer.
pub fn bibtex(cite: &AnswerCitation) -> String {
    let mut fields = vec![("title", format!("{{{}}}", latex(&cite.dataset)))];
    if let Some(date) = &cite.known_on {
        fields.push(("year", date.year().to_string()));
        fields.push(("month", date.earliest().month().to_string()));
    }
    if let Some(url) = &cite.url {
        fields.push(("url", one_line(url, &['{', '}', '\\'])));
    }
    fields.push(("note", format!("Data set. {}", latex(&provenance(cite)))));
    let mut out = format!("@misc{{sincewhen-{},\n", key(cite));
    for (name, value) in fields {
        out.push_str(&format!("  {name} = {{{value}}},\n"));
    }
    for (name, value) in pins(cite) {
        out.push_str(&format!("  {name} = {{{}}},\n", one_line(&value, &['{', '}', '\\'])));
    }
    out.push_str("}\n");
    out
}

/// A citation as CSL-JSON 1.0.2: a list of one item, of which `custom` pins the answer.
pub fn csl_json(cite: &AnswerCitation) -> String {
    let mut item = json!({
        "id": format!("sincewhen-{}", key(cite)),
        "type": "dataset",
        "title": cite.dataset,
        "note": provenance(cite),
    });
    let fields = item.as_object_mut().expect("because it was made as an object");
    if let Some(commit) = &cite.known_at {
        fields.insert("version".to_owned(), json!(commit.short()));
    }
    if let Some(date) = &cite.known_on {
        let day = date.earliest();
        fields.insert("issued".to_owned(), json!({"date-parts": [[day.year(), day.month(), day.day()]]}));
    }
    if let Some(url) = &cite.url {
        fields.insert("URL".to_owned(), json!(url));
    }
    fields.insert("custom".to_owned(), json!({"sincewhen": cite}));
    super::json::write(&Value::Array(vec![item]))
}

/// The dataset, its version, its licence and the day of its commit in one sentence each.
fn reference(cite: &AnswerCitation) -> String {
    let mut out = format!("{} [data set].", one_line(&cite.dataset, &[]));
    out.push_str(&format!(" {}.", provenance(cite)));
    if let Some(url) = &cite.url {
        out.push_str(&format!(" {}", one_line(url, &[])));
    }
    out
}

fn provenance(cite: &AnswerCitation) -> String {
    let version = match (&cite.known_at, &cite.known_on) {
        (Some(commit), Some(date)) => format!("Commit {} of {}", commit.short(), date.in_words()),
        _ => "Working tree, not committed".to_owned(),
    };
    let licence = cite.licence.as_ref().map(|licence| format!(", licence {}", one_line(licence, &[])));
    format!("{version}{}, as answered by {}", licence.unwrap_or_default(), one_line(&cite.tool, &[]))
}

/// What pins the answer, by the names that `verify` reads.
fn pins(cite: &AnswerCitation) -> Vec<(&'static str, String)> {
    let mut out = vec![
        ("dataset", cite.dataset.clone()),
        ("question", cite.question.clone()),
        ("as-of", cite.as_of.clone()),
    ];
    let optional = [
        ("licence", cite.licence.clone()),
        ("known-at", cite.known_at.as_ref().map(ToString::to_string)),
        ("known-on", cite.known_on.as_ref().map(ToString::to_string)),
        ("policy-from", cite.policy_from.as_ref().map(ToString::to_string)),
    ];
    out.extend(optional.into_iter().filter_map(|(name, value)| Some((name, value?))));
    out.extend([("tool", cite.tool.clone()), ("sha256", cite.sha256.clone())]);
    out
}

/// The first digits of the answer's hash: the same answer has the same key.
fn key(cite: &AnswerCitation) -> &str {
    cite.sha256.get(..12).unwrap_or(&cite.sha256)
}

/// Text on one line: what would end the line or steer a terminal, `%` itself and some further characters as
/// `%XX`, byte by byte.
fn one_line(text: &str, further: &[char]) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '%' || super::is_hidden(c) || further.contains(&c) {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// Text for BibTeX, with the characters escaped that LaTeX takes as its own.
fn latex(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' => out.extend(['\\', c]),
            '{' | '}' | '\\' | '~' | '^' | '\n' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// What a verification found.
pub fn verification(view: &VerificationView) -> String {
    let cite = &view.citation;
    let short = |commit: Option<&crate::model::ObjectId>| {
        commit.map_or_else(|| "the working tree".to_owned(), |commit| commit.short().to_owned())
    };
    let from =
        format!("data of {}, rules of {}", short(cite.known_at.as_ref()), short(cite.policy_from.as_ref()));
    let mut out = String::new();
    let mut line = |text: String| out.push_str(&format!("{}\n", plain(&text).replace('\n', " ")));
    line(match view.same {
        true => "the same: the cited answer is today's answer".to_owned(),
        false if view.tool.differs && cite.tool == view.tool.running => {
            "not reproduced: the citation was altered, or the program was built otherwise".to_owned()
        }
        false => format!("other: because of {}", causes(view).join(", ")),
    });
    line(format!("question: {}", cite.question));
    line(match view.tool.differs {
        false => format!("cited answer: reproduced exactly ({from})"),
        true => format!("cited answer: not reproduced ({from})"),
    });
    if view.altered == Some(true) {
        line("the answer in the file is not the one that its citation was made of".to_owned());
    }
    if cite.tool != view.tool.running {
        line(format!("tool: {} made it, this is {}", cite.tool, view.tool.running));
    }
    if view.data.differs {
        line(format!("data: another answer from the data of {}", short(view.data.known_at.as_ref())));
        view.data.facts.iter().for_each(|fact| line(format!("  {}", changed_fact(fact))));
        if view.data.more > 0 {
            line(format!("  and {} more facts", view.data.more));
        }
        view.data.files.iter().for_each(|file| line(format!("  {file}")));
        view.data.failure.iter().for_each(|failure| line(format!("  no answer: {failure}")));
    }
    if view.rules.differs {
        line(format!("rules: another answer by the rules of {}", short(view.rules.policy_from.as_ref())));
        view.rules.files.iter().for_each(|file| line(format!("  {file}")));
        view.rules.failure.iter().for_each(|failure| line(format!("  no answer: {failure}")));
    }
    out
}

fn causes(view: &VerificationView) -> Vec<&'static str> {
    let causes = [
        ("data", view.data.differs),
        ("rules", view.rules.differs),
        ("tool", view.tool.differs),
        ("an altered answer", view.altered == Some(true)),
    ];
    causes.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

fn changed_fact(fact: &ChangedFact) -> String {
    let ChangedFact { record, edition, .. } = fact;
    let value = |value: &Option<Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => "nothing".to_owned(),
    };
    match (&fact.path, fact.whole) {
        (Some(path), _) => format!(
            "{record}, edition of {edition}: {path}: {}, was {}",
            value(&fact.after),
            value(&fact.before)
        ),
        (None, what) => format!("{record}: edition of {edition} {}", what.unwrap_or("changed")),
    }
}
