"""The fingerprint by which the loader recognises copies of a text, computed by the worker that judges it."""

from __future__ import annotations

from typing import Any

from fivegwatch.extractors.copies.agencies import agency_of
from fivegwatch.extractors.copies.version import VERSION
from fivegwatch.extractors.model import Article
from fivegwatch.storage.spool.column_types import plain


def recognition(article: Article) -> dict[str, Any]:
    """Fields of a ``Judged`` record by name; empty for a text too short to have copies."""
    from fivegwatch.extractors.copies.fingerprints import (
        fingerprint,
    )  # numpy, which most processes do without

    title, text = plain([article.title, article.text])
    made = fingerprint(title, text)
    if made is None:
        return {}
    return {
        "fingerprint_version": VERSION, "text_key": made.text_key, "shingles": made.shingles,
        "bands": tuple(made.bands), "anchors": tuple(made.anchors), "agency": agency_of(text),
    }  # fmt: skip
