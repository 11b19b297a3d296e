//! What earlier runs answered: texts that were made of views, by the question they answer.

use crate::cache::{Cache, Stamp, Stamping};
use crate::history::{Edition, Timeline};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// A question and the form of its answer, as answers are remembered by.
pub(super) struct Asked {
    name: String,
}

impl Asked {
    /// A question of a command, serialised, and what else decides the bytes of the answer (format, width).
    pub fn new(command: &str, question: &impl Serialize, form: &str) -> Asked {
        let serialised =
            serde_json::to_vec(question).expect("because questions hold texts, numbers and flags");
        let mut name = Stamping::default();
        name.part(command).part(serialised).part(form);
        Asked { name: format!("{command}/{}", name.stamp().short()) }
    }
}

/// An answer's place in the memo.
pub(super) struct StoredAnswer<'c> {
    cache: &'c Cache,
    name: String,
    stamp: Stamp,
    today: Option<NaiveDate>,
}

impl<'c> StoredAnswer<'c> {
    /// The place of an answer to a question about some editions. Of one name only the last answer is kept:
    /// `about` is a record's name, or empty for an answer about many.
    pub fn new<'t>(
        cache: &'c Cache,
        words: &Stamp,
        (asked, about): (&Asked, &str),
        editions: impl IntoIterator<Item = (&'t Timeline, &'t Edition)>,
        notes: &[String],
    ) -> StoredAnswer<'c> {
        let name = format!("{}/{about}", asked.name);
        let mut stamp = Stamping::default();
        if cache.is_on() {
            stamp.part(words).part(notes.join("\0"));
            for (timeline, edition) in editions {
                let revision = &edition.revision;
                stamp.part(&timeline.id.0).part(format!("{} {:?}", timeline.kind, timeline.identity));
                stamp
                    .part(edition.date.to_string())
                    .part(revision.commit.digits())
                    .part(&revision.path.0)
                    .part(revision.blob.digits());
            }
        }
        StoredAnswer { cache, name, stamp: stamp.stamp(), today: None }
    }

    /// The place of a whole answer, with what is noted beside it, to a question that names no other git
    /// revision: it holds for a `moment` of the session, from the day on which it is given. Before that day,
    /// a date that it is about may be one of the future.
    pub fn whole(
        cache: &'c Cache,
        asked: &Asked,
        (moment, today): (Stamp, Option<NaiveDate>),
    ) -> StoredAnswer<'c> {
        StoredAnswer { cache, name: format!("{}/whole", asked.name), stamp: moment, today }
    }

    /// The whole answer and its notes, if they are kept.
    pub fn get_whole(&self) -> Option<(String, Vec<String>)> {
        let (answer, notes, day) = self.get_value::<(String, Vec<String>, Option<NaiveDate>)>()?;
        let is_given = self.today.is_none_or(|today| day.is_some_and(|day| day <= today));
        is_given.then_some((answer, notes))
    }

    /// A part of answers, if it is kept.
    pub fn get_value<T: for<'de> Deserialize<'de>>(&self) -> Option<T> {
        postcard::from_bytes(&self.cache.answer(&self.name, &self.stamp)?).ok()
    }

    /// Keeps a part of answers.
    pub fn put_value(&self, value: &impl Serialize) {
        if let (true, Ok(bytes)) = (self.cache.is_on(), postcard::to_stdvec(value)) {
            self.cache.put_answer(&self.name, &self.stamp, &bytes);
        }
    }

    /// Keeps the whole answer and its notes.
    pub fn put_whole(&self, answer: &str, notes: &[String]) {
        self.put_value(&(answer, notes, self.today));
    }

    /// The answer, if it is kept.
    pub fn get(&self) -> Option<String> {
        String::from_utf8(self.cache.answer(&self.name, &self.stamp)?).ok()
    }

    /// Keeps the answer.
    pub fn put(&self, answer: &str) {
        self.cache.put_answer(&self.name, &self.stamp, answer.as_bytes());
    }
}
