"""Parses the bytes of a page into a tree that is safe to walk. Refuse -> decode -> parse -> clip attributes and
scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

from lxml.etree import ElementDefaultClassLookup, XPath
from lxml.html import HtmlElement, HTMLParser, fromstring
from trafilatura.utils import is_dubious_html, repair_faulty_html

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.text.elements import BOXES
from fivegwatch.extractors.web.media_types import HTML_TYPES, XML_TYPES, media_type
from fivegwatch.extractors.web.sniff import file_format, is_json, looks_like_html

ATTRIBUTE_CHARS = 2_000
"""Longest ``content=`` that is kept: regexes over metadata take quadratic time (100 KB of ``(`` cost 55 s of CPU)."""
ATTRIBUTES = 2_000
"""Most attributes in one tag: the parser compares each with all others (100,000 took half a minute)."""
LONG_CONTENTS = XPath("//@content[string-length() > $most]/..")
LONG_TAG = 10_000
"""Attributes are counted only in tags with more characters than this; shorter tags cannot have too many."""
ATTRIBUTE = re.compile(r"[\s\"'][^\s\"'<>=/]+=")
SCRIPT_CHARS = 1_000_000
"""Longest JSON-LD script that is read: 5 MB in one string cost 700 MB of memory."""

READ_TYPES = HTML_TYPES | XML_TYPES | {"", "text/plain"}
XML_ROOT = re.compile(r"<\s*(?!\?|!)([A-Za-z][\w:.-]*)")
OTHER_ROOTS = frozenset(
    {"rss", "feed", "rdf:rdf", "opml", "svg", "urlset", "sitemapindex", "error", "plist", "kml"}
)
REPAIRED_CHARS = 4096
EARLY_END = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
BOX = re.compile(rf"<(?:{'|'.join(sorted(BOXES))}|body)\b", re.IGNORECASE)
# As trafilatura's parser, with two differences: unclosed tags may nest 2,000 deep instead of 256, as in browsers; the
# class of elements is fixed, because lxml.html's lookup in Python took a twelfth of an extraction's time.
PARSER = HTMLParser(
    collect_ids=False,
    default_doctype=False,
    encoding="utf-8",
    remove_comments=True,
    remove_pis=True,
    huge_tree=True,
)
PARSER.set_element_class_lookup(ElementDefaultClassLookup(element=HtmlElement))


def read_page(page: Page, *, limits: Limits = LIMITS) -> HtmlElement:
    """The page's tree: elements only, no comments, with long attributes and scripts cut.

    Raises:
        ExtractionError: ``not_html`` (by declared type, magic number or shape), ``too_large``, ``too_many_tags``,
            ``no_text`` (empty, or nothing that a parser can read).
    """
    refuse_other_types(page)
    if len(page.body) > limits.page_body:
        raise refusal(page, "too_large", f"{len(page.body)} bytes; the limit is {limits.page_body}")
    html = decode_document(page.body, page.content_type, kind="page")
    refuse_other_shapes(page, html)
    if html.count("<") > limits.page_tags:
        raise refusal(page, "too_many_tags", f"more than {limits.page_tags} tags")
    if any(len(ATTRIBUTE.findall(tag)) > ATTRIBUTES for tag in _long_tags(html)):
        raise refusal(page, "too_many_tags", f"a tag of more than {ATTRIBUTES} attributes")
    tree = _parse(page, _without_early_end(html))
    clip_attributes(tree)
    return tree


def refusal(page: Page, kind: str, why: str, *, transient: bool = False) -> ExtractionError:
    """The error that says ``why`` this page cannot be read; ``transient`` if it may be readable later."""
    return ExtractionError(f"{page.final_url}: {why}", url=page.final_url, kind=kind, transient=transient)


def refuse_other_types(page: Page) -> None:
    """Raise ExtractionError ``not_html`` if the declared type or the first bytes are not those of a page."""
    served = media_type(page.content_type)
    if served not in READ_TYPES:
        raise refusal(page, "not_html", f"served as {served}")
    if kind := file_format(page.body):
        raise refusal(page, "not_html", f"the bytes are of a {kind} file")


def refuse_other_shapes(page: Page, html: str) -> None:
    """Raise ExtractionError ``not_html`` if the text is JSON, a feed or other XML, ``no_text`` if it is empty."""
    start = html[:4096].lstrip("\ufeff \t\r\n")
    if not start:
        raise refusal(page, "no_text", "the page is empty")
    root = XML_ROOT.search(start)
    name = root.group(1).lower() if root else ""
    if is_json(start) or name in OTHER_ROOTS:
        raise refusal(page, "not_html", f"a document of another kind ({name or 'JSON'})")
    if media_type(page.content_type) not in HTML_TYPES and not looks_like_html(html):
        raise refusal(page, "not_html", "no HTML in it")


def _without_early_end(html: str) -> str:
    """``html`` without its ``</body>`` and ``</html>`` tags if boxes follow the first of them.

    Standard: WHATWG HTML, "after body": what follows belongs to the body; libxml2 would drop it.
    """
    end = EARLY_END.search(html)
    return EARLY_END.sub("", html) if end and BOX.search(html, end.end()) else html


def _long_tags(html: str) -> Iterator[str]:
    """The tags of more than ``LONG_TAG`` characters, without their brackets."""
    at = html.find("<")
    while at >= 0:
        # Tags before the last one within reach are shorter.
        following = html.rfind("<", at + 1, at + LONG_TAG + 2)
        if following < 0:
            following = html.find("<", at + 1)
            piece = html[at + 1 : following if following >= 0 else None]
            if piece[:1].isalpha() and len(tag := piece.partition(">")[0]) > LONG_TAG:
                yield tag
        at = following


def _parse(page: Page, html: str) -> HtmlElement:
    try:
        tree = _tree_of(html)
    except Exception as exc:
        raise refusal(page, "no_text", "the parser gave up") from exc
    if tree is None or not isinstance(tree.tag, str):
        raise refusal(page, "no_text", "no markup a parser can read")
    return tree


def _tree_of(html: str) -> HtmlElement | None:
    """The tree that ``trafilatura.load_html`` would make of a page; None if it would refuse the page as not HTML."""
    beginning = html[:50].lower()
    # ``repair_faulty_html`` changes the first lines and control characters only, and ``html`` has none of these.
    head = html.find("\n", REPAIRED_CHARS) + 1 or len(html)
    html = repair_faulty_html(html[:head], beginning) + html[head:]
    tree = None
    with suppress(ValueError):  # the text declares an encoding, or is empty
        tree = fromstring(html, parser=PARSER)
    if tree is None or len(tree) < 1:
        tree = fromstring(html.encode("utf-8", "surrogatepass"), parser=PARSER)
    return None if is_dubious_html(beginning) and len(tree) < 2 else tree


def clip_attributes(tree: HtmlElement) -> None:
    """Shorten long ``content=`` attributes and empty oversized scripts, in place."""
    for element in LONG_CONTENTS(tree, most=ATTRIBUTE_CHARS):
        element.set("content", element.get("content", "")[:ATTRIBUTE_CHARS])
    for script in tree.iter("script"):
        if script.text and len(script.text) > SCRIPT_CHARS:
            script.text = None
