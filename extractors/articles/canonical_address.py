"""The address of a page's story. Read the page's claims -> take the first corroborated one -> else its own address.

A claim (``rel=canonical``, ``og:url``, JSON-LD) needs corroboration, because templates write the same wrong address
into every page of a site, and all their stories would become one. Only the page itself is read, so that a story's id
does not depend on the order of pages.

Standard: HTML (``base``, ``rel`` as words), RFC 6596 (canonical), Open Graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from fivegwatch.extractors.articles.addresses import (
    Address,
    address_of,
    fit,
    is_in_headline,
    name_words,
    same_page,
    same_story,
)
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.pages.claims import Claims
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.elements import BOXES, CELLS, SILENT
from fivegwatch.extractors.web.urls import joined, public_url, site_of

CONTENT = (BOXES | CELLS) - {"div"}
"""Elements that end the head. ``div`` is not among them: if the head has a ``div``, parsers put the rest of the head
behind it."""
LINKS = 2
HEADINGS = 3
DECLARED = 3_000
OWN_SHARE = 0.6
"""A name in an address is this story's if at least this share of its words is in the headline."""
OTHER_SHARE = 0.2
"""A name in an address is another story's if at most this share of its words is in the headline."""
FRONT_PARTS = 2


def page_url(page: ParsedPage) -> str:
    """The page's address for readers: the first corroborated claim, else the address at which the page answered."""
    requested, final = address_of(page.fetched.requested_url), address_of(page.url)
    if final is None:
        return public_url(page.url)
    if requested is None or site_of(requested.url) != site_of(final.url):
        requested = final
    if ended_at_front(page):
        return public_url(requested.url)
    claims = tuple(_claimed(page))
    headline = _headline(page)
    if page.declared_article:
        below = (address for _, address in claims if _is_named_below(address, final))
        claims = (*claims, *(("folder", address) for address in below))
    for claim in dict.fromkeys(address for _, address in claims):
        witnesses = {source for source, address in claims if address.key == claim.key}
        if _is_corroborated(claim, (final, requested), headline, len(witnesses)):
            return public_url(claim.url)
    return public_url(page.url)


def first_claim(page: ParsedPage) -> str:
    """The first address on its own site that the page claims, corroborated or not; empty when it claims none."""
    return next((address.url for _, address in _claimed(page)), "")


def ended_at_front(page: ParsedPage) -> bool:
    """Whether a story was requested but the front page of its site or section was returned, as happens with expired
    stories.

    False for a front page that was requested by its own address.
    """
    requested, final = address_of(page.fetched.requested_url), address_of(page.url)
    if requested is None or final is None or same_page(final, requested) or requested.is_home:
        return False
    if final.is_home:
        # A story may be the front page of a host of its own, but not of the host it was requested from.
        return not page.declared_article or urlsplit(final.key).netloc == urlsplit(requested.key).netloc
    if final.is_nowhere:  # a log-in or an error may be temporary
        return False
    if final.names_story or not (requested.names_story or len(requested.segments) > len(final.segments)):
        return False
    above = len(final.segments) < len(requested.segments) and _lies_in(requested, final)
    plain = page.claims.og_type == "website" or all(part.isalpha() for part in final.segments)
    section = plain and not page.declared_article and len(final.segments) <= FRONT_PARTS
    return above or final.is_listing or section


def _is_corroborated(
    claim: Address, own: tuple[Address, Address], headline: frozenset[str], witnesses: int
) -> bool:
    """Whether to accept a ``claim`` that a page makes in ``witnesses`` ways.

    ``own``: the address that answered, then the one that was requested.
    """
    if any(same_page(claim, address) for address in own):
        return True
    if claim.is_home or claim.is_nowhere or not (claim.segments or claim.ids) or _is_above(claim, own[0]):
        return False
    ours = max(fit(address, headline) for address in own)
    theirs = fit(claim, headline)
    shares = any(same_story(claim, address, headline) for address in own)
    if shares and ((claim.ends_in_number and claim.numbers) or not claim.is_listing or len(claim.slug) > 2):
        return True
    if (
        claim.is_listing
        or not claim.names_story
        or (ours >= OWN_SHARE and len(claim.slug) > 2 and theirs <= OTHER_SHARE)
    ):
        return False
    return witnesses > 1 or (theirs > ours and is_in_headline(claim, headline))


def _is_named_below(claim: Address, final: Address) -> bool:
    """Whether the page answered at the address of a folder and claims the address of a story inside that folder."""
    in_folder = bool(final.segments) and not (final.names_story or final.pairs) and _lies_in(claim, final)
    return in_folder and claim.names_story


def _is_above(claim: Address, final: Address) -> bool:
    """Whether the claimed address is the folder that contains the page: the front page of its section."""
    return len(claim.segments) < len(final.segments) and _lies_in(final, claim) and not claim.pairs


def _lies_in(inner: Address, folder: Address) -> bool:
    return inner.segments[: len(folder.segments)] == folder.segments


def _claimed(page: ParsedPage) -> Iterator[tuple[str, Address]]:
    """The addresses on its own site that a page claims, each after the kind of claim: ``link``, ``og``, ``json-ld``."""
    declared = list(_declared(page.tree))
    base = next((joined(page.url, item.get("href", "")) for item in declared if item.tag == "base"), "")
    for source, reference in _references(declared, page.claims):
        url = joined(base or page.url, _with_scheme(reference, page.url))
        if url and len(url) <= LIMITS.url_chars and _is_near(url, page.url):
            address = address_of(url)
            if address is not None:
                yield source, address


def _references(declared: list[HtmlElement], claims: Claims) -> Iterator[tuple[str, str]]:
    """The addresses that a page claims, as they are written, each after the kind of claim."""
    links = (
        item.get("href", "")
        for item in declared
        if item.tag == "link" and "canonical" in (item.get("rel") or "").lower().split()
    )
    metas = (item for item in declared if item.tag == "meta")
    named = (
        meta.get("content") or ""
        for meta in metas
        if "og:url" in ((meta.get(key) or "").strip().lower() for key in ("property", "name"))
    )
    yield from (("link", link) for link in islice(filter(str.strip, links), LINKS))
    yield from (("og", address) for address in islice(filter(str.strip, named), 1))
    for key in ("url", "mainEntityOfPage"):
        value = claims.article.get(key)
        value = value[0] if isinstance(value, list) and value else value
        value = (value.get("@id") or value.get("url")) if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            yield "json-ld", value


def _declared(tree: HtmlElement) -> Iterator[HtmlElement]:
    """Elements ``base``, ``link`` and ``meta`` of the head, or in front of the first visible text.

    Those in the story, or in a reader's comment below it, are not the page's claims.
    """
    for element in islice(tree.iter(), DECLARED):
        if element.tag in ("link", "meta") or (element.tag == "base" and element.get("href")):
            yield element
            continue
        shows = element.tag in CONTENT or bool((element.text or "").strip())
        if shows and element.tag not in SILENT and next(element.iterancestors("noscript"), None) is None:
            return


def _headline(page: ParsedPage) -> frozenset[str]:
    """The words of the page's title, shared title and first headings, as addresses spell them."""
    headings = (text for _, text in page.headings[:HEADINGS])
    titles = (page.title_tag, page.claims.first_meta("og:title"), *headings)
    return name_words(" ".join(titles)[: 8 * LIMITS.title_chars])


def _with_scheme(reference: str, final_url: str) -> str:
    """``reference``, with ``//`` in front if it begins with the site's own host."""
    reference = reference.strip()
    host = reference.partition("/")[0].lower()
    known = (urlsplit(final_url).hostname or "").removeprefix("www.")
    return f"//{reference}" if known and host.removeprefix("www.") == known else reference


def _is_near(url: str, final_url: str) -> bool:
    """Whether ``url`` is on the site of ``final_url``, at the default port, 80, 443 or the port of ``final_url``."""
    try:
        claimed, final = urlsplit(url), urlsplit(final_url)
        ports = claimed.port in (None, 80, 443, final.port)
    except ValueError:
        return False
    return bool(ports and claimed.hostname and not claimed.username and site_of(url) == site_of(final_url))
