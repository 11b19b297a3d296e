//! Rows of marks, broken to the width, with years above and a legend below.

use super::{DIM, plain};
use crate::model::results::Strip;
use std::fmt::Write;

pub(super) fn draw(out: &mut String, strips: &[Strip], width: usize) {
    for strip in strips {
        let lead = strip.label.chars().count().max(4) + 4;
        let per_row = (width.saturating_sub(lead) / 3).max(1);
        out.push('\n');
        for (row, cells) in strip.cells.chunks(per_row).enumerate() {
            let mut years = String::new();
            let mut last = None;
            for cell in cells {
                let year = if last == Some(cell.year) {
                    "  ".to_owned()
                } else {
                    format!("{:02}", cell.year.rem_euclid(100))
                };
                last = Some(cell.year);
                write!(years, "{year} ").expect("because writing to a string cannot fail");
            }
            let marks: String = cells.iter().map(|cell| format!("{:<2} ", plain(&cell.mark))).collect();
            let label = if row == 0 { plain(&strip.label) } else { String::new() };
            writeln!(out, "{}{DIM}{}{DIM:#}", " ".repeat(lead), years.trim_end())
                .expect("because writing to a string cannot fail");
            writeln!(out, "  {label:<label_width$}{}", marks.trim_end(), label_width = lead - 2)
                .expect("because writing to a string cannot fail");
        }
        let legend: Vec<String> = strip
            .legend
            .iter()
            .map(|(mark, meaning)| format!("{} {}", plain(mark), plain(meaning)))
            .collect();
        writeln!(out, "  {DIM}{}{DIM:#}", legend.join("   "))
            .expect("because writing to a string cannot fail");
    }
}
