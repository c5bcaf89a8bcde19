"""The watchlist as text: from a user's folder, or the defaults shipped in the package."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from extractors.errors import WatchlistError

_MAX_BYTES = 8 * 1024 * 1024


def read_watchlist(folder: Path | None) -> dict[str, str]:
    """Return the TOML files below ``folder`` by relative name (``feeds.toml``, ``terms/de.toml``), sorted by
    name.

    None reads the shipped defaults. Hidden files and editors' backups are left out.

    Raises: WatchlistError when the folder is missing or holds no TOML file, or a file is not UTF-8, not
    readable or over 8 MiB.
    """
    root: Traversable = resources.files("watchlist") if folder is None else folder
    place = "the shipped watchlist" if folder is None else str(folder)
    if not root.is_dir():
        remedy = "Run fivegwatch init to make one, or name another folder."
        raise WatchlistError("no such folder.", file=place, remedy=remedy)
    files = {name: _read(path, place, name) for name, path in sorted(_walk(root, ""))}
    if not files:
        raise WatchlistError(
            "no .toml file in this folder.", file=place, remedy="Name the folder with feeds.toml."
        )
    return files


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for path in folder.iterdir():
        if path.name.startswith((".", "_", "~")):
            continue
        if path.is_dir():
            yield from _walk(path, f"{prefix}{path.name}/")
        elif path.name.endswith(".toml"):
            yield f"{prefix}{path.name}", path


def _read(path: Traversable, place: str, name: str) -> str:
    file = f"{place}/{name}"
    try:
        data = path.read_bytes()
    except OSError as exc:
        raise WatchlistError(
            f"cannot be read: {exc.strerror}.", file=file, remedy="Check its permissions."
        ) from exc
    if len(data) > _MAX_BYTES:
        raise WatchlistError("is over 8 MiB.", file=file, remedy="Split it.")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise WatchlistError("is not UTF-8.", file=file, line=line, remedy="Save it as UTF-8.") from exc
