"""What protects the reader: headers of every answer, and the check of every request that changes something.

The app listens on loopback only. A page of another origin can still send requests to it, and a name of another site can
be made to lead to it (DNS rebinding): hence the Host check of Starlette in `app`, and the checks here.
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
    """ASGI middleware that adds each of the HEADERS to every answer that does not set it itself."""

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
    """A token that only this process and the pages it made know."""
    return secrets.token_urlsafe(32)


def fault_of(request: Request, token: str, given: str) -> str:
    """Why a request that changes something is refused; empty when it comes from a page of ours with the token."""
    origin = request.headers.get("origin", "")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        return f"the request comes from {origin}, not from this page."
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return "the request comes from another site."
    if not secrets.compare_digest(token.encode(), given.encode()):
        return "the form is from an earlier start of the app. Load the page again."
    return ""
