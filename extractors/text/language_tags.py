"""Normalises language tags as feeds, listings and people write them. Standard: BCP 47."""

from __future__ import annotations

import re

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


def language_tag(text: str) -> str:
    """``text`` as a BCP 47 tag (``en-us`` becomes ``en-US``); empty when it is no language tag."""
    tag = text.strip().replace("_", "-")
    if len(tag) > 35 or not _TAG.fullmatch(tag):
        return ""
    first, *rest = tag.split("-")
    return "-".join([first.lower(), *(_subtag(part) for part in rest)])


def primary_subtag(tag: str) -> str:
    """The language of a BCP 47 tag without region and script: ``pt`` of ``pt-BR``; empty for an empty tag."""
    return tag.replace("_", "-").split("-")[0].lower()


def _subtag(part: str) -> str:
    if len(part) == 2 and part.isalpha():
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
