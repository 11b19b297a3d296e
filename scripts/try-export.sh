#!/usr/bin/env bash
# try-export.sh [PROGRAM]: exports this repository's dataset in all formats and reads it with the programs that people use: Python's sqlite3,
# Datasette, DuckDB, pandas, frictionless, and Spark where Java and pyspark are to be had. Compares as_of with the files of the editions in
# force on 20 days over all records. Not part of the tests: it needs PyPI, git, and a program built with --features export.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath "${1:-$here/target/release/sincewhen}")
work=${WORK:-$(mktemp -d)}
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT

if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet duckdb pandas pyarrow datasette frictionless pyyaml
fi
if command -v java > /dev/null && ! "$work/venv/bin/python" -c 'import pyspark' 2> /dev/null; then
  "$work/venv/bin/pip" install --quiet 'pyspark<4' || true
fi
PATH="$work/venv/bin:$PATH"

for format in csv sqlite parquet; do
  echo "== export --format $format"
  ( time "$program" -C "$here" export --format "$format" --out "$work/$format" ) 2>&1 | grep -v '^$\|user\|sys'
done
python "$here/scripts/try_export.py" "$here" "$work" "$program"
