"""A published site: links lead somewhere, no text is whole, only what changed is written, others' files are safe."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import feedparser
import pytest

from fivegwatch.desk.site.folder import JOURNAL, MANIFEST
from fivegwatch.desk.site.freeze import SiteReport, publish_site
from fivegwatch.desk.site.search_tokens import decode, encode, shard_of, site_tokens
from fivegwatch.extractors.errors import SettingsError, StorageError
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.flows.site import _publish
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.corpus import Corpus
from tests.desk.corpora import HOSTILE
from tests.desk.feeds.test_feeds_out import faults_of, json_faults_of
from tests.desk.made import NOW, add_stories, make_corpus
from tests.flows.cli_runner import fivegwatch

STORIES = 40
BASE = "https://desk.example/5g/"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return make_corpus(tmp_path_factory.mktemp("made"), STORIES)


@pytest.fixture(scope="module")
def published(made: Layout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "site"
    publish_site(made.link, folder, now=NOW, base_url=BASE, searches={"hua": "huawei ban*"})
    return folder


def publish(layout: Layout, folder: Path) -> SiteReport:
    return publish_site(layout.link, folder, now=NOW, base_url=BASE, searches={"hua": "huawei ban*"})


class Links(HTMLParser):
    """The addresses in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value for name in ("href", "src", "action") if (value := given.get(name))]
        if tag in ("style", "img", "iframe") or any(
            name == "style" or name.startswith("on") for name in given
        ):
            self.inline.append(f"{tag} {given}")


def pages(folder: Path) -> Iterator[tuple[Path, Links]]:
    for path in sorted(folder.rglob("*.html")):
        yield path, Links(path.read_text(encoding="utf-8"))


@pytest.mark.slow
def test_every_link_leads_to_a_file_of_the_site_or_to_a_source(published: Path) -> None:
    seen = 0
    for path, links in pages(published):
        assert links.inline == []
        for address in links.addresses:
            parts = urlsplit(address)
            if not parts.scheme and parts.path:
                seen += 1
                assert not address.startswith("/"), "it would not work from a stick"
                assert (path.parent / unquote(parts.path)).resolve().is_file(), (path.name, address)
    assert seen > 1000


@pytest.mark.slow
def test_no_text_is_whole_and_a_hostile_title_stays_text(made: Layout, published: Path) -> None:
    every = "\n".join(
        path.read_text(encoding="utf-8")
        for path in published.rglob("*")
        if path.suffix in (".html", ".js", ".atom", ".json")
    )
    with Corpus(made.link) as corpus:
        for row in corpus.sql("select body from stories"):
            body = row["body"]
            assert body[:60] in every and body[: len(body) // 2 + 200] not in every
    assert (
        HOSTILE[:25] not in every.replace(json.dumps(HOSTILE[:25])[1:-1], "")
        and "&lt;script&gt;alert(1)" in every
    )


@pytest.mark.slow
def test_a_second_run_writes_nothing_and_a_day_only_what_it_changed(tmp_path: Path) -> None:
    layout, folder = make_corpus(tmp_path / "corpus", STORIES), tmp_path / "site"
    first = publish(layout, folder)
    again = publish(layout, folder)
    assert (again.written, again.removed, again.unchanged) == (0, 0, first.written) and first.missing == ()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("story/*.html")}
    add_stories(layout, range(STORIES, STORIES + 2), STORIES)
    publish(layout, folder)
    stories = {path: path.stat().st_mtime_ns for path in folder.rglob("story/*.html")}
    assert len(stories) == STORIES + 2 and {path: stories[path] for path in before} == before
    assert search(folder, f"number{STORIES + 1}") and search(folder, "number7")
    fresh = tmp_path / "fresh"
    publish(layout, fresh)
    assert contents(folder) == contents(fresh), "a site brought up to date is the site made from nothing"


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the index of search, whose numbers depend on history, and our own list."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "search/" not in str(path.relative_to(folder)) and not path.name.startswith(".")
    }


def search(folder: Path, word: str) -> list[int]:
    """Numbers of the stories with a word, from its shard."""
    text = (folder / f"search/words-{shard_of(word)}.js").read_text(encoding="utf-8")
    return decode(json.loads(text[text.index("{") : text.rindex(")")]).get(word, ""))


def test_what_left_the_corpus_leaves_the_site(made: Layout, published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(published, folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    for gone in ("story/gone.html", "old/folder/page.html"):
        (folder / gone).parent.mkdir(parents=True, exist_ok=True)
        (folder / gone).write_text("x")
        manifest["files"][gone] = "x"
    manifest["files"]["../outside.txt"] = "x"
    (tmp_path / "outside.txt").write_text("not ours")
    (folder / MANIFEST).write_text(json.dumps(manifest))
    assert publish(made, folder).removed == 2
    assert not (folder / "old").exists() and (tmp_path / "outside.txt").exists()


def test_a_folder_of_somebody_else_is_refused_and_so_is_a_file_in_ours(
    made: Layout, published: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(StorageError, match=r"thesis\.doc"):
        publish(made, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]
    folder = tmp_path / "site"
    shutil.copytree(published, folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest["files"]["index.html"]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    (folder / "index.html").write_text("my own")
    with pytest.raises(StorageError, match="is not a file that"):
        publish(made, folder)
    assert (folder / "index.html").read_text() == "my own"


def test_a_killed_run_is_made_good_by_the_next(made: Layout, published: Path, tmp_path: Path) -> None:
    """It had written pages, one of them only half and one of the index, and no list of them."""
    folder = tmp_path / "site"
    shutil.copytree(published, folder)
    (folder / "bans.html").write_text("half")
    shard = next((folder / "search").glob("words-*.js"))
    shard.write_text("half")
    (folder / "story/new.html").write_text("from the killed run")
    (folder / JOURNAL).write_text(f"bans.html\nsearch/{shard.name}\nstory/new.html\n../outside\n")
    publish(made, folder)
    assert contents(folder) == contents(published) and not (folder / JOURNAL).exists()
    assert shard.read_bytes() == (published / "search" / shard.name).read_bytes()


def test_feeds_are_valid_and_lead_to_pages(published: Path) -> None:
    feeds = sorted((published / "feed").rglob("*.atom"))
    assert {"all.atom", "bans.atom", "incidents.atom", "hua.atom", "DE.atom"} <= {path.name for path in feeds}
    items = 0
    for path in feeds:
        document = path.read_text(encoding="utf-8")
        assert list(faults_of(document)) == [], path
        parsed = feedparser.parse(document.encode())
        assert not parsed.bozo
        for entry in parsed.entries:
            items += 1
            assert (published / entry.link.removeprefix(BASE)).is_file(), entry.link
        document = json.loads(path.with_suffix(".json").read_text())
        assert list(json_faults_of(document)) == [] and len(document["items"]) == len(parsed.entries)
    assert items > 80


def test_tokens_fold_case_accents_and_scripts_and_numbers_survive_their_coding() -> None:
    assert site_tokens("Huawei's ÉTÉ, ５Ｇ_x 禁止华为 화웨이") == [
        "huawei", "s", "ete", "5g", "x", "禁", "止", "华", "为", "화", "웨", "이",
    ]  # fmt: skip
    assert decode(encode([0, 3, 40, 41, 9999])) == [0, 3, 40, 41, 9999] and decode("") == []
    assert decode(encode([41, 9999], encode([0, 3]))) == [0, 3, 41, 9999]
    assert (shard_of("telecom"), shard_of("te"), shard_of("t")) == ("te", "te", "t") and shard_of(
        "华"
    ).startswith("x")


@pytest.mark.slow
def test_the_command_publishes_and_says_what_it_did(made: Layout, tmp_path: Path) -> None:
    done = fivegwatch("publish", "--db", str(made.link), str(tmp_path / "site"), cwd=tmp_path)
    assert done.code == 0 and re.search(r"\d+ files written, 0 unchanged, 0 removed: 40 stories", done.out)
    wrong = fivegwatch("publish", "--db", str(made.link), "site", "--search", "../x", "huawei", cwd=tmp_path)
    assert wrong.code == 2 and "small letters" in wrong.err


@pytest.mark.slow
def test_the_flow_publishes_saved_searches_and_refuses_names_that_are_no_file(
    made: Layout, tmp_path: Path
) -> None:
    (tmp_path / "fivegwatch.toml").write_text(f'database = "{made.link}"\n')
    settings = load_settings({}, tmp_path)
    done = _publish(settings, tmp_path / "site", BASE, {"hua": "huawei ban*"})
    assert done.written and (tmp_path / "site/feed/search/hua.atom").exists()
    with pytest.raises(SettingsError, match="small letters"):
        _publish(settings, tmp_path / "site", BASE, {"../x": "huawei"})
