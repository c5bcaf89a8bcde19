"""The sentences that an extractor may make of a page's text, whatever elements it drops.

Text with marks -> lines (between boxes side by side) -> possible sentences -> spellings (without the marks)

An extractor drops elements, and keeps or drops the text between two tags as a whole. So a full stop is certain to end
a sentence only for the words between the same two tags. Boxes side by side (``SEAM``) end sentences too. An extractor
may join two of them in one line (cells of tables, pages without a story); we assume that no page is kept for such a
joined sentence alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from fivegwatch.extractors.gates.stripping import BREAK, GLUE
from fivegwatch.extractors.judging.passages import PASSAGE_REACH, sentence_ends
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.plain import strip_invisible

REACH = PASSAGE_REACH + 100
"""Most characters between two words of one sentence, without marks, with a margin for the words themselves."""
# A mark that may separate nothing, between two letters or digits.
_JOINT = re.compile(f"{GLUE}(?<=\\w{GLUE}){GLUE}*\\w")
_MARKS = re.compile(f"([{GLUE}{BREAK}]+)")


BEFORE, BEHIND = 1500, 2000
"""How many characters before and behind a line may be in one opening (title and lead) with it. Boxes that extraction
drops make the leads of 4 of 619 recorded pages longer than that; half of this distance would lose 9 to 43 leads."""


class Lines:
    """Lines of a page joined to one text, so that they are searched at once."""

    def __init__(self, marked: list[str]) -> None:
        self.marked = marked
        """The lines, with marks of tags."""
        self._joined = [i for i, line in enumerate(marked) if GLUE in line and _JOINT.search(line)]
        self.plain = _plain("\n".join(marked), "")
        """The lines without marks. A line with tags inside words occurs twice, the second time with a blank for each
        such tag."""
        if self._joined:
            self.plain += "\n" + _plain("\n".join(marked[i] for i in self._joined), " ")

    def numbers_at(self, offsets: Iterable[int]) -> Iterator[int]:
        """For each of the ``offsets`` in ``plain``, the number of its line; offsets must not decrease."""
        number = read = 0
        for at in offsets:
            number += self.plain.count("\n", read, at)
            read = at
            yield number if number < len(self.marked) else self._joined[number - len(self.marked)]


def around(lines: Sequence[str], number: int) -> tuple[str, str]:
    """The text before and behind a line that may be in one opening with it."""
    first, before = number, 0
    while first and before < BEFORE:
        first -= 1
        before += len(lines[first])
    stop, behind = number + 1, 0
    while stop < len(lines) and behind < BEHIND:
        behind += len(lines[stop])
        stop += 1
    return "\n".join(lines[first:number])[-BEFORE:], "\n".join(lines[number + 1 : stop])[:BEHIND]


def possible_sentences(line: str) -> Iterator[str]:
    """The longest sentences that an extractor may make of a line, with its marks."""
    return Parted(line).sentences()


class Parted:
    """A line, cut at the full stops that certainly end a sentence."""

    def __init__(self, line: str) -> None:
        line = strip_invisible(line)
        self._line = line
        self._whole: list[str] = []
        """Sentences between two full stops in one part of the line, which an extractor keeps or drops as a whole."""
        open_parts: list[list[str]] = [[]]
        for number, part in enumerate(_MARKS.split(line)):
            ends = sentence_ends(part) if number % 2 == 0 else []
            if not ends:
                open_parts[-1].append(part)
                continue
            self._whole += (part[begin:end] for begin, end in pairwise(ends))
            open_parts[-1].append(part[: ends[0]])
            open_parts.append([part[ends[-1] :]])
        self._others = list(map("".join, open_parts))
        if len(open_parts) > 1:
            # If the parts with full stops are dropped, a sentence continues over them.
            first, *middle, last = open_parts
            continued = ("".join(first[:-1]), *map("".join, middle), "".join(last[1:]))
            self._others.append(" ".join(continued))

    def texts(self) -> list[str]:
        """Texts that may be searched instead of ``sentences``: together they have all terms of the sentences, perhaps
        more."""
        return [self._line] if len(self._others) == 1 else [self._line, self._others[-1]]

    def sentences(self) -> Iterator[str]:
        """The longest parts of the line that an extractor may take for one sentence, punctuation included."""
        yield from self._whole
        for text in self._others:
            yield from _within_reach(text)


def _within_reach(text: str) -> Iterator[str]:
    """Overlapping parts of a text: any two words that one sentence can hold are together in one part."""
    if len(text) <= 2 * REACH:
        yield from (text,) if text.strip() else ()
        return
    text = _plain(text, GLUE)
    for at in range(0, len(text), REACH):
        yield text[at : at + 2 * REACH]


def spellings(text: str) -> Iterator[str]:
    """``text`` without marks: once with tags inside words removed and, if there are any, once more with blanks in their
    place."""
    text = strip_invisible(text)
    yield _plain(text, "")
    if GLUE in text and _JOINT.search(text):
        yield _plain(text, " ")


def _plain(line: str, glue: str) -> str:
    """``line`` without marks: a blank for each mark that separates words, ``glue`` for each that may be inside a
    word.

    Runs of blanks become one.
    """
    return compiled.plain(line, glue) if compiled else plain_by_replacing(line, glue)


def plain_by_replacing(line: str, glue: str) -> str:
    """Pure-Python twin of ``native.plain``, used where no compiler was available."""
    line = line.replace(BREAK, " ").replace(GLUE, glue)
    while "  " in line:
        line = line.replace("  ", " ")
    return line
