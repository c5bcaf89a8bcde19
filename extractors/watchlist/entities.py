"""``entities/<type>.toml`` to entities: companies, laws, attacks, ..., each with a term for every name it goes by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.inflection import is_written
from fivegwatch.extractors.watchlist.model import Entity, Facet, Term
from fivegwatch.extractors.watchlist.tables import Table
from fivegwatch.extractors.watchlist.terms import NEVER_MATCHES, Contexts, needs_accents, read_needs

_KEYS = ("name", "aliases", "country", "facet", "strong", "needs", "case", "wikidata", "note", "languages")


def read_entities(
    file: Table, facets: Mapping[str, Facet], contexts: Contexts
) -> Iterator[tuple[Entity, list[Term]]]:
    """Entities of one file, each with its terms; the file's name is their type."""
    kind = file.file.removeprefix("entities/").removesuffix(".toml")
    for key, table in file.tables("Write [id] above it."):
        table.only(*_KEYS)
        name = table.text("name")
        facet = table.one_of("facet", facets, "")
        strong = table.flag("strong") or not facet
        needs = read_needs(table, contexts, fold_term)
        names, cased = _read_names(table, name)
        yield (
            Entity(key, name, kind, table.text("country")),
            [
                Term(
                    f"{kind}:{key}",
                    facet,
                    strong,
                    "",
                    alias,
                    alias in cased,
                    needs,
                    entity=key,
                    accents=needs_accents(alias, ""),
                )
                for alias in names
            ],
        )


def _read_names(table: Table, name: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """All names of an entity, each once, and those that must be spelt with their capitals."""
    if not is_written(name):
        what = f"is {name!r}, which {NEVER_MATCHES}" if name else "is missing"
        table.fault("name", what, 'Write name = "...".')
    aliases, cased = table.texts("aliases"), table.texts("case")
    for alias in aliases:
        if not is_written(alias):
            table.fault("aliases", f"holds {alias!r}, which {NEVER_MATCHES}", "Delete it.", near=alias)
    names = tuple(dict.fromkeys((name, *aliases)))
    for alias in cased:
        if alias not in names:
            table.fault("case", f"holds {alias!r}, which is none of its names", near=alias)
    return names, frozenset(cased)
