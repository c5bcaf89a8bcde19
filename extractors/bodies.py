"""The text of an article: the candidates, and which one we believe."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import trafilatura
from lxml.html import HtmlElement

from extractors.limits import LIMITS
from extractors.model import Entry, Page
from extractors.markup import refusal
from extractors.structured import Structured

INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]"
)
TAG = re.compile(r"<[^<>]{1,500}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One candidate for the text."""

    method: str
    text: str


def choose_body(
    tree: HtmlElement, claims: Structured, page: Page, entry: Entry | None
) -> tuple[Body, tuple[Body, ...]]:
    """The believed text and every candidate looked at; an empty text when the page has none."""
    bodies = [_trafilatura(tree, page, "standard")]
    if body := _tidy(str(claims.article.get("articleBody") or "")):
        bodies.append(Body(method="json-ld", text=body))
    if entry is not None and entry.content:
        bodies.append(Body(method="feed", text=_tidy(entry.content)))
    best = bodies[0]
    for other in bodies[1:]:
        if len(other.text) > 2 * len(best.text):
            best = other
    return best, tuple(bodies)


def _trafilatura(tree: HtmlElement, page: Page, mode: str) -> Body:
    try:
        document = trafilatura.bare_extraction(
            tree,
            url=page.final_url,
            include_comments=False,
            deduplicate=False,
            favor_precision=mode == "precision",
            favor_recall=mode == "recall",
        )
    except Exception as exc:
        raise refusal(page, "no_text", "trafilatura gave up") from exc
    text = document.text if document is not None else ""
    name = "trafilatura" if mode == "standard" else f"trafilatura-{mode}"
    return Body(method=name, text=_tidy(text or ""))


def _tidy(text: str) -> str:
    """Plain text in lines: markup and invisible characters out, at most ``text_chars``."""
    if "<" in text or "&" in text:
        text = (
            TAG.sub("\n", html.unescape(text))
            if "</" in text or "<br" in text or "<p" in text
            else html.unescape(text)
        )
    text = INVISIBLE.sub("", text)
    return "\n".join(line for raw in text.splitlines() if (line := " ".join(raw.split())))[
        : LIMITS.text_chars
    ]
