"""Checks of Prefect: whether `serve` runs for this directory, which server is set, and whether it answers. Nothing is
started.
"""

from __future__ import annotations

import json
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from fivegwatch.flows.doctor.findings import FAULT, NOTE, Finding
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import serve_at_work

ANSWER_S = 10.0


def check_prefect(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Findings on `serve`, and on the Prefect server that PREFECT_API_URL names."""
    layout = Layout.for_database(settings.database)
    holder = serve_at_work(layout)
    yield Finding(
        check="serve", detail=f"process {holder} serves this directory" if holder else "not at work here"
    )
    api = environment.get("PREFECT_API_URL", "")
    if not api and (named := _address_of_profile(environment)):
        yield Finding(
            check="Prefect profile",
            level=NOTE,
            detail=f"names the server {named}; Prefect's commands use it, `serve` looks at PREFECT_API_URL only",
            remedy=f"To have `serve` use it, too: export PREFECT_API_URL={named}.",
        )
    if not api:
        yield Finding(
            check="Prefect server", detail="PREFECT_API_URL is not set: `serve` starts a server of its own"
        )
        return
    try:
        request = urllib.request.Request(f"{api.rstrip('/')}/admin/version")  # noqa: S310  # the user's own setting
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:  # noqa: S310
            version = str(json.load(answer))
    except urllib.error.HTTPError as exc:
        yield Finding(
            check="Prefect server", level=NOTE, detail=f"{api} answers with HTTP {exc.code}",
            remedy="If it asks for a password or key, set PREFECT_API_AUTH_STRING or PREFECT_API_KEY.",
        )  # fmt: skip
    except (OSError, ValueError) as exc:
        yield Finding(
            check="Prefect server", level=FAULT, detail=f"PREFECT_API_URL is {api}; no server answers: {exc}",
            remedy="Start it or correct the variable; without it `serve` starts a server of its own.",
        )  # fmt: skip
    else:
        ours = version.startswith("3.")
        yield Finding(
            check="Prefect server", level="ok" if ours else FAULT, detail=f"{api} answers, version {version}",
            remedy="" if ours else "fivegwatch needs Prefect 3.",
        )  # fmt: skip


def _address_of_profile(environment: Mapping[str, str]) -> str:
    """The PREFECT_API_URL of the active Prefect profile of this user; empty if there is none."""
    folder = Path(environment.get("PREFECT_HOME") or "~/.prefect").expanduser()
    file = Path(environment.get("PREFECT_PROFILES_PATH") or folder / "profiles.toml")
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        profile = table["profiles"][environment.get("PREFECT_PROFILE") or table["active"]]
        return str(profile.get("PREFECT_API_URL", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
