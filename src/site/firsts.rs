//! Since which edition each line of a record has stood there without a break.

use super::sentences::EditionLink;
use crate::model::published::PublishedEdition;
use crate::model::view::Profile;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The edition since which a line stands.
#[derive(Debug)]
pub struct LineSince<'p> {
    /// Its date.
    pub date: String,
    /// Its page.
    pub page: &'p str,
    /// Its date, commit and the first line of the commit's message.
    pub edition: String,
}

/// For each line of the newest profile, the sections' first and then the prose's, the edition since which
/// every edition has it.
pub fn since<'p>(editions: &'p [PublishedEdition], links: &'p [EditionLink]) -> Vec<LineSince<'p>> {
    let newest = &editions.last().expect("because a record has an edition").profile;
    let mut keys = Vec::new();
    each_line(newest, |key| keys.push(key));
    let mut since: Vec<usize> = vec![0; keys.len()];
    let mut open: Vec<usize> = (0..keys.len()).collect();
    for (at, edition) in editions.iter().enumerate().rev().skip(1) {
        if open.is_empty() {
            break;
        }
        let mut here = HashSet::new();
        each_line(&edition.profile, |key| {
            here.insert(key);
        });
        open.retain(|line| {
            let stood = here.contains(&keys[*line]);
            if !stood {
                since[*line] = at + 1;
            }
            stood
        });
    }
    since.into_iter().map(|at| since_of(&editions[at], &links[at])).collect()
}

fn since_of<'p>(edition: &PublishedEdition, link: &'p EditionLink) -> LineSince<'p> {
    let commit: String = edition.edition.commit.to_string().chars().take(10).collect();
    LineSince {
        date: link.date.to_string(),
        page: &link.page,
        edition: format!(
            "first recorded so in the edition of {} (commit {commit}, {})",
            link.date, edition.subject
        ),
    }
}

/// What distinguishes each line of a profile from the others: its part, what it stands under, and what it
/// says.
fn each_line(profile: &Profile, mut seen: impl FnMut(u64)) {
    for section in profile.sections.iter().chain(&profile.prose) {
        let mut above: Vec<u64> = Vec::new();
        for line in &section.lines {
            above.truncate(line.depth);
            let mut hasher = DefaultHasher::new();
            (&section.title, &above, &line.label, &line.text).hash(&mut hasher);
            let key = hasher.finish();
            seen(key);
            above.resize(line.depth, 0);
            above.push(key);
        }
    }
}
