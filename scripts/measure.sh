#!/usr/bin/env bash
# Measures whole processes side by side, in one run, and prints Markdown tables: wall time (median) and the largest process's memory.
#
# Usage: scripts/measure.sh [RECORDSxREVISIONS…]     (200x20 1000x20 1000x100 if left out; the last one is compared with other programs)
#
# Environment: RUNS (3) runs of each after one that is not counted, where that takes less than SLOW (5) seconds, else one;
# TOOL, a binary to measure instead of building one; PEERS, a folder of programs (a virtual environment's `bin`) with
# git-history, deepdiff and check-jsonschema, made by pip if left out; AJV, the program of ajv-cli; HERE=0 leaves out this repository.
# What is not installed is left out. Generated repositories are repacked with `git repack -adf` first, as a server keeps them.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(200x20 1000x20 1000x100)
if [ -z "${TOOL:-}" ]; then
  cargo build --release --quiet --bin sincewhen
  TOOL=$here/target/release/sincewhen
fi
if [ -z "${PEERS:-}" ]; then
  PEERS=$work/peers/bin
  python3 -m venv "$work/peers" && "$PEERS/pip" install --quiet pyyaml git-history deepdiff check-jsonschema >&2 || true
fi
rustc --edition 2024 -O "$here/examples/generate_history.rs" -o "$work/generate"
export TOOL PEERS AJV="${AJV:-$(command -v ajv || true)}" RUNS="${RUNS:-3}" SLOW="${SLOW:-5}" HERE="${HERE:-1}"
for size in "${sizes[@]}"; do
  "$work/generate" "$work/$size" "${size%x*}" "${size#*x}"
  git -C "$work/$size" repack -adfq
done
python3 "$here/scripts/measure.py" "$here" "$work" "${sizes[@]}"
