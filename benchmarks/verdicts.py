"""Whether verdicts and facts stayed the same, and what they cost: ``python -m benchmarks.verdicts FILE.jsonl...``.

``--write KEPT`` keeps a digest of every verdict and of every text's facts, part by part, ``--compare KEPT`` lists those
that differ: for changes of the search that may change no result. Each text is read five times: as it is, without its
title, without its body, without its language, and with a headline in capitals. Facts are worked out for rejected texts,
too.

Then CPU time of judging, and of judging and facts of the texts that are kept; the least of several rounds, as others
may use the machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from benchmarks.labelled import article_of, day_of, rows_of
from fivegwatch.extractors.facts.facts_of_story import judge_story, read_facts
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist

_ROUNDS = 5


def read_texts(paths: Iterable[Path]) -> list[Article]:
    """The texts of JSON-lines files with ``title``, ``text`` and ``language``; dates and publishers where they are."""
    return [
        article_of(
            row, id=f"{path.name}:{row['id']}", site=row.get("publisher") or "", published_at=day_of(row)
        )
        for path in paths
        for row in rows_of(path)
    ]


def variants(article: Article) -> Iterator[Article]:
    """The article, and others that take other ways through the same code."""
    yield article
    yield replace(article, id=f"{article.id}, no title", title="")
    yield replace(article, id=f"{article.id}, no body", text="")
    yield replace(article, id=f"{article.id}, no language", language="")
    yield replace(article, id=f"{article.id}, capitals", title=article.title.upper())


def digests(articles: Iterable[Article], rules: Rules) -> Iterator[tuple[str, dict[str, str]]]:
    """For each variant of each article its id and a digest of each part of its verdict and facts."""
    for article in articles:
        for one in variants(article):
            parts = {**_parts("judge", judge(one, rules)), **_parts("facts", read_facts(one, rules))}
            yield one.id, parts | _parts("story", judge_story(one, rules))


def _parts(name: str, value: Any) -> dict[str, str]:
    return {
        f"{name}.{field.name}": hashlib.sha1(repr(getattr(value, field.name)).encode()).hexdigest()[:12]
        for field in fields(value)
    }


def _compare(kept: Path, now: Iterable[tuple[str, dict[str, str]]]) -> int:
    before = dict(json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines())
    differing = 0
    for key, parts in now:
        changed = [name for name in parts if before.get(key, {}).get(name) != parts[name]]
        if changed:
            differing += 1
            print(f"differs: {key}: {', '.join(changed)}")
    print(f"{len(before)} verdicts compared, {differing} differ")
    return differing


def _seconds(work: Callable[[Article, Rules], object], articles: Sequence[Article], rules: Rules) -> float:
    """The least CPU seconds that a pass over all articles took."""
    taken = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        for article in articles:
            work(article, rules)
        taken.append(time.process_time() - started)
    return min(taken)


def _show_cost(articles: Sequence[Article], rules: Rules) -> None:
    size = sum(len((a.title + a.text).encode()) for a in articles)
    taken = _seconds(judge, articles, rules)
    print(f"judge: {len(articles)} texts, {size / 1e6:.1f} MB, {size / 1e6 / taken:.1f} MB a CPU second")
    kept = [a for a in articles if judge(a, rules).relevant]
    if not kept:
        return
    judged, both = (1000 * _seconds(work, kept, rules) / len(kept) for work in (judge, judge_story))
    print(
        f"{len(kept)} kept: {judged:.3f} ms judged, {both - judged:.3f} ms for facts ({both / judged - 1:.2f} of it)"
    )


def main() -> None:
    """Compare or keep digests; print what judging and facts cost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--write", type=Path, help="keep digests in this file")
    parser.add_argument("--compare", type=Path, help="compare with the digests of this file")
    options = parser.parse_args()
    rules = compile_rules(read_watchlist(None))
    articles = read_texts(options.texts)
    if options.write:
        lines = (json.dumps(each) for each in digests(articles, rules))
        options.write.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if options.compare and _compare(options.compare, digests(articles, rules)):
        raise SystemExit(1)
    _show_cost(articles, rules)


if __name__ == "__main__":
    main()
