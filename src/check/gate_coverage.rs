//! Claims of coverage that an edit takes back. Where a claim spans an occasion, no entry means that it was
//! missed; without the claim it means "not known", and what was published of staying away stands on nothing.
//!
//! Owns which claims the rules, rows of marks and exports of a dataset look at. What an edit adds is free.

use super::gate_sides::EditSides;
use super::gate_words as words;
use crate::dataset::{Calendar, Occasion};
use crate::model::{FieldPath, Finding, Node, PartialDate};
use crate::rules::{Claim, ClaimFields};
use crate::schema::record_text;
use serde_json::json;
use std::collections::{BTreeMap, HashSet};

/// A list of entries, and the claims by which it is read as complete.
struct ClaimedList<'p> {
    list: &'p str,
    key: &'p str,
    calendar: &'p Calendar,
    claims: ClaimFields<'p>,
}

/// Through when claims reached, and reach.
type ClaimEnds = (PartialDate, Option<PartialDate>);

/// Occasions that a claim spanned, by where the claim stood.
type LostOccasions<'p> = BTreeMap<FieldPath, Vec<&'p Occasion>>;

impl EditSides<'_> {
    /// What was known by a claim of coverage and is not known any more, and parts that are assessed less far
    /// than was published, without an entry in the log of corrections.
    pub(super) fn coverage(&self, out: &mut Vec<Finding>) {
        let (mut lost, mut shorter) = (LostOccasions::new(), BTreeMap::new());
        for list in self.claimed_lists() {
            self.lost(&list, &mut lost);
            self.ends_sooner(&list, &mut shorter);
        }
        // What names occasions says more.
        shorter.retain(|path, _| !lost.contains_key(path));
        for (path, occasions) in lost {
            let names: Vec<&str> = occasions.iter().map(|occasion| occasion.short.as_str()).collect();
            let ids: Vec<&str> = occasions.iter().map(|occasion| occasion.id.as_str()).collect();
            out.extend(self.coverage_finding(&path, json!(ids), words::coverage_lost(&path, &names)));
        }
        for (path, (then, now)) in shorter {
            let message = words::covered_less(&path, &then, now.as_ref());
            out.extend(self.coverage_finding(&path, json!([then]), message));
        }
        out.extend(self.assessed_less());
    }

    /// The lists that claims speak of, for the edit's record.
    fn claimed_lists(&self) -> Vec<ClaimedList<'_>> {
        let (policy, identity) = (self.checker.policy(), &self.old.identity);
        let is_own = |field: &String, has: &dyn Fn(&String) -> bool| {
            record_text(Some(identity), Some(&self.before.root), field).is_some_and(|value| has(&value))
        };
        let rules = policy.rules.observations.iter().filter_map(|rule| {
            let applies = rule
                .applies
                .iter()
                .all(|(field, values)| is_own(field, &|value| values.as_slice().contains(value)));
            let name = rule.calendar.as_ref()?.of(rule.per.as_deref(), identity)?;
            let claims = ClaimFields {
                coverage: rule.coverage.as_deref()?,
                matching: &rule.coverage_match,
                occasions: &rule.occasions,
            };
            applies.then_some((rule.list.as_deref()?, rule.key.as_deref()?, name, claims))
        });
        let strips = policy.manifest.strips.iter().filter_map(|strip| {
            let applies = strip.applies.iter().all(|(field, wanted)| is_own(field, &|value| value == wanted));
            let claims = ClaimFields {
                coverage: strip.coverage.as_deref()?,
                matching: &strip.coverage_match,
                occasions: &strip.occasions,
            };
            applies.then_some((strip.list.as_str(), strip.key.as_str(), strip.calendar.as_str(), claims))
        });
        let outcomes = policy.manifest.export.outcomes.iter().filter_map(|outcome| {
            let name = outcome.calendar.of(outcome.per.as_deref(), identity)?;
            let claims = ClaimFields {
                coverage: outcome.coverage.as_deref()?,
                matching: &outcome.coverage_match,
                occasions: &outcome.occasions,
            };
            Some((outcome.list.as_str(), outcome.key.as_str(), name, claims))
        });
        let calendars = &self.base.reference.calendars;
        let all = rules.chain(strips).chain(outcomes);
        all.filter_map(|(list, key, name, claims)| {
            Some(ClaimedList { list, key, calendar: calendars.get(name)?, claims })
        })
        .collect()
    }

    /// The occasions of a calendar that had taken place, that a claim spanned, and that neither a claim nor
    /// an entry speaks of now.
    fn lost<'l>(&self, list: &ClaimedList<'l>, lost: &mut LostOccasions<'l>) {
        let (before, after) = (&self.before.root, &self.after.root);
        let coverage = |root: &Node| root.at_keys(list.claims.coverage.split('.')).map(Node::canonical);
        if coverage(before) == coverage(after) {
            return;
        }
        let shape = &self.kind().shape;
        let (then, now) = (list.claims.claims(before, shape), list.claims.claims(after, shape));
        let entries = |root: &Node| -> HashSet<String> {
            let items = root.at_keys(list.list.split('.')).map_or(&[][..], Node::items);
            items.iter().filter_map(|item| item.get(list.key)?.scalar_text()).collect()
        };
        // What had an entry and has none is a past fact that is gone.
        let (had, has) = (entries(before), entries(after));
        let published = self.from.range().end;
        let past = list.calendar.occasions.iter().filter(|occasion| {
            occasion.has(list.claims.occasions)
                && !occasion.planned
                && occasion.range.end <= published
                && occasion.admits(&self.old.identity)
                && !had.contains(&occasion.id)
                && !has.contains(&occasion.id)
        });
        for occasion in past.filter(|occasion| !now.iter().any(|claim| claim.spans(occasion))) {
            let spanning: Vec<&Claim> = then.iter().filter(|claim| claim.spans(occasion)).collect();
            let is_logged = spanning.iter().any(|claim| self.is_claim_logged(claim));
            let Some(widest) = spanning.iter().max_by_key(|claim| claim.range.end).filter(|_| !is_logged)
            else {
                continue;
            };
            let known = lost.entry(widest.path.clone()).or_default();
            if known.iter().all(|other| other.id != occasion.id) {
                known.push(occasion);
            }
        }
    }

    /// The claim that reaches furthest, where none reaches as far now, with both ends: sentences say through
    /// when staying away was assessed.
    fn ends_sooner(&self, list: &ClaimedList<'_>, out: &mut BTreeMap<FieldPath, ClaimEnds>) {
        let last = |root: &Node| {
            let claims = list.claims.claims(root, &self.kind().shape).into_iter();
            claims.max_by_key(|claim| claim.range.end)
        };
        let Some(then) = last(&self.before.root) else { return };
        let now = last(&self.after.root);
        let is_sooner = now.as_ref().is_none_or(|now| now.range.end < then.range.end);
        if is_sooner && !self.is_claim_logged(&then) {
            out.insert(then.path.clone(), (then.to.clone(), now.map(|now| now.to)));
        }
    }

    /// Whether a correction names a claim or a field of it.
    fn is_claim_logged(&self, claim: &Claim) -> bool {
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let entries = self.before.at(&claim.path, &keys).map_or(&[][..], Node::entries);
        self.is_logged(&claim.path) || entries.iter().any(|entry| self.is_logged(&claim.path.key(&entry.key)))
    }

    /// Parts of the record that are assessed less far than was published, or not at all.
    fn assessed_less(&self) -> Vec<Finding> {
        let date = |root: &Node, path: &str| {
            root.at_keys(path.split('.')).and_then(Node::scalar_text)?.parse::<PartialDate>().ok()
        };
        let findings = self.spec().assessed.iter().filter_map(|part| {
            let then = date(&self.before.root, &part.through)?;
            let now = date(&self.after.root, &part.through);
            let path = part.through.split('.').fold(FieldPath::root(), |path, key| path.key(key));
            let is_less = now.as_ref().is_none_or(|now| now.range().end < then.range().end);
            if !is_less || self.is_logged(&path) {
                return None;
            }
            let node = self.after.root.at_keys(part.through.split('.'));
            let is_there = node.is_some_and(|node| !node.is_null());
            let message = words::assessed_less(&path, &then, now.as_ref(), is_there);
            self.coverage_finding(&path, json!([then]), message)
        });
        findings.collect()
    }

    fn coverage_finding(
        &self,
        path: &FieldPath,
        arguments: serde_json::Value,
        message: String,
    ) -> Option<Finding> {
        let place = self.nearest(path, words::AT_BASE).place?.bytes();
        let mut found = self.file.by_id("gate-coverage", (Some(place), Some(path)), arguments, message)?;
        found.help = Some(words::past_help(self.spec().corrections.as_deref(), path, &self.next_date()));
        let keys = |path: &FieldPath| self.kind().shape.key_at(path);
        let stood = self.before.at(path, &keys);
        found.related.extend(stood.map(|node| self.stood_at(node.span, words::AT_BASE)));
        Some(found)
    }
}
