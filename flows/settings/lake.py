"""The table ``[corpus]`` of ``fivegwatch.toml``: whether runs also publish the corpus into a DuckLake, and where that
is.
"""

from __future__ import annotations

import re
from pathlib import Path

from fivegwatch.extractors.watchlist.tables import Table, shown
from fivegwatch.storage.lake.definition import KEPT_DAYS, MAIN, Lake

PUBLISH = ("file", "lake")
CATALOGUE, FILES = "lake/catalogue.sqlite", "lake/files"
LAKE_KEYS: dict[str, tuple[str, str | int]] = {
    "lake": ("catalogue", CATALOGUE),
    "lake_files": ("files", FILES),
    "lake_name": ("schema", MAIN),
    "lake_days": ("days", KEPT_DAYS),
}
"""Keys of the table that describe the lake, each with the field of `Lake` that it sets, and its default."""
LONGEST_DAYS = 36_500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PASSWORD = re.compile(r"\bpassword\s*=|://[^/@]*:[^/@]*@", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
_POSTGRES = re.compile(r"postgres(?:ql)?:(?=//)|postgres:")


def read_lake(table: Table, home: Path) -> Lake | None:
    """The DuckLake that runs publish into; None if they publish only the file. Faults are noted in ``table``."""
    table.only("publish", *LAKE_KEYS)
    publish = table.one_of("publish", PUBLISH, PUBLISH[0])
    catalogue = _catalogue(table, home)
    on_postgres = catalogue.startswith("postgres:")
    if publish == "lake" and on_postgres and "lake_files" not in table.values:
        table.fault("lake_files", "is missing", "Write a folder that all readers see, or s3://BUCKET/FOLDER.")
    name = table.text("lake_name", MAIN)
    if not _NAME.fullmatch(name):
        table.fault(
            "lake_name", f"is {shown(name)}", "Write small letters, digits and _, with a letter first."
        )
    lake = Lake(
        catalogue=catalogue,
        files=_files(table, home),
        schema=name,
        days=int(table.number("lake_days", KEPT_DAYS, 1, LONGEST_DAYS)),
    )
    return lake if publish == "lake" else None


def _catalogue(table: Table, home: Path) -> str:
    value = table.text("lake", CATALOGUE)
    if _PASSWORD.search(value):
        table.fault("lake", "holds a password", "Leave it out; set PGPASSWORD, or write it into ~/.pgpass.")
        return CATALOGUE
    if postgres := _POSTGRES.match(value):
        rest = value[postgres.end() :]
        return f"postgres:{'postgresql:' if rest.startswith('//') else ''}{rest}"
    return _path(table, "lake", value, home, "the path of a SQLite file, or postgres:dbname=... host=...")


def _files(table: Table, home: Path) -> str:
    value = table.text("lake_files", FILES)
    if value.startswith("s3://"):
        return value
    return _path(table, "lake_files", value, home, "the path of a folder, or s3://BUCKET/FOLDER")


def _path(table: Table, key: str, value: str, home: Path, form: str) -> str:
    if not value or _SCHEME.match(value) or not value.isprintable():
        table.fault(key, f"is {shown(value)}", f"Write {form}.")
        return str(home / "lake")
    return str((home / Path(value).expanduser()).absolute())
