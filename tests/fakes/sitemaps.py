"""A site with sitemaps of every kind, the broken ones included: ``with SitemapFake() as fake: fake.url``.

``/sitemap.xml`` is an index of monthly shards, as an outlet with an archive has it; every other file shows one
fault or dialect and is named after it. ``fake.files[path] = reply(...)`` adds or replaces one.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable

from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake, html, reply

NS = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XML = {"Content-Type": "application/xml"}
GZIP_FILE = {"Content-Type": "application/x-gzip"}
GZIP_CODING = {"Content-Type": "application/xml", "Content-Encoding": "gzip"}

AGENTS_REFUSED = "/browsers-only.xml"
MONTHS = ("2023-09", "2023-10", "2023-11")


def urlset(rows: Iterable[tuple[str, str]], ns: str = NS) -> bytes:
    """A sitemap of (loc, lastmod); an empty lastmod is left out. The loc is written as it is."""
    records = "".join(
        f"<url><loc>{loc}</loc>" + (f"<lastmod>{mod}</lastmod>" if mod else "") + "</url>\n"
        for loc, mod in rows
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{ns}">\n{records}</urlset>\n'.encode()


def index(rows: Iterable[tuple[str, str]]) -> bytes:
    """A sitemap index of (loc, lastmod)."""
    records = "".join(
        f"<sitemap><loc>{loc}</loc>" + (f"<lastmod>{mod}</lastmod>" if mod else "") + "</sitemap>"
        for loc, mod in rows
    )
    return f'<?xml version="1.0"?><sitemapindex xmlns="{NS}">{records}</sitemapindex>'.encode()


class SitemapFake(Fake):
    """``robots``: the text of robots.txt, None for a 404. ``stories`` of each month's shard."""

    def __init__(self, *, stories: int = 3) -> None:
        super().__init__()
        url = self.url
        self.robots: str | None = f"User-agent: *\nDisallow: /private/\n\nSitemap: {url}/sitemap.xml\n"
        self.files: dict[str, Answer] = {
            "/sitemap.xml": reply(
                index((f"{url}/sitemap-{month}.xml", f"{month}-28T12:00:00+00:00") for month in MONTHS),
                200,
                XML,
            )
        }
        for month in MONTHS:
            year, number = month.split("-")
            rows = [
                (
                    f"{url}/{year}/{number}/{day + 1:02}/story-{day}.html",
                    f"{month}-{day + 1:02}T08:30:00+00:00",
                )
                for day in range(stories)
            ]
            self.files[f"/sitemap-{month}.xml"] = reply(urlset(rows), 200, XML)
        self.files |= _dialects(url) | _faults(url)

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return html("Not found", 404) if self.robots is None else reply(self.robots.encode())
        if asked.path == AGENTS_REFUSED and not asked.headers["user-agent"].startswith("Mozilla/"):
            return html("Forbidden", 403)
        return self.files.get(asked.path) or html("Not found", 404)


def _dialects(url: str) -> dict[str, Answer]:
    rows = [(f"{url}/a.html", "2023-10-05"), (f"{url}/b.html?x=1&amp;y=2", "2023-10")]
    plain = urlset(rows)
    news = (
        f'<urlset xmlns="{NS}" xmlns:news="{NEWS}" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        f"<url><loc>{url}/news.html</loc><lastmod>2023-10-09</lastmod>"
        f"<image:image><image:loc>{url}/picture.jpg</image:loc><image:title>A mast</image:title></image:image>"
        "<news:news><news:publication><news:name>Outlet</news:name><news:language>de</news:language>"
        "</news:publication><news:publication_date>2023-10-05T07:00:00+02:00</news:publication_date>"
        "<news:title>Netz &amp; Sicherheit</news:title></news:news></url></urlset>"
    ).encode()
    rss = (
        '<rss version="2.0"><channel><title>t</title><link>https://elsewhere.example/</link>'
        f"<image><url>{url}/logo.png</url></image><item><title>One</title><link>{url}/rss.html</link>"
        "<pubDate>Thu, 05 Oct 2023 07:00:00 GMT</pubDate></item></channel></rss>"
    ).encode()
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>Two</title>'
        f'<link rel="self" href="{url}/atom.xml"/><link href="{url}/atom.html"/>'
        "<published>2023-10-05T07:00:00Z</published><updated>2023-10-06T07:00:00Z</updated></entry></feed>"
    ).encode()
    return {
        "/plain.xml": reply(plain, 200, XML),
        "/https-namespace.xml": reply(urlset(rows, NS.replace("http:", "https:")), 200, XML),
        "/packed-file.xml.gz": reply(gzip.compress(plain), 200, GZIP_FILE),
        "/packed-coding.xml.gz": reply(gzip.compress(plain), 200, GZIP_CODING),
        "/packed-twice.xml.gz": reply(gzip.compress(gzip.compress(plain)), 200, GZIP_CODING),
        "/bom.xml": reply(b"\xef\xbb\xbf" + plain, 200, XML),
        "/utf-16.xml": reply(plain.decode().replace("UTF-8", "UTF-16").encode("utf-16"), 200, XML),
        "/relative.xml": reply(urlset([("/a.html", ""), ("b.html", "")]), 200, XML),
        "/list.txt": reply(
            f"{url}/a.html\r\n\n{url}/b.html?x=1&y=2\n".encode(), 200, {"Content-Type": "text/plain"}
        ),
        "/news.xml": reply(news, 200, XML),
        "/rss.xml": reply(rss, 200, XML),
        "/atom.xml": reply(atom, 200, XML),
        "/empty-urlset.xml": reply(f'<urlset xmlns="{NS}"/>'.encode(), 200, XML),
        "/other-hosts.xml": reply(
            urlset([("https://elsewhere.example/x", ""), (f"{url}/a.html", "")]), 200, XML
        ),
    }


def _faults(url: str) -> dict[str, Answer]:
    many = urlset((f"{url}/story-{number}.html", "2023-10-05") for number in range(2_000))
    packed = gzip.compress(many)
    return {
        "/html-with-200.xml": html("Please enable JavaScript"),
        "/empty.xml": reply(b" \n", 200, XML),
        "/cut.xml": reply(many[: len(many) // 2], 200, XML),
        "/cut-file.xml.gz": reply(packed[: len(packed) // 2], 200, GZIP_FILE),
        "/cut-coding.xml.gz": reply(packed[: len(packed) // 2], 200, GZIP_CODING),
        "/dropped.xml": reply(many, 200, XML, break_after=len(many) // 2),
        "/bare-ampersand.xml": reply(urlset([(f"{url}/b.html?x=1&y=2&copy=3", ""), (f"{url}/a.html", "")]), 200, XML),
        "/open-tags.xml": reply(
            f"<urlset><url><loc>{url}/a.html<lastmod>2023-10-05</lastmod></url><url><loc>a < b</loc></url>"
            f"<url x=y><loc>{url}/b.html</loc></url><url><loc>{url}/c.html</loc></urlset>".encode(),
            200,
            XML,
        ),
        "/itself.xml": reply(index([(f"{url}/itself.xml", ""), (f"{url}/plain.xml", "")]), 200, XML),
        "/circle-a.xml": reply(index([(f"{url}/circle-b.xml", "")]), 200, XML),
        "/circle-b.xml": reply(index([(f"{url}/circle-a.xml", ""), (f"{url}/plain.xml", "")]), 200, XML),
        "/private/sitemap.xml": reply(urlset([(f"{url}/a.html", "")]), 200, XML),
        AGENTS_REFUSED: reply(urlset([(f"{url}/a.html", "")]), 200, XML),
    }  # fmt: skip


def huge(url: str, count: int) -> Answer:
    """A sitemap of ``count`` addresses; sitemaps.org allows 50,000."""
    return reply(urlset((f"{url}/s/{number}.html", "") for number in range(count)), 200, XML)
