"""Sends messages to people: mail, Slack, Teams, Matrix, ntfy, webhooks and a hundred more, through apprise.

Titles and texts come from feeds. So markup in them, and names that would notify a whole group, are made plain text.
"""

from __future__ import annotations

import asyncio
import logging
import re
from html import escape

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.text.plain import clean_line, strip_controls

_CALLS = re.compile(r"@(?=everyone\b|here\b|channel\b|all\b|room\b)|<(?=!|@|#)", re.I)
_MARKUP = re.compile(r"([\\`*_\[\]()~<>&#|])")
_ADDRESS = re.compile(r"(https?://[^\s<>\"'|]+)")
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_RENDERS_MARKDOWN = frozenset(
    {"NotifyDiscord", "NotifyMattermost", "NotifyZulip", "NotifyGuilded", "NotifyRevolt"}
)
"""Services that render Markdown, although apprise sends them plain text."""
SECONDS = 30.0
TITLE_CHARS = 250


class ChannelError(NewsError):
    """A message could not be delivered, or an address is malformed."""


async def send(url: str, title: str, body: str, html: str = "") -> None:
    """Deliver one message of plain text; mail also gets ``html``, if it is given. Raises: ChannelError."""
    try:
        problem = await asyncio.wait_for(asyncio.to_thread(_send, url, title, body, html), SECONDS)
    except TimeoutError:
        problem = f"no answer within {SECONDS:g} seconds"
    if problem:
        raise ChannelError(problem, kind="undelivered", transient=True)


def _send(url: str, title: str, body: str, html: str) -> str:
    """Deliver one message; returns why that failed, empty if it did not."""
    import apprise

    target = apprise.Apprise.instantiate(url)
    if target is None:
        return "not an address that apprise knows"
    noted: list[str] = []
    handler = _Notes(noted)
    log = logging.getLogger("apprise")
    log.addHandler(handler)
    kind, service = str(getattr(target.notify_format, "value", target.notify_format)), type(target).__name__
    as_html = (kind, service) == ("html", "NotifyEmail")
    try:
        sent = apprise.Apprise(servers=target).notify(
            title=plain_for(clean_line(title, TITLE_CHARS), kind, service),
            # apprise sends mail in HTML with its words as plain text beside it.
            body=(html or html_of(body)) if as_html else plain_for(body, kind, service),
            body_format="html" if as_html else "text",
        )
    except Exception as error:  # of any of a hundred services' modules: one message must not end a run
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        log.removeHandler(handler)
    return "" if sent else "; ".join(noted)[:300] or "the service did not take it"


def html_of(text: str) -> str:
    """Plain text as HTML that looks like ``text``, line by line, with web addresses as links."""
    parts = [escape(part) for part in _ADDRESS.split(strip_controls(text))]
    parts[1::2] = [f'<a href="{address}">{address}</a>' for address in parts[1::2]]
    return "".join(parts).replace("\n", "<br>\n")


def plain_for(text: str, kind: str, service: str) -> str:
    """``text``, escaped so that a channel of format ``kind`` (``text``, ``html`` or ``markdown``) shows it unchanged.

    `apprise.Apprise.notify` escapes plain text for HTML; a plugin of apprise that is called directly does not.
    """
    text = _CALLS.sub(lambda match: match.group() + "\u200b", strip_controls(text))
    if service == "NotifySlack":
        return text.translate(_SLACK) if kind == "markdown" else text
    if kind != "markdown" and service not in _RENDERS_MARKDOWN:
        return text
    parts = _ADDRESS.split(text)
    # A backslash would break an address; its characters are percent-encoded instead.
    parts[1::2] = [_MARKUP.sub(_percent_encoded, address) for address in parts[1::2]]
    parts[::2] = [_MARKUP.sub(r"\\\1", words) for words in parts[::2]]
    return "".join(parts)


def _percent_encoded(match: re.Match[str]) -> str:
    mark = match.group()
    return mark if mark in "&#" else f"%{ord(mark):02X}"


class _Notes(logging.Handler):
    """Collects the warnings in which apprise says why a delivery failed."""

    def __init__(self, noted: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._noted = noted

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message of ``record``."""
        self._noted.append(record.getMessage())
