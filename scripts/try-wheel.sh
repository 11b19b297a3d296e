#!/usr/bin/env bash
# try-wheel.sh [WHEEL]: installs the wheel into empty virtual environments as a user without Rust would, and runs the main job.
# Needs Python with venv, and git; without WHEEL also Rust, to build it.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$here/scripts/wheel/listed.sh"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
wheel_of "${1:-}"

fresh() { rm -rf "$work/venv" && python3 -m venv "$work/venv"; }
now() { date +%s%N; }
seconds() { awk -v ns="$(($(now) - $1))" 'BEGIN { printf "%.1f s", ns / 1e9 }'; }

fresh
if without_rust bash -c 'command -v cargo' > /dev/null; then echo "cargo is in /usr/bin: this would prove nothing" >&2; exit 2; fi
started=$(now)
without_rust pip install --quiet --no-index "$wheel"
echo "installed from the file in $(seconds "$started"): $(without_rust sincewhen --version)"
cd "$here"
started=$(now)
without_rust sincewhen since KAZ/cluster-munitions --as-of 2020-09-04 > "$work/answer"
grep -q "no MSP attendance since 2016" "$work/answer"
echo "the first answer, over the whole history of the dataset, in $(seconds "$started")"
# A published program has all formats of tables.
for format in csv sqlite parquet; do
  without_rust sincewhen export KAZ --format "$format" --out "$work/$format" > "$work/answer"
  grep -q "statements" "$work/answer"
done

fresh
serve "$(dirname "$wheel")"
listed_copy "$wheel" "$work/repository" "$address"
without_rust pip install --quiet --no-index "$work/repository"
without_rust sincewhen --version > /dev/null
echo "a commit that lists the release installs it by address and SHA-256, without Rust"

fresh
sed -i 's/\t[0-9a-f]\{64\}\t/\t0000000000000000000000000000000000000000000000000000000000000000\t/' "$work/repository/scripts/action/releases.tsv"
if without_rust pip install --quiet --no-index "$work/repository" > "$work/log" 2>&1; then
  echo "another file than the release was installed" >&2; exit 1
fi
grep -q "is not the release" "$work/log"
: > "$work/repository/scripts/action/releases.tsv"
mkdir "$work/index" && python3 -m pip download --quiet --no-deps --dest "$work/index" "$(sed -n 's/^MATURIN = "\(.*\)"/\1/p' scripts/wheel/backend.py)"
if without_rust pip install --quiet --no-index --find-links "$work/index" "$work/repository" > "$work/log" 2>&1; then
  echo "something was installed where nothing is listed and nothing can be built" >&2; exit 1
fi
grep -q "there is no cargo to build one" "$work/log"
echo "another file than the release is refused, and so is a commit that lists none where there is no Rust"
