"""Stores words of the watchlist in the corpus: its title, its topics, its words for scopes, its common names."""

from __future__ import annotations

import json

from fivegwatch.extractors.watchlist.subject import described
from fivegwatch.storage.connections import Connection
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import kept_rules, newest_rules


def note_watchlist(con: Connection, layout: Layout) -> None:
    """Store the newest watchlist's title, topics, scopes and common names in the corpus, in place of older ones.

    If no watchlist was used yet, or its words are stored already, nothing changes.
    """
    fingerprint = newest_rules(layout)
    if not fingerprint:
        return
    if con.execute("select 1 from base.meta where name = 'rules' and value = ?", [fingerprint]).fetchone():
        return
    files = kept_rules(layout, fingerprint)
    if files is None:
        return
    words = described(files)
    con.execute("begin")
    con.execute("delete from base.meta where name in ('title', 'rules', 'scopes', 'common_names')")
    con.execute(
        "insert into base.meta values ('title', ?), ('rules', ?), ('scopes', ?), ('common_names', ?)",
        [words.title, fingerprint, json.dumps(words.scopes), json.dumps(words.common_names)],
    )
    con.execute("delete from base.topics")
    for topic in words.topics:
        con.execute("insert into base.topics values (?, ?, ?)", list(topic))
    con.execute("commit")
