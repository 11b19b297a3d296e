#!/usr/bin/env python3
"""Composes the summaries of the records from their fields.

Usage: summaries.py [--check] [RECORD…]      (RECORD as KAZ/mine-ban; all by default)

A summary composed here says only what the fields of the record say, with dates, and has `summary_basis: fields` and the
record's own date as `summary_date`. A summary written by a person (`summary_basis: page`) is left alone. Run it after each
change of a record. With --check nothing is written; exit status 1 if a summary is not what the fields say.
"""

import re
import sys
import textwrap
from pathlib import Path

import records

ROOT = Path(__file__).resolve().parent.parent
MONTHS = "January February March April May June July August September October November December".split()
TREATY = {"cluster-munitions": "Convention on Cluster Munitions", "mine-ban": "Mine Ban Treaty"}
WEAPON = {"cluster-munitions": "cluster munitions", "mine-ban": "antipersonnel mines"}
VOTE = {"in-favour": "voted in favour of", "against": "voted against", "abstained": "abstained on", "not-voting": "did not vote on"}
# States whose name takes an article, by code; and those whose short name is not the first common name.
ARTICLE = set("ARE BHS CAF COK COM DOM GBR GMB MDV MHL NLD PHL SLB USA VAT COD COG".split())
LONG = re.compile(r"\(|Republic of (?!the Congo)|Arab Republic|People's|Federation$|United Kingdom of|United States of|^State of")


def in_words(date):
    parts = str(date).split("-")
    if len(parts) == 1:
        return parts[0]
    month = f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    return month if len(parts) == 2 else f"{int(parts[2])} {month}"


def month(date):
    return in_words("-".join(str(date).split("-")[:2]))


def on(date):
    """`on 3 May 1999`, `in May 1999`, `in 1999`."""
    return ("on " if str(date).count("-") == 2 else "in ") + in_words(date)


def listed(items):
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]


# Words that open a clause before a name and are none themselves.
OPENERS = set("A An The Told Asked Thanked Informed Answered".split())


def lowered(text):
    """A clause inside a sentence: no full stop, first letter small where no name or acronym begins there."""
    text = text.strip().rstrip(".")
    first, _, rest = text.partition(" ")
    name = first in NAMES or first[1:] != first[1:].lower() or rest[:1].isupper() and first not in OPENERS
    name = name or re.match(r"of [A-Z]", rest)  # Ministry of Finance
    return text if name else text[0].lower() + text[1:]


NAMES = set()


class Dataset:
    def __init__(self, root):
        data = Path(root) / "dataset"
        self.states = records.load(data / "states.yaml")["states"]
        self.occasions = {}
        for file in sorted((data / "calendars").glob("*.yaml")):
            for entry in records.load(file)["entries"]:
                self.occasions[entry["id"]] = entry
                NAMES.update([entry["place"]] if "place" in entry else [])
        for state in self.states.values():
            NAMES.update(name for name in [state["name"], *state["common_names"]] if " " not in name)
        NAMES.update("Abkhazia Article Parliament President US UN ICBL Syria's Armenia's Russia's Soviet".split())
        NAMES.update(MONTHS)

    def name(self, code):
        state = self.states[code]
        name = state["common_names"][0] if LONG.search(state["name"]) and state["common_names"] else state["name"]
        return ("The " if code in ARTICLE and not name.startswith("The ") else "") + name


def standing(record, name):
    treaty, title = record["treaty"], TREATY[record["topic"]]
    status, consent = treaty["status"], treaty.get("consent")
    verb = {"ratification": "ratified", "accession": "acceded to", "acceptance": "accepted", "approval": "approved",
            "succession": "succeeded to"}
    if status == "party":
        act = {"accession": "acceded", "succession": "succeeded"}.get(consent["kind"], verb[consent["kind"]])
        text = f"{name} is a state party to the {title}; it {act} {on(consent['date'])}."
    elif status == "signatory":
        text = f"{name} signed the {title} {on(treaty['signed'])} and has not ratified it."
    elif status == "withdrawn":
        text = (f"{name} has withdrawn from the {title}, which it had {verb[consent['kind']]} {on(consent['date'])}; "
                f"the withdrawal took effect {on(treaty['withdrawal']['effective'])}.")
    else:
        text = f"{name} has not joined the {title}."
    if status == "party" and treaty.get("withdrawal"):
        text += f" It gave notice of withdrawal {on(treaty['withdrawal']['notified'])}."
    suspension = treaty.get("suspension")
    if suspension and not suspension.get("until"):
        text += f" It decided to suspend the treaty {on(suspension['decided'])}."
    reported = treaty.get("reported", {})
    if reported.get("status") == "party" and status != "party":
        text += " Some sources report that it has joined; no deposit was found."
    return text


def dates(record, names):
    """The dates of some sources, oldest first."""
    sources = [record["sources"][name] for name in names]
    return sorted(str(source["date"]) for source in sources if "date" in source)


def as_of(record, names):
    """`As of May 2019, `; `In accounts of 2013 to 2019, ` where they rest on sources of several years."""
    dated = dates(record, names)
    if not dated:
        return ""
    if dated[0][:4] != dated[-1][:4]:
        return f"In accounts of {dated[0][:4]} to {dated[-1][:4]}, "
    return f"As of {month(dated[-1])}, "


def position(record):
    part = record.get("position")
    if not part:
        return ""
    says = []
    if part.get("supports_aims") is True:
        says.append("it supports the aims of the treaty")
    elif part.get("supports_aims") is False:
        says.append("it does not support the aims of the treaty")
    intention = {"ruled-out": "rules out joining", "not-at-this-stage": "does not intend to join at this stage",
                 "intended": "intends to join"}.get(part.get("intends_to_join"))
    if intention:
        says.append(intention if says else "it " + intention)
    text = ""
    if says:
        joint = " but " if len(says) == 2 and part.get("supports_aims") and part["intends_to_join"] != "intended" else " and "
        accounts = [name for name in part["sources"] if not re.search(r"-n\d+$", name)]
        text = as_of(record, accounts) + joint.join(says) + "."
        text = text[0].upper() + text[1:]
    if part.get("reasons_not_joining"):
        text += f" Reasons it has given for staying outside: {'; '.join(part['reasons_not_joining'])}."
    return text.strip()


def statement(record):
    dated = [s for s in record.get("statements", []) if s.get("date")]
    if not dated:
        return ""
    last = max(dated, key=lambda s: str(s["date"]))
    kind = {"letter": "a letter of ", "statement": "of ", "explanation-of-vote": "an explanation of vote of ", "report": "a report of "}
    text = f"Its latest statement on record is {kind[last['kind']]}{in_words(last['date'])}"
    return text + (f": {lowered(last['summary'])}." if last.get("summary") else ".")


def attendance(record, data):
    attended = [m for m in record.get("meetings", []) if m["participation"] != "absent" and not m["meeting"].endswith("signing-2008")]
    attended = [m for m in attended if data.occasions[m["meeting"]]["kind"] != "oslo-process"]
    if not attended:
        return ""
    last = max(attended, key=lambda m: str(data.occasions[m["meeting"]]["start"]))
    occasion = data.occasions[last["meeting"]]
    label = occasion["label"].split(" (")[0]
    kind = occasion["kind"]
    if kind == "intersessional":
        label = f"intersessional meetings of {month(occasion['start'])}"
        when = ""
    else:
        when = f" ({month(occasion['start'])})"
    observer = ", as an observer" if last["participation"] == "observer" else ""
    known = "meetings that it is known to have attended are" if kind == "intersessional" else "meeting that it is known to have attended is"
    return f"The last {known} the {label}{when}{observer}."


def vote(record, data):
    cast = record.get("votes", [])
    if not cast:
        return ""
    last = max(cast, key=lambda v: str(data.occasions[v["resolution"]]["start"]))
    when = month(data.occasions[last["resolution"]]["start"])
    return f"It {VOTE[last['vote']]} the yearly General Assembly resolution in {when}."


def span(entry):
    start, end = entry.get("from"), entry.get("to")
    if start and end and start != end:
        return f" from {in_words(start)} to {in_words(end)}"
    if start and end:
        return f" in {month(start)}"
    if start:
        return f" from {in_words(start)}"
    return f" until {in_words(end)}" if end else ""


def use(record, weapon):
    """What is known of use, now and in the past, in sentences; and the clause that stands with production and stocks."""
    part, out = record.get("practice", {}), []
    now = part.get("use", {})
    dated = dates(record, now.get("sources", []))
    when = f" ({in_words(now['date'])})" if now.get("date") else f" (as of {month(dated[-1])})" if dated else ""
    denied = {"confirmed": "; the government denies it", "alleged": ", which the government denies"}.get(now.get("status"), "")
    denied = denied if now.get("government") == "denied" else ""
    if now.get("status") == "confirmed":
        out.append(f"Use of {weapon} by its forces is confirmed{when}{denied}")
    elif now.get("status") == "alleged":
        out.append(f"It is alleged to have used {weapon}{when}{denied}")
    before = sorted(part.get("past_use", []), key=lambda p: str(p.get("from") or p.get("to") or ""))
    for status in ("confirmed", "alleged"):
        spans = [span(p).strip() for p in before if p["status"] == status]
        if spans:
            named = listed([s for s in spans if s]) if any(spans) else "in the past"
            out.append(f"Use {named} is {status}")
    later = {"denied": "it denies any use since", "none-known": "no use since then is known",
             "unknown": "whether it has used them since is not known"}.get(now.get("status"))
    if before and later:
        text = as_of(record, now["sources"]) + later
        out.append(text[0].upper() + text[1:])
    elif now.get("status") == "unknown":
        out.append(f"Whether it has used {weapon} is not known")
    clause = {"denied": "denies using them", "none-known": "is not known to have used them"}.get(now.get("status"))
    return out, clause if not before else None


PRODUCTION = {"none-known": "is not known to have produced them", "none": "has not produced them", "denied": "denies producing them",
              "none-planned": "has no plans to produce them", "past-only": "produced them in the past",
              "export-only": "produces them for export only",
              "allowed-by-policy": "does not produce them now, though its policy allows it", "confirmed": "produces them"}
TRANSFER = {"none-known": "is not known to have transferred them", "none": "has not transferred them",
            "denied": "denies transferring them", "import-only": "has imported them", "past-only": "transferred them in the past",
            "considered": "has considered a transfer", "alleged": "is alleged to have transferred them",
            "confirmed": "has transferred them"}
STOCK = {"none": "has no stockpile of them", "held": "holds a stockpile of them", "destroyed": "has destroyed its stockpile of them"}


def practice(record):
    part, weapon = record.get("practice", {}), WEAPON[record["topic"]]
    out, clause = use(record, weapon)
    facts = [("use", clause)] + [(key, words.get(part.get(key, {}).get("status")))
                                for key, words in (("production", PRODUCTION), ("transfer", TRANSFER), ("stockpile", STOCK))]
    groups = {}
    for key, words in facts:
        if words:
            groups.setdefault(as_of(record, part[key]["sources"]), []).append(words)
    for start, says in groups.items():
        text = start + "it " + listed(says).replace("them", weapon, 1).replace(" of them", "")
        out.append(text[0].upper() + text[1:])
    unknown = [word for key, word in (("production", "it produces them"), ("transfer", "it has transferred them"), ("stockpile", "it holds a stockpile"))
               if part.get(key, {}).get("status") == "unknown"]
    if unknown:
        out.append("Whether " + " or ".join(unknown).replace("them", weapon, 1) + " is not known")
    kept = part.get("retained", {})
    if isinstance(kept.get("quantity"), int) and kept.get("date"):
        out.append(f"It kept {kept['quantity']:,} for training in {in_words(str(kept['date'])[:4])}" if kept["quantity"]
                   else f"It has kept none for training since {in_words(str(kept['date'])[:4])}")
    halt = part.get("moratorium")
    if halt:
        begun = f" since {in_words(halt['since'])}" if halt.get("since") else ""
        if halt.get("until"):
            begun = f" from {in_words(halt['since'])} to " if halt.get("since") else " until "
            out.append(f"It had a moratorium on {halt['kind']}{begun}{in_words(halt['until'])}")
        else:
            out.append(f"It has declared a moratorium on {halt['kind']}{begun}")
    return ". ".join(out) + "." if out else ""


def compose(record, data):
    """The summary that the fields of a record give."""
    parts = [standing(record, data.name(record["country"])), position(record), statement(record), attendance(record, data),
             vote(record, data), practice(record)]
    return " ".join(part for part in parts if part)


def written(text, record, summary):
    """The text of a record's file with the summary in its place."""
    lines = ["summary: >-"]
    lines += ["  " + line for line in textwrap.wrap(summary, 98, break_long_words=False, break_on_hyphens=False)]
    if len(summary) + len("summary: ") <= 100 and not re.search(r"[:,\[\]{}#&*!|>'\"%@`]", summary):
        lines = ["summary: " + summary]
    elif len(summary) + len('summary: ""') <= 100:
        lines = ['summary: "' + summary.replace("\\", "\\\\").replace('"', '\\"') + '"']
    lines += ["summary_basis: fields", f"summary_date: {record['last_updated']}"]
    head = re.split(r"(?m)^(?=[a-z_]+:)", text)
    keep = [part for part in head if not re.match(r"summary(_basis|_date)?:", part)]
    at = next(i for i, part in enumerate(keep) if re.match(r"(last_updated|reviewed|formerly):", part)) + 1
    while at < len(keep) and re.match(r"(reviewed|formerly):", keep[at]):
        at += 1
    return "".join(keep[:at]) + "\n".join(lines) + "\n" + "".join(keep[at:])


def main(arguments):
    check = "--check" in arguments
    wanted = [argument for argument in arguments if argument != "--check"]
    data, differ = Dataset(ROOT), 0
    for name, record in records.records(ROOT).items():
        if (wanted and name not in wanted) or record.get("summary_basis") == "page":
            continue
        if check and record.get("summary_basis") != "fields":
            continue
        summary = compose(record, data)
        if record.get("summary") == summary and record.get("summary_date") == record["last_updated"]:
            continue
        differ += 1
        file = ROOT / "dataset/countries" / f"{name}.yaml"
        if check:
            print(f"{name}: the summary is not what the fields say; run scripts/summaries.py {name}")
        else:
            file.write_text(written(file.read_text(encoding="utf-8"), record, summary), encoding="utf-8")
    print(f"{differ} summaries {'differ' if check else 'written'}")
    return bool(check and differ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
