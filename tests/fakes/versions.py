"""A site whose pages show little and name other versions of themselves: AMP, print, wrong ones, closed ones."""

from __future__ import annotations

from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake, reply

HTML = {"Content-Type": "text/html; charset=utf-8"}
ROBOTS = b"User-agent: *\nDisallow: /private/\n"
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
OPENING = (
    "The government told operators on Monday to remove Huawei equipment from the core of their 5G networks..."
)
STORY = "".join(
    f"<p>The government told operators on Monday to remove Huawei equipment from the core of their 5G networks "
    f"before the end of {year}, because the security agency no longer trusts the supplier's updates. "
    f"The regulator will inspect the exchanges of region {year} and may fine whoever keeps the banned equipment.</p>"
    for year in range(2027, 2033)
)
OTHER = "".join(
    f"<p>The bakery at number {number} sells bread that is baked before dawn, and its customers queue in the rain "
    f"for the rolls with seeds, which are sold out by eight.</p>"
    for number in range(1, 9)
)
HEADLINE = "Huawei to leave the {} networks"
PLACES = {
    "teaser": ("<link rel=amphtml href='/teaser-story-1/amp'>", f"<p>{OPENING}</p>"),
    "script": ("<link rel=alternate media=print href='/print/script'>", "<p>Please enable JavaScript to read on.</p>"),
    "printed": ("", f"<p>{OPENING}</p><a href='/abo/print'>On paper</a><a href='/print/printed-story-12345'>Print</a>"),
    "paid": ("<link rel=amphtml href='/amp/paid'>", f"<div class=paywall>Subscribe to continue</div><p>{OPENING}</p>"),
    "other": ("<link rel=amphtml href='/amp/other'>", f"<p>{OPENING}</p>"),
    "abroad": ("<link rel=amphtml href='http://127.0.0.2:{port}/amp/abroad'>", f"<p>{OPENING}</p>"),
    "gone": ("<link rel=amphtml href='/amp/gone'>", f"<p>{OPENING}</p>"),
    "forbidden": ("<link rel=amphtml href='/private/forbidden'>", f"<p>{OPENING}</p>"),
    "whole": ("<link rel=amphtml href='/amp/whole'>", STORY),
}  # fmt: skip
"""What the head of each story's page names, and what its body shows."""
ADDRESS = {name: f"/{name}-story-1" for name in PLACES} | {"printed": "/printed-story-12345.html"}


class VersionsFake(Fake):
    """``fake.feed`` announces a story for each of ``PLACES``; their pages and versions are served beside it."""

    @property
    def feed(self) -> str:
        return f"{self.url}/feed.xml"

    def answer(self, asked: Asked) -> Answer:
        pages = {
            "/feed.xml": self._feed,
            "/robots.txt": lambda: reply(ROBOTS, headers={"Content-Type": "text/plain"}),
            "/teaser-story-1/amp": lambda: self._version("teaser", canonical=True),
            "/print/script": lambda: self._version("script"),
            "/print/printed-story-12345": lambda: self._version("printed"),
            "/amp/other": lambda: page("", "Bread before dawn in the old town", OTHER),
            "/private/forbidden": lambda: self._version("forbidden", canonical=True),
            **{address: lambda name=name: self._page(name) for name, address in ADDRESS.items()},  # type: ignore[misc]
        }  # fmt: skip
        made = pages.get(asked.path)
        return made() if made else reply(b"", 404)

    def _page(self, name: str) -> Answer:
        head, body = PLACES[name]
        return page(head.replace("{port}", str(self.port)), HEADLINE.format(name), body)

    def _version(self, name: str, *, canonical: bool = False) -> Answer:
        head = f"<link rel=canonical href='{self.url}{ADDRESS[name]}'>" if canonical else ""
        return page(head, "A short address" if canonical else HEADLINE.format(name), STORY)

    def _feed(self) -> Answer:
        items = "".join(
            f"<item><title>{HEADLINE.format(name)}</title><link>{self.url}{ADDRESS[name]}</link></item>"
            for name in PLACES
        )
        return reply(
            f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>".encode(), headers=RSS
        )


def page(head: str, headline: str, body: str) -> Answer:
    """A page with a headline."""
    return reply(
        f"<!doctype html><html lang=en><head><title>{headline}</title>{head}</head>"
        f"<body><article><h1>{headline}</h1>{body}</article></body></html>".encode(),
        headers=HTML,
    )
