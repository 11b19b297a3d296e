#!/usr/bin/env python3
"""Datasets of other shapes at the size of real ones: editions against a second reader, time against git's own reading.

    scripts/try-other-shapes.py build FOLDER [--scale 0.1] [advisories people products]
    scripts/try-other-shapes.py time FOLDER [--program target/release/sincewhen] [advisories people products]

`build` generates a repository a shape with `git fast-import`, packed as git packs a clone, below a new folder. `time` has the program list
its editions and word all their changes, without a cache, finds the editions again with git and PyYAML alone, and compares; each time is
the best of three, but PyYAML's. Needs git and PyYAML; not part of the tests.
"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

import yaml

LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Stream:
    """A history for `git fast-import`: one commit after another on one branch, written as it is made."""

    def __init__(self, folder):
        subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
        self.folder = folder
        self.process = subprocess.Popen(["git", "-C", folder, "fast-import", "--quiet"], stdin=subprocess.PIPE)
        self.at = 1_500_000_000

    def commit(self, message, files, step=86_400):
        self.at += step
        parts = [
            f"commit refs/heads/main\ncommitter K <k@example.org> {self.at} +0000\ndata {len(message)}\n{message}\n"
        ]
        for path, text in files.items():
            parts.append(f"M 100644 inline {path}\ndata {len(text.encode())}\n{text}\n")
        self.process.stdin.write("".join(parts).encode())

    def finish(self):
        self.process.stdin.close()
        if self.process.wait():
            sys.exit("git fast-import failed")
        subprocess.run(["git", "-C", self.folder, "reset", "-q", "--hard", "main"], check=True)


def manifest(kind, **keys):
    lines = [f"format: sincewhen.manifest/1\ntitle: {kind}\nrecords:\n  - kind: {kind}\n    schema: schema.json\n"]
    lines += [f"    {key}: {value}\n" for key, value in keys.items()]
    return {"sincewhen.yaml": "".join(lines), "schema.json": '{"type": "object"}\n'}


def day(at):
    return time.strftime("%Y-%m-%d", time.gmtime(at))


def advisories(stream, scale, dice):
    """4,500 files, 7,400 editions, stamped."""
    stream.commit("policy", manifest("advisory", path='"vulns/**/*.yaml"', identity="[id]", date="[modified, published]"))
    names = [f"A-{n}" for n in range(int(4500 * scale))]
    steps = names + [dice.choice(names) for _ in range(int(2900 * scale))]
    versions = {}
    for start in range(0, len(steps), 20):
        files = {}
        for name in steps[start : start + 20]:
            versions[name] = versions.get(name, 0) + 1
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(stream.at + dice.randrange(80_000)))
            key = "modified" if versions[name] > 1 or dice.random() < 0.5 else "published"
            listed = "".join(f'    - "{n}.{versions[name]}"\n' for n in range(20))
            files[f"vulns/{name[-1]}/{name}.yaml"] = f"id: {name}\n{key}: {stamp}\naffected:\n  - package: {{name: p}}\n    versions:\n{listed}"
        stream.commit("some", files)


def people(stream, scale, dice):
    """540 records of about 2 kB in one file, 2,600 revisions."""
    stream.commit("policy", manifest("person", path="people.yaml", items='"."', identity="[id.own]", date="max(terms[].start)"))
    count = max(5, int(540 * scale))
    terms = [[day(1_000_000_000 + n * 86_400)] for n in range(count)]
    notes = [0] * count
    filler = "x" * 60
    for step in range(max(10, int(2600 * scale))):
        for n in {dice.randrange(count) for _ in range(3)}:
            if dice.random() < 0.4:
                terms[n].append(day(stream.at))
            notes[n] += 1
        text = "".join(
            f"- id: {{own: p{n}}}\n  note: {notes[n]}\n"
            + "".join(f"  field{k}: {filler}\n" for k in range(22))
            + "  terms:\n"
            + "".join(f"    - {{start: {start}, party: Red}}\n" for start in terms[n][-9:])
            for n in range(count)
        )
        stream.commit("some", {"people.yaml": text})


def products(stream, scale, dice):
    """460 pages of front matter, 26,000 editions, dated by commit."""
    stream.commit("policy", manifest("product", path='"products/*.md"', identity="[$stem]", date="commit"))
    names = [f"p{n}" for n in range(max(3, int(460 * scale)))]
    latest = {name: 0 for name in names}
    for step in range(max(30, int(26_000 * scale))):
        name = names[step] if step < len(names) else dice.choice(names)
        latest[name] += 1
        cycles = "".join(f'  - cycle: "{n}"\n    latest: "{n}.{latest[name]}"\n    eol: 20{n:02}-01-01\n' for n in range(12))
        page = f"---\ntitle: {name}\nreleases:\n{cycles}---\n\n# {name}\n\nIt's a page: \"{name}\".\n"
        stream.commit("some", {f"products/{name}.md": page}, step=dice.choice([3_600, 40_000]))


def revisions(folder, path):
    """Commits, oldest first, with what they changed below a path: (commit, day, [(file, blob)])."""
    command = ["git", "-C", folder, "log", "--reverse", "--raw", "--no-renames", "--no-abbrev", "--format=c %H %ct", "--", path]
    out = []
    for line in subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines():
        if line.startswith("c "):
            _, commit, at = line.split()
            out.append((commit, day(int(at)), []))
        elif line.startswith(":"):
            meta, file = line.split("\t")
            out[-1][2].append((file, meta.split()[3]))
    return out


def blobs(folder, wanted):
    """The contents of blobs, one after another."""
    feed = "".join(f"{blob}\n" for blob in wanted).encode()
    process = subprocess.Popen(["git", "-C", folder, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    import threading

    threading.Thread(target=lambda: (process.stdin.write(feed), process.stdin.close()), daemon=True).start()
    for _ in wanted:
        size = int(process.stdout.readline().split()[2])
        data = process.stdout.read(size)
        process.stdout.read(1)
        yield data


def second_reader(shape, folder):
    """Record -> the dates of its editions, found with git and PyYAML."""
    path = PATHS[shape]
    changes = [(at, file, blob) for _, at, files in revisions(folder, path) for file, blob in files]
    editions, known = {}, {}
    for (at, file, _), data in zip(changes, blobs(folder, [blob for _, _, blob in changes])):
        if shape == "advisories":
            record = yaml.load(data, LOADER)
            editions.setdefault(record["id"], set()).add(record.get("modified") or record["published"])
        elif shape == "people":
            # Most of a file is as it was: each item's text is read once, and by itself.
            for text in re.split(rb"(?m)^(?=- id:)", data)[1:]:
                if text not in known:
                    record = yaml.load(text, LOADER)[0]
                    known[text] = (record["id"]["own"], max(term["start"] for term in record["terms"]))
                name, date = known[text]
                editions.setdefault(name, set()).add(date)
        else:
            name = file.rsplit("/", 1)[1].removesuffix(".md")
            editions.setdefault(name, set()).add(at)
    return {name: sorted(dates) for name, dates in editions.items()}


def timed(command, times=3):
    """The best time of some runs, and the answer."""
    best = None
    for _ in range(times):
        start = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True)
        spent = time.monotonic() - start
        if done.returncode:
            sys.exit(done.stderr)
        best = spent if best is None else min(best, spent)
    return best, done.stdout


def best_of(times, work):
    """The best time of some runs."""
    spent = []
    for _ in range(times):
        start = time.monotonic()
        work()
        spent.append(time.monotonic() - start)
    return min(spent)


SHAPES = {"advisories": advisories, "people": people, "products": products}
PATHS = {"advisories": "vulns", "people": "people.yaml", "products": "products"}


def build(folder, shape, scale):
    os.makedirs(folder)
    stream = Stream(folder)
    SHAPES[shape](stream, scale, random.Random(7))
    stream.finish()
    # fast-import's own packs are slower to read.
    subprocess.run(["git", "-C", folder, "repack", "-adfq"], check=True)


def measure(folder, shape, program):
    """Prints one line of figures; whether the editions are those of the second reader."""
    raw, _ = timed(["git", "-C", folder, "log", "--raw", "--no-renames", "--format=%H", "--", PATHS[shape]])
    wanted = [blob for _, _, files in revisions(folder, PATHS[shape]) for _, blob in files]
    read = best_of(3, lambda: [None for _ in blobs(folder, wanted)])
    command = [program, "-C", folder, "--no-cache"]
    log, answer = timed([*command, "log", "--format", "json"])
    changelog, _ = timed([*command, "changelog", "--format", "jsonl"])
    found = {
        record["record"]: sorted(edition["last_updated"] for edition in record["editions"])
        for record in json.loads(answer)["records"]
    }
    start = time.monotonic()
    other = second_reader(shape, folder)
    second = time.monotonic() - start
    count = sum(map(len, found.values()))
    print(
        f"{shape}: {len(found)} records, {count} editions, {'the same' if found == other else 'OTHERS'} as the second reader's; "
        f"git log --raw {raw:.2f} s, git cat-file of all blobs {read:.2f} s, log {log:.2f} s, "
        f"changelog {changelog:.2f} s, PyYAML {second:.1f} s"
    )
    for name in sorted(set(found) | set(other)):
        if found.get(name) != other.get(name):
            print("  ", name, "program:", found.get(name), "second reader:", other.get(name))
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["build", "time"])
    parser.add_argument("folder", help="holds a repository a shape")
    parser.add_argument("shapes", nargs="*", default=list(SHAPES))
    parser.add_argument("--program", default="target/release/sincewhen")
    parser.add_argument("--scale", type=float, default=1.0)
    args = parser.parse_args()
    same = True
    for shape in args.shapes:
        folder = os.path.join(args.folder, shape)
        if args.what == "build":
            build(folder, shape, args.scale)
        else:
            same &= measure(folder, shape, args.program)
    sys.exit(not same)


if __name__ == "__main__":
    main()
