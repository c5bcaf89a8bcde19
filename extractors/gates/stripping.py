"""Removes from a page's bytes everything that is not shown, and the tags: by regular expressions, or by their C twins
if compiled.

Where parsers may disagree on whether a text is shown, it is kept: extra text is harmless here, missing text is not.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.pages.embedded import PARAGRAPHS, SIGNS

GLUE = "`"
"""Replaces tags that may be inside a word, as between two letters (``Hua<wbr>wei``). Folding makes it a blank."""
BREAK = "~"
"""Replaces tags that separate words; a blank follows it."""
SEAM = f"{BREAK}^"
"""Separates two paragraphs, headings or items side by side; a blank follows it."""
_GLUE, _BREAK, _SEAM_MARK = GLUE.encode(), f"{BREAK} ".encode(), f"{SEAM} ".encode()

# Elements and comments in which brackets are not tags. Where parsers differ on the end of a comment, the first counts.
_SILENT = re.compile(rb"<(?:!--|(script|style|title|textarea|iframe|xmp|noembed|noframes)\b)", re.IGNORECASE)
_COMMENT_END = re.compile(rb"(?:(?<=<!--)-?|--!?)>")
_SCRIPTS_AT_ONCE = 4
"""Most starts of scripts inside tags that are examined if they share one end; more are an attack."""
# Signs of scripts to keep: data for machines, paragraphs, escaped paragraphs.
# ``ld+json`` is often written ``ld&#43;json``.
_DATA = re.compile(rb"[^>]*?(?:[lL][dD]\+[jJ][sS][oO][nN]|&#)")
_PARAGRAPH = re.compile(rb"(?:<|u003[cC])(?:[pP]|\\+u00[57]0)[\s>\\]")
# The inside of a tag, up to its ``>``. It has no mark of a removed block, and brackets only in quoted values.
_PLAIN = rb"(?:[^<>~]|~(?![ ^]))*+"
_ATTRIBUTES = rb"""(?:=\s*+(?:"[^"]*"|'[^']*')|[^<>~]|~(?![ ^]))*+"""
_BLOCKS = (
    "address|article|aside|blockquote|body|br|button|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|head|header|hr|html|iframe|input|label|legend|li|link|main|meta|nav|noscript|ol|option|p|path|picture|pre|section"
    "|select|source|summary|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|ul|video"
)
# Spelt out twice: a pattern that ignores case takes twice the time.
_NAMES = b"(?:%b|%b)" % (_BLOCKS.encode(), _BLOCKS.upper().encode())
# Parsers ignore the closing tags of empty elements.
_VOID = rb"(?:br|hr|input|link|meta|source|BR|HR|INPUT|LINK|META|SOURCE)"
_BLOCK = re.compile(
    rb"<(?:%b(?:[\s/]%b)?|/(?!%b[\s/>])%b(?:[\s/]%b)?)>" % (_NAMES, _ATTRIBUTES, _VOID, _NAMES, _PLAIN)
)
_BOX = rb"(?:p|div|li|h[1-6]|section|article|aside|header|footer|nav|main|figure|figcaption|blockquote|ul|ol|form)"
# In well-formed markup in lower case: a closing box, an opening box, any other tag, text.
_PARTS = re.compile(
    rb"</(%b)\s*>|<(%b)(?:[\s/]" % (_BOX, _BOX) + _ATTRIBUTES + rb")?>"
    rb"|<(?:[a-zA-Z]" + _ATTRIBUTES + rb">|[a-zA-Z/!?]" + _PLAIN + rb">)|([^\s<`]|<)[^<]*+"
)
_TAG = re.compile(rb"<[a-zA-Z]" + _ATTRIBUTES + rb">|<[a-zA-Z/!?]" + _PLAIN + rb">")
# The attribute with the posts of a forum (Discourse).
_POSTS = re.compile(rb"data-preloaded(?![\w-])")
_RUN = re.compile(rb"(?:[ \t\n\r\f`~]|(?<=~)\^)+")
# What ``decoding.finish_text`` changes besides ASCII controls: C1 controls and non-characters.
_ODD = re.compile(
    rb"\xc2[\x80-\x9f]|\xed[\xa0-\xbf]|\xef(?:\xb7[\x90-\xaf]|\xbf[\xbe\xbf])|[\xf0-\xf4][\x80-\xbf]\xbf[\xbe\xbf]"
)
# Searched one by one, which is many times faster than one pattern.
_SIGNS_OF_PARAGRAPHS = tuple(sign.encode() for sign in SIGNS)

Script = tuple[bytes, bool]
"""A script with data or paragraphs, from the end of ``<script``; and True if it contains paragraphs."""
Silenced = tuple[bytes, tuple[Script, ...], bool]
"""Markup with ``GLUE`` at each place where something was cut out; the scripts; and True if attributes may contain
text."""


def silence(body: bytes) -> Silenced:
    """A page without comments, styles and scripts."""
    return compiled.silence(body) if compiled else silence_by_patterns(body)


def silence_by_patterns(body: bytes) -> Silenced:
    """Pure-Python twin of ``native.silence``, used without a compiler."""
    data: list[Script] = []
    kept: list[bytes] = []
    closings = _Closings(body)
    sharing: Counter[int] = Counter()
    start = place = 0
    while found := _SILENT.search(body, place):
        place, name = found.end(), (found.group(1) or b"").lower()
        end = closings.comment(place) if not name else closings.behind(name, place)
        if name == b"script":
            stop = closings.begins(name, place)
            sharing[stop] += 1
            content = body[place:stop] if sharing[stop] <= _SCRIPTS_AT_ONCE else b""
            if (holds := _holds_paragraphs(content)) or _DATA.match(content):
                data.append((content, holds))
            end = end or len(body)
        if not end or (name and _is_in_tag(body, found.start())):
            place = found.start() + 1  # not certain: it may be text, or end elsewhere
        elif name in (b"", b"script", b"style"):
            kept.append(body[start : found.start()])
            start = place = end
        else:
            place = closings.begins(name, place)
    markup = _GLUE.join((*kept, body[start:]))
    told = markup.lower()
    elsewhere = _POSTS.search(told) is not None or (b"alttext" in told and b"<math" in told)
    return markup, tuple(data), elsewhere


class _Closings:
    """Finds the ends of elements that contain no tags. The offsets asked for must increase from call to call."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._known: dict[bytes, int] = {}

    def begins(self, name: bytes, place: int) -> int:
        """The offset of the first closing tag ``</name`` from ``place`` on; the end of the body if there is none."""
        known = self._known.get(name, -1)
        if known < place:
            found = re.compile(rb"</%b" % name, re.IGNORECASE).search(self._body, place)
            known = self._known[name] = found.start() if found else len(self._body)
        return known

    def behind(self, name: bytes, place: int) -> int:
        """The offset after the tag that `begins` locates; 0 if there is none."""
        begin = self.begins(name, place)
        end = self._body.find(b">", begin + 2 + len(name))
        return 0 if begin == len(self._body) else end + 1 or len(self._body)

    def comment(self, place: int) -> int:
        """The offset after the comment whose text begins at ``place``; 0 if it does not end."""
        if self._known.get(b"") == len(self._body):
            return 0
        found = _COMMENT_END.search(self._body, place)
        if found is None:
            self._known[b""] = len(self._body)
        return found.end() if found else 0


def _is_in_tag(body: bytes, place: int) -> bool:
    return body.rfind(b"<", 0, place) > body.rfind(b">", 0, place)


def _holds_paragraphs(script: bytes) -> bool:
    """True if a script contains several paragraphs of HTML, escaped or not."""
    return (
        any(sign in script for sign in _SIGNS_OF_PARAGRAPHS) and len(_PARAGRAPH.findall(script)) >= PARAGRAPHS
    )


def tags_out(markup: bytes, *, seams: bool = False) -> tuple[bytes, bool]:
    """The markup with a mark for each tag and with runs of blanks and marks joined; and whether ``finish_text`` changes
    it.

    With ``seams``, there is a ``SEAM`` between boxes side by side.
    """
    return compiled.tags_out(markup, seams) if compiled else tags_out_by_patterns(markup, seams=seams)


def tags_out_by_patterns(markup: bytes, *, seams: bool = False) -> tuple[bytes, bool]:
    """Pure-Python twin of ``native.tags_out``, used without a compiler."""
    if seams:
        found = seams_of(markup)
        ends = [0, *(end for _, end in found)]
        begins = [*(begin for begin, _ in found), len(markup)]
        markup = _SEAM_MARK.join(markup[start:stop] for start, stop in zip(ends, begins, strict=True))
    text = _RUN.sub(_shortened, _TAG.sub(_GLUE, _BLOCK.sub(_BREAK, markup)))
    return text, _ODD.search(text) is not None


def seams_of(markup: bytes) -> list[tuple[int, int]]:
    """The spans of the closing tags between two boxes, where one ends and the next one begins, in order.

    Boxes in the middle of a text are left out: if they are hidden (tooltips, advertisements), the text continues.
    """
    seams: list[tuple[int, int]] = []
    closed: list[tuple[int, int]] = []
    """Closing tags followed, so far, by nothing but closing tags."""
    boxes, opened = [_Box(b"")], Counter[bytes]()
    for part in _PARTS.finditer(markup):
        closing, opening, text = part.groups()
        if closing is not None:
            closed.append(part.span())
            while opened[closing]:
                opened[name := boxes.pop().name] -= 1
                if name == closing:
                    break
        elif opening is not None:
            top = boxes[-1]
            if top.text and top.first_seam < 0:
                top.first_seam = len(seams)
            seams += closed
            closed.clear()
            boxes.append(_Box(opening))
            opened[opening] += 1
        elif text is not None:
            top = boxes[-1]
            if top.first_seam >= 0:
                del seams[top.first_seam :]
            top.text, top.first_seam = True, -1
            closed.clear()
        elif not part.group().startswith(b"</"):
            closed.clear()
    return seams


@dataclass(slots=True)
class _Box:
    """A box whose closing tag has not been reached."""

    name: bytes
    text: bool = False
    """True if it contains text directly."""
    first_seam: int = -1
    """How many seams there were when the first box after the text was opened."""


def _shortened(found: re.Match[bytes]) -> bytes:
    run = found.group()
    if not run.strip(_GLUE):
        return _GLUE
    mark = _SEAM_MARK if b"^" in run else _BREAK if _GLUE in run or b"~" in run else b""
    return (b"" if run[:1] in b"`~" else b" ") + mark
