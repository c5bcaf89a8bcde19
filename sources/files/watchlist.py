"""The watchlist as text: from a user's folder, or one of those shipped in the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.watchlist.compile import KEEP_FILE
from fivegwatch.extractors.watchlist.definitions import KEEP
from fivegwatch.extractors.watchlist.subject import (
    LENT,
    SHIPPED_FIRST,
    SUBJECT_FILE,
    TOPICS_FILE,
    has_newer,
    name_of,
)
from fivegwatch.sources.files.given import UnusableFileError, given_bytes

_MOST_ENTRIES = 10_000
"""Most files and folders that are listed in a watchlist: a link in it may lead to a folder of any size."""


def read_watchlist(folder: Path | None, keep: str = "") -> dict[str, str]:
    """The texts of the TOML files below ``folder``, sorted by relative name, such as ``terms/de.toml``.

    Without a ``folder``, the first shipped watchlist is read. Hidden files and backups of editors are left out. If
    ``folder`` is older than ``subject.toml`` or some of its keys, or is a copy of a shipped watchlist without
    ``topics.toml``, these files are added as shipped, with `LENT` before their names. ``keep`` is the setting of what
    to keep (empty: "balanced"). Any other choice is returned as a file of its own, so that every process and every
    later run judges by it.

    Raises: WatchlistError if the folder is missing, holds no TOML file or contains a link to itself, or if a file is
    not UTF-8, not readable, not a regular file or larger than 8 MiB.
    """
    files = read_files(folder)
    shipped = _shipped_folder(name_of(files.get(SUBJECT_FILE))) if "rules.toml" in files else None
    for name in (SUBJECT_FILE, TOPICS_FILE):
        complete = name in files and (name != SUBJECT_FILE or has_newer(files[name]))
        if shipped and not complete and (shipped / name).is_file():
            files[LENT + name] = _read(shipped / name, "the shipped watchlist", name)
    if keep and keep != KEEP[0]:
        files[KEEP_FILE] = f'keep = "{keep}"\n'
    return files


def _shipped_folder(name: str) -> Traversable | None:
    """The folder of the shipped watchlist of this name; None if there is none."""
    if name == SHIPPED_FIRST:
        return resources.files("fivegwatch.watchlist")
    return resources.files("fivegwatch.watchlists") / name if name in shipped_names() else None


def shipped_names() -> tuple[str, ...]:
    """The names of the shipped watchlists; the first is the default."""
    others = resources.files("fivegwatch.watchlists").iterdir()
    return (SHIPPED_FIRST, *sorted(p.name for p in others if p.is_dir() and (p / "rules.toml").is_file()))


def shipped_watchlist(name: str) -> dict[str, str]:
    """The texts of the files of the shipped watchlist ``name``, by relative name, as `read_watchlist` returns them.

    Raises: WatchlistError when no watchlist has this name.
    """
    if name == SHIPPED_FIRST:
        return read_files(None)
    if name not in shipped_names():
        raise WatchlistError(
            f"there is no shipped watchlist {name!r}.",
            file="--watchlist",
            remedy=f"Name one of {', '.join(shipped_names())}.",
        )
    return _read_below(resources.files("fivegwatch.watchlists") / name, f"the shipped watchlist {name}")


def shipped_for(files: Mapping[str, str]) -> dict[str, str]:
    """The files of the shipped watchlist that a user's ``files`` were made from, found by the name in ``subject.toml``;
    empty if no shipped watchlist has this name.
    """
    name = name_of(files.get(SUBJECT_FILE))
    return shipped_watchlist(name) if name in shipped_names() else {}


def read_files(folder: Path | None) -> dict[str, str]:
    """The texts of the TOML files below ``folder`` (None: the first shipped watchlist) by relative name, with nothing
    added.

    Raises: WatchlistError as `read_watchlist` does.
    """
    if folder is None:
        return _read_below(resources.files("fivegwatch.watchlist"), "the shipped watchlist")
    return _read_below(folder, str(folder))


def _read_below(root: Traversable, where: str) -> dict[str, str]:
    if not root.is_dir():
        remedy = "Run fivegwatch init to make one, or name another folder."
        raise WatchlistError("no such folder.", file=where, remedy=remedy)
    files = {name: _read(path, where, name) for name, path in sorted(_walk(root, where))}
    if not files:
        raise WatchlistError(
            "no .toml file in this folder.", file=where, remedy="Name the folder with feeds.toml."
        )
    return files


def feeds_text(files: Mapping[str, str], folder: Path | None) -> str:
    """The text of ``feeds.toml`` among ``files``, which were read from ``folder``.

    Raises: WatchlistError if there is no such file.
    """
    if "feeds.toml" not in files:
        where = "the shipped watchlist" if folder is None else str(folder)
        raise WatchlistError("has no feeds.toml.", file=where, remedy="Restore it with `fivegwatch init`.")
    return files["feeds.toml"]


def _walk(folder: Traversable, where: str) -> Iterator[tuple[str, Traversable]]:
    """Each TOML file below ``folder``, with its relative name."""
    entries = 0
    waiting: list[tuple[Traversable, str, tuple[Path, ...]]] = [(folder, "", ())]
    while waiting:
        above, prefix, parents = waiting.pop()
        parents = (*parents, _real_folder(above, f"{where}/{prefix}", parents))
        for path in _listed(above, f"{where}/{prefix}"):
            entries += 1
            if entries > _MOST_ENTRIES:
                raise WatchlistError(
                    f"more than {_MOST_ENTRIES:,} files and folders.",
                    file=where,
                    remedy="Name the folder of the watchlist only.",
                )
            if path.name.startswith((".", "_", "~")):
                continue
            if path.is_dir():
                waiting.append((path, f"{prefix}{path.name}/", parents))
            elif path.name.endswith(".toml"):
                yield f"{prefix}{path.name}", path


def _listed(folder: Traversable, name: str) -> list[Traversable]:
    try:
        return list(islice(folder.iterdir(), _MOST_ENTRIES + 1))
    except OSError as exc:
        what = f"cannot be listed: {exc.strerror}."
        raise WatchlistError(what, file=name.rstrip("/"), remedy="Check its permissions.") from exc


def _real_folder(folder: Traversable, name: str, parents: tuple[Path, ...]) -> Path:
    """The resolved path of ``folder``; an error if it is one of its ``parents``. Folders in a zip archive have no
    links.
    """
    real = folder.resolve() if isinstance(folder, Path) else Path(name)
    if real in parents:
        raise WatchlistError(
            "is a link that leads back to a folder it lies in.", file=name.rstrip("/"), remedy="Remove it."
        )
    return real


def _read(path: Traversable, where: str, name: str) -> str:
    file = f"{where}/{name}"
    try:
        data = given_bytes(path) if isinstance(path, Path) else path.read_bytes()
    except (OSError, UnusableFileError) as exc:
        raise WatchlistError(f"cannot be read: {exc}.", file=file, remedy="Mend or remove it.") from exc
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        raise WatchlistError("is not UTF-8.", file=file, line=line, remedy="Save it as UTF-8.") from exc
