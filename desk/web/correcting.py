"""Handles the form that corrects a story: checks it, calls the writer that `flows` provides, redirects to the page."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from fivegwatch.desk.web.guard import fault_of
from fivegwatch.storage.spool.corrections import TOPIC_CODE

MOST_BYTES = 10_000
"""Maximum size of a form in bytes."""
_CHANGES = {
    "relevant": re.compile(r"set:(true|false)"),
    "topic": re.compile(f"(add|remove):{TOPIC_CODE}"),
    "country": re.compile(r"(add|remove):[A-Z]{2}"),
    "measure": re.compile(r"(add|remove):\S+ [a-z_]+ .{1,200}"),
}
_ID = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A correction that a reader requests in the form."""

    story_id: str
    field: str
    """``relevant``, ``topic``, ``country`` or ``measure``."""
    action: str
    """``add``, ``remove`` or ``set``."""
    value: str
    reason: str


Writer = Callable[[Change], None]
"""Records a correction and publishes the corpus. Raises: NewsError, such as CorpusBusyError while a run loads."""


async def correct(request: Request, token: str, write: Writer) -> Response:
    """Record the correction in the submitted form, and redirect to the page that it came from.

    Raises: HTTPException 403 for a form of another site, 400 for one that is not understood, 413 for a large one.
    """
    form = await _form(request)
    if fault := fault_of(request, token, form.get("token", "")):
        raise HTTPException(403, fault)
    change = change_of(form)
    await run_in_threadpool(write, change)
    back = form.get("back", "/")
    # A path of ours only: "//elsewhere" would lead to another host.
    return RedirectResponse(back if re.match(r"/(?![/\\])", back) else "/", status_code=303)


def change_of(form: dict[str, str]) -> Change:
    """The correction that a submitted form requests. Raises: HTTPException 400 for a malformed form."""
    field, _, rest = (form.get("change", "") + form.get("value", "").strip().upper()).partition(":")
    if (
        field not in _CHANGES
        or not _CHANGES[field].fullmatch(rest)
        or not _ID.fullmatch(form.get("story", ""))
    ):
        raise HTTPException(400, "this correction is not understood. Go back and choose what to correct.")
    action, _, value = rest.partition(":")
    return Change(
        story_id=form["story"],
        field=field,
        action=action,
        value=value,
        reason=form.get("reason", "").strip()[:500],
    )


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise HTTPException(413, "the form is too large.")
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        raise HTTPException(400, "the form cannot be read.") from None
    return {name: values[-1] for name, values in fields.items()}
