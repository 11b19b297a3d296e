//! A dataset as static pages: records, their editions, every sentence with its address, groups, years,
//! occasions, rules, feeds.
//!
//! Owns pages, addresses and feeds. Everything that is said comes from `session`; must not classify, word,
//! read git or a clock. Pages need no server and no script, ask nothing of the network (their policy forbids
//! it), and work from a folder.

mod feeds;
mod firsts;
mod front;
mod lists;
mod markup;
mod output;
mod pairs;
mod paths;
mod proofs;
mod record_markup;
mod record_pages;
mod sentences;
mod templates;
mod writer;

use crate::model::Failure;
use crate::model::report::ReportView;
use crate::model::view::SiteView;
use crate::session::{Progress, Session};
use front::FrontLists;
use output::SiteFolder;
use record_pages::Digest;
use serde::Serialize;
use std::path::PathBuf;
use writer::{PageWriter, site_value};

/// Which site to build.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SiteQuestion {
    /// The records by name; all if there are none.
    pub records: Vec<String>,
    /// The folder: a new one, an empty one, or that of an earlier build.
    pub out: PathBuf,
    /// Where the site is published, for feeds: `https://example.org/positions/`.
    pub base_url: Option<String>,
}

/// Builds a site.
///
/// # Errors
/// A record that is not known, a folder that holds other files, an address that is none, or what the system
/// refused.
pub fn build(
    session: &Session,
    question: &SiteQuestion,
    progress: &Progress<'_>,
) -> Result<SiteView, Failure> {
    let base = question.base_url.as_deref().map(base_url).transpose()?;
    if let Some(list) = session.remembered_site(question)
        && let Some((found, files)) = output::complete(&question.out)
        && found == list
    {
        return Ok(SiteView { format: "sincewhen.site/1", files, written: 0, removed: 0 });
    }
    let folder = SiteFolder::open(&question.out)?;
    let env = templates::environment();
    let cite = session.blank_citation()?;
    let maker = PageWriter { env: &env, folder: &folder, site: site_value(session.title(), &cite), base };
    let mut made = session.published(&question.records, &|published| maker.record(&published), progress)?;
    made.records.sort_by_cached_key(|digest| Session::sort_name(&digest.heading));
    maker.shared(session, &made.records, &made.reports)?;
    let written = folder.finish()?;
    session.remember_site(question, &written.list);
    let output::WrittenSite { files, written, removed, .. } = written;
    Ok(SiteView { format: "sincewhen.site/1", files, written, removed })
}

/// An address that ends with a slash.
fn base_url(text: &str) -> Result<String, Failure> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = text.chars().all(|c| c.is_ascii_graphic() && !"<>\"'`{}|\\^?#".contains(c));
    if !is_web || !is_plain {
        return Err(Failure::new(format!("--base-url {text}: not an address of the web"))
            .hint("write it as https://example.org/positions/"));
    }
    Ok(format!("{}/", text.trim_end_matches('/')))
}

impl PageWriter<'_> {
    /// The pages about many records.
    fn shared(&self, session: &Session, digests: &[Digest], reports: &[ReportView]) -> Result<(), Failure> {
        for (path, text) in [
            ("style.css", include_str!("../render/html/style.css")),
            ("filter.js", include_str!("../render/html/filter.js")),
            ("report.css", include_str!("../render/html/report.css")),
            ("charts.js", include_str!("../render/html/charts.js")),
            ("site.css", include_str!("site.css")),
            ("search.js", include_str!("search.js")),
            ("compare.js", include_str!("compare.js")),
        ] {
            self.folder.put(path, text.as_bytes())?;
        }
        let most = digests.iter().map(|digest| digest.editions).max().unwrap_or(0);
        self.folder.put("compare.css", pairs::style(most).as_bytes())?;
        let (calendars, rules) = (session.published_calendars(), session.rule_pages());
        let ((groups, years), ((calendars, standing), feeds)) = rayon::join(
            || rayon::join(|| self.groups(digests), || self.years(reports, digests)),
            || {
                let lists =
                    || rayon::join(|| self.occasions(&calendars, digests), || self.rules(&rules, digests));
                rayon::join(lists, || self.feeds(digests))
            },
        );
        feeds?;
        let (groups, years, calendars, standing) = (groups?, years?, calendars?, standing?);
        let lists = FrontLists { groups: &groups, years: &years, calendars: &calendars, standing: &standing };
        self.index(digests, &lists, reports.last())?;
        self.records(session.title(), digests, &groups)
    }
}
