"""Protects the reader: sets the security headers of every response, and checks every request that changes something.

The app listens on loopback only. Still, pages of other sites can send requests to it, and the name of another site can
be made to resolve to this machine (DNS rebinding). Therefore `app` checks the Host header, and this module checks
changes.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Mapping[str, str] = {
    # No inline script or style, nothing from elsewhere, no frame around the pages.
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # with no-referrer a browser sends Origin: null with our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-cache",
}


class GuardedAnswers:
    """ASGI middleware that adds to every response those HEADERS that it does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app whose answers get the headers."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on to the app, and its answer back with the headers added."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in HEADERS.items()
                        if name.encode() not in given
                    ),
                ]
            await send(message)

        await self.app(scope, receive, guarded)


def new_token() -> str:
    """A secret token, known only to this process and to the pages that it makes."""
    return secrets.token_urlsafe(32)


def fault_of(request: Request, token: str, given: str) -> str:
    """Why a request that changes something is refused; empty if it comes from our own page with the right token."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        return f"the request comes from {origin}, not from this page."
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return "the request comes from another site."
    if not secrets.compare_digest(token.encode(), given.encode()):
        return "the form is from an earlier start of the app. Load the page again."
    return ""
