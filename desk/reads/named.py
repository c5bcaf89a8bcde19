"""Names in facts, such as "KT" or "Salt Typhoon", with the page that each has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fivegwatch.storage.read.corpus import Corpus

KINDS: Mapping[str, str] = {
    "operator": "operator",
    "vendor": "vendor",
    "threat_actor": "actor",
    "country": "country",
}
"""Type of an entity in the corpus -> kind of its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A victim or actor as a fact names it, with the page that the name has."""

    name: str
    kind: str = ""
    """``operator``, ``vendor``, ``actor`` or ``country``; empty if the watchlist does not know the name."""
    id: str = ""
    country: str = ""
    """Its home (ISO 3166-1 alpha-2); empty if it has none or it is not known."""

    @property
    def is_description(self) -> bool:
        """Whether the name is only a description of somebody whom no story names, such as "telecom operators"."""
        return not self.kind and self.name[:1].islower()


def read_named(corpus: Corpus, names: Collection[str], events: Collection[str]) -> Mapping[str, Named]:
    """For each name, the victim or actor that the stories of these events mean by it, and the page it has."""
    rows = corpus.sql(
        """select r.name, r.type, r.entity, any_value(r.country) as country, count(*) as stories
           from roles r join event_stories e using (story_id)
           where e.event_id in (select unnest($events)) and r.name in (select unnest($names))
               and (r.type in ('operator', 'vendor', 'threat_actor') or r.type = 'country' and r.subject)
           group by r.name, r.type, r.entity order by stories, r.type desc, r.entity""",
        {"events": sorted(events) or [""], "names": sorted(names) or [""]},
    )
    known = {
        row["name"]: Named(
            name=row["name"], kind=KINDS[row["type"]], id=row["entity"], country=row["country"] or ""
        )
        for row in rows
    }
    return {name: known.get(name, Named(name=name)) for name in names}
