//! The pages of rules: what `explain RULE` shows and the reference is made of.

use crate::model::Significance;
use crate::model::view::RuleView;
use crate::rules::fields::{self as lifecycle, Field};
use crate::schema::{CalendarChoice, ChangeRule, CheckRule, ObservationRule, OneOrMany, Policy};
use rayon::prelude::*;

/// The ids of all rules: acts, what the lifecycle words, observations, checks.
pub fn ids(policy: &Policy) -> Vec<String> {
    let acts = policy.rules.acts.iter().map(|rule| rule.id.clone());
    let observations = policy.rules.observations.iter().map(|rule| rule.id.clone());
    let checks = super::all_rules(policy).into_iter().map(|rule| rule.id);
    acts.chain(lifecycle::ids(policy)).chain(observations).chain(checks).collect()
}

/// A rule's page.
pub fn page(policy: &Policy, id: &str) -> Option<RuleView> {
    let act = policy.rules.acts.iter().find(|rule| rule.id == id).map(act_page);
    let observation = || policy.rules.observations.iter().find(|rule| rule.id == id).map(observation_page);
    let check = || super::all_rules(policy).iter().find(|rule| rule.id == id).map(check_page);
    let life = || {
        let is_known = lifecycle::ids(policy).iter().any(|known| known == id);
        is_known.then(|| lifecycle_page(policy, id, &lifecycle::fields(policy)))
    };
    act.or_else(observation).or_else(check).or_else(life)
}

/// The pages of all rules that word sentences, by their ids.
pub fn wording(policy: &Policy) -> Vec<RuleView> {
    let fields = lifecycle::fields(policy);
    let ids = lifecycle::ids(policy);
    let mut pages: Vec<RuleView> = policy.rules.acts.iter().map(act_page).collect();
    pages.extend(policy.rules.observations.iter().map(observation_page));
    pages.par_extend(ids.par_iter().map(|id| lifecycle_page(policy, id, &fields)));
    pages.sort_by(|a, b| a.id.cmp(&b.id));
    pages.dedup_by(|a, b| a.id == b.id);
    pages
}

fn lifecycle_page(policy: &Policy, id: &str, fields: &[Field<'_>]) -> RuleView {
    let (name, title) = lifecycle::frame_and_title(policy, id);
    let frame = policy.rules.lifecycle.frame(name);
    let dotted = id.rsplit_once('/').map_or("", |(field, _)| field);
    let found = fields.iter().find(|field| lifecycle::id_of(&field.path, name) == id);
    let phrases = found.iter().flat_map(|field| {
        let says = &field.shape.says;
        let any = says.any.iter().map(|phrase| ("phrase".to_owned(), phrase.clone()));
        any.chain(says.by_value.iter().map(|(value, phrase)| (format!("phrase for {value}"), phrase.clone())))
    });
    let each =
        Some(("each fact".to_owned(), frame.each.trim().to_owned())).filter(|(_, each)| !each.is_empty());
    let words = frame.words.iter().map(|(nature, words)| (nature.clone(), words.trim().to_owned()));
    let subject = if dotted.is_empty() { "any field".to_owned() } else { dotted.to_owned() };
    let weight = found.as_ref().and_then(|field| {
        let weights = &field.shape.significance;
        weights.get(name.as_str()).or_else(|| weights.get("any")).copied()
    });
    let usual = if name.is_whole() { Significance::Editorial } else { Significance::Minor };
    RuleView {
        format: "sincewhen.rule/1",
        id: id.to_owned(),
        kind: "change".to_owned(),
        title,
        significance: weight.unwrap_or(usual).as_str().to_owned(),
        why: frame.why.trim().to_owned(),
        when: vec![format!("{subject} {}, and no act claims it", name.as_str())],
        along: Vec::new(),
        words: phrases.chain(each).chain(words).collect(),
        mirror: Vec::new(),
        no_mirror: None,
        examples: frame.examples.iter().map(|e| (e.name.clone(), e.says.clone())).collect(),
    }
}

fn check_page(rule: &CheckRule) -> RuleView {
    let applies =
        rule.applies.iter().map(|(field, values)| format!("{field} is {}", values.as_slice().join(" or ")));
    let parameters = rule.parameters.as_object().into_iter().flatten().map(|(name, value)| {
        let one = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let shown = value
            .as_array()
            .map_or_else(|| one(value), |list| list.iter().map(one).collect::<Vec<_>>().join(", "));
        format!("{}: {shown}", name.replace('_', " "))
    });
    let help = rule.help.iter().map(|help| ("help".to_owned(), help.trim().to_owned()));
    RuleView {
        format: "sincewhen.rule/1",
        id: rule.id.clone(),
        kind: "check".to_owned(),
        title: rule.title.clone(),
        significance: rule.level.as_str().to_owned(),
        why: rule.why.trim().to_owned(),
        when: std::iter::once(format!("check: {}", rule.kind)).chain(applies).chain(parameters).collect(),
        words: help
            .chain([("accepting".to_owned(), rule.accept.in_words().replace("RULE", &rule.id))])
            .collect(),
        along: Vec::new(),
        mirror: Vec::new(),
        no_mirror: None,
        examples: rule.examples.iter().map(|e| (e.name.clone(), e.says.clone())).collect(),
    }
}

fn act_page(rule: &ChangeRule) -> RuleView {
    let say = |values: &OneOrMany<serde_json::Value>| {
        values
            .as_slice()
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(" or ")
    };
    let when = rule.matches.iter().map(|spec| {
        let mut text = spec.field.clone();
        if let Some(ops) = &spec.op {
            let ops: Vec<String> = ops.as_slice().iter().map(|op| format!("{op:?}").to_lowercase()).collect();
            text.push_str(&format!(" {}", ops.join(" or ")));
        }
        text.push_str(&spec.from.as_ref().map_or_else(String::new, |v| format!(" from {}", say(v))));
        text.push_str(&spec.to.as_ref().map_or_else(String::new, |v| format!(" to {}", say(v))));
        text.push_str(&spec.when.as_ref().map_or_else(String::new, |v| format!(" when {v}")));
        text
    });
    let mut along = rule.also.clone();
    along.extend(rule.cited.then(|| "what the record says of the sources it cites for this".to_owned()));
    along.extend(rule.together.then(|| "all that match in one step, in one sentence".to_owned()));
    let mut when: Vec<String> = when.collect();
    when.extend(rule.alone.then(|| "only in a step that reports nothing but wording and reviews".to_owned()));
    RuleView {
        format: "sincewhen.rule/1",
        id: rule.id.clone(),
        kind: "change".to_owned(),
        title: rule.title.clone(),
        significance: rule.significance.as_str().to_owned(),
        why: rule.why.trim().to_owned(),
        when,
        along,
        words: rule.words.iter().map(|(name, words)| (name.clone(), words.trim().to_owned())).collect(),
        mirror: rule.mirror.as_ref().map(|ids| ids.as_slice().to_vec()).unwrap_or_default(),
        no_mirror: rule.no_mirror.clone(),
        examples: rule.examples.iter().map(|e| (e.name.clone(), e.says.clone())).collect(),
    }
}

fn calendar_in_words(calendar: &CalendarChoice, per: Option<&str>) -> String {
    match calendar {
        CalendarChoice::One(name) => name.clone(),
        CalendarChoice::Per(by_value) => {
            let one = |(value, name): (&String, &String)| {
                format!("{name} if {} is {value}", per.unwrap_or_default())
            };
            by_value.iter().map(one).collect::<Vec<_>>().join("; ")
        }
    }
}

fn observation_page(rule: &ObservationRule) -> RuleView {
    let mut when = Vec::new();
    let mut add = |name: &str, value: Option<String>| {
        when.extend(value.filter(|v| !v.is_empty()).map(|v| format!("{name}: {v}")))
    };
    let pairs = |map: &indexmap::IndexMap<String, Vec<String>>| {
        map.iter()
            .map(|(field, values)| format!("{field} is {}", values.join(" or ")))
            .collect::<Vec<_>>()
            .join("; ")
    };
    let applies: Vec<String> = rule
        .applies
        .iter()
        .map(|(field, values)| format!("{field} is {}", values.as_slice().join(" or ")))
        .collect();
    add("records", Some(applies.join("; ")));
    add("list", rule.list.clone());
    add("calendar", rule.calendar.as_ref().map(|calendar| calendar_in_words(calendar, rule.per.as_deref())));
    add("occasions", Some(pairs(&rule.occasions)));
    add("absent", Some(rule.absent.join(", ")));
    add("left out where it says no more than", rule.folds_into.clone());
    add("met", Some(rule.met.join(", ")));
    add("missed", Some(rule.missed.join(", ")));
    add("coverage", rule.coverage.clone());
    add("field", rule.field.clone());
    add(
        "equals",
        Some(
            rule.equals
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join(", "),
        ),
    );
    add("date", rule.date.clone());
    add("until", rule.until.clone());
    let dates =
        rule.dates.iter().map(|(value, paths)| format!("{} if it is {value}", paths.as_slice().join(" or ")));
    add("since", Some(dates.collect::<Vec<_>>().join("; ")));
    add("done", rule.done.clone());
    add("when", rule.when.clone());
    RuleView {
        format: "sincewhen.rule/1",
        id: rule.id.clone(),
        kind: rule.kind.as_str().to_owned(),
        title: rule.title.clone(),
        significance: rule.significance.as_str().to_owned(),
        why: rule.why.trim().to_owned(),
        when,
        along: Vec::new(),
        words: rule.words.iter().map(|(name, words)| (name.clone(), words.trim().to_owned())).collect(),
        mirror: Vec::new(),
        no_mirror: None,
        examples: rule.examples.iter().map(|e| (e.name.clone(), e.says.clone())).collect(),
    }
}
