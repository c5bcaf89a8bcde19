"""Reads for the frozen site: copies views into tables, which are quicker to query, and computes digests that show which
pages changed.

The digest of a story covers everything that its page shows. The digest of an event covers its stories. The digest of a
key (a country, topic, entity, outlet or language) covers the events of all stories that have it. A page with the same
digest as in the last run is not written again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from fivegwatch.desk.reads.prepared import keep, kept, prepare
from fivegwatch.storage.read.corpus import Corpus

_HELD = (
    "stories", "event_stories", "events", "measure_evidence", "measures", "incident_evidence", "incidents", "roles",
    "topics", "corrections", "cluster_members", "clusters", "revisions", "ban_tracker",
)  # fmt: skip
"""Views that pages query many times. With 10,000 stories, copying them takes half a second of CPU time, and a query on
the copy takes a tenth of the time of a query on the view."""
_DIGESTS = """
create or replace temp table story_digests as
with told as (
    select s.id, hash(s) as digest from stories s
    union all
    select story_id, hash(type, entity, name, role, confidence, count, quote) from roles where relevant
    union all select story_id, hash(m) from measure_evidence m
    union all select story_id, hash(i) from incident_evidence i
    union all select story_id, hash(c) from corrections c
    union all select story_id, hash(c.cluster_id, c.similarity) from cluster_members c where c.relevant
    union all select story_id, hash(origin_kind, origin_locator, first_seen_at) from sightings
    union all select story_id, hash(text_hash, title, first_captured_at) from revisions
)
select t.id, sum(t.digest::hugeint) % 9223372036854775807 as digest,
    any_value(e.event_id) as event_id, any_value(s.cluster_id) as cluster_id
from told t
join stories s on s.id = t.id
left join event_stories e on e.story_id = t.id
group by t.id;

create or replace temp table event_digests as
select event_id, sum(hash(id, digest)::hugeint) % 9223372036854775807 as digest from story_digests group by event_id;

create or replace temp table key_digests as
with named as (
    select id, unnest(list_concat(topics, countries)) as key from stories
    union select story_id, unnest([entity, name, country]) from roles where relevant
    union select story_id, unnest([entity, name, country]) from mentions where relevant
    union select story_id, unnest(["by", target, instrument]) from measure_evidence
    union select story_id, unnest(list_concat(victims, [actor, country])) from incident_evidence
    union select id, unnest([site, language]) from stories
)
select lower(n.key) as key, sum(hash(e.event_id, e.digest)::hugeint) % 9223372036854775807 as digest
from (select distinct n.key, d.event_id from named n join story_digests d on d.id = n.id where n.key <> '') n
join event_digests e on e.event_id = n.event_id
group by all
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """Digests of stories, events and keys. As long as a digest is the same, its page need not be written again."""

    stories: dict[str, str]
    events: dict[str, str]
    keys: dict[str, str]
    """Digests by key: a country, topic, entity, outlet or language, in lower case."""


def hold_still(corpus: Corpus) -> None:
    """Copy views that pages query into temporary tables of the same names, which last as long as the corpus is open."""
    prepare(corpus, _HELD)
    keep(corpus)
    corpus.sql("set threads = 1")  # small tables: dividing a query costs more than it gains


def read_digests(corpus: Corpus) -> Digests:
    """The digests of all stories, events and keys. `hold_still` must have been called before."""
    corpus.sql(_DIGESTS)
    stories = corpus.sql(
        """select d.id, hash(d.digest, e.digest, c.digest)::varchar as digest
           from story_digests d
           join event_digests e on e.event_id = d.event_id
           join (
               select cluster_id, sum(hash(id, digest)::hugeint) as digest from story_digests group by cluster_id
           ) c on c.cluster_id = d.cluster_id
           order by d.id"""
    )
    return Digests(
        stories={row["id"]: row["digest"] for row in stories},
        events=_pairs(
            corpus, "select event_id as key, digest::varchar as digest from event_digests order by 1"
        ),
        keys=_pairs(corpus, "select key, digest::varchar as digest from key_digests order by 1"),
    )


def read_changes(corpus: Corpus, events: Sequence[str]) -> dict[str, datetime]:
    """For each of ``events`` (ids), the latest time at which one of its stories was first seen, edited or corrected."""
    return kept(corpus, "changes", events, lambda some: _read_changes(corpus, some))


def _read_changes(corpus: Corpus, events: Sequence[str]) -> dict[str, datetime]:
    rows = corpus.sql(
        """select e.event_id, max(greatest(s.first_seen_at, c.made_at, r.edited_at)) as changed_at
           from event_stories e
           join stories s on s.id = e.story_id
           left join (select story_id, max(made_at) as made_at from corrections group by story_id) c
               on c.story_id = e.story_id
           left join (select story_id, max(last_captured_at) as edited_at from revisions group by story_id) r
               on r.story_id = e.story_id
           where e.event_id in (select unnest($events)) group by e.event_id""",
        {"events": list(events)},
    )
    return {row["event_id"]: row["changed_at"] for row in rows}


def _pairs(corpus: Corpus, query: str) -> dict[str, str]:
    return {row["key"]: row["digest"] for row in corpus.sql(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedStory:
    """The data of a story that the search index of a frozen site needs."""

    id: str
    title: str
    body: str


def read_indexed(corpus: Corpus, ids: Sequence[str]) -> tuple[IndexedStory, ...]:
    """The data of the stories with these ``ids``, in any order."""
    rows = corpus.sql(
        """select id, coalesce(title, '') as title, coalesce(body, '') as body from stories
           where id in (select unnest($ids))""",
        {"ids": list(ids)},
    )
    return tuple(IndexedStory(**row) for row in rows)
