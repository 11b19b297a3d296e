#!/usr/bin/env python3
"""Counts the dataset again, from its files alone, and says what does not add up.

Usage: recount.py                  the records, calendars and tables of the working tree
       recount.py FACTS [YEAR…]    a yearly report against the fact tables from which the dataset was coded

Without arguments nothing but Python 3 is needed. It counts the votes against the roll calls and the published tallies, the
parties and signatories on nineteen days against published totals, the standing of each record against its dates and against
its twin on the other treaty, the composed summaries against the fields, and looks for claims without a source, texts with the
coders' working marks, and sources without an address or a date.

FACTS holds treaty-status.csv (treaty, iso3, signed, consented, withdrawal_notified, withdrawal_effective),
unga-resolutions.csv (resolution, treaty, date) and unga-votes.csv (resolution, iso3, vote: Y, N, A, NV); a built program is
needed (SINCEWHEN, or target/release, or target/debug). Exit status 1 if a number differs.
"""

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import records
import summaries

HERE = Path(__file__).resolve().parent.parent
TOPIC = {"ccm": "cluster-munitions", "mbt": "mine-ban"}
VOTE = {"Y": "in-favour", "N": "against", "A": "abstained", "NV": "not-voting"}
INSTRUMENT = {"cluster-munitions": "convention-on-cluster-munitions", "mine-ban": "mine-ban-treaty"}
# Published totals: day, parties, signatories (or None), who published them.
TOTALS = {
    "cluster-munitions": [
        ("2010-08-01", 38, 70, "Cluster Munition Monitor 2015"),
        ("2011-09-22", 66, 45, "status page of the convention, September 2011"),
        ("2014-04-07", 84, 29, "GICHD, 7 April 2014"),
        ("2016-08-15", 100, 19, "Cluster Munition Monitor 2016"),
        ("2018-08-01", 103, 17, "Cluster Munition Monitor 2018"),
        ("2019-07-31", 106, 14, "Cluster Munition Monitor 2019"),
        ("2022-08-01", 110, 13, "Cluster Munition Monitor 2022"),
        ("2023-12-31", 112, 12, "list of parties, December 2023"),
        ("2025-08-01", 111, 12, "Cluster Munition Coalition, 1 August 2025"),
        ("2025-09-05", 112, None, "ICBL-CMC: Vanuatu is the 112th"),
        ("2026-02-20", 112, 12, "status on 20 February 2026"),
    ],
    "mine-ban": [
        ("1999-03-01", 67, None, "Arms Control Association, early 1999"),
        ("2003-09-15", 136, 12, "ICBL Landmine Update 11"),
        ("2006-07-31", 151, None, "Landmine Monitor 2006"),
        ("2007-08-15", 155, None, "Landmine Monitor 2007"),
        ("2012-12-31", 161, None, "ICBL: Poland is the 161st"),
        ("2022-08-31", 164, 1, "list of parties, August 2022"),
        ("2025-12-26", 166, 0, "Arms Control Today, January 2026: before the withdrawals took effect"),
        ("2026-02-20", 161, 0, "status on 20 February 2026"),
    ],
}
# Parts of a record that a claim may stand in, as keys; `*` is each entry.
CLAIMS = """treaty treaty.reported treaty.suspension position negotiation steps.* statements.* statements.*.reported meetings.*
meetings.*.reported other_meetings.* votes.* votes.*.reported other_votes.* practice.use practice.production practice.transfer
practice.stockpile practice.stockpile.types.* practice.past_use.* practice.retained practice.moratorium practice.contamination
implementation transparency instruments coverage.profile coverage.meetings.* coverage.votes corrections.*""".split()

WORKING_MARKS = re.compile(r"\bexcerpt\b|\bstored (copy|copies|text)|cop(y|ies) of th(is|e) text|lost (its|the|their) (page )?date|"
                           r"\bserved (under|at) the\b")


class Count:
    """What was counted, and what differs."""

    def __init__(self):
        self.counted, self.differs = Counter(), []

    def check(self, what, holds, message):
        self.counted[what] += 1
        if not holds:
            self.differs.append(f"{what}: {message}")


def below(node, keys):
    """Every value at a place of a record."""
    found = [node]
    for key in keys.split("."):
        after = []
        for value in found:
            if key == "*" and isinstance(value, list):
                after += value
            elif isinstance(value, dict) and key in value:
                after.append(value[key])
        found = after
    return found


def votes(all_records, count):
    for topic, file in (("cluster-munitions", "ccm-resolutions"), ("mine-ban", "mbt-resolutions")):
        cast = {}
        for name, record in all_records.items():
            for entry in record.get("votes", []) if name.endswith(topic) else []:
                cast.setdefault(entry["resolution"], {})[record["country"]] = entry["vote"]
        for entry in records.load(HERE / f"dataset/calendars/{file}.yaml")["entries"]:
            own = cast.pop(entry["id"], {})
            roll = {state: vote for vote, states in entry["roll_call"].items() for state in states}
            wrong = sorted(state for state in own.keys() | roll.keys() if own.get(state) != roll.get(state))
            count.check("roll calls", not wrong, f"{entry['id']}: {', '.join(wrong)}")
            tally = {vote: number for vote, number in entry["tally"].items() if number}
            count.check("tallies", dict(Counter(own.values())) == tally, f"{entry['id']}: {Counter(own.values())}, published {tally}")
            count.counted["votes"] += len(own)
        count.check("resolutions", not cast, f"{topic}: not in the calendar: {sorted(cast)}")


def standing(record, day):
    """party, signatory, withdrawn or None on a day, by the dates of the record alone."""
    treaty = record["treaty"]
    come = lambda date: date is not None and str(date) <= day  # noqa: E731
    if come(treaty.get("withdrawal", {}).get("effective")):
        return "withdrawn"
    if come(treaty.get("consent", {}).get("date")):
        return "party"
    return "signatory" if come(treaty.get("signed")) else None


def parties(all_records, count):
    for topic, totals in TOTALS.items():
        mine = [record for name, record in all_records.items() if name.endswith(topic)]
        count.check("records", len(mine) == 197, f"{topic}: {len(mine)}")
        for day, bound, signed, source in totals:
            counted = Counter(standing(record, day) for record in mine)
            holds = counted["party"] == bound and signed in (None, counted["signatory"])
            count.check("totals", holds, f"{topic} on {day}: {counted['party']} parties, {counted['signatory']} signatories; "
                        f"published {bound} and {signed} ({source})")
    for name, record in all_records.items():
        found, said = standing(record, str(record["last_updated"])), record["treaty"]["status"]
        count.check("standings", (found or "outside") == (said if said in ("party", "signatory", "withdrawn") else "outside"),
                    f"{name}: {said}, by its dates {found}")


def twins(all_records, count):
    for name, record in all_records.items():
        state, topic = name.split("/")
        other = "mine-ban" if topic == "cluster-munitions" else "cluster-munitions"
        named = record.get("instruments", {})
        count.check("twins", INSTRUMENT[topic] not in named, f"{name}: its own treaty stands under instruments")
        if INSTRUMENT[other] in named:
            status = all_records[f"{state}/{other}"]["treaty"]["status"]
            wanted = status if status in ("party", "signatory") else "non-party"
            count.check("twins", named[INSTRUMENT[other]] == wanted, f"{name}: {named[INSTRUMENT[other]]}, its twin {status}")


def composed(all_records, count):
    data = summaries.Dataset(HERE)
    for name, record in all_records.items():
        if record.get("summary_basis") == "fields":
            count.check("summaries", record["summary"] == summaries.compose(record, data), f"{name}: not what the fields say")
            count.check("summary dates", record["summary_date"] == record["last_updated"], f"{name}: of {record['summary_date']}")


def texts(node):
    """Every text below a node of a record."""
    if isinstance(node, str):
        return [node]
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
    return [text for part in parts for text in texts(part)]


def words(all_records, count):
    """Texts speak of states and pages, not of where copies of a page were found or how much of one was read."""
    for name, record in all_records.items():
        for text in texts({key: part for key, part in record.items() if key != "sources"}):
            mark = WORKING_MARKS.search(text)
            count.check("texts", not mark, f"{name}: {mark and mark[0]!r} in {text[:60]!r}")


def evidence(all_records, count):
    for name, record in all_records.items():
        listed, cited = record["sources"], set()
        for place in CLAIMS:
            for claim in below(record, place):
                names = claim.get("sources", [])
                count.check("claims", names and all(one in listed for one in names), f"{name}: {place} names no source, or an unknown one")
                cited.update(names)
                if place.startswith("treaty") or place.startswith("votes") or place.startswith("coverage.votes"):
                    continue
                for one in names:
                    source = listed.get(one, {})
                    dated = "date" in source or "undated" in source.get("title", "") + source.get("note", "")
                    dated = dated or source.get("kind") == "treaty-record"
                    count.check("narrative sources", "url" in source and dated, f"{name}: {one} has no address or no date")
        count.check("lists of sources", cited == set(listed), f"{name}: cited nowhere: {sorted(set(listed) - cited)}")


def recount():
    all_records, count = records.records(HERE), Count()
    for part in (votes, parties, twins, composed, words, evidence):
        part(all_records, count)
    for line in sorted(set(count.differs)):
        print(line)
    print(", ".join(f"{number} {what}" for what, number in count.counted.items()))
    print("nothing differs" if not count.differs else f"{len(set(count.differs))} differ")
    return bool(count.differs)


def program():
    places = [os.environ.get("SINCEWHEN"), HERE / "target/release/sincewhen", HERE / "target/debug/sincewhen"]
    return next(str(place) for place in places if place and Path(place).exists())


def table(name):
    with open(Path(sys.argv[1]) / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def report():
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
            last, absent = {}, set()
            for row in (row for row in resolutions if row["treaty"] == treaty):
                for state, vote in roll[row["resolution"]].items():
                    if state not in last and vote == "not-voting":
                        absent.add(state)
                        continue
                    # A first vote after nothing but absences stands beside those that turned.
                    if row["date"].startswith(year) and state not in last and state in absent:
                        turned.add(f"{state}/{topic}")
                    if row["date"].startswith(year) and last.get(state, vote) != vote:
                        turned.add(f"{state}/{topic}")
                    last[state] = vote
        cast = Counter(v for r in resolutions if r["date"].startswith(year) for v in roll[r["resolution"]].values())
        counted = Counter()
        for one in sections.get("votes", []):
            for row in one.get("tally", []):
                for count in row["counts"]:
                    counted[count["value"]] += count["count"]
        coverage = report["coverage"]
        states = sum(coverage[name] for name in ("changed", "reviewed", "unchanged", "new", "ended", "unreadable"))
        pairs = {
            "joined": (records("joined", "joined"), acts("consented")),
            "notices": (records("left", "withdrawal-notified"), acts("withdrawal_notified")),
            "withdrawals": (records("left", "withdrawn"), acts("withdrawal_effective")),
            "votes that turned": (records("votes-turned", "vote-turned") | records("votes-absent", "vote-turned"), turned),
            "votes cast": (counted, cast),
            "records": (states, coverage["records"]),
        }
        for name, (ours, theirs) in pairs.items():
            if ours != theirs:
                differ += 1
                detail = f"only the report: {sorted(ours - theirs)}, only the tables: {sorted(theirs - ours)}" if isinstance(ours, set) else f"{ours} {theirs}"
                print(f"{year} {name}: {detail}")
        sizes = ", ".join(f"{len(v[0])} {k}" for k, v in pairs.items() if isinstance(v[0], set))
        print(f"{year}: {sizes}, {sum(counted.values())} votes cast", flush=True)
    print("no number differs" if not differ else f"{differ} numbers differ")
    return bool(differ)


if __name__ == "__main__":
    sys.exit(report() if len(sys.argv) > 1 else recount())
