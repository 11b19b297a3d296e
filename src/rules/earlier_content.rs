//! What other editions of a record have of the differences between two.

use super::comparison::Comparison;
use super::differences::Differences;
use super::gone_paths::GonePaths;
use super::{Edited, Engine, InContext, Subject, natures};
use crate::diff::{Delta, apply, diff, diff_at};
use crate::model::{FieldPath, NatureKind, Node, PartialDate, Step};
use crate::schema::{Natures, Op};
use foldhash::{HashMap, HashSet};
use std::cell::LazyCell;

/// What looks differences up in other editions of the record.
pub(super) struct Search<'s, 'a> {
    pub(super) engine: &'s Engine<'s>,
    pub(super) subject: &'s Subject<'s>,
    /// Those before the two editions, oldest first.
    pub(super) older: &'s [Edited<'a>],
    /// Those between them, oldest first.
    pub(super) between: &'s [Edited<'a>],
    /// What went or changed up to the earlier of the two, if that is known.
    pub(super) gone: Option<&'s GonePaths>,
}

/// Whether a path names an item of a list, which is the same event whatever is said of it.
pub(super) fn is_item(path: &FieldPath) -> bool {
    matches!(path.0.last(), Some(Step::Item(_) | Step::Member(_)))
}

/// What older editions say of something that the earlier of the two does not have.
enum EarlierContent<'a> {
    /// The same, since the edition of a date.
    Alike(PartialDate),
    /// Something else: the differences from the last of them.
    Otherwise(Edited<'a>, Vec<Delta>),
    /// The same or something else, and a correction took it out.
    TakenOut,
    /// The same, since the edition of a date, until another value took its place.
    Before(PartialDate),
}

impl<'a> Search<'_, 'a> {
    /// Looks every difference up, and puts what was recorded last in the place of nothing.
    pub(super) fn fill(&self, out: &mut Differences<'a>) {
        let known: Vec<Option<EarlierContent<'a>>> = {
            let comparison = Comparison::new(self.engine, self.subject, out);
            let pages: Vec<Edited<'_>> =
                self.older.iter().copied().chain([comparison.from, comparison.to]).collect();
            // The logs are read once, and only if something may have been taken out.
            let logs: LazyCell<Vec<natures::NewCorrections<'_>>, _> = LazyCell::new(|| {
                let pairs = pages.windows(2).map(|pair| (&pair[0].document.root, &pair[1].document.root));
                pairs.map(|(from, to)| natures::NewCorrections::of(self.subject.kind, from, to)).collect()
            });
            // Whether an edition after one of them says in its corrections that something is taken out.
            let is_taken_out =
                |at: usize, path: &FieldPath| logs[at..].iter().any(|log| log.on(path).is_some());
            out.deltas.iter().map(|delta| self.known(&comparison, delta, &is_taken_out)).collect()
        };
        let (mut deltas, mut old) = (Vec::with_capacity(known.len()), Vec::new());
        for (delta, known) in std::mem::take(&mut out.deltas).into_iter().zip(known) {
            let path = || delta.path.clone();
            match known {
                None => out.recorded_earlier.extend(self.first_between(&delta).map(|date| (path(), date))),
                Some(EarlierContent::Alike(since)) => drop(out.repeated.insert(path(), since)),
                Some(EarlierContent::TakenOut) => drop(out.put_back.insert(path())),
                Some(EarlierContent::Before(since)) => drop(out.recorded_earlier.insert(path(), since)),
                Some(EarlierContent::Otherwise(edited, inner)) => {
                    out.places.push((path(), edited));
                    old.push(Delta { after: self.node(edited, &delta.path).cloned(), ..delta });
                    deltas.extend(inner);
                    continue;
                }
            }
            deltas.push(delta);
        }
        if !old.is_empty() {
            let mut document = out.from.document.clone();
            document.root = apply(&old, &out.from.document.root, &self.subject.kind.shape);
            out.restored = Some(document);
        }
        out.deltas = deltas;
    }

    /// What is known of something new; `None` if nothing is. What happened since the earlier edition is news,
    /// whatever stood there before; an item of a list is one event, whenever it took place.
    fn known(
        &self,
        comparison: &Comparison<'_>,
        delta: &Delta,
        is_taken_out: &dyn Fn(usize, &FieldPath) -> bool,
    ) -> Option<EarlierContent<'a>> {
        let is_positional = delta.path.0.iter().any(|step| matches!(step, Step::Index(_) | Step::Gone(_)));
        let is_fact = natures::declared(&delta.path, self.subject.kind).is_none();
        // Where natures are neutral, what is gone is gone: an item that comes back is added.
        let is_neutral = self.subject.kind.spec.natures == Natures::Neutral;
        // A list that stands there empty, and had items until now, was not left out.
        let was_there = self.node(comparison.from, &delta.path).is_some();
        let is_new = delta.op == Op::Changed || (delta.op == Op::Added && !was_there);
        if !is_new || is_positional || !is_fact || is_neutral {
            return None;
        }
        if self.gone.is_some_and(|gone| !gone.may_hold(&delta.path)) {
            return None;
        }
        if delta.op == Op::Changed {
            return self.before(comparison, delta).map(EarlierContent::Before);
        }
        let newest = self.older.iter().rposition(|edited| self.node(*edited, &delta.path).is_some())?;
        if !is_item(&delta.path) && comparison.nature(None, delta).0.kind != NatureKind::LateReport {
            return None;
        }
        if is_taken_out(newest, &delta.path) {
            return Some(EarlierContent::TakenOut);
        }
        let inner = self.inner(self.older[newest], delta);
        if !inner.is_empty() {
            return Some(EarlierContent::Otherwise(self.older[newest], inner));
        }
        let is_alike = |edited: &&Edited<'a>| {
            self.node(**edited, &delta.path).is_some() && self.inner(**edited, delta).is_empty()
        };
        self.older.iter().find(is_alike).map(|first| EarlierContent::Alike(first.date().clone()))
    }

    /// The date of the first edition that had the value to which a field went back, where that value is of
    /// earlier days.
    fn before(&self, comparison: &Comparison<'_>, delta: &Delta) -> Option<PartialDate> {
        let new = delta.after.as_ref()?;
        let has_it =
            |edited: &&Edited<'a>| self.node(**edited, &delta.path).is_some_and(|old| old.same_value(new));
        let first = self.older.iter().find(has_it)?;
        let is_late = comparison.nature(None, delta).0.kind == NatureKind::LateReport;
        is_late.then(|| first.date().clone())
    }

    /// What the later edition says otherwise than another one, or besides: not wording, and not what it
    /// leaves out.
    fn inner(&self, edited: Edited<'a>, delta: &Delta) -> Vec<Delta> {
        let (Some(old), Some(new)) = (self.node(edited, &delta.path), &delta.after) else {
            return Vec::new();
        };
        let mut inner = diff_at(&delta.path, (old, new), &self.subject.kind.shape);
        inner.retain(|one| one.op != Op::Removed && !self.subject.is_quiet(&one.path));
        inner
    }

    /// The date of the edition between the two that recorded something first.
    fn first_between(&self, delta: &Delta) -> Option<PartialDate> {
        let has_it = |edited: &&Edited<'a>| {
            self.node(**edited, &delta.path).is_some()
                && (is_item(&delta.path) || self.inner(**edited, delta).is_empty())
        };
        let first = self.between.iter().filter(|_| delta.op == Op::Added).find(has_it);
        first.map(|edited| edited.date().clone())
    }

    pub(super) fn node(&self, edited: Edited<'a>, path: &FieldPath) -> Option<&'a Node> {
        let keys = |path: &FieldPath| self.subject.kind.shape.key_at(path);
        edited.document.at(path, &keys).filter(|node| !node.is_null())
    }
}

impl<'a> Differences<'a> {
    pub(super) fn new(
        engine: &Engine<'_>,
        subject: &Subject<'_>,
        from: Edited<'a>,
        to: InContext<'a>,
    ) -> Differences<'a> {
        let InContext { edition: to, on_record } = to;
        let mut out = Differences {
            from,
            to,
            deltas: diff(&from.document.root, &to.document.root, &subject.kind.shape),
            restored: None,
            places: Vec::new(),
            repeated: HashMap::default(),
            put_back: HashSet::default(),
            recorded_earlier: HashMap::default(),
        };
        let others = on_record.into_iter().flat_map(|on_record| on_record.editions());
        let others = others.filter(|edited| ![from.edition, to.edition].contains(&edited.edition));
        let start = |edited: &Edited<'_>| edited.date().range().start;
        let (older, between): (Vec<Edited<'a>>, Vec<Edited<'a>>) =
            others.partition(|edited| start(edited) < start(&from));
        if let Some(on_record) = on_record {
            on_record.note_step(from.document, to.document, &out.deltas);
        }
        if !older.is_empty() || !between.is_empty() {
            let gone = on_record.and_then(|on_record| on_record.gone_before(from.document));
            Search { engine, subject, older: &older, between: &between, gone }.fill(&mut out);
        }
        out
    }
}
