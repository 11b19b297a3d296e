#!/usr/bin/env python3
"""Reads every feed of a site as feed readers do; `try-site.sh` runs it.

    try_site_feeds.py SITE

Atom is read by feedparser, which must find nothing amiss; JSON Feed is held to what version 1.1 demands. Both must have the same entries.
Ends with 1 if any feed fails.
"""
import collections
import datetime
import json
import pathlib
import sys

import feedparser

SITE = pathlib.Path(sys.argv[1])
failed = []
entries = collections.defaultdict(set)


def atom(path):
    """The entries of an Atom feed."""
    feed = feedparser.parse(path.read_bytes())
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10", feed.version
    assert feed.feed.id and feed.feed.title and feed.feed.updated_parsed, "id, title, updated"
    for entry in feed.entries:
        assert entry.id.startswith("urn:uuid:") and entry.title and entry.updated_parsed and entry.link, entry
    ids = [entry.id for entry in feed.entries]
    assert len(ids) == len(set(ids)), "an entry stands there twice"
    return ids


def json_feed(path):
    """The entries of a JSON Feed."""
    feed = json.loads(path.read_text(encoding="utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and isinstance(feed["title"], str)
    for item in feed["items"]:
        assert isinstance(item["id"], str) and isinstance(item["content_text"], str), item
        datetime.datetime.fromisoformat(item["date_published"].replace("Z", "+00:00"))
        assert all(isinstance(tag, str) for tag in item["tags"])
    return [item["id"] for item in feed["items"]]


feeds = sorted(path for path in SITE.rglob("*.xml"))
for path in feeds:
    try:
        ids = atom(path)
        assert ids == json_feed(path.with_suffix(".json")), "Atom and JSON Feed differ"
        for id in ids:
            entries[id].add(str(path.relative_to(SITE)))
    except Exception as error:  # every feed is read, whatever became of the one before
        failed.append(path)
        print(f"FAILED  {path.relative_to(SITE)}: {type(error).__name__}: {error}")
corrections = {id for id, places in entries.items() if "feeds/corrections.xml" in places}
mixed = [id for id in corrections if "feeds/all.xml" in entries[id]]
if mixed:
    failed.append(mixed)
    print(f"FAILED  {len(mixed)} entries are news and corrections")
print(f"{'FAILED' if failed else 'ok'}  {len(feeds)} Atom feeds and as many JSON Feeds, {len(entries)} entries")
sys.exit(1 if failed or not feeds else 0)
