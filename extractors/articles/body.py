"""The text of an article: the candidates, and which one we believe.

Two of three trafilatura runs must agree on how much of the page is the story; the page's own ``articleBody`` and the
feed's full content are heard as witnesses, and stand in where the page shows less than they hold. Measured by
``benchmarks.extraction``.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from itertools import islice

import trafilatura
from trafilatura.settings import Document
from trafilatura.utils import line_processing, trim

from fivegwatch.extractors.articles.paragraphs import with_lost_paragraphs
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry
from fivegwatch.extractors.pages.claims import paragraphs
from fivegwatch.extractors.pages.embedded import embedded_text
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.pages.tree import refusal
from fivegwatch.extractors.text.likeness import alike, phrases
from fivegwatch.extractors.text.plain import plain_text, strip_controls

SAME_SIZE = 0.9
"""Two runs agree when the shorter has this share of the longer one's characters."""
WITNESS_CHARS = 500
"""Below this an ``articleBody`` or a feed's content is a teaser."""
CONFIRMED = 0.8
FULLER = 1.3
"""How much longer a witness must be to stand in for the text it confirms."""
HELD = 0.5
"""Least share of the runs of three words of a shown text, or of one of its first lines, that a fuller one has, too."""
OPENING_LINES, OPENING_PHRASES = 4, 5
ELEMENTS = 40_000
"""Larger trees get one run: the others compare paragraphs pairwise."""
HEAVY_PAGE = 1024 * 1024
"""Bytes of a page after which those of trafilatura's caches that keep whole lines are emptied."""
SHORT_CHARS = 400
LEAN_CHARS = 1_000
LEAN_RATIO = 3
INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")
MARKUP = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|span|h\d|li|ul|img)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One candidate for the text."""

    method: str
    text: str


def choose_body(page: ParsedPage, entry: Entry | None) -> tuple[Body, tuple[Body, ...]]:
    """The believed text and every candidate; the text is empty when the page has none."""
    told = Body(method="json-ld", text=tidy(paragraphs(page.claims.article.get("articleBody"))))
    runs = _agreeing_runs(page, told.text)
    if len(page.fetched.body) > HEAVY_PAGE:
        # Not `trafilatura.meta.reset_caches`: it collects garbage among all our rules, too, for a quarter of a second.
        line_processing.cache_clear()
        trim.cache_clear()
    best, seen = runs[0], list(runs)
    for witness in (told, Body(method="feed", text=tidy(entry.content) if entry is not None else "")):
        if len(witness.text) >= WITNESS_CHARS:
            seen.append(witness)
            if len(witness.text) > FULLER * len(best.text) and _goes_on(witness, runs[0].text):
                best = witness
    if best.method.startswith("trafilatura"):
        best = Body(
            method=best.method, text=_confirmed(with_lost_paragraphs(page.pruned, best.text), told.text)
        )
    if len(best.text) < SHORT_CHARS:
        hidden = Body(method="script", text=tidy(embedded_text(page.tree)))
        if len(hidden.text) > 2 * len(best.text):
            best = hidden
            seen.append(hidden)
    return best, tuple(seen)


def _goes_on(witness: Body, shown: str) -> bool:
    """Whether a text that a page tells machines alone goes on from what readers are ``shown``, if that is a story.

    It begins alike, or holds most of it; else it is another text, which nobody can see. What the feed brought stands by
    itself: readers saw it there.
    """
    if witness.method == "feed" or len(shown) < SHORT_CHARS:
        return True
    lines, told = shown.split("\n"), phrases(witness.text)
    begun = [phrases(line) for line in lines[:OPENING_LINES]]
    known = phrases(shown)
    return any(
        len(found & told) >= HELD * len(found) for found in begun if len(found) >= OPENING_PHRASES
    ) or (len(known & told) >= HELD * len(known))


def _agreeing_runs(page: ParsedPage, told: str) -> tuple[Body, ...]:
    """The trafilatura runs needed to be sure, the believed one first."""
    fast = run_trafilatura(page, "fast")
    if len(told) >= WITNESS_CHARS and alike(fast.text, told) >= SAME_SIZE:
        return (fast,)
    if next(islice(page.pruned.iter(), ELEMENTS, None), None) is not None:
        return (fast,)
    precise = run_trafilatura(page, "precision")
    if _same_size(fast, precise) and len(fast.text) >= LEAN_CHARS and not told:
        return (fast, precise)
    standard = run_trafilatura(page, "standard")
    if len(told) >= WITNESS_CHARS:
        ranked = sorted((fast, standard, precise), key=lambda body: -alike(body.text, told))
        if alike(ranked[0].text, told) >= 0.6:
            return tuple(ranked)
    if _same_size(fast, precise) and len(fast.text) >= LIMITS.stub_chars:
        # trafilatura's own second look at a page it got little from
        lean = len(fast.text) < LEAN_CHARS and len(standard.text) >= LEAN_RATIO * len(fast.text)
        return (standard, fast, precise) if lean else (fast, precise, standard)
    if len(standard.text) < SHORT_CHARS:
        wide = run_trafilatura(page, "recall")
        if len(wide.text) > 2 * len(standard.text):
            return (wide, standard, precise, fast)
    return (standard, precise, fast)


def _confirmed(text: str, told: str) -> str:
    """``text`` without what follows the last line the page's own ``articleBody`` knows, if that holds the story."""
    if len(told) < WITNESS_CHARS or alike(text, told) < CONFIRMED:
        return text
    known = phrases(told)
    lines = text.split("\n")
    certain = [
        len(found & known) / len(found) >= 0.5 if (found := phrases(line)) else False for line in lines
    ]
    end = len(lines) - next((at for at, yes in enumerate(reversed(certain)) if yes), 0)
    return "\n".join(lines[:end])


def _same_size(one: Body, other: Body) -> bool:
    return min(len(one.text), len(other.text)) >= SAME_SIZE * max(len(one.text), len(other.text), 1)


def run_trafilatura(page: ParsedPage, mode: str) -> Body:
    """What trafilatura makes of the pruned page; ``mode`` is ``fast``, ``standard``, ``precision`` or ``recall``.

    In the first and third it asks no other extractor: one that is to agree with the first had better be of its kind.

    Raises: ExtractionError ``no_text`` when it gives up.
    """
    try:
        document = trafilatura.bare_extraction(
            page.pruned,
            url=page.url,
            include_comments=False,
            deduplicate=False,
            fast=mode in ("fast", "precision"),
            favor_precision=mode == "precision",
            favor_recall=mode == "recall",
        )
    except Exception as exc:
        raise refusal(page.fetched, "no_text", "trafilatura gave up") from exc
    text = document.text if isinstance(document, Document) else ""
    return Body(method=f"trafilatura-{mode}", text=tidy(text or ""))


def tidy(text: str) -> str:
    """``text`` as plain lines: markup and invisible characters out, blanks folded, at most ``text_chars`` long."""
    text = text[: 4 * LIMITS.text_chars]
    if "&" in text and "&lt;" in text:
        text = html.unescape(text)
    if MARKUP.search(text):
        text = plain_text(text, max_chars=LIMITS.text_chars)
    elif "&" in text:
        text = html.unescape(text)
    text = INVISIBLE.sub("", strip_controls(text))
    return "\n".join(line for raw in text.splitlines() if (line := " ".join(raw.split())))[
        : LIMITS.text_chars
    ]
