"""Pages that show little, and the AMP or print version they name: asked for once, politely, never a second story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.versions import ADDRESS, HEADLINE, VersionsFake
from tests.flows.cli_runner import fivegwatch
from tests.flows.corpora import ask

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """The site after one run over it, and the corpus that came of it."""

    site: VersionsFake
    database: Path

    def ledger(self, name: str, columns: str) -> list[tuple[Any, ...]]:
        return ask(
            self.database, f"select {columns} from ledger where url = '{self.site.url}{ADDRESS[name]}'"
        )


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingested]:
    folder = tmp_path_factory.mktemp("versions")
    with VersionsFake() as site:
        feeds = folder / "feeds.toml"
        feeds.write_text(f'[versions]\ntitle = "Versions"\nurl = "{site.feed}"\n', encoding="utf-8")
        allowed = [
            part for host in ("127.0.0.1", "127.0.0.2") for part in ("--allow-address", f"{host}:{site.port}")
        ]
        ran = fivegwatch(
            "ingest", "--feeds", feeds, "--db", folder / "c.duckdb", "--new", *allowed, "--quiet", cwd=folder
        )
        assert ran.code == 0, ran.err
        yield Ingested(site=site, database=folder / "c.duckdb")


@pytest.mark.parametrize(("name", "method"), [("teaser", "amp"), ("script", "print"), ("printed", "print")])
def test_a_page_with_little_text_is_judged_by_the_version_it_links_to(
    ingested: Ingested, name: str, method: str
) -> None:
    found = ingested.ledger(name, "method, verdict, text_chars > 1500, title")
    assert found == [(method, "kept", True, HEADLINE.format(name))]


@pytest.mark.parametrize("name", ["paid", "other", "abroad", "gone", "forbidden"])
def test_a_version_that_is_for_subscribers_wrong_or_missing_is_ignored(ingested: Ingested, name: str) -> None:
    ((method, short),) = ingested.ledger(name, "method, text_chars < 200")
    assert short and not {"amp", "print"} & {method}


def test_a_version_is_requested_once_and_only_if_the_page_has_little_text(ingested: Ingested) -> None:
    asked = [request.path for request in ingested.site.requests]
    assert {path: asked.count(path) for path in asked if asked.count(path) > 1} == {}
    assert not {"/amp/paid", "/amp/abroad", "/amp/whole", "/abo/print", "/private/forbidden"} & set(asked)


def test_versions_of_a_page_are_not_stories_of_their_own(ingested: Ingested) -> None:
    assert ask(ingested.database, "select count(*) from ledger") == [(len(ADDRESS),)]
    waiting = ask(ingested.database, "select url, problem from entries where state <> 'done'")
    assert waiting == [(ingested.site.url + ADDRESS["paid"], "walled")]


def test_the_reason_for_a_missing_version_is_recorded(ingested: Ingested) -> None:
    found = ask(ingested.database, "select url, stage, kind from failures order by url")
    base = ingested.site.url
    assert found == [
        (f"{base}/amp/gone", "fetch", "http_404"),
        (f"{base}/private/forbidden", "fetch", "robots"),
    ]
