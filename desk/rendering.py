"""Renders pages as HTML, and defines what templates can call. All values are escaped; addresses of other sites are
checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from fivegwatch.desk import pictures, wording
from fivegwatch.desk.charts.answer import answer_bars
from fivegwatch.desk.page_registry import PAGES, Page
from fivegwatch.desk.passages import excerpt, paragraphs
from fivegwatch.desk.reads.items import EventLine
from fivegwatch.desk.regions import REGIONS
from fivegwatch.extractors.text.language_tags import primary_subtag

_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"})


class Links(Protocol):
    """Makes the addresses of pages and assets. The running app and the published site implement it differently."""

    live: bool
    """True in the running app, where pages are made on request and can have forms, filters and corrections."""

    def page(self, name: str, /, **values: object) -> str:
        """The address of the page with this name in the registry, as the page that is being rendered must link to
        it.
        """
        ...

    def asset(self, name: str) -> str:
        """The address of a file of ``desk/assets``."""
        ...

    def feed(self, path: str) -> str:
        """The address of a feed, without the ending for its format; ``path`` names the feed, such as ``topic/T01``."""
        ...


def environment() -> Environment:
    """The Jinja environment for the templates, with the filters and names that all pages use."""
    made = Environment(
        loader=PackageLoader("fivegwatch.desk", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "country": wording.country_name,
        "language": wording.language_name,
        "plain": wording.plain,
        "scope": wording.scope_name,
        "span": wording.span,
        "said_day": wording.said_day,
        "score": wording.score,
        "day": wording.day,
        "moment": moment,
        "iso": iso,
        "outside": outside,
        "foreign": foreign,
        "marked": marked,
        "counted": wording.counted,
        "direction": direction,
        "site": site,
        "cell": cell,
        "tally": tally,
        "drawn": lambda chart: Markup(chart.svg + chart.narrow),  # noqa: S704 - escaped where it is drawn
    }
    made.globals |= {
        "menu": [page for page in PAGES.values() if page.menu],
        "pages": PAGES,
        "answer_bars": answer_bars,
        "paragraphs": paragraphs,
        "excerpt": excerpt,
        "regions": tuple(REGIONS),
        "timedelta": timedelta,
        "ban_pictures": pictures.ban_pictures,
        "countries_pictures": pictures.countries_pictures,
        "country_pictures": pictures.country_pictures,
        "subject_pictures": pictures.subject_pictures,
        "topic_page_pictures": pictures.topic_page_pictures,
        "topic_pictures": pictures.topic_pictures,
        "outlet_pictures": pictures.outlet_pictures,
        "event_pictures": pictures.event_pictures,
    }
    return made


def render(
    templates: Environment, page: Page, data: Any, links: Links, labels: Mapping[str, str], **more: Any
) -> str:
    """The HTML of ``page``, made from ``data``, the dataclass that its read returned.

    ``labels`` are the names of the topics by code; ``more`` are further variables for the template.
    """
    template = templates.get_template(page.template_name)
    return template.render(
        page=data,
        here=page,
        labels=labels,
        href=links.page,
        asset=links.asset,
        live=links.live,
        feed=links.feed(feed_of(page, data, live=links.live) or "all"),
        **more,
    )


def feed_of(page: Page, data: Any, *, live: bool) -> str:
    """The path of the feed with the changes of ``page``; empty if the page has no feed of its own."""
    if page.name in ("topic", "country"):
        return f"{page.name}/{data.line.topic.code if page.name == 'topic' else data.line.code}"
    if page.name == "search" and live and data.query and not data.ledger:
        return f"search/{quote(data.query, safe='')}"
    return page.name if page.name in ("bans", "incidents") else ""


def moment(value: datetime | None) -> str:
    """A time (UTC) for people, such as ``29 Nov 2026, 14:05``; "unknown" for None."""
    return f"{wording.day(value)}, {value.astimezone(UTC):%H:%M}" if value else "unknown"


def iso(value: date | datetime | None) -> str:
    """A time in ISO 8601, for the attribute ``<time datetime>``; empty for None."""
    return value.isoformat() if value else ""


def outside(address: str | None) -> str:
    """``address`` if it is safe to link (http or https), else empty, since a link such as ``javascript:`` would run
    code.
    """
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return ""
    return address or "" if parts.scheme in ("http", "https") and parts.netloc else ""


def site(address: str | None) -> str:
    """The host of an address, without ``www.``; empty if the address has no host."""
    try:
        return (urlsplit(address or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def cell(value: Any, column: str) -> Markup | str:
    """A value of a query's result as HTML: an address of the press becomes a link, a time is written to the minute."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return wording.day(value)
    if isinstance(value, timedelta):
        return wording.span(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(cell(one, column)) for one in value)
    if column in ("url", "origin_url") and outside(str(value)):
        return Markup('<a class="out" href="{}" rel="noreferrer noopener external">{}</a>').format(
            value, site(value)
        )
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def tally(events: Sequence[EventLine], column: str) -> list[tuple[str, int]]:
    """For each value in the list field ``column`` (``countries`` or ``topics``), the number of events with it; most
    frequent first.
    """
    return Counter(value for event in events for value in getattr(event, column)).most_common(14)


def direction(language: str | None) -> str:
    """``rtl`` for a language written from right to left, ``ltr`` for other languages, ``auto`` if the language is not
    known.
    """
    if not language:
        return "auto"
    return "rtl" if primary_subtag(language) in _RIGHT_TO_LEFT else "ltr"


def foreign(text: str | None, language: str | None) -> Markup:
    """A text of the press as HTML with its language and direction, isolated so that it does not reorder the line around
    it.
    """
    return Markup('<bdi lang="{}" dir="{}">{}</bdi>').format(
        language or "", direction(language), text or "(no title)"
    )


def marked(text: str, spans: Sequence[tuple[int, int]]) -> Markup:
    """The text with ``<mark>`` around the spans: start and end (exclusive) in characters, sorted, not overlapping."""
    parts, at = [Markup("")], 0
    for start, end in spans:
        parts += [escape(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
        at = end
    return Markup("").join([*parts, escape(text[at:])])
