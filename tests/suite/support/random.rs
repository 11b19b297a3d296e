//! Histories of notes made at random, the same each time.

use super::Repo;
use super::notes::{self, note};
use super::stream::{Mark, Stream, Tree};

/// Numbers that look random and are the same each time.
pub struct Dice(pub u64);

impl Dice {
    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A history of notes that are edited, corrected, moved, deleted and restored on branches that are merged, at
/// shuffled times.
pub fn random_history(seed: u64) -> Repo {
    let mut dice = Dice(seed);
    let mut stream = Stream::default();
    let policy: Tree = notes::policy_files()
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect();
    let first = stream.commit("policy", 1_500_000_000, &[], &policy);
    let mut tips: Vec<(Mark, Tree)> = vec![(first, policy)];
    for step in 0..40 {
        let at = dice.roll(tips.len() as u64) as usize;
        let (parent, mut tree) = tips[at].clone();
        for _ in 0..=dice.roll(3) {
            change(&mut dice, &mut tree);
        }
        let mut parents = vec![parent];
        if tips.len() > 1 && dice.roll(4) == 0 {
            let other = (at + 1) % tips.len();
            parents.push(tips[other].0);
            // An ordinary merge brings what the other side has; some bring more.
            for (path, text) in tips[other].1.clone() {
                if dice.roll(2) == 0 {
                    tree.insert(path, text);
                }
            }
        }
        let seconds = 1_500_000_000 + dice.roll(100_000_000) as i64;
        let commit = stream.commit(&format!("step {step}"), seconds, &parents, &tree);
        if dice.roll(5) == 0 {
            tips.push((commit, tree));
        } else {
            tips[at] = (commit, tree);
        }
    }
    let parents: Vec<Mark> = tips.iter().map(|(mark, _)| *mark).collect();
    let tree = tips[0].1.clone();
    stream.commit("all together", 1_400_000_000, &parents, &tree);
    stream.write()
}

fn change(dice: &mut Dice, tree: &mut Tree) {
    let record = format!("n{}", dice.roll(6));
    let path =
        if dice.roll(6) == 0 { format!("notes/moved/{record}.yaml") } else { format!("notes/{record}.yaml") };
    if dice.roll(8) == 0 {
        tree.remove(&path);
    } else {
        let date = format!("20{:02}-0{}-01", 10 + dice.roll(10), 1 + dice.roll(9));
        tree.insert(path, note(&record, &date, dice.roll(5) as i64).into_bytes());
    }
}
