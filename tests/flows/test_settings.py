"""Settings: everything wrong is said with file, key and remedy; nothing is ignored quietly."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.errors import SettingsError
from flows.settings import FILE_NAME, bare_settings, load_settings, parse_address


def write(home: Path, text: str) -> Path:
    (home / FILE_NAME).write_text(text, encoding="utf-8")
    return home


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    settings = load_settings({}, write(tmp_path, ""))
    assert settings.database == tmp_path / "corpus.duckdb"
    assert settings.watchlist is None
    assert settings.allow == frozenset()
    assert "no contact" in settings.user_agent


def test_the_contact_is_in_the_user_agent_and_the_environment_overrides_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'contact = "a@example.org"')
    assert "(+a@example.org)" in load_settings({}, tmp_path).user_agent
    assert "(+b@example.org)" in load_settings({"FIVEGWATCH_CONTACT": "b@example.org"}, tmp_path).user_agent


def test_limits_are_overridden_one_by_one(tmp_path: Path) -> None:
    settings = load_settings({}, write(tmp_path, "[limits]\nhost_spacing_s = 3.5\nretries = 0"))
    assert (settings.limits.host_spacing_s, settings.limits.retries, settings.limits.redirects) == (3.5, 0, 5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contact = ", ["cannot be read"]),
        ('colour = "red"', ["unknown key 'colour'", "Known:"]),
        ("workers = 0", ["workers", "less than 1"]),
        ("workers = true", ["workers", "wrong type"]),
        ('workers = "two"', ["workers", "wrong type"]),
        ('contact = "a\\nHost: evil"', ["contact", "printable"]),
        ('allow_addresses = ["127.0.0.1"]', ["allow_addresses", "HOST:PORT"]),
        ("allow_addresses = [8799]", ["allow_addresses"]),
        ('watchlist = "nowhere"', ["watchlist", "not a folder"]),
        ("[limits]\nspeed = 9", ["limits", "unknown key 'speed'"]),
        ("[limits]\nredirects = -1", ["limits.redirects", "0 or more"]),
        ("[limits]\nredirects = 1.5", ["limits.redirects", "whole number"]),
    ],
)
def test_a_wrong_setting_names_the_file_the_key_and_the_remedy(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({}, write(tmp_path, text))
    assert str(tmp_path / FILE_NAME) in str(caught.value)
    assert [word for word in words if word not in str(caught.value)] == []


def test_a_place_that_is_no_working_directory_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="fivegwatch init"):
        load_settings({}, tmp_path)
    with pytest.raises(SettingsError, match="no such directory"):
        load_settings({}, tmp_path / "absent")


@pytest.mark.parametrize(
    ("text", "pair"),
    [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8080", ("::1", 8080)), ("Box:1", ("box", 1))],
)
def test_an_allowed_address_is_a_host_and_a_port(text: str, pair: tuple[str, int]) -> None:
    assert parse_address(text) == pair


@pytest.mark.parametrize("text", ["", "host", "host:", ":80", "host:0", "host:65536", "host:http"])
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(SettingsError, match="HOST:PORT"):
        parse_address(text)


def test_a_run_that_names_its_own_database_needs_no_working_directory(tmp_path: Path) -> None:
    assert bare_settings(tmp_path / "x.duckdb").database == tmp_path / "x.duckdb"
