"""`feeds add|remove|on|off|accept-move|import|export|list|score|discover`, against a site on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.flows.cli_runner import Ran, fivegwatch
from tests.flows.stored import write_small_watchlist

pytestmark = pytest.mark.slow

FRONT = b"""<!doctype html><html><head><title>Mast News</title>
<link rel="alternate" type="application/rss+xml" href="/comments/feed">
<link rel="alternate" type="application/rss+xml" href="/broken.xml">
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>News</body></html>"""
ITEM = "<item><title>{}</title><link>http://{}/{}</link></item>"
TITLES = ("Government bans Huawei from 5G network over security", "Local bakery wins prize")


class _Site(BaseHTTPRequestHandler):
    moved = False

    def do_GET(self) -> None:
        host = self.headers["Host"]
        items = "".join(ITEM.format(title, host, n) for n, title in enumerate(TITLES))
        feed = f'<rss version="2.0"><channel><title>Mast News</title>{items}</channel></rss>'.encode()
        if self.path == "/feed.xml" and type(self).moved:
            return self._answer(301, b"", "text/plain", f"http://{host}/new.xml")
        found = {"/": (FRONT, "text/html"), "/feed.xml": (feed, "application/rss+xml"),
                 "/new.xml": (feed, "application/rss+xml"), "/broken.xml": (b"oops", "text/plain")}  # fmt: skip
        body, kind = found.get(self.path, (b"", "text/plain"))
        return self._answer(200 if self.path in found else 404, body, kind)

    def _answer(self, status: int, body: bytes, kind: str, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@pytest.fixture
def site() -> Iterator[str]:
    _Site.moved = False
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def home(tmp_path: Path, site: str) -> Path:
    write_small_watchlist(tmp_path / "watchlist")
    (tmp_path / "watchlist" / "feeds.toml").write_text("# Mine\n", encoding="utf-8")
    (tmp_path / "fivegwatch.toml").write_text(f'allow_addresses = ["{site}"]\n', encoding="utf-8")
    return tmp_path


def feeds(home: Path, *more: str) -> Ran:
    return fivegwatch("feeds", *more, cwd=home)


def test_a_site_is_added_by_its_address_polled_moved_switched_and_removed(home: Path, site: str) -> None:
    file = home / "watchlist" / "feeds.toml"
    dry = feeds(home, "add", f"http://{site}/", "--dry-run")
    assert dry.code == 0 and file.read_text() == "# Mine\n"
    ran = feeds(home, "add", f"http://{site}/", "--category", "telecom-trade", "--country", "DE")
    assert ran.code == 0, ran.err
    assert "2 items" in ran.out and "1 of them would be kept" in ran.out and TITLES[0] in ran.out
    assert f'[mast-news]\nurl = "http://{site}/feed.xml"' in file.read_text()
    again = feeds(home, "add", f"http://{site}/feed.xml")
    assert again.code == 2 and "[mast-news]" in again.err

    assert fivegwatch("ingest", "--new", "--quiet", cwd=home).code == 0
    _Site.moved = True
    assert fivegwatch("ingest", "--quiet", cwd=home).code == 0
    listed = feeds(home, "list")
    assert "moved" in listed.out and "mast-news" in listed.out
    assert feeds(home, "accept-move", "mast-news").code == 0
    assert f'url = "http://{site}/new.xml"' in file.read_text()
    assert feeds(home, "accept-move", "mast-news").code == 2
    for action in ("score", "discover"):
        assert feeds(home, action, "--json").code == 0

    assert feeds(home, "off", "mast-news", "--because", 'too "loud"').code == 0
    assert 'off_because = "too \\"loud\\""' in file.read_text()
    assert feeds(home, "on", "mast-news").code == 0 and "off_because" not in file.read_text()
    exported = feeds(home, "export")
    assert "telecom-trade" in exported.out and "new.xml" in exported.out
    (home / "list.opml").write_text(exported.out, encoding="utf-8")
    # A second address of the same feed, and a site that answers over http alone.
    _Site.moved = False
    ran = feeds(home, "add", f"{site}/feed.xml", "--dry-run")
    assert "2 of its 2 items came from [mast-news] already" in ran.out, ran.err
    assert feeds(home, "remove", "mast-news").code == 0 and file.read_text().strip() == "# Mine"
    assert feeds(home, "remove", "mast-news").code == 2


def test_an_opml_list_is_imported_once_and_what_is_no_list_is_refused(home: Path) -> None:
    (home / "list.opml").write_text(
        '<opml version="2.0"><body><outline text="Press"><outline text="A &amp; B"'
        ' xmlUrl="https://a.example/feed"/></outline></body></opml>'
    )
    assert "1 feed added" in feeds(home, "import", "list.opml").out
    assert "0 feeds added" in feeds(home, "import", "list.opml").out
    text = (home / "watchlist" / "feeds.toml").read_text()
    assert '[a-b]\nurl = "https://a.example/feed"\ntitle = "A & B"' in text and 'category = "press"' in text
    (home / "old.opml").write_bytes(
        '<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE opml><opml><body><outline text="Zürich"'
        ' xmlUrl="https://z.example/f"/><outline text="Lost" xmlUrl="no address"/></body></opml>'.encode(
            "latin-1"
        )
    )
    ran = feeds(home, "import", "old.opml")
    assert "1 feed added" in ran.out and "Lost: no address" in ran.out
    assert feeds(home, "off", "a-b", "--because", "quiet").code == 0
    assert "1 feed that is off left out" in feeds(home, "export").err
    before = (home / "watchlist" / "feeds.toml").read_text()
    assert feeds(home, "export", "--all", "all.opml").code == 0
    (home / "watchlist" / "feeds.toml").write_text("")
    assert "2 feeds added" in feeds(home, "import", "all.opml").out
    after = (home / "watchlist" / "feeds.toml").read_text()
    assert sorted(before.split()) == sorted(["#", "Mine", *after.split()])
    assert feeds(home, "export", "--category", "nowhere").code == 2
    (home / "page.html").write_text("<html></html>")
    assert feeds(home, "import", "page.html").code == 1
    assert feeds(home, "import", "nowhere.opml").code == 2


def test_a_site_without_a_feed_is_refused_with_the_reason(home: Path, site: str) -> None:
    ran = feeds(home, "add", f"http://{site}/nothing")
    assert ran.code == 1 and "404" in ran.err
