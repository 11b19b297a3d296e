//! All observations of an edition: which rules apply, and the sentences.

use super::super::phrases::Phrases;
use super::super::{Edited, Engine, Subject, evidence, fingerprint, value_of};
use super::case::Proof;
use super::case::{Case, DraftObservation};
use super::occasions::{OccasionState, examine};
use super::paths::dotted;
use super::record::{InContext, Recorded};
use super::{absence, pending, silence, standing, status, streak, turned};
use crate::model::results::{Evidence, Examined, Observation, Side};
use crate::model::{FieldPath, PartialDate, Step};
use crate::schema::{ObservationKind, ObservationRule};
use minijinja::value::merge_maps;
use serde_json::{Map, Value as Json, json};
use std::cell::OnceCell;
use std::sync::OnceLock;

/// What an edition shows, before it is put into words: enough to compare two editions.
pub struct Sighting<'p> {
    pub(in crate::rules) rule: &'p ObservationRule,
    pub(in crate::rules) draft: DraftObservation,
    /// What two editions must share for the observation to be the same one.
    pub(in crate::rules) identity: Json,
    /// Whether a rule about turns reports what changes of it.
    is_background: bool,
    /// Its words, once they were asked for.
    worded: OnceLock<Observation>,
}

impl Sighting<'_> {
    /// Whether it can begin, change or end between two editions. What something is and how often it was done
    /// stand in the background: the acts and turns that change them are reported instead. The last known
    /// attendance is no more than that.
    pub(in crate::rules) fn has_steps(&self) -> bool {
        match self.rule.kind {
            ObservationKind::Status => false,
            ObservationKind::Streak => !self.is_background && self.draft.variant != "once",
            ObservationKind::Silence => true,
            // What is not known neither begins nor ends.
            ObservationKind::Absence => !self.is_present() && self.is_known(),
            _ => true,
        }
    }

    /// Whether it says something that can change: gaps in what is known do not change when they close.
    pub(in crate::rules) fn is_known(&self) -> bool {
        self.rule.kind != ObservationKind::Absence || self.draft.variant != "gaps"
    }

    /// What two editions must share for the observation to be the same one, as an observation has it.
    pub fn identity(&self) -> String {
        self.identity.to_string()
    }

    /// What may differ between two editions of one observation.
    pub fn content(&self) -> String {
        self.draft.content.to_string()
    }

    /// The fingerprint that its sentence has.
    pub fn fingerprint(&self) -> String {
        fingerprint(&json!([self.identity, self.draft.content]))
    }

    /// Whether it was done once, and something else since.
    pub(in crate::rules) fn is_replaced(&self, after: &[Sighting<'_>]) -> bool {
        self.rule.kind == ObservationKind::Streak
            && self.draft.variant == "once"
            && !self.is_background
            && after.iter().any(|now| now.rule.id == self.rule.id && now.identity != self.identity)
    }

    /// Whether it says that somebody took part.
    pub(in crate::rules) fn is_present(&self) -> bool {
        self.rule.kind == ObservationKind::Absence
            && matches!(self.draft.variant, "first" | "returned" | "last")
    }

    /// The sighting in words, given the edition it is one of.
    pub(in crate::rules) fn word(
        &self,
        engine: &Engine<'_>,
        subject: &Subject<'_>,
        edition: InContext<'_>,
    ) -> Observation {
        self.worded.get_or_init(|| self.in_words(engine, subject, edition)).clone()
    }

    fn in_words(&self, engine: &Engine<'_>, subject: &Subject<'_>, edition: InContext<'_>) -> Observation {
        let InContext { edition, on_record } = edition;
        let record = &OnceCell::new();
        let case = Case { engine, subject, edition, on_record, rule: self.rule, full: true, record };
        let again = drafts(&case).into_iter().find(|draft| {
            draft.variant == self.draft.variant
                && draft.identity == self.draft.identity
                && draft.content == self.draft.content
        });
        word(&case, again.expect("because the same edition shows the same"))
    }
}

/// Whether a claim of coverage of an edition has it that the occasion was missed that an item of a list
/// names: what a standing fact counts.
pub(in crate::rules) fn counts_as_missed(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    edition: Edited<'_>,
    item: &FieldPath,
) -> bool {
    let (Some(list), Some(Step::Item(key))) = (item.parent(), item.0.last()) else { return false };
    let of_list = |rule: &&ObservationRule| {
        rule.kind == ObservationKind::Absence && rule.list.as_deref().map(dotted) == Some(list.clone())
    };
    engine.policy.rules.observations.iter().filter(of_list).any(|rule| {
        let record = &OnceCell::new();
        let case = Case { engine, subject, edition, on_record: None, rule, full: false, record };
        case.applies()
            && examine(&case).0.iter().any(|seen| {
                matches!(seen.state, OccasionState::Covered) && key.first() == Some(&seen.occasion.id)
            })
    })
}

/// Whether the dataset has a rule about turns of the same list.
fn has_turns(engine: &Engine<'_>, rule: &ObservationRule) -> bool {
    let rules = &engine.policy.rules.observations;
    rules.iter().any(|other| other.kind == ObservationKind::Turned && other.list == rule.list)
}

/// All that can be observed of an edition, in the order of the rule files' names; without the details.
pub(in crate::rules) fn look<'p>(
    engine: &Engine<'p>,
    subject: &Subject<'_>,
    edition: InContext<'_>,
) -> Vec<Sighting<'p>> {
    let InContext { edition, on_record } = edition;
    let mut out = Vec::new();
    let record = &OnceCell::new();
    for rule in &engine.policy.rules.observations {
        let case = Case { engine, subject, edition, on_record, rule, full: false, record };
        out.extend(drafts(&case).into_iter().map(|draft| sighting(engine, subject, rule, draft)));
    }
    out
}

fn sighting<'p>(
    engine: &Engine<'p>,
    subject: &Subject<'_>,
    rule: &'p ObservationRule,
    draft: DraftObservation,
) -> Sighting<'p> {
    let identity = json!([rule.id, subject.id, draft.identity]);
    let is_background = rule.kind == ObservationKind::Streak && has_turns(engine, rule);
    Sighting { rule, draft, identity, is_background, worded: OnceLock::new() }
}

/// The observations of an edition that are not known by their fingerprints, given what it shows; the
/// fingerprints of the others.
pub(in crate::rules) fn unknown_observations(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    edition: InContext<'_>,
    seen: &[Sighting<'_>],
    is_known: &dyn Fn(&str) -> bool,
) -> (Vec<String>, Vec<Observation>) {
    let record = &OnceCell::new();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for sighting in seen.iter().filter(|sighting| sighting.draft.stands) {
        let InContext { edition: edited, on_record } = edition;
        let rule = sighting.rule;
        let case = Case { engine, subject, edition: edited, on_record, rule, full: false, record };
        if is_said_wider(&case, &sighting.draft) {
            continue;
        }
        let print = sighting.fingerprint();
        match is_known(&print) {
            true => known.push(print),
            false => unknown.push(sighting.word(engine, subject, edition)),
        }
    }
    (known, unknown)
}

/// All that can be observed of an edition, and what stands of it in words, as [`look`] and [`observe`] give
/// them.
pub(in crate::rules) fn look_and_observe<'p>(
    engine: &Engine<'p>,
    subject: &Subject<'_>,
    edition: InContext<'_>,
) -> (Vec<Sighting<'p>>, Vec<Observation>) {
    let InContext { edition, on_record } = edition;
    let (mut seen, mut said) = (Vec::new(), Vec::new());
    let record = &OnceCell::new();
    for rule in &engine.policy.rules.observations {
        let case = Case { engine, subject, edition, on_record, rule, full: true, record };
        for mut draft in drafts(&case) {
            let details = std::mem::take(&mut draft.details);
            let worded = (draft.stands && !is_said_wider(&case, &draft))
                .then(|| word(&case, draft.with_details(details)));
            said.extend(worded.clone());
            let worded = worded.map(OnceLock::from).unwrap_or_default();
            seen.push(Sighting { worded, ..sighting(engine, subject, rule, draft) });
        }
    }
    (seen, said)
}

/// All observations of an edition, in the order of the rule files' names.
pub(in crate::rules) fn observe(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    edition: InContext<'_>,
) -> Vec<Observation> {
    let InContext { edition, on_record } = edition;
    let record = &OnceCell::new();
    let mut out = Vec::new();
    for rule in &engine.policy.rules.observations {
        let case = Case { engine, subject, edition, on_record, rule, full: true, record };
        let stand = drafts(&case).into_iter().filter(|draft| draft.stands && !is_said_wider(&case, draft));
        out.extend(stand.map(|draft| word(&case, draft)));
    }
    out
}

/// What a rule observes; nothing where it has no words for it, or where another rule's sentence says as much.
fn drafts(case: &Case<'_>) -> Vec<DraftObservation> {
    let mut drafts = own_drafts(case);
    drafts.retain(|draft| case.rule.words.contains_key(&words_of(case.rule, draft)));
    let rules = &case.engine.policy.rules.observations;
    let named = |id: &str| rules.iter().find(|rule| rule.id == id);
    if let Some(narrow) = case.rule.folds_into.as_deref().and_then(named) {
        let others = own_drafts(&Case { rule: narrow, ..*case });
        let own = drafts.into_iter().filter(|d| !others.iter().any(|other| other.says_as_much_as(d)));
        return own.map(|draft| with_narrower(draft, &others)).collect();
    }
    let wider = rules.iter().filter(|rule| rule.folds_into.as_deref() == Some(&case.rule.id));
    let others: Vec<DraftObservation> = wider.flat_map(|rule| own_drafts(&Case { rule, ..*case })).collect();
    let widen = |mut draft: DraftObservation| {
        let alike =
            others.iter().filter(|_| draft.variant != "gaps").find(|other| other.says_as_much_as(&draft));
        if let Some(other) = alike {
            draft.details = other.details.clone();
            draft.details.context.insert("alike".to_owned(), json!(true));
        }
        draft
    };
    drafts.into_iter().map(widen).collect()
}

/// A return with what the rule about fewer occasions would say of it: both are one sentence.
fn with_narrower(mut draft: DraftObservation, others: &[DraftObservation]) -> DraftObservation {
    let Some(other) = others.iter().find(|other| other.is_return_of(&draft)) else { return draft };
    let details = &mut draft.details;
    let previous = other.details.context.get("previous");
    details.context.insert("narrower".to_owned(), json!({"variant": other.variant, "previous": previous}));
    let proof =
        other.details.proof.iter().filter(|proof| !details.proof.iter().any(|p| p.path == proof.path));
    let proof: Vec<Proof> = proof.cloned().collect();
    details.proof.extend(proof);
    let is_new = |one: &&Examined| !details.examined.iter().any(|known| known.occasion == one.occasion);
    let examined: Vec<Examined> = other.details.examined.iter().filter(is_new).cloned().collect();
    details.examined.extend(examined);
    details.examined.sort_by_key(|one| one.start.earliest());
    draft
}

/// Whether a rule about more occasions says all that a draft says of an edition by itself: that the same
/// attendance was a return or the last, or which were missed and which are not known.
fn is_said_wider(case: &Case<'_>, draft: &DraftObservation) -> bool {
    if !matches!(draft.variant, "last" | "gaps" | "returned" | "first") {
        return false;
    }
    let rules = &case.engine.policy.rules.observations;
    let wider = rules.iter().filter(|rule| rule.folds_into.as_deref() == Some(&case.rule.id));
    let mut others = wider.flat_map(|rule| own_drafts(&Case { rule, full: false, ..*case }));
    if matches!(draft.variant, "returned" | "first") {
        return others.any(|other| !other.says_as_much_as(draft) && other.is_return_of(draft));
    }
    let known = |draft: &DraftObservation| draft.content[2].as_array().cloned().unwrap_or_default();
    others.any(|other| {
        let is_absent = matches!(other.variant, "since" | "gaps");
        let (own, all) = (known(draft), known(&other));
        let has_all = || other.variant == "gaps" && own.iter().all(|one| all.contains(one));
        is_absent
            && other.content[1] == draft.content[1]
            && !other.says_as_much_as(draft)
            && (draft.variant == "last" || has_all())
    })
}

/// What a rule by itself observes, also what it has no words for.
fn own_drafts(case: &Case<'_>) -> Vec<DraftObservation> {
    if !case.applies() {
        return Vec::new();
    }
    match case.rule.kind {
        ObservationKind::Absence => absence::observe(case),
        ObservationKind::Streak => streak::observe(case),
        ObservationKind::Silence => silence::observe(case),
        ObservationKind::Standing => standing::observe(case),
        ObservationKind::Pending => pending::observe(case),
        ObservationKind::Turned => turned::observe(case),
        ObservationKind::Status => status::observe(case),
    }
}

/// Which of the rule's words say a draft.
fn words_of(rule: &ObservationRule, draft: &DraftObservation) -> String {
    match rule.kind {
        ObservationKind::Status => status::words(rule, draft),
        _ => draft.variant.to_owned(),
    }
}

/// Puts a draft with its details into words.
pub(in crate::rules) fn word(case: &Case<'_>, draft: DraftObservation) -> Observation {
    let rule = case.rule;
    let template = format!("observation/{}/{}", rule.id, words_of(rule, &draft));
    let mut context = Map::new();
    let defaults = [
        "last", "first", "previous", "missed", "unknown", "later", "occasion", "value", "said", "n", "item",
        "begun", "until", "alike", "absent", "again", "short", "before", "beyond", "claimed", "narrower",
    ];
    context.extend(defaults.iter().map(|name| ((*name).to_owned(), Json::Null)));
    context.insert("variant".to_owned(), json!(draft.variant));
    context.insert("as_of".to_owned(), json!(case.edition.date()));
    context.insert("through".to_owned(), json!(draft.details.through));
    context.insert("since".to_owned(), json!(draft.since));
    context.insert("accounts".to_owned(), accounts(case, &draft.details.proof, &draft.details.examined));
    context.insert("recorded".to_owned(), recorded_by_edition(&draft.details.proof, &draft.details.examined));
    let detail_template = format!("observation/{}/detail", rule.id);
    context.extend(draft.details.context);
    let context = merge_maps([case.subject.words.clone(), value_of(context)]);
    let say = |template: &str| case.engine.words.render(template, case.seen_by(template, context.clone()));
    let message = say(&template);
    let detail = if case.engine.words.has(&detail_template) { say(&detail_template) } else { String::new() };
    let identity = json!([rule.id, case.subject.id, draft.identity]);
    let fold_template = format!("observation/{}/fold/{}", rule.id, draft.variant);
    let fold = case.engine.words.has(&fold_template).then(|| say(&fold_template));
    let evidence = draft.details.proof.iter().filter_map(|proof| place(case, proof)).collect();
    Observation {
        rule: rule.id.clone(),
        kind: rule.kind.as_str(),
        variant: draft.variant,
        state: None,
        nature: None,
        significance: rule.weights.get(draft.variant).copied().unwrap_or(rule.significance),
        message,
        detail,
        since: draft.since,
        last: draft.details.last,
        assessed_through: draft.details.through,
        examined: draft.details.examined,
        evidence,
        sources: cited(case, &draft.details.proof),
        fold,
        previously: None,
        fingerprint: fingerprint(&json!([identity, draft.content])),
        now: None,
        ended: None,
        identity: identity.to_string(),
        content: draft.content.to_string(),
    }
}

/// Where a proof stands: in the edition, or in the earlier one that last had it.
pub(in crate::rules) fn place(case: &Case<'_>, proof: &Proof) -> Option<Evidence> {
    let edition = proof.recorded.as_ref().map_or(case.edition, Recorded::edited);
    evidence::at(case.subject, edition, Side::To, &proof.path)
}

/// What the proofs cite, each in the edition that it stands in.
pub(in crate::rules) fn cited(case: &Case<'_>, proofs: &[Proof]) -> Vec<crate::model::results::Citation> {
    let own: Vec<FieldPath> =
        proofs.iter().filter(|p| p.recorded.is_none()).map(|p| p.path.clone()).collect();
    let mut out = evidence::sources(case.engine, case.subject, case.edition, &own);
    for proof in proofs {
        let Some(recorded) = &proof.recorded else { continue };
        let path = std::slice::from_ref(&proof.path);
        for citation in evidence::sources(case.engine, case.subject, recorded.edited(), path) {
            if out.iter().all(|known| known.id != citation.id || known.text != citation.text) {
                out.push(citation);
            }
        }
    }
    out
}

/// What other sources say of the entries that a sentence rests on: `[{said, occasions}]`.
fn accounts(case: &Case<'_>, proofs: &[Proof], examined: &[Examined]) -> Json {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for proof in proofs.iter().filter(|proof| matches!(proof.path.0.last(), Some(Step::Item(_)))) {
        let edition = proof.recorded.as_ref().map_or(case.edition, Recorded::edited);
        let phrases = Phrases { engine: case.engine, subject: case.subject, edition, deltas: &[] };
        let occasion = examined.iter().find(|one| one.path.as_ref() == Some(&proof.path));
        let short = occasion.map(|one| one.short.as_str());
        for said in phrases.doubts(&proof.path) {
            match groups.iter_mut().find(|(known, _)| *known == said) {
                Some((_, shorts)) => shorts.extend(short),
                None => groups.push((said, short.into_iter().collect())),
            }
        }
    }
    groups.iter().map(|(said, occasions)| json!({"said": said, "occasions": occasions})).collect()
}

/// The occasions that rest on earlier editions, by edition: `[{edition, occasions}]`.
fn recorded_by_edition(proofs: &[Proof], examined: &[Examined]) -> Json {
    let mut groups: Vec<(PartialDate, Vec<&str>)> = Vec::new();
    for one in examined.iter().filter(|one| proofs.iter().any(|p| Some(&p.path) == one.path.as_ref())) {
        let Some(edition) = &one.edition else { continue };
        match groups.iter_mut().find(|(date, _)| date == edition) {
            Some((_, shorts)) => shorts.push(&one.short),
            None => groups.push((edition.clone(), vec![&one.short])),
        }
    }
    groups.iter().map(|(edition, occasions)| json!({"edition": edition, "occasions": occasions})).collect()
}
