"""Which sites a story's paragraphs link to."""

from __future__ import annotations

from datetime import UTC, datetime

from fivegwatch.extractors.model import Origin, Page
from fivegwatch.extractors.pages.outbound import linked_sites


def test_only_paragraphs_count_and_neither_the_own_site_nor_platforms() -> None:
    html = (
        """<nav><a href="https://menu.example/">Menu</a></nav>
    <p class="x">As <a class=q href="https://www.source.example/a?b=1&amp;c">the source</a> and
    <a href='https://source.example/later'>again</a> said, <a href=https://plain.example/x>plain</a>.</p>
    <P><a href="https://sub.own.com/">us</a> <a href="https://x.com/somebody">post</a>
    <a href="/relative">r</a> <a href="https://[bad">bad</a></P><p>"""
        + "<a <p " * 10_000
    )
    page = Page(
        requested_url="https://own.com/s", final_url="https://own.com/s", status=200, content_type="text/html",
        body=html.encode(), captured_at=datetime(2026, 11, 1, tzinfo=UTC), origin=Origin(kind="feed", locator="f"),
    )  # fmt: skip
    assert linked_sites(page) == {
        "source.example": "https://www.source.example/a?b=1&c", "plain.example": "https://plain.example/x"
    }  # fmt: skip
