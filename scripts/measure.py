"""The measurements of `scripts/measure.sh`, which prepares the repositories and says what is needed."""

import glob
import os
import platform
import shlex
import shutil
import statistics
import subprocess
import sys
import time

HERE, WORK, *SIZES = sys.argv[1:]
TOOL, PEERS, AJV = os.environ["TOOL"], os.environ["PEERS"], os.environ["AJV"]
RUNS, SLOW = int(os.environ["RUNS"]), float(os.environ["SLOW"])
CACHE = os.path.join(WORK, "cache")

# One process for each measurement, so that its children's largest resident set is that of the measured program alone.
RUNNER = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
wall, used = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
print(wall, used.ru_utime + used.ru_stime, used.ru_maxrss, code)
"""

BLOBS = "git log --raw --no-renames --no-abbrev --format= -- dataset | awk '$4 !~ /^0+$/ { print $4 }' | sort -u"
LOG = "git log --raw --no-renames --format=%H -- dataset"
READ = f"{LOG} >/dev/null; {BLOBS} | git cat-file --batch"

PYYAML = """
import subprocess, sys, threading, yaml
ids = subprocess.run(sys.argv[1], shell=True, capture_output=True, text=True).stdout.split()
p = subprocess.Popen(["git", "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
threading.Thread(target=lambda: (p.stdin.write(("\\n".join(ids) + "\\n").encode()), p.stdin.close()), daemon=True).start()
for _ in ids:
    size = int(p.stdout.readline().split()[2])
    yaml.load(p.stdout.read(size), Loader=yaml.CSafeLoader)
    p.stdout.read(1)
"""

DEEPDIFF = """
import subprocess, sys, yaml
from deepdiff import DeepDiff
last = None
for commit in subprocess.run(["git", "log", "--reverse", "--format=%H", "--", sys.argv[1]], capture_output=True, text=True).stdout.split():
    text = subprocess.run(["git", "show", f"{commit}:{sys.argv[1]}"], capture_output=True).stdout
    tree = yaml.load(text, Loader=yaml.CSafeLoader)
    if last is not None:
        DeepDiff(last, tree)
    last = tree
"""


def once(folder, command):
    ran = subprocess.run([sys.executable, "-c", RUNNER, *command], cwd=folder, capture_output=True, text=True)
    seconds, work, kilobytes, code = ran.stdout.split()
    return float(seconds), float(work), int(kilobytes) / 1024, int(code)


def measure(folder, command, before=None, codes=(0,)):
    """Median seconds, median seconds of all processors together, largest memory in MiB; `before` is called before each run."""
    taken = []
    while len(taken) <= RUNS:
        if before:
            before()
        seconds, work, memory, code = once(folder, command)
        if code not in codes:
            raise RuntimeError(f"{shlex.join(command)[:200]}: exit code {code}")
        taken.append((seconds, work, memory))
        if seconds > SLOW:
            break
    counted = taken[1:] or taken
    seconds, work, memory = zip(*counted)
    return statistics.median(seconds), statistics.median(work), max(memory)


class Table:
    """Rows of one repository, and ratios to a row measured before."""

    def __init__(self, folder, title):
        self.folder, self.rows = folder, {}
        print(f"\n### {title}\n\n| what | seconds | of processors | memory | ratio |\n|---|---:|---:|---:|---|", flush=True)

    def row(self, name, command, to=(), share=1, **more):
        try:
            seconds, work, memory = measure(self.folder, command, **more)
        except (RuntimeError, OSError, ValueError) as error:
            print(f"| {name} | – | – | – | not measured: {str(error).splitlines()[0][:120]} |", flush=True)
            return
        self.rows[name] = seconds / share
        ratios = ", ".join(f"{seconds / share / self.rows[other]:.2f} × {other}" for other in to if other in self.rows)
        shown = f"{seconds:.3f}" if share == 1 else f"{seconds:.3f} ({1000 * seconds / share:.2f} ms each of {share})"
        print(f"| {name} | {shown} | {work:.3f} | {memory:.0f} MiB | {ratios} |", flush=True)


def shell(command):
    return ["sh", "-c", command]


def forget():
    shutil.rmtree(CACHE, ignore_errors=True)


def tool(*words):
    return [TOOL, *words, "--no-pager", "--no-cache"]


def kept(*words):
    return [TOOL, *words, "--no-pager", "--cache-dir", CACHE]


def answers(table, record, year):
    """The floors, and what the program answers, cold and warm."""
    table.row("git log --raw", shell(LOG))
    table.row("read: log and cat-file", shell(READ), to=["git log --raw"])
    table.row("process start", [TOOL, "--version"])
    table.row("changelog, no cache", tool("changelog"), to=["read: log and cat-file"])
    table.row("changelog, filling a cache", kept("changelog"), to=["changelog, no cache"], before=forget)
    table.row("changelog, warm", kept("changelog"), to=["changelog, no cache"])
    table.row("one record, no cache", tool("changelog", record), to=["git log --raw"])
    table.row("one record, warm", kept("changelog", record))
    table.row("since --as-of over all, no cache", tool("since", "--as-of", year))
    kept_since = kept("since", "--as-of", year)
    table.row("since --as-of over all, warm", kept_since)
    table.row("log, no cache", tool("log"), to=["git log --raw"])
    table.row("report, no cache", tool("report", year), to=["changelog, no cache"])
    table.row("check, all", tool("check"), codes=(0, 1))
    table.row("check --base HEAD~1, the newest commit", tool("check", "--base", "HEAD~1"), to=["check, all"], codes=(0, 1))


def small_change(table):
    """A branch that changes one record, against a check of all."""
    file = os.path.join(table.folder, "dataset/records/007/r00007.yaml")
    with open(file) as given:
        text = given.read()
    with open(file, "w") as to:
        to.write(text.replace("\nlevel: ", "\nlevel: 1"))
    who = ["-c", "user.name=A Generator", "-c", "user.email=generator@example.org"]
    for words in [["switch", "--quiet", "--detach"], [*who, "commit", "--quiet", "--all", "--message", "one record"]]:
        subprocess.run(["git", *words], cwd=table.folder, check=True)
    table.row("check --base HEAD~1, one record changed", tool("check", "--base", "HEAD~1"), to=["check, all"], codes=(0, 1))
    subprocess.run(["git", "switch", "--quiet", "main"], cwd=table.folder, check=True)


def peers(table, records, revisions):
    """Other programs on the same work."""
    python = os.path.join(PEERS, "python3")
    files = sorted(glob.glob(os.path.join(table.folder, "dataset/records/*/*.yaml")))
    relative = [os.path.relpath(file, table.folder) for file in files]
    one = relative[0]
    table.row("PyYAML (C loader), every blob", [python, "-c", PYYAML, BLOBS], to=["changelog, no cache"])
    convert = "import yaml\nreturn [yaml.load(content, Loader=yaml.CSafeLoader)]"
    history = ["git-history", "file", os.path.join(WORK, "h.db"), one, "--repo", ".", "--convert", convert, "--id", "name"]

    def remove():
        for file in glob.glob(os.path.join(WORK, "h.db*")):
            os.remove(file)

    table.row("git-history, one file", [os.path.join(PEERS, history[0]), *history[1:]], share=revisions, before=remove)
    table.row("deepdiff, one file", [python, "-c", DEEPDIFF, one], share=revisions)
    if "changelog, no cache" in table.rows:
        each = table.rows["changelog, no cache"] / (records * revisions)
        others = [f"{name} {table.rows[name] / each:.0f} ×" for name in ["git-history, one file", "deepdiff, one file"] if name in table.rows]
        print(f"| per revision, changelog without cache: {1e6 * each:.1f} µs | | | | the others against it: {', '.join(others)} |")
    schema = os.path.join(WORK, "schema.json")
    with open(os.path.join(table.folder, "schema/reservoir.schema.json")) as given, open(schema, "w") as to:
        # Other readers of YAML make an unquoted date something else than text.
        to.write(given.read().replace('"last_updated": {"type": "string", ', '"last_updated": {'))
    table.row("check-jsonschema, all records", [os.path.join(PEERS, "check-jsonschema"), "--schemafile", schema, *relative], to=["check, all"])
    if AJV:
        every = ["validate", "--spec=draft2020", "--strict=false", "-s", schema, "-d", "dataset/records/**/*.yaml"]
        table.row("ajv-cli, all records", [AJV, *every], to=["check, all"])


def main():
    git = subprocess.run(["git", "--version"], capture_output=True, text=True).stdout.strip()
    made = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    print(f"{made} UTC · {os.cpu_count()} cores · {platform.system()} {platform.machine()} · {git} · medians of {RUNS} runs")
    print(f"load before: {os.getloadavg()[0]:.1f}")
    growth = []
    for size in SIZES:
        records, revisions = (int(part) for part in size.split("x"))
        forget()
        folder = os.path.join(WORK, size)
        table = Table(folder, f"generated, {records} records × {revisions} revisions, repacked")
        answers(table, "r00007", str(1989 + max(1, revisions // 12)))
        small_change(table)
        growth.append((records * revisions, table.rows))
        if size == SIZES[-1]:
            peers(table, records, revisions)
    if os.environ["HERE"] != "0":
        forget()
        copy = os.path.join(WORK, "here")
        subprocess.run(["git", "clone", "--quiet", HERE, copy], check=True)
        subprocess.run(["git", "repack", "-adfq"], cwd=copy, check=True)
        answers(Table(copy, "this repository, a fresh clone, repacked"), "KAZ/mine-ban", "2020")
    print("\n### growth\n\n| revisions | read | changelog, no cache | µs a revision | against read |\n|---:|---:|---:|---:|---:|")
    for count, rows in growth:
        if {"read: log and cat-file", "changelog, no cache"} <= rows.keys():
            read, changelog = rows["read: log and cat-file"], rows["changelog, no cache"]
            print(f"| {count} | {read:.2f} s | {changelog:.2f} s | {1e6 * changelog / count:.1f} | {changelog / read:.2f} |")
    print(f"\nload after: {os.getloadavg()[0]:.1f}")


main()
