//! Every question that can be cited, in one form: a command line whose names and dates are written one way.
//!
//! Owns the normal form. Reading a command line back is the command line's.

use super::{
    BlameQuestion, ChangelogQuestion, DiffQuestion, ExplainQuestion, Explained, FilterQuestion, LogQuestion,
    RangeQuestion, ReportQuestion, SentenceOrder, Session, ShowQuestion, SinceQuestion, dates,
};
use crate::history::Pick;
use crate::model::{Failure, PartialDate};
use serde::Serialize;
use serde_json::Value;

/// A question that can be cited.
#[derive(Clone, Debug)]
pub enum Question {
    /// The editions of records.
    Log(LogQuestion),
    /// A record as of a date.
    Show(ShowQuestion),
    /// What differs between two editions.
    Diff(DiffQuestion),
    /// What changed, in sentences.
    Changelog(ChangelogQuestion),
    /// What has stayed so.
    Since(SinceQuestion),
    /// What a year brought.
    Report(ReportQuestion),
    /// Which edition and commit each fact comes from.
    Blame(BlameQuestion),
    /// The proof of a sentence.
    Explain(ExplainQuestion),
}

impl Session {
    /// The answer as JSON: what `--format json` writes, without the citation.
    ///
    /// # Errors
    /// As the method of the question.
    pub fn answer(&self, question: &Question) -> Result<Value, Failure> {
        Ok(match question {
            Question::Log(asked) => json(&self.log(asked)?),
            Question::Show(asked) => json(&self.show(asked)?),
            Question::Diff(asked) => json(&self.diff(asked)?),
            Question::Changelog(asked) => json(&self.changelog(asked)?),
            Question::Since(asked) => json(&self.since(asked)?),
            Question::Report(asked) => json(&self.report(asked, &|_, _, _| {})?),
            Question::Blame(asked) => json(&self.blame(asked)?),
            Question::Explain(asked) => match self.explain(asked)? {
                Explained::Rule(page) => json(&page),
                Explained::Sentences(view) => json(&view),
            },
        })
    }

    /// A question in normal form, as the words of a command line: records by their identity, dates as ISO
    /// 8601 writes them, git revisions as full commit ids, and only what is not the default.
    ///
    /// # Errors
    /// A name, date or revision that cannot be read.
    pub fn normal_words(&self, question: &Question) -> Result<Vec<String>, Failure> {
        let mut words = QuestionWords { session: self, command: Vec::new(), options: Vec::new() };
        words.question(question)?;
        let mut out = vec!["sincewhen".to_owned()];
        out.extend(words.command);
        out.extend(words.options);
        Ok(out)
    }

    /// As of when a question is asked, in the question's own terms.
    pub(super) fn as_of_words(&self, question: &Question) -> Result<String, Failure> {
        let range = |range: &RangeQuestion, first: &str| -> Result<String, Failure> {
            if let Some(during) = &range.during {
                return self.normal_pick(during);
            }
            let end = |text: &Option<String>, default: &str| match given(text) {
                Some(text) => self.normal_pick(text),
                None => Ok(default.to_owned()),
            };
            Ok(format!("{}..{}", end(&range.from, first)?, end(&range.to, "last")?))
        };
        match question {
            Question::Log(_) | Question::Explain(_) => Ok("first..last".to_owned()),
            Question::Show(asked) => self.normal_pick(&asked.as_of),
            Question::Since(asked) => self.normal_pick(&asked.as_of),
            Question::Blame(asked) => self.normal_pick(&asked.as_of),
            Question::Diff(asked) => range(&asked.range, "previous"),
            Question::Changelog(asked) => range(&asked.range, "first"),
            Question::Report(asked) => match &asked.period {
                Some(period) => Ok(dates::read_only(period)?.to_string()),
                None => range(&asked.range, "first"),
            },
        }
    }

    /// The text that names an edition, written one way.
    fn normal_pick(&self, text: &str) -> Result<String, Failure> {
        Ok(match dates::pick(text)? {
            Pick::Revision(revision) => format!("rev:{}", self.repo.resolve(&revision)?),
            Pick::Through(date) | Pick::Before(date) => date.to_string(),
            Pick::First => "first".to_owned(),
            Pick::Last => "last".to_owned(),
            Pick::Previous => "previous".to_owned(),
        })
    }

    /// The names of records as selections understand them, sorted.
    fn normal_records(&self, names: &[String]) -> Result<Vec<String>, Failure> {
        let mut out = self.names.read(names)?.all();
        out.sort();
        out.dedup();
        Ok(out)
    }
}

impl Question {
    /// The records that are asked about, as they were named.
    pub fn records(&self) -> Vec<String> {
        match self {
            Question::Log(asked) => asked.records.clone(),
            Question::Show(asked) => asked.record.clone(),
            Question::Diff(asked) => asked.records.clone(),
            Question::Changelog(asked) => asked.records.clone(),
            Question::Since(asked) => asked.records.clone(),
            Question::Report(asked) => asked.records.clone(),
            Question::Blame(asked) => vec![asked.record.clone()],
            Question::Explain(asked) => asked.records.clone(),
        }
    }

    /// The date after which editions do not matter to the answer; `None` where the newest ones do.
    pub(super) fn until(&self) -> Option<PartialDate> {
        let text = match self {
            Question::Log(_) | Question::Explain(_) => None,
            Question::Show(asked) => Some(&asked.as_of),
            Question::Since(asked) => Some(&asked.as_of),
            Question::Blame(asked) => Some(&asked.as_of),
            Question::Diff(DiffQuestion { range, .. })
            | Question::Changelog(ChangelogQuestion { range, .. }) => {
                range.during.as_ref().or(range.to.as_ref())
            }
            // What a later edition puts right in a period is part of the report.
            Question::Report(_) => None,
        };
        dates::read(text?).ok()?
    }
}

fn json(view: &impl Serialize) -> Value {
    serde_json::to_value(view).expect("because views hold only strings as keys and finite numbers")
}

/// A text that is more than blanks.
fn given(text: &Option<String>) -> Option<&String> {
    text.as_ref().filter(|text| !text.trim().is_empty())
}

/// The words of a question while they are put together.
struct QuestionWords<'s> {
    session: &'s Session,
    command: Vec<String>,
    options: Vec<String>,
}

impl QuestionWords<'_> {
    fn question(&mut self, question: &Question) -> Result<(), Failure> {
        match question {
            Question::Log(asked) => self.command("log", &asked.records),
            Question::Show(asked) => {
                self.command("show", &asked.record)?;
                self.as_of(&asked.as_of)
            }
            Question::Diff(asked) => {
                self.command("diff", &asked.records)?;
                self.range(&asked.range)
            }
            Question::Changelog(asked) => {
                self.command("changelog", &asked.records)?;
                self.range(&asked.range)?;
                self.flag("direct", asked.direct);
                self.flag("reverse", asked.oldest_first);
                self.flag("no-editorial", asked.no_editorial);
                self.flag("continuing", asked.continuing);
                self.filter(&asked.filter)
            }
            Question::Since(asked) => {
                self.command("since", &asked.records)?;
                self.as_of(&asked.as_of)?;
                self.filter(&asked.filter)
            }
            Question::Report(asked) => {
                self.command("report", &asked.records)?;
                if let Some(period) = &asked.period {
                    self.command.insert(1, dates::read_only(period)?.to_string());
                }
                self.range(&asked.range)?;
                self.option("by", asked.by.as_ref());
                self.option("stale", asked.stale.map(|years| years.to_string()).as_ref());
                self.filter(&asked.filter)
            }
            Question::Blame(asked) => {
                self.command("blame", std::slice::from_ref(&asked.record))?;
                self.command.extend(asked.path.clone());
                self.as_of(&asked.as_of)
            }
            Question::Explain(asked) => {
                self.command("explain", &asked.records)?;
                self.command.insert(1, asked.name.clone());
                Ok(())
            }
        }
    }

    fn command(&mut self, name: &str, records: &[String]) -> Result<(), Failure> {
        self.command.push(name.to_owned());
        self.command.extend(self.session.normal_records(records)?);
        Ok(())
    }

    fn option(&mut self, name: &str, value: Option<&String>) {
        match value {
            Some(value) if value.starts_with('-') => self.options.push(format!("--{name}={value}")),
            Some(value) => self.options.extend([format!("--{name}"), value.clone()]),
            None => {}
        }
    }

    fn flag(&mut self, name: &str, is_set: bool) {
        self.options.extend(is_set.then(|| format!("--{name}")));
    }

    fn as_of(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.session.normal_pick(text)?;
        self.option("as-of", Some(&written).filter(|written| *written != "last"));
        Ok(())
    }

    fn range(&mut self, range: &RangeQuestion) -> Result<(), Failure> {
        if let Some(during) = &range.during {
            self.command.push(self.session.normal_pick(during)?);
        }
        for (name, end) in [("from", &range.from), ("to", &range.to)] {
            let end = given(end).map(|text| self.session.normal_pick(text)).transpose()?;
            self.option(name, end.as_ref());
        }
        Ok(())
    }

    fn filter(&mut self, filter: &FilterQuestion) -> Result<(), Failure> {
        let lists = [
            ("rule", &filter.rules),
            ("nature", &filter.natures),
            ("significance", &filter.significances),
            ("field", &filter.fields),
        ];
        for (name, values) in lists {
            let mut values = values.clone();
            values.sort();
            values.dedup();
            values.iter().for_each(|value| self.option(name, Some(value)));
        }
        for (name, date) in
            [("started-before", &filter.started_before), ("started-after", &filter.started_after)]
        {
            let date = date.as_deref().map(dates::read_only).transpose()?.map(|date| date.to_string());
            self.option(name, date.as_ref());
        }
        let order = match filter.sort {
            None | Some(SentenceOrder::Record) => None,
            Some(SentenceOrder::Since) => Some("since".to_owned()),
            Some(SentenceOrder::Significance) => Some("significance".to_owned()),
        };
        self.option("sort", order.as_ref());
        Ok(())
    }
}
