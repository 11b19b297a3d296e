//! Pictures → what the page's templates put into SVG: shapes, paths and rows.

use super::links::LinkTo;
use super::outline;
use crate::model::report::{Heat, HeatRow, LegendEntry, MapPicture, MapPlace, MarkSeries, Panel, Pictures};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Shapes of the world's states (source and licence stand in the file).
const WORLD: &str = include_str!("world.json");

/// The size of a picture of sums, in its own units.
const PANEL: (usize, usize) = (260, 96);

/// A shape that is less wide and high than this, in units of the map, is hard to see.
const SMALL_SHAPE: f64 = 24.0;

#[derive(Deserialize)]
struct World {
    source: String,
    licence: String,
    note: String,
    width: usize,
    height: usize,
    land: String,
    dots: BTreeMap<String, (f64, f64)>,
    shapes: BTreeMap<String, String>,
}

/// What the page draws.
#[derive(Serialize)]
pub(super) struct PagePictures {
    world: Option<Geometry>,
    maps: Vec<Map>,
    series: Option<Multiples>,
    heat: Vec<DrawnTable>,
}

#[derive(Serialize)]
struct Geometry {
    width: usize,
    height: usize,
    land: String,
    shapes: Vec<(String, String)>,
    credit: String,
    note: String,
}

#[derive(Serialize)]
struct Map {
    title: String,
    shapes: Vec<DrawnPlace>,
    dots: Vec<DrawnPlace>,
    /// Around what changed and is too small to be seen.
    rings: Vec<DrawnPlace>,
    legend: Vec<LegendEntry>,
    /// Value → the names of the places that have it, for the table.
    table: Vec<(String, Vec<NamedPlace>)>,
    /// Whether its places lead to pages.
    is_linked: bool,
    /// The places that had another value at the beginning of the period: name, what they were, what they are.
    changed: Vec<(String, String, String)>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct NamedPlace {
    name: String,
    url: Option<String>,
}

#[derive(Serialize)]
struct DrawnPlace {
    record: String,
    url: Option<String>,
    groups: IndexMap<String, String>,
    code: String,
    said: String,
    changed: bool,
    tone: u8,
    label: String,
    x: f64,
    y: f64,
}

#[derive(Serialize)]
struct Multiples {
    title: String,
    strips: Vec<DrawnStrip>,
}

#[derive(Serialize)]
struct DrawnStrip {
    title: String,
    legend: Vec<LegendEntry>,
    panels: Vec<Small>,
    width: usize,
    height: usize,
}

#[derive(Serialize)]
struct Small {
    group: String,
    by: String,
    most: usize,
    first: i32,
    last: i32,
    /// A colour and its path for each line of the legend; the path is empty where there is nothing of it.
    paths: Vec<(u8, String)>,
    rows: Vec<(String, i32, Vec<usize>)>,
    summary: String,
}

#[derive(Serialize)]
struct DrawnTable {
    title: String,
    columns: Vec<(String, i32)>,
    legend: Vec<crate::model::report::HeatMark>,
    rows: Vec<DrawnRow>,
    /// Records of which nothing is known at any occasion.
    unknown: Vec<Unknown>,
}

#[derive(Serialize)]
struct Unknown {
    record: String,
    groups: IndexMap<String, String>,
    name: String,
    /// The colour of each cell as a digit; a dot where the state could not take part.
    tones: String,
}

#[derive(Serialize)]
struct DrawnRow {
    record: String,
    groups: IndexMap<String, String>,
    name: String,
    /// Colour and mark; none where the state could not take part.
    cells: Vec<Option<(u8, String)>>,
}

/// What the page draws, each place with the page of its record if there is one.
pub(super) fn of(pictures: &Pictures, link: LinkTo<'_>) -> PagePictures {
    let world: Option<World> = (!pictures.maps.is_empty()).then(|| {
        serde_json::from_str(WORLD).expect("because the shapes are part of the program and a test reads them")
    });
    let maps: Vec<Map> = world
        .iter()
        .flat_map(|world| pictures.maps.iter().map(|picture| map(world, picture, link)))
        .collect();
    let used: BTreeSet<&str> =
        maps.iter().flat_map(|map| &map.shapes).map(|place| place.code.as_str()).collect();
    let geometry = world.as_ref().map(|world| Geometry {
        width: world.width,
        height: world.height,
        land: world.land.clone(),
        shapes: world
            .shapes
            .iter()
            .filter(|(code, _)| used.contains(code.as_str()))
            .map(|(c, d)| (c.clone(), d.clone()))
            .collect(),
        credit: format!("{}. {}", world.source, world.licence),
        note: world.note.clone(),
    });
    PagePictures {
        world: geometry,
        series: pictures.series.as_ref().map(multiples),
        heat: pictures.heat.iter().map(table).collect(),
        maps,
    }
}

fn map(world: &World, picture: &MapPicture, link: LinkTo<'_>) -> Map {
    let (mut shapes, mut dots, mut rings) = (Vec::new(), Vec::new(), Vec::new());
    // What changed is drawn last, so that no neighbour covers its outline.
    let changed = |place: &&MapPlace| place.was.is_some();
    let places = picture.places.iter().filter(|place| !changed(place));
    for place in places.chain(picture.places.iter().filter(changed)) {
        let was = place.was.as_ref().map_or_else(String::new, |was| format!(" (previously: {was})"));
        let label = format!("{}: {}{was}", place.name, place.said);
        let drawn = |x: f64, y: f64| DrawnPlace {
            record: place.record.0.clone(),
            url: link(&place.record),
            groups: place.groups.clone(),
            code: place.code.clone(),
            said: place.said.clone(),
            changed: place.was.is_some(),
            tone: place.tone,
            label: label.clone(),
            x,
            y,
        };
        let shape = world.shapes.get(&place.code);
        let dot = world.dots.get(&place.code).copied();
        shapes.extend(shape.map(|_| drawn(0.0, 0.0)));
        dots.extend(dot.map(|(x, y)| drawn(x, y)));
        let middle = dot.or_else(|| outline::small_middle(shape?, SMALL_SHAPE));
        rings.extend(middle.filter(|_| place.was.is_some()).map(|(x, y)| drawn(x, y)));
    }
    let names = |said: &str| {
        let named = |place: &MapPlace| NamedPlace { name: place.name.clone(), url: link(&place.record) };
        let mut names: Vec<NamedPlace> =
            picture.places.iter().filter(|place| place.said == said).map(named).collect();
        names.sort();
        names
    };
    let table = picture.legend.iter().map(|entry| (entry.said.clone(), names(&entry.said))).collect();
    let changed = picture
        .places
        .iter()
        .filter_map(|place| Some((place.name.clone(), place.was.clone()?, place.said.clone())));
    let mut changed: Vec<(String, String, String)> = changed.collect();
    changed.sort();
    let is_linked = shapes.iter().chain(&dots).any(|place| place.url.is_some());
    Map {
        title: picture.title.clone(),
        shapes,
        dots,
        rings,
        legend: picture.legend.clone(),
        table,
        is_linked,
        changed,
    }
}

fn multiples(series: &MarkSeries) -> Multiples {
    let mut strips: Vec<DrawnStrip> = Vec::new();
    for panel in &series.panels {
        if strips.last().is_none_or(|strip| strip.title != panel.strip) {
            let legend = panel.legend.iter().map(|entry| LegendEntry { count: 0, ..entry.clone() }).collect();
            strips.push(DrawnStrip {
                title: panel.strip.clone(),
                legend,
                panels: Vec::new(),
                width: PANEL.0,
                height: PANEL.1,
            });
        }
        let strip = strips.last_mut().expect("because one was added if there was none");
        strip.panels.push(small(panel));
    }
    Multiples { title: series.title.clone(), strips }
}

fn small(panel: &Panel) -> Small {
    let most = panel.columns.iter().map(|column| column.counts.iter().sum::<usize>()).max().unwrap_or(0);
    let (width, height) = (PANEL.0 as f64, PANEL.1 as f64);
    let step = width / panel.columns.len().max(1) as f64;
    let mut paths: Vec<(u8, String)> = panel.legend.iter().map(|entry| (entry.tone, String::new())).collect();
    for (at, column) in panel.columns.iter().enumerate() {
        let mut base = height;
        for (place, count) in column.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let tall = height * *count as f64 / most as f64;
            base -= tall;
            let (x, wide) = (step * at as f64, (step - 1.0).max(0.5));
            write!(paths[place].1, "M{x:.1} {base:.1}h{wide:.1}v{tall:.1}h-{wide:.1}z")
                .expect("because writing to a string cannot fail");
        }
    }
    let last = panel.columns.last();
    let said: Vec<String> = last.map_or_else(Vec::new, |column| {
        let of =
            |(entry, count): (&LegendEntry, &usize)| (*count > 0).then(|| format!("{count} {}", entry.said));
        panel.legend.iter().zip(&column.counts).filter_map(of).collect()
    });
    Small {
        group: panel.group.clone(),
        by: panel.by.clone(),
        most,
        first: panel.columns.first().map_or(0, |column| column.year),
        last: last.map_or(0, |column| column.year),
        paths,
        rows: panel.columns.iter().map(|c| (c.short.clone(), c.year, c.counts.clone())).collect(),
        summary: said.join(", "),
    }
}

fn table(heat: &Heat) -> DrawnTable {
    let cell =
        |place: &Option<usize>| place.map(|place| (heat.legend[place].tone, heat.legend[place].mark.clone()));
    let tone = |place: &Option<usize>| match place {
        Some(place) => char::from(b'0' + heat.legend[*place].tone),
        None => '.',
    };
    let unknown_row = |row: &HeatRow| Unknown {
        record: row.record.0.clone(),
        groups: row.groups.clone(),
        name: row.heading.clone(),
        tones: row.cells.iter().map(tone).collect(),
    };
    let is_known = |row: &&HeatRow| row.cells.iter().flatten().any(|place| heat.legend[*place].known);
    let (known, unknown): (Vec<&HeatRow>, Vec<&HeatRow>) = heat.rows.iter().partition(is_known);
    let rows = known.into_iter().map(|row| DrawnRow {
        record: row.record.0.clone(),
        groups: row.groups.clone(),
        name: row.heading.clone(),
        cells: row.cells.iter().map(cell).collect(),
    });
    DrawnTable {
        title: heat.title.clone(),
        columns: heat.columns.clone(),
        legend: heat.legend.clone(),
        rows: rows.collect(),
        unknown: unknown.into_iter().map(unknown_row).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{WORLD, World};

    #[test]
    fn the_shapes_can_be_read_and_say_whose_they_are() {
        let world: World = serde_json::from_str(WORLD).expect("the shapes are JSON");
        assert!(
            WORLD.len() < 200_000
                && world.licence.contains("public domain")
                && world.source.contains("Natural Earth")
        );
        assert!(world.shapes.len() > 150 && world.dots.len() > 40);
        // A ring across the 180th meridian would draw a band over the whole map.
        let steps = |path: &str| -> Vec<f64> {
            let rings =
                path.split('M').skip(1).flat_map(|ring| ring.trim_end_matches('z').split('l').skip(1));
            rings
                .map(|step| {
                    step.split(' ').next().and_then(|dx| dx.parse().ok()).expect("a step is two numbers")
                })
                .collect()
        };
        assert!(
            world
                .shapes
                .values()
                .chain([&world.land])
                .all(|path| steps(path).iter().all(|dx| dx.abs() < 500.0))
        );
        let plain = |path: &str| path.chars().all(|c| c.is_ascii_digit() || "Mlz .-".contains(c));
        assert!(plain(&world.land) && world.shapes.values().all(|path| plain(path)), "only moves and lines");
        assert!(world.shapes.keys().chain(world.dots.keys()).all(|code| code.len() == 3));
    }
}
