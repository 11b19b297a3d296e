//! Random records: keyed lists, sets, nested mappings, and what ought not to be there.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value as Json, json};

/// The schema of the random records: a list with a composite key, one below it, a set, a sequence without a
/// key.
pub fn schema() -> Json {
    let inner = json!({"type": "array", "x-key": ["id"], "items": {"type": "object"}});
    let pair = json!({"type": "object", "properties": {"inner": inner}});
    json!({"type": "object", "properties": {
        "tags": {"type": "array", "x-set": true, "items": {}},
        "pairs": {"type": "array", "x-key": ["a", "b"], "items": pair},
        "deep": {
            "type": "object",
            "additionalProperties": {"type": "array", "x-key": ["id"], "items": {"type": "object"}},
        },
        "steps": {"type": "array", "items": {}},
    }})
}

/// A scalar out of few, so that equal ones meet.
pub fn scalar() -> impl Strategy<Value = Json> {
    select(vec![
        json!(null),
        json!(true),
        json!(1),
        json!(2),
        json!(-7),
        json!(1.5),
        json!("1"),
        json!("x"),
        json!("ž ‘y’"),
        json!(""),
    ])
}

/// Any small tree.
pub fn tree() -> impl Strategy<Value = Json> {
    scalar().prop_recursive(3, 12, 3, |inner| {
        let map = vec((select(vec!["k", "l", "id", "a"]), inner.clone()), 0..3);
        prop_oneof![
            vec(inner, 0..3).prop_map(Json::Array),
            map.prop_map(|entries| Json::Object(
                entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

fn object(fields: Vec<(&'static str, Option<Json>)>) -> Json {
    Json::Object(
        fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map<_, _>>(),
    )
}

fn maybe(inner: impl Strategy<Value = Json> + 'static) -> impl Strategy<Value = Option<Json>> {
    proptest::option::weighted(0.7, inner)
}

/// Items with an `id`, mostly each its own.
fn items() -> impl Strategy<Value = Json> {
    let item = (select(vec!["p", "q", "r", "s"]), maybe(tree()))
        .prop_map(|(id, v)| object(vec![("id", Some(json!(id))), ("v", v)]));
    vec(item, 0..4).prop_map(|items| Json::Array(without_twins(items, &["id"])))
}

/// Items with two key fields.
fn pairs() -> impl Strategy<Value = Json> {
    let item = (
        select(vec![json!("m"), json!(3), json!(["u", "v"])]),
        select(vec!["x", "y"]),
        maybe(tree()),
        maybe(items()),
    );
    let item = item.prop_map(|(a, b, v, inner)| {
        object(vec![("a", Some(a)), ("b", Some(json!(b))), ("v", v), ("inner", inner)])
    });
    vec(item, 0..5).prop_map(|items| Json::Array(without_twins(items, &["a", "b"])))
}

fn without_twins(items: Vec<Json>, keys: &[&str]) -> Vec<Json> {
    let mut seen: Vec<Vec<Json>> = Vec::new();
    items
        .into_iter()
        .filter(|item| {
            let key: Vec<Json> = keys.iter().map(|k| item[*k].clone()).collect();
            let is_new = !seen.contains(&key);
            seen.push(key);
            is_new
        })
        .collect()
}

fn tags() -> impl Strategy<Value = Json> {
    vec(select(vec![json!("red"), json!("green"), json!(1), json!("1")]), 0..3).prop_map(Json::Array)
}

fn deep() -> impl Strategy<Value = Json> {
    vec((select(vec!["north", "south"]), items()), 0..3)
        .prop_map(|entries| Json::Object(entries.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()))
}

/// A record. Now and then a part is something else than its schema says.
pub fn record() -> impl Strategy<Value = Json> {
    let odd = |part: BoxedStrategy<Json>| prop_oneof![9 => part, 1 => tree().boxed()];
    (
        maybe(tree()),
        maybe(odd(tags().boxed())),
        maybe(odd(pairs().boxed())),
        maybe(odd(deep().boxed())),
        maybe(vec(tree(), 0..3).prop_map(Json::Array)),
    )
        .prop_map(|(plain, tags, pairs, deep, steps)| {
            object(vec![("plain", plain), ("tags", tags), ("pairs", pairs), ("deep", deep), ("steps", steps)])
        })
}

/// A record of the second dataset's lights, with fields that rules know and fields that none does.
pub fn light() -> impl Strategy<Value = Json> {
    let date =
        || select(vec!["2015", "2016-05", "2017-02-28", "2018-06-15", "2019-08-20"]).prop_map(|d| json!(d));
    let watch = (maybe(select(vec![json!("manned"), json!("visited"), json!("remote")])), maybe(date()))
        .prop_map(|(mode, since)| object(vec![("mode", mode), ("since", since)]));
    let round = (
        select(vec!["R15", "R16", "X17", "R18", "none"]),
        select(vec!["north", "south"]),
        maybe(select(vec![json!("passed"), json!("failed")])),
    )
        .prop_map(|(round, team, result)| {
            object(vec![("round", Some(json!(round))), ("team", Some(json!(team))), ("result", result)])
        });
    let outage =
        (select(vec!["gale", "bulb", "ice"]), maybe(date()), maybe(select(vec![json!(2), json!(30)])))
            .prop_map(|(id, from, hours)| {
                object(vec![("id", Some(json!(id))), ("from", from), ("hours", hours)])
            });
    let erratum =
        select(vec!["watch.mode", "rounds[R15,north]", "prose", "outages[gale].hours", "colours[red]"])
            .prop_map(|path| json!({"path": path, "what": "It was misread.", "why": "The ink ran."}));
    let list = |items: Vec<Json>, keys: &'static [&'static str]| Json::Array(without_twins(items, keys));
    (
        date(),
        maybe(watch),
        maybe(vec(round, 0..4).prop_map(move |items| list(items, &["round", "team"]))),
        maybe(vec(outage, 0..3).prop_map(move |items| list(items, &["id"]))),
        maybe(vec(select(vec![json!("red"), json!("white"), json!("green")]), 0..3).prop_map(Json::Array)),
        maybe(vec(erratum, 0..3).prop_map(move |items| list(items, &["path"]))),
        maybe(select(vec![json!("A tower."), json!("A white tower.")])),
        maybe(tree()),
    )
        .prop_map(|(at, watch, rounds, outages, colours, errata, prose, other)| {
            object(vec![
                ("light", Some(json!("skerry"))),
                ("surveyed_at", Some(at)),
                ("watch", watch),
                ("rounds", rounds),
                ("outages", outages),
                ("colours", colours),
                ("errata", errata),
                ("prose", prose),
                ("unheard_of", other),
            ])
        })
}
