"""Reads combinations from ``[rules]`` of ``rules.toml``: which facets occur together in a passage, how near and how
often."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from fivegwatch.extractors.watchlist.model import AGAINST, GRADES, PLACES, Combination, Facet, Place
from fivegwatch.extractors.watchlist.tables import Table, shown

_KEYS = (
    "all",
    "none",
    "grade",
    "label",
    "topics",
    "within",
    "least",
    "against",
    "fields",
    "count",
    "share",
    "subject",
    "excuses",
)
_DISTANCE = re.compile(r"(\d{1,4})( words?| characters?)?")


def read_combinations(
    main: Table, facets: Mapping[str, Facet], topics: Collection[str]
) -> tuple[Combination, ...]:
    """The combinations, in the file's order."""
    tables = dict(main.table("rules").tables('Write [rules.NAME] and all = ["facet", ...].'))
    for table in tables.values():
        for name in table.texts("excuses"):
            if name not in facets and name not in tables:
                what = f"holds {name!r}, which is neither a facet nor a rule"
                table.fault("excuses", what, "Name what shall not speak against a story.", near=name)
    return tuple(_read_combination(name, table, facets, topics) for name, table in tables.items())


def _read_combination(
    name: str, table: Table, facets: Mapping[str, Facet], topics: Collection[str]
) -> Combination:
    table.only(*_KEYS)
    masks = _masks(table, "all", facets)
    absent = 0
    for mask in _masks(table, "none", facets):
        absent |= mask
    if not masks:
        table.fault("all", "is empty", 'Write all = ["facet", ...].')
    if any(mask & absent == mask for mask in masks):
        table.fault("", "can never fire: it asks for what it rules out", "Change all or none.")
    labels = table.texts("topics")
    for topic in labels:
        if topic not in topics:
            table.fault("topics", f"holds {topic!r}", f"Known topics: {', '.join(topics)}.", near=topic)
    fields, count, share = (
        _read_fields(table),
        int(table.number("count", 1, 1)),
        table.number("share", 0.0, 0, 1),
    )
    if fields == ("title",) and (count > 1 or share):
        table.fault(
            "",
            "can never fire: the title is a single passage and never part of a share of the text",
            "Leave out count and share, or add fields.",
        )
    opening = table.values.get("within") in ("opening", "beginning")
    within, characters = (0, False) if opening else _read_distance(table)
    if opening and (len(masks) < 2 or count > 1 or share or fields != PLACES):
        remedy = "Ask for two facets or more, and leave out fields, count and share."
        table.fault("within", "is the opening, where a rule fires once by what meets there", remedy)
    least = int(table.number("least", 0, 0))
    if least and not (opening and least < len(masks) - 2):
        remedy = (
            'Leave it out, or write within = "opening" and more facets after the first two than it asks for.'
        )
        table.fault("least", f"is {least}", remedy)
    against = _masks(table, "against", facets)
    if against and not least:
        table.fault("against", "asks for more facets of a rule that counts none", "Add least, or write none.")
    return Combination(
        name,
        table.text("label", name),
        table.one_of("grade", (*GRADES, AGAINST), "medium"),
        masks,
        absent,
        labels,
        within=within,
        characters=characters,
        opening=opening,
        beginning=table.values.get("within") == "beginning",
        least=least,
        against=against,
        fields=fields,
        count=count,
        share=float(share),
        subject=table.flag("subject"),
        excuses=table.texts("excuses"),
    )


def _read_fields(table: Table) -> tuple[Place, ...]:
    """The places whose passages count; all of them unless ``fields`` names some."""
    if "fields" not in table.values:
        return PLACES
    named = table.texts("fields")
    if not named or not set(named) <= set(PLACES):
        table.fault("fields", f"is {shown(list(named))}", f"Write some of {', '.join(PLACES)}.")
    return tuple(place for place in PLACES if place in named)


def _read_distance(table: Table) -> tuple[int, bool]:
    """The distance in words (``12``, ``"12 words"``) or characters (``"60 characters"``), and whether these are
    characters; 0 for anywhere in the sentence."""
    value = table.values.get("within", "sentence")
    if value == "sentence":
        return 0, False
    written = None if isinstance(value, bool) else _DISTANCE.fullmatch(str(value))
    if written is None or int(written[1]) < 1:
        remedy = 'Write "sentence", "opening", "beginning", a number of words (12) or of characters ("60 characters").'
        table.fault("within", f"is {shown(value)}", remedy)
        return 0, False
    return int(written[1]), "character" in (written[2] or "")


def _masks(table: Table, key: str, facets: Mapping[str, Facet]) -> tuple[int, ...]:
    """The mask of each leg in the list ``key``.

    A leg is written ``facet|facet!``; ``!`` asks for a strong term.
    """
    masks = []
    for leg in table.texts(key):
        mask = 0
        for name in map(str.strip, leg.split("|")):
            facet = facets.get(name.removesuffix("!"))
            if facet is None:
                known = ", ".join(sorted(facets))
                table.fault(key, f"holds {leg!r}: {name!r} is no facet", f"Facets: {known}.", near=leg)
                break
            mask |= facet.bit << name.endswith("!")
        else:
            masks.append(mask)
    return tuple(masks)
