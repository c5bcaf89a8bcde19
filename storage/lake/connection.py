"""Connects to a lake: loads DuckDB's extensions from installed packages, finds credentials, and gives errors a remedy.

No extension is ever downloaded. Credentials are read from their usual places: PGPASSWORD or ~/.pgpass for PostgreSQL;
the variables AWS_*, ~/.aws or the machine's role for S3.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from fivegwatch.extractors.errors import SchemaVersionError, StorageError
from fivegwatch.storage.connections import Connection, quoted
from fivegwatch.storage.lake.definition import Lake

INLINED_ROWS = 500
"""If a snapshot adds at most so many rows to a table, they are kept in the catalogue, not in a file, until the daily
clean-up. A quarter-hour run changes a few hundred rows in ten tables, which would make ten files of a few kB each."""
SQLITE_WAIT_MS = 30_000
# What DuckDB, libpq and S3 say (searched in this order), what is wrong, and what to do.
_KINDS = (
    (r"password authentication failed|no password supplied|Secret Validation Failure|HTTP 40[13]|InvalidAccessKey"
     r"|SignatureDoesNotMatch|AccessDenied|permission denied for|role \".*\" does not exist", "lake_credentials"),
    (r"database \".*\" does not exist|NoSuchBucket|HTTP 404", "lake_missing"),
    (r"onnection refused|could not translate host|timeout|timed out|Could not (connect|establish)|Connection error"
     r"|server closed the connection|No route to host|terminating connection", "lake_unreachable"),
    (r"DATA_PATH", "lake_files"),
    (r"DuckLake.{0,40}version|version.{0,60}DuckLake", "newer"),
    (r"is not a database|file is encrypted", "not_a_lake"),
    (r"ermission denied|read-only|readonly|unable to open database", "unwritable"),
    (r"No space left", "disk_full"),
)  # fmt: skip
_NOISE = re.compile(r"Failed to attach DuckLake MetaData \".*?\" at path \+ \".*?\"")
_BUSY = re.compile(
    r"database is locked|onflict|could not serialize|deadlock|duplicate key|ducklake_\w+\W? already exists",
    re.IGNORECASE,
)
"""Patterns of error messages that mean that another writer was active; in the last one, both were creating the same
catalogue."""


@contextmanager
def lake_connection(lake: Lake, folder: Path, memory_mb: int) -> Iterator[Connection]:
    """A connection to a database in memory with the lake attached as ``lake``. DuckDB puts temporary files into
    ``folder``.

    Raises: StorageError; its message names the setting and the remedy.
    """
    con = duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "memory_limit": f"{memory_mb}MiB",
            "temp_directory": str(folder),
        }
    )
    try:
        with lake_errors(lake):
            con.execute("set TimeZone = 'UTC'")
            for name in ("ducklake", "postgres_scanner" if lake.on_postgres else "sqlite_scanner"):
                _load(con, name)
            if lake.on_s3:
                _use_s3(con)
            _attach(con, lake)
            yield con
    finally:
        con.close()


def is_busy(error: StorageError) -> bool:
    """Whether the ``error`` came from another writer that was active at the same time, so that another attempt may
    succeed.
    """
    return error.kind == "lake_busy"


def _load(con: Connection, name: str) -> None:
    """Load the extension ``name`` from its Python package; if that is missing, from where DuckDB's ``INSTALL`` put it
    on this machine.
    """
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    folders = list(spec.submodule_search_locations or []) if spec else []
    version = f"v{duckdb.__version__}"
    wheels = [Path(folder, "extensions", version, f"{name}.duckdb_extension") for folder in folders]
    wheel = next((file for file in wheels if file.is_file()), None)
    try:
        con.execute(f"load {quoted(str(wheel)) if wheel else name}")
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.HTTPException) as exc:
        raise StorageError(
            f'[corpus] publish = "lake" needs the extension {name} of DuckDB, which is not here for DuckDB'
            f" {duckdb.__version__}. Install it with: pip install 'fivegwatch[lake]' (it brings the DuckDB that fits)."
            f" Or run `INSTALL {name}` in DuckDB {duckdb.__version__} as this user, with a network.",
            path=name,
            kind="no_extension",
        ) from exc


def _use_s3(con: Connection) -> None:
    for name in ("httpfs", "aws"):
        _load(con, name)
    address = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    scheme, _, host = address.rpartition("://")
    other = f", endpoint {quoted(host)}, url_style 'path', use_ssl {scheme != 'http'}" if host else ""
    con.execute(f"create secret lake (type s3, provider credential_chain{other})")


def _attach(con: Connection, lake: Lake) -> None:
    options = [f"data_path {quoted(lake.files.rstrip('/') + '/')}", f"data_inlining_row_limit {INLINED_ROWS}"]
    where = lake.catalogue
    if not lake.on_postgres:
        # A reader's open transaction must not keep the writer from its commit, as it would without a log.
        options += [f"meta_busy_timeout {SQLITE_WAIT_MS}", "meta_journal_mode 'WAL'"]
        Path(where).parent.mkdir(parents=True, exist_ok=True)
        where = f"sqlite:{where}"
    con.execute(f"attach {quoted(f'ducklake:{where}')} as lake ({', '.join(options)})")


@contextmanager
def lake_errors(lake: Lake) -> Iterator[None]:
    """Turn DuckDB's errors inside the block into a StorageError that names the setting and the remedy."""
    try:
        yield
    except duckdb.Error as exc:
        text = str(exc).strip()
        first = _NOISE.sub("", text.split("\n", 1)[0]).removesuffix(".")
        if _BUSY.search(text):
            raise StorageError(
                f"another program was writing into the lake at {lake.catalogue}. The next run tries again. ({first})",
                path=lake.catalogue, kind="lake_busy", transient=True,
            ) from exc  # fmt: skip
        kind = next((kind for pattern, kind in _KINDS if re.search(pattern, text, re.DOTALL)), "lake")
        error = SchemaVersionError if kind == "newer" else StorageError
        key, what = ("lake_files", lake.files) if _about_files(text, lake) else ("lake", lake.catalogue)
        raise error(
            f"[corpus] {key} = {what}: {first}. {_remedy(kind, key)}", path=what, kind=kind,
            transient=kind in ("lake_unreachable", "disk_full"),
        ) from exc  # fmt: skip


def _about_files(text: str, lake: Lake) -> bool:
    marks = ("HTTP", "S3", "s3://", "Secret", "DATA_PATH") if lake.on_s3 else ("DATA_PATH", lake.files)
    return any(mark in text for mark in marks)


def _remedy(kind: str, key: str) -> str:
    if kind == "lake_credentials":
        if key == "lake_files":
            return "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of a user who may read and write there."
        return "Set user= and host= in it, and the password in PGPASSWORD or ~/.pgpass."
    if kind == "lake_missing":
        return "Make the bucket, or name another." if key == "lake_files" else "Make it with `createdb`."
    if kind == "lake_unreachable":
        where = "AWS_ENDPOINT_URL" if key == "lake_files" else "host and port"
        return f"Check that it runs, and {where}; the next run tries again."
    return {
        "lake_files": "The files of a lake stay where they are: write lake_files as it was, or name another catalogue.",
        "newer": "Another version of DuckDB wrote it: use the same one for all who write into it.",
        "not_a_lake": "Name another file, or move this one away.",
        "unwritable": "Give this user the right to it, its folder and its files.",
        "disk_full": "Free some space; the next run tries again.",
    }.get(kind, "The next run tries again.")
