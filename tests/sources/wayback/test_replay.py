"""Pages of the past: which capture one gets, and what the archive says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Entry, Origin, Page
from fivegwatch.extractors.web.urls import canonical_url, url_id
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.services.throttle import Services
from fivegwatch.sources.wayback.replay import NEAR, playback
from tests.fakes.service import Answer
from tests.fakes.wayback import DEFECTS, Captured, WaybackFake
from tests.sources.waiting import FakeTime, asking

BODY = "<!doctype html><html><body><p>Fünf Netze.</p></body></html>".encode()
STORY = "https://news.example/2019/story?id=7"
AT = "20190304050607"


def entry_of(url: str, timestamp: str = AT) -> Entry:
    canonical = canonical_url(url)
    return Entry(
        id=url_id(canonical),
        url=url,
        canonical_url=canonical,
        origin=Origin(kind="wayback", locator=timestamp),
    )


def played(
    fake: WaybackFake,
    url: str = STORY,
    timestamp: str = AT,
    *,
    near: timedelta = NEAR,
    time: FakeTime | None = None,
) -> Page:
    async def job(web: Web) -> Page:
        services, throttle = Services(wayback=fake.url), (time or FakeTime()).throttle()
        return await playback(web, entry_of(url, timestamp), services, throttle, near=near)

    return asking(fake, job)


def refused(fake: WaybackFake, url: str = STORY, timestamp: str = AT, **options: timedelta) -> FetchError:
    with pytest.raises(FetchError) as caught:
        played(fake, url, timestamp, **options)  # type: ignore[arg-type]
    return caught.value


def test_a_capture_is_the_page_of_that_day_at_its_own_address() -> None:
    with WaybackFake((Captured(STORY, AT, BODY),)) as fake:
        page = played(fake)
        assert (page.requested_url, page.final_url, page.status, page.body) == (STORY, STORY, 200, BODY)
        assert page.captured_at == datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)
        assert (page.origin, page.content_type) == (Origin(kind="wayback", locator=AT), "text/html")
        assert page.headers == (("content-language", "en"),)
        assert (page.etag, page.last_modified, page.moved_to) == (None, None, None)
        assert fake.asked("replay")[0].path.startswith(f"/web/{AT}id_/https://news.example/")


def test_the_nearest_capture_is_followed_and_its_own_time_kept() -> None:
    with WaybackFake((Captured(STORY, "20190401000000", BODY), Captured(STORY, "20300101000000"))) as fake:
        page = played(fake)
        assert (page.captured_at, page.origin.locator) == (datetime(2019, 4, 1, tzinfo=UTC), "20190401000000")


def test_a_capture_years_away_is_not_the_story_asked_for() -> None:
    with WaybackFake((Captured(STORY, "20240101000000", BODY),)) as fake:
        error = refused(fake)
        assert (error.kind, error.transient) == ("too_far", False)
        assert played(fake, near=timedelta(days=4_000)).body == BODY


def test_a_captured_redirect_is_followed_inside_the_archive() -> None:
    target = "https://news.example/moved"
    with WaybackFake(
        (Captured(STORY, AT, status=301, location=target), Captured(target, "20190305000000", BODY))
    ) as fake:
        page = played(fake)
        assert (page.final_url, page.requested_url, page.body) == (target, STORY, BODY)
        assert page.captured_at == datetime(2019, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("location", "final"),
    [("/moved", "https://news.example/moved"), ("https://other.example/x", "https://other.example/x"),
     ("https://web.archive.org/web/20190304050607id_/http://a.example/", "http://a.example/"),
     ("/web/20190304050607/http:/a.example/", "http://a.example/")],
)  # fmt: skip
def test_wherever_a_captured_redirect_points_only_the_archive_is_asked(location: str, final: str) -> None:
    memento = ("Memento-Datetime", "Mon, 04 Mar 2019 05:06:07 GMT")
    with WaybackFake((Captured(final, AT, BODY),)) as fake:
        fake.fail("replay", Answer(302, b"", (memento, ("Location", location))))
        assert played(fake).final_url == final
        assert len(fake.asked("replay")) == 2


def test_redirects_in_a_circle_and_into_private_networks_end() -> None:
    with WaybackFake((Captured(STORY, AT, status=301, location=STORY),)) as fake:
        assert refused(fake).kind == "too_many_redirects"
    with WaybackFake((Captured(STORY, AT, status=301, location="http://169.254.169.254/"),)) as fake:
        assert refused(fake).kind == "blocked_address"
    with WaybackFake() as fake:
        fake.fail("replay", Answer(302, b"", (("Location", "https://live.example/"),)))
        assert refused(fake).kind == "no_location"


@pytest.mark.parametrize("status", [404, 410, 429, 503])
def test_an_error_the_site_gave_that_day_is_final_and_no_fault_of_the_archive(status: int) -> None:
    with WaybackFake((Captured(STORY, AT, b"no", status=status),)) as fake:
        error = refused(fake)
        assert (error.kind, error.transient, len(fake.log)) == (f"http_{status}", False, 1)


def test_what_was_never_captured_or_is_withheld_is_told_apart() -> None:
    with WaybackFake() as fake:
        assert (refused(fake).kind, refused(fake).transient) == ("not_captured", False)
        fake.blocked.add("news.example")
        assert (refused(fake).kind, refused(fake).transient) == ("archive_blocked", False)
        fake.fail("replay", Answer(403, b"nginx"))
        assert (refused(fake).kind, refused(fake).transient) == ("http_403", False)


def test_a_page_of_the_archives_own_is_never_taken_for_the_story() -> None:
    with WaybackFake() as fake:
        fake.fail("replay", Answer(200, b"<html>Loading ...</html>", (("Content-Type", "text/html"),)))
        error = refused(fake)
        assert (error.kind, error.transient) == ("no_memento", True)


def test_a_live_refusal_is_waited_out() -> None:
    time = FakeTime()
    with WaybackFake((Captured(STORY, AT, BODY),)) as fake:
        fake.fail("replay", 429, 504)
        assert played(fake, time=time).body == BODY
        assert time.pauses == [60.0, 2.0]


@pytest.mark.parametrize("defect", sorted(set(DEFECTS) - {"cut short"}))
def test_whatever_became_of_the_content_coding_the_page_is_read(defect: str) -> None:
    with WaybackFake((Captured(STORY, AT, BODY, defect=defect),)) as fake:
        assert played(fake).body == BODY


@pytest.mark.parametrize(
    ("capture", "kind"),
    [(Captured(STORY, AT, BODY, defect="cut short"), "decode"),
     (Captured(STORY, AT, b"<" * 6_000_000), "too_large"),
     (Captured(STORY, AT, b"<" * 6_000_000, defect="declared"), "too_large"),
     (Captured(STORY, AT, b"<" * 6_000_000, defect="twice"), "too_large"),
     (Captured(STORY, AT, b"%PDF-1.4", mimetype="application/pdf"), "not_html"),
     (Captured(STORY, AT, b"%PDF-1.4"), "not_html")],
)  # fmt: skip
def test_captures_that_are_no_page_are_refused_with_their_reason(capture: Captured, kind: str) -> None:
    with WaybackFake((capture,)) as fake:
        error = refused(fake)
        assert (error.kind, error.transient) == (kind, False)


def test_an_impossible_timestamp_is_refused_before_anything_is_asked() -> None:
    with WaybackFake() as fake:
        assert (refused(fake, timestamp="20000800241623").kind, fake.log) == ("bad_timestamp", [])
