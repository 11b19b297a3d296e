#!/usr/bin/env python3
"""Reads an export of this repository with the programs that people use, and says of each what it found; `try-export.sh` runs it.

    try_export.py REPOSITORY FOLDER

FOLDER holds `csv`, `sqlite` and `parquet`. Ends with 1 if any of the readers fails or disagrees.
"""
import collections
import importlib.util
import json
import re
import sqlite3
import subprocess
import sys
import time

import yaml

REPOSITORY, FOLDER = sys.argv[1:3]
DATABASE = f"{FOLDER}/sqlite/export.sqlite"
PARQUET = f"{FOLDER}/parquet"
TABLES = [table["name"] for table in json.load(open(f"{FOLDER}/csv/export.json"))["tables"]]
LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
failed = []


def reader(check):
    """Runs a check, says how it went and how long it took."""
    name = check.__doc__.splitlines()[0]
    started = time.monotonic()
    try:
        found = check()
        print(f"ok      {name} {found or ''} [{time.monotonic() - started:.1f} s]")
    except ModuleNotFoundError as error:
        print(f"NOT TRIED  {name} {error}")
    except Exception as error:  # every reader is tried, whatever became of the one before
        failed.append(name)
        print(f"FAILED  {name} {type(error).__name__}: {str(error)[:2000]}")


def steps(path):
    """The steps of a path, each with whether it is a list's item."""
    out, at = [], 0
    while at < len(path):
        if path[at] == "[":
            end, quoted = at + 1, False
            while path[end] != "]" or quoted:
                if path[end] == "\\" and quoted:
                    end += 1
                elif path[end] == '"':
                    quoted = not quoted
                end += 1
            out.append((True, path[at + 1 : end]))
            at = end + 1
        elif path[at] == '"':
            key, length = json.JSONDecoder().raw_decode(path[at:])
            out.append((False, key))
            at += length
        else:
            end = re.compile(r"[.\[]|$").search(path, at).start()
            out.append((False, path[at:end]))
            at = end
        if path[at : at + 1] == ".":
            at += 1
    return out


def record_of(rows):
    """The record that statements make, every scalar as text."""
    root = {}
    for path, value, kind in rows:
        node = root
        *before, last = steps(path)
        for step in before:
            node = node.setdefault(step, {})
        node[last] = {"list": [], "mapping": {}}.get(kind, value)
    return listed(root)


def listed(node):
    if not isinstance(node, dict):
        return node
    if any(is_item for is_item, _ in node):
        return ordered([listed(value) for value in node.values()])
    return {key: listed(value) for (_, key), value in node.items()}


def ordered(node):
    """The lists of a value in one order: that of keyed lists and sets says nothing."""
    if isinstance(node, dict):
        return {key: ordered(value) for key, value in node.items()}
    if isinstance(node, list):
        return sorted((ordered(item) for item in node), key=lambda item: json.dumps(item, sort_keys=True))
    return node


def as_of():
    """as_of against the files of the editions in force on 20 days, all records:"""
    database = sqlite3.connect(DATABASE)
    first, last = database.execute("SELECT min(held_from), max(held_from) FROM editions").fetchone()
    days = "SELECT date(?1, '+' || cast((julianday(?2) - julianday(?1)) * n / 19 AS INTEGER) || ' days') FROM n"
    numbers = "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 19) "
    editions = collections.defaultdict(list)
    log = subprocess.run([PROGRAM_LOG], capture_output=True, check=True, shell=True).stdout
    for record in json.loads(log)["records"]:
        for edition in reversed(record["editions"]):
            editions[record["record"]].append((edition["last_updated"], edition["commit"], edition["file"]))
    files = subprocess.Popen(
        ["git", "-C", REPOSITORY, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    parsed, compared = {}, 0
    for (day,) in database.execute(numbers + days, (first, last)).fetchall():
        held = collections.defaultdict(list)
        sql = "SELECT record_id, field_path, value_text, value_type FROM as_of WHERE as_of_day = ?"
        for record, *row in database.execute(sql, (day,)):
            held[record].append(row)
        for record, timeline in editions.items():
            in_force = [edition for edition in timeline if edition[0][:10] <= day]
            assert bool(in_force) == (record in held), f"{record} as of {day}"
            if not in_force:
                continue
            _, commit, file = in_force[-1]
            if (commit, file) not in parsed:
                files.stdin.write(f"{commit}:{file}\n".encode())
                files.stdin.flush()
                size = int(files.stdout.readline().split()[2])
                parsed[commit, file] = ordered(yaml.load(files.stdout.read(size + 1), LOADER))
            assert record_of(held[record]) == parsed[commit, file], f"{record} as of {day}"
            compared += 1
    return f"{compared} records compared, the same"


def manual():
    """The questions of docs/export.md have the answers that stand there:"""
    text = open(f"{REPOSITORY}/docs/export.md", encoding="utf-8").read()
    text = text.split("## Three questions")[1].split("## Bringing")[0]
    database, compared = sqlite3.connect(DATABASE), 0
    for sql, rest in re.findall(r"```sql\n(SELECT [^`]*)```\n\n(\|[^\n]*\n\|---[^#`]*)", text):
        lines = [line for line in rest.split("\n\n")[0].splitlines() if line]
        wanted = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
        found = [["" if cell is None else str(cell) for cell in row] for row in database.execute(sql)]
        assert found == wanted, f"{sql}\nnow gives {found}"
        compared += 1
    assert compared == 3, compared
    return f"{compared} answers the same"


def datasette():
    """Datasette opens the database unchanged; its views answer:"""
    import datasette  # noqa: F401

    def get(path):
        command = [sys.executable, "-m", "datasette", DATABASE, "--metadata", f"{FOLDER}/sqlite/metadata.json"]
        command += ["--setting", "sql_time_limit_ms", "20000", "--get", path]
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    names = {table["name"] for table in get("/export.json")["tables"]}
    assert set(TABLES) <= names, names
    rows = get("/export/as_of.json?_shape=array&_nocount=1&record_id=KAZ%2Fcluster-munitions&as_of_day=2018-01-01")
    assert rows and all(row["as_of_day"] == "2018-01-01" for row in rows)
    return f"{len(names)} tables, {len(rows)} rows of as_of on the first page"


def duckdb():
    """DuckDB on the Parquet folders, against SQLite:"""
    import duckdb

    database, lake = sqlite3.connect(DATABASE), duckdb.connect()
    for table in TABLES:
        path = f"{PARQUET}/{table}/**/*.parquet"
        lake.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{path}', hive_partitioning = true)")
        counts = [one.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for one in (lake, database)]
        assert counts[0] == counts[1], (table, counts)
    sql = """SELECT region, year(since_from) AS turned_in, count(DISTINCT record_id || since_on) AS turns
             FROM observations JOIN records USING (record_id) WHERE observation_kind = 'turned' AND variant = 'turned'
             GROUP BY ALL ORDER BY ALL"""
    turns = lake.execute(sql).fetchall()
    same = sql.replace("year(since_from)", "CAST(strftime('%Y', since_from) AS INTEGER)").replace("GROUP BY ALL", "GROUP BY 1, 2")
    assert turns == database.execute(same.replace("ORDER BY ALL", "ORDER BY 1, 2, 3")).fetchall()
    topics = lake.execute("SELECT topic, count(*) FROM statements GROUP BY topic ORDER BY topic").fetchall()
    return f"all counts the same, {len(turns)} rows of reversals the same; statements by topic {topics}"


def pandas():
    """pandas and pyarrow on the Parquet folders:"""
    import pandas as pd

    panel = pd.read_parquet(f"{PARQUET}/panel")
    assert panel.votes_met.isna().any() and not ((panel.votes_met == 0) & (panel.votes_unknown == 1)).any()
    other = pd.DataFrame({"ccode": [705, 2], "year": [2014, 2014], "score": [-6, 10]})
    joined = panel.merge(other, left_on=["cow_code", "calendar_year"], right_on=["ccode", "year"])
    assert len(joined) == 4, len(joined)
    return f"panel of {len(panel)} rows, types {panel.calendar_year.dtype} and {panel.status_since.dtype}; joined by its keys"


def frictionless():
    """frictionless validate on the CSV package:"""
    import frictionless  # noqa: F401

    command = [sys.executable, "-m", "frictionless", "validate", "--json", "datapackage.json"]
    run = subprocess.run(command, capture_output=True, cwd=f"{FOLDER}/csv", check=False)
    report = json.loads(run.stdout)
    assert report["valid"], run.stdout.decode()[:1000]
    return f"valid, {len(report['tasks'])} tables"


def spark():
    """Spark in local mode on the same folder, against SQLite:"""
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = session.config("spark.sql.ansi.enabled", "true").config("spark.log.level", "ERROR").getOrCreate()
    sql = """SELECT topic, calendar_year, count(*) AS parties FROM panel WHERE status = 'party'
             GROUP BY topic, calendar_year ORDER BY topic, calendar_year"""
    session.read.parquet(f"{PARQUET}/panel").createOrReplaceTempView("panel")
    found = [tuple(row) for row in session.sql(sql).collect()]
    session.stop()
    assert found == sqlite3.connect(DATABASE).execute(sql).fetchall()
    return f"{len(found)} rows the same"


if __name__ == "__main__":
    program = sys.argv[3] if len(sys.argv) > 3 else f"{REPOSITORY}/target/release/sincewhen"
    PROGRAM_LOG = f"'{program}' -C '{REPOSITORY}' log --format json"
    checks = [as_of, manual, datasette, duckdb, pandas, frictionless]
    if importlib.util.find_spec("pyspark"):
        checks.append(spark)
    for check in checks:
        reader(check)
    sys.exit(1 if failed else 0)
