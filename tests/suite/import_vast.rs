//! A spreadsheet of a kilobyte asks for no more memory than its table needs, in whatever form it comes.

use crate::import_support::Repo;
use std::io::Write as _;

const NEW: [&str; 6] = ["import", "votes", "t", "--set", "calendar=ccm-resolutions", "--set"];
const HEAD: [&str; 3] = ["Resolution", "Country", "Vote"];
const ROW: [&str; 3] = ["81/44", "Turkey", "Y"];

fn repo() -> Repo {
    Repo::with(&[("TUR", "cluster-munitions", "")])
}

fn args() -> Vec<&'static str> {
    [&NEW[..], &["date=2026-12-07"]].concat()
}

#[track_caller]
fn read(bytes: &[u8]) {
    let repo = repo();
    repo.write_bytes("t", bytes);
    let draft = repo.json(&args());
    assert_eq!(draft["records"][0]["record"], "TUR/cluster-munitions", "{draft:#}");
}

#[track_caller]
fn refused(bytes: &[u8]) -> String {
    let repo = repo();
    repo.write_bytes("t", bytes);
    repo.refused(&args())
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in parts {
        zip.start_file(*name, stored).expect("a part");
        zip.write_all(bytes).expect("its bytes");
    }
    zip.finish().expect("an archive").into_inner()
}

/// An ODS file of one sheet, given by its rows.
fn ods(rows: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:table=\"t\" xmlns:text=\"x\"><office:body>\
         <office:spreadsheet><table:table table:name=\"Votes\">{rows}</table:table></office:spreadsheet>\
         </office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest xmlns:manifest=\"m\"/>"),
    ])
}

fn ods_cell(text: &str, more: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"{more}><text:p>{text}</text:p></table:table-cell>")
}

fn ods_row(cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|text| ods_cell(text, "")).collect();
    format!("<table:table-row>{cells}</table:table-row>")
}

/// What a spreadsheet program writes below and beside a table: styled cells without content, repeated to the
/// end of the sheet.
const REST_OF_THE_SHEET: &str = "<table:table-row table:number-rows-repeated=\"1048574\">\
     <table:table-cell table:style-name=\"s\" table:number-columns-repeated=\"16384\"/></table:table-row>";

#[test]
fn an_ods_file_is_read() {
    read(&ods(&(ods_row(&HEAD) + &ods_row(&ROW) + REST_OF_THE_SHEET)));
    let styled = "<table:table-cell table:number-columns-repeated=\"16381\"/></table:table-row>";
    let wide = ods_row(&HEAD).replace("</table:table-row>", styled);
    read(&ods(&(wide + &ods_row(&ROW))));
}

#[test]
fn cells_of_an_ods_file_that_lie_far_apart_are_refused() {
    let table = ods_row(&HEAD) + &ods_row(&ROW);
    let far_down =
        table.clone() + REST_OF_THE_SHEET + &ods_row(&ROW) + &ods_row(&["far", "", "", "away", "x"]);
    let far_right = ods_row(&HEAD).replace(
        "</table:table-row>",
        &format!(
            "<table:table-cell table:number-columns-repeated=\"16000\"/>{}</table:table-row>",
            ods_cell("far", "")
        ),
    ) + &ods_row(&ROW).repeat(400);
    let one = ods_cell("x", " table:number-columns-repeated=\"16384\"");
    let filled = table.clone() + &format!("<table:table-row>{one}</table:table-row>").repeat(400);
    let rows = format!("<table:table-row table:number-rows-repeated=\"4000000000\">{one}</table:table-row>");
    for (what, sheet) in [
        ("far down", far_down),
        ("far to the right", far_right),
        ("filled rows", filled),
        ("a filled row, repeated", table.clone() + &rows),
    ] {
        let error = refused(&ods(&sheet));
        assert!(
            error.contains("sheet `Votes` spans") && error.contains("more than 1000000"),
            "{what}: {error}"
        );
    }
    // What fits is read, and a row that stands very often is a short answer.
    let again = "<table:table-row table:number-rows-repeated=\"300000\">";
    let error = refused(&ods(&(ods_row(&HEAD) + &ods_row(&ROW).replace("<table:table-row>", again))));
    assert!(error.contains("a row stands twice") && error.lines().count() < 300, "{}", error.len());
    let endless = table.replace("<table:table-row>", "<table:table-row table:number-rows-repeated=\"-1\">");
    assert!(refused(&ods(&endless)).contains("`table:number-rows-repeated=\"-1\"` is no number"));
}

/// A record of BIFF.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a short record");
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

fn halves(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn wholes(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a short text");
    record(0x0204, &[&halves(&[row, column, 0, length])[..], &[0], text.as_bytes()].concat())
}

/// The stream of a workbook with one sheet of some records.
fn biff(sheet: &[u8]) -> Vec<u8> {
    let begin = |what: u16| record(0x0809, &halves(&[0x0600, what, 0, 0, 0, 0, 0, 0]));
    let named = |start: u32| record(0x0085, &[&wholes(&[start])[..], &[0, 0, 5, 0], b"Votes"].concat());
    let globals = begin(5).len() + named(0).len() + record(0x000A, &[]).len();
    let start = u32::try_from(globals).expect("a short stream");
    [begin(5), named(start), record(0x000A, &[]), begin(0x10), sheet.to_vec(), record(0x000A, &[])].concat()
}

/// A compound file with one stream, long enough to lie in sectors of its own.
fn compound(stream: &[u8], next: impl Fn(u32, u32) -> u32) -> Vec<u8> {
    const LAST: u32 = 0xFFFF_FFFE;
    let length = stream.len().next_multiple_of(512).max(4096);
    let sectors = u32::try_from(length / 512).expect("a short stream");
    // The first sector has the chains, the second the directory; the stream comes behind them.
    let mut chains = vec![0xFFFF_FFFD, LAST];
    chains.extend((2..2 + sectors).map(|at| if at == 1 + sectors { LAST } else { next(at, at + 1) }));
    chains.resize(128, 0xFFFF_FFFF);
    let mut header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    header.resize(24, 0);
    header.extend(halves(&[0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0]));
    header.extend(wholes(&[0, 1, 1, 0, 4096, LAST, 0, LAST, 0, 0]));
    header.resize(512, 0xFF);
    let entry = |name: &str, kind: u8, start: u32, length: usize| {
        let mut out = halves(&name.encode_utf16().collect::<Vec<_>>());
        out.resize(64, 0);
        out.extend(halves(&[u16::try_from(2 * name.len() + 2).expect("a short name")]));
        out.extend([kind, 1]);
        out.extend(wholes(&[u32::MAX, u32::MAX, if kind == 5 { 1 } else { u32::MAX }]));
        out.resize(116, 0);
        out.extend(wholes(&[start, u32::try_from(length).expect("a short stream"), 0]));
        out
    };
    let mut directory = entry("Root Entry", 5, LAST, 0);
    directory.extend(entry("Workbook", 2, 2, length));
    directory.resize(512, 0);
    let mut body = stream.to_vec();
    body.resize(length, 0);
    [header, wholes(&chains), directory, body].concat()
}

fn xls_table() -> Vec<u8> {
    let cells = [HEAD, ROW].into_iter().zip(0_u16..);
    cells
        .flat_map(|(row, down)| (0_u16..).zip(row).flat_map(move |(at, text)| label(down, at, text)))
        .collect()
}

#[test]
fn an_xls_file_is_read() {
    read(&compound(&biff(&xls_table()), |_, next| next));
    let said = record(0x0200, &[&wholes(&[0, 2])[..], &halves(&[0, 3, 0])].concat());
    read(&compound(&biff(&[said, xls_table()].concat()), |_, next| next));
}

#[test]
fn cells_of_an_xls_file_that_lie_far_apart_are_refused() {
    // The format has 256 columns, and 16 bits for their numbers.
    let far = [xls_table(), label(65_535, 65_535, "far")].concat();
    let several =
        [xls_table(), record(0x00BD, &[&halves(&[65_535, 65_000])[..], &[0; 14]].concat())].concat();
    let said = |numbers: &[u32]| {
        let said = record(0x0200, &[&wholes(numbers)[..], &halves(&[0, 0x100, 0])].concat());
        [said, xls_table()].concat()
    };
    for (what, sheet) in [
        ("a far cell", far),
        ("several numbers", several),
        ("said to be vast", said(&[0, u32::MAX])),
        ("said to end before it begins", said(&[9, 2])),
    ] {
        let error = refused(&compound(&biff(&sheet), |_, next| next));
        assert!(error.contains("a sheet spans") && error.contains("more than 1000000"), "{what}: {error}");
    }
}

/// Sectors that follow each other in a circle have no end; those that are not there have no bytes.
#[test]
fn chains_of_an_xls_file_that_lead_nowhere_are_refused() {
    let circle = compound(&biff(&xls_table()), |_, next| next);
    let mut directory = circle.clone();
    directory[512 + 4..512 + 8].copy_from_slice(&1_u32.to_le_bytes());
    let error = refused(&directory);
    assert!(error.contains("a chain of sectors has no end"), "{error}");
    let error = refused(&compound(&biff(&xls_table()), |_, _| 0x00FF_0000));
    assert!(error.contains("a sector is missing"), "{error}");
    let error = refused(&circle[..600]);
    assert!(error.contains("cannot be read"), "{error}");
}

/// A record of XLSB: numbers in bytes of seven bits, the lowest first.
fn xlsb_record(kind: u16, data: &[u8]) -> Vec<u8> {
    let low = u8::try_from(kind & 0x7F).expect("seven bits");
    let kind =
        if kind < 0x80 { vec![low] } else { vec![low | 0x80, u8::try_from(kind >> 7).expect("a byte")] };
    [
        &kind[..],
        &[u8::try_from(data.len()).ok().filter(|length| *length < 0x80).expect("a short record")],
        data,
    ]
    .concat()
}

fn xlsb_text(text: &str) -> Vec<u8> {
    let units: Vec<u16> = text.encode_utf16().collect();
    [wholes(&[u32::try_from(units.len()).expect("a short text")]), halves(&units)].concat()
}

fn xlsb(cells: &[(u32, u32, &str)]) -> Vec<u8> {
    let sheet_of = [wholes(&[0, 1]), xlsb_text("rId1"), xlsb_text("Votes")].concat();
    let book = [xlsb_record(0x9C, &sheet_of), xlsb_record(0x90, &[]), xlsb_record(0x84, &[])].concat();
    let mut sheet =
        [xlsb_record(0x81, &[]), xlsb_record(0x94, &wholes(&[0, 1, 0, 2])), xlsb_record(0x91, &[])].concat();
    for (row, column, text) in cells {
        sheet.extend(xlsb_record(0, &wholes(&[*row, 0, 0, 0])));
        sheet.extend(xlsb_record(6, &[wholes(&[*column, 0]), xlsb_text(text)].concat()));
    }
    sheet.extend([xlsb_record(0x92, &[]), xlsb_record(0x82, &[])].concat());
    let linked =
        "<Relationships><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    archive(&[
        ("xl/workbook.bin", &book),
        ("xl/_rels/workbook.bin.rels", linked.as_bytes()),
        ("xl/worksheets/sheet1.bin", &sheet),
    ])
}

#[test]
fn an_xlsb_file_is_read_unless_its_cells_lie_far_apart() {
    let mut cells: Vec<(u32, u32, &str)> = Vec::new();
    for (row, texts) in (0..).zip([HEAD, ROW]) {
        cells.extend((0..).zip(texts).map(|(column, text)| (row, column, text)));
    }
    read(&xlsb(&cells));
    cells.push((1_048_575, 16_383, "far"));
    let error = refused(&xlsb(&cells));
    assert!(error.contains("sheet `Votes` spans 17179869184 cells, more than 1000000"), "{error}");
}
