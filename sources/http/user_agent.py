"""The User-Agent that every request carries."""

from __future__ import annotations


def user_agent(contact: str) -> str:
    """The text ``fivegwatch/VERSION (+contact)``: honest, and the same for every request of a run."""
    return f"fivegwatch/{version()} (+{contact or 'no contact set'})"


def version() -> str:
    """The installed version; ``0+checkout`` if the package is not installed."""
    from importlib import metadata  # slow to import, seldom needed

    try:
        return metadata.version("fivegwatch")
    except metadata.PackageNotFoundError:
        return "0+checkout"
