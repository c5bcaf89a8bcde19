"""Judge texts: JSON lines in, JSON lines out, in the same order.

For a line that cannot be judged, {"line", "error"} is printed in its place, and the exit code is 1.

In:  {"id", "title", "text", "url"?, "language"?, "published"?}
Out: {"id", "relevant", "score", "reason", "topics", "matches": [{"rule", "field", "start", "end", "quote"}]}
Offsets are character indices into the field as given, end exclusive.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.watchlist.definitions import KEEP
from fivegwatch.flows.cli.arguments import add_home
from fivegwatch.flows.printing.lines import counted, json_line
from fivegwatch.flows.settings.settings import FILE_NAME, load_settings
from fivegwatch.sources.files.given import UnusableFileError, check_regular

if TYPE_CHECKING:
    from fivegwatch.extractors.watchlist.compile import Rules

EXAMPLE = """example:
  echo '{"id": "1", "title": "Operator told to remove Huawei from 5G core", "text": "..."}' | fivegwatch judge"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `judge` to ``parser``."""
    add_home(parser)
    parser.add_argument("file", nargs="?", default="-", help="JSON lines (default: standard input)")
    parser.add_argument(
        "--watchlist",
        metavar="DIR",
        type=Path,
        help="judge by this watchlist (default: the working directory's, elsewhere the shipped one)",
    )
    parser.add_argument(
        "--keep",
        choices=KEEP,
        help="how much to keep (default: [judgement] keep of the working directory's settings, elsewhere balanced)",
    )


def run(args: argparse.Namespace) -> int:
    """Judge every line and print its verdict, or what is wrong with it; returns the exit code."""
    from fivegwatch.flows.workers.compiled_rules import compiled_rules
    from fivegwatch.sources.files.watchlist import read_watchlist

    rules = compiled_rules(read_watchlist(*_watchlist_and_keep(args)))
    wrong = 0
    with _opened(args.file) as stream:
        for number, line in _lines(stream, args.file):
            try:
                print(json_line(_judged(_object(line, number, args.file), number, args.file, rules)))
            except _BadLineError as error:
                wrong += 1
                print(json_line({"line": number, "error": str(error)}))
    if wrong:
        lines = counted(wrong, "line was", "lines were")
        print(f'{args.file}: {lines} not judged; each has an "error" in the output', file=sys.stderr)
    return int(bool(wrong))


class _BadLineError(Exception):
    """Raised for a line that cannot be judged; the message names file and line."""


def _watchlist_and_keep(args: argparse.Namespace) -> tuple[Path | None, str]:
    """The folder of the watchlist to judge by (None: the shipped one), and the setting of how much to keep."""
    if args.watchlist and args.keep:
        return args.watchlist, args.keep
    if args.home or os.environ.get("FIVEGWATCH_HOME") or Path(FILE_NAME).is_file():
        settings = load_settings(os.environ, args.home)
        return args.watchlist or settings.watchlist, args.keep or settings.keep
    return args.watchlist, args.keep or KEEP[0]


def _judged(item: dict[str, Any], number: int, file: str, rules: Rules) -> dict[str, Any]:
    from fivegwatch.extractors.facts.facts_of_story import judge_story
    from fivegwatch.extractors.model import Article

    article = Article(
        id=str(item["id"]),
        url=_text(item, "url", number, file),
        title=_text(item, "title", number, file),
        text=_text(item, "text", number, file),
        language=_text(item, "language", number, file),
    )
    decision = judge_story(article, rules)
    return {
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


def _opened(name: str) -> Any:
    if name == "-":
        return nullcontext(sys.stdin)
    try:
        check_regular(Path(name))
        return Path(name).open(encoding="utf-8-sig")
    except (OSError, UnusableFileError) as exc:
        why = f"{exc}. Give a pipe as standard input: fivegwatch judge < PIPE"
        raise SettingsError(f"{name}: cannot be read: {why}", key="file") from exc


def _lines(stream: IO[str], name: str) -> Iterator[tuple[int, str]]:
    try:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield number, line
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{name}: not UTF-8: {exc}", key="file") from exc


def _object(line: str, number: int, name: str) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise _BadLineError(f"{name}:{number}: not JSON: {exc}") from exc
    if not isinstance(item, dict) or not isinstance(item.get("id"), str | int):
        raise _BadLineError(f'{name}:{number}: not an object with an "id"')
    return item


def _text(item: dict[str, Any], key: str, number: int, name: str) -> str:
    value = item.get(key)
    if value is not None and not isinstance(value, str):
        raise _BadLineError(f"{name}:{number}: {key!r} must be a text, not {type(value).__name__}")
    return value or ""
