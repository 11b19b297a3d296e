#!/usr/bin/env bash
# try-site.sh [PROGRAM [SITE]]: builds the site of this repository's dataset (or takes the one in SITE) and looks at it with what people
# use: every feed in feedparser and against JSON Feed 1.1, fifty pages in Chromium with axe-core, light, dark, on a phone, in print, by
# keyboard and without script. Screenshots stay in $WORK. Not part of the tests: it needs PyPI, npm, chromium and node.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
program=$(realpath "${1:-$here/target/release/sincewhen}")
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"
site=${2:-$work/site}

if [ ! -d "$site" ]; then
  echo "== site, cold, then with nothing changed"
  for _ in cold again; do
    ( time "$program" -C "$here" site --out "$site" --base-url https://example.org/positions/ ) 2>&1 | grep -v '^$\|user\|sys'
  done
fi
if [ ! -x "$work/venv/bin/python" ]; then
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet feedparser
fi
if [ ! -d "$work/node_modules/axe-core" ]; then
  npm install --silent --prefix "$work" playwright-core axe-core
fi
failed=0
"$work/venv/bin/python" "$here/scripts/try_site_feeds.py" "$site" || failed=1
NODE_PATH="$work/node_modules" node "$here/scripts/try_site_pages.cjs" "$site" "$work/shots" || failed=1
exit "$failed"
