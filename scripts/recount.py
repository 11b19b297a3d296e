#!/usr/bin/env python3
"""Counts a yearly report again from the fact tables alone, and says where the two differ.

Usage: recount.py FACTS [YEAR…]

FACTS holds the tables from which the dataset was coded: treaty-status.csv (treaty, iso3, signed, consented, withdrawal_notified,
withdrawal_effective), unga-resolutions.csv (resolution, treaty, date) and unga-votes.csv (resolution, iso3, vote: Y, N, A, NV).
What a table does not hold is told as a difference (Lebanon's accession of 2026, known from other sources). Needs Python 3 and
a built sincewhen (SINCEWHEN, or target/release, or target/debug). Exit status 1 if a number differs.
"""
import csv, json, os, subprocess, sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TOPIC = {"ccm": "cluster-munitions", "mbt": "mine-ban"}
VOTE = {"Y": "in-favour", "N": "against", "A": "abstained", "NV": "not-voting"}


def program():
    places = [os.environ.get("SINCEWHEN"), HERE / "target/release/sincewhen", HERE / "target/debug/sincewhen"]
    return next(str(place) for place in places if place and Path(place).exists())


def table(name):
    with open(Path(sys.argv[1]) / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main():
    status, resolutions, votes = table("treaty-status.csv"), table("unga-resolutions.csv"), table("unga-votes.csv")
    roll = {}
    for row in votes:
        state = "SRB" if row["iso3"] == "YUG" else row["iso3"]  # one row of states, as the codebook says
        roll.setdefault(row["resolution"], {})[state] = VOTE[row["vote"]]
    resolutions.sort(key=lambda row: row["date"])
    differ = 0
    for year in sys.argv[2:] or [str(y) for y in range(1998, 2027)]:
        out = subprocess.run([program(), "-C", str(HERE), "report", year, "--format", "json", "--quiet"], capture_output=True, check=True)
        report = json.loads(out.stdout)
        sections = {}
        for part in report["parts"]:
            for section in part["sections"]:
                sections.setdefault(section["id"], []).append(section)

        def records(section, rule):
            items = [item for one in sections.get(section, []) for item in one["items"]]
            return {item["record"] for item in items if item["rule"].startswith(rule)}

        def acts(column):
            return {f"{r['iso3']}/{TOPIC[r['treaty']]}" for r in status if r[column].startswith(year)}

        turned = set()
        for treaty, topic in TOPIC.items():
            last = {}
            for row in (row for row in resolutions if row["treaty"] == treaty):
                for state, vote in roll[row["resolution"]].items():
                    if row["date"].startswith(year) and last.get(state, vote) != vote:
                        turned.add(f"{state}/{topic}")
                    last[state] = vote
        cast = Counter(v for r in resolutions if r["date"].startswith(year) for v in roll[r["resolution"]].values())
        told = Counter()
        for one in sections.get("votes", []):
            for row in one.get("tally", []):
                for count in row["counts"]:
                    told[count["value"]] += count["count"]
        coverage = report["coverage"]
        states = sum(coverage[name] for name in ("changed", "reviewed", "unchanged", "new", "ended", "unreadable"))
        pairs = {
            "joined": (records("joined", "joined"), acts("consented")),
            "notices": (records("left", "withdrawal-notified"), acts("withdrawal_notified")),
            "withdrawals": (records("left", "withdrawn"), acts("withdrawal_effective")),
            "votes that turned": (records("votes-turned", "unga-vote"), turned),
            "votes cast": (told, cast),
            "records": (states, coverage["records"]),
        }
        for name, (ours, theirs) in pairs.items():
            if ours != theirs:
                differ += 1
                detail = f"only the report: {sorted(ours - theirs)}, only the tables: {sorted(theirs - ours)}" if isinstance(ours, set) else f"{ours} {theirs}"
                print(f"{year} {name}: {detail}")
        sizes = ", ".join(f"{len(v[0])} {k}" for k, v in pairs.items() if isinstance(v[0], set))
        print(f"{year}: {sizes}, {sum(told.values())} votes cast", flush=True)
    print("no number differs" if not differ else f"{differ} numbers differ")
    return bool(differ)


sys.exit(main())
