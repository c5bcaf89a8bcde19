"""Merges a new release's changes to a watchlist file into the user's edited copy (three-way merge); comments and order
stay.

split into blocks (one TOML table with the comments above it) -> merge block by block -> inside a block changed by both,
merge line by line

If one side changed lines, its change is taken. If both sides changed the same lines differently, the user's lines stay
and are reported as a conflict.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

_HEADER = re.compile(r"\[{1,2}[^\[\]]+\]{1,2}\s*(#.*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Lines that both sides changed differently; the merged text has the user's lines."""

    table: str
    """Header of the TOML table with the lines; empty before the first table."""
    line: int
    """Number of the first such line in the merged text, from 1."""
    shipped_before: str
    mine: str
    shipped_now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The merged text of one file, and its conflicts."""

    text: str
    taken: int
    """Number of places where the change of the new release was taken."""
    conflicts: tuple[Conflict, ...]


@dataclass(slots=True)
class _Draft:
    lines: list[str] = field(default_factory=list)
    taken: int = 0
    conflicts: list[Conflict] = field(default_factory=list)


def merge_texts(base: str, mine: str, new: str) -> Merged:
    """The user's text ``mine``, with the changes that the new release made from the shipped text ``base`` to
    ``new``."""
    if mine in (base, new) or base == new:
        taken = int(mine == base != new)
        return Merged(text=new if mine == base else mine, taken=taken, conflicts=())
    before, ours, now = (_blocks(text) for text in (base, mine, new))
    draft = _Draft()
    for key in _order(list(ours), list(now), dropped=set(before) - set(ours)):
        _merge_block(draft, key, before.get(key), ours.get(key), now.get(key))
    return Merged(text="".join(draft.lines), taken=draft.taken, conflicts=tuple(draft.conflicts))


def _blocks(text: str) -> dict[str, list[str]]:
    """Header of each table to its lines, with the comments and blank lines above it.

    Lines before the first table have the header ``''``.
    """
    blocks: dict[str, list[str]] = {"": []}
    current, above = blocks[""], list[str]()
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if _HEADER.match(stripped):
            key = stripped.partition("#")[0].strip()
            while key in blocks:  # a list of tables, or a fault that `watchlist check` names
                key += " "
            current = blocks[key] = [*above, line]
            above = []
        elif not stripped or stripped.startswith("#"):
            above.append(line)
        else:
            current += [*above, line]
            above = []
    current += above
    return {key: lines for key, lines in blocks.items() if lines}


def _order(ours: list[str], now: list[str], dropped: set[str]) -> list[str]:
    """The headers of the user's tables in their order; each new table comes after the table that it follows in the
    release."""
    keys = list(ours)
    for position, key in enumerate(now):
        if key in keys or key in dropped:
            continue
        earlier = [other for other in now[:position] if other in keys]
        keys.insert(keys.index(earlier[-1]) + 1 if earlier else 0, key)
    return keys


def _merge_block(
    draft: _Draft, key: str, before: list[str] | None, ours: list[str] | None, now: list[str] | None
) -> None:
    if ours is None:
        if now is not None and before is None:
            draft.lines += _closed(draft.lines, now)
            draft.taken += 1
        return
    if now in (before, ours):
        draft.lines += _closed(draft.lines, ours)
    elif ours == before:
        draft.taken += 1
        draft.lines += _closed(draft.lines, now or [])
    elif now is None or before is None:
        # The release removed a table that the user changed, or both made one of this name.
        _conflict(draft, key, before or [], ours, now or [])
    else:
        _merge_lines(draft, key, before, ours, now)


def _closed(lines: Sequence[str], more: list[str]) -> list[str]:
    """``more``, made ready to follow ``lines``: it begins with a line feed if the last of ``lines`` has none."""
    return ["\n", *more] if lines and more and not lines[-1].endswith("\n") else more


def _conflict(draft: _Draft, key: str, before: list[str], ours: list[str], now: list[str]) -> None:
    texts = ["".join(lines) for lines in (before, ours, now)]
    line = len("".join(draft.lines).splitlines()) + 1
    draft.conflicts.append(
        Conflict(table=key.strip(), line=line, shipped_before=texts[0], mine=texts[1], shipped_now=texts[2])
    )
    draft.lines += _closed(draft.lines, ours)


def _merge_lines(draft: _Draft, key: str, before: list[str], ours: list[str], now: list[str]) -> None:
    """Merge the block ``key``, which both sides changed, line by line (diff3), and add it to ``draft``."""
    left, right = _map(before, ours), _map(before, now)
    common = [n for n in range(len(before)) if n in left and n in right]
    previous = (-1, -1, -1)
    for n in [*common, len(before)]:
        end = (
            (n, left.get(n, len(ours)), right.get(n, len(now)))
            if n < len(before)
            else (n, len(ours), len(now))
        )
        parts = [
            lines[start + 1 : stop]
            for lines, start, stop in zip((before, ours, now), previous, end, strict=True)
        ]
        _merge_hunk(draft, key, *parts)
        if n < len(before):
            draft.lines.append(ours[left[n]])
        previous = end


def _map(before: list[str], after: list[str]) -> dict[int, int]:
    """For each line of ``before`` that is still in ``after``, its number there; lines are numbered from 0."""
    pairs = SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    return {block.a + n: block.b + n for block in pairs for n in range(block.size)}


def _merge_hunk(draft: _Draft, key: str, before: list[str], ours: list[str], now: list[str]) -> None:
    if now in (before, ours):
        draft.lines += ours
    elif ours == before:
        draft.lines += now
        draft.taken += 1
    elif not before and all(map(_is_item, (*ours, *now))):
        # Both added lines at one place, such as terms at the end of a list.
        draft.lines += ours + [line for line in now if line not in ours]
        draft.taken += 1
    elif len(before) > 1 and (keys := _keys(before)) and keys == _keys(ours) == _keys(now):
        for trio in zip(before, ours, now, strict=True):
            _merge_hunk(draft, key, *([line] for line in trio))
    elif lines := _beside(before, ours, now) or _beside(before, now, ours):
        draft.lines += lines
        draft.taken += 1
    elif joined := _joined_lists(before, ours, now):
        draft.lines.append(joined)
        draft.taken += 1
    else:
        _conflict(draft, key, before, ours, now)


def _is_item(line: str) -> bool:
    """Whether a line is an item of a list or a comment; such a line sets no key, and its place does not matter."""
    text = line.strip()
    return not text or text.startswith("#") or text.endswith(",")


def _keys(lines: list[str]) -> list[str] | None:
    """The keys that the lines set, one a line, in order; None if a line sets no key."""
    keys = [line.partition("=")[0].strip() if "=" in line else "" for line in lines]
    return keys if all(keys) else None


def _beside(before: list[str], changed: list[str], grown: list[str]) -> list[str]:
    """The lines of both sides, if one side changed the lines ``before`` to ``changed`` and the other only added keys
    (``grown``); else empty."""
    size = len(before)
    if not before or len(grown) <= size:
        return []
    if grown[-size:] == before:
        added, lines = grown[:-size], grown[:-size] + changed
    elif grown[:size] == before:
        added, lines = grown[size:], changed + grown[size:]
    else:
        return []
    own, other = _keys(added), _keys(changed)
    return lines if own and other and not set(own) & set(other) else []


def _joined_lists(before: list[str], ours: list[str], now: list[str]) -> str:
    """The user's one-line list with the items that the release added and without those that it removed; empty if it is
    no list."""
    tables = [_list_on_a_line(lines) for lines in (before, ours, now)]
    if None in tables or len({table[0] for table in tables if table}) != 1:
        return ""
    (name, old), (_, mine), (_, new) = (table for table in tables if table)
    kept = [item for item in mine if item in new or item not in old]
    items = kept + [item for item in new if item not in old and item not in kept]
    return f"{name} = [{', '.join(json.dumps(item, ensure_ascii=False) for item in items)}]\n"


def _list_on_a_line(lines: list[str]) -> tuple[str, list[str]] | None:
    if len(lines) != 1 or "#" in lines[0]:
        return None
    try:
        table = tomllib.loads(lines[0])
    except tomllib.TOMLDecodeError:
        return None
    (value,) = table.values() if len(table) == 1 else (None,)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        return None
    return lines[0].partition("=")[0].strip(), value
