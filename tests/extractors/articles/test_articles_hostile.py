"""Extraction of the hostile server's pages: which are kept, which are refused, and which text never gets through."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.errors import ExtractionError
from tests.extractors.articles.test_article import make_page

AREAS = ("body", "encoding", "regex", "stub", "type", "unicode")
"""Cases of ``size`` need a child process that can be killed; the pool's tests run them."""
NOT_OURS = {"page/type/video-endless", "page/stub/captcha-403"}
"""Cases that the HTTP client refuses, so that there is no page."""


@pytest.fixture(scope="module")
def hostile(shared: Path) -> Iterator[list[dict[str, Any]]]:
    """The cases of the hostile server, which runs in its own process during the tests."""
    command = [sys.executable, str(shared / "hostile/server.py"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        try:
            with urllib.request.urlopen(f"{url}/index.json", timeout=20) as answer:
                yield json.load(answer)["cases"]
        finally:
            server.terminate()


@pytest.mark.shared
@pytest.mark.parametrize("area", AREAS)
def test_hostile_pages_come_out_right(hostile: list[dict[str, Any]], area: str) -> None:
    cases = [
        case
        for case in hostile
        if case["kind"] == "page" and case["area"] == area and case["id"] not in NOT_OURS
    ]
    assert cases
    assert {case["id"]: wrong for case in cases if (wrong := faults(case))} == {}


def faults(case: dict[str, Any]) -> list[str]:
    """What is wrong with the outcome of a case; empty when it is right."""
    with urllib.request.urlopen(case["url"], timeout=20) as answer:
        headers = tuple((name.lower(), value) for name, value in answer.headers.items())
        page = make_page(
            answer.read(), case["url"], content_type=answer.headers.get("content-type", ""), headers=headers
        )
    checks = case.get("checks") or {}
    try:
        article = extract_article(page)
    except ExtractionError as exc:
        return [] if set(case["accept"]) & {"error", "skip", "retry later"} else [exc.kind]
    stored = f"{article.title}\n{article.text}"
    wrong = [] if "keep" in case["accept"] else ["kept"]
    wrong += [f"lacks {text!r}" for text in checks.get("text_contains", []) if text not in stored]
    wrong += [f"has {text!r}" for text in checks.get("never_contains", []) if text in stored]
    if checks.get("stored_as_article") is False:
        wrong.append("stored")
    if checks.get("partial") and not {"paywall", "teaser"} & set(article.quality):
        wrong.append("not flagged as partial")
    if len(article.text) < checks.get("min_text_chars", 0):
        wrong.append(f"{len(article.text)} characters")
    return wrong
