//! `since`: what has stayed so, and since when.

use super::args::{Format, Global, SinceArgs};
use super::cache::Kept;
use super::output;
use super::session::{Loaded, Session, only};
use super::span::pick_one;
use crate::history::Pick;
use crate::model::results::{Observation, RecordHeading};
use crate::model::view::{ObservationsView, ObservedLine, RecordObservations};
use crate::model::{Failure, PartialDate};
use crate::render;
use crate::rules::Engine;
use crate::schema::Policy;
use rayon::prelude::*;
use std::process::ExitCode;

pub(super) fn run(global: &Global, args: &SinceArgs) -> Result<ExitCode, Failure> {
    only(global, "since", &[Format::Text, Format::Json, Format::Markdown])?;
    let filter = Filter::read(args)?;
    let session = Session::open(global)?;
    filter.check(&session.policy)?;
    let layout = render::text::Layout { width: output::width(), verbose: global.verbose > 0 };
    let asked = format!("{:?}", (global.format, layout.width, layout.verbose, args));
    let is_fixed = !matches!(Pick::parse(&args.as_of), Pick::Revision(_));
    let whole = Kept::whole(&session.cache, ("since", &asked), session.moment());
    if let Some((answer, notes)) = whole.get_whole().filter(|_| is_fixed) {
        notes.iter().for_each(|note| session.note(note));
        output::write(global, &answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let archive = session.archive(&args.records)?;
    let picked = pick_one(&session, &args.records, &archive, &args.as_of)?;
    let editions = picked.iter().map(|(timeline, edition)| (*timeline, edition));
    let kept = Kept::new(&session.cache, &session.words, ("since", &asked, ""), editions, &[]);
    let keep_whole = |answer: &str| {
        if is_fixed && !session.store.has_gaps() {
            whole.put_whole(answer, &session.noted());
        }
    };
    if let Some(answer) = kept.get() {
        keep_whole(&answer);
        output::write(global, &answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let engine = Engine::new(&session.policy, &session.reference)?;
    let store = &session.store;
    let records = picked
        .par_iter()
        .map(|(timeline, edition)| {
            let subject = engine.subject(&timeline.identity, timeline.kind);
            let loaded = Loaded::read(store, edition)?;
            let mut observations = engine.observations(&subject, loaded.edited());
            observations.retain(|o| filter.keeps(o));
            observations.sort_by_key(|o| o.significance);
            let strips = engine.strips(&subject, loaded.edited());
            let heading = RecordHeading { record: timeline.id.clone(), heading: subject.heading };
            Ok(RecordObservations { heading, edition: loaded.name, observations, strips })
        })
        .collect::<Result<Vec<RecordObservations>, Failure>>()?;
    let records: Vec<RecordObservations> =
        records.into_iter().filter(|r| !filter.narrows() || !r.observations.is_empty()).collect();
    let flat = |r: &RecordObservations| -> Vec<ObservedLine> {
        let line = |o: &Observation| ObservedLine {
            record: r.heading.record.clone(),
            edition: r.edition.clone(),
            observation: o.clone(),
        };
        r.observations.iter().map(line).collect()
    };
    let observations = records.iter().flat_map(flat).collect();
    let view = ObservationsView {
        format: "sincewhen.observations/1",
        as_of: args.as_of.clone(),
        observations,
        records,
    };
    let answer = match global.format {
        Format::Json => render::json::write(&view),
        Format::Markdown => render::markdown::since(&view, global.verbose > 0),
        Format::Text if view.records.is_empty() => "nothing to observe\n".to_owned(),
        _ => render::text::since(&view, layout),
    };
    kept.put(&answer);
    keep_whole(&answer);
    output::write(global, &answer)?;
    Ok(ExitCode::SUCCESS)
}

/// Which observations to keep.
struct Filter {
    rules: Vec<String>,
    before: Option<PartialDate>,
    after: Option<PartialDate>,
}

impl Filter {
    fn read(args: &SinceArgs) -> Result<Filter, Failure> {
        let date = |name: &str, text: &Option<String>| {
            text.as_ref()
                .map(|t| t.parse::<PartialDate>().map_err(|e| Failure::new(format!("{name}: {e}"))))
                .transpose()
        };
        Ok(Filter {
            rules: args.rules.clone(),
            before: date("--started-before", &args.started_before)?,
            after: date("--started-after", &args.started_after)?,
        })
    }

    fn check(&self, policy: &Policy) -> Result<(), Failure> {
        let rules = &policy.rules.observations;
        for name in &self.rules {
            if !rules.iter().any(|rule| rule.id == *name || rule.kind.as_str() == name) {
                let known: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
                return Err(Failure::new(format!("--rule: no observation rule or kind is called `{name}`"))
                    .hint(format!("rules: {}", known.join(", ")))
                    .hint("kinds: absence, streak, silence, standing, pending"));
            }
        }
        Ok(())
    }

    fn narrows(&self) -> bool {
        !self.rules.is_empty() || self.before.is_some() || self.after.is_some()
    }

    /// A start that is not known is neither before nor after anything.
    fn keeps(&self, observation: &Observation) -> bool {
        let named = self.rules.is_empty()
            || self.rules.iter().any(|name| *name == observation.rule || name == observation.kind);
        let since = observation.since.as_ref().map(PartialDate::range);
        let before =
            self.before.as_ref().is_none_or(|limit| since.is_some_and(|s| s.end <= limit.range().end));
        let after =
            self.after.as_ref().is_none_or(|limit| since.is_some_and(|s| s.start >= limit.range().start));
        named && before && after
    }
}
