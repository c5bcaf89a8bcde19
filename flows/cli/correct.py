"""Correct the facts of a page: topics, countries, event, measures, incidents, or whether it is a story at all.

A correction is stored beside the facts, with who made it, when and why. Views show the corrected facts, `refilter`
keeps corrections, and nothing is overwritten. A later correction of the same fact replaces an earlier one; `--undo`
restores the program's own facts. `correct --export` prints all corrections as JSON lines.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
from collections.abc import Sequence
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.facts.act_kinds import GROUPS, KINDS
from fivegwatch.extractors.facts.country_codes import country_hint, is_country
from fivegwatch.flows.cli.arguments import add_database, database_of
from fivegwatch.storage.spool.corrections import TOPIC_CODE

EXAMPLE = """examples:
  fivegwatch correct https://news.example/ban --topic +T07 --country -CN --reason "only the vendor's home"
  fivegwatch correct https://news.example/ban --measure "+DE ban Huawei"
  fivegwatch correct https://news.example/hack --incident -espionage --incident "+data_theft Telia"
  fivegwatch correct https://news.example/advert --not-relevant
  fivegwatch correct https://news.example/advert --undo
  fivegwatch correct --export > corrections.jsonl"""
_SIGNED = {
    "topic": (re.compile(f"[+-]{TOPIC_CODE}"), "+T07 or -T07"),
    "country": (re.compile(r"[+-][A-Z]{2}"), "+DE or -CN"),
    "measure": (
        re.compile(rf"[+-]\S.* (?:{'|'.join(GROUPS)}) \S.*"),
        f'"+DE ban Huawei" or "-DE ban Huawei"; the acts are {", ".join(GROUPS)}',
    ),
    "incident": (
        re.compile(rf"(?:\+(?:{'|'.join(KINDS)}) \S.*|-(?:{'|'.join(KINDS)}))"),
        f'"+espionage Telia" or "-espionage"; the kinds are {", ".join(KINDS)}',
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `correct` to ``parser``."""
    # argparse takes "-CN" for an option; it lets negative numbers pass, so what is to be removed counts as such.
    parser._negative_number_matcher = re.compile(rf"-(?:[A-Z][\w-]+|\d+|{'|'.join(KINDS)})$")
    parser.add_argument("story", nargs="?", help="address or id of the story")
    parser.add_argument("--topic", action="append", default=[], metavar="±T01", help="add or remove a topic")
    parser.add_argument(
        "--country", action="append", default=[], metavar="±DE", help="add or remove a subject country"
    )
    parser.add_argument(
        "--measure", action="append", default=[], metavar="±'DE ban X'", help="add or remove a measure"
    )
    parser.add_argument(
        "--incident", action="append", default=[], metavar="±'KIND X'",
        help="add an incident with its victim, or remove those of a kind",
    )  # fmt: skip
    parser.add_argument(
        "--event", metavar="ID", help="id of the event that the story belongs to, from the view events"
    )
    verdict = parser.add_mutually_exclusive_group()
    verdict.add_argument("--relevant", action="store_true", help="it is a story, whatever the score says")
    verdict.add_argument("--not-relevant", action="store_true", help="it is no story")
    parser.add_argument(
        "--undo",
        action="store_true",
        help="undo all corrections of the story, then make the others given",
    )
    parser.add_argument("--reason", default="", help="why, in your words")
    parser.add_argument("--by", default="", metavar="NAME", help="who corrects; default: your user name")
    parser.add_argument("--export", action="store_true", help="print all corrections as JSON lines")
    add_database(parser)


def run(args: argparse.Namespace) -> int:
    """Record the corrections and publish them, or print the existing ones; returns the exit code."""
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.read.corrections import all_corrections

    database = database_of(args)
    if args.export:
        for row in all_corrections(Layout.for_database(database)):
            print(json.dumps(row, ensure_ascii=False, default=str))
        return 0
    wanted = _wanted(args)
    if not args.story or not (wanted or args.undo):
        raise SettingsError(
            "Name a story and what to correct, such as --topic +T07; see `fivegwatch correct --help`."
        )
    undone = _to_undo(database, args.story, wanted) if args.undo else []
    if args.undo and not (wanted or undone):
        raise SettingsError(f"No correction of {args.story} is in force: there is nothing to undo.")
    story_id = record(database, args.story, [*undone, *wanted], by=args.by, reason=args.reason)
    count = len(wanted) + len(undone)
    print(f"{count} correction{'s' if count > 1 else ''} of {story_id} recorded.")
    return 0


def _to_undo(
    database: Path, address: str, wanted: Sequence[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """The corrections to record so that all present ones of the story at ``address`` are undone, without those that
    ``wanted`` replaces.
    """
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.read.corrections import in_force, story_id_of

    layout = Layout.for_database(database)
    story_id, _ = story_id_of(layout, address)
    again = {(field, value) for field, _, value in wanted}
    single = {field for field, action, _ in wanted if action == "set"}
    return [
        (field, "undo", value)
        for field, value in in_force(layout, story_id)
        if field not in single and (field, value) not in again
    ]


def record(
    database: Path, address: str, wanted: Sequence[tuple[str, str, str]], *, by: str = "", reason: str = ""
) -> str:
    """Record corrections of the story at ``address`` (or with that id) and publish them; returns the story's id.

    ``wanted`` holds field, action and value of each correction; ``by`` is who corrects, empty for this machine's user.

    Raises: StorageError if the corpus has no such page; SettingsError for a topic that the watchlist does not have;
    CorpusBusyError if the correction cannot be loaded now.
    """
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.load.loader import run_loader
    from fivegwatch.storage.read.corrections import story_id_of, unknown_topics
    from fivegwatch.storage.spool.batches import put_records
    from fivegwatch.storage.spool.corrections import Correction

    layout = Layout.for_database(database)
    story_id, now = story_id_of(layout, address)
    added = [value for field, action, value in wanted if (field, action) == ("topic", "add")]
    if unknown := unknown_topics(layout, added):
        raise SettingsError(f"+{unknown[0]} is no topic of this corpus. The view topics lists them.")
    corrections = [
        Correction(
            story_id=story_id, field=field, action=action, value=value,
            made_by=by or getpass.getuser(), reason=reason, made_at=now,
        )
        for field, action, value in wanted
    ]  # fmt: skip
    put_records(layout, *corrections)
    run_loader(database)
    return story_id


def _wanted(args: argparse.Namespace) -> list[tuple[str, str, str]]:
    """Field, action and value of each correction that the arguments name."""
    wanted = []
    for field, (pattern, example) in _SIGNED.items():
        for text in getattr(args, field):
            if not pattern.fullmatch(text):
                raise SettingsError(f"--{field} {text!r} is not understood: write {example}.")
            if field == "country" and not is_country(text[1:]):
                raise SettingsError(f"--country {text!r}: no country has this code; {country_hint(text[1:])}")
            wanted.append((field, "add" if text[0] == "+" else "remove", text[1:]))
    if args.event:
        wanted.append(("event", "set", args.event))
    if args.relevant or args.not_relevant:
        wanted.append(("relevant", "set", "true" if args.relevant else "false"))
    return wanted
