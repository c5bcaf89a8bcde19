"""Settings: everything wrong is said with file, key and remedy; nothing is ignored quietly."""

from __future__ import annotations

from pathlib import Path

import pytest

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.flows.settings.bounds import limit_bounds
from fivegwatch.flows.settings.settings import FILE_NAME, bare_settings, load_settings, parse_address


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
        ("contact = ", ["not TOML", "quotes"]),
        ('colour = "red"', ["colour is not a known key", "Known keys:"]),
        ("workers = 0", ["workers", "number from 1 to"]),
        ("workers = true", ["workers", "not a whole number"]),
        ('workers = "two"', ["workers", "not a whole number"]),
        ('contact = "a\\nHost: evil"', ["contact", "printable"]),
        ('allow_addresses = ["127.0.0.1"]', ["allow_addresses", "HOST:PORT"]),
        ("allow_addresses = [8799]", ["allow_addresses"]),
        ('watchlist = "nowhere"', ["watchlist", "not a folder"]),
        ("[limits]\nspeed = 9", ["[limits] speed is not a known key"]),
        ("[limits]\nredirects = -1", ["[limits] redirects", "number from 0 to"]),
        ("[limits]\nredirects = 1.5", ["[limits] redirects", "whole number"]),
        ("a = " + "[" * 5_000 + "]" * 5_000, ["not TOML", "nested"]),
        ("contact" + ".a" * 5_000 + " = 1", ["not TOML", "nested"]),
        ("workers = " + "9" * 5_000, ["not TOML", "64 bits"]),
        ("workers = 0x" + "F" * 5_000, ["not TOML", "workers", "64 bits"]),
        ("workers = 1000000", ["workers", "from 1 to 256"]),
        ("run_seconds = nan", ["run_seconds", "not a number from"]),
        ("run_seconds = inf", ["run_seconds", "not a number from"]),
        ("run_seconds = 1e308", ["run_seconds", "not a"]),
        ("keep_pages_days = 999999999", ["keep_pages_days", "not a"]),
        ('database = "a\\u0000"', ["database", "not a path"]),
        ('watchlist = "a\\u0000"', ["watchlist", "not a path"]),
        ('database = "."', ["database", "folder"]),
        ('database = "~nobody-of-that-name/x"', ["database"]),
        ('allow_addresses = ["127.0.0.1:8²"]', ["allow_addresses", "HOST:PORT"]),
        ('allow_addresses = ["127.0.0.1:' + "9" * 5_000 + '"]', ["allow_addresses", "HOST:PORT"]),
        ("[limits]\nconcurrent = 0", ["[limits] concurrent", "number from 1 to"]),
        ("[limits]\ndns_threads = 0", ["[limits] dns_threads", "number from 1 to"]),
        ("[limits]\nread_s = nan", ["[limits] read_s", "not a number from"]),
        ("[limits]\nconnect_s = 0", ["[limits] connect_s", "number from 0.01 to"]),
        ("[limits]\nbackoff_max_s = 1e300", ["[limits] backoff_max_s", "not a"]),
        ("[limits]\nurl_chars = 0", ["[limits] url_chars", "number from 64 to"]),
        ('[limits]\nread_s = "9"', ["[limits] read_s", "not a number"]),
    ],
)
def test_a_wrong_setting_names_the_file_the_key_and_the_remedy(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({}, write(tmp_path, text))
    assert str(tmp_path / FILE_NAME) in str(caught.value)
    assert [word for word in words if word not in str(caught.value)] == []


def test_all_wrong_settings_are_named_at_once_each_with_its_line(tmp_path: Path) -> None:
    text = 'colour = "red"\nworkers = 0\ncontact = 7\n[limits]\nretries = "x"\nspeed = 9\n'
    with pytest.raises(SettingsError) as caught:
        load_settings({"FIVEGWATCH_DATABASE": "/dev/null"}, write(tmp_path, text))
    places = [line.split(" ", 1)[0].rpartition("/")[2] for line in str(caught.value).split("\n")]
    assert places == [
        "fivegwatch.toml:1:",
        "environment:",
        "fivegwatch.toml:3:",
        "fivegwatch.toml:2:",
        "fivegwatch.toml:6:",
        "fivegwatch.toml:5:",
    ]


@pytest.mark.parametrize("name", sorted(Limits.__dataclass_fields__))
def test_a_limit_must_be_a_finite_number_that_does_not_stop_a_run(tmp_path: Path, name: str) -> None:
    least, most = limit_bounds(name)
    kind = type(getattr(LIMITS, name))
    assert least <= getattr(LIMITS, name) <= most
    for value in ("nan", "inf", "-inf", "-1", repr(kind(most * 2))):
        with pytest.raises(SettingsError, match=rf"\[limits\] {name} is "):
            load_settings({}, write(tmp_path, f"[limits]\n{name} = {value}"))
    for value in (kind(least + 1), kind(most)):
        assert (
            getattr(load_settings({}, write(tmp_path, f"[limits]\n{name} = {value}")).limits, name) == value
        )


def test_only_a_regular_file_is_read_as_settings(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).symlink_to("/dev/zero")
    with pytest.raises(SettingsError, match="fivegwatch init"):
        load_settings({}, tmp_path)
    (tmp_path / FILE_NAME).unlink()
    write(tmp_path, "#" * 9_000_000)
    with pytest.raises(SettingsError, match=rf"{FILE_NAME}: cannot be read: is over 8 MiB"):
        load_settings({}, tmp_path)


def test_a_home_of_an_unknown_user_or_in_a_circle_of_links_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for home in ("~nobody-of-that-name/x", str(tmp_path / "loop")):
        with pytest.raises(SettingsError, match=r"nobody|loop"):
            load_settings({}, home)


def test_a_folder_that_is_not_a_working_directory_says_how_to_make_one(tmp_path: Path) -> None:
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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host",
        "host:",
        ":80",
        "host:0",
        "host:65536",
        "host:http",
        "host:8²",
        "host:٣",
        "ho st:80",
        "h\x1b:80",
    ],
)
def test_any_other_form_of_address_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="HOST:PORT"):
        parse_address(text)


def test_a_run_that_names_its_own_database_needs_no_working_directory(tmp_path: Path) -> None:
    assert bare_settings(tmp_path / "x.duckdb").database == tmp_path / "x.duckdb"
