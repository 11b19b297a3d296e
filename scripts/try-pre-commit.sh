#!/usr/bin/env bash
# try-pre-commit.sh [WHEEL]: tries .pre-commit-hooks.yaml with the real pre-commit program, as a user without Rust: a good edit passes, a bad
# one is refused. Needs Python with pip (pre-commit comes from PyPI), and git; without WHEEL also Rust, to build it.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
. "$here/scripts/wheel/listed.sh"
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
wheel_of "${1:-}"

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet "${PRE_COMMIT:-pre-commit}"
git() {
  without_rust PRE_COMMIT_HOME="$work/cache" GIT_CONFIG_GLOBAL=/dev/null SINCEWHEN_TODAY=2026-11-23 \
    GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.org GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.org git "$@"
}

without_rust pre-commit validate-manifest "$here/.pre-commit-hooks.yaml"
echo "the manifest is valid"

# The repository of the hooks, as it stands after a release.
serve "$(dirname "$wheel")"
listed_copy "$wheel" "$work/hooks" "$address"
cd "$work/hooks" && git init -q && git add . && git commit -qm hooks

mkdir "$work/data" && cd "$work/data" && git init -q
mkdir dataset && cp -r "$here/schema" .
cp -r "$here"/dataset/{sincewhen.yaml,states.yaml,treaties.yaml,calendars} dataset/
cp -r "$here/tests/fixtures/guard/countries" dataset/
cat > .pre-commit-config.yaml <<EOF
repos:
  - repo: $work/hooks
    rev: $(git -C "$work/hooks" rev-parse HEAD)
    hooks: [{id: sincewhen-check}, {id: sincewhen-fmt}]
EOF
git add . && git commit -qm data
without_rust pre-commit install > /dev/null

record=dataset/countries/FIN/mine-ban.yaml
echo "# a comment" >> "$record"
git commit -qam "a comment" && echo "a comment passes"
sed -i 's/participation: participant/participation: participants/' "$record"
if git commit -qam "a misspelt value" > "$work/log" 2>&1; then
  cat "$work/log" >&2; echo "a misspelt value was let through" >&2; exit 1
fi
for rule in schema-value gate-not-moved; do
  grep -q "$rule" "$work/log" || { cat "$work/log" >&2; echo "$rule is missing" >&2; exit 1; }
done
echo "a misspelt value is refused, and so is content that moves without its date"
git checkout -q HEAD -- "$record"
sed -i 's/^topic: mine-ban/topic:    mine-ban/' "$record"
echo "# another comment" >> "$record"
if git commit -qam "blanks" > "$work/log" 2>&1; then
  echo "blanks were let through" >&2; exit 1
fi
grep -q "^topic: mine-ban" "$record" && git commit -qam "formatted" > /dev/null
echo "a file in another layout is formatted, and passes the second time"
