"""The names of a page's outlet, which are no headlines and no authors."""

from __future__ import annotations

from collections.abc import Set
from urllib.parse import urlsplit

from fivegwatch.extractors.pages.claims import Claims, line
from fivegwatch.extractors.text.word_overlap import key


def outlet_names(claims: Claims, url: str) -> frozenset[str]:
    """Keys of every name of the outlet: its host, the labels of that host, and the page's names for its site."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    named = (
        claims.first_meta("og:site_name"),
        claims.first_meta("application-name"),
        line(claims.article.get("publisher")),
    )
    labels = (label for label in host.split(".")[:-1] if len(label) > 3)
    return frozenset(map(key, (host, *labels, *(name for name in named if "://" not in name)))) - {""}


def names_site(text: str, names: Set[str]) -> bool:
    """Whether ``text`` is one of the outlet's ``names`` (keys), or differs from one in a few letters."""
    folded = key(text)
    return bool(folded) and any(
        folded == name
        or (len(name) > 3 and len(folded) <= len(name) + 12 and name in folded)
        or (len(folded) > 3 and folded in name)
        for name in names
    )
