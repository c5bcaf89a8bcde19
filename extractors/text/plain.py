"""Turns text of feeds and pages into plain text: without markup, control characters and invisible characters."""

from __future__ import annotations

import html
import re

from lxml import etree

from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.elements import BLOCKS, CELLS, SILENT
from fivegwatch.extractors.text.scripts import INVISIBLE

# C0 except tab, line feed and carriage return; DEL and C1; lone surrogates; non-characters.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_IS_INVISIBLE = bytearray(0x10000)
for _character in INVISIBLE:
    _IS_INVISIBLE[ord(_character)] = 1
_SPACES = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r" ?\n[ \n]*")
_SENTENCE_END = re.compile(r"[.!?。！？।؟…](?:[\"”»“’'\])}」』*]|\s?[(（][^()（）]{0,40}[)）])*$")


_ELEMENTS = frozenset(
    re.findall(
        r"\S+",
        """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink
    blockquote body br button canvas caption center cite code col colgroup data datalist dd del details
    dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2
    h3 h4 h5 h6 head header hr html i iframe image img input ins isindex kbd keygen label legend li link
    main map mark marquee math menu meta meter nav nobr noembed noframes noscript object ol optgroup
    option output p param picture plaintext pre progress q rp rt ruby s samp script section select slot
    small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th
    thead time title tr track tt u ul var video wbr xmp
""",
    )
)
# Only elements of HTML count as tags, so that "Vec<u8>" in a title stays.
_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(_ELEMENTS))})(?:[\s/][^<>]*)?>|<!--|<!\[CDATA\[|<!doctype\b", re.I
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

_PARTING = BLOCKS | CELLS | {"span"}
_ALL_TEXT = etree.XPath("string()")


def words_shown(element: etree._Element) -> str:
    """The text of an element as one line, with a space where a block, a line or a cell ends."""
    if _PARTING.isdisjoint([part.tag for part in element.iterdescendants()]):
        return " ".join(str(_ALL_TEXT(element)).split())
    pieces: list[str] = []
    for event, part in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        start = event == "start"
        name = part.tag if isinstance(part.tag, str) else ""
        # Two adjacent spans are usually separate words, set apart by their style.
        if (
            name in BLOCKS
            or name in CELLS
            or (name == "span" and not start and not part.tail and _is_span(part))
        ):
            pieces.append(" ")
        if start:
            pieces.append(part.text or "")
        elif part is not element:
            pieces.append(part.tail or "")
    return " ".join("".join(pieces).split())


def _is_span(part: etree._Element) -> bool:
    following = part.getnext()
    return following is not None and following.tag == "span"


def ends_sentence(line: str) -> bool:
    """Whether a line ends with a mark that ends sentences, in any script; quotes, or a remark in brackets, may follow
    the mark."""
    return _SENTENCE_END.search(line, max(0, len(line) - 60)) is not None


def strip_controls(text: str) -> str:
    """``text`` without control characters, lone surrogates and non-characters; tab, CR and LF stay."""
    return CONTROLS.sub("", text)


def strip_invisible(text: str) -> str:
    """``text`` without the characters of `INVISIBLE`; joiners (`JOINERS`) stay."""
    # Most texts have none, and to look is five times as fast as the pattern.
    if text.isascii() or (compiled and not compiled.has_any(text, _IS_INVISIBLE)):
        return text
    return _INVISIBLE.sub("", text)


def clean_line(text: str, max_chars: int) -> str:
    """``text`` as one line of at most ``max_chars`` characters, safe to log and to display.

    White space becomes single spaces; control and invisible characters are removed. Markup stays: see `plain_text`.
    """
    # More than the result needs, so that removed characters do not shorten it; not the whole text, which may be 5 MB.
    text = strip_invisible(CONTROLS.sub("", text[: 2 * max_chars + 1_000]))
    return _SPACES.sub(" ", text).strip()[:max_chars].rstrip()


def plain_text(markup: str, *, max_chars: int = 200_000) -> str:
    """The visible text of an HTML fragment, at most ``max_chars`` characters: one line per block element.

    Markup that was escaped once or twice, as in many feeds, is removed too. Text without markup is only cleaned.
    """
    # Markup is at most a few times as long as its text; more is padding or an attack.
    text = CONTROLS.sub("", markup[: 4 * max_chars + 10_000])
    for _ in range(3):
        if _TAG.search(text):
            text = _text_of(text)
        elif _ENTITY.search(text):
            text = html.unescape(text)
        else:
            break
    text = strip_invisible(CONTROLS.sub("", text))
    text = _NEWLINES.sub("\n", _BLANKS.sub(" ", text.replace("\r", "\n")))
    return text.strip()[:max_chars].rstrip()


def title_line(markup: str) -> str:
    """The title that ``markup`` shows, as one line of at most ``LIMITS.title_chars`` characters."""
    return clean_line(plain_text(markup, max_chars=LIMITS.title_chars), LIMITS.title_chars) if markup else ""


def _text_of(markup: str) -> str:
    """The text of HTML as libxml2 parses it, one line per block."""
    # A "<" that opens no tag of HTML is text; libxml2 would drop it.
    markup = re.sub(r"<(?![/!]?[A-Za-z\[-])", "&lt;", markup)
    markup = re.sub(r"<(?=/?([A-Za-z][A-Za-z0-9]*))", _escape_unknown, markup)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    data = f"<html><body><div>{markup}</div></body></html>".encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser)
    except etree.LxmlError:
        return _TAG.sub(" ", markup)
    if root is None:
        return ""
    return "".join(_pieces(root))


def _escape_unknown(match: re.Match[str]) -> str:
    return "<" if match.group(1).lower() in _ELEMENTS else "&lt;"


def _pieces(root: etree._Element) -> list[str]:
    pieces: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        if name in BLOCKS:
            pieces.append("\n")
        elif name in CELLS:
            pieces.append(" ")
        if event == "start":
            silent += name in SILENT
            if not silent and element.text:
                pieces.append(element.text)
        else:
            silent -= name in SILENT
            if not silent and element.tail:
                pieces.append(element.tail)
    return pieces
