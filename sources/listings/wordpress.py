"""WordPress sites: their posts through the REST interface, or through their feed if the interface is closed.

site -> posts interface, page by page -> posts inside the days -> entries; if it is closed -> a unit for the feed

Units: ``posts`` (locator: the address of a posts interface) and ``feed`` (`paged_feeds`); options ``since``, ``until``
and ``search``. Posts are requested from the oldest on, each request ``after`` the last post read. So posts published
meanwhile come last, and no page number shifts.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import parse_qsl, urlencode

import ada_url

from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.listings.days import Range
from fivegwatch.extractors.listings.wordpress import FIELDS, Post, read_posts
from fivegwatch.extractors.model import Entry, Listing, Origin, Page, Unit
from fivegwatch.extractors.web.urls import vet_url
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.listings.paged_feeds import Parse, read_paged_feed

PATH = "wp-json/wp/v2/posts"
PER_PAGE = (100, 20, 10)
"""Page sizes, tried in this order: some sites allow fewer than WordPress's hundred."""
_CLOSED = frozenset({400, 401, 403, 404, 405, 406, 410, 451, 501})
_TOO_MUCH = frozenset({"too_large", "timeout", "deadline", "http_500", "http_502", "http_504", "http_524"})
"""Kinds of errors of a server that cannot send a hundred posts with their texts, but may be able to send twenty."""
_FEED_NAMES = frozenset({"feed", "rss", "rss2", "atom", "rdf", "feed.json"})
_FEED_ENDS = (".xml", ".rss", ".atom", ".rdf")
_MARGIN = timedelta(days=1)


def plan_wordpress(
    sites: Sequence[str],
    since: date | None = None,
    until: date | None = None,
    search: str = "",
    *,
    allow: frozenset[tuple[str, int]] = frozenset(),
) -> tuple[Unit, ...]:
    """One unit for each site in ``sites``. A site is named by its address, by the address of its posts interface
    (``/wp-json/...``), or by the address of a feed, whose older pages are then read.

    The days are inclusive; ``search`` holds words for the site's own search.

    Raises: FetchError for an address that may not be requested.
    """
    searched = (("search", search),) if search else ()
    options = (*Range(since=since, until=until).options(), *searched)
    units = (_plan_one(site, options, allow) for site in sites)
    return tuple({unit.id: unit for unit in units}.values())


def _plan_one(site: str, options: tuple[tuple[str, str], ...], allow: frozenset[tuple[str, int]]) -> Unit:
    url = vet_url(site if "://" in site else f"https://{site}", allow=allow)
    parsed = ada_url.URL(url)
    last = parsed.pathname.rstrip("/").rpartition("/")[2].lower()
    names = {name for name, _ in parse_qsl(parsed.search.removeprefix("?"), keep_blank_values=True)}
    if last in _FEED_NAMES or last.endswith(_FEED_ENDS) or "feed" in names:
        return Unit(source="wordpress", kind="feed", locator=url, options=options)
    if "/wp-json/" not in parsed.pathname and "rest_route" not in names:
        url = vet_url(PATH, base=_folder(parsed), allow=allow)
    return Unit(source="wordpress", kind="posts", locator=url, options=options)


def _folder(parsed: ada_url.URL) -> str:
    parsed.search = ""
    parsed.pathname = parsed.pathname.rstrip("/") + "/"
    return str(parsed.href)


@dataclass(slots=True)
class _Cursor:
    """How far the posts of a site have been read; as JSON it is the cursor of the unit."""

    after: str = ""
    """Only posts later than this second (local time of the site) are requested."""
    page: int = 1
    size: int = PER_PAGE[0]
    read: int = 0
    seen: list[int] = field(default_factory=list)
    """Ids of posts that were read and that the next answers may repeat."""

    @classmethod
    def parse(cls, unit: Unit, text: str) -> _Cursor:
        if text:
            return cls(**json.loads(text))
        since = Range.of(dict(unit.options)).since
        return cls(after=_midnight(since - _MARGIN) if since else "")

    def __str__(self) -> str:
        return json.dumps(
            {"after": self.after, "page": self.page, "size": self.size, "read": self.read, "seen": self.seen}
        )

    def ask_for_fewer(self) -> bool:
        """Request smaller pages from the same position on; False if the pages already have the smallest size."""
        smaller = next((size for size in PER_PAGE if size < self.size), 0)
        if smaller:
            self.page = (self.page - 1) * self.size // smaller + 1
            self.size = smaller
        return smaller > 0

    def move_behind(self, posts: tuple[Post, ...]) -> None:
        """Continue after ``posts``: from the date of the last one if they are in order, else on the next page."""
        dates = [post.date for post in posts if post.date is not None]
        start = datetime.fromisoformat(self.after) if self.after else datetime.min  # noqa: DTZ901 - local times
        ordered = len(dates) == len(posts) and dates == sorted(dates) and dates[0] >= start
        self.read += len(posts)
        # Many posts of one second, as from a bulk import, can only be paged through by number.
        if ordered and dates[0] < dates[-1]:
            self.after = (dates[-1] - timedelta(seconds=1)).isoformat(timespec="seconds")
            self.page = 1
            self.seen = [post.id for post in posts if post.date == dates[-1]]
        else:
            self.page += 1
            self.seen = [*self.seen, *(post.id for post in posts)][-3 * PER_PAGE[0] :]


def _midnight(day: date) -> str:
    return datetime.combine(day, time.min).isoformat()


async def read_wordpress(web: Web, unit: Unit, cursor: str, *, parse: Parse) -> AsyncIterator[Listing]:
    """Yield the posts of a site inside the requested days, the oldest first, one listing for each answer.

    If the interface is closed (401, 403, 404, an HTML page), the last listing names the site's feed as a further unit,
    and ``skipped`` says so. robots.txt is obeyed. ``Listing.position`` counts posts. ``parse`` is used for units of
    kind ``feed``, as in `read_paged_feed`.

    Raises: FetchError, FeedError.
    """
    if unit.kind == "feed":
        async for listing in read_paged_feed(web, unit, cursor, parse=parse):
            yield listing
        return
    at = _Cursor.parse(unit, cursor)
    before: list[int] = []
    for _ in range(LIMITS.listing_pages):
        try:
            answer = await _posts(web, unit, at)
        except (FetchError, FeedError) as exc:
            if exc.transient or at.read or not _is_closed(exc):
                raise
            yield _feed_instead(web, unit, exc)
            return
        if answer is None:
            yield Listing(position=at.read, done=True)
            return
        posts, last = answer
        ids = [post.id for post in posts]
        listing = _listing(unit, posts, set(at.seen))
        if before and ids == before:
            same = ("paging_ignored", f"{unit.locator}: gives the same posts for every page")
            yield Listing(skipped=(same,) if len(ids) > 1 else (), position=at.read, done=True)
            return
        before = ids
        if posts:
            at.move_behind(posts)
        last = last or not posts
        yield replace(listing, cursor="" if last else str(at), position=at.read, done=last)
        if last:
            return
    message = f"{unit.locator}: not at its end after {LIMITS.listing_pages:,} pages; ask for fewer days"
    raise FetchError(message, url=unit.locator, kind="too_many_pages", transient=False)


async def _posts(web: Web, unit: Unit, at: _Cursor) -> tuple[tuple[Post, ...], bool] | None:
    """The posts in one answer, and whether they are the last; None if the requested page is after the last one."""
    while True:
        try:
            page = await _ask(web, unit, at)
        except FetchError as exc:
            if exc.status == 400 and at.page > 1:
                return None  # rest_post_invalid_page_number
            if (exc.status != 400 and exc.kind not in _TOO_MUCH) or not at.ask_for_fewer():
                raise
            continue
        posts = read_posts(page, locator=unit.locator, allow=web.allow)
        total = dict(page.headers).get("x-wp-totalpages", "")
        return posts, total.isdecimal() and at.page >= int(total[:9])


async def _ask(web: Web, unit: Unit, at: _Cursor) -> Page:
    until = Range.of(dict(unit.options)).until
    asked = {
        "per_page": str(at.size),
        "page": str(at.page),
        "orderby": "date",
        "order": "asc",
        "after": at.after,
        "before": _midnight(until + 2 * _MARGIN) if until else "",
        "search": unit.option("search"),
        "_fields": FIELDS,
    }
    parsed = ada_url.URL(unit.locator)
    given = parse_qsl(parsed.search.removeprefix("?"), keep_blank_values=True)
    parsed.search = urlencode([*given, *((name, value) for name, value in asked.items() if value)])
    origin = Origin(kind="wordpress", locator=unit.locator)
    page = await web.fetch(str(parsed.href), kind="listing", origin=origin, check_robots=True)
    assert isinstance(page, Page)  # the request had no condition, so the answer is not 304
    return page


def _listing(unit: Unit, posts: tuple[Post, ...], seen: set[int]) -> Listing:
    wanted = Range.of(dict(unit.options))
    fresh = [post for post in posts if not post.id or post.id not in seen]
    entries = [post.entry for post in fresh if post.entry is not None]
    inside = [entry for entry in entries if _inside(entry, wanted)]
    return Listing(
        entries=tuple(inside),
        skipped=tuple(post.problem for post in fresh if post.entry is None),
        outside=len(entries) - len(inside),
    )


def _inside(entry: Entry, wanted: Range) -> bool:
    return entry.published_at is None or wanted.holds(entry.published_at.astimezone(UTC))


def _is_closed(exc: FetchError | FeedError) -> bool:
    return isinstance(exc, FeedError) or exc.status in _CLOSED or exc.kind == "robots"


def _feed_instead(web: Web, unit: Unit, exc: FetchError | FeedError) -> Listing:
    """A listing that names the site's feed as a further unit, and says that the posts interface is closed."""
    parsed = ada_url.URL(unit.locator)
    parsed.pathname = parsed.pathname.partition("/wp-json/")[0].rstrip("/") + "/"
    parsed.search = ""
    search = unit.option("search")
    where = "?" + urlencode({"s": search, "feed": "rss2"}) if search else "feed/"
    options = (*unit.options, ("instead", "posts"))
    feed = vet_url(where, base=str(parsed.href), allow=web.allow)
    note = f"{unit.locator}: the posts interface is closed ({exc.kind}); the feed {feed} is read page by page instead"
    return Listing(
        units=(Unit(source="wordpress", kind="feed", locator=feed, options=options),),
        skipped=(("rest_closed", note),),
        done=True,
    )
