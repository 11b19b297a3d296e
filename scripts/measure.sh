#!/usr/bin/env bash
# Measures whole processes side by side, in one run, on a generated history: medians of RUNS runs after one that is not counted.
# Usage: scripts/measure.sh [RECORDS [REVISIONS [RUNS]]]   (1000 100 5 if left out)
# Peers that are installed are measured too: git; python3 with PyYAML; check-jsonschema.
set -euo pipefail
cd "$(dirname "$0")/.."
records=${1:-1000} revisions=${2:-100} runs=${3:-5}
cargo build --release --quiet --bin sincewhen --example generate_history
tool=$PWD/target/release/sincewhen
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
target/release/examples/generate_history "$work/repo" "$records" "$revisions"
cd "$work/repo"
git gc --quiet

median() { # NAME COMMAND…
  local name=$1; shift
  "$@" >/dev/null 2>&1 || true
  for _ in $(seq "$runs"); do
    local start end
    start=$(date +%s%N); "$@" >/dev/null 2>&1 || true; end=$(date +%s%N)
    echo $(( (end - start) / 1000 ))
  done | sort -n | awk -v name="$name" '{ a[NR] = $1 } END { printf "%-58s %9.3f s\n", name, a[int((NR + 1) / 2)] / 1e6 }'
}

blobs() { git rev-list --objects HEAD -- dataset | awk 'NF == 2' | cut -d' ' -f1 | git cat-file --batch; }
export -f blobs

echo "$records records × $revisions revisions; median of $runs runs"
median "git log --raw --no-renames -- dataset" git log --raw --no-renames --format=%H -- dataset
median "the same, and git cat-file --batch of every blob" bash -c 'git log --raw --no-renames --format=%H -- dataset >/dev/null; blobs'
median "sincewhen changelog (all records)" "$tool" changelog --no-pager
median "sincewhen changelog of one record" "$tool" changelog r00007 --no-pager
median "sincewhen since (all records)" "$tool" since --no-pager
median "sincewhen since of one record" "$tool" since r00007 --no-pager
if python3 -c 'import yaml; yaml.CSafeLoader' 2>/dev/null; then
  median "python3, libyaml: parse every blob" python3 -c '
import subprocess, yaml
ids = [l.split()[0] for l in subprocess.run(["git","rev-list","--objects","HEAD","--","dataset"],capture_output=True,text=True).stdout.splitlines() if len(l.split())==2]
p = subprocess.Popen(["git","cat-file","--batch"],stdin=subprocess.PIPE,stdout=subprocess.PIPE)
import threading
threading.Thread(target=lambda:(p.stdin.write(("\n".join(ids)+"\n").encode()),p.stdin.close()),daemon=True).start()
for _ in ids:
    head = p.stdout.readline().split()
    body = p.stdout.read(int(head[2])); p.stdout.read(1)
    if head[1] == b"blob": yaml.load(body, Loader=yaml.CSafeLoader)
'
fi
