"""The text of an article. Run trafilatura, again if it finds little -> compare JSON-LD and feed -> restore paragraphs.

The page's own ``articleBody`` (JSON-LD) and the feed's full content are *witnesses*: they corroborate the text that the
page shows, and replace it if they have more of the same text. The constants were measured by ``benchmarks.extraction``.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement
from trafilatura.utils import line_processing, trim

from fivegwatch.extractors.articles.runs import trafilatura_text
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry
from fivegwatch.extractors.pages.claims import paragraphs
from fivegwatch.extractors.pages.embedded import embedded_text
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.plain import plain_text, strip_controls, strip_invisible, words_shown
from fivegwatch.extractors.text.word_overlap import alike, key, phrases

WITNESS_CHARS = 500
"""An ``articleBody`` or feed content with fewer characters is a teaser, no witness."""
CONFIRMED = 0.8
"""Least likeness of text and ``articleBody`` at which the ``articleBody`` decides where the story ends."""
FULLER = 1.3
"""How many times longer a witness must be to replace the text that it corroborates."""
HELD = 0.5
"""Least share that a replacement must have of the three-word phrases of the shown text, or of one of its first
lines."""
OPENING_LINES, OPENING_PHRASES = 4, 5
ELEMENTS = 40_000
"""A tree with more elements than this gets only one run, because the standard mode compares paragraphs pairwise."""
HEAVY_PAGE = 1024 * 1024
"""trafilatura's caches of whole lines are emptied after every page with more bytes than this."""
SHORT_CHARS = 400
ENOUGH_CHARS, FAIR_CHARS = 1_000, 800
"""The text of the first run is final if it has ``ENOUGH_CHARS`` characters: on 415 pages with marked texts, comparing
it with other runs gained nothing and cost half of the processor time. A text of ``FAIR_CHARS`` is final if the page's
paragraphs are much longer, because the first run then left them out as teasers of other stories (this rule improved two
of these texts and harmed none)."""
LEAN_RATIO = 3
"""How many times longer counts as much longer: a text of the standard mode that is much longer replaces a short first
text."""
PARAGRAPH_CHARS = 80
MARKUP = re.compile(r"</?(?:p|br|div|a|b|i|em|strong|span|h\d|li|ul|img)\b", re.IGNORECASE)
OF_THE_STORY = 0.7
"""A class marks the story's paragraphs if at least this share of the text's paragraphs have it."""
PARAGRAPHS = 3
BLOCKS = 2_000
TEXT_CHARS = 100_000
WORTH = 0.15
"""Lost paragraphs are restored if they add at least this share to the text."""
KEY_CHARS = 30
BETWEEN = ("h2", "h3", "h4", "ul", "ol", "dl")
"""Elements that belong to the story if they stand between two of its paragraphs, in the same box."""
LINKED = 0.3
"""A list is a list of links if at least this share of its characters is in links."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A candidate for the article's text."""

    method: str
    text: str


def choose_body(page: ParsedPage, entry: Entry | None) -> tuple[Body, tuple[Body, ...]]:
    """The chosen text and every candidate; the text is empty when the page has none."""
    claimed = Body(method="json-ld", text=tidy(paragraphs(page.claims.article.get("articleBody"))))
    runs = _runs(page)
    if len(page.fetched.body) > HEAVY_PAGE:
        # Not `trafilatura.meta.reset_caches`: its garbage collection takes a quarter of a second.
        line_processing.cache_clear()
        trim.cache_clear()
    best, candidates = runs[0], list(runs)
    for witness in (claimed, Body(method="feed", text=tidy(entry.content) if entry is not None else "")):
        if len(witness.text) >= WITNESS_CHARS:
            candidates.append(witness)
            if len(witness.text) > FULLER * len(best.text) and _continues(witness, runs[0].text):
                best = witness
    if best.method.startswith("trafilatura"):
        whole = with_lost_parts(page.pruned, best.text)
        best = Body(method=best.method, text=_confirmed(whole, claimed.text))
    if len(best.text) < SHORT_CHARS:
        embedded = Body(method="script", text=tidy(embedded_text(page.tree)))
        if len(embedded.text) > 2 * len(best.text):
            best = embedded
            candidates.append(embedded)
    return best, tuple(candidates)


def _continues(witness: Body, shown: str) -> bool:
    """Whether readers would take a witness for the same text as ``shown``, continued: it begins like ``shown``, or has
    most of it.

    An ``articleBody`` that does neither is another text, which no reader sees. If ``shown`` is too short for a story,
    any witness continues it. The feed's content always does, because the feed's readers saw it.
    """
    if witness.method == "feed" or len(shown) < SHORT_CHARS:
        return True
    openings = [phrases(line) for line in shown.split("\n")[:OPENING_LINES]]
    openings = [opening for opening in openings if len(opening) >= OPENING_PHRASES]
    held = phrases(witness.text)
    return any(len(part & held) >= HELD * len(part) for part in (*openings, phrases(shown)))


def _runs(page: ParsedPage) -> tuple[Body, ...]:
    """The texts from the trafilatura runs that the page needed, the chosen one first."""
    fast = run_trafilatura(page, "fast")
    if len(fast.text) >= ENOUGH_CHARS or next(islice(page.pruned.iter(), ELEMENTS, None), None) is not None:
        return (fast,)
    # The standard mode has a fallback for pages that yield little text.
    standard = run_trafilatura(page, "standard")
    longer = LEAN_RATIO * len(fast.text)
    if len(fast.text) >= LIMITS.stub_chars and len(standard.text) < longer:
        return (fast, standard)
    if len(fast.text) >= FAIR_CHARS and _in_paragraphs(page) >= longer:
        return (fast, standard)
    if len(standard.text) < SHORT_CHARS:
        wide = run_trafilatura(page, "recall")
        if len(wide.text) > 2 * len(standard.text):
            return (wide, standard, fast)
    return (standard, fast)


def _in_paragraphs(page: ParsedPage) -> int:
    """Number of characters in the paragraphs of the pruned page."""
    lengths = (len(words_shown(block)) for block in page.pruned.iter("p"))
    return sum(length for length in lengths if length >= PARAGRAPH_CHARS)


def _confirmed(text: str, claimed: str) -> str:
    """``text`` up to its last line that is also in the page's ``articleBody``, if the two are alike; else all of it."""
    if len(claimed) < WITNESS_CHARS or alike(text, claimed) < CONFIRMED:
        return text
    held = phrases(claimed)
    lines = text.split("\n")
    parts = [phrases(line) for line in lines]
    confirmed = [end for end, part in enumerate(parts, 1) if part and len(part & held) >= 0.5 * len(part)]
    return "\n".join(lines[: confirmed[-1] if confirmed else None])


def run_trafilatura(page: ParsedPage, mode: str) -> Body:
    """trafilatura's text of the pruned page; for ``mode`` and errors see `trafilatura_text`."""
    return Body(method=f"trafilatura-{mode}", text=tidy(trafilatura_text(page, mode)))


def tidy(text: str) -> str:
    """``text`` as plain lines without markup, invisible characters and double blanks, at most ``text_chars`` long."""
    text = text[: 4 * LIMITS.text_chars]
    if "&" in text and "&lt;" in text:
        text = html.unescape(text)
    if MARKUP.search(text):
        text = plain_text(text, max_chars=LIMITS.text_chars)
    elif "&" in text:
        text = html.unescape(text)
    text = strip_invisible(strip_controls(text))
    return "\n".join(line for raw in text.splitlines() if (line := " ".join(raw.split())))[
        : LIMITS.text_chars
    ]


def with_lost_parts(tree: HtmlElement, text: str) -> str:
    """``text`` with the paragraphs, headings and lists that extraction lost put back in their places; most pages lost
    none."""
    if len(text) > TEXT_CHARS:
        return text
    present = key(text)
    elements = list(islice(tree.iter("p", *BETWEEN), BLOCKS))
    paragraphs = [(p, line) for p in elements if p.tag == "p" and (line := words_shown(p))]
    inside = [p for p, line in paragraphs if len(folded := key(line)) >= KEY_CHARS and folded in present]
    if len(inside) < PARAGRAPHS:
        return text
    lost = {
        p: [line] for p, line in _of_the_class(paragraphs, inside) if key(line) and key(line) not in present
    }
    if sum(len(line) for lines in lost.values() for line in lines) < WORTH * len(text):
        lost = {}
    lost |= {
        block: lines for block, lines in _between(elements, inside) if key("".join(lines)) not in present
    }
    return _merged(text.split("\n"), elements, set(inside), lost) if lost else text


def _of_the_class(
    paragraphs: list[tuple[HtmlElement, str]], inside: list[HtmlElement]
) -> list[tuple[HtmlElement, str]]:
    """The ``paragraphs`` whose class is that of most paragraphs ``inside`` the text; none if too few share one."""
    name, count = Counter(map(_class_of, inside)).most_common(1)[0]
    if not name or count < OF_THE_STORY * len(inside):
        return []
    return [(p, line) for p, line in paragraphs if _class_of(p) == name]


def _class_of(block: HtmlElement) -> str:
    return " ".join(sorted((block.get("class") or "").split()))


def _between(
    elements: list[HtmlElement], inside: list[HtmlElement]
) -> Iterator[tuple[HtmlElement, list[str]]]:
    """The headings and lists between two paragraphs ``inside`` the text that share their box, with their lines."""
    last = {p.getparent(): p for p in inside}
    open_boxes: set[HtmlElement] = set()
    story = set(inside)
    for element in elements:
        box = element.getparent()
        if element in story:
            (open_boxes.discard if last[box] is element else open_boxes.add)(box)
        elif element.tag != "p" and box in open_boxes and (lines := _lines_of(element)):
            yield element, lines


def _lines_of(block: HtmlElement) -> list[str]:
    """The line of a heading, or those of a list's items; none of a list of links or pictures."""
    if block.find(".//img") is not None:
        return []
    parts = [block] if block.tag[0] == "h" else list(block.iterchildren("li", "dt", "dd"))
    lines = [line for part in parts if (line := words_shown(part))]
    linked = sum(len(words_shown(link)) for link in block.iter("a"))
    return lines if linked <= LINKED * sum(map(len, lines)) else []


def _merged(
    lines: list[str],
    elements: list[HtmlElement],
    inside: set[HtmlElement],
    lost: dict[HtmlElement, list[str]],
) -> str:
    """``lines`` with those of each ``lost`` element after the line that precedes it on the page."""
    indexes = {key(line): index for index, line in enumerate(lines)}
    after: dict[int, list[str]] = {}
    last = -1
    for element in elements:
        if element in lost:
            after.setdefault(last, []).extend(lost[element])
        elif element in inside:
            last = max(last, indexes.get(key(words_shown(element)), last))
    merged = after.get(-1, [])
    for index, line in enumerate(lines):
        merged += [line, *after.get(index, [])]
    return "\n".join(merged)
