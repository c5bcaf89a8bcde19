"""Glosses: a line in English for each story in another language, made from its facts or, without facts, from topic and
names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fivegwatch.desk.reads.facts import incidents_said, measures_said
from fivegwatch.storage.read.corpus import Corpus

MOST_NAMES = 4
"""Maximum number of names in a gloss that is made without facts."""


def read_glosses(corpus: Corpus, pages: Sequence[str], *, kept: bool = False) -> Mapping[str, str]:
    """A line in English for each of ``pages`` (ids of stories or near misses) that is not in English; the others are
    left out.

    With ``kept``, ``pages`` must be stories; the view of stories is queried in a sixth of the ledger's time (5 against
    30 ms).
    """
    chosen = {"pages": list(pages) or [""]}
    view = "stories" if kept else "ledger"
    topics = {
        row["id"]: row["label"] or ""
        for row in corpus.sql(
            f"""select l.id, t.label from {view} l left join topics t on t.code = l.topics[1]
               where l.id in (select unnest($pages)) and split_part(coalesce(l.language, 'en'), '-', 1) <> 'en'""",  # noqa: S608 - our words
            chosen,
        )
    }
    if not topics:
        return {}
    chosen = {"pages": list(topics)}
    said = measures_said(corpus, chosen["pages"]) | incidents_said(corpus, chosen["pages"])
    names: dict[str, list[str]] = defaultdict(list)
    for row in corpus.sql(
        """select story_id, name from roles
           where story_id in (select unnest($pages)) and subject
               and type in ('country', 'vendor', 'operator', 'threat_actor', 'law')
           order by confidence desc, count desc, name""",
        chosen,
    ):
        names[row["story_id"]].append(row["name"])
    return {page: said.get(page) or _line(label, names[page]) for page, label in topics.items()}


def _line(topic: str, names: Sequence[str]) -> str:
    return ": ".join(part for part in (topic, ", ".join(names[:MOST_NAMES])) if part)
