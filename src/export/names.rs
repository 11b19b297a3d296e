//! Column names that every database takes without quotes.
//!
//! A name is lower-case ASCII letters, digits and `_`, does not begin with a digit, and is no word that SQL
//! or a common database keeps for itself.

use std::collections::HashSet;

/// Words that are no column names: those reserved by SQL:2016 (ISO/IEC 9075-2), SQLite, PostgreSQL, DuckDB,
/// Spark (ANSI mode) or MySQL, and what R and Python programs cannot use as the name of a variable.
pub const RESERVED: &str = "
    abort abs absolute action add after all allocate alter always analyse analyze and anti any are array
    as asc asensitive asof assert asymmetric at atomic attach authorization autoincrement avg before begin
    between bigint binary blob boolean both break by call called cascade cascaded case cast ceil char
    character check clob close coalesce collate collation collect column columns comment commit
    concurrently condition conflict connect constraint contains continue convert copy corr corresponding
    count create cross cube current current_date current_time current_timestamp current_user cursor cycle
    data database databases date datetime day deallocate dec decimal declare def default deferrable
    deferred del delete dense_rank deref desc describe detach deterministic disconnect distinct do domain
    double drop dynamic each element elif else elseif end end-exec equals escape every except exception
    exclude exclusive exec execute exists exit exp explain external extract fail false fetch filter
    finally first first_value float floor following for foreign format frame_row free freeze from full
    function fusion generated get glob global go grant group grouping groups hash having hold hour
    identified identity if ignore ilike immediate import in index indexed indicator initially inner inout
    insensitive insert instead int integer intersect intersection interval into is isnull iterate join
    json key keys kill lag lambda language large last lateral lead leading leave left level like limit
    lines ln load local localtime localtimestamp lock loop lower map match materialized max member merge
    method min minute minus mod mode modifies module month multiset names natural nchar nclob new next no
    none nonlocal normalize not nothing notnull null nullif nulls number numeric object of off offset old
    on only open option or order others out outer over overlaps overlay parameter partition pass percent
    period pivot placing plan position positional power pragma preceding precision prepare primary
    procedure public qualify query raise range rank read reads real recursive ref references referencing
    regexp reindex release rename repeat replace restrict result return returning returns revoke right
    rlike rollback rollup row row_number rows savepoint schema schemas scope scroll search second select
    semi sensitive separator session session_user set show similar smallint some sort specific sql
    sqlexception sqlstate sqlwarning sqrt start static sum summarize symmetric system system_user table
    tablesample temp temporary terminated then ties time timestamp timezone to trailing transaction
    translate treat trigger trim true truncate try type uescape unbounded union unique unknown unlock
    unnest unpivot unsigned until update upper usage use user using vacuum value values varchar variadic
    varying verbose view virtual when whenever where while width_bucket window with within without year
    yield zone";

/// Whether a word is no column name.
pub fn is_reserved(name: &str) -> bool {
    RESERVED.split_whitespace().any(|word| word == name)
}

/// A column name for a field of a dataset. `noun` goes in front where the name alone is reserved, empty or
/// taken.
pub(super) fn column_name(field: &str, noun: &str, taken: &mut HashSet<String>) -> String {
    let plain: String =
        field.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let starts_well = plain.starts_with(|c: char| c.is_ascii_lowercase());
    let first = match starts_well && !is_reserved(&plain) {
        true => plain.clone(),
        false => format!("{noun}_{plain}"),
    };
    let further = (1..).map(|at| match at {
        1 => format!("{noun}_{plain}"),
        _ => format!("{noun}_{plain}_{at}"),
    });
    let name = std::iter::once(first)
        .chain(further)
        .find(|name| !taken.contains(name))
        .expect("because numbers do not run out");
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_need_no_quotes_and_no_two_are_alike() {
        let mut taken = HashSet::from(["record_id".to_owned()]);
        let mut name = |field: &str| column_name(field, "record", &mut taken);
        assert_eq!(name("topic"), "topic");
        assert_eq!(name("Topic"), "record_topic");
        assert_eq!(name("order"), "record_order");
        assert_eq!(name("2nd-date"), "record_2nd_date");
        assert_eq!(name("2nd date"), "record_2nd_date_2");
        assert_eq!(name("été"), "record__t_");
        assert_eq!(name("id"), "id");
        assert_eq!(name("record_id"), "record_record_id");
        assert_eq!(name("x; drop table"), "x__drop_table");
    }
}
