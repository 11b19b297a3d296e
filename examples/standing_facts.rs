//! Prints what stands in a record, and since when, with the place in the data that shows it.
//!
//! `cargo run --example standing_facts -- FOLDER RECORD [AS-OF]`. A program of its own needs
//! `sincewhen::session` alone: open a dataset, ask a question, use the answer.

use sincewhen::session::{Options, Session, SinceQuestion};
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(folder), Some(record)) = (words.next(), words.next()) else {
        return Err("usage: standing_facts FOLDER RECORD [AS-OF]".into());
    };
    let session = Session::open(&Options { start: PathBuf::from(folder), ..Options::default() })?;
    let question = SinceQuestion {
        records: vec![record],
        as_of: words.next().unwrap_or_else(|| "last".to_owned()),
        ..SinceQuestion::default()
    };
    for record in session.since(&question)?.records {
        println!("{}, as of {}", record.heading.heading, record.edition.last_updated);
        for fact in record.observations {
            println!("- {}", fact.message);
            if let Some(since) = &fact.since {
                println!("  since {}", since.in_words());
            }
            for place in &fact.evidence {
                println!("  {}:{}", place.file, place.start.line);
            }
        }
    }
    for note in session.notes() {
        eprintln!("note: {note}");
    }
    Ok(())
}
