"""Rules that were compiled once are not compiled again for a run that judges nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.flows.runs.checked_rules import checked_rules
from fivegwatch.flows.workers import compiled_rules
from fivegwatch.storage.disk.layout import Layout
from tests.extractors.watchlist_builder import FILES, small_rules


def test_known_rules_are_not_compiled_and_changed_or_wrong_ones_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout = Layout.for_database(tmp_path / "c.duckdb")
    layout.root.mkdir()
    first, again = checked_rules(layout, FILES), checked_rules(layout, FILES)
    assert first.fingerprint == again.fingerprint == small_rules().fingerprint
    assert first.rules is not None and again.rules is None
    changed = {**FILES, "terms/en.toml": FILES["terms/en.toml"].replace('"ban"', '"bans"')}
    assert checked_rules(layout, changed).rules is not None
    for wrong in ({**FILES, "terms/en.toml": "[ban"}, {**FILES, "rules.toml": ""}):
        with pytest.raises(WatchlistError):
            checked_rules(layout, wrong)
    (layout.root / "checked-rules.json").write_text("half a note {")
    assert checked_rules(layout, FILES).rules is not None
    monkeypatch.setattr(compiled_rules, "_code", lambda: hashlib.sha256(b"another release"))
    assert checked_rules(layout, FILES).rules is not None


def test_without_a_working_folder_the_rules_are_compiled(tmp_path: Path) -> None:
    assert checked_rules(Layout.for_database(tmp_path / "none.duckdb"), FILES).rules is not None
