//! Markdown (CommonMark) for documents and comments. Text out of records is escaped: no markup, no HTML, no
//! mentions.

mod parts;
mod profile;
mod report;
pub use parts::{code, escape};
use parts::{finish, line, proof};

pub use profile::profile;
pub use report::report;

use crate::model::NatureKind;
use crate::model::results::{Change, Observation, ObservationState, Strip};
use crate::model::text::below_edition;
use crate::model::view::{
    BlameView, ChangelogView, DiffView, LogView, ObservationsView, ProofView, RuleView,
};

/// The answer of `changelog`.
pub fn changelog(view: &ChangelogView, verbose: bool) -> String {
    let mut out = String::new();
    for record in &view.records {
        line(&mut out, &format!("## {}\n", escape(&record.heading.heading)));
        for note in &record.notes {
            line(&mut out, &format!("*{}*\n", escape(note)));
        }
        for ended in record.ends() {
            line(&mut out, &format!("### {} → ended {}\n", ended.last_updated, ended.on));
            line(&mut out, &format!("- **ended**: {}\n", escape(&ended.in_words())));
        }
        for step in &record.steps {
            line(&mut out, &format!("### {}\n", step.from.step_to(&step.to)));
            let (news, rest) = step.news_first();
            let shown = |change: &&&Change| verbose || !step.says_again(change);
            let item = |out: &mut String, change: &Change| {
                let sentence = below_edition(&change.message, &step.to.last_updated);
                let has_reason = verbose || !step.gives_reason_later(change);
                line(out, &change_line(change, &sentence, has_reason));
                proof(out, &change.evidence, &change.fingerprint, verbose);
            };
            news.iter().filter(shown).for_each(|change| item(&mut out, change));
            for observation in &step.observations {
                line(&mut out, &observation_line(observation));
                proof(&mut out, &observation.evidence, &observation.fingerprint, verbose);
            }
            rest.iter().filter(shown).for_each(|change| item(&mut out, change));
            if step.changes.is_empty() && step.observations.is_empty() {
                line(&mut out, "Nothing in the record changed.");
            }
            out.push('\n');
        }
    }
    finish(out)
}

fn change_line(change: &Change, sentence: &str, has_reason: bool) -> String {
    let reason = change
        .reason
        .as_ref()
        .filter(|_| has_reason)
        .map_or_else(String::new, |reason| format!(". Reason on record: {}", escape(reason)));
    let sentence = change.nature.with_doubt(sentence);
    let (label, rest) = change.labelled(&sentence);
    format!("- **{label}**: {}{reason}", escape(rest))
}

fn observation_line(observation: &Observation) -> String {
    let detail = if observation.detail.is_empty() {
        String::new()
    } else {
        format!("; {}", escape(&observation.detail))
    };
    match observation.state {
        Some(ObservationState::Ended)
            if observation.nature.is_some_and(|n| n.kind == NatureKind::Retraction) =>
        {
            format!("- **ended**: no longer on record: {}", escape(&observation.message))
        }
        Some(ObservationState::Ended) if observation.now.is_some() => {
            format!("- **{}**: {}", observation.label(), escape(&observation.in_step()))
        }
        Some(ObservationState::Ended) => format!("- **ended**: {}{detail}", escape(&observation.message)),
        Some(_) => format!("- **{}**: {}", observation.label(), escape(&observation.in_step())),
        None => format!("- **{}**{detail}", escape(&observation.message)),
    }
}

/// The answer of `since`.
pub fn since(view: &ObservationsView, verbose: bool) -> String {
    let mut out = String::new();
    for record in &view.records {
        line(&mut out, &format!("## {}\n", escape(&record.heading.heading)));
        line(&mut out, &format!("As of the edition of {}.\n", record.edition.dated()));
        if let Some(commit) = &record.ended {
            line(&mut out, &format!("The record ended with commit {}.\n", code(&commit.short())));
        }
        for observation in &record.observations {
            line(&mut out, &observation_line(observation));
            proof(&mut out, &observation.evidence, &observation.fingerprint, verbose);
        }
        strips(&mut out, &record.strips);
        out.push('\n');
    }
    finish(out)
}

fn strips(out: &mut String, strips: &[Strip]) {
    for strip in strips {
        line(
            out,
            &format!(
                "\n| {} | {} |",
                escape(&strip.label),
                join(strip.cells.iter().map(|c| c.short.as_str()))
            ),
        );
        line(out, &format!("|---|{}", "---|".repeat(strip.cells.len())));
        line(out, &format!("| | {} |", join(strip.cells.iter().map(|c| c.meaning.as_str()))));
    }
}

fn join<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.map(escape).collect::<Vec<_>>().join(" | ")
}

/// The answer of `log`.
pub fn log(view: &LogView) -> String {
    let mut out = String::new();
    for record in &view.records {
        line(&mut out, &format!("## {}\n", escape(&record.heading.heading)));
        line(&mut out, "| edition | commit | subject | amendments | problems |\n|---|---|---|---|---|");
        for edition in record.withdrawn.iter().chain(&record.editions) {
            let subject = escape(&edition.subject);
            let (amendments, problems) = (edition.amendments.len(), edition.problems.len());
            line(
                &mut out,
                &format!(
                    "| {} | {} | {subject} | {amendments} | {problems} |",
                    edition.dated(),
                    code(&edition.commit.short())
                ),
            );
        }
        for edition in &record.withdrawn {
            line(&mut out, &format!("\nWithdrawn: {} (taken back by a later commit).", edition.last_updated));
        }
        strips(&mut out, &record.strips);
        out.push('\n');
    }
    finish(out)
}

/// The answer of `diff`.
pub fn diff(view: &DiffView) -> String {
    let mut out = String::new();
    for record in &view.records {
        line(
            &mut out,
            &format!("## {}\n\n### {}\n", escape(&record.heading.heading), record.from.step_to(&record.to)),
        );
        if record.deltas.is_empty() {
            line(&mut out, "No difference.");
        } else {
            line(&mut out, "| | field | before | after |\n|---|---|---|---|");
        }
        for delta in &record.deltas {
            let say = |value: &Option<serde_json::Value>| {
                value.as_ref().map_or_else(String::new, |v| {
                    escape(&v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                })
            };
            line(
                &mut out,
                &format!(
                    "| {} | {} | {} | {} |",
                    delta.op,
                    escape(&delta.path.to_string()),
                    say(&delta.before),
                    say(&delta.after)
                ),
            );
        }
        out.push('\n');
    }
    finish(out)
}

/// The answer of `blame`.
pub fn blame(view: &BlameView) -> String {
    let mut out = format!("## {}\n\nEdition of {}.\n\n", escape(&view.heading.heading), view.edition.dated());
    line(&mut out, "| field | value | last changed | first said |\n|---|---|---|---|");
    for fact in &view.facts {
        let value = fact.value.as_str().map_or_else(|| fact.value.to_string(), str::to_owned);
        let voice =
            |e: &crate::model::results::EditionRef| format!("{} {}", e.last_updated, code(&e.commit.short()));
        let path = escape(&fact.path.to_string());
        line(
            &mut out,
            &format!("| {path} | {} | {} | {} |", escape(&value), voice(&fact.last), voice(&fact.first)),
        );
    }
    finish(out)
}

/// The answer of `explain` for a fingerprint.
pub fn proofs(view: &ProofView) -> String {
    let mut out = String::new();
    for one in &view.sentences {
        line(&mut out, &format!("## {}\n", escape(&one.heading.heading)));
        let (sentence, evidence, sources, fingerprint) = match (&one.change, &one.observation) {
            (Some(c), _) => (change_line(c, &c.message, true), &c.evidence, &c.sources, &c.fingerprint),
            (None, Some(o)) => (observation_line(o), &o.evidence, &o.sources, &o.fingerprint),
            (None, None) => continue,
        };
        line(&mut out, &sentence);
        let from = one.from.as_ref().map_or_else(String::new, |from| format!("{} → ", from.dated()));
        line(
            &mut out,
            &format!("\nEdition {from}{}. Rule {}: {}", one.to.dated(), code(&one.rule), escape(&one.why)),
        );
        if let Some(observation) = &one.observation
            && !observation.examined.is_empty()
        {
            line(&mut out, "\n| occasion | began | outcome | by |\n|---|---|---|---|");
            for seen in &observation.examined {
                let outcome = serde_json::to_value(seen.outcome)
                    .ok()
                    .and_then(|v| v.as_str().map(str::to_owned))
                    .unwrap_or_default();
                let by = seen
                    .path
                    .as_ref()
                    .map_or_else(String::new, |path| code(&path.to_string()).replace('|', "\\|"));
                line(&mut out, &format!("| {} | {} | {outcome} | {by} |", escape(&seen.short), seen.start));
            }
        }
        line(&mut out, "\nFacts:\n");
        proof(&mut out, evidence, fingerprint, true);
        if !sources.is_empty() {
            line(&mut out, "\nSources:\n");
        }
        for source in sources {
            line(&mut out, &format!("- {}: {}", code(&source.id), escape(&source.text)));
        }
        out.push('\n');
    }
    finish(out)
}

/// A rule's page.
pub fn rule(view: &RuleView) -> String {
    let mut out = String::new();
    line(&mut out, &format!("### `{}`: {}\n", view.id, escape(&view.title)));
    line(&mut out, &format!("{} rule, {}.\n\n{}\n", view.kind, view.significance, escape(&view.why)));
    line(&mut out, "Speaks when:\n");
    for when in &view.when {
        line(&mut out, &format!("- {}", code(when)));
    }
    if !view.along.is_empty() {
        let along: Vec<String> = view
            .along
            .iter()
            .map(|text| if text.contains(' ') { escape(text) } else { code(text) })
            .collect();
        line(&mut out, &format!("\nExplains along: {}", along.join(", ")));
    }
    line(&mut out, "\nWords:\n");
    for (name, words) in &view.words {
        line(&mut out, &format!("- {name}: {}", code(words)));
    }
    if !view.mirror.is_empty() {
        let named: Vec<String> = view.mirror.iter().map(|id| code(id)).collect();
        line(&mut out, &format!("\nOpposite: {}", named.join(", ")));
    }
    if let Some(why) = &view.no_mirror {
        line(&mut out, &format!("\nNo opposite: {}", escape(why)));
    }
    if !view.examples.is_empty() {
        line(&mut out, "\nExamples:\n");
    }
    for (name, says) in &view.examples {
        line(
            &mut out,
            &format!(
                "- {}: {}",
                escape(name),
                if says.is_empty() { "silent".to_owned() } else { escape(&says.join(" · ")) }
            ),
        );
    }
    finish(out)
}
