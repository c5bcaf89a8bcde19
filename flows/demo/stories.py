"""The invented outlets and stories of the newsroom, read from the files beside this module.

A story is the file ``articles/<id>.md``: TOML between ``+++`` lines, then the text. ``<id>.v2.md`` is the same story in
edition 2. A story with ``copy_of`` has no text of its own: it repeats a story of another outlet.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """One feed of the newsroom, and how its outlet builds pages; a table in ``outlets.toml``."""

    id: str
    title: str
    format: str
    feed: str
    """Path of the feed document."""
    language: str = ""
    country: str = ""
    category: str = ""
    of: str = ""
    """If this is the feed of a section: the id of the outlet with the same stories and addresses; else empty."""
    section: str = ""
    article: str = ""
    """Pattern of the article paths."""
    metadata: str = ""
    validators: str = "none"
    links: str = "plain"
    feed_charset: str = "utf-8"
    page_charset: str = "utf-8"
    date_format: str = ""
    utc_offset: int = 0
    """Hours east of UTC."""
    slow: bool = False
    gzip: bool = False
    words: dict[str, str | list[str]] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """The outlet's word for the label ``name`` on its pages; empty if it has none."""
        return str(self.words.get(name, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A story as it reads in one edition."""

    id: str
    outlet: str
    edition: int
    """The first edition that has this version of the story: 1 or 2."""
    title: str
    age_h: float
    """How many hours before the opening of the newsroom it was published."""
    relevant: bool
    """Whether it is about the security of mobile networks, by the labelling guideline."""
    note: str = ""
    """The reason for ``relevant``."""
    authors: tuple[str, ...] = ()
    language: str = ""
    section: str = "news"
    copy_of: str = ""
    canonical: str = "own"
    """Which canonical address the page names: ``own``, ``original`` (of the story it copies) or ``none``."""
    body: str = ""
    edited: bool = False

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The blocks of the text; a sub-heading starts with ``## ``."""
        return tuple(block.strip() for block in self.body.split("\n\n") if block.strip())

    @property
    def lead(self) -> str:
        """The first paragraph."""
        return self.paragraphs[0]


@cache
def load_outlets() -> dict[str, Outlet]:
    """All feeds of the newsroom by id, in watchlist order."""
    text = (resources.files(__package__) / "outlets.toml").read_text(encoding="utf-8")
    return {name: Outlet(id=name, **table) for name, table in tomllib.loads(text).items()}


def read_story(text: str) -> Story:
    """The story in ``text``, the content of a story file."""
    _, front, body = text.split("+++\n", 2)
    table = tomllib.loads(front)
    table["authors"] = tuple(table.get("authors", ()))
    return Story(**table, body=body.strip())


@cache
def _versions() -> tuple[Story, ...]:
    folder = resources.files(__package__) / "articles"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".md")), key=lambda f: f.name)
    return tuple(read_story(f.read_text(encoding="utf-8")) for f in files)


def load_stories(edition: int) -> dict[str, Story]:
    """The stories published in ``edition`` by id, in the version of that edition; copies have the text they repeat."""
    newest: dict[str, Story] = {}
    first: dict[str, int] = {}
    for story in _versions():
        first[story.id] = min(story.edition, first.get(story.id, story.edition))
        known = newest.get(story.id)
        if story.edition <= edition and (known is None or known.edition < story.edition):
            newest[story.id] = story
    return {key: _complete(story, newest, first[key]) for key, story in newest.items()}


def _complete(story: Story, stories: dict[str, Story], first: int) -> Story:
    source = stories[story.copy_of] if story.copy_of else story
    language = story.language or load_outlets()[story.outlet].language
    values = {name: getattr(story, name) for name in Story.__dataclass_fields__}
    return Story(**{**values, "body": source.body, "language": language, "edited": story.edition > first})
