"""Writes the search index of a frozen site: scripts that a browser loads when it needs them, also from file://
addresses.

stories that changed -> tokens -> the shards of these tokens (read, extended, written) -> attributes of all stories

A page that is opened from a disk cannot fetch data files, but it can load scripts. So every file of the index is a
script that calls one function with JSON. Stories have numbers. A changed story gets a new number and its old number
becomes void, so that numbers are only ever added to shards (the files with the words).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fivegwatch.desk.reads.frozen import read_indexed
from fivegwatch.desk.site.folder import SiteFolder
from fivegwatch.desk.site.search_tokens import encode, shard_of, site_tokens
from fivegwatch.desk.wording import country_name, language_name
from fivegwatch.storage.read.corpus import Corpus

STORIES = "search/stories.js"
CALL = "fivegwatchLoaded"
BEGINNING = 160
"""Number of characters from a story's beginning that a hit shows; never more than half of the text."""
A_FILE = 100
"""Number of stories whose headlines are in one file; a page of hits loads a few such files."""
MOST_VOID = 0.25
"""Share of void numbers above which the whole index is written again."""
AT_ONCE = 1000


def write_index(
    corpus: Corpus, site: SiteFolder, digests: Mapping[str, str], labels: Mapping[str, str]
) -> None:
    """Update the index to the stories in ``digests`` (story id to digest); ``labels`` are the names of the topics by
    code.
    """
    numbers = _usable(site, digests)
    whole = not numbers
    fresh = [one for one, digest in digests.items() if numbers.get(one, (0, ""))[1] != digest]
    count = 1 + max((number for number, _ in numbers.values()), default=-1)
    taken = max(count, int(site.state.get("search", {}).get("taken", 0)) if numbers else 0)
    for number, one in enumerate(fresh, start=taken):
        numbers[one] = (number, digests[one])
    numbers = {one: pair for one, pair in numbers.items() if one in digests}
    _write_stories(corpus, site, fresh, numbers, whole=whole)
    _write_attributes(corpus, site, numbers, labels)
    site.state["search"] = {"taken": taken + len(fresh), "numbers": numbers}


def _usable(site: SiteFolder, digests: Mapping[str, str]) -> dict[str, tuple[int, str]]:
    """Numbers and digests of the last run's index; empty when the whole index is to be written again."""
    last = site.state.get("search", {})
    numbers = {one: (int(pair[0]), str(pair[1])) for one, pair in last.get("numbers", {}).items()}
    valid = sum(digests.get(one) == digest for one, (_, digest) in numbers.items())
    if not numbers or valid < (1 - MOST_VOID) * int(last.get("taken", 0)) or not site.whole("search/"):
        return {}
    return numbers


def _write_stories(
    corpus: Corpus,
    site: SiteFolder,
    fresh: Sequence[str],
    numbers: Mapping[str, tuple[int, str]],
    *,
    whole: bool,
) -> None:
    """Write headlines and tokens of new and changed stories; keep other files unless ``whole``."""
    postings: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    heads: dict[str, dict[str, tuple[str, str, str]]] = defaultdict(dict)
    for at in range(0, len(fresh), AT_ONCE):
        for story in sorted(
            read_indexed(corpus, fresh[at : at + AT_ONCE]), key=lambda one: numbers[one.id][0]
        ):
            number = numbers[story.id][0]
            beginning = story.body[: min(BEGINNING, len(story.body) // 2)]
            heads[f"search/heads-{number // A_FILE}.js"][str(number)] = (story.id, story.title, beginning)
            in_title = set(site_tokens(story.title))
            for token in in_title | set(site_tokens(story.body)):
                postings[f"search/words-{shard_of(token)}.js"][token].append(number)
                if token in in_title:
                    postings[f"search/words-{shard_of(token)}.js"]["^" + token].append(number)
    for path, added in postings.items():
        shard = {} if whole else _loaded(site, path)
        for token, more in added.items():
            shard[token] = encode(more, shard.get(token, ""))
        _put(site, path, shard)
    for path, some in heads.items():
        _put(site, path, some if whole else _loaded(site, path) | some)
    for path in () if whole else site.before:
        if path.startswith("search/") and path not in postings and path not in heads and path != STORIES:
            site.keep(path)


def _write_attributes(
    corpus: Corpus, site: SiteFolder, numbers: Mapping[str, tuple[int, str]], labels: Mapping[str, str]
) -> None:
    """Write day, language, outlet, topics and countries of every story by its number, for filters and facets."""
    names: dict[str, dict[str, int]] = {"lang": {}, "site": {}, "topic": {}, "country": {}}
    rows: list[Any] = [0] * (1 + max((number for number, _ in numbers.values()), default=-1))
    for row in corpus.sql(
        """select id,
               coalesce(cast(coalesce(published_at, first_seen_at) at time zone 'UTC' as date)::varchar, '') as day,
               coalesce(language, '') as lang, coalesce(site, '') as site, topics as topic, countries as country
           from stories order by id"""
    ):
        attributes: list[Any] = [row["day"]]
        for field in ("lang", "site", "topic", "country"):
            values = row[field] if isinstance(row[field], list) else [row[field]]
            attributes.append(
                [names[field].setdefault(value, len(names[field])) for value in values if value]
            )
        rows[numbers[row["id"]][0]] = attributes
    words: dict[str, Callable[[str], str]] = {
        "lang": language_name,
        "site": str,
        "topic": lambda code: labels.get(code, code),
        "country": country_name,
    }
    values = {field: [[value, words[field](value)] for value in known] for field, known in names.items()}
    _put(site, STORIES, {"values": values, "rows": rows, "heads": A_FILE})


def _put(site: SiteFolder, path: str, content: object) -> None:
    name = json.dumps(path.removeprefix("search/").removesuffix(".js"))
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    site.write(path, f"{CALL}({name},{text});\n".encode())


def _loaded(site: SiteFolder, path: str) -> dict[str, Any]:
    """The content of a file of the last run; empty when there is none."""
    if path not in site.before:
        return {}
    text = (site.folder / path).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text[text.index("{") : text.rindex(")")])
    return loaded
