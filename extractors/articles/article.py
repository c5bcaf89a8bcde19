"""Extracts one article from one page. Refuse -> parse -> claims -> text -> flags -> dates."""

from __future__ import annotations

import hashlib
import re

from fivegwatch.extractors.articles.body import Body, choose_body
from fivegwatch.extractors.articles.bylines import page_authors
from fivegwatch.extractors.articles.canonical_address import ended_at_front, page_url
from fivegwatch.extractors.articles.edges import trim_lines
from fivegwatch.extractors.articles.headline import read_headlines
from fivegwatch.extractors.articles.other_versions import with_version
from fivegwatch.extractors.articles.published import chosen_date, page_dates
from fivegwatch.extractors.articles.quality import is_nothing, quality_flags, shown_chars, wall_of
from fivegwatch.extractors.articles.standfirst import with_standfirst
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Article, Entry, OtherVersion, Page
from fivegwatch.extractors.pages.claims import line, lines
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.pages.tree import refusal
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.web.urls import canonical_url, site_of, url_id


def extract_article(
    page: Page,
    *,
    entry: Entry | None = None,
    version: OtherVersion | None = None,
    parsed: ParsedPage | None = None,
    chosen: tuple[Body, tuple[Body, ...]] | None = None,
) -> Article:
    """The article of ``page``; its feed ``entry`` may supply title, date, authors and full text.

    ``version``, an AMP or print version of the page, may supply the text. ``parsed`` (the page's facts) and ``chosen``
    (the result of `choose_body`) may be given if they are known, so that they are not computed twice. A partial or odd
    page is returned with flags in ``quality``, not refused.

    Raises:
        ExtractionError: ``not_html``, ``too_large``, ``too_many_tags``; ``no_text``, ``too_short`` (nothing to judge);
            ``soft_404``; ``bot_wall``, ``consent_wall``, ``script_wall`` (transient: the story may show another time).
    """
    parsed = parsed or ParsedPage(page)
    headlines = read_headlines(parsed, entry)
    authors = page_authors(parsed, entry)
    url = page_url(parsed)
    body, candidates = chosen or choose_body(parsed, entry)
    if version is not None:
        body, candidates = with_version(body, candidates, version, url, headlines)
    names = (*authors, site_name(parsed))
    text = with_standfirst(parsed, trim_lines(body.text, headlines=headlines.spellings, names=names))
    title = headlines.chosen
    flags = quality_flags(parsed, entry, title, text)
    if not wall_of(flags) and ended_at_front(parsed):
        raise refusal(page, "soft_404", f"asked for {page.requested_url}, sent to a front page")
    if body.method != "feed":
        refuse_without_story(page, text, flags)
    dates = page_dates(parsed, entry)
    date = chosen_date(dates)
    return Article(
        id=url_id(canonical_url(url)),
        url=url,
        title=title,
        text=text,
        authors=authors,
        published_at=date.at if date else None,
        published_precision=date.precision if date else "",
        published_source=date.source if date else "",
        language=text_language(text),
        site=site_of(url),
        site_name=names[-1],
        section=page_section(parsed),
        tags=page_tags(parsed, entry),
        text_hash=text_hash(title, text),
        method=body.method,
        quality=flags,
        dates=dates,
        page_chars=shown_chars(parsed),
        lengths=tuple((candidate.method, len(candidate.text)) for candidate in candidates),
    )


def refuse_without_story(page: Page, text: str, flags: tuple[str, ...]) -> None:
    """Raise ExtractionError if the page has no story. The kind of the error is the wall's name, ``too_short`` or
    ``no_text``."""
    wall = wall_of(flags)
    if wall:
        raise refusal(page, wall, "this is no article", transient=wall != "soft_404")
    if not text:
        raise refusal(page, "no_text", "no article text on the page")
    if is_nothing(text):
        raise refusal(page, "too_short", f"only {len(text)} characters of text")


def text_hash(title: str, text: str) -> str:
    """SHA-256 (hex) of title and text with white space folded."""
    return hashlib.sha256(" ".join(f"{title} {text}".split()).encode()).hexdigest()


def site_name(page: ParsedPage) -> str:
    """The outlet's own name for itself, else the page's registrable domain."""
    claims = page.claims
    name = claims.first_meta("og:site_name", "application-name") or line(claims.article.get("publisher"))
    return clean_line(name, LIMITS.author_chars) if name and "://" not in name else site_of(page.url)


def page_section(page: ParsedPage) -> str:
    """The section that the page names; empty when it names none."""
    claims = page.claims
    named = claims.first_meta("article:section", "section") or line(claims.article.get("articleSection"))
    return clean_line(named, LIMITS.category_chars)


def page_tags(page: ParsedPage, entry: Entry | None) -> tuple[str, ...]:
    """Keywords of the page, then of its feed entry, each once."""
    claims = page.claims
    lists = (text for name in ("news_keywords", "keywords") for text in claims.meta.get(name, ()))
    keywords = ",".join((*lists, *lines(claims.article.get("keywords"))))
    words = (*claims.meta.get("article:tag", ()), *re.split(r"[,;\u3001\uff0c]", keywords))
    categories = entry.categories if entry is not None else ()
    cleaned = (clean_line(word, LIMITS.category_chars) for word in (*words, *categories))
    return tuple({word.casefold(): word for word in cleaned if word}.values())[: LIMITS.categories]
