#!/usr/bin/env bash
# Tries .pre-commit-hooks.yaml with the real pre-commit program: a good edit passes, a bad one is refused.
# Needs Python with pip (pre-commit comes from PyPI), git, and a built sincewhen: SINCEWHEN, or target/release, or target/debug.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
program=${SINCEWHEN:-$here/target/release/sincewhen}
[ -x "$program" ] || program=$here/target/debug/sincewhen
[ -x "$program" ] || { echo "build the program first: cargo build" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet pre-commit
precommit="$work/venv/bin/pre-commit"
export PATH="$(dirname "$program"):$PATH" PRE_COMMIT_HOME="$work/cache" GIT_CONFIG_GLOBAL=/dev/null SINCEWHEN_TODAY=2026-11-23
export GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.org GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.org

"$precommit" validate-manifest "$here/.pre-commit-hooks.yaml"
echo "the manifest is valid"

# The hooks as they stand, but for building the program anew.
mkdir "$work/hooks" && cd "$work/hooks" && git init -q
sed 's/language: rust/language: system/' "$here/.pre-commit-hooks.yaml" > .pre-commit-hooks.yaml
git add . && git commit -qm hooks

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
"$precommit" install > /dev/null

record=dataset/countries/FIN/mine-ban.yaml
echo "# a comment" >> "$record"
git commit -qam "a comment" && echo "a comment passes"
sed -i 's/participation: participant/participation: participants/' "$record"
if git commit -qam "a misspelt value" > "$work/log" 2>&1; then
  cat "$work/log" >&2; echo "a misspelt value was let through" >&2; exit 1
fi
grep -q "schema-value" "$work/log" && grep -q "gate-not-moved" "$work/log" && echo "a misspelt value is refused, and so is content that moves without its date"
git checkout -q HEAD -- "$record"
sed -i 's/^topic: mine-ban/topic:    mine-ban/' "$record"
echo "# another comment" >> "$record"
if git commit -qam "blanks" > "$work/log" 2>&1; then
  echo "blanks were let through" >&2; exit 1
fi
grep -q "^topic: mine-ban" "$record" && git commit -qam "formatted" && echo "a file in another layout is formatted, and passes the second time"
