//! What every page, JSON file and feed of a site is made with and written by.

use super::feeds::{Feed, FeedEntry};
use super::output::{self, SiteFolder};
use super::paths;
use super::templates::{page, value};
use crate::model::cite::AnswerCitation;
use crate::model::{Failure, PartialDate};
use minijinja::{Environment, Value, context};
use serde::Serialize;

/// What every page is made with.
pub struct PageWriter<'m> {
    /// The templates.
    pub env: &'m Environment<'static>,
    /// Where the files go.
    pub folder: &'m SiteFolder,
    /// What every page says of the site.
    pub site: Value,
    /// The address that the site will have, with a final slash.
    pub base: Option<String>,
}
impl PageWriter<'_> {
    /// Renders a template as the file at a path.
    pub fn put(&self, path: &str, template: &str, context: Value) -> Result<(), Failure> {
        let frame = context! { root => paths::root_of(path), site => self.site.clone(), ..context };
        self.folder.put(path, page(self.env, template, frame).as_bytes())
    }

    /// Writes a value as JSON.
    pub fn put_json(&self, path: &str, of: &impl Serialize) -> Result<(), Failure> {
        self.folder.put(path, format!("{}\n", output::json(of)).as_bytes())
    }

    /// Writes a feed as Atom and as JSON Feed: its path without the ending, the page beside it, its title.
    pub fn put_feed<'e>(
        &self,
        names: (&str, &str, &str),
        entries: impl IntoIterator<Item = &'e FeedEntry>,
    ) -> Result<(), Failure> {
        let feed = Feed::new(names, self.base.as_deref(), entries);
        let atom = page(self.env, "atom", context! { feed => value(&feed), site => self.site.clone() });
        self.folder.put(&format!("{}.xml", names.0), atom.as_bytes())?;
        self.folder.put(&format!("{}.json", names.0), feed.json().as_bytes())
    }
}

/// What every page says of the site: its title, the commit, the licence, the program.
pub fn site_value(title: &str, cite: &AnswerCitation) -> Value {
    context! {
        title => title,
        commit => cite.known_at.as_ref().map(|commit| commit.digits()),
        date => cite.known_on.as_ref().map(PartialDate::in_words),
        licence => cite.licence.clone(),
        tool => cite.tool.clone(),
    }
}
