"""The headline of a story. Read its spellings -> cut the outlet's name off -> choose one -> else take the feed's
headline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry
from fivegwatch.extractors.pages.claims import line
from fivegwatch.extractors.pages.parsed import ParsedPage, names_site
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.text.word_overlap import key, shared, words

SEPARATOR = re.compile(r"\s+[|–—·•»«‹›⋆~:/-]++\s+|\s*[|｜_ㅣ]\s*|[:：](?=\S)|\s+[|–—-](?=\S)")
"""Separates a headline from the outlet's name."""
BESIDE_HEADLINE = re.compile(r"\s*[|–—·•»«‹›⋆~:/｜_ㅣ：-]++\s*")
"""Separates a known headline from everything else in a title: a section, a slogan, a day."""
CJK_TAIL = re.compile(r"(?<=\S{8})-[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{2,8}$")
"""``headline-outlet`` without spaces, as Chinese and Korean sites write."""
HEADLINE_KEY = 10
"""Fewest letters of a heading that names a story; shorter headings name sections."""
FEW_WORDS = 3
UNFILLED = re.compile(
    r"^\W*(?:undefined|null|nan|none|nil|\[?object object\]?|\{\{[^{}]*\}\}|\$\{[^{}]*\}|<%[^%]*%>|%[\w.]+%"
    r"|\[\[[^\[\]]*\]\]|\{%[^%]*%\})\W*$",
    re.IGNORECASE,
)
"""Text that programs write for a missing value, and template marks that were not replaced."""
ALIKE = 0.3
"""Least share of words that a title must have in common with the page's other titles; with less it is the site's title,
not the story's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Headlines:
    """The title that was chosen, and every spelling of it on the page and in the feed."""

    chosen: str
    spellings: tuple[str, ...]


def read_headlines(page: ParsedPage, entry: Entry | None) -> Headlines:
    """The headline of ``page``, empty when the page and the feed have none, and all spellings of it."""
    names, claims = page.site_names, page.claims
    headings = (_line(text) for _, text in page.headings)
    visible = [text for text in headings if text and key(text) not in names]
    known = {key(text) for text in visible if len(key(text)) > HEADLINE_KEY}
    declared = without_site(_line(line(claims.article.get("headline"))), names, known)
    if len(key(declared)) > HEADLINE_KEY:
        known.add(key(declared))
        # A heading may begin with a kicker, which JSON-LD leaves out.
        visible = [declared if key(text).endswith(key(declared)) else text for text in visible]
    shared_title = without_site(_line(claims.first_meta("og:title", "twitter:title")), names, known)
    document = without_site(_line(page.title_tag), names, known)
    announced = _line(entry.title) if entry is not None else ""
    chosen = _choose(visible, declared, shared_title, document, names) or announced
    if _is_stopgap(chosen, announced, visible):
        chosen = announced
    every = (chosen, declared, shared_title, document, announced, *visible)
    spellings = tuple(dict.fromkeys(text for text in every if text))
    return Headlines(chosen=clean_line(chosen, LIMITS.title_chars), spellings=spellings)


def without_site(title: str, names: Set[str], known: Set[str]) -> str:
    """``title`` without the outlet's name (``names``) at its beginning or end; if it contains a headline out of
    ``known``, that headline."""
    cuts = list(SEPARATOR.finditer(title))
    if cuts and key(head := title[: cuts[-1].start()]) and names_site(title[cuts[-1].end() :], names):
        title = head
    elif cuts and key(tail := title[cuts[0].end() :]) and names_site(title[: cuts[0].start()], names):
        title = tail
    title = CJK_TAIL.sub("", title)
    for cut in BESIDE_HEADLINE.finditer(title):
        head, tail = title[: cut.start()], title[cut.end() :]
        if key(head) in known and tail:
            return head
        if ":" not in cut.group() and key(tail) in known and key(head):
            return tail
    return title


def _choose(visible: list[str], declared: str, shared_title: str, document: str, names: Set[str]) -> str:
    """The title among the page's spellings: og:title, else JSON-LD's, else a heading, else the ``title`` element."""
    others = " ".join((document, declared, *visible))
    agrees = not document or shared(shared_title, others) >= ALIKE
    if agrees and not _is_generic(shared_title, names):
        # The visible heading and JSON-LD agree; og:title repeats the title written for search engines.
        for heading in visible:
            if key(heading) == key(declared) and key(shared_title) == key(document) != key(declared):
                return heading
        return _whole(shared_title, (declared, *visible))
    if not _is_generic(declared, names):
        return declared
    several = (heading for heading in visible if document and len(words(heading)) > 1)
    if alike := next((heading for heading in several if shared(heading, document) >= 0.6), ""):
        return alike
    if len(visible) == 1 and len(words(visible[0])) >= FEW_WORDS:
        return visible[0]
    if not _is_generic(document, names):
        return document
    return next(
        (text for text in visible if len(words(text)) >= FEW_WORDS), visible[0] if visible else document
    )


def _is_stopgap(chosen: str, announced: str, visible: list[str]) -> bool:
    """True if a title is only the outlet's name or a placeholder; then the headline ``announced`` by the feed is used.

    Such a title has one or two words, is no visible heading, and shares no word with the announced headline.
    """
    few = len(words(chosen)) < FEW_WORDS <= len(words(announced))
    return few and chosen not in visible and shared(chosen, announced) == 0


def _whole(title: str, others: Iterable[str]) -> str:
    """``title``; if it ends in an ellipsis, the full spelling of it among ``others``, if there is one."""
    if title.endswith(("...", "…")):
        return next((other for other in others if key(other).startswith(key(title))), title)
    return title


def _is_generic(title: str, names: Set[str]) -> bool:
    return not key(title) or names_site(title, names)


def _line(text: str) -> str:
    """``text`` as one line without soft hyphens; empty when it is a template that was never filled."""
    folded = " ".join(text[: 4 * LIMITS.title_chars].replace("\u00ad", "").split())[: LIMITS.title_chars]
    return "" if UNFILLED.match(folded) else folded
