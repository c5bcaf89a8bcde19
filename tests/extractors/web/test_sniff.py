"""The kind of a document is recognised by its bytes or its text."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.web.sniff import (
    SIGNATURES,
    file_format,
    find_root,
    is_binary,
    is_html,
    is_json,
    looks_like_html,
)


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_file_that_is_no_text_has_the_format_of_its_signature(signature: bytes) -> None:
    assert file_format(b"\xef\xbb\xbf \n" + signature + b"...") == SIGNATURES[signature]


@pytest.mark.parametrize(
    "text", [b"", b"<p>", b"MZ is short for Mozambique", b"%PD", b"ID cards", "ﬀ".encode()]
)
def test_text_has_no_file_format(text: bytes) -> None:
    assert file_format(text) == ""


@pytest.mark.parametrize(
    ("text", "strict", "loose"),
    [
        ("<!DOCTYPE html><p>", True, True),
        ("<!-- x --><HTML lang=en>", True, True),
        ("<p>text", False, True),
        ("<rss><item>", False, False),
        (" " * 65_536 + "<html>", False, False),
    ],
)
def test_html_is_recognised_in_text_and_in_bytes(text: str, strict: bool, loose: bool) -> None:
    assert (is_html(text), looks_like_html(text)) == (strict, loose)
    assert (is_html(text.encode()), looks_like_html(text.encode())) == (strict, loose)


def test_json_begins_with_a_bracket() -> None:
    assert is_json('\ufeff\n{"a": 1}') and is_json("[]")
    assert not is_json("") and not is_json("<a>") and not is_json('"text"')


def test_bytes_that_cannot_be_text_make_a_body_binary() -> None:
    assert is_binary(bytes(range(32)) * 20)
    assert not is_binary("Grüße\r\n\t".encode("latin-1") * 100) and not is_binary(b"")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("<?xml version='1.0'?>\n<rss version='2.0'>", ("rss", "rss", 22)),
        ("Warning: x in y.php\n<!-- <rss> --><atom:feed xmlns:atom=''>", ("feed", "atom:feed", 34)),
        ("<rdf:RDF >", ("rdf", "rdf:RDF", 0)),
        ("<sitemapindex>", ("sitemapindex", "sitemapindex", 0)),
        ("<!doctype HTML><rss>", ("html", "", 0)),
        ("<!-- never closed <rss>", None),
        ("<opml><body>", None),
    ],
)
def test_the_root_of_a_feed_sitemap_or_page_is_found_behind_what_precedes_it(
    text: str, root: tuple[str, str, int] | None
) -> None:
    assert find_root(text, within=1_000) == root
