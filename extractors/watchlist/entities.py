"""Reads entities (companies, laws, attacks, ...) from ``entities/<type>.toml``, each with a term for every one of its
names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.inflection import is_written
from fivegwatch.extractors.watchlist.model import Entity, Facet, Term
from fivegwatch.extractors.watchlist.tables import Table, shown
from fivegwatch.extractors.watchlist.terms import NEVER_MATCHES, Contexts, needs_accents, read_needs

_KEYS = (
    "name", "aliases", "also", "country", "facet", "strong", "needs", "case", "wikidata", "note", "languages",
)  # fmt: skip


def read_entities(
    file: Table, facets: Mapping[str, Facet], contexts: Contexts
) -> Iterator[tuple[Entity, list[Term]]]:
    """The entities in one file, each with its terms; the name of the file is their type."""
    kind = file.file.removeprefix("entities/").removesuffix(".toml")
    for key, table in file.tables("Write [id] above it."):
        table.only(*_KEYS)
        name = table.text("name")
        facet = table.one_of("facet", facets, "")
        strong = table.flag("strong") or not facet
        needs = read_needs(table, contexts, fold_term)
        plain, cased = _read_names(table, name)
        names = [(alias, facet, strong, needs) for alias in plain]
        names += [(alias, "", True, near) for alias, near in _read_also(table, needs, contexts)]
        _check_cased(table, cased, {alias for alias, *_ in names})
        yield (
            Entity(key, name, kind, table.text("country")),
            [
                Term(
                    f"{kind}:{key}",
                    of_facet,
                    sure,
                    "",
                    alias,
                    alias in cased,
                    near,
                    entity=key,
                    accents=needs_accents(alias, ""),
                )
                for alias, of_facet, sure, near in names
            ],
        )


def _read_also(
    table: Table, needs: tuple[str, ...], contexts: Contexts
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names that count as mentions but not as evidence for the judge, each with words, one of which must be near the
    name.

    A table ``{ names = [...], needs = [...] }`` has words of its own; a plain string has the words ``needs`` of the
    entity.
    """
    names: tuple[str, ...]
    for value in table.items("also"):
        if isinstance(value, str):
            names, near = (value,), needs
        elif isinstance(value, dict):
            group = table.element(value, "")
            group.only("names", "needs")
            names, near = group.texts("names"), read_needs(group, contexts, fold_term)
        else:
            remedy = 'Write "..." or { names = ["..."], needs = ["..."] }.'
            table.fault("also", f"holds {shown(value)}, not a name", remedy)
            continue
        for name in names:
            if is_written(name):
                yield name, near
            else:
                table.fault("also", f"holds {name!r}, which {NEVER_MATCHES}", "Delete it.", near=name)


def _read_names(table: Table, name: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """All names of an entity, each once, and those that must be spelt with their capitals."""
    if not is_written(name):
        what = f"is {name!r}, which {NEVER_MATCHES}" if name else "is missing"
        table.fault("name", what, 'Write name = "...".')
    aliases, cased = table.texts("aliases"), table.texts("case")
    for alias in aliases:
        if not is_written(alias):
            table.fault("aliases", f"holds {alias!r}, which {NEVER_MATCHES}", "Delete it.", near=alias)
    return tuple(dict.fromkeys((name, *aliases))), frozenset(cased)


def _check_cased(table: Table, cased: Iterable[str], names: Collection[str]) -> None:
    for alias in cased:
        if alias not in names:
            table.fault("case", f"holds {alias!r}, which is none of its names", near=alias)
