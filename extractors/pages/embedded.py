"""Article text that a page carries only inside its scripts: the state a JavaScript application starts from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement, fromstring, tostring

from fivegwatch.extractors.text.plain import plain_text

ESCAPED = re.compile(r"\\.")
BROKEN = re.compile(r"(?<!\\)(?:\\\\)*\\\n")
"""A line that ends within an escape: no string goes on behind it."""
SHORTEST, LONGEST = 600, 400_000
"""Characters of a string that may hold an article; an escaped one counts as one."""
PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
PARAGRAPHS = 3
SCRIPT_CHARS = 3_000_000


def embedded_text(tree: HtmlElement) -> str:
    """The longest run of paragraphs found as a string in the page's scripts, as plain text; empty when none."""
    best = ""
    for script in tree.iter("script"):
        for markup in paragraphs_in(script.text or ""):
            if len(markup) > len(best):
                best = markup
    return plain_text(_without_captions(best)) if best else ""


def paragraphs_in(source: str) -> list[str]:
    """Strings of a script that hold several paragraphs of HTML, as HTML."""
    return _paragraphs(source, 0) if 600 < len(source) < SCRIPT_CHARS else []


def _paragraphs(source: str, depth: int) -> list[str]:
    """Strings of ``source`` that hold several paragraphs of HTML, looked for inside strings of strings too."""
    found = []
    for text in _long_strings(source):
        try:
            value = json.loads(f'"{text}"', strict=False)
        except ValueError:
            continue
        inner = _paragraphs(value, depth + 1) if depth < 2 and '"' in value else []
        if inner:
            found += inner
        elif len(PARAGRAPH.findall(value)) >= PARAGRAPHS:
            found.append(value)
    return found


def _long_strings(source: str) -> Iterator[str]:
    """What stands between two quotes, whichever opens and closes, and is long enough.

    Quotes that are escaped may open a string, too, and close none. So of strings that end at the same quote the
    longest is looked at, and the next may begin at that quote unless the string is taken.
    """
    pieces = source.split('"')
    last = len(pieces) - 1  # no quote behind it
    begun = 1
    for at in [at for at, piece in enumerate(pieces) if len(piece) >= SHORTEST or piece[-1:] == "\\"]:
        if at < begun:
            continue
        end = at
        while end < last and _ends_escaped(pieces[end]):
            end += 1
        if end == last:
            return
        begun = end + 1
        text = '"'.join(pieces[at:begun])
        if "\\\n" in text and (broken := list(BROKEN.finditer(text))):
            text = text[broken[-1].end() :].partition('"')[2]
        count = len(text) - ESCAPED.subn("", text)[1] if len(text) >= SHORTEST else 0
        if SHORTEST <= count <= LONGEST:
            yield text
            begun += 1


def _ends_escaped(piece: str) -> bool:
    """Whether the quote behind a piece is escaped."""
    return (len(piece) - len(piece.rstrip("\\"))) % 2 == 1


def _without_captions(markup: str) -> str:
    tree = fromstring(f"<div>{markup}</div>")
    for caption in tree.xpath("//figcaption | //*[contains(@class, 'caption')]"):
        caption.drop_tree()
    return str(tostring(tree, encoding="unicode"))
