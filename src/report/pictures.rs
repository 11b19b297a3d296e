//! What pages draw: maps by value, sums by group and occasion, marks by record and occasion.

use super::record_pictures::{Draws, RecordPictures};
use super::{ReadEdition, ReportedRecord};
use crate::model::Node;
use crate::model::report::{
    Heat, HeatMark, HeatRow, LegendEntry, MapPicture, MapPlace, MarkSeries, Panel, PanelColumn, Pictures,
};
use crate::model::results::Strip;
use crate::rules::{Engine, NOT_KNOWN, Subject};
use crate::schema::{MapSpec, ReportSpec, SeriesSpec, StripSpec, record_text};
use indexmap::IndexMap;
use std::collections::BTreeMap;

/// Draws a record as it stands on the last of some pages; what its maps showed on the first is remembered
/// beside it.
pub(super) fn draw(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    (first, last): (Option<&ReadEdition>, &ReadEdition),
    draws: Draws,
) -> RecordPictures {
    if draws == Draws::Nothing {
        return RecordPictures::default();
    }
    let maps = engine.policy().manifest.report.maps.iter().enumerate();
    let groups = engine.groups(subject);
    let place = |(at, map): (usize, &MapSpec)| {
        let place = map_place(engine, subject, last, (at, map))?;
        let before = first.and_then(|first| map_place(engine, subject, first, (at, map)));
        let was = before.map(|before| before.said).filter(|said| *said != place.said);
        Some((at, MapPlace { was, groups: groups.clone(), ..place }))
    };
    RecordPictures {
        places: maps.filter_map(place).collect(),
        strips: if draws == Draws::Everything {
            engine.placed_strips(subject, last.in_context())
        } else {
            Vec::new()
        },
        groups,
    }
}

fn map_place(
    engine: &Engine<'_>,
    subject: &Subject<'_>,
    page: &ReadEdition,
    (at, map): (usize, &MapSpec),
) -> Option<MapPlace> {
    let own = |field: &str| record_text(Some(subject.identity), Some(&page.document.root), field);
    if !map.applies.iter().all(|(field, value)| own(field).as_ref() == Some(value)) {
        return None;
    }
    let value = page.document.root.at_keys(map.field.split('.')).and_then(Node::scalar_text)?;
    let path = map.field.split('.').fold(crate::model::FieldPath::root(), |path, key| path.key(key));
    let said =
        subject.kind.shape.at(&path).map_or_else(|| value.replace('-', " "), |shape| shape.said(&value));
    let tone = map.tones.get(&value).copied().unwrap_or(0);
    Some(MapPlace {
        record: subject.id.clone(),
        groups: IndexMap::new(),
        code: engine.map_code(subject, at),
        name: name_of(subject),
        said,
        was: None,
        tone,
    })
}

/// What a record is called where its topic is said already.
fn name_of(subject: &Subject<'_>) -> String {
    subject.name.clone()
}

pub(super) fn assemble(engine: &Engine<'_>, spec: &ReportSpec, accounts: &[ReportedRecord<'_>]) -> Pictures {
    let strips = &engine.policy().manifest.strips;
    let maps = spec
        .maps
        .iter()
        .enumerate()
        .map(|(at, map)| map_picture(at, map, accounts))
        .filter(|m| !m.places.is_empty());
    let wanted = |label: &str, labels: &[String]| labels.iter().any(|l| l == label);
    let tables = |labels: &[String]| -> Vec<(usize, &StripSpec)> {
        strips.iter().enumerate().filter(|(_, strip)| wanted(&strip.label, labels)).collect()
    };
    let heat = tables(&spec.heat).into_iter().map(|(at, strip)| heat(engine, spec, accounts, at, strip));
    let series = spec
        .series
        .as_ref()
        .map(|series| self::series(engine, spec, series, accounts, &tables(&series.strips)));
    Pictures {
        maps: maps.collect(),
        series: series.filter(|s| !s.panels.is_empty()),
        heat: heat.filter(|h| !h.rows.is_empty()).collect(),
    }
}

fn map_picture(at: usize, spec: &MapSpec, accounts: &[ReportedRecord<'_>]) -> MapPicture {
    let mut places: Vec<MapPlace> = accounts
        .iter()
        .flat_map(|a| &a.drawn.places)
        .filter(|(of, _)| *of == at)
        .map(|(_, place)| place.clone())
        .collect();
    places.sort_by(|a, b| (&a.code, &a.name).cmp(&(&b.code, &b.name)));
    let mut legend: Vec<LegendEntry> = Vec::new();
    for place in &places {
        match legend.iter_mut().find(|l| l.said == place.said && l.tone == place.tone) {
            Some(entry) => entry.count += 1,
            None => legend.push(LegendEntry { tone: place.tone, said: place.said.clone(), count: 1 }),
        }
    }
    let order = |tone: u8| spec.tones.values().position(|t| *t == tone).unwrap_or(usize::MAX);
    legend.sort_by(|a, b| (order(a.tone), &a.said).cmp(&(order(b.tone), &b.said)));
    MapPicture { title: spec.title.clone(), places, legend }
}

fn title(strip: &StripSpec) -> String {
    strip.title.clone().unwrap_or_else(|| strip.label.clone())
}

fn heat(
    engine: &Engine<'_>,
    spec: &ReportSpec,
    accounts: &[ReportedRecord<'_>],
    at: usize,
    strip: &StripSpec,
) -> Heat {
    let drawn = |account: &ReportedRecord<'_>| {
        account.drawn.strips.iter().find(|(of, _)| *of == at).map(|(_, strip)| strip.clone())
    };
    let rows: Vec<(&ReportedRecord<'_>, Strip)> =
        accounts.iter().filter_map(|a| Some((a, drawn(a)?))).collect();
    let occasions = engine.reference().calendars.get(&strip.calendar).map_or(&[][..], |c| &c.occasions);
    let has = |short: &str, year: i32| {
        rows.iter().any(|(_, s)| s.cells.iter().any(|c| c.short == short && c.year == year))
    };
    let columns: Vec<(String, i32)> = occasions
        .iter()
        .map(|o| (o.short.clone(), o.start.year()))
        .filter(|(short, year)| has(short, *year))
        .collect();
    let mut legend: Vec<HeatMark> = Vec::new();
    let mut out: Vec<HeatRow> = Vec::new();
    for (account, strip) in rows {
        let mut cells = vec![None; columns.len()];
        for cell in strip.cells {
            let (tone, known) = (tone(spec, &cell.mark), cell.meaning != NOT_KNOWN);
            let mark = HeatMark { tone, mark: cell.mark, meaning: cell.meaning, known };
            let place = legend.iter().position(|known| *known == mark).unwrap_or_else(|| {
                legend.push(mark);
                legend.len() - 1
            });
            if let Some(column) =
                columns.iter().position(|(short, year)| *short == cell.short && *year == cell.year)
            {
                cells[column] = Some(place);
            }
        }
        out.push(HeatRow {
            record: account.subject.id.clone(),
            heading: name_of(&account.subject),
            groups: account.drawn.groups.clone(),
            cells,
        });
    }
    out.sort_by(|a, b| a.heading.cmp(&b.heading));
    Heat { title: title(strip), columns, rows: out, legend }
}

fn tone(spec: &ReportSpec, mark: &str) -> u8 {
    spec.tones.get(mark).copied().unwrap_or(0)
}

fn series(
    engine: &Engine<'_>,
    spec: &ReportSpec,
    series: &SeriesSpec,
    accounts: &[ReportedRecord<'_>],
    tables: &[(usize, &StripSpec)],
) -> MarkSeries {
    let mut panels = Vec::new();
    for (at, strip) in tables {
        let heat = heat(engine, spec, accounts, *at, strip);
        let mut legend: Vec<LegendEntry> = Vec::new();
        for mark in &heat.legend {
            if !legend.iter().any(|l| l.tone == mark.tone) {
                legend.push(LegendEntry { tone: mark.tone, said: mark.meaning.clone(), count: 0 });
            }
        }
        legend.sort_by_key(|l| if l.tone == 0 { u8::MAX } else { l.tone });
        let mut groups: BTreeMap<String, Vec<&HeatRow>> = BTreeMap::new();
        for row in &heat.rows {
            groups.entry(row.groups.get(&series.by).cloned().unwrap_or_default()).or_default().push(row);
        }
        for (group, rows) in groups {
            let panel = panel(&heat, &legend, title(strip), group, &rows);
            panels.push(Panel { by: series.by.clone(), ..panel });
        }
    }
    MarkSeries { title: series.title.clone(), panels }
}

fn panel(heat: &Heat, legend: &[LegendEntry], strip: String, group: String, rows: &[&HeatRow]) -> Panel {
    let mut legend = legend.to_vec();
    let mut columns = Vec::new();
    for (at, (short, year)) in heat.columns.iter().enumerate() {
        let mut counts = vec![0; legend.len()];
        for mark in rows.iter().filter_map(|row| row.cells[at]) {
            let tone = heat.legend[mark].tone;
            if let Some(place) = legend.iter().position(|l| l.tone == tone) {
                counts[place] += 1;
                legend[place].count += 1;
            }
        }
        columns.push(PanelColumn { short: short.clone(), year: *year, counts });
    }
    Panel { strip, by: String::new(), group, columns, legend }
}
