"""The User-Agent that every request carries."""

from __future__ import annotations


def user_agent(contact: str) -> str:
    """``fivegwatch/VERSION (+contact)``: honest, and the same for every request of a run."""
    return f"fivegwatch/{version()} (+{contact or 'no contact set'})"


def version() -> str:
    """The installed version, or ``0+checkout`` when the package is not installed."""
    from importlib import metadata  # slow to import, seldom needed

    try:
        return metadata.version("fivegwatch")
    except metadata.PackageNotFoundError:
        return "0+checkout"
