"""Asks hosts of the watchlist's feeds for the time, to check a clock that is in doubt."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median_low
from urllib.parse import urlsplit

from fivegwatch.extractors.errors import FetchError
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.responses import Head, http_date

HOSTS_ASKED = 7
"""Most hosts that are asked. They are chosen at random, so that no publisher is asked every time."""
ANSWER_S = 20.0
"""Seconds in which all hosts together must have answered."""
_LONGEST_AGE_S = 10 * 366 * 86_400


async def server_time(web: Web, urls: Iterable[str]) -> datetime | None:
    """The median of the times that up to seven hosts of ``urls`` report; None if no host reports one.

    An answer of any status is used. Standard: RFC 9110, 6.6.1 (Date); RFC 9111, 5.1 (Age, for a cached answer).
    """
    hosts: dict[str, str] = {}
    for url in urls:
        hosts.setdefault(urlsplit(url).netloc, url)
    chosen = list(hosts.values())
    if len(chosen) > HOSTS_ASKED:
        chosen = random.sample(chosen, HOSTS_ASKED)
    answers = [asyncio.create_task(_date_of(web, url)) for url in chosen]
    if not answers:
        return None
    done, late = await asyncio.wait(answers, timeout=ANSWER_S)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    times = sorted(moment for task in done if (moment := task.result()) is not None)
    return median_low(times) if times else None


async def _date_of(web: Web, url: str) -> datetime | None:
    try:
        reply = await web.ask(url, kind="feed")
    except FetchError:
        return None
    return date_of(reply.head)


def date_of(head: Head) -> datetime | None:
    """The time (UTC) at which the server says that it answered; None if there is no readable Date header."""
    moment = http_date(head.get("date"))
    if moment is None:
        return None
    age = head.get("age").strip()
    seconds = int(age) if age.isascii() and age.isdecimal() and len(age) < 12 else 0
    return moment + timedelta(seconds=min(seconds, _LONGEST_AGE_S))
