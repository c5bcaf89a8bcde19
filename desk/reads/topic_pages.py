"""The list of topics with numbers of stories, and the page of one topic with its newest events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from fivegwatch.desk.charts.weeks import Week
from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.items import EventLine, Topic
from fivegwatch.desk.reads.lists import events_where, topics
from fivegwatch.desk.reads.pictures import read_weeks, read_whole_weeks
from fivegwatch.desk.reads.prepared import kept
from fivegwatch.storage.read.corpus import Corpus

MOST_EVENTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """One topic as a line of the list of topics."""

    topic: Topic
    stories: int
    last_month: int
    """Number of stories published in the last 30 days."""
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """What the list of topics shows."""

    lines: tuple[TopicLine, ...]
    weeks: tuple[Week, ...]
    """Numbers of stories and of judged pages by week, for a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicPage:
    """What the page of one topic shows."""

    line: TopicLine
    countries: tuple[tuple[str, int], ...]
    """The countries that stories on the topic are about, with the number of stories; the largest first."""
    outlets: tuple[tuple[str, int], ...]
    events: tuple[EventLine, ...]
    """Events on the topic, newest first."""
    weeks: tuple[Week, ...]
    """Stories on the topic by week, for a picture."""


def _lines(corpus: Corpus, asked: Asked) -> dict[str, TopicLine]:
    counts = {
        row["code"]: row
        for row in corpus.sql(
            """select code, count(*) as stories, max(published_day) as last_day,
                   count(*) filter (where published_at > $now - interval 30 day and published_at <= $now) as last_month
               from (select unnest(topics) as code, published_at, published_day from stories) group by code""",
            {"now": asked.now},
        )
    }
    known = {topic.code: topic for topic in topics(corpus)}
    unknown = {
        code: Topic(code=code, label=code, description="") for code in sorted(counts) if code not in known
    }
    none = {"stories": 0, "last_month": 0, "last_day": None}
    lines = {}
    for code, topic in (known | unknown).items():
        count = counts.get(code, none)
        lines[code] = TopicLine(topic=topic, **{name: count[name] for name in none})
    return lines


def read_topics(corpus: Corpus, asked: Asked) -> Topics:
    """All topics, in the order of their codes."""
    return Topics(lines=tuple(_lines(corpus, asked).values()), weeks=read_weeks(corpus, asked.now))


def read_topic(corpus: Corpus, asked: Asked) -> TopicPage:
    """The topic with the parameter ``code``.

    Raises: QueryError of kind ``not_found`` when there is none.
    """
    code = asked.text("code")
    lines = kept(corpus, "topics", ["all"], lambda _: {"all": _lines(corpus, asked)})["all"]
    if code not in lines:
        raise missing(f"there is no topic {code}. The topics are: {', '.join(lines)}")
    chosen = {"code": code}

    def counted(value: str) -> tuple[tuple[str, int], ...]:
        rows = corpus.sql(
            f"""select value, count(*) as stories
                from (select {value} as value from stories where list_contains(topics, $code))
                where value <> '' group by value order by stories desc, value limit 12""",  # noqa: S608 - our own words
            chosen,
        )
        return tuple((row["value"], row["stories"]) for row in rows)

    return TopicPage(
        line=lines[code],
        countries=counted("unnest(countries)"),
        outlets=counted("site"),
        events=events_where(corpus, "list_contains(s.topics, $code)", chosen, limit=MOST_EVENTS),
        weeks=read_whole_weeks(corpus, asked.now, "list_contains(s.topics, $code)", chosen),
    )
