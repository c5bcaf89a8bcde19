"""Judge texts: JSON lines in, JSON lines out, in the same order.

In:  {"id", "title", "text", "url"?, "language"?, "published"?}
Out: {"id", "relevant", "score", "reason", "topics", "matches": [{"rule", "field", "start", "end", "quote"}]}
Offsets are character indices into the field as given, end exclusive.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, Any

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.printing.lines import json_line
from fivegwatch.sources.files.given import UnusableFileError, check_regular

EXAMPLE = """example:
  echo '{"id": "1", "title": "Operator told to remove Huawei from 5G core", "text": "..."}' | fivegwatch judge"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `judge`."""
    parser.add_argument("file", nargs="?", default="-", help="JSON lines (default: standard input)")
    parser.add_argument(
        "--watchlist", metavar="DIR", type=Path, help="judge by this watchlist (default: the shipped one)"
    )


def run(args: argparse.Namespace) -> int:
    """Judge every line and print its verdict."""
    from fivegwatch.extractors.judging.judgement import judge
    from fivegwatch.extractors.model import Article
    from fivegwatch.extractors.watchlist.compile import compile_rules
    from fivegwatch.sources.files.watchlist import read_watchlist

    rules = compile_rules(read_watchlist(args.watchlist))
    with _opened(args.file) as stream:
        for number, item in _lines(stream, args.file):
            article = Article(
                id=str(item["id"]),
                url=_text(item, "url", number, args.file),
                title=_text(item, "title", number, args.file),
                text=_text(item, "text", number, args.file),
                language=_text(item, "language", number, args.file),
            )
            decision = judge(article, rules)
            verdict = {
                "id": item["id"],
                "relevant": decision.relevant,
                "score": round(decision.score, 4),
                "reason": decision.reason,
                "topics": list(decision.topics),
                "matches": [
                    {"rule": m.rule, "field": m.field, "start": m.start, "end": m.end, "quote": m.quote}
                    for m in decision.matches
                ],
            }
            print(json_line(verdict))
    return 0


def _opened(name: str) -> Any:
    if name == "-":
        return nullcontext(sys.stdin)
    try:
        check_regular(Path(name))
        return Path(name).open(encoding="utf-8-sig")
    except (OSError, UnusableFileError) as exc:
        why = f"{exc}. Give a pipe as standard input: fivegwatch judge < PIPE"
        raise SettingsError(f"{name}: cannot be read: {why}", key="file") from exc


def _lines(stream: IO[str], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, _object(line, number, name)
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{name}: not UTF-8: {exc}", key="file") from exc


def _object(line: str, number: int, name: str) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise SettingsError(f"{name}:{number}: not JSON: {exc}", key="file") from exc
    if not isinstance(item, dict) or not isinstance(item.get("id"), str | int):
        raise SettingsError(f'{name}:{number}: not an object with an "id"', key="file")
    return item


def _text(item: dict[str, Any], key: str, number: int, name: str) -> str:
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise SettingsError(f"{name}:{number}: {key!r} must be a text, not {type(value).__name__}", key=key)
    return value or ""
