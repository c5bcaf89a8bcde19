"""Feeds and pages of our own making that mean harm, or are just badly made, each with the right answer.

They are served by ``tests.hostile_site``, beside the network's hazards that live there. ``cases(site)`` gives all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.hostile_site import ANSWERS, Exchange, Handler, HostileSite

Body = Callable[[HostileSite], bytes]
BOUNDS = {"max_seconds": 40, "max_requests": 3}
SENTENCE = (
    "The harbour council said on Tuesday that the ferry to the islands would run again from May onwards. "
)


@dataclass(frozen=True)
class Hazard:
    """One document or answer: what a client may make of it, and what must then hold."""

    accept: tuple[str, ...]
    body: Body | None = None
    """None: the answer is one of ``tests.hostile_site``."""
    checks: dict[str, Any] = field(default_factory=dict)
    content_type: str = "text/html; charset=utf-8"
    path: str = ""


def item(link: str, title: str = "A story", inside: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{inside}</item>"


def rss(items: str, head: str = '<?xml version="1.0"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'


def page(body: str, head: str = "", title: str = "Ferry to the islands runs again") -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body>{body}</body></html>'
    )


def story(inside: str = "", head: str = "", title: str = "Ferry to the islands runs again") -> str:
    paragraphs = "".join(f"<p>{SENTENCE * 2}Part {n}.</p>" for n in range(6))
    return page(f"<main><article><h1>{title}</h1>{paragraphs}{inside}</article></main>", head, title)


def always(text: str | bytes) -> Body:
    return lambda _: text if isinstance(text, bytes) else text.encode()


GOOD = item("https://ferry.example/good", "Good")
ONE_GOOD = {"entries": 1, "titles": ["Good"]}
LAUGHS = "<!DOCTYPE rss [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 12}'>" for n in range(9)
) + "]>"  # fmt: skip
BAD_LINKS = (
    "javascript:alert(1)", "java&#9;script:alert(1)", "data:text/html,x", "file:///etc/hosts", "http://u:p@ferry.example/",
    "http://169.254.169.254/", "http://[::ffff:10.0.0.1]/", "http://0x7f.1/", "http://ferry.example:6379/", "//",
)  # fmt: skip

FEEDS: dict[str, Hazard] = {
    "entity-bomb": Hazard(("error",), always(rss(item("https://ferry.example/1", "&j;"), LAUGHS))),
    "entity-bomb-utf16": Hazard(
        ("error",), always(rss(item("https://ferry.example/1", "&j;"), LAUGHS).encode("utf-16"))
    ),
    "entity-file": Hazard(
        ("error", "keep"),
        always(rss(GOOD + item("https://ferry.example/2", "&x;"), '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/hosts">]>')),
        {"never_contains": ["localhost"]},
    ),
    "deep": Hazard(("error", "keep"), always(rss("<item>" + "<b>" * 300_000 + "</b>" * 300_000 + "</item>" + GOOD))),
    "authors": Hazard(
        ("keep", "error"),
        always(rss(GOOD.replace("</item>", f"<author>{'x' * 150_000}</author><dc:creator>{'a.' * 50_000}@</item>"))),
        {"entries_max": 1},
    ),
    "bad-links": Hazard(
        ("keep",), always(rss("".join(item(link, "Bad") for link in BAD_LINKS) + GOOD)), ONE_GOOD,
    ),
    "same-guid": Hazard(
        ("keep",),
        always(rss("".join(item(f"https://ferry.example/{n}", inside="<guid>1</guid>") for n in range(4)))),
        {"entries": 4, "distinct_links": 4},
    ),
    "cut-short": Hazard(
        ("keep", "error"), always(rss(GOOD + item("https://ferry.example/cut", "Cut"))[:-60]),
        {"entries_min": 1, "partial": True},
    ),
    "cut-at-once": Hazard(("error",), always(rss(GOOD)[:90])),
    "open-cdata": Hazard(("keep", "error"), always(rss(GOOD + "<item><title><![CDATA[" + "open " * 50_000))),
    "mojibake": Hazard(
        ("keep",), always(rss(item("https://ferry.example/1", "Паром на острова снова пойдёт в мае")).encode("cp1251")
                          .replace(b'?>', b' encoding="windows-1251"?>', 1)),
        {"titles": ["Паром на острова снова пойдёт в мае"]}, "application/rss+xml; charset=utf-8",
    ),
    "terminal-codes": Hazard(
        ("keep",), always(rss(item("https://ferry.example/1", "Red &#27;[31m &#8238;alert&#10;ERROR forged") + GOOD)),
        {"entries": 2, "never_contains": ["\x1b", "\u202e", "\nERROR"]},
    ),
    "many-attributes": Hazard(
        ("keep", "error"), always(rss("<item " + " ".join(f"a{n}='1'" for n in range(30_000)) + "></item>" + GOOD)),
    ),
    "namespaces": Hazard(
        ("keep", "error"), always(rss(GOOD + "".join(f"<n{n}:x xmlns:n{n}='u:{n}'/>" for n in range(4_000)))),
    ),
    "comments": Hazard(("keep", "error"), always(rss("<!-- -- -->" * 60_000 + GOOD))),
    "dates": Hazard(
        ("keep",), always(rss(GOOD.replace("</item>", f"<pubDate>{'9' * 100_000}</pubDate></item>"))),
        {**ONE_GOOD, "dates_utc": [None]},
    ),
    "many-items": Hazard(("keep", "error"), always(rss(GOOD + "<item/>" * 200_000)), {"entries_max": 2_000}),
    "a-path": Hazard(("error",), always("/etc/hostname"), {"entries": 0}),
    "a-page": Hazard(("error",), always(page("<p>Log in</p>")), {"entries": 0}),
    "json-deep": Hazard(
        ("error",), always('{"version":"https://jsonfeed.org/version/1.1","items":' + "[" * 100_000),
        content_type="application/json",
    ),
    "json-odd": Hazard(
        ("keep", "error"),
        always(json.dumps({
            "version": "https://jsonfeed.org/version/1.1", "title": 7, "next_url": "http://127.0.0.1/next", "items": [
                {"id": 1.5, "url": ["x"]}, None, {"id": "2", "url": "https://ferry.example/good", "title": "Good",
                                           "authors": [3], "date_published": {"a": "b"}, "tags": "abc"}]})),
        ONE_GOOD, "application/feed+json",
    ),
}  # fmt: skip

KEPT = {"min_text_chars": 1_200, "text_contains": ["ferry to the islands"]}
CANONICAL = '<link rel="canonical" href="http://127.0.0.1:{}/x"><meta property="og:url" content="javascript:alert(1)">'
ISLAND = '<script type="application/ld+json">'
WALL = (
    "<div><h1>We value your privacy</h1><p>We and our 612 partners store and/or access information on a device, such as"
    " cookies, and process personal data.</p><button>Accept all</button><button>Manage preferences</button></div>"
)
NO_STORY = ("error", "skip", "retry later")
SURE_OR_SPENT = ("keep", "error", "skip")
PARAGRAPHS = "".join(
    f"<p>Паром на острова снова пойдёт в мае, сообщил совет порта; это {n}-й рейс за последний год.</p>"
    for n in range(12)
)
PAGES: dict[str, Hazard] = {
    "plain": Hazard(("keep",), always(story()), KEPT),
    "consent": Hazard(NO_STORY, always(page(WALL, title="Before you continue")), {"stored_as_article": False}),
    "robot-check": Hazard(
        NO_STORY,
        always(page("<h1>One moment</h1><p>Verify that you are human: solve the captcha.</p>", title="Attention required")),
        {"stored_as_article": False},
    ),
    "missing": Hazard(
        ("error", "skip"),
        always(page("<h1>404</h1><p>The page you are looking for does not exist.</p>", title="Page not found")),
        {"stored_as_article": False},
    ),
    # In Icelandic and Welsh, of which no list of walls has a word.
    "notice-short": Hazard(
        ("retry later",),
        always(page("<h1>Öryggisathugun</h1><p>Við erum að kanna hvort þú sért vélmenni. Þetta tekur aðeins nokkrar sekúndur og síðan birtist síðan sjálfkrafa.</p>", title="Öryggisathugun")),
    ),
    "notice-long": Hazard(
        ("retry later",),
        always(page("<h1>Cynnal a chadw</h1><p>" + "Mae ein gwefan yn cael ei diweddaru ar hyn o bryd. Dewch yn ôl yn nes ymlaen, os gwelwch yn dda. " * 4 + "</p>", title="Papur")),
    ),
    "scripts-only": Hazard(
        NO_STORY,
        always(page("<div id=app></div><noscript>Please enable JavaScript.</noscript>")),
        {"stored_as_article": False},
    ),
    "refresh": Hazard(
        NO_STORY,
        lambda site: page("", f'<meta http-equiv="refresh" content="0;url=http://127.0.0.1:{site.canary_port}/">').encode(),
    ),
    "canonical": Hazard(
        ("keep",), lambda site: story(head=CANONICAL.format(site.canary_port)).encode(),
        {**KEPT, "never_in_links": ["javascript:"], "own_address": True},
    ),
    "table": Hazard(SURE_OR_SPENT, always(story("<table>" + "<tr><td>a</td></tr>" * 100_000 + "</table>"))),
    "wide-row": Hazard(SURE_OR_SPENT, always(story("<table><tr>" + "<td>a" * 70_000 + "</table>"))),
    "deep": Hazard(SURE_OR_SPENT, always(story("<blockquote>" * 140_000 + "x"))),
    "breaks": Hazard(SURE_OR_SPENT, always(story("<br>" * 20_000))),
    "open-links": Hazard(SURE_OR_SPENT, always(story("<a href=/x>more" * 8_000))),
    "attributes": Hazard(SURE_OR_SPENT, always(story("<p " + " ".join(f"a{n}=1" for n in range(20_000)) + ">x</p>"))),
    "long-attributes": Hazard(
        ("keep", "error"),
        always(story("".join(f'<p class="{"a " * 400_000}" id="{n}">x</p>' for n in range(2)))), KEPT,
    ),
    "authors": Hazard(("keep", "error"), always(story(head=f'<meta name="author" content="{"([{" * 60_000}">')), KEPT),
    "data-island": Hazard(
        ("keep", "error"),
        always(story(head=ISLAND + '{"@type":"NewsArticle","articleBody":"' + "x &lt;b>" * 300_000 + '"}</script>')),
    ),
    "data-deep": Hazard(("keep", "error"), always(story(head=ISLAND + "[" * 200_000 + "</script>")), KEPT),
    "title": Hazard(("keep", "error"), always(story(title="Ferry | - " * 2_000)), {"max_title_chars": 1_000}),
    "mojibake": Hazard(
        ("keep",),
        always(page(f"<article>{PARAGRAPHS}</article>", '<meta charset="utf-8">').encode("koi8-r")),
        {"no_mojibake": True, "text_contains": ["Паром на острова"]}, "text/html",
    ),
    "reversed": Hazard(("keep",), always(story("<p>\u202eslatrop\u202c \x1b[31m and &#0; &#xD800; on the quay.</p>")),
                       {**KEPT, "never_contains": ["\u202e", "\x1b", "\x00", "\ud800"]}),
    "a-feed": Hazard(("skip", "error"), always(rss(GOOD)), content_type="application/rss+xml"),
    "a-picture": Hazard(("skip", "error"), always(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)),
}  # fmt: skip

# From tests.hostile_site: the network's hazards, here met by a whole run.
NETWORK_FEEDS = {
    "drip": Hazard(("error",), path="/drip"),
    "stall": Hazard(("error",), path="/stall"),
    "endless": Hazard(("error",), path="/endless"),
    "bomb-br": Hazard(("error",), path="/bomb/br"),
    "bomb-nested": Hazard(("error",), path="/bomb/nested"),
    "redirect-bomb": Hazard(("error",), path="/redirect/bomb"),
    "redirect-inside": Hazard(("error",), path="/to/302/http://127.0.0.1:CANARY/x"),
    "garbage": Hazard(("error",), path="/garbage"),
    "gone": Hazard(("error",), path="/status/410", checks={"disable": True}),
    "busy": Hazard(("retry later",), path="/status/503?300", checks={"retry_after_s": [300, 400]}),
    "no-entries": Hazard(("skip", "keep"), path="/feed"),
}
NETWORK_PAGES = {
    "stall": Hazard(("error",), path="/own/page/stall"),
    "endless": Hazard(("error",), path="/own/page/endless"),
    "bomb-zstd": Hazard(("error",), path="/bomb/zstd"),
    "redirect-inside": Hazard(("error",), path="/to/301/http://2130706433:CANARY/x"),
    "lying-length": Hazard(("error",), path="/liar/length"),
    "lying-type": Hazard(("skip",), path="/liar/type"),
}


def cases(site: HostileSite) -> list[dict[str, Any]]:
    """Every case, as `tests.flows.hostile_run` takes them."""
    found = []
    groups = (
        ("feed", FEEDS | _named("net-", NETWORK_FEEDS)),
        ("page", PAGES | _named("net-", NETWORK_PAGES)),
    )
    for kind, hazards in groups:
        for name, hazard in hazards.items():
            path = hazard.path or f"/own/{kind}/{name}"
            known = {
                "id": f"{kind}/{name}",
                "kind": kind,
                "path": path,
                "url": site.url(path),
                "accept": hazard.accept,
            }
            found.append({**known, "checks": hazard.checks, "bounds": BOUNDS})
    return found


def _named(prefix: str, hazards: dict[str, Hazard]) -> dict[str, Hazard]:
    return {prefix + name: hazard for name, hazard in hazards.items()}


def _serve(body: Body, content_type: str) -> Handler:
    async def handler(x: Exchange) -> None:
        await x.reply(body(x.site), Content_Type=content_type)

    return handler


for _kind, _hazards in (("feed", FEEDS), ("page", PAGES)):
    for _name, _hazard in _hazards.items():
        assert _hazard.body is not None
        ANSWERS[f"/own/{_kind}/{_name}"] = _serve(_hazard.body, _hazard.content_type)

for _name in ("stall", "endless"):
    ANSWERS[f"/own/page/{_name}"] = ANSWERS[f"/{_name}"]
