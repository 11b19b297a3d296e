#!/usr/bin/env python3
"""Compares what two programs answer about the dataset, fact by fact, not word by word.

    scripts/compare-answers.py OLD NEW [--repository FOLDER] [--new-repository FOLDER] [--years 2019,2021] [--worktree]

asks both programs for `changelog`, `since` and the report of each year as JSON, and lists

- the sentences that only one of them has: record, edition, rule, paths, and what is cited;
- the sentences whose nature, weight, date or evidence differs;
- how many sentences are the same in other words, by rule, with an example of each.

Exit code 1 if anything but words differs. A change of wording differs in words alone; one that moves code differs in nothing.
"""
import argparse
import collections
import json
import subprocess
import sys


def ask(program, repository, *question):
    command = [program, "-C", repository, "--no-pager", "--no-cache", *question, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def places(evidence):
    return tuple(sorted((one["side"], one["file"], one["path"]) for one in evidence))


def fact(where, said, edition):
    """What a sentence is about, apart from its words and from what is judged of it."""
    paths = tuple(said.get("explains") or (said["rule"], said.get("variant", "")))
    since = said.get("since") or ""
    return where, edition, said["rule"], paths, said.get("state", ""), since


def judged(said):
    names = ("nature", "significance", "uncertain", "undated", "assessed_through")
    return tuple((name, said.get(name)) for name in names) + (places(said["evidence"]),)


def words(said):
    return said["message"], said.get("detail", ""), said.get("reason", "")


def changelog(answer):
    for record in answer["records"]:
        for step in record["steps"]:
            edition = (step["from"]["last_updated"], step["to"]["last_updated"])
            for said in step["changes"] + step["observations"]:
                yield fact(("changelog", record["record"]), said, edition), said, None


def since(answer):
    for said in answer["observations"]:
        yield fact(("since", said["record"]), said, str(said.get("edition"))), said, None


def report(answer, year):
    lists = [section["items"] for part in answer["parts"] for section in part["sections"]]
    lists += [answer["other_years"], answer["late_reports"], answer["corrections"], answer["corrected_since"]["corrections"]]
    for one in (one for items in lists for one in items):
        said = one.get("change") or one["observation"]
        edition = ((one["from"] or {}).get("last_updated"), one["to"]["last_updated"])
        yield fact((f"report {year}", one["record"]), said, edition), said, (one["section"], one["date"])


def answers(program, repository, years, more):
    yield from changelog(ask(program, repository, "changelog", *more))
    yield from since(ask(program, repository, "since", *more))
    for year in years:
        yield from report(ask(program, repository, "report", year, *more), year)


def gathered(rows):
    out = collections.defaultdict(list)
    for key, said, place in rows:
        out[key].append((judged(said) + (place,), words(said)))
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--repository", default=".")
    parser.add_argument("--new-repository", help="another checkout for the new program")
    parser.add_argument("--years", help="of the reports, with commas; all by default")
    parser.add_argument("--worktree", action="store_true", help="read the working tree, its rules and schema too")
    args = parser.parse_args()
    years = args.years.split(",") if args.years else [str(year) for year in range(1997, 2027)]
    more = ["--worktree"] if args.worktree else []
    old = gathered(answers(args.old, args.repository, years, more))
    new = gathered(answers(args.new, args.new_repository or args.repository, years, more))
    differ, reworded, examples = 0, collections.Counter(), {}
    for key in sorted(old.keys() | new.keys(), key=repr):
        before, after = old.get(key, []), new.get(key, [])
        if len(before) != len(after):
            differ += 1
            sign = "-" if len(before) > len(after) else "+"
            print(sign, *key[0], key[1], key[2], key[3], (before or after)[0][1][0], sep="  ")
            continue
        for (facts_before, words_before), (facts_after, words_after) in zip(before, after):
            if facts_before != facts_after:
                differ += 1
                changed = [(a, b) for a, b in zip(facts_before, facts_after) if a != b]
                print("~", *key[0], key[1], key[2], changed, words_after[0], sep="  ")
            if words_before != words_after:
                reworded[key[2]] += 1
                examples.setdefault(key[2], (words_before, words_after))
    for rule, count in reworded.most_common():
        before, after = examples[rule]
        print(f"{count} of {rule} in other words:\n    {' | '.join(filter(None, before))}\n    {' | '.join(filter(None, after))}")
    print(f"{sum(map(len, old.values()))} and {sum(map(len, new.values()))} sentences; {differ} differ in more than words")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
