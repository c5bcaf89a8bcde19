"""Feed documents of the newsroom, one function for each format; the caller encodes the text as the document
declares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

from fivegwatch.flows.demo.stories import Outlet, Story


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A story as a feed lists it."""

    story: Story
    link: str
    """Absolute address with tracking parameters, as in the outlet's feed."""
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The contents of a feed document."""

    outlet: Outlet
    base: str
    """Scheme, host and port of the newsroom."""
    items: Sequence[Item]
    built_at: datetime

    @property
    def home(self) -> str:
        """The address of the outlet's front page."""
        return f"{self.base}/{self.outlet.of or self.outlet.id}/"

    def local(self, moment: datetime) -> datetime:
        """``moment`` in the time zone of the outlet."""
        return moment.astimezone(timezone(timedelta(hours=self.outlet.utc_offset)))


def _declaration(outlet: Outlet) -> str:
    return f'<?xml version="1.0" encoding="{outlet.feed_charset.upper()}"?>\n'


def body_html(story: Story) -> str:
    """The text of a story as HTML blocks."""
    return "\n".join(
        f"<h2>{escape(block[3:])}</h2>" if block.startswith("## ") else f"<p>{escape(block)}</p>"
        for block in story.paragraphs
    )


def rss20(channel: Channel) -> str:
    """The channel as RSS 2.0, with the whole text in ``content:encoded`` for the ``rss20-full`` format."""
    full = channel.outlet.format == "rss20-full"
    items = []
    for item in channel.items:
        authors = "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in item.story.authors)
        content = f"<content:encoded><![CDATA[{body_html(item.story)}]]></content:encoded>" if full else ""
        items.append(
            f"<item><title>{escape(item.story.title)}</title><link>{escape(item.link)}</link>"
            f'<guid isPermaLink="false">{item.story.outlet}:{item.story.id}</guid>'
            f"<pubDate>{format_datetime(channel.local(item.published_at))}</pubDate>{authors}"
            f"<category>{escape(item.story.section)}</category>"
            f"<description>{escape(f'<p>{escape(item.story.lead)}</p>')}</description>{content}</item>"
        )
    return (
        _declaration(channel.outlet)
        + '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        + 'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        + f"<title>{escape(channel.outlet.title)}</title><link>{channel.home}</link>"
        + f"<description>{escape(channel.outlet.title)}</description>"
        + f"<language>{channel.outlet.language}</language>"
        + "\n".join(items)
        + "</channel></rss>\n"
    )


def rss091(channel: Channel) -> str:
    """The channel as RSS 0.91: no dates, no identifiers, fifteen items at most."""
    items = "\n".join(
        f"<item><title>{escape(item.story.title)}</title><link>{escape(item.link)}</link>"
        f"<description>{escape(item.story.lead)}</description></item>"
        for item in channel.items[:15]
    )
    return (
        f'{_declaration(channel.outlet)}<rss version="0.91"><channel>'
        f"<title>{escape(channel.outlet.title)}</title><link>{channel.home}</link><description>{escape(channel.outlet.title)}</description>"
        f"<language>{channel.outlet.language}</language>\n{items}</channel></rss>\n"
    )


def rss10(channel: Channel) -> str:
    """The channel as RSS 1.0, which is RDF, with dates in Dublin Core."""
    order = "".join(f'<rdf:li rdf:resource="{escape(item.link)}"/>' for item in channel.items)
    items = "\n".join(
        f'<item rdf:about="{escape(item.link)}"><title>{escape(item.story.title)}</title>'
        f"<link>{escape(item.link)}</link><description>{escape(item.story.lead)}</description>"
        f"<dc:date>{channel.local(item.published_at).isoformat(timespec='seconds')}</dc:date></item>"
        for item in channel.items
    )
    return (
        f'{_declaration(channel.outlet)}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xml:lang="{channel.outlet.language}"><channel rdf:about="{channel.base}{channel.outlet.feed}">'
        f"<title>{escape(channel.outlet.title)}</title><link>{channel.home}</link>"
        f"<description>{escape(channel.outlet.title)}</description>"
        f"<items><rdf:Seq>{order}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def atom10(channel: Channel) -> str:
    """The channel as Atom 1.0; the ``atom10-base`` format has relative links below an ``xml:base``."""
    relative = channel.outlet.format == "atom10-base"
    entries = []
    for item in channel.items:
        href = item.link.removeprefix(channel.home) if relative else item.link
        authors = "".join(f"<author><name>{escape(name)}</name></author>" for name in item.story.authors)
        entries.append(
            f"<entry><id>tag:{channel.outlet.id}.example,2026:{item.story.id}</id>"
            f'<title>{escape(item.story.title)}</title><link rel="alternate" href="{escape(href)}"/>'
            f"<published>{channel.local(item.published_at).isoformat(timespec='seconds')}</published>"
            f"<updated>{channel.local(item.updated_at).isoformat(timespec='seconds')}</updated>{authors}"
            f'<category term="{escape(item.story.section)}"/>'
            f"<summary>{escape(item.story.lead)}</summary></entry>"
        )
    base = f' xml:base="{channel.home}"' if relative else ""
    return (
        f'{_declaration(channel.outlet)}<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{channel.outlet.language}"{base}><id>tag:{channel.outlet.id}.example,2026:feed</id>'
        f'<title>{escape(channel.outlet.title)}</title><link rel="alternate" href="{channel.home}"/>'
        f'<link rel="self" href="{channel.base}{channel.outlet.feed}"/>'
        f"<updated>{channel.built_at.isoformat(timespec='seconds')}</updated>"
        + "\n".join(entries)
        + "</feed>\n"
    )


def json11(channel: Channel) -> str:
    """The channel as JSON Feed 1.1."""
    items = [
        {
            "id": f"{channel.outlet.id}/{item.story.id}",
            "url": item.link,
            "title": item.story.title,
            "content_text": item.story.lead,
            "date_published": channel.local(item.published_at).isoformat(timespec="seconds"),
            "date_modified": channel.local(item.updated_at).isoformat(timespec="seconds"),
            "authors": [{"name": name} for name in item.story.authors],
            "tags": [item.story.section],
        }
        for item in channel.items
    ]
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.outlet.title,
        "home_page_url": channel.home,
        "feed_url": channel.base + channel.outlet.feed,
        "language": channel.outlet.language,
        "items": items,
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


FORMATS: dict[str, tuple[str, Callable[[Channel], str]]] = {
    "rss20": ("application/rss+xml", rss20),
    "rss20-full": ("application/rss+xml", rss20),
    "rss091": ("text/xml", rss091),
    "rss10": ("application/rdf+xml", rss10),
    "atom10": ("application/atom+xml", atom10),
    "atom10-base": ("application/atom+xml", atom10),
    "json11": ("application/feed+json", json11),
}
"""Media type and function, by the format's name in ``outlets.toml``."""
