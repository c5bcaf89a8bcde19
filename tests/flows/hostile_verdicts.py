"""Did a case end as it should? Compares what the corpus holds after a run with what the case states."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.web.urls import canonical_url, url_id
from tests.flows.hostile_run import Case, Corpus, Row, feed_id

MOJIBAKE = ("\ufffd", "Ã", "»ª", "Î", "ÐÂ")
NO_ARTICLE = ("not_html", "no_text", "not_modified")
"""Ends of a page that are nobody's fault: there was no article to be had."""


@dataclass
class Seen:
    """What became of one case in one run."""

    outcomes: set[str]
    reason: str = ""
    entries: list[Row] = field(default_factory=list)
    """What the feed announced, in its order."""
    article: Row | None = None
    text: str = ""
    """The article's text, stored or (of a rejected page) extracted again from the archived bytes."""
    state: Row = field(default_factory=dict)
    """The feed's or entry's state afterwards."""
    partial: bool = False
    seconds: float = 0.0


def seen_feed(case: Case, corpus: Corpus, number: int) -> Seen:
    """What the corpus says of a feed case in its run ``number``, from 0."""
    name, run_id = feed_id(case), corpus.run_ids[number]
    poll = corpus.where("polls", feed_id=name, run_id=run_id)[0]
    state = corpus.where("feed_states", feed_id=name)[0]
    entries = [row for row in corpus.announced if row["feed_id"] == name and row["run_id"] == run_id]
    entries.sort(key=lambda row: row["rank"])
    seen = Seen(set(), poll["message"] or "", entries, state=state, seconds=poll["seconds"])
    seen.partial = poll["outcome"] == "failed" or "cut short" in seen.reason
    if poll["outcome"] == "failed":
        seen.outcomes = failed(corpus.where("failures", stage="poll", run_id=run_id, origin_locator=name))
    elif poll["outcome"] == "unchanged" or not entries:
        seen.outcomes = {"skip"}
    else:
        seen.outcomes = {"keep"}
    return seen


def failed(failures: list[Row]) -> set[str]:
    """The outcomes a failure counts as: with another attempt to come it is both an error and one for later."""
    if not failures:
        return set()
    if failures[-1]["kind"] in NO_ARTICLE:
        return {"skip", "error"} if failures[-1]["kind"] == "no_text" else {"skip"}
    return {"error", "retry later"} if failures[-1]["transient"] else {"error"}


def seen_page(case: Case, corpus: Corpus, number: int) -> Seen:
    """What the corpus says of a page case in its run ``number``, from 0."""
    found = corpus.where("entries", entry_id=url_id(canonical_url(case["url"])))
    if not found:
        return Seen(set(), "never announced")
    entry = found[0]
    seen = Seen(set(), f"{entry['kind']}: {entry['message'] or ''}", state=entry)
    if entry["kind"] in ("judged", "walled"):
        articles = corpus.where("articles", article_id=entry["article_id"])
        seen.article = articles[0] if articles else None
        seen.outcomes = {"keep"} if articles else set()
        if entry["state"] == "retry":  # judged on what there is, and read again another day
            seen.outcomes.add("retry later")
        seen.partial = bool(articles) and "paywall" in articles[0]["quality"]
    elif entry["state"] == "done":
        seen.outcomes = {"skip"}
    else:
        seen.outcomes = failed(
            corpus.where("failures", run_id=corpus.run_ids[number], url=entry["url"], kind=entry["kind"])
        )
        later = entry["state"] == "retry" and entry["next_attempt_at"] is not None
        seen.outcomes = seen.outcomes - {"retry later"} | ({"retry later"} if later else set())
        seen.partial = True
    return seen


# ---------------------------------------------------------------- checks

Check = Callable[[Seen, Any, "Context"], bool]


@dataclass
class Context:
    """What checks need beside the case's own rows."""

    canary: int
    stats: dict[str, Any]
    rules: Rules
    second: Seen | None = None


def broken_checks(case: Case, seen: Seen, context: Context) -> Iterator[str]:
    """Each of the case's checks that does not hold. Checks of content apply to what was kept."""
    kept = "keep" in seen.outcomes
    for name, wanted in case["checks"].items():
        if name == "note" or (name in OF_CONTENT and not kept):
            continue
        check = CHECKS.get(name)
        if check is None:
            yield f"unknown check {name}"
        elif not check(seen, wanted, context):
            yield f"{name} {wanted!r:.80} does not hold"


def titles(seen: Seen) -> list[str]:
    return [row["title"] for row in seen.entries]


def links(seen: Seen) -> list[str]:
    stored = [row["url"] for row in seen.entries]
    return stored + ([seen.article["url"]] if seen.article else [])


def stored(seen: Seen) -> str:
    """Everything of this case that a reader of the corpus could come to see."""
    rows = [*seen.entries, *([seen.article] if seen.article else [])]
    return "\n".join([*(str(value) for row in rows for value in row.values()), seen.text, seen.reason])


def folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return plain.casefold().replace("н", "h")


def utc(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def matched(seen: Seen, words: list[str], rules: Rules) -> bool:
    """Whether the watchlist finds these words in the text; a rejected page keeps few of its matches."""
    quotes = [folded(match.quote) for match in find_matches("", seen.text, rules)]
    return all(any(word.casefold() in quote for quote in quotes) for word in words)


def retry_after(seen: Seen, bounds: list[float]) -> bool:
    asked_at = seen.state.get("checked_at") or seen.state.get("attempted_at")
    until = seen.state["retry_after_at"]
    return until is not None and bounds[0] - 5 <= (until - asked_at).total_seconds() <= bounds[1]


def remembered(seen: Seen, wanted: bool, context: Context) -> bool:
    """A feed is polled at its new address; a page, asked for once, is known by the address it was found at."""
    if "failures" in seen.state:
        return (context.second or seen).state["url"].endswith("/body/ok") == wanted
    return wanted or seen.state["url"] != (seen.article or {}).get("url")


CHECKS: dict[str, Check] = {
    "entries": lambda s, n, _: len(s.entries) == n,
    "entries_min": lambda s, n, _: len(s.entries) >= n,
    "entries_max": lambda s, n, _: len(s.entries) <= n,
    "distinct_entries": lambda s, n, c: (
        len({row["entry_id"] for row in [*s.entries, *(c.second.entries if c.second else ())]}) == n
    ),
    "distinct_links": lambda s, n, _: len(set(links(s))) == n,
    "titles": lambda s, wanted, _: titles(s) == wanted,
    "titles_any": lambda s, wanted, _: any(t.replace("\u00a0", " ") in wanted for t in titles(s)),
    "links": lambda s, wanted, _: links(s) == wanted,
    "links_include": lambda s, wanted, _: set(wanted) <= set(links(s)),
    "link_paths": lambda s, wanted, _: [urlsplit(link).path for link in links(s)] == wanted,
    "link_hosts": lambda s, wanted, _: [urlsplit(link).hostname for link in links(s)] == wanted,
    "never_in_links": lambda s, bad, _: not any(part in link for part in bad for link in links(s)),
    "bad_links": lambda s, bad, _: not set(bad) & set(links(s)),
    "never_contains": lambda s, bad, _: not any(part in stored(s) for part in bad),
    "never_contains_markup": lambda s, bad, _: not any(part in stored(s) for part in bad),
    "never_in_title": lambda s, bad, _: not any(part in title for part in bad for title in titles(s)),
    "max_title_chars": lambda s, n, _: all(len(title) <= n for title in titles(s)),
    "max_text_chars": lambda s, n, _: len(s.text) <= n,
    "min_text_chars": lambda s, n, _: len(s.text) >= n,
    "text_contains": lambda s, parts, _: all(part in s.text for part in parts),
    "no_mojibake": lambda s, _, __: not any(part in stored(s) for part in MOJIBAKE),
    "dates_utc": lambda s, wanted, _: [utc(row["published_at"]) for row in s.entries] == wanted,
    "dates_day_or_null": lambda s, day, _: all(
        row["published_at"] is None or (utc(row["published_at"]) or "").startswith(day) for row in s.entries
    ),
    "no_date_after_now_hours": lambda s, hours, c: all(
        row["published_at"] is None or row["published_at"] <= row["seen_at"] + timedelta(hours=hours)
        for row in s.entries
    ),
    "keyword_match": lambda s, words, c: matched(s, words, c.rules),
    "identity_host": lambda s, host, _: urlsplit((s.article or {}).get("url", "")).hostname == host,
    "own_address": lambda s, _, __: (
        urlsplit((s.article or {}).get("url", "")).netloc == urlsplit(s.state["url"]).netloc
    ),
    "stored_as_article": lambda s, wanted, _: ("keep" in s.outcomes) == wanted,
    "partial": lambda s, wanted, _: s.partial == wanted,
    "canary_hits": lambda _, n, c: c.canary == n,
    "request_headers_absent": lambda _, names, c: not set(names) & set(c.stats.get("request_headers", ())),
    "retry_after_s": lambda s, bounds, _: retry_after(s, bounds),
    "disable": lambda s, wanted, _: (
        (bool(s.state.get("disabled_reason")) or s.state.get("state") == "gone") == wanted
    ),
    "second_poll": lambda _, word, c: c.second is not None and word in c.second.outcomes,
    "remember_new_url": remembered,
    "idempotent": lambda s, _, c: c.second is not None and "error" not in c.second.outcomes,
}
OF_CONTENT = frozenset(
    (
        "entries", "entries_min", "titles", "titles_any", "links", "links_include", "link_paths", "link_hosts",
        "distinct_links", "distinct_entries", "dates_utc", "min_text_chars", "text_contains", "keyword_match",
        "identity_host", "own_address", "partial", "remember_new_url", "second_poll", "idempotent",
    )
)  # fmt: skip
"""Checks that say something of what was kept only."""
