"""Reads measures and incidents that meet an SQL condition, with the sentences that they are based on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from fivegwatch.desk.reads.items import Evidence, IncidentFact, MeasureFact
from fivegwatch.desk.wording import incident_sentence, measure_sentence
from fivegwatch.storage.read.corpus import Corpus

_MOST_EVIDENCE = 40
"""Maximum number of sentences shown for one fact, those with the highest confidence first."""
_EVIDENCE = "story_id, url, quote, status, field, confidence, published_day"


def measures(
    corpus: Corpus, where: str = "true", values: Mapping[str, Any] | None = None
) -> tuple[MeasureFact, ...]:
    """The measures that meet ``where``, a condition on the columns of the view ``measures``; newest first, with
    evidence.
    """
    rows = list(
        corpus.sql(
            f"""select *, coalesce((select words from scopes s where s.scope = measures.scope), '') as scope_words
                from measures where {where}
                order by last_day desc nulls last, stories desc, event_id, action, target""",  # noqa: S608 - conditions of our own
            dict(values or {}) or None,
        )
    )
    if not rows:
        return ()
    quoted = _evidence(corpus, "measure_evidence", ("event_id", "by", "action", "target"), rows)
    return tuple(MeasureFact(**row, evidence=evidence) for row, evidence in zip(rows, quoted, strict=True))


def acts(
    corpus: Corpus, where: str, values: Mapping[str, Any] | None = None
) -> tuple[tuple[MeasureFact, frozenset[str]], ...]:
    """The measures that meet the condition ``where``, each with the ids of the stories that report it; newest first.

    Unlike in `measures`, a measure on two parts of the network gives two items, each with its own status and dates.
    """
    rows = list(corpus.sql(
        f"""select
                event_id, "by", action, target, scope, coalesce(any_value(words), '') as scope_words,
                max(instrument) as instrument, arg_max(status, sure) as status, arg_max(date, sure) as date,
                arg_max(date_source, sure) as date_source, arg_max(deadline, sure) as deadline,
                round(max(confidence), 3) as confidence,
                count(distinct story_id) as stories, min(published_day) as first_day,
                max(published_day) as last_day, list(distinct story_id) as ids,
                list(struct_pack(story_id, url, quote, status, field, confidence, published_day)
                    order by confidence desc, published_day nulls last, story_id)[:{_MOST_EVIDENCE}] as evidence
            from (select *, struct_pack(c := confidence, s := story_id) as sure from measure_evidence)
            left join scopes using (scope)
            where confidence >= 0.7 and {where}
            group by event_id, "by", action, target, scope
            order by last_day desc nulls last, stories desc, event_id, action, target, scope""",  # noqa: S608 - conditions of our own
        dict(values or {}) or None,
    ))  # fmt: skip
    return tuple(
        (MeasureFact(**row | {"evidence": tuple(Evidence(**one) for one in row["evidence"])}), ids)
        for row in rows
        for ids in (frozenset(row.pop("ids")),)
    )


def incidents(
    corpus: Corpus, where: str = "true", values: Mapping[str, Any] | None = None
) -> tuple[IncidentFact, ...]:
    """The incidents that meet ``where``, a condition on the columns of the view ``incidents``; newest first, with
    evidence.
    """
    rows = list(
        corpus.sql(
            f"select * from incidents where {where} order by last_day desc nulls last, stories desc, event_id, kind",  # noqa: S608 - conditions of our own
            dict(values or {}) or None,
        )
    )
    if not rows:
        return ()
    quoted = _evidence(corpus, "incident_evidence", ("event_id", "kind"), rows)
    return tuple(
        IncidentFact(**row | {"victims": tuple(row["victims"] or ())}, evidence=evidence)
        for row, evidence in zip(rows, quoted, strict=True)
    )


def _evidence(
    corpus: Corpus, view: str, keys: Sequence[str], facts: Sequence[Mapping[str, Any]]
) -> list[tuple[Evidence, ...]]:
    """For each fact, its evidence from ``view``, that with the highest confidence first; ``keys`` are the columns that
    identify a fact.
    """
    quoted: dict[tuple[str, ...], list[Evidence]] = defaultdict(list)
    names = ", ".join(f'"{name}"' for name in keys)
    for row in corpus.sql(
        f"""select {names}, {_EVIDENCE} from {view}
            where confidence >= 0.7 and event_id in (select unnest($events))
            order by confidence desc, published_day nulls last, story_id""",  # noqa: S608 - names of our own
        {"events": sorted({fact["event_id"] for fact in facts})},
    ):
        quoted[tuple(row.pop(name) for name in keys)].append(Evidence(**row))
    return [tuple(quoted[tuple(fact[name] for name in keys)][:_MOST_EVIDENCE]) for fact in facts]


def measures_said(corpus: Corpus, stories: Sequence[str]) -> dict[str, str]:
    """For each of ``stories`` that reports a measure, by its id: the measure with the highest confidence, as an English
    clause.
    """
    rows = corpus.sql(
        """select story_id, "by", action, target, coalesce(words, '') as scope, status
           from measure_evidence left join scopes using (scope)
           where confidence >= 0.7 and story_id in (select unnest($stories))
           order by confidence, "by", action, target""",
        {"stories": list(stories)},
    )
    return {row.pop("story_id"): measure_sentence(**row) for row in rows}


def incidents_said(corpus: Corpus, stories: Sequence[str]) -> dict[str, str]:
    """For each of ``stories`` that reports an incident, by its id: the one with the highest confidence, as an English
    clause.
    """
    rows = corpus.sql(
        """select story_id, kind, victims, actor, country from incident_evidence
           where confidence >= 0.7 and story_id in (select unnest($stories)) order by confidence, kind""",
        {"stories": list(stories)},
    )
    return {row.pop("story_id"): incident_sentence(**row) for row in rows}
