"""Makes units of WARC files from what a user names (paths, folders, patterns, addresses), and opens such files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from fivegwatch.extractors.errors import SettingsError, StorageError
from fivegwatch.extractors.model import Unit
from fivegwatch.sources.warc.file_identity import plan_archive

WARC_NAMES = (".warc", ".warc.gz", ".warc.zst")


def plan_archives(names: Iterable[str]) -> tuple[tuple[Unit, ...], list[str]]:
    """One unit for each file that ``names`` stand for, and a note for each folder that also holds files of other kinds.

    A file at ``https://`` is downloaded before it is read; a file at ``s3://`` and the like is read where it is.

    Raises: SettingsError for a name without any WARC file; StorageError of kind ``missing_library``.
    """
    units: dict[str, Unit] = {}
    notes = []
    for name in names:
        some, others = _units(name)
        units |= {unit.id: unit for unit in some}
        if others:
            notes.append(f"{name}: {_passed_over(others)}")
    return tuple(units.values()), notes


def _units(name: str) -> tuple[list[Unit], Sequence[Path]]:
    """The units that ``name`` stands for, and the files in a folder whose names are not those of WARC files."""
    if name.startswith(("http://", "https://")):
        return [Unit(source="warc", kind="download", locator=name)], ()
    local = name.removeprefix("file://") if name.startswith("file:///") else name
    if "://" in local:
        return _remote_units(name), ()
    # The resolved path, so that one file given in two ways is one unit.
    path = Path(local).expanduser().resolve()
    others: Sequence[Path] = ()
    if path.is_dir():
        inside = sorted(item for item in path.rglob("*") if item.is_file())
        files = [item for item in inside if item.name.endswith(WARC_NAMES)]
        others = [item for item in inside if not item.name.endswith(WARC_NAMES)]
    elif path.exists():
        files = [path]
    else:
        # Quoted patterns, which the shell left alone.
        pattern = str(path.relative_to(path.anchor))
        files = sorted(item for item in Path(path.anchor).glob(pattern) if item.is_file())
    if not files:
        raise _nothing(name)
    return [plan_archive(item) for item in files], others


def _remote_units(name: str) -> list[Unit]:
    """The units that ``name`` stands for: a file, a folder or a pattern in an object store or the like."""
    with _library_for(name):
        import fsspec

        try:
            files, path = fsspec.core.url_to_fs(name)
            if "*" in path or files.isdir(path):
                inside = files.glob(path) if "*" in path else files.find(path)
                paths = sorted(item for item in inside if item.endswith(WARC_NAMES))
            else:
                paths = [path]
            units = [
                Unit(source="warc", kind="file", locator=files.unstrip_protocol(item), size=int(files.size(item) or 0))
                for item in paths
            ]  # fmt: skip
        except (OSError, ValueError) as exc:
            raise SettingsError(f"{name}: cannot be opened: {exc}", key="files") from exc
    if not units:
        raise _nothing(name)
    return units


def _nothing(name: str) -> SettingsError:
    return SettingsError(f"{name}: no WARC file there ({', '.join(WARC_NAMES)}).", key="files")


def _passed_over(files: Sequence[Path]) -> str:
    named = ", ".join(file.name for file in files[:3]) + (" ..." if len(files) > 3 else "")
    what = "1 file is" if len(files) == 1 else f"{len(files):,} files are"
    return f"{what} passed over, for the name does not end in {', '.join(WARC_NAMES)}: {named}"


@contextmanager
def open_archive(path: str) -> Iterator[BinaryIO]:
    """The opened file at ``path``, or at an address with ``://`` that fsspec opens.

    Raises: StorageError of kind ``missing_library`` or ``unreadable_file`` (also while the file is read).
    """
    if "://" not in path:
        with _reading(path), Path(path).open("rb") as handle:
            yield handle
        return
    with _library_for(path):
        import fsspec

        with _reading(path), fsspec.open(path, "rb") as remote:
            yield remote


@contextmanager
def _reading(path: str) -> Iterator[None]:
    """Turn errors of the disk in the block into a StorageError that names the file ``path`` instead of the corpus."""
    try:
        yield
    except OSError as exc:
        message = f"{path}: cannot be read: {exc.strerror or exc}"
        raise StorageError(message, path=path, kind="unreadable_file") from exc


@contextmanager
def _library_for(address: str) -> Iterator[None]:
    try:
        yield
    except ImportError as exc:
        raise StorageError(
            f"{address}: the library for this kind of address is missing ({exc}). Install fivegwatch[cluster].",
            path=address,
            kind="missing_library",
        ) from exc
