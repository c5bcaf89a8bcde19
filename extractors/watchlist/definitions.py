"""What ``rules.toml`` and ``weights.toml`` define for all other files: facets, contexts, topics, languages, weights."""

from __future__ import annotations

from collections.abc import Iterable

from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.model import ROLES, Facet, Guard
from fivegwatch.extractors.watchlist.plain_weights import KEEP_DISTANCES
from fivegwatch.extractors.watchlist.tables import Table
from fivegwatch.extractors.watchlist.terms import fold_context, language_of

RULES_KEYS = (
    "threshold", "near_miss", "facets", "rules", "topics", "patterns", "contexts", "generation_guard",
    "languages",
)  # fmt: skip
"""The keys that are allowed in ``rules.toml``."""
KEEP = ("balanced", "wide", "strict")
"""What the judge keeps: ``balanced`` loses about as many relevant texts as it keeps irrelevant ones, ``wide`` keeps
nearly all relevant texts, ``strict`` hardly any irrelevant one."""


def read_facets(main: Table) -> dict[str, Facet]:
    """The facets in rules.toml, each with two bits of its own."""
    facets: dict[str, Facet] = {}
    for number, (name, table) in enumerate(main.table("facets").tables('Write NAME = { role = "..." }.')):
        table.only("role", "label")
        role, label = table.one_of("role", ROLES), table.text("label", name)
        facets[name] = Facet(name, role, label, 1 << (2 * number))
    return facets


def read_contexts(main: Table) -> dict[str, tuple[str, ...]]:
    """The contexts in rules.toml by name: folded words, one of which must be near an ambiguous term."""
    contexts = main.table("contexts")
    return {name: tuple(map(fold_context, contexts.texts(name))) for name in contexts.values}


def read_topics(main: Table) -> dict[str, str]:
    """Topic id to label."""
    topics = main.table("topics")
    return {name: topics.text(name) for name in topics.values}


def read_guard(main: Table) -> Guard:
    """The words beside which ``5g`` does not mean a generation of networks."""
    table = main.table("generation_guard")
    table.only("grams", "classes", "units")
    grams, classes, units = (
        frozenset(map(fold_term, table.texts(key))) for key in ("grams", "classes", "units")
    )
    return Guard(grams, classes, units)


def read_languages(main: Table, term_files: Iterable[Table]) -> dict[str, tuple[str, ...]]:
    """Primary subtag (``zh``) to the languages of the term files that apply (``zh-Hans``, ..), sorted.

    Unknown names are faults of ``main``.
    """
    files = tuple(term_files)
    known = [language_of(file) for file in files]
    applies: dict[str, tuple[str, ...]] = {}
    for language in filter(None, known):
        primary = language.split("-")[0].lower()
        applies[primary] = tuple(sorted((*applies.get(primary, ()), language)))
    table = main.table("languages")
    for code in table.values:
        names = table.texts(code)
        applies[code] = tuple(sorted(names))
        for name in names:
            # A file that cannot be parsed may be the one that is meant.
            if name not in known and not any(file.unusable for file in files):
                remedy = (
                    f"Take it out, or restore terms/{name}.toml: the folder `.shipped` has what was shipped."
                )
                table.fault(code, f"names {name!r}, which has no term file", remedy, near=name)
    return applies


def read_weights(file: Table) -> dict[str, float]:
    """Weight of each named piece of evidence."""
    file.only("weights", "provenance", "keep")
    weights = file.table("weights")
    return {name: float(weights.number(name, 0.0)) for name in weights.values}


def read_keep(choice: Table, weights: Table | None) -> float:
    """How far the user's choice of what to keep moves the threshold; 0 for "balanced".

    ``choice``: the table with the choice. ``weights``: the file of trained weights, whose table ``[keep]`` has the
    distances measured with them.
    """
    choice.only("keep")
    keep = choice.one_of("keep", KEEP, KEEP[0])
    if weights is None:
        return KEEP_DISTANCES.get(keep, 0.0)
    distances = weights.table("keep")
    distances.only(*KEEP[1:])
    if keep == KEEP[0]:
        return 0.0
    if keep not in distances.values:
        remedy = f'Write {keep} = (a distance from the threshold) under [keep], or keep = "balanced" in the settings.'
        distances.fault(keep, "is missing, but the settings ask for it", remedy)
    return float(distances.number(keep, 0.0))
