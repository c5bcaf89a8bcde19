"""How long an answer stays fresh, as its server says."""

from __future__ import annotations

import pytest

from fivegwatch.sources.http.responses import Head, fresh_for

DATE = "Mon, 23 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=3600"}, 3_600),
        ({"Cache-Control": 'Max-Age="600"', "Age": "100"}, 500),
        ({"Cache-Control": "max-age=60", "Age": "100"}, 0),
        ({"Cache-Control": "s-maxage=900"}, 0),
        ({"Cache-Control": "no-cache, max-age=3600"}, 0),
        ({"Cache-Control": "max-age=60", "Expires": "Mon, 23 Nov 2026 18:00:00 GMT", "Date": DATE}, 60),
        ({"Expires": "Mon, 23 Nov 2026 18:00:00 GMT", "Date": DATE}, 21_600),
        ({"Expires": "0", "Date": DATE}, 0),
        ({"Expires": "Mon, 23 Nov 2026 10:00:00 GMT", "Date": DATE}, 0),
        ({}, 0),
    ],
)
def test_freshness_is_that_of_the_standard(headers: dict[str, str], seconds: float) -> None:
    head = Head("https://a.example/", 200, [(k.encode(), v.encode()) for k, v in headers.items()])
    assert fresh_for(head) == seconds
