"""`watchlist update`: the shipped watchlist of a former release, edited, brought up to this release."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.flows.tuning.update import (
    SHIPPED,
    is_current,
    note_shipped,
    plan_update,
    shipped_version,
    write_update,
)
from fivegwatch.flows.working_directory import make_directory
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.sources.http.user_agent import version
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import write_watchlist

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A watchlist made by a former release, which lacked a term and a file and had another title for a feed."""
    shipped = read_watchlist(None)
    former = {name: text for name, text in shipped.items() if name != "terms/sv.toml"}
    former["terms/de.toml"] = former["terms/de.toml"].replace('  "5G-Netz",\n', "", 1)
    former["feeds.toml"] = former["feeds.toml"].replace('title = "Light Reading"', 'title = "LR"', 1)
    home = tmp_path / "home"
    write_watchlist(home / "watchlist", former)
    write_watchlist(home / "watchlist" / SHIPPED, former)
    (home / "fivegwatch.toml").write_text("")
    return home / "watchlist"


def edit(folder: Path, name: str, before: str, after: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert before in text
    (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")


def test_the_release_comes_in_the_users_changes_stay_and_the_former_files_are_kept(folder: Path) -> None:
    edit(folder, "terms/de.toml", '  "5G-Netze",\n', '  "5G-Netze",\n  "Meine Anlage",\n')
    shutil.copytree(folder, folder.with_name("before"))
    update = plan_update(folder)
    assert set(update.texts) == {"terms/sv.toml", "terms/de.toml", "feeds.toml"} and not update.conflicts
    aside = write_update(folder, update)
    merged = (folder / "terms" / "de.toml").read_text(encoding="utf-8")
    assert '"5G-Netz",' in merged and '"Meine Anlage",' in merged and update.changes_rules
    assert (
        aside
        and (aside / "terms/de.toml").read_bytes()
        == (folder.with_name("before") / "terms/de.toml").read_bytes()
    )
    again = plan_update(folder)
    assert not again.texts and not again.conflicts and is_current(folder, read_watchlist(None))


def test_a_conflict_is_shown_and_not_overwritten_and_a_dry_run_writes_nothing(folder: Path) -> None:
    edit(folder, "feeds.toml", 'title = "LR"', 'title = "My LR"')
    before = {path: path.read_bytes() for path in folder.rglob("*.toml")}
    ran = fivegwatch("watchlist", "update", "--dry-run", cwd=folder.parent)
    assert (
        ran.code == 1
        and "conflict: feeds.toml:" in ran.out
        and "My LR" in ran.out
        and '"Light Reading"' in ran.out
    )
    assert before == {path: path.read_bytes() for path in folder.rglob("*.toml")}
    ran = fivegwatch("watchlist", "update", "--json", cwd=folder.parent)
    assert list(json.loads(ran.out)["conflicts"]) == ["feeds.toml"]
    assert 'title = "My LR"' in (folder / "feeds.toml").read_text(encoding="utf-8")


def test_what_the_user_removed_stays_removed_and_trained_weights_are_not_mixed(folder: Path) -> None:
    (folder / "terms" / "fr.toml").unlink()
    edit(folder, "weights.toml", "base = ", "base = 1")
    shipped = read_watchlist(folder / SHIPPED)["weights.toml"]
    (folder / SHIPPED / "weights.toml").write_text(shipped.replace("base = ", "base = 2"), encoding="utf-8")
    update = plan_update(folder)
    assert "terms/fr.toml" not in update.texts and list(update.conflicts) == ["weights.toml"]


def test_an_update_that_would_break_the_watchlist_is_refused(folder: Path) -> None:
    former = '[facets]\nolden = { role = "angle", label = "of old" }\n'  # this release has it no longer
    for place in (folder / SHIPPED, folder):
        edit(place, "rules.toml", "[facets]\n", former)
    with (folder / "rules.toml").open("a", encoding="utf-8") as file:
        file.write('\n[rules.mine]\nlabel = "mine"\ngrade = "strong"\nall = ["network", "olden"]\n')
    assert "olden" not in read_watchlist(None)["rules.toml"]
    with pytest.raises(WatchlistError, match=r"nothing was changed.*olden"):
        plan_update(folder)


def test_init_notes_the_release_of_files_that_are_as_shipped(tmp_path: Path) -> None:
    folder = write_watchlist(tmp_path / "watchlist", read_watchlist(None))
    edit(folder, "feeds.toml", "# The feeds", "# My feeds")
    note_shipped(folder)
    noted = read_watchlist(folder / SHIPPED)
    assert "feeds.toml" not in noted and noted["rules.toml"] == read_watchlist(None)["rules.toml"]
    assert (folder / SHIPPED / "VERSION").read_text()


def test_init_before_the_update_leaves_out_what_the_user_removed_and_the_release_noted(folder: Path) -> None:
    (folder / SHIPPED / "VERSION").write_text("0.0.9\n")
    (folder / "terms" / "fr.toml").unlink()
    (folder / "weights.toml").unlink()
    (folder / "rules.toml").unlink()  # without it no run begins
    shutil.rmtree(folder / "entities")
    make_directory(folder.parent, "tests@example.org")
    assert (folder.parent / "prefect.yaml").is_file() and not (folder / "terms" / "sv.toml").exists()
    assert not (folder / "terms" / "fr.toml").exists() and not (folder / "weights.toml").exists()
    assert (folder / "rules.toml").is_file() and any((folder / "entities").iterdir())
    assert shipped_version(folder) == "0.0.9"
    write_update(folder, plan_update(folder))
    assert (folder / "terms" / "sv.toml").is_file() and not (folder / "terms" / "fr.toml").exists()
    assert shipped_version(folder) == version()
