//! Any text is a date or an error; a date's ends are in order, and its own text is the same date again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sincewhen::model::PartialDate;

fuzz_target!(|text: &str| {
    let Ok(date) = PartialDate::parse(text) else { return };
    assert!(date.range().start <= date.range().end && date.earliest() <= date.latest());
    assert_eq!(PartialDate::parse(date.as_str()).as_ref(), Ok(&date));
    let _ = (date.in_words(), date.month_in_words(), date.year(), date.refines(&date));
});
