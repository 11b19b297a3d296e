//! Everything that is said of records over their whole history, one record after another: what a site is made
//! of.

use super::cite::digest;
use super::edition::{RecordEnds, edition_ref, heading_of};
use super::memo::{Asked, StoredAnswer};
use super::past_sentences::Replay;
use super::{Progress, Session, profile};
use crate::check::pages;
use crate::history::Timeline;
use crate::model::cite::AnswerCitation;
use crate::model::published::{
    NamedCommit, PublishedCalendar, PublishedEdition, PublishedOccasion, PublishedRecord,
};
use crate::model::report::{Period, ReportView};
use crate::model::results::RecordHeading;
use crate::model::view::{RuleView, ShowView};
use crate::model::{BUILT_FROM, Failure, ObjectId, PartialDate, RecordId};
use crate::report::{Draws, ReadEdition, RecordReader, ReportedRecord, Reporter, Window, subject_as_of};
use crate::rules::Engine;
use chrono::Datelike;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is done with each record, on any thread.
pub type VisitPublished<'v, T> = dyn Fn(PublishedRecord) -> Result<T, Failure> + Sync + 'v;

/// What was made of all records.
pub struct PublishedRecords<T> {
    /// What the visit made of each, in the order of the records' names.
    pub records: Vec<T>,
    /// The report of each year that has an edition, oldest first.
    pub reports: Vec<ReportView>,
}

/// What the threads share.
struct Publisher<'s> {
    session: &'s Shared<'s>,
    engine: &'s Engine<'s>,
    commits: HashMap<ObjectId, NamedCommit>,
    ends: BTreeMap<RecordId, RecordEnds>,
    cite: AnswerCitation,
    stale_years: u32,
}

/// What the reports of some years have to say of a record: nothing of a year at whose end it had no edition.
type YearAccounts<'t> = Vec<Option<ReportedRecord<'t>>>;

/// The calendar years that have an edition.
fn years(timelines: &[&Timeline]) -> Vec<i32> {
    let editions = timelines.iter().flat_map(|timeline| &timeline.editions);
    let years: BTreeSet<i32> = editions.map(|edition| edition.date.earliest().year()).collect();
    years.into_iter().collect()
}

/// The parts of a session that threads may share.
struct Shared<'s> {
    store: &'s crate::history::DocumentStore,
}

impl Session {
    /// Publishes each record, and collects what `visit` makes of it; makes the reports of all years of what
    /// is read for it.
    ///
    /// # Errors
    /// A record that is not known, an edition that cannot be read, or what `visit` could not do.
    pub fn published<T: Send>(
        &self,
        records: &[String],
        visit: &VisitPublished<'_, T>,
        progress: &Progress<'_>,
    ) -> Result<PublishedRecords<T>, Failure> {
        let engine = self.engine()?;
        let archive = self.archive(records)?;
        let timelines: Vec<&Timeline> =
            archive.timelines.values().filter(|timeline| !timeline.editions.is_empty()).collect();
        let ends = self.ends(&engine, timelines.iter().copied())?;
        let commits = self.commits_of(&timelines)?;
        let shared = Shared { store: &self.store };
        let stale_years = self.policy.manifest.report.stale_years;
        let publisher = Publisher {
            session: &shared,
            engine: &engine,
            commits,
            ends,
            cite: self.blank_citation()?,
            stale_years,
        };
        let years = years(&timelines);
        let (done, all) = (AtomicUsize::new(0), timelines.len());
        let published = timelines.par_iter().map(|timeline| {
            let (record, accounts) = publisher.published(timeline, &years)?;
            let out = visit(record)?;
            progress("records", done.fetch_add(1, Ordering::Relaxed) + 1, all);
            Ok((out, accounts))
        });
        let published = published.collect::<Result<Vec<_>, Failure>>()?;
        let (records, accounts): (Vec<T>, Vec<_>) = published.into_iter().unzip();
        let reports = self.reports(&engine, accounts, &years)?;
        Ok(PublishedRecords { records, reports })
    }

    /// The reports of some years, given what there is to say of each record in each of them.
    fn reports(
        &self,
        engine: &Engine<'_>,
        accounts: Vec<YearAccounts<'_>>,
        years: &[i32],
    ) -> Result<Vec<ReportView>, Failure> {
        let stale_years = self.policy.manifest.report.stale_years;
        let imprint = self.imprint()?;
        let mut by_year: Vec<Vec<ReportedRecord<'_>>> = years.iter().map(|_| Vec::new()).collect();
        for record in accounts {
            for (of_year, account) in by_year.iter_mut().zip(record) {
                of_year.extend(account);
            }
        }
        let report = |(year, accounts): (i32, Vec<ReportedRecord<'_>>)| {
            let period = super::report::year_period(year);
            let view = crate::report::compile(engine, accounts, period, None, stale_years);
            ReportView { imprint: imprint.clone(), ..view }
        };
        Ok(years.par_iter().copied().zip(by_year).map(report).collect())
    }

    /// The calendars of the manifest's strips, by the strips' positions, each with the occasions that are
    /// drawn.
    pub fn published_calendars(&self) -> Vec<PublishedCalendar> {
        let strips = self.policy.manifest.strips.iter();
        let calendar = |spec: &crate::schema::StripSpec| {
            let occasions = self.reference.calendars.get(&spec.calendar);
            let occasions = occasions.into_iter().flat_map(|calendar| &calendar.occasions);
            PublishedCalendar {
                name: spec.calendar.clone(),
                title: spec.title.clone().unwrap_or_else(|| spec.label.clone()),
                not_known: crate::rules::NOT_KNOWN,
                occasions: occasions
                    .map(|occasion| PublishedOccasion {
                        id: occasion.id.clone(),
                        short: occasion.short.clone(),
                        in_words: occasion.in_words(),
                        start: occasion.start.clone(),
                        year: occasion.start.earliest().year(),
                    })
                    .collect(),
            }
        };
        strips.map(calendar).collect()
    }

    /// A name as lists are sorted by it: without case and accents.
    pub fn sort_name(name: &str) -> String {
        crate::dataset::names::fold(name)
    }

    /// The pages of all rules that word sentences.
    pub fn rule_pages(&self) -> Vec<RuleView> {
        pages::wording(&self.policy)
    }

    /// The list of files of the site that an earlier run built for a question, if nothing that it depends on
    /// differs now.
    pub fn remembered_site(&self, question: &impl Serialize) -> Option<String> {
        let asked = Asked::new("site", question, &format!("{:?}", self.policy_commit));
        StoredAnswer::whole(&self.cache, &asked, (self.moment(), self.options.today))
            .get_whole()
            .map(|(list, _)| list)
    }

    /// Remembers the list of files of a site.
    pub fn remember_site(&self, question: &impl Serialize, list: &str) {
        let asked = Asked::new("site", question, &format!("{:?}", self.policy_commit));
        if !self.store.has_gaps() {
            StoredAnswer::whole(&self.cache, &asked, (self.moment(), self.options.today))
                .put_whole(list, &[]);
        }
    }

    /// The dataset's title.
    pub fn title(&self) -> &str {
        &self.policy.manifest.title
    }

    /// A citation without question and hash.
    pub fn blank_citation(&self) -> Result<AnswerCitation, Failure> {
        let manifest = &self.policy.manifest;
        let known_on = match self.options.worktree {
            true => None,
            false => Some(self.repo.commit_info(&self.tip)?.committer_time.date_naive()),
        };
        Ok(AnswerCitation {
            dataset: manifest.title.clone(),
            licence: manifest.licence.clone(),
            url: manifest.url.clone(),
            question: String::new(),
            as_of: String::new(),
            known_at: (!self.options.worktree).then_some(self.tip),
            known_on: known_on.map(PartialDate::from_day),
            policy_from: self.policy_commit,
            tool: format!("sincewhen {BUILT_FROM}"),
            sha256: String::new(),
        })
    }

    fn commits_of(&self, timelines: &[&Timeline]) -> Result<HashMap<ObjectId, NamedCommit>, Failure> {
        let mut out = HashMap::new();
        for timeline in timelines {
            for edition in timeline.editions.iter().chain(&timeline.withdrawn) {
                for revision in edition.revisions() {
                    let commit = &revision.commit;
                    if out.contains_key(commit) {
                        continue;
                    }
                    let known = match commit.is_worktree() {
                        true => NamedCommit {
                            commit: *commit,
                            on: edition.date.clone(),
                            subject: "(not committed)".to_owned(),
                        },
                        false => {
                            let info = self.repo.commit_info(commit)?;
                            let on = PartialDate::from_day(info.committer_time.date_naive());
                            NamedCommit { commit: *commit, on, subject: info.summary }
                        }
                    };
                    out.insert(*commit, known);
                }
            }
        }
        Ok(out)
    }
}

impl<'s> Publisher<'s> {
    fn commit(&self, commit: &ObjectId) -> NamedCommit {
        self.commits.get(commit).expect("because all commits of the timelines were read").clone()
    }

    fn published<'t>(
        &self,
        timeline: &'t Timeline,
        years: &[i32],
    ) -> Result<(PublishedRecord, YearAccounts<'t>), Failure>
    where
        's: 't,
    {
        let (engine, store) = (self.engine, self.session.store);
        let subject = subject_as_of(engine, store, timeline, timeline.editions.last())?;
        let mut reader = RecordReader::new(engine, store, &subject, timeline);
        let mut editions = Vec::with_capacity(timeline.editions.len());
        let mut earlier: Option<ReadEdition> = None;
        for (at, edition) in timeline.editions.iter().enumerate() {
            let page = reader.page(edition)?;
            let mut profile = profile::of(engine, &subject, &page.document);
            profile.standing = reader.standing(&page);
            let step = earlier.as_ref().map(|from| reader.step(from, &page));
            profile.standing.sort_by_key(|observation| observation.significance);
            let strips = match at + 1 == timeline.editions.len() {
                true => engine.placed_strips(&subject, page.in_context()),
                false => Vec::new(),
            };
            let standing =
                profile.standing.iter().map(|o| (o.fingerprint.clone(), o.message.clone())).collect();
            let commit = self.commit(&edition.revision.commit);
            let amendments = edition.amendments.iter().map(|r| self.commit(&r.commit)).collect();
            let edition = page.name.clone();
            editions.push(PublishedEdition {
                edition,
                subject: commit.subject,
                amendments,
                profile,
                standing,
                strips,
                step,
            });
            earlier = Some(page);
        }
        let last = earlier.expect("because a record without editions is not published");
        let accounts = self.accounts(&mut reader, timeline, years)?;
        let replay = Replay { engine, store, subject: &subject, commits: &self.commits };
        let past = replay.past(timeline, &editions)?;
        let groups = engine.groups(&subject);
        let heading = heading_of(timeline, &subject, Some(last.edited()));
        let cite = self.citation(timeline, &heading, &last)?;
        let ends = self.ends.get(&timeline.id).cloned().unwrap_or_default();
        let record = PublishedRecord {
            heading,
            groups,
            editions,
            ended: ends.last,
            removals: ends.removals,
            past: past.0,
            amended: past.1,
            cite,
        };
        Ok((record, accounts))
    }

    /// The citation of a record's newest edition.
    fn citation(
        &self,
        timeline: &Timeline,
        heading: &RecordHeading,
        last: &ReadEdition,
    ) -> Result<AnswerCitation, Failure> {
        let newest = timeline.editions.last().expect("because there is at least one");
        let shown = ShowView {
            format: "sincewhen.record/1",
            heading: heading.clone(),
            edition: edition_ref(newest),
            file: newest.revision.path.to_string(),
            content: last.document.root.to_json(),
            bytes: Vec::new(),
            profile: Default::default(),
        };
        let answer =
            serde_json::to_value(&shown).expect("because views hold only strings as keys and finite numbers");
        let (id, date) = (timeline.id.to_string(), newest.date.to_string());
        let words = ["sincewhen", "show", &id, "--as-of", &date];
        let question = shlex::try_join(words)
            .map_err(|_| Failure::new(format!("{id}: a name with a NUL character cannot be cited")))?;
        Ok(AnswerCitation { question, as_of: date, sha256: digest(&answer), ..self.cite.clone() })
    }

    /// What the report of each year has to say of a record whose editions are read. All draw maps, the newest
    /// rows of marks, too.
    fn accounts<'t>(
        &self,
        reader: &mut RecordReader<'_, 't, Failure>,
        timeline: &'t Timeline,
        years: &[i32],
    ) -> Result<YearAccounts<'t>, Failure>
    where
        's: 't,
    {
        let newest = years.last().copied();
        let ends = self.ends.get(&timeline.id);
        let windows = super::report::years_of(timeline, ends, years);
        let account = |(window, period): &(Window<'t>, Period)| {
            let reporter = Reporter {
                engine: self.engine,
                source: self.session.store,
                stale_years: self.stale_years,
                draws: if Some(window.until.year()) == newest { Draws::Everything } else { Draws::Maps },
            };
            // A name that rests on fields can be another one in each year.
            match self.engine.names_by_fields(timeline.kind) {
                true => reporter.account(window, period),
                false => reporter.account_in(reader, window, period),
            }
        };
        windows.iter().map(account).collect()
    }
}
