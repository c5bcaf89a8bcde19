"""Messages to people: mail, Slack, Teams, Matrix, ntfy, webhooks and a hundred more, through apprise.

Titles and texts come from feeds, so markup and calls to a group are made plain text.
"""

from __future__ import annotations

import asyncio
import logging
import re

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.text.plain import strip_controls

_CALLS = re.compile(r"@(?=everyone\b|here\b|channel\b|all\b|room\b)|<(?=!|@|#)", re.I)
_MARKUP = re.compile(r"([\\`*_\[\]()~>#|])")
_SLACK = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
SECONDS = 30.0


class ChannelError(NewsError):
    """A message could not be delivered, or an address is malformed."""


async def send(url: str, title: str, body: str, html: str = "") -> None:
    """Deliver one message of plain text; mail gets ``html`` beside it, if there is any. Raises: ChannelError."""
    try:
        problem = await asyncio.wait_for(asyncio.to_thread(_send, url, title, body, html), SECONDS)
    except TimeoutError:
        problem = f"no answer within {SECONDS:g} seconds"
    if problem:
        raise ChannelError(problem, kind="undelivered", transient=True)


def _send(url: str, title: str, body: str, html: str) -> str:
    """Why the message was not delivered; empty if it was."""
    import apprise

    target = apprise.Apprise.instantiate(url)
    if target is None:
        return "not an address that apprise knows"
    noted: list[str] = []
    handler = _Notes(noted)
    log = logging.getLogger("apprise")
    log.addHandler(handler)
    try:
        kind, service = (
            str(getattr(target.notify_format, "value", target.notify_format)),
            type(target).__name__,
        )
        as_html = bool(html) and (kind, service) == ("html", "NotifyEmail")
        sent = target.notify(
            title=plain_for(title, kind, service),
            # apprise sends mail in HTML with its words as plain text beside it.
            body=html if as_html else plain_for(body, kind, service),
            body_format="html" if as_html else "text",
        )
    finally:
        log.removeHandler(handler)
    return "" if sent else "; ".join(noted)[:300] or "the service did not take it"


def plain_for(text: str, kind: str, service: str) -> str:
    """``text`` as a channel of that format shows it unchanged: ``text``, ``html`` or ``markdown``.

    apprise escapes plain text for HTML itself.
    """
    text = _CALLS.sub(lambda match: match.group() + "\u200b", strip_controls(text))
    if kind != "markdown":
        return text
    return text.translate(_SLACK) if service == "NotifySlack" else _MARKUP.sub(r"\\\1", text)


class _Notes(logging.Handler):
    """Collects the warnings by which apprise says why a delivery failed."""

    def __init__(self, noted: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._noted = noted

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self._noted.append(record.getMessage())
