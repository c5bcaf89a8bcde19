"""Another topic, the same engine: the shipped watchlist of undersea cables, from `init` to facts."""

from __future__ import annotations

import json
import re
import threading
import warnings
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.desk.web.app import make_app
from tests.flows.cli_runner import fivegwatch

pytestmark = pytest.mark.slow

STORIES = json.loads((Path(__file__).parent / "data" / "cables.json").read_text(encoding="utf-8"))
"""Invented reports: path, language, title, paragraphs, and whether an analyst of cables wants it."""
NOW = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
TIMES = {story["path"]: NOW + timedelta(minutes=minute) for minute, story in enumerate(STORIES)}
"""When each was published: one after the other, so that it is certain which comes first in an event."""


class Press(BaseHTTPRequestHandler):
    """One outlet on loopback: a feed at /feed.xml and a page for each story."""

    def do_GET(self) -> None:
        stories = {story["path"]: story for story in STORIES}
        base = f"http://127.0.0.1:{self.server.server_address[1]}"  # type: ignore[attr-defined]
        body, kind, status = b"", "text/html; charset=utf-8", 200
        if self.path == "/feed.xml":
            items = "".join(
                f"<item><title>{escape(s['title'])}</title><link>{base}{path}</link><guid>{base}{path}</guid>"
                f"<pubDate>{format_datetime(TIMES[path])}</pubDate></item>"
                for path, s in stories.items()
            )
            text = f'<rss version="2.0"><channel><title>Port Herald</title><link>{base}/</link>{items}</channel></rss>'
            body, kind = text.encode(), "application/rss+xml"
        elif self.path in stories:
            story = stories[self.path]
            text = "".join(f"<p>{escape(p)}</p>" for p in story["text"])
            body = (
                f"<!doctype html><html lang='{story['language']}'><head><title>{escape(story['title'])}</title>"
                f"<meta property='article:published_time' content='{TIMES[self.path].isoformat()}'></head>"
                "<body><article>"
                f"<h1>{escape(story['title'])}</h1>{text}</article></body></html>"
            ).encode()
        else:
            status = 404
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory made by `init --watchlist cables` whose feed is the outlet, after one ingest run."""
    folder = tmp_path_factory.mktemp("cables") / "home"
    made = fivegwatch(
        "init", folder, "--watchlist", "cables", "--contact", "desk@example.org", cwd=folder.parent
    )
    assert made.code == 0, made.err
    with ThreadingHTTPServer(("127.0.0.1", 0), Press) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _watch(folder, server.server_address[1])
        ran = fivegwatch("ingest", cwd=folder)
        server.shutdown()
    assert ran.code == 0, ran.err
    return folder


def _watch(folder: Path, port: int) -> None:
    (folder / "watchlist" / "feeds.toml").write_text(
        f'[herald]\ntitle = "Port Herald"\nurl = "http://127.0.0.1:{port}/feed.xml"\nlanguage = "en"\n'
    )
    with (folder / "fivegwatch.toml").open("a") as file:
        file.write(f'allow_addresses = ["127.0.0.1:{port}"]\nworkers = 1\n[limits]\nhost_spacing_s = 0.0\n')


def rows(home: Path, sql: str) -> list[dict[str, Any]]:
    ran = fivegwatch("sql", "--json", sql, cwd=home)
    assert ran.code == 0, ran.err
    return [json.loads(line) for line in ran.out.splitlines()]


def test_stories_of_cables_are_kept_in_every_language_with_reasons_and_others_are_not(home: Path) -> None:
    verdicts = {row["title"]: row for row in rows(home, "select title, verdict, reason from ledger")}
    assert len(verdicts) == len(STORIES)
    wrong = [s["title"] for s in STORIES if (verdicts[s["title"]]["verdict"] == "kept") != s["wanted"]]
    assert not wrong
    reasons = {row["verdict"]: row["reason"] for row in verdicts.values()}
    assert "cable" in reasons["kept"].lower() and "cables" in reasons["rejected"]
    assert not any(word in row["reason"] for row in verdicts.values() for word in ("network", "5G", "phone"))


def test_topics_and_facts_are_those_of_the_watchlist(home: Path) -> None:
    names = {row["code"]: row["label"] for row in rows(home, "select code, label from topics")}
    assert names["C02"] == "Sabotage and investigations" and all(code.startswith("C") for code in names)
    topics = {row["title"]: set(row["topics"]) for row in rows(home, "select title, topics from stories")}
    assert all(topics.values()) and all(found <= names.keys() for found in topics.values())
    assert "C04" in topics["FCC moves to bar Chinese technology from undersea cables"]
    (ban,) = rows(home, "select * from measures where target = 'HMN Tech'")
    assert (ban["by"], ban["action"], ban["scope"]) == ("US", "ban", "all cables")
    parts = {r["entity"]: r["role"] for r in rows(home, "select entity, role from roles where subject")}
    assert parts["yi-peng-3"] == "accused" and parts["c-lion1"] == "subject"


def test_the_directory_keeps_its_own_watchlist(home: Path) -> None:
    again = fivegwatch("init", home, cwd=home)
    assert again.code == 0 and not (home / "watchlist" / "weights.toml").exists()
    other = fivegwatch("init", home, "--watchlist", "5g", cwd=home)
    assert other.code == 2 and "holds the watchlist 'cables'" in other.err
    unknown = fivegwatch("init", home / "new", "--watchlist", "whales", cwd=home)
    assert unknown.code == 2 and "5g, cables" in unknown.err and not (home / "new").exists()
    update = fivegwatch("watchlist", "update", "--dry-run", cwd=home)
    assert update.code == 0 and "terms/" not in update.out


def test_the_brief_speaks_of_cables(home: Path) -> None:
    first, last = (f"{day(TIMES.values()):%Y-%m-%d}" for day in (min, max))
    ran = fivegwatch("brief", "--from", first, "--to", last, cwd=home)
    assert ran.code == 0 and ran.out.startswith("# Undersea cables: damage, sabotage, security: ")
    assert "Disruption of cable operators in Latvia" in ran.out and "(Swedish)" in ran.out
    assert "## Latvia" in ran.out and "5G" not in ran.out
    (headline,) = [line for line in ran.out.splitlines() if "扯斷海纜" in line]
    assert (
        "/zh-hant/story-3.html" in headline.split("**")[1] and headline in ran.out.partition("## Taiwan")[2]
    )
    for story in STORIES:
        leads = [line for line in ran.out.splitlines() if line.startswith(f"- **[{story['title']}](")]
        assert all(story["path"] in line.split("**")[1] for line in leads), (
            "a headline leads to its own story"
        )


def test_pages_and_the_published_site_speak_of_cables(home: Path, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # Starlette's client asks for another HTTP package than the one it finds
        from starlette.testclient import TestClient
    browser = TestClient(make_app(home / "corpus.duckdb"), base_url="http://127.0.0.1:5580")
    bans = browser.get("/bans?country=US&target=HMN+Tech").text
    assert "ban HMN Tech on all cables" in bans and "landing stations" in bans
    pages = {path: browser.get(path).text for path in ("/", "/incidents", "/topics", "/countries", "/about")}
    assert "Sabotage and investigations" in pages["/topics"] and "Finland" in pages["/countries"]
    ran = fivegwatch("publish", tmp_path / "site", cwd=home)
    assert ran.code == 0, ran.err
    frozen = {path.name: path.read_text() for path in (tmp_path / "site").rglob("*.html")}
    assert "on all cables" in "".join(frozen.values()) and len(frozen) > len(STORIES) / 2
    words = re.compile(r"\b5G\b|handset|mobile network|vendors of network", re.IGNORECASE)
    told = {path: found[0] for path, text in (pages | frozen).items() if (found := words.search(text))}
    assert not told
