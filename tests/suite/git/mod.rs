//! `sincewhen::git` against the real `git` program, on real repositories made for each test.

mod broken;
mod files;
mod history;
mod memory;
mod revisions;
mod safety;
mod sandbox;
