//! The page of a record's sentences: each with its proof, and those that are no longer said with what stands
//! in their place.

use super::markup::Markup;
use super::paths;
use super::sentences::{EditionLink, Proven};
use crate::model::published::PastSentence;
use minijinja::Value;
use std::collections::HashMap;

/// The most facts and sources that a proof names.
const FACTS: usize = 8;
const SOURCES: usize = 6;

/// The sentences that are said of a record, as items of a list.
pub fn said(list: &[Proven<'_>], links: &[EditionLink], root: &str) -> Value {
    let mut out = Markup::default();
    for one in list {
        add_sentence(&mut out, one, links, root);
    }
    out.value()
}

fn add_sentence(out: &mut Markup, one: &Proven<'_>, links: &[EditionLink], root: &str) {
    out.raw("<li id=\"").text(one.fingerprint).raw("\">\n<p>").text(one.message);
    out.raw("</p>\n<dl class=\"proof\">\n<dt>Address</dt><dd><a href=\"#").text(one.fingerprint);
    out.raw("\"><code>").text(one.fingerprint).raw("</code></a></dd>\n<dt>Editions</dt><dd>");
    add_editions(out, &one.editions, links);
    out.raw("</dd>\n");
    if let Some(nature) = one.nature {
        out.raw("<dt>Nature</dt><dd>").text(nature).raw("</dd>\n");
    }
    if !one.detail.is_empty() {
        out.raw("<dt>Grounds</dt><dd>").text(one.detail).raw("</dd>\n");
    }
    add_facts(out, one);
    if !one.sources.is_empty() {
        out.raw("<dt>Sources</dt><dd><ul>\n");
        for source in one.sources.iter().take(SOURCES) {
            out.raw("<li>").linked(&source.text).raw("</li>\n");
        }
        if one.sources.len() > SOURCES {
            out.raw("<li>and ").of(&(one.sources.len() - SOURCES)).raw(" more</li>\n");
        }
        out.raw("</ul></dd>\n");
    }
    out.raw("<dt>Rule</dt><dd><a href=\"").text(root).raw("rules/").text(&paths::segment(one.rule));
    out.raw(".html\">").text(one.rule).raw("</a></dd>\n</dl>\n</li>\n");
}

/// The editions that say a sentence, newest first; neighbours as one range.
fn add_editions(out: &mut Markup, editions: &[usize], links: &[EditionLink]) {
    let link = |out: &mut Markup, at: usize| {
        out.raw("<a href=\"").text(&links[at].page).raw("\">").of(&links[at].date).raw("</a>");
    };
    for (at, run) in editions.chunk_by(|later, earlier| *later == earlier + 1).enumerate() {
        if at > 0 {
            out.raw(", ");
        }
        let (newest, oldest) = (run[0], run[run.len() - 1]);
        link(out, oldest);
        if newest != oldest {
            out.raw(if run.len() > 2 { " to " } else { " and " });
            link(out, newest);
        }
        if run.len() > 2 {
            out.raw(" (").of(&run.len()).raw(" editions)");
        }
    }
}

fn add_facts(out: &mut Markup, one: &Proven<'_>) {
    if one.evidence.is_empty() {
        return;
    }
    out.raw("<dt>Facts</dt><dd><ul>\n");
    for place in one.evidence.iter().take(FACTS) {
        out.raw("<li><code>")
            .text(&place.commit.short())
            .raw(":")
            .text(&place.file)
            .raw(":")
            .of(&place.start.line);
        out.raw(":").of(&place.start.column).raw("</code> ").of(&place.path).raw("</li>\n");
    }
    if one.evidence.len() > FACTS {
        out.raw("<li>and ").of(&(one.evidence.len() - FACTS)).raw(" more</li>\n");
    }
    out.raw("</ul></dd>\n");
}

/// The sentences that are no longer said, as items of a list, given the sentences of today by fingerprint.
pub fn past(list: &[PastSentence], now: &[Proven<'_>]) -> Value {
    let now: HashMap<&str, &str> = now.iter().map(|one| (one.fingerprint, one.message)).collect();
    let mut out = Markup::default();
    for one in list {
        out.raw("<li id=\"").text(&one.fingerprint).raw("\">\n<p><del>").text(&one.message);
        out.raw("</del></p>\n<dl class=\"proof\">\n<dt>Said of</dt><dd>the edition of ").of(&one.edition);
        out.raw("</dd>\n<dt>Until</dt><dd>commit <code>")
            .text(&one.until.commit.short())
            .raw("</code> of ")
            .of(&one.until.on);
        out.raw(" (").text(&one.until.subject).raw("): ").raw(one.cause).raw("</dd>\n");
        if let Some(reason) = &one.reason {
            out.raw("<dt>Reason</dt><dd>").text(reason).raw("</dd>\n");
        }
        out.raw("<dt>Now</dt><dd>");
        let mut replacements =
            one.replaced_by.iter().filter_map(|print| now.get_key_value(print.as_str())).peekable();
        if replacements.peek().is_some() {
            out.raw("<ul>");
            for (print, message) in replacements {
                out.raw("<li><a href=\"#").text(print).raw("\">").text(message).raw("</a></li>");
            }
            out.raw("</ul>");
        } else {
            out.raw("nothing is said of it any more");
        }
        out.raw("</dd>\n<dt>Rule</dt><dd>").text(&one.rule).raw("; <code>").text(&one.fingerprint);
        out.raw("</code></dd>\n</dl>\n</li>\n");
    }
    out.value()
}
