"""The table [corpus]: where the lake is, and what is refused there."""

from __future__ import annotations

from pathlib import Path

import pytest

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.settings.settings import FILE_NAME, load_settings
from fivegwatch.storage.lake.definition import Lake


def lake_of(folder: Path, text: str) -> Lake | None:
    (folder / FILE_NAME).write_text(f"[corpus]\n{text}\n")
    return load_settings({}, folder).lake


def test_paths_are_of_the_working_directory_and_addresses_stay(tmp_path: Path) -> None:
    assert lake_of(tmp_path, "") is None is lake_of(tmp_path, 'publish = "file"\nlake = "x.sqlite"')
    assert lake_of(tmp_path, 'publish = "lake"') == Lake(
        catalogue=f"{tmp_path}/lake/catalogue.sqlite", files=f"{tmp_path}/lake/files", schema="main", days=7
    )
    for address, catalogue in {
        "postgres:dbname=lake host=db": "postgres:dbname=lake host=db",
        "postgresql://desk@db/lake": "postgres:postgresql://desk@db/lake",
        "postgres://db/lake": "postgres:postgresql://db/lake",
    }.items():
        text = f'publish = "lake"\nlake = "{address}"\nlake_files = "s3://desk/5g"\nlake_name = "desk2"\nlake_days = 30'
        assert lake_of(tmp_path, text) == Lake(
            catalogue=catalogue, files="s3://desk/5g", schema="desk2", days=30
        )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('publish = "both"', "Write one of file, lake"),
        ('lake = "postgres:host=db password=hunter2"', "holds a password. Leave it out; set PGPASSWORD"),
        ('lake = "postgresql://desk:hunter2@db/lake"', "holds a password"),
        ('lake = "mysql://db/lake"', "Write the path of a SQLite file, or postgres:"),
        ('lake_files = "gs://desk"', "or s3://BUCKET/FOLDER"),
        ('publish = "lake"\nlake = "postgres:dbname=lake"', "lake_files is missing. Write a folder that all readers"),
        ('lake_name = "my lake"', "Write small letters"),
        ("lake_days = 0", "from 1 to"),
        ('lake_fiels = "x"', "Did you mean lake_files?"),
    ],
)  # fmt: skip
def test_a_fault_names_file_key_and_remedy_and_no_password(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(SettingsError) as caught:
        lake_of(tmp_path, text)
    message = str(caught.value)
    assert fault in message and f"{FILE_NAME}:" in message and "[corpus]" in message
    assert "hunter2" not in message
